import type { Explanation } from '../api/api-types.ts';
import { scopeText } from '../wording/resource-ids.ts';
import styles from './missing-list.module.css';

type Missing = Explanation['needs'][number]['missing'][number];

/** What could not be read, where it would have been, and why. */
export function MissingList({ missing }: { readonly missing: readonly Missing[] }) {
  if (missing.length === 0) return null;
  return (
    <section className={styles.missing}>
      <h3 className={styles.heading}>What could not be read</h3>
      <ul>
        {missing.map(({ what, scope, why }) => (
          <li key={`${what} ${scope}`}>
            <strong>{what}</strong>
            {` (${scopeText(scope)}): ${why}`}
          </li>
        ))}
      </ul>
    </section>
  );
}
