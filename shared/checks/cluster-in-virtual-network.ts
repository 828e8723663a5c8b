import type { ClusterSubnet, InferenceCluster } from '../facts/inference-cluster.ts';
import { defineCheck } from '../model/check.ts';
import { nameOf, parentOf } from '../model/resource-id.ts';
import { foundIn } from '../model/verdict.ts';
import {
  type Part,
  fail,
  listed,
  noNodeSubnet,
  pass,
  unknownPart,
  unreadPart,
  worstOf,
} from './judgement.ts';
import { nodeSubnets } from './subnet-rules.ts';

/** Every node of the cluster lives in a subnet that exists and that the customer owns. */
export const clusterInVirtualNetwork = defineCheck<InferenceCluster>({
  id: 'cluster-in-virtual-network',
  title: "The nodes are in a subnet of the customer's virtual network",
  description:
    "The guidance secures inferencing with a virtual network that existed before the cluster: only there can private endpoints of the workspace, its storage and its registry lie beside the nodes, and only there do network security groups and routes of yours apply. A cluster that is made without a subnet gets a network of AKS's own in its node resource group, which AKS replaces with the cluster and which you must not change. Nodes cannot be in a subnet that is delegated to another service, and a node pool whose subnet is gone cannot scale or be upgraded.",
  advice:
    'A node pool keeps its subnet for life. Create a node pool (or a cluster) with `--vnet-subnet-id` of a subnet that is not delegated, move the workload there and delete the old one.',
  severity: 'high',
  kinds: ['pass', 'fail', 'unknown'],
  appliesTo: ['AKS', 'Kubernetes'],
  remediation: 'none',
  source:
    'https://learn.microsoft.com/azure/machine-learning/v1/how-to-secure-inferencing-vnet#azure-kubernetes-service',
  evaluate(cluster) {
    const { subnets } = cluster;
    if (cluster.networkMadeByAks) {
      return madeByAks([
        { at: cluster.id, says: 'no node pool names a subnet, so AKS made the virtual network' },
      ]);
    }
    const [first, ...others] = [
      ...nodeSubnets(foundIn(subnets)).map(judgeSubnet),
      ...unreadPart(subnets),
    ];
    if (first === undefined) return noNodeSubnet(cluster.id);
    return worstOf([first, ...others]);
  },
});

function judgeSubnet({ id, managedByAks, exists, delegatedTo }: ClusterSubnet): Part {
  const network = nameOf(parentOf(id));
  const name = `subnet ${nameOf(id)} of virtual network ${network}`;
  if (managedByAks) {
    return madeByAks([{ at: id, says: `${name} lies in the node resource group, which AKS owns` }]);
  }
  if (!exists.known) return unknownPart(exists.missing);
  if (!exists.value) {
    return fail(
      'high',
      `Nodes are to be in ${name}, which does not exist: they can neither scale nor be upgraded. Make a node pool in a subnet that exists.`,
      [{ at: parentOf(id), says: `virtual network ${network} lists no subnet ${nameOf(id)}` }],
    );
  }
  if (!delegatedTo.known) return unknownPart(delegatedTo.missing);
  if (delegatedTo.value.length > 0) {
    const services = listed(delegatedTo.value);
    return fail(
      'high',
      `Nodes are in ${name}, which is delegated to ${services}: AKS takes no delegated subnet for nodes. Make a node pool in a subnet without a delegation.`,
      [{ at: id, says: `the subnet is delegated to ${services}` }],
    );
  }
  return pass(`The nodes are in ${name}.`, [
    { at: id, says: `virtual network ${network} lists the subnet, and it is not delegated` },
  ]);
}

function madeByAks(evidence: Parameters<typeof fail>[2]): Part {
  return fail(
    'low',
    "AKS made this cluster's virtual network by itself: private endpoints, network security groups and routes of yours have no place in it. A cluster gets a network of yours only when it is made.",
    evidence,
  );
}
