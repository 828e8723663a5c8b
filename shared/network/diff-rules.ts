import type { AddressNames } from '../packets/describe.ts';
import { combine } from '../packets/combine.ts';
import { type Node, abandon, aside, ended, no, open, paint, yes } from '../packets/diagram.ts';
import { type PacketSet, noPackets, packetSet, regionOf } from '../packets/packet-set.ts';
import type { Region } from '../packets/space.ts';
import {
  type Budget,
  TooComplexError,
  type Work,
  defaultBudget,
  extend,
  fixedWork,
  release,
} from '../packets/work.ts';
import type { Surroundings } from './address-bounds.ts';
import {
  type BoxFamily,
  type ReachRow,
  type RuleBox,
  type WorldInBox,
  mayMeet,
  reachRows,
  ruleBox,
} from './rule-box.ts';
import { type Place, aligned, inOrder } from './rule-order.ts';
import type { PacketBounds } from './rule-packets.ts';
import { type NameWorld, type RuleWorlds, ruleWorlds } from './rule-worlds.ts';
import type { SecurityRule } from './security-rule.ts';

/** What one list of rules lets through and another does not. */
export interface RuleDiff {
  readonly newlyAllowed: Change;
  readonly newlyDenied: Change;
  readonly names: AddressNames;
  /** Whether packets that certainly exist are certainly treated otherwise. */
  readonly isDifferent: boolean;
  /** False where the budget ran out: then what is said is exact, and of other packets nothing is. */
  readonly isComplete: boolean;
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
  budget: Budget = defaultBudget,
): RuleDiff {
  const places = aligned(inOrder(before, direction), inOrder(after, direction));
  const changed = places.filter(({ isIn }) => isIn !== 'both');
  const rules = places.map(({ rule }) => rule);
  const worlds = ruleWorlds(rules, surroundings);
  const work = fixedWork(budget);
  const found = outcomesOf(worlds, places, changed, work);
  extend(work);
  const { opened, closed, same, undecided } = together(found.outcomes);
  const { box } = found;
  const changeOf = (possible: PacketSet, otherwise: PacketSet): Change => {
    const certain = possible.subtract(otherwise.union(undecided));
    // Every real packet has addresses with numbers, so a named address adds nothing to "perhaps".
    const perhaps = possible.subtract(certain).intersect(box?.numbered ?? noPackets);
    return { certain, perhaps };
  };
  // Regions are apart, so what some world does to one says nothing of the others.
  const newlyAllowed = changeOf(opened, closed.union(same));
  const newlyDenied = changeOf(closed, opened.union(same));
  const isDifferent = [newlyAllowed, newlyDenied].some(
    ({ certain }) => !certain.intersect(box?.existing ?? noPackets).isEmpty(),
  );
  release(work);
  return {
    newlyAllowed,
    newlyDenied,
    names: worlds.names,
    isDifferent,
    isComplete: found.isComplete,
    changed,
    inDoubt: found.inDoubt,
  };
}

interface Found {
  readonly outcomes: readonly Outcome[];
  readonly inDoubt: readonly SecurityRule[];
  readonly isComplete: boolean;
  /** Undefined where there are no packets to look at, or even cutting them was too much. */
  readonly box: RuleBox | undefined;
}

