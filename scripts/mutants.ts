/**
 * Breaks the code in every way that Stryker knows and counts what no test notices.
 *
 *     node scripts/mutants.ts [folder or file ...] [--survivors]
 *
 * Stryker's own run begins the tests anew for each mutant, which takes seconds. Here Stryker only
 * writes the mutants into the code, each behind a switch; one process then holds the code with all
 * of them, and runs the tests that come by a mutant with that mutant switched on:
 *
 * - What each test comes by is measured first. The test that found a mutant last time goes first, then
 *   the fastest; once `patience` is spent the mutant has survived, so that the score errs downwards.
 * - Endless loops end by Stryker's limit of hits; what even that does not end is stopped with its process.
 * - What is kept between two calls is forgotten between two tests (forgetting-map.ts).
 * - A mutant that takes part in loading a file, and that no test found, gets a process of its own, with
 *   the mutant on from the start: first with the tests of its file, which load fast, then with all.
 * - The test that found a mutant has to pass again without it. Otherwise something was left behind, and
 *   a new process begins.
 *
 * Results are kept in `reports/mutants/`; nothing is done twice as long as no file of `shared/` and
 * `test/` changes. `--survivors` also believes what was found before a change.
 * Mutants that change nothing anybody could see are listed, with the reason, in
 * test/mutants/equivalent.json, and do not count; an entry that has no such mutant fails the run.
 */
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import type { MutantAnswer, MutantTrial } from '../test/mutants/mutant-task.ts';
import { type Mutant, breakFiles } from './mutant-list.ts';
import {
  type Result,
  equivalentsIn,
  readEquivalents,
  scoreTable,
  survivorEntries,
  survivorLines,
  survivorsOf,
} from './mutant-score.ts';
import { work, workFolder } from './mutant-worker.ts';

const folders = ['access', 'checks', 'network'] as const;
type Folder = (typeof folders)[number];

/** Milliseconds of tests that a mutant has to survive, as long as they take on whole code while counting. */
const patience = 2000;
/** Milliseconds of the processor that a mutant may take beyond three times that of its tests. */
const grace = 10_000;
/** How much longer than its time of the processor a mutant may take before its process is stopped. */
const busy = 5;
/** Stryker's own factor. */
const hitFactor = 100;
/** What a folder has to reach. */
const leastScore = 85;

interface Covered {
  readonly tests: readonly { readonly name: string; readonly milliseconds: number }[];
  /** By mutant, the places of the tests that come by it, and how often. */
  readonly byMutant: ReadonlyMap<string, ReadonlyMap<number, number>>;
  readonly loading: ReadonlySet<string>;
}

/** By the keys of mutants; `inputs` is what each result was found with. */
const resultsSchema = z.record(
  z.string(),
  z.object({
    status: z.enum(['killed', 'timeout', 'survived', 'uncovered']),
    test: z.string().optional(),
    inputs: z.string(),
  }),
);
type Results = z.infer<typeof resultsSchema>;

const asked = process.argv.slice(2);
const believesKilled = asked.includes('--survivors');
const paths = asked.filter((word) => !word.startsWith('--'));
const inputs = fingerprint();
let isGood = true;
for (const folder of folders) {
  const root = `shared/${folder}`;
  const files = paths.filter((path) => path.startsWith(`${root}/`));
  if (paths.length === 0 || paths.includes(root)) isGood = (await measure(folder, [])) && isGood;
  else if (files.length > 0) isGood = (await measure(folder, files)) && isGood;
}
if (!isGood) process.exitCode = 1;

