import { severities } from '../shared/model/verdict.ts';
import { isComplete } from '../shared/reports/assemble-report.ts';
import type { ReportOutcome } from '../shared/reports/json-report.ts';

/** The mildest severity that fails a build, or `never`; `info` never does. */
export const failOnLevels = ['critical', 'high', 'medium', 'low', 'never'] as const;
export type FailOn = (typeof failOnLevels)[number];

/**
 * The exit code of a scan that came to its end: 1 a counted failure, else 3 incomplete, else 0. With
 * a baseline only new failures count.
 */
export function exitCodeOf({ summary, tail }: ReportOutcome, failOn: FailOn): 0 | 1 | 3 {
  if (failOn === 'never') return 0;
  const counted = severities.slice(0, severities.indexOf(failOn) + 1);
  const failures = tail.baseline?.newBySeverity ?? summary.bySeverity;
  if (counted.some((severity) => failures[severity] > 0)) return 1;
  return isComplete(tail) ? 0 : 3;
}
