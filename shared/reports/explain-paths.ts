import {
  type CallerContext,
  type CallerQuestion,
  callerQuestions,
} from '../checks/caller-questions.ts';
import { closedFrontend } from '../checks/closed-frontend.ts';
import { nearMisses } from '../checks/near-misses.ts';
import { outbound, routesToInternet } from '../checks/outbound-restriction.ts';
import { type Place, servedPorts, targetSubnets, targetText } from '../checks/scoring-targets.ts';
import {
  chainsOf,
  surroundingsOf,
  whyUndecided,
  witnessOf,
  workloadSubnets,
} from '../checks/subnet-rules.ts';
import { hopText, judgeWayOut } from '../checks/way-out.ts';
import type {
  ClusterSubnet,
  LoadBalancerRule,
  ScoringEndpoint,
} from '../facts/inference-cluster.ts';
import { nameOf } from '../model/resource-id.ts';
import { type Missing, foundIn } from '../model/verdict.ts';
import { type Surroundings, platformAddresses } from '../network/address-bounds.ts';
import { type Answer, type Decision, type RuleList, decide } from '../network/decide.ts';
import { answerOfHop } from '../network/explain.ts';
import { type PacketSet, noPackets } from '../packets/packet-set.ts';
import type { ExplainedHop, ExplainedPath } from './explanation.ts';

/** The way of some callers' packets, and what it was worked out from. */
export interface InboundPath {
  readonly path: ExplainedPath;
  /** Absent where the way could not be worked out. */
  readonly asked?: CallerQuestion & { readonly place: Place; readonly surroundings: Surroundings };
}

/** From each group of callers to each scoring endpoint, past each chain of rules. */
export function inboundPaths(context: CallerContext): readonly InboundPath[] {
  const { scoringEndpoints } = context.cluster;
  const found = foundIn(scoringEndpoints).flatMap((endpoint) => pathsTo(endpoint, context));
  return scoringEndpoints.known
    ? found
    : [...found, unreadPath(callersText(context), 'a scoring endpoint', scoringEndpoints.missing)];
}

function callersText({ settings: { callers } }: CallerContext): string {
  return callers.kind === 'listed' ? callers.sources.join(', ') : 'callers';
}

function unreadPath(from: string, to: string, missing: readonly Missing[]): InboundPath {
  return { path: { from, to, asks: 'all', verdict: 'unknown', hops: [], witness: none, missing } };
}

const none = { allowed: null, denied: null };

function pathsTo(endpoint: ScoringEndpoint, context: CallerContext): readonly InboundPath[] {
  const { address, visibility, frontend } = endpoint;
  const { callers } = context.settings;
  if (visibility === 'public' && callers.kind === 'none') return [];
  const from = callersText(context);
  if (!frontend.known) return [unreadPath(from, address, frontend.missing)];
  const { subnets, missing, anyNode } = targetSubnets(frontend.value, context.subnets);
  const rules = servedPorts(endpoint, frontend.value);
  if (rules.length === 0) {
    const what = `a load balancing rule for TCP 443 or 80 at ${address}`;
    const why = 'the frontend has none, so it is not known where packets to it go';
    return [unreadPath(from, address, [{ what, scope: frontend.value.loadBalancerId, why }])];
  }
  const paths = rules.flatMap((rule) =>
    subnets.flatMap((subnet) => pathsInto(rule, endpoint, subnet, context)),
  );
  const differ = new Set(paths.map(({ path }) => path.verdict)).size > 1;
  const isOpen = missing.length > 0 && (!anyNode || differ || paths.length === 0);
  return isOpen ? [...paths, unreadPath(from, address, missing)] : paths;
}

