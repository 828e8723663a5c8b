import type { Overview } from '../../api/api-types.ts';
import { AppLink } from '../../routing/app-link.tsx';
import { changedQuery } from '../../routing/query.ts';
import { pathTo } from '../../routing/route.ts';
import { Card } from '../../shell/card.tsx';
import { counted } from '../../wording/numbers.ts';
import styles from './waiting-card.module.css';

/** What waits for somebody. */
export function WaitingCard({ overview }: { readonly overview: Overview }) {
  const { alerts, remediations, mode, modeBecause } = overview;
  const open = pathTo('alerts') + changedQuery('', { state: 'open' });
  const waiting = pathTo('remediations') + changedQuery('', { state: 'awaitingApproval' });
  return (
    <Card title="Waiting">
      <ul className={styles.list}>
        <li>
          <AppLink href={open}>{counted(alerts.open, 'open alert')}</AppLink>
          {alerts.acknowledged === 0 ? '' : `, ${alerts.acknowledged} acknowledged`}
        </li>
        <li>
          <AppLink href={waiting}>{counted(remediations.awaitingApproval, 'remediation')}</AppLink>
          {' for approval'}
          {remediations.running === 0 ? '' : `, ${remediations.running} running`}
        </li>
        <li className={styles.mode}>{`Mode ${mode}: ${modeBecause}`}</li>
      </ul>
    </Card>
  );
}
