import { type ResourceId, nameOf, resourceId } from '../../model/resource-id.ts';
import type { Row, Scope } from '../../ports.ts';
import type { AzureClients } from './azure-clients.ts';
import { AzureError } from './azure-error.ts';
import { placeOf, readSubscriptions, subscriptionsInScope } from './azure-inventory.ts';
import { clusterCountsQuery } from './queries.ts';
import { newReading } from './reading.ts';

/** Clusters with what attaches them that are held at once: some fifteen kilobytes each. */
const clustersPerPart = 2_000;
/** Resource Graph takes no more subscriptions in one query. */
const subscriptionsPerPart = 1_000;

/**
 * The scope in parts of whole subscriptions, of about two thousand AKS clusters each; a cluster needs
 * nothing of another subscription to be found. A scope that is no larger is one part, and so is one
 * that cannot be counted: reading it will say why.
 */
export async function scopeParts(clients: AzureClients, scope: Scope): Promise<readonly Scope[]> {
  const counts = await clusterCounts(clients, scope);
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  if (total <= clustersPerPart || counts.size === 1) return [scope];
  const reading = newReading(clients, ['microsoft.resources/subscriptions'], () => {});
  const visible: ReadonlyMap<string, Row> = await readSubscriptions(reading);
  if (reading.gaps.length > 0) return [scope];
  return partsIn(subscriptionsInScope(visible, scope), counts);
}

/** Subscriptions by GUID in parts, those without clusters last. */
export function partsIn(
  subscriptions: readonly string[],
  counts: ReadonlyMap<string, number>,
): readonly Scope[] {
  const sorted = [...new Set(subscriptions)].toSorted();
  const parts: string[][] = [];
  let held = Number.POSITIVE_INFINITY;
  for (const hasClusters of [true, false]) {
    for (const subscription of sorted) {
      const count = counts.get(subscription) ?? 0;
      if (count > 0 !== hasClusters) continue;
      const part = parts.at(-1);
      const fits = held + count <= clustersPerPart && (part?.length ?? 0) < subscriptionsPerPart;
      if (part !== undefined && fits) part.push(subscription);
      else parts.push([subscription]);
      held = part !== undefined && fits ? held + count : count;
    }
  }
  return parts.map((part) => ({ subscriptions: part }));
}

/** AKS clusters by the GUID of their subscription; empty where nobody may say. */
async function clusterCounts(
  clients: AzureClients,
  scope: Scope,
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  const query = { query: clusterCountsQuery(), ...placeOf(scope) };
  try {
    for (let token: string | undefined, more = true; more;) {
      const page = await clients.queryResources(query, token);
      for (const { id, clusters } of page.rows) {
        const subscription: ResourceId = resourceId(String(id));
        counts.set(nameOf(subscription), Number(clusters));
      }
      token = page.skipToken;
      more = token !== undefined;
    }
  } catch (error) {
    if (!(error instanceof AzureError)) throw error;
    return new Map();
  }
  return counts;
}
