/**
 * Prints a report of so many verdicts to nowhere and tells the largest heap that was in use after a
 * collection, in bytes. Run with --expose-gc; the arguments are the format and the number.
 */
import { fileSpool } from '../../shared/adapters/files/spool-file.ts';
import { catalogue } from '../../shared/checks/catalogue.ts';
import { reportFormats, reportIn } from '../../shared/reports/report-formats.ts';
import type { Audit, ShardResult } from '../../shared/reports/scan.ts';
import { audit, cluster, clusterId, verdict } from './made-up-scan.ts';

const [, , asked, count = '0'] = process.argv;
const format = reportFormats.find((one) => one === asked);
if (format === undefined) throw new Error(`no format ${asked}`);

const kinds = ['fail', 'unknown', 'pass', 'notApplicable'] as const;
const checksPerCluster = 25;
const clustersPerShard = 100;
/** To make each anew would take longer than to print it. */
const templates = Array.from({ length: checksPerCluster }, (_, check) =>
  verdict(catalogue[check]?.id ?? `check-${check}`, 'x', kinds[check % 4] ?? 'fail', 'high'),
);
let peak = 0;

function collected(): void {
  globalThis.gc?.();
  peak = Math.max(peak, process.memoryUsage().heapUsed);
}

function* shards(verdicts: number): Generator<ShardResult> {
  const clusters = verdicts / checksPerCluster;
  for (let start = 0; start < clusters; start += clustersPerShard) {
    const own = Array.from({ length: Math.min(clustersPerShard, clusters - start) }, (_, n) => {
      const name = `cluster-${start + n}`;
      const id = clusterId(name);
      return {
        name,
        verdicts: templates.map((one, check) => ({
          ...one,
          clusterId: id,
          subjectId: id,
          fingerprint: String((start + n) * checksPerCluster + check).padStart(32, '0'),
          summary: `${one.summary} ${name}`,
          evidence: one.evidence.map((proof) => ({ ...proof, says: `${proof.says} ${name}` })),
        })),
      };
    });
    collected();
    yield {
      clusters: own.map(({ name, verdicts: all }) => cluster(name, all)),
      verdicts: own.flatMap(({ verdicts: all }) => all),
    };
  }
}

const running: Audit = {
  ...audit([]),
  shards: (async function* () {
    yield* shards(Number(count));
  })(),
};
let length = 0;
let next = 0;
for await (const piece of reportIn(format, running, {
  table: {},
  checks: catalogue,
  version: '1.2.3',
  // What stays in memory of a spool is the same for every length, and more than a small report has.
  spool: () => fileSpool(100_000),
})) {
  length += piece.length;
  if (length > next) {
    collected();
    next = length + 1_000_000;
  }
}
collected();
process.stdout.write(JSON.stringify({ peak, length }));
