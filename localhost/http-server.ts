import { once } from 'node:events';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import { format } from 'node:util';
import type { HttpResponseInit } from '@azure/functions';
import { answerEventGrid, webhookPath } from './event-grid.ts';
import type { RegisteredFunction } from './function-app.ts';
import { sendResult, sendText, triggerRequest } from './http-exchange.ts';
import type { Invoke } from './invoke.ts';
import { isSame, randomKey } from './keys.ts';
import type { Log } from './log.ts';
import { type HttpRoute, matchRoute } from './routes.ts';
import { type SignIn, isForeign } from './sign-in.ts';
import type { Timers } from './timers.ts';

/** The keys that open what is not anonymous; made anew at every start. */
export interface HostKeys {
  /** Opens functions of the level `function`. */
  readonly function: string;
  /** Opens everything, `/admin` too. */
  readonly master: string;
  /** Opens the webhook that Event Grid delivers to. */
  readonly eventGrid: string;
}

export interface HttpSurface {
  readonly routes: readonly HttpRoute[];
  /** The functions that hear of events. */
  readonly events: readonly RegisteredFunction[];
  /** What stands before every route, `api` unless host.json says otherwise; may be empty. */
  readonly prefix: string;
  readonly keys: HostKeys;
  /** Absent: nobody can sign in. */
  readonly signIn: SignIn | undefined;
  readonly timers: Pick<Timers, 'start'>;
  readonly invoke: Invoke;
  readonly log: Log;
}

/** Only this machine may call. */
const address = '127.0.0.1';
const ownNames = ['127.0.0.1', 'localhost'];

/** Keys that nobody can guess. */
export function randomKeys(): HostKeys {
  return { function: randomKey(), master: randomKey(), eventGrid: randomKey() };
}

/** Serves the functions on a port of the loopback interface, or on a free one if it is taken. */
export async function serveHttp(surface: HttpSurface, port: number): Promise<Server> {
  const server = createServer((request, response) => {
    answer(surface, request, response).catch((error: unknown) => {
      surface.log('warning', 'response not sent to its end', { error: format(error) });
      if (!response.headersSent) response.writeHead(500);
      response.destroy();
    });
  });
  await listen(server, port).catch(async (error: unknown) => {
    const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    if (!isTaken) throw error;
    await listen(server, 0);
  });
  return server;
}

/** Where the server listens, `http://127.0.0.1:7071`. */
export function urlOf(server: Server): string {
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('the server does not listen');
  return `http://${address}:${bound.port}`;
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, address);
  await once(server, 'listening');
}

async function answer(
  surface: HttpSurface,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  // A page on the web can have its own name resolve to this machine; its requests carry that name.
  // Compared as text: whatever is parsed first may be read otherwise by whoever parses it next.
  const host = (request.headers.host ?? '').toLowerCase();
  const own = hostsOf(request.socket.localPort);
  if (!own.includes(host)) {
    sendText(response, 403, `This host answers to ${own.join(' and ')} only.`);
    return;
  }
  const url = URL.parse(request.url ?? '/', `http://${host}`);
  // One that names another host, or a password, is meant for a proxy.
  if (url === null || url.host !== new URL(`http://${host}`).host || url.username !== '') {
    sendText(response, 400, 'The address of the request cannot be read.');
    return;
  }
  if (url.pathname.toLowerCase() === webhookPath) {
    await deliver(surface, request, url, response);
    return;
  }
  const [first = '', ...rest] = url.pathname.split('/').slice(1);
  if (first.toLowerCase() === 'admin') {
    startFunction(surface, request, url, rest, response);
  } else if (first.toLowerCase() === '.auth' && surface.signIn !== undefined) {
    surface.signIn.answer(request, url, response);
  } else if (surface.prefix === '') {
    await callFunction(surface, request, url, url.pathname, response);
  } else if (first.toLowerCase() === surface.prefix.toLowerCase()) {
    await callFunction(surface, request, url, rest.join('/'), response);
  } else {
    sendText(response, 404, `There is nothing here; the functions are below /${surface.prefix}/.`);
  }
}

/** What the header `Host` of a request to this port may be; clients leave out the port of HTTP itself. */
function hostsOf(port: number | undefined): readonly string[] {
  return ownNames.map((name) => (port === 80 ? name : `${name}:${port}`));
}

async function deliver(
  { events, keys, invoke }: HttpSurface,
  request: IncomingMessage,
  url: URL,
  response: ServerResponse,
): Promise<void> {
  const given = givenKey(request, url);
  if (isSame(given, keys.eventGrid) || isSame(given, keys.master)) {
    await answerEventGrid(events, invoke, request, url, response);
    return;
  }
  sendText(response, 401, 'This needs the key of Event Grid: ?code=.');
}

async function callFunction(
  { routes, keys, invoke, signIn }: HttpSurface,
  request: IncomingMessage,
  url: URL,
  path: string,
  response: ServerResponse,
): Promise<void> {
  const { method = 'GET' } = request;
  const match = matchRoute(routes, method, path);
  if (match.kind === 'notFound') {
    sendText(response, 404, 'No function has this route.');
    return;
  }
  if (match.kind === 'methodNotAllowed') {
    const allow = match.allowed.join(', ');
    sendText(response, 405, `This route takes ${allow}.`, { allow });
    return;
  }
  const { called, authLevel } = match.route;
  if (!mayCall(authLevel, keys, request, url)) {
    sendText(response, 401, 'This needs a key: the header x-functions-key, or ?code=.');
    return;
  }
  const principal = signIn?.principalOf(request) ?? {};
  if (Object.keys(principal).length > 0 && isForeign(request)) {
    sendText(response, 403, 'A page of another origin may not write here.');
    return;
  }
  let result: unknown;
  try {
    result = await invoke(called, triggerRequest(request, url, match.params, principal));
  } catch {
    // The log has why; callers learn nothing of the inside, as in Azure.
    response.writeHead(500);
    response.end();
    return;
  }
  // A handler answers this or nothing, by its type; HttpResponse refuses what it cannot read.
  await sendResult(result as HttpResponseInit | undefined, response);
}

/** https://learn.microsoft.com/azure/azure-functions/functions-manually-run-non-http */
function startFunction(
  { keys, timers }: HttpSurface,
  request: IncomingMessage,
  url: URL,
  [resource = '', name = '', ...more]: readonly string[],
  response: ServerResponse,
): void {
  if (!mayCall('admin', keys, request, url)) {
    sendText(response, 401, 'This needs the master key in the header x-functions-key.');
    return;
  }
  if (resource.toLowerCase() !== 'functions' || name === '' || more.length > 0) {
    sendText(response, 404, 'Of /admin there is only /admin/functions/<name>.');
    return;
  }
  if (request.method !== 'POST') {
    sendText(response, 405, 'POST starts a function.', { allow: 'POST' });
    return;
  }
  request.resume();
  const started = timers.start(name);
  if (started === 'started') response.writeHead(202).end();
  else if (started === 'running') sendText(response, 409, `${name} is running already.`);
  else sendText(response, 404, `No function with a timer is called ${name}.`);
}

function mayCall(
  level: HttpRoute['authLevel'],
  keys: HostKeys,
  request: IncomingMessage,
  url: URL,
): boolean {
  if (level === 'anonymous') return true;
  const given = givenKey(request, url);
  return isSame(given, keys.master) || (level === 'function' && isSame(given, keys.function));
}

function givenKey({ headers }: IncomingMessage, url: URL): string {
  const header = headers['x-functions-key'];
  return typeof header === 'string' ? header : (url.searchParams.get('code') ?? '');
}
