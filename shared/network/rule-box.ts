import type { AddressSet, Family } from '../packets/address.ts';
import type { ClassSet } from '../packets/class-sets.ts';
import { type Span, spanNode } from '../packets/diagram.ts';
import {
  type IntervalSet,
  areDisjoint,
  isEmptySet,
  noInterval,
  unionOf,
} from '../packets/interval-set.ts';
import { type CutLine, cutLine } from '../packets/line.ts';
import { type PacketSet, packetSet } from '../packets/packet-set.ts';
import {
  type ClassProduct,
  type IntervalSide,
  type Order,
  type Region,
  type Space,
  inwards,
  outwards,
  spaceOf,
} from '../packets/space.ts';
import {
  type SetId,
  type SetTable,
  type Sieve,
  idOf,
  missed,
  placeIn,
  placeOfSet,
  sieve,
  whole,
} from '../packets/set-table.ts';
import type { Work } from '../packets/work.ts';
import type { AddressBounds } from './address-bounds.ts';
import { numberedAddresses, ordinaryAddresses } from './ordinary-packets.ts';
import type { RuleContext } from './rule-context.ts';
import { type PacketBounds, portSet } from './rule-packets.ts';
import { protocolsOf } from './rule-table.ts';
import type { NameWorld, RuleWorlds, SideOf } from './rule-worlds.ts';
import type { SecurityRule } from './security-rule.ts';

/** What a rule may match in any world, as numbers of sets. */
export interface ReachRow {
  readonly rule: SecurityRule;
  /** Whether it matches just that in every world. */
  readonly isCertain: boolean;
  readonly protocols: number;
  readonly sourcePorts: SetId;
  readonly destinationPorts: SetId;
  readonly sources: ByFamily<SetId>;
  readonly destinations: ByFamily<SetId>;
}

type ByFamily<T> = Readonly<Record<Family, T>>;

const families: readonly Family[] = [4, 6];
const kept = new WeakMap<RuleWorlds, WeakMap<SecurityRule, ReachRow>>();

/** The rows of rules, each made once for each context. */
export function reachRows(worlds: RuleWorlds, rules: readonly SecurityRule[]): readonly ReachRow[] {
  const made = kept.get(worlds) ?? new WeakMap<SecurityRule, ReachRow>();
  kept.set(worlds, made);
  return rules.map((rule) => {
    const before = made.get(rule);
    if (before !== undefined) return before;
    const row = reachRow(worlds, rule);
    made.set(rule, row);
    return row;
  });
}

function reachRow({ context, reach, bounds }: RuleWorlds, rule: SecurityRule): ReachRow {
  const { ports, addresses } = context;
  const ids = (side: 'sources' | 'destinations'): ByFamily<SetId> => {
    const { atMost } = reach[side](rule[side]);
    return { 4: idOf(addresses[4][side], atMost.v4), 6: idOf(addresses[6][side], atMost.v6) };
  };
  const isCertain = bounds.every((world) =>
    (['sources', 'destinations'] as const).every((side) => {
      const { atLeast, atMost } = world[side](rule[side]);
      return atLeast === atMost && atMost === reach[side](rule[side]).atMost;
    }),
  );
  return {
    rule,
    isCertain,
    protocols: protocolsOf(rule),
    sourcePorts: idOf(ports.sources, portSet(rule.sourcePorts)),
    destinationPorts: idOf(ports.destinations, portSet(rule.destinationPorts)),
    sources: ids('sources'),
    destinations: ids('destinations'),
  };
}

/** Whether the rule matches one of the protocols. */
export function protocolsMet(row: ReachRow, protocols: number): boolean {
  return (row.protocols & protocols) !== 0;
}

/** Whether both rules may match the same packet. */
export function mayMeet({ context }: RuleWorlds, a: ReachRow, b: ReachRow): boolean {
  if ((a.protocols & b.protocols) === 0) return false;
  const { ports, addresses } = context;
  const meetIn = (table: SetTable, one: SetId, other: SetId): boolean =>
    !areDisjoint(table.sets[one] ?? noInterval, table.sets[other] ?? noInterval);
  return (
    meetIn(ports.destinations, a.destinationPorts, b.destinationPorts) &&
    meetIn(ports.sources, a.sourcePorts, b.sourcePorts) &&
    families.some(
      (family) =>
        meetIn(addresses[family].destinations, a.destinations[family], b.destinations[family]) &&
        meetIn(addresses[family].sources, a.sources[family], b.sources[family]),
    )
  );
}

