/** The functions as the worker sees them: what they are bound to, and what they answer. */
import { HttpResponse } from '@azure/functions';
import type { HttpResponseInit } from '@azure/functions';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { type Azurite, startAzurite } from '../../localhost/azurite.ts';
import { blobReports } from '../../shared/adapters/store/blob-reports.ts';
import { blobService } from '../../shared/adapters/store/blob-service.ts';
import { catalogue } from '../../shared/checks/catalogue.ts';
import { jsonReport, memorySpool } from '../../shared/reports/json-report.ts';
import { parseReport } from '../../shared/reports/report.ts';
import { tableReport } from '../../shared/reports/table-report.ts';
import { badNight } from '../reports/made-up-scan.ts';
import { registeredBy } from './worker.ts';
import type { RegisteredFunction, RequestParts } from './worker.ts';

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

  it('lets anyone ask for the health, and nothing else', () => {
    expect([...functions.keys()].toSorted()).toEqual(['api', 'health', 'scheduled-scan']);
    expect(named('health').trigger).toMatchObject({
      type: 'httpTrigger',
      authLevel: 'anonymous',
      methods: ['GET'],
      route: 'health',
    });
    expect(named('api').trigger).toMatchObject({
      type: 'httpTrigger',
      authLevel: 'function',
      methods: ['GET'],
      route: '{*path}',
    });
  });

  it('scans by the schedule of the app settings', () => {
    expect(named('scheduled-scan').trigger).toMatchObject({
      type: 'timerTrigger',
      schedule: '%SCAN_SCHEDULE%',
    });
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

  it('names what there is where nothing was asked for', async () => {
    expect((await named('api').get({})).jsonBody).toEqual({
      error: 'No "" here.',
      paths: ['checks', 'reports/latest'],
    });
  });

  it.each(['', 'nothing', 'constructor', 'checks/x'])('has nothing at "%s"', async (path) => {
    const { status, jsonBody } = await named('api').get({ path });
    expect(status).toBe(404);
    expect(jsonBody).toEqual({ error: `No "${path}" here.`, paths: ['checks', 'reports/latest'] });
  });

  describe('the latest report', () => {
    const path = 'reports/latest';
    const latest = (parts: RequestParts = {}) => named('api').get({ path }, parts);
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
        storage: 'ok',
        lastReportAt: null,
      });
    });

    it('is given as it was saved, and named by an ETag that spares sending it again', async () => {
      const storage = {
        kind: 'connectionString',
        connectionString: azurite.connectionString,
      } as const;
      const savedAt = '2026-11-23T03:13:00.000Z';
      const store = blobReports(blobService(storage), () => new Date(savedAt));
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
      expect((await named('health').get({})).jsonBody).toMatchObject({ lastReportAt: savedAt });

      const table = await latest({
        query: { format: 'table' },
        headers: { 'if-none-match': etag },
      });
      expect(table.status).toBeUndefined();
      let printed = '';
      for await (const piece of tableReport(badNight())) printed += piece;
      expect(await textOf(table)).toBe(printed);
      expect(table.headers).toMatchObject({ 'content-type': 'text/plain; charset=utf-8' });
    });

    it('comes as JSON or as a table, in no other form', async () => {
      expect(await latest({ query: { format: 'csv' } })).toEqual({
        status: 400,
        jsonBody: { error: 'format "csv" must be json or table.' },
      });
    });
  });
});
