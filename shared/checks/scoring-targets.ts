import type {
  ClusterSubnet,
  Frontend,
  LoadBalancerRule,
  ScoringEndpoint,
} from '../facts/inference-cluster.ts';
import { nameOf } from '../model/resource-id.ts';
import { type Known, type Listing, type Missing, foundIn, known } from '../model/verdict.ts';
import type { RuleList } from '../network/decide.ts';
import { familyOf } from './callers.ts';
import { type Part, notApplicable, unknownPart, unreadPart, worstOf } from './judgement.ts';
import { nodeSubnets } from './subnet-rules.ts';

/** One judgement of all scoring endpoints; beside the point where it is certain that there is none. */
export function judgeEndpoints(
  endpoints: Listing<ScoringEndpoint>,
  judge: (endpoint: ScoringEndpoint) => Part,
): Part {
  const [first, ...others] = [...foundIn(endpoints).map(judge), ...unreadPart(endpoints)];
  return first === undefined
    ? notApplicable('No scoring endpoint: nothing on this cluster is called from outside.')
    : worstOf([first, ...others]);
}

/**
 * One judgement of an endpoint from those of each load balancing rule that callers use, in each
 * subnet that its packets are sent to; unknown where that cannot be told.
 */
export function judgeTargets(
  endpoint: ScoringEndpoint,
  subnets: Listing<ClusterSubnet>,
  judge: (rule: LoadBalancerRule, subnet: ClusterSubnet) => Part,
): Part {
  if (!endpoint.frontend.known) return unknownPart(endpoint.frontend.missing);
  const frontend = endpoint.frontend.value;
  const targets = targetSubnets(frontend, subnets);
  const [first, ...others] = servedPorts(endpoint, frontend);
  const [firstTarget, ...otherTargets] = targets.subnets;
  if (firstTarget === undefined && !subnets.known) return unknownPart(subnets.missing);
  if (first === undefined) {
    const what = `a load balancing rule for TCP 443 or 80 at ${endpoint.address}`;
    const why = 'the frontend has none, so it is not known where packets to it go';
    return unknownPart([{ what, scope: frontend.loadBalancerId, why }]);
  }
  if (firstTarget === undefined) {
    const what = `the subnets behind ${endpoint.address}`;
    const why = 'its backend pool names no node of the cluster';
    return unknownPart([{ what, scope: endpoint.at, why }]);
  }
  const judgePort = (rule: LoadBalancerRule): Part => {
    const ofFirst = judge(rule, firstTarget);
    const ofOthers = otherTargets.map((subnet) => judge(rule, subnet));
    return partOfPort(endpoint, targets, subnets, [ofFirst, ...ofOthers]);
  };
  return worstOf([judgePort(first), ...others.map(judgePort)]);
}

/** Each load balancing rule that callers use, in each subnet that its packets are known to be sent to. */
export function targetPlaces(
  endpoint: ScoringEndpoint,
  subnets: Listing<ClusterSubnet>,
): readonly Pick<Place, 'rule' | 'subnet'>[] {
  if (!endpoint.frontend.known) return [];
  const frontend = endpoint.frontend.value;
  const targets = targetSubnets(frontend, subnets);
  return servedPorts(endpoint, frontend).flatMap((rule) =>
    targets.subnets.map((subnet) => ({ rule, subnet })),
  );
}

/** One chain of rules between callers and one load balancing rule's backends in one subnet. */
export interface Place {
  readonly endpoint: ScoringEndpoint;
  readonly rule: LoadBalancerRule;
  readonly chain: readonly RuleList[];
  readonly subnet: ClusterSubnet;
}

/** What callers reach there, as a summary says it. */
export function targetText({ endpoint, rule, subnet }: Omit<Place, 'chain'>): string {
  const address = endpoint.address.includes(':') ? `[${endpoint.address}]` : endpoint.address;
  return rule.floatingIp
    ? `the scoring endpoint ${address}:${rule.frontendPort}`
    : `the nodes behind ${address} (subnet ${nameOf(subnet.id)}, port ${rule.backendPort})`;
}

/** The subnets that are known to be behind an endpoint. */
export function subnetsBehind(
  { frontend }: ScoringEndpoint,
  subnets: Listing<ClusterSubnet>,
): readonly ClusterSubnet[] {
  return frontend.known ? targetSubnets(frontend.value, subnets).subnets : [];
}