/** The packets a rule matches. */
export type PacketsOf = (rule: SecurityRule) => PacketBounds;

/** One family of a box. */
export interface BoxFamily {
  readonly space: Space;
}

/** What rules match in one world. */
export interface WorldInBox {
  readonly packetsOf: PacketsOf;
  /** What the rule matches at the most; undefined where that is nothing of the family. */
  readonly spanOf: (family: BoxFamily, rule: SecurityRule) => Span | undefined;
}

/**
 * The packets that some rules may match, and what of them each rule of a list matches: sets of one
 * space, so that comparing them costs little. Sets that share nothing with the box are empty here.
 */
export interface RuleBox {
  /** All packets of the box. */
  readonly every: PacketSet;
  /** Packets of the box that certainly exist, whatever is unresolved. */
  readonly existing: PacketSet;
  /** Those between addresses that have a number. */
  readonly numbered: PacketSet;
  /** Those such as people see every day. */
  readonly ordinary: PacketSet;
  /** The rules that may match packets of the box, in their order. */
  readonly live: readonly SecurityRule[];
  /** What the rule matches in any world. */
  readonly reachOf: (rule: SecurityRule) => PacketSet;
  /** What rules match in one of the worlds that the box was made for. */
  readonly within: (world: NameWorld) => WorldInBox;
  readonly families: readonly BoxFamily[];
}

/**
 * The box of `boxed`, which are among the rules of `rows`. `worldsFor` says in which worlds the live
 * rules will be looked at. Rules behind one that certainly matches all of the box decide nothing of
 * it, and are not live: of two lists beside each other, rules behind one that both have.
 * @throws TooComplexError where even cutting it into classes costs too much.
 */
export function ruleBox(
  worlds: RuleWorlds,
  boxed: readonly ReachRow[],
  rows: readonly ReachRow[],
  worldsFor: (live: readonly SecurityRule[]) => readonly NameWorld[],
  work: Work,
): RuleBox {
  const { context, every, reach } = worlds;
  const restricted = families.flatMap(
    (family) => restrict(context, boxed, rows, family, work) ?? [],
  );
  const isLive = new Set(restricted.flatMap(({ live }) => live.map(({ rule }) => rule)));
  const live = rows.flatMap(({ rule }) => (isLive.has(rule) ? [rule] : []));
  const looked = new Set([reach, ...worldsFor(live)]);
  const sides: Sides = {
    sources: [...new Set([...looked].map((world) => world.sources))],
    destinations: [...new Set([...looked].map((world) => world.destinations))],
  };
  const cut = restricted.map((one) => cutRules(context, one, sides, every, work));
  const regions = (made: readonly (Region | undefined)[]): PacketSet =>
    packetSet(
      made.find((region) => region?.space.family === 4),
      made.find((region) => region?.space.family === 6),
    );
  const part = (set: AddressPart): PacketSet => regions(cut.map((one) => one.part(set)));
  const inWorld = new Map<NameWorld, WorldInBox>();
  const within = (world: NameWorld): WorldInBox => {
    const before = inWorld.get(world);
    if (before !== undefined) return before;
    const source = sides.sources.indexOf(world.sources);
    const destination = sides.destinations.indexOf(world.destinations);
    if (source < 0 || destination < 0) throw new TypeError('the box was made for other worlds');
    const seen = new Map<SecurityRule, PacketBounds>();
    const packetsOf: PacketsOf = (rule) => {
      const known = seen.get(rule);
      if (known !== undefined) return known;
      const both = cut.map((one) => one.boundsOf(rule, source, destination));
      const atMost = regions(both.map((bounds) => bounds?.most));
      const isExact = both.every((bounds) => bounds?.most === bounds?.least);
      const made = {
        atMost,
        atLeast: isExact ? atMost : regions(both.map((bounds) => bounds?.least)),
      };
      seen.set(rule, made);
      return made;
    };
    const spanOf: WorldInBox['spanOf'] = ({ space }, rule) =>
      cut.find((one) => one.space === space)?.spanOf(rule, source, destination);
    const made: WorldInBox = { packetsOf, spanOf };
    inWorld.set(world, made);
    return made;
  };
  const reaching = within(reach).packetsOf;
  return {
    every: part('every'),
    existing: part('existing'),
    numbered: part('numbered'),
    ordinary: part('ordinary'),
    live,
    reachOf: (rule) => reaching(rule).atMost,
    within,
    families: cut,
  };
}

