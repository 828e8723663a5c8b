/**
 * `decide` against an oracle that knows nothing of bounds: it runs plain first-match rules in every
 * world that the unresolved tags and groups allow, one packet at a time.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resourceId } from '../../shared/model/resource-id.ts';
import { addressSet, uniteAddresses } from '../../shared/packets/address.ts';
import { describe as describePackets } from '../../shared/packets/describe.ts';
import { noPackets } from '../../shared/packets/packet-set.ts';
import type { Surroundings } from '../../shared/network/address-bounds.ts';
import { hostAddress } from '../../shared/network/address-bounds.ts';
import {
  type Decision,
  type Question,
  type RuleList,
  decide,
} from '../../shared/network/decide.ts';
import { parseAddressMatch } from '../../shared/network/parse-match.ts';
import type { AddressMatch, AdminRule, SecurityRule } from '../../shared/network/security-rule.ts';
import { noServiceTags, serviceTags } from '../../shared/network/service-tags.ts';

const runs = import.meta.env.MODE === 'deep' ? 6000 : 600;

/** Eight addresses: two of the virtual network, one special-use, the rest on the Internet. */
const points = [
  '10.0.0.1',
  '10.0.0.2',
  '172.16.0.1',
  '20.1.0.0',
  '20.1.0.1',
  '20.1.0.2',
  '20.1.0.3',
  '51.4.0.9',
] as const;
const inNetwork = new Set<string>(['10.0.0.1', '10.0.0.2']);
const onInternet = new Set<string>(points.slice(3));
const ports = [80, 443];
const space = uniteAddresses(addressSet(['10.0.0.0/24']), hostAddress);

/** What each tag or group holds in one world, as the points it contains. */
type World = ReadonlyMap<string, ReadonlySet<string>>;

const prefixes: ReadonlyMap<string, readonly string[]> = new Map([
  ['10.0.0.0/24', points.slice(0, 2)],
  ['10.0.0.2', ['10.0.0.2']],
  ['172.16.0.0/12', ['172.16.0.1']],
  ['20.1.0.0/30', points.slice(3, 7)],
  ['20.1.0.2/31', points.slice(5, 7)],
  ['20.1.0.1-20.1.0.2', points.slice(4, 6)],
  ['51.4.0.9/32', ['51.4.0.9']],
  ['0.0.0.0/1', points.filter((point) => point !== '172.16.0.1')],
  ['0.0.0.0/0', [...points]],
]);

const match: fc.Arbitrary<AddressMatch> = fc.oneof(
  fc.constant<AddressMatch>({ kind: 'any' }),
  fc.constantFrom(...prefixes.keys()).map((text): AddressMatch => ({ kind: 'prefix', text })),
  fc
    .constantFrom('VirtualNetwork', 'Internet', 'Listed', 'Unlisted')
    .map((name): AddressMatch => ({ kind: 'serviceTag', name })),
  fc.constant<AddressMatch>({ kind: 'applicationSecurityGroup', id: resourceId('/asg') }),
);

/** Unresolved things occur once per world, so that bounds are not only sound but exact. */
const matches = fc.array(match, { minLength: 1, maxLength: 2 });
const portRanges = fc.constantFrom([], [{ from: 443, to: 443 }], [{ from: 0, to: 100 }]);

const ruleParts = {
  protocol: fc.constantFrom('Tcp' as const, 'Icmp' as const, '*' as const),
  sources: matches,
  sourcePorts: fc.constant([]),
  destinations: matches,
  destinationPorts: portRanges,
  direction: fc.constant('Outbound' as const),
};

function rulesOf<A extends string>(access: fc.Arbitrary<A>, maxLength: number) {
  return fc
    .array(fc.record({ ...ruleParts, access }), { maxLength })
    .map((rules) =>
      rules.map((rule, index) => ({ ...rule, name: `r${index}`, priority: 100 + index })),
    );
}

const securityRules = rulesOf(fc.constantFrom('Allow' as const, 'Deny' as const), 5);
const adminRules = rulesOf(
  fc.constantFrom('Allow' as const, 'AlwaysAllow' as const, 'Deny' as const),
  3,
);

interface Packet {
  readonly protocol: 'Tcp' | 'Icmp';
  readonly source: string;
  readonly destination: string;
  readonly port: number;
}

