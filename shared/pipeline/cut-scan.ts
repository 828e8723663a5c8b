import { rootTypes } from '../inventory/root-types.ts';
import { type InventorySnapshot, snapshotOf } from '../inventory/inventory-snapshot.ts';
import { type ResourceId, resourceId, subscriptionIdOf } from '../model/resource-id.ts';
import { isOfWrongClock } from '../model/wrong-clock.ts';
import type { Gap, Row, Scope } from '../ports.ts';
import type { Settings } from '../settings/settings.ts';
import { type Kept, ConflictError, type ScanState } from '../store-ports.ts';
import { type AuditPlan, type ScopePart, idsInScope, scopePart, wholeScope } from './audit.ts';
import { closeScan } from './close-scan.ts';
import { scanFiles } from './scan-files.ts';
import type { ServiceContext } from './service-context.ts';
import { spending } from './spending.ts';

/**
 * As many clusters are read together: fewer calls of Azure for each, more to do again after a crash,
 * and more memory. Four times what one query may name (`idsPerQuery`), so that queries are full.
 */
const clustersPerShard = 1196;
const clustersType = 'microsoft.containerservice/managedclusters';

/**
 * Begins a scan: finds the clusters, cuts them into shards that do not need each other, and queues
 * those. A scan that was cut off while it was being cut has read nothing that anyone uses; it is
 * given up for this one.
 * @throws UsageError where the settings are wrong.
 */
export async function cutScan(context: ServiceContext): Promise<ScanState> {
  const { stores, now } = context;
  const settings = await context.settings();
  const scan: ScanState = {
    scanId: context.newId(),
    startedAt: now().toISOString(),
    state: 'cutting',
    shards: 0,
    clusters: 0,
    scope: scopeOf(settings),
  };
  await abandonUncut(context, scan.startedAt);
  await stores.scans.put(scan);
  return cut(context, scan, settings);
}

async function cut(
  context: ServiceContext,
  scan: ScanState,
  settings: Settings,
): Promise<ScanState> {
  const { stores } = context;
  const { scanId } = scan;
  const spend = spending(context);
  context.tell('scan progress', { scanId, progress: { stage: 'reading Azure', done: 0 } });
  const tenant = context.tenant(settings);
  const files = scanFiles(stores.files, scanId);
  const parts: ScopePart[] = [];
  const shards: { readonly shard: number; readonly clusters: readonly ResourceId[] }[] = [];
  const searched: string[] = [];
  const covered: string[] = [];
  const shared = new Map<string, Row | Gap>();
  let done = 0;
  for (const scope of (await tenant.partsOf?.(scan.scope)) ?? [scan.scope]) {
    const reading = await tenant.readScope(scope);
    done += reading.items.length;
    context.tell('scan progress', { scanId, progress: { stage: 'reading Azure', done } });
    const snapshot = snapshotOf(reading.items);
    const plan = planOf(context, snapshot, settings, scan);
    const part = scopePart(plan);
    parts.push(part);
    covered.push(...reading.covered);
    const misread = new Set(part.misread.map((one) => subscriptionIdOf(resourceId(one.scope))));
    for (const subscription of reading.covered) {
      const isRead = rootTypes.every((type) => snapshot.wasRead(type, subscription).known);
      if (isRead && !misread.has(subscription)) searched.push(subscription);
    }
    for (const item of reading.items) if (!isRoot(item)) shared.set(keyOf(item), item);
    for (const clusters of inShards(idsInScope(part))) {
      const shard = shards.length + 1;
      shards.push({ shard, clusters });
      await files.writeShard(shard, clusters, rowsFor(clusters, snapshot));
    }
  }
  const { ids, leftOut, gaps, outOfScope, warnings } = wholeScope(
    planOf(context, snapshotOf([]), settings, scan),
    parts,
  );
  for (const { shard, clusters } of shards) {
    const state = { scanId, shard, state: 'queued', clusters: clusters.length } as const;
    await stores.scans.putShard(state);
  }
  await files.writeCut(
    { covered, searched, leftOut, gaps, outOfScope, warnings, spent: spend('read') },
    shared.values(),
  );
  await queueShards(context, scanId, shards);
  const kept = await stores.scans.get(scanId);
  if (kept?.value.state !== 'cutting') throw new ConflictError(`scan ${scanId} was given up`);
  const counts = { shards: shards.length, clusters: ids.length };
  const running: ScanState = { ...kept.value, state: 'running', ...counts };
  await stores.scans.put(running, kept.version);
  // The shards may all have ended by now, or there is none.
  await closeScan(context, scanId);
  return running;
}

