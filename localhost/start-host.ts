import { loadFunctionApp } from './function-app.ts';
import { readHostJson } from './host-json.ts';
import { type HostKeys, randomKeys, serveHttp, urlOf } from './http-server.ts';
import { invoker, runHooks } from './invoke.ts';
import type { Log } from './log.ts';
import { startQueues } from './queues.ts';
import { httpRoute } from './routes.ts';
import { createSignIn } from './sign-in.ts';
import { startTimers } from './timers.ts';

export interface HostOptions {
  /** The app: where package.json and host.json are. */
  readonly folder: string;
  /** The app settings. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The port to serve on; a free one if it is taken. */
  readonly port: number;
  readonly log: Log;
  /** Lets a person of this name sign in; nobody where absent. */
  readonly signInAs?: string;
  /** For how long a message is hidden from others while it is handled; a minute where absent. */
  readonly lockSeconds?: number;
}

/** A host that runs. */
export interface Host {
  /** `http://127.0.0.1:7071` */
  readonly url: string;
  readonly keys: HostKeys;
  readonly functions: readonly string[];
  /** Signs in whoever opens it; absent where nobody can. */
  readonly signInUrl?: string;
  /** Takes no more calls, and waits for those that run. */
  stop(): Promise<void>;
}

/**
 * Runs a function app on this machine, without Azure Functions Core Tools: timers, queues, Event
 * Grid, and HTTP triggers on the loopback interface, with a sign-in in place of App Service
 * Authentication where it is asked for. Cookies of handlers, input and output bindings and other
 * triggers are left out.
 * @throws Error where the app cannot be loaded, or a schedule, route or connection is wrong.
 */
export async function startHost({
  folder,
  env,
  port,
  log,
  signInAs,
  lockSeconds = 60,
}: HostOptions): Promise<Host> {
  const settings = readHostJson(folder);
  const app = await loadFunctionApp(folder, log);
  const ofType = (type: string) =>
    app.functions.filter(({ trigger }) => String(trigger['type']).toLowerCase() === type);
  const http = ofType('httptrigger');
  const timed = ofType('timertrigger');
  const queued = ofType('queuetrigger');
  const events = ofType('eventgridtrigger');
  const known = new Set([...http, ...timed, ...queued, ...events]);
  const unknown = app.functions.filter((each) => !known.has(each));
  if (unknown.length > 0) {
    const names = unknown.map(({ name, trigger }) => `${name} (${String(trigger['type'])})`);
    throw new Error(
      `this host has timers, queues, Event Grid and HTTP; it cannot run ${names.join(', ')}`,
    );
  }
  const keys = randomKeys();
  const routes = http.map(httpRoute);
  const invoke = invoker(app, log, () => new Date());
  await runHooks(app.hooks.appStart, {
    hookData: {},
    appHookData: {},
    functionAppDirectory: folder,
  });
  const timers = startTimers(timed, env, invoke, log);
  const queues = startQueues(queued, env, invoke, log, { ...settings.queues, lockSeconds });
  const { routePrefix: prefix } = settings;
  const signIn = signInAs === undefined ? undefined : createSignIn(signInAs);
  const surface = { routes, events, prefix, keys, signIn, timers, invoke, log };
  const server = await serveHttp(surface, port);
  const url = urlOf(server);
  return {
    url,
    keys,
    ...(signIn === undefined ? {} : { signInUrl: `${url}/.auth/login/local?code=${signIn.code}` }),
    functions: app.functions.map(({ name }) => name),
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      // A connection that has had its answer would be kept open for the next question.
      const closing = setInterval(() => server.closeIdleConnections(), 50);
      await Promise.all([closed, timers.stop(), queues.stop()]);
      clearInterval(closing);
      await runHooks(app.hooks.appTerminate, { hookData: {}, appHookData: {} });
    },
  };
}
