import { isTenantWide } from '../../inventory/coverage.ts';
import type { ResourceType } from '../../inventory/resource-types.ts';
import { type ResourceId, nameOf, subscriptionIdOf } from '../../model/resource-id.ts';
import type { Gap, Row, Scope, ScopeReading, TenantReader } from '../../ports.ts';
import { apiVersions } from './api-versions.ts';
import type { AzureClients, Json } from './azure-clients.ts';
import { AzureError } from './azure-error.ts';
import {
  type AzureInventoryOptions,
  clustersIn,
  graphRoots,
  readAround,
  readDenials,
  readRoots,
  readSubscriptions,
  readTenantRows,
  rootsOfClusters,
  subscriptionsInScope,
} from './azure-inventory.ts';
import { readComputes } from './compute-rows.ts';
import { listEach } from './list-each.ts';
import { readCoverage } from './read-coverage.ts';
import { type Reading, newReading } from './reading.ts';
import { scopeParts } from './scope-parts.ts';
import { indexedReads, liveReads, typeOf } from './resource-reads.ts';

const subscriptionsType = 'microsoft.resources/subscriptions';
const endpointsType = 'microsoft.machinelearningservices/workspaces/onlineendpoints';
const extensionsType = 'microsoft.kubernetesconfiguration/extensions';

/**
 * A live tenant, read in the parts that the service asks for. A scan reads Resource Graph; a check
 * after an event reads Resource Manager, because the index may be hours old. Even then subscriptions,
 * security admin rules and members of application security groups come from the index: of their
 * changes no event tells.
 */
export function azureTenant(
  clients: AzureClients,
  types: readonly ResourceType[],
  options: AzureInventoryOptions,
): TenantReader {
  const hasty = clients.inHaste();
  const begin = (by = clients) => newReading(by, types, options.onRows ?? (() => {}));

  async function readClusters(
    clusters: readonly ResourceId[],
    { items, covered }: ScopeReading,
  ): Promise<readonly (Row | Gap)[]> {
    const reading = begin();
    for (const item of items) {
      if (item.kind === 'row') reading.take(item.body, item.type);
      else reading.miss(item);
    }
    const roots = rootsOfClusters(reading, clusters);
    const concerned = await readAround(reading, roots, options, indexedReads, {
      visible: subscriptionsIn(reading),
      alsoConcerned: clusters.flatMap((id) => subscriptionIdOf(id) ?? []),
      covered: new Set(covered),
    });
    return itemsOf(reading, concerned);
  }

  return {
    partsOf: (scope) => scopeParts(clients, scope),
    async readScope(scope: Scope) {
      const reading = begin();
      const visible = await readSubscriptions(reading);
      await readRoots(reading, scope);
      await readComputes(reading);
      const seen = new Set(visible.keys());
      const inScope = new Set(subscriptionsInScope(visible, scope));
      const denials = await readDenials(reading, inScope, seen);
      await readCoverage(reading, inScope, seen, denials);
      const roots = graphRoots(reading, options.clusters);
      await readTenantRows(reading, [...seen][0], clustersIn(roots), indexedReads);
      return {
        items: [...reading.rows.values(), ...reading.gaps],
        covered: [...inScope].toSorted(),
      };
    },
    readClusters,
    async readCluster(cluster, workspaces) {
      const reading = begin(hasty);
      const visible = await readSubscriptions(reading);
      await liveReads.byIds(reading, [cluster, ...workspaces]);
      await readAttachments(reading, cluster, workspaces);
      const found = rootsOfClusters(reading, [cluster]);
      const concerned = await readAround(reading, found, options, liveReads, {
        visible: new Set(visible.keys()),
        // A workspace that is not seen may lie where the reader sees nothing.
        alsoConcerned: [cluster, ...workspaces].map((id) => subscriptionIdOf(id) ?? ''),
        covered: new Set(),
      });
      await readTenantRows(reading, subscriptionIdOf(cluster), clustersIn(found), liveReads);
      return itemsOf(reading, concerned);
    },
    async readResource(id) {
      const type = typeOf(id);
      const version = type === undefined ? undefined : apiVersions[type];
      if (version === undefined) return undefined;
      const body = await hasty.getArm(id, version).catch((error: unknown): Json | undefined => {
        if (error instanceof AzureError && error.code === 'notFound') return undefined;
        throw error;
      });
      return body === undefined ? undefined : begin().take(body, type);
    },
  };
}

/** What of a cluster and its workspaces shows that it serves Azure ML. */
async function readAttachments(
  reading: Reading,
  cluster: ResourceId,
  workspaces: readonly ResourceId[],
): Promise<void> {
  await readComputes(reading);
  // Nothing lies in one that is gone; where it could not be read, nobody knows.
  const isGone = (id: ResourceId) =>
    !reading.rows.has(id) && !reading.gaps.some(({ scope }) => scope === id);
  await listEach(reading, {
    type: endpointsType,
    parents: workspaces.filter((id) => !isGone(id)),
    pathOf: (workspace) => `${workspace}/onlineEndpoints`,
    apiVersion: apiVersions[endpointsType] ?? '',
    what: (workspace) => `online endpoints of workspace ${nameOf(workspace)}`,
  });
  await listEach(reading, {
    type: extensionsType,
    parents: reading.rows.has(cluster) ? [cluster] : [],
    pathOf: (id) => `${id}/providers/Microsoft.KubernetesConfiguration/extensions`,
    apiVersion: apiVersions[extensionsType] ?? '',
    what: (id) => `extensions of cluster ${nameOf(id)}`,
  });
}

function subscriptionsIn(reading: Reading): ReadonlySet<string> {
  const rows = [...reading.rows.values()].filter(({ type }) => type === subscriptionsType);
  return new Set(rows.map(({ id }) => nameOf(id)));
}

/** What came along from elsewhere says nothing of what else is there. */
function itemsOf(reading: Reading, concerned: ReadonlySet<string>): readonly (Row | Gap)[] {
  const rows = [...reading.rows.values()].filter(({ id, type }) => {
    const subscription = isTenantWide(type) ? undefined : subscriptionIdOf(id);
    return subscription === undefined || concerned.has(subscription);
  });
  return [...rows, ...reading.gaps];
}
