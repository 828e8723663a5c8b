/** What names in rules mean: for certain and at the most, with and without a list of service tags. */
import { describe, expect, test } from 'vitest';
import { resourceId } from '../../shared/model/resource-id.ts';
import {
  type AddressBounds,
  type AddressResolver,
  type Surroundings,
  addressResolver,
  addressWorlds,
  isResolved,
  namedTags,
  openName,
  plainlyAsked,
  platformAddresses,
  publicAddresses,
  sometimesOmittedFromInternet,
  virtualNetworkOf,
} from '../../shared/network/address-bounds.ts';
import { parseAddressMatch } from '../../shared/network/parse-match.ts';
import type { AddressMatch } from '../../shared/network/security-rule.ts';
import { noServiceTags, serviceTags } from '../../shared/network/service-tags.ts';
import {
  type AddressSet,
  addressSet,
  cidrsOf,
  intersectAddresses,
  noAddresses,
  realAddresses,
  subtractAddresses,
  uniteAddresses,
} from '../../shared/packets/address.ts';
import { holds } from '../../shared/packets/interval-set.ts';

const space = addressSet(['10.0.0.0/16', 'fd00::/64']);
const virtualNetwork = { atLeast: space, atMost: space };
const list = serviceTags([{ name: 'Listed', addressPrefixes: ['20.1.0.0/16'] }]);

const known: Surroundings = { virtualNetwork, serviceTags: noServiceTags };
function networkOf(set: AddressSet): Surroundings {
  return { virtualNetwork: { atLeast: set, atMost: set }, serviceTags: noServiceTags };
}
const unknown: Surroundings = { serviceTags: noServiceTags };
const listed: Surroundings = { virtualNetwork, serviceTags: list };
const unknownListed: Surroundings = { serviceTags: list };

/** What a set is called where it is one of these; of one family. */
const wholes: readonly (readonly [string, AddressSet])[] = [
  ['', noAddresses],
  ['every', realAddresses],
  ['public', publicAddresses],
  ['surely-public', subtractAddresses(publicAddresses, sometimesOmittedFromInternet)],
];

/**
 * The set in words, IPv4 before the bar and IPv6 behind it: addresses, then the named ones, of which
 * `more` is what stands for no tag of the question.
 */
function told(set: AddressSet, tags: readonly string[]): string {
  const ofFamily = (family: 4 | 6): string => {
    const key = family === 4 ? 'v4' : 'v6';
    const real = intersectAddresses(set, realAddresses)[key].join();
    const whole = wholes.find(([, one]) => one[key].join() === real)?.[0];
    const names = ['network', 'Internet', ...tags, 'more'].filter((_, index) =>
      holds(set[key], family === 4 ? 2 ** 32 + index : 2n ** 128n + BigInt(index)),
    );
    return [...(whole === undefined ? cidrsOf(family, set[key]) : [whole]), ...names]
      .filter((text) => text !== '')
      .join(' ');
  };
  return `${ofFamily(4)} | ${ofFamily(6)}`.trim();
}

/** Both bounds in words; one where they are one and the same set, and so in no doubt. */
function bothTold({ atLeast, atMost }: AddressBounds, tags: readonly string[]): readonly string[] {
  return atLeast === atMost ? [told(atMost, tags)] : [told(atLeast, tags), told(atMost, tags)];
}

interface View {
  readonly tags?: readonly string[];
  readonly asked?: string;
  /** Which meaning of the network, and which of the worlds by tag. */
  readonly at?: readonly [network: number, nth: number];
}

function resolver(surroundings: Surroundings, view: View = {}): AddressResolver {
  const { tags = [], asked = '*', at = [0, 0] } = view;
  const matches = tags.map(parseAddressMatch);
  const names = namedTags(matches, matches, surroundings);
  const about = parseAddressMatch(asked);
  const world = addressWorlds(surroundings, names, about)[at[0]]?.[at[1]];
  if (world === undefined) throw new Error('there is no such world');
  return addressResolver(surroundings, names, about, world);
}

