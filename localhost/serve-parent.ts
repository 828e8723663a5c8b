/** What a process does for the one that started it. */
export interface Served<Ready> {
  /** What the parent is told once it is up. */
  readonly ready: Ready;
  stop(): Promise<void>;
}

/** How the parent asks its child to stop, the only message that it sends. */
export interface StopRequest {
  /** At once: what is being done is cut off. */
  readonly stop: 'inOrder' | 'atOnce';
}

/**
 * Starts something for the parent process, and stops it as the parent asks; at once when the parent
 * is gone, since nobody is left to wait for what it does. Ctrl-C, and a terminal that closes, reach
 * every process of the terminal; they are the parent's to answer, in its own order.
 */
export async function serveParent<Ready>(start: () => Promise<Served<Ready>>): Promise<void> {
  // The parent may be gone before this is reached; then nothing tells of it any more.
  if (process.send !== undefined && !process.connected) process.exit(0);
  let served: Served<Ready> | undefined;
  let leaving = false;
  async function leave(): Promise<void> {
    if (leaving) return;
    leaving = true;
    await served?.stop();
    process.exit(0);
  }
  for (const signal of ['SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (!process.connected) void leave();
    });
  }
  process.on('SIGTERM', () => void leave());
  process.on('message', ({ stop }: StopRequest) => {
    if (stop === 'atOnce') process.exit(0);
    void leave();
  });
  process.on('disconnect', () => process.exit(0));
  served = await start();
  // A parent that is gone by now is noticed above.
  process.send?.({ ready: served.ready }, undefined, undefined, () => {});
}
