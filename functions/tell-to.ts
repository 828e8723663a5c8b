import type { InvocationContext } from '@azure/functions';
import type { Tell } from '../shared/pipeline/service-context.ts';

/** Writes what the service tells to the log of an invocation, as JSON, so that queries can read it. */
export function tellTo(context: InvocationContext): Tell {
  return (message, { level = 'information', ...fields }) => {
    const line = JSON.stringify({ message, ...fields });
    if (level === 'error') context.error(line);
    else if (level === 'warning') context.warn(line);
    else context.info(line);
  };
}
