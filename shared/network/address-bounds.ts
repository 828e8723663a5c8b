import {
  type AddressSet,
  endOfFamily,
  equalAddresses,
  addressSet,
  intersectAddresses,
  isEmptyAddresses,
  noAddresses,
  realAddresses,
  subtractAddresses,
  uniteAddresses,
} from '../packets/address.ts';
import {
  type IntervalSet,
  areDisjoint,
  intervals,
  noInterval,
  unionOf,
} from '../packets/interval-set.ts';
import type { AddressNames } from '../packets/describe.ts';
import type { ResourceId } from '../model/resource-id.ts';
import type { GroupMembers } from './group-members.ts';
import { lazily } from './lazily.ts';
import type { AddressMatch } from './security-rule.ts';
import { containsServiceTag, type ServiceTags } from './service-tags.ts';

/**
 * What a match covers for certain and at the most. The two differ only where something is not
 * resolved: a service tag without its list, the members of an application security group.
 */
export interface AddressBounds {
  readonly atLeast: AddressSet;
  readonly atMost: AddressSet;
}

/** What lies around a network security group, as far as its rules can name it. */
export interface Surroundings {
  /** The meaning of the `VirtualNetwork` tag; undefined where the address space is not known. */
  readonly virtualNetwork?: AddressBounds;
  readonly serviceTags: ServiceTags;
  /** Who is in application security groups; undefined where nothing is known of them. */
  readonly groupMembers?: GroupMembers;
}

/**
 * Addresses that are never on the Internet: RFC 6890's special-purpose blocks as the recorded
 * effective rules of Azure leave them out of the `Internet` tag, and for IPv6 everything outside
 * global unicast (2000::/3), documentation included.
 */
export const specialUse: AddressSet = addressSet([
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.2.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '224.0.0.0/3',
  '::/3',
  '2001:db8::/32',
  '4000::/2',
  '8000::/1',
]);

/**
 * Public blocks that recorded effective rules leave out of `Internet` in some answers and not in
 * others; no published service tag lies in them. They belong to the upper bound only.
 */
export const sometimesOmittedFromInternet: AddressSet = addressSet([
  '4.128.0.0/12',
  '13.96.0.0/13',
  '20.35.252.0/22',
  '20.128.0.0/16',
  '20.130.0.0/16',
  '20.144.0.0/14',
  '20.176.0.0/13',
  '21.0.0.0/8',
  '22.0.0.0/8',
  '23.103.0.0/18',
  '25.0.0.0/8',
  '40.66.128.0/17',
  '40.108.0.0/17',
  '40.109.0.0/16',
  '52.132.0.0/14',
  '52.145.0.0/16',
  '68.18.0.0/15',
  '104.146.0.0/17',
  '104.147.0.0/16',
  '104.212.36.0/22',
  '104.212.52.0/22',
  '129.75.0.0/16',
  '134.177.0.0/16',
  '138.196.0.0/16',
  '141.251.0.0/16',
  '146.147.0.0/16',
  '157.59.0.0/16',
  '192.32.0.0/16',
  '192.100.102.0/23',
]);

/** Azure's host address: DNS, DHCP and the source of load balancer probes. */
export const hostAddress: AddressSet = addressSet(['168.63.129.16']);

/** Addresses that no service tag without a list holds: those of special use, and the host's own. */
export const neverTagged: AddressSet = uniteAddresses(specialUse, hostAddress);

/** Addresses that a service tag may hold: public ones, without the host's own. */
export const publicAddresses: AddressSet = subtractAddresses(realAddresses, neverTagged);

/** The host's address and the instance metadata service: what nodes reach whatever their rules say. */
export const platformAddresses: AddressSet = addressSet(['168.63.129.16', '169.254.169.254']);

/** Addresses that can only be spoken to from inside: RFC 1918, RFC 6598 and unique local IPv6. */
export const privateAddresses: AddressSet = addressSet([
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  'fc00::/7',
]);

