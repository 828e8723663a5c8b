/**
 * A network so small that every packet and every way its unresolved names may be can be walked:
 * plain first match, one packet at a time, without a word of the engine's bounds or sets.
 */
import fc from 'fast-check';
import { resourceId } from '../../shared/model/resource-id.ts';
import type { Surroundings } from '../../shared/network/address-bounds.ts';
import { hostAddress } from '../../shared/network/address-bounds.ts';
import type { AddressMatch, SecurityRule } from '../../shared/network/security-rule.ts';
import { noServiceTags, serviceTags } from '../../shared/network/service-tags.ts';
import { addressSet, parseAddress, uniteAddresses } from '../../shared/packets/address.ts';
import type { Packet } from '../../shared/packets/packet-set.ts';

/** Two addresses of the network, one perhaps in it, one special-use, three on the Internet, one perhaps. */
const addresses = [
  '10.0.0.1',
  '10.0.0.2',
  '172.16.0.1',
  '192.168.0.1',
  '20.1.0.0',
  '20.1.0.1',
  '51.4.0.9',
  '21.0.0.5',
] as const;
type Address = (typeof addresses)[number];

const prefixes: ReadonlyMap<string, readonly Address[]> = new Map<string, readonly Address[]>([
  ['10.0.0.0/24', ['10.0.0.1', '10.0.0.2']],
  ['10.0.0.2', ['10.0.0.2']],
  ['172.16.0.0/12', ['172.16.0.1']],
  ['20.1.0.0/31', ['20.1.0.0', '20.1.0.1']],
  ['20.1.0.1-51.4.0.9', ['20.1.0.1', '51.4.0.9', '21.0.0.5']],
  ['0.0.0.0/1', ['10.0.0.1', '10.0.0.2', '20.1.0.0', '20.1.0.1', '51.4.0.9', '21.0.0.5']],
  ['128.0.0.0/1', ['172.16.0.1', '192.168.0.1']],
  ['0.0.0.0/0', addresses],
]);

const space = uniteAddresses(addressSet(['10.0.0.0/24']), hostAddress);

/** `Listed` is in the list where there is one; the tags of `unlisted` are never. */
const listed: readonly Address[] = ['20.1.0.0'];
const unlisted = ['Storage', 'Storage.WestEurope', 'AzureMonitor'] as const;
const group = resourceId('/groups/web');

export const listedSurroundings: Surroundings = {
  serviceTags: serviceTags([{ name: 'Listed', addressPrefixes: ['20.1.0.0'] }]),
  virtualNetwork: {
    atLeast: space,
    atMost: uniteAddresses(space, addressSet(['172.16.0.0/12'])),
  },
};

/** The same without a list of service tags. */
export const unlistedSurroundings: Surroundings = {
  ...listedSurroundings,
  serviceTags: noServiceTags,
};

const tagNames = ['VirtualNetwork', 'Internet', 'Listed', ...unlisted];

/** What one side of a rule may name. */
const match: fc.Arbitrary<AddressMatch> = fc.oneof(
  { weight: 2, arbitrary: fc.constant<AddressMatch>({ kind: 'any' }) },
  {
    weight: 4,
    arbitrary: fc
      .constantFrom(...prefixes.keys())
      .map((text): AddressMatch => ({ kind: 'prefix', text })),
  },
  {
    weight: 4,
    arbitrary: fc
      .constantFrom(...tagNames)
      .map((name): AddressMatch => ({ kind: 'serviceTag', name })),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<AddressMatch>(
      { kind: 'applicationSecurityGroup', id: group },
      { kind: 'unclear', text: '789' },
    ),
  },
);
const side = fc.array(match, { minLength: 1, maxLength: 2 });

/** Up to five outbound rules, in the order of their priorities. */
export const ruleLists: fc.Arbitrary<readonly SecurityRule[]> = fc
  .array(
    fc.record({
      access: fc.constantFrom('Allow' as const, 'Deny' as const),
      protocol: fc.constantFrom('Tcp' as const, 'Icmp' as const, '*' as const),
      sources: side,
      destinations: side,
      destinationPorts: fc.constantFrom(
        [],
        [{ from: 443, to: 443 }],
        [{ from: 0, to: 100 }],
        [
          { from: 80, to: 80 },
          { from: 443, to: 443 },
        ],
      ),
    }),
    { maxLength: 5 },
  )
  .map((rules) =>
    rules.map((rule, index) => ({
      ...rule,
      name: `r${index}`,
      priority: 100 + index,
      direction: 'Outbound' as const,
      sourcePorts: [],
    })),
  );

/** A list, and the list after one rule was dropped, added, moved or had its access turned. */
export const editedLists: fc.Arbitrary<
  readonly [before: readonly SecurityRule[], after: readonly SecurityRule[]]
