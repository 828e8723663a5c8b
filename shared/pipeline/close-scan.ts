import { outranks } from '../findings/reconcile.ts';
import { subscriptionIdOf } from '../model/resource-id.ts';
import { isOfWrongClock } from '../model/wrong-clock.ts';
import { type ReportOutcome, jsonReport } from '../reports/json-report.ts';
import type { Cost, GapReport } from '../reports/report.ts';
import type { Audit, ShardResult } from '../reports/scan.ts';
import {
  ConflictError,
  type GapGroup,
  type Kept,
  type ScanState,
  type ShardState,
} from '../store-ports.ts';
import { gapKey } from './audit.ts';
import { dropCluster } from './keep-cluster.ts';
import { noteLastingGaps } from './lasting-gaps.ts';
import { queueAlerts } from './queue-alerts.ts';
import { recordGone } from './record-verdicts.ts';
import { type ScanCut, type ScanFiles, scanFiles, type Spent } from './scan-files.ts';
import type { ServiceContext } from './service-context.ts';
import { sumOf } from './spending.ts';

/**
 * Ends a scan whose shards have all ended, done or given up: saves its report, resolves what is open
 * of clusters that are gone, and notes how the tenant stands. Two who close at once do it twice, to
 * the same end.
 */
export async function closeScan(
  context: ServiceContext,
  scanId: string,
): Promise<'closed' | 'closedBefore' | 'open'> {
  const { stores, now } = context;
  const kept = await stores.scans.get(scanId);
  if (kept === undefined || kept.value.state !== 'running') {
    return kept?.value.state === 'cutting' ? 'open' : 'closedBefore';
  }
  const shards = await stores.scans.shards(scanId);
  if (shards.some(({ state }) => state === 'queued')) return 'open';
  const failed = shards.filter(({ state }) => state === 'failed');
  const files = scanFiles(stores.files, scanId);
  const { cut } = await files.readCut();
  const { summary, tail } = await saveReport(context, kept.value, shards, files, cut);
  await resolveGone(context, kept.value, shards, files, cut);
  await noteLastingGaps(context, kept.value, tail.gaps);
  const finishedAt = now().toISOString();
  const { bySeverity, clusters, compliant, nonCompliant, unknown } = summary;
  const complete = tail.gaps.length === 0;
  const standing = { clusters, compliant, nonCompliant, unknown, bySeverity };
  await stores.trend.add({ at: kept.value.startedAt, scanId, complete, ...standing });
  const state = failed.length === 0 ? 'complete' : 'incomplete';
  const end = { cost: tail.cost, gaps: tail.gaps.length, gapGroups: gapGroups(tail.gaps) };
  if (!(await ended(context, kept, { state, finishedAt, end }))) return 'closedBefore';
  context.tell('scan saved', {
    scanId,
    summary,
    gaps: tail.gaps.length,
    shards: shards.length,
    failedShards: failed.length,
    cost: tail.cost,
  });
  return 'closed';
}

async function ended(
  { stores }: ServiceContext,
  { value, version }: Kept<ScanState>,
  how: Required<Pick<ScanState, 'state' | 'finishedAt' | 'end'>>,
): Promise<boolean> {
  try {
    await stores.scans.put({ ...value, ...how }, version);
    return true;
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
    return false;
  }
}

/** As many groups of gaps are kept of a scan, and as many places of each; its report has them all. */
const groupsKept = 50;
const scopesKept = 5;

/** Gaps gathered by what is missing and why, the most frequent first. */
function gapGroups(gaps: readonly GapReport[]): readonly GapGroup[] {
  return [...Map.groupBy(gaps, ({ what, why }) => JSON.stringify([what, why])).values()]
    .flatMap((own): readonly GapGroup[] => {
      const [first] = own;
      if (first === undefined) return [];
      const scopes = own.slice(0, scopesKept).map(({ scope }) => scope);
      return [{ what: first.what, why: first.why, count: own.length, scopes }];
    })
    .toSorted((a, b) => b.count - a.count)
    .slice(0, groupsKept);
}

