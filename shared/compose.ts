import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { type Estate, openEstate } from './adapters/files/estate-files.ts';
import { catalogue } from './checks/catalogue.ts';
import { ownershipTypes } from './facts/ownership-facts.ts';
import type { Reading } from './inventory/coverage.ts';
import { type InventorySnapshot, collect } from './inventory/inventory-snapshot.ts';
import type { ResourceType } from './inventory/resource-types.ts';
import {
  type AuditPlan,
  auditCluster,
  auditScope,
  auditShards,
  auditedTypes,
  gapKey,
  gapsOf,
  oneCluster,
  proofOfAbsence,
} from './pipeline/audit.ts';
import type { CheckDefect } from './pipeline/evaluate.ts';
import { foreseeRollback } from './pipeline/foresee-rollback.ts';
import { planFindings } from './pipeline/plan-findings.ts';
import type { ProposedChange } from './pipeline/proposed-change.ts';
import { proposedChanges } from './pipeline/proposed-changes.ts';
import { whatIf } from './pipeline/what-if.ts';
import type { JournalRow } from './remediation/journal.ts';
import { type Planned, planLifetime } from './remediation/plan.ts';
import { explainCluster as explain } from './reports/explain-cluster.ts';
import type { Explanation } from './reports/explanation.ts';
import type { ForeseenRollback } from './reports/rollback-effects.ts';
import type { WhatIf } from './reports/what-if.ts';
import type { Cost, EstateReport, GapReport } from './reports/report.ts';
import type { Audit, AuditOptions, FileSource, LiveSource, ShardResult } from './reports/scan.ts';

/** The estate that comes with the command; from the sources and from the bundle in `dist/` alike. */
const demoEstate = new URL('../demo/', import.meta.url);

/** Which cluster to explain, and as an audit is asked. */
export type ExplainOptions = Omit<AuditOptions, 'clusters'> & {
  /** Its id or its name. */
  readonly cluster: string;
};

/** What was read, and what reading it cost. */
interface Read {
  readonly snapshot: InventorySnapshot;
  readonly estate?: EstateReport;
  /** Which Azure it was, live. */
  readonly cloud?: string;
  /** Calls of Azure so far; none offline. */
  readonly calls: () => Omit<Cost, 'durationMs'>;
}

/** Where a source's rows lie on this machine. */
export function estatePath(source: FileSource): string {
  return source.kind === 'demo' ? fileURLToPath(new URL('estate.jsonl', demoEstate)) : source.path;
}

/** The settings that belong to the demo estate. */
export function demoSettingsPath(): string {
  return fileURLToPath(new URL('portcullis.settings.json', demoEstate));
}

/**
 * Starts an audit of an estate in files or of a live tenant.
 * @throws UsageError where what was asked for does not exist, EstateUnreadableError and
 * NothingReadableError where nothing could be read, SignInError where nobody is signed in.
 */
export async function startAudit(options: AuditOptions): Promise<Audit> {
  const started = options.now();
  return auditOf(await readSource(options), options, started);
}

/**
 * One cluster in full: what is known of it, the ways of its packets and permissions, every verdict.
 * @throws as {@link startAudit}, and UsageError where no cluster is meant, or several.
 */
export async function explainCluster({
  cluster: text,
  ...options
}: ExplainOptions): Promise<Explanation> {
  const started = options.now();
  const { snapshot } = await readSource(options);
  const plan = planOf(snapshot, options, started, () => {});
  const id = oneCluster(text, auditScope(plan).ids);
  const audited = auditCluster(plan, id);
  if (audited === undefined) throw new TypeError(`cluster ${id} was found and has no facts`);
  return explain(audited, {
    catalogue,
    explainedAt: started.toISOString(),
    source: options.source.kind,
    priorityBand: options.settings.guard.priorityBand,
    assumptions: snapshot.assumptions,
  });
}

/** As an audit is asked. */
export type PlanOptions = AuditOptions & {
  /** Told what was taken as empty although nobody read it, and the plans rest on. */
  readonly onAssumptions?: (sentences: readonly string[]) => void;
};

/**
 * A plan, or why there is none, for everything that fails.
 * @throws as {@link startAudit}.
 */
export async function makePlans({
  onAssumptions = () => {},
  ...options
}: PlanOptions): Promise<readonly Planned[]> {
  const started = options.now();
  const { snapshot } = await readSource(options, ownershipTypes);
  onAssumptions(snapshot.assumptions);
  const plan = planOf(snapshot, options, started, () => {});
  const expiresAt = new Date(started.getTime() + planLifetime).toISOString();
  return [...planFindings(plan, expiresAt)];
}

