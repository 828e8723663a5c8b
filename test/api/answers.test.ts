/** What the API answers over the demo estate, held against the report of its scan and its document. */
import { parse as parseCsv } from 'csv-parse/sync';
import { beforeAll, describe, expect, test } from 'vitest';
import { catalogue } from '../../shared/checks/catalogue.ts';
import { rolesFrom } from '../../shared/model/caller.ts';
import { nameOf, resourceId } from '../../shared/model/resource-id.ts';
import { severities } from '../../shared/model/verdict.ts';
import type { Report } from '../../shared/reports/report.ts';
import { objectionsTo } from './answer-schemas.ts';
import { ada, servedDemo } from './served-demo.ts';

/** A rule there names yesterday's address; a plan can mend it. */
const broken = 'allow-names-yesterdays-ip';
const check = 'scoring-inbound-allowed';

let demo: Awaited<ReturnType<typeof servedDemo>>;
let report: Report;

beforeAll(async () => {
  demo = await servedDemo({ settings: { mode: 'plan' } });
  report = await demo.report();
});

/** What is found, which is as the document says. */
async function found(operation: string, address: string, as?: Parameters<typeof demo.ask>[1]) {
  const answer = await demo.found(address, as);
  expect({ [operation]: objectionsTo(operation, answer) }).toEqual({ [operation]: [] });
  return answer;
}

async function rowsOf(address: string): Promise<readonly Record<string, string>[]> {
  const reply = await demo.ask(address);
  if (reply.kind !== 'csv') throw new Error(JSON.stringify(reply));
  return parseCsv([...reply.records()].join(''), { columns: true });
}

async function keyOf(name: string): Promise<string> {
  const { clusters } = await found('clusters', `clusters?search=${name}`);
  return clusters.find((each: { name: string }) => each.name === name).key;
}

describe('the overview', () => {
  test('counts what the report counts', async () => {
    const overview = await found('overview', 'overview');
    const { clusters, compliant, nonCompliant, unknown, bySeverity, byCheck } = report.summary;
    expect(overview.posture).toMatchObject({
      clusters,
      compliant,
      nonCompliant,
      unknown,
      score: compliant / clusters,
    });
    expect(overview.openFindings).toEqual(bySeverity);
    for (const [checkId, counts] of Object.entries(byCheck)) {
      const cells = overview.heatMap.filter(
        (cell: { checkId: string }) => cell.checkId === checkId,
      );
      const sum = (kind: string) =>
        cells.reduce((all: number, cell: Record<string, number>) => all + (cell[kind] ?? 0), 0);
      expect([
        checkId,
        sum('pass') + sum('fail') + sum('unknown') + sum('notApplicable') + sum('exempt'),
      ]).toEqual([checkId, clusters]);
      // The map counts what is exempt apart, the report among the others.
      const kinds = ['pass', 'fail', 'unknown', 'notApplicable'] as const;
      const differing = kinds.filter((kind) => sum(kind) !== counts[kind]);
      expect([checkId, counts.exempt === 0 ? differing : []]).toEqual([checkId, []]);
      expect([checkId, sum('exempt')]).toEqual([checkId, counts.exempt]);
    }
  });

  test('tells what could not be read, the last scan and what it cost', async () => {
    const { coverage, lastScan, currentScan, trend } = await found('overview', 'overview');
    expect(coverage.gaps).toBe(report.gaps.length);
    expect(coverage.complete).toBe(report.complete);
    const told = coverage.groups.reduce(
      (all: number, { count }: { count: number }) => all + count,
      0,
    );
    expect(told).toBe(report.gaps.length);
    expect(lastScan).toMatchObject({ scanId: demo.scanId, state: 'complete', cost: report.cost });
    expect(currentScan).toBeNull();
    expect(trend).toMatchObject([{ scanId: demo.scanId, bySeverity: report.summary.bySeverity }]);
  });
});

