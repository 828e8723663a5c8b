import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import { shownRemediation } from '../shared/pipeline/show-remediation.ts';
import { configuredService } from './configured-service.ts';

/** `GET remediations/{id}`: its plan, which is what an approval is about, and its journal. */
export async function remediation(
  { params }: HttpRequest,
  context: InvocationContext,
): Promise<HttpResponseInit> {
  const service = configuredService(context);
  if (service === undefined) {
    return { status: 500, jsonBody: { error: 'The configuration is wrong; see the log.' } };
  }
  const [, id = ''] = (params['path'] ?? '').split('/');
  const kept = await service.stores.remediations.get(id);
  return kept === undefined
    ? { status: 404, jsonBody: { error: 'There is no such remediation.' } }
    : { jsonBody: shownRemediation(kept), headers: { 'cache-control': 'no-store' } };
}
