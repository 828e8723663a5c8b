import type { RemediationDetail } from '../../api/api-types.ts';
import styles from '../../history/timeline.module.css';
import { momentText } from '../../wording/moments.ts';
import { stepText } from './step-text.ts';

/** Every step of a remediation, as it was written down; nothing is ever taken away. */
export function AuditTrail({ remediation }: { readonly remediation: RemediationDetail }) {
  return (
    <ol className={styles.timeline}>
      {remediation.journal.map((row, index) => (
        <li key={`${row.at} ${index}`} className={styles.moment}>
          <p className={styles.when}>{momentText(row.at)}</p>
          <div>
            <p className={styles.what}>
              <span>{stepText(row, remediation.plan.changes)}</span>
              {row.by === undefined ? null : <strong>{`by ${row.by}`}</strong>}
            </p>
            {row.because === undefined || row.because === '' ? null : (
              <p className={styles.cause}>{row.because}</p>
            )}
          </div>
        </li>
      ))}
    </ol>
  );
}
