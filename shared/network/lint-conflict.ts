import { type PacketSet, noPackets } from '../packets/packet-set.ts';
import { isCustom } from './default-rules.ts';
import { type LintFinding, done, exampleOf, listed, sentence } from './lint-finding.ts';
import type { RuleWorlds } from './rule-worlds.ts';
import type { SecurityRule } from './security-rule.ts';

/** The earlier custom rules with which the rule's order decides packets, if there are any. */
export function conflict(
  rule: SecurityRule,
  earlier: readonly SecurityRule[],
  worlds: RuleWorlds,
): readonly LintFinding[] {
  const disputes = earlier
    .filter((rival) => isCustom(rival) && rival.access !== rule.access)
    .map((rival) => {
      const others = earlier.filter((one) => one !== rival);
      return { rival, packets: disputed(rule, rival, others, worlds) };
    })
    .filter((dispute) => !dispute.packets.isEmpty());
  const [first] = disputes;
  if (first === undefined) return [];
  const by = disputes.map(({ rival }) => rival);
  const line = exampleOf(first.packets, worlds) ?? '';
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

/** Packets that certainly exist, that only the two match, and of which the earlier one takes its pick. */
function disputed(
  rule: SecurityRule,
  rival: SecurityRule,
  others: readonly SecurityRule[],
  { existing, reachOf, bounds }: RuleWorlds,
): PacketSet {
  const region = reachOf(rule).intersect(reachOf(rival)).intersect(existing);
  if (region.isEmpty()) return noPackets;
  const met = others.filter((one) => !reachOf(one).intersect(region).isEmpty());
  let packets = region;
  for (const packetsOf of bounds) {
    const [mine, theirs] = [packetsOf(rule), packetsOf(rival)];
    const holdsOther =
      mine.atLeast.intersect(existing).isSubsetOf(theirs.atMost) ||
      theirs.atLeast.intersect(existing).isSubsetOf(mine.atMost);
    if (holdsOther) return noPackets;
    packets = packets.intersect(mine.atLeast).intersect(theirs.atLeast);
    for (const one of met) packets = packets.subtract(packetsOf(one).atMost);
    if (packets.isEmpty()) return noPackets;
  }
  return packets;
}
