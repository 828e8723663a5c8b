import type { InvocationContext } from '@azure/functions';
import { processService } from '../shared/compose-service.ts';
import type { ServiceContext } from '../shared/pipeline/service-context.ts';
import { tellTo } from './tell-to.ts';

/**
 * A handler that runs one step of the pipeline. What it throws stands in the log, with its cause, and
 * is the host's to answer: a queue gives the message again, a timer waits for its next moment.
 */
export function step<Trigger>(
  name: string,
  work: (service: ServiceContext, trigger: Trigger) => Promise<unknown>,
): (trigger: Trigger, context: InvocationContext) => Promise<void> {
  return async (trigger, context) => {
    try {
      await work(await processService().contextFor(tellTo(context)), trigger);
    } catch (error) {
      context.error(`${name} failed`, error);
      throw error;
    }
  };
}
