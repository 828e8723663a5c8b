/** What lint finds in rules as people write them, and that it keeps still where nothing is odd. */
import { describe, expect, test } from 'vitest';
import { lintGroup } from '../../shared/network/lint.ts';
import { lintRules } from '../../shared/network/lint-rules.ts';
import { parseNetworkSecurityGroup } from '../../shared/network/parse-security-rule.ts';
import { noServiceTags } from '../../shared/network/service-tags.ts';
import { addressSet, realAddresses, uniteAddresses } from '../../shared/packets/address.ts';
import { type WrittenRule, writtenGroup } from './written-group.ts';

const office: WrittenRule = {
  name: 'Office',
  at: 100,
  does: 'Allow',
  from: '203.0.113.0/24',
  port: '443',
};

function lint(rules: readonly WrittenRule[], vnet: readonly string[] | null = ['10.0.0.0/16']) {
  return lintGroup({ nsg: writtenGroup('nsg', ...rules), vnet }).rows;
}

interface Case {
  readonly is: string;
  readonly rules: readonly WrittenRule[];
  /** `rule: kind by others`, in order. */
  readonly found: readonly string[];
  readonly says?: string;
}

const cases: readonly Case[] = [
  {
    is: 'one rule in another of the opposite access',
    rules: [office, { ...office, name: 'Never', at: 200, does: 'Deny', from: '203.0.113.7' }],
    found: ['Never: shadowed by Office'],
    says: 'Never decides a packet: Office (100) matches all of its packets first; for instance 203.0.113.7:49152 → 1.0.0.1:443 Tcp is allowed by Office.',
  },
  {
    is: 'one rule in two others together, neither alone',
    rules: [
      { ...office, name: 'Low', from: '203.0.113.0/25' },
      { ...office, name: 'High', at: 110, from: '203.0.113.128/25' },
      { ...office, name: 'Never', at: 200 },
    ],
    found: ['Never: shadowed by Low, High'],
    says: 'Low (100) and High (110) match all of its packets first, and alike',
  },
  {
    is: 'a protocol without ports, with ports',
    rules: [{ ...office, name: 'Ping', protocol: 'Icmp' }],
    found: ['Ping: shadowed by '],
    says: 'there is none that it could match',
  },
  {
    is: 'an exception before its rule, as priorities are meant',
    rules: [
      { name: 'NotThem', at: 100, does: 'Deny', from: '203.0.113.64/26', port: '443' },
      { ...office, at: 200 },
    ],
    found: [],
  },
  {
    is: 'a rule that a wider one behind it makes needless',
    rules: [
      { ...office, name: 'Needless', from: '203.0.113.7' },
      { ...office, at: 200 },
    ],
    found: ['Needless: redundant by Office'],
    says: 'Removing it changes nothing: Office (200) does the same with its packets; for instance 203.0.113.7:49152 → 1.0.0.1:443 Tcp is allowed either way.',
  },
  {
    is: 'a rule needed against one between it and the wider one',
    rules: [
      { ...office, name: 'Needed', from: '203.0.113.7' },
      { ...office, name: 'NotThem', at: 150, does: 'Deny', from: '203.0.113.0/26' },
      { ...office, at: 200 },
    ],
    found: [],
  },
  {
    is: 'twins: one goes, the other stays',
    rules: [office, { ...office, name: 'Twin', at: 110 }],
    found: ['Twin: shadowed by Office'],
  },
  {
    is: 'two rules of which either could go, but not both',
    rules: [
      { ...office, name: 'High', port: '150-250' },
      { ...office, name: 'Low', at: 110, port: '100-200' },
      { ...office, name: 'Rest', at: 120, port: ['100-149', '201-260'] },
    ],
    found: ['Low: redundant by Rest', 'Rest: unreachable-port by High'],
    says: 'Its ports 201-250 can never be reached',
  },
  {
    is: "what Azure's default rules do anyway",
    rules: [{ name: 'Closed', at: 4000, does: 'Deny', from: 'Internet', protocol: '*' }],
    found: ['Closed: redundant by DenyAllInBound'],
    says: "It only repeats Azure's default rules",
  },
  {
    is: 'a Deny of everything, which the network itself does not get past',
    rules: [{ name: 'Closed', at: 4000, does: 'Deny', protocol: '*' }],
    found: [],
  },
  {
    is: 'two rules that cross',
    rules: [
      { name: 'Callers', at: 100, does: 'Allow', from: '203.0.113.0/24', port: '443' },
      { name: 'NotThem', at: 200, does: 'Deny', from: '203.0.113.64/26', protocol: '*' },
      { name: 'Rest', at: 300, does: 'Allow', from: '203.0.113.0/24', port: '8443' },
    ],
    found: ['NotThem: conflict by Callers', 'Rest: conflict by NotThem'],
    says: 'for instance 203.0.113.65:49152 → 1.0.0.1:443 Tcp is allowed by Callers, and NotThem behind it would have it denied',
  },
  {
    is: 'two rules that would cross, were what they share not decided before both',
    rules: [
      { name: 'Shared', at: 90, does: 'Allow', from: '203.0.113.64/26', port: '443' },
      { name: 'Callers', at: 100, does: 'Allow', from: '203.0.113.0/24', port: '443' },
      { name: 'NotThem', at: 200, does: 'Deny', from: '203.0.113.64/26', protocol: '*' },
      { name: 'Rest', at: 300, does: 'Allow', from: '203.0.113.0/24', protocol: 'Udp' },
    ],
    // The rule before both is needless: the one behind it does the same.
    found: [
      'Shared: redundant by Callers',
      'NotThem: conflict by Callers',
      'Rest: conflict by NotThem',
    ],
  },
  {
    is: 'two rules that would cross, were what they share not denied before both',
    rules: [
      { name: 'First', at: 90, does: 'Deny', from: '203.0.113.64/26', port: '443' },
      { name: 'Callers', at: 100, does: 'Allow', from: '203.0.113.0/24', port: '443' },
      { name: 'NotThem', at: 200, does: 'Deny', from: '203.0.113.64/26', protocol: '*' },
      { name: 'Rest', at: 300, does: 'Allow', from: '203.0.113.0/24', protocol: 'Udp' },
    ],
    found: ['Rest: conflict by NotThem'],
  },
  {
    is: 'two rules that cross in more than what is denied before both',
    rules: [
      { name: 'First', at: 90, does: 'Deny', from: '203.0.113.64/27', port: '443' },
      { name: 'Callers', at: 100, does: 'Allow', from: '203.0.113.0/24', port: '443' },
      { name: 'NotThem', at: 200, does: 'Deny', from: '203.0.113.64/26', protocol: '*' },
      { name: 'Rest', at: 300, does: 'Allow', from: '203.0.113.0/24', protocol: 'Udp' },
    ],
    found: ['NotThem: conflict by Callers', 'Rest: conflict by NotThem'],
    says: 'for instance 203.0.113.97:49152 → 1.0.0.1:443 Tcp is allowed by Callers',
  },
  {
    is: 'a rule in two others that do not do the same',
    rules: [
      { ...office, name: 'Low', from: '203.0.113.0/25' },
      { ...office, name: 'High', at: 110, does: 'Deny', from: '203.0.113.128/25' },
      { ...office, name: 'Never', at: 200 },
    ],
    found: ['High: redundant by DenyAllInBound', 'Never: shadowed by Low, High'],
  },
  {
    is: 'a rule that two wider ones behind it make needless',
    rules: [
      { ...office, name: 'Needless', from: '203.0.113.0/24' },
      { ...office, name: 'Low', at: 200, from: '203.0.113.0/25', port: '400-500' },
      { ...office, name: 'High', at: 210, from: '203.0.113.128/25', port: '400-500' },
    ],
    found: ['Needless: redundant by Low, High'],
    says: 'Removing it changes nothing: Low (200) and High (210) do the same with its packets',
  },
  {
    is: 'a listed port that an earlier rule takes whole',
    rules: [
      { name: 'NoHttp', at: 100, does: 'Deny', port: '80' },
      { ...office, at: 200, port: ['80', '443'] },
    ],
    found: ['Office: conflict by NoHttp', 'Office: unreachable-port by NoHttp'],
    says: 'Its port 80 can never be reached: NoHttp (100) matches every packet to it first',
  },
  {
    is: 'ports of a range that earlier rules take whole',
    rules: [
      { name: 'Low', at: 100, does: 'Allow', from: '203.0.0.0/16', port: '1000-1999' },
      { ...office, at: 200, port: '1500-2500' },
    ],
    found: ['Office: unreachable-port by Low'],
    says: 'Its ports 1500-1999 can never be reached',
  },
  {
    is: 'every port for a protocol with an exception: nobody listed the port',
    rules: [
      { name: 'NoTelnet', at: 100, does: 'Deny', from: '203.0.113.0/24', port: '23' },
      { ...office, at: 200, port: '*' },
    ],
    found: [],
  },
  {
    is: 'administration from everywhere',
    rules: [{ name: 'Ssh', at: 100, does: 'Allow', to: '10.0.0.0/24', port: '22' }],
    found: ['Ssh: broad by '],
    says: 'Open to the whole Internet: port 22 (SSH); for instance 1.0.0.1:49152 → 10.0.0.1:22 Tcp.',
  },
  {
    is: 'everywhere in two halves, every port',
    rules: [{ name: 'All', at: 100, does: 'Allow', from: ['0.0.0.0/1', '128.0.0.0/1'] }],
    found: ['All: broad by '],
    says: 'every port, among them 22 (SSH), 3389 (RDP), 5985 (WinRM), 5986 (WinRM)',
  },
  {
    is: 'administration from everywhere but for what is denied first',
    rules: [
      { name: 'NotThem', at: 90, does: 'Deny', from: '203.0.113.0/24', port: '22' },
      { name: 'Ssh', at: 100, does: 'Allow', from: 'Internet', port: '22' },
    ],
    found: ['Ssh: broad by '],
    says: 'port 22 (SSH), less what NotThem (90) denies first',
  },
  {
    is: 'administration that is denied before: only the rest is open',
    rules: [
      { name: 'NoSsh', at: 90, does: 'Deny', port: '22' },
      { name: 'Web', at: 100, does: 'Allow', port: '*', to: '10.0.0.0/24' },
    ],
    found: ['Web: conflict by NoSsh', 'Web: broad by '],
    says: '65535 ports, among them 3389 (RDP)',
  },
  {
    is: 'a scoring endpoint that everybody may call',
    rules: [{ name: 'Scoring', at: 100, does: 'Allow', from: 'Internet', port: ['80', '443'] }],
    found: [],
  },
  {
    is: 'outbound to everywhere',
    rules: [{ name: 'Out', at: 100, does: 'Allow', direction: 'Outbound', from: '192.0.2.1' }],
    found: [],
  },
];

