import {
  type AddressSet,
  equalAddresses,
  intersectAddresses,
  uniteAddresses,
} from '../packets/address.ts';
import type { AddressNames } from '../packets/describe.ts';
import { type PacketSet, allPorts, packets, protocols } from '../packets/packet-set.ts';
import {
  type AddressBounds,
  type AddressResolver,
  type NamedTags,
  type Surroundings,
  addressResolver,
  addressWorlds,
  isResolved,
  namedTags,
} from './address-bounds.ts';
import { type PacketBounds, rulePackets } from './rule-packets.ts';
import type { AddressMatch, RuleMatch } from './security-rule.ts';

/** The packets a rule matches in one world. */
export type PacketsOf = (rule: RuleMatch) => PacketBounds;

/** What rules match where some of the names in them are unresolved. */
export interface RuleWorlds {
  readonly names: AddressNames;
  /** Every packet, with those to and from named addresses; `existing` without those that may not exist. */
  readonly every: PacketSet;
  readonly existing: PacketSet;
  /** What the rule may match in any world. */
  readonly reachOf: (rule: RuleMatch) => PacketSet;
  /** The sources that the rule matches in every world. */
  readonly certainSources: (rule: RuleMatch) => AddressSet;
  /**
   * Every way the names in these of the rules may be, as far as so many lists of them can tell them
   * apart: what holds in each of these worlds always holds.
   */
  readonly worldsFor: (rules: readonly RuleMatch[], lists: 1 | 2) => readonly PacketsOf[];
  /** Bounds that hold together with each meaning of `VirtualNetwork`, whatever the other names are. */
  readonly bounds: readonly PacketsOf[];
}

/** Past so many worlds, unresolved names are taken rule by rule, which errs towards "perhaps". */
const mostWorlds = 600;

/**
 * The worlds in which rules have to be looked at: every meaning of `VirtualNetwork` on either side
 * and, of the names that stay open (service tags, application security groups, what nobody can
 * read), the memberships of no more of them on either side than there are lists.
 *
 * That is enough. Whatever an address is in, the first rule that matches it in each list needs one
 * open name a side at the most; an address in those names alone matches fewer of the rules before
 * them, so the same rules are the first. Every outcome is therefore met in one of these worlds
 * (docs/decisions/0005-named-addresses.md argues so for one list).
 */
export function ruleWorlds(rules: readonly RuleMatch[], surroundings: Surroundings): RuleWorlds {
  const names = namedTags(
    rules.flatMap((rule) => [...rule.sources, ...rule.destinations]),
    [anything],
    surroundings,
  );
  const meanings = meaningsOf(names, surroundings);
  const loose = meanings.map((meaning) => looseSide(meaning, names));
  const asked = meanings.map((meaning) => meaning([]).asked).reduce(uniteBounds);
  const everyPacket = (bound: 'atLeast' | 'atMost'): PacketSet =>
    packets({
      protocols,
      sources: asked[bound],
      sourcePorts: allPorts,
      destinations: asked[bound],
      destinationPorts: allPorts,
    });
  const reach = (matches: readonly AddressMatch[]): AddressBounds =>
    exactly(loose.map((side) => side(matches).atMost).reduce(uniteAddresses));
  const open = openNames(
    rules.flatMap((rule) => [...rule.sources, ...rule.destinations]),
    names,
    loose,
    surroundings,
  );
  const sides = new Map<string, readonly SideOf[]>();
  /** The side with addresses in these open names and no other, for each meaning of `VirtualNetwork`. */
  function sidesHolding(holding: readonly OpenName[]): readonly SideOf[] {
    const key = holding.map((name) => name.key).join('\n');
    const before = sides.get(key);
    if (before !== undefined) return before;
    const now = meanings.map((meaning) => settledSide(meaning, open, holding, surroundings));
    sides.set(key, now);
    return now;
  }
  const paired = new Map<SideOf, Map<SideOf, PacketsOf>>();
  function inPair(source: SideOf, destination: SideOf): PacketsOf {
    const pairs = paired.get(source) ?? new Map<SideOf, PacketsOf>();
    paired.set(source, pairs);
    const packetsOf =
      pairs.get(destination) ??
      remembered((rule) => rulePackets(rule, source(rule.sources), destination(rule.destinations)));
    pairs.set(destination, packetsOf);
    return packetsOf;
  }
  const bounds = loose.flatMap((source) => loose.map((destination) => inPair(source, destination)));
  return {
    names,
    every: everyPacket('atMost'),
    existing: everyPacket('atLeast'),
    reachOf: remembered(
      (rule) => rulePackets(rule, reach(rule.sources), reach(rule.destinations)).atMost,
    ),
    certainSources: ({ sources }) =>
      loose.map((side) => side(sources).atLeast).reduce(intersectAddresses),
    bounds,
    worldsFor(met, lists) {
      const worldsOf = (side: 'sources' | 'destinations'): readonly SideOf[] => {
        const keys = new Set(
          met.flatMap((rule) => rule[side]).map((match) => openKey(match, surroundings)),
        );
        const here = open.filter(({ key }) => keys.has(key));
        return subsetsOf(here, lists).flatMap(sidesHolding);
      };
      const [sources, destinations] = [worldsOf('sources'), worldsOf('destinations')];
      return sources.length * destinations.length > mostWorlds
        ? bounds
        : sources.flatMap((source) =>
            destinations.map((destination) => inPair(source, destination)),
          );
    },
  };
}

