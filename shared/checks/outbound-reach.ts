import type { ClusterSubnet } from '../facts/inference-cluster.ts';
import type { PrivateEndpoint } from '../facts/linked-resources.ts';
import { nameOf, parentOf } from '../model/resource-id.ts';
import {
  type Known,
  type Listing,
  type Missing,
  type Severity,
  foundIn,
  known,
} from '../model/verdict.ts';
import { type Decision, type Question, type RuleList, decide } from '../network/decide.ts';
import { parseAddressMatch } from '../network/parse-match.ts';
import { type Route, routesTo } from '../network/route-table.ts';
import type { AddressMatch, Protocol } from '../network/security-rule.ts';
import { addressSet, equalAddresses, parsePrefix } from '../packets/address.ts';
import {
  type Part,
  distinct,
  fail,
  listed,
  pass,
  unknownPart,
  worstOf,
  worstOr,
} from './judgement.ts';
import { type OutboundContext, familiesOf, outbound } from './outbound-restriction.ts';
import { matchText } from './rule-text.ts';
import {
  admitters,
  blockers,
  chainsOf,
  ruleEvidence,
  surroundingsOf,
  whyUndecided,
  witnessOf,
} from './subnet-rules.ts';
import { judgeWayOut } from './way-out.ts';

/** Something outside that nodes must reach, all of it. */
export interface Need {
  readonly label: string;
  readonly protocol: Protocol;
  readonly ports: readonly number[];
  /** How bad it is where they cannot. */
  readonly severity: Severity;
  /** What a summary adds. */
  readonly remark?: string;
  /** Set where it is not known for certain what must be reached: then nothing fails. */
  readonly uncertain: readonly Missing[];
}

/** A need that is not met, and where the rules would have to let it out. */
export interface UnmetNeed {
  readonly need: Need;
  readonly destination: AddressMatch;
  readonly subnet: ClusterSubnet;
}

/** The protocol and ports of a need, as a summary says them. */
export function portsText({ protocol, ports }: Pick<Need, 'protocol' | 'ports'>): string {
  return `${protocol.toUpperCase()} ${ports.join(', ')}`;
}

/** Whether the rules admit the packets of a subnet, and some route takes them out. */
export function judgeReach(
  need: Need,
  destination: AddressMatch,
  subnet: ClusterSubnet,
  context: OutboundContext,
): Part {
  const rules = judgeRules(need, destination, subnet, context);
  if (rules.kind !== 'pass') return rules;
  return worstOf([rules, judgeRoutes(need, destination, subnet, context)]);
}

/**
 * What could not be reached directly, or not for certain, may be by one of its approved private
 * endpoints in the network or a connected peer; which networks are peers, an unread network leaves open.
 */
export function orByEndpoint(
  direct: Part,
  endpoints: Listing<PrivateEndpoint>,
  need: Need,
  subnet: ClusterSubnet,
  context: OutboundContext,
): Part {
  const { near = [], far = [] } = Object.groupBy(foundIn(endpoints), (endpoint) =>
    isNear(endpoint, subnet) ? 'near' : 'far',
  );
  const judge = (endpoint: PrivateEndpoint): Part => judgeEndpoint(need, endpoint, subnet, context);
  const byEndpoint = near.map(judge);
  const passing = byEndpoint.find(({ kind }) => kind === 'pass');
  if (passing !== undefined) return passing;
  if (direct.kind !== 'fail') return direct;
  const open = byEndpoint.find(({ kind }) => kind === 'unknown');
  if (open !== undefined) return open;
  if (!endpoints.known) return unknownPart(endpoints.missing);
  const { virtualNetwork } = subnet;
  if (virtualNetwork.known || far.every((endpoint) => judge(endpoint).kind === 'fail'))
    return direct;
  return unknownPart(virtualNetwork.missing);
}

