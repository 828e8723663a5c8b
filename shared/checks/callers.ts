import type { ClusterSubnet, ScoringEndpoint } from '../facts/inference-cluster.ts';
import type { Missing } from '../model/verdict.ts';
import { hostAddress, privateAddresses, specialUse } from '../network/address-bounds.ts';
import { parseAddressMatch } from '../network/parse-match.ts';
import type { AddressMatch } from '../network/security-rule.ts';
import type { ServiceTags } from '../network/service-tags.ts';
import {
  type AddressSet,
  type Family,
  addressSet,
  endOfFamily,
  parsePrefix,
  realAddresses,
  subtractAddresses,
  uniteAddresses,
} from '../packets/address.ts';
import type { Callers } from '../settings/cluster-settings.ts';

/** One group of callers: all of it must get in, or, where nobody said who calls, some of it. */
export type Ask = { readonly source: AddressMatch; readonly except: AddressSet } & (
  | { readonly kind: 'all'; readonly label: string }
  | { readonly kind: 'some' }
);

const internet: AddressMatch = { kind: 'serviceTag', name: 'Internet' };

/**
 * Who has to reach an endpoint: all of each configured caller that can address it, private ones
 * the private endpoints and others the public ones; with none left, some of the Internet, or some
 * of the cluster's own network.
 */
export function callerAsks(
  callers: Callers,
  endpoint: ScoringEndpoint,
  subnet: ClusterSubnet,
  serviceTags: ServiceTags,
): { readonly asks: readonly Ask[]; readonly missing: readonly Missing[] } {
  const isPublic = endpoint.visibility === 'public';
  const missing: Missing[] = [];
  if (callers.kind === 'listed') {
    const except = cannotCall(endpoint, subnet);
    const asks: Ask[] = [];
    for (const label of callers.sources.filter((text) => canAddress(text, endpoint, except))) {
      const match = parseAddressMatch(label);
      if (isUnlisted(match, serviceTags)) missing.push(unlistedTag(label));
      else asks.push({ kind: 'all', label, source: isPublic ? widened(match) : match, except });
    }
    if (asks.length + missing.length > 0) return { asks, missing };
  }
  if (isPublic) return { asks: [{ kind: 'some', source: internet, except: hostAddress }], missing };
  const { virtualNetwork } = subnet;
  if (!virtualNetwork.known) return { asks: [], missing: virtualNetwork.missing };
  const ownSpace = addressSet(virtualNetwork.value.addressPrefixes);
  const except = uniteAddresses(subtractAddresses(realAddresses, ownSpace), hostAddress);
  return { asks: [{ kind: 'some', source: { kind: 'any' }, except }], missing };
}

export function familyOf(text: string): Family {
  return parsePrefix(text)?.family ?? 4;
}

/**
 * The addresses that no packet to the endpoint comes from: the platform's own and, for a public
 * endpoint, those inside and of no use outside; for a private one, all outside.
 */
export function cannotCall(
  { visibility }: ScoringEndpoint,
  { virtualNetwork }: ClusterSubnet,
): AddressSet {
  const ownSpace = addressSet(virtualNetwork.known ? virtualNetwork.value.addressPrefixes : []);
  const inside = uniteAddresses(privateAddresses, ownSpace);
  return uniteAddresses(
    hostAddress,
    visibility === 'public'
      ? uniteAddresses(inside, specialUse)
      : subtractAddresses(realAddresses, inside),
  );
}

/** All addresses of a family, as far as they can call a public endpoint, are the Internet's. */
function widened(match: AddressMatch): AddressMatch {
  const range = match.kind === 'prefix' ? parsePrefix(match.text) : undefined;
  if (range === undefined) return match;
  const isWhole = Number(range.from) === 0 && range.to === endOfFamily(range.family);
  return isWhole ? internet : match;
}

/** Each address family by itself; a tag is called from outside unless it is the network's own. */
export function canAddress(text: string, endpoint: ScoringEndpoint, except: AddressSet): boolean {
  const match = parseAddressMatch(text);
  if (match.kind === 'serviceTag') {
    const isInside = match.name.toLowerCase() === 'virtualnetwork';
    return isInside === (endpoint.visibility === 'private');
  }
  if (match.kind !== 'prefix') return true;
  const left = subtractAddresses(addressSet([text]), except);
  return (familyOf(endpoint.address) === 4 ? left.v4 : left.v6).length > 0;
}

function isUnlisted(match: AddressMatch, serviceTags: ServiceTags): boolean {
  if (match.kind !== 'serviceTag' || !serviceTags.listed) return false;
  const isNetwork = /^(?:virtualnetwork|internet)$/i.test(match.name);
  return !isNetwork && serviceTags.addresses(match.name) === undefined;
}

/** A caller whose name is no service tag of the list. */
export function unlistedTag(label: string): Missing {
  return {
    what: `the addresses of the caller ${label}`,
    scope: '/',
    why: 'the service tag list does not name it; check how it is spelt in the settings',
  };
}
