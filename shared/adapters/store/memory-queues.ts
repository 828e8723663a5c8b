import type { MessageQueues, QueueName } from '../../store-ports.ts';

/** A message as a host receives it. */
export interface Received {
  readonly id: number;
  readonly queue: string;
  readonly text: string;
  readonly dequeueCount: number;
}

/** Queues in memory, with what a host does to them besides. */
export interface MemoryQueues extends MessageQueues {
  /** The messages that are visible now, hidden for a while; oldest first. */
  receive(queue: string, hiddenMs: number): readonly Received[];
  /** The message is done with. */
  complete(message: Received): void;
  /** The message failed: visible again, or parked in the poison queue. */
  fail(message: Received, maxDequeueCount: number): void;
  /**
   * When the next message appears, of any queue or of these, in milliseconds since 1970; undefined where
   * none waits.
   */
  nextAt(among?: readonly string[]): number | undefined;
}

interface Waiting extends Received {
  readonly visibleAt: number;
}

/** Queues in memory by a clock of one's own, for tests: they are gone with the process. */
export function memoryQueues(now: () => Date): MemoryQueues {
  let sent = 0;
  const messages = new Map<number, Waiting>();
  function add(queue: string, text: string, afterMs: number): void {
    sent += 1;
    const visibleAt = now().getTime() + afterMs;
    messages.set(sent, { id: sent, queue, text, dequeueCount: 0, visibleAt });
  }
  const count = (queue: string) =>
    [...messages.values()].filter((one) => one.queue === queue).length;
  return {
    async send(queue: QueueName, message, afterMs = 0) {
      add(queue, JSON.stringify(message), afterMs);
    },
    async depth(queue) {
      return { waiting: count(queue), poisoned: count(`${queue}-poison`) };
    },
    receive(queue, hiddenMs) {
      const at = now().getTime();
      const visible = [...messages.values()].filter(
        (one) => one.queue === queue && one.visibleAt <= at,
      );
      return visible.map((one) => {
        const taken = { ...one, dequeueCount: one.dequeueCount + 1, visibleAt: at + hiddenMs };
        messages.set(one.id, taken);
        return taken;
      });
    },
    complete({ id }) {
      messages.delete(id);
    },
    fail(message, maxDequeueCount) {
      const waiting = messages.get(message.id);
      if (waiting === undefined) return;
      if (message.dequeueCount < maxDequeueCount) {
        messages.set(message.id, { ...waiting, visibleAt: now().getTime() });
        return;
      }
      messages.delete(message.id);
      add(`${message.queue}-poison`, message.text, 0);
    },
    nextAt(among) {
      const waiting = [...messages.values()].filter(
        ({ queue }) => among === undefined || among.includes(queue),
      );
      return waiting.length === 0
        ? undefined
        : Math.min(...waiting.map(({ visibleAt }) => visibleAt));
    },
  };
}
