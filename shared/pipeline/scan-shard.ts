import { computesIn } from '../facts/computes.ts';
import { snapshotOf } from '../inventory/inventory-snapshot.ts';
import { type ResourceId, resourceId } from '../model/resource-id.ts';
import { isOfWrongClock } from '../model/wrong-clock.ts';
import type { Transition } from '../model/finding.ts';
import type { GapReport } from '../reports/report.ts';
import { type AuditedShard, auditShards, gapKey, gapsOf } from './audit.ts';
import { closeScan } from './close-scan.ts';
import { planOf } from './cut-scan.ts';
import { inParallel } from './in-parallel.ts';
import { type Reported, keepClusters } from './keep-cluster.ts';
import { requestCheck } from './note-change.ts';
import { queueAlerts } from './queue-alerts.ts';
import { recordVerdicts, wouldTell } from './record-verdicts.ts';
import {
  type ClusterState,
  ConflictError,
  type Kept,
  type QueueMessages,
  type ShardState,
  type Stores,
} from '../store-ports.ts';
import { resultLine, scanFiles } from './scan-files.ts';
import type { ServiceContext } from './service-context.ts';
import { spending, sumOf } from './spending.ts';

/** Clusters whose findings are written at once. */
const recordedAtOnce = 16;

/**
 * Audits the clusters of a shard and keeps what it finds; the last shard closes the scan. Shards do
 * not need each other, and one that is done twice leaves what it left the first time.
 */
export async function scanShard(
  context: ServiceContext,
  { scanId, shard }: QueueMessages['scan-shards'],
): Promise<'done' | 'doneBefore' | 'gone'> {
  const { stores } = context;
  const [scan, kept] = await Promise.all([
    stores.scans.get(scanId),
    stores.scans.shard(scanId, shard),
  ]);
  // Of a scan that was forgotten, or given up while it was being cut.
  if (kept === undefined || scan === undefined || scan.value.state === 'abandoned') return 'gone';
  if (kept.value.state === 'queued') {
    await auditShard(context, { scanId, shard });
    await endShard(context, kept, { state: 'done' });
  }
  // Also where it was done before: the process may have ended just before this line.
  await closeScan(context, scanId);
  return kept.value.state === 'queued' ? 'done' : 'doneBefore';
}

/** Says how a shard ended, unless somebody was quicker. */
export async function endShard(
  { stores }: Pick<ServiceContext, 'stores'>,
  { value, version }: Kept<ShardState>,
  end: Pick<ShardState, 'state' | 'why'>,
): Promise<void> {
  try {
    await stores.scans.putShard({ ...value, ...end }, version);
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
  }
}

async function auditShard(
  context: ServiceContext,
  { scanId, shard }: QueueMessages['scan-shards'],
): Promise<void> {
  const { stores, now } = context;
  const settings = await context.settings();
  const files = scanFiles(stores.files, scanId);
  const { cut, items } = await files.readCut();
  const { clusters, rows } = await files.readShard(shard);
  const readAt = now().toISOString();
  const spend = spending(context);
  const given = { items: [...items, ...rows], covered: cut.covered };
  const snapshot = snapshotOf(await context.tenant(settings).readClusters(clusters, given));
  const read = spend('read');
  const judge = spending(context);
  const seen = new Set(cut.gaps.map(gapKey));
  const gaps: GapReport[] = snapshot.gaps
    .filter((gap) => !seen.has(gapKey(gap)) && seen.add(gapKey(gap)))
    .map(({ scope, what, why }) => ({ scope, what, why }));
  // Put aside as they are judged: verdicts take more memory than the rows they come from.
  const results = context.spool();
  try {
    let done = 0;
    const plan = planOf(context, snapshot, settings, { startedAt: readAt });
    for (const part of auditShards(plan, clusters)) {
      gaps.push(...gapsOf(part.missing, snapshot, seen));
      await keepPart(context, part, snapshot, readAt);
      await results.write(resultLine(part));
      done += part.clusters.length;
      context.tell('scan progress', {
        scanId,
        shard,
        progress: { stage: 'judging', done, total: clusters.length },
      });
    }
    const end = { gaps, spent: sumOf(read, judge('judge')) };
    await files.writeResult(shard, results.read(), end);
  } finally {
    await results.discard();
  }
}

async function keepPart(
  context: ServiceContext,
  part: AuditedShard,
  snapshot: ReturnType<typeof snapshotOf>,
  readAt: string,
): Promise<void> {
  const verdictsOf = Map.groupBy(part.verdicts, ({ clusterId }) => clusterId);
  const unsettled = new Set(part.unsettled);
  const { stores, now, tell } = context;
  const seen: (Reported & { readonly before: Kept<ClusterState> | undefined })[] = [];
  const transitions: Transition[] = [];
  await inParallel(part.clusters, recordedAtOnce, async (report) => {
    const id = resourceId(report.id);
    const own = verdictsOf.get(id) ?? [];
    const before = await stores.clusters.get(id);
    const changes = before?.value.pending?.changes ?? [];
    const observation = { readAt, now: now(), isSettled: !unsettled.has(id), changes };
    const workspaces = computesIn(snapshot)
      .seenOf(id)
      .map(({ workspaceId }) => workspaceId);
    const hasOthers = (state: ClusterState | undefined): boolean =>
      workspaces.some((workspace) => state?.roots.includes(workspace) !== true);
    const checkedAt = await justChecked(stores, id, before?.value, readAt);
    if (checkedAt !== undefined) {
      // The index may be older than that check: where it says otherwise, Azure itself is asked; also
      // where nobody knows when that was. A check looks into the workspaces that it knows: of a new one
      // it may not have heard.
      const isUnsure =
        hasOthers(before?.value) ||
        isOfWrongClock(checkedAt, now()) ||
        (await wouldTell(stores.findings, id, own, observation));
      if (isUnsure) await requestCheck(context, id, undefined, workspaces);
      return;
    }
    const recorded = await recordVerdicts(stores.findings, id, own, observation);
    for (const { kind, finding } of recorded.transitions) {
      tell('finding', { transition: kind, checkId: finding.checkId, clusterId: id });
    }
    if (recorded.outdated) {
      // By a check that began later, and may not have looked where this did.
      const since = await stores.clusters.get(id);
      if (hasOthers(since?.value)) await requestCheck(context, id, undefined, workspaces);
      return;
    }
    seen.push({ report, verdicts: own, before });
    transitions.push(...recorded.transitions);
  });
  await keepClusters(context, seen, snapshot, { readAt, checkedBy: 'scan' });
  // Whether somebody is told hangs on what was just kept of the cluster.
  await queueAlerts(stores.queues, 'findings', transitions);
}

/** How far Resource Graph may lie behind; Azure promises minutes and has taken an hour. */
const indexLagMs = 3_600_000;

/** When Azure itself was asked, if a little before; perhaps it said that there is no such cluster. */
async function justChecked(
  { findings }: Stores,
  id: ResourceId,
  before: ClusterState | undefined,
  readAt: string,
): Promise<string | undefined> {
  const isLate = (at: string) => Date.parse(readAt) - Date.parse(at) < indexLagMs;
  if (before !== undefined) {
    const { checkedBy, readAt: at } = before;
    return checkedBy === 'event' && at !== undefined && isLate(at) ? at : undefined;
  }
  const known = await findings.of(id);
  return known.findings.find((one) => one.resolution === 'clusterGone' && isLate(one.since))?.since;
}
