/** Which routes carry packets, against longest prefix match of one address at a time. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { publicAddresses } from '../../shared/network/address-bounds.ts';
import { type Route, routesTo } from '../../shared/network/route-table.ts';
import type { AddressMatch } from '../../shared/network/security-rule.ts';
import { noServiceTags, serviceTags } from '../../shared/network/service-tags.ts';
import {
  type Family,
  addressSet,
  intersectAddresses,
  isAddressSubset,
  isEmptyAddresses,
} from '../../shared/packets/address.ts';
import { cases } from '../packets/worlds.ts';

/** Prefixes, their lengths, and whatever address of them begins a kind of its own. */
const prefixes: ReadonlyMap<string, number> = new Map([
  ['0.0.0.0/0', 0],
  ['10.0.0.0/8', 8],
  ['10.1.0.0/16', 16],
  ['20.0.0.0/8', 8],
  [' 20.1.0.0/16 ', 16],
  ['20.1.0.0/24', 24],
  ['20.1.0.1', 32],
  [' 20.1.0.2 ', 32],
  ['51.4.0.0/16', 16],
  ['::/0', 0],
  ['2603:1000::/24', 24],
]);
const points =
  '10.0.0.0 10.1.0.0 11.0.0.0 20.0.0.0 20.1.0.0 20.1.0.1 20.1.0.2 20.1.1.0 51.4.0.0 51.5.0.0 168.63.129.16 193.0.0.0 240.0.0.0 2603:1000:: 2603:1f00:: 2a00:: fc00::'.split(
    ' ',
  );
const unlisted = ['Storage', 'AzureMonitor'] as const;

const destinations =
  '0.0.0.0/0 128.0.0.0/1 10.0.0.0/8 20.0.0.0/8 20.1.0.0/31 20.1.0.1 51.4.0.0/15 ::/0 2603:1000::/20 2603:1000::/24'.split(
    ' ',
  );

const routeTo = (addressPrefix: string): Route => ({
  name: addressPrefix,
  addressPrefix,
  nextHopType: 'VirtualAppliance',
});

const families = fc.constantFrom<readonly Family[]>([4], [6], [4, 6]);

function isIn(point: string, prefix: string): boolean {
  return !isEmptyAddresses(intersectAddresses(addressSet([point]), addressSet([prefix.trim()])));
}

/** The prefixes that carry packets, null for the system's, and whether they do so in every world. */
function carriers(
  destination: string,
  routes: readonly string[],
  wanted: readonly Family[],
): ReadonlyMap<string | null, boolean> {
  const asked = points.filter(
    (point) => wanted.includes(point.includes(':') ? 6 : 4) && isIn(point, destination),
  );
  const tags = routes.filter((text) => !prefixes.has(text));
  const found = new Map<string | null, boolean>();
  for (const point of asked) {
    const [longest = null] = routes
      .filter((text) => prefixes.has(text) && isIn(point, text))
      .toSorted((a, b) => (prefixes.get(b) ?? 0) - (prefixes.get(a) ?? 0));
    // A tag may hold any public address, and its prefix there may be longer or shorter.
    const perhaps = isAddressSubset(addressSet([point]), publicAddresses) ? tags : [];
    found.set(longest, (found.get(longest) ?? false) || perhaps.length === 0);
    for (const tag of perhaps) found.set(tag, found.get(tag) ?? false);
  }
  return found;
}

test('the longest prefix carries each address, an unresolved tag perhaps', () => {
  fc.assert(
    fc.property(
      fc
        .subarray([...prefixes.keys(), ...unlisted])
        .chain((some) =>
          fc.shuffledSubarray(some, { minLength: some.length, maxLength: some.length }),
        ),
      fc.constantFrom(...destinations),
      families,
      (texts, destination, wanted) => {
        const routes = texts.map(routeTo);
        const shares = routesTo(
          { kind: 'prefix', text: destination },
          routes,
          { serviceTags: noServiceTags },
          new Set(wanted),
        );
        const carried = carriers(destination, texts, wanted);
        const told = new Map(shares.map(({ route, certain }) => [route?.name ?? null, certain]));
        const order = [...texts, null].filter((text) => told.has(text));
        expect([...told.keys()]).toEqual(order);
        for (const [text, isCertain] of carried) expect(told.get(text)).toBe(isCertain);
        const others = order.filter((text) => !carried.has(text));
        // Behind a tag, whose prefixes nobody can compare, shorter ones are perhaps taken too.
        expect(texts.some((text) => !prefixes.has(text)) || others.length === 0).toBe(true);
        for (const text of others) expect(told.get(text)).toBe(false);
      },
    ),
    { numRuns: cases(200) },
  );
});

describe('a service tag', () => {
  const storage: AddressMatch = { kind: 'serviceTag', name: 'Storage' };
  const both: ReadonlySet<Family> = new Set([4, 6]);
  const shares = (destination: AddressMatch, texts: readonly string[], list = noServiceTags) =>
    routesTo(destination, texts.map(routeTo), { serviceTags: list }, both).map(
      ({ route, certain }) => `${route?.name ?? 'system'} ${certain ? 'certainly' : 'perhaps'}`,
    );

  test('goes its own route, whatever the default is', () => {
    expect(shares(storage, ['Storage', '0.0.0.0/0', '::/0'])).toEqual(['Storage certainly']);
    expect(shares(storage, ['Storage'])).toEqual(['Storage certainly']);
  });

  test('leaves nothing to the system beside a default route', () => {
    const list = serviceTags([
      { name: 'Storage', addressPrefixes: ['20.1.0.0/24'] },
      { name: 'AzureMonitor', addressPrefixes: ['20.1.0.0/24'] },
    ]);
    const texts = ['Storage', 'AzureMonitor', '0.0.0.0/0'];
    expect(shares({ kind: 'prefix', text: '20.1.0.0/24' }, texts, list)).toEqual(
      texts.map((text) => `${text} perhaps`),
    );
  });

  test('without a route of its own goes the default one, of its family', () => {
    expect(shares(storage, ['0.0.0.0/0', '::/0'])).toEqual([
      '0.0.0.0/0 certainly',
      // Whether the tag has an address of that family is not known.
      '::/0 perhaps',
    ]);
    expect(shares(storage, [])).toEqual(['system certainly']);
  });

  test('may lie in a prefix, and a prefix in it', () => {
    expect(shares(storage, ['20.0.0.0/8', 'Storage'])).toEqual([
      '20.0.0.0/8 perhaps',
      'Storage perhaps',
    ]);
  });

  test('in a list carries what it holds, with prefixes nobody compares perhaps', () => {
    const list = serviceTags([
      { name: 'Storage', addressPrefixes: ['20.1.0.0/24'] },
      { name: 'AzureMonitor', addressPrefixes: ['20.1.0.0/25'] },
    ]);
    const inside: AddressMatch = { kind: 'prefix', text: '20.1.0.0/25' };
    expect(shares(inside, ['Storage', '0.0.0.0/0'], list)).toEqual(['Storage certainly']);
    expect(shares(inside, ['Storage', '20.0.0.0/8'], list)).toEqual([
      'Storage perhaps',
      '20.0.0.0/8 perhaps',
    ]);
    expect(shares({ kind: 'prefix', text: '20.1.0.0/23' }, ['Storage'], list)).toEqual([
      'Storage certainly',
      'system certainly',
    ]);
    expect(shares(storage, ['Storage', 'AzureMonitor'], list)).toEqual(
      expect.arrayContaining(['Storage certainly', 'AzureMonitor perhaps']),
    );
  });
});
