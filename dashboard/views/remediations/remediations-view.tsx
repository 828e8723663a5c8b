import { useMemo } from 'react';
import type { Remediation } from '../../api/api-types.ts';
import { DataTable } from '../../list/data-table.tsx';
import { FilterBar } from '../../list/filter-bar.tsx';
import { FilterPill } from '../../list/filter-pill.tsx';
import { ungrouped } from '../../list/rows.ts';
import { sortOf } from '../../list/sort.ts';
import { usePages } from '../../list/use-pages.ts';
import { oneOf, wordsOf } from '../../routing/query.ts';
import { useQuery } from '../../routing/use-query.ts';
import { Page } from '../../shell/page.tsx';
import { counted } from '../../wording/numbers.ts';
import { remediationWords } from '../../wording/words.ts';
import { remediationColumns } from './remediation-columns.tsx';

const states = [
  'awaitingApproval',
  'queued',
  'approved',
  'waiting',
  'running',
  'done',
  'rolledBack',
  'partlyRolledBack',
  'refused',
  'void',
  'rejected',
  'expired',
] as const satisfies readonly Remediation['state'][];
const sorts = ['createdAt', 'updatedAt', 'state', 'cluster', 'check'] as const;

/** What was planned, decided and done. */
export function RemediationsView() {
  const [search, change] = useQuery();
  const filter = {
    search: oneOf(search, 'search'),
    state: wordsOf(search, 'state', states),
    cluster: oneOf(search, 'cluster'),
  };
  const sort = sortOf(sorts, oneOf(search, 'sort'), '-updatedAt');
  const pages = usePages('/remediations', { query: { ...filter, sort } });
  const { data, total, want } = pages;
  const lines = useMemo(
    () =>
      ungrouped(
        (data ?? []).flatMap(({ remediations }) => remediations),
        total,
      ),
    [data, total],
  );
  return (
    <Page title="Remediations" resource={pages}>
      {() => (
        <>
          <FilterBar
            search={search}
            onChange={change}
            filters={['state', 'cluster']}
            count={counted(total, 'remediation')}
          >
            <FilterPill
              title="State"
              options={states.map((value) => ({ value, text: remediationWords[value] }))}
              chosen={filter.state}
              onChoose={(state) => change({ state })}
            />
          </FilterBar>
          <DataTable
            label="Remediations"
            isBusy={pages.isBusy}
            thing="remediation"
            columns={remediationColumns}
            lines={lines}
            keyOf={({ id }) => id}
            sort={sort}
            onSort={(value) => change({ sort: value })}
            onReach={want}
            empty="No remediation fits the filters. One is planned where a check fails that can be put right."
          />
        </>
      )}
    </Page>
  );
}
