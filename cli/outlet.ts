import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { Outlet } from './world.ts';

/**
 * An outlet over a Node stream that waits when the reader is slow. A reader that leaves (`| head`)
 * is no error: what would still be written is dropped. Other errors are thrown.
 */
export function outletOf(
  stream: Writable & { readonly isTTY?: boolean; readonly columns?: number },
): Outlet {
  let gone = false;
  let failure: Error | undefined;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    gone = true;
    if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') failure = error;
  });
  return {
    async write(text) {
      if (failure !== undefined) throw failure;
      if (gone || text === '' || stream.write(text)) return;
      await Promise.race([once(stream, 'drain'), once(stream, 'close')]).catch((error: unknown) => {
        if (!gone) throw error;
      });
    },
    isTerminal: stream.isTTY === true,
    columns: stream.columns,
  };
}
