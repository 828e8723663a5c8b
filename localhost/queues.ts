import { setTimeout as sleep } from 'node:timers/promises';
import { type DequeuedMessageItem, QueueServiceClient } from '@azure/storage-queue';
import type { RegisteredFunction } from './function-app.ts';
import type { QueueSettings } from './host-json.ts';
import type { Invoke } from './invoke.ts';
import { resolveSettings } from './ncrontab.ts';
import type { Log } from './log.ts';

/** The queue triggers of an app at work. */
export interface Queues {
  /** Takes no more messages, and waits for those that are being handled. */
  stop(): Promise<void>;
}

export interface QueueOptions extends QueueSettings {
  /** For how long a message is hidden while it is handled; renewed as long as that takes. */
  readonly lockSeconds: number;
}

const shortestPauseMs = 100;
const poisonSuffix = '-poison';

/**
 * Gives the messages of queues to the functions that wait for them, as the Functions host does: up
 * to `batchSize` at once and more when half of them are done, each hidden while it is handled, again
 * after a failure, and in `<queue>-poison` after as many attempts as host.json allows.
 * Source: https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue-trigger
 * @throws Error where a function names a connection that is no setting.
 */
export function startQueues(
  functions: readonly RegisteredFunction[],
  env: Readonly<Record<string, string | undefined>>,
  invoke: Invoke,
  log: Log,
  options: QueueOptions,
): Queues {
  const stopping = new AbortController();
  const loops = functions.map((called) =>
    serveQueue(called, queueOf(called, env), invoke, log, options, stopping.signal),
  );
  return {
    async stop() {
      stopping.abort();
      await Promise.all(loops);
    },
  };
}

interface QueuePair {
  readonly name: string;
  readonly service: QueueServiceClient;
}

function queueOf(
  { name, trigger }: RegisteredFunction,
  env: Readonly<Record<string, string | undefined>>,
): QueuePair {
  const { connection, queueName } = trigger;
  const setting = typeof connection === 'string' && connection !== '' ? connection : defaultSetting;
  const connectionString = env[setting];
  if (connectionString === undefined || connectionString === '') {
    throw new Error(
      `function ${name} waits for a queue of ${setting}, which is not set; set it to a connection string`,
    );
  }
  return {
    name: resolveSettings(String(queueName), env),
    service: QueueServiceClient.fromConnectionString(connectionString),
  };
}

const defaultSetting = 'AzureWebJobsStorage';

async function serveQueue(
  called: RegisteredFunction,
  { name, service }: QueuePair,
  invoke: Invoke,
  log: Log,
  options: QueueOptions,
  signal: AbortSignal,
): Promise<void> {
  const queue = service.getQueueClient(name);
  const isPoison = name.endsWith(poisonSuffix);
  const running = new Set<Promise<void>>();
  let pauseMs = shortestPauseMs;
  while (!signal.aborted) {
    const messages = await receive().catch((error: unknown) => {
      const why = error instanceof Error ? error.message : String(error);
      log('warning', 'queue not read', { function: called.name, queue: name, why });
      return [];
    });
    for (const message of messages) {
      const handled = handle(message).finally(() => running.delete(handled));
      running.add(handled);
    }
    pauseMs = messages.length > 0 ? shortestPauseMs : Math.min(pauseMs * 2, options.longestPauseMs);
    if (messages.length === 0) await pause(pauseMs, signal);
    while (running.size > options.newBatchThreshold && !signal.aborted) await Promise.race(running);
  }
  await Promise.all(running);

  async function receive(): Promise<readonly DequeuedMessageItem[]> {
    try {
      const { receivedMessageItems } = await queue.receiveMessages({
        numberOfMessages: options.batchSize,
        visibilityTimeout: options.lockSeconds,
      });
      return receivedMessageItems;
    } catch (error) {
      // Nobody has sent anything yet.
      if (isAbsent(error)) return [];
      throw error;
    }
  }

  async function handle(message: DequeuedMessageItem): Promise<void> {
    // Every attempt ended with its process: one more would end this one too.
    if (message.dequeueCount > options.maxDequeueCount && !isPoison) {
      await putAway(() => park(message, message.popReceipt));
      return;
    }
    const lock = keepLocked(message);
    let failed = false;
    try {
      await invoke(called, inputIn(message.messageText, options.isBase64));
    } catch {
      // The invocation has logged why.
      failed = true;
    }
    const receipt = await lock.release();
    await putAway(async () => {
      if (!failed) await queue.deleteMessage(message.messageId, receipt);
      else await putBack(message, receipt);
    });
  }

  async function putAway(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      // Its lock ran out, and somebody else has it: functions bear that a message comes twice.
      const why = error instanceof Error ? error.message : String(error);
      log('warning', 'message not put away', { function: called.name, queue: name, why });
    }
  }

  async function putBack(message: DequeuedMessageItem, receipt: string): Promise<void> {
    const isLast = message.dequeueCount >= options.maxDequeueCount;
    // What fails in a poison queue stays there: there is no further one.
    if (!isLast || isPoison) {
      const seconds = isLast ? options.lockSeconds : options.retryAfterSeconds;
      await queue.updateMessage(message.messageId, receipt, message.messageText, seconds);
      return;
    }
    await park(message, receipt);
  }

  async function park(message: DequeuedMessageItem, receipt: string): Promise<void> {
    const poison = service.getQueueClient(`${name}${poisonSuffix}`);
    await poison.createIfNotExists();
    await poison.sendMessage(message.messageText, { messageTimeToLive: -1 });
    await queue.deleteMessage(message.messageId, receipt);
    const { messageId, dequeueCount } = message;
    log('error', 'message poisoned', {
      function: called.name,
      queue: name,
      messageId,
      dequeueCount,
    });
  }

  /** Hides the message anew before it would appear again. */
  function keepLocked(message: DequeuedMessageItem): { release(): Promise<string> } {
    let receipt = message.popReceipt;
    const done = new AbortController();
    const renewing = (async () => {
      for (;;) {
        await pause((options.lockSeconds * 1000) / 3, done.signal);
        if (done.signal.aborted) return;
        const { messageId, messageText } = message;
        const renewed = await queue
          .updateMessage(messageId, receipt, messageText, options.lockSeconds)
          .catch(() => undefined);
        // Lost: what is left is noticed when it is put away.
        if (renewed?.popReceipt === undefined) return;
        receipt = renewed.popReceipt;
      }
    })();
    return {
      async release() {
        done.abort();
        await renewing;
        return receipt;
      },
    };
  }
}

/** What a function is given: JSON as what it says, anything else as text, as the worker does. */
function inputIn(messageText: string, isBase64: boolean): unknown {
  const text = isBase64 ? Buffer.from(messageText, 'base64').toString('utf8') : messageText;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {});
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'statusCode' in error && error.statusCode === 404;
}