const two = ['Sql.WestEurope', 'Storage'];
const all = 'network Internet more';
const allOfTwo = 'network Internet Sql.WestEurope Storage more';
const taggedOfTwo = 'Internet Sql.WestEurope Storage more';
const probe = 'fe80::1234:5678:9abc/128';

type Row = readonly [match: string, atLeast: string, atMost?: string];

/** What holds wherever no list names a tag. */
const unlisted: readonly Row[] = [
  ['Sql', '|', `public ${all} | public ${all}`],
  ['AzureCloud.WestEurope', '|', 'public Internet more | public Internet more'],
  ['AzureContainerRegistry', '|', 'public Internet more | public Internet more'],
];

const unlistedOfTwo: readonly Row[] = [
  ['Sql', '|', `public ${allOfTwo} | public ${allOfTwo}`],
  ['AzureCloud', '|', `public ${taggedOfTwo} | public ${taggedOfTwo}`],
];

const prefixes: readonly Row[] = [
  ['10.0.0.0/24', '10.0.0.0/24 |', '10.0.0.0/24 network |'],
  ['20.0.0.0/8', '20.0.0.0/8 |', `20.0.0.0/8 ${all} |`],
  ['fd00::/80', '| fd00::/80', '| fd00::/80 network'],
  ['2603::/16', '| 2603::/16', `| 2603::/16 ${all}`],
];

const prefixesOfTwo = prefixes.map(([match, least, most = '']): Row => [
  match,
  least,
  most.replace(all, allOfTwo),
]);

