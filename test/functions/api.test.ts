/** The functions as the worker sees them: what they are bound to, and what they answer. */
import { randomUUID } from 'node:crypto';
import { HttpResponse } from '@azure/functions';
import type { HttpResponseInit } from '@azure/functions';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { type Azurite, startAzurite } from '../../localhost/azurite.ts';
import { blobReports } from '../../shared/adapters/store/blob-reports.ts';
import { blobService } from '../../shared/adapters/store/blob-service.ts';
import { storageAccountStores } from '../../shared/adapters/store/storage-account.ts';
import { catalogue } from '../../shared/checks/catalogue.ts';
import { jsonReport, memorySpool } from '../../shared/reports/json-report.ts';
import { plainPaint } from '../../shared/reports/paint.ts';
import { parseReport } from '../../shared/reports/report.ts';
import { reportFormats, reportIn } from '../../shared/reports/report-formats.ts';
import { pieces } from '../contracts/report-store.contract.ts';
import { clusterNamed, findingOf } from '../contracts/stores.contract.ts';
import { madeUpPlan } from '../remediation/made-up-plan.ts';
import { badNight } from '../reports/made-up-scan.ts';
import { registeredBy } from './worker.ts';
import type { RegisteredFunction, RequestParts } from './worker.ts';

const mediaTypes = {
  table: 'text/plain; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  sarif: 'application/sarif+json',
  junit: 'application/xml',
  markdown: 'text/markdown; charset=utf-8',
};

/** Everything that there is to ask for. */
const paths = [
  'openapi.json',
  'me',
  'health',
  'overview',
  'clusters',
  'clusters.csv',
  'facets',
  'clusters/{key}',
  'clusters/{key}/explanation',
  'findings',
  'findings.csv',
  'findings/{fingerprint}',
  'alerts',
  'alerts/{id}/acknowledge',
  'remediations',
  'remediations/{id}',
  'remediations/{id}/approve',
  'remediations/{id}/reject',
  'remediations/{id}/rollback',
  'remediations/{id}/rollback-preview',
  'scans',
  'scans/{scanId}',
  'trends',
  'settings',
  'checks',
  'checks/{checkId}',
  'what-if',
  'reports/latest',
];

