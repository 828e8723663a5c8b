// Packet sets against their definition on a small world, the laws of sets, and tables of witnesses.
import fc from 'fast-check';
import { expect, test } from 'vitest';

import {
  type AddressSet,
  addressSet,
  allAddresses,
  noAddresses,
  realAddresses,
} from '../../shared/packets/address.ts';
import { isSubset } from '../../shared/packets/interval-set.ts';
import {
  type Box,
  type Packet,
  type PacketSet,
  type Product,
  allPackets,
  allPorts,
  hasPorts,
  noPackets,
  packets,
  protocols,
} from '../../shared/packets/packet-set.ts';
import { formulaHas, setOf } from './packet-formula.ts';
import { azureFormulas, cases, plainFormulas, smallFormulas, smallWorldPackets } from './worlds.ts';

const everything: Product = {
  protocols,
  sources: allAddresses,
  sourcePorts: allPorts,
  destinations: allAddresses,
  destinationPorts: allPorts,
};

function span(sides: Partial<Product>): PacketSet {
  return packets({ ...everything, ...sides });
}

function oneFamily(box: Box, side: Box['sources']): AddressSet {
  return box.family === 4 ? { v4: side, v6: [] } : { v4: [], v6: side };
}

function ofBox(box: Box): PacketSet {
  return packets({
    ...box,
    sources: oneFamily(box, box.sources),
    destinations: oneFamily(box, box.destinations),
  });
}

test('has agrees with the definition for every packet of a small world', () => {
  fc.assert(
    fc.property(smallFormulas, (formula) => {
      const set = setOf(formula);
      const wrong = smallWorldPackets.find((p) => set.has(p) !== formulaHas(formula, p));
      expect(wrong).toBeUndefined();
    }),
    { numRuns: cases(300) },
  );
});

test('verdicts agree with the definition for every packet of a small world', () => {
  fc.assert(
    fc.property(smallFormulas, smallFormulas, (left, right) => {
      const [a, b] = [setOf(left), setOf(right)];
      const inA = smallWorldPackets.filter((p) => formulaHas(left, p));
      const inB = smallWorldPackets.filter((p) => formulaHas(right, p));
      const isSubsetOf = inA.every((p) => formulaHas(right, p));
      const isSupersetOf = inB.every((p) => formulaHas(left, p));
      const witness = a.witness();

      expect(a.isEmpty()).toBe(inA.length === 0);
      expect(a.isSubsetOf(b)).toBe(isSubsetOf);
      expect(a.equals(b)).toBe(isSubsetOf && isSupersetOf);
      expect(b.equals(a)).toBe(isSubsetOf && isSupersetOf);
      expect(witness === undefined).toBe(inA.length === 0);
      expect(witness === undefined || formulaHas(left, witness)).toBe(true);
    }),
    { numRuns: cases(150) },
  );
});

test('boxes are disjoint and hold exactly the packets of the set', () => {
  fc.assert(
    fc.property(smallFormulas, (formula) => {
      const boxes = setOf(formula).boxes().map(ofBox);
      const wrong = smallWorldPackets.find(
        (p) => boxes.filter((box) => box.has(p)).length !== (formulaHas(formula, p) ? 1 : 0),
      );
      expect(wrong).toBeUndefined();
    }),
    { numRuns: cases(150) },
  );
});

const boxSides = ['sources', 'sourcePorts', 'destinations', 'destinationPorts'] as const;

test('boxes have no empty side, all ports where a protocol has none, and cannot be joined', () => {
  fc.assert(
    fc.property(fc.oneof(smallFormulas, azureFormulas), (formula) => {
      const boxes = setOf(formula).boxes();
      for (const [i, box] of boxes.entries()) {
        expect(box.protocols).toEqual(protocols.filter((p) => box.protocols.includes(p)));
        expect(
          box.protocols.length * Math.min(...boxSides.map((side) => box[side].length)),
        ).not.toBe(0);
        expect(box.protocols.every(hasPorts) || areAllPorts(box)).toBe(true);
        expect(boxes.slice(i + 1).filter((other) => differingSides(box, other) < 2)).toEqual([]);
      }
    }),
    { numRuns: cases(500) },
  );
});

function areAllPorts(box: Box): boolean {
  return isSubset(allPorts, box.sourcePorts) && isSubset(allPorts, box.destinationPorts);
}

function differingSides(a: Box, b: Box): number {
  const text = (side: unknown): string => String(side);
  return (['family', 'protocols', ...boxSides] as const)
    .map((side) => (text(a[side]) === text(b[side]) ? 0 : side === 'family' ? 2 : 1))
    .reduce<number>((sum, n) => sum + n, 0);
}

