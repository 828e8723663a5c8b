/** Children end with their parent, by whatever it ends. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { startChild } from '../../localhost/child.ts';

const fixtures = join(import.meta.dirname, 'fixtures');
const obedient = join(fixtures, 'child.ts');

interface Ready {
  readonly pid: number;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    // Nobody has this number any more.
    return false;
  }
}

async function gone(pid: number): Promise<void> {
  while (isRunning(pid)) await setTimeout(10);
}

test('a child is asked to stop, and does what it has to do first', async () => {
  const said: string[] = [];
  const child = await startChild<Ready>(obedient, { onErrorLine: (line) => said.push(line) });
  expect(isRunning(child.ready.pid)).toBe(true);
  await child.stop();
  expect(isRunning(child.ready.pid)).toBe(false);
  expect(said).toEqual(['stopped in order']);
  expect(await child.ended).toBe('ended with 0');
});

test('Ctrl-C, which reaches every process of the terminal, is left to the parent', async () => {
  const child = await startChild<Ready>(obedient, {});
  process.kill(child.ready.pid, 'SIGINT');
  await setTimeout(50);
  expect(isRunning(child.ready.pid)).toBe(true);
  await child.stop();
});

test('a child that does not stop is ended by force', async () => {
  const child = await startChild<Ready>(obedient, { args: ['stubborn'], graceMs: 50 });
  await child.stop();
  expect(isRunning(child.ready.pid)).toBe(false);
  expect(await child.ended).toBe('was ended by SIGKILL');
});

test('a child that ends by itself is noticed', async () => {
  const child = await startChild<Ready>(obedient, {});
  process.kill(child.ready.pid, 'SIGKILL');
  expect(await child.ended).toBe('was ended by SIGKILL');
  await child.stop();
});

test('a child that cannot start tells its last words', async () => {
  await expect(startChild(obedient, { args: ['failing'] })).rejects.toThrow(
    /child\.ts ended with 1: .*there is no port left/s,
  );
});

test('a start can be ended, before and while it goes on', async () => {
  await expect(startChild(obedient, { signal: AbortSignal.abort() })).rejects.toThrow('aborted');
  const stopping = new AbortController();
  const starting = startChild(obedient, { args: ['slow'], signal: stopping.signal });
  stopping.abort();
  await expect(starting).rejects.toThrow('ended with 0');
});

test('children are gone when their parent was killed', async () => {
  const parent = fork(join(fixtures, 'parent.ts'), { stdio: 'inherit' });
  const [ready]: Ready[] = await once(parent, 'message');
  if (ready === undefined) throw new Error('the parent said nothing');
  expect(isRunning(ready.pid)).toBe(true);
  parent.kill('SIGKILL');
  await gone(ready.pid);
  expect(isRunning(ready.pid)).toBe(false);
});
