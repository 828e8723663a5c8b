/** The packets that rules may match, and which other rules may match some of them. */
import { describe, expect, test } from 'vitest';
import type { Surroundings } from '../../shared/network/address-bounds.ts';
import { parseAddressMatch } from '../../shared/network/parse-match.ts';
import { mayMeet, protocolsMet, reachRows, ruleBox } from '../../shared/network/rule-box.ts';
import { type NameWorld, ruleWorlds } from '../../shared/network/rule-worlds.ts';
import type {
  AddressMatch,
  PortRange,
  Protocol,
  SecurityRule,
} from '../../shared/network/security-rule.ts';
import { noServiceTags } from '../../shared/network/service-tags.ts';
import { addressSet } from '../../shared/packets/address.ts';
import { describe as describePackets } from '../../shared/packets/describe.ts';
import { protocolMask } from '../../shared/packets/packet.ts';
import type { PacketSet } from '../../shared/packets/packet-set.ts';
import { freeWork } from '../../shared/packets/work.ts';

const space = addressSet(['10.0.0.0/16', 'fd00::/64']);
const settled: Surroundings = {
  serviceTags: noServiceTags,
  virtualNetwork: { atLeast: space, atMost: space },
};

interface Told {
  readonly direction?: SecurityRule['direction'];
  readonly from?: readonly string[];
  readonly to?: readonly string[];
  readonly protocol?: Protocol | '*';
  readonly sourcePorts?: readonly PortRange[];
  readonly ports?: readonly PortRange[];
}

/** A question mark is what nobody can read, so that it perhaps holds any address. */
function matchOf(text: string): AddressMatch {
  return text === '?' ? { kind: 'unclear', text } : parseAddressMatch(text);
}

function rule(name: string, told: Told = {}): SecurityRule {
  return {
    name,
    priority: 100,
    direction: told.direction ?? 'Inbound',
    access: 'Allow',
    protocol: told.protocol ?? 'Tcp',
    sources: (told.from ?? ['10.0.0.0/24']).map(matchOf),
    sourcePorts: told.sourcePorts ?? [],
    destinations: (told.to ?? ['10.0.1.0/24']).map(matchOf),
    destinationPorts: told.ports ?? [{ from: 80, to: 90 }],
  };
}

/** The box of the rule called `own` among the others. */
function boxOf(
  rules: readonly SecurityRule[],
  own: string,
  surroundings = settled,
  worldsFor?: (live: readonly SecurityRule[]) => readonly NameWorld[],
) {
  const worlds = ruleWorlds(rules, surroundings);
  const rows = reachRows(worlds, rules);
  const boxed = rows.filter((row) => row.rule.name === own);
  const box = ruleBox(worlds, boxed, rows, worldsFor ?? (() => worlds.bounds), freeWork());
  return { worlds, box, live: box.live.map(({ name }) => name) };
}

function textsOf(set: PacketSet): readonly string[] {
  return describePackets(set).map(
    ({ protocols, sources, sourcePorts, destinations, destinationPorts }) =>
      [protocols, sources, sourcePorts, destinations, destinationPorts]
        .map((texts) => texts.join())
        .join(' '),
  );
}

const own = rule('own');
const others: readonly (readonly [string, Told])[] = [
  ['protocol', { protocol: 'Udp' }],
  ['port', { ports: [{ from: 91, to: 91 }] }],
  ['source', { from: ['10.0.2.0/24'] }],
  ['destination', { to: ['10.0.2.0/24'] }],
  ['family', { from: ['fd00::/64'], to: ['fd00::/64'] }],
];