/** Where probes of load balancers come from. */
const probeAddresses: AddressSet = addressSet(['168.63.129.16', 'fe80::1234:5678:9abc']);

/** Service tags with addresses that never change and that stand in no list of every age. */
const fixedTags: ReadonlyMap<string, AddressSet> = new Map([
  ['azureloadbalancer', probeAddresses],
  ['azureplatformdns', addressSet(['168.63.129.16'])],
  ['azureplatformimds', addressSet(['169.254.169.254'])],
]);

/*
 * A service tag whose addresses are not known is a named address: a point past the end of the
 * address line that stands for "some address of this tag". A published tag is never empty, so a
 * rule that takes the point takes something. The first two points are the virtual network and the
 * Internet themselves, where the address space is not known; then every unresolved tag in turn.
 */
const virtualNetworkPoint = 0;
const internetPoint = 1;
const firstTagPoint = 2;

function pointsFrom(first: number, end?: number): AddressSet {
  const v4 = 2 ** 32;
  const v6 = 2n ** 128n;
  return {
    v4: intervals([[v4 + first, end === undefined ? Infinity : v4 + end]]),
    v6: intervals([[v6 + BigInt(first), end === undefined ? Infinity : v6 + BigInt(end)]]),
  };
}

function point(index: number): AddressSet {
  const before = points[index];
  if (before !== undefined) return before;
  const made = pointsFrom(index, index + 1);
  points[index] = made;
  return made;
}

const points: AddressSet[] = [];

/** Everything that a service tag nobody resolves may cover. */
const tagged: AddressSet = uniteAddresses(publicAddresses, pointsFrom(internetPoint));

const anyAddress: AddressSet = uniteAddresses(realAddresses, pointsFrom(0));

const anywhere: AddressBounds = { atLeast: anyAddress, atMost: anyAddress };

/** The named addresses of one question: the service tags in it, or in its rules, that no list resolves. */
export interface NamedTags extends AddressNames {
  readonly tags: readonly string[];
}

/** Gathers the tags among `matches` that cannot be resolved; the order does not depend on the order of rules. */
export function namedTags(
  matches: Iterable<AddressMatch>,
  asked: readonly AddressMatch[],
  surroundings: Surroundings,
): NamedTags {
  const names = new Map<string, string>();
  const note = (match: AddressMatch, isAsked: boolean): void => {
    if (match.kind !== 'serviceTag') return;
    const key = match.name.toLowerCase();
    if (isResolved(key, surroundings)) return;
    // A tag that a list does not name may be empty, so only a question may speak of it.
    if (!surroundings.serviceTags.listed || isAsked) names.set(key, names.get(key) ?? match.name);
  };
  for (const match of asked) note(match, true);
  for (const match of matches) note(match, false);
  const tags = [...names.entries()]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, name]) => name);
  return {
    tags,
    *entries(family) {
      const all = ['VirtualNetwork', 'Internet', ...tags];
      for (const [index, name] of all.entries()) {
        yield family === 4 ? [2 ** 32 + index, name] : [2n ** 128n + BigInt(index), name];
      }
    },
  };
}

/** Whether a tag means something without its name: one of Azure's fixed tags, or listed. */
export function isResolved(tag: string, { serviceTags }: Surroundings): boolean {
  const key = tag.toLowerCase();
  return (
    key === 'virtualnetwork' ||
    key === 'internet' ||
    fixedTags.has(key) ||
    serviceTags.addresses(key) !== undefined
  );
}

/** The meaning of address matches on one side (source or destination) of one question, in one world. */
export interface AddressResolver {
  /** What a rule's match covers. */
  rule(matches: readonly AddressMatch[]): AddressBounds;
  /**
   * What a question's match asks for: `atMost` is asked, `atLeast` is the part that certainly
   * exists, so that a denial within it is a denial of something.
   */
  readonly asked: AddressBounds;
}