test.each(cases)('$is', ({ rules, found, says }) => {
  const rows = lint(rules);
  expect(rows.map(({ rule, kind, by }) => `${rule}: ${kind} by ${by.join(', ')}`)).toEqual(found);
  expect(rows.map((row) => row.says).join('\n')).toContain(says ?? '');
});

describe('unresolved names', () => {
  const tagged: WrittenRule = { name: 'Tag', at: 100, does: 'Deny', from: 'ApiManagement' };

  test('a rule that a tag perhaps shadows is not said to be', () => {
    expect(lint([tagged, { ...office, at: 200 }])).toEqual([]);
  });

  test('a rule that the same tag shadows is', () => {
    const first: WrittenRule = { ...tagged, does: 'Allow' };
    const again: WrittenRule = { ...tagged, name: 'Again', at: 200, port: '443' };
    expect(lint([first, again])).toMatchObject([{ rule: 'Again', kind: 'shadowed', by: ['Tag'] }]);
  });

  test('so is one for members of the same application security group', () => {
    const asg =
      '/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/applicationSecurityGroups/web';
    const rules: readonly WrittenRule[] = [
      { name: 'Web', at: 100, does: 'Allow', asg, port: ['80', '443'] },
      { name: 'Never', at: 200, does: 'Deny', asg, port: '80' },
    ];
    expect(lint(rules)).toMatchObject([{ rule: 'Never', kind: 'shadowed', by: ['Web'] }]);
  });

  test('a rule is needed that matters only for what is in two tags at once', () => {
    const rules: readonly WrittenRule[] = [
      { name: 'First', at: 100, does: 'Allow', from: 'ApiManagement' },
      { name: 'Second', at: 150, does: 'Deny', from: 'AzureCosmosDB', port: '9' },
      { name: 'Third', at: 160, does: 'Deny', from: 'AzureDevOps' },
      { name: 'Fourth', at: 170, does: 'Deny', from: 'AzureIoTHub', port: '10' },
      { name: 'All', at: 200, does: 'Allow' },
    ];
    expect(lint(rules).filter(({ kind }) => kind === 'redundant')).toEqual([]);
  });

  test('without the address space, everybody is still everybody', () => {
    const ssh: WrittenRule = { name: 'Ssh', at: 100, does: 'Allow', from: 'Internet', port: '22' };
    expect(lint([ssh], null)).toMatchObject([{ rule: 'Ssh', kind: 'broad' }]);
  });
});