type Sides = Readonly<Record<'sources' | 'destinations', readonly SideOf[]>>;

/** One family of a box before it is cut: which rules are left, and where their parts went. */
interface Restricted {
  readonly family: Family;
  readonly protocols: number;
  readonly sieves: Readonly<Record<IntervalSide, Sieve>>;
  readonly order: Order;
  readonly live: readonly LiveRow[];
}

interface LiveRow {
  readonly rule: SecurityRule;
  readonly protocols: number;
  readonly sourcePorts: number;
  readonly destinationPorts: number;
}

function restrict(
  { addresses, ports }: RuleContext,
  boxed: readonly ReachRow[],
  rows: readonly ReachRow[],
  family: Family,
  work: Work,
): Restricted | undefined {
  const tables = {
    destinationPorts: ports.destinations,
    destinations: addresses[family].destinations,
    sources: addresses[family].sources,
    sourcePorts: ports.sources,
  };
  const own = boxed.filter(
    (row) =>
      row.protocols !== 0 &&
      !isEmptySet(tables.sources.sets[row.sources[family]] ?? noInterval) &&
      !isEmptySet(tables.destinations.sets[row.destinations[family]] ?? noInterval),
  );
  const [first] = own;
  if (first === undefined) return undefined;
  const asked = (side: IntervalSide): IntervalSet => {
    const ids = new Set(own.map((row) => idIn(row, side, family)));
    return [...ids].map((id) => tables[side].sets[id] ?? noInterval).reduce(unionOf);
  };
  const sieves = {
    destinationPorts: sieve(tables.destinationPorts, asked('destinationPorts'), work),
    destinations: sieve(tables.destinations, asked('destinations'), work),
    sources: sieve(tables.sources, asked('sources'), work),
    sourcePorts: sieve(tables.sourcePorts, asked('sourcePorts'), work),
  };
  const protocols = own.reduce((mask, row) => mask | row.protocols, 0);
  const isOutbound = first.rule.direction === 'Outbound';
  const near = isOutbound ? 'sources' : 'destinations';
  const far = isOutbound ? 'destinations' : 'sources';
  const live: LiveRow[] = [];
  let isCovered = false;
  for (const row of rows) {
    const isOwn = boxed.includes(row);
    if (isCovered && !isOwn) continue;
    const carried = row.protocols & protocols;
    if (carried === 0) continue;
    const destinationPorts = placeIn(sieves.destinationPorts, row.destinationPorts);
    if (destinationPorts === missed) continue;
    const sourcePorts = placeIn(sieves.sourcePorts, row.sourcePorts);
    if (sourcePorts === missed) continue;
    // The near end first: its sets are short, and most rules that miss a box miss it there.
    const nearPlace = placeIn(sieves[near], row[near][family]);
    if (nearPlace === missed) continue;
    const farPlace = placeIn(sieves[far], row[far][family]);
    if (farPlace === missed) continue;
    const isEverything =
      carried === protocols &&
      [nearPlace, farPlace, sourcePorts, destinationPorts].every((place) => place === whole);
    if (isEverything && row.isCertain && !isOwn) isCovered = true;
    live.push({ rule: row.rule, protocols: carried, sourcePorts, destinationPorts });
  }
  const order = isOutbound ? outwards : inwards;
  return { family, protocols, sieves, order, live };
}

function idIn(row: ReachRow, side: IntervalSide, family: Family): SetId {
  return side === 'sources' || side === 'destinations' ? row[side][family] : row[side];
}

/** A part of a box by its addresses alone. */
type AddressPart = 'every' | 'existing' | 'numbered' | 'ordinary';

interface CutRules {
  readonly space: Space;
  readonly spanOf: (rule: SecurityRule, source: number, destination: number) => Span | undefined;
  /** What the rule matches in the world of these sides; undefined where it is not live here. */
  readonly boundsOf: (
    rule: SecurityRule,
    source: number,
    destination: number,
  ) => { readonly least: Region; readonly most: Region } | undefined;
  readonly part: (part: AddressPart) => Region;
}

/** Where the parts of addresses went that one side of a rule covers, by world: at least and at most. */
type Places = readonly { readonly least: number; readonly most: number }[];

