/**
 * How long the functions take to be there, and to give their first answer since the process began:
 * the bundle that is deployed against the same functions imported file by file, each in a process of
 * its own, in one run, so that the ratio counts.
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
  /** Until every function is registered. */
  readonly ms: number;
  /** From the start of the process to an answer over HTTP. */
  readonly answeredMs: number;
  readonly rssMb: number;
}

/** Imports a file in a new process, which provides what the worker would, and asks for the catalogue. */
function startOf(file: string): Start {
  const script = `
    import { Module } from 'node:module';
    const handlers = new Map();
    const core = {
      setProgrammingModel() {},
      registerFunction: ({ name }, handler) => handlers.set(name, handler),
      registerHook() {},
      log() {},
    };
    const original = Module.prototype.require;
    Module.prototype.require = function (id) {
      return id === '@azure/functions-core' ? core : original.call(this, id);
    };
    const started = performance.now();
    await import(${JSON.stringify(pathToFileURL(file).href)});
    const ms = performance.now() - started;
    const { jsonBody } = await handlers.get('api')({ params: { path: 'checks' } }, console);
    if (jsonBody.length === 0) throw new Error('the catalogue is empty');
    const answeredMs = performance.now();
    console.log(JSON.stringify({ ms, answeredMs, rssMb: process.memoryUsage.rss() / 2 ** 20 }));`;
  const flags = ['--input-type=module', '--eval', script];
  return JSON.parse(execFileSync(process.execPath, flags, { cwd: root, encoding: 'utf8' }));
}

function medianOf(starts: readonly Start[], value: (start: Start) => number): number {
  return starts.map(value).toSorted((a, b) => a - b)[Math.floor(starts.length / 2)] ?? Number.NaN;
}

function show(name: string, starts: readonly Start[], more: string): number {
  const ms = medianOf(starts, (start) => start.ms);
  const rss = medianOf(starts, ({ rssMb }) => rssMb);
  const answered = medianOf(starts, ({ answeredMs }) => answeredMs).toFixed(0);
  const numbers = `${ms.toFixed(0)} ms, first answer after ${answered} ms, ${rss.toFixed(0)} MB`;
  console.log(`${name.padEnd(44)} ${numbers}${more}`);
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