test('boxes and the witness depend on the set only, not on its making', () => {
  const formulas = fc.oneof(smallFormulas, azureFormulas);
  fc.assert(
    fc.property(formulas, fc.array(formulas, { maxLength: 3 }), (formula, knives) => {
      const whole = setOf(formula);
      const cut = knives
        .map(setOf)
        .reduce(
          (parts, knife) => parts.flatMap((part) => [part.subtract(knife), part.intersect(knife)]),
          whole.boxes().map(ofBox).reverse(),
        );
      const again = cut.reduce((set, part) => part.union(set), noPackets);
      expect(again.boxes()).toEqual(whole.boxes());
      expect(again.witness()).toEqual(whole.witness());
    }),
    { numRuns: cases(200) },
  );
});

type Law = (a: PacketSet, b: PacketSet, c: PacketSet) => readonly [PacketSet, PacketSet];

const laws: Readonly<Record<string, Law>> = {
  'union is associative': (a, b, c) => [a.union(b).union(c), a.union(b.union(c))],
  'intersection is associative': (a, b, c) => [
    a.intersect(b).intersect(c),
    a.intersect(b.intersect(c)),
  ],
  'union is commutative': (a, b) => [a.union(b), b.union(a)],
  'intersection is commutative': (a, b) => [a.intersect(b), b.intersect(a)],
  'intersection distributes over union': (a, b, c) => [
    a.intersect(b.union(c)),
    a.intersect(b).union(a.intersect(c)),
  ],
  'union distributes over intersection': (a, b, c) => [
    a.union(b.intersect(c)),
    a.union(b).intersect(a.union(c)),
  ],
  'union absorbs': (a, b) => [a.union(a.intersect(b)), a],
  'intersection absorbs': (a, b) => [a.intersect(a.union(b)), a],
  'De Morgan, union': (a, b) => [a.union(b).complement(), a.complement().intersect(b.complement())],
  'De Morgan, intersection': (a, b) => [
    a.intersect(b).complement(),
    a.complement().union(b.complement()),
  ],
  'subtracting is meeting the complement': (a, b) => [a.subtract(b), a.intersect(b.complement())],
  'the complement of the complement is the set': (a) => [a.complement().complement(), a],
  'a set and its complement are everything': (a) => [a.union(a.complement()), allPackets],
  'a set and its complement share nothing': (a) => [a.intersect(a.complement()), noPackets],
  'a set without itself is nothing': (a) => [a.subtract(a), noPackets],
};

test.each(Object.entries(laws))('%s', (_name, law) => {
  const sets = fc.oneof(plainFormulas, azureFormulas).map(setOf);
  fc.assert(
    fc.property(sets, sets, sets, (a, b, c) => {
      const [left, right] = law(a, b, c);
      expect(left.equals(right)).toBe(true);
      expect(left.boxes()).toEqual(right.boxes());
    }),
    { numRuns: cases(40) },
  );
});

test('inclusion is an empty difference, equality is inclusion both ways', () => {
  const formulas = fc.oneof(smallFormulas, azureFormulas);
  fc.assert(
    fc.property(formulas, formulas, (left, right) => {
      const [a, b] = [setOf(left), setOf(right)];
      expect(a.isSubsetOf(b)).toBe(a.subtract(b).isEmpty());
      expect(a.equals(b)).toBe(a.isSubsetOf(b) && b.isSubsetOf(a));
      expect(a.intersect(b).isSubsetOf(a)).toBe(true);
      expect(a.isSubsetOf(a.union(b))).toBe(true);
    }),
    { numRuns: cases(300) },
  );
});

/** The set behind functions of its own, so that only they tell what is in it. */
function ofAnotherMaking(set: PacketSet): PacketSet {
  return {
    union: (other) => set.union(other),
    intersect: (other) => set.intersect(other),
    subtract: (other) => set.subtract(other),
    complement: () => set.complement(),
    isEmpty: () => set.isEmpty(),
    equals: (other) => set.equals(other),
    isSubsetOf: (other) => set.isSubsetOf(other),
    has: (packet) => set.has(packet),
    witness: () => set.witness(),
    boxes: () => set.boxes(),
  };
}

test('a packet set of another making takes part by its boxes', () => {
  fc.assert(
    fc.property(smallFormulas, smallFormulas, (left, right) => {
      const [a, b] = [setOf(left), setOf(right)];
      const foreign = ofAnotherMaking(b);
      expect(a.union(foreign).boxes()).toEqual(a.union(b).boxes());
      expect(a.intersect(foreign).boxes()).toEqual(a.intersect(b).boxes());
      expect(a.subtract(foreign).boxes()).toEqual(a.subtract(b).boxes());
      expect(a.equals(foreign)).toBe(a.equals(b));
    }),
    { numRuns: cases(50) },
  );
});

