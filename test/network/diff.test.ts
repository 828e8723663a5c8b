/** What a change of a network security group lets through and keeps out, as people and programs read it. */
import { describe, expect, test } from 'vitest';
import { type DiffQuery, diffGroups } from '../../shared/network/diff.ts';
import { type WrittenRule, writtenGroup } from './written-group.ts';

const vnet = ['10.0.0.0/16'];
const nothing = { newlyAllowed: [], newlyDenied: [], perhapsAllowed: [], perhapsDenied: [] };

function diff(
  before: readonly WrittenRule[],
  after: readonly WrittenRule[],
  more: Partial<DiffQuery> = {},
) {
  return diffGroups({
    before: writtenGroup('before', ...before),
    after: writtenGroup('after', ...after),
    vnet,
    ...more,
  });
}

function lines(found: ReturnType<typeof diff>): readonly string[] {
  return found
    .texts(20)
    .flatMap(({ direction, access, isCertain, packets }) =>
      packets.lines.map((line) => `${direction} ${isCertain ? '' : 'perhaps '}${access}: ${line}`),
    );
}

const scoring: WrittenRule = { at: 100, does: 'Allow', from: '203.0.113.0/24', port: '443' };

describe('a change without effect is proven to be none', () => {
  test.each<[string, readonly WrittenRule[], readonly WrittenRule[]]>([
    ['the same rules', [scoring], [scoring]],
    ['another name and priority', [scoring], [{ ...scoring, at: 300, name: 'other' }]],
    [
      'a prefix in halves',
      [scoring],
      [{ ...scoring, from: ['203.0.113.0/25', '203.0.113.128/25'] }],
    ],
    [
      'a rule in two',
      [{ ...scoring, port: ['443', '8443'] }],
      [scoring, { ...scoring, at: 110, port: '8443' }],
    ],
    ['a shadowed rule less', [scoring, { ...scoring, at: 200, does: 'Deny' }], [scoring]],
    [
      'the order of two rules that do not meet',
      [scoring, { at: 110, does: 'Deny', from: '198.51.100.0/24' }],
      [{ at: 90, does: 'Deny', from: '198.51.100.0/24' }, scoring],
    ],
    [
      'an explicit deny where the default rules deny',
      [scoring],
      [scoring, { at: 4000, does: 'Deny', from: 'Internet', protocol: '*' }],
    ],
    [
      'a change behind an unresolved tag, the same on both sides',
      [
        { at: 100, does: 'Deny', from: 'ApiManagement' },
        { ...scoring, at: 200 },
      ],
      [
        { at: 100, does: 'Deny', from: 'ApiManagement' },
        { ...scoring, at: 300 },
      ],
    ],
  ])('%s', (_, before, after) => {
    const { answer } = diff(before, after);
    expect(answer).toEqual({
      equivalent: true,
      verdict: 'equivalent',
      inbound: nothing,
      outbound: nothing,
      unresolved: [],
    });
  });
});

test('what is opened and what is closed stand apart, as boxes of the fixed form', () => {
  const { answer } = diff(
    [scoring],
    [
      { ...scoring, from: '203.0.113.0/25' },
      { ...scoring, at: 110, from: '198.51.100.7' },
    ],
  );
  expect(answer).toMatchObject({
    equivalent: false,
    verdict: 'different',
    inbound: {
      newlyAllowed: [
        {
          protocols: ['Tcp'],
          sources: ['198.51.100.7/32'],
          sourcePorts: ['0-65535'],
          destinations: ['0.0.0.0/0'],
          destinationPorts: ['443'],
        },
      ],
      newlyDenied: [{ sources: ['203.0.113.128/25'], destinationPorts: ['443'] }],
    },
    outbound: nothing,
  });
});