describe.each<[string, Surroundings, View, readonly Row[]]>([
  [
    'in a network that is known',
    known,
    {},
    [
      ['*', `every ${all} | every ${all}`],
      ['10.0.0.0/24', '10.0.0.0/24 |'],
      ['2603::/16', '| 2603::/16'],
      ['0.0.0.0/0', `every ${all} |`],
      ['::/0', `| every ${all}`],
      ['VirtualNetwork', '10.0.0.0/16 | fd00::/64'],
      ['Internet', 'surely-public Internet | public Internet', 'public Internet | public Internet'],
      ['AzureLoadBalancer', `168.63.129.16/32 | ${probe}`],
      ['AzurePlatformDNS', '168.63.129.16/32 |'],
      ['azureplatformIMDS', '169.254.169.254/32 |'],
      ...unlisted,
    ],
  ],
  [
    'in a network that is known, where two tags are named',
    known,
    { tags: two },
    [
      ['*', `every ${allOfTwo} | every ${allOfTwo}`],
      ...prefixesOfTwo,
      ['0.0.0.0/0', `every ${allOfTwo} |`, `every ${allOfTwo} |`],
      ['VirtualNetwork', '10.0.0.0/16 | fd00::/64'],
      [
        'Internet',
        'surely-public Internet Sql.WestEurope Storage | public Internet Sql.WestEurope Storage',
        'public Internet Sql.WestEurope Storage | public Internet Sql.WestEurope Storage',
      ],
      ['AzureLoadBalancer', `168.63.129.16/32 | ${probe}`],
      ['sql.westeurope', 'Sql.WestEurope | Sql.WestEurope'],
      ['Storage', 'Storage | Storage'],
      ...unlistedOfTwo,
    ],
  ],
  [
    'for an address in a tag',
    known,
    { tags: two, at: [0, 1] },
    [
      ['Sql.WestEurope', `public ${taggedOfTwo} | public ${taggedOfTwo}`],
      ['Storage', 'Storage | Storage'],
    ],
  ],
  [
    'for an address in another tag',
    known,
    { tags: two, at: [0, 2] },
    [
      ['Sql.WestEurope', 'Sql.WestEurope | Sql.WestEurope'],
      ['Storage', `public ${taggedOfTwo} | public ${taggedOfTwo}`],
    ],
  ],
  [
    'in a question about the Internet',
    known,
    { tags: two, asked: 'Internet' },
    [
      [
        'Internet',
        'public Internet Sql.WestEurope Storage | public Internet Sql.WestEurope Storage',
      ],
      ['Storage', 'Storage | Storage'],
    ],
  ],
  [
    'in a question about the Internet, where nothing is known of the network',
    unknown,
    { tags: two, asked: 'Internet' },
    [
      ['VirtualNetwork', '168.63.129.16/32 network | network'],
      [
        'Internet',
        'public Internet Sql.WestEurope Storage | public Internet Sql.WestEurope Storage',
      ],
    ],
  ],
  [
    'in a network that counts every public IPv4 address as its own',
    networkOf({ v4: publicAddresses.v4, v6: space.v6 }),
    { tags: two },
    [
      [
        'VirtualNetwork',
        'public Sql.WestEurope Storage | fd00::/64',
        'public Sql.WestEurope Storage | fd00::/64',
      ],
      [
        'Internet',
        'Internet | public Internet Sql.WestEurope Storage',
        'Internet | public Internet Sql.WestEurope Storage',
      ],
    ],
  ],
  [
    'in a network that counts every public IPv6 address as its own',
    networkOf({ v4: space.v4, v6: publicAddresses.v6 }),
    { tags: two },
    [
      [
        'VirtualNetwork',
        '10.0.0.0/16 | public Sql.WestEurope Storage',
        '10.0.0.0/16 | public Sql.WestEurope Storage',
      ],
      [
        'Internet',
        'surely-public Internet Sql.WestEurope Storage | Internet',
        'public Internet Sql.WestEurope Storage | Internet',
      ],
    ],
  ],
  [
    'in a network with some public addresses',
    networkOf(addressSet(['20.0.0.0/8', '2603::/16'])),
    { tags: two },
    [
      [
        'VirtualNetwork',
        '20.0.0.0/8 | 2603::/16',
        '20.0.0.0/8 Sql.WestEurope Storage | 2603::/16 Sql.WestEurope Storage',
      ],
    ],
  ],
  [
    'in a network of which nothing is known, taken as narrow as it can be',
    unknown,
    {},
    [
      ['*', `every ${all} | every ${all}`],
      ...prefixes,
      ['0.0.0.0/0', `every ${all} |`, `every ${all} |`],
      ['VirtualNetwork', '168.63.129.16/32 network | network'],
      ['Internet', 'surely-public Internet | public Internet', 'public Internet | public Internet'],
      [
        'AzureLoadBalancer',
        `168.63.129.16/32 | ${probe}`,
        `168.63.129.16/32 network | ${probe} network`,
      ],
      ['AzurePlatformDNS', '168.63.129.16/32 |', '168.63.129.16/32 network | network'],
      ...unlisted,
    ],
  ],
  [
    'in a network of which nothing is known, taken as wide as it can be',
    unknown,
    { at: [1, 0] },
    [
      ...prefixes,
      ['VirtualNetwork', `every ${all} | every ${all}`],
      ['Internet', 'Internet | Internet', 'Internet | Internet'],
      ...unlisted,
    ],
  ],
  [
    'in a network of which nothing is known, where two tags are named',
    unknown,
    { tags: two },
    [
      ...prefixesOfTwo,
      [
        'VirtualNetwork',
        '168.63.129.16/32 network | network',
        '168.63.129.16/32 network Sql.WestEurope Storage | network Sql.WestEurope Storage',
      ],
      [
        'Internet',
        'surely-public Internet | public Internet',
        'public Internet Sql.WestEurope Storage | public Internet Sql.WestEurope Storage',
      ],
      [
        'Sql.WestEurope',
        'Sql.WestEurope | Sql.WestEurope',
        'network Sql.WestEurope | network Sql.WestEurope',
      ],
      ...unlistedOfTwo,
    ],
  ],
  [
    'in a network of which nothing is known, where tags are named that lie outside it',
    unknown,
    { tags: ['AzureCloud', 'AzureContainerRegistry'] },
    [
      ['VirtualNetwork', '168.63.129.16/32 network | network'],
      [
        'Internet',
        'surely-public Internet AzureCloud AzureContainerRegistry | public Internet AzureCloud AzureContainerRegistry',
        'public Internet AzureCloud AzureContainerRegistry | public Internet AzureCloud AzureContainerRegistry',
      ],
      ['AzureCloud', 'AzureCloud | AzureCloud', 'AzureCloud | AzureCloud'],
    ],
  ],
  [
    'where a tag holds another',
    known,
    { tags: ['Sql', 'Sql.WestEurope'] },
    [
      ['Sql', 'Sql Sql.WestEurope | Sql Sql.WestEurope'],
      ['Sql.WestEurope', 'Sql.WestEurope | Sql.WestEurope'],
    ],
  ],
  ['with a list', listed, {}, [['LISTED', '20.1.0.0/16 |'], ...unlisted]],
  [
    'with a list, where two tags are named that are not in it',
    listed,
    { tags: two },
    [
      ['Listed', '20.1.0.0/16 |', '20.1.0.0/16 Sql.WestEurope Storage | Sql.WestEurope Storage'],
      ['Storage', 'Storage | Storage'],
    ],
  ],
  [
    'with a list, in a network of which nothing is known',
    unknownListed,
    {},
    [['Listed', '20.1.0.0/16 |', '20.1.0.0/16 network Internet | network Internet']],
  ],
  [
    'with a list, in a network of which nothing is known, where two tags are named',
    unknownListed,
    { tags: two },
    [
      [
        'Listed',
        '20.1.0.0/16 |',
        '20.1.0.0/16 network Internet Sql.WestEurope Storage | network Internet Sql.WestEurope Storage',
      ],
    ],
  ],
])('%s', (_, surroundings, view, rows) => {
  test.each(rows.map((row) => [row]))('%s', ([match, ...bounds]) => {
    const found = resolver(surroundings, view).rule([parseAddressMatch(match)]);
    expect(bothTold(found, view.tags ?? [])).toEqual(bounds);
  });
});

