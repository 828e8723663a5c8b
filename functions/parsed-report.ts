import { ReadableStream } from 'node:stream/web';
import { UnreadableReportError } from '../shared/adapters/store/unreadable-report.ts';
import type { StoredReport } from '../shared/ports.ts';
import { type Report, parseReport } from '../shared/reports/report.ts';

/** A stored report, read whole. @throws UnreadableReportError where what is stored is none. */
export async function parsedReport(report: StoredReport): Promise<Report> {
  const text = await new Response(ReadableStream.from(report.read())).text();
  try {
    return parseReport(JSON.parse(text));
  } catch (cause) {
    const says = `the report of scan ${report.scanId} is none that this version can read`;
    throw new UnreadableReportError(says, { cause });
  }
}
