import { computesIn } from '../facts/computes.ts';
import { nodeGroupOf } from '../facts/find-clusters.ts';
import { leavesOf, referencesOf, subnetsNamedIn, typesBehind } from '../facts/references.ts';
import { type RowReader, rowReader } from '../facts/row-reader.ts';
import { managedClusterRow } from '../facts/rows/managed-cluster.ts';
import type { InventorySnapshot } from '../inventory/inventory-snapshot.ts';
import type { ResourceType } from '../inventory/resource-types.ts';
import { resourceTypeNamed, typeInId } from '../inventory/row-type.ts';
import {
  type ResourceId,
  resourceGroupIdOf,
  resourceId,
  subscriptionIdOf,
} from '../model/resource-id.ts';
import type { Row } from '../ports.ts';

/** What leads from a cluster, and to it. */
export interface ClusterLinks {
  /** What a change of may change a verdict: resources, and scopes within which anything may; sorted. */
  readonly dependencies: readonly ResourceId[];
  /** The workspaces that attach it: from where a live read finds the rest. */
  readonly workspaces: readonly ResourceId[];
  /** What leads on and was not there: behind it may be more than `dependencies` names. */
  readonly cutOff: readonly CutOff[];
}

/** A resource that was not there, or the resource group in which those of a type were not read. */
interface CutOff {
  readonly at: ResourceId;
  readonly type: ResourceType;
}

/** What AKS keeps in a node resource group and an audit looks at. */
const nodeGroupTypes: readonly ResourceType[] = [
  'microsoft.compute/virtualmachinescalesets',
  'microsoft.network/loadbalancers',
  'microsoft.network/networkinterfaces',
  'microsoft.network/networksecuritygroups',
  'microsoft.network/publicipaddresses',
  'microsoft.network/virtualnetworks',
];

/**
 * What a cluster depends on, by the references that its audit follows. Beside resources, read or
 * not, there are scopes: the node resource group, and `…/providers/microsoft.authorization` where
 * role assignments and exemptions bear on it; `placesOf` finds both for whatever lies in them. Who
 * asks for many clusters gives one reader for all.
 */
export function linksOf(
  snapshot: InventorySnapshot,
  cluster: ResourceId,
  reader: RowReader = rowReader(snapshot),
): ClusterLinks {
  const computes = computesIn(snapshot).seenOf(cluster);
  const workspaces = [...new Set(computes.map(({ workspaceId }) => workspaceId))].toSorted();
  const row = snapshot.get(cluster);
  const parsed = row === undefined ? undefined : reader.read(managedClusterRow, row);
  const nodeGroup =
    parsed?.known === true
      ? nodeGroupOf(cluster, parsed.value.properties.nodeResourceGroup)
      : undefined;
  const roots = [cluster, ...computes.map(({ id }) => id), ...workspaces].flatMap(
    (id) => snapshot.get(id) ?? [],
  );
  const inNodeGroup =
    nodeGroup === undefined
      ? []
      : nodeGroupTypes.flatMap((type) => snapshot.rowsWithin(type, nodeGroup));
  const { reached, cutOff } = walk(snapshot, [...roots, ...inNodeGroup]);
  const unread =
    nodeGroup === undefined
      ? []
      : nodeGroupTypes
          .filter((type) => !snapshot.wasReadWithin(type, nodeGroup).known)
          .map((type) => ({ at: nodeGroup, type }));
  const found = new Set([cluster, ...workspaces, ...reached]);
  const scopes = [cluster, ...found].flatMap(authorizationScopes);
  const groups = workspaces.flatMap((id) => resourceGroupIdOf(id) ?? []);
  return {
    workspaces,
    cutOff: [...cutOff, ...unread].filter(({ type }) => typesBehind(type).size > 0),
    dependencies: [
      ...new Set([
        ...found,
        ...(nodeGroup === undefined ? [] : [nodeGroup]),
        ...scopes,
        ...groups.map((group) => resourceId(`${group}/providers/microsoft.containerinstance`)),
      ]),
    ].toSorted(),
  };
}

const networksType = 'microsoft.network/virtualnetworks';

/**
 * Whether a resource may be behind what was not there. Groups and route tables are of the subscription
 * of their network. Source: learn.microsoft.com/azure/virtual-network/manage-network-security-group.
 */
export function mayBeBehind({ cutOff }: ClusterLinks, id: ResourceId): boolean {
  const type = resourceTypeNamed(typeInId(id) ?? '');
  if (type === undefined) return false;
  return cutOff.some(
    (cut) =>
      typesBehind(cut.type).has(type) &&
      (cut.type !== networksType || subscriptionIdOf(cut.at) === subscriptionIdOf(id)),
  );
}

function walk(
  snapshot: InventorySnapshot,
  roots: readonly Row[],
): { readonly reached: ReadonlySet<ResourceId>; readonly cutOff: readonly CutOff[] } {
  const subnets = new Set<ResourceId>();
  const reached = new Set(roots.map(({ id }) => id));
  const cutOff: CutOff[] = [];
  const followed = new Set<ResourceId>();
  let frontier = roots;
  while (frontier.length > 0) {
    for (const row of frontier) {
      followed.add(row.id);
      if (row.type === 'microsoft.network/virtualnetworks') continue;
      for (const subnet of subnetsNamedIn(row)) subnets.add(subnet);
    }
    const references = new Set(frontier.flatMap((row) => referencesOf(row, subnets)));
    for (const id of references) reached.add(id);
    for (const id of frontier.flatMap((row) => leavesOf(row))) reached.add(id);
    for (const id of references) {
      const type =
        snapshot.get(id) === undefined ? resourceTypeNamed(typeInId(id) ?? '') : undefined;
      if (type !== undefined) cutOff.push({ at: id, type });
    }
    frontier = [...references].flatMap((id) => (followed.has(id) ? [] : (snapshot.get(id) ?? [])));
  }
  return { reached, cutOff };
}

/** Where role assignments on networks, exemptions of the cluster, and locks on what plans change are made: below its own group too. */
function authorizationScopes(id: ResourceId): readonly ResourceId[] {
  const type = typeInId(id);
  const bears =
    type === 'microsoft.containerservice/managedclusters' ||
    type === 'microsoft.network/networksecuritygroups' ||
    type === 'microsoft.network/virtualnetworks' ||
    type === 'microsoft.network/routetables';
  const group = resourceGroupIdOf(id);
  const subscription = subscriptionIdOf(id);
  if (!bears || group === undefined || subscription === undefined) return [];
  return [group, `/subscriptions/${subscription}`].map((scope) =>
    resourceId(`${scope}/providers/microsoft.authorization`),
  );
}

/** The places in which a resource lies and on which clusters may depend: itself, its parents, its group. */
export function placesOf(id: ResourceId): readonly ResourceId[] {
  const segments = id.split('/');
  const provider = segments.lastIndexOf('providers');
  const places = new Set<string>([id]);
  if (provider >= 0) {
    // `/providers/namespace`, then `type/name` and again.
    places.add(segments.slice(0, provider + 2).join('/'));
    for (let end = provider + 4; end < segments.length; end += 2) {
      places.add(segments.slice(0, end).join('/'));
    }
    const scope = segments.slice(0, provider).join('/');
    if (scope.includes('/providers/'))
      for (const place of placesOf(resourceId(scope))) places.add(place);
  }
  const group = resourceGroupIdOf(id);
  if (group !== undefined) places.add(group);
  return [...places].map(resourceId);
}
