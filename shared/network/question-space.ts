import type { AddressSet, Family } from '../packets/address.ts';
import type { ClassSet } from '../packets/class-sets.ts';
import { type Node, type Span, yes } from '../packets/diagram.ts';
import { type IntervalSet, isEmptySet, noInterval } from '../packets/interval-set.ts';
import { type CutLine, type Layer, cutLayers, cutLine, wholeLine } from '../packets/line.ts';
import {
  type IntervalSide,
  type Order,
  type Space,
  inwards,
  outwards,
  productNode,
  spaceOf,
} from '../packets/space.ts';
import { missed, placeIn, placeOfSet, type Sieve, sieve, whole } from '../packets/set-table.ts';
import type { Work } from '../packets/work.ts';
import type { AddressBounds } from './address-bounds.ts';
import type { RuleContext } from './rule-context.ts';
import type { AnyRule, RuleTable } from './rule-table.ts';

/** A question as sets: what is asked, on each side. */
export interface AskedPackets {
  readonly direction: 'Inbound' | 'Outbound';
  /** A mask of protocols, of one at least. */
  readonly protocols: number;
  readonly sources: AddressBounds;
  /** Never empty; protocols without ports look at none. */
  readonly sourcePorts: IntervalSet;
  readonly destinations: AddressBounds;
  readonly destinationPorts: IntervalSet;
}

/** A rule that may match something that is asked, in classes of the question's space. */
export interface LiveRule {
  readonly rule: AnyRule;
  readonly most: Span;
  /** The same span as `most` where nothing is in doubt; undefined where it may match nothing. */
  readonly least: Span | undefined;
}

/** One family of a question: its space, and for each table the rules that matter, in order. */
export interface QuestionSpace {
  readonly space: Space;
  /** Of what is asked (which is all of the space) the part that certainly exists. */
  readonly existing: Node;
  readonly live: ReadonlyMap<RuleTable, readonly LiveRule[]>;
}

/** Whether the family has addresses that are asked, on both sides. */
export function isAsked({ sources, destinations }: AskedPackets, family: Family): boolean {
  return (
    !isEmptySet(ofFamily(sources.atMost, family)) &&
    !isEmptySet(ofFamily(destinations.atMost, family))
  );
}

/**
 * Restricts rules to what is asked and cuts every side into classes that no rule tells apart.
 * `mostRules` bounds how many rules of each table are looked at. The family has packets that are
 * asked ({@link isAsked}).
 * @throws TooComplexError where the budget runs out.
 */
export function questionSpace(
  asked: AskedPackets,
  family: Family,
  context: RuleContext,
  tables: Iterable<RuleTable>,
  work: Work,
  mostRules = Infinity,
): QuestionSpace {
  const { protocols } = asked;
  const sieves = sievesOf(asked, family, context, work);
  const existing = {
    sources: existingPlace(sieves.sources, asked.sources, family),
    destinations: existingPlace(sieves.destinations, asked.destinations, family),
  };
  const isOutbound = asked.direction === 'Outbound';
  const rows = new Map<RuleTable, readonly Row[]>();
  for (const table of new Set(tables)) {
    rows.set(table, rowsOf(table, family, protocols, sieves, isOutbound, mostRules));
  }
  const far = isOutbound ? 'destinations' : 'sources';
  const layered = layeredRows(rows, existing, sieves, protocols, far);
  const cut = (side: IntervalSide): CutLine =>
    layered !== undefined && side === far
      ? cutLayers(sieves[side].asked, layered.layers, work)
      : cutLine(sieves[side].asked, sieves[side].parts, work);
  const sides = {
    destinationPorts: cut('destinationPorts'),
    destinations: cut('destinations'),
    sources: cut('sources'),
    sourcePorts: cut('sourcePorts'),
  };
  const order = isOutbound ? outwards : inwards;
  const space = spaceOf(
    family,
    order,
    protocols,
    {
      destinationPorts: sides.destinationPorts.line,
      destinations: sides.destinations.line,
      sources: sides.sources.line,
      sourcePorts: sides.sourcePorts.line,
    },
    work,
  );
  const live = new Map<RuleTable, readonly LiveRule[]>();
  for (const [table, found] of layered?.rows ?? rows) {
    live.set(
      table,
      found.map((row) => liveRule(row, order, protocols, sides)),
    );
  }
  return { space, existing: existingNode(space, sides, existing), live };
}

/**
 * What settles a question in each list: the first rule that may match anything that is asked, where it
 * certainly matches all of it; null where no rule may match. Undefined where some list has a rule that
 * tells packets apart, or where not all that is asked certainly exists. Most questions are settled, and
 * need no classes. The family has packets that are asked ({@link isAsked}).
 */