test('everything is one box a family, and nothing is none', () => {
  const box = { protocols: [...protocols], sourcePorts: allPorts, destinationPorts: allPorts };
  expect(allPackets.boxes()).toEqual([
    { ...box, family: 4, sources: [0, Infinity], destinations: [0, Infinity] },
    { ...box, family: 6, sources: [0n, Infinity], destinations: [0n, Infinity] },
  ]);
  expect(noPackets.boxes()).toEqual([]);
  expect(noPackets.isEmpty()).toBe(true);
  expect(allPackets.complement().isEmpty()).toBe(true);
});

test('ports are ignored for portless protocols and clipped for the others', () => {
  const ranges = { sourcePorts: [5, 6], destinationPorts: [443, 70_000] };
  const sides = { sources: addressSet(['10.0.0.1']), destinations: addressSet(['10.0.0.2']) };
  const set = span({ ...sides, ...ranges, protocols: ['Ah', 'Icmp', 'Udp'] });
  expect(set.boxes().map((box) => [box.protocols, box.sourcePorts, box.destinationPorts])).toEqual([
    [['Udp'], [5, 6], [443, 65_536]],
    [['Icmp', 'Ah'], allPorts, allPorts],
  ]);
  const none = span({ ...sides, sourcePorts: [], protocols: ['Tcp', 'Esp'] });
  expect(none.boxes().map((box) => box.protocols)).toEqual([['Esp']]);
});

test('a family without addresses on one side has no packets', () => {
  const set = span({ sources: addressSet(['10.0.0.0/8']), destinations: addressSet(['::/0']) });
  expect(set.isEmpty()).toBe(true);
  expect(span({ sources: noAddresses }).isEmpty()).toBe(true);
  expect(span({ protocols: [] }).isEmpty()).toBe(true);
});

test('boxes that differ in one side are joined', () => {
  const at = (port: number, sources: string): PacketSet =>
    span({
      protocols: ['Tcp'],
      sources: addressSet([sources]),
      destinations: addressSet(['10.0.0.4']),
      destinationPorts: [port, port + 1],
    });
  const set = at(80, '10.1.0.0/17').union(at(443, '10.1.0.0/16')).union(at(80, '10.1.128.0/17'));
  expect(set.boxes()).toHaveLength(1);
  expect(set.boxes()[0]?.destinationPorts).toEqual([80, 81, 443, 444]);
  expect(at(80, '10.1.0.0/16').union(at(443, '10.2.0.0/16')).boxes()).toHaveLength(2);
});

test('boxes come by family, then protocol, destination port, destination and source', () => {
  const pieces = [
    [['Tcp'], '10.0.0.1', '10.0.0.2', [80, 81, 443, 444]],
    [['Tcp'], '10.0.0.5', '10.0.0.9', [80, 81]],
    [['Tcp'], '10.0.0.3', '10.0.0.9', [443, 444]],
    [['Udp'], '10.0.0.1', '10.0.0.2', [53, 54]],
    [['Udp'], '10.0.0.2', '10.0.0.1', [80, 81]],
    [['Tcp'], '::1', '::2', [22, 23]],
  ] as const;
  const set = pieces
    .map(([carried, source, destination, destinationPorts]) =>
      span({
        protocols: carried,
        sources: addressSet([source]),
        destinations: addressSet([destination]),
        destinationPorts,
      }),
    )
    .reduce((all, piece) => all.union(piece), noPackets);
  const shown = set.boxes().map((box) => [box.family, ...box.protocols, ...box.destinationPorts]);
  expect(shown).toEqual([
    [4, 'Tcp', 80, 81],
    [4, 'Tcp', 80, 81, 443, 444],
    [4, 'Tcp', 443, 444],
    [4, 'Udp', 53, 54],
    [4, 'Udp', 80, 81],
    [6, 'Tcp', 22, 23],
  ]);
});

const from = addressSet(['10.0.0.0/24']);
const to = addressSet(['20.1.2.3']);
const at = (text: string): number => Number(addressSet([text]).v4[0]);
const past4 = 2 ** 32 + 7;
const named: AddressSet = { v4: [past4, past4 + 5], v6: [] };

