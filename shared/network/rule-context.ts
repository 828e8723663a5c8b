import { type AddressSet, type Family, subtractAddresses } from '../packets/address.ts';
import { type SetTable, setTable } from '../packets/set-table.ts';
import {
  type AddressBounds,
  type AddressResolver,
  type AddressWorld,
  type NamedTags,
  type Surroundings,
  addressResolver,
  addressWorlds,
  isAlikeInWorlds,
  plainlyAsked,
  virtualNetworkOf,
} from './address-bounds.ts';
import type { ReadRules } from './rule-table.ts';
import type { AddressMatch, AdminRule, SecurityRule } from './security-rule.ts';
import type { ServiceTags } from './service-tags.ts';

/**
 * What rules mean in one surrounding: everything that does not depend on the question, made when
 * first needed and kept as long as the network and the tag list are. Clusters that share a network
 * and its groups share this.
 */
export interface RuleContext {
  readonly surroundings: Surroundings;
  readonly names: NamedTags;
  /** The sets that rules name, by side. */
  readonly ports: { readonly sources: SetTable; readonly destinations: SetTable };
  readonly addresses: Readonly<
    Record<Family, { readonly sources: SetTable; readonly destinations: SetTable }>
  >;
  readonly meanings: Map<string, Meaning>;
  /** What matches cover that mean the same in every world. */
  readonly settled: WeakMap<readonly AddressMatch[], AddressBounds>;
  readonly asked: Map<string, AskedSide>;
  readonly lists: WeakMap<
    readonly (SecurityRule | AdminRule)[],
    Partial<Record<'Inbound' | 'Outbound', ReadRules>>
  >;
  /** How many lists of rules were read here. */
  listsRead: number;
}

/** What the matches of rules cover on one side, in one world. */
export interface Meaning {
  readonly key: string;
  readonly world: AddressWorld;
  of(matches: readonly AddressMatch[]): AddressBounds;
}

/** One side of a question: what it asks for, and the worlds to decide it in (`addressWorlds`). */
export interface AskedSide {
  readonly bounds: AddressBounds;
  readonly worlds: readonly (readonly Meaning[])[];
  readonly without: WeakMap<AddressSet, AddressBounds>;
}

/**
 * By what rules mean depends on, and weakly: who knows the members of groups reads them in the rows of
 * a whole tenant, and those must not stay because of a network that nobody knows.
 */
type Kept = WeakMap<ServiceTags, WeakMap<AddressBounds, WeakMap<object, readonly RuleContext[]>>>;
const kept: Kept = new WeakMap();

/** Where the address space is not known. */
const nowhere: AddressBounds = virtualNetworkOf({
  serviceTags: { listed: false, addresses: () => undefined },
});

/** Stands for members where nothing is known of any. */
const noMembers: object = {};

/**
 * Beyond so many boundaries or questions a context begins anew, so that it cannot grow for ever: some
 * tens of megabytes. A few lists may be larger than that by themselves, and are kept.
 */
const mostBoundaries = 2_000_000;
const mostQuestions = 20_000;
const fewLists = 8;

/** Questions about one network name few different tags that no list resolves. */
const mostContexts = 64;

export function ruleContext(surroundings: Surroundings, names: NamedTags): RuleContext {
  const { serviceTags, virtualNetwork = nowhere, groupMembers = noMembers } = surroundings;
  const byNetwork = within(kept, serviceTags);
  const byMembers = within(byNetwork, virtualNetwork);
  const contexts = byMembers.get(groupMembers) ?? [];
  const before = contexts.find((one) => areSame(one.names.tags, names.tags));
  if (before !== undefined && !isFull(before)) return before;
  const made = newContext(surroundings, names);
  const others = contexts.filter((one) => one !== before).slice(1 - mostContexts);
  byMembers.set(groupMembers, [...others, made]);
  return made;
}

function within<K extends object, I extends object, T>(
  maps: WeakMap<K, WeakMap<I, T>>,
  key: K,
): WeakMap<I, T> {
  const map = maps.get(key) ?? new WeakMap<I, T>();
  maps.set(key, map);
  return map;
}

function areSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, i) => text === b[i]);
}

