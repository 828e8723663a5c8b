import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Runs the benchmarks named on the command line, else all of them, each in a process of its own; flags
 * and numbers are given on to them.
 */
const here = import.meta.dirname;
const present = readdirSync(here)
  .filter((file) => file.endsWith('.ts') && file !== 'run.ts')
  .map((file) => file.replace(/\.ts$/, ''))
  .toSorted();
const given = process.argv.slice(2);
const isName = (argument: string): boolean => !/^(-|\d)/.test(argument);
const asked = given.filter(isName);
const passedOn = given.filter((argument) => !isName(argument));
const missing = asked.filter((name) => !present.includes(name));

if (missing.length > 0) {
  console.error(`No benchmark ${missing.join(', ')}. There are: ${present.join(', ') || 'none'}.`);
  process.exitCode = 2;
} else if (present.length === 0) {
  console.log('No benchmarks.');
} else {
  for (const name of asked.length > 0 ? asked : present) {
    console.log(`\n${name}`);
    const { status } = spawnSync(process.execPath, [join(here, `${name}.ts`), ...passedOn], {
      stdio: 'inherit',
    });
    if (status !== 0) process.exitCode = 1;
  }
}
