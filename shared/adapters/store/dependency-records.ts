import { type ResourceId, subscriptionIdOf } from '../../model/resource-id.ts';
import type { DependencyChange, DependencyStore } from '../../store-ports.ts';
import { type RecordPlace, keyOf, recordIn, textOfRecord } from './records.ts';
import { type TableWrite, behind, writesAtOnce } from './table-store.ts';

const table = 'Dependencies';
interface Dependency {
  readonly resource: ResourceId;
  readonly cluster: ResourceId;
}

interface PartitionWrite {
  readonly partition: string;
  readonly write: TableWrite;
}

/**
 * The table `Dependencies`: a partition for each subscription of a resource, so that a scan writes a
 * hundred at a time, and a row `<resource>|<cluster>` for each cluster that depends on one.
 */
export function dependencyRecords({ tables, files }: RecordPlace): DependencyStore {
  async function writesOf({
    cluster,
    before,
    after,
  }: DependencyChange): Promise<readonly PartitionWrite[]> {
    const kept = new Set(before);
    const wanted = new Set(after);
    const rowOf = (resource: ResourceId) => `${keyOf(resource)}|${keyOf(cluster)}`;
    const writes: PartitionWrite[] = [];
    for (const resource of wanted) {
      if (kept.has(resource)) continue;
      const text = await textOfRecord(files, { resource, cluster } satisfies Dependency);
      const write: TableWrite = { kind: 'upsert', row: rowOf(resource), text };
      writes.push({ partition: partitionOf(resource), write });
    }
    for (const resource of kept) {
      if (wanted.has(resource)) continue;
      // A removal of what is gone would undo its whole transaction.
      const partition = partitionOf(resource);
      if ((await tables.get(table, partition, rowOf(resource))) === undefined) continue;
      writes.push({ partition, write: { kind: 'remove', row: rowOf(resource) } });
    }
    return writes;
  }
  return {
    async clustersOf(resources) {
      const found = new Set<ResourceId>();
      const lookUp = async (resource: ResourceId): Promise<void> => {
        const prefix = `${keyOf(resource)}|`;
        const range = { partition: partitionOf(resource), from: prefix, to: behind(prefix) };
        for await (const each of tables.list(table, range)) {
          found.add((await recordIn<Dependency>(files, each)).cluster);
        }
      };
      await Promise.all([...new Set(resources)].map(lookUp));
      return [...found].toSorted();
    },
    async replace(changes) {
      const writes: PartitionWrite[] = [];
      for (const change of changes) writes.push(...(await writesOf(change)));
      for (const [partition, own] of Map.groupBy(writes, (each) => each.partition)) {
        for (let start = 0; start < own.length; start += writesAtOnce) {
          const some = own.slice(start, start + writesAtOnce).map(({ write }) => write);
          await tables.write(table, partition, some);
        }
      }
    },
  };
}

function partitionOf(id: ResourceId): string {
  return subscriptionIdOf(id) ?? 'none';
}
