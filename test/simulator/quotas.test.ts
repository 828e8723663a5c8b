import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { createQueryQuota } from '../../simulator/quotas/query-quota.ts';
import { createTokenBuckets, documentedBuckets } from '../../simulator/quotas/token-buckets.ts';
import { type Simulator, startSimulator } from '../../simulator/start-simulator.ts';
import { clientsOf, jsonOf, send } from './clients.ts';
import { principals, smallEstate, subscriptions } from './small-estate.ts';

const graphPath = '/providers/Microsoft.ResourceGraph/resources?api-version=2024-04-01';
/** A query that is refused counts as well, and needs no parser to be loaded. */
const query = { method: 'POST', body: { query: '' } } as const;

let simulator: Simulator | undefined;
let clock = Date.parse('2026-11-02T03:00:00Z');
afterEach(async () => {
  await simulator?.stop();
  simulator = undefined;
});

async function start(quotas?: Parameters<typeof startSimulator>[0]['quotas']): Promise<Simulator> {
  simulator = await startSimulator({
    rows: smallEstate,
    now: () => new Date(clock),
    ...(quotas === undefined ? {} : { quotas }),
  });
  return simulator;
}

describe('the quota of Resource Graph', () => {
  it('is 15 queries in 5 seconds, of each principal for itself', async () => {
    const azure = await start();
    for (let number = 1; number <= 15; number += 1) {
      const { status, headers } = await send(azure, graphPath, query);
      expect([status, headers.get('x-ms-user-quota-remaining')]).toEqual([400, `${15 - number}`]);
      expect(headers.get('x-ms-user-quota-resets-after')).toBe('00:00:05');
    }
    clock += 3000;
    const over = jsonOf(await send(azure, graphPath, query));
    expect([over.status, over.headers.get('Retry-After')]).toEqual([429, '2']);
    expect(over.headers.get('x-ms-user-quota-resets-after')).toBe('00:00:02');
    expect(over.json).toEqual({
      error: {
        code: 'RateLimiting',
        message: expect.stringMatching(/^Please provide below info when asking for support: /),
        details: [
          {
            code: 'RateLimiting',
            message:
              'Client application has been throttled and should not attempt to repeat the request until an amount of time has elapsed. Please see https://aka.ms/resourcegraph-throttling for help.',
          },
        ],
      },
    });
    const token = azure.tokenOf(principals.throughGroups);
    expect((await send(azure, graphPath, { ...query, token })).status).toBe(400);
    clock += 2000;
    expect((await send(azure, graphPath, query)).status).toBe(400);
  });

  it('is seen by the client as an error with the status 429', async () => {
    const azure = await start({ resourceGraph: { queries: 0, windowSeconds: 60 } });
    const { graph } = clientsOf(azure);
    await expect(graph.resources({ query: 'resources | project id' })).rejects.toMatchObject({
      statusCode: 429,
      code: 'RateLimiting',
    });
  });

  it('never lets more than its queries into a window, and refuses no first one', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 30 }),
        fc.array(fc.integer({ min: 0, max: 4000 }), { maxLength: 200 }),
        (queries, windowSeconds, pauses) => {
          const take = createQueryQuota({ queries, windowSeconds });
          let time = 0;
          let windowStart = -Infinity;
          let taken = 0;
          for (const pause of pauses) {
            time += pause;
            const { refused, remaining } = take('someone', new Date(time));
            if (time >= windowStart + windowSeconds * 1000) {
              windowStart = time;
              taken = 0;
            }
            expect(refused).toBe(taken === queries);
            if (!refused) taken += 1;
            expect(remaining).toBe(queries - taken);
          }
        },
      ),
    );
  });
});

describe('the buckets of Resource Manager', () => {
  const path = `/subscriptions/${subscriptions.online}?api-version=2022-12-01`;

  it('throttle a subscription, tell how long, and say what remains', async () => {
    const azure = await start({
      resourceManager: { ...documentedBuckets, reads: { size: 2, refillPerSecond: 0.5 } },
    });
    const header = 'x-ms-ratelimit-remaining-subscription-reads';
    expect((await send(azure, path)).headers.get(header)).toBe('1');
    expect((await send(azure, path)).headers.get(header)).toBe('0');
    const over = jsonOf(await send(azure, path));
    expect([over.status, over.headers.get('Retry-After')]).toEqual([429, '2']);
    expect(over.json).toEqual({
      error: {
        code: 'SubscriptionRequestsThrottled',
        message: `Number of 'read' requests for subscription '${subscriptions.online}' actor '${azure.reader.objectId}' exceeded. Please try again after '2' seconds.`,
      },
    });
    const other = path.replace(subscriptions.online, subscriptions.corp);
    expect((await send(azure, other)).status).toBe(200);
    clock += 2000;
    expect((await send(azure, path)).status).toBe(200);
    const tenant = await send(azure, '/subscriptions?api-version=2022-12-01');
    expect(tenant.headers.get('x-ms-ratelimit-remaining-tenant-reads')).toBe('1');
  });

  it('let through what a bucket held and regained, no more', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 20 }),
        fc.array(fc.integer({ min: 0, max: 500 }), { maxLength: 200 }),
        (size, refillPerSecond, pauses) => {
          const take = createTokenBuckets({
            ...documentedBuckets,
            reads: { size, refillPerSecond },
          });
          let time = 0;
          let through = 0;
          for (const pause of pauses) {
            time += pause;
            const { refused } = take('someone', '/subscriptions/s', 'GET', new Date(time));
            if (refused === undefined) through += 1;
            expect(through).toBeLessThanOrEqual(size + (time / 1000) * refillPerSecond + 1e-6);
          }
          expect(through).toBeGreaterThanOrEqual(Math.min(size, pauses.length));
        },
      ),
    );
  });
});

describe('quotas that are switched off', () => {
  it('refuse nobody and say nothing', async () => {
    const azure = await start(false);
    for (let number = 0; number < 20; number += 1) {
      const { status, headers } = await send(azure, graphPath, query);
      expect([status, headers.get('x-ms-user-quota-remaining')]).toEqual([400, undefined]);
    }
  });
});