/** Measures a folder, or some of its files, and prints it; returns whether that is good enough. */
async function measure(folder: Folder, files: readonly string[]): Promise<boolean> {
  const { mutants, code } = await breakFiles(
    files.length > 0 ? files : [`shared/${folder}/**/*.ts`],
  );
  const codeFile = join(workFolder, 'code.json');
  mkdirSync(workFolder, { recursive: true });
  writeFileSync(codeFile, JSON.stringify(code));
  const known = new Map<string, Result>();
  const resultsFile = join(workFolder, `${folder}.json`);
  const before = resultsIn(resultsFile);
  for (const { key } of mutants) {
    const one = before[key];
    const holds = one?.inputs === inputs || (believesKilled && one?.test !== undefined);
    if (one !== undefined && holds) known.set(key, one);
  }
  const keep = (): void => writeResults(resultsFile, before, known);
  const todo = mutants.filter(({ key }) => !known.has(key));
  if (todo.length > 0) {
    const testFile = `test/mutants/${folder}.ts`;
    const covered = await cover(codeFile, testFile);
    codeWithoutCounting(codeFile, code);
    const trials = todo.map((mutant) => trialOf(mutant, covered, before[mutant.key]?.test));
    const met = trials.filter(({ tests }) => tests.length > 0);
    console.log(`shared/${folder}: ${todo.length} mutants, ${covered.tests.length} tests`);
    await tryAll(met, codeFile, testFile, mutants, known, keep);
    for (const mutant of todo) {
      const found = known.get(mutant.key);
      if (found === undefined) known.set(mutant.key, { status: 'uncovered' });
      if (found?.test !== undefined || !covered.loading.has(mutant.id)) continue;
      known.set(mutant.key, await tryLoading(mutant, folder, covered, codeFile));
      keep();
    }
  }
  keep();
  const equivalents = equivalentsIn(readEquivalents(), mutants, known);
  const survivors = survivorsOf(mutants, known, equivalents.keys);
  for (const line of survivorLines(survivors, known)) console.log(line);
  writeFileSync(join(workFolder, `${folder}-survivors.json`), survivorEntries(survivors));
  const table = scoreTable(mutants, known, equivalents.keys);
  console.log(table.text);
  for (const entry of equivalents.stale) console.error(`mutants: no survivor is like ${entry}`);
  const reaches = files.length > 0 || table.score >= leastScore;
  if (!reaches) console.error(`mutants: shared/${folder} has to reach ${leastScore} %`);
  return reaches && equivalents.stale.length === 0;
}

async function cover(codeFile: string, testFile: string): Promise<Covered> {
  const tests: { readonly name: string; readonly milliseconds: number }[] = [];
  const byMutant = new Map<string, Map<number, number>>();
  let loading = new Set<string>();
  const bad: string[] = [];
  await work({ code: codeFile }, testFile, (answer) => {
    if (answer.kind === 'loading') loading = new Set(Object.keys(answer.hits));
    if (answer.kind !== 'test') return 120_000;
    for (const [id, count] of Object.entries(answer.hits)) {
      const its = byMutant.get(id) ?? new Map<number, number>();
      byMutant.set(id, its.set(tests.length, count));
    }
    tests.push(answer);
    if (answer.failure !== undefined) bad.push(`${answer.name}: ${answer.failure}`);
    return 120_000;
  });
  if (bad.length > 0) throw new Error(`these fail on whole code:\n${bad.join('\n')}`);
  return { tests, byMutant, loading };
}

function trialOf(
  { id }: Pick<Mutant, 'id'>,
  { tests, byMutant }: Covered,
  killer?: string,
): MutantTrial {
  const hits = byMutant.get(id) ?? new Map<number, number>();
  const cost = (place: number): number => tests[place]?.milliseconds ?? 0;
  const rank = (place: number): number => (tests[place]?.name === killer ? -1 : cost(place));
  let spent = 0;
  const chosen = [...hits.keys()]
    .toSorted((a, b) => rank(a) - rank(b))
    .filter((place, index) => (spent += cost(place)) <= patience || index === 0);
  const passes = [...hits.values()].reduce((sum, count) => sum + count, 0);
  return {
    id,
    tests: chosen,
    hitLimit: passes * hitFactor,
    milliseconds: grace + 3 * Math.min(spent, patience),
  };
}

