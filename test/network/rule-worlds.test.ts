/** The worlds in which rules have to be looked at, and what their sides cover there. */
import { describe, expect, test } from 'vitest';
import { resourceId } from '../../shared/model/resource-id.ts';
import {
  type Surroundings,
  namedTags,
  sometimesOmittedFromInternet,
} from '../../shared/network/address-bounds.ts';
import { parseAddressMatch } from '../../shared/network/parse-match.ts';
import { askedSide } from '../../shared/network/rule-context.ts';
import { ruleWorlds } from '../../shared/network/rule-worlds.ts';
import type { AddressMatch, RuleMatch } from '../../shared/network/security-rule.ts';
import { noServiceTags } from '../../shared/network/service-tags.ts';
import { type AddressSet, addressSet, uniteAddresses } from '../../shared/packets/address.ts';
import { holds } from '../../shared/packets/interval-set.ts';

const space = addressSet(['10.0.0.0/16']);
const members = addressSet(['10.0.0.4']);
const settled: Surroundings = {
  serviceTags: noServiceTags,
  virtualNetwork: { atLeast: space, atMost: space },
  groupMembers: {
    of: (id) => ({
      atLeast: members,
      atMost: id === '/groups/read' ? members : addressSet(['10.0.0.0/24']),
    }),
  },
};
const wider: Surroundings = {
  ...settled,
  virtualNetwork: {
    atLeast: space,
    atMost: uniteAddresses(space, addressSet(['172.16.0.0/12'])),
  },
};

/** `group:…` is an application security group, `?…` what nobody can read. */
function matchOf(text: string): AddressMatch {
  if (text.startsWith('?')) return { kind: 'unclear', text };
  if (!text.startsWith('group:')) return parseAddressMatch(text);
  return { kind: 'applicationSecurityGroup', id: resourceId(`/groups/${text.slice(6)}`) };
}

function ruleOf(sources: readonly string[], destinations: readonly string[] = ['*']): RuleMatch {
  return {
    protocol: '*',
    sources: sources.map(matchOf),
    sourcePorts: [],
    destinations: destinations.map(matchOf),
    destinationPorts: [],
  };
}

function firstOf<T>(list: readonly T[]): T {
  const [first] = list;
  if (first === undefined) throw new Error('there is a first');
  return first;
}

const sql = 2 ** 32 + 2;
const publicAddress = 20 * 2 ** 24;
const sometimesOmitted = 21 * 2 ** 24;

function has(set: AddressSet, ...points: readonly number[]): readonly boolean[] {
  return points.map((point) => holds(set.v4, point));
}

describe('a name is open', () => {
  test.each<[string, Surroundings, boolean]>([
    ['10.0.0.0/24', settled, false],
    ['*', settled, false],
    ['AzurePlatformDNS', settled, false],
    ['Sql', settled, true],
    ['Internet', settled, true],
    ['?', settled, true],
    ['group:lost', settled, true],
    ['VirtualNetwork', wider, false],
  ])('%s', (text, surroundings, expected) => {
    for (const rule of [ruleOf([text]), ruleOf(['10.0.0.1'], [text])]) {
      expect(ruleWorlds([rule], surroundings).isOpen(rule)).toBe(expected);
      // The same where some tag is named, so that prefixes may hold addresses of it.
      const all = [rule, ruleOf(['Storage'])];
      expect(ruleWorlds(all, surroundings).isOpen(rule)).toBe(expected);
    }
  });
});

test('a name that is open in one meaning of the network only is open', () => {
  const atMost = uniteAddresses(space, sometimesOmittedFromInternet);
  const rule = ruleOf(['Internet']);
  const surroundings = { ...settled, virtualNetwork: { atLeast: space, atMost } };
  expect(ruleWorlds([rule], surroundings).isOpen(rule)).toBe(true);
});

test('a group whose members were all read is not open', () => {
  const rule = ruleOf(['group:read']);
  expect(ruleWorlds([rule], settled).isOpen(rule)).toBe(false);
});

