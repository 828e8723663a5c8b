/** What is known over time: the laws of reconciling, and what each kind of verdict does. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Observation,
  type Observed,
  reconcile,
  settle,
} from '../../shared/findings/reconcile.ts';
import type { Change, Finding, Transition } from '../../shared/model/finding.ts';
import { resourceId } from '../../shared/model/resource-id.ts';
import { severities, verdictKinds } from '../../shared/model/verdict.ts';
import { clockSkewMs } from '../../shared/model/wrong-clock.ts';

const clusterId = resourceId('/subscriptions/s/resourcegroups/g/providers/x/clusters/c');
const group = resourceId('/subscriptions/s/resourcegroups/g/providers/x/groups/nsg');
const exempt = {
  reason: 'known',
  approvedBy: null,
  ticket: null,
  expiresOn: null,
  source: 'settings',
} as const;

function verdict(kind: Observed['kind'], more: Partial<Observed> = {}): Observed {
  const evidence = [{ at: group, says: 'a rule denies it' }];
  const said = { severity: 'high', exempt: null, summary: `it is ${kind}`, evidence } as const;
  return { fingerprint: 'f', checkId: 'check', clusterId, kind, ...said, ...more };
}

function at(minute: number, more: Partial<Observation> = {}): Observation {
  const readAt = new Date(Date.UTC(2026, 10, 24, 2, minute)).toISOString();
  // All of them are recorded later than any was read.
  return {
    readAt,
    now: new Date(Date.UTC(2026, 10, 24, 3)),
    isSettled: true,
    changes: [],
    ...more,
  };
}

type Step = readonly [Observed, Observation];

/** The finding after these verdicts, in this order, and what was told on the way. */
function history(steps: readonly Step[]) {
  let finding: Finding | undefined;
  const told: Transition[] = [];
  for (const [seen, observation] of steps) {
    const next = reconcile(finding, seen, observation);
    if (next === undefined) continue;
    finding = next.finding;
    if (next.transition !== undefined) told.push(next.transition);
  }
  return { finding, told };
}

const observed = fc.record({
  kind: fc.constantFrom(...verdictKinds),
  severity: fc.constantFrom(...severities),
  exempt: fc.constantFrom(null, exempt),
  isSettled: fc.boolean(),
});
const steps = fc
  .uniqueArray(fc.nat(59), { maxLength: 12 })
  .chain((minutes) =>
    fc.tuple(...minutes.map((minute) => observed.map((seen) => ({ ...seen, minute })))),
  )
  .map((all) =>
    all.map(({ kind, isSettled, minute, ...more }): Step => [
      verdict(kind, more),
      at(minute, { isSettled }),
    ]),
  );

function inOrder(all: readonly Step[]): Step[] {
  return all.toSorted(([, a], [, b]) => (a.readAt < b.readAt ? -1 : 1));
}

describe('a law:', () => {
  test('the same verdict twice changes nothing the second time', () => {
    fc.assert(
      fc.property(steps, (all) => {
        expect(history(all.flatMap((step) => [step, step]))).toEqual(history(all));
      }),
    );
  });

  test('what comes after is what counts, whatever late duplicates come between', () => {
    fc.assert(
      fc.property(steps, fc.array(fc.nat(1000)), (all, picks) => {
        const ordered = inOrder(all);
        const withLate = ordered.flatMap((step, index) => {
          const pick = picks[index];
          const late = pick === undefined ? undefined : ordered[pick % (index + 1)];
          return late === undefined ? [step] : [step, late];
        });
        // A verdict that changed nothing when it was new may count later: those are left out.
        const counted = withLate.filter(
          ([{ kind }, { isSettled }]) => kind === 'fail' || (isSettled && kind !== 'unknown'),
        );
        const expected = history(inOrder([...new Set(counted)]));
        const { finding, told } = history(counted);
        expect(finding?.state).toBe(expected.finding?.state);
        expect(told).toEqual(expected.told);
      }),
    );
  });

  test('what was read while the clock ran ahead gives way to what is read when it is right', () => {
    const aheadMs = fc.integer({ min: clockSkewMs + 3_600_000, max: 1e12 });
    fc.assert(
      fc.property(steps, aheadMs, observed, (all, ms, last) => {
        const ahead = all.map(([seen, { readAt, now, ...more }]): Step => [
          seen,
          {
            readAt: new Date(Date.parse(readAt) + ms).toISOString(),
            now: new Date(now.getTime() + ms),
            ...more,
          },
        ]);
        const right: Step = [verdict(last.kind, last), at(0, { isSettled: last.isSettled })];
        const { finding: wrong } = history(ahead);
        const { finding, told } = history([...ahead, right]);
        const counts = last.kind === 'fail' || (last.isSettled && last.kind !== 'unknown');
        if (!counts || finding === undefined) return;
        expect(finding.state).toBe(last.kind === 'fail' ? 'open' : 'resolved');
        expect(finding.sequence).toBe(told.length);
        expect(finding.sequence).toBeGreaterThanOrEqual(wrong?.sequence ?? 0);
        const { firstSeen, lastSeen, since, readAt } = finding;
        expect(readAt).toBe(right[1].readAt);
        for (const moment of [firstSeen, lastSeen, since]) {
          expect(moment <= readAt).toBe(true);
        }
      }),
    );
  });

  test('unknown changes nothing, wherever it comes', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const seen = all.filter(([{ kind }]) => kind !== 'unknown');
        expect(history(all)).toEqual(history(seen));
      }),
    );
  });

  test('transitions are numbered from 1 without a gap, and open and resolve alternate', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const { finding, told } = history(inOrder(all));
        expect(told.map(({ sequence }) => sequence)).toEqual(told.map((_, index) => index + 1));
        expect(finding?.sequence ?? 0).toBe(told.length);
        const turns = told.flatMap(({ kind }) =>
          kind === 'opened' || kind === 'reopened' ? ['open'] : kind === 'resolved' ? ['end'] : [],
        );
        expect(turns).toEqual(turns.map((_, index) => (index % 2 === 0 ? 'open' : 'end')));
        expect(finding?.reopened ?? 0).toBe(told.filter(({ kind }) => kind === 'reopened').length);
      }),
    );
  });

  test('it is open exactly if the last verdict that counts failed', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const ordered = inOrder(all);
        const [last] =
          ordered.findLast(
            ([{ kind }, { isSettled }]) => kind === 'fail' || (isSettled && kind !== 'unknown'),
          ) ?? [];
        const failedOnce = ordered.some(([{ kind }]) => kind === 'fail');
        const expected = !failedOnce ? undefined : last?.kind === 'fail' ? 'open' : 'resolved';
        expect(history(ordered).finding?.state).toBe(expected);
      }),
    );
  });
});

