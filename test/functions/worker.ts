import { Module } from 'node:module';
import { format } from 'node:util';
// By the default: Node 22 does not see the names of this CommonJS package.
import functions from '@azure/functions';
import type { HttpResponseInit, InvocationContext } from '@azure/functions';

/** A function as the Functions worker learns of it, with a way to call it. */
export interface RegisteredFunction {
  readonly name: string;
  /** The trigger's binding: type, authLevel, methods, route, schedule. */
  readonly trigger: Readonly<Record<string, unknown>>;
  /** Calls it over HTTP; `params` are those of the route. A body of JSON is parsed, as `jsonBody`. */
  get(params: Record<string, string>, request?: RequestParts): Promise<HttpResponseInit>;
  /** Calls it over HTTP with a body of JSON. */
  post(params: Record<string, string>, body: unknown): Promise<HttpResponseInit>;
  /** Calls it with any input. */
  call(input: unknown): Promise<unknown>;
  /** What it has logged at each call, a line each: level and text. */
  readonly logged: readonly string[];
}

export interface RequestParts {
  readonly query?: Record<string, string>;
  readonly headers?: Record<string, string>;
}

/**
 * The functions that `load` registers. Stands in for `@azure/functions-core`, which exists only
 * inside the worker: the library looks it up with `require` when the first function is registered,
 * so `load` must be the first import of an app in its process.
 */
export async function registeredBy(load: () => Promise<unknown>): Promise<RegisteredFunction[]> {
  const registered: RegisteredFunction[] = [];
  const core = {
    setProgrammingModel: () => {},
    registerHook: () => {},
    log: () => {},
    registerFunction(
      metadata: { name: string; bindings: Record<string, Record<string, unknown>> },
      callback: (input: unknown, context: InvocationContext) => Promise<unknown>,
    ) {
      const trigger = Object.values(metadata.bindings).find(({ type }) =>
        String(type).endsWith('Trigger'),
      );
      const logged: string[] = [];
      const call = async (input: unknown) =>
        callback(
          input,
          new functions.InvocationContext({
            functionName: metadata.name,
            logHandler: (level, ...args) => logged.push(`${level} ${format(...args)}`),
          }),
        );
      registered.push({
        name: metadata.name,
        trigger: trigger ?? {},
        logged,
        call,
        get: async (params, parts = {}) => {
          const url = 'http://localhost/api/';
          // The handler of an HTTP function answers this, by its type.
          return parsed(
            (await call(
              new functions.HttpRequest({ method: 'GET', url, params, ...parts }),
            )) as HttpResponseInit,
          );
        },
        post: async (params, given) => {
          const url = 'http://localhost/api/';
          const body = { string: JSON.stringify(given) };
          // As above.
          return parsed(
            (await call(
              new functions.HttpRequest({ method: 'POST', url, params, body }),
            )) as HttpResponseInit,
          );
        },
      });
    },
  };
  const prototype = Module.prototype as unknown as {
    require: (this: unknown, id: string) => unknown;
  };
  const original = prototype.require;
  prototype.require = function require(id) {
    return id === '@azure/functions-core' ? core : original.call(this, id);
  };
  try {
    await load();
  } finally {
    prototype.require = original;
  }
  return registered;
}

function parsed(answer: HttpResponseInit): HttpResponseInit {
  const { body, headers } = answer;
  const type = new Headers(
    Object.entries(headers ?? {}).map(([name, value]) => [name, String(value)]),
  ).get('content-type');
  return typeof body === 'string' && type?.startsWith('application/json') === true
    ? { ...answer, jsonBody: JSON.parse(body) }
    : answer;
}
