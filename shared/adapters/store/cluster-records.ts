import { type ResourceId, subscriptionIdOf } from '../../model/resource-id.ts';
import type { ClusterState, ClusterStore, Kept } from '../../store-ports.ts';
import { type RecordPlace, keyOf, recordIn, textOfRecord } from './records.ts';
import type { TableRow } from './table-store.ts';

const table = 'Clusters';

/** The table `Clusters`: a partition for each subscription, a row for each cluster. */
export function clusterRecords({ tables, files }: RecordPlace): ClusterStore {
  const keptIn = async (found: TableRow): Promise<Kept<ClusterState>> => ({
    value: await recordIn<ClusterState>(files, found),
    version: found.version,
  });
  return {
    async get(id) {
      const found = await tables.get(table, partitionOf(id), keyOf(id));
      return found === undefined ? undefined : keptIn(found);
    },
    async put(state, version) {
      const row = keyOf(state.id);
      const text = await textOfRecord(files, state);
      await tables.write(table, partitionOf(state.id), [
        version === undefined
          ? { kind: 'insert', row, text }
          : { kind: 'update', row, text, version },
      ]);
    },
    async remove(id) {
      const partition = partitionOf(id);
      if ((await tables.get(table, partition, keyOf(id))) === undefined) return;
      await tables.write(table, partition, [{ kind: 'remove', row: keyOf(id) }]);
    },
    async *list() {
      for await (const found of tables.list(table, {})) yield await keptIn(found);
    },
  };
}

function partitionOf(id: ResourceId): string {
  return subscriptionIdOf(id) ?? 'none';
}
