import { type AddressSet, type Family, allAddresses, noAddresses } from './address.ts';
import { boxesOf } from './boxes.ts';
import { wideBoxesOf } from './wide-boxes.ts';
import { type SetOperation, combine } from './combine.ts';
import { endOf, no, yes } from './diagram.ts';
import { type IntervalSet, intersectionOf, isEmptySet } from './interval-set.ts';
import { classAt, wholeLine } from './line.ts';
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
import { type Region, outwards, spaceOf, together } from './space.ts';
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
   * (else the lowest), then the second address of the first source and destination interval (the
   * first one of an interval of one or two addresses, and of named addresses).
   */
  witness(): Packet | undefined;
  /** Disjoint boxes whose union is the set, in canonical order; no two differ in one side only. */
  boxes(): readonly Box[];
}

/** A set as this module makes it: a region of each family, or none where the family has no packet. */
interface RegionSet extends PacketSet {
  readonly v4: Region | undefined;
  readonly v6: Region | undefined;
}

/** The set of the packets of both regions, which are of IPv4 and IPv6. */
export function packetSet(v4: Region | undefined, v6: Region | undefined): PacketSet {
  const set: RegionSet = {
    v4: v4?.node === no ? undefined : v4,
    v6: v6?.node === no ? undefined : v6,
    union,
    intersect,
    subtract,
    complement,
    isEmpty,
    equals,
    isSubsetOf,
    has,
    witness,
    boxes,
  };
  return set;
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
  // Only `packetSet` makes sets with regions.
  return 'v4' in set && 'v6' in set ? (set as RegionSet) : fromBoxes(set.boxes());
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

function union(this: PacketSet, other: PacketSet): PacketSet {
  return combined('union', this, other);
}

function intersect(this: PacketSet, other: PacketSet): PacketSet {
  return combined('intersect', this, other);
}

function subtract(this: PacketSet, other: PacketSet): PacketSet {
  return combined('subtract', this, other);
}

function complement(this: PacketSet): PacketSet {
  return combined('subtract', allPackets, this);
}

function isEmpty(this: PacketSet): boolean {
  const { v4, v6 } = regionsOf(this);
  return v4 === undefined && v6 === undefined;
}

function equals(this: PacketSet, other: PacketSet): boolean {
  const [a, b] = [regionsOf(this), regionsOf(other)];
  return areEqual(a.v4, b.v4) && areEqual(a.v6, b.v6);
}

function areEqual(a: Region | undefined, b: Region | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  const [left, right] = inOneSpace(a, b);
  return left.node === right.node;
}

function isSubsetOf(this: PacketSet, other: PacketSet): boolean {
  const [a, b] = [regionsOf(this), regionsOf(other)];
  return [
    [a.v4, b.v4],
    [a.v6, b.v6],
  ].every(([mine, its]) => (combinedRegion('subtract', mine, its)?.node ?? no) === no);
}

function has(this: PacketSet, packet: Packet): boolean {
  const { v4, v6 } = regionsOf(this);
  const region = packet.family === 4 ? v4 : v6;
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

function witness(this: PacketSet): Packet | undefined {
  return witnessOf(knownRegions(this));
}

/**
 * Boxes whose union is the set, as few and as wide as are found: they may overlap, as rules do.
 * @throws TooComplexError where there are millions.
 */
export function wideBoxes(set: PacketSet): readonly Box[] {
  return knownRegions(set).flatMap(wideBoxesOf);
}

function boxes(this: PacketSet): readonly Box[] {
  const set = regionsOf(this);
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
