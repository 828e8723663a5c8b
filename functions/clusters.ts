import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import { clusterOnAPage, clustersPage } from '../shared/pipeline/list-clusters.ts';
import { configuredService } from './configured-service.ts';

/** The clusters that are known, a page at a time, with `next` of the page before; or one, by `?cluster=<id>`. */
export async function clusters(
  { query }: HttpRequest,
  context: InvocationContext,
): Promise<HttpResponseInit> {
  const service = configuredService(context);
  if (service === undefined)
    return { status: 500, jsonBody: { error: 'The configuration is wrong; see the log.' } };
  const { clusters: store } = service.stores;
  const id = query.get('cluster');
  const page = await (id === null
    ? clustersPage(store, query.get('next') ?? undefined)
    : clusterOnAPage(store, id));
  return { jsonBody: page, headers: { 'cache-control': 'no-store' } };
}
