import { type ParsedServiceTags, readServiceTagList } from '../network/parse-service-tags.ts';
import { type ServiceTags, noServiceTags } from '../network/service-tags.ts';
import type { InventorySnapshot } from '../inventory/inventory-snapshot.ts';
import type { Missing } from '../model/verdict.ts';
import type { Row } from '../ports.ts';

const tagsType = 'microsoft.network/servicetags';

interface ReadRow {
  readonly tags: ServiceTags;
  readonly missing: readonly Missing[];
}

const read = new WeakMap<Row, ReadRow>();

/** The service tag list of the snapshot, or none where it is absent or not as published. */
export function readServiceTags(snapshot: InventorySnapshot): ServiceTags {
  const lists = snapshot.rowsOf(tagsType).map((row) => readRow(row).tags);
  return lists.find(({ listed }) => listed) ?? noServiceTags;
}

/** What of the snapshot's service tag lists was not understood. */
export function misreadServiceTags(snapshot: InventorySnapshot): readonly Missing[] {
  return snapshot.rowsOf(tagsType).flatMap((row) => readRow(row).missing);
}

/** Each row is parsed once, however many shards carry it: the list holds a hundred thousand prefixes. */
function readRow(row: Row): ReadRow {
  const before = read.get(row);
  if (before !== undefined) return before;
  const parsed = parse(row);
  read.set(row, parsed);
  return parsed;
}

function parse(row: Row): ReadRow {
  function miss(what: string, why: string): Missing {
    return { what, scope: row.id, gap: true, why };
  }
  let list: ParsedServiceTags;
  try {
    list = readServiceTagList(row.body);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { tags: noServiceTags, missing: [miss('the service tag list', error.message)] };
  }
  return {
    tags: list.tags,
    missing: list.unreadable.map((name) =>
      miss(`the addresses of the service tag ${name}`, 'the list gives it prefixes that are none'),
    ),
  };
}
