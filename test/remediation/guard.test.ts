import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resourceId } from '../../shared/model/resource-id.ts';
import { type ChangeWindow, isOpen, opensAt } from '../../shared/remediation/change-window.ts';
import {
  type ChangeRequest,
  type GuardLimits,
  type PastChange,
  guard,
} from '../../shared/remediation/guard.ts';

const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const minute = 60_000;
const at = (text: string): number => Date.parse(text);

const clock = fc
  .tuple(fc.nat(23), fc.constantFrom(0, 1, 30, 59))
  .map((parts) => parts.map((part) => String(part).padStart(2, '0')).join(':'));
const window: fc.Arbitrary<ChangeWindow> = fc.record({
  days: fc.subarray(days, { minLength: 1 }),
  from: clock,
  to: clock,
  timeZone: fc.constant('UTC'),
});

/** The windows of a week laid out minute by minute, from Monday on. */
function openMinutes({ days: on, from, to }: ChangeWindow): ReadonlySet<number> {
  const minutes = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
  const open = new Set<number>();
  for (const name of on) {
    const start = days.indexOf(name) * 1440 + minutes(from);
    const length = (minutes(to) - minutes(from) + 1440) % 1440 || 1440;
    for (let passed = 0; passed < length; passed += 1) open.add((start + passed) % (7 * 1440));
  }
  return open;
}