describe('there are so many worlds', () => {
  test.each<[string, readonly RuleMatch[], Surroundings, number, number]>([
    ['without open names', [ruleOf(['10.0.0.1'])], settled, 1, 1],
    ['of a network that may be larger', [ruleOf(['10.0.0.1'])], wider, 4, 4],
    ['with one name', [ruleOf(['Sql'])], settled, 2, 2],
    ['with the same name twice', [ruleOf(['Sql', 'SQL']), ruleOf(['sql'])], settled, 2, 2],
    ['with three names', [ruleOf(['Sql', '?a']), ruleOf(['?b'])], settled, 4, 7],
    ['with names on either side', [ruleOf(['Sql', '?a'], ['?b'])], settled, 6, 8],
  ])('%s', (_, rules, surroundings, one, two) => {
    const worlds = ruleWorlds(rules, surroundings);
    expect(worlds.worldsFor(rules, 1)).toHaveLength(one);
    expect(worlds.worldsFor(rules, 2)).toHaveLength(two);
  });

  test('and past six hundred names are taken rule by rule', () => {
    const names = (count: number) => Array.from({ length: count }, (_, at) => `?${at}`);
    const few = [ruleOf(names(599))];
    expect(ruleWorlds(few, settled).worldsFor(few, 1)).toHaveLength(600);
    const many = [ruleOf(names(600))];
    const worlds = ruleWorlds(many, settled);
    expect(worlds.worldsFor(many, 1)).toBe(worlds.bounds);
    const either = [ruleOf(names(24), names(24))];
    const eitherWorlds = ruleWorlds(either, settled);
    expect(eitherWorlds.worldsFor(either, 1)).toBe(eitherWorlds.bounds);
  });
});

describe('in one world', () => {
  test('each name holds all it may or nothing but what is certain, in the order of the alphabet', () => {
    const rules = [ruleOf(['?b', '?c', '?a', '?d'])];
    const found = ruleWorlds(rules, settled)
      .worldsFor(rules, 1)
      .map(({ sources }) =>
        ['?a', '?b', '?c', '?d'].filter((name) => {
          const { atLeast, atMost } = sources([matchOf(name)]);
          expect(atLeast).toEqual(atMost);
          return has(atMost, publicAddress).includes(true);
        }),
      );
    expect(found).toEqual([[], ['?a'], ['?b'], ['?c'], ['?d']]);
  });

  test('certain members of a group are in it whether or not it holds the others', () => {
    const rules = [ruleOf(['group:lost'])];
    const found = ruleWorlds(rules, settled)
      .worldsFor(rules, 1)
      .map(({ sources }) => sources([matchOf('group:lost')]).atMost);
    expect(found).toEqual([members, addressSet(['10.0.0.0/24'])]);
  });

  test('a block is of the Internet or not, as wide as Azure counts it', () => {
    const rules = [ruleOf(['Internet'])];
    const found = ruleWorlds(rules, settled)
      .worldsFor(rules, 1)
      .map(({ sources }) => {
        const { atLeast, atMost } = sources([matchOf('Internet')]);
        return [...has(atLeast, sometimesOmitted), ...has(atMost, sometimesOmitted)];
      });
    expect(found).toEqual([
      [false, false],
      [true, true],
    ]);
  });

  test('an address is in a tag or not, and the tag has an address of its own', () => {
    const rules = [ruleOf(['Sql'])];
    const found = ruleWorlds(rules, settled)
      .worldsFor(rules, 1)
      .map(({ sources }) => has(sources([matchOf('Sql')]).atMost, publicAddress, sql));
    expect(found).toEqual([
      [false, true],
      [true, true],
    ]);
  });

  test('a prefix beside a name may hold addresses of a tag', () => {
    const rules = [ruleOf(['20.0.0.0/8', '?'], ['Sql'])];
    const { sources } = firstOf(ruleWorlds(rules, settled).worldsFor(rules, 1));
    const { atLeast, atMost } = sources(['20.0.0.0/8', '?'].map(matchOf));
    expect(has(atLeast, publicAddress, sql)).toEqual([true, false]);
    expect(has(atMost, publicAddress, sql)).toEqual([true, true]);
  });

  test('prefixes that are everything together hold every name, beside an open one too', () => {
    const halves = ['0.0.0.0/1', '128.0.0.0/1', '?'];
    const rules = [ruleOf(halves, ['Sql'])];
    const { sources } = firstOf(ruleWorlds(rules, settled).worldsFor(rules, 1));
    expect(has(sources(halves.map(matchOf)).atLeast, publicAddress, sql)).toEqual([true, true]);
  });

  test('where nothing is in doubt a side has one set', () => {
    const matches = ['10.0.0.0/24', 'group:lost'].map(matchOf);
    const rules = [ruleOf(['10.0.0.0/24', 'group:lost'])];
    const { sources } = firstOf(ruleWorlds(rules, settled).worldsFor(rules, 1));
    expect(sources(matches).atLeast).toBe(sources(matches).atMost);
    expect(sources(matches).atMost).toEqual(addressSet(['10.0.0.0/24']));
  });
});

