import { type PacketSet, noPackets } from '../packets/packet-set.ts';
import type { AddressNames } from '../packets/describe.ts';
import type { PacketsOf, RuleBox } from './rule-box.ts';
import type { SecurityRule } from './security-rule.ts';

/**
 * One rule of a list, with those that meet its packets before and after it, all in the box of the
 * rule. Every real packet has addresses with numbers, so shares hold no others.
 */
export interface BoxedRule {
  readonly rule: SecurityRule;
  readonly box: RuleBox;
  readonly names: AddressNames;
  readonly earlier: readonly SecurityRule[];
  readonly later: readonly SecurityRule[];
  /** The worlds that one list of rules can tell apart: with the earlier rules, and with all. */
  readonly worldsBefore: readonly PacketsOf[];
  readonly worlds: readonly PacketsOf[];
  /** The worlds in which it makes no difference between two lists that both have the other rules. */
  readonly worldsOfTwo: readonly PacketsOf[];
  readonly bounds: readonly PacketsOf[];
}

/** An earlier rule that decides some packets of a rule, in some world, and those packets. */
export interface Taker {
  readonly rule: SecurityRule;
  readonly taken: PacketSet;
}

/** The rules before it that decide some of its packets. */
export function takersOf({ rule, box, earlier, worldsBefore }: BoxedRule): readonly Taker[] {
  return takersAmong(rule, earlier, box, worldsBefore);
}

/**
 * What each rule before it decides of the packets that may be its own, whatever the unresolved names
 * hold. Named addresses are among them: often only they certainly are in a tag.
 */
export function* certainlyTaken({ rule, earlier, bounds }: BoxedRule): Generator<Taker> {
  let open = bounds.map((packetsOf) => packetsOf(rule).atMost).reduce((a, b) => a.union(b));
  for (const one of earlier) {
    if (open.isEmpty()) return;
    const taken = bounds.reduce((all, packetsOf) => all.intersect(packetsOf(one).atLeast), open);
    if (!taken.isEmpty()) yield { rule: one, taken };
    for (const packetsOf of bounds) open = open.subtract(packetsOf(one).atMost);
  }
}

/** Who would decide its packets if it were not there, of the rules after it. */
export function heirsOf({ rule, box, earlier, later, worlds }: BoxedRule): readonly SecurityRule[] {
  const heirs = new Set(later);
  return takersAmong(rule, [...earlier, ...later], box, worlds)
    .map((taker) => taker.rule)
    .filter((one) => heirs.has(one));
}

function takersAmong(
  rule: SecurityRule,
  others: readonly SecurityRule[],
  box: RuleBox,
  worlds: readonly PacketsOf[],
): readonly Taker[] {
  const taken = new Map<SecurityRule, PacketSet>();
  for (const packetsOf of worlds) {
    let open = packetsOf(rule).atMost.intersect(box.numbered);
    for (const one of others) {
      if (open.isEmpty()) break;
      const { atLeast, atMost } = packetsOf(one);
      const here = open.intersect(atMost);
      if (here.isEmpty()) continue;
      taken.set(one, here.union(taken.get(one) ?? noPackets));
      open = open.subtract(atLeast);
    }
  }
  return others.flatMap((one) => {
    const packets = taken.get(one);
    return packets === undefined ? [] : [{ rule: one, taken: packets }];
  });
}

/** What the rule decides whatever the unresolved names hold. */
export function certainShare({ rule, box, earlier, bounds }: BoxedRule): PacketSet {
  return bounds
    .map((packetsOf) => {
      let share = packetsOf(rule).atLeast.intersect(box.numbered);
      for (const one of earlier) {
        if (share.isEmpty()) break;
        share = share.subtract(packetsOf(one).atMost);
      }
      return share;
    })
    .reduce((a, b) => a.intersect(b));
}

/** The share of a rule in one world after another, so that who has seen enough can stop. */
export function* sharesInTurn({
  rule,
  box,
  earlier,
  worldsBefore,
}: BoxedRule): Generator<PacketSet> {
  for (const packetsOf of worldsBefore) yield openBehind(rule, earlier, box, packetsOf);
}

function openBehind(
  rule: SecurityRule,
  earlier: readonly SecurityRule[],
  box: RuleBox,
  packetsOf: PacketsOf,
): PacketSet {
  let open = packetsOf(rule).atMost.intersect(box.numbered);
  for (const one of earlier) {
    if (open.isEmpty()) break;
    open = open.subtract(packetsOf(one).atLeast);
  }
  return open;
}

/** Whether no world lets the rule decide anything. */
export function isDead(boxed: BoxedRule): boolean {
  for (const share of sharesInTurn(boxed)) if (!share.isEmpty()) return false;
  return true;
}

/**
 * Whether some packet fares otherwise without the rule, in some world: one that reaches it and that
 * the rules behind it, or at last none, would do the opposite with.
 */
export function isNeeded({ rule, box, earlier, later, worldsOfTwo }: BoxedRule): boolean {
  return worldsOfTwo.some((packetsOf) => {
    let open = openBehind(rule, earlier, box, packetsOf);
    for (const one of later) {
      if (open.isEmpty()) return false;
      const { atLeast, atMost } = packetsOf(one);
      if (one.access === rule.access) open = open.subtract(atLeast);
      else if (!open.intersect(atMost).isEmpty()) return true;
    }
    // What no rule matches is denied, as by Azure's own last rule.
    return rule.access === 'Allow' && !open.isEmpty();
  });
}