test('a network that may be anywhere leaves the Internet where it is', () => {
  const ssh = writtenGroup('nsg', { at: 100, does: 'Allow', from: 'Internet', port: '22' });
  const found = lintRules(parseNetworkSecurityGroup(ssh).rules, {
    serviceTags: noServiceTags,
    virtualNetwork: { atLeast: addressSet(['10.0.0.0/16']), atMost: realAddresses },
  });
  expect(found.map(({ kind }) => kind)).toEqual(['broad']);
});

/** What is found where the network may also be 172.16.0.0/12. */
function lintInEither(...rules: readonly WrittenRule[]): readonly string[] {
  const small = addressSet(['10.0.0.0/16', 'fd00::/64']);
  return lintRules(parseNetworkSecurityGroup(writtenGroup('nsg', ...rules)).rules, {
    serviceTags: noServiceTags,
    virtualNetwork: {
      atLeast: small,
      atMost: uniteAddresses(small, addressSet(['172.16.0.0/12'])),
    },
  }).map(({ rule, kind, by }) => `${rule.name}: ${kind} by ${by.map(({ name }) => name).join()}`);
}

describe('an exception is no conflict', () => {
  const private4 = '10.0.0.0/16';
  const half = '203.0.113.0/25';
  test.each<[string, readonly WrittenRule[]]>([
    [
      'where the earlier rule holds the later in the network as small as it may be',
      [
        { name: 'First', at: 100, does: 'Deny', from: [private4, 'fd00::/64'], protocol: '*' },
        { name: 'Second', at: 200, does: 'Allow', from: 'VirtualNetwork' },
      ],
    ],
    [
      'where the later rule holds the earlier in the network as small as it may be',
      [
        { name: 'First', at: 100, does: 'Deny', from: 'VirtualNetwork', port: '443' },
        { name: 'Second', at: 200, does: 'Allow', from: [private4, 'fd00::/64'] },
      ],
    ],
    [
      'where the earlier rule has addresses of a family on one side only',
      [
        { name: 'First', at: 100, does: 'Deny', from: [half, '2603::/32'], to: '10.0.0.4' },
        { name: 'Second', at: 200, does: 'Allow', from: '203.0.113.0/24', to: '10.0.0.0/24' },
      ],
    ],
    [
      'or on the other',
      [
        { name: 'First', at: 100, does: 'Deny', from: half, to: ['10.0.1.0/24', 'fd00::/64'] },
        { name: 'Second', at: 200, does: 'Allow', from: '203.0.113.0/24', to: private4 },
      ],
    ],
  ])('%s', (_, rules) => {
    expect(lintInEither(...rules)).toEqual([]);
  });

  test('and two rules that cross in every network are one', () => {
    expect(
      lintInEither(
        { name: 'First', at: 100, does: 'Deny', from: 'VirtualNetwork', port: '443' },
        { name: 'Second', at: 200, does: 'Allow', from: '10.0.0.0/8' },
      ),
    ).toEqual(['Second: conflict by First']);
  });
});

