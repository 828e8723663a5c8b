import { type Family, endOfFamily, realOf } from './address.ts';
import { type ClassSet, classSetOf } from './class-sets.ts';
import { no } from './diagram.ts';
import {
  type Coordinate,
  type IntervalSet,
  differenceOf,
  holds,
  intersectionOf,
  isEmptySet,
  noInterval,
} from './interval-set.ts';
import { classAt, pointsOf } from './line.ts';
import { type Packet, hasPorts, protocols } from './packet.ts';
import { type IntervalSide, type Region, type Space, classesOn, narrowed } from './space.ts';

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
    holds(ports, port) ? port : lowestPort(ports);
  const port = (side: IntervalSide, preferred: number): number =>
    wanted.hasPorts ? Number(choose(side, prefer(preferred))) : 0;
  const sourcePort = port('sourcePorts', clientPort);
  const destinationPort = port('destinationPorts', httpsPort);
  const source = choose('sources', (points) =>
    readableAddress(family, clip(points, family, wanted.isSourceReal)),
  );
  const destination = choose('destinations', (points) => {
    const addresses = clip(points, family, wanted.isDestinationReal);
    const readable = readableAddress(family, addresses);
    const isOwn = readable === source && wanted.isDestinationReal;
    return isOwn ? otherThan(source, addresses) : readable;
  });
  return { family, source, sourcePort, destination, destinationPort };
}

/** The classes that hold a real address, or a named one. */
function classesWith({ lines, family }: Space, side: IntervalSide, isReal: boolean): ClassSet {
  const line = lines[side];
  const { sets, starts, classes } = line;
  if (isWhollyReal(line.asked, family)) return isReal ? sets.all : sets.none;
  if (starts.length === 0) {
    return isEmptySet(clip(line.asked, family, isReal)) ? sets.none : sets.all;
  }
  const wanted = new Set<number>();
  const end = endOfFamily(family);
  for (let i = 0; i < starts.length; i += 1) {
    const own = classes[i] ?? -1;
    if (own < 0) continue;
    const [start, next] = [starts[i] ?? 0, starts[i + 1] ?? Infinity];
    if (isReal ? start < end && next > 0 : start < 0 || next > end) wanted.add(own);
  }
  return classSetOf(sets, wanted);
}

function isWhollyReal(addresses: IntervalSet, family: Family): boolean {
  const [first = 0, last = 0] = [addresses[0], addresses.at(-1)];
  return first >= 0 && last <= endOfFamily(family);
}

function clip(addresses: IntervalSet, family: Family, isReal: boolean): IntervalSet {
  if (isWhollyReal(addresses, family)) return isReal ? addresses : noInterval;
  return isReal
    ? intersectionOf(addresses, realOf(family))
    : differenceOf(addresses, realOf(family));
}

/** The lowest port, but for port 0, which nobody uses, where there is another. */
function lowestPort(ports: IntervalSet): Coordinate {
  const [from = 0, end = 0, next] = ports;
  if (from !== 0) return from;
  return end > 1 ? 1 : (next ?? 0);
}

/** Another address than this one, near it if there is one; itself where there is no other. */
function otherThan(address: Coordinate, addresses: IntervalSet): Coordinate {
  const [next, last] =
    typeof address === 'bigint' ? [address + 1n, address - 1n] : [address + 1, address - 1];
  if (holds(addresses, next)) return next;
  if (holds(addresses, last)) return last;
  return [addresses[0], addresses[2]].find((at) => at !== undefined && at !== address) ?? address;
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
