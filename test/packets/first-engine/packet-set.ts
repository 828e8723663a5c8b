import {
  type AddressSet,
  type Family,
  allAddresses,
  endOfFamily,
  noAddresses,
  realOf,
} from '../../../shared/packets/address.ts';
import {
  type Coordinate,
  type IntervalSet,
  areDisjoint,
  compare,
  compareSets,
  differenceOf,
  holds,
  intersectionOf,
  intervals,
  isEmptySet,
  noInterval,
  unionOf,
} from '../../../shared/packets/interval-set.ts';

/**
 * The universe of protocols: exactly what Azure virtual networks carry and security rules can name
 * (learn.microsoft.com/azure/virtual-network/virtual-networks-faq). Only Tcp and Udp have ports.
 */
export const protocols = ['Tcp', 'Udp', 'Icmp', 'Esp', 'Ah'] as const;
export type Protocol = (typeof protocols)[number];

/** Ports 0 to 65535. */
export const allPorts: IntervalSet = [0, 65_536];

/** What a rule or a question spans: every combination of its five sides, within each family. */
export interface Product {
  readonly protocols: readonly Protocol[];
  readonly sources: AddressSet;
  readonly sourcePorts: IntervalSet;
  readonly destinations: AddressSet;
  readonly destinationPorts: IntervalSet;
}

/** A product of one family; no side is empty. Boxes of portless protocols carry all ports. */
export interface Box {
  readonly family: Family;
  /** In the order of `protocols`. */
  readonly protocols: readonly Protocol[];
  readonly sources: IntervalSet;
  readonly sourcePorts: IntervalSet;
  readonly destinations: IntervalSet;
  readonly destinationPorts: IntervalSet;
}

/** The ports of a portless packet are 0 and mean nothing. */
export interface Packet {
  readonly family: Family;
  readonly protocol: Protocol;
  readonly source: Coordinate;
  readonly sourcePort: number;
  readonly destination: Coordinate;
  readonly destinationPort: number;
}

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
   * (else the lowest but 0), then the second address of the first source and destination interval (the
   * first one of an interval of one or two addresses, and of named addresses).
   */
  witness(): Packet | undefined;
  /** Disjoint boxes whose union is the set, in canonical order; no two differ in one side only. */
  boxes(): readonly Box[];
}

/** The usual first ephemeral port, so that a witness looks like a client's packet. */
const clientPort = 49_152;

/** What a person expects to read where any port would do. */
const httpsPort = 443;
const families = [4, 6] as const;
const portedProtocols: ReadonlySet<Protocol> = new Set<Protocol>(['Tcp', 'Udp']);

const intervalSides = ['destinationPorts', 'destinations', 'sources', 'sourcePorts'] as const;
type IntervalSide = (typeof intervalSides)[number];

/** The pieces behind each packet set of this module; another implementation shows its boxes. */
const piecesBehind = new WeakMap<PacketSet, readonly Box[]>();

/**
 * The packets of a product. Ports are ignored for portless protocols and clipped to `allPorts` for
 * the others; a family for which a side is empty gives nothing.
 */
export function packets(product: Product): PacketSet {
  const ported = product.protocols.filter((protocol) => hasPorts(protocol));
  const portless = product.protocols.filter((protocol) => !hasPorts(protocol));
  const sourcePorts = intersectionOf(product.sourcePorts, allPorts);
  const destinationPorts = intersectionOf(product.destinationPorts, allPorts);
  const pieces: Box[] = [];
  for (const family of families) {
    const sources = sideOf(product.sources, family);
    const destinations = sideOf(product.destinations, family);
    const addresses = { family, sources, destinations };
    pieces.push(
      { ...addresses, protocols: inOrder(ported), sourcePorts, destinationPorts },
      {
        ...addresses,
        protocols: inOrder(portless),
        sourcePorts: allPorts,
        destinationPorts: allPorts,
      },
    );
  }
  return packetSet(pieces.filter((piece) => !hasEmptySide(piece)));
}

/** Whether packets of the protocol carry ports. */
function hasPorts(protocol: Protocol): boolean {
  return portedProtocols.has(protocol);
}

