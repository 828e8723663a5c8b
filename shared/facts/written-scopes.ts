import {
  type ResourceId,
  parentOf,
  resourceGroupIdOf,
  resourceGroupOf,
} from '../model/resource-id.ts';
import { foundIn } from '../model/verdict.ts';
import type { InferenceCluster } from './inference-cluster.ts';

/** Where a remediation of a cluster would write: resource groups, each once. */
export interface WrittenScopes {
  /** Groups of the network security groups whose rules are the customer's to change. */
  readonly securityRules: readonly ResourceId[];
  /** Groups of the virtual networks, at which the control plane's role is assigned. */
  readonly roleAssignments: readonly ResourceId[];
}

/** The resource groups that remediations of these clusters would write to; what AKS manages is never written to. */
export function writtenScopes(clusters: Iterable<InferenceCluster>): WrittenScopes {
  const securityRules = new Set<ResourceId>();
  const roleAssignments = new Set<ResourceId>();
  for (const { subnets, nodeResourceGroup } of clusters) {
    for (const { id, managedByAks, securityGroup } of foundIn(subnets)) {
      const network = resourceGroupIdOf(parentOf(id));
      if (!managedByAks && network !== undefined) roleAssignments.add(network);
      const group = securityGroup.known ? securityGroup.value : null;
      const at = group === null ? undefined : resourceGroupIdOf(group.id);
      if (at !== undefined && resourceGroupOf(at) !== nodeResourceGroup) securityRules.add(at);
    }
  }
  return {
    securityRules: [...securityRules].toSorted(),
    roleAssignments: [...roleAssignments].toSorted(),
  };
}
