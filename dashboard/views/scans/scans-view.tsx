import { ungrouped } from '../../list/rows.ts';
import { DataTable } from '../../list/data-table.tsx';
import type { Column } from '../../list/column.ts';
import { usePages } from '../../list/use-pages.ts';
import type { Scan } from '../../api/api-types.ts';
import { AppLink } from '../../routing/app-link.tsx';
import { pathTo } from '../../routing/route.ts';
import { scanWords } from '../../scans/scan-facts.tsx';
import { Page } from '../../shell/page.tsx';
import { lengthText, momentText } from '../../wording/moments.ts';
import { numberText } from '../../wording/numbers.ts';

const columns: readonly Column<Scan>[] = [
  {
    id: 'startedAt',
    title: 'Began',
    width: 'minmax(140px, 1.500fr)',
    cell: ({ scanId, startedAt }) => (
      <AppLink href={pathTo('scans', scanId)}>{momentText(startedAt)}</AppLink>
    ),
  },
  {
    id: 'state',
    title: 'State',
    width: 'minmax(120px, 1.500fr)',
    cell: ({ state }) => scanWords[state],
  },
  {
    id: 'duration',
    title: 'Took',
    width: 'minmax(80px, 1fr)',
    cell: ({ durationMs }) => (durationMs === null ? '' : lengthText(durationMs)),
  },
  {
    id: 'clusters',
    title: 'Clusters',
    width: 'minmax(70px, 1fr)',
    isWide: true,
    cell: ({ clusters }) => numberText(clusters),
  },
  {
    id: 'gaps',
    title: 'Not read',
    width: 'minmax(70px, 1fr)',
    isWide: true,
    cell: ({ gaps }) => (gaps === null ? '' : numberText(gaps)),
  },
  {
    id: 'calls',
    title: 'Calls to Azure',
    width: 'minmax(100px, 1fr)',
    isWide: true,
    cell: ({ cost }) =>
      cost === null ? '' : numberText(cost.resourceGraphCalls + cost.armReads + cost.graphCalls),
  },
];

/** The scans that are kept, the newest first. */
export function ScansView() {
  const pages = usePages('/scans', { query: {} });
  const { data, total, want } = pages;
  return (
    <Page title="Scans" resource={pages}>
      {() => (
        <DataTable
          label="Scans"
          isBusy={pages.isBusy}
          thing="scan"
          columns={columns}
          lines={ungrouped(
            (data ?? []).flatMap(({ scans }) => scans),
            total,
          )}
          keyOf={({ scanId }) => scanId}
          sort=""
          onSort={() => undefined}
          onReach={want}
          empty="No scan has been made yet. The first is made tonight."
        />
      )}
    </Page>
  );
}
