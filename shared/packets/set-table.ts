import {
  type IntervalSet,
  boundariesUpTo,
  equalSets,
  intersectionOf,
  noInterval,
} from './interval-set.ts';
import { type Work, spend } from './work.ts';

/** The number of a set in its table. Equal short sets, and a set met again, have one number. */
export type SetId = number;

/**
 * The sets that rules name on one side, each once, with what the running question makes of them: it
 * asks about a set only when a rule gets that far, and once however many rules name it.
 */
export interface SetTable {
  readonly sets: IntervalSet[];
  /** Boundaries of all sets together. */
  boundaries: number;
  readonly byIdentity: Map<IntervalSet, SetId>;
  readonly byContent: Map<string, SetId>;
  /** The sieve that last asked about each set, and where its part went. */
  readonly askedIn: number[];
  readonly place: number[];
}

/** Longer lists are compared by identity alone. */
const longestCompared = 8;

export function setTable(): SetTable {
  return {
    sets: [],
    boundaries: 0,
    byIdentity: new Map(),
    byContent: new Map(),
    askedIn: [],
    place: [],
  };
}

/** The number of a set, the same one every time. */
export function idOf(table: SetTable, set: IntervalSet): SetId {
  const before = table.byIdentity.get(set);
  if (before !== undefined) return before;
  const content = set.length <= longestCompared ? set.join() : undefined;
  const same = content === undefined ? undefined : table.byContent.get(content);
  const id = same ?? table.sets.length;
  if (same === undefined) {
    table.sets.push(set);
    table.boundaries += set.length;
    table.askedIn.push(0);
    table.place.push(0);
    if (content !== undefined) table.byContent.set(content, id);
  }
  table.byIdentity.set(set, id);
  return id;
}

/** No point of the set is asked. */
export const missed = -1;
/** Every point that is asked is in the set. */
export const whole = -2;

/** One side of a question: what of each set is asked. */
export interface Sieve {
  readonly table: SetTable;
  readonly asked: IntervalSet;
  readonly number: number;
  /** The parts of sets that are asked, of those that are neither missed nor whole. */
  readonly parts: IntervalSet[];
  readonly work: Work;
}

let sieves = 0;

export function sieve(table: SetTable, asked: IntervalSet, work: Work): Sieve {
  sieves += 1;
  return { table, asked, number: sieves, parts: [], work };
}

/** `missed`, `whole`, or the place of the set's part in `parts`. */
export function placeIn(s: Sieve, id: SetId): number {
  const { table, number } = s;
  if (table.askedIn[id] === number) return table.place[id] ?? missed;
  const place = placeOfSet(s, table.sets[id] ?? noInterval);
  table.askedIn[id] = number;
  table.place[id] = place;
  return place;
}

/** `placeIn` of a set that is in no table. */
export function placeOfSet({ asked, parts, work }: Sieve, set: IntervalSet): number {
  const part = partWithin(set, asked);
  spend(work, 1 + (part.length >>> 1));
  if (part.length === 0) return missed;
  if (part === asked) return whole;
  parts.push(part);
  return parts.length - 1;
}

/** The points of `set` that are in `asked`; the very `asked`, or `set`, where that is all of it. */
function partWithin(set: IntervalSet, asked: IntervalSet): IntervalSet {
  if (set === asked) return asked;
  if (set.length > asked.length && isWithin(set, asked)) return set;
  const part = intersectionOf(set, asked);
  return equalSets(part, asked) ? asked : part;
}

/** Whether no boundary of `set` lies between the intervals that are asked, nor does `set` span them. */
function isWithin(set: IntervalSet, asked: IntervalSet): boolean {
  let seen = 0;
  for (let i = 0; i < asked.length; i += 2) {
    const lo = asked[i] ?? 0;
    const hi = asked[i + 1] ?? 0;
    const next = set[seen];
    if (next !== undefined && next < lo) return false;
    // An interval may end where what is asked ends, so that its end still counts as inside.
    seen = boundariesUpTo(set, hi, seen);
    if (seen % 2 === 1) {
      if (set[seen - 1] !== hi) return false;
      seen -= 1;
    }
  }
  return seen === set.length;
}
