import type { InventorySnapshot } from '../inventory/inventory-snapshot.ts';
import { type ResourceId, resourceId } from '../model/resource-id.ts';
import { type Known, known, unknown } from '../model/verdict.ts';
import type { Row } from '../ports.ts';
import { notRead } from './row-reader.ts';
import { parseRow } from './rows/parse-row.ts';
import { subscriptionRow } from './rows/subscription.ts';

/** The management groups above a subscription, nearest first; unknown where its row does not say. */
export function managementGroupsAbove(
  snapshot: InventorySnapshot,
  subscriptionId: string,
): Known<readonly ResourceId[]> {
  const id = resourceId(`/subscriptions/${subscriptionId}`);
  const row = snapshot.get(id);
  if (row === undefined) return unknown(notRead('subscription', id));
  return managementGroupsIn(row);
}

/** The management groups that a subscription's row names, nearest first. */
export function managementGroupsIn(row: Row): Known<readonly ResourceId[]> {
  const parsed = parseRow(subscriptionRow, row);
  return parsed.known ? known(parsed.value.properties.managementGroupAncestorsChain) : parsed;
}
