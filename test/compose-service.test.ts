/** The service that the functions share: settings and audit in, a stored report out. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Azurite, startAzurite } from '../localhost/azurite.ts';
import { blobService } from '../shared/adapters/store/blob-service.ts';
import { type OpenTenant, composeService } from '../shared/compose-service.ts';
import { cutScan } from '../shared/pipeline/cut-scan.ts';
import type { TenantReader } from '../shared/ports.ts';
import { parseReport } from '../shared/reports/report.ts';
import type { Environment } from '../shared/settings/environment.ts';
import type { Settings } from '../shared/settings/settings.ts';
import { UsageError } from '../shared/settings/usage-error.ts';
import { temporaryFolder } from './cli/made-up-world.ts';
import { latestOf } from './contracts/report-store.contract.ts';

let azurite: Azurite;
beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(async () => {
  await azurite.stop();
});

const now = () => new Date('2026-11-24T02:05:00.000Z');

/** A tenant without a cluster, that tells whom it was opened for and with what settings. */
function emptyTenant() {
  const opened: Environment[] = [];
  const asked: Settings[] = [];
  const openTenant: OpenTenant = async (environment) => {
    opened.push(environment);
    const reader: TenantReader = {
      readScope: async () => ({ items: [], covered: [] }),
      readClusters: async () => [],
      readCluster: async () => [],
      readResource: async () => undefined,
    };
    return {
      tenant: (settings) => {
        asked.push(settings);
        return reader;
      },
      calls: () => ({ resourceGraphCalls: 3 }),
      cloud: 'public',
    };
  };
  return { opened, asked, openTenant };
}

/** A service with the environment's least, and how to have it scan. */
function serviceOf(env: Record<string, string> = {}, tenant = emptyTenant()) {
  const given = {
    AzureWebJobsStorage: azurite.connectionString,
    SCAN_SCHEDULE: '0 0 2 * * *',
    ...env,
  };
  const service = composeService(given, tenant.openTenant, now);
  const told: string[] = [];
  const scan = async () =>
    cutScan(
      await service.contextFor((message, fields) =>
        told.push(`${message} ${String(fields['level'])}`),
      ),
    );
  return { service, scan, told, ...tenant };
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
  test('reads what the environment names and keeps the report', async () => {
    const { service, scan, opened, asked } = serviceOf({ PORTCULLIS_CLOUD: 'usgov' });
    const { scanId } = await scan();
    await scan();
    expect(opened).toMatchObject([{ cloud: 'usgov', maxMode: 'alert' }]);
    expect(asked).toMatchObject([{ mode: 'alert' }, { mode: 'alert' }]);
    const stored = await latestOf(service.reports);
    expect(stored).toMatchObject({ savedAt: now().toISOString() });
    expect((await service.stores.scans.get(scanId))?.value.state).toBe('complete');
    const chunks: Uint8Array[] = [];
    for await (const chunk of stored.read()) chunks.push(chunk);
    const report = parseReport(JSON.parse(Buffer.concat(chunks).toString('utf8')));
    expect(report.summary.clusters).toBe(0);
    expect(report.cost.resourceGraphCalls).toBe(0);
  });

  test('tells what it put right in the store', async () => {
    const { scan, told } = serviceOf();
    const account = blobService({
      kind: 'connectionString',
      connectionString: azurite.connectionString,
    });
    await scan();
    await account.getContainerClient('reports').getBlockBlobClient('latest.json').upload('{}', 2);
    await scan();
    const repairs = () => told.filter((line) => /latest\.json.* warning/.test(line));
    expect(repairs()).toHaveLength(1);
    await scan();
    expect(repairs()).toHaveLength(1);
  });

  test('that breaks saves nothing, says why, and is given up by the next', async () => {
    const first = serviceOf();
    await first.scan();
    const before = await latestOf(first.service.reports);
    const lost: OpenTenant = async () => ({
      tenant: () => {
        throw new Error('lost the tenant');
      },
      calls: () => ({}),
      cloud: 'public',
    });
    const broken = serviceOf({}, { ...emptyTenant(), openTenant: lost });
    await expect(broken.scan()).rejects.toThrow('lost the tenant');
    expect(await latestOf(broken.service.reports)).toMatchObject({ etag: before.etag });
  });
});

test.each([
  'AccountKey=SECRET;bogus',
  'SECRET',
  'UseDevelopmentStorage=false;SECRET',
  'BlobEndpoint=SECRET;SharedAccessSignature=SECRET',
  'DefaultEndpointsProtocol=https;AccountName=a b SECRET;AccountKey=SECRET;EndpointSuffix=core.windows.net',
  'DefaultEndpointsProtocol=https;AccountKey=SECRET',
  'DefaultEndpointsProtocol=ftp;AccountName=SECRET;AccountKey=SECRET',
  'AccountNameSECRET',
])('storage that is named by "%s" is refused by the name of the variable', (given) => {
  let thrown: unknown;
  try {
    serviceOf({ AzureWebJobsStorage: given });
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(UsageError);
  expect(String(thrown)).toMatch(/AzureWebJobsStorage is no connection string .*; copy it anew/);
  expect(inspect(thrown, { depth: 9 })).not.toContain('SECRET');
});

describe('the settings', () => {
  test('come from a blob, as it is at each scan', async () => {
    const { scan, asked } = serviceOf({ PORTCULLIS_SETTINGS: 'blob:config/settings.json' });
    await putSettings('config', '{"outbound":"restricted"}');
    await scan();
    await putSettings('config', '{"outbound":"keepDefaults"}');
    await scan();
    expect(asked.map(({ outbound }) => outbound)).toEqual(['restricted', 'keepDefaults']);
  });

  test('come from a file', async () => {
    const path = join(await temporaryFolder(), 'mine.json');
    await writeFile(path, '{"outbound":"restricted"}');
    const { scan, asked } = serviceOf({ PORTCULLIS_SETTINGS: path });
    await scan();
    expect(asked[0]?.outbound).toBe('restricted');
    const { scan: relative, asked: askedThen } = serviceOf({
      PORTCULLIS_SETTINGS: 'demo/portcullis.settings.json',
    });
    await relative();
    expect(askedThen[0]?.callers).toHaveProperty('clusters.no-allow-rule');
  });

  test.each([
    ['blob:nowhere/settings.json', /settings blob:nowhere\/settings\.json.* does not exist/],
    ['nowhere.json', /settings .*nowhere\.json.* does not exist/],
    ['demo', /settings .*demo: EISDIR/],
  ])('at %s are missed before anything is audited', async (place, says) => {
    const { scan, asked } = serviceOf({ PORTCULLIS_SETTINGS: place });
    await expect(scan()).rejects.toThrow(says);
    expect(asked).toEqual([]);
  });

  test('that are wrong are refused with their place', async () => {
    await putSettings('wrong', '{"outbond":"restricted"}');
    const { scan } = serviceOf({ PORTCULLIS_SETTINGS: 'blob:wrong/settings.json' });
    await expect(scan()).rejects.toThrow(
      /settings blob:wrong\/settings\.json: outbond .*did you mean "outbound"/,
    );
  });
});
