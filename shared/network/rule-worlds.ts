import {
  type AddressSet,
  equalAddresses,
  intersectAddresses,
  uniteAddresses,
} from '../packets/address.ts';
import type { AddressNames } from '../packets/describe.ts';
import {
  type AddressBounds,
  addressResolver,
  isResolved,
  namedTags,
  openName,
  type Surroundings,
} from './address-bounds.ts';
import { type RuleContext, askedSide, ruleContext } from './rule-context.ts';
import type { AddressMatch, RuleMatch } from './security-rule.ts';

/** What the matches of one side of a rule cover. */
export type SideOf = (matches: readonly AddressMatch[]) => AddressBounds;

/** One way the names in rules may be, on either side. */
export interface NameWorld {
  readonly sources: SideOf;
  readonly destinations: SideOf;
}

/** What rules match where some of the names in them are unresolved. */
export interface RuleWorlds {
  readonly context: RuleContext;
  readonly names: AddressNames;
  /** Every address, with the named ones; `atLeast` without those that may not exist. */
  readonly every: AddressBounds;
  /** What matches may cover in any world. */
  readonly reach: NameWorld;
  /** The sources that the rule matches in every world. */
  readonly certainSources: (rule: RuleMatch) => AddressSet;
  /** Whether some name of the rule stays open. */
  readonly isOpen: (rule: RuleMatch) => boolean;
  /**
   * Every way the names in these of the rules may be, as far as so many lists of them can tell them
   * apart: what holds in each of these worlds always holds.
   */
  readonly worldsFor: (rules: readonly RuleMatch[], lists: 1 | 2) => readonly NameWorld[];
  /** Bounds that hold together with each meaning of `VirtualNetwork`, whatever the other names are. */
  readonly bounds: readonly NameWorld[];
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
  return worldsIn(ruleContext(surroundings, names));
}

const kept = new WeakMap<RuleContext, RuleWorlds>();