describe('clusters', () => {
  test('are those of the report, those that need a look first', async () => {
    const { clusters, total, next } = await found('clusters', 'clusters?limit=1000');
    expect(total).toBe(report.clusters.length);
    expect(next).toBeNull();
    const ids = (all: readonly { readonly id: string }[]) => all.map(({ id }) => id).toSorted();
    expect(ids(clusters)).toEqual(ids(report.clusters));
    const rank = ['nonCompliant', 'unknown', 'compliant'];
    const ranks = clusters.map(({ posture }: { posture: string }) => rank.indexOf(posture));
    expect(ranks).toEqual(ranks.toSorted((a: number, b: number) => a - b));
    for (const { id, counts, posture, worst } of clusters) {
      const verdicts = report.verdicts.filter(({ clusterId }) => clusterId === id);
      const own = verdicts.filter(({ exempt }) => exempt === null);
      const fails = own.filter(({ kind }) => kind === 'fail');
      expect({ id, fail: counts.fail, unknown: counts.unknown }).toEqual({
        id,
        fail: fails.length,
        unknown: own.filter(({ kind }) => kind === 'unknown').length,
      });
      const worstOf = severities.find((each) => fails.some(({ severity }) => severity === each));
      expect({ id, worst, posture }).toEqual({
        id,
        worst: worstOf ?? null,
        posture: report.clusters.find((each) => each.id === id)?.posture,
      });
    }
  });

  test.each([
    ['posture=unknown', (each: Report['clusters'][number]) => each.posture === 'unknown'],
    [
      'posture=unknown,compliant&location=westeurope',
      (each: Report['clusters'][number]) =>
        each.posture !== 'nonCompliant' && each.location === 'westeurope',
    ],
    [
      'check=private-cluster&check=internal-load-balancer',
      (each: Report['clusters'][number]) =>
        report.verdicts.some(
          ({ clusterId, checkId, kind, exempt }) =>
            clusterId === each.id &&
            kind === 'fail' &&
            exempt === null &&
            ['private-cluster', 'internal-load-balancer'].includes(checkId),
        ),
    ],
    ['search=YESTERDAYS', (each: Report['clusters'][number]) => each.name.includes('yesterdays')],
    ['workspace=none', (each: Report['clusters'][number]) => each.workspaces.length === 0],
    [
      `workspace=mlw-${broken}`,
      (each: Report['clusters'][number]) =>
        each.workspaces.some((one) => nameOf(resourceId(one)) === `mlw-${broken}`),
    ],
    ['subscription=none', () => false],
  ])('that fit %s', async (query, fits) => {
    const { clusters, total } = await found('clusters', `clusters?limit=1000&${query}`);
    const expected = report.clusters.filter(fits).map(({ id }) => id);
    expect(clusters.map(({ id }: { id: string }) => id).toSorted()).toEqual(expected.toSorted());
    expect(total).toBe(expected.length);
    const rows = await rowsOf(`clusters.csv?${query}`);
    expect(rows.map((row) => row['clusterId'] ?? '').toSorted()).toEqual(expected.toSorted());
  });

  test('can be filtered by what there is', async () => {
    const { subscriptions, workspaces, locations } = await found('facets', 'facets');
    const sum = (facets: readonly { readonly clusters: number }[]) =>
      facets.reduce((all, { clusters }) => all + clusters, 0);
    expect(sum(locations)).toBe(report.clusters.length);
    expect(sum(subscriptions)).toBe(report.clusters.length);
    for (const { value, name } of subscriptions) {
      const { clusters } = await found('clusters', `clusters?subscription=${value}&limit=1`);
      expect(clusters).toMatchObject([{ subscriptionId: value, subscriptionName: name }]);
      expect(name).not.toBe(value);
      const { total } = await found('clusters', `clusters?search=${encodeURIComponent(name)}`);
      expect(total).toBeGreaterThan(0);
    }
    for (const { value, clusters } of [...workspaces.slice(0, 3), ...workspaces.slice(-3)]) {
      const { total } = await found('clusters', `clusters?workspace=${value}`);
      expect([value, total]).toEqual([value, clusters]);
    }
  });
});

describe('one cluster', () => {
  test('has a verdict of every check, as the report has it', async () => {
    const key = await keyOf(broken);
    const cluster = await found('cluster', `clusters/${key}`);
    const own = report.verdicts.filter(({ clusterId }) => clusterId === cluster.id);
    expect(cluster.verdicts).toHaveLength(catalogue.length);
    for (const verdict of own) {
      const { checkId, kind, severity, fingerprint, evidence, summary } = verdict;
      expect(
        cluster.verdicts.find((each: { checkId: string }) => each.checkId === checkId),
      ).toMatchObject({
        kind,
        severity,
        fingerprint,
        ...(kind === 'fail' ? { summary, evidence } : {}),
        ...(kind === 'unknown' ? { summary } : {}),
      });
    }
    expect(cluster.findings).toHaveLength(own.filter(({ kind }) => kind === 'fail').length);
    expect(cluster.history).toHaveLength(cluster.findings.length);
  });

  test('that there is not, is not found', async () => {
    for (const path of ['', '/explanation']) {
      const none = await demo.ask(`clusters/${'0'.repeat(32)}${path}`);
      expect(none).toMatchObject({ status: 404 });
      expect(await demo.ask(`clusters/X${path}`)).toMatchObject({
        status: 404,
        problem: { error: expect.stringContaining('key must be 32 hexadecimal digits') },
      });
    }
  });
});

