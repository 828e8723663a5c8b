import { describe, expect, it } from 'vitest';
import type { HeatMapCell, TrendPoint } from '../../dashboard/api/api-types.ts';
import { depthOf, heatOf } from '../../dashboard/charts/heat.ts';
import { trendShape } from '../../dashboard/charts/trend-shape.ts';

const cell = (checkId: string, location: string, fail: number, unknown = 0): HeatMapCell => ({
  checkId,
  location,
  fail,
  unknown,
  pass: 10 - fail - unknown,
  notApplicable: 0,
  exempt: 0,
});

const point = (day: number, compliant: number, nonCompliant: number): TrendPoint => ({
  at: `2026-11-0${day}T03:00:00Z`,
  scanId: `scan-${day}`,
  complete: true,
  clusters: compliant + nonCompliant + 1,
  compliant,
  nonCompliant,
  unknown: 1,
  bySeverity: { critical: 0, high: 0, medium: 0, low: 0, info: 0 },
});

describe('charts of the dashboard', () => {
  it('puts the check that fails most first, and leaves out what is well', () => {
    const { rows, locations } = heatOf([
      cell('calm', 'east', 0),
      cell('doubtful', 'east', 0, 2),
      cell('bad', 'west', 3),
      cell('bad', 'east', 1),
      cell('worse', 'east', 5),
    ]);
    expect(locations).toEqual(['east', 'west']);
    expect(rows.map(({ checkId }) => checkId)).toEqual(['worse', 'bad', 'doubtful']);
    expect(rows[0]?.cells[1]).toBeUndefined();
    expect(rows[1]?.cells.map((one) => one?.fail)).toEqual([1, 3]);
  });

  it('deepens the colour with the share that fails, and never colours what does not fail', () => {
    const depths = [0, 1, 3, 5, 9].map((fail) => depthOf(cell('c', 'l', fail)));
    expect(depths).toEqual(depths.toSorted((a, b) => a - b));
    expect(depths[0]).toBe(0);
    expect(depths.at(-1)).toBe(4);
    expect(depthOf(cell('c', 'l', 0, 10))).toBe(0);
    expect(depthOf({ ...cell('c', 'l', 1), pass: 10_000 })).toBe(1);
  });

  it('draws areas that fill the box from its floor to the sum of all, and no higher than its top', () => {
    const shape = trendShape([point(1, 10, 89), point(2, 50, 49), point(3, 90, 9)], 200, 100);
    const numbers = shape?.areas.flatMap(({ path }) => path.match(/-?[\d.]+/g)?.map(Number) ?? []);
    expect(Math.min(...(numbers ?? []))).toBeGreaterThanOrEqual(0);
    expect(Math.max(...(numbers ?? []))).toBe(200);
    expect(shape?.areas[0]?.path).toBe('M0 90L100 50L200 10L200 100L100 100L0 100Z');
    expect(shape?.ticks.map(({ text }) => text)).toEqual(['0', '50', '100']);
  });

  it('draws no trend of a single point', () => {
    expect(trendShape([point(1, 1, 1)], 200, 100)).toBeUndefined();
  });
});
