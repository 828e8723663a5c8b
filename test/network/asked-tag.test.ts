/**
 * Questions about a service tag that no list resolves, against first match at public addresses: what
 * rules do to each address that the tag may hold, they do to the tag.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { resourceId } from '../../shared/model/resource-id.ts';
import { type Surroundings, hostAddress } from '../../shared/network/address-bounds.ts';
import { type RuleList, decide } from '../../shared/network/decide.ts';
import { parseAddressMatch } from '../../shared/network/parse-match.ts';
import type { SecurityRule } from '../../shared/network/security-rule.ts';
import { noServiceTags, serviceTags } from '../../shared/network/service-tags.ts';
import { addressSet, uniteAddresses } from '../../shared/packets/address.ts';
import { noPackets } from '../../shared/packets/packet-set.ts';
import { cases } from '../packets/worlds.ts';

/** A public address of every kind that the prefixes tell apart. */
const places = ['low', 'twenty', 'high'] as const;
type Place = (typeof places)[number];

const written: ReadonlyMap<string, readonly Place[]> = new Map<string, readonly Place[]>([
  ['0.0.0.0/1', ['low', 'twenty']],
  ['128.0.0.0/1', ['high']],
  ['20.0.0.0/8', ['twenty']],
  ['10.0.0.0/8', []],
  // Azure's host address is in it, and in no such tag.
  ['VirtualNetwork', []],
  ['0.0.0.0/0', places],
  ['Storage', places],
]);
/** A tag that the address may be in as well. */
const other = 'Sql';

const space = uniteAddresses(addressSet(['10.0.0.0/16']), hostAddress);
const unlisted: Surroundings = {
  serviceTags: noServiceTags,
  virtualNetwork: { atLeast: space, atMost: space },
};
const listed: Surroundings = {
  ...unlisted,
  serviceTags: serviceTags([{ name: 'AzureMonitor', addressPrefixes: ['20.0.0.0/24'] }]),
};

const sides = fc.array(fc.constantFrom(...written.keys(), '128.0.0.0/1', '0.0.0.0/1', other), {
  minLength: 1,
  maxLength: 2,
});
const lists = fc.array(
  fc.record({ access: fc.constantFrom('Allow' as const, 'Deny' as const), to: sides }),
  { maxLength: 5 },
);
type Written = { readonly access: 'Allow' | 'Deny'; readonly to: readonly string[] };

function firstAt(rules: readonly Written[], place: Place, inOther: boolean): number {
  return rules.findIndex(({ to }) =>
    to.some((text) => (text === other ? inOther : written.get(text)?.includes(place))),
  );
}

function withoutOther({ access, to }: Written): Written {
  return { access, to: to.map((text) => (text === other ? '20.0.0.0/8' : text)) };
}

function ask(rules: readonly Written[], direction: 'Inbound' | 'Outbound', around: Surroundings) {
  const tag = [parseAddressMatch('Storage')];
  const node = [parseAddressMatch('10.0.0.4')];
  const list: RuleList = {
    kind: 'securityGroup',
    at: resourceId('/nsg'),
    name: 'nsg',
    rules: rules.map(({ access, to }, index): SecurityRule => {
      const far = to.map(parseAddressMatch);
      return {
        name: `r${index}`,
        priority: 100 + index,
        direction,
        access,
        protocol: '*',
        sources: direction === 'Inbound' ? far : node,
        sourcePorts: [],
        destinations: direction === 'Inbound' ? node : far,
        destinationPorts: [],
      };
    }),
  };
  const [far, near] = [tag, node].map(([match = { kind: 'any' as const }]) => match);
  const isIn = direction === 'Inbound';
  return decide(
    {
      direction,
      protocols: ['Tcp'],
      source: (isIn ? far : near) ?? { kind: 'any' },
      sourcePorts: [],
      destination: (isIn ? near : far) ?? { kind: 'any' },
      destinationPorts: [],
    },
    [list],
    around,
  );
}

test('a tag is allowed or denied where each address that it may hold is', () => {
  const answers = new Set<string>();
  fc.assert(
    fc.property(
      lists,
      fc.constantFrom('Inbound' as const, 'Outbound' as const),
      fc.constantFrom(unlisted, listed),
      (drawn, direction, around) => {
        // A tag that a list does not name is in doubt in each rule by itself, on the safe side.
        const rules = around === listed ? drawn.map(withoutOther) : drawn;
        const firsts = places.flatMap((place) =>
          [false, true].map((inOther) => firstAt(rules, place, inOther)),
        );
        const allows = firsts.map((at) => rules[at]?.access === 'Allow');
        const expected = allows.every(Boolean)
          ? 'allowed'
          : allows.some(Boolean)
            ? 'unknown'
            : 'denied';
        const decision = ask(rules, direction, around);
        expect(decision.answer).toBe(expected);
        const { allowed, denied, undecided, asked } = decision;
        for (const [answer, set] of Object.entries({ allowed, denied, unknown: undecided })) {
          expect(set.isEmpty()).toBe(answer !== expected);
          expect(set.equals(asked.atMost)).toBe(answer === expected);
        }
        answers.add(decision.answer);
        const [hop] = decision.hops;
        const named = hop?.shares.map(({ rule }) => rule.name) ?? [];
        // Who decides some of it is named where the whole is certain.
        const deciding = rules.map((_, at) => `r${at}`).filter((_, at) => firsts.includes(at));
        expect(expected === 'unknown' ? deciding : named).toEqual(expect.arrayContaining(deciding));
        for (const { certain, possible } of hop?.shares ?? []) {
          expect(possible.isEmpty()).toBe(false);
          expect(certain.isSubsetOf(possible)).toBe(true);
        }
      },
    ),
    { numRuns: cases(200) },
  );
  expect([...answers].toSorted()).toEqual(['allowed', 'denied', 'unknown']);
});

test.each(['Allow', 'Deny'] as const)(
  'two halves of the world take the whole tag: %s',
  (access) => {
    for (const direction of ['Inbound', 'Outbound'] as const) {
      const halves = ['0.0.0.0/1', '128.0.0.0/1'].map((to) => ({ access, to: [to] }));
      const otherwise = {
        access: access === 'Allow' ? 'Deny' : 'Allow',
        to: ['0.0.0.0/0'],
      } as const;
      const { hops, asked, isComplete } = ask([...halves, otherwise], direction, unlisted);
      expect(isComplete).toBe(true);
      const [hop] = hops;
      expect(hop?.list.name).toBe('nsg');
      expect(hop?.shares.map(({ rule }) => rule.name)).toEqual(['r0', 'r1']);
      for (const { certain, possible } of hop?.shares ?? []) {
        expect([certain, possible].map((set) => set.equals(asked.atMost))).toEqual([true, true]);
      }
    }
  },
);

test.each(['Allow', 'Deny'] as const)(
  'what halves that together are everything %s is told of the whole tag',
  (access) => {
    const halves = ['0.0.0.0/1', '128.0.0.0/1'].map((to) => ({ access, to: [to] }));
    const behind = { access: access === 'Allow' ? 'Deny' : 'Allow', to: ['0.0.0.0/0'] } as const;
    const { asked, allowed, denied, undecided, hops } = ask(
      [...halves, behind],
      'Outbound',
      unlisted,
    );
    expect(allowed.equals(access === 'Allow' ? asked.atMost : noPackets)).toBe(true);
    expect(denied.equals(access === 'Deny' ? asked.atMost : noPackets)).toBe(true);
    expect(undecided.isEmpty()).toBe(true);
    expect(hops[0]?.shares.map(({ rule }) => rule.name)).toEqual(['r0', 'r1']);
  },
);