function holdsAddress(match: AddressMatch, address: string, world: World): boolean {
  switch (match.kind) {
    case 'any':
      return true;
    case 'prefix':
      return prefixes.get(match.text)?.includes(address) ?? false;
    case 'serviceTag':
      if (match.name === 'VirtualNetwork') return inNetwork.has(address);
      if (match.name === 'Internet') return onInternet.has(address);
      return world.get(match.name)?.has(address) ?? false;
    case 'applicationSecurityGroup':
      return world.get('asg')?.has(address) ?? false;
    case 'unclear':
      return world.get(match.text)?.has(address) ?? false;
    default:
      return match satisfies never;
  }
}

function hits(rule: SecurityRule | AdminRule, packet: Packet, world: World): boolean {
  const isPortless = packet.protocol === 'Icmp';
  if (rule.protocol !== '*' && rule.protocol !== packet.protocol) return false;
  if (isPortless && rule.destinationPorts.length > 0) return false;
  const portFits =
    rule.destinationPorts.length === 0 ||
    rule.destinationPorts.some(({ from, to }) => from <= packet.port && packet.port <= to);
  return (
    portFits &&
    rule.sources.some((one) => holdsAddress(one, packet.source, world)) &&
    rule.destinations.some((one) => holdsAddress(one, packet.destination, world))
  );
}

function passesInWorld(
  packet: Packet,
  admin: readonly AdminRule[],
  groups: readonly (readonly SecurityRule[])[],
  world: World,
): boolean {
  const first = admin.find((rule) => hits(rule, packet, world));
  if (first?.access === 'Deny') return false;
  if (first?.access === 'AlwaysAllow') return true;
  return groups.every(
    (rules) => rules.find((rule) => hits(rule, packet, world))?.access === 'Allow',
  );
}

/** The unresolved tag and the group may hold or not hold each of the packet's two addresses. */
function worldsFor(packet: Packet, listed: ReadonlySet<string>): readonly World[] {
  const candidates = [packet.source, packet.destination];
  const subsets = [0, 1, 2, 3].map(
    (bits) => new Set(candidates.filter((_, index) => (bits & (1 << index)) !== 0)),
  );
  return subsets.flatMap((tag) =>
    subsets.map(
      (asg): World =>
        new Map([
          ['Listed', listed],
          ['Unlisted', new Set([...tag].filter((address) => onInternet.has(address)))],
          ['asg', new Set([...asg].filter((address) => inNetwork.has(address)))],
          ['789', asg],
        ]),
    ),
  );
}

const list = serviceTags([{ name: 'listed', addressPrefixes: ['20.1.0.0/31'] }]);
const listedPoints = new Set<string>(['20.1.0.0', '20.1.0.1']);
const surroundings: Surroundings = {
  serviceTags: list,
  virtualNetwork: { atLeast: space, atMost: space },
};

function packetsOf(): readonly Packet[] {
  return points.flatMap((source) =>
    points.flatMap((destination) =>
      ports.flatMap((port) =>
        (['Tcp', 'Icmp'] as const).map((protocol) => ({ source, destination, port, protocol })),
      ),
    ),
  );
}

function chainOf(
  admin: readonly AdminRule[],
  groups: readonly (readonly SecurityRule[])[],
): readonly RuleList[] {
  return [
    ...(admin.length === 0
      ? []
      : [{ kind: 'admin' as const, at: resourceId('/admin'), name: 'admin', rules: admin }]),
    ...groups.map((rules, index): RuleList => ({
      kind: 'securityGroup',
      at: resourceId(`/nsg${index}`),
      name: `nsg${index}`,
      rules,
    })),
  ];
}

function single(packet: Packet): Question {
  return {
    direction: 'Outbound',
    protocols: [packet.protocol],
    source: { kind: 'prefix', text: packet.source },
    sourcePorts: [],
    destination: { kind: 'prefix', text: packet.destination },
    destinationPorts: [{ from: packet.port, to: packet.port }],
  };
}