export function settlingRules(
  asked: AskedPackets,
  family: Family,
  context: RuleContext,
  tables: Iterable<RuleTable>,
  work: Work,
): ReadonlyMap<RuleTable, AnyRule | null> | undefined {
  const { sources, destinations, protocols } = asked;
  if (sources.atLeast !== sources.atMost || destinations.atLeast !== destinations.atMost) {
    return undefined;
  }
  const sieves = sievesOf(asked, family, context, work);
  const isOutbound = asked.direction === 'Outbound';
  const settling = new Map<RuleTable, AnyRule | null>();
  for (const table of tables) {
    if (settling.has(table)) continue;
    const [first] = rowsOf(table, family, protocols, sieves, isOutbound, Infinity, 1);
    if (first?.isEverything === false) return undefined;
    settling.set(table, first?.rule ?? null);
  }
  return settling;
}

/** The space of all that is asked, in one class. */
export function undividedSpace(asked: AskedPackets, family: Family, work: Work): Space {
  const { direction, protocols } = asked;
  const lines = {
    destinationPorts: wholeLine(asked.destinationPorts),
    destinations: wholeLine(ofFamily(asked.destinations.atMost, family)),
    sources: wholeLine(ofFamily(asked.sources.atMost, family)),
    sourcePorts: wholeLine(asked.sourcePorts),
  };
  return spaceOf(family, direction === 'Outbound' ? outwards : inwards, protocols, lines, work);
}

type Sieves = Readonly<Record<IntervalSide, Sieve>>;

function sievesOf(
  asked: AskedPackets,
  family: Family,
  { ports, addresses }: RuleContext,
  work: Work,
): Sieves {
  const { destinations, sources } = addresses[family];
  return {
    destinationPorts: sieve(ports.destinations, asked.destinationPorts, work),
    destinations: sieve(destinations, ofFamily(asked.destinations.atMost, family), work),
    sources: sieve(sources, ofFamily(asked.sources.atMost, family), work),
    sourcePorts: sieve(ports.sources, asked.sourcePorts, work),
  };
}

type CutLines = Readonly<Record<IntervalSide, CutLine>>;

/** A rule that is left after restriction: where its parts went. */
interface Row {
  readonly rule: AnyRule;
  readonly protocols: number;
  readonly destinationPorts: number;
  readonly sourcePorts: number;
  readonly sourcesLeast: number;
  readonly sourcesMost: number;
  readonly destinationsLeast: number;
  readonly destinationsMost: number;
  /** Whether it certainly matches everything that is asked. */
  readonly isEverything: boolean;
}

/** Cheapest tests first: most rules miss a narrow question by protocol or port. */
function rowsOf(
  table: RuleTable,
  family: Family,
  protocols: number,
  sieves: Sieves,
  isOutbound: boolean,
  mostRules: number,
  mostRows = Infinity,
): readonly Row[] {
  const columns = table.columnsOf(family);
  const rows: Row[] = [];
  const count = Math.min(table.rules.length, mostRules);
  for (let i = 0; i < count; i += 1) {
    const carried = (table.protocols[i] ?? 0) & protocols;
    if (carried === 0) continue;
    // A rule that misses ports names some, so that it carries no protocol without ports.
    const destinationPorts = placeIn(sieves.destinationPorts, table.destinationPorts[i] ?? 0);
    if (destinationPorts === missed) continue;
    const sourcePorts = placeIn(sieves.sourcePorts, table.sourcePorts[i] ?? 0);
    if (sourcePorts === missed) continue;
    // The near end first: its sets are short, and most rules that miss a question miss it there.
    let sourcesMost = missed;
    if (isOutbound) {
      sourcesMost = placeIn(sieves.sources, columns.sources.most(i));
      if (sourcesMost === missed) continue;
    }
    const destinationsMost = placeIn(sieves.destinations, columns.destinations.most(i));
    if (destinationsMost === missed) continue;
    if (!isOutbound) {
      sourcesMost = placeIn(sieves.sources, columns.sources.most(i));
      if (sourcesMost === missed) continue;
    }
    const destinationsLeast = placeIn(sieves.destinations, columns.destinations.least(i));
    const sourcesLeast = placeIn(sieves.sources, columns.sources.least(i));
    const rule = table.rules[i];
    if (rule === undefined) break;
    const isEverything =
      carried === protocols &&
      destinationPorts === whole &&
      destinationsLeast === whole &&
      sourcesLeast === whole &&
      sourcePorts === whole;
    rows.push({
      rule,
      protocols: carried,
      destinationPorts,
      sourcePorts,
      sourcesLeast,
      sourcesMost,
      destinationsLeast,
      destinationsMost,
      isEverything,
    });
    // What certainly matches everything that is asked leaves nothing for the rules after it.
    if (isEverything || rows.length >= mostRows) break;
  }
  return rows;
}

