/** Timers by a clock that is moved by hand. */
import { describe, expect, test } from 'vitest';
import type { RegisteredFunction } from '../../localhost/function-app.ts';
import { type Clock, startTimers } from '../../localhost/timers.ts';

interface HandClock extends Clock {
  /** Moves on, and calls back whatever is due on the way, in order. */
  move(ms: number): Promise<void>;
  /** Moves on while nothing can call back. */
  sleep(ms: number): void;
  readonly waiting: () => number;
}

function clockAt(iso: string): HandClock {
  let at = Date.parse(iso);
  let alarms: { due: number; callback: () => void }[] = [];
  return {
    now: () => new Date(at),
    after(ms, callback) {
      const alarm = { due: at + ms, callback };
      alarms.push(alarm);
      return () => {
        alarms = alarms.filter((each) => each !== alarm);
      };
    },
    async move(ms) {
      const end = at + ms;
      for (;;) {
        const [next] = alarms.toSorted((a, b) => a.due - b.due);
        if (next === undefined || next.due > end) break;
        alarms = alarms.filter((each) => each !== next);
        at = Math.max(at, next.due);
        next.callback();
        await settle();
      }
      at = end;
    },
    sleep(ms) {
      at += ms;
    },
    waiting: () => alarms.length,
  };
}

/** Lets every promise that can go on do so. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

interface Run {
  readonly at: string;
  readonly isPastDue: boolean;
  end(): void;
  fail(): void;
}

function started(schedule = '%SCAN_SCHEDULE%', setting = '0 */10 * * * *') {
  const clock = clockAt('2026-11-23T02:01:00.000Z');
  const runs: Run[] = [];
  const scan: RegisteredFunction = {
    name: 'scheduled-scan',
    trigger: { type: 'timerTrigger', schedule },
    callback: () => undefined,
  };
  const timers = startTimers(
    [scan],
    { SCAN_SCHEDULE: setting },
    (_, input) => {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      // The host's own type: what every timer is told.
      const { isPastDue } = input as { readonly isPastDue: boolean };
      runs.push({
        at: clock.now().toISOString().slice(11, 19),
        isPastDue,
        end: resolve,
        fail: () => {
          reject(new Error('it broke'));
        },
      });
      return promise;
    },
    () => {},
    clock,
  );
  return { clock, runs, timers };
}

const minutes = (count: number) => count * 60_000;

describe('a timer', () => {
  test('fires at its moments, again and again, also when a run fails', async () => {
    const { clock, runs } = started();
    await clock.move(minutes(8));
    expect(runs).toEqual([]);
    await clock.move(minutes(2));
    runs[0]?.fail();
    await settle();
    await clock.move(minutes(10));
    runs[1]?.end();
    await settle();
    await clock.move(minutes(10));
    expect(runs.map(({ at }) => at)).toEqual(['02:10:00', '02:20:00', '02:30:00']);
    expect(runs.map(({ isPastDue }) => isPastDue)).toEqual([false, false, false]);
  });

  test('waits for weeks, though timers of Node do not', async () => {
    const { clock, runs } = started('0 0 0 1 1 *');
    await clock.move(minutes(60 * 24 * 39));
    expect(runs.map(({ at }) => at)).toEqual(['00:00:00']);
  });

  test('never runs twice at a time: what a long run covers is left out', async () => {
    const { clock, runs } = started();
    await clock.move(minutes(35));
    expect(runs.map(({ at }) => at)).toEqual(['02:10:00']);
    runs[0]?.end();
    await settle();
    await clock.move(minutes(5));
    expect(runs.map(({ at }) => at)).toEqual(['02:10:00', '02:40:00']);
  });

  test('that wakes late, as after the sleep of a laptop, says so', async () => {
    const { clock, runs } = started('0 2 2 * * *');
    // The alarm of 02:02 rings when the machine is awake again: the clock has moved on by then.
    clock.sleep(minutes(30));
    await clock.move(0);
    expect(runs.map(({ isPastDue }) => isPastDue)).toEqual([true]);
  });

  test('is started at once by name, unless it runs', async () => {
    const { clock, runs, timers } = started();
    expect(timers.start('Scheduled-Scan')).toBe('started');
    expect(timers.start('scheduled-scan')).toBe('running');
    expect(timers.start('other')).toBe('unknown');
    // It is still running when its moment comes.
    await clock.move(minutes(10));
    expect(runs).toHaveLength(1);
    runs[0]?.end();
    await settle();
    await clock.move(minutes(10));
    expect(runs.map(({ at }) => at)).toEqual(['02:01:00', '02:20:00']);
  });

  test('stops: what runs is waited for, and nothing fires after', async () => {
    const { clock, runs, timers } = started();
    await clock.move(minutes(10));
    let stopped = false;
    const stopping = timers.stop().then(() => {
      stopped = true;
    });
    await settle();
    expect(stopped).toBe(false);
    runs[0]?.end();
    await stopping;
    expect(clock.waiting()).toBe(0);
    await clock.move(minutes(60));
    expect(runs).toHaveLength(1);
  });

  test.each([
    ['%SCAN_SCHEDULE%', '0 0 25 * * *', 'hour "25" must be'],
    ['%SCAN_SCHEDULE%', '', 'the app setting SCAN_SCHEDULE, which is not set'],
  ])('is refused at the start by function and setting: %s = "%s"', (schedule, setting, says) => {
    expect(() => started(schedule, setting)).toThrow('function scheduled-scan cannot be timed: ');
    expect(() => started(schedule, setting)).toThrow(says);
  });
});
