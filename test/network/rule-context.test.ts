/** What rules mean is worked out once for each network, and not for ever. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { resourceId } from '../../shared/model/resource-id.ts';
import { type Surroundings, namedTags } from '../../shared/network/address-bounds.ts';
import { askedSide, askedWithout, ruleContext } from '../../shared/network/rule-context.ts';
import type { AddressMatch } from '../../shared/network/security-rule.ts';
import { noServiceTags } from '../../shared/network/service-tags.ts';
import { addressSet } from '../../shared/packets/address.ts';

const tag = (name: string): AddressMatch => ({ kind: 'serviceTag', name });
const any: AddressMatch = { kind: 'any' };

function network(): Surroundings {
  const space = addressSet(['10.0.0.0/16']);
  return { serviceTags: noServiceTags, virtualNetwork: { atLeast: space, atMost: space } };
}

function contextOf(surroundings: Surroundings, ...tags: readonly string[]) {
  return ruleContext(surroundings, namedTags(tags.map(tag), [], surroundings));
}

describe('a context', () => {
  test('is kept for the same surroundings and names, made anew for others', () => {
    const around = network();
    const context = contextOf(around, 'Sql', 'Storage');
    expect(contextOf(around, 'Storage', 'Sql')).toBe(context);
    expect(contextOf({ ...around }, 'Sql', 'Storage')).toBe(context);
    expect(contextOf(around, 'Sql')).not.toBe(context);
    expect(contextOf(around, 'Sql', 'Batch')).not.toBe(context);
    expect(contextOf(around, 'Sql', 'Storage', 'Batch')).not.toBe(context);
    expect(contextOf(network(), 'Sql', 'Storage')).not.toBe(context);
    expect(contextOf(around, 'Sql', 'Storage')).toBe(context);
  });

  test('is another one for other members of groups', () => {
    const around = network();
    const groupMembers = { of: () => ({ atLeast: addressSet([]), atMost: undefined }) };
    const context = contextOf({ ...around, groupMembers });
    expect(contextOf({ ...around, groupMembers })).toBe(context);
    expect(contextOf({ ...around, groupMembers: { ...groupMembers } })).not.toBe(context);
    const other = network();
    expect(contextOf(other)).not.toBe(contextOf({ ...other, groupMembers }));
    expect(contextOf(around)).not.toBe(context);
  });

  test('is kept where nothing is known of the network, too', () => {
    const around: Surroundings = { serviceTags: noServiceTags };
    expect(contextOf(around)).toBe(contextOf({ ...around }));
    expect(contextOf(around)).not.toBe(contextOf(network()));
  });

  test('holds nobody who knows members of groups, in a network that nobody knows either', async () => {
    setFlagsFromString('--expose-gc');
    const collect: () => void = runInNewContext('gc');
    /** Who knows the members read all rows of a tenant for it. */
    const known = (): WeakRef<object> => {
      const groupMembers = { of: () => ({ atLeast: addressSet([]), atMost: undefined }) };
      askedSide(contextOf({ serviceTags: noServiceTags, groupMembers }), any);
      askedSide(contextOf({ ...network(), groupMembers }), any);
      return new WeakRef(groupMembers);
    };
    const read = known();
    // What a reference was made for is kept until the end of the turn.
    await new Promise(setImmediate);
    collect();
    expect(read.deref()).toBeUndefined();
  });

  test('is forgotten after 64 others, and the others are not', () => {
    const around = network();
    const first = contextOf(around, 'Tag0');
    const second = contextOf(around, 'Tag1');
    for (let nth = 2; nth < 64; nth += 1) contextOf(around, `Tag${nth}`);
    expect(contextOf(around, 'Tag0')).toBe(first);
    contextOf(around, 'Tag64');
    expect(contextOf(around, 'Tag1')).toBe(second);
    expect(contextOf(around, 'Tag0')).not.toBe(first);
  });

  test('begins anew after twenty thousand questions', () => {
    const around = network();
    const context = contextOf(around);
    const side = askedSide(context, any);
    const ask = (from: number, to: number) => {
      for (let nth = from; nth < to; nth += 1) context.asked.set(`question ${nth}`, side);
    };
    ask(0, 20_000 - context.asked.size);
    expect(contextOf(around)).toBe(context);
    ask(20_000, 20_001);
    const next = contextOf(around);
    expect(next).not.toBe(context);
    expect(contextOf(around)).toBe(next);
  });

  test.each(['sources', 'destinations'] as const)(
    'begins anew after two million boundaries of %s in more than eight lists',
    (side) => {
      for (const part of ['ports', 4, 6] as const) {
        const around = network();
        const context = contextOf(around);
        const { [side]: table } = part === 'ports' ? context.ports : context.addresses[part];
        table.boundaries = 2_000_001;
        context.listsRead = 8;
        expect(contextOf(around)).toBe(context);
        context.listsRead = 9;
        table.boundaries = 2_000_000;
        expect(contextOf(around)).toBe(context);
        table.boundaries = 2_000_001;
        expect(contextOf(around)).not.toBe(context);
      }
    },
  );

  test('that begins anew takes the place of the one before, and of no other', () => {
    const around = network();
    const full = contextOf(around, 'Tag0');
    const others = Array.from({ length: 63 }, (_, nth) => contextOf(around, `Tag${nth + 1}`));
    Object.assign(full, { listsRead: 9 });
    full.ports.sources.boundaries = 2_000_001;
    expect(contextOf(around, 'Tag0')).not.toBe(full);
    for (const [nth, other] of others.entries()) {
      expect(contextOf(around, `Tag${nth + 1}`)).toBe(other);
    }
  });
});

