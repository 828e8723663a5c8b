/** What lint says of ports and of breadth, word for word. */
import { expect, test } from 'vitest';
import { lintGroup } from '../../shared/network/lint.ts';
import { type WrittenRule, writtenGroup } from './written-group.ts';

const office = { name: 'Office', at: 900, does: 'Allow', from: '203.0.113.0/24' } as const;
const near = { does: 'Allow', from: '203.0.0.0/16' } as const;
const inside = { at: 100, does: 'Allow', to: '10.0.0.0/24' } as const;
const from = '203.0.113.1:49152 → 1.0.0.1';

/** All that is said but of conflicts. */
function said(rules: readonly WrittenRule[]): readonly string[] {
  return lintGroup({ nsg: writtenGroup('nsg', ...rules), vnet: ['10.0.0.0/16'] })
    .rows.filter(({ kind }) => kind !== 'conflict')
    .map(({ rule, says }) => `${rule}: ${says}`);
}

test.each<[string, readonly WrittenRule[], readonly string[]]>([
  [
    'one port of two, beside a rule that takes only some packets to the other',
    [
      { name: 'NoHttp', at: 100, does: 'Deny', port: '80' },
      { name: 'Half', at: 110, does: 'Deny', from: '203.0.113.0/25', port: '443' },
      { ...office, port: ['80', '443'] },
    ],
    [
      `Office: Its port 80 can never be reached: NoHttp (100) matches every packet to it first; for instance ${from}:80 Tcp is denied by NoHttp.`,
    ],
  ],
  [
    'two ports of three',
    [
      { ...near, name: 'Two', at: 100, port: ['80', '8080'] },
      { ...office, port: ['80', '443', '8080'] },
    ],
    [
      `Office: Its ports 80, 8080 can never be reached: Two (100) matches every packet to them first; for instance ${from}:80 Tcp is allowed by Two.`,
    ],
  ],
  [
    'the middle of a range, by two rules',
    [
      { ...near, name: 'Low', at: 100, port: '1000-1499' },
      { ...near, name: 'Mid', at: 110, port: '1500-1999' },
      { ...office, port: '900-2500' },
    ],
    [
      `Office: Its ports 1000-1999 can never be reached: Low (100) and Mid (110) match every packet to them first; for instance ${from}:1000 Tcp is allowed by Low.`,
    ],
  ],
  [
    'the end of a range',
    [
      { ...near, name: 'Low', at: 100, port: '2000-3000' },
      { ...office, port: '1000-2500' },
    ],
    [
      `Office: Its ports 2000-2500 can never be reached: Low (100) matches every packet to them first; for instance ${from}:2000 Tcp is allowed by Low.`,
    ],
  ],
  [
    'the last port of a range, behind rules in the order of priorities and not of ports',
    [
      { ...near, name: 'High', at: 100, port: '2500' },
      { ...near, name: 'Low', at: 110, port: '999-1000' },
      { ...office, port: '1000-2500' },
    ],
    [
      `Office: Its ports 1000, 2500 can never be reached: High (100) and Low (110) match every packet to them first; for instance ${from}:2500 Tcp is allowed by High.`,
    ],
  ],
  [
    'a port of a range behind another that is reached, cut where earlier rules end',
    [
      { name: 'Half', at: 100, does: 'Deny', from: '203.0.113.0/25', port: '30-49' },
      { ...near, name: 'Low', at: 110, port: '30-44' },
      { ...near, name: 'High', at: 120, port: '45-100' },
      { ...office, port: ['10-19', '40-49'] },
    ],
    [
      `Office: Its ports 40-49 can never be reached: Half (100), Low (110) and High (120) match every packet to them first; for instance ${from}:40 Tcp is denied by Half.`,
    ],
  ],
  [
    'two ports, of which one lies before a port that is reached',
    [
      { name: 'Half', at: 100, does: 'Deny', from: '203.0.113.0/25', port: ['81', '443'] },
      { ...near, name: 'Http', at: 110, port: '80' },
      { ...near, name: 'Rest', at: 120, port: '443' },
      { ...office, port: ['80-82', '443'] },
    ],
    [
      `Office: Its ports 80, 443 can never be reached: Half (100), Http (110) and Rest (120) match every packet to them first; for instance ${from}:443 Tcp is denied by Half.`,
    ],
  ],
  [
    'no port that some packets still reach',
    [
      { ...near, name: 'Some', from: '203.0.113.0/25', at: 100, does: 'Deny', port: '443' },
      { ...office, port: ['80', '443'] },
    ],
    [],
  ],
])('of %s', (_, rules, expected) => {
  expect(said(rules)).toEqual(expected);
});

const open = 'Open to the whole Internet:';
const example = 'for instance 1.0.0.1:49152 → 10.0.0.1';

