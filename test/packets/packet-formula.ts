// Packet sets as formulas: what the tests build, and what the oracles read without the code under test.
import {
  type Packet,
  type PacketSet,
  type Product,
  packets,
} from '../../shared/packets/packet-set.ts';
import type { Coordinate, IntervalSet } from '../../shared/packets/interval-set.ts';

export type PacketFormula =
  | { readonly kind: 'product'; readonly product: Product }
  | { readonly kind: 'complement'; readonly of: PacketFormula }
  | {
      readonly kind: 'union' | 'intersect' | 'subtract';
      readonly left: PacketFormula;
      readonly right: PacketFormula;
    };

/** The formula by the code under test. */
export function setOf(formula: PacketFormula): PacketSet {
  switch (formula.kind) {
    case 'product':
      return packets(formula.product);
    case 'complement':
      return setOf(formula.of).complement();
    case 'union':
      return setOf(formula.left).union(setOf(formula.right));
    case 'intersect':
      return setOf(formula.left).intersect(setOf(formula.right));
    case 'subtract':
      return setOf(formula.left).subtract(setOf(formula.right));
  }
}

/** The formula by definition, one packet at a time. */
export function formulaHas(formula: PacketFormula, packet: Packet): boolean {
  switch (formula.kind) {
    case 'product':
      return productHas(formula.product, packet);
    case 'complement':
      return packet.source >= 0 && packet.destination >= 0 && !formulaHas(formula.of, packet);
    case 'union':
      return formulaHas(formula.left, packet) || formulaHas(formula.right, packet);
    case 'intersect':
      return formulaHas(formula.left, packet) && formulaHas(formula.right, packet);
    case 'subtract':
      return formulaHas(formula.left, packet) && !formulaHas(formula.right, packet);
  }
}

/** The product that holds this packet and no other. */
export function productOf(packet: Packet): Product {
  return {
    protocols: [packet.protocol],
    sources: { v4: [], v6: [], [`v${packet.family}`]: pointAt(packet.source) },
    sourcePorts: pointAt(packet.sourcePort),
    destinations: { v4: [], v6: [], [`v${packet.family}`]: pointAt(packet.destination) },
    destinationPorts: pointAt(packet.destinationPort),
  };
}

function pointAt(at: Coordinate): IntervalSet {
  return typeof at === 'bigint' ? [at, at + 1n] : [at, at + 1];
}

function productHas(product: Product, packet: Packet): boolean {
  const { sources, destinations } = product;
  const isPortless = packet.protocol !== 'Tcp' && packet.protocol !== 'Udp';
  return (
    product.protocols.includes(packet.protocol) &&
    within(packet.family === 4 ? sources.v4 : sources.v6, packet.source) &&
    within(packet.family === 4 ? destinations.v4 : destinations.v6, packet.destination) &&
    (isPortless ||
      (within(product.sourcePorts, packet.sourcePort) &&
        within(product.destinationPorts, packet.destinationPort)))
  );
}

function within(set: IntervalSet, at: Coordinate): boolean {
  return set.some((lo, i) => {
    const hi = set[i + 1];
    return i % 2 === 0 && hi !== undefined && lo <= at && at < hi;
  });
}
