import { app } from '@azure/functions';
import type { HttpHandler, HttpRequest, InvocationContext } from '@azure/functions';
import { catalogue } from '../shared/checks/catalogue.ts';
import { findings } from './findings.ts';
import { latestReport } from './latest-report.ts';

/** The resources of the JSON API by path below `/api/`. */
const resources: Readonly<Record<string, HttpHandler>> = {
  checks: () => ({
    jsonBody: catalogue.map(({ id, title, severity, appliesTo, remediation, source }) => {
      return { id, title, severity, appliesTo, remediation, source };
    }),
  }),
  findings,
  'reports/latest': latestReport,
};

app.http('api', { methods: ['GET'], authLevel: 'function', route: '{*path}', handler: api });

async function api(
  request: HttpRequest,
  context: InvocationContext,
): Promise<Awaited<ReturnType<HttpHandler>>> {
  const path = request.params['path'] ?? '';
  const answer = Object.hasOwn(resources, path) ? resources[path] : undefined;
  if (answer === undefined) {
    const error = `No "${path}" here.`;
    return { status: 404, jsonBody: { error, paths: Object.keys(resources) } };
  }
  try {
    return await answer(request, context);
  } catch (error) {
    context.error(`GET ${path} failed`, error);
    throw error;
  }
}
