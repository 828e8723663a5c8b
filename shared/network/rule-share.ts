import { type PacketSet, noPackets } from '../packets/packet-set.ts';
import { numberedPackets } from './ordinary-packets.ts';
import type { RuleWorlds } from './rule-worlds.ts';
import type { RuleMatch, SecurityRule } from './security-rule.ts';

/** What a rule decides of the packets it matches, behind the rules before it. */
export interface ShareBehind {
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
  worlds: RuleWorlds,
): ShareBehind {
  const met = metBefore(rule, earlier, worlds);
  const taken = new Map<SecurityRule, PacketSet>();
  const shares = worlds.worldsFor([...met, rule], 1).map((packetsOf) => {
    let open = packetsOf(rule).atMost.intersect(numberedPackets);
    for (const one of met) {
      if (open.isEmpty()) break;
      const { atLeast, atMost } = packetsOf(one);
      const here = open.intersect(atMost);
      if (here.isEmpty()) continue;
      taken.set(one, here.union(taken.get(one) ?? noPackets));
      open = open.subtract(atLeast);
    }
    return open;
  });
  return {
    possible: shares.reduce((a, b) => a.union(b)),
    takers: met.flatMap((one) => {
      const packets = taken.get(one);
      return packets === undefined ? [] : [{ rule: one, taken: packets }];
    }),
  };
}

/** What the rule decides whatever the unresolved names hold, of packets between numbered addresses. */
export function certainShare(
  rule: RuleMatch,
  earlier: readonly SecurityRule[],
  worlds: RuleWorlds,
): PacketSet {
  const met = metBefore(rule, earlier, worlds);
  return worlds.bounds
    .map((packetsOf) =>
      met.reduce(
        (left, one) => left.subtract(packetsOf(one).atMost),
        packetsOf(rule).atLeast.intersect(numberedPackets),
      ),
    )
    .reduce((a, b) => a.intersect(b));
}

/** The share of a rule in one world after another, so that who has seen enough can stop. */
export function* sharesInTurn(
  rule: RuleMatch,
  earlier: readonly SecurityRule[],
  worlds: RuleWorlds,
): Generator<PacketSet> {
  const met = metBefore(rule, earlier, worlds);
  for (const packetsOf of worlds.worldsFor([...met, rule], 1)) {
    let open = packetsOf(rule).atMost.intersect(numberedPackets);
    for (const one of met) {
      if (open.isEmpty()) break;
      open = open.subtract(packetsOf(one).atLeast);
    }
    yield open;
  }
}

function metBefore(
  rule: RuleMatch,
  earlier: readonly SecurityRule[],
  { reachOf }: RuleWorlds,
): readonly SecurityRule[] {
  const region = reachOf(rule).intersect(numberedPackets);
  return earlier.filter((one) => !reachOf(one).intersect(region).isEmpty());
}
