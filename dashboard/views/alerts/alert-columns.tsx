import type { Alert } from '../../api/api-types.ts';
import { Clamped } from '../../list/clamped.tsx';
import type { Column } from '../../list/column.ts';
import { SeverityMark } from '../../marks/severity-mark.tsx';
import { When } from '../../marks/when.tsx';
import { AppLink } from '../../routing/app-link.tsx';
import { pathTo } from '../../routing/route.ts';
import { alertWords } from '../../wording/words.ts';
import { AcknowledgeButton } from './acknowledge-button.tsx';
import { deliveryText } from './delivery-text.ts';

/** The columns of alerts; `onAcknowledged` reads anew what changed. */
export function alertColumns(onAcknowledged: () => void): readonly Column<Alert>[] {
  return [
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
      cell: ({ id, source, summary }) => (
        <Clamped>
          {source === 'findings' ? (
            <AppLink href={pathTo('findings', id)}>{summary}</AppLink>
          ) : (
            summary
          )}
        </Clamped>
      ),
    },
    {
      id: 'subject',
      title: 'About',
      width: 'minmax(120px, 1.600fr)',
      sort: 'subject',
      isWide: true,
      cell: ({ clusterKey, subjectName }) =>
        clusterKey === null ? (
          subjectName
        ) : (
          <AppLink href={pathTo('clusters', clusterKey)}>{subjectName}</AppLink>
        ),
    },
    {
      id: 'state',
      title: 'State',
      width: '112px',
      sort: 'state',
      isWide: true,
      cell: ({ state }) => alertWords[state],
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
      id: 'deliveries',
      title: 'Told to',
      width: 'minmax(100px, 1.300fr)',
      isWide: true,
      cell: ({ deliveries }) => deliveryText(deliveries),
    },
    {
      id: 'seen',
      title: 'Seen by',
      width: 'minmax(104px, 130px)',
      cell: (alert) => <AcknowledgeButton alert={alert} onAcknowledged={onAcknowledged} />,
    },
  ];
}