function pathsInto(
  rule: LoadBalancerRule,
  endpoint: ScoringEndpoint,
  subnet: ClusterSubnet,
  context: CallerContext,
): readonly InboundPath[] {
  const asked = callerQuestions(rule, endpoint, subnet, context);
  const { settings } = context;
  if (!asked.known) return [unreadPath(callersText(context), endpoint.address, asked.missing)];
  const { questions, missing } = asked.value;
  if (questions.length + missing.length === 0 && settings.callers.kind === 'listed') {
    // Every caller is of the other address family: as if none were configured.
    const callers = { kind: 'notConfigured' } as const;
    return pathsInto(rule, endpoint, subnet, { ...context, settings: { ...settings, callers } });
  }
  const surroundings = surroundingsOf(subnet, context.cluster, settings);
  const paths = questions.flatMap((one): readonly InboundPath[] => {
    const place: Place = { endpoint, rule, chain: one.chain, subnet };
    const decision = decide(one.question, one.chain, surroundings);
    if (decision.asked.atMost.isEmpty()) return [];
    const path = inboundPath(one, decision, place);
    return [{ path, asked: { ...one, place, surroundings } }];
  });
  return missing.length === 0
    ? paths
    : [...paths, unreadPath(callersText(context), endpoint.address, missing)];
}

function inboundPath({ ask }: CallerQuestion, decision: Decision, place: Place): ExplainedPath {
  const { endpoint, subnet } = place;
  const isPublic = endpoint.visibility === 'public';
  const inside = isPublic ? 'some of the Internet' : "some of the cluster's own network";
  const entrance = balancerHop(place);
  const isClosed = entrance.state === 'denied';
  const rules = ruleHops(decision, subnet, 'inbound').map((hop): ExplainedHop => ({
    ...hop,
    ...(isClosed && hop.state !== 'absent' ? { state: 'notReached' } : {}),
    nearMisses: nearMisses(place)
      .filter(({ at }) => at === hop.at && hop.place !== 'admin')
      .map(({ rule, allows }) => ({
        rule: rule.name,
        priority: rule.priority,
        allows,
        wanted: endpoint.address,
      })),
  }));
  return {
    from: ask.kind === 'all' ? ask.label : inside,
    to: targetText(place).replace(/^the (?:scoring endpoint )?/, ''),
    asks: ask.kind,
    hops: [entrance, ...rules],
    ...(entrance.state === 'allowed'
      ? answered(decision, subnet, 'inbound')
      : {
          verdict: isClosed ? ('denied' as const) : ('unknown' as const),
          witness: {
            allowed: null,
            denied: isClosed ? witnessIn(decision.asked.atLeast, decision, 'inbound') : null,
          },
          missing: entrance.missing,
        }),
  };
}

/** What the load balancer does with packets before any rule sees them. */
function balancerHop(place: Place): ExplainedHop {
  const { endpoint, rule, subnet } = place;
  const at = endpoint.frontend.known ? endpoint.frontend.value.loadBalancerId : endpoint.at;
  const nodes = `the nodes in ${nameOf(subnet.id)}`;
  const port = `TCP ${rule.frontendPort} to port ${rule.backendPort} of ${nodes}`;
  const keeps = rule.floatingIp
    ? `, floating IP: packets keep the address ${endpoint.address}`
    : '; packets then carry the address of a node';
  const hop = { ...blankHop, place: 'loadBalancer', at, name: nameOf(at) } as const;
  const closed = closedFrontend(place, targetText(place));
  switch (closed.kind) {
    case 'no':
      return { ...hop, state: 'allowed', says: `${port}${keeps}` };
    case 'yes':
      return {
        ...hop,
        state: 'denied',
        says: 'a Standard load balancer is closed to the Internet until a network security group opens it, and there is none',
      };
    case 'perhaps':
      return { ...hop, state: 'unknown', says: `${port}${keeps}`, missing: closed.missing };
    default:
      return closed satisfies never;
  }
}

const blankHop = { says: null, rules: [], witness: null, nearMisses: [], missing: [] };

