import type { InferenceCluster } from '../facts/inference-cluster.ts';
import type { Check } from '../model/check.ts';
import { clusterInVirtualNetwork } from './cluster-in-virtual-network.ts';
import { defaultOutboundKept } from './default-outbound-kept.ts';
import { deployersCanJoinNetwork } from './deployers-can-join-network.ts';
import { dnsServiceIpInServiceCidr } from './dns-service-ip-in-service-cidr.ts';
import { dockerBridgeDisjoint } from './docker-bridge-disjoint.ts';
import { internalLoadBalancer } from './internal-load-balancer.ts';
import { intraNetworkTrafficAllowed } from './intra-network-traffic-allowed.ts';
import { kubernetesRbacEnabled } from './kubernetes-rbac-enabled.ts';
import { loadBalancerProbeAllowed } from './load-balancer-probe-allowed.ts';
import { mlComputeAttachable } from './ml-compute-attachable.ts';
import { mlComputeSupported } from './ml-compute-supported.ts';
import { networkContributorGranted } from './network-contributor-granted.ts';
import { networkContributorNoWiderThanNeeded } from './network-contributor-no-wider-than-needed.ts';
import { noContainerInstancesWithPrivateWorkspace } from './no-container-instances-with-private-workspace.ts';
import { privateCluster } from './private-cluster.ts';
import { privateClusterWithoutPublicFqdn } from './private-cluster-without-public-fqdn.ts';
import { restrictedOutboundAllowsDependencies } from './restricted-outbound-allows-dependencies.ts';
import { restrictedOutboundAllowsRegistry } from './restricted-outbound-allows-registry.ts';
import { scoringInboundAllowed } from './scoring-inbound-allowed.ts';
import { scoringInboundNoWiderThanCallers } from './scoring-inbound-no-wider-than-callers.ts';
import { serviceCidrDisjoint } from './service-cidr-disjoint.ts';
import { workspaceInClusterNetwork } from './workspace-in-cluster-network.ts';
import { workspaceInClusterRegion } from './workspace-in-cluster-region.ts';

/** Every check, sorted by id. A test holds list, files, cases and pages together. */
export const catalogue: readonly Check<InferenceCluster>[] = [
  clusterInVirtualNetwork,
  defaultOutboundKept,
  deployersCanJoinNetwork,
  dnsServiceIpInServiceCidr,
  dockerBridgeDisjoint,
  internalLoadBalancer,
  intraNetworkTrafficAllowed,
  kubernetesRbacEnabled,
  loadBalancerProbeAllowed,
  mlComputeAttachable,
  mlComputeSupported,
  networkContributorGranted,
  networkContributorNoWiderThanNeeded,
  noContainerInstancesWithPrivateWorkspace,
  privateCluster,
  privateClusterWithoutPublicFqdn,
  restrictedOutboundAllowsDependencies,
  restrictedOutboundAllowsRegistry,
  scoringInboundAllowed,
  scoringInboundNoWiderThanCallers,
  serviceCidrDisjoint,
  workspaceInClusterNetwork,
  workspaceInClusterRegion,
];
