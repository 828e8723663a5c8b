/** What a process does for the one that started it. */
export interface Served<Ready> {
  /** What the parent is told once it is up. */
  readonly ready: Ready;
  stop(): Promise<void>;
}

/**
 * Starts something for the parent process, and ends when the parent asks for it or is gone. Ctrl-C
 * reaches every process of the terminal; it is the parent's to answer, in its own order.
 */
export async function serveParent<Ready>(start: () => Promise<Served<Ready>>): Promise<void> {
  let served: Served<Ready> | undefined;
  let leaving = false;
  async function leave(): Promise<void> {
    if (leaving) return;
    leaving = true;
    await served?.stop();
    process.exit(0);
  }
  process.on('SIGINT', () => {
    if (!process.connected) void leave();
  });
  process.on('SIGTERM', () => void leave());
  process.on('message', () => void leave());
  process.on('disconnect', () => void leave());
  served = await start();
  process.send?.({ ready: served.ready });
}
