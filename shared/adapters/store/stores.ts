import type { MessageQueues, Stores, WorkFiles } from '../../store-ports.ts';
import { alertRecords } from './alert-records.ts';
import { clusterRecords } from './cluster-records.ts';
import { dependencyRecords } from './dependency-records.ts';
import { findingRecords } from './finding-records.ts';
import { type MemoryQueues, memoryQueues } from './memory-queues.ts';
import { memoryFiles } from './memory-files.ts';
import { memoryTables } from './memory-tables.ts';
import { scanRecords } from './scan-records.ts';
import type { TableStore } from './table-store.ts';
import { trendRecords } from './trend-records.ts';

/** Everything that is kept, on these tables, files and queues. */
export function storesOn<Q extends MessageQueues>(
  tables: TableStore,
  files: WorkFiles,
  queues: Q,
): Stores & { readonly queues: Q } {
  const place = { tables, files };
  return {
    findings: findingRecords(place),
    conditions: findingRecords(place, 'Alerts'),
    alerts: alertRecords(place),
    clusters: clusterRecords(place),
    dependencies: dependencyRecords(place),
    scans: scanRecords(place),
    trend: trendRecords(place),
    files,
    queues,
  };
}

/** Everything in memory, by a clock of one's own. */
export function memoryStores(now: () => Date): Stores & { readonly queues: MemoryQueues } {
  return storesOn(memoryTables(), memoryFiles(), memoryQueues(now));
}