/** One way the unresolved parts of the address space may be. */
export interface AddressWorld {
  /** The exact meaning of `VirtualNetwork`. */
  readonly virtualNetwork: AddressSet;
  /** Unresolved service tags that the addresses asked about are in, and with them in every tag that holds one. */
  readonly inTags: readonly string[];
  /** Whether only addresses with a number are asked about, not the points that stand for tags. */
  readonly numbered?: boolean;
  /**
   * Of the other names whose members are open ({@link openName}), those that hold every address they
   * may; the rest hold none but their certain ones. Undefined where each rule is in doubt by itself.
   */
  readonly holding?: ReadonlySet<string>;
}

/**
 * What names the doubt about a match that no list of service tags ends: blocks that only sometimes
 * are of the Internet, members of application security groups, what nobody can read.
 */
export function openName(match: AddressMatch): string | undefined {
  switch (match.kind) {
    case 'serviceTag':
      return match.name.toLowerCase() === 'internet' ? 'internet' : undefined;
    case 'applicationSecurityGroup':
      return match.id;
    case 'unclear':
      return `unclear ${match.text}`;
    case 'any':
    case 'prefix':
      return undefined;
    default:
      return match satisfies never;
  }
}

/**
 * Whether a match covers the same in every {@link AddressWorld}: a prefix or a tag with its own list of
 * prefixes does, the virtual network, what is beside it and names that are open do not.
 */
export function isAlikeInWorlds(match: AddressMatch, surroundings: Surroundings): boolean {
  if (match.kind !== 'serviceTag') return openName(match) === undefined;
  const key = match.name.toLowerCase();
  return key !== 'virtualnetwork' && key !== 'internet' && isResolved(key, surroundings);
}

/**
 * The worlds in which one side of a question has to be decided, by the meaning of `VirtualNetwork`
 * and then by unresolved service tag; what one list of rules does in all of them, it does.
 *
 * Each address is in the virtual network or not, and `Internet` is what is not: the narrowest and
 * the widest meaning cover both. (A question that is itself about one of the two asks only for
 * packets in it, which settles that.) An address may be in any number of unresolved tags; but where
 * a rule is the first to match because of one of them, it is so too for an address that is in that
 * tag alone, for fewer memberships match fewer rules before it. So one tag at a time is enough.
 * Where the names of `open` are told apart too, the same holds of tags and names together.
 */
export function addressWorlds(
  surroundings: Surroundings,
  names: NamedTags,
  asked: AddressMatch,
  assumed?: AddressMatch,
  open: readonly string[] = [],
): readonly (readonly AddressWorld[])[] {
  const { atLeast, atMost } = virtualNetworkOf(surroundings);
  const base = assumed?.kind === 'serviceTag' ? [assumed.name] : [];
  const about = asked.kind === 'serviceTag' ? asked.name.toLowerCase() : '';
  const side = askedFor(surroundings, names, asked).atMost;
  const touches = (set: AddressSet): boolean => !isEmptyAddresses(intersectAddresses(side, set));
  const networks =
    about === 'virtualnetwork'
      ? [atMost]
      : about !== 'internet' && touches(perhapsInside(virtualNetworkOf(surroundings)))
        ? [atLeast, atMost]
        : [atLeast];
  const isTagged = names.tags.length > 0 && touches(tagged);
  const memberships = [[], ...(isTagged ? names.tags.map((tag) => [tag]) : [])];
  const numbered = assumed !== undefined;
  return networks.map((virtualNetwork) => {
    const shared = { virtualNetwork, numbered };
    const ofTags = memberships.map((more) => ({ ...shared, inTags: [...base, ...more] }));
    if (open.length === 0) return ofTags;
    const none: ReadonlySet<string> = new Set();
    return [
      ...ofTags.map((world) => ({ ...world, holding: none })),
      ...open.map((name) => ({ ...shared, inTags: base, holding: new Set([name]) })),
    ];
  });
}