describe('findings', () => {
  const fails = () => report.verdicts.filter(({ kind }) => kind === 'fail');
  type Verdict = Report['verdicts'][number];

  test.each<[string, (verdict: Verdict) => boolean]>([
    ['', () => true],
    ['severity=high,medium', ({ severity }) => severity === 'high' || severity === 'medium'],
    ['check=private-cluster', ({ checkId }) => checkId === 'private-cluster'],
    ['exempt=true', ({ exempt }) => exempt !== null],
    ['exempt=false', ({ exempt }) => exempt === null],
    [`cluster=${broken}`, ({ clusterId }) => clusterId.endsWith(`/${broken}`)],
    ['state=resolved', () => false],
    [
      'search=private%20address',
      ({ summary, checkId, clusterId }) =>
        ['private', 'address'].every((word) =>
          `${summary} ${checkId} ${clusterId}`.toLowerCase().includes(word),
        ),
    ],
  ])('that fit "%s"', async (query, fits) => {
    const { findings, total } = await found('findings', `findings?limit=1000&${query}`);
    const expected = fails()
      .filter(fits)
      .map((verdict) => verdict.fingerprint);
    const told = findings.map(({ fingerprint }: { fingerprint: string }) => fingerprint);
    expect(told.toSorted()).toEqual(expected.toSorted());
    expect(total).toBe(expected.length);
    const rows = await rowsOf(`findings.csv?${query}`);
    expect(rows.map((row) => row['fingerprint'] ?? '').toSorted()).toEqual(expected.toSorted());
  });

  test('come in the order that is asked for, page by page', async () => {
    for (const sort of ['severity', '-severity', 'cluster', '-check']) {
      const pages: {
        fingerprint: string;
        severity: string;
        clusterName: string;
        checkId: string;
      }[] = [];
      let next: string | null = '';
      while (next !== null) {
        const from: string = next === '' ? '' : `&next=${next}`;
        const page = await found('findings', `findings?limit=17&sort=${sort}${from}`);
        next = page.next;
        expect(page.findings).toHaveLength(next === null ? page.findings.length : 17);
        pages.push(...page.findings);
      }
      expect(new Set(pages.map(({ fingerprint }) => fingerprint)).size).toBe(fails().length);
      const rank = (each: (typeof pages)[number]): string =>
        ({
          severity: String(severities.findIndex((one) => one === each.severity)),
          cluster: each.clusterName,
          check: each.checkId,
        })[sort.replace('-', '')] ?? '';
      const ranks = pages.map(rank);
      const sorted = ranks.toSorted();
      expect(ranks).toEqual(sort.startsWith('-') ? sorted.toReversed() : sorted);
    }
  });
});

