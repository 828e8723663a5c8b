import { randomUUID } from 'node:crypto';
import { format } from 'node:util';
// By the default: Node 22 does not see the names of this CommonJS package.
import functions from '@azure/functions';
import type { InvocationContext } from '@azure/functions';
import type { FunctionApp, HookCallback, RegisteredFunction } from './function-app.ts';
import type { Log } from './log.ts';

/** Runs a function once, with the app's hooks around it and a line in the log at both ends. */
export type Invoke = (called: RegisteredFunction, input: unknown) => Promise<unknown>;

/** The one who runs the functions of an app; what a function throws is logged and thrown on. */
export function invoker(app: FunctionApp, log: Log, now: () => Date): Invoke {
  return async ({ name, callback }, input) => {
    const invocationId = randomUUID();
    const fields = { function: name, invocationId };
    const context = new functions.InvocationContext({
      invocationId,
      functionName: name,
      logHandler: (level, ...args) => {
        log(level, format(...args), fields);
      },
    });
    const started = now().getTime();
    const passed = () => ({ ...fields, durationMs: now().getTime() - started });
    log('information', 'invocation started', fields);
    const around = { hookData: {}, appHookData: {}, invocationContext: context, inputs: [input] };
    try {
      const before = { ...around, functionCallback: callback };
      await runHooks(app.hooks.preInvocation, before);
      const after = { ...around, inputs: before.inputs, result: undefined, error: null };
      const ended = await settled(before.functionCallback, before.inputs, context);
      const seen = { ...after, ...ended };
      await runHooks(app.hooks.postInvocation, seen);
      if (seen.error !== null) throw seen.error;
      log('information', 'invocation succeeded', passed());
      return seen.result;
    } catch (error) {
      log('error', 'invocation failed', { ...passed(), error: format(error) });
      throw error;
    }
  };
}

/** Runs hooks one after the other, in the order in which they were registered. */
export async function runHooks(hooks: readonly HookCallback[], context: object): Promise<void> {
  for (const hook of hooks) await hook(context);
}

async function settled(
  callback: RegisteredFunction['callback'],
  inputs: readonly unknown[],
  context: InvocationContext,
): Promise<{ readonly result: unknown; readonly error: Error | null }> {
  try {
    return { result: await callback(...inputs, context), error: null };
  } catch (error) {
    const thrown = error instanceof Error ? error : new Error(`threw ${format(error)}`);
    return { result: undefined, error: thrown };
  }
}
