import { type ReactNode, useId } from 'react';
import styles from './card.module.css';

interface CardProps {
  readonly title: string;
  /** Beside the title: a link to more. */
  readonly more?: ReactNode;
  readonly children: ReactNode;
  readonly className?: string | undefined;
}

/** A part of a view, with a title of its own. */
export function Card({ title, more, children, className = '' }: CardProps) {
  const id = useId();
  return (
    <section aria-labelledby={id} className={`${styles.card} ${className}`}>
      <div className={styles.head}>
        <h2 id={id} className={styles.title}>
          {title}
        </h2>
        {more}
      </div>
      {children}
    </section>
  );
}
