/**
 * A scan of the service in shards, through its own pipeline. First what it asks of Azure beside an
 * audit of the whole at once, through the SDKs over HTTPS against the simulator in this process. Then
 * what it asks of the storage account, its time and its memory for a tenant too large to hold: the
 * estate is made shard by shard as it is read, the stores are in memory and count transactions as
 * Azure does. The argument is the number of clusters; 10,000 where absent, beside 1,000 in any case.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoryFiles } from '../shared/adapters/store/memory-files.ts';
import { memoryQueues } from '../shared/adapters/store/memory-queues.ts';
import { memoryReports } from '../shared/adapters/store/memory-reports.ts';
import { memoryTables } from '../shared/adapters/store/memory-tables.ts';
import { storesOn } from '../shared/adapters/store/stores.ts';
import type { TableStore } from '../shared/adapters/store/table-store.ts';
import { catalogue } from '../shared/checks/catalogue.ts';
import { startAudit } from '../shared/compose.ts';
import { liveTenant } from '../shared/compose-live.ts';
import { rootTypes } from '../shared/inventory/root-types.ts';
import { resourceTypeNamed } from '../shared/inventory/row-type.ts';
import { type ResourceId, resourceId } from '../shared/model/resource-id.ts';
import { cutScan } from '../shared/pipeline/cut-scan.ts';
import { scanShard } from '../shared/pipeline/scan-shard.ts';
import type { ServiceContext } from '../shared/pipeline/service-context.ts';
import type { Row, TenantReader } from '../shared/ports.ts';
import { memorySpool } from '../shared/reports/json-report.ts';
import { type Settings, defaultSettings, parseSettings } from '../shared/settings/settings.ts';
import { demoEstate } from '../simulator/estate/demo-estate.ts';
import { generateCluster, generateEstate } from '../simulator/estate/generate-estate.ts';
import { startSimulator } from '../simulator/start-simulator.ts';

/** For a first scan of 1,000 clusters in 50 subscriptions. */
const resourceGraphBudget = 45;
const perHour = 3_600_000;
/** Of larger tenants the first scan alone takes minutes. */
const withNextScan = 1000;
const seed = 1;
const conditions = {
  tagList: true,
  managementGroupCoverage: true,
  unread: [],
  deployers: [],
  compact: false,
};

/** What a transaction of a table takes: a list is one for each thousand rows. */
function counted(tables: TableStore, counts: Map<string, number>): TableStore {
  const add = (table: string, kind: string, more = 1) => {
    const key = `${table} ${kind}`;
    counts.set(key, (counts.get(key) ?? 0) + more);
  };
  return {
    get(table, partition, row) {
      add(table, 'get');
      return tables.get(table, partition, row);
    },
    async *list(table, range) {
      let rows = 0;
      for await (const row of tables.list(table, range)) {
        if (rows % 1000 === 0) add(table, 'list');
        rows += 1;
        yield row;
      }
      if (rows === 0) add(table, 'list');
    },
    write(table, partition, writes) {
      add(table, 'write', writes.length === 0 ? 0 : 1);
      return tables.write(table, partition, writes);
    },
    removeAs(table, row) {
      add(table, 'write');
      return tables.removeAs(table, row);
    },
  };
}

function serviceOf(
  tenant: Pick<ServiceContext, 'tenant' | 'calls'>,
  settings: Settings,
  tell: ServiceContext['tell'] = () => {},
) {
  let at = Date.parse('2026-11-24T02:00:00.000Z');
  let ids = 0;
  const now = () => new Date(at);
  const counts = new Map<string, number>();
  const stores = storesOn({
    tables: counted(memoryTables(), counts),
    files: memoryFiles(),
    snapshots: memoryFiles(),
    queues: memoryQueues(now),
    now,
  });
  const context: ServiceContext = {
    ...tenant,
    cloud: 'public',
    stores,
    remediations: stores.remediations,
    maxMode: 'alert',
    wait: async () => {},
    reports: memoryReports(now),
    catalogue,
    settings: async () => settings,
    now,
    checkDelayMs: 30_000,
    newId: () => `id-${(ids += 1)}`,
    spool: memorySpool,
    tell,
    sinkOf: () => ({ send: async () => {} }),
    alertPlaces: {},
    deadline: (ms) => AbortSignal.timeout(ms),
  };
  return {
    counts,
    scan: async () => {
      at += 24 * perHour;
      counts.clear();
      const { scanId, shards, clusters } = await cutScan(context);
      for (let shard = 1; shard <= shards; shard += 1) await scanShard(context, { scanId, shard });
      const state = (await stores.scans.get(scanId))?.value.state;
      if (state !== 'complete') throw new Error(`the scan is ${state}`);
      return { shards, clusters };
    },
  };
}

function settingsIn(json: unknown): Settings {
  const parsed = parseSettings(json);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.settings;
}

interface Estate {
  readonly rows: readonly object[];
  readonly settings: object;
}

