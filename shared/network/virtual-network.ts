import type { ResourceId } from '../model/resource-id.ts';
import type { Known, Listing } from '../model/verdict.ts';
import {
  type AddressSet,
  addressSet,
  noAddresses,
  parsePrefix,
  realAddresses,
  uniteAddresses,
} from '../packets/address.ts';
import { type AddressBounds, hostAddress } from './address-bounds.ts';
import type { RouteTable } from './route-table.ts';
import type { ServiceTags } from './service-tags.ts';

export interface VirtualNetwork {
  readonly id: ResourceId;
  readonly name: string;
  readonly addressPrefixes: readonly string[];
  readonly peerings: readonly Peering[];
  /** All of them, whoever uses them. */
  readonly subnets: Listing<SubnetRange>;
  /** Whether a subnet `GatewaySubnet` exists here. */
  readonly hasGateway: boolean;
}

/** A subnet and its prefixes, as written. */
export interface SubnetRange {
  readonly name: string;
  readonly prefixes: readonly string[];
}

export interface Peering {
  readonly name: string;
  /** `Closed` where it is connected and keeps the remote network's traffic out (`allowVirtualNetworkAccess`). */
  readonly state: 'Connected' | 'Disconnected' | 'Initiated' | 'Closed';
  readonly remoteNetworkId: ResourceId;
  /** What the peering brings for certain. */
  readonly remotePrefixes: readonly string[];
  /** What it may bring beside them: address space that it has not taken over yet. */
  readonly perhapsPrefixes?: readonly string[];
  readonly useRemoteGateways: boolean;
}

/** What may lie behind a gateway when nobody says: RFC 1918 and RFC 6598. */
const assumedOnPremises = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'];

/**
 * What the `VirtualNetwork` tag means in one subnet: the address space, connected peers whose traffic
 * is let in, Azure's host address and the prefixes of the subnet's routes; at the most also what a
 * gateway, a default route to an appliance or a peering out of date brings in.
 * Sources: learn.microsoft.com/azure/virtual-network/virtual-network-manage-peering
 * (`allowVirtualNetworkAccess`), learn.microsoft.com/azure/virtual-network/service-tags-overview ("might also contain
 * default routes").
 */
export function virtualNetworkBounds(
  network: VirtualNetwork,
  routeTable: Known<RouteTable | null>,
  serviceTags: ServiceTags,
  onPremises: readonly string[],
): AddressBounds {
  const same = kept
    .get(network)
    ?.find(
      (one) =>
        one.routeTable === routeTable &&
        one.serviceTags === serviceTags &&
        one.onPremises === onPremises,
    );
  if (same !== undefined) return same.bounds;
  const bounds = boundsOf(network, routeTable, serviceTags, onPremises);
  const others = kept.get(network)?.slice(-mostKept) ?? [];
  kept.set(network, [...others, { routeTable, serviceTags, onPremises, bounds }]);
  return bounds;
}

/** What was worked out for a network, so that every question about it finds the same sets. */
interface KeptBounds {
  readonly routeTable: Known<RouteTable | null>;
  readonly serviceTags: ServiceTags;
  readonly onPremises: readonly string[];
  readonly bounds: AddressBounds;
}

const kept = new WeakMap<VirtualNetwork, readonly KeptBounds[]>();

/** Subnets of one network have few route tables between them. */
const mostKept = 15;

function boundsOf(
  network: VirtualNetwork,
  routeTable: Known<RouteTable | null>,
  serviceTags: ServiceTags,
  onPremises: readonly string[],
): AddressBounds {
  const connected = network.peerings.filter((peering) => peering.state === 'Connected');
  let atLeast = unite(
    hostAddress,
    addressSet(network.addressPrefixes),
    ...connected.map((peering) => addressSet(peering.remotePrefixes)),
  );
  let wider = unite(...connected.map((peering) => addressSet(peering.perhapsPrefixes ?? [])));
  if (!routeTable.known || connected.some(bringsUnsaid)) wider = realAddresses;
  for (const route of (routeTable.known ? routeTable.value?.routes : undefined) ?? []) {
    const leadsInside = ['VirtualAppliance', 'VirtualNetworkGateway', 'VnetLocal'].includes(
      route.nextHopType,
    );
    if (parsePrefix(route.addressPrefix) === undefined) {
      wider = unite(wider, serviceTags.addresses(route.addressPrefix) ?? realAddresses);
    } else if (isDefaultRoute(route.addressPrefix)) {
      if (leadsInside && route.nextHopType !== 'VnetLocal') {
        wider = unite(wider, addressSet([route.addressPrefix]));
      }
    } else if (leadsInside) {
      atLeast = unite(atLeast, addressSet([route.addressPrefix]));
    } else {
      wider = unite(wider, addressSet([route.addressPrefix]));
    }
  }
  if (network.hasGateway || network.peerings.some(usesRemoteGateway)) {
    wider = unite(wider, addressSet(onPremises.length > 0 ? onPremises : assumedOnPremises));
  }
  return { atLeast, atMost: unite(atLeast, wider) };
}

function bringsUnsaid({ remotePrefixes, perhapsPrefixes = [] }: Peering): boolean {
  return remotePrefixes.length + perhapsPrefixes.length === 0;
}

/** Traffic kept out between the networks says nothing of what the remote gateway announces. */
function usesRemoteGateway({ state, useRemoteGateways }: Peering): boolean {
  return useRemoteGateways && (state === 'Connected' || state === 'Closed');
}

/** `0.0.0.0/0` or `::/0`. */
export function isDefaultRoute(addressPrefix: string): boolean {
  return addressPrefix.trim().endsWith('/0');
}

function unite(...sets: readonly AddressSet[]): AddressSet {
  return sets.reduce(uniteAddresses, noAddresses);
}
