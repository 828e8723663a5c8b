import type { Cluster } from '../../api/api-types.ts';
import type { Column } from '../../list/column.ts';
import { SeverityMark } from '../../marks/severity-mark.tsx';
import { PostureMark } from '../../marks/verdict-mark.tsx';
import { When } from '../../marks/when.tsx';
import { AppLink } from '../../routing/app-link.tsx';
import { pathTo } from '../../routing/route.ts';
import { nameOf } from '../../wording/resource-ids.ts';
import styles from './cluster-columns.module.css';

export const clusterColumns: readonly Column<Cluster>[] = [
  {
    id: 'name',
    title: 'Name',
    width: 'minmax(150px, 2.400fr)',
    sort: 'name',
    cell: ({ key, name, resourceGroup }) => (
      <>
        <AppLink href={pathTo('clusters', key)}>{name}</AppLink>
        <div className={styles.under}>{resourceGroup}</div>
      </>
    ),
  },
  {
    id: 'posture',
    title: 'Posture',
    width: 'minmax(136px, 1.100fr)',
    sort: 'posture',
    cell: ({ posture }) => <PostureMark posture={posture} />,
  },
  {
    id: 'worst',
    title: 'Worst failure',
    width: 'minmax(95px, 0.900fr)',
    sort: 'severity',
    isWide: true,
    cell: ({ worst }) => (worst === null ? '' : <SeverityMark severity={worst} />),
  },
  {
    id: 'fail',
    title: 'Fail',
    width: '60px',
    sort: '-fail',
    cell: ({ counts }) => counts?.fail ?? '',
    isWide: true,
  },
  {
    id: 'unknown',
    title: 'Not known',
    width: '80px',
    sort: '-unknown',
    cell: ({ counts }) => counts?.unknown ?? '',
    isWide: true,
  },
  {
    id: 'location',
    title: 'Region',
    width: 'minmax(152px, 1.100fr)',
    sort: 'location',
    cell: ({ location }) => location,
    isWide: true,
  },
  {
    id: 'subscription',
    title: 'Subscription',
    width: 'minmax(100px, 1.200fr)',
    sort: 'subscription',
    isWide: true,
    cell: ({ subscriptionName, subscriptionId }) => subscriptionName ?? subscriptionId,
  },
  {
    id: 'workspaces',
    title: 'Workspaces',
    width: 'minmax(100px, 1.600fr)',
    isWide: true,
    cell: ({ workspaces }) => workspaces.map(nameOf).join(', '),
  },
  {
    id: 'readAt',
    title: 'Checked',
    width: 'minmax(90px, 0.900fr)',
    sort: '-readAt',
    isWide: true,
    cell: ({ readAt }) => (readAt === null ? 'not yet' : <When at={readAt} />),
  },
];
