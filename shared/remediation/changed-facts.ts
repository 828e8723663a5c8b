import type { ClusterSubnet, InferenceCluster } from '../facts/inference-cluster.ts';
import type { ResourceId } from '../model/resource-id.ts';
import { type Known, type Listing, foundIn, known } from '../model/verdict.ts';
import type { NetworkSecurityGroup, SecurityRule } from '../network/security-rule.ts';

/** Rules to add, by the group they go into. */
export type AddedRules = ReadonlyMap<ResourceId, readonly SecurityRule[]>;

/** The network security groups that a cluster's packets pass, each once. */
export function groupsOf(cluster: InferenceCluster): ReadonlyMap<ResourceId, NetworkSecurityGroup> {
  const groups = foundIn(cluster.subnets).flatMap(({ securityGroup, nodeSecurityGroups }) => [
    ...(securityGroup.known ? [securityGroup.value] : []),
    ...foundIn(nodeSecurityGroups),
  ]);
  return new Map(groups.flatMap((group) => (group === null ? [] : [[group.id, group] as const])));
}

/** What is known of a cluster once the rules are in their groups. */
export function withRules(cluster: InferenceCluster, added: AddedRules): InferenceCluster {
  const change = (group: NetworkSecurityGroup | null): NetworkSecurityGroup | null => {
    const rules = group === null ? undefined : added.get(group.id);
    return group === null || rules === undefined
      ? group
      : { ...group, rules: [...group.rules, ...rules] };
  };
  return {
    ...cluster,
    subnets: mapListing(cluster.subnets, (subnet): ClusterSubnet => ({
      ...subnet,
      securityGroup: mapKnown(subnet.securityGroup, change),
      nodeSecurityGroups: mapListing(subnet.nodeSecurityGroups, change),
    })),
  };
}

function mapKnown<T>(value: Known<T>, change: (value: T) => T): Known<T> {
  return value.known ? known(change(value.value)) : value;
}

function mapListing<T>(list: Listing<T>, change: (value: T) => T): Listing<T> {
  if (list.known) return known(list.value.map(change));
  return list.found === undefined ? list : { ...list, found: list.found.map(change) };
}