/** What a question's match asks for, of named addresses too, in the narrowest meaning of the network. */
function askedFor(
  surroundings: Surroundings,
  names: NamedTags,
  asked: AddressMatch,
): AddressBounds {
  const plain = plainlyAsked(surroundings, names, asked);
  if (plain !== undefined) return plain;
  const virtualNetwork = virtualNetworkOf(surroundings).atLeast;
  return addressResolver(surroundings, names, asked, { virtualNetwork, inTags: [] }).asked;
}

/**
 * What a prefix or a listed tag asks for where the network is known and no tag is named: the same in every
 * world, and most of what is asked. Undefined for everything else.
 */
export function plainlyAsked(
  surroundings: Surroundings,
  names: NamedTags,
  asked: AddressMatch,
): AddressBounds | undefined {
  if (asked.kind === 'prefix') return exactly(addressSet([asked.text]));
  if (names.tags.length > 0 || surroundings.virtualNetwork === undefined) return undefined;
  if (asked.kind !== 'serviceTag' || !isAlikeInWorlds(asked, surroundings)) return undefined;
  const key = asked.name.toLowerCase();
  const set = fixedTags.get(key) ?? surroundings.serviceTags.addresses(key);
  return set === undefined ? undefined : exactly(set);
}

/** What is in the network in some worlds and not in others, with the tags that may be. */
function perhapsInside(network: AddressBounds): AddressSet {
  const before = inDoubt.get(network);
  if (before !== undefined) return before;
  const made = withTagsOf(subtractAddresses(network.atMost, network.atLeast));
  inDoubt.set(network, made);
  return made;
}

const inDoubt = new WeakMap<AddressBounds, AddressSet>();

/** The set, and every tag's point where some of it is public. */
function withTagsOf(set: AddressSet): AddressSet {
  const isPublic = !isEmptyAddresses(intersectAddresses(set, publicAddresses));
  return isPublic ? uniteAddresses(set, pointsFrom(firstTagPoint)) : set;
}

