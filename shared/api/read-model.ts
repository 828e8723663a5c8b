import { isOfWrongClock } from '../model/wrong-clock.ts';

/** Something read from the stores as a whole, and kept for a while in this process. */
export interface ReadModel<T> {
  /** As it is now, or was a little while ago. @throws whatever reading throws. */
  get(): Promise<T>;
  /** What is kept is out of date: the next `get` reads it anew. */
  forget(): void;
}

export interface ReadModelOptions {
  readonly now: () => Date;
  /** What was read is good for so many milliseconds, */
  readonly freshMs: number;
}

/** and for so many times as long as its reading took: reading takes at most a fifth of a process's time. */
const shareOfReading = 4;
/** A reading that takes longer is not waited for where there is something to show meanwhile. */
const patienceMs = 1000;

/**
 * A read model over `read`. Whoever asks while it is read waits for the same reading. What takes long
 * to read is shown as it was while it is read again, unless it was forgotten.
 */
export function readModel<T>(read: () => Promise<T>, options: ReadModelOptions): ReadModel<T> {
  const { now, freshMs } = options;
  let kept: { readonly value: T; readonly readAt: number; readonly tookMs: number } | undefined;
  let reading: Promise<T> | undefined;
  let generation = 0;

  async function readAnew(): Promise<T> {
    const own = generation;
    const startedAt = now().getTime();
    try {
      const value = await read();
      const tookMs = now().getTime() - startedAt;
      // What was read before it was forgotten may miss what it was forgotten for.
      if (own === generation) kept = { value, readAt: startedAt, tookMs };
      return value;
    } catch (error) {
      // What cannot be read any more is not shown as if it could.
      if (own === generation) kept = undefined;
      throw error;
    } finally {
      if (own === generation) reading = undefined;
    }
  }

  return {
    async get() {
      const at = now();
      // What was read before the clock was put back is of no known age.
      const isKept = kept !== undefined && !isOfWrongClock(kept.readAt, at);
      const age = kept === undefined || !isKept ? Infinity : at.getTime() - kept.readAt;
      if (kept !== undefined && age < Math.max(freshMs, kept.tookMs * (shareOfReading + 1))) {
        return kept.value;
      }
      reading ??= readAnew();
      if (kept === undefined || kept.tookMs < patienceMs) return reading;
      // Whoever asks next hears of a failure.
      reading.catch(() => {});
      return kept.value;
    },
    forget() {
      generation += 1;
      kept = undefined;
      reading = undefined;
    },
  };
}
