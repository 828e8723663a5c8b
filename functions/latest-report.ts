import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import { UnreadableReportError } from '../shared/adapters/store/unreadable-report.ts';
import { reportFormats } from '../shared/reports/report-formats.ts';
import { configuredService } from './configured-service.ts';
import { reportAnswer } from './report-answer.ts';

/** The latest report; 404 where there is none yet, 502 where one was saved and cannot be read. */
export async function latestReport(
  request: HttpRequest,
  context: InvocationContext,
): Promise<HttpResponseInit> {
  const wanted = request.query.get('format') ?? 'json';
  const format = reportFormats.find((one) => one === wanted);
  if (format === undefined) {
    const error = `format "${wanted}" must be one of ${reportFormats.join(', ')}.`;
    return { status: 400, jsonBody: { error } };
  }
  const service = configuredService(context);
  if (service === undefined) {
    return { status: 500, jsonBody: { error: 'The configuration is wrong; see the log.' } };
  }
  const next = `SCAN_SCHEDULE "${service.environment.scanSchedule}" says when one runs; POST /admin/functions/scheduled-scan with the master key starts one at once.`;
  try {
    const report = await service.reports.latest();
    if (report !== undefined) {
      return await reportAnswer(report, format, request.headers.get('if-none-match'));
    }
    return { status: 404, jsonBody: { error: 'No scan has been saved yet.', next } };
  } catch (error) {
    if (!(error instanceof UnreadableReportError)) throw error;
    const says = `The latest report cannot be read: ${error.message}.`;
    context.error(says);
    return { status: 502, jsonBody: { error: says, next: `The next scan saves another. ${next}` } };
  }
}