async function callsOfAzure(label: string, estate: Estate, budget?: number): Promise<void> {
  const settings = settingsIn(estate.settings);
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-bench-'));
  const rows = estate.rows.map((row) => ({ ...row }));
  const simulator = await startSimulator({ rows, quotas: false });
  try {
    const cloud = join(folder, 'cloud.json');
    writeFileSync(cloud, JSON.stringify(simulator.cloud));
    const { tenantId, clientId, clientSecret } = simulator.reader;
    Object.assign(process.env, {
      AZURE_TENANT_ID: tenantId,
      AZURE_CLIENT_ID: clientId,
      AZURE_CLIENT_SECRET: clientSecret,
    });
    const source = { kind: 'live', cloud } as const;
    const audit = await startAudit({ source, settings, strict: false, now: () => new Date() });
    for await (const _ of audit.shards);
    const { cost: whole } = await audit.finish();
    const tenant = liveTenant(source);
    const service = serviceOf(tenant, settings);
    const { shards, clusters } = await service.scan();
    const first = tenant.calls();
    await service.scan();
    const both = tenant.calls();
    for (const [kind, name] of [
      ['resourceGraphCalls', 'Resource Graph'],
      ['armReads', 'Resource Manager'],
      ['graphCalls', 'Microsoft Graph'],
    ] as const) {
      console.log(
        [
          label.padEnd(6),
          String(clusters).padStart(8),
          String(shards).padStart(6),
          name.padEnd(16),
          String(whole[kind]).padStart(8),
          String(first[kind]).padStart(9),
          (first[kind] / Math.max(1, whole[kind])).toFixed(2).padStart(5),
          String(both[kind] - first[kind]).padStart(9),
        ].join('  '),
      );
    }
    if (budget !== undefined) {
      const kept = first.resourceGraphCalls <= budget ? 'kept' : 'MISSED';
      console.log(
        `budget: ${budget} calls of Resource Graph for ${clusters} clusters at once; sharded: ${kept}`,
      );
    }
  } finally {
    await simulator.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function rowOf(body: object): readonly Row[] {
  const { id, type } = { id: undefined, type: undefined, ...body };
  const known = resourceTypeNamed(String(type));
  if (known === undefined) return [];
  return [{ kind: 'row', id: resourceId(String(id)), type: known, body: { ...body } }];
}

/** A tenant whose clusters are made when they are read, each alike whenever that is. */
function madeTenant(clusters: number): TenantReader {
  const { rows: shared } = generateEstate(seed, 1, conditions);
  const common = shared.flatMap(rowOf).filter(({ id }) => !id.startsWith('/subscriptions/'));
  const rowsOf = (index: number) => generateCluster(seed, index, conditions).rows.flatMap(rowOf);
  const isRoot = new Set<string>(rootTypes);
  const indexes = new Map<ResourceId, number>();
  return {
    async readScope() {
      const items = Array.from({ length: clusters }, (_, index) => {
        const roots = rowsOf(index).filter(({ type }) => isRoot.has(type));
        for (const { id } of roots) indexes.set(id, index);
        return roots;
      });
      return { items: [...common, ...items.flat()], covered: [] };
    },
    async readClusters(ids, { items }) {
      const own = ids.flatMap((id) => rowsOf(indexes.get(id) ?? Number.NaN));
      return [...items, ...own];
    },
    readCluster: () => Promise.reject(new Error('no event came')),
    readResource: () => Promise.reject(new Error('no event came')),
  };
}

function isAtEnd(progress: unknown): boolean {
  if (typeof progress !== 'object' || progress === null) return false;
  const { done, total } = { done: undefined, total: undefined, ...progress };
  return total !== undefined && done === total;
}

/** What is reachable now, in megabytes. */
function liveHeap(): number {
  globalThis.gc?.();
  return Math.round(process.memoryUsage().heapUsed / 2 ** 20);
}

async function storageOf(clusters: number): Promise<void> {
  const heaps: number[] = [];
  const tenant = madeTenant(clusters);
  const service = serviceOf(
    { tenant: () => tenant, calls: () => ({}) },
    defaultSettings(),
    (message, { progress }) => {
      // Once in each shard, with all of it in memory.
      if (message === 'scan progress' && isAtEnd(progress)) heaps.push(liveHeap());
    },
  );
  for (const which of clusters > withNextScan ? ['first'] : ['first', 'next']) {
    const started = performance.now();
    const { clusters: found, shards } = await service.scan();
    const seconds = (performance.now() - started) / 1000;
    const total = [...service.counts.values()].reduce((sum, count) => sum + count, 0);
    console.log(
      `${which} scan: ${found} clusters in ${shards} shards, ${seconds.toFixed(0)} s, ${(total / found).toFixed(2)} transactions of tables for each cluster`,
    );
    for (const [kind, count] of [...service.counts].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
      console.log(`  ${kind.padEnd(20)} ${String(count).padStart(7)}`);
    }
  }
  const kept = liveHeap();
  const peak = Math.max(...heaps);
  console.log(
    `live heap in a shard: ${heaps[0]} MB in the first, ${peak} MB at most; the stores in memory keep ${kept} MB`,
  );
  console.log(`peak memory: ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`);
}

const [asked = '10000', mode] = process.argv.slice(2);
if (mode === 'storage') await storageOf(Number(asked));
else {
  console.log('estate  clusters  shards  calls of          at once  sharded  ratio  next scan');
  await callsOfAzure('demo', demoEstate());
  await callsOfAzure('seed 1', generateEstate(seed, 1000, conditions), resourceGraphBudget);
  // In a process of its own: its peak of memory is the scan's.
  for (const clusters of [String(withNextScan), asked]) {
    const own = ['--expose-gc', import.meta.filename, clusters, 'storage'];
    const { status } = spawnSync(process.execPath, own, { stdio: 'inherit' });
    if (status !== 0) process.exitCode = 1;
  }
}
