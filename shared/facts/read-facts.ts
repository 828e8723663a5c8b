import type { ComputeType } from '../model/check.ts';
import type { InventorySnapshot } from '../inventory/inventory-snapshot.ts';
import {
  type ResourceId,
  nameOf,
  resourceGroupOf,
  subscriptionIdOf,
} from '../model/resource-id.ts';
import { type Missing, foundIn, known, listing, unknown } from '../model/verdict.ts';
import type { ServiceTags } from '../network/service-tags.ts';
import { readAddressPlan, unreadAddressPlan } from './address-plan.ts';
import { type AdminRulesOf, readAdminRules } from './admin-rules.ts';
import { type ClusterToRead, isNetworkMadeByAks, readSubnets } from './cluster-subnets.ts';
import { type Computes, computesIn } from './computes.ts';
import { apiServerAccess, readControlPlane, unreadControlPlane } from './control-plane.ts';
import { readControlPlaneIdentity } from './control-plane-identity.ts';
import { knownByOf, nodeGroupOf, readKnownBy } from './find-clusters.ts';
import { type GroupMembersOf, readGroupMembers } from './group-members.ts';
import type { InferenceCluster, KnownBy } from './inference-cluster.ts';
import { readNodeInterfaces } from './node-interfaces.ts';
import { type AccessOf, readAccess } from './read-access.ts';
import { readServiceTags } from './read-service-tags.ts';
import { missingOf, type RowReader, rowReader } from './row-reader.ts';
import { type ManagedClusterRow, managedClusterRow } from './rows/managed-cluster.ts';
import { subscriptionNameRow } from './rows/subscription.ts';
import { tagsOf } from './rows/tags.ts';
import { readScoringEndpoints } from './scoring-endpoints.ts';
import { readWorkspaces } from './workspaces.ts';

/** What clusters share: the joins that look at every row. */
interface Shared {
  readonly computes: Computes;
  readonly knownBy: ReadonlyMap<ResourceId, readonly KnownBy[]>;
  readonly adminRulesOf: AdminRulesOf;
  readonly groupMembersOf: GroupMembersOf;
  readonly accessOf: AccessOf;
  readonly serviceTags: ServiceTags;
  /** By the GUID of the subscription. */
  readonly subscriptionNames: ReadonlyMap<string, string>;
}

/** What the clusters that are read together share: their rows are read once for all of them. */
interface Together extends Shared {
  readonly reader: RowReader;
}

/**
 * The facts of these clusters, in their order: the snapshot's rows joined, each value known or with
 * what is missing of it. Clusters that share a network share its facts. Never throws for a row.
 * Nothing is kept of them but what joins every row, so that shard after shard takes no more memory.
 */
export function readFacts(
  snapshot: InventorySnapshot,
  clusterIds: readonly ResourceId[],
): InferenceCluster[] {
  const shared = { ...sharedBy(snapshot), reader: rowReader(snapshot) };
  return clusterIds.map((id) => {
    const row = shared.reader.follow(managedClusterRow, id, 'AKS cluster');
    return row.known
      ? readCluster(shared, id, row.value)
      : unreadableCluster(shared, id, row.missing);
  });
}

const made = new WeakMap<InventorySnapshot, Shared>();

/** What the clusters of a snapshot share, made once for all its shards: snapshots do not change. */
function sharedBy(snapshot: InventorySnapshot): Shared {
  const before = made.get(snapshot);
  if (before !== undefined) return before;
  const reader = rowReader(snapshot);
  const computes = computesIn(snapshot);
  const shared: Shared = {
    computes,
    knownBy: readKnownBy(reader, computes),
    adminRulesOf: readAdminRules(reader),
    groupMembersOf: readGroupMembers(reader),
    accessOf: readAccess(reader),
    serviceTags: readServiceTags(snapshot),
    subscriptionNames: readSubscriptionNames(reader),
  };
  made.set(snapshot, shared);
  return shared;
}

function readCluster(shared: Together, id: ResourceId, row: ManagedClusterRow): InferenceCluster {
  const { reader, computes } = shared;
  const { nodeResourceGroup, provisioningState, powerState, networkProfile } = row.properties;
  const outboundType = networkProfile?.outboundType;
  const nodeGroup = nodeGroupOf(id, nodeResourceGroup);
  const cluster: ClusterToRead = {
    id,
    row,
    nodeGroup,
    interfaces: readNodeInterfaces(reader, id, row, nodeGroup),
  };
  const subnets = readSubnets(reader, cluster, shared.adminRulesOf, shared.groupMembersOf);
  const own = computes.of(id);
  const subscriptions = [id, ...foundIn(subnets).map((subnet) => subnet.id)];
  return {
    ...identityOf(shared, id),
    name: row.name ?? nameOf(id),
    location: row.location ?? '',
    tags: tagsOf(row.tags),
    apiServer: apiServerAccess(row),
    controlPlane: readControlPlane(reader, id, row),
    computeTypes: own.known ? known(computeTypes(own.value)) : own,
    computes: listing(computes.seenOf(id), missingOf(own)),
    networkMadeByAks: isNetworkMadeByAks(row),
    addresses: readAddressPlan(id, row, computes),
    subnets,
    scoringEndpoints: readScoringEndpoints(reader, cluster, computes, subnets),
    identity: readControlPlaneIdentity(reader, cluster),
    workspaces: readWorkspaces(reader, computes, id),
    access: shared.accessOf(subscriptions.flatMap((one) => subscriptionIdOf(one) ?? [])),
    ...(nodeResourceGroup === undefined ? {} : { nodeResourceGroup }),
    ...(provisioningState === undefined ? {} : { provisioningState }),
    ...(powerState?.code === undefined ? {} : { powerState: powerState.code }),
    ...(outboundType === undefined ? {} : { outboundType }),
  };
}

function unreadableCluster(
  shared: Shared,
  id: ResourceId,
  missing: readonly Missing[],
): InferenceCluster {
  const nothing = unknown(...missing);
  return {
    ...identityOf(shared, id),
    unreadable: missing,
    name: nameOf(id),
    location: '',
    tags: {},
    apiServer: 'public',
    controlPlane: unreadControlPlane(nothing),
    computeTypes: nothing,
    computes: nothing,
    networkMadeByAks: false,
    addresses: unreadAddressPlan(nothing),
    subnets: nothing,
    scoringEndpoints: nothing,
    identity: nothing,
    workspaces: nothing,
    access: shared.accessOf([subscriptionIdOf(id) ?? '']),
  };
}

function readSubscriptionNames(reader: RowReader): ReadonlyMap<string, string> {
  const { found } = reader.all(subscriptionNameRow, 'microsoft.resources/subscriptions');
  return new Map(
    found.flatMap(({ row, value: { name } }) =>
      name === undefined ? [] : [[nameOf(row.id), name] as const],
    ),
  );
}

function identityOf(shared: Shared, id: ResourceId) {
  const subscriptionId = subscriptionIdOf(id) ?? '';
  const subscriptionName = shared.subscriptionNames.get(subscriptionId);
  return {
    id,
    subscriptionId,
    ...(subscriptionName === undefined ? {} : { subscriptionName }),
    resourceGroup: resourceGroupOf(id) ?? '',
    knownBy: knownByOf(shared.knownBy, id),
    serviceTags: shared.serviceTags,
  };
}

function computeTypes(computes: readonly { readonly type: ComputeType }[]): ComputeType[] {
  return (['AKS', 'Kubernetes'] as const).filter((type) =>
    computes.some((compute) => compute.type === type),
  );
}
