/**
 * Runs the same tests in one process again and again, each time with another mutant switched on.
 * Vitest collects the tests as ever; they are then run from here, and not by Vitest.
 */
import { setImmediate } from 'node:timers/promises';
import { type RunnerTask, type RunnerTestCase, type RunnerTestFile, TestRunner, vi } from 'vitest';
import { forgetEverything } from './forgetting-map.ts';
import { type MutantTask, type MutantTrial, readTask, say, taskVariable } from './mutant-task.ts';

/** What Stryker's instrumented code reads and counts. */
interface Switch {
  activeMutant?: string | undefined;
  currentTestId?: string | undefined;
  hitCount?: number;
  hitLimit?: number;
  mutantCoverage?: {
    readonly static: Record<string, number>;
    readonly perTest: Record<string, Record<string, number>>;
  };
}

/** The member that Vitest does not tell of: what `onTestFinished` was given. */
interface Stage extends RunnerTestCase {
  readonly onFinished?: ((context: RunnerTestCase['context']) => unknown)[];
}

const mutantSwitch: Switch = {};
Object.assign(globalThis, { __stryker__: mutantSwitch });
const task = readTask(process.env[taskVariable] ?? '');
mutantSwitch.activeMutant = task.fromStart;

export default class MutantRunner extends TestRunner {
  private tests: readonly RunnerTestCase[] = [];

  /** Leaves Vitest one test to run: all the others are run in its place. */
  onCollected(files: RunnerTestFile[]): void {
    const isBroken = files.some(({ result }) => result?.state === 'fail');
    if (isBroken && task.fromStart !== undefined) {
      say(task, { kind: 'ended', id: task.fromStart, status: 'killed', test: 'loading' });
      say(task, { kind: 'finished' });
    }
    if (isBroken) return;
    this.tests = files.flatMap(testsOf);
    for (const test of this.tests.slice(1)) test.mode = 'skip';
  }

  async runTask(stage: RunnerTestCase): Promise<void> {
    await (task.mutants === undefined ? this.cover(stage) : this.breakOneByOne(stage, task));
    say(task, { kind: 'finished' });
  }

  /** Says what each test covers. */
  private async cover(stage: RunnerTestCase): Promise<void> {
    say(task, { kind: 'loading', hits: mutantSwitch.mutantCoverage?.static ?? {} });
    for (const [place, test] of this.tests.entries()) {
      mutantSwitch.currentTestId = `at ${place}`;
      const startedAt = processorTime();
      const failure = await failureOf(test, stage);
      const milliseconds = processorTime() - startedAt;
      const hits = mutantSwitch.mutantCoverage?.perTest[`at ${place}`] ?? {};
      say(task, {
        kind: 'test',
        name: nameOf(test),
        milliseconds,
        hits,
        ...(failure && { failure }),
      });
      await setImmediate();
    }
  }

  private async breakOneByOne(stage: RunnerTestCase, { mutants = [] }: MutantTask): Promise<void> {
    for (const trial of mutants) {
      say(task, { kind: 'begun', id: trial.id });
      if (!(await this.breakWith(trial, stage))) return;
      // Vitest's own messages have to get through in between.
      await setImmediate();
    }
    mutantSwitch.activeMutant = undefined;
    const used = new Set(mutants.flatMap((trial) => trial.tests));
    for (const place of used) {
      const test = this.tests[place];
      const failure = test && (await failureOf(test, stage));
      if (test && failure) {
        say(task, { kind: 'test', name: nameOf(test), milliseconds: 0, hits: {}, failure });
      }
    }
  }

  /** Returns whether the tests still say of whole code what they said before. */
  private async breakWith(
    { id, tests: places, hitLimit, milliseconds }: MutantTrial,
    stage: RunnerTestCase,
  ): Promise<boolean> {
    Object.assign(mutantSwitch, { activeMutant: id, hitCount: 0, hitLimit });
    const startedAt = processorTime();
    for (const place of places) {
      const test = this.tests[place];
      // A mutant that takes part in loading may leave fewer tests.
      if (test === undefined) continue;
      const failure = await failureOf(test, stage);
      const isTimeout =
        (mutantSwitch.hitCount ?? 0) > hitLimit || processorTime() - startedAt > milliseconds;
      if (failure === undefined && !isTimeout) continue;
      mutantSwitch.activeMutant = undefined;
      const isWhole = (await failureOf(test, stage)) === undefined || task.fromStart === id;
      const found = { id, status: isTimeout ? 'timeout' : 'killed', test: nameOf(test) } as const;
      say(task, isWhole ? { kind: 'ended', ...found } : { kind: 'leaked', ...found });
      return isWhole;
    }
    say(task, { kind: 'ended', id, status: 'survived' });
    return true;
  }
}

/** What the test fails with; `stage` is the one that Vitest believes to be running. */
async function failureOf(test: RunnerTestCase, stage: RunnerTestCase): Promise<string | undefined> {
  forgetEverything();
  vi.clearAllMocks();
  try {
    await TestRunner.getTestFn(test)();
    return undefined;
  } catch (error) {
    return String(error);
  } finally {
    const { onFinished = [] }: Stage = stage;
    for (const tidyUp of onFinished.splice(0)) await tidyUp(stage.context);
  }
}

/** Milliseconds; a clock would count what else the machine does. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function testsOf(one: RunnerTask): readonly RunnerTestCase[] {
  if (one.type !== 'suite') return one.mode === 'run' || one.mode === 'queued' ? [one] : [];
  return one.tasks.flatMap(testsOf);
}

function nameOf(test: RunnerTestCase): string {
  return test.fullTestName;
}