describe('a plan', () => {
  test('is shown with its finding, and decided by whoever is signed in', async () => {
    const own = await servedDemo({ only: broken });
    const key = (await own.found(`clusters?search=${broken}`)).clusters[0].key;
    const { id } = await own.found(`clusters/${key}`);
    await own.check(id);
    const { remediations } = await own.found('remediations?state=awaitingApproval,done');
    expect(objectionsTo('remediations', { remediations, next: null, total: 1 })).toEqual([]);
    const head = remediations.find((each: { checkId: string }) => each.checkId === check);
    const finding = await own.found(`findings/${head.fingerprint}`);
    expect(objectionsTo('finding', finding)).toEqual([]);
    expect(finding).toMatchObject({ checkId: check, plan: { hash: head.hash } });
    expect(finding.snippets.az).toContain('az network nsg rule create');
    expect(finding.history.map(({ kind }: { kind: string }) => kind)).toContain('opened');
    const one = await own.found(`remediations/${head.id}`);
    expect(objectionsTo('remediation', one)).toEqual([]);
    expect(one).toMatchObject({ hash: head.hash, mode: 'remediate', plan: { hash: head.hash } });
    expect(JSON.stringify(one.journal)).not.toContain('"plan"');
    const decide = (what: string, body: object, caller = ada) =>
      own.ask(`remediations/${head.id}/${what}`, { method: 'POST', body, caller });
    expect(await decide('reject', { hash: 'x' })).toMatchObject({ status: 409 });
    expect(await decide('reject', { colour: 'blue' })).toMatchObject({ status: 400 });
  });

  test('that there is none is said with the reason, and when it is looked for again', async () => {
    const own = await servedDemo({ only: broken });
    const key = (await own.found(`clusters?search=${broken}`)).clusters[0].key;
    const { id } = await own.found(`clusters/${key}`);
    await own.check(id);
    const waiting = (await own.found('remediations?state=awaitingApproval')).remediations;
    const head = waiting.find((each: { checkId: string }) => each.checkId === check);
    const address = `findings/${head.fingerprint}`;
    expect(await own.found(address)).toMatchObject({ noPlan: null });
    const body = { hash: head.hash, because: 'not before the audit' };
    await own.found(`remediations/${head.id}/reject`, { method: 'POST', body });
    expect(await own.found(address)).toMatchObject({ noPlan: null });
    await own.check(id);
    const finding = await own.found(address);
    expect(objectionsTo('finding', finding)).toEqual([]);
    const { because, at, next } = finding.noPlan;
    expect(because).toBe('it was rejected a short while ago: not before the audit');
    expect(Date.parse(next) - Date.parse(at)).toBe(50 * 60_000);
    const lowered = { ...own.api, maxMode: 'alert' } as const;
    const { maxMode } = own.api;
    Object.assign(own.api, lowered);
    expect(await own.found(address)).toMatchObject({ noPlan: null });
    Object.assign(own.api, { maxMode });
    // What was said before the plan was made and rejected says nothing any more.
    const since = '2026-01-01T00:00:00.000Z';
    const { fingerprint } = head;
    const before = { fingerprint, because: 'it was locked', settings: 'of then', since, at: since };
    await own.stores.remediations.keepNoPlan(before);
    expect(await own.found(address)).toMatchObject({ noPlan: null });
  });

  test('is taken back on demand; where the mode is lower by then, the answer says that it waits', async () => {
    const own = await servedDemo({ only: broken });
    const key = (await own.found(`clusters?search=${broken}`)).clusters[0].key;
    await own.check((await own.found(`clusters/${key}`)).id);
    const waiting = (await own.found('remediations?state=awaitingApproval')).remediations;
    const { id, hash } = waiting.find((each: { checkId: string }) => each.checkId === check);
    const approved = await own.found(`remediations/${id}/approve`, {
      method: 'POST',
      body: { hash },
    });
    expect(objectionsTo('approve', approved)).toEqual([]);
    expect(approved).toMatchObject({ state: 'approved', approvedBy: ada.name });
    await own.drain();
    own.pass(60_000);
    const { remediations } = await own.found('remediations?state=done');
    const done = remediations.find((each: { checkId: string }) => each.checkId === check);
    const lowered = { ...own.api, maxMode: 'plan' } as const;
    expect(done.state).toBe('done');
    const ask = async (api: typeof own.api, caller = ada) => {
      Object.assign(own.api, api);
      const body = { hash: done.hash, because: 'a rehearsal' };
      return own.ask(`remediations/${done.id}/rollback`, { method: 'POST', body, caller });
    };
    const operator = { ...ada, roles: rolesFrom(['Operator']) };
    const reply = await ask(lowered, operator);
    expect(reply).toMatchObject({
      kind: 'json',
      json: { note: expect.stringMatching(/^It is accepted and held: the mode is plan, because/) },
    });
    expect(
      objectionsTo('rollback', JSON.parse(JSON.stringify(Reflect.get(reply, 'json')))),
    ).toEqual([]);
  });
});

