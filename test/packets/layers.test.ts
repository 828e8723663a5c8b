// A line cut by layers, the first in front, against every point of a short line.
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { hasClass } from '../../shared/packets/class-sets.ts';
import {
  type IntervalSet,
  holds,
  intersectionOf,
  intervals,
} from '../../shared/packets/interval-set.ts';
import { classAt, cutLayers, pointsOf } from '../../shared/packets/line.ts';
import { freeWork } from '../../shared/packets/work.ts';
import { cases } from './worlds.ts';

const length = 40;
const set = fc
  .array(fc.tuple(fc.nat(length), fc.nat(length)), { maxLength: 6 })
  .map((pairs) => intervals(pairs));
const layer = fc.record({ part: set, isOpaque: fc.boolean() });

function wide(points: IntervalSet): IntervalSet {
  return points.map((point) => BigInt(point));
}

test.each([
  ['numbers', (points: IntervalSet): IntervalSet => points, (at: number) => at],
  ['bigints', wide, (at: number) => BigInt(at)],
])('each layer is seen where nothing opaque is in front of it, on a line of %s', (_, of, point) => {
  fc.assert(
    fc.property(set, fc.array(layer, { maxLength: 70 }), (asked, all) => {
      fc.pre(asked.length > 0);
      const layers = all.map(({ part, isOpaque }) => ({
        part: of(intersectionOf(part, asked)),
        isOpaque,
      }));
      const { line, parts } = cutLayers(of(asked), layers, freeWork());
      for (let at = 0; at < length; at += 1) {
        const own = classAt(line, point(at));
        expect(own >= 0).toBe(holds(asked, at));
        if (own < 0) continue;
        let isHidden = false;
        for (const [i, { part, isOpaque }] of layers.entries()) {
          const isThere = holds(part, point(at));
          expect(hasClass(line.sets, parts[i] ?? line.sets.none, own)).toBe(isThere && !isHidden);
          isHidden ||= isThere && isOpaque;
        }
      }
      expect(pointsOf(line, line.sets.all)).toEqual(of(asked));
    }),
    { numRuns: cases(200) },
  );
});
