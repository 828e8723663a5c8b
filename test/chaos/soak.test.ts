/** Hours of scans, changes and trouble; `npm run soak` does a day. */
import { expect, test } from 'vitest';
import { soak } from './soak.ts';
import { whyFailed } from './soak-table.ts';

const isDeep = import.meta.env.MODE === 'deep';
const hours = isDeep ? 12 : 2;

test(`${hours} hours leave nothing untrue, nothing untold and nothing lying about`, async () => {
  const told = await soak(hours, 7, () => {});
  expect(told.flatMap(({ violations }) => violations)).toEqual([]);
  expect(whyFailed(told)).toEqual([]);
  expect(told.reduce((sum, { scans }) => sum + scans, 0)).toBeGreaterThanOrEqual(hours);
  expect(told.some(({ transitions }) => transitions > 0)).toBe(true);
});

test('growth, and trouble that never happens, are noticed', () => {
  const hour = {
    hour: 1,
    trouble: '',
    injected: 0,
    drifts: 0,
    scans: 1,
    transitions: 0,
    alerts: 0,
    writes: 0,
    again: 0,
    deadLetters: 0,
    heapMb: 40,
    keptMb: 1,
    handles: 3,
    violations: [],
  };
  const flat = Array.from({ length: 12 }, (_, index) => ({ ...hour, hour: index + 1 }));
  expect(whyFailed(flat)).toEqual([]);
  const growing = flat.map((one, index) => ({ ...one, heapMb: 40 + 2 * index }));
  expect(whyFailed(growing)).toEqual([expect.stringContaining('the heap grew')]);
  // Where as much is kept, that is why.
  const keeping = growing.map((one, index) => ({ ...one, keptMb: 1 + index }));
  expect(whyFailed(keeping)).toEqual([]);
  const leaking = flat.map((one, index) => ({ ...one, handles: 3 + index }));
  expect(whyFailed(leaking)).toEqual([expect.stringContaining('handles')]);
  expect(whyFailed([{ ...hour, trouble: 'outage' }])).toEqual([
    expect.stringContaining('never happened'),
  ]);
});
