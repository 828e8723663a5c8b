import type { Remediation } from '../api/api-types.ts';
import styles from '../history/timeline.module.css';
import { AppLink } from '../routing/app-link.tsx';
import { pathTo } from '../routing/route.ts';
import { momentText } from '../wording/moments.ts';
import { RemediationMark } from './remediation-mark.tsx';

/** A few remediations, newest first. */
export function RemediationList({
  remediations,
}: {
  readonly remediations: readonly Remediation[];
}) {
  if (remediations.length === 0) return <p>There was none.</p>;
  return (
    <ol className={styles.timeline}>
      {remediations.map(({ id, state, summary, updatedAt, because }) => (
        <li key={id} className={styles.moment}>
          <p className={styles.when}>{momentText(updatedAt)}</p>
          <div>
            <p className={styles.what}>
              <RemediationMark state={state} />
              <AppLink href={pathTo('remediations', id)}>{summary}</AppLink>
            </p>
            {because === undefined ? null : <p className={styles.cause}>{because}</p>}
          </div>
        </li>
      ))}
    </ol>
  );
}