describe('what a question asks for', () => {
  const outward: Surroundings = {
    serviceTags: noServiceTags,
    virtualNetwork: { atLeast: space, atMost: uniteAddresses(space, addressSet(['20.0.0.0/8'])) },
  };

  test.each<[string, string, Surroundings, ...string[]]>([
    [
      'every address',
      '*',
      known,
      'every Storage | every',
      'every Sql.WestEurope Storage | every Sql.WestEurope Storage',
    ],
    [
      'every address where nothing is known of the network',
      '*',
      unknown,
      'every network Internet Storage | every network Internet',
      'every network Internet Sql.WestEurope Storage | every network Internet Sql.WestEurope Storage',
    ],
    ['a prefix', '10.0.0.0/8', known, '10.0.0.0/8 |'],
    ['the network', 'VirtualNetwork', known, '10.0.0.0/16 | fd00::/64'],
    ['a network of which nothing is known', 'virtualnetwork', unknown, 'network | network'],
    [
      'the Internet',
      'Internet',
      known,
      'surely-public Storage | public',
      'public Sql.WestEurope Storage | public Sql.WestEurope Storage',
    ],
    [
      'the Internet where nothing is known of the network',
      'Internet',
      unknown,
      'Internet | Internet',
      'Internet Sql.WestEurope Storage | Internet Sql.WestEurope Storage',
    ],
    ['a named tag', 'Storage', known, 'Storage |', 'Storage | Storage'],
    ['a named tag of one region', 'SQL.westeurope', known, '|', 'Sql.WestEurope | Sql.WestEurope'],
    [
      'a listed tag',
      'Listed',
      { ...listed, virtualNetwork },
      '20.1.0.0/16 |',
      '20.1.0.0/16 Sql.WestEurope Storage | Sql.WestEurope Storage',
    ],
    ['one of the fixed tags', 'AzureLoadBalancer', known, `168.63.129.16/32 | ${probe}`],
  ])('%s', (_, asked, surroundings, ...bounds) => {
    expect(bothTold(resolver(surroundings, { tags: two, asked }).asked, two)).toEqual(bounds);
  });

  test('of the Internet around a network that may hold public addresses, no tag is asked for certain', () => {
    const { asked } = resolver(outward, { tags: two, asked: 'Internet' });
    expect(holds(asked.atLeast.v4, 2 ** 32 + 3)).toBe(false);
    expect(holds(asked.atMost.v4, 2 ** 32 + 3)).toBe(true);
    const [twenty, ten] = [20 * 2 ** 24, 10 * 2 ** 24];
    expect([holds(asked.atLeast.v4, twenty), holds(asked.atMost.v4, twenty)]).toEqual([
      false,
      true,
    ]);
    expect(holds(asked.atMost.v4, ten)).toBe(false);
  });

  test.each(['AzureCloud', 'AzureContainerRegistry', 'Storage', 'AzureFrontDoor'])(
    'a regional %s has IPv4 addresses for certain',
    (base) => {
      const tags = [`${base}.WestEurope`];
      const { asked } = resolver(known, { tags, asked: `${base}.WestEurope` });
      expect(told(asked.atLeast, tags)).toBe(`${base}.WestEurope |`);
    },
  );

  test('outside a network of which nothing is known are the clouds and registries for certain', () => {
    const tags = ['AzureCloud', 'AzureContainerRegistry.WestEurope', 'Sql'];
    const { asked } = resolver(unknown, { tags, asked: 'Internet' });
    expect(told(asked.atLeast, tags)).toBe(
      'Internet AzureCloud AzureContainerRegistry.WestEurope | Internet',
    );
  });
});

