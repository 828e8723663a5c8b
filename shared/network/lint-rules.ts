import { type Surroundings, hostAddress } from './address-bounds.ts';
import { isCustom } from './default-rules.ts';
import { conflict } from './lint-conflict.ts';
import type { LintFinding } from './lint-finding.ts';
import { redundantAmong, shadowing } from './lint-needless.ts';
import { broad, unreachablePorts } from './lint-ports.ts';
import { inOrder } from './rule-order.ts';
import { sharesInTurn } from './rule-share.ts';
import { type RuleWorlds, ruleWorlds } from './rule-worlds.ts';
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
 *
 * The last three are seen in the list without its shadowed and redundant rules.
 */
export function lintRules(
  rules: readonly SecurityRule[],
  surroundings: Surroundings,
): readonly LintFinding[] {
  return (['Inbound', 'Outbound'] as const).flatMap((direction) => {
    const ordered = inOrder(rules, direction);
    const { virtualNetwork } = surroundings;
    const network = virtualNetwork?.atLeast ?? hostAddress;
    return lintInOrder(
      ordered,
      ruleWorlds(ordered, surroundings),
      ruleWorlds(ordered, {
        ...surroundings,
        virtualNetwork: { atLeast: network, atMost: network },
      }),
    );
  });
}

function lintInOrder(
  ordered: readonly SecurityRule[],
  worlds: RuleWorlds,
  fromOutside: RuleWorlds,
): readonly LintFinding[] {
  const before = (rule: SecurityRule): readonly SecurityRule[] =>
    ordered.slice(0, ordered.indexOf(rule));
  const shadowed = ordered.filter((rule) => isCustom(rule) && isDead(rule, before(rule), worlds));
  const dead = new Set(shadowed);
  const redundant = redundantAmong(
    ordered.filter((rule) => !dead.has(rule)),
    worlds,
  );
  const needless = new Set([...dead, ...redundant.map(({ rule }) => rule)]);
  const found = [
    ...shadowed.map((rule) => shadowing(rule, before(rule), worlds)),
    ...redundant,
    ...ordered
      .filter((rule) => isCustom(rule) && !needless.has(rule))
      .flatMap((rule) => {
        const earlier = before(rule).filter((one) => !needless.has(one));
        return [
          ...conflict(rule, earlier, worlds),
          ...unreachablePorts(rule, earlier, worlds),
          ...broad(rule, earlier, fromOutside),
        ];
      }),
  ];
  return ordered.flatMap((rule) => found.filter((finding) => finding.rule === rule));
}

/** Whether no world lets the rule decide anything. */
function isDead(rule: SecurityRule, earlier: readonly SecurityRule[], worlds: RuleWorlds): boolean {
  for (const share of sharesInTurn(rule, earlier, worlds)) {
    if (!share.isEmpty()) return false;
  }
  return true;
}
