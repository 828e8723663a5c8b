import { type GivenSurroundings, groupGiven, surroundingsGiven } from './given-input.ts';
import type { LintFinding, LintKind } from './lint-finding.ts';
import { lintRules } from './lint-rules.ts';

/** A network security group as Azure Resource Manager returns it, and what is around it. */
export interface LintQuery extends GivenSurroundings {
  readonly nsg: unknown;
}

/** A finding with the names of its rules. */
export interface LintRow {
  readonly rule: string;
  readonly kind: LintKind;
  readonly by: readonly string[];
  readonly says: string;
}

/** What is odd about the rules of one network security group, in the order packets meet them. */
export interface GroupLint {
  readonly rows: readonly LintRow[];
  readonly findings: readonly LintFinding[];
}

/**
 * {@link lintRules} on a network security group.
 * @throws RangeError naming the field, the value and what to write instead.
 */
export function lintGroup(query: LintQuery): GroupLint {
  const { rules } = groupGiven(query.nsg, 'nsg');
  const findings = lintRules(rules, surroundingsGiven(query));
  return {
    findings,
    rows: findings.map(({ rule, kind, by, says }) => ({
      rule: rule.name,
      kind,
      by: by.map(({ name }) => name),
      says,
    })),
  };
}