/** A resolver for one side of a question about `asked`, in one world. */
export function addressResolver(
  surroundings: Surroundings,
  names: NamedTags,
  asked: AddressMatch,
  { virtualNetwork, inTags, numbered = false, holding }: AddressWorld,
): AddressResolver {
  const about = asked.kind === 'serviceTag' ? asked.name.toLowerCase() : '';
  // Most questions and most rules need none of these.
  const namedPoints = lazily(() => pointsFrom(firstTagPoint, firstTagPoint + names.tags.length));
  const inside = lazily(() => pointsInside(virtualNetwork, names, surroundings, about));
  const internet = lazily(() => internetIn(virtualNetwork, about, namedPoints(), inside()));
  const network = lazily(() => exactly(virtualNetwork, inside()));

  function tag(name: string): AddressBounds {
    const key = name.toLowerCase();
    if (key === 'virtualnetwork') return network();
    if (key === 'internet') return internet();
    const fixed = fixedTags.get(key);
    if (fixed !== undefined) return perhapsAlso(fixed, point(virtualNetworkPoint));
    const held = names.tags
      .map((inner, index) => ({ inner, index }))
      .filter(({ inner }) => containsServiceTag(name, inner))
      .reduce((set, { index }) => uniteAddresses(set, point(firstTagPoint + index)), noAddresses);
    const listed = surroundings.serviceTags.addresses(key);
    // Where the address space is not known, some of the tag may be in it, and some outside.
    const spaces = isClaimedOutside(name) ? noAddresses : point(virtualNetworkPoint);
    if (listed === undefined) {
      const isNamed = names.tags.some((one) => one.toLowerCase() === key);
      if (!isNamed) return { atLeast: noAddresses, atMost: uniteAddresses(tagged, spaces) };
      const holdsAll = inTags.some((inner) => containsServiceTag(name, inner));
      return perhapsAlso(holdsAll ? tagged : held, spaces);
    }
    if (names.tags.length === 0) {
      return perhapsAlso(listed, uniteAddresses(spaces, point(internetPoint)));
    }
    const wide = uniteAddresses(listed, namedPoints());
    return {
      atLeast: uniteAddresses(listed, held),
      atMost: perhapsAlso(wide, uniteAddresses(spaces, point(internetPoint))).atMost,
    };
  }

  /** The set, and points that it may hold where the address space is not known. */
  function perhapsAlso(set: AddressSet, points: AddressSet): AddressBounds {
    return surroundings.virtualNetwork === undefined
      ? { atLeast: set, atMost: uniteAddresses(set, points) }
      : exactly(set);
  }

  const nothingNamed = names.tags.length === 0 && surroundings.virtualNetwork !== undefined;

  function prefix(set: AddressSet): AddressBounds {
    if (nothingNamed) return exactly(set);
    // A prefix may hold addresses of a named tag, unless it lies where no tag can be.
    const wide = (family: keyof AddressSet): IntervalSet => {
      const real = set[family];
      if (real.length === 0) return real;
      const isPublic = !areDisjoint(real, publicAddresses[family]);
      const points = isPublic ? pointsFrom(virtualNetworkPoint) : point(virtualNetworkPoint);
      return unionOf(real, points[family]);
    };
    return { atLeast: set, atMost: { v4: wide('v4'), v6: wide('v6') } };
  }

  function group(id: ResourceId): AddressBounds {
    const members = surroundings.groupMembers?.of(id);
    const atLeast = members?.atLeast ?? noAddresses;
    if (members?.atMost === undefined) {
      // Members are network interfaces of this very network; which ones is not known here.
      const own = withTagsOf(ownSpace(surroundings));
      return { atLeast, atMost: uniteAddresses(own, atLeast) };
    }
    const { atMost } = prefix(uniteAddresses(members.atMost, atLeast));
    return equalAddresses(atLeast, atMost) ? exactly(atLeast) : { atLeast, atMost };
  }

  function bounds(match: AddressMatch): AddressBounds {
    const name = openName(match);
    const loose = looseBounds(match);
    if (holding === undefined || name === undefined) return loose;
    return exactly(holding.has(name) ? loose.atMost : loose.atLeast);
  }

  function looseBounds(match: AddressMatch): AddressBounds {
    switch (match.kind) {
      case 'any':
        return exactly(anyAddress);
      case 'prefix':
        return prefix(addressSet([match.text]));
      case 'serviceTag':
        return tag(match.name);
      case 'applicationSecurityGroup':
        return group(match.id);
      case 'unclear':
        return { atLeast: noAddresses, atMost: anyAddress };
      default:
        return match satisfies never;
    }
  }

  function rule(matches: readonly AddressMatch[]): AddressBounds {
    if (matches.length === 1 && matches[0]?.kind === 'any') return anywhere;
    // Prefixes come by the thousand, so they are read as one set.
    const texts: string[] = [];
    const others: AddressBounds[] = [];
    // Members are in the network, however many there are, so they complete nothing that is outside it.
    const groups: AddressBounds[] = [];
    for (const match of matches) {
      if (match.kind === 'prefix') texts.push(match.text);
      else if (match.kind === 'applicationSecurityGroup') groups.push(bounds(match));
      else others.push(bounds(match));
    }
    if (texts.length > 0) others.push(prefix(addressSet(texts)));
    const parts = [...others, ...groups];
    const atLeast = uniteAddresses(
      withNamesWhereComplete(together(others, 'atLeast')),
      together(groups, 'atLeast'),
    );
    return parts.every((part) => part.atLeast === part.atMost)
      ? exactly(atLeast)
      : { atLeast, atMost: uniteAddresses(atLeast, together(parts, 'atMost')) };
  }

  function question(): AddressBounds {
    const known = surroundings.virtualNetwork;
    const spaces = known === undefined ? pointsFrom(0, firstTagPoint) : noAddresses;
    if (asked.kind === 'any') {
      return withTags(exactly(uniteAddresses(realAddresses, spaces)), () => true);
    }
    if (asked.kind === 'prefix') return exactly(addressSet([asked.text]));
    if (asked.kind !== 'serviceTag') return looseBounds(asked);
    if (about === 'virtualnetwork') return known ?? exactly(point(virtualNetworkPoint));
    if (about === 'internet') {
      return withTags(
        known === undefined
          ? exactly(point(internetPoint))
          : {
              atLeast: internetAround(known.atMost).atLeast,
              atMost: internetAround(known.atLeast).atMost,
            },
        (name) =>
          known === undefined
            ? isClaimedOutside(name)
            : intersectAddresses(known.atMost, publicAddresses).v4.length === 0,
      );
    }
    const named = names.tags.findIndex((name) => name.toLowerCase() === about);
    if (named < 0) return tag(asked.name);
    return { atLeast: certainOf(named), atMost: point(firstTagPoint + named) };
  }

  /** What of a named tag exists whatever its list says. */
  function certainOf(index: number): AddressSet {
    const hasIpv4 = certainlyHasIpv4(names.tags[index] ?? '');
    return hasIpv4 ? { ...noAddresses, v4: point(firstTagPoint + index).v4 } : noAddresses;
  }

  function withTags(
    { atLeast, atMost }: AddressBounds,
    isAsked: (name: string) => boolean,
  ): AddressBounds {
    const certain = names.tags
      .map((name, index) => (isAsked(name) ? certainOf(index) : noAddresses))
      .reduce(uniteAddresses, noAddresses);
    return {
      atLeast: uniteAddresses(atLeast, certain),
      atMost: uniteAddresses(atMost, namedPoints()),
    };
  }

  const whatIsAsked = lazily((): AddressBounds => {
    const { atLeast, atMost } = question();
    return numbered
      ? {
          atLeast: intersectAddresses(atLeast, realAddresses),
          atMost: intersectAddresses(atMost, realAddresses),
        }
      : { atLeast, atMost };
  });
  return new LazyResolver(rule, whatIsAsked);
}

