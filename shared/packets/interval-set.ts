/** A point on the line. The comparison operators hold across both types; arithmetic does not. */
export type Coordinate = number | bigint;

/**
 * Half-open intervals, flat: `[lo, hi, lo, hi, …]`, sorted, disjoint and never adjacent, so that
 * equal sets are equal lists. A set holds numbers only or bigints only, except that the last `hi`
 * may be `Infinity`. Coordinates may be negative.
 */
export type IntervalSet = readonly Coordinate[];

/** The empty set. */
export const noInterval: IntervalSet = [];

/** The union of half-open pairs in any order; pairs that hold no point are dropped. */
export function intervals(pairs: Iterable<readonly [Coordinate, Coordinate]>): IntervalSet {
  const sorted: (readonly [Coordinate, Coordinate])[] = [];
  for (const pair of pairs) if (pair[0] < pair[1]) sorted.push(pair);
  sorted.sort((a, b) => compare(a[0], b[0]));
  const merged: Coordinate[] = [];
  let end: Coordinate = -Infinity;
  for (const [lo, hi] of sorted) {
    if (end < lo) merged.push(lo, hi);
    else if (end < hi) merged[merged.length - 1] = hi;
    else continue;
    end = hi;
  }
  return merged;
}

/** Points of either set. */
export function unionOf(a: IntervalSet, b: IntervalSet): IntervalSet {
  if (a === b || b.length === 0) {
    return a;
  }
  return a.length === 0 ? b : sweep(a, b, (inA, inB) => inA || inB);
}

/** Points of both sets. */
export function intersectionOf(a: IntervalSet, b: IntervalSet): IntervalSet {
  if (a === b) return a;
  return a.length < b.length ? shared(a, b) : shared(b, a);
}

/** Points of both sets; the intervals of the shorter one are looked up in the longer one. */
function shared(short: IntervalSet, long: IntervalSet): IntervalSet {
  let part: Coordinate[] | undefined;
  let end = 0;
  for (let i = 0; i < short.length; i += 2) {
    const lo = short[i] ?? 0;
    const hi = short[i + 1] ?? 0;
    const first = boundariesUpTo(long, lo, end);
    end = boundariesBelow(long, hi, first);
    if (first === end && first % 2 === 0) continue;
    part ??= [];
    if (first % 2 === 1) part.push(lo);
    for (let j = first; j < end; j += 1) part.push(long[j] ?? 0);
    if (end % 2 === 1) part.push(hi);
  }
  return part ?? noInterval;
}

/** Points of `a` that are not in `b`. */
export function differenceOf(a: IntervalSet, b: IntervalSet): IntervalSet {
  if (a === b) {
    return noInterval;
  }
  return b.length === 0 ? a : sweep(a, b, (inA, inB) => inA && !inB);
}

export function isEmptySet(a: IntervalSet): boolean {
  return a.length === 0;
}

export function equalSets(a: IntervalSet, b: IntervalSet): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i += 1) {
    const [left = 0, right = 0] = [a[i], b[i]];
    // The same number and bigint are one point.
    if (left !== right && compare(left, right) !== 0) return false;
  }
  return true;
}

/** Whether every point of `a` is in `b`. */
export function isSubset(a: IntervalSet, b: IntervalSet): boolean {
  if (a === b) return true;
  let before = 0;
  for (let i = 0; i < a.length; i += 2) {
    before = boundariesUpTo(b, a[i] ?? 0, before);
    const end = b[before];
    if (before % 2 === 0 || end === undefined || end < (a[i + 1] ?? 0)) return false;
  }
  return true;
}

/** Whether no point is in both sets. */
export function areDisjoint(a: IntervalSet, b: IntervalSet): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  let before = 0;
  for (let i = 0; i < short.length; i += 2) {
    before = boundariesUpTo(long, short[i] ?? 0, before);
    const next = long[before];
    if (before % 2 === 1 || (next !== undefined && next < (short[i + 1] ?? 0))) return false;
  }
  return true;
}

