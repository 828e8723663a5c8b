/** Queue triggers against Azurite: what the Functions host promises of them. */
import { setTimeout as sleep } from 'node:timers/promises';
import { QueueServiceClient } from '@azure/storage-queue';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Azurite, startAzurite } from '../../localhost/azurite.ts';
import type { Invoke } from '../../localhost/invoke.ts';
import { type QueueOptions, type Queues, startQueues } from '../../localhost/queues.ts';

let azurite: Azurite;
beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(async () => {
  await azurite.stop();
});

const usual: QueueOptions = {
  batchSize: 16,
  newBatchThreshold: 8,
  maxDequeueCount: 5,
  retryAfterSeconds: 0,
  longestPauseMs: 200,
  isBase64: true,
  lockSeconds: 60,
};
let queues = 0;

/** A queue of its own with a function that waits for it. */
async function served(
  work: (input: unknown) => Promise<unknown>,
  options: Partial<QueueOptions> = {},
) {
  const account = QueueServiceClient.fromConnectionString(azurite.connectionString);
  const name = `work-${(queues += 1)}`;
  const [queue, poison] = [name, `${name}-poison`].map((each) => account.getQueueClient(each));
  if (queue === undefined || poison === undefined) throw new Error('there is no queue');
  const log: string[] = [];
  const called = {
    name: 'worker',
    trigger: { type: 'queueTrigger', queueName: '%QUEUE%', connection: 'AzureWebJobsStorage' },
    callback: () => undefined,
  };
  const env = { AzureWebJobsStorage: azurite.connectionString, QUEUE: name };
  const invoke: Invoke = (_, input) => work(input);
  const tell = (level: string, message: string) => log.push(`${level} ${message}`);
  let host: Queues;
  const restart = (): void => {
    host = startQueues([called], env, invoke, tell, { ...usual, ...options });
  };
  restart();
  onTestFinished(() => host.stop());
  return {
    queue,
    poison,
    restart,
    log,
    stop: () => host.stop(),
    send: async (...texts: string[]) => {
      await queue.createIfNotExists();
      for (const text of texts) await queue.sendMessage(Buffer.from(text).toString('base64'));
    },
    left: async () => (await queue.getProperties()).approximateMessagesCount,
  };
}

describe('a message', () => {
  test('is given once, as JSON or else as text, and is gone then', async () => {
    const inputs: unknown[] = [];
    const { send, left } = await served(async (input) => inputs.push(input));
    await send('{"a":1}', 'hello');
    await expect.poll(() => inputs).toHaveLength(2);
    expect(new Set(inputs)).toEqual(new Set([{ a: 1 }, 'hello']));
    await expect.poll(left).toBe(0);
    expect(inputs).toHaveLength(2);
  });

  test('that fails comes again, and is parked after as many attempts as allowed', async () => {
    let attempts = 0;
    const { send, left, poison, log } = await served(
      () => {
        attempts += 1;
        return Promise.reject(new Error('it broke'));
      },
      { maxDequeueCount: 3 },
    );
    await send('{"a":1}');
    await expect.poll(() => log).toContain('error message poisoned');
    expect(attempts).toBe(3);
    expect(await left()).toBe(0);
    const { peekedMessageItems } = await poison.peekMessages();
    const [text = ''] = peekedMessageItems.map(({ messageText }) => messageText);
    expect(Buffer.from(text, 'base64').toString()).toBe('{"a":1}');
  });

  test('whose every attempt has ended with its process is parked without another', async () => {
    let attempts = 0;
    const { queue, send, stop, restart, poison, log } = await served(
      async () => {
        attempts += 1;
      },
      { maxDequeueCount: 1 },
    );
    await stop();
    await send('deadly');
    await queue.receiveMessages({ visibilityTimeout: 1 });
    await sleep(1100);
    restart();
    await expect.poll(() => log).toContain('error message poisoned');
    expect(attempts).toBe(0);
    const { peekedMessageItems } = await poison.peekMessages();
    expect(peekedMessageItems).toHaveLength(1);
  });

  test('is not given to anyone else while it is handled, however long that takes', async () => {
    let given = 0;
    const { send, left } = await served(
      async () => {
        given += 1;
        await sleep(3500);
      },
      { lockSeconds: 1 },
    );
    await send('slow');
    await expect.poll(left, { interval: 300 }).toBe(0);
    expect(given).toBe(1);
  });
});

test('no more messages are handled at once than host.json lets', async () => {
  let [running, most, done] = [0, 0, 0];
  const { send } = await served(
    async () => {
      running += 1;
      most = Math.max(most, running);
      await sleep(100);
      running -= 1;
      done += 1;
    },
    { batchSize: 4, newBatchThreshold: 2 },
  );
  await send(...Array.from({ length: 20 }, (_, index) => `${index}`));
  await expect.poll(() => done).toBe(20);
  expect(most).toBeLessThanOrEqual(6);
  expect(most).toBeGreaterThan(1);
});

test('an end waits for what is being handled', async () => {
  let done = false;
  const begun = Promise.withResolvers<void>();
  const { send, stop } = await served(async () => {
    begun.resolve();
    await sleep(500);
    done = true;
  });
  await send('x');
  await begun.promise;
  await stop();
  expect(done).toBe(true);
});