/** Fewer boundaries than this are cut as fast as they are. */
const manyBoundaries = 1000;

/**
 * Where one list is asked that leaves nothing in doubt, the far ends of its rules as layers: a rule
 * that matches all that is asked but for those hides the rules behind it. Undefined elsewhere.
 */
function layeredRows(
  rows: ReadonlyMap<RuleTable, readonly Row[]>,
  existing: { readonly sources: number; readonly destinations: number },
  sieves: Sieves,
  protocols: number,
  far: 'sources' | 'destinations',
):
  | {
      readonly layers: readonly Layer[];
      readonly rows: ReadonlyMap<RuleTable, readonly Row[]>;
    }
  | undefined {
  const { asked, parts } = sieves[far];
  if (rows.size !== 1 || existing.sources !== whole || existing.destinations !== whole) {
    return undefined;
  }
  if (parts.reduce((sum, part) => sum + part.length, 0) < manyBoundaries) return undefined;
  const [[table, found] = []] = rows;
  if (table === undefined || found === undefined) return undefined;
  const isExact = found.every(
    (row) => row.sourcesLeast === row.sourcesMost && row.destinationsLeast === row.destinationsMost,
  );
  if (!isExact) return undefined;
  const [farPlace, nearPlace] =
    far === 'sources'
      ? (['sourcesMost', 'destinationsMost'] as const)
      : (['destinationsMost', 'sourcesMost'] as const);
  const layers = found.map((row) => {
    const place = row[farPlace];
    return {
      part: place === whole ? asked : (parts[place] ?? noInterval),
      isOpaque:
        row.protocols === protocols &&
        row.destinationPorts === whole &&
        row.sourcePorts === whole &&
        row[nearPlace] === whole,
    };
  });
  // A set that many rules name is swept once for each of them, which only hiding makes up for.
  if (layers.filter(({ isOpaque }) => isOpaque).length * 4 < layers.length) return undefined;
  const own = (row: Row, index: number): Row =>
    far === 'sources'
      ? { ...row, sourcesLeast: index, sourcesMost: index }
      : { ...row, destinationsLeast: index, destinationsMost: index };
  return { layers, rows: new Map([[table, found.map(own)]]) };
}

function liveRule(row: Row, order: Order, protocols: number, sides: CutLines): LiveRule {
  const span = (destinations: number, sources: number): Span =>
    order.map((field) => {
      switch (field) {
        case 'protocols':
          return row.protocols & protocols;
        case 'destinationPorts':
          return classesAt(sides.destinationPorts, row.destinationPorts);
        case 'sourcePorts':
          return classesAt(sides.sourcePorts, row.sourcePorts);
        case 'destinations':
          return classesAt(sides.destinations, destinations);
        case 'sources':
          return classesAt(sides.sources, sources);
        default:
          return field satisfies never;
      }
    });
  const { destinationsLeast, sourcesLeast, destinationsMost, sourcesMost, rule } = row;
  const most = span(destinationsMost, sourcesMost);
  if (destinationsLeast === destinationsMost && sourcesLeast === sourcesMost) {
    return { rule, most, least: most };
  }
  const isNothing = destinationsLeast === missed || sourcesLeast === missed;
  return { rule, most, least: isNothing ? undefined : span(destinationsLeast, sourcesLeast) };
}

function classesAt({ line, parts }: CutLine, place: number): ClassSet {
  if (place === whole) return line.sets.all;
  return parts[place] ?? line.sets.none;
}

function existingPlace(side: Sieve, { atLeast, atMost }: AddressBounds, family: Family): number {
  return atLeast === atMost ? whole : placeOfSet(side, ofFamily(atLeast, family));
}

function existingNode(
  space: Space,
  sides: CutLines,
  places: { readonly sources: number; readonly destinations: number },
): Node {
  if (places.sources === whole && places.destinations === whole) return yes;
  return productNode(space, {
    protocols: space.protocols.all,
    destinationPorts: space.lines.destinationPorts.sets.all,
    sourcePorts: space.lines.sourcePorts.sets.all,
    sources: classesAt(sides.sources, places.sources),
    destinations: classesAt(sides.destinations, places.destinations),
  });
}

function ofFamily(set: AddressSet, family: Family): IntervalSet {
  return family === 4 ? set.v4 : set.v6;
}
