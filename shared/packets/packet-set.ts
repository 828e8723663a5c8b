import { type AddressSet, type Family, allAddresses, noAddresses } from './address.ts';
import { boxesOf } from './boxes.ts';
import { wideBoxesOf } from './wide-boxes.ts';
import { type SetOperation, combine } from './combine.ts';
import { endOf, no, yes } from './diagram.ts';
import {
  type IntervalSet,
  intersectionOf,
  isEmptySet,
  noInterval,
  unionOf,
} from './interval-set.ts';
import { classAt, pointsOf, wholeLine } from './line.ts';
import {
  type Box,
  type Packet,
  type Product,
  allPorts,
  hasPorts,
  portedMask,
  protocolMask,
  protocols,
} from './packet.ts';
import { type Region, classesOn, narrowed, outwards, spaceOf, together } from './space.ts';
import { freeWork, refill } from './work.ts';
import { witnessOf } from './witness.ts';

// What a set speaks of, for those who speak of sets.
export { allPorts, hasPorts, protocols } from './packet.ts';
export type { Box, Packet, Product, Protocol } from './packet.ts';

/** An exact set of packets. Every answer depends on the set only, not on how it was made. */
export interface PacketSet {
  union(other: PacketSet): PacketSet;
  intersect(other: PacketSet): PacketSet;
  subtract(other: PacketSet): PacketSet;
  /** The packets of `allPackets` that are not in this set. */
  complement(): PacketSet;
  isEmpty(): boolean;
  equals(other: PacketSet): boolean;
  isSubsetOf(other: PacketSet): boolean;
  has(packet: Packet): boolean;
  /**
   * A packet of the set that a person can read, or undefined where it is empty. Preferred in this
   * order: the first protocol, real addresses, IPv4, source port 49152 and destination port 443
   * (else the lowest but 0), then the second address of the first source and destination interval
   * (the first one of an interval of one or two addresses, and of named addresses), and another
   * destination than the source where there is one.
   */
  witness(): Packet | undefined;
  /** Disjoint boxes whose union is the set, in canonical order; no two differ in one side only. */
  boxes(): readonly Box[];
}

/** A set as this module makes it: a region of each family, or none where the family has no packet. */
class RegionSet implements PacketSet {
  readonly v4: Region | undefined;
  readonly v6: Region | undefined;

  constructor(v4: Region | undefined, v6: Region | undefined) {
    this.v4 = v4;
    this.v6 = v6;
  }

  union(other: PacketSet): PacketSet {
    return combined('union', this, other);
  }

  intersect(other: PacketSet): PacketSet {
    return combined('intersect', this, other);
  }

  subtract(other: PacketSet): PacketSet {
    return combined('subtract', this, other);
  }

  complement(): PacketSet {
    return combined('subtract', allPackets, this);
  }

  isEmpty(): boolean {
    return this.v4 === undefined && this.v6 === undefined;
  }

  equals(other: PacketSet): boolean {
    const its = regionsOf(other);
    return areEqual(this.v4, its.v4) && areEqual(this.v6, its.v6);
  }

  isSubsetOf(other: PacketSet): boolean {
    const its = regionsOf(other);
    return isWithin(this.v4, its.v4) && isWithin(this.v6, its.v6);
  }

  has(packet: Packet): boolean {
    return hasPacket(packet.family === 4 ? this.v4 : this.v6, packet);
  }

  witness(): Packet | undefined {
    return witnessOf(knownRegions(this));
  }

  boxes(): readonly Box[] {
    return boxesOfSet(this);
  }
}

/** The set of the packets of both regions, which are of IPv4 and IPv6. */
export function packetSet(v4: Region | undefined, v6: Region | undefined): PacketSet {
  return new RegionSet(v4?.node === no ? undefined : v4, v6?.node === no ? undefined : v6);
}

/**
 * The packets of a product. Ports are ignored for portless protocols and clipped to `allPorts` for
 * the others; a family for which a side is empty gives nothing.
 */
export function packets(product: Product): PacketSet {
  return packetSet(productRegion(product, 4), productRegion(product, 6));
}

function productRegion(product: Product, family: Family): Region | undefined {
  const sources = sideOf(product.sources, family);
  const destinations = sideOf(product.destinations, family);
  if (isEmptySet(sources) || isEmptySet(destinations)) return undefined;
  const sourcePorts = intersectionOf(product.sourcePorts, allPorts);
  const destinationPorts = intersectionOf(product.destinationPorts, allPorts);
  const isPortless = isEmptySet(sourcePorts) || isEmptySet(destinationPorts);
  const carried = protocolMask(product.protocols) & (isPortless ? ~portedMask : -1);
  if (carried === 0) return undefined;
  const ports = (set: IntervalSet) => wholeLine(isPortless ? allPorts : set);
  const lines = {
    destinationPorts: ports(destinationPorts),
    destinations: wholeLine(destinations),
    sources: wholeLine(sources),
    sourcePorts: ports(sourcePorts),
  };
  return { space: spaceOf(family, outwards, carried, lines, freeWork()), node: yes };
}

