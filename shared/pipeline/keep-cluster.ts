import { outranks } from '../findings/reconcile.ts';
import { tagOf } from '../facts/rows/tags.ts';
import type { InventorySnapshot } from '../inventory/inventory-snapshot.ts';
import { type ResourceId, resourceId } from '../model/resource-id.ts';
import type { ClusterReport, VerdictReport } from '../reports/report.ts';
import { modeTag } from '../settings/effective-mode.ts';
import {
  type ClusterState,
  type ClusterStore,
  ConflictError,
  type DependencyChange,
  type Kept,
  type KeptVerdict,
  type Stores,
} from '../store-ports.ts';
import { type ClusterLinks, linksOf } from './dependencies.ts';
import { type NoteContext, requestCheck } from './note-change.ts';

const attempts = 20;
const computesType = 'microsoft.machinelearningservices/workspaces/computes';
/** When what was seen of a cluster was read, and why. */
type Seen = Required<Pick<ClusterState, 'readAt' | 'checkedBy'>>;

/** A cluster as it is reported, with its verdicts. */
export interface Reported {
  readonly report: ClusterReport;
  readonly verdicts: readonly VerdictReport[];
}

/**
 * Keeps what was seen of a cluster, and what it depends on. The dependencies come first: an event
 * that is told too often is harmless, one that finds nobody is lost.
 */
export async function keepCluster(
  context: NoteContext,
  reported: Reported,
  snapshot: InventorySnapshot,
  seen: Seen,
): Promise<void> {
  const id = resourceId(reported.report.id);
  const { stores, now } = context;
  const links = linksIn(snapshot, id);
  let others: readonly ResourceId[] = [];
  await changeCluster(stores.clusters, id, async (before) => {
    const isLate = isNewer(before, seen, now());
    const after = isLate ? besideNewer(before, links) : stateAfter(before, reported, links, seen);
    others = isLate ? links.workspaces.filter((one) => !before.roots.includes(one)) : [];
    // What the newer reading wrote may have been taken away with what was there before it.
    await stores.dependencies.replace([changeOf(isLate ? undefined : before, after)]);
    return after;
  });
  // The newer reading did not look there.
  if (others.length > 0) await requestCheck(context, id, undefined, others);
}

/** As `keepCluster` for many that were read together, as they were kept before, in few writes. */
export async function keepClusters(
  context: NoteContext,
  read: readonly (Reported & { readonly before: Kept<ClusterState> | undefined })[],
  snapshot: InventorySnapshot,
  seen: Seen,
): Promise<void> {
  const { clusters, dependencies } = context.stores;
  const states = read.map(({ before, ...reported }) => {
    const links = linksIn(snapshot, resourceId(reported.report.id));
    const after = stateAfter(before?.value, reported, links, seen);
    return { before, after };
  });
  await dependencies.replace(states.map(({ before, after }) => changeOf(before?.value, after)));
  const written = states.map(({ before, after: value }) =>
    before === undefined ? { value } : { value, version: before.version },
  );
  const conflicts = new Set(await clusters.putAll(written));
  for (const { before: _, ...reported } of read) {
    // Somebody else has written it since: on top of that, one by one.
    if (!conflicts.has(resourceId(reported.report.id))) continue;
    await keepCluster(context, reported, snapshot, seen);
  }
}

/** What a cluster depends on, and what its tag says of how far to go. */
type Links = ClusterLinks &
  Pick<ClusterState, 'modeTag'> & {
    /** Whether nobody could see if a workspace attaches it. */
    readonly isUnread: (workspace: ResourceId) => boolean;
  };

function linksIn(snapshot: InventorySnapshot, id: ResourceId): Links {
  const given = tagOf(snapshot.get(id)?.body['tags'], modeTag);
  return {
    ...linksOf(snapshot, id),
    ...(given === undefined ? {} : { modeTag: given }),
    isUnread: (workspace) => !snapshot.wasReadWithin(computesType, workspace).known,
  };
}

/** What was not read takes nothing away from what is known to bear on a cluster. */
function bearingOn(
  before: ClusterState | undefined,
  { dependencies, workspaces, cutOff, isUnread }: Links,
): Pick<ClusterState, 'dependencies' | 'roots'> {
  const known = cutOff.length === 0 ? [] : (before?.dependencies ?? []);
  // A workspace that an event has named may not be in what was read before it.
  const roots = before?.roots.filter((id) => before.pending !== undefined || isUnread(id)) ?? [];
  return {
    dependencies: [...new Set([...dependencies, ...known])].toSorted(),
    roots: [...new Set([...workspaces, ...roots])].toSorted(),
  };
}

function stateAfter(
  before: ClusterState | undefined,
  { report, verdicts }: Reported,
  links: Links,
  seen: Seen,
): ClusterState {
  const { failed: _, modeTag: __, ...kept } = before ?? { id: resourceId(report.id) };
  const given = links.modeTag;
  return {
    ...kept,
    report,
    verdicts: verdicts.map(inShort),
    ...seen,
    ...(given === undefined ? {} : { modeTag: given }),
    ...bearingOn(before, links),
  };
}

/** Whether what is kept was read later: by a check that was quicker than a scan which began before it. */
function isNewer(
  before: ClusterState | undefined,
  { readAt }: Seen,
  now: Date,
): before is ClusterState {
  return before?.readAt !== undefined && before.readAt !== readAt && outranks(before, readAt, now);
}

/** What the newer reading says stays; what the older one found besides may bear on the cluster all the same. */
function besideNewer(before: ClusterState, { dependencies }: Links): ClusterState {
  const all = [...new Set([...before.dependencies, ...dependencies])].toSorted();
  return { ...before, dependencies: all };
}

function inShort({ checkId, kind, severity, exempt, summary }: VerdictReport): KeptVerdict {
  const said = kind === 'unknown' ? { summary } : {};
  return { checkId, kind, severity, isExempt: exempt !== null, ...said };
}

function changeOf(
  before: ClusterState | undefined,
  { id: cluster, dependencies: after }: ClusterState,
): DependencyChange {
  return { cluster, before: before?.dependencies ?? [], after };
}

/**
 * Forgets a cluster, unless somebody has written it since it was read: then it stays with what it
 * depends on. Returns whether it is gone.
 */
export async function dropCluster(
  { clusters, dependencies }: Stores,
  { value: { id: cluster, dependencies: before }, version }: Kept<ClusterState>,
): Promise<boolean> {
  await dependencies.replace([{ cluster, before, after: [] }]);
  try {
    await clusters.remove(cluster, version);
    return true;
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
    const after = (await clusters.get(cluster))?.value.dependencies ?? [];
    await dependencies.replace([{ cluster, before: [], after }]);
    return false;
  }
}

/**
 * Changes what is kept of a cluster, whoever else does so at the same time; `change` may return
 * undefined to leave it as it is, and is called again where somebody was quicker.
 */
export async function changeCluster(
  clusters: ClusterStore,
  id: ResourceId,
  change: (
    before: ClusterState | undefined,
  ) => Promise<ClusterState | undefined> | ClusterState | undefined,
): Promise<ClusterState | undefined> {
  for (let attempt = 1; ; attempt += 1) {
    const kept = await clusters.get(id);
    const after = await change(kept?.value);
    if (after === undefined) return kept?.value;
    try {
      await clusters.put(after, kept?.version);
      return after;
    } catch (error) {
      if (!(error instanceof ConflictError) || attempt === attempts) throw error;
    }
  }
}
