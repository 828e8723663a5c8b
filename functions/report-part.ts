import type { InvocationContext } from '@azure/functions';
import { UnreadableReportError } from '../shared/adapters/store/unreadable-report.ts';
import type { ReportStore } from '../shared/ports.ts';

/** What of the latest report can be seen: whether it is still what was saved, and when that was. */
export interface ReportPart {
  readonly report: 'ok' | 'none' | 'unreadable' | 'unknown';
  readonly lastReportAt: string | null;
}

/** How the latest report is; why it cannot be read stands in the log. */
export async function reportPart(
  reports: ReportStore,
  signal: AbortSignal,
  context: InvocationContext,
): Promise<ReportPart> {
  try {
    const latest = await reports.latest(signal);
    if (latest === undefined) return { report: 'none', lastReportAt: null };
    return { report: 'ok', lastReportAt: latest.savedAt };
  } catch (error) {
    if (!(error instanceof UnreadableReportError)) throw error;
    context.error(`the latest report cannot be read: ${error.message}`);
    return { report: 'unreadable', lastReportAt: null };
  }
}
