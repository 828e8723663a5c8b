import type { Finding } from '../../api/api-types.ts';
import { Clamped } from '../../list/clamped.tsx';
import type { Column } from '../../list/column.ts';
import { SeverityMark } from '../../marks/severity-mark.tsx';
import { When } from '../../marks/when.tsx';
import { AppLink } from '../../routing/app-link.tsx';
import { pathTo } from '../../routing/route.ts';

export const findingColumns: readonly Column<Finding>[] = [
  {
    id: 'severity',
    title: 'Severity',
    width: '96px',
    sort: 'severity',
    cell: ({ severity }) => <SeverityMark severity={severity} />,
  },
  {
    id: 'summary',
    title: 'What is wrong',
    width: 'minmax(130px, 4fr)',
    cell: ({ summary, fingerprint }) => (
      <Clamped>
        <AppLink href={pathTo('findings', fingerprint)}>{summary}</AppLink>
      </Clamped>
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
    width: 'minmax(90px, 0.900fr)',
    sort: '-since',
    isWide: true,
    cell: ({ since }) => <When at={since} />,
  },
  {
    id: 'cause',
    title: 'Changed by',
    width: 'minmax(90px, 1.200fr)',
    isWide: true,
    cell: ({ cause }) => cause?.actor ?? '',
  },
];
