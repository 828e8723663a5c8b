import { createReadStream, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileSpool } from '../../shared/adapters/files/spool-file.ts';
import { memoryTables } from '../../shared/adapters/store/memory-tables.ts';
import { storesOn } from '../../shared/adapters/store/stores.ts';
import type { TableStore } from '../../shared/adapters/store/table-store.ts';
import { catalogue } from '../../shared/checks/catalogue.ts';
import { cutScan } from '../../shared/pipeline/cut-scan.ts';
import { scanShard } from '../../shared/pipeline/scan-shard.ts';
import type { ServiceContext } from '../../shared/pipeline/service-context.ts';
import type { Settings } from '../../shared/settings/settings.ts';
import type { MessageQueues, WorkFiles } from '../../shared/store-ports.ts';

/** The tables that say how far a scan has come; all others are somebody else's memory. */
const kept = new Set(['Scans', 'History']);

/** Tables that take everything and, but for the scan's own state, hold nothing: the worker's memory alone is measured. */
function forgetfulTables(): TableStore {
  const tables = memoryTables();
  return {
    get: async (table, partition, row) =>
      kept.has(table) ? tables.get(table, partition, row) : undefined,
    async *list(table, range) {
      if (kept.has(table)) yield* tables.list(table, range);
    },
    write: async (table, partition, writes) => {
      if (kept.has(table)) await tables.write(table, partition, writes);
    },
    removeAs: async (table, row) => {
      if (kept.has(table)) await tables.removeAs(table, row);
    },
  };
}

const deafQueues: MessageQueues = {
  send: async () => {},
  depth: async () => ({ waiting: 0, poisoned: 0 }),
};

/** Files in a folder of their own. */
function diskFiles(folder: string): WorkFiles {
  const pathOf = (name: string) => join(folder, name);
  return {
    async write(name, pieces) {
      mkdirSync(dirname(pathOf(name)), { recursive: true });
      await writeFile(pathOf(name), pieces);
    },
    async lines(name) {
      if (!existsSync(pathOf(name))) return undefined;
      const input = createReadStream(pathOf(name), { encoding: 'utf8' });
      return createInterface({ input, crlfDelay: Infinity });
    },
    async *names(prefix) {
      const found = readdirSync(folder, { recursive: true, encoding: 'utf8' });
      yield* found.filter((name) => name.startsWith(prefix)).toSorted();
    },
    remove: (name) => rm(pathOf(name)),
  };
}

/** One scan by the service's own steps, from the cut to the report. */
export interface ScanService {
  scan(): Promise<{ readonly shards: number; readonly clusters: number }>;
  close(): void;
}

export function scanService(
  tenant: Pick<ServiceContext, 'tenant' | 'calls'>,
  settings: Settings,
  tell: ServiceContext['tell'] = () => {},
): ScanService {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-bench-'));
  let at = Date.parse('2026-11-24T02:00:00.000Z');
  let ids = 0;
  const now = () => new Date(at);
  const files = diskFiles(folder);
  const stores = storesOn({
    tables: forgetfulTables(),
    files,
    snapshots: files,
    queues: deafQueues,
    now,
  });
  const context: ServiceContext = {
    ...tenant,
    cloud: 'public',
    stores,
    remediations: stores.remediations,
    maxMode: 'alert',
    wait: async () => {},
    reports: {
      async save(_, pieces) {
        for await (const piece of pieces) void piece;
      },
    },
    catalogue,
    settings: async () => settings,
    now,
    checkDelayMs: 30_000,
    newId: () => `id-${(ids += 1)}`,
    spool: fileSpool,
    tell,
    sinkOf: () => ({ send: async () => {} }),
    alertPlaces: {},
    deadline: (ms) => AbortSignal.timeout(ms),
  };
  return {
    async scan() {
      at += 24 * 3_600_000;
      const { scanId, shards, clusters } = await cutScan(context);
      for (let shard = 1; shard <= shards; shard += 1) await scanShard(context, { scanId, shard });
      const state = (await stores.scans.get(scanId))?.value.state;
      if (state !== 'complete') throw new Error(`the scan is ${state}`);
      return { shards, clusters };
    },
    close: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
