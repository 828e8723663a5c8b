import { isCustom } from './default-rules.ts';
import {
  type LintFinding,
  done,
  exampleOf,
  listed,
  sentence,
  takenExample,
} from './lint-finding.ts';
import { type BoxedRule, certainShare, heirsOf, takersOf } from './rule-share.ts';

/** A rule that decides nothing, with those that come before it. */
export function shadowing(boxed: BoxedRule): LintFinding {
  const { rule } = boxed;
  const takers = takersOf(boxed);
  const by = takers.map((taker) => taker.rule);
  if (by.length === 0) {
    const says = 'Never decides a packet: there is none that it could match.';
    return { rule, kind: 'shadowed', by, says };
  }
  const alike = by.every(({ access }) => access === rule.access) ? ', and alike' : '';
  const verb = by.length === 1 ? 'matches' : 'match';
  return {
    rule,
    kind: 'shadowed',
    by,
    says: sentence([
      `Never decides a packet: ${listed(by)} ${verb} all of its packets first${alike}`,
      takenExample(takers, boxed),
    ]),
  };
}

/** A rule that changes nothing, with those that would do the same. */
export function redundancy(boxed: BoxedRule): LintFinding {
  const { rule } = boxed;
  const by = heirsOf(boxed);
  const example = exampleOf(certainShare(boxed), boxed);
  return {
    rule,
    kind: 'redundant',
    by,
    says: sentence([
      `${by.some(isCustom) ? 'Removing it changes nothing' : "It only repeats Azure's default rules"}: ${listed(by)} ${by.length === 1 ? 'does' : 'do'} the same with its packets`,
      example === undefined ? undefined : `for instance ${example} is ${done(rule)} either way`,
    ]),
  };
}
