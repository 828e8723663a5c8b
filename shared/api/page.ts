import { z } from 'zod';
import { type Refused, refused } from './admit.ts';

/** By what rows are ordered: a field by its name, and what is unique to a row. */
export interface Ordering<Row> {
  readonly fields: Readonly<Record<string, (row: Row) => string | number>>;
  readonly idOf: (row: Row) => string;
}

export interface Page<Row> {
  readonly kind: 'page';
  readonly items: readonly Row[];
  readonly next: string | null;
  readonly total: number;
}

export interface PageAsked {
  /** A field, or a field behind a hyphen for the reverse. */
  readonly sort: string;
  readonly limit: number;
  readonly next?: string | undefined;
}

/** Where a page ends: the order, and the last row's place in it. */
const position = z.tuple([z.string(), z.union([z.string(), z.number()]), z.string()]);
type Position = z.output<typeof position>;

/** Rows in an order, kept as long as the list that they come from. */
const sortedLists = new WeakMap<object, Map<string, readonly unknown[]>>();

/** The rows in an order; sorted once for each list and order. */
export function sorted<Row extends object>(
  rows: readonly Row[],
  sort: string,
  ordering: Ordering<Row>,
): readonly Row[] {
  const lists = sortedLists.get(rows) ?? new Map<string, readonly Row[]>();
  sortedLists.set(rows, lists);
  const before = lists.get(sort);
  // Kept below, of the same rows.
  if (before !== undefined) return before as readonly Row[];
  const rankOf = rankBy(sort, ordering);
  const placed = rows.map((row) => ({ row, rank: rankOf(row), id: ordering.idOf(row) }));
  const sign = signOf(sort);
  placed.sort((a, b) => sign * compare(a.rank, b.rank) || compare(a.id, b.id));
  const list = placed.map(({ row }) => row);
  lists.set(sort, list);
  return list;
}

/**
 * A page of the rows that fit: full, unless it is the last. It begins behind the row that ended the
 * page before, whether that row is still there or not, so no row comes twice however the list changes.
 */
export function pageOf<Row extends object>(
  rows: readonly Row[],
  fits: (row: Row) => boolean,
  { sort, limit, next }: PageAsked,
  ordering: Ordering<Row>,
): Page<Row> | Refused {
  const after = next === undefined ? undefined : positionIn(next);
  if (after === null || (after !== undefined && after[0] !== sort)) {
    return refused(400, `next ${JSON.stringify(next)} is not of this list in this order.`, {
      next: 'Ask without it; then with the next of the page before.',
    });
  }
  const fitting = sorted(rows, sort, ordering).filter(fits);
  const rankOf = rankBy(sort, ordering);
  const isBehind = (row: Row, [, rank, id]: Position): boolean =>
    (signOf(sort) * compare(rankOf(row), rank) || compare(ordering.idOf(row), id)) > 0;
  const start = after === undefined ? 0 : fitting.findIndex((row) => isBehind(row, after));
  const items = start < 0 ? [] : fitting.slice(start, start + limit);
  const last = items.at(-1);
  const hasMore = start >= 0 && start + limit < fitting.length;
  return {
    kind: 'page',
    items,
    next:
      last === undefined || !hasMore ? null : tokenOf([sort, rankOf(last), ordering.idOf(last)]),
    total: fitting.length,
  };
}

function rankBy<Row>(sort: string, { fields }: Ordering<Row>): (row: Row) => string | number {
  const rankOf = fields[sort.replace(/^-/, '')];
  if (rankOf === undefined) throw new RangeError(`nothing is ordered by ${sort}`);
  return rankOf;
}

function signOf(sort: string): 1 | -1 {
  return sort.startsWith('-') ? -1 : 1;
}

function compare(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** In characters that need no escape in an address. */
function tokenOf(at: Position): string {
  const text = encodeURIComponent(JSON.stringify(at));
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function positionIn(token: string): Position | null {
  try {
    const text = atob(token.replaceAll('-', '+').replaceAll('_', '/'));
    return position.parse(JSON.parse(decodeURIComponent(text)));
  } catch {
    // Somebody made it up, or it is of another version.
    return null;
  }
}

/** Whether a text holds every word that is searched for, in any casing. */
export function searching(words: string | undefined): (text: string) => boolean {
  const wanted = (words ?? '')
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return wanted.length === 0
    ? () => true
    : (text) => {
        const lower = text.toLowerCase();
        return wanted.every((word) => lower.includes(word));
      };
}

/** Whether a value is among those asked for; everything is where nobody asked. */
export function among(asked: readonly string[] | undefined): (value: string) => boolean {
  if (asked === undefined) return () => true;
  const wanted = new Set(asked.map((each) => each.toLowerCase()));
  return (value) => wanted.has(value.toLowerCase());
}