function cutRules(
  context: RuleContext,
  { family, protocols, sieves, order, live }: Restricted,
  sides: Sides,
  every: AddressBounds,
  work: Work,
): CutRules {
  const parts: Readonly<Record<AddressPart, AddressSet>> = {
    every: every.atMost,
    existing: every.atLeast,
    numbered: numberedAddresses,
    ordinary: ordinaryAddresses,
  };
  const placesOfParts = (side: 'sources' | 'destinations') => {
    const place = (set: AddressSet): number => placeOfSet(sieves[side], ofFamily(set, family));
    return {
      every: place(parts.every),
      existing: place(parts.existing),
      numbered: place(parts.numbered),
      ordinary: place(parts.ordinary),
    };
  };
  const partPlaces = {
    sources: placesOfParts('sources'),
    destinations: placesOfParts('destinations'),
  };
  const places = (rule: SecurityRule, side: 'sources' | 'destinations'): Places => {
    const table = context.addresses[family][side];
    const place = (set: AddressSet): number =>
      placeIn(sieves[side], idOf(table, ofFamily(set, family)));
    return sides[side].map((sideOf) => {
      const { atLeast, atMost } = sideOf(rule[side]);
      const most = place(atMost);
      return { most, least: atLeast === atMost ? most : place(atLeast) };
    });
  };
  const rows = new Map(
    live.map((row) => [
      row.rule,
      { row, sources: places(row.rule, 'sources'), destinations: places(row.rule, 'destinations') },
    ]),
  );
  const placed = (rule: SecurityRule, source: number, destination: number) => {
    const found = rows.get(rule);
    const [from, to] = [found?.sources[source], found?.destinations[destination]];
    if (found === undefined || from === undefined || to === undefined) return undefined;
    return { row: found.row, from, to };
  };
  const cut = (side: IntervalSide): CutLine =>
    cutLine(sieves[side].asked, sieves[side].parts, work);
  const lines = {
    destinationPorts: cut('destinationPorts'),
    destinations: cut('destinations'),
    sources: cut('sources'),
    sourcePorts: cut('sourcePorts'),
  };
  const space: Space = spaceOf(
    family,
    order,
    protocols,
    {
      destinationPorts: lines.destinationPorts.line,
      destinations: lines.destinations.line,
      sources: lines.sources.line,
      sourcePorts: lines.sourcePorts.line,
    },
    work,
  );
  const spanAt = (
    mask: number,
    ports: readonly [source: number, destination: number],
    addresses: readonly [source: number, destination: number],
  ): Span => {
    const product: ClassProduct = {
      protocols: mask,
      sourcePorts: classesAt(lines.sourcePorts, ports[0]),
      destinationPorts: classesAt(lines.destinationPorts, ports[1]),
      sources: classesAt(lines.sources, addresses[0]),
      destinations: classesAt(lines.destinations, addresses[1]),
    };
    return order.map((field) => product[field]);
  };
  const region = (...sides: Parameters<typeof spanAt>): Region => ({
    space,
    node: spanNode(space.diagram, spanAt(...sides)),
  });
  return {
    space,
    spanOf(rule, source, destination) {
      const found = placed(rule, source, destination);
      if (found === undefined) return undefined;
      const { row, from, to } = found;
      if (from.most === missed || to.most === missed) return undefined;
      return spanAt(row.protocols, [row.sourcePorts, row.destinationPorts], [from.most, to.most]);
    },
    boundsOf(rule, source, destination) {
      const found = placed(rule, source, destination);
      if (found === undefined) return undefined;
      const { row, from, to } = found;
      const ports = [row.sourcePorts, row.destinationPorts] as const;
      const most = region(row.protocols, ports, [from.most, to.most]);
      const isExact = from.least === from.most && to.least === to.most;
      const least = isExact ? most : region(row.protocols, ports, [from.least, to.least]);
      return { most, least };
    },
    part: (part) =>
      region(protocols, [whole, whole], [partPlaces.sources[part], partPlaces.destinations[part]]),
  };
}

function classesAt({ line, parts }: CutLine, place: number): ClassSet {
  if (place === whole) return line.sets.all;
  return parts[place] ?? line.sets.none;
}

function ofFamily(set: AddressSet, family: Family): IntervalSet {
  return family === 4 ? set.v4 : set.v6;
}
