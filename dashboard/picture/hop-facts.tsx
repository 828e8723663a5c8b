import { HopMark } from '../marks/hop-mark.tsx';
import { PortalLink } from '../marks/portal-link.tsx';
import { MissingList } from '../marks/missing-list.tsx';
import { type Hop, type HopState, type Path, decidingRule } from './explained.ts';
import { Packet } from './packet.tsx';
import { RuleTable } from './rule-table.tsx';
import styles from './facts.module.css';

const does: Readonly<Record<HopState, string>> = {
  allowed: 'It lets all of these packets pass.',
  absent: 'There is none here, so all packets pass.',
  denied: 'It stops all of these packets.',
  partial: 'It stops some of these packets and lets others pass.',
  unknown: 'What it does with these packets is not known.',
  notReached: 'An earlier place stops all of these packets, so none comes this far.',
};

/** One place on the way of packets. */
export function HopFacts({ hop, path }: { readonly hop: Hop; readonly path: Path }) {
  const { state, name, says, at, rules, witness, nearMisses, missing } = hop;
  const isStopping = state === 'denied' || state === 'partial';
  const passing = isStopping ? null : path.witness.allowed;
  return (
    <div className={styles.facts}>
      <p>
        <HopMark state={state} />
      </p>
      <p className={styles.name}>{name}</p>
      <p>{does[state]}</p>
      {says === null ? null : <p>{says}</p>}
      <p className={styles.soft}>{`Packets: ${path.from} → ${path.to}`}</p>
      {rules.length === 0 ? null : (
        <section>
          <h3 className={styles.heading}>Rules that decide, in the order packets meet them</h3>
          <RuleTable rules={rules} deciding={decidingRule(hop)} isStopping={isStopping} />
        </section>
      )}
      {witness === null || state === 'allowed' ? null : (
        <section>
          <h3 className={styles.heading}>A packet that it stops</h3>
          <Packet packet={witness} />
        </section>
      )}
      {passing === null || state === 'notReached' ? null : (
        <section>
          <h3 className={styles.heading}>A packet that passes the whole way</h3>
          <Packet packet={passing} />
        </section>
      )}
      {nearMisses.length === 0 ? null : (
        <section>
          <h3 className={styles.heading}>Near misses</h3>
          {nearMisses.map(({ rule, priority, allows, wanted }) => (
            <p key={rule}>
              Rule <strong>{rule}</strong>
              {` (priority ${priority}) allows ${allows.join(', ')}, not ${wanted}.`}
            </p>
          ))}
        </section>
      )}
      <MissingList missing={missing} />
      {at === null ? null : <PortalLink id={at} />}
    </div>
  );
}
