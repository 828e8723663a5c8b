import { severities } from '../model/verdict.ts';
import { gatherReport } from './gather-report.ts';
import type { ReportOutcome } from './json-report.ts';
import { type Paint, plainPaint } from './paint.ts';
import type { Audit } from './scan.ts';
import { clusterLines } from './table-clusters.ts';
import { failureLines } from './table-failures.ts';
import { gapLines } from './table-gaps.ts';
import { overviewLines } from './table-overview.ts';
import { type Sheet, listLines } from './table-sheet.ts';
import { closing, headline, seeMore, standing } from './table-summary.ts';
import { blankLines, shownBlanks } from './table-unknowns.ts';

export interface TableOptions {
  /** Columns of the terminal; 80 where absent. Less than 60 and more than 160 are not used. */
  readonly width?: number;
  readonly paint?: Paint;
  /** How many failures are told in full, and how many lines the other lists may have. */
  readonly limit?: number;
}

/** A report of fewer lines is seen whole, its top too. */
const screenLines = 24;

/**
 * The scan report for people, line by line: what is broken first, each failure with its proof, then
 * what could not be known, then every cluster on one line, and the result once more at the end, where
 * the eye is after a long print. Only the worst of each list is kept, so memory does not grow.
 */
export async function* tableReport(
  audit: Audit,
  options: TableOptions = {},
): AsyncGenerator<string, ReportOutcome> {
  const sheet: Sheet = {
    width: Math.min(160, Math.max(60, options.width ?? 80)),
    paint: options.paint ?? plainPaint,
    limit: options.limit ?? 20,
  };
  const gathered = await gatherReport(audit, sheet.limit);
  const { tail, summary, failures, rows, groups, blanks } = gathered;
  const labelWidth = Math.max(
    ...severities.map((severity) => (summary.bySeverity[severity] > 0 ? severity.length : 0)),
  );
  const next = seeMore(summary, rows.items()[0]?.cluster.name);
  const missed = shownBlanks(blanks.values(), sheet);
  const sections = [
    headline(audit, tail, summary, sheet),
    overviewLines(groups, failures.total, labelWidth, next, sheet),
    failureLines(failures, labelWidth, sheet),
    blankLines(missed, blanks.size, audit.header.source === 'live', sheet),
    clusterLines(rows, sheet),
    gapLines(tail, missed, sheet),
    listLines('ASSUMED', tail.assumptions, sheet),
    listLines('SETTINGS', tail.warnings ?? [], sheet),
    closing(tail, summary, next, sheet),
  ].filter((lines) => lines.length > 0);
  const length = sections.flat().length + sections.length - 1;
  for (const lines of sections.slice(0, -1)) yield `${lines.join('\n')}\n\n`;
  const again = summary.clusters === 1 && length < screenLines ? [] : standing(summary, sheet);
  yield `${[...(sections.at(-1) ?? []), ...again].join('\n')}\n`;
  return { summary, tail };
}
