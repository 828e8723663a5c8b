// Interval sets against plain sets of points, on a line short enough to walk.
import fc from 'fast-check';
import { expect, test } from 'vitest';

import {
  type Coordinate,
  type IntervalSet,
  areDisjoint,
  compareSets,
  differenceOf,
  equalSets,
  holds,
  intersectionOf,
  intervals,
  isEmptySet,
  isSubset,
  noInterval,
  pairsOf,
  unionOf,
} from '../../shared/packets/interval-set.ts';
import { cases } from './worlds.ts';

const line = Array.from({ length: 14 }, (_, i) => i - 3);
const boundary = fc.oneof(fc.integer({ min: -3, max: 10 }), fc.constant(Infinity));
const pairList = fc.array(fc.tuple(fc.integer({ min: -3, max: 10 }), boundary), { maxLength: 5 });

/** The points of a list of pairs, by definition; 10 stands for everything from there on. */
function pointsOf(pairs: Iterable<readonly [Coordinate, Coordinate]>): number[] {
  const list = [...pairs];
  return line.filter((at) => list.some(([lo, hi]) => lo <= at && at < hi));
}

function expectCanonical(set: IntervalSet): void {
  expect(set.length % 2).toBe(0);
  for (const [i, at] of set.entries()) {
    expect(i === 0 || (set[i - 1] ?? Infinity) < at).toBe(true);
  }
}

test('intervals sorts, merges what overlaps or touches, and drops what is empty', () => {
  expect(intervals([])).toEqual(noInterval);
  const pairs = [
    [5, 7],
    [1, 2],
    [2, 3],
    [6, 9],
    [4, 4],
    [12, 11],
  ] as const;
  expect(intervals(pairs)).toEqual([1, 3, 5, 9]);
  expect(
    intervals([
      [0n, 10n],
      [2n, 3n],
      [20n, Infinity],
    ]),
  ).toEqual([0n, 10n, 20n, Infinity]);
});

test('every operation agrees with sets of points', () => {
  fc.assert(
    fc.property(pairList, pairList, (left, right) => {
      const [a, b] = [intervals(left), intervals(right)];
      const [inA, inB] = [pointsOf(left), pointsOf(right)];
      const shared = inA.filter((at) => inB.includes(at));
      const rest = inA.filter((at) => !inB.includes(at));
      const either = line.filter((at) => inA.includes(at) || inB.includes(at));
      const expectPoints = (set: IntervalSet, points: readonly number[]): void => {
        expectCanonical(set);
        expect(pointsOf(pairsOf(set))).toEqual(points);
        expect(line.filter((at) => holds(set, at))).toEqual(points);
      };
      expectPoints(a, inA);
      expectPoints(unionOf(a, b), either);
      expectPoints(intersectionOf(a, b), shared);
      expectPoints(differenceOf(a, b), rest);
      expect(isEmptySet(a)).toBe(inA.length === 0);
      expect(isSubset(a, b)).toBe(rest.length === 0);
      expect(areDisjoint(a, b)).toBe(shared.length === 0);
      expect(equalSets(a, b)).toBe(shared.length === either.length);
    }),
    { numRuns: cases(1000) },
  );
});

test('bigints behave as numbers do', () => {
  const big = (set: IntervalSet): IntervalSet =>
    set.map((at) => (at === Infinity ? at : BigInt(at)));
  fc.assert(
    fc.property(pairList, pairList, (left, right) => {
      const [a, b] = [intervals(left), intervals(right)];
      for (const operation of [unionOf, intersectionOf, differenceOf]) {
        expect(operation(big(a), big(b))).toEqual(big(operation(a, b)));
      }
      expect(isSubset(big(a), big(b))).toBe(isSubset(a, b));
      expect(equalSets(a, big(a))).toBe(true);
    }),
    { numRuns: cases(300) },
  );
});

test('an open end holds every point from there on', () => {
  expect(holds([0, Infinity], 2 ** 40)).toBe(true);
  expect(holds([0n, Infinity], 2n ** 200n)).toBe(true);
  expect(holds([0, Infinity], -1)).toBe(false);
  expect(differenceOf([0n, Infinity], [5n, 6n])).toEqual([0n, 5n, 6n, Infinity]);
});

test('compareSets orders by the first boundary that differs, a beginning before the whole', () => {
  const ascending: IntervalSet[] = [[], [1, 2], [1, 2, 5, 6], [1, 3], [2, 3]];
  for (const [i, a] of ascending.entries()) {
    for (const [j, b] of ascending.entries()) {
      expect(Math.sign(compareSets(a, b))).toBe(Math.sign(i - j));
    }
  }
});

test('bigints make the same sets as numbers do', () => {
  const wide = (set: IntervalSet): IntervalSet =>
    set.map((at) => (at === Infinity ? at : BigInt(at)));
  fc.assert(
    fc.property(pairList, pairList, (left, right) => {
      const [a, b] = [intervals(left), intervals(right)];
      expect(unionOf(wide(a), wide(b))).toEqual(wide(unionOf(a, b)));
      expect(intersectionOf(wide(a), wide(b))).toEqual(wide(intersectionOf(a, b)));
      expect(differenceOf(wide(a), wide(b))).toEqual(wide(differenceOf(a, b)));
      expect(isSubset(wide(a), wide(b))).toBe(isSubset(a, b));
      expect(areDisjoint(wide(a), wide(b))).toBe(areDisjoint(a, b));
      for (const at of line) expect(holds(wide(a), BigInt(at))).toBe(holds(a, at));
    }),
    { numRuns: cases(300) },
  );
});
