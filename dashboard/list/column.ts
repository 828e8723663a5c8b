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

/** The order of a list after the title of a column was pressed: by it, or the other way round. */
export function nextSort(sort: string, pressed: string): string {
  return sort === pressed ? `-${pressed}` : pressed;
}

/** What a screen reader says of the order of a column. */
export function ariaSort(sort: string, column: string | undefined): 'ascending' | 'descending' | 'none' {
  if (column === undefined) return 'none';
  if (sort === column) return 'ascending';
  return sort === `-${column}` ? 'descending' : 'none';
}