async function tryAll(
  trials: readonly MutantTrial[],
  codeFile: string,
  testFile: string,
  mutants: readonly Mutant[],
  known: Map<string, Result>,
  keep: () => void,
): Promise<void> {
  const keys = new Map(mutants.map(({ id, key }) => [id, key]));
  const limits = new Map(trials.map(({ id, milliseconds }) => [id, milliseconds]));
  let left = trials;
  let done = 0;
  while (left.length > 0) {
    let begun: string | undefined;
    const ended = new Set<string>();
    const end = (id: string, { status, test }: Result): void => {
      known.set(keys.get(id) ?? '', { status, test });
      ended.add(id);
      done += 1;
      if (done % 25 > 0) return;
      console.log(`  ${done} of ${trials.length}`);
      keep();
    };
    const hear = (answer: MutantAnswer): number => {
      if (answer.kind === 'test') throw new Error(`${answer.name} fails now on whole code`);
      if (answer.kind === 'ended') end(answer.id, { status: answer.status, test: answer.test });
      // What the first mutant of a process leaves behind it has done itself; others are tried again.
      if (answer.kind === 'leaked' && answer.id === left[0]?.id) end(answer.id, answer);
      if (answer.kind !== 'begun') return 120_000;
      begun = answer.id;
      return (limits.get(answer.id) ?? 0) * busy;
    };
    const isDone = await work({ code: codeFile, mutants: [...left] }, testFile, hear);
    if (!isDone && begun !== undefined) end(begun, { status: 'timeout', test: 'stopped' });
    const rest = left.filter(({ id }) => !ended.has(id));
    // The one that could not be judged goes first.
    left = [...rest.filter(({ id }) => id === begun), ...rest.filter(({ id }) => id !== begun)];
  }
}

/** The tests of its own file and then all, for a mutant that takes part in loading may change any. */
async function tryLoading(
  mutant: Mutant,
  folder: Folder,
  { tests }: Covered,
  codeFile: string,
): Promise<Result> {
  const every = new Map(tests.map((_, place) => [place, Number.MAX_SAFE_INTEGER / 1e6]));
  const trial = trialOf(mutant, {
    tests,
    byMutant: new Map([[mutant.id, every]]),
    loading: new Set(),
  });
  const ownFile = `test/${folder}/${basename(mutant.file, '.ts')}.test.ts`;
  if (existsSync(ownFile)) {
    const places = tests.map((_, place) => place);
    const own = await tryFromStart(mutant, { ...trial, tests: places }, codeFile, ownFile);
    if (own.test !== undefined) return own;
  }
  return tryFromStart(mutant, trial, codeFile, `test/mutants/${folder}.ts`);
}

async function tryFromStart(
  mutant: Mutant,
  trial: MutantTrial,
  codeFile: string,
  testFile: string,
): Promise<Result> {
  let result: Result = { status: 'survived' };
  const isDone = await work(
    { code: codeFile, fromStart: mutant.id, mutants: [trial] },
    testFile,
    (answer) => {
      if (answer.kind === 'ended') result = { status: answer.status, test: answer.test };
      return 120_000 + trial.milliseconds * busy;
    },
  );
  return isDone ? result : { status: 'timeout', test: 'stopped' };
}

/** Counting what tests come by takes time, and is over. */
function codeWithoutCounting(codeFile: string, code: Readonly<Record<string, string>>): void {
  const entries = Object.entries(code).map(([name, text]): readonly [string, string] => [
    name,
    text.replaceAll(/\bstryCov_9fa48\("[^)]*"\)/g, '0'),
  ]);
  writeFileSync(codeFile, JSON.stringify(Object.fromEntries(entries)));
}

/** Of everything that results depend on. */
function fingerprint(): string {
  const hash = createHash('sha256');
  for (const file of globSync(['{shared,test,cli}/**/*.ts', 'package-lock.json']).toSorted()) {
    hash.update(file).update(readFileSync(file));
  }
  return hash.digest('hex');
}

function resultsIn(file: string): Results {
  return existsSync(file) ? resultsSchema.parse(JSON.parse(readFileSync(file, 'utf8'))) : {};
}

function writeResults(file: string, before: Results, known: ReadonlyMap<string, Result>): void {
  const now = [...known].map(([key, result]) => [key, { inputs, ...result }] as const);
  writeFileSync(file, JSON.stringify({ ...before, ...Object.fromEntries(now) }, null, 1));
}
