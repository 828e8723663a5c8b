import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { type Estate, openEstate } from './adapters/files/estate-files.ts';
import { catalogue } from './checks/catalogue.ts';
import { collect } from './inventory/inventory-snapshot.ts';
import {
  type AuditPlan,
  auditScope,
  auditShards,
  auditedTypes,
  gapKey,
  gapsOf,
} from './pipeline/audit.ts';
import type { CheckDefect } from './pipeline/evaluate.ts';
import type { EstateReport, GapReport } from './reports/report.ts';
import type { Audit, AuditOptions, ScanSource, ShardResult } from './reports/scan.ts';

/** The estate that comes with the command; from the sources and from the bundle in `dist/` alike. */
const demoEstate = new URL('../demo/', import.meta.url);

/** Where a source's rows lie on this machine. */
export function estatePath(source: ScanSource): string {
  return source.kind === 'demo' ? fileURLToPath(new URL('estate.jsonl', demoEstate)) : source.path;
}

/** The settings that belong to the demo estate. */
export function demoSettingsPath(): string {
  return fileURLToPath(new URL('portcullis.settings.json', demoEstate));
}

/**
 * Starts an audit of an estate in files.
 * @throws UsageError where what was asked for does not exist, EstateUnreadableError where nothing
 * could be read.
 */
export async function auditEstate(options: AuditOptions): Promise<Audit> {
  const started = options.now();
  const { onProgress = () => {} } = options;
  onProgress({ stage: 'reading', done: 0 });
  const estate = await openEstate(estatePath(options.source));
  const reading = { offline: true, strict: options.strict };
  const snapshot = await collect(estate, auditedTypes, {}, reading);
  onProgress({ stage: 'reading', done: estate.rows, total: estate.rows });
  const read = options.now();

  const defects: CheckDefect[] = [];
  const plan: AuditPlan = {
    snapshot,
    catalogue,
    settings: options.settings,
    ...(options.checks === undefined ? {} : { checks: options.checks }),
    ...(options.clusters === undefined ? {} : { clusters: options.clusters }),
    ...(options.subscriptions === undefined ? {} : { subscriptions: options.subscriptions }),
    today: started.toISOString().slice(0, 10),
    onDefect: (defect) => defects.push(defect),
  };
  const scope = auditScope(plan);
  const gaps: GapReport[] = [...scope.gaps];
  const seen = new Set(gaps.map(gapKey));

  async function* shards(): AsyncGenerator<ShardResult> {
    let done = 0;
    onProgress({ stage: 'judging', done, total: scope.ids.length });
    for (const { clusters, verdicts, missing } of auditShards(plan, scope.ids)) {
      gaps.push(...gapsOf(missing, snapshot, seen));
      yield { clusters, verdicts };
      done += clusters.length;
      onProgress({ stage: 'judging', done, total: scope.ids.length });
    }
  }

  return {
    header: {
      scanId: randomUUID(),
      startedAt: started.toISOString(),
      source: options.source.kind,
    },
    shards: shards(),
    finish: async () => {
      const finished = options.now();
      return {
        finishedAt: finished.toISOString(),
        gaps: [...gaps, ...defects.map(defectGap)],
        assumptions: snapshot.assumptions,
        outOfScope: scope.outOfScope,
        estate: estateReport(estate),
        warnings: scope.warnings,
        cost: {
          resourceGraphCalls: 0,
          armReads: 0,
          graphCalls: 0,
          armWrites: 0,
          throttled: 0,
          durationMs: { read: +read - +started, judge: +finished - +read },
        },
      };
    },
  };
}

function defectGap({ checkId, clusterId, error }: CheckDefect) {
  const why = error instanceof Error ? error.message : String(error);
  return { scope: clusterId, what: `the verdict of ${checkId}`, why: `the check failed: ${why}` };
}

function estateReport(estate: Estate): EstateReport {
  return {
    rows: estate.rows,
    ignoredTypes: estate.ignoredTypes,
    duplicates: estate.duplicates.map(({ id }) => id),
    problems: estate.problems.map(
      ({ file, line, field, value, says }) => `${file}, line ${line}: ${field} ${value}: ${says}`,
    ),
  };
}
