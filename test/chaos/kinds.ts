/** Everything that is made to go wrong: named, and fixed by a seed. */
import { estateRemediator } from '../../simulator/identity/callers.ts';
import type { Fault } from '../../simulator/http/faults.ts';
import type { Random } from '../../simulator/estate/random.ts';
import type { Trouble } from './trouble.ts';

/** A way in which things go wrong. */
export interface Kind {
  readonly name: string;
  /** What happens, in a few words. */
  readonly says: string;
  /** Where: Azure by wire, with Microsoft's clients, or around the service in one process. */
  readonly azure: 'byWire' | 'inMemory';
  /** Set where there must be something to write. */
  readonly writes?: true;
  /** Set where a receiver may hear an alert again: an answer of its or of a store's is lost, or a process. */
  readonly repeats?: true;
  /** Set where an answer that does not come is waited for. */
  readonly attemptMs?: number;
  /** Set where what is read may be older than what is: both may be told meanwhile. */
  readonly isLate?: true;
  trouble(random: Random, subscriptions: readonly string[]): Trouble;
}

const minute = 60_000;

/** Seldom, often, or nearly always. */
function share(random: Random): number {
  return random.pick([0.15, 0.4, 0.9]);
}

function anywhere(random: Random, does: Fault['does'], more: Partial<Fault> = {}): Trouble {
  const seed = random.int(1, 1_000_000);
  return { wire: { faults: [{ path: '.', chance: share(random), seed, ...more, does }] } };
}

/** Requests that ask for a change; 8 in 10 meet it, so that some are done. */
function onWrites(random: Random, does: Fault['does']): Trouble {
  const seed = random.int(1, 1_000_000);
  const fault = { path: '.', caller: estateRemediator.objectId, chance: 0.8, seed, does };
  return {
    wire: {
      faults: [
        // Of the first one for certain: some estates have only that.
        { ...fault, method: 'PUT', nth: [1], chance: 1 },
        { ...fault, method: 'PUT' },
        { ...fault, method: 'DELETE' },
      ],
    },
  };
}

const byWire = 'byWire';
const inMemory = 'inMemory';

