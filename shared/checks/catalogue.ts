import type { InferenceCluster } from '../facts/inference-cluster.ts';
import type { Check } from '../model/check.ts';
import { clusterInVirtualNetwork } from './cluster-in-virtual-network.ts';
import { defaultOutboundKept } from './default-outbound-kept.ts';
import { dnsServiceIpInServiceCidr } from './dns-service-ip-in-service-cidr.ts';
import { dockerBridgeDisjoint } from './docker-bridge-disjoint.ts';
import { intraNetworkTrafficAllowed } from './intra-network-traffic-allowed.ts';
import { loadBalancerProbeAllowed } from './load-balancer-probe-allowed.ts';
import { networkContributorGranted } from './network-contributor-granted.ts';
import { restrictedOutboundAllowsDependencies } from './restricted-outbound-allows-dependencies.ts';
import { restrictedOutboundAllowsRegistry } from './restricted-outbound-allows-registry.ts';
import { scoringInboundAllowed } from './scoring-inbound-allowed.ts';
import { scoringInboundNoWiderThanCallers } from './scoring-inbound-no-wider-than-callers.ts';
import { serviceCidrDisjoint } from './service-cidr-disjoint.ts';

/** Every check, sorted by id. A test holds list, files, cases and pages together. */
export const catalogue: readonly Check<InferenceCluster>[] = [
  clusterInVirtualNetwork,
  defaultOutboundKept,
  dnsServiceIpInServiceCidr,
  dockerBridgeDisjoint,
  intraNetworkTrafficAllowed,
  loadBalancerProbeAllowed,
  networkContributorGranted,
  restrictedOutboundAllowsDependencies,
  restrictedOutboundAllowsRegistry,
  scoringInboundAllowed,
  scoringInboundNoWiderThanCallers,
  serviceCidrDisjoint,
];
