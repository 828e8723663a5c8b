import { describe, expect, test } from 'vitest';
import { type Baseline, type EarlierVerdict, withBaseline } from '../../shared/reports/baseline.ts';
import { jsonReport, memorySpool } from '../../shared/reports/json-report.ts';
import { type Report, type VerdictReport, parseReport } from '../../shared/reports/report.ts';
import type { Audit } from '../../shared/reports/scan.ts';
import { audit, clusterId, shard, verdict } from './made-up-scan.ts';

const exempt = {
  reason: 'x',
  approvedBy: null,
  ticket: null,
  expiresOn: null,
  source: 'settings',
} as const;

function baselineOf(...verdicts: readonly EarlierVerdict[]): Baseline {
  return {
    scanId: 'earlier',
    finishedAt: '2026-11-20T03:00:00.000Z',
    failures: new Map(
      verdicts
        .filter((one) => one.kind === 'fail' && one.exempt === null)
        .map((one) => [one.fingerprint, one]),
    ),
  };
}

async function reported(running: Audit): Promise<Report> {
  let text = '';
  const spools = { clusters: memorySpool(), verdicts: memorySpool() };
  for await (const piece of jsonReport(running, spools)) text += piece;
  return parseReport(JSON.parse(text));
}

type Shape = readonly [VerdictReport['kind'], VerdictReport['severity'], Partial<VerdictReport>?];

describe('a verdict and what it was', () => {
  const fail: Shape = ['fail', 'medium'];
  test.each<[string, Shape | undefined, Shape, string | undefined]>([
    ['a failure nobody knew', undefined, fail, 'new'],
    ['a failure that passed', ['pass', 'medium'], fail, 'new'],
    ['a failure that did not apply', ['notApplicable', 'medium'], fail, 'new'],
    ['a failure that was unknown', ['unknown', 'medium'], fail, 'new'],
    ['a failure that was exempt', ['fail', 'medium', { exempt }], fail, 'new'],
    ['a failure that was milder', ['fail', 'low'], fail, 'new'],
    ['a failure that informed', ['fail', 'info'], fail, 'new'],
    ['a failure as it was', fail, fail, 'unchanged'],
    ['a failure that was worse', ['fail', 'high'], fail, 'unchanged'],
    ['a pass that failed', fail, ['pass', 'medium'], 'fixed'],
    ['what failed and does not apply', fail, ['notApplicable', 'medium'], 'fixed'],
    ['what failed and is unknown', fail, ['unknown', 'medium'], 'notSeen'],
    ['what failed and is exempt', fail, ['fail', 'medium', { exempt }], 'exempted'],
    ['what failed and is exempt as unknown', fail, ['unknown', 'medium', { exempt }], 'exempted'],
    ['a pass as it was', ['pass', 'medium'], ['pass', 'medium'], undefined],
    ['an unknown that was a pass', ['pass', 'medium'], ['unknown', 'medium'], undefined],
    ['an exempt failure nobody knew', undefined, ['fail', 'medium', { exempt }], undefined],
  ])('%s', async (_, before, now, state) => {
    const of = ([kind, severity, changes]: Shape) => verdict('c', 'a', kind, severity, changes);
    const baseline = baselineOf(...(before === undefined ? [] : [of(before)]));
    const report = await reported(withBaseline(audit([shard({ a: [of(now)] })]), baseline));
    expect(report.verdicts[0]?.baselineState).toBe(state);
    const counts = { new: 0, unchanged: 0, fixed: 0, exempted: 0, notSeen: 0 };
    expect(report.baseline).toMatchObject({
      scanId: 'earlier',
      finishedAt: '2026-11-20T03:00:00.000Z',
      ...counts,
      ...(state === undefined ? {} : { [state]: 1 }),
      newBySeverity: { medium: state === 'new' ? 1 : 0 },
      absent: [],
    });
  });
});

describe('a failure of which there is no verdict any more', () => {
  const gone = verdict('c', 'b', 'fail', 'high');
  const now = () => audit([shard({ a: [verdict('c', 'a', 'pass', 'high')] })]);

  test('is fixed where its cluster is proven to be gone', async () => {
    const running = { ...now(), isGone: (id: string) => id === clusterId('b') };
    const { baseline } = await reported(withBaseline(running, baselineOf(gone)));
    expect(baseline).toMatchObject({
      fixed: 1,
      notSeen: 0,
      absent: [{ checkId: 'c', clusterId: gone.clusterId, severity: 'high', state: 'fixed' }],
    });
  });

  test.each([
    ['nothing proves that', now()],
    ['its cluster is there', { ...now(), isGone: () => false }],
  ])('is not seen where %s', async (_, running) => {
    const { baseline } = await reported(withBaseline(running, baselineOf(gone)));
    expect(baseline).toMatchObject({ fixed: 0, notSeen: 1, absent: [{ state: 'notSeen' }] });
  });
});

test('a report without a baseline says nothing of one', async () => {
  const report = await reported(audit([shard({ a: [verdict('c', 'a', 'fail', 'high')] })]));
  expect(report).not.toHaveProperty('baseline');
  expect(report.verdicts[0]).not.toHaveProperty('baselineState');
});
