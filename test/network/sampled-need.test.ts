/** Whether one of a few packets shows that a rule is needed. */
import { describe, expect, test } from 'vitest';
import type { Surroundings } from '../../shared/network/address-bounds.ts';
import { parseAddressMatch } from '../../shared/network/parse-match.ts';
import { reachRows } from '../../shared/network/rule-box.ts';
import { ruleWorlds } from '../../shared/network/rule-worlds.ts';
import { isShownNeeded } from '../../shared/network/sampled-need.ts';
import type { PortRange, Protocol, SecurityRule } from '../../shared/network/security-rule.ts';
import { noServiceTags } from '../../shared/network/service-tags.ts';
import { addressSet } from '../../shared/packets/address.ts';

const space = addressSet(['10.0.0.0/16', 'fd00::/64']);
const settled: Surroundings = {
  serviceTags: noServiceTags,
  virtualNetwork: { atLeast: space, atMost: space },
};

interface Told {
  readonly from?: readonly string[];
  readonly to?: readonly string[];
  readonly protocol?: Protocol | '*';
  readonly sourcePorts?: readonly PortRange[];
  readonly ports?: readonly PortRange[];
}

function rule(access: 'Allow' | 'Deny', told: Told = {}): SecurityRule {
  return {
    name: access,
    priority: 100,
    direction: 'Inbound',
    access,
    protocol: told.protocol ?? 'Tcp',
    sources: (told.from ?? ['*']).map(parseAddressMatch),
    sourcePorts: told.sourcePorts ?? [],
    destinations: (told.to ?? ['*']).map(parseAddressMatch),
    destinationPorts: told.ports ?? [],
  };
}

const allow = (told?: Told): SecurityRule => rule('Allow', told);
const deny = (told?: Told): SecurityRule => rule('Deny', told);

/** Whether the rule is shown to be needed between the others. */
function isShown(
  before: readonly SecurityRule[],
  own: SecurityRule,
  behind: readonly SecurityRule[],
  { surroundings = settled, needless = new Set<SecurityRule>() } = {},
): boolean {
  const rules = [...before, own, ...behind];
  const worlds = ruleWorlds(rules, surroundings);
  const rows = reachRows(worlds, rules);
  const row = rows[before.length];
  if (row === undefined) throw new Error('every rule has its row');
  return isShownNeeded(worlds, rows, row, needless);
}

describe('among the rules behind it', () => {
  test('where none matches, an Allow is needed and a Deny is not', () => {
    expect(isShown([], allow(), [])).toBe(true);
    expect(isShown([], deny(), [])).toBe(false);
  });

  test('the first that matches has to do the opposite', () => {
    expect(isShown([], deny(), [allow()])).toBe(true);
    expect(isShown([], allow(), [deny()])).toBe(true);
    expect(isShown([], deny(), [deny(), allow()])).toBe(false);
    expect(isShown([], allow(), [allow(), deny()])).toBe(false);
  });

  test.each<[string, Told]>([
    ['protocol', { protocol: 'Udp' }],
    ['source', { from: ['10.9.0.0/16'] }],
    ['destination', { to: ['10.9.0.0/16'] }],
    ['source port', { sourcePorts: [{ from: 9, to: 9 }] }],
    ['port', { ports: [{ from: 9, to: 9 }] }],
  ])('those of another %s are passed over', (_, other) => {
    const told: Told = {
      from: ['10.1.0.0/16'],
      to: ['10.2.0.0/16'],
      sourcePorts: [{ from: 1, to: 2 }],
      ports: [{ from: 3, to: 4 }],
    };
    expect(isShown([], deny(told), [allow({ ...told, ...other })])).toBe(false);
    expect(isShown([], deny(told), [allow(told)])).toBe(true);
    expect(isShown([allow({ ...told, ...other })], allow(told), [])).toBe(true);
    expect(isShown([allow(told)], allow(told), [])).toBe(false);
  });

  test('needless ones are passed over', () => {
    const same = deny();
    const needless = new Set([same]);
    expect(isShown([], deny(), [same, allow()], { needless })).toBe(true);
    expect(isShown([same], allow(), [], { needless })).toBe(true);
    expect(isShown([same], allow(), [])).toBe(false);
  });
});

