import type { MessageQueues } from '../store-ports.ts';

/** The queues, whose messages say which span sent them: whoever handles one continues the trace. */
export function tracedQueues(queues: MessageQueues, traceparent: string): MessageQueues {
  return {
    depth: (queue, signal) => queues.depth(queue, signal),
    send: (queue, message, afterMs) => queues.send(queue, { ...message, traceparent }, afterMs),
  };
}