describe('alerts', () => {
  test('are acknowledged in the name of whoever is signed in, whatever the body says', async () => {
    const own = await servedDemo({
      settings: { mode: 'alert', alerts: { sinks: [{ kind: 'applicationInsights' }] } },
    });
    const { alerts, total } = await own.found('alerts?state=open&limit=2');
    expect(objectionsTo('alerts', { alerts, next: null, total })).toEqual([]);
    const [first, second] = alerts;
    expect(total).toBeGreaterThan(2);
    const seen = async (id: string, body: object, caller = ada) =>
      own.found(`alerts/${id}/acknowledge`, { method: 'POST', body, caller });
    const acknowledged = await seen(first.id, { by: 'somebody else' });
    expect(objectionsTo('acknowledge', acknowledged)).toEqual([]);
    expect(acknowledged).toMatchObject({ state: 'acknowledged', acknowledgedBy: ada.name });
    const key = { name: 'key holder', provider: 'key', roles: rolesFrom(['Reader']), hasKey: true };
    expect(await seen(second.id, { by: ' the night shift ' }, key)).toMatchObject({
      acknowledgedBy: 'the night shift',
    });
    const open = await own.found('alerts?state=open');
    expect(open.total).toBe(total - 2);
    const nobody = { method: 'POST', body: {}, caller: key } as const;
    expect(await own.ask(`alerts/${first.id}/acknowledge`, nobody)).toMatchObject({ status: 400 });
  });
});

describe('the service', () => {
  test('tells who asks', async () => {
    expect(await found('me', 'me')).toEqual({
      name: ada.name,
      provider: 'aad',
      roles: ['Reader', 'Operator', 'Approver'],
    });
  });

  test('tells its scans and trends', async () => {
    const { scans } = await found('scans', 'scans');
    expect(scans).toMatchObject([{ scanId: demo.scanId, clusters: report.clusters.length }]);
    const scan = await found('scan', `scans/${demo.scanId}`);
    expect(scan.shardStates).toMatchObject([{ shard: 1, state: 'done' }]);
    expect(await demo.ask('scans/another')).toMatchObject({ status: 404 });
    expect((await found('trends', 'trends')).points).toHaveLength(1);
    expect((await found('trends', 'trends?since=2026-11-25T00:00:00Z')).points).toEqual([]);
    expect(await demo.ask('trends?since=yesterday')).toMatchObject({
      status: 400,
      problem: { error: expect.stringContaining('since "yesterday" must be a moment in UTC') },
    });
  });

  test('tells its checks as the settings have them', async () => {
    for (const { id, description } of catalogue) {
      expect(await found('check', `checks/${id}`)).toMatchObject({ id, description, mode: 'plan' });
    }
    expect(await demo.ask('checks/constructor')).toMatchObject({ status: 404 });
  });

  test('shows its settings, and no more of an address than its host', async () => {
    const sinks = [
      { kind: 'webhook', url: 'https://hooks.example/T0KEN/x?sig=5ECRET', name: 'a' },
      { kind: 'eventGrid', endpoint: 'https://t.example/api/events?k=5ECRET', name: 'b' },
      { kind: 'teams', urlFrom: 'PORTCULLIS_ALERT_TEAMS' },
    ];
    const own = await servedDemo({ only: broken, settings: { alerts: { sinks } } });
    const shown = await own.found('settings');
    expect(objectionsTo('settings', shown)).toEqual([]);
    expect(shown.settings.alerts.sinks).toMatchObject([
      { kind: 'webhook', url: 'https://hooks.example/…' },
      { kind: 'eventGrid', endpoint: 'https://t.example/…' },
      { kind: 'teams', urlFrom: 'PORTCULLIS_ALERT_TEAMS' },
    ]);
    expect(JSON.stringify(shown)).not.toMatch(/5ECRET|T0KEN/);
  });
});

test.each([
  ['clusters?colour=blue', /^colour "blue" is an unknown key; known here: .*posture/],
  ['clusters?postur=unknown', /^postur "unknown" is an unknown key; did you mean "posture"\?/],
  ['clusters?posture=blue', /^posture\[0\] "blue" must be one of "compliant"/],
  ['clusters?limit=0', /^limit "0" must be at least 1\.$/],
  ['clusters?limit=1001', /^limit "1001" must be at most 1000\.$/],
  ['clusters?limit=x', /^limit "x" must be a number/],
  ['clusters?sort=colour', /^sort "colour" must be one of "name"/],
  ['clusters?next=x', /^next "x" is not of this list in this order\.$/],
  ['clusters?limit=1&limit=2', /^limit /],
  ['me?x=1', /^x "1" is an unknown key/],
  [`clusters?search=${'x'.repeat(201)}`, /^search "x+… must be at most 200\.$/],
])('%s is refused, naming the field, the value and what to write', async (address, says) => {
  expect(await demo.ask(address)).toMatchObject({
    kind: 'refused',
    status: 400,
    problem: { error: expect.stringMatching(says) },
  });
});
