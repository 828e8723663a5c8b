/** The same open name in several rules, and rules of admin collections that share a name. */
import { expect, test } from 'vitest';

import { resourceId } from '../../shared/model/resource-id.ts';
import { hostAddress, type Surroundings } from '../../shared/network/address-bounds.ts';
import { type RuleList, decide } from '../../shared/network/decide.ts';
import { parseAddressMatch } from '../../shared/network/parse-match.ts';
import {
  parseAdminRules,
  parseNetworkSecurityGroup,
} from '../../shared/network/parse-security-rule.ts';
import { noServiceTags } from '../../shared/network/service-tags.ts';
import { addressSet, uniteAddresses } from '../../shared/packets/address.ts';
import { type WrittenRule, writtenGroup } from './written-group.ts';

const space = uniteAddresses(addressSet(['10.0.0.0/16']), hostAddress);
const around: Surroundings = {
  serviceTags: noServiceTags,
  virtualNetwork: { atLeast: space, atMost: space },
};

const groupId = (name: string): string =>
  `/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/applicationSecurityGroups/${name}`;

function answer(source: string, ...lists: readonly (readonly WrittenRule[])[]): string {
  const chain = lists.map((rules, index): RuleList => {
    const group = parseNetworkSecurityGroup(writtenGroup(`nsg${index}`, ...rules));
    return {
      kind: 'securityGroup',
      at: resourceId(`/nsg${index}`),
      name: group.name,
      rules: group.rules,
    };
  });
  return decide(
    {
      direction: 'Inbound',
      protocols: ['Tcp'],
      source: parseAddressMatch(source),
      sourcePorts: [],
      destination: parseAddressMatch('10.0.1.1'),
      destinationPorts: [{ from: 443, to: 443 }],
    },
    chain,
    around,
  ).answer;
}

/** A public block that Azure counts to the Internet in some answers only. */
const sometimes = '21.0.0.5';
const allow = (more: Partial<WrittenRule>): WrittenRule => ({
  at: 200,
  does: 'Allow',
  port: '443',
  ...more,
});
const deny = (more: Partial<WrittenRule>): WrittenRule => ({
  ...allow(more),
  at: 100,
  does: 'Deny',
});
const closed: WrittenRule = { at: 4000, does: 'Deny', protocol: '*' };

test.each<[string, string, string, readonly (readonly WrittenRule[])[]]>([
  [
    'denies the Internet and then allows it',
    'denied',
    sometimes,
    [[deny({ from: 'Internet' }), allow({ from: 'Internet' }), closed]],
  ],
  [
    'allows the Internet and then denies it',
    'unknown',
    sometimes,
    [[allow({ at: 90, from: 'Internet' }), deny({ from: 'Internet' }), closed]],
  ],
  [
    'allows the Internet, and denies it and then allows the rest',
    'allowed',
    sometimes,
    [[allow({ at: 90, from: 'Internet' }), deny({ from: 'Internet' }), allow({}), closed]],
  ],
  [
    'denies members of a group and then allows them',
    'denied',
    '10.0.0.4',
    [[deny({ asg: groupId('web') }), allow({ asg: groupId('web') }), closed]],
  ],
  [
    'denies members of a group and then allows those of another',
    'unknown',
    '10.0.0.4',
    [[deny({ asg: groupId('web') }), allow({ asg: groupId('db') }), closed]],
  ],
  // An address may be in both groups.
  [
    'allows members of one group, and behind it of another',
    'unknown',
    '10.0.0.4',
    [
      [allow({ asg: groupId('web') }), closed],
      [allow({ asg: groupId('db') }), closed],
    ],
  ],
  [
    'allows members of a group, which the platform is not',
    'denied',
    '168.63.129.16',
    [[allow({ asg: groupId('web') }), closed]],
  ],
])('a chain that %s: %s', (_, expected, source, lists) => {
  expect(answer(source, ...lists)).toBe(expected);
});

test('admin rules of one name are told apart by their collections', () => {
  const at = (collection: string, configuration = 'base') =>
    `/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/networkManagers/nm/securityAdminConfigurations/${configuration}/ruleCollections/${collection}/rules/block`;
  const rule = (id: string, priority: number, direction = 'Inbound') => ({
    id,
    properties: { priority, direction, access: 'Deny', protocol: 'Tcp' },
  });
  const names = (...ids: readonly string[]): readonly string[] =>
    parseAdminRules(ids.map((id, index) => rule(id, index))).map(({ name }) => name);
  expect(names(at('web'), at('db'))).toEqual(['web/block', 'db/block']);
  expect(names(at('web'), at('web', 'strict'))).toEqual(['base/web/block', 'strict/web/block']);
  expect(names(at('web'))).toEqual(['block']);
  expect(names(at('web'), at('db'), at('web', 'strict'))).toEqual([
    'base/web/block',
    'db/block',
    'strict/web/block',
  ]);
  // Two ids of which one has no collection.
  expect(names('/rules/block', at('web'))).toEqual(['block', 'web/block']);
  // The first part of the id is enough, and blanks in it are none.
  expect(names(at('web').replace('/rules', '//rules'), at('db'))).toEqual([
    'web/block',
    'db/block',
  ]);
  const elsewhere = at('web').replace('/subscriptions/s/', '/subscriptions//other/');
  expect(names(at('web'), elsewhere)).toEqual([
    's/g/Microsoft.Network/nm/base/web/block',
    'other/g/Microsoft.Network/nm/base/web/block',
  ]);
  expect(names(at('web'), at('web'))).toEqual(['block', 'block']);
  const { properties } = rule('', 9);
  const others = [rule(at('web'), 1, 'Outbound'), { name: 'block', properties }];
  expect(parseAdminRules([rule(at('db'), 2), others[0]]).map(({ name }) => name)).toEqual([
    'block',
    'block',
  ]);
  expect(parseAdminRules([rule(at('db'), 2), others[1]]).map(({ name }) => name)).toEqual([
    'db/block',
    'block',
  ]);
});