describe('unresolved names', () => {
  const toStorage: WrittenRule = {
    at: 100,
    does: 'Allow',
    direction: 'Outbound',
    from: '10.0.0.0/24',
    to: 'Storage',
    port: '443',
  };
  const closed: WrittenRule = { at: 4000, does: 'Deny', direction: 'Outbound', protocol: '*' };

  test('without a list, an opened tag is opened by its name, its addresses perhaps', () => {
    const found = diff([closed], [toStorage, closed]);
    expect(lines(found)).toEqual([
      'outbound Allow: Tcp: 10.0.0.0/24 → Storage, port 443',
      'outbound perhaps Allow: Tcp: 10.0.0.0/24 → Internet, port 443',
    ]);
    expect(found.answer).toMatchObject({
      verdict: 'different',
      unresolved: ['service tag Storage'],
      outbound: { newlyAllowed: [{ destinations: ['Storage'] }] },
    });
  });

  test('with a list it is its addresses, by the name in the rule', () => {
    const serviceTags = {
      values: [{ name: 'Storage', properties: { addressPrefixes: ['20.60.0.0/16'] } }],
    };
    const found = diff([closed], [toStorage, closed], { serviceTags });
    expect(lines(found)).toEqual(['outbound Allow: Tcp: 10.0.0.0/24 → Storage, port 443']);
    expect(found.answer).toMatchObject({
      unresolved: [],
      outbound: { newlyAllowed: [{ destinations: ['20.60.0.0/16'] }], perhapsAllowed: [] },
    });
  });

  test('one port more for members of a group changes nothing for the port they had', () => {
    const asg =
      '/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/applicationSecurityGroups/web';
    const toWeb: WrittenRule = { at: 100, does: 'Allow', asg, to: '20.1.2.3', port: '443' };
    const { answer } = diff([toWeb], [{ ...toWeb, port: ['443', '8443'] }]);
    expect(answer.inbound).toMatchObject({
      newlyAllowed: [],
      perhapsAllowed: [{ sources: ['10.0.0.0/16'], destinationPorts: ['8443'] }],
      newlyDenied: [],
      perhapsDenied: [],
    });
    expect(answer).toMatchObject({
      equivalent: false,
      verdict: 'unknown',
      unresolved: ['the members of application security group web'],
    });
  });

  test('where the address space is not known, what depends on it is perhaps', () => {
    const { answer } = diff([], [{ at: 100, does: 'Allow', from: '10.0.0.0/24', port: '443' }], {
      vnet: null,
    });
    expect(answer).toMatchObject({
      equivalent: false,
      verdict: 'unknown',
      unresolved: ['the extent of VirtualNetwork'],
    });
  });
});

test('a change is told with a packet that people meet', () => {
  const found = diff([], [{ at: 100, does: 'Allow', port: '22' }]);
  expect(found.texts(20)).toMatchObject([
    { witness: { source: '1.0.0.1', destinationPort: 22, protocol: 'Tcp' } },
  ]);
  expect(found.changed.map(({ rule, isIn }) => `${isIn} ${rule.name}`)).toEqual([
    'after Allow-100',
  ]);
});

test('a rule that both have is no changed rule, wherever it moved to', () => {
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name, index): WrittenRule => ({
    name,
    at: 100 + index,
    does: 'Allow',
    port: String(1000 + index),
  }));
  if (a === undefined || b === undefined || c === undefined || d === undefined) throw new Error();
  const changed = diff([a, b, c], [{ ...b, at: 10 }, c, d]).changed;
  expect(changed.map(({ rule, isIn }) => `${isIn} ${rule.name}`)).toEqual(['before a', 'after d']);
  const added = diff([b, c], [a, b, d, c]).changed;
  expect(added.map(({ rule, isIn }) => `${isIn} ${rule.name}`)).toEqual(['after a', 'after d']);
});

test.each<[string, Partial<DiffQuery>, string]>([
  ['a file that is no group', { after: [] }, 'after: network security group: [] is no object'],
  [
    'a rule that is not understood',
    { before: writtenGroup('g', { at: 100, does: 'Allow', port: '80-22' }) },
    'before: security rule "Allow-100": destinationPortRange: \'80-22\' is no port or port range',
  ],
  ['an address space that is none', { vnet: ['ten'] }, 'vnet: Not an address, prefix or range'],
])('refuses %s', (_, more, says) => {
  expect(() => diff([], [], more)).toThrow(RangeError);
  expect(() => diff([], [], more)).toThrow(says);
});

