/** Rules of long lists that hide each other, against the first engine and against a packet at a time. */
import { expect, test } from 'vitest';

import { resourceId } from '../../shared/model/resource-id.ts';
import { type Surroundings, hostAddress } from '../../shared/network/address-bounds.ts';
import { type Question, type RuleList, decide } from '../../shared/network/decide.ts';
import type { AddressMatch, SecurityRule } from '../../shared/network/security-rule.ts';
import { noServiceTags } from '../../shared/network/service-tags.ts';
import { addressSet, uniteAddresses } from '../../shared/packets/address.ts';
import { type Random, createRandom } from '../../simulator/estate/random.ts';
import { decide as decideAsAtFirst } from '../packets/first-engine/decide.ts';
import { cases } from '../packets/worlds.ts';

const space = uniteAddresses(addressSet(['10.0.0.0/16', 'fd00:db8::/48']), hostAddress);
const around: Surroundings = {
  serviceTags: noServiceTags,
  virtualNetwork: { atLeast: space, atMost: space },
};

const scoring: AddressMatch = { kind: 'prefix', text: '20.1.2.3' };
const everybody: AddressMatch = { kind: 'prefix', text: '0.0.0.0/0' };

/** Prefixes of so few blocks that rules meet in most of them. */
function prefixes(random: Random, count: number): readonly AddressMatch[] {
  return Array.from({ length: count }, () => ({
    kind: 'prefix',
    text: `20.1.${random.int(0, 7)}.${random.int(0, 255)}/${random.int(26, 32)}`,
  }));
}

function longLists(random: Random, direction: 'Inbound' | 'Outbound'): readonly SecurityRule[] {
  return Array.from({ length: 30 }, (_, index): SecurityRule => {
    const far = prefixes(random, 60);
    const near = random.pick([[everybody], [scoring], [{ ...everybody, text: '20.0.0.0/8' }]]);
    return {
      name: `r${index}`,
      priority: 100 + index,
      direction,
      access: random.chance(0.5) ? 'Allow' : 'Deny',
      protocol: random.pick(['*', 'Tcp', 'Tcp', 'Udp']),
      sources: direction === 'Inbound' ? far : near,
      sourcePorts: random.chance(0.1) ? [{ from: 1024, to: 65_535 }] : [],
      destinations: direction === 'Inbound' ? near : far,
      destinationPorts: random.pick([[], [], [{ from: 443, to: 443 }], [{ from: 80, to: 443 }]]),
    };
  });
}

test('rules behind those that match everything at an address are as if they were not there', () => {
  for (let seed = 0; seed < cases(20); seed += 1) {
    const random = createRandom(31, seed);
    const direction = random.pick(['Inbound', 'Outbound'] as const);
    const rules = longLists(random, direction);
    const chain: readonly RuleList[] = [
      { kind: 'securityGroup', at: resourceId('/nsg'), name: 'nsg', rules },
    ];
    const question: Question = {
      direction,
      protocols: ['Tcp'],
      source: direction === 'Inbound' ? everybody : scoring,
      sourcePorts: [],
      destination: direction === 'Inbound' ? scoring : everybody,
      destinationPorts: [
        { from: 80, to: 80 },
        { from: 443, to: 443 },
      ],
    };
    const now = decide(question, chain, around);
    const then = decideAsAtFirst(question, chain, around);
    expect(now.answer).toBe(then.answer);
    expect(now.allowed.boxes()).toEqual(then.allowed.boxes());
    expect(now.denied.boxes()).toEqual(then.denied.boxes());
    const shares = ({ hops }: Pick<typeof now, 'hops'>) =>
      hops.flatMap((hop) =>
        hop.shares.map(({ rule, certain, possible }) => ({
          rule: rule.name,
          certain: certain.boxes(),
          possible: possible.boxes(),
        })),
      );
    expect(shares(now)).toEqual(shares(then));
  }
});
