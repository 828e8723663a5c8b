import { useMemo } from 'react';
import { ChoiceSelect } from '../../list/choice-select.tsx';
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
import { severities, severityWords } from '../../wording/words.ts';
import { alertColumns } from './alert-columns.tsx';

const states = ['open', 'acknowledged', 'resolved'] as const;
const sorts = ['since', 'severity', 'subject', 'state'] as const;
const stateOptions = [
  { value: '', text: 'all' },
  ...states.map((value) => ({ value, text: value })),
];

/** What somebody had to hear of, and whether anybody has seen it. */
export function AlertsView() {
  const [search, change] = useQuery();
  const filter = {
    search: oneOf(search, 'search'),
    state: wordsOf(search, 'state', states)[0],
    severity: wordsOf(search, 'severity', severities),
  };
  const sort = sortOf(sorts, oneOf(search, 'sort'), '-since');
  const pages = usePages('/alerts', { query: { ...filter, sort } });
  const { data, total, retry, want } = pages;
  const lines = useMemo(
    () =>
      ungrouped(
        (data ?? []).flatMap(({ alerts }) => alerts),
        total,
      ),
    [data, total],
  );
  return (
    <Page title="Alerts" resource={pages}>
      {() => (
        <>
          <FilterBar
            search={search}
            onChange={change}
            filters={['state', 'severity']}
            count={counted(total, 'alert')}
          >
            <FilterPill
              title="Severity"
              options={severities.map((value) => ({ value, text: severityWords[value] }))}
              chosen={filter.severity}
              onChoose={(severity) => change({ severity })}
            />
            <ChoiceSelect
              label="State"
              options={stateOptions}
              value={filter.state ?? ''}
              onChoose={(state) => change({ state })}
            />
          </FilterBar>
          <DataTable
            label="Alerts"
            isBusy={pages.isBusy}
            thing="alert"
            columns={alertColumns(retry)}
            lines={lines}
            keyOf={({ id }) => id}
            sort={sort}
            onSort={(value) => change({ sort: value })}
            onReach={want}
            empty="No alert fits the filters."
          />
        </>
      )}
    </Page>
  );
}