export const noPackets: PacketSet = packets({
  protocols: [],
  sources: noAddresses,
  sourcePorts: noInterval,
  destinations: noAddresses,
  destinationPorts: noInterval,
});

/** Every packet between real addresses and named ones from zero up, of both families. */
const allPackets: PacketSet = packets({
  protocols,
  sources: allAddresses,
  sourcePorts: allPorts,
  destinations: allAddresses,
  destinationPorts: allPorts,
});

/** A set over disjoint pieces without empty sides. */
function packetSet(pieces: readonly Box[]): PacketSet {
  let canonical: readonly Box[] | undefined;
  const set: PacketSet = {
    union: (other) => packetSet([...pieces, ...remainderOf(piecesOf(other), pieces)]),
    intersect: (other) => packetSet(sharedBy(pieces, piecesOf(other))),
    subtract: (other) => packetSet(remainderOf(pieces, piecesOf(other))),
    complement: () => allPackets.subtract(set),
    isEmpty: () => pieces.length === 0,
    equals: (other) => set.isSubsetOf(other) && other.isSubsetOf(set),
    isSubsetOf(other) {
      const covers = piecesOf(other);
      return pieces.every((piece) => remainderOf([piece], covers).length === 0);
    },
    has: (packet) => pieces.some((piece) => boxHas(piece, packet)),
    witness: () => witnessOf(pieces),
    boxes() {
      canonical ??= canonicalBoxes(pieces);
      return canonical;
    },
  };
  piecesBehind.set(set, pieces);
  return set;
}

function piecesOf(set: PacketSet): readonly Box[] {
  return piecesBehind.get(set) ?? set.boxes();
}

function sideOf(addresses: AddressSet, family: Family): IntervalSet {
  return family === 4 ? addresses.v4 : addresses.v6;
}

function inOrder(chosen: readonly Protocol[]): readonly Protocol[] {
  return protocols.filter((protocol) => chosen.includes(protocol));
}

function hasEmptySide(box: Box): boolean {
  return box.protocols.length === 0 || intervalSides.some((side) => isEmptySet(box[side]));
}

function areApart(a: Box, b: Box): boolean {
  return (
    a.family !== b.family ||
    !a.protocols.some((protocol) => b.protocols.includes(protocol)) ||
    intervalSides.some((side) => areDisjoint(a[side], b[side]))
  );
}

function boxHas(box: Box, packet: Packet): boolean {
  return (
    box.family === packet.family &&
    box.protocols.includes(packet.protocol) &&
    holds(box.sources, packet.source) &&
    holds(box.destinations, packet.destination) &&
    holds(box.sourcePorts, packet.sourcePort) &&
    holds(box.destinationPorts, packet.destinationPort)
  );
}

function sharedBy(left: readonly Box[], right: readonly Box[]): Box[] {
  const shared: Box[] = [];
  for (const a of left) {
    for (const b of right) {
      if (!areApart(a, b)) {
        shared.push({
          family: a.family,
          protocols: a.protocols.filter((protocol) => b.protocols.includes(protocol)),
          sources: intersectionOf(a.sources, b.sources),
          sourcePorts: intersectionOf(a.sourcePorts, b.sourcePorts),
          destinations: intersectionOf(a.destinations, b.destinations),
          destinationPorts: intersectionOf(a.destinationPorts, b.destinationPorts),
        });
      }
    }
  }
  return shared;
}

/** What remains of the pieces, still disjoint, when every taken box is cut out. */
function remainderOf(pieces: readonly Box[], taken: readonly Box[]): readonly Box[] {
  let rest = pieces;
  for (const box of taken) {
    if (rest.some((piece) => !areApart(piece, box))) {
      rest = rest.flatMap((piece) => cutOut(piece, box));
    }
  }
  return rest;
}

/**
 * The piece without the box: side by side, what lies outside the box on that side is kept, and
 * only what lies inside goes on to the next side. A box that holds a portless protocol carries all
 * ports, so the pieces of portless protocols never lose any.
 */
