import { app } from '@azure/functions';
import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import { catalogue } from '../shared/checks/catalogue.ts';
import { latestReport } from './latest-report.ts';

type Answer = (request: HttpRequest) => HttpResponseInit | Promise<HttpResponseInit>;

/** The resources of the JSON API by path below `/api/`. */
const resources: Readonly<Record<string, Answer>> = {
  checks: () => ({
    jsonBody: catalogue.map(({ id, title, severity, appliesTo, remediation, source }) => ({
      id,
      title,
      severity,
      appliesTo,
      remediation,
      source,
    })),
  }),
  'reports/latest': latestReport,
};

app.http('api', { methods: ['GET'], authLevel: 'function', route: '{*path}', handler: api });

async function api(request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> {
  const path = request.params['path'] ?? '';
  const answer = Object.hasOwn(resources, path) ? resources[path] : undefined;
  if (answer === undefined) {
    const error = `No "${path}" here.`;
    return { status: 404, jsonBody: { error, paths: Object.keys(resources) } };
  }
  try {
    return await answer(request);
  } catch (error) {
    context.error(`GET ${path} failed`, error);
    throw error;
  }
}