/** From each subnet of nodes and pods to what Azure's default outbound rules allow. */
export function outboundPaths(context: CallerContext): readonly ExplainedPath[] {
  const { cluster, settings, subnets } = context;
  const all = foundIn(subnets);
  const found = workloadSubnets(all).flatMap((subnet): readonly ExplainedPath[] => {
    const name = `subnet ${nameOf(subnet.id)}`;
    if (!subnet.prefixes.known) {
      return [unreadPath(name, 'Internet', subnet.prefixes.missing).path];
    }
    const surroundings = surroundingsOf(subnet, cluster, settings);
    return subnet.prefixes.value.flatMap((prefix) =>
      chainsOf(subnet, all, 'Outbound').flatMap((chain) =>
        (['VirtualNetwork', 'Internet'] as const).map((tag) => {
          const question = {
            ...outbound(prefix, { kind: 'serviceTag', name: tag }),
            destinationExcept: platformAddresses,
          };
          const decision = decide(question, chain, surroundings);
          const rules = ruleHops(decision, subnet, 'outbound');
          const isShut = rules.some(({ state }) => state === 'denied');
          const route = tag === 'Internet' ? [routeHop(subnet, surroundings, context)] : [];
          const hops = [
            ...rules,
            ...route.map((hop) => (isShut ? { ...hop, state: 'notReached' as const } : hop)),
          ];
          const answer = answered(decision, subnet, 'outbound');
          return {
            from: `${prefix} (${name})`,
            to: tag,
            asks: 'all' as const,
            hops,
            ...answer,
            verdict: afterRoute(answer.verdict, route[0]?.state),
            missing: [...answer.missing, ...route.flatMap(({ missing }) => missing)],
          };
        }),
      ),
    );
  });
  return subnets.known
    ? found
    : [...found, unreadPath('subnets of the cluster', 'Internet', subnets.missing).path];
}

function afterRoute(rules: Answer, route: ExplainedHop['state'] | undefined): Answer {
  const states = [rules, route ?? 'absent'];
  if (states.includes('denied')) return 'denied';
  if (states.includes('partial')) return 'partial';
  return states.includes('unknown') ? 'unknown' : 'allowed';
}

/** Where routes lead what the rules let out to the Internet. */
function routeHop(
  subnet: ClusterSubnet,
  surroundings: Surroundings,
  { cluster, settings }: CallerContext,
): ExplainedHop {
  const { routeTable } = subnet;
  const hop = { ...blankHop, place: 'route' } as const;
  if (!routeTable.known) {
    const name = `route table of subnet ${nameOf(subnet.id)}`;
    return { ...hop, at: null, name, state: 'unknown', missing: routeTable.missing };
  }
  const at = routeTable.value?.id ?? subnet.id;
  const shares = routesToInternet(subnet, routeTable.value?.routes ?? [], surroundings);
  const ways = shares.map(({ route, certain }) => ({
    text:
      route === null
        ? 'Azure’s own route to the Internet'
        : `route ${route.name} leads ${route.addressPrefix} to ${hopText(route)}`,
    part: judgeWayOut(
      { route, certain, at, target: 'the Internet', subnet, severity: 'high' },
      cluster,
      settings,
    ),
  }));
  const kinds = new Set(ways.map(({ part }) => part.kind));
  const own = routeTable.value === null ? 'absent' : 'allowed';
  const unknown = kinds.has('unknown') ? 'unknown' : own;
  const failing = kinds.size === 1 ? 'denied' : 'partial';
  return {
    ...hop,
    at: routeTable.value?.id ?? null,
    name: routeTable.value === null ? 'no route table' : nameOf(at),
    state: kinds.has('fail') ? failing : unknown,
    says: `${routeTable.value === null ? 'none: ' : ''}${ways.map(({ text }) => text).join('; ')}`,
    missing: ways.flatMap(({ part }) => part.missing),
  };
}

type Direction = 'inbound' | 'outbound';

