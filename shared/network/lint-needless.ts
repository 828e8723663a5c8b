import { isCustom } from './default-rules.ts';
import { mayDiffer } from './diff-rules.ts';
import {
  type LintFinding,
  done,
  exampleOf,
  listed,
  sentence,
  takenExample,
} from './lint-finding.ts';
import type { Place } from './rule-order.ts';
import { certainShare, shareBehind } from './rule-share.ts';
import type { RuleWorlds } from './rule-worlds.ts';
import type { SecurityRule } from './security-rule.ts';

/** A rule that decides nothing, with those that come before it. */
export function shadowing(
  rule: SecurityRule,
  earlier: readonly SecurityRule[],
  worlds: RuleWorlds,
): LintFinding {
  const share = shareBehind(rule, earlier, worlds);
  const by = share.takers.map((taker) => taker.rule);
  if (by.length === 0) {
    const says = 'Never decides a packet: there is none that it could match.';
    return { rule, kind: 'shadowed', by, says };
  }
  const [example] = share.takers.flatMap(
    ({ rule: taker, taken }) => takenExample(taker, taken, worlds) ?? [],
  );
  const alike = by.every(({ access }) => access === rule.access) ? ', and alike' : '';
  const verb = by.length === 1 ? 'matches' : 'match';
  return {
    rule,
    kind: 'shadowed',
    by,
    says: sentence([
      `Never decides a packet: ${listed(by)} ${verb} all of its packets first${alike}`,
      example,
    ]),
  };
}

/**
 * The custom rules that change nothing, looked for from the last to the first, each among those that
 * are left, so that all may go at once.
 */
export function redundantAmong(
  ordered: readonly SecurityRule[],
  worlds: RuleWorlds,
): readonly LintFinding[] {
  let left = ordered;
  const found: LintFinding[] = [];
  for (const rule of ordered.toReversed().filter(isCustom)) {
    const places = left.map((one): Place => ({
      rule: one,
      isIn: one === rule ? 'before' : 'both',
    }));
    if (mayDiffer(places, worlds)) continue;
    const at = left.indexOf(rule);
    const { possible } = shareBehind(rule, left.slice(0, at), worlds);
    const heirs = left.slice(at + 1);
    const by = shareBehind(rule, left.slice(0, at).concat(heirs), worlds)
      .takers.filter(({ rule: heir, taken }) => {
        return heirs.includes(heir) && !taken.intersect(possible).isEmpty();
      })
      .map((taker) => taker.rule);
    const example = exampleOf(certainShare(rule, left.slice(0, at), worlds), worlds);
    found.push({
      rule,
      kind: 'redundant',
      by,
      says: sentence([
        `${by.some(isCustom) ? 'Removing it changes nothing' : "It only repeats Azure's default rules"}: ${listed(by)} ${by.length === 1 ? 'does' : 'do'} the same with its packets`,
        example === undefined ? undefined : `for instance ${example} is ${done(rule)} either way`,
      ]),
    });
    left = left.filter((one) => one !== rule);
  }
  return found;
}