/** Whether a private endpoint lies in the subnet's network or in a connected peer of it. */
function isNear({ subnetId }: PrivateEndpoint, subnet: ClusterSubnet): boolean {
  const network = parentOf(subnetId);
  if (network === parentOf(subnet.id)) return true;
  if (!subnet.virtualNetwork.known) return false;
  return subnet.virtualNetwork.value.peerings.some(
    ({ state, remoteNetworkId }) => state === 'Connected' && remoteNetworkId === network,
  );
}

/** Packets that a need takes, and one chain of rules that they pass. */
export interface ReachQuestion {
  readonly question: Question;
  readonly chain: readonly RuleList[];
  /** Where they come from. */
  readonly prefix: string;
}

/** All packets of the need from every prefix of the subnet, past every chain of rules. */
export function reachQuestions(
  { protocol, ports }: Pick<Need, 'protocol' | 'ports'>,
  destination: AddressMatch,
  subnet: ClusterSubnet,
  { all }: Pick<OutboundContext, 'all'>,
): Known<readonly ReachQuestion[]> {
  const { prefixes } = subnet;
  if (!prefixes.known) return prefixes;
  const chains = chainsOf(subnet, all, 'Outbound');
  return known(
    prefixes.value.flatMap((prefix) =>
      chains.map((chain) => ({
        chain,
        prefix,
        question: {
          ...outbound(prefix, destination),
          protocols: [protocol],
          destinationPorts: ports.map((port) => ({ from: port, to: port })),
        },
      })),
    ),
  );
}

function judgeRules(
  need: Need,
  destination: AddressMatch,
  subnet: ClusterSubnet,
  context: OutboundContext,
): Part {
  const asked = reachQuestions(need, destination, subnet, context);
  if (!asked.known) return unknownPart(asked.missing);
  const surroundings = surroundingsOf(subnet, context.cluster, context.settings);
  const parts = asked.value.flatMap(({ question, chain, prefix }): readonly Part[] => {
    const decision = decide(question, chain, surroundings);
    return decision.asked.atMost.isEmpty()
      ? []
      : [judgeDecision(decision, need, { destination, prefix, subnet, chain })];
  });
  const [first, ...others] = parts;
  if (first !== undefined) return worstOf([first, ...others]);
  return unknownPart([
    {
      what: `the address range of subnet ${nameOf(subnet.id)}`,
      scope: subnet.id,
      why: 'the subnet names none',
    },
  ]);
}

interface Place {
  readonly destination: AddressMatch;
  readonly prefix: string;
  readonly subnet: ClusterSubnet;
  readonly chain: readonly RuleList[];
}

function judgeDecision(decision: Decision, need: Need, place: Place): Part {
  const { destination, prefix, subnet, chain } = place;
  const target = `${matchText(destination)} ${portsText(need)}`;
  const remark = need.remark === undefined ? '' : ` ${need.remark}`;
  if (decision.answer === 'allowed') {
    const says = `admits ${prefix} to ${target}`;
    const witness = witnessOf(decision.allowed, decision, 'outbound');
    const evidence =
      chain.length === 0
        ? [
            {
              at: subnet.id,
              says: `no network security group stands in the way to ${target}`,
              ...witness,
            },
          ]
        : ruleEvidence(
            admitters(decision, decision.allowed),
            (rule, list) => `rule ${rule.name} (priority ${rule.priority}) of ${list} ${says}`,
            witness,
          );
    return pass(`The rules admit the nodes to ${need.label} (${target}).${remark}`, evidence);
  }
  const denied = decision.denied.intersect(decision.asked.atLeast);
  if (need.uncertain.length > 0 || denied.isEmpty()) {
    const network = subnet.virtualNetwork.known ? [] : subnet.virtualNetwork.missing;
    const why = decision.undecided.isEmpty() ? [] : whyUndecided(decision);
    return unknownPart([...need.uncertain, ...network, ...why]);
  }
  const rules = blockers(decision, denied);
  const whole = decision.answer === 'denied' ? '' : 'some of ';
  const blame =
    rules.length === 0
      ? 'no rule allows it'
      : listed(rules.map(({ list, rule }) => `rule ${rule.name} of ${list.name} denies it`));
  return fail(
    need.severity,
    `The nodes cannot reach ${whole}${need.label} (${target}): ${blame}. Allow it before that rule.${remark}`,
    ruleEvidence(
      rules,
      (rule, list) =>
        `rule ${rule.name} (priority ${rule.priority}) of ${list} denies ${prefix} → ${whole}${target}`,
      witnessOf(denied, decision, 'outbound'),
    ),
    decision.missing,
  );
}

