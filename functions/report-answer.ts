import { ReadableStream, TextEncoderStream } from 'node:stream/web';
import type { HttpResponseInit } from '@azure/functions';
import manifest from '../package.json' with { type: 'json' };
import { fileSpool } from '../shared/adapters/files/spool-file.ts';
import { catalogue } from '../shared/checks/catalogue.ts';
import type { StoredReport } from '../shared/ports.ts';
import { plainPaint } from '../shared/reports/paint.ts';
import { type ReportFormat, mediaTypes, reportIn } from '../shared/reports/report-formats.ts';
import { storedAudit } from '../shared/reports/stored-audit.ts';
import { isKnown } from './etag.ts';
import { parsedReport } from './parsed-report.ts';

/**
 * The answer that gives a report in one of the formats that the command prints, or 304 where the
 * caller knows it already: `known` is the header If-None-Match.
 * @throws UnreadableReportError where another format than JSON is asked for of what is no report.
 */
export async function reportAnswer(
  report: StoredReport,
  format: ReportFormat,
  known: string | null,
): Promise<HttpResponseInit> {
  const etag = format === 'json' ? report.etag : report.etag.replace(/"$/, `-${format}"`);
  const headers = { etag, 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff' };
  if (isKnown(etag, known)) return { status: 304, headers };
  const typed = { ...headers, 'content-type': mediaTypes[format] };
  if (format === 'json') return { headers: typed, body: ReadableStream.from(report.read()) };
  const pieces = reportIn(format, storedAudit(await parsedReport(report)), {
    table: { paint: plainPaint },
    checks: catalogue,
    version: manifest.version,
    spool: fileSpool,
  });
  return { headers: typed, body: ReadableStream.from(pieces).pipeThrough(new TextEncoderStream()) };
}