function cutOut(piece: Box, box: Box): Box[] {
  if (areApart(piece, box)) {
    return [piece];
  }
  const kept: Box[] = [];
  const outside = piece.protocols.filter((protocol) => !box.protocols.includes(protocol));
  if (outside.length > 0) {
    kept.push({ ...piece, protocols: outside });
  }
  let inside: Box = {
    ...piece,
    protocols: piece.protocols.filter((protocol) => box.protocols.includes(protocol)),
  };
  for (const side of intervalSides) {
    const beyond = differenceOf(inside[side], box[side]);
    if (!isEmptySet(beyond)) {
      kept.push({ ...inside, [side]: beyond });
    }
    inside = { ...inside, [side]: intersectionOf(inside[side], box[side]) };
  }
  return kept;
}

/** See `PacketSet.witness`. Each choice narrows the pieces, so the next one is made in the slice. */
function witnessOf(pieces: readonly Box[]): Packet | undefined {
  for (const protocol of protocols) {
    const carrying = pieces.filter((piece) => piece.protocols.includes(protocol));
    for (const [isSourceReal, isDestinationReal] of realnessByPreference) {
      for (const family of families) {
        const slice = carrying
          .filter((piece) => piece.family === family)
          .map((piece) => ({
            ...piece,
            sources: clip(piece.sources, family, isSourceReal),
            destinations: clip(piece.destinations, family, isDestinationReal),
          }))
          .filter((piece) => !hasEmptySide(piece));
        if (slice.length > 0) {
          return witnessIn(slice, family, protocol);
        }
      }
    }
  }
  return undefined;
}

const realnessByPreference: readonly (readonly [boolean, boolean])[] = [
  [true, true],
  [true, false],
  [false, true],
  [false, false],
];

function clip(addresses: IntervalSet, family: Family, isReal: boolean): IntervalSet {
  return isReal
    ? intersectionOf(addresses, realOf(family))
    : differenceOf(addresses, realOf(family));
}

