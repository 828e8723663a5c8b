import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concurrently } from '../../../shared/adapters/azure/concurrently.ts';

async function gathered<R>(results: AsyncIterable<R>): Promise<R[]> {
  const found: R[] = [];
  for await (const result of results) found.push(result);
  return found;
}

describe('work side by side', () => {
  it('does every item once and never more than the limit at a time', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(3), { maxLength: 30 }),
        fc.integer({ min: 1, max: 9 }),
        async (delays, limit) => {
          let running = 0;
          let most = 0;
          const results = await gathered(
            concurrently(delays.keys(), limit, async (item) => {
              most = Math.max(most, ++running);
              await sleep(delays[item]);
              running--;
              return [item, item];
            }),
          );
          expect(results.toSorted((a, b) => a - b)).toEqual(
            [...delays.keys()].flatMap((at) => [at, at]),
          );
          expect(most).toBeLessThanOrEqual(limit);
          expect(most).toBe(Math.min(limit, delays.length));
        },
      ),
      { numRuns: 20 },
    );
  });

  it('ends with the first error, when what is under way has ended', async () => {
    let finished = 0;
    const failing = gathered(
      concurrently([1, 2, 3, 4, 5], 2, async (item) => {
        if (item === 1) throw new Error('one');
        await sleep(5);
        finished++;
        return [item];
      }),
    );
    await expect(failing).rejects.toThrow('one');
    expect(finished).toBe(1);
  });
});
