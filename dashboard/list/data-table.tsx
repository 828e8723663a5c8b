import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { counted } from '../wording/numbers.ts';
import type { Column } from './column.ts';
import styles from './data-table.module.css';
import type { Line } from './rows.ts';
import { ariaSort, nextSort } from './sort.ts';
import { useIsNarrow } from './use-is-narrow.ts';

interface DataTableProps<T> {
  readonly label: string;
  /** Whether other rows are on their way. */
  readonly isBusy: boolean;
  readonly columns: readonly Column<T>[];
  readonly lines: readonly Line<T>[];
  readonly keyOf: (row: T) => string;
  readonly sort: string;
  readonly onSort: (sort: string) => void;
  /** Hears how far the list is looked at. */
  readonly onReach: (lines: number) => void;
  /** What the rows are called: `cluster`. */
  readonly thing: string;
  /** What stands there where there are none. */
  readonly empty: ReactNode;
}

const rowHeight = 44;
const arrows = { ascending: '↑', descending: '↓', none: '' } as const;

/** A list of which only what is in view is drawn; it says how long it is all the same. */
export function DataTable<T>(props: DataTableProps<T>) {
  const { label, isBusy, columns, lines, keyOf, sort, onSort, onReach, thing, empty } = props;
  const isNarrow = useIsNarrow();
  const body = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    setTop((body.current?.getBoundingClientRect().top ?? 0) + window.scrollY);
  }, []);
  const virtualizer = useWindowVirtualizer({
    count: lines.length,
    estimateSize: () => rowHeight,
    overscan: 12,
    scrollMargin: top,
  });
  const items = virtualizer.getVirtualItems();
  const reached = (items.at(-1)?.index ?? 0) + 1;
  useEffect(() => onReach(reached), [reached, onReach]);

  const shown = columns.filter(({ isWide }) => !(isNarrow && isWide === true));
  const template = { gridTemplateColumns: shown.map(({ width }) => width).join(' ') };
  if (lines.length === 0) return <div className={styles.empty}>{empty}</div>;
  return (
    <div
      role="table"
      aria-label={label}
      aria-busy={isBusy}
      aria-rowcount={lines.length + 1}
      className={styles.table}
    >
      <div role="rowgroup" className={styles.head}>
        <div role="row" aria-rowindex={1} className={styles.row} style={template}>
          {shown.map(({ id, title, sort: by }) => (
            <div
              key={id}
              role="columnheader"
              aria-sort={ariaSort(sort, by)}
              className={styles.cell}
            >
              {by === undefined ? (
                title
              ) : (
                <button
                  type="button"
                  className={styles.sort}
                  onClick={() => onSort(nextSort(sort, by))}
                >
                  {title}
                  <span aria-hidden="true" className={styles.arrow}>
                    {arrows[ariaSort(sort, by)]}
                  </span>
                </button>
              )}
            </div>
          ))}
        </div>
      </div>
      <div
        role="rowgroup"
        ref={body}
        className={styles.body}
        style={{ height: virtualizer.getTotalSize() }}
      >
        {items.map((item) => {
          const line = lines[item.index];
          const place = { transform: `translateY(${item.start - top}px)` };
          if (line === undefined) return null;
          return (
            <div
              key={line.kind === 'row' ? `${keyOf(line.row)} ${item.index}` : item.index}
              role="row"
              ref={virtualizer.measureElement}
              data-index={item.index}
              aria-rowindex={item.index + 2}
              className={`${styles.row} ${styles.line} ${line.kind === 'group' ? styles.group : ''}`}
              style={line.kind === 'row' ? { ...template, ...place } : place}
            >
              {line.kind === 'group' ? (
                <div role="cell" aria-colspan={shown.length} className={styles.cell}>
                  <strong>{line.name}</strong>
                  <span className={styles.count}>{counted(line.count, thing)}</span>
                </div>
              ) : null}
              {line.kind === 'unread' ? (
                <div role="cell" aria-colspan={shown.length} className={styles.cell}>
                  <span className={styles.unread}>Being read</span>
                </div>
              ) : null}
              {line.kind === 'row'
                ? shown.map(({ id, cell }) => (
                    <div key={id} role="cell" className={styles.cell}>
                      {cell(line.row)}
                    </div>
                  ))
                : null}
            </div>
          );
        })}
      </div>
    </div>
  );
}