/**
 * A class, as V8 makes a hidden class of its own for every object literal with a getter, and keeps what
 * the getter holds until the next full collection.
 */
class LazyResolver implements AddressResolver {
  readonly rule: AddressResolver['rule'];
  readonly #asked: () => AddressBounds;

  constructor(rule: AddressResolver['rule'], asked: () => AddressBounds) {
    this.rule = rule;
    this.#asked = asked;
  }

  get asked(): AddressBounds {
    return this.#asked();
  }
}

function together(parts: readonly AddressBounds[], bound: keyof AddressBounds): AddressSet {
  const [first = neither, ...others] = parts;
  return others.reduce((set, part) => uniteAddresses(set, part[bound]), first[bound]);
}

const neither: AddressBounds = { atLeast: noAddresses, atMost: noAddresses };

/** The set as both bounds, or with points in it that are certain and others that may be. */
function exactly(set: AddressSet, points?: AddressBounds): AddressBounds {
  if (points === undefined || isEmptyAddresses(points.atMost)) return { atLeast: set, atMost: set };
  return {
    atLeast: uniteAddresses(set, points.atLeast),
    atMost: uniteAddresses(set, points.atMost),
  };
}

/**
 * Whether a tag has IPv4 addresses for certain. Most have, but a few regional ones are published
 * with IPv6 alone, and hundreds without IPv6.
 */
function certainlyHasIpv4(tag: string): boolean {
  const [base = '', ...rest] = tag.toLowerCase().split('.');
  return (
    rest.length === 0 ||
    ['azurecloud', 'azurecontainerregistry', 'storage', 'azurefrontdoor'].includes(base)
  );
}

/** AzureCloud and the registries are taken to be outside a network whose address space is not known. */
function isClaimedOutside(tag: string): boolean {
  return ['AzureCloud', 'AzureContainerRegistry'].some((claimed) =>
    containsServiceTag(claimed, tag),
  );
}