describe('a finding', () => {
  test('opens, is seen again, resolves and comes back', () => {
    const { finding, told } = history([
      [verdict('fail'), at(1)],
      [verdict('fail', { summary: 'worse words' }), at(2)],
      [verdict('pass'), at(3)],
      [verdict('fail'), at(4)],
    ]);
    expect(told.map(({ kind }) => kind)).toEqual(['opened', 'resolved', 'reopened']);
    expect(told[1]?.finding).toMatchObject({
      state: 'resolved',
      resolution: 'passes',
      summary: 'worse words',
      firstSeen: at(1).readAt,
      lastSeen: at(2).readAt,
      since: at(3).readAt,
    });
    expect(finding).toMatchObject({ state: 'open', reopened: 1, firstSeen: at(1).readAt });
    expect(finding).toMatchObject({ since: at(4).readAt, lastSeen: at(4).readAt });
    expect(finding).not.toHaveProperty('resolution');
  });

  test('stays open while its cluster is stopped or busy', () => {
    const busy = { isSettled: false };
    const { finding, told } = history([
      [verdict('fail'), at(1, busy)],
      [verdict('pass'), at(2, busy)],
      [verdict('notApplicable'), at(3, busy)],
    ]);
    expect(finding).toMatchObject({ state: 'open', readAt: at(1).readAt });
    expect(told).toHaveLength(1);
  });

  test('tells that it is exempt, that this ended, and that it got worse', () => {
    const { finding, told } = history([
      [verdict('fail', { exempt }), at(1)],
      [verdict('fail'), at(2)],
      [verdict('fail', { severity: 'critical' }), at(3)],
      [verdict('fail', { severity: 'critical', exempt }), at(4)],
    ]);
    expect(told.map(({ kind }) => kind)).toEqual([
      'opened',
      'exemptionEnded',
      'severityChanged',
      'exempted',
    ]);
    expect(finding).toMatchObject({ since: at(1).readAt, exempt });
  });

  const change: Change = {
    resourceId: resourceId(`${group}/securityrules/r`),
    operation: 'write',
    at: at(0).readAt,
    actor: 'someone',
  };

  test('names who changed what it is about, and nobody else', () => {
    const elsewhere = { ...change, resourceId: resourceId(`${group}-2/securityrules/r`) };
    const open = (changes: readonly Change[]) =>
      history([[verdict('fail'), at(1, { changes })]]).finding?.cause;
    expect(open([elsewhere, change])).toEqual(change);
    expect(open([elsewhere])).toBeUndefined();
    const mended = { ...change, at: at(2).readAt };
    const { finding } = history([
      [verdict('fail'), at(1, { changes: [change] })],
      [verdict('fail'), at(2)],
      [verdict('pass'), at(3, { changes: [mended, change] })],
    ]);
    expect(finding?.cause).toEqual(mended);
  });

  test('keeps its cause while it stays open', () => {
    const { finding } = history([
      [verdict('fail'), at(1, { changes: [change] })],
      [verdict('fail'), at(2, { changes: [] })],
    ]);
    expect(finding?.cause).toEqual(change);
  });

  test('of a cluster that is gone resolves, once', () => {
    const { finding } = history([[verdict('fail'), at(1)]]);
    if (finding === undefined) throw new Error('it did not open');
    expect(settle(finding, 'clusterGone', at(1))).toBeUndefined();
    const gone = settle(finding, 'clusterGone', at(2));
    expect(gone?.transition?.kind).toBe('resolved');
    expect(gone?.finding.resolution).toBe('clusterGone');
    if (gone === undefined) throw new Error('it did not resolve');
    expect(settle(gone.finding, 'clusterGone', at(3))).toBeUndefined();
  });
});
