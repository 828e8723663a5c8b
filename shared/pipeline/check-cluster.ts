import { findClusters } from '../facts/find-clusters.ts';
import { readComputes } from '../facts/computes.ts';
import { rowReader } from '../facts/row-reader.ts';
import { snapshotOf } from '../inventory/inventory-snapshot.ts';
import { mayHideService } from '../inventory/root-types.ts';
import { resourceTypeNamed, typeInId } from '../inventory/row-type.ts';
import {
  type ResourceId,
  isWithin,
  parentOf,
  resourceId,
  subscriptionIdOf,
} from '../model/resource-id.ts';
import type { Gap, Row } from '../ports.ts';
import type { ClusterState, Kept, PendingCheck } from '../store-ports.ts';
import { askForRemediations } from './ask-remediation.ts';
import { auditShards, inScope } from './audit.ts';
import { planOf } from './cut-scan.ts';
import { placesOf } from './dependencies.ts';
import { beginLooking, forgetDiscovery, unsureWorkspaces } from './discoveries.ts';
import { changeCluster, dropCluster, keepCluster } from './keep-cluster.ts';
import { longestWaitMs, requestCheck, waitFor } from './note-change.ts';
import { queueAlerts } from './queue-alerts.ts';
import { type Recorded, recordGone, recordVerdicts } from './record-verdicts.ts';
import type { ServiceContext } from './service-context.ts';

/** A resource could not be read just now: the check is worth another attempt. */
class BusyError extends Error {
  override readonly name = 'BusyError';
}

/** What a message of the queue `cluster-checks` asks for, where it names a cluster. */
export interface CheckRequest {
  readonly clusterId: ResourceId;
  readonly request: string;
}

/** What came of a message. */
export type Checked =
  | 'nothingPending'
  | 'early'
  | 'checked'
  /** A reading that began later was recorded first; the cluster is read again. */
  | 'overtaken'
  | 'gone'
  | 'notInference'
  | 'outOfScope';

const clustersType = 'microsoft.containerservice/managedclusters';
const computesType = 'microsoft.machinelearningservices/workspaces/computes';
/** Of many changes at once each leads to a check: it looks into no more workspaces that it does not know. */
const mostUnsure = 10;

/**
 * Checks a cluster by live reads, if somebody waits for it and its time has come. Changes that come
 * while it is checked lead to another check.
 * @throws BusyError where Azure did not answer for a part of it: what could be read is kept.
 */
