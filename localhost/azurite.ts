import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type Child, startChild } from './child.ts';

/** An Azure Storage on this machine, empty at the start and gone with its process. */
export interface Azurite extends Pick<Child<unknown>, 'ended' | 'stop'> {
  /** `http://127.0.0.1:10000` */
  readonly url: string;
  /** Opens it; its key is made anew at every start. */
  readonly connectionString: string;
}

const account = 'portcullis';

/**
 * Starts Azurite's blob service in a process of its own, on a free port of the loopback interface.
 * Its state is in that process's memory: nothing is left behind.
 */
export async function startAzurite(signal?: AbortSignal): Promise<Azurite> {
  const key = randomBytes(32).toString('base64');
  const child = await startChild<{ readonly url: string }>(
    join(import.meta.dirname, 'azurite-process.ts'),
    {
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
    },
  );
  const { url } = child.ready;
  const connectionString = [
    'DefaultEndpointsProtocol=http',
    `AccountName=${account}`,
    `AccountKey=${key}`,
    `BlobEndpoint=${url}/${account}`,
  ].join(';');
  return { url, connectionString, ended: child.ended, stop: () => child.stop() };
}