function answered(
  decision: Decision,
  subnet: ClusterSubnet,
  direction: Direction,
): Pick<ExplainedPath, 'verdict' | 'witness' | 'missing'> {
  const { answer, allowed, denied, asked } = decision;
  const network = subnet.virtualNetwork.known ? [] : subnet.virtualNetwork.missing;
  const isOpen = answer !== 'allowed' && answer !== 'denied' && !decision.undecided.isEmpty();
  return {
    verdict: answer,
    witness: {
      allowed: witnessIn(allowed.intersect(asked.atLeast), decision, direction),
      denied: witnessIn(denied.intersect(asked.atLeast), decision, direction),
    },
    missing: isOpen ? [...network, ...whyUndecided(decision)] : [],
  };
}

function witnessIn(region: PacketSet, decision: Decision, direction: Direction) {
  return witnessOf(region, decision, direction).witness ?? null;
}

/** Every place where rules may stand, whether there are any or not, in the order of the packets. */
function ruleHops(
  decision: Decision,
  subnet: ClusterSubnet,
  direction: Direction,
): readonly ExplainedHop[] {
  const lists = decision.hops.map(({ list }) => list);
  const places = placesOf(lists, subnet, direction);
  const order = direction === 'inbound' ? inward : outward;
  let isStopped = false;
  return order.map((place): ExplainedHop => {
    const list = places.get(place);
    const hop = decision.hops.find((one) => one.list === list);
    if (list === undefined || hop === undefined) return absentHop(place, subnet);
    const answer = list.kind === 'unread' ? 'unknown' : answerOfHop(hop, decision);
    const state = isStopped ? 'notReached' : (answer ?? 'notReached');
    isStopped ||= state === 'denied';
    const stopped = hop.shares
      .filter(({ rule }) => rule.access === 'Deny')
      .reduce((set, { certain }) => set.union(certain), noPackets);
    return {
      ...blankHop,
      place,
      at: 'at' in list ? list.at : null,
      name: list.name,
      state,
      rules: hop.shares.map(({ rule: { name, access, priority } }) => ({ name, access, priority })),
      witness: witnessIn(stopped.intersect(decision.asked.atLeast), decision, direction),
      missing: list.kind === 'unread' ? list.missing : [],
    };
  });
}

type RulePlace = 'admin' | 'subnet' | 'node';
const inward: readonly RulePlace[] = ['admin', 'subnet', 'node'];
const outward: readonly RulePlace[] = ['admin', 'node', 'subnet'];

/** Which list of a chain stands where: a chain leaves out the places without rules. */
function placesOf(
  lists: readonly RuleList[],
  { securityGroup }: ClusterSubnet,
  direction: Direction,
): ReadonlyMap<RulePlace, RuleList> {
  const isAdmin = (list: RuleList): boolean =>
    list.kind === 'unread' ? list.of === 'admin' : list.kind === 'admin';
  const admin = lists.filter(isAdmin);
  const groups = lists.filter((list) => !isAdmin(list));
  const hasGroup = !securityGroup.known || securityGroup.value !== null;
  const [own] = hasGroup ? groups.slice(direction === 'inbound' ? 0 : -1) : [];
  const node = groups.filter((list) => list !== own);
  return new Map([
    ...admin.map((list) => ['admin', list] as const),
    ...(own === undefined ? [] : [['subnet', own] as const]),
    ...node.map((list) => ['node', list] as const),
  ]);
}

function absentHop(place: RulePlace, subnet: ClusterSubnet): ExplainedHop {
  const says = {
    admin: 'none apply',
    subnet: `none on ${nameOf(subnet.id)}, which lets all of it pass`,
    node: 'none on the nodes, which lets all of it pass',
  };
  const name = place === 'admin' ? 'security admin rules' : 'no network security group';
  return { ...blankHop, place, at: subnet.id, name, state: 'absent', says: says[place] };
}
