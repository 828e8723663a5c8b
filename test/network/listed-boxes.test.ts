import { expect, test } from 'vitest';
import { briefly, listedBoxes } from '../../shared/network/listed-boxes.ts';
import type { AddressNames } from '../../shared/packets/describe.ts';
import { type PacketSet, allPorts, noPackets, packets } from '../../shared/packets/packet-set.ts';
import { TooComplexError } from '../../shared/packets/work.ts';

const noNames: AddressNames = { entries: () => [] };

/** A set that fails so, whatever it is asked. */
function failing(error: Error): PacketSet {
  return new Proxy(noPackets, {
    get() {
      throw error;
    },
  });
}

const options = { names: noNames, known: [], most: 20 };

test('a set that is too complex to be told is not listed, and called more than can be', () => {
  const set = failing(new TooComplexError('too complex'));
  expect(listedBoxes(set, noNames)).toBeUndefined();
  expect(briefly(set, options)).toEqual({ lines: ['more than can be listed'], isWhole: true });
});

test('a fault of the program is not taken for that', () => {
  const set = failing(new RangeError('a fault'));
  expect(() => listedBoxes(set, noNames)).toThrow('a fault');
  expect(() => briefly(set, options)).toThrow('a fault');
});

test('nothing is listed as no boxes', () => {
  expect(listedBoxes(noPackets, noNames)).toEqual([]);
});

test('two hundred thousand boundaries are listed, and no more', () => {
  const every = Array.from({ length: 200_000 }, (_, at) => at * 2);
  const set = (boundaries: number): PacketSet =>
    packets({
      protocols: ['Tcp'],
      sources: { v4: every.slice(0, boundaries - 2), v6: [] },
      sourcePorts: allPorts,
      destinations: { v4: [0, 1], v6: [] },
      destinationPorts: allPorts,
    });
  expect(listedBoxes(set(200_000), noNames)).toHaveLength(1);
  expect(listedBoxes(set(200_002), noNames)).toBeUndefined();
});
