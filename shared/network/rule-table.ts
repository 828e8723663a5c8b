import type { AddressSet, Family } from '../packets/address.ts';
import type { IntervalSet } from '../packets/interval-set.ts';
import { portedMask, protocolMask, protocols } from '../packets/packet.ts';
import { type SetId, type SetTable, idOf } from '../packets/set-table.ts';
import { openName } from './address-bounds.ts';
import type { Meaning, RuleContext } from './rule-context.ts';
import { portSet } from './rule-packets.ts';
import type { AddressMatch, AdminRule, RuleMatch, SecurityRule } from './security-rule.ts';

export type AnyRule = SecurityRule | AdminRule;

/**
 * The rules of one direction, first the one that is read first, with what they match as numbers of
 * sets: made once for all questions in one world.
 */
export interface RuleTable {
  readonly rules: readonly AnyRule[];
  readonly protocols: Int32Array;
  readonly sourcePorts: Int32Array;
  readonly destinationPorts: Int32Array;
  readonly columnsOf: (family: Family) => AddressColumns;
}

/** What each rule's addresses cover for certain and at the most. */
export interface AddressColumns {
  readonly sourcesLeast: Int32Array;
  readonly sourcesMost: Int32Array;
  readonly destinationsLeast: Int32Array;
  readonly destinationsMost: Int32Array;
}

export function ruleTable(
  context: RuleContext,
  rules: readonly AnyRule[],
  direction: 'Inbound' | 'Outbound',
  sources: Meaning,
  destinations: Meaning,
): RuleTable {
  let tables = context.tables.get(rules);
  if (tables === undefined) {
    tables = new Map();
    context.tables.set(rules, tables);
    context.lists += 1;
  }
  const key = `${direction} ${sources.key} ${destinations.key}`;
  const before = tables.get(key);
  if (before !== undefined) return before;
  const made = compile(context, inOrder(rules, direction), sources, destinations);
  tables.set(key, made);
  return made;
}

/** The rules of a direction, by ascending priority number: sorted once for each list. */
export function inOrder(
  rules: readonly AnyRule[],
  direction: 'Inbound' | 'Outbound',
): readonly AnyRule[] {
  const sorted = ordered.get(rules) ?? {};
  ordered.set(rules, sorted);
  sorted[direction] ??= rules
    .filter((rule) => rule.direction === direction)
    .toSorted((a, b) => a.priority - b.priority);
  return sorted[direction];
}

const ordered = new WeakMap<
  readonly AnyRule[],
  Partial<Record<'Inbound' | 'Outbound', readonly AnyRule[]>>
>();

function compile(
  { ports, addresses }: RuleContext,
  rules: readonly AnyRule[],
  sources: Meaning,
  destinations: Meaning,
): RuleTable {
  const bounds = rules.map((rule) => ({
    source: sources.of(rule.sources),
    destination: destinations.of(rule.destinations),
  }));
  const ids = (table: SetTable, sets: readonly IntervalSet[]): Int32Array =>
    Int32Array.from(sets, (set): SetId => idOf(table, set));
  const columns = (family: Family): AddressColumns => {
    const tables = addresses[family];
    const of = (set: AddressSet): IntervalSet => (family === 4 ? set.v4 : set.v6);
    const column = (table: SetTable, side: 'source' | 'destination', bound: 'atLeast' | 'atMost') =>
      ids(
        table,
        bounds.map((each) => of(each[side][bound])),
      );
    return {
      sourcesLeast: column(tables.sources, 'source', 'atLeast'),
      sourcesMost: column(tables.sources, 'source', 'atMost'),
      destinationsLeast: column(tables.destinations, 'destination', 'atLeast'),
      destinationsMost: column(tables.destinations, 'destination', 'atMost'),
    };
  };
  // Most questions are of one family, so each is made when it is first asked for.
  const made = new Map<Family, AddressColumns>();
  const columnsOf = (family: Family): AddressColumns => {
    const before = made.get(family) ?? columns(family);
    made.set(family, before);
    return before;
  };
  return {
    rules,
    protocols: Int32Array.from(rules, protocolsOf),
    sourcePorts: ids(
      ports.sources,
      rules.map((rule) => portSet(rule.sourcePorts)),
    ),
    destinationPorts: ids(
      ports.destinations,
      rules.map((rule) => portSet(rule.destinationPorts)),
    ),
    columnsOf,
  };
}

const everyProtocol = protocolMask(protocols);

/**
 * The protocols of a rule. One that restricts ports does not match those that have none.
 * Source: learn.microsoft.com/azure/virtual-network/network-security-groups-overview.
 */
export function protocolsOf({ protocol, sourcePorts, destinationPorts }: RuleMatch): number {
  const named = protocol === '*' ? everyProtocol : protocolMask([protocol]);
  return sourcePorts.length > 0 || destinationPorts.length > 0 ? named & portedMask : named;
}

const mentioned = new WeakMap<
  readonly AnyRule[],
  Readonly<Record<'Inbound' | 'Outbound', readonly AddressMatch[]>>
>();

/** The service tags that the rules of each direction name, each once, as first written. */
export function tagsMentioned(
  rules: readonly AnyRule[],
): Readonly<Record<'Inbound' | 'Outbound', readonly AddressMatch[]>> {
  const before = mentioned.get(rules);
  if (before !== undefined) return before;
  const within = (direction: 'Inbound' | 'Outbound'): readonly AddressMatch[] => {
    const tags = new Map<string, AddressMatch>();
    for (const rule of rules.filter((one) => one.direction === direction)) {
      for (const match of [...rule.sources, ...rule.destinations]) {
        if (match.kind !== 'serviceTag') continue;
        const key = match.name.toLowerCase();
        tags.set(key, tags.get(key) ?? match);
      }
    }
    return [...tags.values()];
  };
  const made = { Inbound: within('Inbound'), Outbound: within('Outbound') };
  mentioned.set(rules, made);
  return made;
}

type NamesBySide = Readonly<Record<'sources' | 'destinations', readonly string[]>>;

const openMentioned = new WeakMap<
  readonly AnyRule[],
  Readonly<Record<'Inbound' | 'Outbound', NamesBySide>>
>();

/** The names of the rules of each direction whose members are open (`openName`), by side. */
export function openNamesMentioned(
  rules: readonly AnyRule[],
): Readonly<Record<'Inbound' | 'Outbound', NamesBySide>> {
  const before = openMentioned.get(rules);
  if (before !== undefined) return before;
  const within = (direction: 'Inbound' | 'Outbound'): NamesBySide => {
    const own = rules.filter((rule) => rule.direction === direction);
    const on = (side: 'sources' | 'destinations'): readonly string[] => [
      ...new Set(own.flatMap((rule) => rule[side].flatMap((match) => openName(match) ?? []))),
    ];
    return { sources: on('sources'), destinations: on('destinations') };
  };
  const made = { Inbound: within('Inbound'), Outbound: within('Outbound') };
  openMentioned.set(rules, made);
  return made;
}
