import { expect, test } from 'vitest';
import { resourceId } from '../../shared/model/resource-id.ts';
import type { Surroundings } from '../../shared/network/address-bounds.ts';
import type { AddressMatch, RuleMatch } from '../../shared/network/security-rule.ts';
import { serviceTags } from '../../shared/network/service-tags.ts';
import { unresolvedNames } from '../../shared/network/unresolved-names.ts';
import { addressSet, noAddresses } from '../../shared/packets/address.ts';

const small = addressSet(['10.0.0.0/16']);
const known = { atLeast: small, atMost: small };
const around: Surroundings = {
  serviceTags: serviceTags([{ name: 'Listed', addressPrefixes: ['20.1.0.0/16'] }]),
  virtualNetwork: known,
  groupMembers: {
    of: (group) =>
      group === resourceId('/groups/read') ? known : { atLeast: noAddresses, atMost: undefined },
  },
};

function ruleOf(matches: readonly AddressMatch[]): RuleMatch {
  const [first, ...others] = matches;
  return {
    protocol: '*',
    sources: first === undefined ? [] : [first],
    sourcePorts: [],
    destinations: others,
    destinationPorts: [],
  };
}

const tag = (name: string): AddressMatch => ({ kind: 'serviceTag', name });
const members = (name: string): AddressMatch => ({
  kind: 'applicationSecurityGroup',
  id: resourceId(`/groups/${name}`),
});

test.each<[string, AddressMatch, Surroundings, readonly string[]]>([
  ['every address', { kind: 'any' }, around, []],
  ['a prefix', { kind: 'prefix', text: '10.0.0.0/8' }, around, []],
  ['a listed tag', tag('Listed'), around, []],
  ['an unlisted tag', tag('Storage'), around, ['service tag Storage']],
  ['the Internet', tag('Internet'), { serviceTags: around.serviceTags }, []],
  ['a network whose extent is known', tag('virtualNetwork'), around, []],
  [
    'a network of which nothing is known',
    tag('VirtualNetwork'),
    { serviceTags: around.serviceTags },
    ['the extent of VirtualNetwork'],
  ],
  [
    'a network that may be larger',
    tag('VirtualNetwork'),
    { ...around, virtualNetwork: { atLeast: small, atMost: addressSet(['10.0.0.0/8']) } },
    ['the extent of VirtualNetwork'],
  ],
  ['a group whose members are known', members('read'), around, []],
  [
    'a group whose members are not',
    members('lost'),
    around,
    ['the members of application security group lost'],
  ],
  ['what nobody understands', { kind: 'unclear', text: '789' }, around, ['"789"']],
])('%s', (_, match, surroundings, names) => {
  expect(unresolvedNames([ruleOf([match])], surroundings)).toEqual(names);
  expect(unresolvedNames([ruleOf([{ kind: 'any' }, match])], surroundings)).toEqual(names);
});

test('each name is told once, in the order of the alphabet', () => {
  const rules = [
    ruleOf([tag('Storage'), tag('AzureMonitor')]),
    ruleOf([tag('Listed'), tag('Storage')]),
  ];
  expect(unresolvedNames(rules, around)).toEqual([
    'service tag AzureMonitor',
    'service tag Storage',
  ]);
});
