import type { AddressNames } from '../packets/describe.ts';
import { type PacketSet, noPackets } from '../packets/packet-set.ts';
import type { Surroundings } from './address-bounds.ts';
import type { PacketBounds } from './rule-packets.ts';
import { numberedPackets } from './ordinary-packets.ts';
import { type Place, aligned, inOrder } from './rule-order.ts';
import { type PacketsOf, type RuleWorlds, ruleWorlds } from './rule-worlds.ts';
import type { SecurityRule } from './security-rule.ts';

/** What one list of rules lets through and another does not. */
export interface RuleDiff {
  readonly newlyAllowed: Change;
  readonly newlyDenied: Change;
  readonly names: AddressNames;
  /** Whether packets that certainly exist are certainly treated otherwise. */
  readonly isDifferent: boolean;
  /** The rules that are not the same in both lists, in the order packets meet them. */
  readonly changed: readonly Place[];
  /** Rules with unresolved names on which it depends whether the perhaps changed packets change. */
  readonly inDoubt: readonly SecurityRule[];
}

interface Change {
  /** Packets whose fate changes so whatever the unresolved tags and groups hold. */
  readonly certain: PacketSet;
  /** Packets with addresses whose fate changes so for some of what those may hold, without the certain ones. */
  readonly perhaps: PacketSet;
}

/**
 * The packets of one direction that two lists of rules treat differently, exactly. Only the packets
 * of rules that are not the same in both lists are looked at, each with the rules that can meet
 * them (Liu, Change-impact analysis of firewall policies, 2007).
 *
 * Both lists are walked at once, in every world of {@link ruleWorlds}: a packet is either open in a
 * list or its fate there is settled, and a rule that both lists have settles both at once, so that
 * what is unresolved in it never makes a difference between them.
 */
export function diffRules(
  before: readonly SecurityRule[],
  after: readonly SecurityRule[],
  direction: SecurityRule['direction'],
  surroundings: Surroundings,
): RuleDiff {
  const places = aligned(inOrder(before, direction), inOrder(after, direction));
  const { names, every, existing, reachOf, worldsFor } = ruleWorlds(
    places.map(({ rule }) => rule),
    surroundings,
  );
  const changed = places.filter(({ isIn }) => isIn !== 'both');
  let rest = every;
  const outcomes: Outcome[] = [];
  const inDoubt = new Set<SecurityRule>();
  for (const { rule } of changed) {
    const region = rest.intersect(reachOf(rule));
    if (region.isEmpty()) continue;
    rest = rest.subtract(region);
    const met = places.filter((place) => !reachOf(place.rule).intersect(region).isEmpty());
    const worlds = worldsFor(
      met.map((place) => place.rule),
      2,
    );
    const here = worlds.map((packetsOf) => walk(region, met, packetsOf));
    outcomes.push(...here);
    const { opened, closed, same } = together(here);
    const open = [opened.intersect(closed), opened.intersect(same), closed.intersect(same)]
      .reduce(union, noPackets)
      .intersect(numberedPackets);
    if (open.isEmpty()) continue;
    for (const place of met) {
      const certain = worlds
        .map((packetsOf) => packetsOf(place.rule).atLeast)
        .reduce((all, one) => all.intersect(one));
      const doubt = reachOf(place.rule).subtract(certain);
      if (!doubt.intersect(open).isEmpty()) inDoubt.add(place.rule);
    }
  }
  // The regions are apart, so what some world does to one says nothing of the others.
  const { opened, closed, same } = together(outcomes);
  const newlyAllowed = changeOf(opened, closed.union(same));
  const newlyDenied = changeOf(closed, opened.union(same));
  return {
    newlyAllowed,
    newlyDenied,
    names,
    isDifferent: [newlyAllowed, newlyDenied].some(
      ({ certain }) => !certain.intersect(existing).isEmpty(),
    ),
    changed,
    inDoubt: [...inDoubt],
  };
}

/** Whether the two lists treat some packet otherwise, in some world. */
export function mayDiffer(places: readonly Place[], { reachOf, worldsFor }: RuleWorlds): boolean {
  return places
    .filter(({ isIn }) => isIn !== 'both')
    .some(({ rule }) => {
      const region = reachOf(rule).intersect(numberedPackets);
      const met = places.filter((place) => !reachOf(place.rule).intersect(region).isEmpty());
      const worlds = worldsFor(
        met.map((place) => place.rule),
        2,
      );
      return worlds.some((packetsOf) => {
        const { opened, closed } = walk(region, met, packetsOf);
        return !opened.isEmpty() || !closed.isEmpty();
      });
    });
}

/** What becomes of packets in a world: let through by the second list only, by the first only, no difference. */
interface Outcome {
  readonly opened: PacketSet;
  readonly closed: PacketSet;
  readonly same: PacketSet;
}

/** What is possible in some world. */
function together(outcomes: readonly Outcome[]): Outcome {
  const all = (part: keyof Outcome): PacketSet =>
    outcomes.map((outcome) => outcome[part]).reduce(union, noPackets);
  return { opened: all('opened'), closed: all('closed'), same: all('same') };
}

function union(a: PacketSet, b: PacketSet): PacketSet {
  return a.isEmpty() ? b : a.union(b);
}

/** Every real packet has addresses with numbers, so a named address adds nothing to "perhaps". */
function changeOf(possible: PacketSet, otherwise: PacketSet): Change {
  const certain = possible.subtract(otherwise);
  return { certain, perhaps: possible.subtract(certain).intersect(numberedPackets) };
}

type Fate = 'open' | SecurityRule['access'];

/** Packets by their fate in the first list and in the second. */
interface Fates {
  readonly before: Fate;
  readonly after: Fate;
  readonly packets: PacketSet;
}

function walk(region: PacketSet, places: readonly Place[], packetsOf: PacketsOf): Outcome {
  let fates: readonly Fates[] = [{ before: 'open', after: 'open', packets: region }];
  for (const place of places) fates = meet(fates, place, packetsOf(place.rule));
  const where = (isWanted: (allowedBefore: boolean, allowedAfter: boolean) => boolean): PacketSet =>
    fates
      // What no rule matches is denied, as by Azure's own last rule.
      .filter(({ before, after }) => isWanted(before === 'Allow', after === 'Allow'))
      .map((fate) => fate.packets)
      .reduce(union, noPackets);
  return {
    opened: where((before, after) => !before && after),
    closed: where((before, after) => before && !after),
    same: where((before, after) => before === after),
  };
}

function meet(
  fates: readonly Fates[],
  { rule, isIn }: Place,
  { atLeast, atMost }: PacketBounds,
): readonly Fates[] {
  const next = new Map<string, Fates>();
  const add = (fate: Fates): void => {
    if (fate.packets.isEmpty()) return;
    const key = `${fate.before} ${fate.after}`;
    const packets = union(next.get(key)?.packets ?? noPackets, fate.packets);
    next.set(key, { ...fate, packets });
  };
  for (const fate of fates) {
    const settles = (list: 'before' | 'after'): boolean =>
      (isIn === 'both' || isIn === list) && fate[list] === 'open';
    if (!settles('before') && !settles('after')) {
      add(fate);
      continue;
    }
    add({ ...fate, packets: fate.packets.subtract(atLeast) });
    add({
      before: settles('before') ? rule.access : fate.before,
      after: settles('after') ? rule.access : fate.after,
      packets: fate.packets.intersect(atMost),
    });
  }
  return [...next.values()];
}
