#!/usr/bin/env node
import manifest from '../package.json' with { type: 'json' };
import { outletOf } from './outlet.ts';
import { run } from './run.ts';
import { services } from './services.ts';

const interruption = new AbortController();
let isHandled = false;
// The packet engine holds no file and may think for long: there a signal ends the process at once.
const signals =
  process.argv[2] === 'nsg'
    ? []
    : ([
        ['SIGINT', 130],
        ['SIGTERM', 143],
      ] as const);
for (const [signal, code] of signals) {
  process.on(signal, () => {
    // Leaving through exit lets whoever holds a half-written file take it away.
    if (!isHandled || interruption.signal.aborted) process.exit(code);
    interruption.abort();
  });
}

process.exitCode = await run(
  process.argv.slice(2),
  {
    stdout: outletOf(process.stdout),
    stderr: outletOf(process.stderr),
    stdin: process.stdin,
    stdinIsTerminal: process.stdin.isTTY,
    env: process.env,
    // npm runs scripts in the project's folder and remembers here where the person was.
    folder: process.env['INIT_CWD'] ?? process.cwd(),
    version: manifest.version,
    now: () => new Date(),
    interruption: () => {
      isHandled = true;
      return interruption.signal;
    },
  },
  services,
);
