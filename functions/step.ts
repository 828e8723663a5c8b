import type { InvocationContext } from '@azure/functions';
import { processService } from '../shared/compose-service.ts';
import type { ServiceContext } from '../shared/pipeline/service-context.ts';
import { tellTo } from './tell-to.ts';
import { tracedWork } from './traced-work.ts';

/**
 * A handler that runs one step of the pipeline, as a span of the trace that led to it. What it throws
 * stands in the log, with its cause, and is the host's to answer: a queue gives the message again, a
 * timer waits for its next moment.
 */
export function step<Trigger>(
  name: string,
  work: (service: ServiceContext, trigger: Trigger) => Promise<unknown>,
): (trigger: Trigger, context: InvocationContext) => Promise<void> {
  return async (trigger, context) => {
    try {
      const service = processService();
      await service.traced(tracedWork(trigger, context), async (stores) =>
        work(await service.contextFor(tellTo(context), stores), trigger),
      );
    } catch (error) {
      context.error(`${name} failed`, error);
      throw error;
    }
  };
}
