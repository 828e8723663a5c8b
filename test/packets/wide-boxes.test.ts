// Sets as a person would write them: few boxes, as wide as they can be.
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { type AddressSet, addressSet } from '../../shared/packets/address.ts';
import {
  type Box,
  type PacketSet,
  type Product,
  allPorts,
  wideBoxes,
  hasPorts,
  noPackets,
  packets,
  protocols,
} from '../../shared/packets/packet-set.ts';
import { setOf } from './packet-formula.ts';
import { azureFormulas, cases, smallFormulas } from './worlds.ts';

function ofBox(box: Box): PacketSet {
  const side = (set: Box['sources']): AddressSet => ({ v4: [], v6: [], [`v${box.family}`]: set });
  return packets({ ...box, sources: side(box.sources), destinations: side(box.destinations) });
}

function unionOf(sets: readonly PacketSet[]): PacketSet {
  return sets.reduce((all, set) => all.union(set), noPackets);
}

const formulas = fc.oneof(smallFormulas, azureFormulas);

test('a cover holds exactly the set, in no more boxes than are disjoint, none of them for nothing', () => {
  fc.assert(
    fc.property(formulas, (formula) => {
      const set = setOf(formula);
      const cover = wideBoxes(set);
      expect(unionOf(cover.map(ofBox)).equals(set)).toBe(true);
      expect(cover.length).toBeLessThanOrEqual(set.boxes().length);
      for (const box of cover) {
        expect(box.protocols.some(hasPorts) || box.destinationPorts === allPorts).toBe(true);
        const others = cover.filter((other) => other !== box);
        expect(set.isSubsetOf(unionOf(others.map(ofBox)))).toBe(false);
      }
    }),
    { numRuns: cases(150) },
  );
});

test('a cover depends on the set only, not on its making', () => {
  fc.assert(
    fc.property(formulas, formulas, (formula, knife) => {
      const [set, cut] = [setOf(formula), setOf(knife)];
      const again = set.intersect(cut).union(set.subtract(cut));
      expect(wideBoxes(again)).toEqual(wideBoxes(set));
    }),
    { numRuns: cases(150) },
  );
});

function span(sides: Partial<Product>): PacketSet {
  return packets({
    protocols: ['Tcp'],
    sources: addressSet(['0.0.0.0/0']),
    sourcePorts: allPorts,
    destinations: addressSet(['20.1.2.3']),
    destinationPorts: allPorts,
    ...sides,
  });
}

const office = addressSet(['10.0.0.0/8']);
const written: Readonly<Record<string, readonly PacketSet[]>> = {
  'a port for everyone, every port for the office': [
    span({ destinationPorts: [443, 444] }),
    span({ sources: office }),
  ],
  'every protocol from the office, one port from everyone': [
    span({ destinationPorts: [443, 444] }),
    span({ sources: office, protocols }),
  ],
  'a cross of three': [
    span({ destinationPorts: [443, 444], destinations: addressSet(['20.0.0.0/8']) }),
    span({ sources: office, destinationPorts: [22, 23, 443, 444] }),
    span({ sources: addressSet(['10.1.0.0/16']) }),
  ],
};

test.each(Object.entries(written))('%s reads as it was written', (_name, parts) => {
  const boxes = parts.flatMap((part) => part.boxes());
  const cover = wideBoxes(unionOf(parts));
  expect(cover).toHaveLength(boxes.length);
  expect(cover).toEqual(expect.arrayContaining([...boxes]));
});
