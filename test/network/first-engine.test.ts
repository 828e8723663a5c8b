/**
 * The engine against the one it replaced (lists of boxes, rules walked twice), and against rules
 * read packet by packet at the boundaries where engines go wrong.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { resourceId } from '../../shared/model/resource-id.ts';
import { addressSet, parseAddress, uniteAddresses } from '../../shared/packets/address.ts';
import { type Packet, protocols } from '../../shared/packets/packet-set.ts';
import { type Surroundings, hostAddress } from '../../shared/network/address-bounds.ts';
import { type Question, type RuleList, decide } from '../../shared/network/decide.ts';
import { parseAddressMatch } from '../../shared/network/parse-match.ts';
import type {
  AddressMatch,
  AdminRule,
  PortRange,
  RuleMatch,
  SecurityRule,
} from '../../shared/network/security-rule.ts';
import { noServiceTags, serviceTags } from '../../shared/network/service-tags.ts';
import { decide as decideAsAtFirst } from '../packets/first-engine/decide.ts';
import { cases } from '../packets/worlds.ts';

const prefixes = [
  '10.0.0.0/8',
  '10.0.0.0/24',
  '10.0.0.128/25',
  '10.0.0.4',
  '10.0.0.3-10.0.0.9',
  '172.16.0.0/12',
  '20.0.0.0/8',
  '20.1.0.0/16',
  '20.1.2.0/23',
  '20.1.2.3',
  '51.4.0.9/32',
  '168.63.129.16',
  '0.0.0.0/1',
  '0.0.0.0/0',
  '::/0',
  '2603:1020::/32',
  '2603:1020:206::/48',
  '2603:1020:206::5',
  'fd00:db8::/32',
];

const listed: Readonly<Record<string, readonly string[]>> = {
  AzureCloud: ['20.1.0.0/16', '51.4.0.0/16', '2603:1020::/32'],
  Storage: ['20.1.2.0/24', '2603:1020:206::/48'],
  'Storage.WestEurope': ['20.1.2.0/25'],
};
const tagList = serviceTags(
  Object.entries(listed).map(([name, addressPrefixes]) => ({ name, addressPrefixes })),
);
const space = uniteAddresses(addressSet(['10.0.0.0/16', 'fd00:db8::/32']), hostAddress);
const wider = uniteAddresses(space, addressSet(['10.1.0.0/16', '20.1.2.0/26']));

const certain: Surroundings = {
  serviceTags: tagList,
  virtualNetwork: { atLeast: space, atMost: space },
};

const around: readonly Surroundings[] = [
  certain,
  { serviceTags: tagList, virtualNetwork: { atLeast: space, atMost: wider } },
  { serviceTags: noServiceTags, virtualNetwork: { atLeast: space, atMost: space } },
  { serviceTags: noServiceTags, virtualNetwork: { atLeast: space, atMost: wider } },
  { serviceTags: tagList },
  { serviceTags: noServiceTags },
];

const prefix = fc.constantFrom(...prefixes).map(parseAddressMatch);
const tag = fc
  .constantFrom('VirtualNetwork', 'Internet', 'AzureLoadBalancer', 'Sql', ...Object.keys(listed))
  .map((name): AddressMatch => ({ kind: 'serviceTag', name }));
const open: fc.Arbitrary<AddressMatch> = fc.constantFrom(
  { kind: 'applicationSecurityGroup', id: resourceId('/asg') },
  { kind: 'unclear', text: '789' },
);
const anything: AddressMatch = { kind: 'any' };
const side: Side = fc.oneof(
  { arbitrary: fc.constant([anything]), weight: 2 },
  { arbitrary: fc.array(prefix, { minLength: 1, maxLength: 3 }), weight: 5 },
  { arbitrary: tag.map((one) => [one]), weight: 4 },
  { arbitrary: fc.array(fc.oneof(prefix, tag, open), { minLength: 1, maxLength: 2 }), weight: 2 },
);
const ports: fc.Arbitrary<readonly PortRange[]> = fc.constantFrom(
  [],
  [],
  [{ from: 443, to: 443 }],
  [{ from: 0, to: 443 }],
  [
    { from: 80, to: 80 },
    { from: 443, to: 8443 },
  ],
);

type Direction = 'Inbound' | 'Outbound';

type Side = fc.Arbitrary<readonly AddressMatch[]>;

function rulesOf<A extends string>(access: fc.Arbitrary<A>, maxLength: number, sides: Side) {
  const rule = fc.record({
    access,
    direction: fc.constantFrom<Direction>('Outbound', 'Outbound', 'Outbound', 'Inbound'),
    protocol: fc.constantFrom('*' as const, '*' as const, ...protocols),
    sources: sides,
    sourcePorts: fc.oneof(
      { arbitrary: fc.constant([]), weight: 4 },
      { arbitrary: ports, weight: 1 },
    ),
    destinations: sides,
    destinationPorts: ports,
  });
  return fc
    .array(rule, { maxLength })
    .map((rules) => rules.map((one, i) => ({ ...one, name: `r${i}`, priority: 100 + i })));
}

function chainsOf(sides: Side): fc.Arbitrary<readonly RuleList[]> {
  const admins = rulesOf(
    fc.constantFrom('Allow' as const, 'AlwaysAllow' as const, 'Deny' as const),
    4,
    sides,
  );
  const groups = rulesOf(fc.constantFrom('Allow' as const, 'Deny' as const), 7, sides);
  return fc
    .tuple(admins, fc.array(groups, { minLength: 1, maxLength: 2 }))
    .map(([admin, lists]): readonly RuleList[] => [
      { kind: 'admin', at: resourceId('/admin'), name: 'admin', rules: admin },
      ...lists.map((rules, i): RuleList => ({
        kind: 'securityGroup',
        at: resourceId(`/nsg${i}`),
        name: `nsg${i}`,
        rules,
      })),
    ]);
}

const unread: RuleList = { kind: 'unread', of: 'securityGroup', name: 'nsg', missing: [] };
const chains = fc
  .tuple(chainsOf(side), fc.integer({ min: 0, max: 9 }))
  .map(([chain, last]) => (last === 0 ? [...chain, unread] : chain));

const questions: fc.Arbitrary<Question> = fc.record({
  direction: fc.constantFrom<Direction>('Outbound', 'Outbound', 'Inbound'),
  protocols: fc.oneof(fc.constant([]), fc.subarray([...protocols])),
  source: fc.oneof(prefix, prefix, tag, fc.constant(anything)),
  sourcePorts: fc.constant([]),
  destination: fc.oneof(prefix, prefix, tag, fc.constant(anything)),
  destinationPorts: ports,
});

test('answers, sets, witnesses and shares are those of the first engine', () => {
  fc.assert(
    fc.property(questions, chains, fc.constantFrom(...around), (question, chain, surroundings) => {
      const now = decide(question, chain, surroundings);
      const then = decideAsAtFirst(question, chain, surroundings);
      expect(now.isComplete).toBe(true);
      // The first engine does not know that a name is the same in every rule: it is less certain.
      const knowsMore = !then.undecided.isEmpty() && !now.undecided.equals(then.undecided);
      expect(!knowsMore || isMoreCertain(now, then)).toBe(true);
      expect(knowsMore && !namesAnythingOpen(chain)).toBe(false);
      fc.pre(!knowsMore);
      expect(now.answer).toBe(then.answer);
      for (const part of ['allowed', 'denied', 'undecided'] as const) {
        expect(asText(now[part])).toEqual(asText(then[part]));
      }
      expect(asText(now.asked.atMost)).toEqual(asText(then.asked.atMost));
      expect(asText(now.asked.atLeast)).toEqual(asText(then.asked.atLeast));
      expect(now.missing).toEqual(then.missing);
      // Told apart by name, a rule may be seen to take nothing.
      const isPlain = then.undecided.isEmpty() || !namesAnythingOpen(chain);
      for (const [i, { shares }] of isPlain ? now.hops.entries() : []) {
        const before = then.hops[i]?.shares ?? [];
        expect(shares.map(({ rule }) => rule.name)).toEqual(before.map(({ rule }) => rule.name));
        for (const [j, share] of shares.entries()) {
          expect(share.certain.boxes()).toEqual(before[j]?.certain.boxes());
          expect(share.possible.boxes()).toEqual(before[j]?.possible.boxes());
        }
      }
    }),
    { numRuns: cases(800) },
  );
});

type Sets = Pick<ReturnType<typeof decideAsAtFirst>, 'allowed' | 'denied'>;

/** Whether one is certain of all that the other is certain of. */
function isMoreCertain(now: Sets, then: Sets): boolean {
  return then.allowed.isSubsetOf(now.allowed) && then.denied.isSubsetOf(now.denied);
}

