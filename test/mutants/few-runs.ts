/** Property tests while code is broken: the same few cases every time, and the first that fails is enough. */
import type fastCheck from 'fast-check';
import { vi } from 'vitest';

const mostRuns = 40;

vi.mock('fast-check', async (importOriginal) => {
  const { default: fc } = await importOriginal<{ default: typeof fastCheck }>();
  function assert(
    property: Parameters<typeof fc.assert>[0],
    options: Parameters<typeof fc.assert>[1] = {},
  ): unknown {
    const numRuns = Math.min(options.numRuns ?? mostRuns, mostRuns);
    return fc.assert(property, { ...options, numRuns, seed: 1, endOnFailure: true });
  }
  return { default: { ...fc, assert } };
});