test('a change for addresses of one family says nothing of the other', () => {
  const six = (from: string): WrittenRule => ({ ...scoring, from });
  const { answer } = diff(
    [six('2603:1000::/24')],
    [six('2603:1000::/25'), scoring].map((rule, index) => ({ ...rule, at: 100 + index })),
  );
  expect(answer.inbound.newlyDenied.map(({ sources }) => sources)).toEqual([['2603:1080::/25']]);
  expect(answer.inbound.newlyAllowed.map(({ sources }) => sources)).toEqual([['203.0.113.0/24']]);
  expect(answer.verdict).toBe('different');
});

describe('what a change depends on', () => {
  const publicly = '20.0.0.0/8';

  test('is looked at for each changed rule by the names that its own packets meet', () => {
    const denied: readonly WrittenRule[] = [
      { at: 100, does: 'Deny', from: 'ApiManagement', port: '80' },
      { at: 110, does: 'Deny', from: 'AzureCosmosDB', port: '443' },
    ];
    const opened: readonly WrittenRule[] = [
      { at: 200, does: 'Allow', from: publicly, port: '80' },
      { at: 210, does: 'Allow', from: publicly, port: '443' },
    ];
    expect(lines(diff(denied, [...denied, ...opened]))).toEqual([
      `inbound perhaps Allow: Tcp: ${publicly} → any, ports 80, 443`,
    ]);
  });

  test('may be two names at once', () => {
    // Closed for addresses in both of them alone: all others fare alike, or are opened.
    const found = diff(
      [
        { at: 100, does: 'Allow', from: 'ApiManagement' },
        { at: 200, does: 'Deny', from: 'AzureCosmosDB', port: '9' },
        { at: 300, does: 'Deny', from: 'AzureIoTHub', port: '10' },
      ],
      [
        { at: 100, does: 'Deny', from: 'AzureDevOps' },
        { at: 110, does: 'Allow' },
        { at: 200, does: 'Deny', from: 'AzureCosmosDB', port: '9' },
        { at: 300, does: 'Deny', from: 'AzureIoTHub', port: '10' },
      ],
    );
    expect(lines(found)).toContain('inbound perhaps Deny: Tcp: Internet → any');
  });

  test('is a rule only where packets change perhaps that it perhaps matches', () => {
    const around: readonly WrittenRule[] = [
      { at: 100, does: 'Deny', from: 'ApiManagement', port: '80' },
      { at: 110, does: 'Allow', from: 'AzureCosmosDB', port: '443' },
      { at: 300, does: 'Allow', from: publicly, port: '443' },
    ];
    const { answer } = diff(around, [
      ...around,
      { at: 200, does: 'Allow', from: publicly, port: ['80', '443'] },
    ]);
    expect(answer.unresolved).toEqual(['service tag ApiManagement']);
  });

  test('of more names than can be told apart, what each does alone is perhaps so', () => {
    const denied = Array.from({ length: 40 }, (_, index): WrittenRule => ({
      at: 100 + index,
      does: 'Deny',
      from: `Tag${index}`,
    }));
    const found = diff(denied, [...denied, { at: 200, does: 'Allow', from: publicly }]);
    expect(lines(found)).toEqual([`inbound perhaps Allow: Tcp: ${publicly} → any`]);
    expect(found.answer.unresolved).toHaveLength(40);
  });
});

test('a change for IPv6 alone is told once, and of IPv6', () => {
  const found = diff([], [{ ...scoring, from: '2603:1000::/24' }]);
  expect(lines(found)).toEqual(['inbound Allow: Tcp: 2603:1000::/24 → any, port 443']);
  expect(found.answer.inbound).toEqual({
    ...nothing,
    newlyAllowed: [
      {
        protocols: ['Tcp'],
        sources: ['2603:1000::/24'],
        sourcePorts: ['0-65535'],
        destinations: ['::/0'],
        destinationPorts: ['443'],
      },
    ],
  });
});

test('changes whose boxes are too many to list are named, and said so in words', () => {
  const apart = Array.from({ length: 100_001 }, (_, at) => {
    const octets = [at >>> 15, (at >>> 7) & 255, (at << 1) & 255];
    return `20.${octets.join('.')}`;
  });
  const found = diff([], [{ ...scoring, from: apart }]);
  expect(found.answer).toMatchObject({
    equivalent: false,
    verdict: 'different',
    inbound: nothing,
    unlisted: ['inbound.newlyAllowed'],
  });
  expect(diff([], [scoring]).answer.unlisted).toBeUndefined();
});
