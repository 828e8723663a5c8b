/** What the smoke test makes of an app that works in part; test/e2e/smoke-test.test.ts runs it against a whole one. */
import { expect, test } from 'vitest';
import {
  type DeployedApp,
  type Health,
  type KnownCluster,
  UnexpectedAnswerError,
} from '../../scripts/deployed-app.ts';
import { type Outcome, smokeTest } from '../../scripts/smoke-steps.ts';

const scan = { state: 'complete', startedAt: '2026-11-26T02:00:00Z' };
const idle = { waiting: 0, failed: 0, poisoned: 0 };
const well: Health = {
  status: 'ok',
  version: '1.2.3',
  checks: 23,
  configuration: 'ok',
  storage: 'ok',
  report: 'ok',
  queues: { 'cluster-checks': idle },
  lastScan: scan,
};
const read = (name: string, posture: string, readAt = '1'): KnownCluster => ({
  id: `/subscriptions/s/resourcegroups/g/providers/microsoft.containerservice/managedclusters/${name}`,
  path: '/api/clusters/key',
  readAt,
  posture,
  isPending: false,
  failed: undefined,
});

/** What each question is answered with, one answer after the other, the last for good. */
interface Answers {
  readonly health?: readonly (Health | UnexpectedAnswerError)[];
  readonly clusters?: readonly (readonly KnownCluster[])[];
  /** Of the one that was chosen. */
  readonly cluster?: readonly (KnownCluster | 'gone')[];
  readonly report?: Awaited<ReturnType<DeployedApp['latestReport']>>;
}

async function tried({ health = [well], clusters = [[]], cluster = [], report }: Answers) {
  const delivered: object[] = [];
  const asked = { health: 0, clusters: 0, cluster: 0, scans: 0 };
  const next = <T>(answers: readonly T[], index: number): T => {
    const answer = answers[Math.min(index, answers.length - 1)];
    if (answer === undefined) throw new RangeError('there is no answer');
    return answer;
  };
  const app: DeployedApp = {
    async health() {
      asked.health += 1;
      const answer = next(health, asked.health - 1);
      if (answer instanceof UnexpectedAnswerError) throw answer;
      return answer;
    },
    async clusters() {
      asked.clusters += 1;
      return next(clusters, asked.clusters - 1);
    },
    async cluster() {
      asked.cluster += 1;
      const answer = next(cluster, asked.cluster - 1);
      return answer === 'gone' ? undefined : answer;
    },
    async startScan() {
      asked.scans += 1;
    },
    latestReport: async () => report,
    async deliver(event) {
      delivered.push(event);
    },
  };
  let time = Date.parse('2026-11-26T03:00:00Z');
  const world = {
    now: () => new Date(time),
    sleep: async (ms: number) => {
      time += ms;
    },
    newId: () => 'id',
    patienceMs: 60_000,
    pauseMs: 2000,
    subscription: 'mine',
  };
  const outcomes: Outcome[] = [];
  for await (const outcome of smokeTest(app, world)) outcomes.push(outcome);
  const says = outcomes.map((each) => `${each.kind === 'tick' ? '✓' : '✗'} ${each.says}`);
  const last = outcomes.at(-1);
  return { says, next: last?.kind === 'wrong' ? last.next : '', delivered, ...asked };
}

const nobody = { complete: true, gaps: [], summary: { clusters: 0 } };
const unknownAddress = new UnexpectedAnswerError('GET /api/health was answered with 404', 404);

test('an app that starts, and whose roles come late, is waited for', async () => {
  const degraded: Health = { ...well, status: 'degraded', storage: 'unreachable', queues: null };
  const { says, scans } = await tried({
    health: [unknownAddress, degraded, well],
    report: nobody,
  });
  expect(says[0]).toBe('✓ version 1.2.3 answers, with 23 checks and its storage');
  expect(says.filter((each) => each.startsWith('✗'))).toEqual([]);
  expect(scans).toBe(0);
});

test('messages that were given up before are none of its business', async () => {
  const attention: Health = {
    ...well,
    status: 'attention',
    queues: { 'cluster-checks': { ...idle, failed: 3 } },
  };
  const { says } = await tried({ health: [attention], report: nobody });
  expect(says.at(-1)).toMatch(/^✓ check-cluster looked .* found nobody/);
});

test.each([
  ['configuration', { configuration: 'wrong', storage: 'unknown' }, 'docs/environment.md'],
  ['storage', { storage: 'unreachable' }, 'docs/runbook.md'],
])('what of an app does not work is told: its %s', async (_, part, where) => {
  const { says, next } = await tried({ health: [{ ...well, ...part, status: 'degraded' }] });
  const parts = { configuration: 'ok', ...part };
  expect(says).toEqual([
    `✗ the app answers and does not work: configuration ${parts.configuration}, storage ${parts.storage}, report ok`,
  ]);
  expect(next).toContain(where);
});

