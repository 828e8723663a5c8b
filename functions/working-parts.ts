import type { InvocationContext } from '@azure/functions';
import { UnreadableReportError } from '../shared/adapters/store/unreadable-report.ts';
import { configuredService } from './configured-service.ts';

const storageAnswersWithinMs = 5000;

/** What of the app works, each part as far as the parts before it let it be seen. */
interface WorkingParts {
  readonly configuration: 'ok' | 'wrong';
  readonly storage: 'ok' | 'unreachable' | 'unknown';
  /** Of the latest report, whether it is still what was saved. */
  readonly report: 'ok' | 'none' | 'unreadable' | 'unknown';
  readonly lastReportAt: string | null;
}

/** How the parts are now; why one does not work is told in the log, to those who may read it. */
export async function workingParts(context: InvocationContext): Promise<WorkingParts> {
  const service = configuredService(context);
  if (service === undefined) {
    return { configuration: 'wrong', storage: 'unknown', report: 'unknown', lastReportAt: null };
  }
  const configuration = 'ok';
  try {
    const latest = await service.reports.latest(AbortSignal.timeout(storageAnswersWithinMs));
    if (latest === undefined) {
      return { configuration, storage: 'ok', report: 'none', lastReportAt: null };
    }
    return { configuration, storage: 'ok', report: 'ok', lastReportAt: latest.savedAt };
  } catch (error) {
    if (error instanceof UnreadableReportError) {
      context.error(`the latest report cannot be read: ${error.message}`);
      return { configuration, storage: 'ok', report: 'unreadable', lastReportAt: null };
    }
    context.error('storage does not answer', error);
    return { configuration, storage: 'unreachable', report: 'unknown', lastReportAt: null };
  }
}