/** Whether `point` is in `a`. */
export function holds(a: IntervalSet, point: Coordinate): boolean {
  // The number of boundaries at or before a point is odd inside an interval and even outside.
  return boundariesUpTo(a, point, 0) % 2 === 1;
}

/** How many boundaries are at or before the point, of which `least` are known to be. */
export function boundariesUpTo(set: IntervalSet, point: Coordinate, least: number): number {
  // Numbers compare many times faster where no bigint ever comes by.
  if (typeof point === 'number' && isOfNumbers(set)) return numbersUpTo(set, point, least);
  let before = least;
  let after = set.length;
  while (before < after) {
    const middle = (before + after) >>> 1;
    const boundary = set[middle];
    if (boundary !== undefined && boundary <= point) before = middle + 1;
    else after = middle;
  }
  return before;
}

/** How many boundaries are before the point, of which `least` are known to be. */
function boundariesBelow(set: IntervalSet, point: Coordinate, least: number): number {
  if (typeof point === 'number' && isOfNumbers(set)) return numbersBelow(set, point, least);
  let before = least;
  let after = set.length;
  while (before < after) {
    const middle = (before + after) >>> 1;
    const boundary = set[middle];
    if (boundary !== undefined && boundary < point) before = middle + 1;
    else after = middle;
  }
  return before;
}

/** Of a set that holds bigints at most the last end is a number. */
function isOfNumbers(set: IntervalSet): set is readonly number[] {
  return typeof set[0] === 'number';
}

function numbersUpTo(set: readonly number[], point: number, least: number): number {
  let before = least;
  let after = set.length;
  while (before < after) {
    const middle = (before + after) >>> 1;
    if ((set[middle] ?? 0) <= point) before = middle + 1;
    else after = middle;
  }
  return before;
}

function numbersBelow(set: readonly number[], point: number, least: number): number {
  let before = least;
  let after = set.length;
  while (before < after) {
    const middle = (before + after) >>> 1;
    if ((set[middle] ?? 0) < point) before = middle + 1;
    else after = middle;
  }
  return before;
}

/** Negative, zero or positive: a total order of points. */
export function compare(a: Coordinate, b: Coordinate): number {
  if (a < b) {
    return -1;
  }
  return a > b ? 1 : 0;
}

/** Negative, zero or positive: a total order of sets, by the first boundary in which they differ. */
export function compareSets(a: IntervalSet, b: IntervalSet): number {
  for (const [i, left] of a.entries()) {
    const right = b[i];
    const order = right === undefined ? 1 : compare(left, right);
    if (order !== 0) {
      return order;
    }
  }
  return a.length - b.length;
}

/** The intervals as pairs. */
export function* pairsOf(a: IntervalSet): Generator<readonly [Coordinate, Coordinate]> {
  for (let i = 0; i < a.length; i += 2) {
    const [lo, hi] = [a[i], a[i + 1]];
    if (lo !== undefined && hi !== undefined) {
      yield [lo, hi];
    }
  }
}

/** Walks the boundaries of both sets in order; `keep` must be false outside both. */
function sweep(
  a: IntervalSet,
  b: IntervalSet,
  keep: (inA: boolean, inB: boolean) => boolean,
): IntervalSet {
  const kept: Coordinate[] = [];
  let i = 0;
  let j = 0;
  for (;;) {
    const [nextA, nextB] = [a[i], b[j]];
    const boundary = nextB === undefined || (nextA !== undefined && nextA < nextB) ? nextA : nextB;
    if (boundary === undefined) {
      return kept;
    }
    if (nextA !== undefined && nextA <= boundary) {
      i += 1;
    }
    if (nextB !== undefined && nextB <= boundary) {
      j += 1;
    }
    const isOpen = kept.length % 2 === 1;
    if (keep(i % 2 === 1, j % 2 === 1) !== isOpen) {
      kept.push(boundary);
    }
  }
}
