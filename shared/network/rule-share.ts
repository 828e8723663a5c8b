import { type PacketSet, noPackets } from '../packets/packet-set.ts';
import { numberedPackets } from './ordinary-packets.ts';
import type { RuleWorlds } from './rule-worlds.ts';
import type { RuleMatch, SecurityRule } from './security-rule.ts';

/** What a rule decides of the packets it matches, behind the rules before it. */
export interface ShareBehind {
  /** Decided by the rule in every world. */
  readonly certain: PacketSet;
  /** Decided by the rule in some world. */
  readonly possible: PacketSet;
  /** The rules before it that decide some of its packets, in some world, and those packets. */
  readonly takers: readonly { readonly rule: SecurityRule; readonly taken: PacketSet }[];
}

/**
 * The share of a rule behind others, given in the order packets meet them. Every real packet has
 * addresses with numbers, so those without are not looked at.
 */
export function shareBehind(
  rule: RuleMatch,
  earlier: readonly SecurityRule[],
  { reachOf, worldsFor }: RuleWorlds,
): ShareBehind {
  const region = reachOf(rule).intersect(numberedPackets);
  const met = earlier.filter((one) => !reachOf(one).intersect(region).isEmpty());
  const taken = new Map<SecurityRule, PacketSet>();
  const shares = worldsFor([...met, rule]).map((packetsOf) => {
    const own = packetsOf(rule);
    // What no earlier rule may match, and what none certainly matches.
    let untouched = own.atLeast.intersect(numberedPackets);
    let open = own.atMost.intersect(numberedPackets);
    for (const one of met) {
      if (open.isEmpty()) break;
      const { atLeast, atMost } = packetsOf(one);
      const here = open.intersect(atMost);
      if (here.isEmpty()) continue;
      taken.set(one, here.union(taken.get(one) ?? noPackets));
      untouched = untouched.subtract(atMost);
      open = open.subtract(atLeast);
    }
    return { untouched, open };
  });
  return {
    certain: shares.map(({ untouched }) => untouched).reduce((a, b) => a.intersect(b)),
    possible: shares.map(({ open }) => open).reduce((a, b) => a.union(b)),
    takers: met.flatMap((one) => {
      const packets = taken.get(one);
      return packets === undefined ? [] : [{ rule: one, taken: packets }];
    }),
  };
}