describe('decide', () => {
  it('says allowed or denied only where every world agrees', () => {
    fc.assert(
      fc.property(
        adminRules,
        fc.array(securityRules, { minLength: 1, maxLength: 2 }),
        fc.constantFrom(...packetsOf()),
        (admin, groups, packet) => {
          const outcomes = worldsFor(packet, listedPoints).map((world) =>
            passesInWorld(packet, admin, groups, world),
          );
          const { answer } = decide(single(packet), chainOf(admin, groups), surroundings);
          const contradictions = { allowed: false, denied: true, unknown: undefined };
          expect(Object.keys(contradictions)).toContain(answer);
          expect(outcomes).not.toContain(new Map(Object.entries(contradictions)).get(answer));
        },
      ),
      { numRuns: runs * 5 },
    );
  });

  it('says unknown only where worlds disagree, when nothing unresolved occurs twice', () => {
    const resolved = match.filter(
      (one) =>
        one.kind !== 'applicationSecurityGroup' &&
        !(one.kind === 'serviceTag' && one.name === 'Unlisted'),
    );
    fc.assert(
      fc.property(
        securityRules,
        fc.nat(4),
        fc.constantFrom<AddressMatch>(
          { kind: 'serviceTag', name: 'Unlisted' },
          { kind: 'applicationSecurityGroup', id: resourceId('/asg') },
          { kind: 'unclear', text: '789' },
        ),
        fc.array(resolved, { minLength: 1, maxLength: 2 }),
        fc.constantFrom(...packetsOf()),
        (rules, at, open, filler, packet) => {
          const clean = rules.map((rule, index) => ({
            ...rule,
            sources: filler,
            destinations: index === at ? [open] : filler,
          }));
          const outcomes = worldsFor(packet, listedPoints).map((world) =>
            passesInWorld(packet, [], [clean], world),
          );
          const { answer } = decide(single(packet), chainOf([], [clean]), surroundings);
          const expected = outcomes.every(Boolean)
            ? 'allowed'
            : outcomes.some(Boolean)
              ? 'unknown'
              : 'denied';
          expect(answer).toBe(expected);
        },
      ),
      { numRuns: runs * 3 },
    );
  });

  it('is exact for one list, however its unresolved tags lie in each other', () => {
    const names = ['Storage', 'Storage.WestEurope', 'AzureCloud'] as const;
    const memberships: readonly (readonly string[])[] = [
      [],
      ['Storage'],
      ['Storage', 'Storage.WestEurope'],
      ['AzureCloud'],
      ['AzureCloud', 'Storage'],
      ['AzureCloud', 'Storage', 'Storage.WestEurope'],
    ];
    const destination = fc.oneof(
      { arbitrary: fc.constantFrom(...names), weight: 3 },
      { arbitrary: fc.constantFrom('Internet', '20.1.0.0/30', '51.4.0.9/32'), weight: 1 },
    );
    const lists = fc
      .array(
        fc.record({
          ...ruleParts,
          access: fc.constantFrom('Allow' as const, 'Deny' as const),
          to: fc.array(destination, { minLength: 1, maxLength: 2 }),
        }),
        { maxLength: 6 },
      )
      .map((rules) =>
        rules.map(({ to, ...rule }, index) => ({
          ...rule,
          sources: [{ kind: 'any' } as const],
          destinations: to.map(parseAddressMatch),
          name: `r${index}`,
          priority: 100 + index,
        })),
      );
    const toInternet = packetsOf().filter(
      ({ source, destination: to }) => source === '10.0.0.1' && onInternet.has(to),
    );
    fc.assert(
      fc.property(lists, fc.constantFrom(...toInternet), (rules, packet) => {
        const outcomes = memberships.map((tags) => {
          const world = new Map(
            names.map((name) => [name, new Set(tags.includes(name) ? [packet.destination] : [])]),
          );
          return passesInWorld(packet, [], [rules], world);
        });
        const expected = outcomes.every(Boolean)
          ? 'allowed'
          : outcomes.some(Boolean)
            ? 'unknown'
            : 'denied';
        const { answer } = decide(single(packet), chainOf([], [rules]), {
          ...surroundings,
          serviceTags: noServiceTags,
        });
        expect(answer).toBe(expected);
      }),
      { numRuns: runs * 3 },
    );
  });

  it('splits a wide question into the same packets as single ones', () => {
    fc.assert(
      fc.property(
        adminRules,
        fc.array(securityRules, { minLength: 1, maxLength: 2 }),
        (admin, groups) => {
          const chain = chainOf(admin, groups);
          const wide = decide(
            {
              direction: 'Outbound',
              protocols: ['Tcp', 'Icmp'],
              source: { kind: 'prefix', text: '0.0.0.0/0' },
              sourcePorts: [],
              destination: { kind: 'prefix', text: '0.0.0.0/0' },
              destinationPorts: [],
            },
            chain,
            surroundings,
          );
          expect(wide.allowed.intersect(wide.denied).isEmpty()).toBe(true);
          expect(
            wide.allowed.union(wide.denied).union(wide.undecided).equals(wide.asked.atMost),
          ).toBe(true);
          for (const packet of packetsOf().filter((_, index) => index % 7 === 0)) {
            const { asked, answer } = decide(single(packet), chain, surroundings);
            const part = { allowed: wide.allowed, denied: wide.denied, unknown: wide.undecided };
            expect(answer).not.toBe('partial');
            expect(
              asked.atMost.isSubsetOf(new Map(Object.entries(part)).get(answer) ?? noPackets),
            ).toBe(true);
          }
        },
      ),
      { numRuns: Math.ceil(runs / 8) },
    );
  });

  it('never lets an unread list turn into allowed', () => {
    fc.assert(
      fc.property(securityRules, fc.constantFrom(...packetsOf()), (rules, packet) => {
        const group = chainOf([], [rules]);
        const missing = [{ what: 'nsg', scope: '/x', why: 'not read' }];
        const withGroup = decide(
          single(packet),
          [...group, { kind: 'unread', of: 'securityGroup', name: 'nsg', missing }],
          surroundings,
        );
        const alone = decide(single(packet), group, surroundings);
        expect(withGroup.answer).toBe(alone.answer === 'denied' ? 'denied' : 'unknown');
        const withAdmin = decide(
          single(packet),
          [{ kind: 'unread', of: 'admin', name: 'admin', missing }, ...group],
          surroundings,
        );
        expect(withAdmin.answer).toBe('unknown');
        expect(withAdmin.missing).toEqual(missing);
      }),
      { numRuns: runs },
    );
  });
});

