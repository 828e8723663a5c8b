import type { ClusterDraft, Expected } from './cluster-draft.ts';
import { failLow, failMedium, notApplicable, pass, subnetNsgs, unknown } from './cluster-draft.ts';
import type { InboundScenario } from './inbound-scenarios.ts';

/** What an inbound scenario lets in of those who are no callers. */
type Excess =
  /** Nobody: only callers are allowed by the security groups of the subnets, or not even they. */
  | 'nobody'
  /** Some, as far as the security group of the nodes lets them in too. */
  | 'some'
  /** Whoever the security group of the nodes lets in, for nothing else stands in the way. */
  | 'asNodes'
  /** The rest of the virtual network, which calls an internal endpoint by default. */
  | 'restOfNetwork'
  | 'notTold'
  /** No callers are configured, or none that could address the endpoint, or there is none. */
  | 'notAsked';

const excess: Readonly<Record<string, Excess>> = {
  'scoring-ok-public': 'nobody',
  'allow-names-any-destination': 'nobody',
  'allow-from-internet': 'some',
  'allow-covers-more-than-callers': 'some',
  'allow-in-one-augmented-rule': 'nobody',
  'allow-split-over-two-rules': 'nobody',
  'others-denied-before-callers-allowed': 'nobody',
  'callers-not-named-but-some-allowed': 'notAsked',
  'front-door-tag-allowed': 'nobody',
  'subnets-without-security-group': 'asNodes',
  'allow-names-node-subnets-without-floating-ip': 'nobody',
  'caller-denied-by-subnet-nsg': 'nobody',
  'no-allow-rule': 'nobody',
  'allow-names-yesterdays-ip': 'nobody',
  'allow-names-nodes-instead-of-frontend': 'nobody',
  'allow-names-virtual-network-instead-of-frontend': 'nobody',
  'allow-names-half-of-the-callers': 'nobody',
  'allow-on-wrong-port': 'nobody',
  'allow-is-udp-only': 'nobody',
  'caller-denied-by-node-nsg': 'nobody',
  'node-nsg-never-opened': 'nobody',
  'one-of-two-node-subnets-denies': 'nobody',
  'allow-names-one-node-only': 'nobody',
  'allow-names-frontend-without-floating-ip': 'nobody',
  'nobody-outside-can-call': 'notAsked',
  'source-tag-cannot-be-resolved': 'notTold',
  'front-door-tag-does-not-cover-callers': 'some',
  'allow-names-unexported-group-of-nodes': 'nobody',
  'load-balancer-not-exported': 'notTold',
  'endpoint-behind-custom-name': 'notTold',
  'computes-not-read': 'notAsked',
  'tagged-but-nothing-deployed': 'notAsked',
  'scoring-behind-own-ingress': 'notAsked',
  'called-only-from-inside': 'nobody',
  'internal-scoring-default-rules': 'notAsked',
  'internal-scoring-called-from-hub': 'restOfNetwork',
  'internal-scoring-only-hub-admitted': 'nobody',
  'hub-callers-denied': 'restOfNetwork',
  'hub-peering-disconnected': 'restOfNetwork',
  'data-centre-callers-not-in-any-rule': 'restOfNetwork',
  'caller-perhaps-in-unexported-group': 'notTold',
};

/** What is true of `scoring-inbound-no-wider-than-callers`, once everything is planted. */
export function excessTruth(
  draft: ClusterDraft,
  inbound: InboundScenario,
  hidesGroups: boolean,
): Expected {
  const kind = excess[inbound.name];
  if (kind === undefined) throw new Error(`nobody says whom ${inbound.name} admits`);
  if (kind === 'notAsked') return notApplicable;
  if (kind === 'notTold') return unknown;
  if (kind === 'restOfNetwork') return hidesGroups ? unknown : failLow;
  // Nobody gets past the nodes' own group if it has no rule for the service, whatever else is read.
  const { visibility, floatingIp } = draft.endpoint;
  const groups = subnetNsgs(draft, 'node');
  const nodesAlone = groups.length === 0 || groups.includes(draft.nodeNsg);
  // A node is inside for certain: whoever calls from the Internet or from inside is let in to it.
  const eitherWay = nodesAlone && !floatingIp && !nodesNameCallers(draft);
  if (leadsInside(draft) && !eitherWay) return unknown;
  if (hidesGroups) return draft.serviceRuleAbsent ? pass : unknown;
  const admitsSome = kind === 'some' || kind === 'asNodes' || nodesAlone;
  return admitsSome && visibility === 'public' && !nodesNameCallers(draft) ? failMedium : pass;
}

/** Whether the nodes' own rule for the service is for the callers alone. */
function nodesNameCallers({ serviceNamesCallers, callers }: ClusterDraft): boolean {
  return serviceNamesCallers && callers !== 'none';
}

/**
 * With a default route to an appliance or a gateway, VirtualNetwork may hold every public address,
 * and then the default rules let everybody in, or it holds none, and no rule is sure to.
 */
function leadsInside({ routes, endpoint }: ClusterDraft): boolean {
  return (
    endpoint.visibility === 'public' &&
    routes.some(
      ({ prefix, nextHopType }) =>
        prefix === '0.0.0.0/0' &&
        (nextHopType === 'VirtualAppliance' || nextHopType === 'VirtualNetworkGateway'),
    )
  );
}
