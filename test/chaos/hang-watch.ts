/** Whoever never comes back cannot tell so: another thread does, and ends the process. */
import { Worker } from 'node:worker_threads';

/** Somebody who looks whether work that was begun comes to its end. */
export interface HangWatch {
  /** From now on so many milliseconds are left; `says` is what is printed when they are over. */
  begin(says: string, ms: number): void;
  end(): void;
}

const source = `
  const { writeSync } = require('node:fs');
  const { parentPort } = require('node:worker_threads');
  let timer;
  parentPort.on('message', ({ says, ms }) => {
    clearTimeout(timer);
    if (says === undefined) return;
    timer = setTimeout(() => {
      writeSync(2, says + '\\n');
      process.kill(process.pid, 'SIGKILL');
    }, ms);
  });
`;

/** Watches this process, which it does not keep alive. */
export function hangWatch(): HangWatch {
  const worker = new Worker(source, { eval: true, execArgv: [] });
  worker.unref();
  return {
    begin: (says, ms) => worker.postMessage({ says, ms }),
    end: () => worker.postMessage({}),
  };
}
