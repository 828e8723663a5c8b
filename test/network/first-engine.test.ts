/**
 * The engine against the one it replaced (lists of boxes, rules walked twice), and against rules
 * read packet by packet at the boundaries where engines go wrong.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { resourceId } from '../../shared/model/resource-id.ts';
import { addressSet, parseAddress, uniteAddresses } from '../../shared/packets/address.ts';
import { type Packet, type PacketSet, protocols } from '../../shared/packets/packet-set.ts';
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

const around: readonly Surroundings[] = [
  { serviceTags: tagList, virtualNetwork: { atLeast: space, atMost: space } },
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
const side = fc.oneof(
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

function rulesOf<A extends string>(access: fc.Arbitrary<A>, maxLength: number) {
  const rule = fc.record({
    access,
    direction: fc.constantFrom<Direction>('Outbound', 'Outbound', 'Outbound', 'Inbound'),
    protocol: fc.constantFrom('*' as const, '*' as const, ...protocols),
    sources: side,
    sourcePorts: fc.oneof(
      { arbitrary: fc.constant([]), weight: 4 },
      { arbitrary: ports, weight: 1 },
    ),
    destinations: side,
    destinationPorts: ports,
  });
  return fc
    .array(rule, { maxLength })
    .map((rules) => rules.map((one, i) => ({ ...one, name: `r${i}`, priority: 100 + i })));
}

const groups = rulesOf(fc.constantFrom('Allow' as const, 'Deny' as const), 7);
const admins = rulesOf(
  fc.constantFrom('Allow' as const, 'AlwaysAllow' as const, 'Deny' as const),
  4,
);

const chains: fc.Arbitrary<readonly RuleList[]> = fc
  .tuple(admins, fc.array(groups, { minLength: 1, maxLength: 2 }), fc.integer({ min: 0, max: 9 }))
  .map(([admin, lists, unread]): readonly RuleList[] => [
    { kind: 'admin', at: resourceId('/admin'), name: 'admin', rules: admin },
    ...lists.map((rules, i): RuleList => ({
      kind: 'securityGroup',
      at: resourceId(`/nsg${i}`),
      name: `nsg${i}`,
      rules,
    })),
    ...(unread === 0
      ? [{ kind: 'unread' as const, of: 'securityGroup' as const, name: 'nsg', missing: [] }]
      : []),
  ]);

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
      expect(now.answer).toBe(then.answer);
      expect(now.isComplete).toBe(true);
      for (const part of ['allowed', 'denied', 'undecided'] as const) {
        expect(asText(now[part])).toEqual(asText(then[part]));
      }
      expect(asText(now.asked.atMost)).toEqual(asText(then.asked.atMost));
      expect(asText(now.asked.atLeast)).toEqual(asText(then.asked.atLeast));
      expect(now.missing).toEqual(then.missing);
      for (const [i, { shares }] of now.hops.entries()) {
        const before = then.hops[i]?.shares ?? [];
        expect(shares.map(({ rule }) => rule.name)).toEqual(before.map(({ rule }) => rule.name));
        for (const [j, share] of shares.entries()) {
          expect(share.certain.boxes()).toEqual(before[j]?.certain.boxes());
          expect(share.possible.boxes()).toEqual(before[j]?.possible.boxes());
        }
      }
    }),
    { numRuns: cases(1500) },
  );
});

function asText(set: { boxes(): unknown; witness(): unknown }): unknown {
  return { boxes: set.boxes(), witness: set.witness() };
}