> = fc.tuple(ruleLists, ruleLists, fc.nat(4), fc.nat(4)).map(([rules, others, at, kind]) => {
  const edited = [...rules];
  const [rule] = edited.splice(at, 1);
  const [other] = others;
  if (kind === 0 && rule !== undefined) edited.unshift(rule);
  if (kind === 1 && rule !== undefined) {
    edited.splice(at, 0, { ...rule, access: rule.access === 'Allow' ? 'Deny' : 'Allow' });
  }
  if (kind === 2 && other !== undefined) edited.splice(at, 0, other);
  const after = kind === 3 ? others : edited;
  return [rules, after.map((one, index) => ({ ...one, priority: 200 + index }))];
});

export interface SmallPacket {
  readonly protocol: 'Tcp' | 'Icmp';
  readonly source: Address;
  readonly destination: Address;
  readonly port: number;
}

/** One packet of every kind that the rules above can tell apart. */
export const smallPackets: readonly SmallPacket[] = addresses.flatMap((source) =>
  addresses.flatMap((destination) => [
    { protocol: 'Icmp' as const, source, destination, port: 0 },
    ...[80, 99, 443].map((port) => ({ protocol: 'Tcp' as const, source, destination, port })),
  ]),
);

/** The packet as the engine numbers it. */
export function enginePacket({ protocol, source, destination, port }: SmallPacket): Packet {
  const at = (text: string): number => Number(parseAddress(text)?.value ?? Number.NaN);
  return {
    family: 4,
    protocol,
    source: at(source),
    sourcePort: protocol === 'Icmp' ? 0 : 50_000,
    destination: at(destination),
    destinationPort: port,
  };
}

/** The names that an address is in, in one world. */
type Memberships = ReadonlySet<string>;

/** Every set of names that the address may be in. */
function membershipsOf(address: Address, withList: boolean): readonly Memberships[] {
  const isPublic = addresses.indexOf(address) >= 4;
  const inNetwork = address.startsWith('10.')
    ? [true]
    : address === '172.16.0.1'
      ? [true, false]
      : [false];
  return inNetwork.flatMap((isInside) => {
    const certain = [
      ...(isInside ? ['VirtualNetwork'] : []),
      ...(isPublic && address !== '21.0.0.5' ? ['Internet'] : []),
      ...(withList && listed.includes(address) ? ['Listed'] : []),
    ];
    const open = [
      'unclear 789',
      // Members of a group are interfaces of the network itself: no gateway brings any in.
      ...(address.startsWith('10.') ? [group] : []),
      ...(address === '21.0.0.5' ? ['Internet'] : []),
      ...(isPublic ? [...unlisted, ...(withList ? [] : ['Listed'])] : []),
    ];
    return subsetsOf(open)
      .filter(
        (names) => !names.includes('Storage.WestEurope') || names.includes('Storage') || withList,
      )
      .map((names) => new Set([...certain, ...names]));
  });
}

function subsetsOf<T>(items: readonly T[]): readonly (readonly T[])[] {
  return items.reduce<readonly (readonly T[])[]>(
    (all, item) => [...all, ...all.map((some) => [...some, item])],
    [[]],
  );
}

function holds(one: AddressMatch, address: Address, names: Memberships): boolean {
  switch (one.kind) {
    case 'any':
      return true;
    case 'prefix':
      return prefixes.get(one.text)?.includes(address) ?? false;
    case 'serviceTag':
      return names.has(one.name);
    case 'applicationSecurityGroup':
      return names.has(one.id);
    case 'unclear':
      return names.has(`unclear ${one.text}`);
    default:
      return one satisfies never;
  }
}

/** A packet in one world. */
export interface Situation {
  readonly packet: SmallPacket;
  readonly source: Memberships;
  readonly destination: Memberships;
}

/** The packet in every world: whatever names its source and its destination may be in. */
export function situationsOf(packet: SmallPacket, withList: boolean): readonly Situation[] {
  return membershipsOf(packet.source, withList).flatMap((source) =>
    membershipsOf(packet.destination, withList).map((destination) => ({
      packet,
      source,
      destination,
    })),
  );
}

/** The first rule that matches, in the order given. */
export function firstMatch(
  rules: readonly SecurityRule[],
  { packet, source, destination }: Situation,
): SecurityRule | undefined {
  return rules.find(
    (rule) =>
      (rule.protocol === '*' || rule.protocol === packet.protocol) &&
      (rule.destinationPorts.length === 0 ||
        (packet.protocol === 'Tcp' &&
          rule.destinationPorts.some(
            ({ from, to }) => from <= packet.port && packet.port <= to,
          ))) &&
      rule.sources.some((one) => holds(one, packet.source, source)) &&
      rule.destinations.some((one) => holds(one, packet.destination, destination)),
  );
}
