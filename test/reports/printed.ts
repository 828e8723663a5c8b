import { type ReportOutcome, memorySpool } from '../../shared/reports/json-report.ts';
import { type ReportFormat, reportIn } from '../../shared/reports/report-formats.ts';
import type { Audit } from '../../shared/reports/scan.ts';
import { catalogue } from '../../shared/checks/catalogue.ts';

/** The whole of a report in a format, and its outcome. */
export async function printed(
  format: ReportFormat,
  audit: Audit,
): Promise<{ readonly text: string; readonly outcome: ReportOutcome }> {
  const options = { table: {}, checks: catalogue, version: '1.2.3', spool: memorySpool };
  const pieces = reportIn(format, audit, options);
  let text = '';
  for (;;) {
    const next = await pieces.next();
    if (next.done === true) return { text, outcome: next.value };
    text += next.value;
  }
}
