import type { Coordinate, IntervalSet } from './interval-set.ts';

/** Where sets begin and end on a line, as columns. */
export interface Boundaries {
  count: number;
  readonly at: Float64Array;
  /** The number of the set that begins or ends there. */
  readonly set: Int32Array;
}

/** Below this, insertion is faster: a few boundaries come nearly in order. */
const few = 48;

/** Columns for a few boundaries, used again by every line: making new ones costs more than sorting. */
const scratch = { at: new Float64Array(few), set: new Int32Array(few) };

/** Room for so many boundaries, to be read before room is made for others. */
export function emptyBoundaries(room: number): Boundaries {
  if (room <= few) return { count: 0, ...scratch };
  return { count: 0, at: new Float64Array(room), set: new Int32Array(room) };
}

export function addBoundary(boundaries: Boundaries, at: number, set: number): void {
  boundaries.at[boundaries.count] = at;
  boundaries.set[boundaries.count] = set;
  boundaries.count += 1;
}

/** The boundaries in ascending order; those at one place come in any order. */
export function sorted(boundaries: Boundaries): Boundaries {
  if (boundaries.count > few) return sortedByDigits(boundaries);
  const { at, set, count } = boundaries;
  for (let i = 1; i < count; i += 1) {
    const place = at[i] ?? 0;
    const own = set[i] ?? 0;
    let j = i - 1;
    for (; j >= 0 && (at[j] ?? 0) > place; j -= 1) {
      at[j + 1] = at[j] ?? 0;
      set[j + 1] = set[j] ?? 0;
    }
    at[j + 1] = place;
    set[j + 1] = own;
  }
  return boundaries;
}

const digitBits = 11;
const digits = 2 ** digitBits;

/**
 * Radix sort, which takes no longer for many than reading them a few times. Places are whole
 * numbers; their digits count from the lowest place, and digits that are all alike cost nothing.
 */
function sortedByDigits(boundaries: Boundaries): Boundaries {
  const { count } = boundaries;
  let from = boundaries;
  let to: Boundaries = { ...emptyBoundaries(count), count };
  let lowest = Infinity;
  let highest = -Infinity;
  for (let i = 0; i < count; i += 1) {
    const place = from.at[i] ?? 0;
    if (place < lowest) lowest = place;
    if (place > highest) highest = place;
  }
  const counts = new Int32Array(digits);
  for (let unit = 1; unit <= highest - lowest; unit *= digits) {
    counts.fill(0);
    for (let i = 0; i < count; i += 1) {
      const digit = digitOf((from.at[i] ?? 0) - lowest, unit);
      counts[digit] = (counts[digit] ?? 0) + 1;
    }
    for (let digit = 0, before = 0; digit < digits; digit += 1) {
      const own = counts[digit] ?? 0;
      counts[digit] = before;
      before += own;
    }
    for (let i = 0; i < count; i += 1) {
      const place = from.at[i] ?? 0;
      const digit = digitOf(place - lowest, unit);
      const next = counts[digit] ?? 0;
      counts[digit] = next + 1;
      to.at[next] = place;
      to.set[next] = from.set[i] ?? 0;
    }
    [from, to] = [to, from];
  }
  return from;
}

function digitOf(place: number, unit: number): number {
  return Math.floor(place / unit) & (digits - 1);
}

/** Boundaries by their order, and the coordinate of each rank. */
export interface RankedBoundaries {
  readonly ranks: Boundaries;
  readonly ascending: readonly Coordinate[];
}

/** Coordinates in ascending order, and the set of each. */
interface Run {
  readonly at: readonly Coordinate[];
  readonly set: readonly number[];
}

/** Merges the sets, each of which is in order already: comparing wide coordinates is what costs. */
export function rankedBoundaries(members: readonly IntervalSet[]): RankedBoundaries {
  let runs = members.map((own, set): Run => {
    // A set without an end just stays open.
    const at = own.at(-1) === Infinity ? own.slice(0, -1) : own;
    return { at, set: at.map(() => set) };
  });
  while (runs.length > 1) {
    const half = Math.ceil(runs.length / 2);
    runs = runs.slice(0, half).map((run, i) => merged(run, runs[half + i]));
  }
  const [{ at, set } = { at: [], set: [] }] = runs;
  const ranks = emptyBoundaries(at.length);
  const ascending: Coordinate[] = [];
  for (let i = 0; i < at.length; i += 1) {
    const place = at[i] ?? 0n;
    if (ascending.at(-1) !== place) ascending.push(place);
    addBoundary(ranks, ascending.length - 1, set[i] ?? 0);
  }
  return { ranks, ascending };
}

function merged(a: Run, b: Run | undefined): Run {
  if (b === undefined) return a;
  const at: Coordinate[] = [];
  const set: number[] = [];
  let j = 0;
  const take = (run: Run, from: number, to: number): void => {
    for (let k = from; k < to; k += 1) {
      at.push(run.at[k] ?? 0n);
      set.push(run.set[k] ?? 0);
    }
  };
  for (let i = 0; i < a.at.length; i += 1) {
    const next = a.at[i] ?? 0n;
    const from = j;
    for (let other = b.at[j]; other !== undefined && other < next; other = b.at[j]) j += 1;
    take(b, from, j);
    take(a, i, i + 1);
  }
  take(b, j, b.at.length);
  return { at, set };
}
