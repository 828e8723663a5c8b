import { fileURLToPath } from 'node:url';
import { app } from '@azure/functions';
import type { HttpRequest, InvocationContext } from '@azure/functions';
import { principalOf } from '../shared/adapters/azure/client-principal.ts';
import { staticFiles } from '../shared/adapters/files/static-files.ts';
import { type Visitor, dashboardPage } from '../shared/api/dashboard-page.ts';
import { answerApi } from './answer-api.ts';
import { configuredService } from './configured-service.ts';

/** From here and from the bundle in `dist/` alike. */
const files = staticFiles(fileURLToPath(new URL('../dist/dashboard/', import.meta.url)));

// No key: who may is decided below, by who is signed in.
app.http('dashboard', {
  methods: ['GET', 'HEAD', 'POST'],
  authLevel: 'anonymous',
  route: 'dashboard/{*path}',
  handler: dashboard,
});

/** The page for whoever is signed in, and below `dashboard/api/` what it shows. */
async function dashboard(request: HttpRequest, context: InvocationContext) {
  const { method, url, headers, params } = request;
  const { path = '' } = params;
  const [first = '', ...rest] = path.split('/');
  if (first === 'api') return answerApi(rest.join('/'), request, context, 'principal');
  if (method === 'POST') return { status: 405, headers: { allow: 'GET, HEAD' } };
  return { ...dashboardPage(files, { url, path, headers }, visitorOf(request, context)) };
}

function visitorOf({ headers }: HttpRequest, context: InvocationContext): Visitor {
  const authenticatesCallers = configuredService(context)?.environment.authenticatesCallers;
  if (authenticatesCallers !== true) return 'keptOut';
  const header = headers.get('x-ms-client-principal');
  return principalOf({ header, authenticatesCallers }) === undefined ? 'stranger' : 'signedIn';
}
