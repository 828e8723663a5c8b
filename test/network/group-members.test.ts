/** What rules for application security groups decide, by how much is known of their members. */
import { expect, test } from 'vitest';
import { resourceId } from '../../shared/model/resource-id.ts';
import { hostAddress } from '../../shared/network/address-bounds.ts';
import { decide } from '../../shared/network/decide.ts';
import { diffRules } from '../../shared/network/diff-rules.ts';
import type { MemberBounds } from '../../shared/network/group-members.ts';
import { knownAddresses } from '../../shared/network/known-addresses.ts';
import { lintRules } from '../../shared/network/lint-rules.ts';
import { parseAddressMatch } from '../../shared/network/parse-match.ts';
import { parseNetworkSecurityGroup } from '../../shared/network/parse-security-rule.ts';
import { noServiceTags } from '../../shared/network/service-tags.ts';
import { addressSet, noAddresses, uniteAddresses } from '../../shared/packets/address.ts';
import { type WrittenRule, writtenGroup } from './written-group.ts';

const web =
  '/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/applicationSecurityGroups/web';
const space = uniteAddresses(addressSet(['10.0.0.0/16']), hostAddress);

function surroundings(members: MemberBounds | undefined, isSpaceKnown = true) {
  return {
    serviceTags: noServiceTags,
    ...(isSpaceKnown ? { virtualNetwork: { atLeast: space, atMost: space } } : {}),
    ...(members === undefined
      ? {}
      : {
          groupMembers: {
            of: (group: string): MemberBounds =>
              group === resourceId(web) ? members : { atLeast: noAddresses, atMost: noAddresses },
          },
        }),
  };
}

function rules(...written: readonly WrittenRule[]) {
  return parseNetworkSecurityGroup(writtenGroup('nsg', ...written)).rules;
}

const exactly = (...prefixes: readonly string[]): MemberBounds => ({
  atLeast: addressSet(prefixes),
  atMost: addressSet(prefixes),
});
const atMost = (...prefixes: readonly string[]): MemberBounds => ({
  atLeast: noAddresses,
  atMost: addressSet(prefixes),
});

test.each<[string, MemberBounds | undefined, Readonly<Record<string, string>>]>([
  ['nothing', undefined, { '10.0.0.4': 'unknown', '10.0.9.9': 'unknown', '203.0.113.9': 'denied' }],
  ['everything', exactly('10.0.0.4'), { '10.0.0.4': 'allowed', '10.0.9.9': 'denied' }],
  [
    'that they are in a subnet',
    atMost('10.0.0.0/24'),
    { '10.0.0.4': 'unknown', '10.0.9.9': 'denied' },
  ],
  [
    'some of them',
    { atLeast: addressSet(['10.0.0.4']), atMost: undefined },
    { '10.0.0.4': 'allowed', '10.0.9.9': 'unknown', '203.0.113.9': 'denied' },
  ],
  [
    'one that is not where the network is known to be',
    { atLeast: addressSet(['192.0.2.4']), atMost: undefined },
    { '192.0.2.4': 'allowed', '10.0.9.9': 'unknown' },
  ],
  ['that there are none', exactly(), { '10.0.0.4': 'denied' }],
])('where %s is known of the members', (_, members, answers) => {
  const list = rules(
    { at: 100, does: 'Allow', asg: web, port: '443' },
    { at: 4000, does: 'Deny', protocol: '*' },
  );
  const found = Object.keys(answers).map((source) => {
    const { answer } = decide(
      {
        direction: 'Inbound',
        protocols: ['Tcp'],
        source: parseAddressMatch(source),
        sourcePorts: [],
        destination: parseAddressMatch('10.0.1.1'),
        destinationPorts: [{ from: 443, to: 443 }],
      },
      [{ kind: 'securityGroup', at: resourceId('/nsg'), name: 'nsg', rules: list }],
      surroundings(members),
    );
    return [source, answer];
  });
  expect(Object.fromEntries(found)).toEqual(answers);
});

test('a group whose members are known is their addresses: the rule may be written either way', () => {
  const byGroup = rules({ at: 100, does: 'Deny', asg: web });
  const byAddress = rules({ at: 100, does: 'Deny', from: ['10.0.0.4', '10.0.0.5'] });
  for (const isSpaceKnown of [true, false]) {
    const { newlyAllowed, newlyDenied, inDoubt } = diffRules(
      byGroup,
      byAddress,
      'Inbound',
      surroundings(exactly('10.0.0.4', '10.0.0.5'), isSpaceKnown),
    );
    const changes = [newlyAllowed, newlyDenied].flatMap((one) => [one.certain, one.perhaps]);
    expect(changes.map((change) => change.isEmpty())).toEqual([true, true, true, true]);
    expect(inDoubt).toEqual([]);
  }
});

test('a rule for members that an earlier prefix holds is shadowed', () => {
  const list = rules(
    { name: 'Subnet', at: 100, does: 'Allow', from: '10.0.0.0/24' },
    { name: 'Never', at: 200, does: 'Deny', asg: web },
  );
  const found = (members: MemberBounds | undefined) =>
    lintRules(list, surroundings(members))
      .filter(({ kind }) => kind === 'shadowed')
      .map(({ rule }) => rule.name);
  expect(found(atMost('10.0.0.0/25'))).toEqual(['Never']);
  expect(found(atMost('10.0.0.0/23'))).toEqual([]);
  expect(found(undefined)).toEqual([]);
});

test('text calls a set by the name of a group only where it is exactly the group', () => {
  const list = rules({ at: 100, does: 'Allow', asg: web });
  const namesOf = (members: MemberBounds) =>
    knownAddresses(list, surroundings(members)).map(({ name }) => name);
  expect(namesOf(exactly('10.0.0.4'))).toContain('web');
  expect(namesOf(atMost('10.0.0.0/24'))).not.toContain('web');
});