function namesAnythingOpen(chain: readonly RuleList[]): boolean {
  return chain.some(
    (list) =>
      list.kind !== 'unread' &&
      list.rules.some((rule) =>
        [...rule.sources, ...rule.destinations].some(
          (match) =>
            match.kind === 'applicationSecurityGroup' ||
            match.kind === 'unclear' ||
            (match.kind === 'serviceTag' && match.name === 'Internet'),
        ),
      ),
  );
}

/** Azure's semantics for one packet, where everything that rules name is resolved. */
function isLetThrough(packet: Packet, chain: readonly RuleList[], direction: Direction): boolean {
  const firstOf = <R extends SecurityRule | AdminRule>(rules: readonly R[]): R | undefined =>
    rules.find((rule) => rule.direction === direction && isHit(rule, packet));
  for (const list of chain) {
    if (list.kind !== 'admin') continue;
    const access = firstOf(list.rules)?.access;
    if (access === 'Deny') return false;
    if (access === 'AlwaysAllow') return true;
  }
  return chain.every(
    (list) => list.kind !== 'securityGroup' || firstOf(list.rules)?.access === 'Allow',
  );
}

function isHit(rule: RuleMatch, packet: Packet): boolean {
  const isPortless = packet.protocol !== 'Tcp' && packet.protocol !== 'Udp';
  const restrictsPorts = rule.sourcePorts.length + rule.destinationPorts.length > 0;
  const isOpen = (ranges: readonly PortRange[], port: number): boolean =>
    ranges.length === 0 || ranges.some(({ from, to }) => from <= port && port <= to);
  return (
    (rule.protocol === '*' || rule.protocol === packet.protocol) &&
    !(isPortless && restrictsPorts) &&
    (isPortless || isOpen(rule.sourcePorts, packet.sourcePort)) &&
    (isPortless || isOpen(rule.destinationPorts, packet.destinationPort)) &&
    rule.sources.some((match) => isHeld(match, packet.family, packet.source)) &&
    rule.destinations.some((match) => isHeld(match, packet.family, packet.destination))
  );
}