function witnessIn(slice: readonly Box[], family: Family, protocol: Protocol): Packet {
  let rest = slice;
  const choose = (side: IntervalSide, pick: (set: IntervalSet) => Coordinate): Coordinate => {
    const chosen = pick(rest.map((piece) => piece[side]).reduce(unionOf, noInterval));
    rest = rest.filter((piece) => holds(piece[side], chosen));
    return chosen;
  };
  const prefer = (port: number) => (ports: IntervalSet) =>
    !hasPorts(protocol) ? 0 : holds(ports, port) ? port : lowestPort(ports);
  const sourcePort = choose('sourcePorts', prefer(clientPort));
  const destinationPort = choose('destinationPorts', prefer(httpsPort));
  const source = choose('sources', (addresses) => readableAddress(family, addresses));
  const destination = choose('destinations', (addresses) => {
    const readable = readableAddress(family, addresses);
    const isReal = readable >= 0 && readable < endOfFamily(family);
    return readable === source && isReal ? otherThan(source, addresses) : readable;
  });
  return {
    family,
    protocol,
    source,
    sourcePort: Number(sourcePort),
    destination,
    destinationPort: Number(destinationPort),
  };
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

/** Numbers interval sets so that equal ones get equal numbers. */
type Numbering = (set: IntervalSet) => number;

function numbering(): Numbering {
  const byIdentity = new Map<IntervalSet, number>();
  const byContent = new Map<string, number>();
  return (set) => {
    const seen = byIdentity.get(set);
    if (seen !== undefined) {
      return seen;
    }
    const content = set.join(',');
    const number = byContent.get(content) ?? byContent.size;
    byContent.set(content, number);
    byIdentity.set(set, number);
    return number;
  };
}

/**
 * The boxes of `PacketSet.boxes`, which depend on the set only: every side is cut into classes, and
 * from the innermost side outwards boxes that are equal but for that side become one.
 */
function canonicalBoxes(pieces: readonly Box[]): readonly Box[] {
  const numberOf = numbering();
  const boxes: Box[] = [];
  for (const family of families) {
    const ofFamily = pieces.filter((piece) => piece.family === family);
    const joined = new Map<string, { part: Box; carried: Protocol[] }>();
    for (const protocol of protocols) {
      const members = ofFamily.filter((piece) => piece.protocols.includes(protocol));
      for (const part of classBoxes(members, 0, numberOf, new Map())) {
        const content = contentOf([part], 0, numberOf);
        const carried = joined.get(content)?.carried ?? [];
        carried.push(protocol);
        joined.set(content, { part, carried });
      }
    }
    boxes.push(
      ...[...joined.values()].map(({ part, carried }) => ({ ...part, protocols: carried })),
    );
  }
  return boxes.sort(compareBoxes);
}

/**
 * The union of the pieces as far as their sides from `depth` on go; the sides before it are left
 * as found in any piece, for the caller to overwrite.
 */
function classBoxes(
  pieces: readonly Box[],
  depth: number,
  numberOf: Numbering,
  memo: Map<string, readonly Box[]>,
): readonly Box[] {
  const side = intervalSides[depth];
  if (side === undefined) {
    return pieces.slice(0, 1);
  }
  const question = contentOf(pieces, depth, numberOf);
  const answered = memo.get(question);
  if (answered !== undefined) {
    return answered;
  }
  const joined = new Map<string, { part: Box; pairs: (readonly [Coordinate, Coordinate])[] }>();
  for (const { pairs, members } of classesOf(pieces, side, numberOf)) {
    for (const part of classBoxes(members, depth + 1, numberOf, memo)) {
      const content = contentOf([part], depth + 1, numberOf);
      const before = joined.get(content)?.pairs ?? [];
      joined.set(content, { part, pairs: before.concat(pairs) });
    }
  }
  const boxes = [...joined.values()].map(({ part, pairs }) => ({
    ...part,
    [side]: intervals(pairs),
  }));
  memo.set(question, boxes);
  return boxes;
}

/** A key by which boxes are equal in their sides from `depth` on. */
function contentOf(boxes: readonly Box[], depth: number, numberOf: Numbering): string {
  const sides = intervalSides.slice(depth);
  return boxes.map((box) => sides.map((side) => numberOf(box[side])).join(' ')).join(';');
}

/** The points of one side, grouped by which pieces hold them. */
function classesOf(
  pieces: readonly Box[],
  side: IntervalSide,
  numberOf: Numbering,
): Iterable<{
  readonly pairs: readonly (readonly [Coordinate, Coordinate])[];
  readonly members: readonly Box[];
}> {
  const sharing = new Map<number, { set: IntervalSet; members: Box[] }>();
  for (const piece of pieces) {
    const set = piece[side];
    const group = sharing.get(numberOf(set));
    if (group === undefined) {
      sharing.set(numberOf(set), { set, members: [piece] });
    } else {
      group.members.push(piece);
    }
  }
  const boundaries = [...sharing].flatMap(([number, { set }]) => set.map((at) => ({ at, number })));
  boundaries.sort((a, b) => compare(a.at, b.at));
  const classes = new Map<string, { pairs: [Coordinate, Coordinate][]; holding: number[] }>();
  const open = new Set<number>();
  for (const [i, { at, number }] of boundaries.entries()) {
    if (!open.delete(number)) {
      open.add(number);
    }
    const next = boundaries[i + 1]?.at;
    if (next !== undefined && at < next && open.size > 0) {
      const holding = [...open].sort((a, b) => a - b);
      const key = holding.join(',');
      const pairs = classes.get(key)?.pairs ?? [];
      pairs.push([at, next]);
      classes.set(key, { pairs, holding });
    }
  }
  return [...classes.values()].map(({ pairs, holding }) => ({
    pairs,
    members: holding.flatMap((number) => sharing.get(number)?.members ?? []),
  }));
}

function compareBoxes(a: Box, b: Box): number {
  if (a.family !== b.family) {
    return a.family - b.family;
  }
  const places = (box: Box): IntervalSet => box.protocols.map((p) => protocols.indexOf(p));
  const orders = [
    compareSets(places(a), places(b)),
    ...intervalSides.map((side) => compareSets(a[side], b[side])),
  ];
  return orders.find((order) => order !== 0) ?? 0;
}
