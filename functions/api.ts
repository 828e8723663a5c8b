import { app } from '@azure/functions';
import type { HttpRequest, InvocationContext } from '@azure/functions';
import { acknowledging } from './acknowledgement.ts';
import { deciding } from './decide-remediation.ts';
import { remediation } from './remediation.ts';
import { resources } from './resources.ts';

const methods = ['GET', 'POST'] as const;
app.http('api', { methods: [...methods], authLevel: 'function', route: '{*path}', handler: api });

async function api(request: HttpRequest, context: InvocationContext) {
  const path = request.params['path'] ?? '';
  const listed = Object.hasOwn(resources, path) ? resources[path] : undefined;
  const read = /^remediations\/[^/]+$/.test(path) ? remediation : listed;
  const posted = acknowledging(path) ?? deciding(path);
  const answer = request.method === 'POST' ? posted : read;
  if (answer === undefined) {
    const error = `No "${path}" here.`;
    return { status: 404, jsonBody: { error, paths: Object.keys(resources) } };
  }
  try {
    return await answer(request, context);
  } catch (error) {
    context.error(`${request.method} ${path} failed`, error);
    throw error;
  }
}