const witnesses: Readonly<Record<string, readonly [PacketSet, Partial<Packet>]>> = {
  'the second address of an interval': [
    span({ sources: from, destinations: to }),
    {
      source: at('10.0.0.1'),
      destination: at('20.1.2.3'),
      sourcePort: 49_152,
      destinationPort: 443,
    },
  ],
  'the first of two addresses': [
    span({ sources: addressSet(['10.0.0.0/31']) }),
    { source: at('10.0.0.0') },
  ],
  'the second of three addresses': [
    span({ sources: addressSet(['10.0.0.0-10.0.0.2']) }),
    { source: at('10.0.0.1') },
  ],
  'an address of the first interval': [
    span({ sources: addressSet(['10.9.0.0/16', '10.2.0.7']) }),
    { source: at('10.2.0.7') },
  ],
  'Tcp before others': [allPackets, { family: 4, protocol: 'Tcp' }],
  'Udp before portless protocols': [span({ protocols: ['Icmp', 'Udp'] }), { protocol: 'Udp' }],
  'zero ports where there are none': [
    span({ protocols: ['Esp'], destinationPorts: [443, 444] }),
    { protocol: 'Esp', sourcePort: 0, destinationPort: 0 },
  ],
  'the lowest destination port where 443 is not open': [
    span({ destinationPorts: [80, 443] }),
    { destinationPort: 80 },
  ],
  'the lowest source port where 49152 is not open': [
    span({ sourcePorts: [1024, 49_152] }),
    { sourcePort: 1024 },
  ],
  'port 1 rather than port 0': [
    span({ sourcePorts: [0, 1024], destinationPorts: [0, 1, 7, 9] }),
    { sourcePort: 1, destinationPort: 7 },
  ],
  'port 0 where there is no other': [span({ destinationPorts: [0, 1] }), { destinationPort: 0 }],
  'another destination than the source': [
    span({ sources: addressSet(['10.0.0.0/24']), destinations: addressSet(['10.0.0.0/16']) }),
    { source: at('10.0.0.1'), destination: at('10.0.0.2') },
  ],
  'another destination in another interval': [
    span({ sources: addressSet(['10.0.0.7']), destinations: addressSet(['10.0.0.7', '10.2.0.7']) }),
    { source: at('10.0.0.7'), destination: at('10.2.0.7') },
  ],
  'a packet to itself where there is no other': [
    span({ sources: addressSet(['10.0.0.7']), destinations: addressSet(['10.0.0.7']) }),
    { source: at('10.0.0.7'), destination: at('10.0.0.7') },
  ],
  'the lowest destination port': [
    span({ destinationPorts: [443, 444, 8000, 9000] }),
    { destinationPort: 443 },
  ],
  'IPv6 where there is no IPv4': [
    span({ sources: addressSet(['2001:db8::/32']) }),
    { family: 6, source: (0x2001_0db8n << 96n) + 1n, destination: 1n },
  ],
  'a real address before a named one below zero': [
    span({ sources: { v4: [-9, -8, 5, 6], v6: [] } }),
    { source: 5 },
  ],
  'the real part of an interval that starts below zero': [
    span({ sources: { v4: [-9, 2], v6: [] } }),
    { source: 0 },
  ],
  'the real part of an interval that ends past the end': [
    span({ sources: { v4: [2 ** 32 - 2, Infinity], v6: [] } }),
    { source: 2 ** 32 - 2 },
  ],
  'the first name where no real address is open': [
    span({ sources: from, destinations: named }),
    { destination: past4, source: at('10.0.0.1') },
  ],
  'a name below zero': [span({ sources: { v4: [-9, -3], v6: [] } }), { source: -9 }],
  'real addresses of IPv6 before names of IPv4': [
    span({ protocols: ['Tcp'], sources: { ...named, v6: realAddresses.v6 } }),
    { family: 6, source: 1n },
  ],
  'a real source before a real destination': [
    span({ sources: from, destinations: named }).union(span({ sources: named, destinations: to })),
    { source: at('10.0.0.1'), destination: past4 },
  ],
  'one packet, not the best of several on each side': [
    span({ sources: from, destinations: to, destinationPorts: [443, 444] }).union(
      span({
        sources: addressSet(['9.0.0.0/8']),
        destinations: addressSet(['8.8.8.8']),
        destinationPorts: [8443, 8444],
      }),
    ),
    { source: at('10.0.0.1'), destination: at('20.1.2.3'), destinationPort: 443 },
  ],
};

test.each(Object.entries(witnesses))('the witness shows %s', (_name, [set, expected]) => {
  expect(set.witness()).toMatchObject(expected);
});

test('the witness of nothing is undefined', () => {
  expect(noPackets.witness()).toBeUndefined();
});
