import { useMemo } from 'react';
import { addressOf } from '../../api/address.ts';
import type { Cluster } from '../../api/api-types.ts';
import { useResource } from '../../api/use-resource.ts';
import { ChoiceSelect } from '../../list/choice-select.tsx';
import { DataTable } from '../../list/data-table.tsx';
import { FilterBar } from '../../list/filter-bar.tsx';
import { FilterPill } from '../../list/filter-pill.tsx';
import { grouped, ungrouped } from '../../list/rows.ts';
import { sortOf } from '../../list/sort.ts';
import { usePages } from '../../list/use-pages.ts';
import { manyOf, oneOf, wordsOf } from '../../routing/query.ts';
import { useQuery } from '../../routing/use-query.ts';
import { Page } from '../../shell/page.tsx';
import { counted } from '../../wording/numbers.ts';
import { nameOf } from '../../wording/resource-ids.ts';
import { postureWords, postures } from '../../wording/words.ts';
import { clusterColumns } from './cluster-columns.tsx';

const filters = ['posture', 'subscription', 'workspace', 'location', 'check', 'unknown'] as const;

const sorts = [
  'name',
  'posture',
  'severity',
  'fail',
  'unknown',
  'location',
  'subscription',
  'readAt',
] as const;

const groupings = [
  { value: '', text: 'nothing' },
  { value: 'subscription', text: 'subscription' },
  { value: 'workspace', text: 'workspace' },
  { value: 'location', text: 'region' },
];

/** All clusters that were found, narrowed and grouped as one likes. */
export function ClustersView() {
  const [search, change] = useQuery();
  const facets = useResource('/facets', {}).data;
  const checks = useResource('/checks', {}).data;
  const filter = {
    search: oneOf(search, 'search'),
    posture: wordsOf(search, 'posture', postures),
    subscription: manyOf(search, 'subscription'),
    workspace: manyOf(search, 'workspace'),
    location: manyOf(search, 'location'),
    check: manyOf(search, 'check'),
    unknown: manyOf(search, 'unknown'),
  };
  const sort = sortOf(sorts, oneOf(search, 'sort'), 'posture');
  const pages = usePages('/clusters', { query: { ...filter, sort } });
  const { data, total, want } = pages;
  const group = oneOf(search, 'group') ?? '';
  const lines = useMemo(() => {
    const rows = (data ?? []).flatMap(({ clusters }) => clusters);
    const groupsOf = groupsBy[group];
    return groupsOf === undefined ? ungrouped(rows, total) : grouped(rows, groupsOf);
  }, [data, total, group]);
  const checkOptions = (checks ?? []).map(({ id }) => ({ value: id, text: id }));

  return (
    <Page title="Clusters" resource={pages}>
      {() => (
        <>
          <FilterBar
            search={search}
            onChange={change}
            filters={filters}
            csv={addressOf('/clusters.csv', { query: filter })}
            count={counted(total, 'cluster')}
          >
            <FilterPill
              title="Posture"
              options={postures.map((value) => ({ value, text: postureWords[value] }))}
              chosen={filter.posture}
              onChoose={(posture) => change({ posture })}
            />
            <FilterPill
              title="Subscription"
              options={optionsOf(facets?.subscriptions)}
              chosen={filter.subscription}
              onChoose={(subscription) => change({ subscription })}
            />
            <FilterPill
              title="Workspace"
              options={optionsOf(facets?.workspaces)}
              chosen={filter.workspace}
              onChoose={(workspace) => change({ workspace })}
            />
            <FilterPill
              title="Region"
              options={optionsOf(facets?.locations)}
              chosen={filter.location}
              onChoose={(location) => change({ location })}
            />
            <FilterPill
              title="Failing check"
              options={checkOptions}
              chosen={filter.check}
              onChoose={(check) => change({ check })}
            />
            {filter.unknown.length === 0 ? null : (
              <FilterPill
                title="Check not known"
                options={checkOptions}
                chosen={filter.unknown}
                onChoose={(unknown) => change({ unknown })}
              />
            )}
            <ChoiceSelect
              label="Group by"
              options={groupings}
              value={group}
              onChoose={(value) => change({ group: value })}
            />
          </FilterBar>
          <DataTable
            label="Clusters"
            isBusy={pages.isBusy}
            thing="cluster"
            columns={clusterColumns}
            lines={lines}
            keyOf={({ key }) => key}
            sort={sort}
            onSort={(value) => change({ sort: value })}
            onReach={(reached) => want(group === '' ? reached : total)}
            empty="No cluster fits the filters."
          />
        </>
      )}
    </Page>
  );
}

const groupsBy: Readonly<Record<string, (cluster: Cluster) => readonly string[]>> = {
  subscription: ({ subscriptionName, subscriptionId }) => [subscriptionName ?? subscriptionId],
  location: ({ location }) => [location],
  workspace: ({ workspaces }) =>
    workspaces.length === 0 ? ['No workspace is known'] : workspaces.map(nameOf),
};

function optionsOf(
  facet: readonly { value: string; name: string; clusters: number }[] | undefined,
) {
  return (facet ?? []).map(({ value, name, clusters }) => ({
    value,
    text: `${name} (${clusters})`,
  }));
}
