import { type Family, endOfFamily, realOf } from './address.ts';
import { type ClassSet, classSetOf } from './class-sets.ts';
import { combine } from './combine.ts';
import { no, spanNode } from './diagram.ts';
import {
  type Coordinate,
  type IntervalSet,
  differenceOf,
  holds,
  intersectionOf,
  isEmptySet,
} from './interval-set.ts';
import { type Line, classAt, pointsOf } from './line.ts';
import { type Packet, hasPorts, protocols } from './packet.ts';
import { type Field, type IntervalSide, type Region, type Space, classesOn } from './space.ts';

/** The usual first ephemeral port, so that a witness looks like a client's packet. */
const clientPort = 49_152;

/** What a person expects to read where any port would do. */
const httpsPort = 443;

/** Which of source and destination are real addresses, by preference. */
const realnessByPreference: readonly (readonly [boolean, boolean])[] = [
  [true, true],
  [true, false],
  [false, true],
  [false, false],
];

/**
 * A packet of the regions that a person can read, or undefined where they are empty; see
 * `PacketSet.witness`. Each choice narrows the region, so the next one is made in what is left.
 * `regions` come by family, IPv4 first.
 */
export function witnessOf(regions: readonly Region[]): Packet | undefined {
  for (const [bit, protocol] of protocols.entries()) {
    for (const [isSourceReal, isDestinationReal] of realnessByPreference) {
      for (const region of regions) {
        const slice = narrowed(
          narrowed(
            narrowed(region, 'protocols', 1 << bit),
            'sources',
            classesWith(region.space, 'sources', isSourceReal),
          ),
          'destinations',
          classesWith(region.space, 'destinations', isDestinationReal),
        );
        if (slice.node !== no) {
          const choice = { isSourceReal, isDestinationReal, hasPorts: hasPorts(protocol) };
          return { protocol, ...choosePacket(slice, choice) };
        }
      }
    }
  }
  return undefined;
}

function choosePacket(
  slice: Region,
  wanted: {
    readonly isSourceReal: boolean;
    readonly isDestinationReal: boolean;
    readonly hasPorts: boolean;
  },
): Omit<Packet, 'protocol'> {
  const { family } = slice.space;
  let rest = slice;
  const choose = (side: IntervalSide, pick: (set: IntervalSet) => Coordinate): Coordinate => {
    const line = rest.space.lines[side];
    const chosen = pick(pointsOf(line, classesOn(rest, side)));
    rest = narrowed(rest, side, classSetOf(line.sets, [classAt(line, chosen)]));
    return chosen;
  };
  const prefer = (port: number) => (ports: IntervalSet) =>
    holds(ports, port) ? port : lowest(ports);
  const port = (side: IntervalSide, preferred: number): number =>
    wanted.hasPorts ? Number(choose(side, prefer(preferred))) : 0;
  const sourcePort = port('sourcePorts', clientPort);
  const destinationPort = port('destinationPorts', httpsPort);
  const address = (side: IntervalSide, isReal: boolean): Coordinate =>
    choose(side, (points) => readableAddress(family, clip(points, family, isReal)));
  const source = address('sources', wanted.isSourceReal);
  const destination = address('destinations', wanted.isDestinationReal);
  return { family, source, sourcePort, destination, destinationPort };
}

/** The region's packets whose field is in one of the classes. */
function narrowed(region: Region, field: Field, set: ClassSet): Region {
  const { space, node } = region;
  if (node === no) return region;
  const { diagram: d, order } = space;
  const level = order.indexOf(field);
  const span = d.levels.map((each, i) => (i === level ? set & allMask(each.all, field) : each.all));
  return { space, node: combine(d, 'intersect', spanNode(d, span), node) };
}

/** A mask of protocols may hold some that are not asked; sets of classes never do. */
function allMask(all: ClassSet, field: Field): number {
  return field === 'protocols' ? all : -1;
}

/** The classes that hold a real address, or a named one. */
function classesWith({ lines, family }: Space, side: IntervalSide, isReal: boolean): ClassSet {
  const line = lines[side];
  const { sets, starts, classes } = line;
  if (isWhollyReal(line, family)) return isReal ? sets.all : sets.none;
  if (starts.length === 0) {
    return isEmptySet(clip(line.asked, family, isReal)) ? sets.none : sets.all;
  }
  const wanted = new Set<number>();
  for (const [i, start] of starts.entries()) {
    const own = classes[i] ?? -1;
    const segment: IntervalSet = [start, starts[i + 1] ?? Infinity];
    if (own >= 0 && !isEmptySet(clip(segment, family, isReal))) wanted.add(own);
  }
  return classSetOf(sets, wanted);
}

function isWhollyReal({ asked }: Line, family: Family): boolean {
  const [first = 0, last = 0] = [asked[0], asked.at(-1)];
  return first >= 0 && last <= endOfFamily(family);
}

function clip(addresses: IntervalSet, family: Family, isReal: boolean): IntervalSet {
  return isReal
    ? intersectionOf(addresses, realOf(family))
    : differenceOf(addresses, realOf(family));
}

function lowest(set: IntervalSet): Coordinate {
  return set[0] ?? 0;
}

/** The second address of an interval of more than two, as `.0` is rarely a host's. */
function readableAddress(family: Family, addresses: IntervalSet): Coordinate {
  const [lo = 0, hi = lo] = addresses;
  if (lo < 0 || lo >= endOfFamily(family)) {
    return lo;
  }
  const [second, third] = typeof lo === 'bigint' ? [lo + 1n, lo + 2n] : [lo + 1, lo + 2];
  return third < hi ? second : lo;
}
