// Two worlds for properties: a small one that can be walked packet by packet, and Azure's own.
import fc from 'fast-check';

import { type AddressSet, type Family, addressSet } from '../../shared/packets/address.ts';
import type { Coordinate, IntervalSet } from '../../shared/packets/interval-set.ts';
import {
  type Packet,
  type Product,
  allPorts,
  hasPorts,
  protocols,
} from '../../shared/packets/packet-set.ts';
import type { PacketFormula } from './packet-formula.ts';

/** How many cases a property runs: `normal`, or ten times that under `--mode deep`. */
export function cases(normal: number): number {
  return import.meta.env.MODE === 'deep' ? normal * 10 : normal;
}

const end4 = 2 ** 32;
const end6 = 2n ** 128n;
const upTo8 = Array.from({ length: 9 }, (_, i) => i);

/** Every boundary of the small world: a named address below zero, 0 to 7, and two named ones past the end. */
const boundaries: Readonly<Record<Family, readonly Coordinate[]>> = {
  4: [-1, ...upTo8, end4, end4 + 1, end4 + 2, Infinity],
  6: [-1n, ...upTo8.map(BigInt), end6, end6 + 1n, end6 + 2n, Infinity],
};
const portBoundaries: readonly Coordinate[] = [0, 1, 2, 3, 4, 65_536];

/**
 * One packet of every kind the small world can tell apart: a set whose boundaries are those above
 * holds all or none of a kind, so looking at these packets is looking at all.
 */
export const smallWorldPackets: readonly Packet[] = ([4, 6] as const).flatMap((family) => {
  const points = boundaries[family].filter((at) => at !== Infinity);
  return protocols.flatMap((protocol) => {
    const ports = hasPorts(protocol) ? [0, 1, 2, 3, 4] : [0];
    return points.flatMap((source) =>
      points.flatMap((destination) =>
        ports.flatMap((sourcePort) =>
          ports.map((destinationPort) => ({
            family,
            protocol,
            source,
            sourcePort,
            destination,
            destinationPort,
          })),
        ),
      ),
    );
  });
});

/** Canonical sets whose boundaries are among these ascending ones: empty, narrow, wide and ragged. */
function setsOver(ascending: readonly Coordinate[]): fc.Arbitrary<IntervalSet> {
  const all = [...ascending];
  const evenly = (some: Coordinate[]): IntervalSet =>
    some.length % 2 === 0 ? some : some.slice(1);
  return fc.oneof(
    { weight: 1, arbitrary: fc.constant([]) },
    { weight: 4, arbitrary: fc.subarray(all, { minLength: 2, maxLength: 2 }) },
    { weight: 2, arbitrary: fc.subarray(all, { minLength: 3, maxLength: 4 }).map(evenly) },
    { weight: 2, arbitrary: fc.subarray(all).map(evenly) },
    { weight: 2, arbitrary: fc.constant([...all.slice(0, 1), ...all.slice(-1)]) },
  );
}

function addressesOver(lowest: number): fc.Arbitrary<AddressSet> {
  const from = (family: Family): Coordinate[] => boundaries[family].filter((at) => at >= lowest);
  return fc.record({ v4: setsOver(from(4)), v6: setsOver(from(6)) });
}

const someProtocols = fc.oneof(fc.subarray([...protocols]), fc.constant(protocols));

function smallProducts(lowest: number): fc.Arbitrary<Product> {
  return fc.record({
    protocols: someProtocols,
    sources: addressesOver(lowest),
    sourcePorts: fc.oneof(fc.constant(allPorts), setsOver(portBoundaries)),
    destinations: addressesOver(lowest),
    destinationPorts: setsOver(portBoundaries),
  });
}

/** Formulas of the small world. */
export const smallFormulas = formulasOver(smallProducts(-1));

/** Formulas of the small world within `allPackets`: no named address below zero. */
export const plainFormulas = formulasOver(smallProducts(0));

/** Prefixes that nest, touch and halve each other, as security rules have them. */
const prefixPool = [
  '0.0.0.0/0',
  '0.0.0.0/1',
  '128.0.0.0/1',
  '10.0.0.0/8',
  '10.1.0.0/16',
  '10.1.2.0/24',
  '10.1.2.0/25',
  '10.1.2.128/25',
  '10.1.2.3',
  '168.63.129.16',
  '203.0.113.5-203.0.113.9',
  '255.255.255.255',
  '::/0',
  '::/1',
  '2001:db8::/32',
  '2001:db8:1::/48',
  '2001:db8:1::5',
  'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
];

const named: AddressSet = { v4: [end4 + 3, end4 + 4], v6: [end6 + 3n, end6 + 4n] };
const everything: AddressSet = { v4: [0, Infinity], v6: [0n, Infinity] };

const azureAddresses: fc.Arbitrary<AddressSet> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .array(
        fc.oneof(
          fc.constantFrom(...prefixPool),
          fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })).map(([ip, n]) => `${ip}/${n}`),
          fc.tuple(fc.ipV6(), fc.integer({ min: 0, max: 128 })).map(([ip, n]) => `${ip}/${n}`),
        ),
        { minLength: 1, maxLength: 4 },
      )
      .map(addressSet),
  },
  { weight: 1, arbitrary: fc.constant(named) },
  { weight: 2, arbitrary: fc.constant(everything) },
);

const azurePorts = fc.oneof(
  fc.constant(allPorts),
  setsOver([0, 22, 23, 80, 81, 443, 444, 1024, 49_152, 65_535, 65_536]),
);

/** Formulas of the full widths: IPv4, IPv6 and 16-bit ports. */
export const azureFormulas = formulasOver(
  fc.record({
    protocols: someProtocols,
    sources: azureAddresses,
    sourcePorts: azurePorts,
    destinations: azureAddresses,
    destinationPorts: azurePorts,
  }),
);

function formulasOver(products: fc.Arbitrary<Product>): fc.Arbitrary<PacketFormula> {
  const product: fc.Arbitrary<PacketFormula> = products.map((of) => ({
    kind: 'product',
    product: of,
  }));
  const { formula } = fc.letrec<{ formula: PacketFormula }>((tie) => ({
    formula: fc.oneof(
      { maxDepth: 4, depthSize: 'medium' },
      { weight: 2, arbitrary: product },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('complement'), of: tie('formula') }) },
      {
        weight: 5,
        arbitrary: fc.record({
          kind: fc.constantFrom('union', 'intersect', 'subtract'),
          left: tie('formula'),
          right: tie('formula'),
        }),
      },
    ),
  }));
  return formula;
}
