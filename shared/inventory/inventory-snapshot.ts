import {
  isWithin,
  resourceGroupIdOf,
  resourceId,
  subscriptionIdOf,
  type ResourceId,
} from '../model/resource-id.ts';
import { known, unknown, type Known } from '../model/verdict.ts';
import type { Gap, Inventory, Row, Scope } from '../ports.ts';
import { assume, isAssumedEmpty, type Reading } from './coverage.ts';
import type { ResourceType } from './resource-types.ts';

/** What was read, of a tenant or of one shard of it, indexed so that facts can join it. */
export interface InventorySnapshot {
  /** What could not be read and is not assumed. */
  readonly gaps: readonly Gap[];
  /** The types that were asked for, where that is known: of others, absence proves nothing. */
  readonly asked?: ReadonlySet<ResourceType>;
  /** Sentences about what was taken as empty although nobody read it. */
  readonly assumptions: readonly string[];
  /** Every row of the type, in the order read. */
  rowsOf(type: ResourceType): readonly Row[];
  /** The row with this id; ids are unique across types. */
  get(id: ResourceId): Row | undefined;
  /** The rows of the type at or below the scope, by whole path segments. */
  rowsWithin(type: ResourceType, scope: ResourceId): readonly Row[];
  /** Whether all rows of the type in the subscription were read; missing are the gaps that touch it. */
  wasRead(type: ResourceType, subscriptionId: string): Known<true>;
  /** Whether all rows of the type at or below the scope were read; missing are the gaps that touch it. */
  wasReadWithin(type: ResourceType, scope: ResourceId): Known<true>;
}

interface TypeIndex {
  readonly rows: readonly Row[];
  readonly byGroup: ReadonlyMap<string, readonly Row[]>;
  readonly bySubscription: ReadonlyMap<string, readonly Row[]>;
}

const live: Reading = { offline: false, strict: false };

/** Everything of these types that the inventory can see within the scope. */
export async function collect(
  inventory: Inventory,
  types: readonly ResourceType[],
  scope: Scope,
  reading: Reading = live,
): Promise<InventorySnapshot> {
  const items: (Row | Gap)[] = [];
  for await (const item of inventory.read(types, scope)) items.push(item);
  return snapshotOf(items, reading, types);
}

/**
 * A snapshot of these rows and gaps, of which these types were asked for. Where an id comes twice, as
 * pages of a moving index do, the later row holds.
 */
export function snapshotOf(
  items: Iterable<Row | Gap>,
  reading: Reading = live,
  types?: readonly ResourceType[],
): InventorySnapshot {
  const asked = types === undefined ? undefined : new Set(types);
  const byId = new Map<ResourceId, Row>();
  const byType = new Map<ResourceType, Map<ResourceId, Row>>();
  const found: Gap[] = [];
  for (const item of items) {
    if (item.kind === 'gap') {
      found.push(item);
      continue;
    }
    byId.set(item.id, item);
    const rows = byType.get(item.type) ?? new Map<ResourceId, Row>();
    byType.set(item.type, rows.set(item.id, item));
  }
  const indexes = new Map([...byType].map(([type, rows]) => [type, indexOf([...rows.values()])]));
  const { gaps, assumptions } = assume(found, reading, asked);
  const untyped = gaps.filter((gap) => gap.type === undefined);
  const triedUntyped = untyped.filter(({ tried }) => tried === true);
  const typed = Map.groupBy(gaps, (gap) => gap.type);

  function wasReadWithin(type: ResourceType, scope: ResourceId): Known<true> {
    const hiding = isAssumedEmpty(type, reading) ? triedUntyped : untyped;
    const touching = [...(typed.get(type) ?? []), ...hiding].filter((gap) => touches(gap, scope));
    return touching.length === 0
      ? known(true)
      : unknown(...touching.map(({ what, scope: where, why }) => ({ what, scope: where, why })));
  }

  return {
    gaps,
    assumptions,
    ...(asked === undefined ? {} : { asked }),
    rowsOf: (type) => indexes.get(type)?.rows ?? [],
    get: (id) => byId.get(id),
    rowsWithin: (type, scope) => {
      const index = indexes.get(type);
      if (index === undefined) return [];
      return candidates(index, scope).filter((row) => isWithin(row.id, scope));
    },
    wasRead: (type, subscriptionId) =>
      wasReadWithin(type, resourceId(`/subscriptions/${subscriptionId}`)),
    wasReadWithin,
  };
}

function indexOf(rows: readonly Row[]): TypeIndex {
  return {
    rows,
    byGroup: Map.groupBy(rows, (row) => resourceGroupIdOf(row.id) ?? ''),
    bySubscription: Map.groupBy(rows, (row) => subscriptionIdOf(row.id) ?? ''),
  };
}

function candidates(index: TypeIndex, scope: ResourceId): readonly Row[] {
  const group = resourceGroupIdOf(scope);
  if (group !== undefined) return index.byGroup.get(group) ?? [];
  const subscription = subscriptionIdOf(scope);
  return subscription === undefined ? index.rows : (index.bySubscription.get(subscription) ?? []);
}

/** Files and management groups may hide anything, wherever it is. */
function touches(gap: Gap, scope: ResourceId): boolean {
  const where = resourceId(gap.scope);
  if (!where.startsWith('/subscriptions/')) return true;
  return isWithin(where, scope) || isWithin(scope, where);
}
