import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import manifest from '../package.json' with { type: 'json' };
import { catalogue } from '../shared/checks/catalogue.ts';
import { workingParts } from './working-parts.ts';

/** How the parts of the app are; 503 where one of them keeps it from working. */
export async function healthAnswer(
  _: HttpRequest,
  context: InvocationContext,
): Promise<HttpResponseInit> {
  const parts = await workingParts(context);
  const isWell = parts.report === 'ok' || parts.report === 'none';
  const standing = Object.values(parts.queues ?? {});
  // One message that always fails leaves the app working: no reason to take it out of service.
  const isClean = standing.every(({ poisoned, failed }) => poisoned + failed === 0);
  const status = !isWell ? 'degraded' : isClean ? 'ok' : 'attention';
  const about = { version: manifest.version, checks: catalogue.length };
  return { status: isWell ? 200 : 503, jsonBody: { status, ...about, ...parts } };
}
