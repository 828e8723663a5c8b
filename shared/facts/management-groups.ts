import type { InventorySnapshot } from '../inventory/inventory-snapshot.ts';
import { type ResourceId, resourceId } from '../model/resource-id.ts';
import { parseRow } from './rows/parse-row.ts';
import { subscriptionRow } from './rows/subscription.ts';

/** The management groups above a subscription, nearest first; empty where its row is not here. */
export function managementGroupsAbove(
  snapshot: InventorySnapshot,
  subscriptionId: string,
): readonly ResourceId[] {
  const row = snapshot.get(resourceId(`/subscriptions/${subscriptionId}`));
  const parsed = row === undefined ? undefined : parseRow(subscriptionRow, row);
  return parsed?.known === true ? parsed.value.properties.managementGroupAncestorsChain : [];
}
