import type { QueueClient } from '@azure/storage-queue';
import type { MessageQueues } from '../../store-ports.ts';

/** The queues of a storage account, in base64 as host.json says; each is made when it is first sent to. */
export function azureQueues(clientOf: (queue: string) => QueueClient): MessageQueues {
  return {
    async send(queue, message, afterMs = 0) {
      const client = clientOf(queue);
      const text = Buffer.from(JSON.stringify(message)).toString('base64');
      const options = { visibilityTimeout: Math.ceil(afterMs / 1000), messageTimeToLive: -1 };
      try {
        await client.sendMessage(text, options);
      } catch (error) {
        if (!isAbsent(error)) throw explained(error, queue);
        await client.createIfNotExists();
        await client.sendMessage(text, options).catch((again: unknown) => {
          throw explained(again, queue);
        });
      }
    },
    async depth(queue, signal) {
      const [waiting, poisoned] = await Promise.all(
        [queue, `${queue}-poison`].map((name) => lengthOf(clientOf(name), name, signal)),
      );
      return { waiting: waiting ?? 0, poisoned: poisoned ?? 0 };
    },
  };
}

async function lengthOf(client: QueueClient, name: string, signal?: AbortSignal): Promise<number> {
  try {
    const options = signal === undefined ? {} : { abortSignal: signal };
    return (await client.getProperties(options)).approximateMessagesCount ?? 0;
  } catch (error) {
    // The host makes a queue when it first has a message for it.
    if (isAbsent(error)) return 0;
    throw explained(error, name);
  }
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'statusCode' in error && error.statusCode === 404;
}

function explained(error: unknown, queue: string): Error {
  const why = error instanceof Error ? error.message : String(error);
  return new Error(`the queue ${queue} could not be used: ${why}`, { cause: error });
}
