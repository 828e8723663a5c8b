import type { Family } from './address.ts';
import { type ClassSet, type ClassSets, eitherOf, masks, restOf } from './class-sets.ts';
import { combine } from './combine.ts';
import {
  type Diagram,
  type Node,
  diagram,
  edgesOf,
  isEnd,
  no,
  nodeOf,
  spanNode,
} from './diagram.ts';
import { type IntervalSet, unionOf } from './interval-set.ts';
import { type Line, cutLine, pointsOf } from './line.ts';
import { portedMask, protocols } from './packet.ts';
import type { Work } from './work.ts';

export const intervalSides = [
  'destinationPorts',
  'destinations',
  'sources',
  'sourcePorts',
] as const;
export type IntervalSide = (typeof intervalSides)[number];
export type Field = 'protocols' | IntervalSide;

/**
 * The order in which diagrams look at fields, which only their size depends on: first what splits
 * rules into few groups, then the far end, where their prefixes are, then the near one.
 */
export type Order = readonly Field[];
export const outwards: Order = ['protocols', ...intervalSides];
export const inwards: Order = [
  'protocols',
  'destinationPorts',
  'sources',
  'destinations',
  'sourcePorts',
];

/**
 * The packets of one question and one family: a product, each side cut into classes. What a set of
 * packets is made of holds within one space only.
 */
export interface Space {
  readonly family: Family;
  readonly order: Order;
  /** Protocols as a mask, see `protocolMask`. */
  readonly protocols: ClassSets;
  readonly lines: Readonly<Record<IntervalSide, Line>>;
  readonly diagram: Diagram;
  readonly work: Work;
}

/** The space of a product whose sides are cut already. Portless protocols look at no ports. */
export function spaceOf(
  family: Family,
  order: Order,
  protocolsAsked: number,
  lines: Space['lines'],
  work: Work,
): Space {
  const carried = masks(protocols.length, protocolsAsked);
  const levels = order.map((field) => (field === 'protocols' ? carried : lines[field].sets));
  return { family, order, protocols: carried, lines, diagram: diagram(levels, work), work };
}

/** A product in classes of a space. */
export type ClassProduct = Readonly<Record<Field, ClassSet>>;

/** The packets of a product whose protocols have ports wherever it restricts them. */
export function productNode({ diagram: d, order }: Space, product: ClassProduct): Node {
  return spanNode(
    d,
    order.map((field) => product[field]),
  );
}

/** A set of packets of one family, in its space. */
export interface Region {
  readonly space: Space;
  readonly node: Node;
}

/** Both sets in one space that has the classes of either. */
export function together(a: Region, b: Region, work: Work): readonly [Region, Region] {
  const gathered = [partsUsed(a), partsUsed(b)];
  const cut = (side: IntervalSide) => {
    const parts = gathered.flatMap((used) => [...used[side].values()]);
    const whole = unionOf(a.space.lines[side].asked, b.space.lines[side].asked);
    return { ...cutLine(whole, parts, work), first: gathered[0]?.[side].size ?? 0 };
  };
  const sides = {
    destinationPorts: cut('destinationPorts'),
    destinations: cut('destinations'),
    sources: cut('sources'),
    sourcePorts: cut('sourcePorts'),
  };
  const space = spaceOf(
    a.space.family,
    a.space.order,
    a.space.protocols.all | b.space.protocols.all,
    {
      destinationPorts: sides.destinationPorts.line,
      destinations: sides.destinations.line,
      sources: sides.sources.line,
      sourcePorts: sides.sourcePorts.line,
    },
    work,
  );
  const carriedFrom = (region: Region, index: 0 | 1): Region => {
    const used = gathered[index];
    const translated = (side: IntervalSide): ReadonlyMap<ClassSet, ClassSet> => {
      const { parts, first } = sides[side];
      const keys = [...(used?.[side].keys() ?? [])];
      return new Map(keys.map((set, i) => [set, parts[(index === 0 ? 0 : first) + i] ?? 0]));
    };
    const translation = {
      destinationPorts: translated('destinationPorts'),
      destinations: translated('destinations'),
      sources: translated('sources'),
      sourcePorts: translated('sourcePorts'),
    };
    const within = carried(region, space, (field, set) =>
      field === 'protocols' ? set : (translation[field].get(set) ?? 0),
    );
    const node = combine(
      space.diagram,
      'intersect',
      within,
      askedOf(region.space, space, translation),
    );
    return { space, node };
  };
  return [carriedFrom(a, 0), carriedFrom(b, 1)];
}

/** The same set where nodes look at fields in another order. */
export function reordered(region: Region, order: Order): Region {
  const { space } = region;
  if (space.order.every((field, level) => order[level] === field)) return region;
  const other = spaceOf(space.family, order, space.protocols.all, space.lines, space.work);
  return { space: other, node: carried(region, other, (_, set) => set) };
}

