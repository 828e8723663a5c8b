/** By which names text about rules may call sets of addresses. */
import { expect, test } from 'vitest';
import { resourceId } from '../../shared/model/resource-id.ts';
import {
  type AddressBounds,
  type Surroundings,
  publicAddresses,
  sometimesOmittedFromInternet,
} from '../../shared/network/address-bounds.ts';
import { knownAddresses } from '../../shared/network/known-addresses.ts';
import type { AddressMatch, RuleMatch } from '../../shared/network/security-rule.ts';
import { noServiceTags, serviceTags } from '../../shared/network/service-tags.ts';
import {
  addressSet,
  equalAddresses,
  noAddresses,
  realAddresses,
  subtractAddresses,
} from '../../shared/packets/address.ts';

const tag = (name: string): AddressMatch => ({ kind: 'serviceTag', name });
const group = (name: string): AddressMatch => ({
  kind: 'applicationSecurityGroup',
  id: resourceId(`/groups/${name}`),
});

const ruleOf = (sources: readonly AddressMatch[], destinations: readonly AddressMatch[] = []) =>
  ({
    protocol: '*',
    sources,
    sourcePorts: [],
    destinations,
    destinationPorts: [],
  }) satisfies RuleMatch;

const exactly = (...prefixes: readonly string[]): AddressBounds => {
  const set = addressSet(prefixes);
  return { atLeast: set, atMost: set };
};

const around: Surroundings = {
  virtualNetwork: exactly('10.0.0.0/16'),
  serviceTags: serviceTags([
    { name: 'Sql', addressPrefixes: ['20.1.0.0/16'] },
    { name: 'AzureMonitor', addressPrefixes: ['20.2.0.0/16'] },
  ]),
  groupMembers: { of: () => exactly('10.0.0.4') },
};

const always = [
  'any',
  'VirtualNetwork',
  // As narrow and as wide as Azure counts it.
  'Internet',
  'Internet',
  'any public address',
  'public addresses that Azure does not always count to Internet',
];

function namesIn(rules: readonly RuleMatch[], surroundings: Surroundings): readonly string[] {
  return knownAddresses(rules, surroundings).map(({ name }) => name);
}

/** The names of what the rules themselves name. */
function ownNames(matches: readonly AddressMatch[], surroundings = around): readonly string[] {
  return namesIn([ruleOf(matches)], surroundings).slice(4, -2);
}

function setsOf(name: string, rules: readonly RuleMatch[], surroundings: Surroundings) {
  return knownAddresses(rules, surroundings)
    .filter((one) => one.name === name)
    .map(({ addresses }) => addresses);
}

test('some names are known whatever the rules say', () => {
  expect(namesIn([], around)).toEqual(always);
  const plain = ruleOf([{ kind: 'any' }], [{ kind: 'prefix', text: '10.0.0.0/8' }]);
  expect(namesIn([plain], around)).toEqual(always);
  const [any, network, narrow, wide, publicOnes, sometimes] = knownAddresses([], around).map(
    ({ addresses }) => addresses,
  );
  expect(any).toEqual(realAddresses);
  expect(network).toEqual(addressSet(['10.0.0.0/16']));
  expect(narrow).toEqual(subtractAddresses(publicAddresses, sometimesOmittedFromInternet));
  expect(wide).toEqual(publicAddresses);
  expect(publicOnes).toEqual(publicAddresses);
  expect(sometimes).toEqual(sometimesOmittedFromInternet);
});

test('tags and groups of the rules are known, of either side, in the order of the alphabet', () => {
  const rules = [
    ruleOf([tag('Sql')], [group('web')]),
    ruleOf([group('jump')], [tag('AzureMonitor')]),
  ];
  const expected = ['AzureMonitor', 'jump', 'Sql', 'web'];
  expect(namesIn(rules, around).slice(4, -2)).toEqual(expected);
  expect(namesIn(rules.toReversed(), around).slice(4, -2)).toEqual(expected);
  expect(setsOf('Sql', rules, around)).toEqual([addressSet(['20.1.0.0/16'])]);
  expect(setsOf('web', rules, around)).toEqual([addressSet(['10.0.0.4'])]);
});