describe('rules that may match packets of the box', () => {
  test.each(['Inbound', 'Outbound'] as const)('are in it, in their order (%s)', (direction) => {
    const rules = [
      rule('before', { direction, to: ['10.0.1.0/25'], ports: [] }),
      rule('own', { direction }),
      rule('behind', { direction, from: ['10.0.0.0/25'] }),
    ];
    expect(boxOf(rules, 'own').live).toEqual(['before', 'own', 'behind']);
  });

  test.each(others)('are not those of another %s', (_, told) => {
    expect(boxOf([rule('other', told), own], 'own').live).toEqual(['own']);
    const outbound: Told = { direction: 'Outbound' };
    const rules = [rule('other', { ...told, ...outbound }), rule('own', outbound)];
    expect(boxOf(rules, 'own').live).toEqual(['own']);
  });

  test('are not those from other ports', () => {
    const rules = [
      rule('other', { sourcePorts: [{ from: 1, to: 9 }] }),
      rule('own', { sourcePorts: [{ from: 10, to: 19 }] }),
    ];
    expect(boxOf(rules, 'own').live).toEqual(['own']);
  });

  test('are not those behind one that certainly matches all of the box', () => {
    const all = rule('all', { from: ['10.0.0.0/8'], to: ['10.0.0.0/8'], ports: [], protocol: '*' });
    const before = rule('before', { to: ['10.0.1.0/25'] });
    const rules = [before, all, rule('between'), own, rule('behind')];
    expect(boxOf(rules, 'own').live).toEqual(['before', 'all', 'own']);
    // A rule does not hide what comes behind it from itself.
    expect(boxOf([own, rule('behind')], 'own').live).toEqual(['own', 'behind']);
  });

  test.each<[string, Told]>([
    ['of some of its protocols', { protocol: 'Tcp' }],
    ['for some of its sources', { from: ['10.0.0.0/25'] }],
    ['for some of its destinations', { to: ['10.0.1.0/25'] }],
    ['for some of its ports', { ports: [{ from: 80, to: 80 }] }],
    ['from some ports', { sourcePorts: [{ from: 1, to: 9 }] }],
    ['perhaps for its sources', { from: ['?'] }],
    ['perhaps for its destinations', { to: ['?'] }],
    ['perhaps for the other half of its sources', { from: ['10.0.0.0/25', '?'] }],
  ])('are those behind one %s', (_, told) => {
    const rules = [rule('some', { protocol: '*', ...told }), rule('own', { protocol: '*' })];
    expect(boxOf([...rules, rule('behind')], 'own').live).toEqual(['some', 'own', 'behind']);
    const [some, boxed] = rules;
    if (!some || !boxed) throw new Error('there are two');
    expect(boxOf([some, rule('behind'), boxed], 'own').live).toEqual(['some', 'behind', 'own']);
  });

  test('are those behind one that matches all of it in one meaning of the network alone', () => {
    const wide = addressSet(['10.0.0.0/16', '172.16.0.0/12']);
    const wider: Surroundings = { ...settled, virtualNetwork: { atLeast: space, atMost: wide } };
    const rules = [
      rule('network', { from: ['VirtualNetwork'] }),
      rule('own', { from: ['10.0.0.0/24', '172.16.0.0/24'] }),
      rule('behind', { from: ['172.16.0.0/24'] }),
    ];
    expect(boxOf(rules, 'own', wider).live).toEqual(['network', 'own', 'behind']);
  });

  test('are none where there is no packet that the rule could match', () => {
    const none = rule('own', { protocol: 'Icmp' });
    expect(boxOf([rule('before'), none], 'own').live).toEqual([]);
    expect(boxOf([rule('before'), none], 'own').box.every.isEmpty()).toBe(true);
  });
});

describe('the box', () => {
  const tcp = 'Tcp 10.0.0.0/24 0-65535 10.0.1.0/24 80-90';

  test('is what the rule may match, and no more', () => {
    const { box } = boxOf([rule('wide', { ports: [] }), own], 'own');
    for (const part of ['every', 'existing', 'numbered', 'ordinary'] as const) {
      expect(textsOf(box[part])).toEqual([tcp]);
    }
    expect(textsOf(box.reachOf(own))).toEqual([tcp]);
  });

  test('is of both families where the rule is', () => {
    const both = rule('own', { from: ['10.0.0.0/24', 'fd00::/80'], to: ['*'] });
    const { box } = boxOf([both], 'own');
    expect(box.families.map((family) => family.space.family)).toEqual([4, 6]);
    expect(textsOf(box.numbered)).toEqual([
      'Tcp 10.0.0.0/24 0-65535 0.0.0.0/0 80-90',
      'Tcp fd00::/80 0-65535 ::/0 80-90',
    ]);
  });

  test('is of one family where the rule is', () => {
    const { box } = boxOf([rule('own', { from: ['fd00::/80'], to: ['fd00::/80'] })], 'own');
    expect(box.families.map((family) => family.space.family)).toEqual([6]);
    expect(textsOf(box.every)).toEqual(['Tcp fd00::/80 0-65535 fd00::/80 80-90']);
  });

  test('of special addresses is not ordinary', () => {
    const { box } = boxOf([rule('own', { from: ['127.0.0.0/8', '10.0.0.0/24'] })], 'own');
    expect(textsOf(box.ordinary)).toEqual([tcp]);
    expect(textsOf(box.every)).not.toEqual([tcp]);
  });

  test('of several rules is what they may match together', () => {
    const rules = [
      rule('own', { protocol: 'Udp' }),
      rule('own', { ports: [{ from: 91, to: 99 }] }),
    ];
    const { box, live } = boxOf([...rules, rule('none', { from: ['10.0.2.0/24'] })], 'own');
    expect(live).toEqual(['own', 'own']);
    expect(textsOf(box.every)).toEqual(['Tcp,Udp 10.0.0.0/24 0-65535 10.0.1.0/24 80-99']);
  });

  test('of rules of which one can match nothing is that of the other', () => {
    const none = rule('own', { protocol: 'Icmp', from: ['10.9.0.0/16'] });
    const { box } = boxOf([none, own, rule('own', { from: ['fd00::/80'] })], 'own');
    expect(textsOf(box.every)).toEqual([tcp]);
  });
});