describe('worlds', () => {
  const wider: Surroundings = {
    serviceTags: noServiceTags,
    virtualNetwork: {
      atLeast: space,
      atMost: uniteAddresses(space, addressSet(['172.16.0.0/12'])),
    },
  };

  function worldsOf(
    asked: string,
    surroundings: Surroundings,
    assumed?: string,
    open?: readonly string[],
  ) {
    const matches = two.map(parseAddressMatch);
    const names = namedTags(matches, [], surroundings);
    const inside = assumed === undefined ? undefined : parseAddressMatch(assumed);
    return addressWorlds(surroundings, names, parseAddressMatch(asked), inside, open);
  }

  test.each<[string, string, Surroundings, readonly AddressSet[]]>([
    ['one where the network is known', '*', known, [space]],
    ['both where it may be larger', '*', wider, [space, virtualNetworkOf(wider).atMost]],
    ['both for what may be in it', '172.16.0.1', wider, [space, virtualNetworkOf(wider).atMost]],
    ['one for what is not', '172.32.0.1', wider, [space]],
    ['the widest for itself', 'VirtualNetwork', wider, [virtualNetworkOf(wider).atMost]],
    ['the narrowest for the Internet', 'Internet', wider, [space]],
  ])('there is a meaning of the network: %s', (_, asked, surroundings, networks) => {
    const worlds = worldsOf(asked, surroundings);
    expect(worlds.map(([first]) => first?.virtualNetwork)).toEqual(networks);
  });

  test('of a network of which nothing is known, both for an address', () => {
    expect(worldsOf('20.0.0.1', unknown)).toHaveLength(2);
  });

  test('of a network that may hold public addresses, both for a tag', () => {
    const outward: Surroundings = {
      serviceTags: noServiceTags,
      virtualNetwork: { atLeast: space, atMost: uniteAddresses(space, addressSet(['20.0.0.0/8'])) },
    };
    expect(worldsOf('Storage', outward)).toHaveLength(2);
    expect(worldsOf('Storage', wider)).toHaveLength(1);
  });

  test('a public address may be in any named tag, or in none', () => {
    const [views = []] = worldsOf('20.0.0.1', known);
    expect(views.map(({ inTags }) => inTags)).toEqual([[], ['Sql.WestEurope'], ['Storage']]);
    expect(views.map(({ numbered }) => numbered)).toEqual([false, false, false]);
    expect(views.map(({ holding }) => holding)).toEqual([undefined, undefined, undefined]);
  });

  test('a private one is in no tag', () => {
    const [views = []] = worldsOf('192.168.0.1', known);
    expect(views.map(({ inTags }) => inTags)).toEqual([[]]);
  });

  test('where a tag is assumed, every address is in it, and has a number', () => {
    const [views = []] = worldsOf('20.0.0.1', known, 'AzureMonitor');
    expect(views.map(({ inTags }) => inTags)).toEqual([
      ['AzureMonitor'],
      ['AzureMonitor', 'Sql.WestEurope'],
      ['AzureMonitor', 'Storage'],
    ]);
    expect(views.every(({ numbered }) => numbered)).toBe(true);
    const [plain = []] = worldsOf('20.0.0.1', known, '20.0.0.0/8');
    expect(plain.map(({ inTags }) => inTags)).toEqual([[], ['Sql.WestEurope'], ['Storage']]);
  });

  test('open names are held one at a time, beside every tag', () => {
    const [views = []] = worldsOf('20.0.0.1', known, undefined, ['internet', '/groups/web']);
    const texts = views.map(
      ({ inTags, holding }) => `${inTags.join()}:${[...(holding ?? [])].join()}`,
    );
    expect(texts).toEqual([':', 'Sql.WestEurope:', 'Storage:', ':internet', ':/groups/web']);
  });

  test('only addresses with a number are asked where a tag is assumed', () => {
    const names = namedTags(two.map(parseAddressMatch), [], known);
    const any: AddressMatch = { kind: 'any' };
    const [[first] = []] = addressWorlds(known, names, any, parseAddressMatch('Storage'));
    if (first === undefined) throw new Error('there is a world');
    const { asked } = addressResolver(known, names, any, first);
    expect(bothTold(asked, two)).toEqual(['every | every', 'every | every']);
  });
});

