import type { InvocationContext } from '@azure/functions';
import { type QueueStanding, queuesStanding } from '../shared/pipeline/dead-letters.ts';
import { type ScanStanding, latestScan } from '../shared/pipeline/latest-scan.ts';
import { configuredService } from './configured-service.ts';
import { type ReportPart, reportPart } from './report-part.ts';

const storageAnswersWithinMs = 5000;

/** What of the app works, each part as far as the parts before it let it be seen. */
interface WorkingParts extends ReportPart {
  readonly configuration: 'ok' | 'wrong';
  readonly storage: 'ok' | 'unreachable' | 'unknown';
  readonly queues: Readonly<Record<string, QueueStanding>> | null;
  readonly lastScan: ScanStanding | null;
}

const unseen = { report: 'unknown', lastReportAt: null, queues: null, lastScan: null } as const;

/** How the parts are now; why one does not work is told in the log, to those who may read it. */
export async function workingParts(context: InvocationContext): Promise<WorkingParts> {
  const service = configuredService(context);
  if (service === undefined) return { configuration: 'wrong', storage: 'unknown', ...unseen };
  const configuration = 'ok';
  const { stores, reports, now } = service;
  const signal = AbortSignal.timeout(storageAnswersWithinMs);
  try {
    const report = await reportPart(reports, signal, context);
    const queues = await queuesStanding(stores, now(), signal);
    const lastScan = await latestScan(stores);
    return { configuration, storage: 'ok', ...report, queues, lastScan };
  } catch (error) {
    context.error('storage does not answer', error);
    return { configuration, storage: 'unreachable', ...unseen };
  }
}