/** What somebody means to change, and as an audit is asked. */
export type WhatIfOptions = AuditOptions & { readonly proposal: readonly ProposedChange[] };

/** Reads the changes that a file proposes; throws as `proposedChanges`. */
export const readProposal = proposedChanges;

/**
 * What a proposed change would do to the clusters that are read.
 * @throws as {@link startAudit}.
 */
export async function judgeProposal({ proposal, ...options }: WhatIfOptions): Promise<WhatIf> {
  const { plan, reading } = await readPlan(options);
  return whatIf(plan, proposal, reading);
}

/** What was done, and as an audit is asked. */
export type ForeseeOptions = AuditOptions & { readonly rows: readonly JournalRow[] };

/**
 * What taking back the remediation that these rows tell of would do to the clusters that are read.
 * @throws as {@link startAudit}, and RangeError where the first row does not request anything.
 */
export async function foresee({ rows, ...options }: ForeseeOptions): Promise<ForeseenRollback> {
  const { plan, reading } = await readPlan(options, ownershipTypes);
  return foreseeRollback(plan, rows, reading);
}

/** All that is read, and these types beside it, to be judged as it is and as it would be. */
async function readPlan(
  options: AuditOptions,
  also: readonly ResourceType[] = [],
): Promise<{ readonly plan: AuditPlan; readonly reading: Reading }> {
  const started = options.now();
  const { snapshot } = await readSource(options, also);
  const reading = { offline: options.source.kind !== 'live', strict: options.strict };
  return { plan: planOf(snapshot, options, started, () => {}), reading };
}

/** What an audit reads, and these types beside it. */
function readSource(options: AuditOptions, also: readonly ResourceType[] = []): Promise<Read> {
  const { source } = options;
  return source.kind === 'live'
    ? readAzure(source, options, also)
    : readFiles(source, options, also);
}

/** Azure's SDKs are loaded only where they are needed: they take longer than most audits of files. */
async function readAzure(
  source: LiveSource,
  options: AuditOptions,
  also: readonly ResourceType[],
): Promise<Read> {
  const { readLive } = await import('./compose-live.ts');
  return readLive({ ...options, source }, also);
}

async function readFiles(
  source: FileSource,
  options: AuditOptions,
  also: readonly ResourceType[],
): Promise<Read> {
  const { onProgress = () => {} } = options;
  onProgress({ stage: 'reading', done: 0 });
  const estate = await openEstate(estatePath(source));
  const reading = { offline: true, strict: options.strict };
  const types = [...new Set([...auditedTypes, ...also])];
  const snapshot = await collect(estate, types, {}, reading);
  onProgress({ stage: 'reading', done: estate.rows, total: estate.rows });
  const calls = () => ({
    resourceGraphCalls: 0,
    armReads: 0,
    graphCalls: 0,
    armWrites: 0,
    throttled: 0,
  });
  return { snapshot, estate: estateReport(estate), calls };
}

function auditOf(
  { snapshot, estate, cloud, calls }: Read,
  options: AuditOptions,
  started: Date,
): Audit {
  const { onProgress = () => {} } = options;
  const read = options.now();
  const defects: CheckDefect[] = [];
  const plan = planOf(snapshot, options, started, (defect) => defects.push(defect));
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
      ...(cloud === undefined ? {} : { cloud }),
    },
    shards: shards(),
    isGone: proofOfAbsence(snapshot),
    finish: async () => {
      const finished = options.now();
      return {
        finishedAt: finished.toISOString(),
        gaps: [...gaps, ...defects.map(defectGap)],
        assumptions: snapshot.assumptions,
        outOfScope: scope.outOfScope,
        ...(estate === undefined ? {} : { estate }),
        warnings: scope.warnings,
        cost: {
          ...calls(),
          durationMs: { read: +read - +started, judge: +finished - +read },
        },
      };
    },
  };
}

function planOf(
  snapshot: InventorySnapshot,
  options: AuditOptions,
  started: Date,
  onDefect: AuditPlan['onDefect'],
): AuditPlan {
  return {
    snapshot,
    catalogue,
    settings: options.settings,
    ...(options.checks === undefined ? {} : { checks: options.checks }),
    ...(options.clusters === undefined ? {} : { clusters: options.clusters }),
    ...(options.subscriptions === undefined ? {} : { subscriptions: options.subscriptions }),
    ...(options.managementGroups === undefined
      ? {}
      : { managementGroups: options.managementGroups }),
    today: started.toISOString().slice(0, 10),
    onDefect,
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
