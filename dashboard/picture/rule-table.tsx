import type { Hop } from './explained.ts';
import styles from './rule-table.module.css';

type Rule = Hop['rules'][number];

interface RuleTableProps {
  readonly rules: readonly Rule[];
  readonly deciding: Rule | undefined;
  readonly isStopping: boolean;
}

/** Rules in the order in which packets meet them; the one to credit or blame is marked. */
export function RuleTable({ rules, deciding, isStopping }: RuleTableProps) {
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th scope="col">Priority</th>
          <th scope="col">Access</th>
          <th scope="col">Rule</th>
        </tr>
      </thead>
      <tbody>
        {rules.map((rule) => (
          <tr
            key={`${rule.priority} ${rule.name}`}
            className={rule === deciding ? (isStopping ? styles.blamed : styles.credited) : ''}
          >
            <td className={styles.number}>{rule.priority}</td>
            <td>{rule.access}</td>
            <td>
              {rule.name}
              {rule === deciding && rules.length > 1 ? (
                <span className={styles.why}>{isStopping ? ' stops them' : ' decides first'}</span>
              ) : null}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
