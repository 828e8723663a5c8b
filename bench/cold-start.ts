/**
 * How long the functions take to be there: the bundle that is deployed against the same functions
 * imported file by file, each in a process of its own, in one run, so that the ratio counts.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundle } from '../scripts/bundle.ts';

const rounds = 9;
const budget = 0.35;
const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'portcullis-bench-'));

interface Start {
  readonly ms: number;
  readonly rssMb: number;
}

/** Imports a file in a new process, which provides what the worker would. */
function startOf(file: string): Start {
  const script = `
    import { Module } from 'node:module';
    const core = { setProgrammingModel() {}, registerFunction() {}, registerHook() {}, log() {} };
    const original = Module.prototype.require;
    Module.prototype.require = function (id) {
      return id === '@azure/functions-core' ? core : original.call(this, id);
    };
    const started = performance.now();
    await import(${JSON.stringify(pathToFileURL(file).href)});
    const ms = performance.now() - started;
    console.log(JSON.stringify({ ms, rssMb: process.memoryUsage.rss() / 2 ** 20 }));`;
  const flags = ['--input-type=module', '--eval', script];
  return JSON.parse(execFileSync(process.execPath, flags, { cwd: root, encoding: 'utf8' }));
}

function medianOf(starts: readonly Start[], value: (start: Start) => number): number {
  return starts.map(value).toSorted((a, b) => a - b)[Math.floor(starts.length / 2)] ?? Number.NaN;
}

function show(name: string, starts: readonly Start[], more: string): number {
  const ms = medianOf(starts, (start) => start.ms);
  const rss = medianOf(starts, ({ rssMb }) => rssMb);
  console.log(`${name.padEnd(44)} ${ms.toFixed(0)} ms, ${rss.toFixed(0)} MB in memory${more}`);
  return ms;
}

try {
  const bundled = join(folder, 'main.cjs');
  await bundle(bundled);
  const starts: { readonly unbundled: Start[]; readonly bundle: Start[] } = {
    unbundled: [],
    bundle: [],
  };
  // In turn, so that a slow moment of the machine meets both.
  for (let round = 0; round < rounds; round += 1) {
    starts.unbundled.push(startOf(join(root, 'functions/main.ts')));
    starts.bundle.push(startOf(bundled));
  }
  const size = (statSync(bundled).size / 2 ** 20).toFixed(1);
  const whole = show('functions imported file by file', starts.unbundled, '');
  const ratio = show('the bundle', starts.bundle, `, a file of ${size} MB`) / whole;
  const holds = ratio <= budget;
  console.log(`${'ratio, budget 0.35'.padEnd(44)} ${ratio.toFixed(2)}${holds ? '' : ': BROKEN'}`);
  if (!holds) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