function isHeld(match: AddressMatch, family: 4 | 6, address: number | bigint): boolean {
  if (match.kind === 'any') return true;
  const texts = match.kind === 'serviceTag' ? (listed[match.name] ?? []) : [];
  return (match.kind === 'prefix' ? [match.text] : texts).some((text) => {
    const [lo = 0, hi = 0] = ends(text, family);
    return lo <= address && address <= hi;
  });
}

/** The first and last address of a prefix or range; none where it is of the other family. */
function ends(text: string, family: 4 | 6): readonly (number | bigint)[] {
  if (text.includes(':') !== (family === 6)) return [1, 0];
  const [first = '', length] = text.split('/');
  const [from = '', to = from] = first.split('-');
  const [lo = 0n, hi = 0n] = [from, to].map((one) => BigInt(parseAddress(one)?.value ?? 0));
  const free = length === undefined ? 0n : (family === 4 ? 32n : 128n) - BigInt(length);
  const size = 1n << free;
  const bounds = [lo - (lo % size), free === 0n ? hi : lo - (lo % size) + size - 1n];
  return family === 4 ? bounds.map(Number) : bounds;
}

const certainMatch = fc.oneof(
  prefix,
  fc
    .constantFrom(...Object.keys(listed))
    .map((name): AddressMatch => ({ kind: 'serviceTag', name })),
);
const certainSide: Side = fc.oneof(
  { arbitrary: fc.constant([anything]), weight: 1 },
  { arbitrary: fc.array(certainMatch, { minLength: 1, maxLength: 3 }), weight: 4 },
);

const certainChains = chainsOf(certainSide);

/** Every address where something begins or ends, and its neighbours. */
const corners = (family: 4 | 6): readonly (number | bigint)[] => {
  const last = family === 4 ? 2n ** 32n - 1n : 2n ** 128n - 1n;
  const near = [...prefixes, ...Object.values(listed).flat()]
    .filter((text) => text.includes(':') === (family === 6))
    .flatMap((text) => ends(text, family))
    .flatMap((at) => [BigInt(at) - 1n, BigInt(at), BigInt(at) + 1n])
    .filter((at) => at >= 0n && at <= last);
  return family === 4 ? near.map(Number) : near;
};
const cornerPackets: fc.Arbitrary<Packet> = fc.oneof(cornersOf(4), cornersOf(6));

function cornersOf(family: 4 | 6): fc.Arbitrary<Packet> {
  const address = fc.constantFrom(...corners(family));
  const port = fc.constantFrom(0, 79, 80, 81, 442, 443, 444, 8442, 8443, 8444, 65_535);
  return fc
    .record({
      family: fc.constant(family),
      protocol: fc.constantFrom(...protocols),
      source: address,
      sourcePort: port,
      destination: address,
      destinationPort: port,
    })
    .map((packet) =>
      packet.protocol === 'Tcp' || packet.protocol === 'Udp'
        ? packet
        : { ...packet, sourcePort: 0, destinationPort: 0 },
    );
}

test('packets at the corners of rules go where the first match sends them', () => {
  const everything: Question = {
    direction: 'Outbound',
    protocols: [],
    source: anything,
    sourcePorts: [],
    destination: anything,
    destinationPorts: [],
  };
  fc.assert(
    fc.property(
      certainChains,
      fc.constantFrom<Direction>('Inbound', 'Outbound'),
      fc.array(cornerPackets, { minLength: 60, maxLength: 60 }),
      (chain, direction, packets) => {
        const { allowed, denied } = decide({ ...everything, direction }, chain, certain);
        for (const packet of packets) {
          const expected = isLetThrough(packet, chain, direction);
          expect([allowed.has(packet), denied.has(packet)]).toEqual([expected, !expected]);
        }
      },
    ),
    { numRuns: cases(400) },
  );
});

function asText(set: { boxes(): unknown; witness(): unknown }): unknown {
  return { boxes: set.boxes(), witness: set.witness() };
}