describe('windows', () => {
  const monday = at('2026-11-23T00:00:00Z');

  it('are open in just the minutes that they say, over midnight and the end of the week', () => {
    fc.assert(
      fc.property(window, fc.nat(7 * 1440 - 1), (one, passed) => {
        expect(isOpen([one], monday + passed * minute)).toBe(openMinutes(one).has(passed));
      }),
      { numRuns: 500 },
    );
  });

  it('open at the first minute that is in one', () => {
    fc.assert(
      fc.property(
        fc.array(window, { minLength: 1, maxLength: 2 }),
        fc.nat(7 * 1440 - 1),
        (all, passed) => {
          const from = monday + passed * minute;
          const opened = opensAt(all, from);
          if (opened === undefined) throw new TypeError('every window opens within a week');
          expect(isOpen(all, opened)).toBe(true);
          expect(opened === from || !isOpen(all, opened - minute)).toBe(true);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('follow the clocks of their time zone, through the change to summer time', () => {
    const night = { days: ['sat'], from: '23:00', to: '03:30', timeZone: 'Europe/Berlin' };
    // On 2026-03-29 clocks go from 02:00 to 03:00, at 01:00 UTC.
    expect(isOpen([night], at('2026-03-28T21:59:00Z'))).toBe(false);
    expect(isOpen([night], at('2026-03-28T22:00:00Z'))).toBe(true);
    expect(isOpen([night], at('2026-03-29T01:29:00Z'))).toBe(true);
    expect(isOpen([night], at('2026-03-29T01:30:00Z'))).toBe(false);
  });

  it('are always open where there are none', () => {
    expect(isOpen([], monday)).toBe(true);
    expect(opensAt([], monday)).toBe(monday);
  });
});

const now = at('2026-11-26T03:00:00Z');
const group = resourceId('/nsg');
const limits: GuardLimits = {
  maxChangesPerRun: 10,
  maxChangesPerHour: 20,
  maxFailureRatio: 0.1,
  cooldownMinutes: 60,
  maxReverts: 3,
  windows: [],
};
const request: ChangeRequest = {
  resourceIds: [group],
  fingerprint: 'f',
  mode: 'remediate',
  modeBecause: 'the settings say so (mode)',
  needsApproval: false,
  isApproved: false,
  expiresAt: now + 1,
  changesInRun: 0,
};
const past = (changes: Partial<PastChange> = {}): PastChange => ({
  resourceId: resourceId('/other'),
  fingerprint: 'o',
  at: now - 30 * minute,
  outcome: 'done',
  ...changes,
});
const many = (count: number, changes: Partial<PastChange> = {}): readonly PastChange[] =>
  Array.from({ length: count }, (_, index) => past({ at: now - (index + 1) * minute, ...changes }));

describe('the guard', () => {
  it.each<[string, Partial<ChangeRequest>, Partial<GuardLimits>, readonly PastChange[], object]>([
    ['lets a change go', {}, {}, [], { kind: 'go' }],
    ['refuses in mode audit', { mode: 'audit', isApproved: true }, {}, [], { kind: 'refused' }],
    ['refuses in mode alert', { mode: 'alert', isApproved: true }, {}, [], { kind: 'refused' }],
    ['refuses in mode plan', { mode: 'plan' }, {}, [], { kind: 'refused' }],
    [
      'refuses in mode plan, whoever approves',
      { mode: 'plan', isApproved: true },
      {},
      [],
      { kind: 'refused' },
    ],
    [
      'refuses what nobody approved',
      { needsApproval: true },
      {},
      [],
      { because: /Nobody has approved/ },
    ],
    ['lets what is approved go', { needsApproval: true, isApproved: true }, {}, [], { kind: 'go' }],
    [
      'refuses at the end of the life of a plan',
      { expiresAt: now },
      {},
      [],
      { because: /expired/ },
    ],
    [
      'refuses a plan that ends later than any',
      { expiresAt: now + 26 * 60 * minute },
      {},
      [],
      { because: /later than any/ },
    ],
    [
      'lets a plan of this moment go, by a clock that is late',
      { expiresAt: now + 24 * 60 * minute + 5 * minute },
      {},
      [],
      { kind: 'go' },
    ],
    [
      'refuses what others keep taking back',
      {},
      {},
      many(3, { fingerprint: 'f', revertedAt: now - minute }),
      { because: /3 times in 24 hours/ },
    ],
    [
      'forgets reverts after a day',
      {},
      {},
      many(3, { fingerprint: 'f', revertedAt: now - 24 * 60 * minute }),
      { kind: 'go' },
    ],
    [
      'opens the circuit where changes fail',
      {},
      {},
      [...many(5), past({ outcome: 'failed' })],
      { because: /1 of 6 changes/ },
    ],
    ['says nothing of a ratio of few', {}, {}, many(4, { outcome: 'failed' }), { kind: 'go' }],
    ['keeps to a run', { changesInRun: 10 }, {}, [], { kind: 'wait', because: /maxChangesPerRun/ }],
    [
      'waits until the hour has room',
      {},
      {},
      many(20),
      { kind: 'wait', until: now - 20 * minute + 60 * minute },
    ],
    ['lets the last of the hour go', {}, {}, many(19), { kind: 'go' }],
    [
      'never changes anything where none may be changed',
      {},
      { maxChangesPerHour: 0 },
      [],
      { kind: 'wait' },
    ],
    [
      'lets a resource rest',
      {},
      {},
      [past({ resourceId: group })],
      { kind: 'wait', until: now + 30 * minute },
    ],
    [
      'lets the changes of one run follow each other',
      { runId: 'r' },
      {},
      [past({ resourceId: group, runId: 'r' })],
      { kind: 'go' },
    ],
    [
      'takes what is under way for no failure',
      {},
      {},
      many(6, { outcome: 'underWay' }),
      { kind: 'go' },
    ],
    [
      'takes what somebody had taken back for none either',
      {},
      {},
      many(6, { outcome: 'undone' }),
      { kind: 'go' },
    ],
    [
      'waits for a window',
      {},
      { windows: [{ days: ['thu'], from: '04:00', to: '05:00', timeZone: 'UTC' }] },
      [],
      { kind: 'wait', until: now + 60 * minute },
    ],
    [
      'promises no window to what is refused anyway',
      { mode: 'alert' },
      { windows: [{ days: ['thu'], from: '04:00', to: '05:00', timeZone: 'UTC' }] },
      [],
      { kind: 'refused' },
    ],
  ])('%s', (_name, asked, limit, changes, answer) => {
    const given = guard({ ...request, ...asked }, { ...limits, ...limit }, changes, now);
    const { because = /^/, ...rest } = answer as { because?: RegExp };
    expect(given).toMatchObject(rest);
    expect('because' in given ? given.because : '').toMatch(because);
  });
});