/** The worlds of a context, whatever the rules: made once. */
function worldsIn(context: RuleContext): RuleWorlds {
  const before = kept.get(context);
  if (before !== undefined) return before;
  const meanings = meaningsOf(context);
  const loose = meanings.map(looseSide);
  const openIn = openNamesIn(context, loose);
  const sides = new Map<string, readonly SideOf[]>();
  /** The side with addresses in these open names and no other, for each meaning of `VirtualNetwork`. */
  function sidesHolding(holding: readonly OpenName[]): readonly SideOf[] {
    const key = holding.map((name) => name.key).join('\n');
    const made = sides.get(key) ?? meanings.map((one) => settledSide(one, openIn, holding));
    sides.set(key, made);
    return made;
  }
  const paired = new Map<SideOf, Map<SideOf, NameWorld>>();
  function inPair(sources: SideOf, destinations: SideOf): NameWorld {
    const pairs = paired.get(sources) ?? new Map<SideOf, NameWorld>();
    paired.set(sources, pairs);
    const world = pairs.get(destinations) ?? { sources, destinations };
    pairs.set(destinations, world);
    return world;
  }
  const bounds = loose.flatMap((source) => loose.map((destination) => inPair(source, destination)));
  const reach = remembered((matches: readonly AddressMatch[]) => {
    const [only] = loose.map((side) => side(matches));
    return loose.length === 1 && only !== undefined && only.atLeast === only.atMost
      ? only
      : exactly(loose.map((side) => side(matches).atMost).reduce(uniteAddresses));
  });
  const made: RuleWorlds = {
    context,
    names: context.names,
    every: askedSide(context, anything).bounds,
    reach: { sources: reach, destinations: reach },
    certainSources: ({ sources }) =>
      loose.map((side) => side(sources).atLeast).reduce(intersectAddresses),
    bounds,
    isOpen: (rule) => openIn(rule.sources).length > 0 || openIn(rule.destinations).length > 0,
    worldsFor(met, lists) {
      const worldsOf = (side: 'sources' | 'destinations'): readonly SideOf[] => {
        const open = new Map<string, OpenName>();
        for (const rule of met) for (const name of openIn(rule[side])) open.set(name.key, name);
        const here = [...open.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1));
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
  kept.set(context, made);
  return made;
}

/** One meaning of `VirtualNetwork`: what matches cover for addresses that are in these unresolved tags. */
interface NetworkMeaning {
  readonly plain: SideOf;
  readonly inAllTags: SideOf;
  readonly inTags: (tags: readonly string[]) => SideOf;
}

const anything: AddressMatch = { kind: 'any' };

function meaningsOf(context: RuleContext): readonly NetworkMeaning[] {
  const { surroundings, names } = context;
  const meanings = askedSide(context, anything).worlds.flatMap((views) => views.slice(0, 1));
  return meanings.map((meaning) => {
    const inTags = (tags: readonly string[]): SideOf => {
      const world = { ...meaning.world, inTags: tags };
      const resolver = addressResolver(surroundings, names, anything, world);
      return remembered((matches: readonly AddressMatch[]) => resolver.rule(matches));
    };
    const plain: SideOf = (matches) => meaning.of(matches);
    return { plain, inAllTags: names.tags.length === 0 ? plain : inTags(names.tags), inTags };
  });
}

/** A side whose open names may hold anything they can, each time anew. */
function looseSide({ plain, inAllTags }: NetworkMeaning): SideOf {
  if (plain === inAllTags) return plain;
  return remembered((matches: readonly AddressMatch[]) => {
    const [none, all] = [plain(matches), inAllTags(matches)];
    return { atLeast: none.atLeast, atMost: all.atMost };
  });
}

/** A name whose members are open: an address may be one of them or not. */
interface OpenName {
  readonly key: string;
  /** Whether it is an unlisted service tag, which has a named address of its own. */
  readonly isTag: boolean;
}

type OpenIn = (matches: readonly AddressMatch[]) => readonly OpenName[];

function openNamesIn({ names, surroundings }: RuleContext, loose: readonly SideOf[]): OpenIn {
  const tags = new Set(names.tags.map((tag) => tag.toLowerCase()));
  const known = new Map<string, readonly OpenName[]>();
  return remembered((matches: readonly AddressMatch[]) =>
    matches.flatMap((match) => {
      const key = openKey(match, surroundings);
      if (key === undefined) return [];
      const before = known.get(key);
      if (before !== undefined) return before;
      const inDoubt = loose.some((side) => {
        const { atLeast, atMost } = side([match]);
        return !equalAddresses(atLeast, atMost);
      });
      const isTag = match.kind === 'serviceTag' && tags.has(key);
      const made = inDoubt ? [{ key, isTag }] : [];
      known.set(key, made);
      return made;
    }),
  );
}

/** What names the doubt about a match, undefined where its addresses are given in numbers. */
function openKey(match: AddressMatch, surroundings: Surroundings): string | undefined {
  if (match.kind !== 'serviceTag') return openName(match);
  return (
    openName(match) ?? (isResolved(match.name, surroundings) ? undefined : match.name.toLowerCase())
  );
}

/** A side in the world in which addresses are in the open names of `holding`, and in no other. */
function settledSide(
  meaning: NetworkMeaning,
  openIn: OpenIn,
  holding: readonly OpenName[],
): SideOf {
  const tags = holding.filter(({ isTag }) => isTag).map(({ key }) => key);
  const held = new Set(holding.map(({ key }) => key));
  const side = tags.length === 0 ? meaning.plain : meaning.inTags(tags);
  return remembered((matches: readonly AddressMatch[]) => {
    if (openIn(matches).length === 0) return meaning.plain(matches);
    const settled = matches.flatMap((match) => {
      const [name] = openIn([match]);
      return name === undefined || name.isTag ? [] : [{ match, name }];
    });
    // All others at once: prefixes that together are everything cover the named addresses too.
    const apart = new Set(settled.map(({ match }) => match));
    const others = side(matches.filter((match) => !apart.has(match)));
    return settled.reduce((bounds, { match, name }) => {
      const { atLeast, atMost } = side([match]);
      return uniteBounds(bounds, exactly(held.has(name.key) ? atMost : atLeast));
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