test('a rule is redundant by all that would decide its packets, whatever a tag holds', () => {
  expect(
    lint([
      { ...office, name: 'Needless', from: '20.0.0.1' },
      { ...office, name: 'Tagged', at: 200, from: 'Sql', port: ['443', '444'] },
      { ...office, name: 'Last', at: 300, from: '20.0.0.0/8' },
    ]),
  ).toMatchObject([{ rule: 'Needless', kind: 'redundant', by: ['Tagged', 'Last'] }]);
});

test('a rule that covers another only in a network as large as it may be hides nothing behind it', () => {
  const group = writtenGroup(
    'nsg',
    { name: 'Network', at: 100, does: 'Deny', from: 'VirtualNetwork' },
    { name: 'Perhaps', at: 200, does: 'Allow', from: '172.16.0.1' },
    { name: 'All', at: 300, does: 'Allow' },
  );
  const small = addressSet(['10.0.0.0/16']);
  const found = lintRules(parseNetworkSecurityGroup(group).rules, {
    serviceTags: noServiceTags,
    virtualNetwork: {
      atLeast: small,
      atMost: uniteAddresses(small, addressSet(['172.16.0.0/12'])),
    },
  });
  expect(found).toContainEqual(
    expect.objectContaining({
      rule: expect.objectContaining({ name: 'Perhaps' }),
      kind: 'redundant',
      by: [expect.objectContaining({ name: 'All' })],
    }),
  );
});