/** A match that covers a whole family covers its named addresses too. */
function withNamesWhereComplete(set: AddressSet): AddressSet {
  const complete = (part: IntervalSet, family: 4 | 6): boolean =>
    part[0] !== undefined &&
    part[0] <= 0 &&
    part[1] !== undefined &&
    part[1] >= endOfFamily(family);
  return uniteAddresses(set, {
    v4: complete(set.v4, 4) ? allPoints.v4 : noInterval,
    v6: complete(set.v6, 6) ? allPoints.v6 : noInterval,
  });
}

const allPoints: AddressSet = pointsFrom(0);

/** What `VirtualNetwork` means; where the address space is not known, it may be any address. */
export function virtualNetworkOf({ virtualNetwork }: Surroundings): AddressBounds {
  return virtualNetwork ?? unknownNetwork;
}

const unknownNetwork: AddressBounds = {
  atLeast: uniteAddresses(hostAddress, point(virtualNetworkPoint)),
  atMost: uniteAddresses(realAddresses, point(virtualNetworkPoint)),
};

/**
 * Where interfaces of the network itself can be: no gateway or route brings any of them in, and none
 * has an address of the platform.
 */
function ownSpace(surroundings: Surroundings): AddressSet {
  const { atLeast, atMost } = virtualNetworkOf(surroundings);
  const space = surroundings.virtualNetwork === undefined ? atMost : atLeast;
  return subtractAddresses(space, uniteAddresses(platformAddresses, probeAddresses));
}

/**
 * The named tags that lie in the virtual network, certainly and perhaps. Their addresses are public,
 * so a network of private addresses holds none of them and one that counts every public address as
 * its own holds all. Where the address space is not known, only AzureCloud and the registries are
 * claimed to be outside it.
 */
function pointsInside(
  virtualNetwork: AddressSet,
  { tags }: NamedTags,
  surroundings: Surroundings,
  about: string,
): AddressBounds {
  if (about === 'internet') return exactly(noAddresses);
  const all = pointsFrom(firstTagPoint, firstTagPoint + tags.length);
  if (surroundings.virtualNetwork === undefined) {
    const open = tags
      .map((name, index) => ({ name, index }))
      .filter(({ name }) => !isClaimedOutside(name))
      .reduce((set, { index }) => uniteAddresses(set, point(firstTagPoint + index)), noAddresses);
    return { atLeast: noAddresses, atMost: open };
  }
  const held = intersectAddresses(virtualNetwork, publicAddresses);
  const left = subtractAddresses(publicAddresses, virtualNetwork);
  return {
    atLeast: { v4: left.v4.length === 0 ? all.v4 : [], v6: left.v6.length === 0 ? all.v6 : [] },
    atMost: { v4: held.v4.length === 0 ? [] : all.v4, v6: held.v6.length === 0 ? [] : all.v6 },
  };
}

function internetIn(
  virtualNetwork: AddressSet,
  about: string,
  namedPoints: AddressSet,
  inside: AddressBounds,
): AddressBounds {
  const { atLeast, atMost } = internetAround(virtualNetwork);
  const outside = (points: AddressSet): AddressSet =>
    uniteAddresses(point(internetPoint), subtractAddresses(namedPoints, points));
  const wide = uniteAddresses(atMost, outside(inside.atLeast));
  return about === 'internet'
    ? exactly(wide)
    : { atLeast: uniteAddresses(atLeast, outside(inside.atMost)), atMost: wide };
}

/**
 * The `Internet` tag is what is neither the virtual network nor special-use
 * (learn.microsoft.com/azure/virtual-network/service-tags-overview, and recorded effective rules).
 */
function internetAround(virtualNetwork: AddressSet): AddressBounds {
  const outside = subtractAddresses(publicAddresses, virtualNetwork);
  return { atLeast: subtractAddresses(outside, sometimesOmittedFromInternet), atMost: outside };
}
