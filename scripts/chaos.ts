import { type ChildProcess, fork } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Outcome, outcomesOf } from '../test/chaos/chaos-run.ts';
import { kinds } from '../test/chaos/kinds.ts';

/**
 * Runs the service through every kind of trouble, with one seed after the other, and prints what came of
 * it. Exit code 1 where anything was violated, with the kind and the seed that show it again.
 */
const usage = `usage: npm run chaos -- [--seeds <count>] [--from <seed>] [--kinds <pattern>] [--workers <count>] [--out <file>]`;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '50' },
    from: { type: 'string', default: '1' },
    kinds: { type: 'string', default: '.' },
    workers: { type: 'string', default: '2' },
    out: { type: 'string' },
  },
});
const [count, from, workers] = [values.seeds, values.from, values.workers].map(Number);
const asked = kinds.map(({ name }) => name).filter((name) => new RegExp(values.kinds).test(name));
if (!isCount(count) || !isCount(from) || !isCount(workers) || asked.length === 0) {
  console.error(usage);
  process.exitCode = 2;
} else {
  const outcomes = await runAll(
    Array.from({ length: count }, (_, index) => from + index),
    workers,
  );
  print(outcomes);
}

function isCount(value: number | undefined): value is number {
  return value !== undefined && Number.isInteger(value) && value > 0;
}

/** Gives each process a seed, and the next one when it is done. */
function runAll(seeds: readonly number[], processes: number): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  const left = [...seeds];
  const file = join(import.meta.dirname, '../test/chaos/chaos-process.ts');
  const runs = Array.from({ length: Math.min(processes, seeds.length) }, () => {
    const child: ChildProcess = fork(file);
    return new Promise<void>((resolve, reject) => {
      child.on('message', (message: { readonly outcome?: Outcome }) => {
        if (message.outcome !== undefined) {
          take(message.outcome);
          outcomes.push(message.outcome);
          return;
        }
        const seed = left.shift();
        if (seed === undefined) child.kill();
        else child.send({ seed, kinds: asked });
      });
      child.on('exit', (code) => {
        if (code === null || code === 0) resolve();
        else reject(new Error(`a process ended with ${code}`));
      });
    });
  });
  return Promise.all(runs).then(() => outcomes);
}

function take(outcome: Outcome): void {
  if (values.out !== undefined) appendFileSync(values.out, `${JSON.stringify(outcome)}\n`);
  for (const violation of outcome.violations) {
    console.error(`${outcome.kind} with seed ${outcome.seed}: ${violation}`);
  }
}

function print(outcomes: readonly Outcome[]): void {
  for (const line of outcomesOf(outcomes)) console.log(line);
  const violated = outcomes.filter(({ violations }) => violations.length > 0);
  for (const { kind, seed } of violated) {
    console.log(`again: npm run chaos -- --kinds '^${kind}$' --from ${seed} --seeds 1`);
  }
  console.log(
    `${outcomes.length} runs, ${new Set(outcomes.map(({ kind }) => kind)).size} kinds, ${violated.length} with violations`,
  );
  if (violated.length > 0) process.exitCode = 1;
}