/** What becomes of the packets of the changed rules, as far as the budget reaches. */
function outcomesOf(
  worlds: RuleWorlds,
  places: readonly Place[],
  changed: readonly Place[],
  work: Work,
): Found {
  const outcomes: Outcome[] = [];
  const inDoubt = new Set<SecurityRule>();
  let box: RuleBox | undefined;
  /** Packets of which not every world was seen. */
  let unseen = noPackets;
  if (changed.length === 0) return { outcomes, inDoubt: [], isComplete: true, box };
  try {
    let groups: readonly Group[] = [];
    const own = reachRows(
      worlds,
      changed.map(({ rule }) => rule),
    );
    const rows = reachRows(
      worlds,
      places.map(({ rule }) => rule),
    );
    box = ruleBox(
      worlds,
      own,
      rows,
      (live) => {
        groups = groupsOf(worlds, own, reachRows(worlds, live));
        return groups.flatMap((group) => group.worlds);
      },
      work,
    );
    const live = new Set(box.live);
    const met = places.filter(({ rule }) => live.has(rule));
    let rest = box.every;
    for (const group of groups) {
      const reaches = group.rules.map(box.reachOf).reduce((a, b) => a.union(b), noPackets);
      const region = rest.intersect(reaches);
      if (region.isEmpty()) continue;
      rest = rest.subtract(region);
      const here: Outcome[] = [];
      unseen = region;
      for (const world of group.worlds) {
        const outcome = walk(region, met, box.within(world), box.families);
        here.push(outcome);
        outcomes.push(outcome);
        if (here.length === group.worlds.length) unseen = noPackets;
        if (!outcome.undecided.isEmpty()) throw new TooComplexError('too complex');
      }
      for (const rule of doubtful(together(here), met, group.worlds, box)) inDoubt.add(rule);
    }
    return { outcomes, inDoubt: [...inDoubt], isComplete: true, box };
  } catch (error) {
    if (!(error instanceof TooComplexError)) throw error;
    for (const { space } of box?.families ?? []) abandon(space.diagram);
    outcomes.push({ ...nothing, undecided: unseen });
    return { outcomes, inDoubt: [...inDoubt], isComplete: false, box };
  }
}

/** Changed rules whose packets have to be looked at in the same worlds. */
interface Group {
  readonly rules: readonly SecurityRule[];
  readonly worlds: readonly NameWorld[];
}

