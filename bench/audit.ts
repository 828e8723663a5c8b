/**
 * Time of an audit of a thousand generated clusters, and of the checks alone, also of the demo's clusters,
 * whose rules are such as people write. The estate is made here and audited in a process of its own, so
 * that its peak of memory is the audit's.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEstate } from '../shared/adapters/files/estate-files.ts';
import { catalogue } from '../shared/checks/catalogue.ts';
import { startAudit } from '../shared/compose.ts';
import { readFacts } from '../shared/facts/read-facts.ts';
import { collect } from '../shared/inventory/inventory-snapshot.ts';
import { auditScope, auditedTypes } from '../shared/pipeline/audit.ts';
import { settingsFor } from '../shared/settings/resolve.ts';
import { type Settings, parseSettings } from '../shared/settings/settings.ts';
import { demoEstate } from '../simulator/estate/demo-estate.ts';
import { generateEstate } from '../simulator/estate/generate-estate.ts';

const clusters = 1000;
const reading = { offline: true, strict: false };

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b).at(Math.floor(values.length / 2)) ?? Number.NaN;
}

function show(label: string, figure: string): void {
  console.log(`${label.padEnd(44)} ${figure}`);
}

function settingsIn(path: string): Settings {
  const parsed = parseSettings(JSON.parse(readFileSync(path, 'utf8')));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.settings;
}

function milliseconds(value: number): string {
  return `${value.toFixed(value < 10 ? 3 : 0)} ms`;
}

/** What is reachable now, in megabytes. */
function liveHeap(): number {
  globalThis.gc?.();
  return Math.round(process.memoryUsage().heapUsed / 2 ** 20);
}

async function wholeAudit(path: string, settings: Settings): Promise<void> {
  const start = performance.now();
  const audit = await startAudit({
    source: { kind: 'estate', path },
    settings,
    strict: reading.strict,
    now: () => new Date(),
  });
  let judged = 0;
  let verdicts = 0;
  const heaps: number[] = [];
  for await (const shard of audit.shards) {
    judged += shard.clusters.length;
    verdicts += shard.verdicts.length;
    heaps.push(liveHeap());
  }
  const { cost } = await audit.finish();
  const seconds = (performance.now() - start) / 1000;
  show('whole audit', `${seconds.toFixed(2)} s, ${(judged / seconds).toFixed(0)} clusters/s`);
  show('  clusters, verdicts', `${judged}, ${verdicts}`);
  show('  reading', milliseconds(cost.durationMs.read ?? Number.NaN));
  show('  judging', milliseconds(cost.durationMs.judge ?? Number.NaN));
  show('  peak memory', `${Math.round(process.resourceUsage().maxRSS / 1024)} MB`);
  const [first = Number.NaN] = heaps;
  const last = heaps.at(-1) ?? Number.NaN;
  show('  live heap, first shard and last', `${first} MB, ${last} MB`);
}

/** What facts took for a cluster on average, and for each cluster what each check did, in milliseconds. */
async function timesOf(path: string, settings: Settings) {
  const snapshot = await collect(await openEstate(path), auditedTypes, {}, reading);
  const { ids } = auditScope({
    snapshot,
    catalogue,
    settings,
    today: '2026-01-01',
    onDefect: () => {},
  });
  const start = performance.now();
  const facts = readFacts(snapshot, ids);
  const perFacts = (performance.now() - start) / facts.length;
  const times = facts.map((cluster) => {
    const own = settingsFor(cluster, settings);
    return catalogue.map((check) => {
      const before = performance.now();
      check.evaluate(cluster, own);
      return performance.now() - before;
    });
  });
  return { perFacts, times };
}

function sumsOf(times: readonly (readonly number[])[]): readonly number[] {
  return times.map((each) => each.reduce((sum, one) => sum + one, 0));
}

/**
 * The least that each check took of each cluster in several rounds, read anew each time: other work on the
 * machine makes a round longer and never shorter.
 */
async function leastTimesOf(path: string, settings: Settings, rounds: number) {
  let facts = Infinity;
  let least: readonly (readonly number[])[] | undefined;
  const medians: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const { perFacts, times } = await timesOf(path, settings);
    facts = Math.min(facts, perFacts);
    medians.push(median(sumsOf(times)));
    least = times.map((own, cluster) =>
      own.map((time, check) => Math.min(time, least?.[cluster]?.[check] ?? Infinity)),
    );
  }
  return { facts, times: least ?? [], medians };
}

async function checksAlone(path: string, settings: Settings): Promise<void> {
  const rounds = 5;
  const { facts, times, medians } = await leastTimesOf(path, settings, rounds);
  const perCluster = sumsOf(times);
  const mean = perCluster.reduce((sum, one) => sum + one, 0) / perCluster.length;
  show('facts, mean per cluster', milliseconds(facts));
  show(`all checks, median cluster, best of ${rounds}`, milliseconds(median(perCluster)));
  show('  in a round, the median one', milliseconds(median(medians)));
  show('  mean', milliseconds(mean));
  show('  slowest cluster', milliseconds(Math.max(...perCluster)));
  for (const [index, { id }] of catalogue.entries()) {
    show(`  ${id}`, milliseconds(median(times.map((each) => each[index] ?? Number.NaN))));
  }
}

/** The demo again and again, as a worker meets one tenant after the other. */
async function checksOfDemo(path: string, settings: Settings): Promise<void> {
  const rounds = 20;
  const { times, medians } = await leastTimesOf(path, settings, rounds);
  const best = milliseconds(median(sumsOf(times)));
  show(`the demo's, median cluster, best of ${rounds}`, best);
  show('  in a round, the median one', milliseconds(median(medians)));
}

interface EstateOnDisk {
  readonly rows: readonly object[];
  readonly settings: object;
}

/** Writes an estate and its settings; returns the two paths. */
function written(folder: string, name: string, { rows, settings }: EstateOnDisk) {
  const estate = join(folder, `${name}.jsonl`);
  writeFileSync(estate, rows.map((row) => JSON.stringify(row)).join('\n'));
  const settingsFile = join(folder, `${name}-settings.json`);
  writeFileSync(settingsFile, JSON.stringify(settings));
  return [estate, settingsFile] as const;
}

const [path, settingsPath = '', demoPath = '', demoSettings = ''] = process.argv.slice(2);
if (path === undefined) {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-bench-'));
  try {
    const estate = generateEstate(1, clusters);
    const paths = written(folder, 'generated', estate);
    show(
      'estate',
      `${estate.rows.length} rows, ${Math.round(statSync(paths[0]).size / 2 ** 20)} MB, ${clusters} clusters`,
    );
    const demo = written(folder, 'demo', demoEstate());
    const own = ['--expose-gc', import.meta.filename, ...paths, ...demo];
    const { status } = spawnSync(process.execPath, own, { stdio: 'inherit' });
    if (status !== 0) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
} else {
  const settings = settingsIn(settingsPath);
  await wholeAudit(path, settings);
  await checksAlone(path, settings);
  await checksOfDemo(demoPath, settingsIn(demoSettings));
}