export const noPackets: PacketSet = packetSet(undefined, undefined);

/** Every packet between real addresses and named ones from zero up, of both families. */
export const allPackets: PacketSet = packets({
  protocols,
  sources: allAddresses,
  sourcePorts: allPorts,
  destinations: allAddresses,
  destinationPorts: allPorts,
});

function sideOf(addresses: AddressSet, family: Family): IntervalSet {
  return family === 4 ? addresses.v4 : addresses.v6;
}

function regionsOf(set: PacketSet): RegionSet {
  return set instanceof RegionSet ? set : fromBoxes(set.boxes());
}

/** The set again, from the boxes of another implementation. */
function fromBoxes(boxes: readonly Box[]): RegionSet {
  const parts = boxes.map((box) =>
    packets({
      ...box,
      sources: { ...noAddresses, [`v${box.family}`]: box.sources },
      destinations: { ...noAddresses, [`v${box.family}`]: box.destinations },
    }),
  );
  return regionsOf(parts.reduce((all, part) => all.union(part), noPackets));
}

function combined(operation: SetOperation, a: PacketSet, b: PacketSet): PacketSet {
  const [left, right] = [regionsOf(a), regionsOf(b)];
  return packetSet(
    combinedRegion(operation, left.v4, right.v4),
    combinedRegion(operation, left.v6, right.v6),
  );
}

function combinedRegion(
  operation: SetOperation,
  a: Region | undefined,
  b: Region | undefined,
): Region | undefined {
  if (a === undefined) return operation === 'union' ? b : undefined;
  if (b === undefined) return operation === 'intersect' ? undefined : a;
  const [left, right] = inOneSpace(a, b);
  const { space } = left;
  return { space, node: combine(space.diagram, operation, left.node, right.node) };
}

function inOneSpace(a: Region, b: Region): readonly [Region, Region] {
  if (a.space !== b.space) return together(a, b, freeWork());
  refill(a.space.work);
  return [a, b];
}

function areEqual(a: Region | undefined, b: Region | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  const [left, right] = inOneSpace(a, b);
  return left.node === right.node;
}

function isWithin(a: Region | undefined, b: Region | undefined): boolean {
  return (combinedRegion('subtract', a, b)?.node ?? no) === no;
}

function hasPacket(region: Region | undefined, packet: Packet): boolean {
  if (region === undefined) return false;
  const { diagram, lines, order, protocols: carried } = region.space;
  const bit = protocols.indexOf(packet.protocol);
  if (((carried.all >>> bit) & 1) === 0) return false;
  const isPorted = hasPorts(packet.protocol);
  const classes = {
    protocols: bit,
    destinationPorts: isPorted ? classAt(lines.destinationPorts, packet.destinationPort) : 0,
    destinations: classAt(lines.destinations, packet.destination),
    sources: classAt(lines.sources, packet.source),
    sourcePorts: isPorted ? classAt(lines.sourcePorts, packet.sourcePort) : 0,
  };
  const places = order.map((field) => classes[field]);
  return !places.includes(-1) && endOf(diagram, region.node, places) === yes;
}

/** The set's packets of one family; undefined where there is none. */
export function regionOf(set: PacketSet, family: Family): Region | undefined {
  const { v4, v6 } = regionsOf(set);
  return family === 4 ? v4 : v6;
}

/** The destination ports of its packets, those of protocols without ports left out. */
export function destinationPortsOf(set: PacketSet): IntervalSet {
  return knownRegions(set).reduce<IntervalSet>((ports, region) => {
    const ported = narrowed(region, 'protocols', portedMask);
    const classes = classesOn(ported, 'destinationPorts');
    return unionOf(ports, pointsOf(region.space.lines.destinationPorts, classes));
  }, noInterval);
}

/**
 * Boxes whose union is the set, as few and as wide as are found: they may overlap, as rules do.
 * @throws TooComplexError where there are millions.
 */
export function wideBoxes(set: PacketSet): readonly Box[] {
  return knownRegions(set).flatMap(wideBoxesOf);
}

function boxesOfSet(set: RegionSet): readonly Box[] {
  const before = canonical.get(set);
  if (before !== undefined) return before;
  const made = knownRegions(set).flatMap(boxesOf);
  canonical.set(set, made);
  return made;
}

const canonical = new WeakMap<PacketSet, readonly Box[]>();

function knownRegions(set: PacketSet): readonly Region[] {
  const { v4, v6 } = regionsOf(set);
  const regions = [v4, v6].flatMap((region) => region ?? []);
  for (const { space } of regions) refill(space.work);
  return regions;
}
