/** Questions that are too complex for their budget: what the first rules decide, and how much is looked at. */
import { describe, expect, test } from 'vitest';
import { resourceId } from '../../shared/model/resource-id.ts';
import { type Surroundings, hostAddress } from '../../shared/network/address-bounds.ts';
import { type Question, type RuleList, decide } from '../../shared/network/decide.ts';
import { parseAddressMatch } from '../../shared/network/parse-match.ts';
import type { AdminRule, PortRange, SecurityRule } from '../../shared/network/security-rule.ts';
import { noServiceTags } from '../../shared/network/service-tags.ts';
import { addressSet, uniteAddresses } from '../../shared/packets/address.ts';
import { regionOf } from '../../shared/packets/packet-set.ts';
import { TooComplexError, defaultBudget } from '../../shared/packets/work.ts';

const space = uniteAddresses(addressSet(['10.0.0.0/16', 'fd00::/64']), hostAddress);
const settled: Surroundings = {
  serviceTags: noServiceTags,
  virtualNetwork: { atLeast: space, atMost: space },
};
/** The network may also be 172.16.0.0/12. */
const unsettled: Surroundings = {
  serviceTags: noServiceTags,
  virtualNetwork: { atLeast: space, atMost: uniteAddresses(space, addressSet(['172.16.0.0/12'])) },
};

function rule<A extends AdminRule['access']>(
  access: A,
  priority: number,
  from: readonly string[],
  to: readonly string[] = ['*'],
  destinationPorts: readonly PortRange[] = [],
) {
  return {
    name: `r${priority}`,
    priority,
    direction: 'Outbound' as const,
    access,
    protocol: 'Tcp' as const,
    sources: from.map(parseAddressMatch),
    sourcePorts: [],
    destinations: to.map(parseAddressMatch),
    destinationPorts,
  };
}

/** So many ranges of ports, other ones for each step. */
function ports(count: number, step: number): readonly PortRange[] {
  const width = Math.floor(65_536 / count);
  return Array.from({ length: count }, (_, at) => {
    const from = at * width + (step % (width - 1));
    return { from, to: from };
  });
}

function listOf(name: string, rules: readonly SecurityRule[]): RuleList {
  return { kind: 'securityGroup', at: resourceId(`/${name}`), name, rules };
}

const asked: Question = {
  direction: 'Outbound',
  protocols: [],
  source: { kind: 'prefix', text: '10.0.0.0/16' },
  sourcePorts: [],
  destination: { kind: 'prefix', text: '20.0.0.0/8' },
  destinationPorts: [],
};
const everything: Question = { ...asked, source: { kind: 'any' }, destination: { kind: 'any' } };

function cutShort(chain: readonly RuleList[], work: number, around = settled, about = asked) {
  return decide(about, chain, around, { ...defaultBudget, work });
}

/** The lists that were not all looked at. */
function unfinished({ missing }: ReturnType<typeof decide>): readonly string[] {
  return missing.map(({ what }) => what.replace(/^all that (.*) decides .*$/, '$1'));
}

test('of rules too many to cut into classes the first are looked at, a fourth and a fourth of that', () => {
  // The first rule of sixteen, the first four and all of them differ much in what they cost.
  const rules: readonly SecurityRule[] = Array.from({ length: 16 }, (_, at) =>
    rule(
      at % 2 === 0 ? 'Allow' : 'Deny',
      100 + at,
      ['10.0.0.0/17'],
      ['20.0.0.0/9'],
      ports(at === 0 ? 60 : at < 4 ? 500 : 3000, at),
    ),
  );
  const [one, four] = [1, 4].map(
    (count) => decide(asked, [listOf('some', rules.slice(0, count))], settled).work,
  );
  if (one === undefined || four === undefined) throw new Error('both have a cost');
  const long = listOf('long', rules);
  const whole = decide(asked, [long], settled);
  const reached = (work: number): number => {
    const cut = cutShort([long], work);
    expect(unfinished(cut)).toEqual(['long']);
    expect(cut.allowed.isSubsetOf(whole.allowed)).toBe(true);
    expect(cut.denied.isSubsetOf(whole.denied)).toBe(true);
    return cut.hops[0]?.shares.length ?? 0;
  };
  // Each try may cost a fourth of what was too little.
  expect(reached(8 * one)).toBe(0);
  expect(reached(2.5 * four)).toBe(1);
  expect(reached(6 * four)).toBe(4);
  expect(6 * four).toBeLessThan(whole.work / 2);
});

test('a list as short as what is looked at of the longest is looked at as a whole', () => {
  const rules = Array.from({ length: 8 }, (_, at) =>
    rule('Allow', 100 + at, ['10.0.0.0/17'], ['20.0.0.0/9'], ports(at < 2 ? 1 : 3000, at)),
  );
  const short = listOf('short', [rule('Allow', 100, ['10.0.0.0/24']), rule('Deny', 110, ['*'])]);
  const chain = [short, listOf('long', rules)];
  const { work } = decide(asked, chain, settled);
  expect(unfinished(cutShort(chain, work / 4))).toEqual(['long']);
});

/** Rules that together make a set without a short form, so that walking them costs much. */
const tangled = Array.from({ length: 7 }, (_, at) =>
  rule(
    at % 2 === 0 ? 'Allow' : 'Deny',
    100 + at,
    [0, 1, 2, 3].map((nth) => `10.0.${16 * ((nth * (at + 1)) % 8) + at}.0/24`),
    [0, 1, 2, 3].map((nth) => `20.${(nth * (2 * at + 1)) % 9}.0.0/16`),
    [0, 1, 2].map((nth) => ({ from: 10 * nth + at, to: 10 * nth + 2 * at + 3 })),
  ),
);
const closed = listOf('closed', [rule('Deny', 100, ['*'])]);

