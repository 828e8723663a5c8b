/** What is to happen later, by the simulator's clock. */
export interface Schedule {
  /** Has `act` happen once so many milliseconds are over. */
  after(milliseconds: number, act: () => void): void;
  /** Has everything happen whose time has come, in its order: nobody sees what should be past. */
  catchUp(): void;
  stop(): void;
}

/** A timer keeps another clock, of finer steps: it may ring in the millisecond before. */
const timersAreEarlyByMs = 2;

/** A schedule by a clock that may be set by hand: then things happen when somebody looks. */
export function createSchedule(now: () => Date): Schedule {
  let due: { readonly at: number; readonly act: () => void }[] = [];
  const timers = new Set<NodeJS.Timeout>();

  function catchUp(): void {
    for (;;) {
      const time = now().getTime();
      const [next] = due.filter(({ at }) => at <= time).toSorted((a, b) => a.at - b.at);
      if (next === undefined) return;
      due = due.filter((entry) => entry !== next);
      next.act();
    }
  }

  return {
    after(milliseconds, act) {
      due.push({ at: now().getTime() + milliseconds, act });
      const timer = setTimeout(() => {
        timers.delete(timer);
        catchUp();
      }, milliseconds + timersAreEarlyByMs);
      timers.add(timer);
    },
    catchUp,
    stop() {
      due = [];
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}
