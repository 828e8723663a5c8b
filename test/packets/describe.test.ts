// Packet sets and packets in text.
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { addressSet, allAddresses, subtractAddresses } from '../../shared/packets/address.ts';
import { type AddressNames, describe, describePacket } from '../../shared/packets/describe.ts';
import {
  type PacketSet,
  type Product,
  allPackets,
  allPorts,
  noPackets,
  packets,
  protocols,
} from '../../shared/packets/packet-set.ts';
import { setOf } from './packet-formula.ts';
import { azureFormulas, cases } from './worlds.ts';

const past4 = 2 ** 32;
const past6 = 2n ** 128n;

const names: AddressNames = {
  entries: (family) =>
    family === 4
      ? [
          [past4 + 1, 'Storage'],
          [past4 + 2, 'AzureCloud'],
          [-1, 'asg-web'],
          [5, 'never asked for'],
        ]
      : [[past6 + 1n, 'Storage']],
};

function span(sides: Partial<Product>): PacketSet {
  return packets({
    protocols: ['Tcp'],
    sources: addressSet(['10.0.0.0/8']),
    sourcePorts: allPorts,
    destinations: addressSet(['20.1.2.3']),
    destinationPorts: [443, 444],
    ...sides,
  });
}

const plain = {
  protocols: ['Tcp'],
  sources: ['10.0.0.0/8'],
  sourcePorts: ['0-65535'],
  destinations: ['20.1.2.3/32'],
  destinationPorts: ['443'],
};

test('a box prints its prefixes, ports and protocols', () => {
  expect(describe(span({}))).toEqual([plain]);
  const set = span({ sourcePorts: [0, 1, 1024, 65_536], destinationPorts: [80, 81, 8000, 8081] });
  expect(describe(set)).toEqual([
    { ...plain, sourcePorts: ['0', '1024-65535'], destinationPorts: ['80', '8000-8080'] },
  ]);
});

test('everything names all five protocols, one box a family', () => {
  const box = {
    ...plain,
    protocols: ['Tcp', 'Udp', 'Icmp', 'Esp', 'Ah'],
    destinationPorts: ['0-65535'],
  };
  expect(describe(allPackets)).toEqual([
    { ...box, sources: ['0.0.0.0/0'], destinations: ['0.0.0.0/0'] },
    { ...box, sources: ['::/0'], destinations: ['::/0'] },
  ]);
  expect(describe(noPackets)).toEqual([]);
});

test('portless protocols print all ports', () => {
  expect(describe(span({ protocols: ['Icmp'] }))).toEqual([
    { ...plain, protocols: ['Icmp'], destinationPorts: ['0-65535'] },
  ]);
});

test('names follow prefixes, sorted', () => {
  const sources = { v4: [-1, 0, 256, 512, past4 + 1, past4 + 3], v6: [] };
  expect(describe(span({ sources }), names)).toEqual([
    { ...plain, sources: ['0.0.1.0/24', 'AzureCloud', 'Storage', 'asg-web'] },
  ]);
});

test('an open end prints the known names only', () => {
  const sources = { v4: [past4 + 2, Infinity], v6: [] };
  expect(describe(span({ sources }), names)).toEqual([{ ...plain, sources: ['AzureCloud'] }]);
});

test('names say nothing more where every address is in, and all of them are', () => {
  const past: AddressNames = {
    entries: (family) => [...names.entries(family)].filter(([at]) => at >= 0),
  };
  expect(describe(span({ sources: allAddresses }), past)).toEqual([
    { ...plain, sources: ['0.0.0.0/0'] },
  ]);
  const part = subtractAddresses(allAddresses, { v4: [past4 + 1, past4 + 2], v6: [] });
  const [box] = describe(span({ sources: part }), past);
  expect(box?.sources).toEqual(['0.0.0.0/0', 'AzureCloud']);
});

test('the same names in both families are one box', () => {
  const sources = { v4: [past4 + 2, past4 + 3], v6: [past6 + 2n, past6 + 3n] };
  expect(describe(span({ sources, destinations: sources }), names)).toHaveLength(1);
});

test('boxes between addresses nobody knows are left out, and the others joined', () => {
  const unknown = { v4: [past4 + 7, past4 + 8], v6: [past6 + 7n, past6 + 8n] };
  expect(describe(span({ sources: unknown }), names)).toEqual([]);
  expect(describe(span({ destinations: unknown }), names)).toEqual([]);
  const withTail = span({
    sources: { v4: [10 * 2 ** 24, 11 * 2 ** 24, past4 + 7, past4 + 8], v6: [] },
  });
  const set = withTail.union(span({ destinationPorts: [80, 81] }));
  expect(set.boxes()).toHaveLength(2);
  expect(describe(set)).toEqual([{ ...plain, destinationPorts: ['80', '443'] }]);
});

test('what is printed, read again, is the set', () => {
  const real = span({
    protocols,
    sources: addressSet(['0.0.0.0/0', '::/0']),
    destinations: addressSet(['0.0.0.0/0', '::/0']),
    destinationPorts: allPorts,
  });
  const ports = (texts: readonly string[]): number[] =>
    texts.flatMap((text) => {
      const [first = '', last = first] = text.split('-');
      return [Number(first), Number(last) + 1];
    });
  fc.assert(
    fc.property(azureFormulas, (formula) => {
      const set = setOf(formula).intersect(real);
      const again = describe(set)
        .map((box) =>
          packets({
            protocols: protocols.filter((protocol) => box.protocols.includes(protocol)),
            sources: addressSet(box.sources),
            sourcePorts: ports(box.sourcePorts),
            destinations: addressSet(box.destinations),
            destinationPorts: ports(box.destinationPorts),
          }),
        )
        .reduce((all, box) => all.union(box), noPackets);
      expect(again.equals(set)).toBe(true);
    }),
    { numRuns: cases(100) },
  );
});

test('a packet prints its addresses or their names, and no ports where there are none', () => {
  const packet = {
    family: 4,
    protocol: 'Tcp',
    source: 10 * 2 ** 24 + 4,
    sourcePort: 49_152,
    destination: past4 + 1,
    destinationPort: 443,
  } as const;
  const printed = {
    protocol: 'Tcp',
    source: '10.0.0.4',
    sourcePort: 49_152,
    destination: 'Storage',
    destinationPort: 443,
  };
  expect(describePacket(packet, names)).toEqual(printed);
  expect(describePacket(packet)).toEqual({ ...printed, destination: 'unnamed address' });
  expect(describePacket({ ...packet, source: -1, protocol: 'Udp' }, names)).toEqual({
    ...printed,
    protocol: 'Udp',
    source: 'asg-web',
  });
  expect(
    describePacket({ ...packet, family: 6, source: 1n, destination: past6 + 1n }, names),
  ).toEqual({ ...printed, source: '::1' });
  expect(describePacket({ ...packet, protocol: 'Icmp', source: 5 }, names)).toEqual({
    ...printed,
    protocol: 'Icmp',
    source: '0.0.0.5',
    sourcePort: null,
    destinationPort: null,
  });
});