/** What a question comes to with ever more of the work that the whole takes. */
function withEverMore(chain: readonly RuleList[], around = settled, about = asked) {
  const whole = decide(about, chain, around);
  expect(whole.isComplete).toBe(true);
  const cuts = Array.from({ length: 40 }, (_, at) =>
    cutShort(chain, Math.floor((whole.work * at) / 40), around, about),
  );
  for (const cut of cuts) {
    expect(cut.allowed.isSubsetOf(whole.allowed)).toBe(true);
    expect(cut.denied.isSubsetOf(whole.denied)).toBe(true);
  }
  return cuts;
}

test('behind a list that was not walked to its end, of no list anything is said', () => {
  const seen = new Set<string>();
  for (const cut of withEverMore([listOf('tangled', tangled), closed])) {
    seen.add(unfinished(cut).join());
  }
  expect([...seen]).toContain('tangled,closed');
  expect([...seen]).not.toContain('tangled');
});

test('admin rules cut short in one meaning of the network are not walked in the next', () => {
  const admin: RuleList = {
    kind: 'admin',
    at: resourceId('/admin'),
    name: 'admin',
    rules: tangled.map((one) => ({ ...one, sources: [parseAddressMatch('VirtualNetwork')] })),
  };
  const about = { ...everything, protocols: ['Tcp' as const] };
  const cuts = withEverMore([admin, closed], unsettled, about);
  expect(cuts.some((cut) => unfinished(cut).includes('admin'))).toBe(true);
});

test('a question with just enough work for its rules comes to its answer', () => {
  const chain = [
    listOf('some', [
      rule('Allow', 100, ['10.0.0.0/24'], ['Sql.WestEurope', '20.0.0.0/8'], ports(2, 1)),
    ]),
  ];
  const { work } = decide(everything, chain, settled);
  let less = 0;
  while (less < work && cutShort(chain, work - less, settled, everything).isComplete) less += 1;
  expect(less).toBeGreaterThan(0);
  expect(less).toBeLessThan(work);
});

test('rules of IPv6 that are too complex are told, though those of IPv4 are not', () => {
  const rules = tangled.map((one) => ({
    ...one,
    sources: one.sources.map((_, at) => parseAddressMatch(`fd00::${at + one.priority}`)),
    destinations: one.destinations.map((_, at) => parseAddressMatch(`2603:${at}::/32`)),
  }));
  const chain = [listOf('six', rules)];
  const { work } = decide(everything, chain, settled);
  const cut = cutShort(chain, work / 2, settled, everything);
  expect(unfinished(cut)).toEqual(['six']);
  expect(cut.isComplete).toBe(false);
});

test('what even without any rule does not fit its nodes is an error, and not said to be so', () => {
  const about: Question = { ...asked, destination: { kind: 'serviceTag', name: 'Internet' } };
  expect(() => decide(about, [closed], settled, { ...defaultBudget, nodes: 0 })).toThrow(
    TooComplexError,
  );
});

test('the share of a rule can be worked out, however much was since', () => {
  const decision = decide(asked, [listOf('tangled', tangled)], settled);
  const work = regionOf(decision.asked.atMost, 4)?.space.work;
  if (work === undefined) throw new Error('IPv4 is asked about');
  work.limit = 0;
  const shares = decision.hops.flatMap((hop) => hop.shares);
  expect(shares.length).toBeGreaterThan(3);
  for (const { certain, possible } of shares) expect(certain.equals(possible)).toBe(true);
});

describe('where one rule of a list decides all that is asked, but another one in another world', () => {
  const about: Question = { ...asked, destination: { kind: 'prefix', text: '172.16.1.0/24' } };
  const network = (access: 'Allow' | 'Deny'): SecurityRule => ({
    ...rule(access, 100, ['*'], ['VirtualNetwork']),
    protocol: '*',
  });
  const anything = (access: 'Allow' | 'Deny'): SecurityRule => ({
    ...rule(access, 200, ['*']),
    protocol: '*',
  });

  test.each([
    ['Allow', 'Deny'],
    ['Deny', 'Allow'],
  ] as const)('%s to the network and %s to anything is told of neither', (inside, outside) => {
    const decision = decide(
      about,
      [listOf('some', [network(inside), anything(outside)])],
      unsettled,
    );
    expect(decision.answer).toBe('unknown');
    expect(decision.undecided.equals(decision.asked.atMost)).toBe(true);
    const shares = decision.hops.flatMap((hop) => hop.shares);
    expect(shares.map((share) => share.rule.name)).toEqual(['r100', 'r200']);
    expect(shares.every(({ certain }) => certain.isEmpty())).toBe(true);
    expect(shares.every(({ possible }) => possible.equals(decision.asked.atMost))).toBe(true);
  });

  test.each(['Allow', 'Deny'] as const)('%s by either is certain, but not by which', (access) => {
    const decision = decide(
      about,
      [listOf('some', [network(access), anything(access)])],
      unsettled,
    );
    expect(decision.answer).toBe(access === 'Allow' ? 'allowed' : 'denied');
    const shares = decision.hops.flatMap((hop) => hop.shares);
    expect(shares.map((share) => share.rule.name)).toEqual(['r100', 'r200']);
    expect(shares.every(({ certain }) => certain.isEmpty())).toBe(true);
  });
});
