import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import { type FindingFilter, findingsPage } from '../shared/pipeline/list-findings.ts';
import { configuredService } from './configured-service.ts';

/** Findings, a page at a time: `?state=open&cluster=…&check=…`, and `next` of the page before. */
export async function findings(
  { query }: HttpRequest,
  context: InvocationContext,
): Promise<HttpResponseInit> {
  const state = query.get('state') ?? 'open';
  if (state !== 'open' && state !== 'resolved' && state !== 'all') {
    return { status: 400, jsonBody: { error: `state "${state}" must be open, resolved or all.` } };
  }
  const service = configuredService(context);
  if (service === undefined) {
    return { status: 500, jsonBody: { error: 'The configuration is wrong; see the log.' } };
  }
  const filter: FindingFilter = {
    ...(state === 'all' ? {} : { state }),
    ...textOf(query, 'cluster'),
    ...textOf(query, 'check'),
  };
  const page = await findingsPage(service.stores.findings, filter, query.get('next') ?? undefined);
  return { jsonBody: page, headers: { 'cache-control': 'no-store' } };
}

function textOf<Name extends string>(
  query: URLSearchParams,
  name: Name,
): Partial<Record<Name, string>> {
  const value = query.get(name);
  return value === null ? {} : ({ [name]: value } as Record<Name, string>);
}