describe('bounds', () => {
  test('hold whatever the names are', () => {
    const rules = [ruleOf(['Sql'])];
    const { sources } = firstOf(ruleWorlds(rules, settled).bounds);
    const { atLeast, atMost } = sources([matchOf('Sql')]);
    expect(has(atLeast, publicAddress, sql)).toEqual([false, true]);
    expect(has(atMost, publicAddress, sql)).toEqual([true, true]);
  });

  test('are those of each meaning of the network on either side', () => {
    const network = [matchOf('VirtualNetwork')];
    const rules = [ruleOf(['VirtualNetwork'])];
    const found = ruleWorlds(rules, wider).bounds.map(({ sources, destinations }) =>
      [sources, destinations].map((side) => has(side(network).atMost, 0xac10_0000).join()),
    );
    expect(found).toEqual([
      ['false', 'false'],
      ['false', 'true'],
      ['true', 'false'],
      ['true', 'true'],
    ]);
  });

  test('give the sources that are certain in all of them', () => {
    const rule = ruleOf(['VirtualNetwork', '20.0.0.0/8', '?']);
    const { certainSources } = ruleWorlds([rule], wider);
    expect(certainSources(rule)).toEqual(uniteAddresses(space, addressSet(['20.0.0.0/8'])));
  });

  test('reach as far as any of them', () => {
    const rule = ruleOf(['VirtualNetwork', 'group:lost'], ['?']);
    const { reach } = ruleWorlds([rule], wider);
    const { atLeast, atMost } = reach.sources(rule.sources);
    expect(atLeast).toBe(atMost);
    expect(atMost).toEqual(uniteAddresses(space, addressSet(['172.16.0.0/12'])));
    const beyond = reach.destinations(rule.destinations);
    expect(beyond.atLeast).toBe(beyond.atMost);
    expect(has(beyond.atMost, publicAddress)).toEqual([true]);
  });
});

describe('what was worked out is kept', () => {
  const rules = [ruleOf(['Sql', '?'], ['Sql'])];

  test('for each network and names', () => {
    const worlds = ruleWorlds(rules, settled);
    expect(ruleWorlds([ruleOf(['Sql'])], settled)).toBe(worlds);
    expect(ruleWorlds([ruleOf(['Storage'])], settled)).not.toBe(worlds);
  });

  test('for each world and side', () => {
    const worlds = ruleWorlds(rules, settled);
    const [before, after] = [worlds.worldsFor(rules, 2), worlds.worldsFor(rules, 2)];
    for (const [nth, world] of after.entries()) {
      expect(world).toBe(before[nth]);
      for (const { sources } of rules) expect(world.sources(sources)).toBe(world.sources(sources));
    }
  });

  test('with what rules mean to questions, where no name is open', () => {
    const matches = ['10.0.0.0/24'].map(matchOf);
    const worlds = ruleWorlds([ruleOf(['10.0.0.0/24'])], settled);
    const meaning = firstOf(askedSide(worlds.context, { kind: 'any' }).worlds.flat());
    const of = meaning.of(matches);
    expect(firstOf(worlds.bounds).sources(matches)).toBe(of);
    expect(worlds.reach.sources(matches)).toBe(of);
    expect(namedTags(matches, [], settled).tags).toEqual([]);
  });
});
