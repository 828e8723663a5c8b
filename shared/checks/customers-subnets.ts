import type { ClusterSubnet, InferenceCluster } from '../facts/inference-cluster.ts';
import type { ResourceId } from '../model/resource-id.ts';
import { foundIn } from '../model/verdict.ts';
import { type Part, unknownPart } from './judgement.ts';

/**
 * The subnets of the cluster in networks of the customer's, as far as they were found; undefined where
 * AKS made the network itself, in which it holds what it needs and nobody else deploys.
 */
export function customersSubnets({
  subnets,
  networkMadeByAks,
}: InferenceCluster): readonly ClusterSubnet[] | undefined {
  const found = foundIn(subnets);
  const own = found.filter(({ managedByAks }) => !managedByAks);
  const allByAks = subnets.known && found.length > 0 && own.length === 0;
  return networkMadeByAks || allByAks ? undefined : own;
}

/** What is said of a cluster of which no node pool names a subnet. */
export function noSubnet(cluster: ResourceId): Part {
  const what = 'the virtual network of the nodes';
  return unknownPart([{ what, scope: cluster, why: 'no node pool names a subnet' }]);
}