function groupsOf(
  worlds: RuleWorlds,
  changed: readonly ReachRow[],
  live: readonly ReachRow[],
): readonly Group[] {
  const numbers = new Map<NameWorld, number>();
  const numberOf = (world: NameWorld): number => {
    const number = numbers.get(world) ?? numbers.size;
    numbers.set(world, number);
    return number;
  };
  const open = live.filter(({ rule }) => worlds.isOpen(rule));
  const groups = new Map<string, { rules: SecurityRule[]; worlds: readonly NameWorld[] }>();
  for (const row of changed) {
    const met = open.filter((other) => mayMeet(worlds, row, other)).map(({ rule }) => rule);
    const own = worlds.worldsFor(met, 2);
    const key = own.map(numberOf).join();
    const group = groups.get(key) ?? { rules: [], worlds: own };
    group.rules.push(row.rule);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** What becomes of packets in a world: let through by the second list only, by the first only, no difference. */
interface Outcome {
  readonly opened: PacketSet;
  readonly closed: PacketSet;
  readonly same: PacketSet;
  /** Where the budget ran out before it was clear. */
  readonly undecided: PacketSet;
}

const nothing: Outcome = {
  opened: noPackets,
  closed: noPackets,
  same: noPackets,
  undecided: noPackets,
};

/** What is possible in some world. */
function together(outcomes: readonly Outcome[]): Outcome {
  const all = (part: keyof Outcome): PacketSet =>
    outcomes.map((outcome) => outcome[part]).reduce(union, noPackets);
  return {
    opened: all('opened'),
    closed: all('closed'),
    same: all('same'),
    undecided: all('undecided'),
  };
}

function union(a: PacketSet, b: PacketSet): PacketSet {
  return a.isEmpty() ? b : a.union(b);
}

/** The rules on which it depends what becomes of packets that worlds do not agree on. */
function doubtful(
  { opened, closed, same }: Outcome,
  met: readonly Place[],
  worlds: readonly NameWorld[],
  box: RuleBox,
): readonly SecurityRule[] {
  const torn = [opened.intersect(closed), opened.intersect(same), closed.intersect(same)]
    .reduce(union, noPackets)
    .intersect(box.numbered);
  if (torn.isEmpty()) return [];
  return met
    .map(({ rule }) => rule)
    .filter((rule) => {
      const certain = worlds
        .map((world) => box.within(world).packetsOf(rule).atLeast)
        .reduce((all, one) => all.intersect(one));
      return !box.reachOf(rule).subtract(certain).intersect(torn).isEmpty();
    });
}

type Fate = 'open' | SecurityRule['access'];

/** Packets by their fate in the first list and in the second. */
interface Fates {
  readonly before: Fate;
  readonly after: Fate;
  readonly packets: PacketSet;
}

function walk(
  region: PacketSet,
  places: readonly Place[],
  world: WorldInBox,
  families: readonly BoxFamily[],
): Outcome {
  const isExact = places.every(({ rule }) => {
    const { atLeast, atMost } = world.packetsOf(rule);
    return atLeast === atMost;
  });
  return isExact ? paintBoth(region, places, world, families) : walkInDoubt(region, places, world);
}

/** Where it is clear what every rule matches, each list is painted by itself. */
function paintBoth(
  region: PacketSet,
  places: readonly Place[],
  { spanOf }: WorldInBox,
  families: readonly BoxFamily[],
): Outcome {
  const painted = families.map((family) => {
    const { space } = family;
    const d = space.diagram;
    const node = regionOf(region, space.family)?.node ?? no;
    const start = ended(d, node, [aside, open, no, no]);
    const allowedBy = (list: 'before' | 'after') => {
      let root = start;
      try {
        for (const { rule, isIn } of places) {
          if (d.hasOpen[root] !== true) break;
          if (isIn !== 'both' && isIn !== list) continue;
          const span = spanOf(family, rule);
          if (span === undefined) continue;
          root = paint(d, root, span, rule.access === 'Allow' ? yes : no);
        }
        // What no rule matches is denied, as by Azure's own last rule.
        return { allowed: ended(d, root, [no, yes, no, no]), left: no };
      } catch (error) {
        if (!(error instanceof TooComplexError)) throw error;
        abandon(d);
        extend(d.work);
        return {
          allowed: ended(d, root, [no, yes, no, no]),
          left: ended(d, root, [no, no, yes, no]),
        };
      }
    };
    const [before, after] = [allowedBy('before'), allowedBy('after')];
    const left = combine(d, 'union', before.left, after.left);
    const decided = combine(d, 'subtract', node, left);
    const opened = combine(d, 'subtract', after.allowed, before.allowed);
    const closed = combine(d, 'subtract', before.allowed, after.allowed);
    const differing = combine(d, 'union', opened, closed);
    const part = (one: Node): Region => ({ space, node: combine(d, 'intersect', decided, one) });
    return {
      opened: part(opened),
      closed: part(closed),
      same: { space, node: combine(d, 'subtract', decided, differing) },
      undecided: { space, node: left },
    };
  });
  const all = (part: keyof Outcome): PacketSet => {
    const regions = painted.map((one) => one[part]);
    return packetSet(
      regions.find(({ space }) => space.family === 4),
      regions.find(({ space }) => space.family === 6),
    );
  };
  return {
    opened: all('opened'),
    closed: all('closed'),
    same: all('same'),
    undecided: all('undecided'),
  };
}

function walkInDoubt(
  region: PacketSet,
  places: readonly Place[],
  { packetsOf }: WorldInBox,
): Outcome {
  let fates: readonly Fates[] = [{ before: 'open', after: 'open', packets: region }];
  for (const place of places) fates = meet(fates, place, packetsOf(place.rule));
  const where = (isWanted: (allowedBefore: boolean, allowedAfter: boolean) => boolean): PacketSet =>
    fates
      .filter(({ before, after }) => isWanted(before === 'Allow', after === 'Allow'))
      .map((fate) => fate.packets)
      .reduce(union, noPackets);
  return {
    opened: where((before, after) => !before && after),
    closed: where((before, after) => before && !after),
    same: where((before, after) => before === after),
    undecided: noPackets,
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
    add({ ...fate, packets: fate.packets.subtract(atLeast) });
    add({
      before: settles('before') ? rule.access : fate.before,
      after: settles('after') ? rule.access : fate.after,
      packets: fate.packets.intersect(atMost),
    });
  }
  return [...next.values()];
}
