import { isOfWrongClock } from '../model/wrong-clock.ts';
import type { ScanState } from '../store-ports.ts';
import { closeScan } from './close-scan.ts';
import { abandonUncut, queueShards } from './cut-scan.ts';
import { forgetDeadLetters, noteHandled } from './dead-letters.ts';
import { noteEndingExemptions } from './ending-exemptions.ts';
import { longestWaitMs } from './note-change.ts';
import { scanFiles } from './scan-files.ts';
import { askForOpenFindings, tendRemediations } from './tend-remediations.ts';
import type { ServiceContext } from './service-context.ts';
import { wakeAlerts } from './wake-alerts.ts';

const minute = 60_000;
const day = 1440 * minute;
/** How often it runs. */
const everyMs = 5 * minute;
/** No function runs longer (host.json), so what is older than this is not under way any more. */
const longestRunMs = 40 * minute;
/** A check that is due for so long has lost its message. */
const overdueMs = 10 * minute;
/** How long what is kept is kept. */
const kept = {
  scans: 14 * day,
  transitions: 180 * day,
  alerts: 400 * day,
  trend: 400 * day,
  deadLetters: 30 * day,
  /** By then they say nothing any more. */
  noPlans: 2 * day,
};

/**
 * Puts right what a process that ended in the middle left behind: checks without a message, scans
 * that nobody closed, shards that nobody was woken for, alerts that nobody was told, remediations that
 * stopped half-way. Once a day it forgets what is old.
 */
export async function keepHouse(context: ServiceContext): Promise<void> {
  await wakeChecks(context);
  await abandonUncut(context, before(context, longestRunMs));
  await tendScans(context);
  const remediations = await tendRemediations(context);
  await wakeAlerts(context);
  await noteHandled(context);
  const now = context.now();
  const isNewHour = now.getUTCMinutes() < 5;
  if (isNewHour || (await hasScanEnded(context))) await askForOpenFindings(context, remediations);
  if (now.getUTCHours() === 3 && isNewHour) await forgetOld(context);
  // Needs the settings; where they are wrong, the rest is done.
  if (isNewHour) await noteEndingExemptions(context);
}

function before({ now }: ServiceContext, ms: number): string {
  return new Date(now().getTime() - ms).toISOString();
}

async function wakeChecks(context: ServiceContext): Promise<void> {
  const { stores, now, tell } = context;
  const limit = before(context, overdueMs);
  for await (const { value } of stores.clusters.list()) {
    if (value.pending === undefined) continue;
    const { dueAt } = value.pending;
    if (dueAt > limit && !isOfWrongClock(dueAt, now(), longestWaitMs)) continue;
    tell('check woken', { clusterId: value.id, dueAt });
    const { request } = value.pending;
    await stores.queues.send('cluster-checks', { clusterId: value.id, request });
  }
}

async function tendScans(context: ServiceContext): Promise<void> {
  const { stores, tell } = context;
  const running: ScanState[] = [];
  for await (const { value } of stores.scans.list()) {
    if (value.state === 'running') running.push(value);
  }
  for (const { scanId, startedAt } of running) {
    if ((await closeScan(context, scanId)) !== 'open') continue;
    const { waiting } = await stores.queues.depth('scan-shards');
    const isFresh =
      startedAt > before(context, longestRunMs) && !isOfWrongClock(startedAt, context.now());
    if (isFresh || waiting > 0) continue;
    const waitingFor = (await stores.scans.shards(scanId)).filter(
      ({ state }) => state === 'queued',
    );
    tell('shards woken', { scanId, shards: waitingFor.map(({ shard }) => shard) });
    await queueShards(context, scanId, waitingFor);
  }
}

/** Whether a scan has ended since the run before this one. */
async function hasScanEnded(context: ServiceContext): Promise<boolean> {
  const limit = before(context, everyMs);
  for await (const { value } of context.stores.scans.list()) {
    const { finishedAt = '' } = value;
    if (finishedAt >= limit && !isOfWrongClock(finishedAt, context.now())) return true;
  }
  return false;
}

async function forgetOld(context: ServiceContext): Promise<void> {
  const { stores, tell } = context;
  const limit = before(context, kept.scans);
  const old: ScanState[] = [];
  for await (const { value } of stores.scans.list()) {
    if (value.startedAt < limit && value.state !== 'cutting') old.push(value);
  }
  for (const scan of old) {
    await scanFiles(stores.files, scan.scanId).remove();
    await stores.scans.remove(scan);
  }
  const transitions =
    (await stores.findings.forget(before(context, kept.transitions))) +
    (await stores.conditions.forget(before(context, kept.transitions)));
  const alerts = await stores.alerts.forget(before(context, kept.alerts));
  const points = await stores.trend.forget(before(context, kept.trend));
  const noPlans = await context.remediations.forgetNoPlans(before(context, kept.noPlans));
  await forgetDeadLetters(stores, before(context, kept.deadLetters));
  tell('forgotten', { scans: old.length, transitions, alerts, points, noPlans });
}