describe('names that stay open', () => {
  const id = resourceId('/groups/web');

  test.each<[string, AddressMatch, string | undefined]>([
    [
      'the Internet, for the blocks that it only sometimes holds',
      parseAddressMatch('INTERNET'),
      'internet',
    ],
    ['no other tag', parseAddressMatch('Storage'), undefined],
    ['a group', { kind: 'applicationSecurityGroup', id }, id],
    ['what nobody can read', { kind: 'unclear', text: '789' }, 'unclear 789'],
    ['no prefix', parseAddressMatch('10.0.0.0/8'), undefined],
    ['not every address', parseAddressMatch('*'), undefined],
  ])('%s', (_, match, name) => {
    expect(openName(match)).toBe(name);
  });

  test.each(['Internet', '/groups/web', 'unclear 789'])(
    '%s holds all that it may where it is held, and only what is certain where it is not',
    (name) => {
      const match: AddressMatch =
        name === 'Internet'
          ? parseAddressMatch(name)
          : name === id
            ? { kind: 'applicationSecurityGroup', id }
            : { kind: 'unclear', text: '789' };
      const key = openName(match) ?? '';
      const names = namedTags([], [], known);
      const any: AddressMatch = { kind: 'any' };
      const worlds = [
        ...addressWorlds(known, names, any),
        ...addressWorlds(known, names, any, undefined, [key]),
      ];
      const [inDoubt, without, within] = worlds
        .flat()
        .map((world) => addressResolver(known, names, any, world).rule([match]));
      expect(inDoubt?.atLeast).not.toEqual(inDoubt?.atMost);
      expect(without?.atMost).toBe(without?.atLeast);
      expect(without?.atMost).toEqual(inDoubt?.atLeast);
      expect(within?.atMost).toBe(within?.atLeast);
      expect(within?.atMost).toEqual(inDoubt?.atMost);
    },
  );
});

