import { app } from '@azure/functions';
import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import manifest from '../package.json' with { type: 'json' };
import { catalogue } from '../shared/checks/catalogue.ts';

/** The resources of the JSON API by path below `/api/`. */
const resources: Readonly<Record<string, () => unknown>> = {
  checks: () =>
    catalogue.map(({ id, title, severity, appliesTo, remediation, source }) => ({
      id,
      title,
      severity,
      appliesTo,
      remediation,
      source,
    })),
};

// Probes carry no key, and the answer tells nothing about anyone's estate.
app.http('health', {
  methods: ['GET'],
  authLevel: 'anonymous',
  route: 'health',
  handler: () => ({
    jsonBody: { status: 'ok', version: manifest.version, checks: catalogue.length },
  }),
});

app.http('api', { methods: ['GET'], authLevel: 'function', route: '{*path}', handler: api });

function api(request: HttpRequest): HttpResponseInit {
  const path = request.params['path'] ?? '';
  const read = Object.hasOwn(resources, path) ? resources[path] : undefined;
  if (read !== undefined) return { jsonBody: read() };
  return { status: 404, jsonBody: { error: `No "${path}" here.`, paths: Object.keys(resources) } };
}