test.each<[string, readonly WrittenRule[], readonly string[]]>([
  ['as many ports as one may open', [{ ...inside, port: '10000-11023' }], []],
  [
    'as many, with one of administration among them',
    [{ ...inside, name: 'Ssh', port: ['22', '10000-11022'] }],
    [`Ssh: ${open} port 22 (SSH); ${example}:22 Tcp.`],
  ],
  [
    'one port more',
    [{ ...inside, name: 'Many', port: '10000-11024' }],
    [`Many: ${open} 1025 ports; ${example}:10000 Tcp.`],
  ],
  ...(
    [
      ['22', 'SSH'],
      ['3389', 'RDP'],
      ['5985', 'WinRM'],
      ['5986', 'WinRM'],
    ] as const
  ).map(([port, name]): [string, WrittenRule[], string[]] => [
    `administration by ${name} at ${port}`,
    [{ ...inside, name: 'One', port }],
    [`One: ${open} port ${port} (${name}); ${example}:${port} Tcp.`],
  ]),
  [
    'two ports of administration among others',
    [{ ...inside, name: 'Both', protocol: 'Udp', port: ['80', '5985', '5986'] }],
    [`Both: ${open} ports 5985 (WinRM), 5986 (WinRM); ${example}:5985 Udp.`],
  ],
  [
    'every port and protocol',
    [{ ...inside, name: 'All', protocol: '*' }],
    [
      `All: ${open} every port, among them 22 (SSH), 3389 (RDP), 5985 (WinRM), 5986 (WinRM); ${example}:22 Tcp.`,
    ],
  ],
  ['a protocol without ports', [{ ...inside, protocol: 'Icmp' }], []],
  ['the way out', [{ at: 100, does: 'Allow', direction: 'Outbound', port: '22' }], []],
  [
    'what is closed',
    [
      { ...inside, at: 90, does: 'Deny', port: '22' },
      { ...inside, from: '203.0.113.0/24' },
    ],
    [],
  ],
  ['nearly everyone', [{ ...inside, from: ['0.0.0.0/1', '128.0.0.0/2'], port: '22' }], []],
  [
    'everyone but for some, of whom others are let in before',
    [
      { ...inside, name: 'Us', at: 90, from: '203.0.113.0/24', port: ['22', '443'] },
      { ...inside, name: 'NotThem', at: 95, does: 'Deny', from: '198.51.100.0/24', port: '22' },
      { ...inside, name: 'Ssh', port: '22' },
    ],
    [`Ssh: ${open} port 22 (SSH), less what NotThem (95) denies first; ${example}:22 Tcp.`],
  ],
])('of %s', (_, rules, expected) => {
  expect(said(rules)).toEqual(expected);
});

const elsewhere = '198.51.100.0/24';

test('an example of a port is one of the port that cannot be reached', () => {
  const rules: readonly WrittenRule[] = [
    { name: 'Both', at: 100, does: 'Deny', from: '203.0.113.0/25', port: ['80', '443'] },
    { name: 'Rest', at: 110, does: 'Deny', from: '203.0.113.128/25', port: '443' },
    { ...office, port: ['80', '443'] },
  ];
  expect(said(rules)).toEqual([
    `Office: Its port 443 can never be reached: Both (100) and Rest (110) match every packet to it first; for instance ${from}:443 Tcp is denied by Both.`,
  ]);
});

/** The rules that are said to make the rule `Office` needless. */
function needlessBy(rules: readonly WrittenRule[]): readonly string[] {
  return lintGroup({ nsg: writtenGroup('nsg', ...rules), vnet: ['10.0.0.0/16'] })
    .rows.filter(({ rule, kind }) => rule === 'Office' && kind === 'redundant')
    .flatMap(({ by }) => by);
}

test('a rule is redundant by those alone that some of its packets would come to', () => {
  const rules: readonly WrittenRule[] = [
    { name: 'Half', at: 100, does: 'Deny', from: '203.0.113.0/25' },
    { ...office, port: '443' },
    { name: 'Late', at: 910, does: 'Allow', from: ['203.0.113.0/25', elsewhere], port: '443' },
    { name: 'Last', at: 920, does: 'Allow', from: ['203.0.113.0/24', '9.9.9.0/24'], port: '443' },
  ];
  expect(needlessBy(rules)).toEqual(['Last']);
});

test('a rule is not needed for packets that earlier ones took', () => {
  const rules: readonly WrittenRule[] = [
    { name: 'Half', at: 100, does: 'Allow', from: '203.0.113.0/25', port: '443' },
    { ...office, does: 'Deny', port: '443' },
    { name: 'Late', at: 910, does: 'Allow', from: ['203.0.113.0/25', elsewhere], port: '443' },
  ];
  expect(needlessBy(rules)).toEqual(['DenyAllInBound']);
});

test('breadth is the doing of the rule alone', () => {
  const { rows } = lintGroup({ nsg: writtenGroup('nsg', { ...inside, port: '22' }) });
  expect(rows.map(({ kind, by }) => ({ kind, by }))).toEqual([{ kind: 'broad', by: [] }]);
});

/** What is said of the rule `Office`. */
function saidOfOffice(...rules: readonly WrittenRule[]): readonly string[] {
  return said(rules).filter((line) => line.startsWith('Office: '));
}

test("a rule is redundant by Azure's own rules only where no other is needed for it", () => {
  expect(saidOfOffice({ ...office, does: 'Deny' })).toEqual([
    `Office: It only repeats Azure's default rules: DenyAllInBound (65500) does the same with its packets; for instance 203.0.113.1:49152 → 1.0.0.1:443 Tcp is denied either way.`,
  ]);
  const more = ['203.0.113.0/25', '9.9.9.0/24'];
  const late: WrittenRule = { name: 'Late', at: 910, does: 'Deny', from: more };
  const wide: WrittenRule = { name: 'Wide', at: 920, does: 'Allow', from: [...more, elsewhere] };
  expect(saidOfOffice({ ...office, does: 'Deny' }, late, wide)).toEqual([
    `Office: Removing it changes nothing: Late (910) and DenyAllInBound (65500) do the same with its packets; for instance 203.0.113.1:49152 → 1.0.0.1:443 Tcp is denied either way.`,
  ]);
});

test('a redundant rule that perhaps matches nothing has no example', () => {
  expect(saidOfOffice({ ...office, does: 'Deny', from: 'Sql' })).toEqual([
    "Office: It only repeats Azure's default rules: DenyAllInBound (65500) does the same with its packets.",
  ]);
});
