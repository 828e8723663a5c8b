import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { AzuriteReady } from './azurite-process.ts';
import { type Child, startChild } from './child.ts';

/** An Azure Storage on this machine, empty at the start and gone with its process. */
export interface Azurite extends Pick<Child<unknown>, 'ended' | 'stop' | 'end'> {
  /** Where the blobs are, `http://127.0.0.1:10000`. */
  readonly url: string;
  /** Opens it; its key is made anew at every start. */
  readonly connectionString: string;
}

const account = 'portcullis';

/**
 * Starts Azurite's three services in a process of their own, on free ports of the loopback interface.
 * Its state is in that process's memory: nothing is left behind.
 */
export async function startAzurite(signal?: AbortSignal): Promise<Azurite> {
  const key = randomBytes(32).toString('base64');
  const child = await startChild<AzuriteReady>(join(import.meta.dirname, 'azurite-process.ts'), {
    args: [
      '--inMemoryPersistence',
      // The SDK is always ahead of it by a version or two.
      '--skipApiVersionCheck',
      '--silent',
      '--disableTelemetry',
      '--blobPort=0',
    ],
    env: { ...process.env, AZURITE_ACCOUNTS: `${account}:${key}` },
    ...(signal === undefined ? {} : { signal }),
  });
  const { blob, queue, table } = child.ready;
  const connectionString = [
    'DefaultEndpointsProtocol=http',
    `AccountName=${account}`,
    `AccountKey=${key}`,
    `BlobEndpoint=${blob}/${account}`,
    `QueueEndpoint=${queue}/${account}`,
    `TableEndpoint=${table}/${account}`,
  ].join(';');
  return {
    url: blob,
    connectionString,
    ended: child.ended,
    stop: () => child.stop(),
    end: () => child.end(),
  };
}