export async function checkCluster(
  context: ServiceContext,
  { clusterId, request }: CheckRequest,
): Promise<Checked> {
  const { stores, now } = context;
  const unsure = await unsureWorkspaces(context, clusterId);
  const kept = await stores.clusters.get(clusterId);
  const pending = kept?.value.pending;
  if (kept === undefined || pending?.request !== request) return 'nothingPending';
  const early = waitFor(pending, now());
  if (early > 0) {
    await stores.queues.send('cluster-checks', { clusterId, request }, early);
    return 'early';
  }
  const settings = await context.settings();
  const readAt = now().toISOString();
  const known = kept.value.roots;
  const asked = unsure.slice(0, mostUnsure);
  const roots = [...new Set([...known, ...asked])];
  const read = await context.tenant(settings).readCluster(clusterId, roots);
  const items = unsure.length > mostUnsure ? [...read, beyond(unsure, clusterId)] : read;
  const snapshot = snapshotOf(items);
  // A workspace that may not concern it holds up no check: what it hides stays unknown.
  const isForeign = ({ scope }: Gap): boolean =>
    asked.some((one) => !known.includes(one) && isWithin(resourceId(scope), one));
  const busy = items.find(
    (item): item is Gap => item.kind === 'gap' && item.passing === true && !isForeign(item),
  );
  // Of hubs in other subscriptions the reader may see nothing.
  const hidingIn = (...ids: readonly ResourceId[]): readonly Gap[] =>
    snapshot.gaps.filter(({ scope }) => mayLieIn(scope, ids));
  if (snapshot.get(clusterId) === undefined) {
    return withoutRow(context, kept, pending, hidingIn(clusterId), readAt);
  }
  const found = findClusters(snapshot, settings.scope.clusters);
  if (!found.clusters.some(({ id }) => id === clusterId)) {
    throwIfBusy(busy, undefined);
    // What shows that it serves Azure ML may be among what was refused, or not understood.
    const hiding = hidingIn(clusterId, ...roots);
    const isHidden = found.misread.length > 0 || hiding.some(mayHideService);
    if (isHidden) await settlePending(context, clusterId, pending, roots);
    else await forget(context, kept, pending, readAt);
    return isHidden ? 'checked' : 'notInference';
  }
  const plan = planOf(context, snapshot, settings, { startedAt: readAt });
  if (inScope(clusterId, plan) !== 'yes') {
    await settlePending(context, clusterId, pending, roots);
    return throwIfBusy(busy, 'outOfScope');
  }
  let newest = readAt;
  for (const { clusters: reports, verdicts, unsettled } of auditShards(plan, [clusterId])) {
    const isSettled = unsettled.length === 0;
    const observation = { readAt, now: now(), isSettled, changes: pending.changes };
    const recorded = await recordVerdicts(stores.findings, clusterId, verdicts, observation);
    tellOf(context, recorded);
    newest = recorded.readAt;
    for (const report of recorded.outdated ? [] : reports) {
      const seen = { readAt, checkedBy: 'event' } as const;
      await keepCluster(context, { report, verdicts }, snapshot, seen);
      // After the dependencies are kept: who else is concerned is told by them.
      if (isSettled) await askForRemediations(context, settings, clusterId, verdicts);
    }
    await queueAlerts(stores.queues, 'findings', recorded.transitions);
  }
  throwIfBusy(busy, 'checked');
  if (newest > readAt) {
    // By a scan, whose index may not have known what this check was for.
    const wait = Math.min(Math.max(Date.parse(newest) - now().getTime(), 0) + 1000, longestWaitMs);
    await stores.queues.send('cluster-checks', { clusterId, request }, wait);
    return 'overtaken';
  }
  await settlePending(context, clusterId, pending, roots);
  return 'checked';
}

/** What a check misses that looks into some of the workspaces only. */
function beyond(unsure: readonly ResourceId[], cluster: ResourceId): Gap {
  return {
    kind: 'gap',
    type: computesType,
    scope: `/subscriptions/${subscriptionIdOf(cluster) ?? ''}`,
    what: 'computes that changed and that nobody could look at',
    why: `they are of ${unsure.length} workspaces, and a check looks into ${mostUnsure} that it does not know`,
  };
}

/** Whether a scope touches a subscription of one of these; management groups and files may. */
function mayLieIn(scope: string, ids: readonly ResourceId[]): boolean {
  const subscription = subscriptionIdOf(resourceId(scope));
  return subscription === undefined || ids.some((id) => subscriptionIdOf(id) === subscription);
}

/** The cluster's own row did not come: it is gone, or nobody knows. */
async function withoutRow(
  context: ServiceContext,
  kept: Kept<ClusterState>,
  pending: PendingCheck,
  gaps: readonly Gap[],
  readAt: string,
): Promise<Checked> {
  const hidden = gaps.find(({ type }) => type === undefined || type === clustersType);
  if (hidden?.passing === true) throw new BusyError(`${hidden.what}: ${hidden.why}`);
  if (hidden === undefined) {
    await forget(context, kept, pending, readAt);
    return 'gone';
  }
  await settlePending(context, kept.value.id, pending, kept.value.roots);
  return 'checked';
}

function throwIfBusy<T>(busy: Gap | undefined, otherwise: T): T {
  if (busy !== undefined) throw new BusyError(`${busy.what}: ${busy.why}`);
  return otherwise;
}

function tellOf({ tell }: ServiceContext, { transitions }: Recorded): void {
  for (const { kind, finding } of transitions) {
    const { checkId, clusterId, cause } = finding;
    tell('finding', { transition: kind, checkId, clusterId, ...(cause && { cause }) });
  }
}

/**
 * What is open is resolved, and nothing of the cluster is kept but its findings; unless it was
 * written meanwhile: a change may have brought it back.
 */
