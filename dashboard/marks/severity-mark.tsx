import type { Severity } from '../api/api-types.ts';
import { severityWords } from '../wording/words.ts';
import styles from './severity-mark.module.css';

/** How bad a failure is: a word, and bars that are the more the worse it is. */
export function SeverityMark({ severity }: { readonly severity: Severity }) {
  const bars = bar[severity];
  return (
    <span className={`${styles.mark} ${styles[severity]}`}>
      <svg className={styles.bars} viewBox="0 0 16 12" width="16" height="12" aria-hidden="true">
        {[0, 1, 2, 3].map((index) => (
          <rect
            key={index}
            x={index * 4}
            y={9 - index * 3}
            width="3"
            height={3 + index * 3}
            className={index < bars ? styles.full : styles.empty}
          />
        ))}
      </svg>
      {severityWords[severity]}
    </span>
  );
}

const bar: Readonly<Record<Severity, number>> = {
  critical: 4,
  high: 3,
  medium: 2,
  low: 1,
  info: 0,
};
