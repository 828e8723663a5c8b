import type { GapGroup } from '../api/api-types.ts';
import { scopeText } from '../wording/resource-ids.ts';
import { Scroll } from '../shell/scroll.tsx';
import styles from './gap-table.module.css';

/** What could not be read, where and why. */
export function GapTable({ groups }: { readonly groups: readonly GapGroup[] }) {
  return (
    <Scroll className={styles.scroll} label="Gaps">
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">What</th>
            <th scope="col">Why</th>
            <th scope="col">Where</th>
          </tr>
        </thead>
        <tbody>
          {groups.map(({ what, why, count, scopes }) => (
            <tr key={`${what} ${why}`}>
              <td>{what}</td>
              <td>{why}</td>
              <td title={scopes.join('\n')}>{whereText(scopes, count)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function whereText(scopes: readonly string[], count: number): string {
  const shown = scopes.slice(0, 2).map(scopeText);
  const more = count - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
}