describe('one side of a question', () => {
  const id = resourceId('/groups/web');
  const matches: readonly AddressMatch[] = [
    any,
    tag('Sql'),
    tag('Internet'),
    { kind: 'applicationSecurityGroup', id },
    { kind: 'applicationSecurityGroup', id: resourceId('/groups/jump') },
    { kind: 'prefix', text: '10.0.0.0/24' },
    { kind: 'prefix', text: '10.0.1.0/24' },
    { kind: 'unclear', text: '10.0.0.0/24' },
    { kind: 'unclear', text: '10.0.1.0/24' },
  ];

  test('is worked out once, and apart from every other', () => {
    const context = contextOf(network(), 'Sql');
    const sides = matches.flatMap((match) => [
      askedSide(context, match),
      askedSide(context, match, tag('Sql')),
      askedSide(context, match, undefined, [id]),
      askedSide(context, match, undefined, ['internet']),
      askedSide(context, match, undefined, [id, 'internet']),
    ]);
    expect(new Set(sides).size).toBe(5 * matches.length);
    const again = matches.flatMap((match) => [
      askedSide(context, structuredClone(match)),
      askedSide(context, match, tag('Sql')),
      askedSide(context, match, undefined, [id]),
      askedSide(context, match, undefined, ['internet']),
      askedSide(context, match, undefined, [id, 'internet']),
    ]);
    for (const [nth, side] of again.entries()) expect(side).toBe(sides[nth]);
  });

  test('shares what rules mean with others, but for questions about the Internet', () => {
    const context = contextOf(network(), 'Sql');
    const meaningsOf = (match: AddressMatch) => askedSide(context, match).worlds.flat();
    const [ofAny] = meaningsOf(any);
    const [ofPrefix] = meaningsOf({ kind: 'prefix', text: '20.0.0.0/8' });
    const [ofInternet] = meaningsOf(tag('INTERNET'));
    expect(ofPrefix).toBe(ofAny);
    expect(meaningsOf(tag('Sql'))[0]).toBe(ofAny);
    expect(ofInternet).not.toBe(ofAny);
    expect(ofInternet).toBe(meaningsOf(tag('Internet'))[0]);
  });

  test('what rules mean is worked out once for each list of matches', () => {
    const [meaning] = askedSide(contextOf(network()), any).worlds.flat();
    const list: readonly AddressMatch[] = [{ kind: 'prefix', text: '10.0.0.0/24' }];
    expect(meaning?.of(list)).toBe(meaning?.of(list));
    expect(meaning?.of(list).atMost).toEqual(addressSet(['10.0.0.0/24']));
  });

  test('what rules mean in every world alike is worked out once for all of them', () => {
    const context = contextOf(network(), 'Sql');
    const worlds = askedSide(context, any, undefined, ['internet', id]).worlds.flat();
    const meant = (match: AddressMatch) => {
      const list = [match];
      return new Set(worlds.map((meaning) => meaning.of(list)));
    };
    expect(worlds.length).toBeGreaterThan(2);
    expect(meant(any).size).toBe(1);
    expect(meant(tag('AzurePlatformDNS')).size).toBe(1);
    expect(meant({ kind: 'prefix', text: '20.0.0.0/8' }).size).toBe(1);
    for (const match of [
      tag('VirtualNetwork'),
      tag('internet'),
      tag('Sql'),
      { kind: 'applicationSecurityGroup', id } as const,
      { kind: 'unclear', text: '10.0.0.0/24' } as const,
    ]) {
      expect(meant(match).size).toBe(worlds.length);
    }
  });

  test('one name of several that is not alike in every world is not taken for alike', () => {
    const [first, second] = askedSide(contextOf(network()), any, undefined, [
      'internet',
    ]).worlds.flat();
    const list: readonly AddressMatch[] = [
      { kind: 'prefix', text: '10.0.0.0/24' },
      tag('Internet'),
    ];
    expect(first?.of(list)).not.toEqual(second?.of(list));
  });

  test('has an own meaning for every world', () => {
    const small = addressSet(['10.0.0.0/16']);
    const large = addressSet(['10.0.0.0/8']);
    const wide: Surroundings = {
      serviceTags: noServiceTags,
      virtualNetwork: { atLeast: small, atMost: large },
    };
    const side = askedSide(contextOf(wide, 'Sql'), any, undefined, [id]);
    const keys = side.worlds.flat().map(({ key }) => key);
    expect(keys).toHaveLength(6);
    expect(new Set(keys).size).toBe(6);
    const meant = side.worlds.map(([first]) => first?.of([tag('VirtualNetwork')]).atMost);
    expect(meant).toEqual([small, large]);
  });
});

