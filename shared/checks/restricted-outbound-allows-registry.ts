import type {
  ClusterSubnet,
  InferenceCluster,
  PrivateEndpoint,
  Registry,
} from '../facts/inference-cluster.ts';
import { defineCheck } from '../model/check.ts';
import { type ResourceId, nameOf, parentOf } from '../model/resource-id.ts';
import { type Evidence, type Known, type Missing, foundIn } from '../model/verdict.ts';
import { type Decision, type Question, type RuleList, decide } from '../network/decide.ts';
import { parseAddressMatch } from '../network/parse-match.ts';
import { type Route, routesTo } from '../network/route-table.ts';
import type { Surroundings } from '../network/address-bounds.ts';
import type { AddressMatch } from '../network/security-rule.ts';
import { type Family, parsePrefix } from '../packets/address.ts';
import type { ClusterSettings } from '../settings/cluster-settings.ts';
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
import { askableTag, regionName, registryTag } from './required-outbound.ts';
import {
  admitters,
  blockers,
  chainsOf,
  isCustom,
  nodeSubnets,
  ruleEvidence,
  surroundingsOf,
  whyUndecided,
  witnessOf,
  workloadSubnets,
} from './subnet-rules.ts';

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
    const context: Context = { cluster, settings, all };
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

interface Context {
  readonly cluster: InferenceCluster;
  readonly settings: ClusterSettings;
  readonly all: readonly ClusterSubnet[];
}

type Restriction =
  | { readonly kind: 'none' }
  | { readonly kind: 'certain'; readonly evidence: readonly Evidence[] }
  | {
      readonly kind: 'perhaps';
      readonly evidence: readonly Evidence[];
      readonly missing: readonly Missing[];
    };

const internet: AddressMatch = { kind: 'serviceTag', name: 'Internet' };

/** Whether rules, routes or settings take some of the cluster's way to the Internet away. */
function restrictionOf(context: Context): Restriction {
  const { cluster, settings, all } = context;
  if (settings.outbound === 'restricted') return { kind: 'certain', evidence: [] };
  if (leavesByItself(cluster.outboundType) === false) {
    const says = `the cluster's outbound type is ${cluster.outboundType ?? ''}`;
    return { kind: 'certain', evidence: [{ at: cluster.id, says }] };
  }
  const findings = workloadSubnets(all).map((subnet) => restrictionOfSubnet(subnet, context));
  const certain = findings.flatMap((finding) => finding.certain);
  if (certain.length > 0) return { kind: 'certain', evidence: certain };
  const unread = cluster.subnets.known ? [] : cluster.subnets.missing;
  const missing = [...unread, ...findings.flatMap((finding) => finding.missing)];
  return missing.length > 0 ? { kind: 'perhaps', evidence: [], missing } : { kind: 'none' };
}

/** Whether AKS itself provides the way out; undefined means its default, a load balancer. */
function leavesByItself(outboundType: string | undefined): boolean {
  return !['userdefinedrouting', 'none', 'block'].includes((outboundType ?? '').toLowerCase());
}

function restrictionOfSubnet(
  subnet: ClusterSubnet,
  { cluster, settings, all }: Context,
): { readonly certain: readonly Evidence[]; readonly missing: readonly Missing[] } {
  const surroundings = surroundingsOf(subnet, cluster, settings);
  const certain: Evidence[] = [];
  const missing: Missing[] = [];
  if (!subnet.prefixes.known) missing.push(...subnet.prefixes.missing);
  for (const prefix of subnet.prefixes.known ? subnet.prefixes.value : []) {
    for (const chain of chainsOf(subnet, all, 'Outbound')) {
      const decision = decide(outbound(prefix, internet), chain, surroundings);
      missing.push(...decision.missing);
      for (const { list, shares } of decision.hops) {
        for (const share of shares) {
          if (share.rule.access !== 'Deny' || !isCustom(share.rule) || !('at' in list)) continue;
          if (share.certain.intersect(decision.asked.atLeast).isEmpty()) {
            missing.push(...whyUndecided({ ...decision, undecided: share.possible }));
          } else {
            const says = `rule ${share.rule.name} of ${list.name} takes some of the Internet away`;
            certain.push({ at: list.at, rule: share.rule.name, says });
          }
        }
      }
    }
  }
  const { routeTable } = subnet;
  if (!routeTable.known) return { certain, missing: [...missing, ...routeTable.missing] };
  if (routeTable.value !== null) {
    const { id, routes } = routeTable.value;
    // Routes are laid over addresses: a default route takes the Internet away even where the rules'
    // tag VirtualNetwork may count all of it as its own.
    for (const share of routesTo(internet, routes, narrow(surroundings), familiesOf(subnet))) {
      if (share.route === null || share.route.nextHopType === 'Internet') continue;
      const says = `route ${share.route.name} leads ${share.route.addressPrefix} to ${hopText(share.route)}`;
      if (share.certain) certain.push({ at: id, rule: share.route.name, says });
      else
        missing.push({
          what: `whether ${says}`,
          scope: id,
          why: 'its service tag is not resolved',
        });
    }
  }
  return { certain, missing };
}

