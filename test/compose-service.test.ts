/** The service that the functions share: settings and audit in, a stored report out. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Azurite, startAzurite } from '../localhost/azurite.ts';
import { blobService } from '../shared/adapters/store/blob-service.ts';
import { type AuditTenant, composeService } from '../shared/compose-service.ts';
import { parseReport } from '../shared/reports/report.ts';
import type { ScanProgress } from '../shared/reports/scan.ts';
import { temporaryFolder } from './cli/made-up-world.ts';
import { latestOf } from './contracts/report-store.contract.ts';
import { audit, badNight, shard, verdict } from './reports/made-up-scan.ts';

let azurite: Azurite;
beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(async () => {
  await azurite.stop();
});

const now = () => new Date('2026-11-24T02:05:00.000Z');

/** A service with the environment's least, and what its audit was asked for. */
function serviceOf(
  env: Record<string, string> = {},
  running: () => ReturnType<AuditTenant> = async () => badNight(),
) {
  const asked: Parameters<AuditTenant>[] = [];
  const given = {
    AzureWebJobsStorage: azurite.connectionString,
    SCAN_SCHEDULE: '0 0 2 * * *',
    ...env,
  };
  const auditTenant: AuditTenant = (...all) => {
    asked.push(all);
    return running();
  };
  return { service: composeService(given, auditTenant, now), asked };
}

function putSettings(container: string, text: string) {
  const account = blobService({
    kind: 'connectionString',
    connectionString: azurite.connectionString,
  });
  const client = account.getContainerClient(container);
  return client
    .createIfNotExists()
    .then(() => client.getBlockBlobClient('settings.json').upload(text, Buffer.byteLength(text)));
}

describe('a scan', () => {
  test('audits what the environment names and keeps the report', async () => {
    const { service, asked } = serviceOf({ PORTCULLIS_CLOUD: 'usgov' });
    const { scanId, summary } = await service.scan();
    expect(asked).toHaveLength(1);
    expect(asked[0]?.[0]).toMatchObject({ cloud: 'usgov', maxMode: 'alert' });
    expect(asked[0]?.[1]).toMatchObject({ strict: false, settings: { mode: 'alert' } });
    expect(scanId).toBe(badNight().header.scanId);
    const stored = await latestOf(service.reports);
    expect(stored).toMatchObject({ scanId, savedAt: now().toISOString() });
    const chunks: Uint8Array[] = [];
    for await (const chunk of stored.read()) chunks.push(chunk);
    const report = parseReport(JSON.parse(Buffer.concat(chunks).toString('utf8')));
    expect(report.summary).toEqual(summary);
  });

  test('that breaks saves nothing, and says why', async () => {
    const before = await latestOf(serviceOf().service.reports);
    const broken = { ...badNight(), finish: () => Promise.reject(new Error('lost the tenant')) };
    const { service } = serviceOf({}, async () => broken);
    await expect(service.scan()).rejects.toThrow('lost the tenant');
    expect(await latestOf(service.reports)).toMatchObject({ etag: before.etag });
  });

  test('tells each stage once a second at most, and its end', async () => {
    const seen: ScanProgress[] = [];
    const auditTenant: AuditTenant = async (_, { onProgress = () => {} }) => {
      for (let done = 0; done <= 500; done += 1) onProgress({ stage: 'judging', done, total: 500 });
      onProgress({ stage: 'saving', done: 0 });
      return audit([shard({ a: [verdict('scoring-inbound-allowed', 'a', 'pass', 'high')] })]);
    };
    const env = { AzureWebJobsStorage: azurite.connectionString, SCAN_SCHEDULE: '0 0 2 * * *' };
    await composeService(env, auditTenant, now).scan((event) => seen.push(event));
    expect(seen).toEqual([
      { stage: 'judging', done: 0, total: 500 },
      { stage: 'judging', done: 500, total: 500 },
      { stage: 'saving', done: 0 },
    ]);
  });
});

describe('the settings', () => {
  test('come from a blob, as it is at each scan', async () => {
    const { service, asked } = serviceOf({ PORTCULLIS_SETTINGS: 'blob:config/settings.json' });
    await putSettings('config', '{"outbound":"restricted"}');
    await service.scan();
    await putSettings('config', '{"outbound":"keepDefaults"}');
    await service.scan();
    expect(asked.map(([, { settings }]) => settings.outbound)).toEqual([
      'restricted',
      'keepDefaults',
    ]);
  });

  test('come from a file', async () => {
    const path = join(await temporaryFolder(), 'mine.json');
    await writeFile(path, '{"outbound":"restricted"}');
    const { service, asked } = serviceOf({ PORTCULLIS_SETTINGS: path });
    await service.scan();
    expect(asked[0]?.[1].settings.outbound).toBe('restricted');
    const { service: relative, asked: askedThen } = serviceOf({
      PORTCULLIS_SETTINGS: 'demo/portcullis.settings.json',
    });
    await relative.scan();
    expect(askedThen[0]?.[1].settings.callers).toHaveProperty('clusters.no-allow-rule');
  });

  test.each([
    ['blob:nowhere/settings.json', /settings blob:nowhere\/settings\.json.* does not exist/],
    ['nowhere.json', /settings .*nowhere\.json.* does not exist/],
    ['demo', /settings .*demo: EISDIR/],
  ])('at %s are missed before anything is audited', async (place, says) => {
    const { service, asked } = serviceOf({ PORTCULLIS_SETTINGS: place });
    await expect(service.scan()).rejects.toThrow(says);
    expect(asked).toEqual([]);
  });

  test('that are wrong are refused with their place', async () => {
    await putSettings('wrong', '{"outbond":"restricted"}');
    const { service } = serviceOf({ PORTCULLIS_SETTINGS: 'blob:wrong/settings.json' });
    await expect(service.scan()).rejects.toThrow(
      /settings blob:wrong\/settings\.json: outbond .*did you mean "outbound"/,
    );
  });
});