test.each([
  ['incomplete', '✗ the first scan ended as incomplete'],
  ['abandoned', '✗ the first scan ended as abandoned'],
  [undefined, '✗ the first scan was started, and never began'],
])('a first scan that is %s is told', async (state, told) => {
  const none = { ...well, lastScan: null };
  const after = state === undefined ? none : { ...well, lastScan: { ...scan, state } };
  const { says, next, scans } = await tried({ health: [none, after] });
  expect(says.slice(1)).toEqual([told]);
  expect(next).toMatch(/logs of scheduled-scan.*doctor/);
  expect(scans).toBe(1);
});

test('a first scan of a large tenant may go on', async () => {
  const running = { ...well, lastScan: { ...scan, state: 'running' } };
  const { says } = await tried({ health: [{ ...well, lastScan: null }, running] });
  expect(says.slice(1, 3)).toEqual([
    '✓ the first scan was started, and goes on after 60 s',
    '✓ no cluster is known yet: no scan has ended',
  ]);
});

test('no cluster is nothing wrong only where everything could be read', async () => {
  const gap = { scope: '/subscriptions/s', what: 'role assignments', why: 'forbidden' };
  const { says, next, delivered } = await tried({
    report: { ...nobody, complete: false, gaps: [gap, gap] },
  });
  expect(says[1]).toBe(
    '✗ no inference cluster was found, and not everything could be read: 2 gaps; the first is role assignments at /subscriptions/s: forbidden',
  );
  expect(next).toMatch(/doctor.*ten minutes/);
  expect(delivered).toEqual([]);
});

test('an event about nobody names what does not exist, and its look may be given up', async () => {
  const waiting = { ...well, queues: { 'cluster-checks': { ...idle, waiting: 1 } } };
  const failed = { ...well, queues: { 'cluster-checks': { ...idle, failed: 1 } } };
  const { says, next, delivered } = await tried({
    health: [well, well, waiting, failed],
    report: nobody,
  });
  expect(delivered).toMatchObject([
    { type: 'Microsoft.Resources.ResourceWriteSuccess', source: '/subscriptions/mine' },
  ]);
  expect(says.at(-1)).toBe('✗ nobody could look what the event concerns: its message was given up');
  expect(next).toContain('log of check-cluster');
});

test('a cluster that is well is chosen, so that nothing can follow', async () => {
  const [broken, fine] = [read('broken', 'nonCompliant'), read('fine', 'compliant')];
  const busy = { ...read('busy', 'compliant'), isPending: true };
  const { says, delivered } = await tried({
    clusters: [[broken, busy, fine]],
    cluster: [{ ...fine, isPending: true }, read('fine', 'unknown', '2')],
  });
  expect(delivered).toMatchObject([
    {
      subject: fine.id,
      data: { resourceUri: fine.id, operationName: 'Portcullis/smokeTest/action' },
    },
  ]);
  expect(says.slice(1)).toEqual([
    '✓ an event about the cluster fine was taken',
    '✓ its verdicts came after 2 s: fine is unknown',
  ]);
  const only = await tried({
    clusters: [[broken, busy]],
    cluster: [read('broken', 'nonCompliant', '2')],
  });
  expect(only.says.at(-1)).toBe('✓ its verdicts came after 0 s: broken is not compliant');
});

test('a list that is behind the report is waited for', async () => {
  const { says } = await tried({
    clusters: [[], [], [read('late', 'compliant')]],
    cluster: [read('late', 'compliant', '2')],
    report: { ...nobody, summary: { clusters: 1 } },
  });
  expect(says[1]).toBe('✓ an event about the cluster late was taken');
});

const failed = { at: '2', why: 'it broke' };
test.each([
  ['was given up', { ...read('a', 'compliant'), failed }, /given up: it broke$/],
  ['read nothing', read('a', 'compliant'), /^✗ the event was taken, and a was not read again$/],
  ['does not end', { ...read('a', 'compliant'), isPending: true }, /did not end within 60 s/],
  ['found it gone', 'gone', /^✓ check-cluster looked after 0 s, and a is gone$/],
] as const)('a check that %s is told', async (_, after, told) => {
  const { says } = await tried({ clusters: [[read('a', 'compliant')]], cluster: [after] });
  expect(says.at(-1)).toMatch(told);
});

test('a failure of before is not one of this check', async () => {
  const before = { ...read('a', 'compliant'), failed: { ...failed, at: '1' } };
  const { says } = await tried({
    clusters: [[before]],
    cluster: [
      { ...before, isPending: true },
      { ...before, readAt: '2' },
    ],
  });
  expect(says.at(-1)).toBe('✓ its verdicts came after 2 s: a is compliant');
});
