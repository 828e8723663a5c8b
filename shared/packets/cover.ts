import { type AddressSet, allAddresses, noAddresses } from './address.ts';
import { type IntervalSet, differenceOf, isSubset, noInterval, unionOf } from './interval-set.ts';
import {
  type Box,
  type PacketSet,
  type Product,
  type Protocol,
  allPorts,
  hasPorts,
  packets,
  protocols,
} from './packet-set.ts';

/** Boxes whose union is part of a set, and what of the set they leave over. */
export interface Cover {
  /** Each as wide as the set allows; they may overlap. */
  readonly boxes: readonly Box[];
  readonly rest: PacketSet;
}

type Side = 'protocols' | 'sources' | 'sourcePorts' | 'destinations' | 'destinationPorts';

/** In which order the sides of a box are widened; the order that takes most of the set wins. */
const orders: readonly (readonly Side[])[] = [
  ['sourcePorts', 'protocols', 'destinationPorts', 'destinations', 'sources'],
  ['sourcePorts', 'protocols', 'sources', 'destinations', 'destinationPorts'],
  ['sourcePorts', 'destinations', 'sources', 'protocols', 'destinationPorts'],
  ['destinationPorts', 'sourcePorts', 'protocols', 'sources', 'destinations'],
];

/** A set of more disjoint boxes is no longer read as a whole, and its boxes stay as they are. */
const mostToWiden = 60;

/**
 * At most `most` boxes for a person to read, fewer and wider than `PacketSet.boxes`, which may not
 * overlap. They depend on the set only.
 */
export function coverOf(set: PacketSet, most: number): Cover {
  let rest = set;
  const boxes: Box[] = [];
  while (boxes.length < most) {
    const left = rest.boxes();
    const [seed] = left;
    if (seed === undefined) break;
    if (left.length > mostToWiden) {
      boxes.push(seed);
      rest = rest.subtract(productOf(seed));
      continue;
    }
    const [best] = orders
      .map((order) => {
        const box = widened(seed, order, set);
        const taken = productOf(box);
        const count = left.filter((one) => isWithin(one, box)).length;
        return { box, taken, count };
      })
      .toSorted((a, b) => b.count - a.count);
    if (best === undefined) break;
    boxes.push(best.box);
    rest = rest.subtract(best.taken);
  }
  return { boxes: withoutNeedless(boxes), rest };
}

function isWithin(inner: Box, outer: Box): boolean {
  return (
    inner.family === outer.family &&
    inner.protocols.every((protocol) => outer.protocols.includes(protocol)) &&
    (['sources', 'sourcePorts', 'destinations', 'destinationPorts'] as const).every((side) =>
      isSubset(inner[side], outer[side]),
    )
  );
}

/** The boxes without those that the others cover. */
function withoutNeedless(boxes: readonly Box[]): readonly Box[] {
  const kept = [...boxes];
  for (const box of boxes) {
    const others = kept.filter((one) => one !== box);
    const [first, ...more] = others.map(productOf);
    const covered = more.reduce((all, one) => all.union(one), first ?? packets(nothing));
    if (productOf(box).isSubsetOf(covered)) kept.splice(kept.indexOf(box), 1);
  }
  return kept;
}

function widened(seed: Box, order: readonly Side[], set: PacketSet): Box {
  return order.reduce((box, side) => {
    if (side === 'protocols') return { ...box, protocols: moreProtocols(box, set) };
    return { ...box, [side]: widest(box, side, set) };
  }, seed);
}

function moreProtocols(box: Box, set: PacketSet): readonly Protocol[] {
  const everyPort = [box.sourcePorts, box.destinationPorts].every(
    (side) => side.join() === '0,65536',
  );
  return protocols.filter(
    (protocol) =>
      box.protocols.includes(protocol) ||
      // A portless protocol beside named ports would read as if it had them.
      ((everyPort || hasPorts(protocol)) &&
        productOf({ ...box, protocols: [protocol] }).isSubsetOf(set)),
  );
}

/** The points of the side that are in the set with everything the other sides hold. */
function widest(box: Box, side: Exclude<Side, 'protocols'>, set: PacketSet): IntervalSet {
  const isAddress = side === 'sources' || side === 'destinations';
  const full = isAddress ? ofFamily(allAddresses, box.family) : allPorts;
  const beyond = productOf({ ...box, [side]: full })
    .subtract(set)
    .boxes()
    .map((one) => one[side])
    .reduce(unionOf, noInterval);
  // Points below zero are not in the full side, and stay as they are.
  return unionOf(box[side], differenceOf(full, beyond));
}

const nothing: Product = {
  protocols: [],
  sources: noAddresses,
  sourcePorts: noInterval,
  destinations: noAddresses,
  destinationPorts: noInterval,
};

function ofFamily(addresses: AddressSet, family: Box['family']): IntervalSet {
  return family === 4 ? addresses.v4 : addresses.v6;
}

/** The packets of a box. */
export function productOf(box: Box): PacketSet {
  const addresses = (set: IntervalSet): AddressSet =>
    box.family === 4 ? { v4: set, v6: noInterval } : { v4: noInterval, v6: set };
  return packets({
    ...box,
    sources: addresses(box.sources),
    destinations: addresses(box.destinations),
  });
}
