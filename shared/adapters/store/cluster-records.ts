import { type ResourceId, subscriptionIdOf } from '../../model/resource-id.ts';
import {
  type ClusterState,
  type ClusterStore,
  ConflictError,
  type Kept,
} from '../../store-ports.ts';
import { type RecordPlace, keyOf, recordIn, textOfRecord } from './records.ts';
import { type TableRow, type TableWrite, writesAtOnce } from './table-store.ts';

const table = 'Clusters';
type Written = Parameters<ClusterStore['putAll']>[0][number];

/** The table `Clusters`: a partition for each subscription, a row for each cluster. */
export function clusterRecords({ tables, files }: RecordPlace): ClusterStore {
  const keptIn = async (found: TableRow): Promise<Kept<ClusterState>> => ({
    value: await recordIn<ClusterState>(files, found),
    version: found.version,
  });
  async function writeOf({ value, version }: Written): Promise<TableWrite> {
    const row = keyOf(value.id);
    const text = await textOfRecord(files, value);
    return version === undefined
      ? { kind: 'insert', row, text }
      : { kind: 'update', row, text, version };
  }
  /** One transaction, which one row of another version undoes; then its halves, down to that row. */
  async function putSome(
    partition: string,
    states: readonly Written[],
  ): Promise<readonly ResourceId[]> {
    const writes = await Promise.all(states.map(writeOf));
    try {
      await tables.write(table, partition, writes);
      return [];
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
      const [one, ...others] = states;
      if (one !== undefined && others.length === 0) return [one.value.id];
    }
    const halves = [states.slice(0, states.length / 2), states.slice(states.length / 2)];
    const conflicts: ResourceId[] = [];
    for (const half of halves) conflicts.push(...(await putSome(partition, half)));
    return conflicts;
  }
  return {
    async get(id) {
      const found = await tables.get(table, partitionOf(id), keyOf(id));
      return found === undefined ? undefined : keptIn(found);
    },
    async put(value, version) {
      const write = await writeOf({ value, ...(version === undefined ? {} : { version }) });
      await tables.write(table, partitionOf(value.id), [write]);
    },
    async putAll(states) {
      const conflicts: ResourceId[] = [];
      for (const [partition, own] of Map.groupBy(states, ({ value }) => partitionOf(value.id))) {
        for (let start = 0; start < own.length; start += writesAtOnce) {
          const some = own.slice(start, start + writesAtOnce);
          conflicts.push(...(await putSome(partition, some)));
        }
      }
      return conflicts;
    },
    remove: (id, version) =>
      tables.removeAs(table, { partition: partitionOf(id), row: keyOf(id), version }),
    async *list() {
      for await (const found of tables.list(table, {})) yield await keptIn(found);
    },
  };
}

function partitionOf(id: ResourceId): string {
  return subscriptionIdOf(id) ?? 'none';
}
