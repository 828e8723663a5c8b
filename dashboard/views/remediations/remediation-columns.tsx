import type { Remediation } from '../../api/api-types.ts';
import { Clamped } from '../../list/clamped.tsx';
import type { Column } from '../../list/column.ts';
import { RemediationMark } from '../../remediations/remediation-mark.tsx';
import { When } from '../../marks/when.tsx';
import { AppLink } from '../../routing/app-link.tsx';
import { pathTo } from '../../routing/route.ts';

export const remediationColumns: readonly Column<Remediation>[] = [
  {
    id: 'state',
    title: 'State',
    width: 'minmax(110px, 170px)',
    sort: 'state',
    cell: ({ state }) => <RemediationMark state={state} />,
  },
  {
    id: 'summary',
    title: 'What it does',
    width: 'minmax(130px, 4fr)',
    cell: ({ id, summary }) => (
      <Clamped>
        <AppLink href={pathTo('remediations', id)}>{summary}</AppLink>
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
    id: 'by',
    title: 'Asked by',
    width: 'minmax(90px, 1fr)',
    isWide: true,
    cell: ({ by }) => by,
  },
  {
    id: 'approvedBy',
    title: 'Approved by',
    width: 'minmax(90px, 1fr)',
    isWide: true,
    cell: ({ approvedBy }) => approvedBy ?? '',
  },
  {
    id: 'updatedAt',
    title: 'Last step',
    width: 'minmax(90px, 0.900fr)',
    sort: '-updatedAt',
    isWide: true,
    cell: ({ updatedAt }) => <When at={updatedAt} />,
  },
];
