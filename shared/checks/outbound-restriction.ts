import type { ClusterSubnet, InferenceCluster } from '../facts/inference-cluster.ts';
import type { Evidence, Known, Missing } from '../model/verdict.ts';
import type { Surroundings } from '../network/address-bounds.ts';
import { type Question, decide } from '../network/decide.ts';
import { parseAddressMatch } from '../network/parse-match.ts';
import { type Route, type RouteShare, routesTo } from '../network/route-table.ts';
import type { AddressMatch } from '../network/security-rule.ts';
import { takenFrom } from '../network/taken-from.ts';
import { virtualNetworkBounds } from '../network/virtual-network.ts';
import { type Family, parsePrefix } from '../packets/address.ts';
import type { ClusterSettings } from '../settings/cluster-settings.ts';
import { type Part, distinctBy } from './judgement.ts';
import { keptBy } from './kept-by.ts';
import { chainsOf, surroundingsOf, whyUndecided, workloadSubnets } from './subnet-rules.ts';
import { hopText, leavesByItself } from './way-out.ts';

/** A cluster, its settings, and the subnets that are known of it. */
export interface OutboundContext {
  readonly cluster: InferenceCluster;
  readonly settings: ClusterSettings;
  readonly all: readonly ClusterSubnet[];
}

/** Whether some of the cluster's way to the Internet is taken away, and what shows it. */
export type Restriction =
  | { readonly kind: 'none' }
  | { readonly kind: 'certain'; readonly evidence: readonly Evidence[] }
  | {
      readonly kind: 'perhaps';
      readonly evidence: readonly Evidence[];
      readonly missing: readonly Missing[];
    };

const internet: AddressMatch = { kind: 'serviceTag', name: 'Internet' };

/** Whether rules, routes or settings take some of the cluster's way to the Internet away. */
export function restrictionOf({ cluster, settings, all }: OutboundContext): Restriction {
  return keptRestriction(cluster, settings, all);
}

/** A verdict on what is restricted, with what shows that it is, or leaves that open. */
export function withRestriction(verdict: Part, restriction: Restriction): Part {
  if (restriction.kind === 'none') return verdict;
  return verdict.kind === 'unknown' && restriction.kind === 'perhaps'
    ? { ...verdict, missing: distinctBy([...verdict.missing, ...restriction.missing]) }
    : { ...verdict, evidence: distinctBy([...verdict.evidence, ...restriction.evidence]) };
}

const keptRestriction = keptBy(
  (
    cluster: InferenceCluster,
    settings: ClusterSettings,
    all: readonly ClusterSubnet[],
  ): Restriction => findRestriction({ cluster, settings, all }),
);

function findRestriction(context: OutboundContext): Restriction {
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

function restrictionOfSubnet(
  subnet: ClusterSubnet,
  { cluster, settings, all }: OutboundContext,
): { readonly certain: readonly Evidence[]; readonly missing: readonly Missing[] } {
  const surroundings = surroundingsOf(subnet, cluster, settings);
  const certain: Evidence[] = [];
  const missing: Missing[] = [];
  if (!subnet.prefixes.known) missing.push(...subnet.prefixes.missing);
  for (const prefix of subnet.prefixes.known ? subnet.prefixes.value : []) {
    for (const chain of chainsOf(subnet, all, 'Outbound')) {
      const decision = decide(outbound(prefix, internet), chain, surroundings);
      missing.push(...decision.missing);
      for (const taking of takenFrom(decision)) {
        const { list, rule } = taking;
        if (taking.certain.isEmpty()) {
          missing.push(...whyUndecided(decision, taking.possible));
        } else {
          const says = `rule ${rule.name} of ${list.name} takes some of the Internet away`;
          certain.push({ at: list.at, rule: rule.name, says });
        }
      }
    }
  }
  const { routeTable } = subnet;
  if (!routeTable.known) return { certain, missing: [...missing, ...routeTable.missing] };
  if (routeTable.value !== null) {
    const { id, routes } = routeTable.value;
    for (const share of routesToInternet(subnet, routes, surroundings)) {
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

/**
 * Which routes carry a subnet's packets to the Internet. Routes are laid over addresses: they take
 * the Internet away even where the rules' tag VirtualNetwork counts what they carry as its own.
 */
export function routesToInternet(
  subnet: ClusterSubnet,
  routes: readonly Route[],
  surroundings: Surroundings,
): readonly RouteShare[] {
  return routesTo(internet, routes, withoutRoutes(subnet, surroundings), familiesOf(subnet));
}

function withoutRoutes(
  { virtualNetwork }: ClusterSubnet,
  { serviceTags }: Surroundings,
): Surroundings {
  if (!virtualNetwork.known) return { serviceTags };
  const none: Known<null> = { known: true, value: null };
  const { atLeast } = virtualNetworkBounds(virtualNetwork.value, none, serviceTags, []);
  return { serviceTags, virtualNetwork: { atLeast, atMost: atLeast } };
}

/** The address families of a subnet; both where its prefixes are not known. */
export function familiesOf({ prefixes }: ClusterSubnet): ReadonlySet<Family> {
  if (!prefixes.known) return new Set([4, 6]);
  return new Set(prefixes.value.flatMap((prefix) => parsePrefix(prefix)?.family ?? []));
}

/** Everything from a prefix to a destination. */
export function outbound(prefix: string, destination: AddressMatch): Question {
  return {
    direction: 'Outbound',
    protocols: [],
    source: parseAddressMatch(prefix),
    sourcePorts: [],
    destination,
    destinationPorts: [],
  };
}
