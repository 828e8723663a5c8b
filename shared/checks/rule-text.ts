import type { AdminRule, SecurityRule } from '../network/security-rule.ts';
import { listed } from './judgement.ts';
import type { blockers } from './subnet-rules.ts';

/** A rule as evidence names it. */
export function ruleText(rule: SecurityRule | AdminRule): string {
  return `rule ${rule.name} (priority ${rule.priority})`;
}

/** Which rules keep packets out, as a summary says it. */
export function blameText(rules: ReturnType<typeof blockers>): string {
  return rules.length === 0
    ? 'no rule allows it'
    : `${listed(rules.map(({ list, rule }) => `rule ${rule.name} of ${list.name}`))} ${rules.length === 1 ? 'denies' : 'deny'} it`;
}