test('letter case makes no difference to the alphabet, in which the underscore comes first', () => {
  expect(ownNames([group('aab'), group('a_b'), tag('SQL'), tag('AzureMonitor')])).toEqual([
    'a_b',
    'aab',
    'AzureMonitor',
    'SQL',
  ]);
});

test('of several spellings always the same one is used', () => {
  const spellings = [tag('Sql'), tag('SQL'), tag('sql')];
  expect(ownNames(spellings)).toEqual(['SQL']);
  expect(ownNames(spellings.toReversed())).toEqual(['SQL']);
});

test('a tag that nobody resolves has no set to be recognised by', () => {
  const tags = [tag('Storage'), tag('Sql')];
  expect(ownNames(tags)).toEqual(['Sql']);
  expect(ownNames(tags, { ...around, serviceTags: noServiceTags })).toEqual([]);
});

test('neither has a group that may be larger than what was read of it', () => {
  const of = () => ({ atLeast: addressSet(['10.0.0.4']), atMost: addressSet(['10.0.0.0/24']) });
  expect(ownNames([group('web')], { ...around, groupMembers: { of } })).toEqual([]);
});

test('a tag and a group that are spelt the same are called by what is read first', () => {
  const tags = serviceTags([{ name: 'web', addressPrefixes: ['20.3.0.0/16'] }]);
  const both = [tag('web'), group('web')];
  const web = (rules: readonly AddressMatch[]) =>
    setsOf('web', [ruleOf(rules)], { ...around, serviceTags: tags });
  expect(web(both)).toEqual([addressSet(['20.3.0.0/16'])]);
  expect(web(both.toReversed())).toEqual([addressSet(['10.0.0.4'])]);
});

test('a name without addresses names nothing', () => {
  const of = () => exactly();
  expect(ownNames([group('web')], { ...around, groupMembers: { of } })).toEqual([]);
});

test('a network that may be larger is known by both sizes, and the Internet around it too', () => {
  const small = addressSet(['10.0.0.0/16']);
  const large = addressSet(['10.0.0.0/16', '51.4.0.0/16']);
  const wide: Surroundings = { ...around, virtualNetwork: { atLeast: small, atMost: large } };
  const [first, second, ...others] = setsOf('VirtualNetwork', [], wide);
  expect([first, second, others]).toEqual([small, large, []]);
  const outside = subtractAddresses(publicAddresses, small);
  const certain = subtractAddresses(outside, sometimesOmittedFromInternet);
  const internets = setsOf('Internet', [], wide);
  for (const set of [outside, certain, subtractAddresses(outside, large)]) {
    expect(internets.filter((one) => equalAddresses(one, set))).toHaveLength(1);
  }
});

test('a network that may be empty is known by the size that has addresses', () => {
  const large = addressSet(['10.0.0.0/16']);
  const wide: Surroundings = { ...around, virtualNetwork: { atLeast: noAddresses, atMost: large } };
  expect(setsOf('VirtualNetwork', [], wide)).toEqual([large]);
});

test('a network of which nothing is known has a set only where a rule names it', () => {
  const { serviceTags: tags } = around;
  expect(namesIn([], { serviceTags: tags })).not.toContain('VirtualNetwork');
  expect(namesIn([ruleOf([tag('VirtualNetwork')])], { serviceTags: tags })).toContain(
    'VirtualNetwork',
  );
});

test('a set is told apart by the addresses of both families', () => {
  const sides: Surroundings = {
    ...around,
    virtualNetwork: {
      atLeast: addressSet(['10.0.0.0/16', 'fd00::/64']),
      atMost: addressSet(['10.0.0.0/16', 'fd00::/48']),
    },
  };
  expect(setsOf('VirtualNetwork', [], sides)).toHaveLength(2);
});
