import { resourceTypeNamed, typeInId } from '../inventory/row-type.ts';
import type { ResourceType } from '../inventory/resource-types.ts';
import type { Change } from '../model/finding.ts';
import type { ResourceId } from '../model/resource-id.ts';
import { isOfWrongClock } from '../model/wrong-clock.ts';
import { type ClusterState, ConflictError, type PendingCheck } from '../store-ports.ts';
import { placesOf } from './dependencies.ts';
import { requestDiscovery } from './discoveries.ts';
import { inParallel } from './in-parallel.ts';
import type { ServiceContext } from './service-context.ts';
import { isWatched } from './watched-operations.ts';

/** A check waits no longer after the first of its changes. */
export const longestWaitMs = 300_000;
/** No more of the changes before a check are kept: enough to name a cause. */
const changesKept = 20;
const attempts = 100;
/** Clusters for which a change is noted at the same time. */
const notedAtOnce = 32;

const computesType = 'microsoft.machinelearningservices/workspaces/computes';
/** What may attach a cluster, or be on its path, although nothing that is kept names it. */
const discovered: ReadonlySet<ResourceType | undefined> = new Set<ResourceType>([
  'microsoft.containerservice/managedclusters',
  'microsoft.kubernetesconfiguration/extensions',
  computesType,
  'microsoft.network/privateendpoints',
  'microsoft.network/publicipaddresses',
]);

/** What noting a change takes. */
export type NoteContext = Pick<ServiceContext, 'stores' | 'now' | 'newId' | 'checkDelayMs'>;

/** Whom a change concerns. */
export interface Noted {
  readonly clusters: readonly ResourceId[];
  /** Whether somebody has to look first what it concerns. */
  readonly discovering: boolean;
}

/**
 * Notes a change for every cluster that depends on what changed, and has them checked a little
 * later. Asks nothing of Azure: Event Grid waits for the answer. Late, repeated and foreign events
 * are harmless.
 */
export async function noteChange(context: NoteContext, change: Change): Promise<Noted> {
  if (!isWatched(change.operation)) return { clusters: [], discovering: false };
  const { dependencies } = context.stores;
  const [own, clusters] = await Promise.all([
    dependencies.clustersOf([change.resourceId]),
    dependencies.clustersOf(placesOf(change.resourceId)),
  ]);
  await inParallel(clusters, notedAtOnce, (id) => requestCheck(context, id, change));
  const type = resourceTypeNamed(typeInId(change.resourceId) ?? '');
  // A compute of the same name may have been attached to another cluster.
  const mayConcernOthers = own.length === 0 || type === computesType;
  const discovering = mayConcernOthers && discovered.has(type);
  if (discovering) await requestDiscovery(context, change.resourceId);
  return { clusters, discovering };
}

/**
 * Has a cluster checked once it has been quiet for a while. Only the first request sends a message;
 * it is sent before the row says so, because a message too many finds nothing to do, and one too few
 * would leave the row waiting.
 */
export async function requestCheck(
  { stores, now, newId, checkDelayMs }: NoteContext,
  id: ResourceId,
  change?: Change,
  workspaces: readonly ResourceId[] = [],
): Promise<void> {
  let sent: string | undefined;
  for (let attempt = 1; ; attempt += 1) {
    const kept = await stores.clusters.get(id);
    const known = kept?.value.pending;
    if (known === undefined && sent === undefined) {
      sent = newId();
      await stores.queues.send('cluster-checks', { clusterId: id, request: sent }, checkDelayMs);
    }
    const begun = known ?? begin(sent ?? newId(), now());
    const pending = extended(begun, now(), checkDelayMs, change);
    const before: ClusterState = kept?.value ?? { id, dependencies: [], roots: [] };
    const roots = [...new Set([...before.roots, ...workspaces])].toSorted();
    try {
      await stores.clusters.put({ ...before, roots, pending }, kept?.version);
      return;
    } catch (error) {
      if (!(error instanceof ConflictError) || attempt === attempts) throw error;
    }
  }
}

function begin(request: string, now: Date): PendingCheck {
  const at = now.toISOString();
  return { request, noted: 0, firstEventAt: at, dueAt: at, changes: [] };
}

/** How long a check still waits; not at all where its moment is further ahead than any is set. */
export function waitFor({ dueAt }: PendingCheck, now: Date): number {
  if (isOfWrongClock(dueAt, now, longestWaitMs)) return 0;
  return Math.max(0, Date.parse(dueAt) - now.getTime());
}

function extended(
  before: PendingCheck,
  now: Date,
  checkDelayMs: number,
  change: Change | undefined,
): PendingCheck {
  const isWrong = isOfWrongClock(before.firstEventAt, now);
  const firstEventAt = isWrong ? now.toISOString() : before.firstEventAt;
  const latest = Date.parse(firstEventAt) + longestWaitMs;
  const due = Math.min(now.getTime() + checkDelayMs, latest);
  const known = before.changes;
  const isNew = change !== undefined && !known.some((one) => isSame(one, change));
  return {
    ...before,
    firstEventAt,
    noted: before.noted + 1,
    dueAt: new Date(due).toISOString(),
    changes: isNew
      ? [change, ...known].toSorted((a, b) => (a.at < b.at ? 1 : -1)).slice(0, changesKept)
      : known,
  };
}

function isSame(a: Change, b: Change): boolean {
  return a.resourceId === b.resourceId && a.at === b.at && a.operation === b.operation;
}