/** What the matches of one side of a rule cover. */
type SideOf = (matches: readonly AddressMatch[]) => AddressBounds;

/** One meaning of `VirtualNetwork`: a resolver for addresses that are in these unresolved tags. */
type Meaning = (inTags: readonly string[]) => AddressResolver;

const anything: AddressMatch = { kind: 'any' };

function meaningsOf(names: NamedTags, surroundings: Surroundings): readonly Meaning[] {
  return addressWorlds(surroundings, names, anything).flatMap(([world]) =>
    world === undefined
      ? []
      : [(inTags) => addressResolver(surroundings, names, anything, { ...world, inTags })],
  );
}

/** A side whose open names may hold anything they can, each time anew. */
function looseSide(meaning: Meaning, names: NamedTags): SideOf {
  const [none, all] = [meaning([]), meaning(names.tags)];
  return remembered((matches) => ({
    atLeast: none.rule(matches).atLeast,
    atMost: all.rule(matches).atMost,
  }));
}

/** A name whose members are open: an address may be one of them or not. */
interface OpenName {
  readonly key: string;
  /** Whether it is an unlisted service tag, which has a named address of its own. */
  readonly isTag: boolean;
}

function openNames(
  matches: readonly AddressMatch[],
  names: NamedTags,
  loose: readonly SideOf[],
  surroundings: Surroundings,
): readonly OpenName[] {
  const tags = new Set(names.tags.map((tag) => tag.toLowerCase()));
  const open = new Map<string, OpenName>();
  for (const match of matches) {
    const key = openKey(match, surroundings);
    if (key === undefined || open.has(key)) continue;
    const isTag = match.kind === 'serviceTag' && tags.has(key);
    const inDoubt = loose.some((side) => {
      const { atLeast, atMost } = side([match]);
      return !equalAddresses(atLeast, atMost);
    });
    if (inDoubt) open.set(key, { key, isTag });
  }
  return [...open.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1));
}

/** What names the doubt about a match, undefined where its addresses are given in numbers. */
function openKey(match: AddressMatch, surroundings: Surroundings): string | undefined {
  switch (match.kind) {
    case 'any':
    case 'prefix':
      return undefined;
    case 'serviceTag': {
      const key = match.name.toLowerCase();
      return key === 'internet' || !isResolved(key, surroundings) ? key : undefined;
    }
    case 'applicationSecurityGroup':
      return match.id;
    case 'unclear':
      return `unclear ${match.text}`;
    default:
      return match satisfies never;
  }
}

/** A side in the world in which addresses are in the open names of `holding`, and in no other. */
function settledSide(
  meaning: Meaning,
  open: readonly OpenName[],
  holding: readonly OpenName[],
  surroundings: Surroundings,
): SideOf {
  const resolver = meaning(holding.filter(({ isTag }) => isTag).map(({ key }) => key));
  const settledHere = open.filter(({ isTag }) => !isTag);
  return remembered((matches) => {
    const nameOf = (match: AddressMatch): OpenName | undefined => {
      const key = openKey(match, surroundings);
      return settledHere.find((name) => name.key === key);
    };
    // All others at once: prefixes that together are everything cover the named addresses too.
    const others = resolver.rule(matches.filter((match) => nameOf(match) === undefined));
    return matches.reduce((bounds, match) => {
      const name = nameOf(match);
      if (name === undefined) return bounds;
      const { atLeast, atMost } = resolver.rule([match]);
      return uniteBounds(bounds, exactly(holding.includes(name) ? atMost : atLeast));
    }, others);
  });
}

function uniteBounds(a: AddressBounds, b: AddressBounds): AddressBounds {
  const atLeast = uniteAddresses(a.atLeast, b.atLeast);
  const exact = a.atLeast === a.atMost && b.atLeast === b.atMost;
  return exact ? exactly(atLeast) : { atLeast, atMost: uniteAddresses(a.atMost, b.atMost) };
}

function exactly(set: AddressSet): AddressBounds {
  return { atLeast: set, atMost: set };
}

/** Every way to choose none of the items, one, or where `most` is 2 two of them. */
function subsetsOf<T>(items: readonly T[], most: 1 | 2): readonly (readonly T[])[] {
  const pairs = items.flatMap((one, index) =>
    items.slice(index + 1).map((other) => [one, other] as const),
  );
  return [[], ...items.map((item) => [item]), ...(most === 1 ? [] : pairs)];
}

function remembered<K extends object, T extends object>(answer: (of: K) => T): (of: K) => T {
  const answers = new WeakMap<K, T>();
  return (of) => {
    const before = answers.get(of);
    if (before !== undefined) return before;
    const now = answer(of);
    answers.set(of, now);
    return now;
  };
}
