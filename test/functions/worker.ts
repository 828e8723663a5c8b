import { Module } from 'node:module';
import { HttpRequest, InvocationContext } from '@azure/functions';
import type { HttpResponseInit } from '@azure/functions';

/** A function as the Functions worker learns of it, with a way to call it over HTTP. */
export interface RegisteredFunction {
  readonly name: string;
  /** The trigger's binding: type, authLevel, methods, route. */
  readonly trigger: Readonly<Record<string, unknown>>;
  get(params: Record<string, string>): Promise<HttpResponseInit>;
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
      callback: (request: HttpRequest, context: InvocationContext) => Promise<HttpResponseInit>,
    ) {
      const trigger = Object.values(metadata.bindings).find(({ type }) =>
        String(type).endsWith('Trigger'),
      );
      const get = async (params: Record<string, string>) =>
        callback(
          new HttpRequest({ method: 'GET', url: 'http://localhost/api/', params }),
          new InvocationContext({ functionName: metadata.name }),
        );
      registered.push({ name: metadata.name, trigger: trigger ?? {}, get });
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
