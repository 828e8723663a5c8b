import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import { alertsPage } from '../shared/pipeline/list-alerts.ts';
import { configuredService } from './configured-service.ts';

const states = ['open', 'acknowledged', 'resolved'] as const;

/** Alerts, a page at a time: `?state=open`, and `next` of the page before. */
export async function alerts(
  { query }: HttpRequest,
  context: InvocationContext,
): Promise<HttpResponseInit> {
  const asked = query.get('state') ?? undefined;
  const state = states.find((each) => each === asked);
  if (asked !== undefined && state === undefined) {
    return { status: 400, jsonBody: { error: `state "${asked}" must be ${states.join(', ')}.` } };
  }
  const service = configuredService(context);
  if (service === undefined)
    return { status: 500, jsonBody: { error: 'The configuration is wrong; see the log.' } };
  const page = await alertsPage(service.stores.alerts, state, query.get('next') ?? undefined);
  return { jsonBody: page, headers: { 'cache-control': 'no-store' } };
}