describe('members of a group', () => {
  const id = resourceId('/groups/web');
  const group: AddressMatch = { kind: 'applicationSecurityGroup', id };
  const own = subtractAddresses(space, platformAddresses);

  function membersIn(surroundings: Surroundings, tags: readonly string[] = []): AddressBounds {
    return resolver(surroundings, { tags }).rule([group]);
  }

  test('that nobody read are somewhere in the network itself', () => {
    expect(membersIn(known)).toEqual({ atLeast: noAddresses, atMost: own });
    const wide = uniteAddresses(space, addressSet(['172.16.0.0/12']));
    const wider = { ...known, virtualNetwork: { atLeast: space, atMost: wide } };
    expect(membersIn(wider)).toEqual({ atLeast: noAddresses, atMost: own });
  });

  test('that nobody read may be anywhere in a network of which nothing is known, but at the platform', () => {
    const { atLeast, atMost } = membersIn(unknown);
    expect(atLeast).toEqual(noAddresses);
    const never = addressSet(['168.63.129.16', '169.254.169.254', 'fe80::1234:5678:9abc']);
    expect(intersectAddresses(atMost, realAddresses)).toEqual(
      subtractAddresses(realAddresses, never),
    );
    expect(told(subtractAddresses(atMost, realAddresses), [])).toBe(
      `${'network more'} | network more`,
    );
  });

  test('that were read in part are certain, and the others in the network', () => {
    const read = addressSet(['192.168.0.4']);
    const of = () => ({ atLeast: read, atMost: undefined });
    const bounds = membersIn({ ...known, groupMembers: { of } });
    expect(bounds).toEqual({ atLeast: read, atMost: uniteAddresses(own, read) });
  });

  test('that were all read are exactly they', () => {
    const read = addressSet(['10.0.0.4']);
    const of = () => ({ atLeast: read, atMost: addressSet(['10.0.0.4']) });
    const bounds = membersIn({ ...known, groupMembers: { of } });
    expect(bounds.atLeast).toBe(bounds.atMost);
    expect(bounds.atMost).toEqual(read);
  });

  test('that are within a range are no more than it', () => {
    const of = () => ({ atLeast: addressSet(['10.0.0.4']), atMost: addressSet(['10.0.0.8/29']) });
    expect(membersIn({ ...known, groupMembers: { of } })).toEqual({
      atLeast: addressSet(['10.0.0.4']),
      atMost: addressSet(['10.0.0.4', '10.0.0.8/29']),
    });
  });
});

describe('several matches of one rule', () => {
  const id = resourceId('/groups/web');

  function ruleOf(...matches: readonly AddressMatch[]): AddressBounds {
    return resolver(known).rule(matches);
  }

  test('cover what each of them covers', () => {
    const halves = ruleOf(parseAddressMatch('0.0.0.0/1'), parseAddressMatch('128.0.0.0/1'));
    expect(bothTold(halves, [])).toEqual([`every ${all} |`]);
    const more = ruleOf(parseAddressMatch('10.0.0.0/24'), parseAddressMatch('AzurePlatformDNS'));
    expect(bothTold(more, [])).toEqual(['10.0.0.0/24 168.63.129.16/32 |']);
    expect(bothTold(ruleOf(), [])).toEqual(['|']);
  });

  test('cover named addresses where only together they hold a whole family', () => {
    const group: AddressMatch = { kind: 'applicationSecurityGroup', id };
    const members = addressSet(['128.0.0.0/1']);
    const of = () => ({ atLeast: members, atMost: members });
    const bounds = resolver({ ...known, groupMembers: { of } }).rule([
      parseAddressMatch('0.0.0.0/1'),
      group,
    ]);
    expect(bothTold(bounds, [])).toEqual(['every |']);
  });

  test('are in doubt where one is', () => {
    const { atLeast, atMost } = ruleOf(parseAddressMatch('10.0.0.0/24'), {
      kind: 'unclear',
      text: '789',
    });
    expect(told(atLeast, [])).toBe('10.0.0.0/24 |');
    expect(told(atMost, [])).toBe(`every ${all} | every ${all}`);
  });
});

