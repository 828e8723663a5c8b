/** When requests may be sent: laws of the decision, and Azure's quotas as the simulator keeps them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Quota,
  type Told,
  type Urgency,
  answered,
  patienceOfScansMs,
  resourceGraphQuota,
  resourceManagerQuota,
  sent,
  waitFor,
} from '../../../shared/adapters/azure/quota.ts';
import { createQueryQuota, documentedQueryQuota } from '../../../simulator/quotas/query-quota.ts';
import { createTokenBuckets, documentedBuckets } from '../../../simulator/quotas/token-buckets.ts';

const start = 1_000_000_000;

interface Step {
  readonly afterMs: number;
  readonly does:
    | 'send'
    | {
        readonly remaining: number | undefined;
        readonly resetsAfterMs: number;
        readonly retryAfterMs: number;
        readonly underWay: number;
      };
}

/** What happens to a quota, one after the other. */
const steps = fc.array<Step>(
  fc.record({
    afterMs: fc.integer({ min: 0, max: 7000 }),
    does: fc.oneof(
      fc.constant('send' as const),
      fc.record({
        remaining: fc.option(fc.integer({ min: 0, max: 300 }), { nil: undefined }),
        resetsAfterMs: fc.integer({ min: 0, max: 5 }).map((seconds) => seconds * 1000),
        retryAfterMs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 20_000 })),
        underWay: fc.integer({ min: 0, max: 12 }),
      }),
    ),
  }),
  { maxLength: 60 },
);
const quotas = fc.constantFrom<Quota>(
  resourceGraphQuota,
  resourceManagerQuota('reads'),
  resourceManagerQuota('writes'),
);
const waitings = fc.record({
  urgency: fc.constantFrom<Urgency>('check', 'scan'),
  waitedMs: fc.integer({ min: 0, max: patienceOfScansMs - 1 }),
  checksWaiting: fc.integer({ min: 0, max: 20 }),
  checksActive: fc.boolean(),
});

/** A quota that has been through something and has little or much left, and the time by then. */
const worn = fc.tuple(quotas, steps, fc.integer({ min: -9, max: 90 })).map(wornBy);

function wornBy([quota, history, left]: readonly [Quota, readonly Step[], number]) {
  let [now, state] = [start, quota];
  for (const { afterMs, does } of history) {
    now += afterMs;
    if (does === 'send') state = sent(state, now);
    else {
      const { underWay, remaining, ...told } = does;
      const said: Told = remaining === undefined ? told : { ...told, remaining };
      state = answered(state, now, said, underWay);
    }
  }
  return { now, state: { ...state, left: Math.min(left, state.most), at: now } };
}

describe('the decision when to send', () => {
  it('lets everybody send who has waited for as long as it said', () => {
    fc.assert(
      fc.property(worn, waitings, ({ now, state }, waiting) => {
        let waited = 0;
        for (let round = 0; round < 3; round += 1) {
          const wait = waitFor(state, now + waited, waiting);
          expect(wait).toBeGreaterThanOrEqual(0);
          expect(wait).toBeLessThan(120_000);
          if (wait === 0) return;
          waited += wait;
        }
        expect(waitFor(state, now + waited, waiting)).toBe(0);
      }),
    );
  });

  it('sends nothing where it knows that nothing is left, or that Azure wants none', () => {
    fc.assert(
      fc.property(
        worn,
        waitings,
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 0, max: 8 }),
        ({ now, state }, waiting, seconds, underWay) => {
          const told = { remaining: 0, resetsAfterMs: seconds * 1000 };
          expect(waitFor(answered(state, now, told, underWay), now, waiting)).toBeGreaterThan(0);
          const closed = answered(state, now, { retryAfterMs: seconds * 1000 }, underWay);
          expect(waitFor(closed, now, waiting)).toBeGreaterThanOrEqual(seconds * 1000);
          // Who is refused had less left than was thought.
          expect(closed.left).toBeLessThanOrEqual(0);
        },
      ),
    );
  });

  it('never lets a scan take what is kept for checks, nor a check wait for it', () => {
    fc.assert(
      fc.property(worn, waitings, ({ now, state }, waiting) => {
        const scan = { ...waiting, urgency: 'scan' } as const;
        const check = { ...waiting, urgency: 'check' } as const;
        const after = sent(state, now);
        const held = state.isReserveKept || scan.checksActive ? state.reserve : 0;
        const kept = Math.min(Math.max(held, scan.checksWaiting), after.most - 1);
        const mayScan = waitFor(state, now, scan) === 0;
        const mayCheck = waitFor(state, now, check) === 0;
        expect(mayScan && after.left < Math.max(0, kept)).toBe(false);
        expect(mayCheck).toBe(now >= state.closedUntil && after.left >= 0);
      }),
    );
  });

  it('lets a scan that has waited for long have its turn before the reserve', () => {
    fc.assert(
      fc.property(worn, waitings, ({ now, state }, waiting) => {
        const scan = { ...waiting, urgency: 'scan', waitedMs: patienceOfScansMs } as const;
        const check = { ...waiting, urgency: 'check' } as const;
        expect(waitFor(state, now, scan)).toBe(waitFor(state, now, check));
      }),
    );
  });
});

interface Asked {
  readonly at: number;
  readonly urgency: Urgency;
  readonly thereMs: number;
  readonly backMs: number;
}

interface Served {
  readonly refused: boolean;
  readonly told: Told;
}

