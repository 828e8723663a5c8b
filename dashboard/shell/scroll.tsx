import type { ReactNode } from 'react';

interface ScrollProps {
  /** What is in it, for the screen reader. */
  readonly label: string;
  readonly className?: string | undefined;
  readonly children: ReactNode;
}

/** What may be wider or higher than its place: it can be focused, so that the keyboard scrolls it. */
export function Scroll({ label, className = '', children }: ScrollProps) {
  return (
    <section aria-label={label} className={className} tabIndex={0}>
      {children}
    </section>
  );
}
