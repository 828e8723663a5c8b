/** What an explanation says of each list of rules on the way, and which questions it refuses. */
import { describe, expect, test } from 'vitest';
import { type ExplainQuery, explain, explainInFull, listed } from '../../shared/network/explain.ts';
import { noPackets } from '../../shared/packets/packet-set.ts';
import { TooComplexError } from '../../shared/packets/work.ts';
import { type WrittenRule, writtenGroup } from './written-group.ts';

const query: ExplainQuery['query'] = {
  direction: 'inbound',
  protocol: 'tcp',
  source: '203.0.113.0/24',
  destination: '10.0.0.4',
  port: '443',
};

function admin(access: 'Allow' | 'AlwaysAllow' | 'Deny', from: string, priority = 1) {
  return {
    name: `${access}-${from}`,
    kind: 'Custom',
    properties: {
      direction: 'Inbound',
      access,
      priority,
      protocol: 'Tcp',
      sources: [{ addressPrefix: from, addressPrefixType: 'IPPrefix' }],
      destinations: [{ addressPrefix: '*', addressPrefixType: 'IPPrefix' }],
      sourcePortRanges: ['0-65535'],
      destinationPortRanges: ['0-65535'],
    },
  };
}

interface Asked extends Partial<Omit<ExplainQuery, 'query' | 'nsg' | 'nicNsg'>> {
  readonly subnet?: readonly WrittenRule[];
  readonly node?: readonly WrittenRule[];
  readonly query?: Partial<ExplainQuery['query']>;
}

const open: WrittenRule = { name: 'Open', at: 100, does: 'Allow' };
const shut: WrittenRule = { name: 'Shut', at: 100, does: 'Deny' };
const half = '203.0.113.0/25';
const otherHalf = '203.0.113.128/25';

function asked({ subnet = [open], node, query: changes, ...more }: Asked) {
  return explainInFull({
    nsg: writtenGroup('subnet-nsg', ...subnet),
    ...(node === undefined ? {} : { nicNsg: writtenGroup('node-nsg', ...node) }),
    vnet: ['10.0.0.0/16'],
    ...more,
    query: { ...query, ...changes },
  });
}

/** Each hop: where, what it does with what comes to it, and by which rules. */
function hops(input: Asked): readonly string[] {
  return asked(input)
    .hops()
    .map(
      ({ place, name, answer, rules }) =>
        `${place} ${name}: ${answer ?? 'none comes'} by ${rules.map((rule) => rule.name).join(', ')}`,
    );
}

const outbound: WrittenRule = { ...open, direction: 'Outbound', from: '10.0.0.4' };
const leaving = { direction: 'outbound', source: '10.0.0.4', destination: '203.0.113.7' };