async function saveReport(
  context: ServiceContext,
  scan: ScanState,
  shards: readonly ShardState[],
  files: ScanFiles,
  cut: ScanCut,
): Promise<ReportOutcome> {
  const { scanId, startedAt } = scan;
  const gaps: GapReport[] = [...cut.gaps];
  const seen = new Set(gaps.map(gapKey));
  const miss = (found: readonly GapReport[]) => {
    for (const gap of found) if (!seen.has(gapKey(gap)) && seen.add(gapKey(gap))) gaps.push(gap);
  };
  let spent: Spent = cut.spent;
  async function* results(): AsyncGenerator<ShardResult> {
    for (const { shard, state, why = 'its check was given up' } of shards) {
      if (state === 'failed') {
        const clusters = await files.readClusters(shard);
        miss(clusters.map((id) => ({ scope: id, what: 'the verdicts of this cluster', why })));
        continue;
      }
      for await (const part of files.readResult(shard)) {
        if ('verdicts' in part) yield part;
        else {
          miss(part.gaps);
          spent = sumOf(spent, part.spent);
        }
      }
    }
  }
  const audit: Audit = {
    header: { scanId, startedAt, source: 'live', cloud: context.cloud },
    shards: results(),
    finish: async () => ({
      finishedAt: context.now().toISOString(),
      gaps,
      assumptions: [],
      outOfScope: cut.outOfScope,
      warnings: cut.warnings,
      cost: costOf(spent),
    }),
  };
  const spools = { clusters: context.spool(), verdicts: context.spool() };
  const report = jsonReport(audit, spools);
  let outcome: ReportOutcome | undefined;
  try {
    await context.reports.save(
      { scanId, startedAt },
      (async function* () {
        outcome = yield* report;
      })(),
    );
  } finally {
    // An upload that fails leaves the text unread.
    await Promise.all([spools.clusters.discard(), spools.verdicts.discard()]);
  }
  if (outcome === undefined) throw new Error('the report was saved before it was whole');
  return outcome;
}

function costOf({ calls, durationMs }: Spent): Cost {
  const count = (kind: string) => calls[kind] ?? 0;
  return {
    resourceGraphCalls: count('resourceGraphCalls'),
    armReads: count('armReads'),
    graphCalls: count('graphCalls'),
    armWrites: count('armWrites'),
    throttled: count('throttled'),
    durationMs,
  };
}

/**
 * Clusters that are kept and that the scan did not find are gone, or serve Azure ML no more; but only
 * where their subscription and those of their workspaces were searched without a gap, and nobody has
 * seen them since.
 */
async function resolveGone(
  { stores, now, tell }: ServiceContext,
  { startedAt }: ScanState,
  shards: readonly ShardState[],
  files: ScanFiles,
  { searched, leftOut }: ScanCut,
): Promise<void> {
  // Begun by a wrong clock, it cannot tell who was seen since.
  if (isOfWrongClock(startedAt, now())) return;
  const found = new Set(leftOut);
  for (const { shard } of shards) {
    for (const id of await files.readClusters(shard)) found.add(id);
  }
  const wasSearched = new Set(searched);
  for await (const kept of stores.clusters.list()) {
    const { id, pending, roots } = kept.value;
    const isGone =
      !found.has(id) && [id, ...roots].every((one) => wasSearched.has(subscriptionIdOf(one) ?? ''));
    // A check that is pending sees for itself.
    if (!isGone || outranks(kept.value, startedAt, now()) || pending !== undefined) continue;
    const observation = { readAt: startedAt, now: now(), changes: [] };
    const { transitions } = await recordGone(stores.findings, id, observation);
    await queueAlerts(stores.queues, 'findings', transitions);
    if (await dropCluster(stores, kept)) tell('cluster gone', { clusterId: id });
  }
}
