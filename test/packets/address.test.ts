// Addresses and prefixes: tables, and Node's own parser as the oracle for text in general.
import { isIPv4, isIPv6 } from 'node:net';

import fc from 'fast-check';
import { expect, test } from 'vitest';

import {
  type Family,
  addressSet,
  allAddresses,
  cidrsOf,
  endOfFamily,
  equalAddresses,
  formatAddress,
  intersectAddresses,
  isAddressSubset,
  isEmptyAddresses,
  noAddresses,
  parseAddress,
  parsePrefix,
  realAddresses,
  subtractAddresses,
  uniteAddresses,
} from '../../shared/packets/address.ts';
import {
  type Coordinate,
  type IntervalSet,
  intervals,
  isSubset,
} from '../../shared/packets/interval-set.ts';
import { cases } from './worlds.ts';

const v4Value = fc.oneof(
  fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  fc.constantFrom(0, 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1),
);
const v6Value = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }),
  // Groups that are often zero, so that runs of zeros of every length and place occur.
  fc
    .array(fc.constantFrom(0n, 0n, 0n, 1n, 0xabcn, 0xffffn), { minLength: 8, maxLength: 8 })
    .map((groups) => groups.reduce<bigint>((value, group) => value * 65_536n + group, 0n)),
);

test.each([
  ['0.0.0.0', 4, 0],
  ['255.255.255.255', 4, 2 ** 32 - 1],
  ['168.63.129.16', 4, 168 * 2 ** 24 + 63 * 2 ** 16 + 129 * 2 ** 8 + 16],
  ['::', 6, 0n],
  ['::1', 6, 1n],
  ['1::', 6, 1n << 112n],
  ['2001:DB8::A', 6, (0x2001_0db8n << 96n) | 0xan],
  ['1:2:3:4:5:6:7:8', 6, 0x0001_0002_0003_0004_0005_0006_0007_0008n],
  ['1:2:3:4:5:6:7::', 6, 0x0001_0002_0003_0004_0005_0006_0007_0000n],
  ['::ffff:192.0.2.1', 6, 0xffff_c000_0201n],
  ['64:ff9b::10.0.0.1', 6, (0x64_ff9bn << 96n) | 0x0a00_0001n],
  ['ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 6, 2n ** 128n - 1n],
] as const)('%s is an address', (text, family, value) => {
  expect(parseAddress(text)).toEqual({ family, value });
});

test.each([
  '',
  ' 10.0.0.1',
  '10.0.0',
  '10.0.0.0.0',
  '10.0.0.256',
  '010.0.0.1',
  '10.0.0.',
  '1e1.0.0.0',
  '+1.0.0.0',
  'Internet',
  ':',
  ':::',
  '1::2::3',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:8:9',
  '1:2:3:4:5:6:7:8::',
  ':1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:',
  '12345::',
  'g::',
  'fe80::1%eth0',
  '::10.0.0.1:1',
  '10.0.0.1::',
  '::10.0.0.256',
  '1:2:3:4:5:6:7:10.0.0.1',
])('%j is no address', (text) => {
  expect(parseAddress(text)).toBeUndefined();
});

test('parseAddress accepts what Node accepts, but for zones', () => {
  const piece = fc.constantFrom('0', '1', '9', '00', '12', '255', '256', 'f', 'FFFF', 'fffff');
  const mark = fc.constantFrom(':', ':', '::', '.', '.', '/', '-', '%');
  const noise = fc.array(fc.oneof(piece, mark), { maxLength: 17 }).map((parts) => parts.join(''));
  const nearly = fc
    .tuple(
      fc.oneof(fc.ipV4Extended(), fc.ipV6()),
      fc.nat(40),
      fc.constantFrom('', '0', ':', '.', 'f'),
    )
    .map(([text, at, extra]) => text.slice(0, at) + extra + text.slice(at));
  fc.assert(
    fc.property(fc.oneof(noise, nearly, fc.ipV4(), fc.ipV6()), (text) => {
      const family = parseAddress(text)?.family;
      expect(family === 4).toBe(isIPv4(text));
      expect(family === 6).toBe(isIPv6(text) && !text.includes('%'));
    }),
    { numRuns: cases(3000) },
  );
});

test.each([
  ['0:0:0:0:0:0:0:0', '::'],
  ['0:0:0:0:0:0:0:1', '::1'],
  ['1:0:0:0:0:0:0:0', '1::'],
  ['2001:0db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
  ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
  ['2001:DB8::ABCD', '2001:db8::abcd'],
  ['::ffff:c000:201', '::ffff:192.0.2.1'],
  ['::1:ffff:c000:201', '::1:ffff:c000:201'],
])('RFC 5952 writes %s as %s', (text, canonical) => {
  const address = parseAddress(text);
  expect(address && formatAddress(address.family, address.value)).toBe(canonical);
});

test('every address survives being written and read', () => {
  const addresses = fc.oneof(
    v4Value.map((value) => ({ family: 4 as const, value })),
    v6Value.map((value) => ({ family: 6 as const, value })),
  );
  fc.assert(
    fc.property(addresses, ({ family, value }) => {
      expect(parseAddress(formatAddress(family, value))).toEqual({ family, value });
    }),
    { numRuns: cases(1000) },
  );
});

test('IPv6 is written as a URL writes its host', () => {
  fc.assert(
    fc.property(v6Value, (value) => {
      // A URL has no dotted form for IPv4-mapped addresses.
      fc.pre(value >> 32n !== 0xffffn);
      expect(`[${formatAddress(6, value)}]`).toBe(
        new URL(`http://[${formatAddress(6, value)}]`).hostname,
      );
    }),
    { numRuns: cases(1000) },
  );
});

test.each([
  ['10.1.2.3', 4, '10.1.2.3', '10.1.2.4'],
  ['10.0.0.0/8', 4, '10.0.0.0', '11.0.0.0'],
  ['10.1.2.3/8', 4, '10.0.0.0', '11.0.0.0'],
  ['200.1.2.3/31', 4, '200.1.2.2', '200.1.2.4'],
  ['203.0.113.5-203.0.113.9', 4, '203.0.113.5', '203.0.113.10'],
  ['203.0.113.5-203.0.113.5', 4, '203.0.113.5', '203.0.113.6'],
  ['2001:db8::1', 6, '2001:db8::1', '2001:db8::2'],
  ['2001:db8::1/32', 6, '2001:db8::', '2001:db9::'],
  ['2603:1010:304:402::178/125', 6, '2603:1010:304:402::178', '2603:1010:304:402::180'],
  ['::1-::f', 6, '::1', '::10'],
] as const)('%s is a prefix', (text, family, from, to) => {
  const value = (address: string): Coordinate | undefined => parseAddress(address)?.value;
  expect(parsePrefix(text)).toEqual({ family, from: value(from), to: value(to) });
});

test('the widest and the last prefixes end where their family ends', () => {
  for (const [text, from] of [
    ['0.0.0.0/0', 0],
    ['255.255.255.255', 2 ** 32 - 1],
    ['0.0.0.0-255.255.255.255', 0],
  ] as const) {
    expect(parsePrefix(text)).toEqual({ family: 4, from, to: endOfFamily(4) });
  }
  expect(parsePrefix('::/0')).toEqual({ family: 6, from: 0n, to: endOfFamily(6) });
  expect(parsePrefix('8000::/1')).toEqual({ family: 6, from: 2n ** 127n, to: 2n ** 128n });
  expect([endOfFamily(4), endOfFamily(6)]).toEqual([2 ** 32, 2n ** 128n]);
});

test.each([
  '',
  '/8',
  '10.0.0.0/',
  '10.0.0.0/33',
  '10.0.0.0/08',
  '10.0.0.0/-1',
  '10.0.0.0/8/8',
  '10.0.0.0/255.0.0.0',
  '::/129',
  '10.0.0.9-10.0.0.1',
  '10.0.0.1-',
  '10.0.0.1-::1',
  '10.0.0.0/8-11.0.0.0',
  '10.0.0.1 - 10.0.0.2',
  'VirtualNetwork',
  '*',
])('%j is no prefix', (text) => {
  expect(parsePrefix(text)).toBeUndefined();
});

/** The set of the texts, or that one of them is refused. */
function readOrRefused(texts: readonly string[]): unknown {
  try {
    return addressSet(texts);
  } catch (error) {
    if (error instanceof RangeError) return 'refused';
    throw error;
  }
}

test('addressSet reads each text as parsePrefix does', () => {
  const octet = fc.oneof(fc.nat(300).map(String), fc.constantFrom('', '01', '0', 'a', '-1', '1 '));
  const text = fc
    .tuple(
      fc.array(octet, { minLength: 3, maxLength: 5 }),
      fc.constantFrom('', '/', '/0', '/8', '/08', '/31', '/32', '/33', '/1a', '-1.2.3.4', ' '),
    )
    .map(([octets, end]) => octets.join('.') + end);
  const usual = fc
    .tuple(
      fc.ipV4(),
      fc.oneof(
        fc.constant(''),
        fc.nat(32).map((bits) => `/${bits}`),
      ),
    )
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(
      fc.array(fc.oneof({ arbitrary: usual, weight: 9 }, text), { maxLength: 5 }),
      (texts) => {
        const ranges = texts.map(parsePrefix);
        const pairs = ranges.flatMap((range) =>
          range === undefined ? [] : [[range.from, range.to] as const],
        );
        const expected = ranges.includes(undefined) ? 'refused' : { v4: intervals(pairs), v6: [] };
        expect(readOrRefused(texts)).toEqual(expected);
      },
    ),
    { numRuns: cases(2000) },
  );
});

test('addressSet merges prefixes of both families, and names the text it cannot read', () => {
  expect(addressSet(['10.0.0.0/9', '::/1', '10.128.0.0/9', '10.5.0.0/16', '8000::/1'])).toEqual({
    v4: [10 * 2 ** 24, 11 * 2 ** 24],
    v6: [0n, 2n ** 128n],
  });
  expect(addressSet([])).toEqual(noAddresses);
  expect(() => addressSet(['10.0.0.0/8', 'Storage.WestEurope'])).toThrow(
    new RangeError('Not an address, prefix or range: "Storage.WestEurope"'),
  );
});

test('address sets operate on each family by itself', () => {
  const a = addressSet(['10.0.0.0/8', '2001:db8::/32']);
  const b = addressSet(['10.0.0.0/9', '2001:db8::/33', '192.168.0.0/16']);
  expect(uniteAddresses(a, b)).toEqual(
    addressSet(['10.0.0.0/8', '192.168.0.0/16', '2001:db8::/32']),
  );
  expect(intersectAddresses(a, b)).toEqual(addressSet(['10.0.0.0/9', '2001:db8::/33']));
  expect(subtractAddresses(a, b)).toEqual(addressSet(['10.128.0.0/9', '2001:db8:8000::/33']));
  expect(isAddressSubset(b, a)).toBe(false);
  expect(isAddressSubset(intersectAddresses(a, b), a)).toBe(true);
  expect(isAddressSubset(addressSet(['10.1.0.0/16', '::/0']), a)).toBe(false);
  expect(equalAddresses(a, addressSet(['2001:db8::/32', '10.0.0.0/8']))).toBe(true);
  expect(equalAddresses(a, addressSet(['2001:db8::/33', '10.0.0.0/8']))).toBe(false);
  expect(equalAddresses(a, addressSet(['2001:db8::/32', '10.0.0.0/9']))).toBe(false);
  expect(isEmptyAddresses(noAddresses)).toBe(true);
  expect(isEmptyAddresses(addressSet(['::1']))).toBe(false);
  expect(isEmptyAddresses(addressSet(['0.0.0.0']))).toBe(false);
});

test('all addresses are the real ones and the named ones past their end', () => {
  expect(realAddresses).toEqual(addressSet(['0.0.0.0/0', '::/0']));
  expect(subtractAddresses(allAddresses, realAddresses)).toEqual({
    v4: [2 ** 32, Infinity],
    v6: [2n ** 128n, Infinity],
  });
  expect(isAddressSubset(realAddresses, allAddresses)).toBe(true);
});

test.each([
  [4, ['0.0.0.0/0'], ['0.0.0.0/0']],
  [4, ['10.0.0.0/9', '10.128.0.0/9'], ['10.0.0.0/8']],
  [4, ['20.1.2.3'], ['20.1.2.3/32']],
  [4, ['10.0.0.1-10.0.0.6'], ['10.0.0.1/32', '10.0.0.2/31', '10.0.0.4/31', '10.0.0.6/32']],
  [4, ['255.255.255.254/31', '0.0.0.0/32'], ['0.0.0.0/32', '255.255.255.254/31']],
  [6, ['::/0'], ['::/0']],
  [6, ['::1-::4'], ['::1/128', '::2/127', '::4/128']],
] as const)('the fewest IPv%i prefixes of %j are %j', (family, prefixes, fewest) => {
  const set = addressSet(prefixes);
  expect(cidrsOf(family, family === 4 ? set.v4 : set.v6)).toEqual(fewest);
});

test('named addresses have no prefix', () => {
  expect(cidrsOf(4, [-5, 1, 2 ** 32 - 1, Infinity])).toEqual(['0.0.0.0/32', '255.255.255.255/32']);
  expect(cidrsOf(6, [2n ** 128n, Infinity])).toEqual([]);
  expect(cidrsOf(4, allAddresses.v4)).toEqual(['0.0.0.0/0']);
});

const setsByFamily = fc.oneof(
  fc.array(fc.tuple(v4Value, v4Value), { maxLength: 4 }).map((pairs) => ({
    family: 4 as const,
    set: intervals(pairs),
  })),
  fc.array(fc.tuple(v6Value, v6Value), { maxLength: 4 }).map((pairs) => ({
    family: 6 as const,
    set: intervals(pairs),
  })),
);

function setIn(family: Family, prefixes: Iterable<string>): IntervalSet {
  const set = addressSet(prefixes);
  return family === 4 ? set.v4 : set.v6;
}

test('cidrsOf gives the set back, ascending and disjoint', () => {
  fc.assert(
    fc.property(setsByFamily, ({ family, set }) => {
      const cidrs = cidrsOf(family, set);
      expect(setIn(family, cidrs)).toEqual(set);
      const ranges = cidrs.map((cidr) => parsePrefix(cidr));
      for (const [i, range] of ranges.entries()) {
        expect(i === 0 || (ranges[i - 1]?.to ?? Infinity) <= (range?.from ?? -1)).toBe(true);
      }
    }),
    { numRuns: cases(500) },
  );
});

test('cidrsOf is minimal: the prefix around any of its prefixes reaches outside the set', () => {
  fc.assert(
    fc.property(setsByFamily, ({ family, set }) => {
      const avoidable = cidrsOf(family, set).filter((cidr) => {
        const [address = '', bits = ''] = cidr.split('/');
        return bits !== '0' && isSubset(setIn(family, [`${address}/${Number(bits) - 1}`]), set);
      });
      expect(avoidable).toEqual([]);
    }),
    { numRuns: cases(500) },
  );
});
