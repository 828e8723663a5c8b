import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { StopRequest } from './serve-parent.ts';

/** A process of our own that runs beside this one. */
export interface Child<Ready> {
  /** What it told when it was up. */
  readonly ready: Ready;
  readonly pid: number;
  /** Resolves when it has ended, with why, whoever ended it. */
  readonly ended: Promise<string>;
  /** Asks it to end in order, and ends it by force if it does not within the grace. */
  stop(): Promise<void>;
  /** Ends it at once: what it is doing is cut off. By force if even that takes longer than the grace. */
  end(): Promise<void>;
}

export interface ChildOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** What it writes to standard error, line by line. */
  readonly onErrorLine?: (line: string) => void;
  /** Ends the start. */
  readonly signal?: AbortSignal;
  /** How long it may take to stop, in milliseconds; 5,000 where absent. */
  readonly graceMs?: number;
}

/** As much of its last words as an error repeats. */
const lastWords = 2000;

/**
 * Starts a script that calls `serveParent`. It is asked to stop by a message, because Windows has no
 * signals, and stops by itself when this process is gone.
 * @throws Error with what it said last, where it ends before it is up.
 */
export async function startChild<Ready>(
  script: string,
  { args = [], env = process.env, onErrorLine = () => {}, signal, graceMs = 5000 }: ChildOptions,
): Promise<Child<Ready>> {
  signal?.throwIfAborted();
  const child = fork(script, [...args], {
    env: { ...env },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let said = '';
  if (child.stderr === null) throw new Error('the process has no standard error');
  createInterface({ input: child.stderr }).on('line', (line) => {
    said = `${said}${line}\n`.slice(-lastWords);
    onErrorLine(line);
  });
  // `close` and not `exit`: by then everything it wrote has been read.
  const ended = once(child, 'close').then(([code, by]) =>
    by === null ? `ended with ${code}` : `was ended by ${by}`,
  );
  const stop = () => stopChild(child, { stop: 'inOrder' }, ended, graceMs);
  const end = () => stopChild(child, { stop: 'atOnce' }, ended, graceMs);
  const aborted = () => void stop();
  signal?.addEventListener('abort', aborted, { once: true });
  const first = await Promise.race([messageOf<Ready>(child), ended]);
  signal?.removeEventListener('abort', aborted);
  if (typeof first === 'string') {
    const words = said.trim();
    throw new Error(`${script} ${first}${words === '' ? '' : `: ${words}`}`);
  }
  return { ready: first.ready, pid: child.pid ?? 0, ended, stop, end };
}

async function messageOf<Ready>(child: ChildProcess): Promise<{ readonly ready: Ready }> {
  const [message] = await once(child, 'message');
  // Ours sends nothing else, and sends it once.
  return message as { readonly ready: Ready };
}

async function stopChild(
  child: ChildProcess,
  request: StopRequest,
  ended: Promise<string>,
  graceMs: number,
): Promise<void> {
  // It may be gone by the time the message would arrive, which is what is wanted.
  if (child.connected) child.send(request, () => {});
  const force = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await ended;
  clearTimeout(force);
}
