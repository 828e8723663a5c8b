import { type Family, cidrsOf, endOfFamily, formatAddress, realOf } from './address.ts';
import {
  type Coordinate,
  type IntervalSet,
  areDisjoint,
  holds,
  intervals,
  isSubset,
  pairsOf,
  unionOf,
} from './interval-set.ts';
import {
  type Packet,
  type PacketSet,
  allPorts,
  wideBoxes,
  hasPorts,
  packets,
  protocols,
} from './packet-set.ts';

/** The names of addresses that have no number. */
export interface AddressNames {
  /** Each named coordinate of the family and its name; real coordinates are not looked at. */
  entries(family: Family): Iterable<readonly [Coordinate, string]>;
}

/** A box in text: minimal CIDR prefixes, then names; ports as `443` or `8000-8080`. */
export interface DescribedBox {
  protocols: string[];
  sources: string[];
  sourcePorts: string[];
  destinations: string[];
  destinationPorts: string[];
}

/** A packet in text; null for the ports of portless protocols. */
export interface DescribedPacket {
  protocol: string;
  source: string;
  sourcePort: number | null;
  destination: string;
  destinationPort: number | null;
}

const noNames: AddressNames = { entries: () => [] };

/**
 * The set in text, as few boxes as are found, as wide as they can be; they may overlap, as rules do. Named addresses that `names` does
 * not know are left out, and boxes that have no others with them.
 */
export function describe(set: PacketSet, names: AddressNames = noNames): DescribedBox[] {
  const addresses = remembering((side, family: Family) => describeAddresses(family, side, names));
  const ports = remembering(portTexts);
  const read = new Set<string>();
  return wideBoxes(printablePart(set, names)).flatMap((box) => {
    const text = {
      protocols: [...box.protocols],
      sources: addresses(box.sources, box.family),
      sourcePorts: ports(box.sourcePorts),
      destinations: addresses(box.destinations, box.family),
      destinationPorts: ports(box.destinationPorts),
    };
    const real = realOf(box.family);
    if (!areDisjoint(box.sources, real) || !areDisjoint(box.destinations, real)) return [text];
    // A name stands for addresses of either family, so boxes of names alone may read the same.
    const key = JSON.stringify(text);
    if (read.has(key)) return [];
    read.add(key);
    return [text];
  });
}

/** Boxes share their sides, so each is written once. */
function remembering<A extends readonly unknown[]>(
  write: (side: IntervalSet, ...more: A) => string[],
): (side: IntervalSet, ...more: A) => string[] {
  const written = new Map<IntervalSet, string[]>();
  return (side, ...more) => {
    const texts = written.get(side) ?? write(side, ...more);
    written.set(side, texts);
    return texts;
  };
}

/** The packets between addresses that can be printed: most sets hold no others. */
function printablePart(set: PacketSet, names: AddressNames): PacketSet {
  const printable = { v4: printableOf(4, names), v6: printableOf(6, names) };
  const isPrintable = set
    .boxes()
    .every(({ family, sources, destinations }) =>
      [sources, destinations].every((side) =>
        isSubset(side, family === 4 ? printable.v4 : printable.v6),
      ),
    );
  if (isPrintable) return set;
  return set.intersect(
    packets({
      protocols,
      sources: printable,
      sourcePorts: allPorts,
      destinations: printable,
      destinationPorts: allPorts,
    }),
  );
}

/** The packet in text; a named address that `names` does not know reads `unnamed address`. */
export function describePacket(packet: Packet, names: AddressNames = noNames): DescribedPacket {
  const isPorted = hasPorts(packet.protocol);
  return {
    protocol: packet.protocol,
    source: describeAddress(packet.family, packet.source, names),
    sourcePort: isPorted ? packet.sourcePort : null,
    destination: describeAddress(packet.family, packet.destination, names),
    destinationPort: isPorted ? packet.destinationPort : null,
  };
}

function printableOf(family: Family, names: AddressNames): IntervalSet {
  const points = namedEntries(family, names).map(([at]) => [at, pointEnd(at)] as const);
  return unionOf(realOf(family), intervals(points));
}

function pointEnd(at: Coordinate): Coordinate {
  return typeof at === 'bigint' ? at + 1n : at + 1;
}

function namedEntries(family: Family, names: AddressNames): (readonly [Coordinate, string])[] {
  return [...names.entries(family)].filter(([at]) => at < 0 || at >= endOfFamily(family));
}

function describeAddresses(family: Family, set: IntervalSet, names: AddressNames): string[] {
  const held = namesIn(family, set, names);
  // Where every address is in, the names that are in with them say nothing more.
  if (held.areAll && isSubset(realOf(family), set)) return cidrsOf(family, set);
  return [...cidrsOf(family, set), ...held.names];
}

/** The names of named addresses in the set, sorted, and whether it holds all that have one. */
export function namesIn(
  family: Family,
  set: IntervalSet,
  names: AddressNames,
): { readonly names: readonly string[]; readonly areAll: boolean } {
  const named = namedEntries(family, names);
  const held = named.filter(([at]) => holds(set, at));
  return { names: held.map(([, name]) => name).sort(), areAll: held.length === named.length };
}

function describeAddress(family: Family, at: Coordinate, names: AddressNames): string {
  return holds(realOf(family), at)
    ? formatAddress(family, at)
    : (namedEntries(family, names).find(([named]) => named === at)?.[1] ?? 'unnamed address');
}

/** Ports as `443` or `8000-8080`, ascending. */
export function portTexts(ports: IntervalSet): string[] {
  return [...pairsOf(ports)].map(([lo, hi]) => {
    const last = Number(hi) - 1;
    return last === Number(lo) ? `${lo}` : `${lo}-${last}`;
  });
}
