import type { ReactNode } from 'react';

/** A column of a list. */
export interface Column<T> {
  readonly id: string;
  readonly title: string;
  /** A track of a CSS grid: `minmax(200px, 2fr)`. */
  readonly width: string;
  /** What the list is sorted by when the title is pressed; undefined where it cannot be. */
  readonly sort?: string;
  /** Whether narrow screens do without it. */
  readonly isWide?: boolean;
  readonly cell: (row: T) => ReactNode;
}
