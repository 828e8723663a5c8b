import type { ResourceId } from '../model/resource-id.ts';
import {
  type AddressSet,
  type Family,
  intersectAddresses,
  isEmptyAddresses,
  noAddresses,
  subtractAddresses,
  uniteAddresses,
} from '../packets/address.ts';
import {
  type AddressBounds,
  type Surroundings,
  addressResolver,
  addressWorlds,
  namedTags,
} from './address-bounds.ts';
import { parseAddressMatch } from './parse-match.ts';
import type { AddressMatch } from './security-rule.ts';

export interface RouteTable {
  readonly id: ResourceId;
  readonly routes: readonly Route[];
  /** Whether routes learned by a gateway are kept out (`disableBgpRoutePropagation`). */
  readonly ignoresGatewayRoutes?: boolean;
}

export interface Route {
  readonly name: string;
  /** A CIDR or a service tag, with no blanks around it. */
  readonly addressPrefix: string;
  readonly nextHopType:
    | 'VirtualNetworkGateway'
    | 'VnetLocal'
    | 'Internet'
    | 'VirtualAppliance'
    | 'None';
  readonly nextHopIpAddress?: string;
}

/** The part of a destination that one route carries; `route` is null for Azure's system routes. */
export interface RouteShare {
  readonly route: Route | null;
  readonly certain: boolean;
}

/**
 * Which routes carry packets of these address families to a destination, by longest prefix; `certain` where some packet
 * takes that route whatever the unresolved tags hold.
 * Source: learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview.
 */
export function routesTo(
  destination: AddressMatch,
  routes: readonly Route[],
  surroundings: Surroundings,
  families: ReadonlySet<Family>,
): readonly RouteShare[] {
  const matched = routes.map((route) => ({
    route,
    match: matchOf(route),
  }));
  const names = namedTags(
    matched.map(({ match }) => match),
    [destination],
    surroundings,
  );
  const perWorld = addressWorlds(surroundings, names, destination)
    .flat()
    .map((world) => {
      const resolver = addressResolver(surroundings, names, destination, world);
      const asked = {
        atLeast: ofFamilies(resolver.asked.atLeast, families),
        atMost: ofFamilies(resolver.asked.atMost, families),
      };
      const candidates = matched.map(({ route, match }) => ({
        route,
        specificity: specificityOf(match),
        bounds: resolver.rule([match]),
      }));
      return sharesOf(asked, candidates);
    });
  return [...routes, null].flatMap((route) => {
    const found = perWorld.map((shares) => shares.get(route));
    if (found.every((certain) => certain === undefined)) return [];
    return [{ route, certain: found.every((certain) => certain === true) }];
  });
}

/** What a route is for, parsed once: it is asked about for every destination. */
function matchOf(route: Route): AddressMatch {
  const match = matches.get(route) ?? parseAddressMatch(route.addressPrefix);
  matches.set(route, match);
  return match;
}

const matches = new WeakMap<Route, AddressMatch>();

interface Candidate {
  readonly route: Route;
  readonly specificity: number;
  readonly bounds: AddressBounds;
}

/** The routes that may carry some of `asked`, and whether they certainly do; null for the system's. */
function sharesOf(
  asked: AddressBounds,
  candidates: readonly Candidate[],
): ReadonlyMap<Route | null, boolean> {
  const shares = new Map<Route | null, boolean>();
  let open = asked.atMost;
  let untouched = asked.atMost;
  for (const candidate of candidates.toSorted((a, b) => b.specificity - a.specificity)) {
    const { route, specificity, bounds } = candidate;
    // The prefixes of a service tag may be longer or shorter than any other route's but the default.
    const contested = candidates
      .filter((other) => other !== candidate && other.specificity === tagSpecificity)
      .reduce((set, other) => uniteAddresses(set, other.bounds.atMost), noAddresses);
    const own = specificity === 0 ? bounds.atLeast : subtractAddresses(bounds.atLeast, contested);
    const certain = intersectAddresses(intersectAddresses(untouched, own), asked.atLeast);
    if (!isEmptyAddresses(intersectAddresses(open, bounds.atMost))) {
      shares.set(route, !isEmptyAddresses(certain));
    }
    open = subtractAddresses(open, own);
    untouched = subtractAddresses(untouched, bounds.atMost);
  }
  if (!isEmptyAddresses(open)) {
    shares.set(null, !isEmptyAddresses(intersectAddresses(untouched, asked.atLeast)));
  }
  return shares;
}

function ofFamilies({ v4, v6 }: AddressSet, families: ReadonlySet<Family>): AddressSet {
  return { v4: families.has(4) ? v4 : [], v6: families.has(6) ? v6 : [] };
}

/** Between the default route and every other prefix, to whose lengths a tag's are not comparable. */
const tagSpecificity = 0.5;

/** The length of the prefix; an address by itself is longer than any. */
function specificityOf(match: AddressMatch): number {
  if (match.kind !== 'prefix') return tagSpecificity;
  const [, length] = match.text.split('/');
  return length === undefined ? 128 : Number(length);
}
