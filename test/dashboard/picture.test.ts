import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Hop,
  type HopState,
  type Path,
  type Way,
  decidingRule,
  isGood,
  wayBehind,
} from '../../dashboard/picture/explained.ts';

const states: readonly HopState[] = [
  'allowed',
  'denied',
  'partial',
  'unknown',
  'notReached',
  'absent',
];
const openness: readonly Way[] = ['open', 'some', 'perhaps', 'shut'];

const hop = (state: HopState, rules: Hop['rules']): Hop => ({
  place: 'subnet',
  at: '/nsg',
  name: 'nsg',
  state,
  says: null,
  rules,
  witness: null,
  nearMisses: [],
  missing: [],
});

describe('the picture of the path', () => {
  it('never opens a way again', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...states)), (passed) => {
        const ways: Way[] = ['open'];
        for (const state of passed) ways.push(wayBehind(ways.at(-1) ?? 'open', state));
        const ranks = ways.map((way) => openness.indexOf(way));
        expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
      }),
    );
  });

  it.each([
    ['allowed', 'open'],
    ['absent', 'open'],
    ['partial', 'some'],
    ['unknown', 'perhaps'],
    ['denied', 'shut'],
  ] as const)('draws the way behind a place that says %s as %s', (state, way) => {
    expect(wayBehind('open', state)).toBe(way);
  });

  it('blames the first rule that denies where packets are stopped, else the first of all', () => {
    const allow = { name: 'allow', access: 'Allow', priority: 100 };
    const deny = { name: 'deny', access: 'Deny', priority: 200 };
    expect(decidingRule(hop('partial', [allow, deny]))).toBe(deny);
    expect(decidingRule(hop('allowed', [allow, deny]))).toBe(allow);
    expect(decidingRule(hop('absent', []))).toBeUndefined();
  });

  it.each([
    ['allowed', 'all', true],
    ['partial', 'some', true],
    ['partial', 'all', false],
    ['denied', 'some', false],
    ['unknown', 'some', false],
  ] as const)('takes %s where %s must pass as good: %s', (verdict, asks, good) => {
    const path: Pick<Path, 'verdict' | 'asks'> = { verdict, asks };
    expect(isGood(path)).toBe(good);
  });
});
