import { type ClassSet, eitherOf } from './class-sets.ts';
import { type Node, edgesOf, isEnd, yes } from './diagram.ts';
import { type IntervalSet, compareSets } from './interval-set.ts';
import { pointsOf } from './line.ts';
import { type Box, allPorts, portedMask, protocols, protocolsIn } from './packet.ts';
import { type IntervalSide, type Region, intervalSides, outwards, reordered } from './space.ts';
import { spend } from './work.ts';

/** A product on the fields from one level down, kept once for each content. */
interface Tail {
  readonly number: number;
  readonly set: ClassSet;
  readonly rest: Tail | undefined;
}

/** What joining one box costs, in units of work. */
const workOfTail = 500;

/**
 * Disjoint boxes whose union is the region, whatever it was made from: from the innermost side
 * outwards, boxes that are equal but for that side become one.
 * @throws TooComplexError where there are millions.
 */
export function boxesOf(region: Region): readonly Box[] {
  const { space, node } = reordered(region, outwards);
  const { diagram: d, lines, family } = space;
  const tails = new Map<string, Tail>();
  const memo = new Map<number, readonly (Tail | undefined)[]>();
  const levels = d.levels.length;

  const tailOf = (level: number, set: ClassSet, rest: Tail | undefined): Tail => {
    const key = `${level} ${set} ${rest?.number ?? ''}`;
    const before = tails.get(key);
    if (before !== undefined) return before;
    const tail = { number: tails.size, set, rest };
    tails.set(key, tail);
    return tail;
  };

  const tailsOf = (one: Node, level: number): readonly (Tail | undefined)[] => {
    if (isEnd(one) && one !== yes) return [];
    const sets = d.levels[level];
    if (sets === undefined) return [undefined];
    const key = one * levels + level;
    const before = memo.get(key);
    if (before !== undefined) return before;
    const isHere = !isEnd(one) && d.levelOf[one] === level;
    const edges = isHere ? edgesOf(d, one) : [[sets.all, one] as const];
    const joined = new Map<Tail | undefined, ClassSet>();
    for (const [set, child] of edges) {
      for (const rest of tailsOf(child, level + 1)) {
        spend(space.work, workOfTail);
        const other = joined.get(rest);
        joined.set(rest, other === undefined ? set : eitherOf(sets, other, set));
      }
    }
    const made = [...joined].map(([rest, set]) => tailOf(level, set, rest));
    memo.set(key, made);
    return made;
  };

  const seen = new Map<string, IntervalSet>();
  const points = (side: IntervalSide, set: ClassSet): IntervalSet => {
    const key = `${side} ${set}`;
    const before = seen.get(key);
    if (before !== undefined) return before;
    spend(space.work, lines[side].starts.length * 2);
    const made = pointsOf(lines[side], set);
    seen.set(key, made);
    return made;
  };

  const boxes: Box[] = [];
  for (const tail of tailsOf(node, 0)) {
    if (tail === undefined) continue;
    const sides = sidesOf(tail);
    const box = {
      family,
      destinations: points('destinations', sides.destinations),
      sources: points('sources', sides.sources),
    };
    const ported = tail.set & portedMask;
    const ports = {
      destinationPorts: points('destinationPorts', sides.destinationPorts),
      sourcePorts: points('sourcePorts', sides.sourcePorts),
    };
    const isWhole = [ports.destinationPorts, ports.sourcePorts].every(
      (set) => compareSets(set, allPorts) === 0,
    );
    // Boxes of portless protocols carry all ports, so they part from others that do not.
    const masks = isWhole ? [tail.set] : [ported, tail.set & ~portedMask];
    for (const mask of masks) {
      if (mask === 0) continue;
      const isPorted = (mask & portedMask) !== 0;
      const shown = isPorted ? ports : { destinationPorts: allPorts, sourcePorts: allPorts };
      boxes.push({ ...box, ...shown, protocols: protocolsIn(mask) });
    }
  }
  return boxes.sort(compareBoxes);
}

function sidesOf(tail: Tail): Readonly<Record<IntervalSide, ClassSet>> {
  const [destinationPorts = 0, destinations = 0, sources = 0, sourcePorts = 0] = setsIn(tail.rest);
  return { destinationPorts, destinations, sources, sourcePorts };
}

function setsIn(tail: Tail | undefined): readonly ClassSet[] {
  return tail === undefined ? [] : [tail.set, ...setsIn(tail.rest)];
}

function compareBoxes(a: Box, b: Box): number {
  const places = (box: Box): IntervalSet => box.protocols.map((p) => protocols.indexOf(p));
  const orders = [
    compareSets(places(a), places(b)),
    ...intervalSides.map((side) => compareSets(a[side], b[side])),
  ];
  return orders.find((order) => order !== 0) ?? 0;
}