describe('each list of rules on the way', () => {
  test.each<[string, Asked, readonly string[]]>([
    ['one that allows', {}, ['subnet subnet-nsg: allowed by Open']],
    ['one that denies', { subnet: [shut] }, ['subnet subnet-nsg: denied by Shut']],
    [
      'one that does both',
      {
        subnet: [
          { ...shut, from: half },
          { ...open, at: 200 },
        ],
      },
      ['subnet subnet-nsg: partial by Shut, Open'],
    ],
    [
      'one that perhaps denies',
      {
        subnet: [
          { ...shut, from: 'ApiManagement' },
          { ...open, at: 200 },
        ],
      },
      ['subnet subnet-nsg: unknown by Shut, Open'],
    ],
    [
      'one that perhaps allows',
      {
        subnet: [
          { ...open, from: 'ApiManagement' },
          { ...shut, at: 200 },
        ],
      },
      ['subnet subnet-nsg: unknown by Open, Shut'],
    ],
    [
      'one that certainly denies some and perhaps allows the rest',
      {
        subnet: [
          { ...shut, name: 'Half', at: 90, from: half },
          { ...open, from: 'ApiManagement' },
          { ...shut, at: 200 },
        ],
      },
      ['subnet subnet-nsg: unknown by Half, Open, Shut'],
    ],
    [
      'one that certainly allows some and perhaps denies the rest',
      {
        subnet: [
          { ...open, name: 'Half', at: 90, from: half },
          { ...shut, from: 'ApiManagement' },
          { ...open, at: 200 },
        ],
      },
      ['subnet subnet-nsg: unknown by Half, Shut, Open'],
    ],
    [
      'one that certainly does both, and perhaps either with more',
      {
        subnet: [
          { ...open, name: 'Some', at: 80, from: '203.0.113.0/26' },
          { ...shut, name: 'Half', at: 90, from: half },
          { ...open, from: 'ApiManagement' },
          { ...shut, at: 200 },
        ],
      },
      ['subnet subnet-nsg: partial by Some, Half, Open, Shut'],
    ],
    [
      'inbound the subnet first, then the node',
      {
        node: [
          { ...shut, from: half },
          { ...open, at: 200 },
        ],
      },
      ['subnet subnet-nsg: allowed by Open', 'node node-nsg: partial by Shut, Open'],
    ],
    [
      'outbound the node first, then the subnet',
      { subnet: [outbound], node: [outbound], query: leaving },
      ['node node-nsg: allowed by Open', 'subnet subnet-nsg: allowed by Open'],
    ],
    [
      'admin rules before them, of which none matches',
      { adminRules: [admin('Deny', '198.51.100.0/24')] },
      ['admin security admin rules: allowed by ', 'subnet subnet-nsg: allowed by Open'],
    ],
    [
      'admin rules that deny all, so that nothing comes to the rest',
      { adminRules: [admin('Deny', '*')] },
      ['admin security admin rules: denied by Deny-*', 'subnet subnet-nsg: none comes by '],
    ],
    [
      'admin rules that deny some and pass the rest on',
      { adminRules: [admin('Deny', half)] },
      [`admin security admin rules: partial by Deny-${half}`, 'subnet subnet-nsg: allowed by Open'],
    ],
    [
      'admin rules that deny some and allow the rest',
      { adminRules: [admin('Deny', half), admin('Allow', otherHalf, 2)] },
      [
        `admin security admin rules: partial by Deny-${half}, Allow-${otherHalf}`,
        'subnet subnet-nsg: allowed by Open',
      ],
    ],
    [
      'admin rules that always allow, so that nothing comes to the rest',
      { subnet: [shut], adminRules: [admin('AlwaysAllow', '*')] },
      ['admin security admin rules: allowed by AlwaysAllow-*', 'subnet subnet-nsg: none comes by '],
    ],
  ])('%s', (_, input, expected) => {
    expect(hops(input)).toEqual(expected);
  });
});

test('the deciding rules are told with their list, access and priority', () => {
  const { decidedBy } = asked({ node: [shut], adminRules: [admin('Allow', half)] }).answer;
  expect(decidedBy).toEqual([
    { nsg: 'security admin rules', rule: `Allow-${half}`, access: 'Allow', priority: 1 },
    { nsg: 'subnet-nsg', rule: 'Open', access: 'Allow', priority: 100 },
    { nsg: 'node-nsg', rule: 'Shut', access: 'Deny', priority: 100 },
  ]);
});

describe('what becomes of the packets', () => {
  const torn: readonly WrittenRule[] = [
    { ...shut, from: half },
    { ...open, at: 200, from: '203.0.113.128/26' },
    { ...shut, name: 'Perhaps', at: 300, from: 'ApiManagement' },
    { ...open, name: 'Rest', at: 400 },
  ];

  test('is told in boxes, and in lines for a person', () => {
    const { answer, texts } = asked({ subnet: torn });
    expect(answer.verdict).toBe('partial');
    const sources = (part: 'allowed' | 'denied' | 'unknown') =>
      answer[part].map((box) => box.sources);
    expect(sources('denied')).toEqual([[half]]);
    expect(sources('allowed')).toEqual([['203.0.113.128/26']]);
    expect(sources('unknown')).toEqual([['203.0.113.192/26']]);
    expect(answer).not.toHaveProperty('reason');
    expect(answer).not.toHaveProperty('unlisted');
    const lines = texts(10);
    expect(JSON.stringify(lines.denied)).toContain(half);
    expect(JSON.stringify(lines.allowed)).toContain('203.0.113.128/26');
    expect(JSON.stringify(lines.unknown)).toContain('203.0.113.192/26');
  });

  test('is told to a person by the names that the rules use', () => {
    const { texts } = asked({
      subnet: [{ ...open, from: 'Sql' }],
      serviceTags: { values: [{ name: 'Sql', properties: { addressPrefixes: [half] } }] },
    });
    expect(JSON.stringify(texts(10).allowed)).toContain('Sql');
  });

  test('has a witness of either kind, which goes the asked way', () => {
    const { witness } = asked({ subnet: torn }).answer;
    expect(witness).toMatchObject({
      allowed: { direction: 'inbound', source: '203.0.113.129', destination: '10.0.0.4' },
      denied: { direction: 'inbound', source: '203.0.113.1', destination: '10.0.0.4' },
    });
    expect(asked({}).answer.witness.denied).toBeNull();
    expect(asked({ subnet: [shut] }).answer.witness.allowed).toBeNull();
    const out = asked({ subnet: [outbound], query: leaving }).answer.witness;
    expect(out.allowed).toMatchObject({ direction: 'outbound', source: '10.0.0.4' });
  });
});