test('of more names than can be told apart, none is said to hold what it perhaps holds', () => {
  const tags = Array.from({ length: 30 }, (_, index) => `Tag${index}`);
  const rules = tags.map((tag, index): WrittenRule => ({
    at: 100 + index,
    does: 'Deny',
    from: tag,
    to: tag,
  }));
  const last: WrittenRule = {
    name: 'Last',
    at: 900,
    does: 'Allow',
    from: 'Internet',
    to: 'Internet',
  };
  expect(lint([...rules, last]).filter(({ rule }) => rule === 'Last')).toEqual([]);
  const all: WrittenRule = { name: 'All', at: 99, does: 'Allow', protocol: '*' };
  expect(lint([all, ...rules])).toHaveLength(tags.length + 1);
});

test.each<readonly [is: string, rules: readonly WrittenRule[], says: string]>([
  [
    'none where each may be in an unresolved tag or not',
    [
      { name: 'Open', at: 100, does: 'Allow', from: 'Sql' },
      { name: 'Closed', at: 110, does: 'Deny' },
      { ...office, name: 'Never', at: 200 },
    ],
    'Open (100) and Closed (110) match all of its packets first.',
  ],
  [
    'one with the name of the tag where only that is certain',
    [
      { name: 'First', at: 100, does: 'Allow', from: 'Sql', port: '443' },
      { name: 'Never', at: 200, does: 'Allow', from: 'Sql', port: '443' },
    ],
    'for instance Sql:49152 → 0.0.0.1:443 Tcp is allowed by First.',
  ],
  [
    'none where nobody knows the members of a group',
    [
      { name: 'First', at: 100, does: 'Allow', asg: '/groups/web', port: '443' },
      { name: 'Never', at: 200, does: 'Allow', asg: '/groups/web', port: '443' },
    ],
    'First (100) matches all of its packets first, and alike.',
  ],
  [
    'of an unreachable port too',
    [
      { name: 'Open', at: 100, does: 'Allow', from: 'Sql', port: '443' },
      { name: 'Closed', at: 110, does: 'Deny', port: '443' },
      { name: 'Never', at: 200, does: 'Allow', port: ['80', '443'] },
    ],
    'for instance Sql:49152 → 0.0.0.1:443 Tcp is allowed by Open.',
  ],
])('the packet that shows it is certain: %s', (_, rules, says) => {
  const row = lint(rules).find(({ rule }) => rule === 'Never');
  expect(row?.says.slice(-says.length)).toBe(says);
});

test('rows have the four fixed members', () => {
  const [row] = lint([office, { ...office, name: 'Twin', at: 110 }]);
  expect(Object.keys(row ?? {}).toSorted()).toEqual(['by', 'kind', 'rule', 'says']);
});

test('the order in which a file lists its rules does not matter', () => {
  for (const { rules } of cases) {
    expect(lint(rules.toReversed())).toEqual(lint(rules));
  }
});