/** The clusters in shards of about one size. */
function inShards(ids: readonly ResourceId[]): readonly (readonly ResourceId[])[] {
  const shards = Math.ceil(ids.length / clustersPerShard);
  const size = Math.ceil(ids.length / shards);
  return Array.from({ length: shards }, (_, index) => ids.slice(index * size, (index + 1) * size));
}

const roots = new Set<string>(rootTypes);

function isRoot(item: Row | Gap): boolean {
  return item.kind === 'row' && roots.has(item.type);
}

/** What is read with every part alike is kept once. */
function keyOf(item: Row | Gap): string {
  return item.kind === 'row' ? item.id : JSON.stringify(item);
}

/** Sends what wakes the shards; a shard that is done already lets a second message pass. */
export async function queueShards(
  { stores }: ServiceContext,
  scanId: string,
  shards: readonly { readonly shard: number }[],
): Promise<void> {
  for (const { shard } of shards) await stores.queues.send('scan-shards', { scanId, shard });
}

/** Gives up scans that were being cut when their process ended; those that began before a moment. */
export async function abandonUncut(
  { stores, now, tell }: ServiceContext,
  before: string,
): Promise<void> {
  const uncut: Kept<ScanState>[] = [];
  for await (const kept of stores.scans.list()) {
    const { state, startedAt } = kept.value;
    const isOld = startedAt < before || isOfWrongClock(startedAt, now());
    if (state === 'cutting' && isOld) uncut.push(kept);
  }
  for (const { value, version } of uncut) {
    tell('scan abandoned', { scanId: value.scanId, startedAt: value.startedAt });
    await stores.scans.put({ ...value, state: 'abandoned' }, version);
    await scanFiles(stores.files, value.scanId).remove();
  }
}

/** What to audit, for a snapshot of all or part of the scope. */
export function planOf(
  { catalogue, tell }: ServiceContext,
  snapshot: InventorySnapshot,
  settings: Settings,
  { startedAt }: Pick<ScanState, 'startedAt'>,
): AuditPlan {
  return {
    snapshot,
    catalogue,
    settings,
    today: startedAt.slice(0, 10),
    onDefect: ({ checkId, clusterId, error }) => {
      const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
      tell('check defect', { level: 'error', checkId, clusterId, why });
    },
  };
}

/** Both lists together only the audit can tell apart; then everything is read. */
function scopeOf({ scope }: Settings): Scope {
  const { subscriptions, managementGroups } = scope;
  if (subscriptions.length > 0 && managementGroups.length > 0) return {};
  if (subscriptions.length > 0) return { subscriptions };
  return managementGroups.length > 0 ? { managementGroups } : {};
}

/** The clusters' own rows, and everything in their subscriptions that may attach them. */
function* rowsFor(clusters: readonly ResourceId[], snapshot: InventorySnapshot): Generator<Row> {
  const subscriptions = new Set(clusters.map(subscriptionIdOf));
  for (const type of rootTypes) {
    if (type === clustersType) continue;
    for (const row of snapshot.rowsOf(type)) {
      // What lies in a cluster lies in its subscription.
      if (subscriptions.has(subscriptionIdOf(row.id))) yield row;
    }
  }
  for (const id of clusters) {
    const row = snapshot.get(id);
    if (row !== undefined) yield row;
  }
}
