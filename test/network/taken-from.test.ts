/** What rules take away from the packets that were asked about, rule by rule. */
import { expect, test } from 'vitest';
import { resourceId } from '../../shared/model/resource-id.ts';
import { hostAddress } from '../../shared/network/address-bounds.ts';
import { type RuleList, decide } from '../../shared/network/decide.ts';
import { parseAddressMatch } from '../../shared/network/parse-match.ts';
import { parseNetworkSecurityGroup } from '../../shared/network/parse-security-rule.ts';
import { noServiceTags } from '../../shared/network/service-tags.ts';
import { takenFrom } from '../../shared/network/taken-from.ts';
import { addressSet, uniteAddresses } from '../../shared/packets/address.ts';
import { describe as describePackets } from '../../shared/packets/describe.ts';
import { type WrittenRule, writtenGroup } from './written-group.ts';

const space = uniteAddresses(addressSet(['10.0.0.0/16']), hostAddress);

function taken(lists: readonly (readonly WrittenRule[])[], destination = '203.0.113.0/24') {
  const chain = lists.map((rules, index): RuleList => {
    const name = `nsg${index}`;
    const outbound = rules.map((rule) => ({ ...rule, direction: 'Outbound' as const }));
    const group = parseNetworkSecurityGroup(writtenGroup(name, ...outbound));
    return { kind: 'securityGroup', at: resourceId(`/${name}`), name, rules: group.rules };
  });
  const decision = decide(
    {
      direction: 'Outbound',
      protocols: ['Tcp'],
      source: parseAddressMatch('10.0.0.0/24'),
      sourcePorts: [],
      destination: parseAddressMatch(destination),
      destinationPorts: [],
    },
    chain,
    { serviceTags: noServiceTags, virtualNetwork: { atLeast: space, atMost: space } },
  );
  const text = (set: typeof decision.allowed) =>
    describePackets(set, decision.names)
      .map((box) => `${box.destinations.join()}:${box.destinationPorts.join()}`)
      .join(' ');
  return takenFrom(decision).map(
    ({ list, rule, certain, possible }) =>
      `${list.name} ${rule.name}: ${text(certain)} | ${text(possible)}`,
  );
}

const half = '203.0.113.0/25';

test.each<[string, readonly (readonly WrittenRule[])[], readonly string[]]>([
  ['no custom rule takes anything', [[]], []],
  ['an Allow takes nothing', [[{ at: 100, does: 'Allow' }]], []],
  [
    'a Deny takes what it matches',
    [[{ at: 100, does: 'Deny', to: half, port: '443' }]],
    [`nsg0 Deny-100: ${half}:443 | ${half}:443`],
  ],
  [
    'a later one takes what the first left',
    [
      [
        { at: 100, does: 'Deny', to: half },
        { at: 200, does: 'Deny', port: '443' },
      ],
    ],
    [
      `nsg0 Deny-100: ${half}:0-65535 | ${half}:0-65535`,
      'nsg0 Deny-200: 203.0.113.128/25:443 | 203.0.113.128/25:443',
    ],
  ],
  [
    'what is allowed before is not taken',
    [
      [
        { at: 100, does: 'Allow', to: half },
        { at: 200, does: 'Deny', port: '443' },
      ],
    ],
    ['nsg0 Deny-200: 203.0.113.128/25:443 | 203.0.113.128/25:443'],
  ],
  [
    'each list takes for itself',
    [[{ at: 100, does: 'Deny', to: half }], [{ at: 100, does: 'Deny', to: half, port: '443' }]],
    [
      `nsg0 Deny-100: ${half}:0-65535 | ${half}:0-65535`,
      `nsg1 Deny-100: ${half}:443 | ${half}:443`,
    ],
  ],
  [
    'an unresolved tag may take everything',
    [[{ at: 100, does: 'Deny', to: 'Sql' }]],
    ['nsg0 Deny-100:  | 203.0.113.0/24:0-65535'],
  ],
])('%s', (_, lists, expected) => {
  expect(taken(lists)).toEqual(expected);
});

test('a regional tag that may have no such address is not certainly taken from', () => {
  const rules: readonly WrittenRule[] = [{ at: 100, does: 'Deny', to: 'Sql.WestEurope' }];
  expect(taken([rules], 'Sql.WestEurope')).toEqual(['nsg0 Deny-100:  | Sql.WestEurope:0-65535']);
  expect(taken([rules.map((rule) => ({ ...rule, to: 'Sql' }))], 'Sql')).toEqual([
    'nsg0 Deny-100: Sql:0-65535 | Sql:0-65535',
  ]);
});

test('a list that was not read takes nothing that could be told', () => {
  const any = parseAddressMatch('*');
  const decision = decide(
    {
      direction: 'Outbound',
      protocols: [],
      source: any,
      sourcePorts: [],
      destination: any,
      destinationPorts: [],
    },
    [{ kind: 'unread', of: 'securityGroup', name: 'lost', missing: [] }],
    { serviceTags: noServiceTags },
  );
  expect(takenFrom(decision)).toEqual([]);
});