/** What the rules admit must also have a way out that somebody vouches for. */
function judgeRoutes(
  need: Need,
  destination: AddressMatch,
  subnet: ClusterSubnet,
  context: OutboundContext,
): Part {
  const { cluster, settings } = context;
  const { routeTable } = subnet;
  if (!routeTable.known) return unknownPart(routeTable.missing);
  const routes = routeTable.value?.routes ?? [];
  const at = routeTable.value?.id ?? subnet.id;
  const surroundings = surroundingsOf(subnet, cluster, settings);
  if (routes.length === 0) return judgeWay(null, true);
  const ways = routesTo(destination, routes, surroundings, familiesOf(subnet));
  return worstOr(
    ways.map(({ route, certain }) => judgeWay(route, certain)),
    pass('No route is needed.'),
  );

  function judgeWay(route: Route | null, certain: boolean): Part {
    const target = `${need.label} (${matchText(destination)})`;
    const { severity } = need;
    return judgeWayOut({ route, certain, at, target, subnet, severity }, cluster, settings);
  }
}

/** Whether nodes reach the addresses of an approved private endpoint. */
function judgeEndpoint(
  need: Need,
  endpoint: PrivateEndpoint,
  subnet: ClusterSubnet,
  context: OutboundContext,
): Part {
  const addresses = addressesOf(endpoint, context);
  if (!addresses.known) return unknownPart(addresses.missing);
  const inside = { ...need, label: `private endpoint ${nameOf(endpoint.id)} of ${need.label}` };
  const [first, ...others] = distinct(addresses.value).flatMap((address) => [
    judgeRules(inside, parseAddressMatch(address), subnet, context),
    ...ownRoutes(address, inside, subnet, context),
  ]);
  return first === undefined
    ? unknownPart([
        {
          what: `the addresses of private endpoint ${nameOf(endpoint.id)}`,
          scope: endpoint.id,
          why: 'its network interface names none',
        },
      ])
    : worstOf([first, ...others]);
}

/**
 * Azure's route to a private endpoint is as long as an address, so only a route for that very address
 * can lead its packets elsewhere (learn.microsoft.com/azure/private-link/inspect-traffic-with-azure-firewall).
 */
function ownRoutes(
  address: string,
  { label: target, severity }: Need,
  subnet: ClusterSubnet,
  { cluster, settings }: OutboundContext,
): readonly Part[] {
  const { routeTable } = subnet;
  if (!routeTable.known) return [unknownPart(routeTable.missing)];
  if (routeTable.value === null) return [];
  const { id, routes } = routeTable.value;
  const wanted = addressSet([address]);
  return routes
    .filter(({ addressPrefix }) => {
      const isPrefix = parsePrefix(addressPrefix) !== undefined;
      return isPrefix && equalAddresses(addressSet([addressPrefix]), wanted);
    })
    .filter(({ nextHopType }) => nextHopType !== 'VnetLocal')
    .map((route) =>
      judgeWayOut({ route, certain: true, at: id, target, subnet, severity }, cluster, settings),
    );
}

/** The endpoint's own addresses, else the whole subnet it lies in: if all of that is admitted, so is it. */
function addressesOf(
  endpoint: PrivateEndpoint,
  { all }: OutboundContext,
): Known<readonly string[]> {
  if (endpoint.addresses.known) return endpoint.addresses;
  const subnet = all.find(({ id }) => id === endpoint.subnetId);
  return subnet?.prefixes.known === true ? subnet.prefixes : endpoint.addresses;
}
