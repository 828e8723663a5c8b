import { useMemo } from 'react';
import { addressOf } from '../../api/address.ts';
import type { Finding } from '../../api/api-types.ts';
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
import { severities, severityWords } from '../../wording/words.ts';
import { findingColumns } from './finding-columns.tsx';

const filters = ['severity', 'check', 'cluster', 'exempt', 'state', 'location', 'subscription'];
const sorts = ['severity', 'cluster', 'check', 'since', 'firstSeen', 'lastSeen', 'state'] as const;
const states = ['open', 'resolved', 'all'] as const;
const exempts = ['true', 'false'] as const;

const stateOptions = [
  { value: 'open', text: 'open' },
  { value: 'resolved', text: 'resolved' },
  { value: 'all', text: 'all' },
];
const exemptOptions = [
  { value: '', text: 'all' },
  { value: 'false', text: 'not accepted' },
  { value: 'true', text: 'accepted' },
];
const groupings = [
  { value: '', text: 'nothing' },
  { value: 'check', text: 'check' },
  { value: 'cluster', text: 'cluster' },
];

/** What fails, or has failed. */
export function FindingsView() {
  const [search, change] = useQuery();
  const checks = useResource('/checks', {}).data;
  const facets = useResource('/facets', {}).data;
  const filter = {
    search: oneOf(search, 'search'),
    severity: wordsOf(search, 'severity', severities),
    check: manyOf(search, 'check'),
    cluster: oneOf(search, 'cluster'),
    location: manyOf(search, 'location'),
    subscription: manyOf(search, 'subscription'),
    state: wordsOf(search, 'state', states)[0],
    exempt: wordsOf(search, 'exempt', exempts)[0],
  };
  const sort = sortOf(sorts, oneOf(search, 'sort'), 'severity');
  const pages = usePages('/findings', { query: { ...filter, sort } });
  const { data, total, want } = pages;
  const group = oneOf(search, 'group') ?? '';
  const lines = useMemo(() => {
    const rows = (data ?? []).flatMap(({ findings }) => findings);
    const groupsOf = groupsBy[group];
    return groupsOf === undefined ? ungrouped(rows, total) : grouped(rows, groupsOf);
  }, [data, total, group]);

  return (
    <Page title="Findings" resource={pages}>
      {() => (
        <>
          <FilterBar
            search={search}
            onChange={change}
            filters={filters}
            csv={addressOf('/findings.csv', { query: filter })}
            count={counted(total, 'finding')}
          >
            <FilterPill
              title="Severity"
              options={severities.map((value) => ({ value, text: severityWords[value] }))}
              chosen={filter.severity}
              onChoose={(severity) => change({ severity })}
            />
            <FilterPill
              title="Check"
              options={(checks ?? []).map(({ id }) => ({ value: id, text: id }))}
              chosen={filter.check}
              onChoose={(check) => change({ check })}
            />
            <FilterPill
              title="Region"
              options={(facets?.locations ?? []).map(({ value, name }) => ({ value, text: name }))}
              chosen={filter.location}
              onChoose={(location) => change({ location })}
            />
            <ChoiceSelect
              label="State"
              options={stateOptions}
              value={filter.state ?? 'open'}
              onChoose={(state) => change({ state })}
            />
            <ChoiceSelect
              label="Accepted"
              options={exemptOptions}
              value={filter.exempt ?? ''}
              onChoose={(exempt) => change({ exempt })}
            />
            <ChoiceSelect
              label="Group by"
              options={groupings}
              value={group}
              onChoose={(value) => change({ group: value })}
            />
          </FilterBar>
          <DataTable
            label="Findings"
            isBusy={pages.isBusy}
            thing="finding"
            columns={findingColumns}
            lines={lines}
            keyOf={({ fingerprint }) => fingerprint}
            sort={sort}
            onSort={(value) => change({ sort: value })}
            onReach={(reached) => want(group === '' ? reached : total)}
            empty="No finding fits the filters."
          />
        </>
      )}
    </Page>
  );
}

const groupsBy: Readonly<Record<string, (finding: Finding) => readonly string[]>> = {
  check: ({ checkId }) => [checkId],
  cluster: ({ clusterName }) => [clusterName],
};
