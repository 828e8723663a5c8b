import { type ResourceId, subscriptionIdOf } from '../../model/resource-id.ts';
import { ConflictError, type Discovery, type DiscoveryStore } from '../../store-ports.ts';
import { type RecordPlace, keyOf, recordIn, textOfRecord } from './records.ts';

const table = 'Dependencies';

/** In the table `Dependencies`, a row `asked|<resource>` for each resource that somebody is to look at. */
export function discoveryRecords({ tables, files }: RecordPlace): DiscoveryStore {
  return {
    async get(resource) {
      const found = await tables.get(table, partitionOf(resource), rowOf(resource));
      if (found === undefined) return undefined;
      return { value: await recordIn<Discovery>(files, found), version: found.version };
    },
    async put(discovery, version) {
      const row = rowOf(discovery.resource);
      const text = await textOfRecord(files, discovery);
      await tables.write(table, partitionOf(discovery.resource), [
        version === undefined
          ? { kind: 'insert', row, text }
          : { kind: 'update', row, text, version },
      ]);
    },
    async remove(resource) {
      try {
        await tables.write(table, partitionOf(resource), [
          { kind: 'remove', row: rowOf(resource) },
        ]);
      } catch (error) {
        // It was gone already.
        if (!(error instanceof ConflictError)) throw error;
      }
    },
  };
}

/** No key of a resource begins like this: those are hexadecimal. */
function rowOf(resource: ResourceId): string {
  return `asked|${keyOf(resource)}`;
}

function partitionOf(id: ResourceId): string {
  return subscriptionIdOf(id) ?? 'none';
}