describe('a tag whose addresses nobody knows', () => {
  const withoutList: Surroundings = { ...surroundings, serviceTags: noServiceTags };
  const ask = (rules: readonly Partial<SecurityRule>[], tag: string): string =>
    decideAbout(rules, tag).answer;
  const decideAbout = (
    rules: readonly Partial<SecurityRule>[],
    tag: string,
    around: Surroundings = withoutList,
  ): Decision =>
    decide(
      {
        direction: 'Outbound',
        protocols: ['Tcp'],
        source: { kind: 'prefix', text: '10.0.0.0/24' },
        sourcePorts: [],
        destination: { kind: 'serviceTag', name: tag },
        destinationPorts: [{ from: 443, to: 443 }],
      },
      chainOf(
        [],
        [
          rules.map((rule, index) => ({
            name: `r${index}`,
            priority: 100 + index,
            direction: 'Outbound',
            access: 'Allow',
            protocol: '*',
            sources: [{ kind: 'any' }],
            sourcePorts: [],
            destinations: [{ kind: 'any' }],
            destinationPorts: [],
            ...rule,
          })),
        ],
      ),
      around,
    );
  const to = (name: string): Partial<SecurityRule> => ({
    destinations: [{ kind: 'serviceTag', name }],
  });
  const toPrefix = (text: string): Partial<SecurityRule> => ({
    destinations: [{ kind: 'prefix', text }],
  });

  it.each([
    ['AzureContainerRegistry.WestEurope', 'allowed'],
    ['AzureContainerRegistry', 'allowed'],
    ['AZURECLOUD.westeurope', 'allowed'],
    ['AzureCloud', 'allowed'],
    ['Internet', 'allowed'],
    ['AzureContainerRegistry.NorthEurope', 'unknown'],
    ['AzureCloud.NorthEurope', 'unknown'],
    ['Storage', 'unknown'],
    ['VirtualNetwork', 'denied'],
    ['AzureLoadBalancer', 'denied'],
  ])('%s allowed: the registry of West Europe is %s', (tag, answer) => {
    expect(ask([to(tag)], 'AzureContainerRegistry.WestEurope')).toBe(answer);
  });

  it('is not in private or special-use prefixes, may be in public ones, and is in all of them', () => {
    expect(ask([toPrefix('10.0.0.0/8')], 'Storage')).toBe('denied');
    expect(ask([toPrefix('20.0.0.0/8')], 'Storage')).toBe('unknown');
    expect(ask([toPrefix('0.0.0.0/0')], 'Storage')).not.toBe('denied');
    expect(ask([toPrefix('0.0.0.0/0'), toPrefix('::/0')], 'Storage')).toBe('allowed');
  });

  it('is never empty: a deny of it takes something of the Internet', () => {
    const deny: Partial<SecurityRule> = { access: 'Deny', ...to('Storage') };
    const { denied, names } = decideAbout([deny, to('Internet')], 'Internet');
    expect(describePackets(denied, names).map(({ destinations }) => destinations)).toEqual([
      ['Storage'],
    ]);
    const shielded = decideAbout([to('AzureCloud'), deny, to('Internet')], 'Internet');
    expect(shielded.denied.isEmpty()).toBe(true);
    expect(shielded.answer).toBe('unknown');
    expect(ask([to('Internet'), deny], 'Internet')).toBe('allowed');
  });

  it('may lie in a virtual network that counts public addresses as its own', () => {
    const inside = addressSet(['10.0.0.0/24', '20.0.0.0/8', '168.63.129.16']);
    const wide = { ...withoutList, virtualNetwork: { atLeast: inside, atMost: inside } };
    const deny: Partial<SecurityRule> = { access: 'Deny', ...to('VirtualNetwork') };
    expect(ask([deny, to('Internet')], 'Storage')).toBe('allowed');
    expect(decideAbout([deny, to('Internet')], 'Storage', wide).answer).toBe('unknown');
    expect(decideAbout([to('VirtualNetwork'), to('Internet')], 'Storage', wide).answer).toBe(
      'unknown',
    );
  });

  it('a listed tag may hold some of an Internet whose extent is not known', () => {
    const nowhere = { serviceTags: list };
    const deny: Partial<SecurityRule> = { access: 'Deny', ...to('Listed') };
    expect(decideAbout([deny, to('Internet')], 'Internet', nowhere).answer).toBe('unknown');
    expect(decideAbout([to('Listed')], 'Internet', nowhere).answer).toBe('unknown');
    expect(decideAbout([to('Internet')], 'Internet', nowhere).answer).toBe('allowed');
  });

  it('may have no IPv6 addresses: a denial of those alone proves nothing', () => {
    const six: Partial<SecurityRule> = { access: 'Deny', ...toPrefix('::/0') };
    const { denied, asked } = decideAbout([six, to('Internet')], 'Storage');
    expect(denied.intersect(asked.atLeast).isEmpty()).toBe(true);
    const four = decideAbout(
      [{ access: 'Deny', ...toPrefix('0.0.0.0/0') }, to('Internet')],
      'Storage',
    );
    expect(four.denied.intersect(four.asked.atLeast).isEmpty()).toBe(false);
  });

  it('may hold members of an application security group where the network is public', () => {
    const inside = addressSet(['20.0.0.0/8', '168.63.129.16']);
    const wide = { ...withoutList, virtualNetwork: { atLeast: inside, atMost: inside } };
    const group: Partial<SecurityRule> = {
      destinations: [{ kind: 'applicationSecurityGroup', id: resourceId('/asg') }],
    };
    expect(decideAbout([group], 'Storage', wide).answer).toBe('unknown');
    expect(decideAbout([group], 'Storage').answer).toBe('denied');
  });

  it('lies anywhere where the address space is not known, but for the registries', () => {
    const nowhere = { serviceTags: noServiceTags };
    expect(decideAbout([to('Internet')], 'Storage', nowhere).answer).toBe('unknown');
    expect(decideAbout([to('Internet')], 'AzureContainerRegistry', nowhere).answer).toBe('allowed');
  });

  it('of every registry is not claimed to lie in AzureCloud, as the published list has one outside', () => {
    expect(ask([to('AzureCloud')], 'AzureContainerRegistry')).toBe('unknown');
    expect(ask([to('AzureContainerRegistry')], 'AzureContainerRegistry')).toBe('allowed');
  });

  it('does not hold the global tag because a region is allowed', () => {
    expect(ask([to('Storage.WestEurope')], 'Storage')).toBe('unknown');
    expect(ask([to('Storage')], 'Storage.WestEurope')).toBe('allowed');
    expect(ask([to('AzureUpdateDelivery')], 'AzureUpdateDelivery.WestEurope')).toBe('unknown');
  });
});
