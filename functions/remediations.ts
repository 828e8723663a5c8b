import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import { configuredService } from './configured-service.ts';

const headers = { 'cache-control': 'no-store' };
const pageSize = 200;

/** Remediations, a page at a time: `?state=awaitingApproval`, and `next` of the page before. */
export async function remediations(
  { query }: HttpRequest,
  context: InvocationContext,
): Promise<HttpResponseInit> {
  const service = configuredService(context);
  if (service === undefined) {
    return { status: 500, jsonBody: { error: 'The configuration is wrong; see the log.' } };
  }
  const { items, next } = await service.stores.remediations.page(
    pageSize,
    query.get('next') ?? undefined,
  );
  const state = query.get('state');
  const fitting = items.filter((head) => state === null || head.state === state);
  return { jsonBody: { remediations: fitting, next: next ?? null }, headers };
}
