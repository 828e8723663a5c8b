import type { Clock } from '../../shared/adapters/azure/quota-limiter.ts';

/** A clock that stands still while anything is done, and leaps to whoever sleeps when nothing is. */
export interface VirtualClock extends Clock {
  /** The milliseconds that were slept so far. */
  slept(): number;
  /** Says that something is under way until it ends: the clock stands still unless it sleeps. */
  during<T>(work: () => Promise<T>): Promise<T>;
}

export function virtualClock(start: number): VirtualClock {
  let now = start;
  let underWay = 0;
  let sleepers: { readonly until: number; readonly wake: () => void }[] = [];
  let idle = 0;
  function look(): void {
    if (sleepers.length === 0) return;
    idle = underWay > sleepers.length ? 0 : idle + 1;
    // Answers that have come are still to be read before anybody can be said to wait.
    if (idle > 2) {
      idle = 0;
      now = Math.max(now, Math.min(...sleepers.map(({ until }) => until)));
      const due = sleepers.filter(({ until }) => until <= now);
      sleepers = sleepers.filter(({ until }) => until > now);
      for (const { wake } of due) wake();
    }
    setTimeout(look, 1);
  }
  return {
    now: () => now,
    slept: () => now - start,
    sleep: (milliseconds) =>
      new Promise((wake) => {
        sleepers.push({ until: now + milliseconds, wake });
        if (sleepers.length === 1) setTimeout(look, 1);
      }),
    async during(work) {
      underWay += 1;
      try {
        return await work();
      } finally {
        underWay -= 1;
      }
    },
  };
}
