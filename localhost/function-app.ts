import { existsSync, readFileSync } from 'node:fs';
import { createRequire, Module } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { LogLevel } from '@azure/functions';
import type { Log } from './log.ts';

/** A function as the app registers it. */
export interface RegisteredFunction {
  readonly name: string;
  /** The binding of its trigger: type, and what that type has. */
  readonly trigger: Readonly<Record<string, unknown>>;
  readonly callback: (...args: unknown[]) => unknown;
}

export type HookCallback = (context: object) => unknown;

/** An app that has been loaded. */
export interface FunctionApp {
  readonly functions: readonly RegisteredFunction[];
  /** What the app wants to be told of, by the name of the moment. */
  readonly hooks: Readonly<Record<HookName, readonly HookCallback[]>>;
}

type HookName = 'appStart' | 'appTerminate' | 'preInvocation' | 'postInvocation';

/**
 * Loads `main` of the app's package.json as the Functions worker does, and returns what registered
 * itself. The module `@azure/functions-core` exists from then on in this process, as in the worker:
 * https://github.com/Azure/azure-functions-nodejs-worker/blob/v4.x/src/setupCoreModule.ts
 * @throws Error where there is nothing to load, or a function is registered twice.
 */
export async function loadFunctionApp(folder: string, log: Log): Promise<FunctionApp> {
  const functions: RegisteredFunction[] = [];
  const hooks: Record<HookName, HookCallback[]> = {
    appStart: [],
    appTerminate: [],
    preInvocation: [],
    postInvocation: [],
  };
  provideCore({
    // The model turns gRPC messages into calls; this host calls the functions itself.
    setProgrammingModel: () => {},
    log: (level: LogLevel, _category: string, message: string) => {
      log(level, message);
    },
    registerFunction(
      { name, bindings }: FunctionMetadata,
      callback: (...args: unknown[]) => unknown,
    ) {
      const trigger = Object.values(bindings).find(({ type }) => /trigger$/i.test(String(type)));
      if (trigger === undefined) throw new Error(`function ${name} has no trigger`);
      if (functions.some((each) => each.name.toLowerCase() === name.toLowerCase())) {
        throw new Error(`function ${name} is registered twice`);
      }
      functions.push({ name, trigger, callback });
    },
    registerHook(name: string, callback: HookCallback) {
      if (!isHookName(name, hooks)) throw new RangeError(`this host has no hook ${name}`);
      hooks[name].push(callback);
      return { dispose: () => hooks[name].splice(hooks[name].indexOf(callback), 1) };
    },
  });
  await load(mainOf(folder));
  return { functions, hooks };
}

interface FunctionMetadata {
  readonly name: string;
  readonly bindings: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

function isHookName(name: string, hooks: Readonly<Record<HookName, unknown>>): name is HookName {
  return Object.hasOwn(hooks, name);
}

function provideCore(core: object): void {
  // Node's types do not show the method that the worker wraps too.
  const prototype = Module.prototype as unknown as {
    require: (this: unknown, id: string) => unknown;
  };
  const original = prototype.require;
  prototype.require = function require(id) {
    return id === '@azure/functions-core' ? core : original.call(this, id);
  };
}

function mainOf(folder: string): string {
  const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const hasMain = typeof manifest === 'object' && manifest !== null && 'main' in manifest;
  const main = hasMain ? manifest.main : undefined;
  if (typeof main !== 'string') throw new Error(`${folder}/package.json has no main`);
  const path = join(folder, main);
  if (!existsSync(path)) throw new Error(`${path} does not exist; "npm run build" writes it`);
  return path;
}

async function load(path: string): Promise<void> {
  if (path.endsWith('.cjs')) createRequire(path)(path);
  else await import(pathToFileURL(path).href);
}