function isFull({ ports, addresses, asked, listsRead }: RuleContext): boolean {
  if (asked.size > mostQuestions) return true;
  if (listsRead <= fewLists) return false;
  const tables = [ports, addresses[4], addresses[6]];
  const boundaries = tables.reduce(
    (sum, { sources, destinations }) => sum + sources.boundaries + destinations.boundaries,
    0,
  );
  return boundaries > mostBoundaries;
}

function newContext(surroundings: Surroundings, names: NamedTags): RuleContext {
  const both = () => ({ sources: setTable(), destinations: setTable() });
  return {
    surroundings,
    names,
    ports: both(),
    addresses: { 4: both(), 6: both() },
    meanings: new Map(),
    settled: new WeakMap(),
    asked: new Map(),
    lists: new WeakMap(),
    listsRead: 0,
  };
}

/** One side of a question about `match`; `assumed` and `open` as in `addressWorlds`. */
export function askedSide(
  context: RuleContext,
  match: AddressMatch,
  assumed?: AddressMatch,
  open: readonly string[] = [],
): AskedSide {
  const within = assumed === undefined ? '' : ` in ${textOf(assumed)}`;
  const key = `${textOf(match)}${within}${open.length === 0 ? '' : ` holding ${open.join()}`}`;
  const before = context.asked.get(key);
  if (before !== undefined) return before;
  const { surroundings, names } = context;
  const worlds = addressWorlds(surroundings, names, match, assumed, open);
  const [first] = worlds.flat();
  if (first === undefined) throw new TypeError('a question has at least one world on each side');
  const made: AskedSide = {
    bounds:
      (assumed === undefined ? plainlyAsked(surroundings, names, match) : undefined) ??
      addressResolver(surroundings, names, match, first).asked,
    worlds: worlds.map((views) => views.map((world) => meaning(context, match, world))),
    without: new WeakMap(),
  };
  context.asked.set(key, made);
  return made;
}

/** What is asked, without the addresses that are not. */
export function askedWithout(side: AskedSide, except: AddressSet | undefined): AddressBounds {
  if (except === undefined) return side.bounds;
  const before = side.without.get(except);
  if (before !== undefined) return before;
  const { atLeast, atMost } = side.bounds;
  const most = subtractAddresses(atMost, except);
  const made = {
    atMost: most,
    atLeast: atLeast === atMost ? most : subtractAddresses(atLeast, except),
  };
  side.without.set(except, made);
  return made;
}

/** Rules mean the same whatever is asked, but for questions about the Internet itself. */
function meaning(context: RuleContext, asked: AddressMatch, world: AddressWorld): Meaning {
  const { surroundings, names, meanings } = context;
  const about: AddressMatch =
    asked.kind === 'serviceTag' && asked.name.toLowerCase() === 'internet'
      ? asked
      : { kind: 'any' };
  const isNarrow = world.virtualNetwork === virtualNetworkOf(surroundings).atLeast;
  const holding = world.holding === undefined ? [] : ['holding', ...world.holding];
  const key = [about.kind, isNarrow ? 'narrow' : 'wide', ...world.inTags, ...holding].join();
  const before = meanings.get(key);
  if (before !== undefined) return before;
  const resolver = addressResolver(surroundings, names, about, world);
  const made: Meaning = { key, world, of: remembering(context, resolver) };
  meanings.set(key, made);
  return made;
}

function remembering(
  { surroundings, settled }: RuleContext,
  resolver: AddressResolver,
): Meaning['of'] {
  const seen = new WeakMap<readonly AddressMatch[], AddressBounds>();
  return (matches) => {
    const before = settled.get(matches) ?? seen.get(matches);
    if (before !== undefined) return before;
    const made = resolver.rule(matches);
    const isSettled = matches.every((match) => isAlikeInWorlds(match, surroundings));
    (isSettled ? settled : seen).set(matches, made);
    return made;
  };
}

function textOf(match: AddressMatch): string {
  switch (match.kind) {
    case 'any':
      return '*';
    case 'serviceTag':
      return `tag ${match.name}`;
    case 'applicationSecurityGroup':
      return `group ${match.id}`;
    case 'prefix':
      return match.text;
    case 'unclear':
      return `unclear ${match.text}`;
    default:
      return match satisfies never;
  }
}
