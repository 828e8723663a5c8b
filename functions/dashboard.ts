import { fileURLToPath } from 'node:url';
import { app } from '@azure/functions';
import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import { principalOf } from '../shared/adapters/azure/client-principal.ts';
import { staticFiles } from '../shared/adapters/files/static-files.ts';
import { type Visitor, dashboardPage } from '../shared/api/dashboard-page.ts';
import { configuredService } from './configured-service.ts';

/** From here and from the bundle in `dist/` alike. */
const files = staticFiles(fileURLToPath(new URL('../dist/dashboard/', import.meta.url)));

// Whoever is not signed in is sent to the sign-in, by the code below.
app.http('dashboard', {
  methods: ['GET', 'HEAD'],
  authLevel: 'anonymous',
  route: 'dashboard/{*path}',
  handler: dashboard,
});

function dashboard(request: HttpRequest, context: InvocationContext): HttpResponseInit {
  const { url, headers, params } = request;
  const { path = '' } = params;
  return { ...dashboardPage(files, { url, path, headers }, visitorOf(request, context)) };
}

function visitorOf({ headers }: HttpRequest, context: InvocationContext): Visitor {
  const authenticates = configuredService(context)?.environment.authenticatesCallers ?? false;
  if (!authenticates) return 'keptOut';
  const who = principalOf(headers.get('x-ms-client-principal'), authenticates);
  return who === undefined ? 'stranger' : 'signedIn';
}
