import { intersectionOf, isEmptySet, isSubset } from '../packets/interval-set.ts';
import type { PacketSet } from '../packets/packet-set.ts';
import { isCustom } from './default-rules.ts';
import { type LintFinding, done, exampleOf, listed, sentence } from './lint-finding.ts';
import type { PacketsOf } from './rule-box.ts';
import { portSet } from './rule-packets.ts';
import type { BoxedRule } from './rule-share.ts';
import { protocolsOf } from './rule-table.ts';
import type { NameWorld, RuleWorlds } from './rule-worlds.ts';
import type { SecurityRule } from './security-rule.ts';

/** The earlier custom rules with which the rule's order decides packets, if there are any. */
export function conflict(boxed: BoxedRule, worlds: RuleWorlds): readonly LintFinding[] {
  const { rule, earlier, bounds } = boxed;
  const rivals = earlier.filter((rival) => isCustom(rival) && rival.access !== rule.access);
  if (rivals.length === 0) return [];
  const shared: (readonly [PacketsOf, PacketSet])[] = [];
  for (const packetsOf of bounds) {
    const packets = matchedTwiceAtMost(boxed, packetsOf);
    if (packets.isEmpty()) return [];
    shared.push([packetsOf, packets]);
  }
  const disputes = rivals.flatMap((rival) => {
    const packets = shared
      .map(([packetsOf, few]) => few.intersect(packetsOf(rival).atLeast))
      .reduce((a, b) => a.intersect(b));
    const isException = (): boolean =>
      shared.some(([packetsOf]) => isWithinRival(boxed, rival, packetsOf)) ||
      worlds.bounds.some((world) => isProductWithin(rival, rule, world, worlds));
    return packets.isEmpty() || isException() ? [] : [{ rival, packets }];
  });
  const [first] = disputes;
  if (first === undefined) return [];
  const by = disputes.map(({ rival }) => rival);
  const line = exampleOf(first.packets, boxed) ?? '';
  return [
    {
      rule,
      kind: 'conflict',
      by,
      says: sentence([
        `Its order with ${listed(by)} matters: they overlap, neither holds the other, and they do the opposite`,
        `for instance ${line} is ${done(first.rival)} by ${first.rival.name}, and ${rule.name} behind it would have it ${done(rule)}`,
      ]),
    },
  ];
}

/** Packets that certainly exist and that the rule certainly matches, and of the earlier ones one at the most. */
function matchedTwiceAtMost({ rule, box, earlier }: BoxedRule, packetsOf: PacketsOf): PacketSet {
  let few = packetsOf(rule).atLeast.intersect(box.existing);
  let free = few;
  for (const one of earlier) {
    if (few.isEmpty()) break;
    const matched = packetsOf(one).atMost.intersect(few);
    if (matched.isEmpty()) continue;
    few = few.subtract(matched.subtract(free));
    free = free.subtract(matched);
  }
  return few;
}

function isWithinRival({ rule, box }: BoxedRule, rival: SecurityRule, packetsOf: PacketsOf) {
  return packetsOf(rule).atLeast.intersect(box.existing).isSubsetOf(packetsOf(rival).atMost);
}

/** Whether all that the inner rule certainly matches, and that exists, is perhaps matched by the outer. */
function isProductWithin(
  inner: SecurityRule,
  outer: SecurityRule,
  { sources, destinations }: NameWorld,
  { every }: RuleWorlds,
): boolean {
  const own = {
    sources: sources(inner.sources).atLeast,
    destinations: destinations(inner.destinations).atLeast,
  };
  const its = {
    sources: sources(outer.sources).atMost,
    destinations: destinations(outer.destinations).atMost,
  };
  const isOfProduct =
    (protocolsOf(inner) & ~protocolsOf(outer)) === 0 &&
    isSubset(portSet(inner.sourcePorts), portSet(outer.sourcePorts)) &&
    isSubset(portSet(inner.destinationPorts), portSet(outer.destinationPorts));
  return (['v4', 'v6'] as const).every((family) => {
    const existing = (side: 'sources' | 'destinations') =>
      intersectionOf(own[side][family], every.atLeast[family]);
    const isHeld = (side: 'sources' | 'destinations') =>
      isSubset(existing(side), its[side][family]);
    const isNothing = (side: 'sources' | 'destinations') => isEmptySet(existing(side));
    return (
      (isOfProduct && isHeld('sources') && isHeld('destinations')) ||
      isNothing('sources') ||
      isNothing('destinations')
    );
  });
}
