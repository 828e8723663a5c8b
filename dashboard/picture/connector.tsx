import type { Way } from './explained.ts';
import styles from './connector.module.css';

/** The line between two places of a way, drawn as open as the way is there. Only for the eye. */
export function Connector({ way }: { readonly way: Way }) {
  return (
    <span className={`${styles.connector} ${styles[way]}`} aria-hidden="true">
      <svg viewBox="0 0 28 16" width="28" height="16">
        {way === 'shut' ? (
          <>
            <path className={styles.line} d="M1 8H9M19 8H27" />
            <path className={styles.cross} d="M10 4L18 12M18 4L10 12" />
          </>
        ) : (
          <>
            <path className={styles.line} d="M1 8H22" />
            <path className={styles.tip} d="M20 3.500L27 8L20 12.500Z" />
          </>
        )}
      </svg>
    </span>
  );
}