describe('tags that a question names', () => {
  function namesOf(
    surroundings: Surroundings,
    matches: readonly string[],
    asked: readonly string[] = [],
  ): readonly string[] {
    return namedTags(matches.map(parseAddressMatch), asked.map(parseAddressMatch), surroundings)
      .tags;
  }

  test('are those without a list, in the order of the alphabet, each once', () => {
    const rules = ['Storage', '10.0.0.0/8', 'sql', 'Batch', 'Internet', 'VirtualNetwork'];
    const more = ['AzureLoadBalancer', 'STORAGE', '*'];
    expect(namesOf(known, [...rules, ...more])).toEqual(['Batch', 'sql', 'Storage']);
    expect(namesOf(known, [...more, ...rules.toReversed()])).toEqual(['Batch', 'sql', 'STORAGE']);
  });

  test('are spelled as they are asked for', () => {
    expect(namesOf(known, ['storage'], ['Storage'])).toEqual(['Storage']);
  });

  test('are, with a list, those that are asked for and not in it', () => {
    expect(namesOf(listed, ['Storage', 'Listed'], ['Sql', 'listed'])).toEqual(['Sql']);
  });

  test('have their places behind the network and the Internet, in both families', () => {
    const names = namedTags(two.map(parseAddressMatch), [], known);
    const expected = ['VirtualNetwork', 'Internet', ...two];
    expect([...names.entries(4)]).toEqual(expected.map((name, at) => [2 ** 32 + at, name]));
    expect([...names.entries(6)]).toEqual(
      expected.map((name, at) => [2n ** 128n + BigInt(at), name]),
    );
  });

  test.each([
    ['VIRTUALNETWORK', true],
    ['Internet', true],
    ['AzureLoadBalancer', true],
    ['AzurePlatformDNS', true],
    ['AzurePlatformIMDS', true],
    ['LISTED', true],
    ['Storage', false],
  ])('%s means something without its name: %s', (tag, expected) => {
    expect(isResolved(tag, listed)).toBe(expected);
  });
});

describe('what is plainly asked', () => {
  const odd = serviceTags([
    { name: 'Listed', addressPrefixes: ['20.1.0.0/16'] },
    { name: 'Internet', addressPrefixes: ['20.2.0.0/16'] },
    { name: 'VirtualNetwork', addressPrefixes: ['20.3.0.0/16'] },
  ]);
  const texts = [
    '20.0.0.0/8',
    'Listed',
    'AzureLoadBalancer',
    'Internet',
    'VirtualNetwork',
    '*',
    'Sql',
  ];

  test.each([
    ['a list and a known network', { virtualNetwork, serviceTags: odd }, [0, 1, 2]],
    ['no list', known, [0, 2]],
    ['an unknown network', { serviceTags: odd }, [0]],
  ] as const)('with %s is what the resolver says', (_, surroundings, plain) => {
    const names = namedTags([], [], surroundings);
    for (const [index, text] of texts.entries()) {
      const match = parseAddressMatch(text);
      const asked = plainlyAsked(surroundings, names, match);
      expect([text, asked !== undefined]).toEqual([text, plain.some((one) => one === index)]);
      if (asked === undefined) continue;
      const { atLeast } = virtualNetworkOf(surroundings);
      const world = { virtualNetwork: atLeast, inTags: [] };
      expect(asked).toEqual(addressResolver(surroundings, names, match, world).asked);
    }
  });

  test('beside a named tag is only a prefix', () => {
    const match = parseAddressMatch('Listed');
    const names = namedTags([], [parseAddressMatch('Sql')], listed);
    expect(plainlyAsked(listed, names, match)).toBeUndefined();
    expect(plainlyAsked(listed, names, parseAddressMatch('20.0.0.0/8'))).toBeDefined();
  });
});
