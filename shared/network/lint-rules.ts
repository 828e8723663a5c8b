import { TooComplexError, type Work } from '../packets/work.ts';
import { type Surroundings, hostAddress } from './address-bounds.ts';
import { isCustom } from './default-rules.ts';
import { type Budgeted, budgets } from './lint-budget.ts';
import { conflict } from './lint-conflict.ts';
import type { LintFinding } from './lint-finding.ts';
import { redundancy, shadowing } from './lint-needless.ts';
import { admitsEveryone, broad, unreachablePorts } from './lint-ports.ts';
import { type PacketsOf, type ReachRow, reachRows, ruleBox } from './rule-box.ts';
import { inOrder } from './rule-order.ts';
import { type BoxedRule, isDead, isNeeded } from './rule-share.ts';
import { isShownNeeded } from './sampled-need.ts';
import { type NameWorld, type RuleWorlds, ruleWorlds } from './rule-worlds.ts';
import type { SecurityRule } from './security-rule.ts';

/**
 * What is odd about the custom rules of one list, in the order packets meet them. Only what holds
 * whatever the unresolved tags and groups contain is said.
 *
 * - `shadowed`: the rule never decides a packet, because the rules of `by` together match all of
 *   its packets first (Al-Shaer and Hamed, Discovery of policy anomalies in distributed firewalls,
 *   2004: shadowing where they do the opposite, redundancy where they do the same), or because there
 *   is no packet that it could match (Icmp has no ports).
 * - `redundant`: it decides packets, and without it the rules of `by` would decide them alike.
 *   Removing every shadowed and redundant rule at once changes nothing.
 * - `conflict`: the rule and an earlier one of the opposite access each match packets that the other
 *   does not, and for packets that both match it is their order alone that decides (Al-Shaer:
 *   correlation). An exception within a wider rule is none: that is what priorities are for.
 * - `unreachable-port`: earlier rules match every packet to some of the ports that the rule lists.
 * - `broad`: an inbound Allow whose sources hold every public IPv4 address lets them reach a port of
 *   remote administration or more than 1,024 ports
 *   (learn.microsoft.com/azure/defender-for-cloud/just-in-time-access-usage has the ports).
 * - `unknown`: the rule's packets are cut into more kinds than the work of one rule allows to tell
 *   apart, so that nothing else is said of it; nothing said of other rules depends on it.
 *
 * Conflicts, ports and breadth are seen in the list without its shadowed and redundant rules.
 */
export function lintRules(
  rules: readonly SecurityRule[],
  surroundings: Surroundings,
  budgetsOf: () => Budgeted = budgets,
): readonly LintFinding[] {
  const network = surroundings.virtualNetwork?.atLeast ?? hostAddress;
  const { virtualNetwork } = surroundings;
  const isSettled =
    virtualNetwork !== undefined && virtualNetwork.atLeast === virtualNetwork.atMost;
  const outside: Surroundings = isSettled
    ? surroundings
    : { ...surroundings, virtualNetwork: { atLeast: network, atMost: network } };
  return (['Inbound', 'Outbound'] as const).flatMap((direction) => {
    const ordered = inOrder(rules, direction);
    return lintInOrder(
      ordered,
      ruleWorlds(ordered, surroundings),
      ruleWorlds(ordered, outside),
      budgetsOf(),
    );
  });
}

function lintInOrder(
  ordered: readonly SecurityRule[],
  worlds: RuleWorlds,
  fromOutside: RuleWorlds,
  budgeted: Budgeted,
): readonly LintFinding[] {
  const rows = reachRows(worlds, ordered);
  const found = new Map<SecurityRule, readonly LintFinding[]>();
  /** Looked for from the last to the first, each among those that are left, so that all may go at once. */
  const needless = new Set<SecurityRule>();
  for (const [at, own] of [...rows.entries()].toReversed()) {
    const { rule } = own;
    if (!isCustom(rule)) continue;
    if (isShownNeeded(worlds, rows, own, needless)) continue;
    const finding = withinBudget(rule, () =>
      budgeted((work) => {
        const boxed = boxedRule(worlds, rows, at, needless, work);
        if (isDead(boxed)) return shadowing(boxed);
        return isNeeded(boxed) ? undefined : redundancy(boxed);
      }),
    );
    if (finding === undefined) continue;
    found.set(rule, [finding]);
    if (finding.kind !== 'unknown') needless.add(rule);
  }
  const outsideRows = fromOutside === worlds ? rows : reachRows(fromOutside, ordered);
  for (const [at, rule] of ordered.entries()) {
    if (!isCustom(rule) || found.has(rule)) continue;
    const more = withinBudget(rule, () =>
      budgeted((work) => {
        const boxed = boxedRule(worlds, rows.slice(0, at + 1), at, needless, work);
        return [
          ...conflict(boxed, worlds),
          ...unreachablePorts(boxed),
          ...(admitsEveryone(rule, fromOutside)
            ? broad(boxedRule(fromOutside, outsideRows.slice(0, at + 1), at, needless, work))
            : []),
        ];
      }),
    );
    found.set(rule, [more].flat());
  }
  return ordered.flatMap((rule) => found.get(rule) ?? []);
}

/** The answer, or that it is unknown where it costs too much. */
function withinBudget<T>(rule: SecurityRule, answer: () => T): T | LintFinding {
  try {
    return answer();
  } catch (error) {
    if (!(error instanceof TooComplexError)) throw error;
    return {
      rule,
      kind: 'unknown',
      by: [],
      says: 'Too complex: the other rules cut its packets into more kinds than the work for one rule allows to tell apart, so nothing is said of it.',
    };
  }
}

/** The rule at a place among those that are not needless, in its box. */
function boxedRule(
  worlds: RuleWorlds,
  rows: readonly ReachRow[],
  at: number,
  needless: ReadonlySet<SecurityRule>,
  work: Work,
): BoxedRule {
  const own = rows[at];
  if (own === undefined) throw new TypeError('the place is that of a rule');
  const { rule } = own;
  let looked: Looked | undefined;
  const box = ruleBox(
    worlds,
    [own],
    rows.filter((row) => !needless.has(row.rule)),
    (live) => {
      const place = live.indexOf(rule);
      const earlier = live.slice(0, Math.max(0, place));
      const later = live.slice(place + 1);
      looked = {
        earlier,
        later,
        before: worlds.worldsFor([...earlier, rule], 1),
        all: worlds.worldsFor([rule, ...live], 1),
        ofTwo: worlds.worldsFor([rule, ...live], 2),
      };
      return [...looked.before, ...looked.all, ...looked.ofTwo, ...worlds.bounds];
    },
    work,
  );
  if (looked === undefined) throw new TypeError('a box is made for the worlds of its rules');
  const within = (some: readonly NameWorld[]): readonly PacketsOf[] =>
    some.map((world) => box.within(world).packetsOf);
  return {
    rule,
    box,
    names: worlds.names,
    earlier: looked.earlier,
    later: looked.later,
    worldsBefore: within(looked.before),
    worlds: within(looked.all),
    worldsOfTwo: within(looked.ofTwo),
    bounds: within(worlds.bounds),
  };
}

interface Looked {
  readonly earlier: readonly SecurityRule[];
  readonly later: readonly SecurityRule[];
  readonly before: readonly NameWorld[];
  readonly all: readonly NameWorld[];
  readonly ofTwo: readonly NameWorld[];
}
