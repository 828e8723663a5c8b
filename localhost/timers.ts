import { setTimeout as setTimer } from 'node:timers';
import type { RegisteredFunction } from './function-app.ts';
import type { Invoke } from './invoke.ts';
import type { Log } from './log.ts';
import { type Schedule, parseSchedule, resolveSettings } from './ncrontab.ts';

/** The clock that timers run by. */
export interface Clock {
  now(): Date;
  /** Calls back after so many milliseconds; the result takes it back. */
  after(ms: number, callback: () => void): () => void;
}

/** The machine's own clock. */
const machineClock: Clock = {
  now: () => new Date(),
  after(ms, callback) {
    const timer = setTimer(callback, ms);
    return () => {
      clearTimeout(timer);
    };
  },
};

/** The timers of an app. */
export interface Timers {
  /** Runs one at once, whatever its schedule. */
  start(name: string): 'started' | 'running' | 'unknown';
  /** Fires no more, and waits for what is running. */
  stop(): Promise<void>;
}

/** Longer waits are cut: a timer of Node holds 24 days at most, and laptops sleep. */
const longestWaitMs = 60_000;
/** A run that begins later than this after its moment is told so. */
const pastDueMs = 60_000;

/**
 * Lets the functions with a timer trigger run by their schedules: one run of a function at a time;
 * the next is planned when one has ended, as the Functions host does.
 * @throws Error where a schedule is wrong, naming function, field and value.
 */
export function startTimers(
  functions: readonly RegisteredFunction[],
  env: Readonly<Record<string, string | undefined>>,
  invoke: Invoke,
  log: Log,
  clock: Clock = machineClock,
): Timers {
  let stopped = false;
  const timers = new Map(
    functions.map((called) => [
      called.name.toLowerCase(),
      timerOf(called, scheduleOf(called, env)),
    ]),
  );
  function timerOf(called: RegisteredFunction, schedule: Schedule) {
    let running: Promise<void> | undefined;
    let cancel = (): void => {};
    let last = clock.now();
    function wait(due: Date): void {
      const ms = Math.min(longestWaitMs, Math.max(0, due.getTime() - clock.now().getTime()));
      cancel = clock.after(ms, () => {
        if (clock.now() < due) wait(due);
        else fire(due);
      });
    }
    function fire(due: Date): void {
      if (running === undefined) run(clock.now().getTime() - due.getTime() > pastDueMs);
      void running?.then(() => {
        if (!stopped) wait(schedule.next(clock.now()));
      });
    }
    function run(isPastDue: boolean): void {
      const now = clock.now();
      const timer = {
        isPastDue,
        schedule: { adjustForDST: true },
        scheduleStatus: {
          last: last.toISOString(),
          next: schedule.next(now).toISOString(),
          lastUpdated: now.toISOString(),
        },
      };
      last = now;
      running = invoke(called, timer)
        // The invocation has logged why, and a timer tries again at its next moment.
        .then(
          () => {},
          () => {},
        )
        .finally(() => {
          running = undefined;
        });
    }
    const next = schedule.next(clock.now());
    wait(next);
    log('information', 'timer waits', { function: called.name, next: next.toISOString() });
    return {
      isRunning: () => running !== undefined,
      run,
      stop: async () => {
        cancel();
        await running;
      },
    };
  }
  return {
    start(name) {
      const timer = timers.get(name.toLowerCase());
      if (timer === undefined) return 'unknown';
      if (timer.isRunning()) return 'running';
      timer.run(false);
      return 'started';
    },
    async stop() {
      stopped = true;
      await Promise.all([...timers.values()].map((timer) => timer.stop()));
    },
  };
}

function scheduleOf(
  { name, trigger }: RegisteredFunction,
  env: Readonly<Record<string, string | undefined>>,
): Schedule {
  try {
    return parseSchedule(resolveSettings(String(trigger['schedule']), env));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`function ${name} cannot be timed: ${why}`, { cause: error });
  }
}
