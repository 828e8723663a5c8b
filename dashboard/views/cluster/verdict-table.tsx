import type { ClusterVerdict } from '../../api/api-types.ts';
import { SeverityMark } from '../../marks/severity-mark.tsx';
import { VerdictMark } from '../../marks/verdict-mark.tsx';
import { AppLink } from '../../routing/app-link.tsx';
import { pathTo } from '../../routing/route.ts';
import { severities } from '../../wording/words.ts';
import styles from './verdict-table.module.css';

/** What every check says of a cluster, the worst first. */
export function VerdictTable({ verdicts }: { readonly verdicts: readonly ClusterVerdict[] }) {
  const sorted = verdicts.toSorted((a, b) => rank(a) - rank(b));
  return (
    <ul className={styles.list} aria-label="Verdicts">
      {sorted.map((verdict) => (
        <li key={verdict.checkId} className={styles.verdict}>
          <div className={styles.marks}>
            <VerdictMark kind={verdict.kind} />
            {verdict.kind === 'fail' ? <SeverityMark severity={verdict.severity} /> : null}
          </div>
          <div>
            <p className={styles.title}>
              {verdict.kind === 'fail' ? (
                <AppLink href={pathTo('findings', verdict.fingerprint)}>{verdict.checkId}</AppLink>
              ) : (
                <AppLink href={pathTo('checks', verdict.checkId)}>{verdict.checkId}</AppLink>
              )}
              {verdict.exempt === null ? null : (
                <span className={styles.exempt}>{`Accepted: ${verdict.exempt.reason}`}</span>
              )}
            </p>
            <p className={styles.summary}>{verdict.summary ?? verdict.title}</p>
          </div>
        </li>
      ))}
    </ul>
  );
}

const kinds = ['fail', 'unknown', 'pass', 'notApplicable'] as const;

function rank({ kind, severity, isExempt }: ClusterVerdict): number {
  const weight = kind === 'fail' ? severities.indexOf(severity) : 0;
  return kinds.indexOf(kind) * 100 + (isExempt ? 50 : 0) + weight;
}
