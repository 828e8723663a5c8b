import type { Family } from '../packets/address.ts';
import { portedMask, protocolMask, protocols } from '../packets/packet.ts';
import { type SetId, idOf } from '../packets/set-table.ts';
import { openName } from './address-bounds.ts';
import { lazily } from './lazily.ts';
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

/** What each rule's addresses cover, on either side. */
export interface AddressColumns {
  readonly sources: AddressColumn;
  readonly destinations: AddressColumn;
}

/** As numbers of sets what each rule's addresses on one side cover for certain and at the most. */
interface AddressColumn {
  least(index: number): SetId;
  most(index: number): SetId;
}

/** A list of rules as one context reads it in one direction; a table is one meaning on each side. */
export interface ReadRules {
  readonly rules: readonly AnyRule[];
  readonly protocols: Int32Array;
  readonly sourcePorts: Int32Array;
  readonly destinationPorts: Int32Array;
  readonly sides: Readonly<Record<'sources' | 'destinations', Map<Meaning, ReadSide>>>;
  readonly tables: Map<Meaning, Map<Meaning, RuleTable>>;
}

/** What the rules' addresses on one side cover, for each family: most questions are of one. */
type ReadSide = (family: Family) => AddressColumn;

export function ruleTable(
  context: RuleContext,
  rules: readonly AnyRule[],
  direction: 'Inbound' | 'Outbound',
  sources: Meaning,
  destinations: Meaning,
): RuleTable {
  const read = readRules(context, rules, direction);
  const tables = read.tables.get(sources) ?? new Map<Meaning, RuleTable>();
  const before = tables.get(destinations);
  if (before !== undefined) return before;
  const made = tableOf(context, read, sources, destinations);
  read.tables.set(sources, tables.set(destinations, made));
  return made;
}

function readRules(
  context: RuleContext,
  rules: readonly AnyRule[],
  direction: 'Inbound' | 'Outbound',
): ReadRules {
  let list = context.lists.get(rules);
  if (list === undefined) {
    list = {};
    context.lists.set(rules, list);
    context.listsRead += 1;
  }
  const before = list[direction];
  if (before !== undefined) return before;
  const own = inOrder(rules, direction);
  const { ports } = context;
  const made: ReadRules = {
    rules: own,
    protocols: column(own, protocolsOf),
    sourcePorts: column(own, (rule) => idOf(ports.sources, portSet(rule.sourcePorts))),
    destinationPorts: column(own, (rule) =>
      idOf(ports.destinations, portSet(rule.destinationPorts)),
    ),
    sides: { sources: new Map(), destinations: new Map() },
    tables: new Map(),
  };
  list[direction] = made;
  return made;
}

function tableOf(
  context: RuleContext,
  read: ReadRules,
  sources: Meaning,
  destinations: Meaning,
): RuleTable {
  const { rules, protocols, sourcePorts, destinationPorts } = read;
  const [from, to] = [
    readSide(context, read, 'sources', sources),
    readSide(context, read, 'destinations', destinations),
  ];
  const columns = (family: Family) =>
    lazily((): AddressColumns => ({ sources: from(family), destinations: to(family) }));
  const [v4, v6] = [columns(4), columns(6)];
  const columnsOf = (family: Family): AddressColumns => (family === 4 ? v4() : v6());
  return { rules, protocols, sourcePorts, destinationPorts, columnsOf };
}

function readSide(
  { addresses }: RuleContext,
  { rules, sides }: ReadRules,
  side: 'sources' | 'destinations',
  meaning: Meaning,
): ReadSide {
  const before = sides[side].get(meaning);
  if (before !== undefined) return before;
  const columns = (family: Family) =>
    lazily(() => {
      const table = addresses[family][side];
      const numberOf = (index: number, bound: 'atLeast' | 'atMost'): SetId => {
        const set = meaning.of(rules[index]?.[side] ?? noMatches)[bound];
        return idOf(table, family === 4 ? set.v4 : set.v6);
      };
      return new LazyColumn(rules.length, numberOf);
    });
  const [v4, v6] = [columns(4), columns(6)];
  const made: ReadSide = (family) => (family === 4 ? v4() : v6());
  sides[side].set(meaning, made);
  return made;
}

const noMatches: readonly AddressMatch[] = [];

const notRead = -1;

/** Rules are read when a question first gets as far as them: most questions end at one of the first. */
class LazyColumn implements AddressColumn {
  readonly #least: Int32Array;
  readonly #most: Int32Array;
  readonly #numberOf: (index: number, bound: 'atLeast' | 'atMost') => SetId;

  constructor(rules: number, numberOf: (index: number, bound: 'atLeast' | 'atMost') => SetId) {
    this.#least = new Int32Array(rules).fill(notRead);
    this.#most = new Int32Array(rules).fill(notRead);
    this.#numberOf = numberOf;
  }

  least(index: number): SetId {
    const before = this.#least[index] ?? notRead;
    return before === notRead ? (this.#least[index] = this.#numberOf(index, 'atLeast')) : before;
  }

  most(index: number): SetId {
    const before = this.#most[index] ?? notRead;
    return before === notRead ? (this.#most[index] = this.#numberOf(index, 'atMost')) : before;
  }
}

/** One number for each; `Int32Array.from` takes several times as long. */
function column<T>(values: readonly T[], numberOf: (value: T) => number): Int32Array {
  const numbers = new Int32Array(values.length);
  values.forEach((value, index) => {
    numbers[index] = numberOf(value);
  });
  return numbers;
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
