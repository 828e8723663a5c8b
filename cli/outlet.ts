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
  let waiting: (() => void)[] = [];
  function release(): void {
    const released = waiting;
    waiting = [];
    for (const goOn of released) goOn();
  }
  // Once for the life of the stream: listeners of each wait would pile up over a long report.
  stream.on('drain', release);
  stream.on('close', () => {
    gone = true;
    release();
  });
  stream.on('error', (error: NodeJS.ErrnoException) => {
    gone = true;
    if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') failure = error;
    release();
  });
  return {
    async write(text) {
      if (failure !== undefined) throw failure;
      if (gone || text === '' || stream.write(text)) return;
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
      });
    },
    isTerminal: stream.isTTY === true,
    columns: stream.columns,
  };
}