describe('of several ranges', () => {
  const five = ['10.0.0.0', '10.0.2.0', '10.0.4.0', '10.0.6.0', '10.0.8.0'];
  const others = (one: string): readonly string[] => five.filter((other) => other !== one);

  test.each(['10.0.0.0', '10.0.8.0', '10.0.4.0', '10.0.2.0'])('of sources %s is tried', (one) => {
    expect(isShown([deny({ from: others(one) })], allow({ from: five }), [])).toBe(true);
  });

  test.each(['10.0.0.0', '10.0.8.0', '10.0.4.0'])('of destinations %s is tried', (one) => {
    expect(isShown([deny({ to: others(one) })], allow({ to: five }), [])).toBe(true);
  });

  test.each([1, 13, 15])('of ports %d is tried', (one) => {
    const ports = [
      { from: 1, to: 1 },
      { from: 11, to: 11 },
      { from: 13, to: 15 },
    ];
    const before = deny({
      ports: [
        { from: 0, to: one - 1 },
        { from: one + 1, to: 65_535 },
      ],
    });
    expect(isShown([before], allow({ ports }), [])).toBe(true);
  });

  test('the first of the source ports is tried', () => {
    const sourcePorts = [{ from: 5, to: 9 }];
    const before = deny({ sourcePorts: [{ from: 6, to: 9 }] });
    expect(isShown([before], allow({ sourcePorts }), [])).toBe(true);
  });

  test('nothing is said where all that are tried are taken before', () => {
    expect(isShown([deny({ from: five })], allow({ from: five }), [])).toBe(false);
  });
});

test.each<[string, Told, Told]>([
  ['IPv6 alone', { from: ['fd00::/64'] }, {}],
  ['IPv6 where IPv4 is taken before', { from: ['*'] }, { from: ['0.0.0.0/0'] }],
  ['protocols without ports', { protocol: 'Icmp' }, { protocol: 'Tcp' }],
  ['Udp where Tcp is taken before', { protocol: 'Udp' }, { protocol: 'Tcp' }],
])('a packet of %s shows it', (_, own, before) => {
  const taken = before.protocol === undefined && before.from === undefined ? [] : [deny(before)];
  expect(isShown(taken, allow(own), [])).toBe(true);
  expect(isShown([...taken, deny(own)], allow(own), [])).toBe(false);
});

test('a rule of every protocol is shown by a packet of one of them', () => {
  expect(isShown([deny({ protocol: 'Udp' })], allow({ protocol: '*' }), [])).toBe(true);
  expect(isShown([deny({ protocol: 'Icmp' })], allow({ protocol: '*' }), [])).toBe(true);
});

test('a rule of IPv6 is shown by one behind it that certainly matches', () => {
  const told: Told = { from: ['fd00::/64'], to: ['fd00::/64'] };
  expect(isShown([], deny(told), [allow(told)])).toBe(true);
});

test('Icmp has no ports, so that a rule of it with ports is met by nothing', () => {
  const own = allow({ protocol: 'Icmp', ports: [{ from: 1, to: 1 }] });
  expect(isShown([], own, [])).toBe(false);
});

describe('where it is not known what a tag holds', () => {
  test('a rule for the tag alone is shown by nothing', () => {
    expect(isShown([], allow({ from: ['Sql'] }), [])).toBe(false);
  });

  test('nor one for the network, where its address space is not known', () => {
    const host = deny({ from: ['168.63.129.16'] });
    const own = allow({ from: ['VirtualNetwork'] });
    const surroundings = { serviceTags: noServiceTags };
    expect(isShown([], own, [], { surroundings })).toBe(true);
    expect(isShown([host], own, [], { surroundings })).toBe(false);
  });

  test('a rule before that may match is not passed over', () => {
    expect(isShown([deny({ from: ['Sql'] })], allow({ from: ['20.0.0.0'] }), [])).toBe(false);
    expect(isShown([deny({ from: ['Sql'] })], allow({ from: ['10.0.0.0'] }), [])).toBe(true);
  });

  test.each(['from', 'to'])('one behind that perhaps matches %s it shows nothing', (side) => {
    const own = deny({ [side]: ['20.0.0.0'] });
    expect(isShown([], own, [allow({ [side]: ['Sql'] }), allow()])).toBe(false);
    expect(isShown([], own, [allow()])).toBe(true);
  });
});
