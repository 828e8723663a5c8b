import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  type MutantAnswer,
  type MutantTask,
  heard,
  taskVariable,
} from '../test/mutants/mutant-task.ts';

/** Where tasks and answers lie; nothing of it is kept. */
export const workFolder = join('reports', 'mutants');
const taskFile = join(workFolder, 'task.json');
const answersFile = join(workFolder, 'answers.jsonl');

/**
 * Does a task in a process of its own: `hear` gets each answer and says how many milliseconds the next
 * may take. Returns false where it took longer and the process was stopped.
 * @throws Error with what the process printed, where it ended before it was finished.
 */
export async function work(
  task: Omit<MutantTask, 'answers'>,
  testFile: string,
  hear: (answer: MutantAnswer) => number,
): Promise<boolean> {
  mkdirSync(workFolder, { recursive: true });
  writeFileSync(taskFile, JSON.stringify({ ...task, answers: answersFile }));
  rmSync(answersFile, { force: true });
  writeFileSync(answersFile, '');
  const child = spawn(
    process.execPath,
    ['node_modules/vitest/vitest.mjs', 'run', '--config', 'vitest.mutants.config.ts', testFile],
    { env: { ...process.env, [taskVariable]: taskFile }, detached: true },
  );
  const printed: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text: Buffer) => printed.push(text.toString()));
  }
  let isOver = false;
  child.once('close', () => (isOver = true));
  let isFinished = false;
  let read = 0;
  let deadline = performance.now() + 120_000;
  for (;;) {
    const wasOver = isOver;
    const lines = readFileSync(answersFile, 'utf8').split('\n').slice(read, -1);
    read += lines.length;
    for (const line of lines) {
      const answer = heard(line);
      if (answer.kind === 'finished') isFinished = true;
      deadline = performance.now() + hear(answer);
    }
    if (isFinished || wasOver) break;
    if (performance.now() > deadline) {
      await stop(child, () => isOver);
      return false;
    }
    await pause(50);
  }
  await stop(child, () => isOver);
  if (!isFinished) throw new Error(`the tests did not run:\n${printed.join('').slice(-4000)}`);
  return true;
}

/** Ends the process with the workers it has started. */
async function stop({ pid }: ChildProcess, isOver: () => boolean): Promise<void> {
  if (pid !== undefined && !isOver()) process.kill(-pid, 'SIGKILL');
  while (!isOver()) await pause(20);
}