/** Requests that wait for their turn and are sent to a server that counts; how each fared. */
function play(requests: readonly Asked[], quota: Quota, server: (now: number) => Served) {
  let state = quota;
  let underWay = 0;
  let order = 0;
  const events: { at: number; order: number; run: (now: number) => void }[] = [];
  const schedule = (at: number, run: (now: number) => void): void => {
    events.push({ at, order: (order += 1), run });
  };
  const fared: { readonly request: Asked; readonly sentAt: number; readonly refused: boolean }[] =
    [];
  let checksWaiting = 0;
  for (const request of requests) {
    const isCheck = request.urgency === 'check';
    const attempt = (now: number): void => {
      const wait = waitFor(state, now, {
        urgency: request.urgency,
        waitedMs: now - request.at,
        checksWaiting,
        checksActive: requests.some(({ urgency }) => urgency === 'check'),
      });
      if (wait > 0) {
        schedule(now + wait, attempt);
        return;
      }
      if (isCheck) checksWaiting -= 1;
      state = sent(state, now);
      underWay += 1;
      schedule(now + request.thereMs, (received) => {
        const { refused, told } = server(received);
        fared.push({ request, sentAt: now, refused });
        schedule(received + request.backMs, (back) => {
          underWay -= 1;
          state = answered(state, back, told, underWay);
        });
      });
    };
    schedule(request.at, (now) => {
      if (isCheck) checksWaiting += 1;
      attempt(now);
    });
  }
  for (;;) {
    const next = events.reduce<(typeof events)[number] | undefined>(
      (first, one) =>
        first === undefined || one.at < first.at || (one.at === first.at && one.order < first.order)
          ? one
          : first,
      undefined,
    );
    if (next === undefined) break;
    events.splice(events.indexOf(next), 1);
    next.run(next.at);
  }
  return fared;
}

function resourceGraph(limits = documentedQueryQuota) {
  const quota = createQueryQuota(limits);
  return (now: number): Served => {
    const { refused, remaining, resetsAfterSeconds } = quota('us', new Date(now));
    return { refused, told: { remaining, resetsAfterMs: resetsAfterSeconds * 1000 } };
  };
}

function resourceManager() {
  const take = createTokenBuckets(documentedBuckets);
  return (now: number): Served => {
    const { refused, headers } = take('us', '/subscriptions/s/x', 'GET', new Date(now));
    if (refused !== undefined) {
      const { 'Retry-After': seconds } = { 'Retry-After': undefined, ...refused.headers };
      return { refused: true, told: { retryAfterMs: Number(seconds) * 1000 } };
    }
    const remaining = Number(headers['x-ms-ratelimit-remaining-subscription-reads']);
    return { refused: false, told: { remaining } };
  };
}

/** One after the other, as a scan asks Resource Graph. */
const inTurn = fc
  .array(
    fc.record({
      thereMs: fc.integer({ min: 0, max: 400 }),
      backMs: fc.integer({ min: 0, max: 400 }),
    }),
    { minLength: 1, maxLength: 60 },
  )
  .map((all) => all.map((each) => ({ ...each, urgency: 'scan' as const })));

describe('requests to Azure', () => {
  it('are never refused by Resource Graph, and take what its quota forces and at most a second a window', () => {
    fc.assert(
      fc.property(inTurn, fc.integer({ min: 3, max: 40 }), (requests, queries) => {
        const server = resourceGraph({ queries, windowSeconds: 5 });
        let quota = resourceGraphQuota;
        let now = start;
        let travelled = 0;
        for (const { thereMs, backMs, urgency } of requests) {
          const waiting = { urgency, waitedMs: 0, checksWaiting: 0, checksActive: false };
          for (let wait = waitFor(quota, now, waiting); wait > 0;) {
            now += wait;
            wait = waitFor(quota, now, waiting);
          }
          quota = sent(quota, now);
          const { refused, told } = server(now + thereMs);
          expect(refused).toBe(false);
          now += thereMs + backMs;
          travelled += thereMs + backMs;
          quota = answered(quota, now, told, 0);
        }
        const windows = Math.floor((requests.length - 1) / queries);
        expect(now - start).toBeLessThanOrEqual(Math.max(windows * 6000, travelled) + travelled);
      }),
    );
  });

  const asked = fc.array(
    fc.record({
      at: fc.integer({ min: 0, max: 10_000 }).map((ms) => start + ms),
      urgency: fc.constantFrom<Urgency>('check', 'scan', 'scan', 'scan'),
      thereMs: fc.integer({ min: 0, max: 300 }),
      backMs: fc.integer({ min: 0, max: 300 }),
    }),
    { minLength: 1, maxLength: 120 },
  );

  it('are all sent in the end, whoever asks and however much at once', () => {
    fc.assert(
      fc.property(asked, (requests) => {
        const fared = play(requests, resourceGraphQuota, resourceGraph());
        expect(fared).toHaveLength(requests.length);
        const waits = fared.map(({ request, sentAt }) => sentAt - request.at);
        // So many windows, and nobody waits longer.
        const windows = Math.ceil(requests.length / 12) + 2;
        expect(Math.max(...waits)).toBeLessThan(windows * 6000 + patienceOfScansMs);
      }),
      { numRuns: 50, endOnFailure: true },
    );
  });

  it('are never refused by Resource Manager', () => {
    const flood = fc.array(
      fc.record({
        at: fc.integer({ min: 0, max: 4000 }).map((ms) => start + ms),
        urgency: fc.constantFrom<Urgency>('check', 'scan', 'scan'),
        thereMs: fc.integer({ min: 0, max: 100 }),
        backMs: fc.integer({ min: 0, max: 100 }),
      }),
      { minLength: 300, maxLength: 500 },
    );
    fc.assert(
      fc.property(flood, (requests) => {
        const fared = play(requests, resourceManagerQuota('reads'), resourceManager());
        expect(fared.filter(({ refused }) => refused)).toEqual([]);
        expect(fared).toHaveLength(requests.length);
      }),
      { numRuns: 10, endOnFailure: true },
    );
  });
});
