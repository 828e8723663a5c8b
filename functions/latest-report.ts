import { ReadableStream, TextEncoderStream } from 'node:stream/web';
import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import { processService } from '../shared/compose-service.ts';
import { parseReport } from '../shared/reports/report.ts';
import { storedAudit } from '../shared/reports/stored-audit.ts';
import { tableReport } from '../shared/reports/table-report.ts';

/** The latest report, as JSON or as the table that the command prints; 304 where the caller has it. */
export async function latestReport(request: HttpRequest): Promise<HttpResponseInit> {
  const format = request.query.get('format') ?? 'json';
  if (format !== 'json' && format !== 'table') {
    return { status: 400, jsonBody: { error: `format "${format}" must be json or table.` } };
  }
  const { reports, environment } = processService();
  const report = await reports.latest();
  if (report === undefined) {
    const error = 'No scan has been saved yet.';
    const next = `SCAN_SCHEDULE "${environment.scanSchedule}" says when one runs; POST /admin/functions/scheduled-scan with the master key starts one at once.`;
    return { status: 404, jsonBody: { error, next } };
  }
  const etag = format === 'json' ? report.etag : report.etag.replace(/"$/, '-table"');
  const headers = { etag, 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff' };
  if (isKnown(etag, request.headers.get('if-none-match'))) return { status: 304, headers };
  if (format === 'json') {
    const body = ReadableStream.from(report.read());
    return { headers: { ...headers, 'content-type': 'application/json' }, body };
  }
  const json: unknown = await new Response(ReadableStream.from(report.read())).json();
  const table = ReadableStream.from(tableReport(storedAudit(parseReport(json))));
  const body = table.pipeThrough(new TextEncoderStream());
  return { headers: { ...headers, 'content-type': 'text/plain; charset=utf-8' }, body };
}

/** Weak comparison, as RFC 9110 §13.1.2 wants it for If-None-Match. */
function isKnown(etag: string, header: string | null): boolean {
  const known = (header ?? '').split(',').map((each) => each.trim().replace(/^W\//, ''));
  return known.includes(etag) || known.includes('*');
}
