/**
 * What `work` yields for each item, with at most `limit` of them under way, in no particular order.
 * The first error ends it, once what is under way has come to its end.
 */
export async function* concurrently<T, R>(
  items: Iterable<T>,
  limit: number,
  work: (item: T) => Promise<readonly R[]>,
): AsyncGenerator<R> {
  const waiting = items[Symbol.iterator]();
  const running = new Map<
    number,
    Promise<{ readonly key: number; readonly results: readonly R[] }>
  >();
  let key = 0;
  function start(): void {
    const next = waiting.next();
    if (next.done === true) return;
    const own = key++;
    running.set(
      own,
      work(next.value).then((results) => ({ key: own, results })),
    );
  }
  while (running.size < limit) {
    const before = running.size;
    start();
    if (running.size === before) break;
  }
  try {
    while (running.size > 0) {
      const done = await Promise.race(running.values());
      running.delete(done.key);
      start();
      yield* done.results;
    }
  } finally {
    await Promise.allSettled(running.values());
  }
}
