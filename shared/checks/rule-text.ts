import { nameOf } from '../model/resource-id.ts';
import type { AddressMatch, AdminRule, SecurityRule } from '../network/security-rule.ts';
import { distinct, listed } from './judgement.ts';
import type { blockers } from './subnet-rules.ts';

/** A rule as evidence names it. */
export function ruleText(rule: SecurityRule | AdminRule): string {
  return `rule ${rule.name} (priority ${rule.priority})`;
}

/** Which rules keep packets out, as a summary says it. */
export function blameText(rules: ReturnType<typeof blockers>): string {
  const names = distinct(rules.map(({ list, rule }) => `rule ${rule.name} of ${list.name}`));
  return names.length === 0
    ? 'no rule allows it'
    : `${listed(names)} ${names.length === 1 ? 'denies' : 'deny'} it`;
}

/** One side of a rule, all of it. */
export function matchesText(matches: readonly AddressMatch[]): string {
  return listed(matches.map(matchText));
}

/** One side of a rule or of a question, as Azure or its writer names it. */
export function matchText(match: AddressMatch): string {
  switch (match.kind) {
    case 'serviceTag':
      return match.name;
    case 'prefix':
      return match.text;
    case 'any':
      return 'everything';
    case 'applicationSecurityGroup':
      return nameOf(match.id);
    case 'unclear':
      return match.text;
    default:
      return match satisfies never;
  }
}