export const kinds: readonly Kind[] = [
  {
    name: 'throttled-with-retry-after',
    says: '429 that says when to come back',
    azure: byWire,
    trouble: (random) =>
      anywhere(
        random,
        { kind: 'status', status: 429, retryAfter: 1 },
        { chance: 1, nth: Array.from({ length: 4 }, () => random.int(1, 90)) },
      ),
  },
  {
    name: 'throttled-without-retry-after',
    says: '429 without a word on when to come back',
    azure: byWire,
    trouble: (random) => anywhere(random, { kind: 'status', status: 429 }),
  },
  {
    name: 'throttled-for-an-hour',
    says: '429 that asks to come back in an hour',
    azure: byWire,
    trouble: (random) =>
      anywhere(random, { kind: 'status', status: 429, retryAfter: 3600 }, { chance: 0.15 }),
  },
  ...([500, 502, 503, 504] as const).map((status): Kind => ({
    name: `status-${status}`,
    says: `answers of ${status}`,
    azure: byWire,
    trouble: (random) => anywhere(random, { kind: 'status', status }),
  })),
  {
    name: 'outage',
    says: 'every answer is 503',
    azure: byWire,
    trouble: (random) => anywhere(random, { kind: 'status', status: 503 }, { chance: 1 }),
  },
  {
    name: 'connection-reset',
    says: 'connections that are closed before the answer',
    azure: byWire,
    trouble: (random) => anywhere(random, { kind: 'reset' }),
  },
  {
    name: 'reset-in-the-body',
    says: 'connections that are closed in the middle of the answer',
    azure: byWire,
    trouble: (random) =>
      anywhere(random, { kind: 'truncated', part: random.pick([0.1, 0.5, 0.95]) }),
  },
  {
    name: 'json-cut-short',
    says: 'answers whole for HTTP whose JSON ends early',
    azure: byWire,
    trouble: (random) => anywhere(random, { kind: 'cutJson', part: random.pick([0, 0.5, 0.97]) }),
  },
  {
    name: 'json-malformed',
    says: 'answers that are no JSON',
    azure: byWire,
    trouble: (random) => anywhere(random, { kind: 'malformed' }),
  },
  {
    name: 'answers-of-a-proxy',
    says: '200 with the page of a proxy',
    azure: byWire,
    trouble: (random) =>
      anywhere(random, {
        kind: 'status',
        status: 200,
        body: random.pick(['', '<html><body>Sign in</body></html>', '[]', 'null', '{}']),
      }),
  },
  {
    name: 'slow-bodies',
    says: 'answers that come in pieces',
    azure: byWire,
    trouble: (random) => anywhere(random, { kind: 'slow', pieces: 4, pauseMs: 2 }),
  },
  {
    name: 'no-answer',
    says: 'requests that hang until they are given up',
    azure: byWire,
    attemptMs: 4000,
    trouble: (random) =>
      anywhere(
        random,
        { kind: 'hang' },
        { chance: 1, nth: Array.from({ length: 3 }, () => random.int(1, 60)) },
      ),
  },
  {
    name: 'items-twice',
    says: 'lists that hold every item twice',
    azure: byWire,
    trouble: (random) => anywhere(random, { kind: 'itemsTwice' }),
  },
  {
    name: 'pages-lead-back',
    says: 'pages whose next page is the same one',
    azure: byWire,
    trouble: (random) => anywhere(random, { kind: 'samePage' }),
  },
  {
    name: 'token-expires',
    says: 'a token that is past its time from some request on',
    azure: byWire,
    trouble: (random) => {
      const from = random.int(1, 60);
      const nth = Array.from({ length: random.int(1, 60) }, (_, index) => from + index);
      return anywhere(random, { kind: 'expiredToken' }, { chance: 1, nth });
    },
  },
  {
    name: 'subscription-forbidden',
    says: '403 on everything of one subscription',
    azure: byWire,
    trouble: (random, subscriptions) =>
      anywhere(
        random,
        { kind: 'status', status: 403 },
        { chance: 1, path: `^/subscriptions/${random.pick(subscriptions)}(/|$)` },
      ),
  },
  {
    name: 'directory-forbidden',
    says: '403 of Microsoft Graph',
    azure: byWire,
    trouble: (random) =>
      anywhere(random, { kind: 'status', status: 403 }, { chance: 1, path: '^/v1.0/' }),
  },
  {
    name: 'index-lags',
    says: 'an index that is minutes behind',
    azure: byWire,
    isLate: true,
    trouble: (random) => ({ indexLagMs: random.int(1, 55) * minute }),
  },
  {
    name: 'write-reset-undone',
    says: 'writes of which the connection is closed before they are done',
    azure: byWire,
    writes: true,
    trouble: (random) => onWrites(random, { kind: 'reset', undone: true }),
  },
  {
    name: 'write-reset-done',
    says: 'writes that are done and whose answer is lost',
    azure: byWire,
    writes: true,
    trouble: (random) => onWrites(random, { kind: 'reset' }),
  },
  {
    name: 'write-fails-later',
    says: 'writes that are taken and fail afterwards',
    azure: byWire,
    writes: true,
    trouble: (random) => onWrites(random, { kind: 'failsLater', code: 'InternalServerError' }),
  },
  {
    name: 'write-409',
    says: 'writes that another operation is in the way of',
    azure: byWire,
    writes: true,
    trouble: (random) =>
      onWrites(random, { kind: 'status', status: 409, code: 'AnotherOperationInProgress' }),
  },
  {
    name: 'azure-down',
    says: 'reads of Azure that fail as a whole',
    azure: inMemory,
    trouble: (random) => ({ mishaps: { azure: { refused: share(random) } } }),
  },
  {
    name: 'azure-in-part',
    says: 'reads of Azure that leave out a type, and say so',
    azure: inMemory,
    trouble: (random) => ({ gaps: share(random) }),
  },
  {
    name: 'write-rival',
    says: 'somebody who takes away what was written',
    azure: inMemory,
    writes: true,
    trouble: (random) => ({ rivals: random.pick([0.5, 1]) }),
  },
  {
    name: 'write-busy',
    says: 'writes that are refused, or have to wait',
    azure: inMemory,
    writes: true,
    trouble: (random) => ({ busyWrites: random.pick([0.5, 1]) }),
  },
  {
    name: 'storage-throttled',
    says: 'tables and blobs that refuse',
    azure: inMemory,
    repeats: true,
    trouble: (random) => {
      const refused = random.pick([0.02, 0.1, 0.5]);
      return { mishaps: { tables: { refused }, files: { refused } } };
    },
  },
  {
    name: 'storage-answer-lost',
    says: 'writes of tables and blobs that are done and seem not to be',
    azure: inMemory,
    repeats: true,
    trouble: (random) => {
      const lost = random.pick([0.02, 0.1, 0.3]);
      return { mishaps: { tables: { lost }, files: { lost } } };
    },
  },
  {
    name: 'storage-crossed',
    says: 'rows that somebody else seems to have written',
    azure: inMemory,
    repeats: true,
    trouble: (random) => ({ mishaps: { tables: { crossed: random.pick([0.05, 0.3, 0.6]) } } }),
  },
  {
    name: 'queue-refused',
    says: 'messages that cannot be sent, or are and seem not to be',
    azure: inMemory,
    repeats: true,
    trouble: (random) => ({
      mishaps: { queues: { refused: random.pick([0.05, 0.3]), lost: random.pick([0.05, 0.3]) } },
    }),
  },
  {
    name: 'queue-duplicates',
    says: 'messages that come twice',
    azure: inMemory,
    trouble: (random) => ({ messages: { twice: random.pick([0.3, 1]) } }),
  },
  {
    name: 'queue-disorder',
    says: 'messages that come late and in another order',
    azure: inMemory,
    trouble: (random) => ({ messages: { late: random.pick([0.3, 1]) } }),
  },
  {
    name: 'queue-lost',
    says: 'messages that never come',
    azure: inMemory,
    trouble: (random) => ({ messages: { lost: random.pick([0.1, 0.5, 1]) } }),
  },
  {
    name: 'queue-poison',
    says: 'messages of no known form',
    azure: inMemory,
    trouble: (random) => ({ messages: { junk: random.int(3, 12) } }),
  },
  {
    name: 'events-unsure',
    says: 'events that come twice, late, or never',
    azure: inMemory,
    trouble: () => ({ events: { twice: 0.5, late: 0.5, lost: 0.3 } }),
  },
  {
    name: 'worker-killed',
    says: 'processes that are killed between any two steps',
    azure: inMemory,
    repeats: true,
    trouble: (random) => ({
      kills: { share: random.pick([0.2, 0.6, 0.95]), steps: random.pick([5, 20, 60]) },
    }),
  },
  {
    name: 'receivers-fail',
    says: 'receivers that refuse an alert, or take it and seem not to',
    azure: inMemory,
    repeats: true,
    trouble: (random) => ({
      mishaps: { receivers: { refused: share(random), lost: random.pick([0, 0.3]) } },
    }),
  },
  {
    name: 'clock-jumps',
    says: 'a clock that is wrong for a while, ahead and behind',
    azure: inMemory,
    repeats: true,
    trouble: (random) => {
      const longest = random.pick([2, 30, 600]);
      return {
        clock: Array.from({ length: 8 }, () => random.int(-longest, longest) * minute),
      };
    },
  },
  {
    name: 'settings-unreadable',
    says: 'settings that cannot be read now and then',
    azure: inMemory,
    trouble: (random) => ({ unreadableSettings: random.pick([0.1, 0.5]) }),
  },
  {
    name: 'all-at-once',
    says: 'a little of everything in one process',
    azure: inMemory,
    repeats: true,
    trouble: () => ({
      mishaps: {
        azure: { refused: 0.05 },
        tables: { refused: 0.01, lost: 0.01, crossed: 0.02 },
        files: { refused: 0.01, lost: 0.01 },
        queues: { refused: 0.02, lost: 0.02 },
        receivers: { refused: 0.1, lost: 0.1 },
        writer: { lost: 0.1 },
      },
      gaps: 0.05,
      rivals: 0.1,
      busyWrites: 0.2,
      messages: { twice: 0.1, late: 0.1, lost: 0.02, junk: 2 },
      events: { twice: 0.2, late: 0.2, lost: 0.05 },
      kills: { share: 0.1, steps: 30 },
      unreadableSettings: 0.02,
    }),
  },
];
