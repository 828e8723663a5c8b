import type { InvocationContext } from '@azure/functions';
import type { TracedWork } from '../shared/compose-service.ts';

/**
 * What an invocation is in its trace: it continues what its message names, else what the host says.
 * Messages carry ids only, and those are what one looks for.
 */
export function tracedWork(trigger: unknown, context: InvocationContext): TracedWork {
  const fields = typeof trigger === 'object' && trigger !== null ? Object.entries(trigger) : [];
  const ids = fields.filter(
    (field): field is [string, string | number] =>
      (typeof field[1] === 'string' || typeof field[1] === 'number') && field[0] !== 'traceparent',
  );
  const sent = fields.find(([name]) => name === 'traceparent')?.[1];
  return {
    name: context.functionName,
    traceparent: typeof sent === 'string' ? sent : (context.traceContext?.traceParent ?? undefined),
    attributes: { invocationId: context.invocationId, ...Object.fromEntries(ids) },
  };
}
