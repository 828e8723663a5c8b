import type {
  HttpHandler,
  HttpRequest,
  HttpResponseInit,
  InvocationContext,
} from '@azure/functions';
import { acknowledgeAlert } from '../shared/pipeline/list-alerts.ts';
import { configuredService } from './configured-service.ts';

/** What answers `POST alerts/<id>/acknowledge`, with `{ "by": "…" }`; undefined for other paths. */
export function acknowledging(path: string): HttpHandler | undefined {
  const [, id] = /^alerts\/([0-9a-f]{32})\/acknowledge$/.exec(path) ?? [];
  return id === undefined ? undefined : (request, context) => acknowledge(id, request, context);
}

async function acknowledge(
  id: string,
  request: HttpRequest,
  context: InvocationContext,
): Promise<HttpResponseInit> {
  const body: unknown = await request.json().catch(() => undefined);
  const by = typeof body === 'object' && body !== null && 'by' in body ? body.by : undefined;
  if (typeof by !== 'string' || by.trim() === '' || by.length > 100) {
    return { status: 400, jsonBody: { error: 'The body must be { "by": "who has seen it" }.' } };
  }
  const service = configuredService(context);
  if (service === undefined)
    return { status: 500, jsonBody: { error: 'The configuration is wrong; see the log.' } };
  const alert = await acknowledgeAlert(service, id, by.trim());
  return alert === undefined
    ? { status: 404, jsonBody: { error: `No alert ${id}.` } }
    : { jsonBody: alert };
}
