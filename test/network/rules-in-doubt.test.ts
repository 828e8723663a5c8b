/** Every short list of rules that match one packet, or perhaps match it, against every way it may be. */
import { expect, test } from 'vitest';
import { resourceId } from '../../shared/model/resource-id.ts';
import { type Surroundings, hostAddress } from '../../shared/network/address-bounds.ts';
import {
  type Question,
  type RuleList,
  type RuleShare,
  decide,
} from '../../shared/network/decide.ts';
import type { AdminRule, SecurityRule } from '../../shared/network/security-rule.ts';
import { noServiceTags } from '../../shared/network/service-tags.ts';
import { addressSet, uniteAddresses } from '../../shared/packets/address.ts';

const space = uniteAddresses(addressSet(['10.0.0.0/16']), hostAddress);
const around: Surroundings = {
  serviceTags: noServiceTags,
  virtualNetwork: { atLeast: space, atMost: space },
};

const packet: Question = {
  direction: 'Outbound',
  protocols: ['Tcp'],
  source: { kind: 'prefix', text: '10.0.0.4' },
  sourcePorts: [{ from: 50_000, to: 50_000 }],
  destination: { kind: 'prefix', text: '20.1.0.1' },
  destinationPorts: [{ from: 443, to: 443 }],
};

/** What a rule does, and whether it certainly matches the packet. */
interface Kind<A> {
  readonly access: A;
  readonly isCertain: boolean;
}

/** Rules of one list; each that is in doubt is so because of a tag of its own. */
function rulesOf<A extends AdminRule['access']>(kinds: readonly Kind<A>[]) {
  return kinds.map(({ access, isCertain }, index) => ({
    name: `r${index}`,
    priority: 100 + index,
    direction: 'Outbound' as const,
    access,
    protocol: 'Tcp' as const,
    sources: [{ kind: 'any' as const }],
    sourcePorts: [],
    destinations: [
      isCertain
        ? { kind: 'prefix' as const, text: '20.0.0.0/8' }
        : { kind: 'serviceTag' as const, name: `Tag${index}` },
    ],
    destinationPorts: [],
  }));
}

/** Every list of up to so many of the kinds. */
function listsOf<A>(accesses: readonly A[], length: number): readonly (readonly Kind<A>[])[] {
  if (length === 0) return [[]];
  const shorter = listsOf(accesses, length - 1);
  const longest = shorter.filter((list) => list.length === length - 1);
  return [
    ...shorter,
    ...longest.flatMap((list) =>
      accesses.flatMap((access) =>
        [true, false].map((isCertain) => [...list, { access, isCertain }]),
      ),
    ),
  ];
}

/** The place of the first rule that matches, in every way that those in doubt may be. */
function firstMatches(kinds: readonly Kind<unknown>[]): readonly number[] {
  const worlds = Array.from({ length: 2 ** kinds.length }, (_, bits) => bits);
  return worlds.map((bits) =>
    kinds.findIndex(({ isCertain }, index) => isCertain || (bits & (1 << index)) !== 0),
  );
}

function expectShares(shares: readonly RuleShare[], firsts: readonly number[], count: number) {
  for (let index = 0; index < count; index += 1) {
    const share = shares.find(({ rule }) => rule.name === `r${index}`);
    const isCertain = share !== undefined && !share.certain.isEmpty();
    const isPossible = share !== undefined && !share.possible.isEmpty();
    expect([isCertain, isPossible]).toEqual([
      firsts.every((first) => first === index),
      firsts.includes(index),
    ]);
  }
}

function answerOf(worlds: readonly boolean[]): string {
  if (worlds.every(Boolean)) return 'allowed';
  return worlds.some(Boolean) ? 'unknown' : 'denied';
}

function groupOf(rules: readonly SecurityRule[]): RuleList {
  return { kind: 'securityGroup', at: resourceId('/nsg'), name: 'nsg', rules };
}

test('a security group', () => {
  for (const kinds of listsOf(['Allow', 'Deny'] as const, 3)) {
    const { answer, hops } = decide(packet, [groupOf(rulesOf(kinds))], around);
    const firsts = firstMatches(kinds);
    expect({ kinds, answer }).toEqual({
      kinds,
      answer: answerOf(firsts.map((first) => kinds[first]?.access === 'Allow')),
    });
    expectShares(hops[0]?.shares ?? [], firsts, kinds.length);
  }
});

test.each(['Allow', 'Deny'] as const)('admin rules, before a group that does %s', (access) => {
  const group = groupOf(rulesOf([{ access, isCertain: true }]));
  for (const kinds of listsOf(['Allow', 'AlwaysAllow', 'Deny'] as const, 3)) {
    const rules = rulesOf(kinds);
    const admin: RuleList = { kind: 'admin', at: resourceId('/admin'), name: 'admin', rules };
    const { answer, hops } = decide(packet, [admin, group], around);
    const firsts = firstMatches(kinds);
    const outcomes = firsts.map((first) => {
      const does = kinds[first]?.access ?? 'Allow';
      return does === 'AlwaysAllow' || (does === 'Allow' && access === 'Allow');
    });
    expect({ kinds, answer }).toEqual({ kinds, answer: answerOf(outcomes) });
    expectShares(hops[0]?.shares ?? [], firsts, kinds.length);
  }
});
