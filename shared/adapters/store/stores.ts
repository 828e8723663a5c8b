import type { MessageQueues, Stores, WorkFiles } from '../../store-ports.ts';
import { alertRecords } from './alert-records.ts';
import { clusterRecords } from './cluster-records.ts';
import { dependencyRecords } from './dependency-records.ts';
import { discoveryRecords } from './discovery-records.ts';
import { findingRecords } from './finding-records.ts';
import { type MemoryQueues, memoryQueues } from './memory-queues.ts';
import { memoryFiles } from './memory-files.ts';
import { memoryTables } from './memory-tables.ts';
import { scanRecords } from './scan-records.ts';
import type { RemediationStore } from '../../remediation/remediation-store.ts';
import { type RemediationPlace, remediationRecords } from './remediation-records.ts';
import { trendRecords } from './trend-records.ts';

/** Everything that is kept, remediations too. */
export interface AllStores extends Stores {
  readonly remediations: RemediationStore;
}

/** Where things are kept; `snapshots` are for what was there before a change. */
export interface StorePlace<Q extends MessageQueues> extends RemediationPlace {
  readonly files: WorkFiles;
  readonly queues: Q;
}

/** Everything that is kept, on these tables, files and queues. */
export function storesOn<Q extends MessageQueues>(
  given: StorePlace<Q>,
): AllStores & { readonly queues: Q } {
  const { files, queues } = given;
  const place = { tables: given.tables, files };
  return {
    remediations: remediationRecords(given),
    findings: findingRecords(place),
    conditions: findingRecords(place, 'Alerts'),
    alerts: alertRecords(place),
    clusters: clusterRecords(place),
    dependencies: dependencyRecords(place),
    discoveries: discoveryRecords(place),
    scans: scanRecords(place),
    trend: trendRecords(place),
    files,
    queues,
  };
}

/** Everything in memory, by a clock of one's own. */
export function memoryStores(now: () => Date): AllStores & { readonly queues: MemoryQueues } {
  const files = memoryFiles();
  const queues = memoryQueues(now);
  return storesOn({ tables: memoryTables(), files, snapshots: memoryFiles(), queues, now });
}