/**
 * Where packets of a rule arrive in a subnet: at the frontend's own address with floating IP, else at
 * any node, which is any address of the subnet in the endpoint's family.
 */
export function targetOf(
  rule: LoadBalancerRule,
  endpoint: ScoringEndpoint,
  subnet: ClusterSubnet,
): Known<{ readonly destinations: readonly string[]; readonly port: number }> {
  if (rule.floatingIp) return known({ destinations: [endpoint.address], port: rule.frontendPort });
  const nodes = nodePrefixes(endpoint, subnet);
  return nodes.known ? known({ destinations: nodes.value, port: rule.backendPort }) : nodes;
}

/** The prefixes of a subnet in the endpoint's address family: where its nodes are. */
export function nodePrefixes(
  { address }: ScoringEndpoint,
  { prefixes }: ClusterSubnet,
): Known<readonly string[]> {
  return prefixes.known
    ? known(prefixes.value.filter((prefix) => familyOf(prefix) === familyOf(address)))
    : prefixes;
}

/**
 * The load balancing rules callers use: TCP 443, and 80 where plain HTTP is served or nothing else
 * is (learn.microsoft.com/azure/machine-learning/how-to-deploy-kubernetes-extension,
 * allowInsecureConnections). A rule for every port (protocol All, port 0) serves both.
 */
export function servedPorts(
  endpoint: ScoringEndpoint,
  { rules }: Frontend,
): readonly LoadBalancerRule[] {
  const serving = (port: number): readonly LoadBalancerRule[] =>
    rules
      .filter(
        ({ protocol, frontendPort }) =>
          (protocol === 'Tcp' && frontendPort === port) ||
          (protocol === 'All' && frontendPort === 0),
      )
      .map((rule) =>
        rule.frontendPort === 0 ? { ...rule, frontendPort: port, backendPort: port } : rule,
      );
  const secure = serving(443);
  return endpoint.plainHttp === true || secure.length === 0 ? [...secure, ...serving(80)] : secure;
}

interface Targets {
  readonly subnets: readonly ClusterSubnet[];
  /** What is missing of the subnets behind the frontend, beside those named. */
  readonly missing: readonly Missing[];
  /** Whether the pool names nobody: then it is some of the node subnets, nobody knows which. */
  readonly anyNode: boolean;
}

/** The subnets behind a frontend, as far as its pool and the cluster name them. */
export function targetSubnets(
  { backendSubnetIds, loadBalancerId }: Frontend,
  all: Listing<ClusterSubnet>,
): Targets {
  const subnets = foundIn(all);
  const ids = foundIn(backendSubnetIds);
  const named = subnets.filter(({ id }) => ids.includes(id));
  const missing = backendSubnetIds.known ? [] : backendSubnetIds.missing;
  if (ids.length === 0) return { subnets: nodeSubnets(subnets), missing, anyNode: true };
  const foreign = ids.filter((id) => !named.some((subnet) => subnet.id === id));
  return {
    subnets: named,
    anyNode: false,
    missing: [
      ...missing,
      ...foreign.map((id) => ({
        what: `the rules of subnet ${nameOf(id)}`,
        scope: id,
        why: `load balancer ${nameOf(loadBalancerId)} sends packets there, and it is no known subnet of the cluster`,
      })),
    ],
  };
}

/** One part of those of the subnets that a port's packets are sent to. */
function partOfPort(
  endpoint: ScoringEndpoint,
  targets: Targets,
  subnets: Listing<ClusterSubnet>,
  parts: readonly [Part, ...Part[]],
): Part {
  if (!targets.anyNode) {
    const unread = targets.missing.length === 0 ? [] : [unknownPart(targets.missing)];
    return worstOf([...parts, ...unread]);
  }
  const worst = worstOf(parts);
  if (subnets.known && parts.every(({ kind }) => kind === worst.kind)) return worst;
  return unknownPart(
    [
      {
        what: `the nodes behind ${endpoint.address}`,
        scope: endpoint.at,
        why: 'its backend pool names no node, and the node subnets differ or are not all known',
      },
      ...worst.missing,
    ],
    undefined,
    worst.evidence,
  );
}