describe('what is asked without some addresses', () => {
  const narrow = addressSet(['10.0.0.0/16']);
  const wide = addressSet(['10.0.0.0/8']);
  const surroundings: Surroundings = {
    serviceTags: noServiceTags,
    virtualNetwork: { atLeast: narrow, atMost: wide },
  };
  const side = () => askedSide(contextOf(surroundings), tag('VirtualNetwork'));
  const except = addressSet(['10.0.0.0/17']);

  test('is all of it without any', () => {
    const one = side();
    expect(askedWithout(one, undefined)).toBe(one.bounds);
  });

  test('is less by them at either bound, worked out once', () => {
    const one = side();
    const left = askedWithout(one, except);
    expect(left.atLeast).toEqual(addressSet(['10.0.128.0/17']));
    expect(left.atMost).toEqual(
      addressSet([
        '10.0.128.0/17',
        '10.1.0.0/16',
        '10.2.0.0/15',
        '10.4.0.0/14',
        '10.8.0.0/13',
        '10.16.0.0/12',
        '10.32.0.0/11',
        '10.64.0.0/10',
        '10.128.0.0/9',
      ]),
    );
    expect(askedWithout(one, except)).toBe(left);
  });

  test('is one set where both bounds are', () => {
    const one = askedSide(contextOf(network()), { kind: 'prefix', text: '10.0.0.0/16' });
    const left = askedWithout(one, except);
    expect(left.atLeast).toBe(left.atMost);
    expect(left.atMost).toEqual(addressSet(['10.0.128.0/17']));
  });
});
