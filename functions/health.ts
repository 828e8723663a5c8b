import { app } from '@azure/functions';
import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import manifest from '../package.json' with { type: 'json' };
import { catalogue } from '../shared/checks/catalogue.ts';
import { processService } from '../shared/compose-service.ts';

// Probes carry no key, and the answer tells nothing about anyone's estate.
app.http('health', { methods: ['GET'], authLevel: 'anonymous', route: 'health', handler: health });

const storageAnswersWithinMs = 5000;

async function health(_: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> {
  const about = { version: manifest.version, checks: catalogue.length };
  try {
    const report = await processService().reports.latest(
      AbortSignal.timeout(storageAnswersWithinMs),
    );
    const lastReportAt = report?.savedAt ?? null;
    return { jsonBody: { status: 'ok', ...about, storage: 'ok', lastReportAt } };
  } catch (error) {
    // Why is told in the log, to those who may read it.
    context.error('storage does not answer', error);
    const jsonBody = { status: 'degraded', ...about, storage: 'unreachable', lastReportAt: null };
    return { status: 503, jsonBody };
  }
}
