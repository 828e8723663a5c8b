import type { Evidence, Plan } from '../api/api-types.ts';
import { nameOf } from '../wording/resource-ids.ts';
import { Scroll } from '../shell/scroll.tsx';
import styles from './plan-tables.module.css';
import { plannedRule } from './planned-rule.ts';

interface RuleChangesProps {
  readonly plan: Plan;
  /** Of the finding: it names the rules that are to blame. */
  readonly evidence: readonly Evidence[];
}

/** The rules that a plan adds or removes, beside those that are to blame and stay. */
export function RuleChanges({ plan, evidence }: RuleChangesProps) {
  const rules = plan.changes.flatMap((change) => plannedRule(change) ?? []);
  if (rules.length === 0) return null;
  const blamed = new Map(
    evidence.flatMap(({ rule, at }) =>
      rule === undefined ? [] : [[`${rule} ${at}`, { rule, group: nameOf(at) }] as const],
    ),
  );
  return (
    <Scroll className={styles.scroll} label="Rules">
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">Change</th>
            <th scope="col">Rule</th>
            <th scope="col">Priority</th>
            <th scope="col">Access</th>
            <th scope="col">Protocol</th>
            <th scope="col">Source</th>
            <th scope="col">Destination</th>
          </tr>
        </thead>
        <tbody>
          {rules.map((rule) => (
            <tr key={rule.name} className={rule.act === 'add' ? styles.added : styles.removed}>
              <td className={styles.word}>{rule.act === 'add' ? '+ added' : '− removed'}</td>
              <td>
                {rule.name}
                <br />
                {rule.group}
              </td>
              <td>{rule.priority ?? ''}</td>
              <td>{`${rule.direction} ${rule.access}`}</td>
              <td>{rule.protocol}</td>
              <td>{withPorts(rule.sources, rule.sourcePorts)}</td>
              <td>{withPorts(rule.destinations, rule.destinationPorts)}</td>
            </tr>
          ))}
          {[...blamed].map(([key, { rule, group }]) => (
            <tr key={key}>
              <td className={styles.word}>stays</td>
              <td>
                {rule}
                <br />
                {group}
              </td>
              <td colSpan={5}>decides today; what is added comes before it</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function withPorts(addresses: readonly string[], ports: readonly string[]): string {
  const where = addresses.join(', ');
  return ports.every((port) => port === '*') ? where : `${where}, port ${ports.join(', ')}`;
}