describe('in one world', () => {
  const perhaps = rule('perhaps', { from: ['10.0.0.0/25', '?'] });
  const half = 'Tcp 10.0.0.0/25 0-65535 10.0.1.0/24 80-90';
  const whole = 'Tcp 10.0.0.0/24 0-65535 10.0.1.0/24 80-90';

  function worldOf(rules: readonly SecurityRule[]) {
    const { box, worlds } = boxOf(rules, 'own');
    const [world] = worlds.bounds;
    if (world === undefined) throw new Error('there is a world');
    return { box, world, inWorld: box.within(world) };
  }

  test('a rule matches what of the box is its own, for certain and perhaps', () => {
    const { inWorld } = worldOf([perhaps, own]);
    const { atLeast, atMost } = inWorld.packetsOf(perhaps);
    expect(textsOf(atLeast)).toEqual([half]);
    expect(textsOf(atMost)).toEqual([whole]);
  });

  test('one that is in no doubt has one set', () => {
    const { inWorld } = worldOf([perhaps, own]);
    const { atLeast, atMost } = inWorld.packetsOf(own);
    expect(atLeast).toBe(atMost);
    expect(textsOf(atMost)).toEqual([whole]);
  });

  test.each<[string, Told]>([
    ['sources', { from: ['10.0.0.0/25', '?'] }],
    ['destinations', { to: ['10.0.1.0/25', '?'] }],
  ])('one that is in doubt about its %s has two', (_, told) => {
    const doubtful = rule('doubtful', told);
    const { atLeast, atMost } = worldOf([doubtful, own]).inWorld.packetsOf(doubtful);
    expect(atLeast).not.toBe(atMost);
    expect(textsOf(atMost)).toEqual([whole]);
    expect(textsOf(atLeast)).not.toEqual([whole]);
  });

  test('one that is in doubt in one family alone has two sets', () => {
    const both = rule('own', {
      from: ['10.0.0.0/24', 'fd00::/80'],
      to: ['10.0.1.0/24', 'fd00::/80'],
    });
    const doubtful = rule('doubtful', {
      from: ['10.0.0.0/24', '?'],
      to: ['10.0.1.0/24', 'fd00::/80'],
    });
    const { inWorld } = worldOf([doubtful, both]);
    const { atLeast, atMost } = inWorld.packetsOf(doubtful);
    expect(textsOf(atLeast)).toEqual([whole]);
    expect(textsOf(atMost)).toEqual([whole, 'Tcp fd00::/80 0-65535 fd00::/80 80-90']);
  });

  test.each(others)('one of another %s matches nothing', (_, told) => {
    const other = rule('other', told);
    const { box, inWorld } = worldOf([other, own]);
    const { atLeast, atMost } = inWorld.packetsOf(other);
    expect([atLeast.isEmpty(), atMost.isEmpty()]).toEqual([true, true]);
    for (const family of box.families) expect(inWorld.spanOf(family, other)).toBeUndefined();
  });

  test('a rule has a span in the families where it may match something', () => {
    const both = rule('own', {
      from: ['10.0.0.0/24', 'fd00::/80'],
      to: ['10.0.1.0/24', 'fd00::/80'],
    });
    const four = rule('four', { from: ['10.0.0.0/24'], to: ['*'] });
    const { box, inWorld } = worldOf([four, both]);
    const spansOf = (one: SecurityRule) =>
      box.families.map((family) => inWorld.spanOf(family, one) !== undefined);
    expect(spansOf(both)).toEqual([true, true]);
    expect(spansOf(four)).toEqual([true, false]);
  });

  test.each<[string, Told]>([
    ['from', { from: ['VirtualNetwork'] }],
    ['to', { to: ['VirtualNetwork'] }],
  ])('a rule that matches something in another world has no span (%s)', (side, told) => {
    const wide = addressSet(['10.0.0.0/16', '172.16.0.0/12']);
    const wider: Surroundings = { ...settled, virtualNetwork: { atLeast: space, atMost: wide } };
    const network = rule('network', told);
    const { box, worlds } = boxOf(
      [network, rule('own', { [side]: ['172.16.0.0/24'] })],
      'own',
      wider,
    );
    const spans = worlds.bounds.map((world) =>
      box.families.map((family) => box.within(world).spanOf(family, network) !== undefined),
    );
    expect(spans.flat()).toContain(true);
    expect(spans.flat()).toContain(false);
  });

  test('what was worked out is kept', () => {
    const { box, world, inWorld } = worldOf([own]);
    expect(box.within(world)).toBe(inWorld);
    expect(inWorld.packetsOf(own)).toBe(inWorld.packetsOf(own));
  });

  test('that it was not made for, a box says nothing', () => {
    const { box, world } = worldOf([own]);
    const other = () => ({ atLeast: space, atMost: space });
    for (const stranger of [
      { ...world, sources: other },
      { ...world, destinations: other },
    ]) {
      expect(() => box.within(stranger)).toThrow('the box was made for other worlds');
    }
  });
});

