import type { Finding } from '../../api/api-types.ts';
import type { Column } from '../../list/column.ts';
import { SeverityMark } from '../../marks/severity-mark.tsx';
import { AppLink } from '../../routing/app-link.tsx';
import { pathTo } from '../../routing/route.ts';
import { momentText } from '../../wording/moments.ts';

export const findingColumns: readonly Column<Finding>[] = [
  {
    id: 'severity',
    title: 'Severity',
    width: '100px',
    sort: 'severity',
    cell: ({ severity }) => <SeverityMark severity={severity} />,
  },
  {
    id: 'summary',
    title: 'What is wrong',
    width: 'minmax(160px, 4fr)',
    cell: ({ summary, fingerprint }) => (
      <AppLink href={pathTo('findings', fingerprint)}>{summary}</AppLink>
    ),
  },
  {
    id: 'cluster',
    title: 'Cluster',
    width: 'minmax(120px, 1.600fr)',
    sort: 'cluster',
    isWide: true,
    cell: ({ clusterKey, clusterName }) => (
      <AppLink href={pathTo('clusters', clusterKey)}>{clusterName}</AppLink>
    ),
  },
  {
    id: 'check',
    title: 'Check',
    width: 'minmax(120px, 1.600fr)',
    sort: 'check',
    isWide: true,
    cell: ({ checkId }) => checkId,
  },
  {
    id: 'state',
    title: 'State',
    width: '92px',
    sort: 'state',
    isWide: true,
    cell: ({ state, exempt }) =>
      state === 'resolved' ? 'Resolved' : exempt === null ? 'Open' : 'Accepted',
  },
  {
    id: 'since',
    title: 'Since',
    width: 'minmax(104px, 1fr)',
    sort: '-since',
    isWide: true,
    cell: ({ since }) => momentText(since),
  },
  {
    id: 'cause',
    title: 'Changed by',
    width: 'minmax(90px, 1.200fr)',
    isWide: true,
    cell: ({ cause }) => cause?.actor ?? '',
  },
];
