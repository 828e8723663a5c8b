import { parseServiceTags } from '../network/parse-service-tags.ts';
import { type ServiceTags, noServiceTags } from '../network/service-tags.ts';
import type { InventorySnapshot } from '../inventory/inventory-snapshot.ts';
import type { Row } from '../ports.ts';

const read = new WeakMap<Row, ServiceTags>();

/**
 * The service tag list of the snapshot, or none where it is absent or not as published. Each row is
 * parsed once, however many shards carry it: the list holds a hundred thousand prefixes.
 */
export function readServiceTags(snapshot: InventorySnapshot): ServiceTags {
  for (const row of snapshot.rowsOf('microsoft.network/servicetags')) {
    const tags = read.get(row) ?? parse(row);
    read.set(row, tags);
    if (tags.listed) return tags;
  }
  return noServiceTags;
}

function parse(row: Row): ServiceTags {
  try {
    return parseServiceTags(row.body);
  } catch (error) {
    if (error instanceof RangeError) return noServiceTags;
    throw error;
  }
}