function narrow({ serviceTags, virtualNetwork }: Surroundings): Surroundings {
  if (virtualNetwork === undefined) return { serviceTags };
  const { atLeast } = virtualNetwork;
  return { serviceTags, virtualNetwork: { atLeast, atMost: atLeast } };
}

/** The address families of a subnet; both where its prefixes are not known. */
function familiesOf({ prefixes }: ClusterSubnet): ReadonlySet<Family> {
  if (!prefixes.known) return new Set([4, 6]);
  return new Set(prefixes.value.flatMap((prefix) => parsePrefix(prefix)?.family ?? []));
}

function outbound(prefix: string, destination: AddressMatch): Question {
  return {
    direction: 'Outbound',
    protocols: [],
    source: parseAddressMatch(prefix),
    sourcePorts: [],
    destination,
    destinationPorts: [],
  };
}

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
  if (!workspaces.known) {
    const label = 'the registry of the workspace';
    return [{ label, location: undefined, registry: workspaces, missing: workspaces.missing }];
  }
  if (workspaces.value.length === 0) {
    const label = `the registries of ${cluster.location}`;
    return [{ label, location: cluster.location, registry: none, missing: [] }];
  }
  return workspaces.value.map(({ id, location, registry }) => {
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
  });
}

function judgeSubnet(pulled: PulledRegistry, subnet: ClusterSubnet, context: Context): Part {
  const direct = judgeDirectly(pulled, subnet, context);
  if (direct.kind === 'pass') return direct;
  const { registry } = pulled;
  // A registry that could not be read may have a private endpoint in the network.
  if (!registry.known) return direct.kind === 'fail' ? unknownPart(pulled.missing) : direct;
  if (registry.value === null) return direct;
  const endpoints = registry.value.privateEndpoints;
  if (!endpoints.known) return direct.kind === 'fail' ? unknownPart(endpoints.missing) : direct;
  const reachable = endpoints.value.filter((endpoint) => isNear(endpoint, subnet));
  const byEndpoint = reachable.map((endpoint) => judgeEndpoint(pulled, endpoint, subnet, context));
  const passing = byEndpoint.find(({ kind }) => kind === 'pass');
  if (passing !== undefined) return passing;
  const open = byEndpoint.find(({ kind }) => kind === 'unknown');
  if (open !== undefined && direct.kind === 'fail') return open;
  return direct;
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

function judgeDirectly(pulled: PulledRegistry, subnet: ClusterSubnet, context: Context): Part {
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
  context: Context,
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
  const target = `${targetText(destination)} TCP 443`;
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

function targetText(destination: AddressMatch): string {
  switch (destination.kind) {
    case 'serviceTag':
      return destination.name;
    case 'prefix':
      return destination.text;
    case 'any':
      return 'everything';
    case 'applicationSecurityGroup':
      return nameOf(destination.id);
    case 'unclear':
      return destination.text;
    default:
      return destination satisfies never;
  }
}

/** What the rules admit must also have a way out that somebody vouches for. */
function judgeRoutes(
  pulled: PulledRegistry,
  destination: AddressMatch,
  subnet: ClusterSubnet,
  context: Context,
): Part {
  const { cluster, settings } = context;
  const { routeTable } = subnet;
  if (!routeTable.known) return unknownPart(routeTable.missing);
  const routes = routeTable.value?.routes ?? [];
  const at = routeTable.value?.id ?? subnet.id;
  const surroundings = surroundingsOf(subnet, cluster, settings);
  const [first, ...others] = routesTo(destination, routes, surroundings, familiesOf(subnet)).map(
    ({ route, certain }): Part =>
      judgeHop(
        route,
        { at, certain, target: `${pulled.label} (${targetText(destination)})` },
        context,
      ),
  );
  return first === undefined ? pass('No route is needed.') : worstOf([first, ...others]);
}

function judgeHop(
  route: Route | null,
  {
    at,
    certain,
    target,
  }: { readonly at: ResourceId; readonly certain: boolean; readonly target: string },
  { cluster, settings }: Context,
): Part {
  if (route === null || route.nextHopType === 'Internet') {
    if (leavesByItself(cluster.outboundType)) {
      return pass(`The way to ${target} leaves through Azure's own egress.`);
    }
    return unknownPart([
      {
        what: `the way out to ${target}`,
        scope: at,
        why: `outbound type ${cluster.outboundType ?? ''} provides none, and no route leads to an appliance`,
      },
    ]);
  }
  const address = route.nextHopIpAddress;
  const evidence: Evidence = {
    at,
    rule: route.name,
    says: `route ${route.name} leads ${route.addressPrefix} to ${hopText(route)}`,
  };
  if (route.nextHopType === 'VirtualAppliance' && isTrusted(address, settings)) {
    return pass(`The appliance at ${address ?? ''} is trusted to let ${target} through.`, [
      { ...evidence, says: `${evidence.says}, which the settings trust (assumed, not proven)` },
    ]);
  }
  if (route.nextHopType === 'None') {
    if (!certain)
      return unknownPart([
        { what: `whether ${evidence.says}`, scope: at, why: 'its service tag is not resolved' },
      ]);
    return fail(
      'high',
      `The nodes cannot reach ${target}: route ${route.name} drops ${route.addressPrefix}. Give it a next hop.`,
      [evidence],
    );
  }
  const what =
    route.nextHopType === 'VirtualAppliance'
      ? `rules of the appliance at ${address ?? 'an address that is not set'}`
      : `what lies behind ${hopText(route)}`;
  const why = `route ${route.name} sends ${target} there; if it lets the registry through, name it in egress.trustedAppliances`;
  return unknownPart([{ what, scope: at, why }], undefined, [evidence]);
}

function isTrusted(address: string | undefined, settings: ClusterSettings): boolean {
  return address !== undefined && settings.trustedAppliances.includes(address.trim());
}

function hopText({ nextHopType, nextHopIpAddress }: Route): string {
  switch (nextHopType) {
    case 'VirtualAppliance':
      return `the appliance at ${nextHopIpAddress ?? 'an address that is not set'}`;
    case 'VirtualNetworkGateway':
      return 'the virtual network gateway';
    case 'None':
      return 'nowhere (next hop None)';
    case 'VnetLocal':
      return 'the virtual network itself';
    case 'Internet':
      return 'the Internet';
    default:
      return nextHopType satisfies never;
  }
}

/** An approved private endpoint: the nodes must reach its addresses on TCP 443. */
function judgeEndpoint(
  pulled: PulledRegistry,
  endpoint: PrivateEndpoint,
  subnet: ClusterSubnet,
  context: Context,
): Part {
  const known = addressesOf(endpoint, context);
  if (!known.known) return unknownPart(known.missing);
  const [first, ...others] = distinct(known.value).map((address) =>
    judgeRules(
      { ...pulled, label: `private endpoint ${nameOf(endpoint.id)} of ${pulled.label}` },
      parseAddressMatch(address),
      subnet,
      context,
    ),
  );
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

/** The endpoint's own addresses, else the whole subnet it lies in: if all of that is admitted, so is it. */
function addressesOf(endpoint: PrivateEndpoint, { all }: Context): Known<readonly string[]> {
  if (endpoint.addresses.known) return endpoint.addresses;
  const subnet = all.find(({ id }) => id === endpoint.subnetId);
  return subnet?.prefixes.known === true ? subnet.prefixes : endpoint.addresses;
}