describe('what is not told', () => {
  const told: Parameters<typeof listed>[0] = {
    allowed: noPackets,
    denied: noPackets,
    undecided: noPackets,
    names: { entries: () => [] },
    isComplete: true,
  };
  const tooMany = new Proxy(noPackets, {
    get() {
      throw new TooComplexError('too complex');
    },
  });

  test.each([['allowed'], ['denied'], ['unknown']] as const)(
    'is named where there are too many boxes of %s packets',
    (part) => {
      const set = part === 'unknown' ? 'undecided' : part;
      const nothing = { allowed: [], denied: [], unknown: [] };
      expect(listed({ ...told, [set]: tooMany })).toEqual({ ...nothing, unlisted: [part] });
      expect(listed(told)).toEqual(nothing);
    },
  );

  test('has its reason where the rules are too complex', () => {
    expect(listed({ ...told, isComplete: false }).reason).toMatch(/^too complex: /);
  });
});

describe('a question', () => {
  const nsg = writtenGroup('nsg', open);
  const ask = (changes: object, more: object = {}) =>
    explain({ nsg, vnet: ['10.0.0.0/16'], ...more, query: { ...query, ...changes } });

  test('may be written with capitals and blanks', () => {
    expect(ask({ direction: ' Inbound ', protocol: 'TCP' })).toEqual(ask({}));
    expect(ask(leaving)).toEqual(ask({ ...leaving, direction: 'OUTBOUND' }));
  });

  test('restricts ports on both sides, or neither', () => {
    const web = writtenGroup('web', { ...open, port: '443' });
    const verdict = (changes: object) => ask(changes, { nsg: web }).verdict;
    expect(verdict({ port: '443' })).toBe('allowed');
    expect(verdict({ port: 443 })).toBe('allowed');
    expect(verdict({ port: '442-443' })).toBe('partial');
    expect(verdict({ port: 'any' })).toBe('partial');
    expect(ask({ sourcePort: '1000-1999' }).allowed).toMatchObject([
      { sourcePorts: ['1000-1999'], destinationPorts: ['443'] },
    ]);
    expect(ask({ sourcePort: 1000 }).allowed).toMatchObject([{ sourcePorts: ['1000'] }]);
    expect(ask({}).allowed).toMatchObject([{ sourcePorts: ['0-65535'] }]);
  });

  test('of every protocol is also of those without ports', () => {
    const verdict = (protocol: string) =>
      ask({ protocol, port: 'any' }, { nsg: writtenGroup('nsg', open) }).verdict;
    expect(verdict('any')).toBe('partial');
    expect(verdict('tcp')).toBe('allowed');
    expect(verdict('icmp')).toBe('denied');
  });

  test.each(['icmp', 'esp', 'ah'])('of %s needs no port', (protocol) => {
    const every = writtenGroup('nsg', { ...open, protocol: '*' });
    expect(ask({ protocol, port: undefined }, { nsg: every }).verdict).toBe('allowed');
  });

  test.each<[object, object, string]>([
    [{ port: undefined }, {}, 'port: absent; write any for all'],
    [{ port: undefined, protocol: 'udp' }, {}, 'port: absent'],
    [{ port: undefined, protocol: 'any' }, {}, 'port: absent'],
    [{ port: '0x50' }, {}, 'port: '],
    [{ sourcePort: 'http' }, {}, 'sourcePort: '],
    [{ protocol: 'sctp' }, {}, 'protocol: '],
    [{ source: '10.0.0.0/33' }, {}, 'source: '],
    [{ destination: '10.0.0.0/33' }, {}, 'destination: '],
    [{ direction: 'sideways' }, {}, "direction: 'sideways' is no direction"],
    [{ ports: '443' }, {}, 'query.ports is no key; write one of direction, protocol, source'],
    [{}, { nsgs: [] }, 'nsgs is no key; write one of nsg, nicNsg'],
    [
      { source: '2001:db8::1' },
      {},
      'no packet goes from 2001:db8::1 to 10.0.0.4; they are of different address families',
    ],
    [{}, { nicNsg: {} }, 'nicNsg'],
  ])('%j %j is refused', (changes, more, message) => {
    expect(() => ask(changes, more)).toThrow(RangeError);
    expect(() => ask(changes, more)).toThrow(message);
  });
});