describe('rows', () => {
  test('are made once for each rule', () => {
    const worlds = ruleWorlds([own], settled);
    expect(reachRows(worlds, [own])[0]).toBe(reachRows(worlds, [own])[0]);
    expect(reachRows(worlds, [own])[0]).not.toBe(reachRows(worlds, [rule('own')])[0]);
  });

  test.each<[string, Told, boolean]>([
    ['a rule of prefixes', {}, true],
    ['one that perhaps has other sources', { from: ['?'] }, false],
    ['one that perhaps has other destinations', { to: ['?'] }, false],
  ])('say whether a rule matches the same in every world: %s', (_, told, isCertain) => {
    const one = rule('one', told);
    const [row] = reachRows(ruleWorlds([one], settled), [one]);
    expect(row?.isCertain).toBe(isCertain);
  });

  test('say so of a network that may be larger', () => {
    const wide = addressSet(['10.0.0.0/16', '172.16.0.0/12']);
    const wider: Surroundings = { ...settled, virtualNetwork: { atLeast: space, atMost: wide } };
    const one = rule('one', { from: ['VirtualNetwork'] });
    expect(reachRows(ruleWorlds([one], wider), [one])[0]?.isCertain).toBe(false);
    expect(reachRows(ruleWorlds([one], settled), [one])[0]?.isCertain).toBe(true);
  });

  test('say of which protocols a rule is', () => {
    const [row] = reachRows(ruleWorlds([own], settled), [own]);
    if (row === undefined) throw new Error('a rule has a row');
    expect(protocolsMet(row, protocolMask(['Tcp', 'Udp']))).toBe(true);
    expect(protocolsMet(row, protocolMask(['Udp', 'Icmp']))).toBe(false);
  });
});

describe('two rules', () => {
  function meet(one: Told, other: Told): boolean {
    const rules = [rule('one', one), rule('other', other)];
    const worlds = ruleWorlds(rules, settled);
    const [a, b] = reachRows(worlds, rules);
    if (!a || !b) throw new Error('there are two rows');
    expect(mayMeet(worlds, b, a)).toBe(mayMeet(worlds, a, b));
    return mayMeet(worlds, a, b);
  }

  test.each<[string, Told]>([
    ['the same packets', {}],
    ['some of them', { from: ['10.0.0.128/25'], ports: [{ from: 90, to: 99 }], protocol: '*' }],
    ['perhaps some of them', { from: ['?'] }],
  ])('may meet at %s', (_, told) => {
    expect(meet({}, told)).toBe(true);
  });

  test.each(others)('do not meet where their %s is another', (_, told) => {
    expect(meet({}, told)).toBe(false);
  });

  test('do not meet where their source ports are others', () => {
    const sourcePorts = [{ from: 1, to: 9 }];
    expect(meet({ sourcePorts }, { sourcePorts: [{ from: 10, to: 19 }] })).toBe(false);
    expect(meet({ sourcePorts }, { sourcePorts })).toBe(true);
  });

  test('do not meet where they share sources in one family and destinations in the other', () => {
    const one: Told = { from: ['10.0.0.0/24', 'fd00::/80'], to: ['10.0.1.0/24', 'fd00::/80'] };
    const other: Told = {
      from: ['10.0.0.0/24', 'fd00:0:0:1::/64'],
      to: ['10.0.2.0/24', 'fd00::/80'],
    };
    expect(meet(one, other)).toBe(false);
    expect(meet(one, { ...other, to: ['10.0.1.0/24', 'fd00::/80'] })).toBe(true);
  });
});
