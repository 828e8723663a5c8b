/** How far this machine's clock is from Azure's, as its answers tell. */
import { createHttpHeaders, createPipelineRequest } from '@azure/core-rest-pipeline';
import { describe, expect, it } from 'vitest';
import { clockPolicy } from '../../../shared/adapters/azure/clock-policy.ts';

async function behindAt(here: readonly number[], date?: string): Promise<number | undefined> {
  const times = [...here];
  let noted: number | undefined;
  const policy = clockPolicy(
    () => times.shift() ?? 0,
    (ms) => {
      noted = ms;
    },
  );
  const request = createPipelineRequest({ url: 'https://management.azure.com/' });
  await policy.sendRequest(request, async () => ({
    request,
    status: 200,
    headers: createHttpHeaders(date === undefined ? {} : { date }),
  }));
  return noted;
}

const noon = Date.parse('2026-11-23T12:00:00Z');

describe('the clock', () => {
  it.each<[string, readonly number[], number]>([
    ['agrees, within the half second that a date leaves open', [noon, noon + 1000], 0],
    ['is ten minutes behind', [noon - 600_000, noon - 599_000], 600_000],
    ['is ten minutes ahead', [noon + 600_000, noon + 601_000], -600_000],
  ])('%s', async (_, here, behind) => {
    expect(await behindAt(here, 'Mon, 23 Nov 2026 12:00:00 GMT')).toBe(behind);
  });

  it('is not judged by an answer that says no time, or none that can be read', async () => {
    expect(await behindAt([noon, noon])).toBeUndefined();
    expect(await behindAt([noon, noon], 'yesterday')).toBeUndefined();
  });
});
