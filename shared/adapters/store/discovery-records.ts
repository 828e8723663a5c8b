import { type ResourceId, subscriptionIdOf } from '../../model/resource-id.ts';
import type { Discovery, DiscoveryStore, Kept } from '../../store-ports.ts';
import { type RecordPlace, keyOf, recordIn, textOfRecord } from './records.ts';
import { behind } from './table-store.ts';

const table = 'Dependencies';

/** In the table `Dependencies`, a row `asked|<resource>` for each resource that somebody is to look at. */
export function discoveryRecords({ tables, files }: RecordPlace): DiscoveryStore {
  return {
    async get(resource) {
      const found = await tables.get(table, partitionOf(resource), rowOf(resource));
      if (found === undefined) return undefined;
      return { value: await recordIn<Discovery>(files, found), version: found.version };
    },
    async inSubscriptionOf(resource) {
      const range = { partition: partitionOf(resource), from: prefix, to: behind(prefix) };
      const all: Kept<Discovery>[] = [];
      for await (const found of tables.list(table, range)) {
        all.push({ value: await recordIn<Discovery>(files, found), version: found.version });
      }
      return all;
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
    remove: (resource, version) =>
      tables.removeAs(table, { partition: partitionOf(resource), row: rowOf(resource), version }),
  };
}

/** No key of a resource begins like this: those are hexadecimal. */
const prefix = 'asked|';

function rowOf(resource: ResourceId): string {
  return `${prefix}${keyOf(resource)}`;
}

function partitionOf(id: ResourceId): string {
  return subscriptionIdOf(id) ?? 'none';
}
