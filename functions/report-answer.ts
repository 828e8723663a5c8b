import { ReadableStream, TextEncoderStream } from 'node:stream/web';
import type { HttpResponseInit } from '@azure/functions';
import type { StoredReport } from '../shared/ports.ts';
import { storedAudit } from '../shared/reports/stored-audit.ts';
import { tableReport } from '../shared/reports/table-report.ts';
import { parsedReport } from './parsed-report.ts';

/**
 * The answer that gives a report as JSON or as the table that the command prints, or 304 where the
 * caller knows it already: `known` is the header If-None-Match.
 * @throws UnreadableReportError where a table is asked for of what is no report.
 */
export async function reportAnswer(
  report: StoredReport,
  format: 'json' | 'table',
  known: string | null,
): Promise<HttpResponseInit> {
  const etag = format === 'json' ? report.etag : report.etag.replace(/"$/, '-table"');
  const headers = { etag, 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff' };
  if (isKnown(etag, known)) return { status: 304, headers };
  if (format === 'json') {
    const body = ReadableStream.from(report.read());
    return { headers: { ...headers, 'content-type': 'application/json' }, body };
  }
  const table = ReadableStream.from(tableReport(storedAudit(await parsedReport(report))));
  const body = table.pipeThrough(new TextEncoderStream());
  return { headers: { ...headers, 'content-type': 'text/plain; charset=utf-8' }, body };
}

/** Weak comparison, as RFC 9110 §13.1.2 wants it for If-None-Match. */
function isKnown(etag: string, header: string | null): boolean {
  const known = (header ?? '').split(',').map((each) => each.trim().replace(/^W\//, ''));
  return known.includes(etag) || known.includes('*');
}