describe('api', () => {
  const functions = new Map<string, RegisteredFunction>();
  let azurite: Azurite;

  beforeAll(async () => {
    azurite = await startAzurite();
    process.env['AzureWebJobsStorage'] = azurite.connectionString;
    process.env['SCAN_SCHEDULE'] = '0 0 2 * * *';
    for (const each of await registeredBy(() => import('../../functions/main.ts'))) {
      functions.set(each.name, each);
    }
  });

  afterAll(async () => {
    delete process.env['AzureWebJobsStorage'];
    delete process.env['SCAN_SCHEDULE'];
    await azurite.stop();
  });

  function named(name: string): RegisteredFunction {
    const found = functions.get(name);
    if (found === undefined) throw new Error(`${name} is not registered`);
    return found;
  }

  it('lets anyone ask for the health; the dashboard sees itself to who may have what', () => {
    expect([...functions.keys()].toSorted()).toEqual([
      'api',
      'check-cluster',
      'dashboard',
      'dead-letter-alerts',
      'dead-letter-cluster-checks',
      'dead-letter-remediations',
      'dead-letter-scan-shards',
      'deliver-alert',
      'health',
      'housekeeping',
      'remediate-finding',
      'resource-changed',
      'scan-shard',
      'scheduled-scan',
    ]);
    const open = [...functions.values()].filter(
      ({ trigger }) => trigger['authLevel'] === 'anonymous',
    );
    expect(open.map(({ name }) => name).toSorted()).toEqual(['dashboard', 'health']);
    expect(named('health').trigger).toMatchObject({
      type: 'httpTrigger',
      authLevel: 'anonymous',
      methods: ['GET'],
      route: 'api/health',
    });
    expect(named('api').trigger).toMatchObject({
      type: 'httpTrigger',
      authLevel: 'function',
      methods: ['GET', 'POST'],
      route: 'api/{*path}',
    });
  });

  it('scans by the schedule of the app settings', () => {
    expect(named('scheduled-scan').trigger).toMatchObject({
      type: 'timerTrigger',
      schedule: '%SCAN_SCHEDULE%',
    });
  });

  it.each([
    ['scan-shard', 'scan-shards'],
    ['check-cluster', 'cluster-checks'],
    ['remediate-finding', 'remediations'],
    ['dead-letter-remediations', 'remediations-poison'],
    ['dead-letter-scan-shards', 'scan-shards-poison'],
    ['dead-letter-cluster-checks', 'cluster-checks-poison'],
    ['dead-letter-alerts', 'alerts-poison'],
  ])('%s waits for the queue %s', (name, queueName) => {
    const connection = 'AzureWebJobsStorage';
    expect(named(name).trigger).toMatchObject({ type: 'queueTrigger', queueName, connection });
  });

  it('hears of changes from Event Grid', () => {
    expect(named('resource-changed').trigger).toMatchObject({ type: 'eventGridTrigger' });
  });

  it('lists the catalogue', async () => {
    const { status, jsonBody } = await named('api').get({ path: 'checks' });
    expect(status).toBeUndefined();
    expect(jsonBody.map(({ id }: { id: string }) => id)).toEqual(catalogue.map(({ id }) => id));
    for (const check of jsonBody) {
      expect(Object.keys(check)).toEqual([
        'id',
        'title',
        'severity',
        'appliesTo',
        'remediation',
        'source',
      ]);
    }
  });

  it('lists alerts by their state, and acknowledges those that there are', async () => {
    const api = named('api');
    const none = '0'.repeat(32);
    const listed = await api.get({ path: 'alerts' }, { query: { state: 'open' } });
    expect(listed.jsonBody).toEqual({ alerts: [], next: null, total: 0 });
    const wrong = await api.get({ path: 'alerts' }, { query: { state: 'blue' } });
    expect(wrong).toMatchObject({
      status: 400,
      jsonBody: { error: expect.stringContaining('must be one of "open"') },
    });
    const path = `alerts/${none}/acknowledge`;
    expect(await api.post({ path }, { by: 'ada' })).toMatchObject({ status: 404 });
    expect(await api.post({ path }, { by: ' ' })).toMatchObject({ status: 400 });
    expect(await api.post({ path: 'alerts' }, {})).toMatchObject({ status: 404 });
  });

  it('names what there is where nothing was asked for', async () => {
    expect((await named('api').get({})).jsonBody).toEqual({
      error: 'No "" here.',
      paths,
    });
  });

  it.each(['', 'nothing', 'constructor', 'checks/', 'reports'])(
    'has nothing at "%s"',
    async (path) => {
      const { status, jsonBody } = await named('api').get({ path });
      expect(status).toBe(404);
      expect(jsonBody).toEqual({
        error: `No "${path}" here.`,
        paths,
      });
    },
  );

  it('shows a remediation with the plan that an approval is about', async () => {
    const plan = madeUpPlan(['a']);
    const at = '2026-11-26T03:00:00.000Z';
    const { connectionString } = azurite;
    const access = { kind: 'connectionString', connectionString } as const;
    const { remediations } = storageAccountStores(access, () => new Date(at));
    const step = 'requested';
    const kept = await remediations.create(plan.id, { step, plan, by: 'service', held: true, at });
    await remediations.append(kept, { step: 'approved', by: 'Ada', hash: plan.hash, at });
    const shown = await named('api').get({ path: `remediations/${plan.id}` });
    expect(shown.jsonBody).toMatchObject({ id: plan.id, hash: plan.hash, state: 'approved', plan });
    expect(JSON.parse(JSON.stringify(shown.jsonBody.journal))).toEqual([
      { step, by: 'service', held: true, at },
      { step: 'approved', by: 'Ada', hash: plan.hash, at },
    ]);
    const none = await named('api').get({ path: 'remediations/constructor' });
    expect(none.status).toBe(404);
  });

  describe('findings', () => {
    const list = (query: Record<string, string> = {}) =>
      named('api').get({ path: 'findings' }, { query });

    it('are those that are open, unless others are asked for', async () => {
      const connectionString = azurite.connectionString;
      const { findings } = storageAccountStores({ kind: 'connectionString', connectionString });
      for (const [name, state] of [
        ['a', 'open'],
        ['b', 'resolved'],
      ] as const) {
        const finding = findingOf(clusterNamed(name), 'check', { state });
        await findings.record(finding.clusterId, {
          readAt: finding.readAt,
          changed: [{ finding }],
        });
      }
      const idsOf = async (query: Record<string, string>) =>
        (await list(query)).jsonBody.findings.map((each: { clusterId: string }) => each.clusterId);
      const [a, b] = [clusterNamed('a'), clusterNamed('b')];
      expect((await list()).jsonBody).toMatchObject({ findings: [{ clusterId: a }], next: null });
      expect((await idsOf({ state: 'all' })).toSorted()).toEqual([a, b]);
      expect(await idsOf({ state: 'resolved', cluster: 'B' })).toEqual([b]);
      expect(await idsOf({ state: 'all', cluster: a })).toEqual([a]);
      expect(await idsOf({ state: 'all', check: 'another' })).toEqual([]);
    });

    it('of a state that is none are refused', async () => {
      expect(await list({ state: 'closed' })).toMatchObject({
        status: 400,
        jsonBody: { error: 'state "closed" must be one of "open", "resolved", "all".' },
      });
    });
  });

  it('a message that can never be done is owned, and is seen in the health', async () => {
    const unknown = { colour: 'blue' };
    await expect(named('check-cluster').call(unknown)).rejects.toThrow('of no form that is known');
    await named('dead-letter-cluster-checks').call(unknown);
    expect((await named('health').get({})).jsonBody).toMatchObject({
      status: 'attention',
      queues: { 'cluster-checks': { failed: 1, owner: 'dead-letter-cluster-checks' } },
    });
    const blobs = blobService({
      kind: 'connectionString',
      connectionString: azurite.connectionString,
    });
    await blobs.getContainerClient('cache').delete();
  });

  describe('the latest report', () => {
    const path = 'reports/latest';
    const latest = (parts: RequestParts = {}) => named('api').get({ path }, parts);
    const account = () =>
      blobService({ kind: 'connectionString', connectionString: azurite.connectionString });
    const textOf = (answer: HttpResponseInit) => new HttpResponse(answer).text();

    it('is not found before one was saved, and the answer says what to do', async () => {
      const { status, jsonBody } = await latest();
      expect(status).toBe(404);
      expect(jsonBody).toEqual({
        error: 'No scan has been saved yet.',
        next: expect.stringMatching(/"0 0 2 \* \* \*".*\/admin\/functions\/scheduled-scan/),
      });
      expect((await named('health').get({})).jsonBody).toEqual({
        status: 'ok',
        version: manifest.version,
        checks: catalogue.length,
        configuration: 'ok',
        storage: 'ok',
        report: 'none',
        lastReportAt: null,
        queues: {
          'scan-shards': { waiting: 0, poisoned: 0, failed: 0, owner: 'dead-letter-scan-shards' },
          'cluster-checks': {
            waiting: 0,
            poisoned: 0,
            failed: 0,
            owner: 'dead-letter-cluster-checks',
          },
          remediations: { waiting: 0, poisoned: 0, failed: 0, owner: 'dead-letter-remediations' },
          // Of the message that was given up above.
          alerts: { waiting: 1, poisoned: 0, failed: 0, owner: 'dead-letter-alerts' },
        },
        lastScan: null,
      });
    });

    it('is given as it was saved, and named by an ETag that spares sending it again', async () => {
      const savedAt = '2026-11-23T03:13:00.000Z';
      const store = blobReports(account(), { now: () => new Date(savedAt) });
      const night = badNight();
      const spools = { clusters: memorySpool(), verdicts: memorySpool() };
      await store.save(night.header, jsonReport(night, spools));

      const json = await latest();
      expect(json.headers).toMatchObject({ 'content-type': 'application/json' });
      expect(parseReport(JSON.parse(await textOf(json)))).toMatchObject(night.header);
      const etag = new Headers(json.headers as Record<string, string>).get('etag') ?? '';
      for (const known of [etag, `"other", W/${etag}`, '*']) {
        const again = await latest({ headers: { 'if-none-match': known } });
        expect(again).toMatchObject({ status: 304, headers: { etag } });
        expect(again.body).toBeUndefined();
      }
      expect((await latest({ headers: { 'if-none-match': '"other"' } })).status).toBeUndefined();
      expect((await named('health').get({})).jsonBody).toMatchObject({
        status: 'ok',
        report: 'ok',
        lastReportAt: savedAt,
      });

      for (const format of reportFormats.filter((one) => one !== 'json')) {
        const other = await latest({ query: { format }, headers: { 'if-none-match': etag } });
        expect(other.status).toBeUndefined();
        const printed = reportIn(format, badNight(), {
          table: { paint: plainPaint },
          checks: catalogue,
          version: manifest.version,
          spool: memorySpool,
        });
        let text = '';
        for await (const piece of printed) text += piece;
        expect(await textOf(other)).toBe(text);
        expect(other.headers).toMatchObject({ 'content-type': mediaTypes[format] });
      }
    });

    describe.each(['json', 'table'])('as %s, where it cannot be read', (format) => {
      const container = () => account().getContainerClient('reports');
      const damage: [string, (scanId: string) => Promise<unknown>, RegExp][] = [
        [
          'because it is gone',
          (scanId) => container().deleteBlob(`${scanId}.json`),
          /^The latest report cannot be read: the report reports\/.*\.json is gone\.$/,
        ],
        [
          'because it is another',
          (scanId) => container().getBlockBlobClient(`${scanId}.json`).upload('{"garbage":', 11),
          /was changed after it was saved\.$/,
        ],
        [
          'because nothing names it',
          () => container().getBlockBlobClient('latest.json').upload('{}', 2),
          /reports\/latest\.json, .* is no pointer\.$/,
        ],
      ];
      it.each(damage)('%s, is an error with a sentence', async (_, damaged, says) => {
        const scan = { scanId: randomUUID(), startedAt: new Date().toISOString() };
        await blobReports(account()).save(scan, pieces('{}'));
        await damaged(scan.scanId);
        expect(await latest({ query: { format } })).toEqual({
          status: 502,
          jsonBody: {
            error: expect.stringMatching(says),
            next: expect.stringContaining('/admin/functions/scheduled-scan'),
          },
        });
        expect(await named('health').get({})).toMatchObject({
          status: 503,
          jsonBody: {
            status: 'degraded',
            storage: 'ok',
            report: 'unreadable',
            lastReportAt: null,
          },
        });
      });
    });

    it.each(['{"garbage":', '{}'])('that is %s makes no table', async (text) => {
      const scan = { scanId: randomUUID(), startedAt: new Date().toISOString() };
      await blobReports(account()).save(scan, pieces(text));
      const { status, jsonBody } = await latest({ query: { format: 'table' } });
      expect(status).toBe(502);
      expect(jsonBody.error).toContain(`scan ${scan.scanId} is none that this version can read`);
    });

    it('comes in the formats of the command and in no other', async () => {
      expect(await latest({ query: { format: 'pdf' } })).toMatchObject({
        status: 400,
        jsonBody: {
          error:
            'format "pdf" must be one of "table", "json", "csv", "sarif", "junit", "markdown".',
        },
      });
    });
  });
});