async function forget(
  context: ServiceContext,
  kept: Kept<ClusterState>,
  pending: PendingCheck,
  readAt: string,
): Promise<void> {
  const { stores, now } = context;
  const { id, roots } = kept.value;
  const observation = { readAt, now: now(), changes: pending.changes };
  const recorded = await recordGone(stores.findings, id, observation);
  tellOf(context, recorded);
  await queueAlerts(stores.queues, 'findings', recorded.transitions);
  if (!(await dropCluster(stores, kept))) await settlePending(context, id, pending, roots);
}

/**
 * Nobody waits any more, unless changes came during the check, or somebody has seen a workspace attach
 * the cluster into which it did not look: then another message is sent, before the row says what it is for.
 */
async function settlePending(
  { stores, now }: ServiceContext,
  id: ResourceId,
  checked: PendingCheck,
  lookedInto: readonly ResourceId[],
): Promise<void> {
  await changeCluster(stores.clusters, id, async (before) => {
    if (before?.pending === undefined) return undefined;
    const { pending, ...kept } = before;
    const { request } = pending;
    if (request !== checked.request) return undefined;
    const isKnown = kept.roots.every((root) => lookedInto.includes(root));
    if (pending.noted === checked.noted && isKnown) return kept;
    await stores.queues.send('cluster-checks', { clusterId: id, request }, waitFor(pending, now()));
    const changes = pending.changes.filter(
      (change) =>
        !checked.changes.some(
          ({ resourceId: at, at: when }) => at === change.resourceId && when === change.at,
        ),
    );
    return { ...kept, pending: { ...pending, firstEventAt: now().toISOString(), changes } };
  });
}

/** Looks what a resource concerns that no cluster was known to depend on, and has those checked. */
export async function discover(
  context: ServiceContext,
  id: ResourceId,
): Promise<readonly ResourceId[]> {
  const { stores } = context;
  const begun = await beginLooking(stores.discoveries, id);
  const settings = await context.settings();
  const row = await context.tenant(settings).readResource(id);
  const concerned = row === undefined ? nobody : await concernedBy(context, row);
  for (const [cluster, workspaces] of concerned.clusters) {
    await requestCheck(context, cluster, undefined, workspaces);
  }
  if (begun !== undefined && !concerned.isMisread) {
    await forgetDiscovery(stores.discoveries, begun);
  }
  return [...concerned.clusters.keys()];
}

/** Whom a row concerns. */
interface Concerned {
  /** The clusters that it bears on, with the workspaces that it shows to attach them. */
  readonly clusters: ReadonlyMap<ResourceId, readonly ResourceId[]>;
  /** Whether it is a compute that was not understood: it may attach any cluster. */
  readonly isMisread: boolean;
}

const nobody: Concerned = { clusters: new Map(), isMisread: false };

async function concernedBy({ stores }: ServiceContext, row: Row): Promise<Concerned> {
  const found = new Map<ResourceId, readonly ResourceId[]>();
  const { id } = row;
  const named = [...idsNamedIn(row), id];
  for (const cluster of named.flatMap((one) => clusterIn(one))) found.set(cluster, []);
  const places = [...new Set(named.flatMap(placesOf))];
  for (const cluster of await stores.dependencies.clustersOf(places)) found.set(cluster, []);
  const { all, misread } = readComputes(rowReader(snapshotOf([row])));
  for (const { clusterId } of all) found.set(clusterId, [parentOf(id)]);
  return { clusters: found, isMisread: misread.length > 0 };
}

/** Every id that stands in a row, as text of its own. */
function idsNamedIn({ body }: Row): readonly ResourceId[] {
  const texts = JSON.stringify(body).matchAll(/"(\/subscriptions\/[^"\\]+)"/gi);
  return [...new Set([...texts].map(([, text = '']) => resourceId(text)))];
}

/** The AKS cluster that an id is of, or lies in. */
function clusterIn(id: ResourceId): readonly ResourceId[] {
  const [text] =
    /^.*\/providers\/microsoft\.containerservice\/managedclusters\/[^/]+/.exec(id) ?? [];
  const cluster = text === undefined ? undefined : resourceId(text);
  return cluster !== undefined && resourceTypeNamed(typeInId(cluster) ?? '') === clustersType
    ? [cluster]
    : [];
}
