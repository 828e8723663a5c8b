import type { ReactNode } from 'react';
import styles from './clamped.module.css';

/** Two lines of a long text; all of it is one link away. */
export function Clamped({ children }: { readonly children: ReactNode }) {
  return <div className={styles.clamped}>{children}</div>;
}
