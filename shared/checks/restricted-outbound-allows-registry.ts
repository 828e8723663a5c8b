import type {
  ClusterSubnet,
  InferenceCluster,
  PrivateEndpoint,
  Registry,
  Workspace,
} from '../facts/inference-cluster.ts';
import { defineCheck } from '../model/check.ts';
import { type ResourceId, nameOf, parentOf } from '../model/resource-id.ts';
import { type Known, type Missing, foundIn } from '../model/verdict.ts';
import { type Decision, type RuleList, decide } from '../network/decide.ts';
import { parseAddressMatch } from '../network/parse-match.ts';
import { routesTo } from '../network/route-table.ts';
import type { AddressMatch } from '../network/security-rule.ts';
import { addressSet, equalAddresses, parsePrefix } from '../packets/address.ts';
import {
  type Part,
  distinct,
  fail,
  listed,
  notApplicable,
  pass,
  unknownPart,
  unreadPart,
  worstOf,
} from './judgement.ts';
import {
  type OutboundContext,
  familiesOf,
  outbound,
  restrictionOf,
} from './outbound-restriction.ts';
import { askableTag, regionName, registryTag } from './required-outbound.ts';
import { matchText } from './rule-text.ts';
import {
  admitters,
  blockers,
  chainsOf,
  nodeSubnets,
  ruleEvidence,
  surroundingsOf,
  whyUndecided,
  witnessOf,
} from './subnet-rules.ts';
import { judgeWayOut } from './way-out.ts';

/** Where outbound is restricted, nodes still reach the registry their images come from. */
export const restrictedOutboundAllowsRegistry = defineCheck<InferenceCluster>({
  id: 'restricted-outbound-allows-registry',
  title: 'Restricted outbound still allows the container registry',
  description:
    'Every deployment pulls its image from the Azure Container Registry of the workspace. Where rules or routes take some of the cluster’s way to the Internet away, all of TCP 443 to the registry of that region must stay open from every node subnet, or a private endpoint of the registry must be reachable. Otherwise new deployments hang in ImagePullBackOff. Images are layered: the layers also come from the service tag Storage of the region.',
  advice:
    'Allow TCP 443 from the node subnets to the service tag AzureContainerRegistry of the registry’s region (and to Storage of that region) before the rule that denies it, or give the registry a private endpoint in the network.',
  severity: 'high',
  kinds: ['pass', 'fail', 'unknown', 'notApplicable'],
  appliesTo: ['AKS', 'Kubernetes'],
  remediation: 'approval',
  source:
    'https://learn.microsoft.com/azure/machine-learning/v1/how-to-secure-inferencing-vnet#limit-outbound-connectivity-from-the-virtual-network',
  evaluate(cluster, settings) {
    const { subnets } = cluster;
    const all = foundIn(subnets);
    const context: OutboundContext = { cluster, settings, all };
    const restriction = restrictionOf(context);
    if (restriction.kind === 'none') {
      return notApplicable('Outbound is not restricted: no rule or route takes the Internet away.');
    }
    const [first, ...others] = [
      ...registriesOf(cluster).flatMap((registry) =>
        nodeSubnets(all).map((subnet) => judgeSubnet(registry, subnet, context)),
      ),
      ...unreadPart(subnets),
    ];
    if (first === undefined) {
      const what = 'the subnets of the nodes';
      return unknownPart([{ what, scope: cluster.id, why: 'no node pool names one' }]);
    }
    const verdict = worstOf([first, ...others]);
    return verdict.kind === 'unknown' && restriction.kind === 'perhaps'
      ? { ...verdict, missing: [...verdict.missing, ...restriction.missing] }
      : { ...verdict, evidence: [...verdict.evidence, ...restriction.evidence] };
  },
});

/** A registry the nodes pull from: where it is, as far as that is known. */
interface PulledRegistry {
  readonly label: string;
  /** Undefined where the workspace or its registry could not be read. */
  readonly location: string | undefined;
  readonly registry: Known<Registry | null>;
  readonly missing: readonly Missing[];
}

/** The registry of each workspace, else the workspace's region, else the cluster's. */
function registriesOf(cluster: InferenceCluster): readonly PulledRegistry[] {
  const none: Known<Registry | null> = { known: true, value: null };
  const { workspaces } = cluster;
  const unread: readonly PulledRegistry[] = workspaces.known
    ? []
    : [
        {
          label: 'the registry of the workspace',
          location: undefined,
          registry: { known: false, missing: workspaces.missing },
          missing: workspaces.missing,
        },
      ];
  const found = foundIn(workspaces);
  if (found.length === 0 && workspaces.known) {
    const label = `the registries of ${cluster.location}`;
    return [{ label, location: cluster.location, registry: none, missing: [] }];
  }
  return [...unread, ...found.map(pulledBy)];
}

function pulledBy({ id, location, registry }: Workspace): PulledRegistry {
  if (!registry.known) {
    const label = `the registry of workspace ${nameOf(id)}`;
    return { label, location: undefined, registry, missing: registry.missing };
  }
  return registry.value === null
    ? { label: `the registries of ${location}`, location, registry, missing: [] }
    : {
        label: `registry ${nameOf(registry.value.id)}`,
        location: registry.value.location,
        registry,
        missing: [],
      };
}

