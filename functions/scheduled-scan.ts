import { app } from '@azure/functions';
import type { InvocationContext, Timer } from '@azure/functions';
import { processService } from '../shared/compose-service.ts';

app.timer('scheduled-scan', { schedule: '%SCAN_SCHEDULE%', handler: scheduledScan });

/** Audits the tenant and saves the report. Its log lines are JSON, so that queries can read them. */
async function scheduledScan(timer: Timer, context: InvocationContext): Promise<void> {
  function log(message: string, fields: object): void {
    context.info(JSON.stringify({ message, ...fields }));
  }
  try {
    log('scan started', { isPastDue: timer.isPastDue });
    const { scanId, summary, tail } = await processService().scan((progress) => {
      log('scan progress', { progress });
    });
    log('scan saved', { scanId, summary, gaps: tail.gaps.length, cost: tail.cost });
  } catch (error) {
    context.error('scan failed', error);
    throw error;
  }
}