/** The classes of one field that some packet of the region has. */
export function classesOn({ space, node }: Region, field: Field): ClassSet {
  const { diagram: d, order } = space;
  const level = order.indexOf(field);
  const sets = field === 'protocols' ? space.protocols : space.lines[field].sets;
  const seen = new Set<Node>();
  let found = sets.none;
  const visit = (one: Node): void => {
    if (one === no || seen.has(one)) return;
    seen.add(one);
    if (isEnd(one) || (d.levelOf[one] ?? 0) > level) {
      found = sets.all;
      return;
    }
    const isHere = d.levelOf[one] === level;
    for (const [set, child] of edgesOf(d, one)) {
      if (!isHere) visit(child);
      else if (child !== no) found = eitherOf(sets, found, set);
    }
  };
  visit(node);
  return found;
}

/** The region's packets whose field is in one of the classes; a mask of protocols may hold some that are not asked. */
export function narrowed(region: Region, field: Field, set: ClassSet): Region {
  const { space, node } = region;
  if (node === no) return region;
  const { diagram: d, order } = space;
  const level = order.indexOf(field);
  const kept = field === 'protocols' ? set & space.protocols.all : set;
  if (kept === d.levels[level]?.all) return region;
  const span = d.levels.map((each, i) => (i === level ? kept : each.all));
  return { space, node: combine(d, 'intersect', spanNode(d, span), node) };
}

type Translation = Readonly<Record<IntervalSide, ReadonlyMap<ClassSet, ClassSet>>>;

/** All packets of a space, in another one: those with ports within its ports, the others with any. */
function askedOf(from: Space, to: Space, translation: Translation): Node {
  const whole = (side: IntervalSide): ClassSet =>
    translation[side].get(from.lines[side].sets.all) ?? 0;
  const sides = { destinations: whole('destinations'), sources: whole('sources') };
  const ported = productNode(to, {
    ...sides,
    protocols: from.protocols.all & portedMask,
    destinationPorts: whole('destinationPorts'),
    sourcePorts: whole('sourcePorts'),
  });
  const portless = productNode(to, {
    ...sides,
    protocols: from.protocols.all & ~portedMask,
    destinationPorts: to.lines.destinationPorts.sets.all,
    sourcePorts: to.lines.sourcePorts.sets.all,
  });
  return combine(to.diagram, 'union', ported, portless);
}

/** The points of every set of classes that the region's nodes use, and of all that is asked. */
function partsUsed({
  space,
  node,
}: Region): Readonly<Record<IntervalSide, Map<ClassSet, IntervalSet>>> {
  const { diagram: d, lines, order } = space;
  const all = (side: IntervalSide): Map<ClassSet, IntervalSet> =>
    new Map([[lines[side].sets.all, lines[side].asked]]);
  const used = {
    destinationPorts: all('destinationPorts'),
    destinations: all('destinations'),
    sources: all('sources'),
    sourcePorts: all('sourcePorts'),
  };
  const seen = new Set<Node>();
  const visit = (one: Node): void => {
    if (isEnd(one) || seen.has(one)) return;
    seen.add(one);
    const field = order[d.levelOf[one] ?? 0] ?? 'protocols';
    for (const [set, child] of edgesOf(d, one)) {
      if (field !== 'protocols' && !used[field].has(set)) {
        used[field].set(set, pointsOf(lines[field], set));
      }
      visit(child);
    }
  };
  visit(node);
  return used;
}

/** The region's nodes made again in another space; packets beyond the region's own space may be in. */
function carried(
  { space: from, node }: Region,
  to: Space,
  translate: (field: Field, set: ClassSet) => ClassSet,
): Node {
  const d = to.diagram;
  const memo = new Map<Node, Node>();
  const carry = (one: Node): Node => {
    if (isEnd(one)) return one;
    const before = memo.get(one);
    if (before !== undefined) return before;
    const field = from.order[from.diagram.levelOf[one] ?? 0] ?? 'protocols';
    const level = to.order.indexOf(field);
    const edges = edgesOf(from.diagram, one).map(
      ([set, child]) => [translate(field, set), carry(child)] as const,
    );
    const made = edges.every(([, child]) => (d.levelOf[child] ?? 0) > level)
      ? completed(d, level, edges)
      : edges.reduce((sum, [set, child]) => {
          const only = spanNode(
            d,
            d.levels.map((each, i) => (i === level ? set : each.all)),
          );
          return combine(d, 'union', sum, combine(d, 'intersect', only, child));
        }, no);
    memo.set(one, made);
    return made;
  };
  return carry(node);
}

/** The node of edges that may leave classes out: those are not in the set. */
function completed(d: Diagram, level: number, edges: readonly (readonly [ClassSet, Node])[]): Node {
  const sets = d.levels[level];
  if (sets === undefined) throw new TypeError('a node looks at one of the levels');
  const rest = edges.reduce((left, [set]) => restOf(sets, left, set), sets.all);
  return nodeOf(d, level, rest === sets.none ? edges : [...edges, [rest, no]]);
}
