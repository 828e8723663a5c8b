// Packet sets as a person reads them.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  addressSet,
  noAddresses,
  realAddresses,
  subtractAddresses,
  uniteAddresses,
} from '../../shared/packets/address.ts';
import { packetsOfBox } from './box-packets.ts';
import { describeBriefly } from '../../shared/packets/describe-briefly.ts';
import {
  type PacketSet,
  type Product,
  allPorts,
  noPackets,
  packets,
  protocols,
  wideBoxes,
} from '../../shared/packets/packet-set.ts';
import { setOf } from './packet-formula.ts';
import { azureFormulas, cases, smallFormulas } from './worlds.ts';

const network = addressSet(['10.0.0.0/16', '168.63.129.16']);
const storage = addressSet(['20.60.0.0/16', '20.150.0.0/17', '2603:1030::/40']);
const known = [
  { name: 'any', addresses: realAddresses },
  { name: 'VirtualNetwork', addresses: network },
  { name: 'Storage', addresses: storage },
];
const options = { names: { entries: () => [] }, known, most: 20 };

function span(sides: Partial<Product>): PacketSet {
  return packets({
    protocols: ['Tcp'],
    sources: realAddresses,
    sourcePorts: allPorts,
    destinations: addressSet(['20.1.2.3']),
    destinationPorts: [443, 444],
    ...sides,
  });
}

function lines(set: PacketSet): readonly string[] {
  return describeBriefly(set, options).lines;
}

test.each<[string, PacketSet, readonly string[]]>([
  ['nothing', noPackets, []],
  ['one product', span({}), ['Tcp: any → 20.1.2.3, port 443']],
  [
    'every protocol and port',
    span({ protocols, destinationPorts: allPorts }),
    ['any protocol: any → 20.1.2.3'],
  ],
  ['both families at once', span({ destinations: storage }), ['Tcp: any → Storage, port 443']],
  [
    'one family of two',
    span({ sources: { ...realAddresses, v6: [] }, destinations: realAddresses }),
    ['Tcp: any → any, port 443 (IPv4 only)'],
  ],
  ['a name that fits', span({ sources: network }), ['Tcp: VirtualNetwork → 20.1.2.3, port 443']],
  [
    'names and what is beside them',
    span({ sources: uniteAddresses(network, addressSet(['192.0.2.7'])) }),
    ['Tcp: VirtualNetwork, 192.0.2.7 → 20.1.2.3, port 443'],
  ],
  [
    'all but a name',
    span({ sources: subtractAddresses(realAddresses, network) }),
    ['Tcp: any except VirtualNetwork → 20.1.2.3, port 443'],
  ],
  [
    'a name but for a few',
    span({ sources: subtractAddresses(network, addressSet(['10.0.7.0/24'])) }),
    ['Tcp: VirtualNetwork except 10.0.7.0/24 → 20.1.2.3, port 443'],
  ],
  [
    'prefixes where they are shorter than an exception',
    span({ sources: addressSet(['10.0.0.0/17']) }),
    ['Tcp: 10.0.0.0/17 → 20.1.2.3, port 443'],
  ],
  [
    'ports on either side',
    span({ sourcePorts: [1024, 65_536], destinationPorts: [80, 81, 443, 445] }),
    ['Tcp: any from ports 1024-65535 → 20.1.2.3, ports 80, 443-444'],
  ],
  [
    'portless protocols apart from ports',
    span({ protocols: ['Tcp', 'Icmp'] }),
    ['Tcp: any → 20.1.2.3, port 443', 'Icmp: any → 20.1.2.3'],
  ],
  [
    'two boxes that cross, as two and not as three',
    span({ destinationPorts: allPorts, sources: network }).union(span({})),
    ['Tcp: any → 20.1.2.3, port 443', 'Tcp: VirtualNetwork → 20.1.2.3'],
  ],
])('%s', (_, set, expected) => {
  expect([...lines(set)].toSorted()).toEqual([...expected].toSorted());
});

describe('named addresses', () => {
  const past = 2 ** 32;
  const named = {
    names: {
      entries: (family: 4 | 6) =>
        family === 4
          ? ([
              [past, 'Sql'],
              [past + 1, 'AzureMonitor'],
            ] as const)
          : [],
    },
    known: [
      { name: 'any', addresses: { v4: [0, past + 2], v6: realAddresses.v6 } },
      { name: 'VirtualNetwork', addresses: network },
    ],
    most: 20,
  };

  test.each<[string, Product['sources']['v4'], string]>([
    ['stand beside prefixes', [0, 256, past, past + 1], '0.0.0.0/24, Sql'],
    ['are excepted from everything', [0, past, past + 1, past + 2], 'any except Sql'],
    ['are part of everything', [0, past + 2], 'any'],
    ['are added to a name', [...network.v4, past, past + 1], 'VirtualNetwork, Sql'],
  ])('%s', (_, v4, text) => {
    const set = span({ sources: { ...noAddresses, v4 } });
    expect(describeBriefly(set, named).lines).toEqual([`Tcp: ${text} → 20.1.2.3, port 443`]);
  });
});

test('says when there is more than it prints', () => {
  const prefixes = ['10.0.0.0/24', '10.0.2.0/24', '10.0.4.0/24'];
  const set = prefixes
    .map((prefix, port) =>
      span({ sources: addressSet([prefix]), destinationPorts: [port, port + 1] }),
    )
    .reduce((all, one) => all.union(one));
  expect(describeBriefly(set, { ...options, most: 2 })).toMatchObject({
    lines: { length: 2 },
    isWhole: false,
  });
  expect(describeBriefly(set, { ...options, most: 3 })).toMatchObject({ isWhole: true });
});

test('the boxes that are printed are the set, and no more than there are disjoint ones', () => {
  fc.assert(
    fc.property(fc.oneof(smallFormulas, azureFormulas), (formula) => {
      const set = setOf(formula);
      const boxes = wideBoxes(set);
      const whole = boxes.map(packetsOfBox).reduce((all, one) => all.union(one), noPackets);
      expect(whole.equals(set)).toBe(true);
      expect(boxes.length).toBeLessThanOrEqual(set.boxes().length);
    }),
    { numRuns: cases(60) },
  );
});

test('the text depends on the set only, not on how it was made', () => {
  fc.assert(
    fc.property(azureFormulas, azureFormulas, (one, other) => {
      const [a, b] = [setOf(one), setOf(other)];
      expect(describeBriefly(a.union(b), options)).toEqual(describeBriefly(b.union(a), options));
    }),
    { numRuns: cases(30) },
  );
});