function judgeSubnet(
  pulled: PulledRegistry,
  subnet: ClusterSubnet,
  context: OutboundContext,
): Part {
  const direct = judgeDirectly(pulled, subnet, context);
  if (direct.kind === 'pass') return direct;
  const { registry } = pulled;
  // A registry that could not be read may have a private endpoint in the network.
  if (!registry.known) return direct.kind === 'fail' ? unknownPart(pulled.missing) : direct;
  if (registry.value === null) return direct;
  const endpoints = registry.value.privateEndpoints;
  const reachable = foundIn(endpoints).filter((endpoint) => isNear(endpoint, subnet));
  const byEndpoint = reachable.map((endpoint) => judgeEndpoint(pulled, endpoint, subnet, context));
  const passing = byEndpoint.find(({ kind }) => kind === 'pass');
  if (passing !== undefined) return passing;
  const open = byEndpoint.find(({ kind }) => kind === 'unknown');
  if (direct.kind !== 'fail') return direct;
  if (open !== undefined) return open;
  return endpoints.known ? direct : unknownPart(endpoints.missing);
}

/** Whether a private endpoint lies in the subnet's network or in a connected peer of it. */
function isNear({ subnetId }: PrivateEndpoint, subnet: ClusterSubnet): boolean {
  const network = networkOf(subnetId);
  if (network === networkOf(subnet.id)) return true;
  if (!subnet.virtualNetwork.known) return false;
  return subnet.virtualNetwork.value.peerings.some(
    ({ state, remoteNetworkId }) => state === 'Connected' && remoteNetworkId === network,
  );
}

function networkOf(subnetId: ResourceId): ResourceId {
  return parentOf(subnetId);
}

function judgeDirectly(
  pulled: PulledRegistry,
  subnet: ClusterSubnet,
  context: OutboundContext,
): Part {
  const { serviceTags } = context.cluster;
  const tag =
    pulled.location === undefined
      ? ({ kind: 'serviceTag', name: 'AzureContainerRegistry' } as const)
      : askableTag(registryTag(pulled.location), serviceTags);
  const rules = judgeRules(pulled, tag, subnet, context);
  if (rules.kind !== 'pass') return rules;
  return worstOf([rules, judgeRoutes(pulled, tag, subnet, context)]);
}

/** All of TCP 443 from every prefix of the subnet, past every chain of rules. */
function judgeRules(
  pulled: PulledRegistry,
  destination: AddressMatch,
  subnet: ClusterSubnet,
  context: OutboundContext,
): Part {
  const { prefixes } = subnet;
  if (!prefixes.known) return unknownPart(prefixes.missing);
  const surroundings = surroundingsOf(subnet, context.cluster, context.settings);
  const parts = prefixes.value.flatMap((prefix) =>
    chainsOf(subnet, context.all, 'Outbound').flatMap((chain): readonly Part[] => {
      const decision = decide(
        {
          ...outbound(prefix, destination),
          protocols: ['Tcp'],
          destinationPorts: [{ from: 443, to: 443 }],
        },
        chain,
        surroundings,
      );
      return decision.asked.atMost.isEmpty()
        ? []
        : [judgeDecision(decision, pulled, { destination, prefix, subnet, chain })];
    }),
  );
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

function judgeDecision(decision: Decision, pulled: PulledRegistry, place: Place): Part {
  const { destination, prefix, subnet, chain } = place;
  const target = `${matchText(destination)} TCP 443`;
  const region = pulled.location === undefined ? '' : `.${regionName(pulled.location)}`;
  const layers = `Image layers also come from Storage${region}.`;
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
    return pass(`The rules admit the nodes to ${pulled.label} (${target}). ${layers}`, evidence);
  }
  const denied = decision.denied.intersect(decision.asked.atLeast);
  if (pulled.location === undefined || denied.isEmpty()) {
    const network = subnet.virtualNetwork.known ? [] : subnet.virtualNetwork.missing;
    const why = decision.undecided.isEmpty() ? [] : whyUndecided(decision);
    return unknownPart([...pulled.missing, ...network, ...why]);
  }
  const rules = blockers(decision, denied);
  const whole = decision.answer === 'denied' ? '' : 'some of ';
  const blame =
    rules.length === 0
      ? 'no rule allows it'
      : listed(rules.map(({ list, rule }) => `rule ${rule.name} of ${list.name} denies it`));
  return fail(
    'high',
    `The nodes cannot reach ${whole}${pulled.label} (${target}): ${blame}. Allow it before that rule. ${layers}`,
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
  pulled: PulledRegistry,
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
  const [first, ...others] = routesTo(destination, routes, surroundings, familiesOf(subnet)).map(
    ({ route, certain }): Part => {
      const target = `${pulled.label} (${matchText(destination)})`;
      return judgeWayOut({ route, certain, at, target, subnet }, cluster, settings);
    },
  );
  return first === undefined ? pass('No route is needed.') : worstOf([first, ...others]);
}

/** An approved private endpoint: the nodes must reach its addresses on TCP 443. */
function judgeEndpoint(
  pulled: PulledRegistry,
  endpoint: PrivateEndpoint,
  subnet: ClusterSubnet,
  context: OutboundContext,
): Part {
  const known = addressesOf(endpoint, context);
  if (!known.known) return unknownPart(known.missing);
  const label = `private endpoint ${nameOf(endpoint.id)} of ${pulled.label}`;
  const [first, ...others] = distinct(known.value).flatMap((address) => [
    judgeRules({ ...pulled, label }, parseAddressMatch(address), subnet, context),
    ...ownRoutes(address, label, subnet, context),
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
  target: string,
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
      judgeWayOut({ route, certain: true, at: id, target, subnet }, cluster, settings),
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
