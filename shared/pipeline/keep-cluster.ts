import { tagOf } from '../facts/rows/tags.ts';
import type { InventorySnapshot } from '../inventory/inventory-snapshot.ts';
import { type ResourceId, resourceId } from '../model/resource-id.ts';
import type { ClusterReport } from '../reports/report.ts';
import { type ClusterState, type ClusterStore, ConflictError } from '../store-ports.ts';
import { modeTag } from '../settings/effective-mode.ts';
import { linksOf } from './dependencies.ts';
import type { ServiceContext } from './service-context.ts';

const attempts = 20;

/**
 * Keeps what was seen of a cluster, and what it depends on. The dependencies come first: an event
 * that is told too often is harmless, one that finds nobody is lost.
 */
export async function keepCluster(
  { stores }: Pick<ServiceContext, 'stores'>,
  report: ClusterReport,
  snapshot: InventorySnapshot,
  seen: Required<Pick<ClusterState, 'readAt' | 'checkedBy'>>,
): Promise<void> {
  const id = resourceId(report.id);
  const { dependencies, workspaces: roots } = linksOf(snapshot, id);
  const modeGiven = tagOf(snapshot.get(id)?.body['tags'], modeTag);
  const tagged = modeGiven === undefined ? {} : { modeTag: modeGiven };
  await changeCluster(stores.clusters, id, async (before) => {
    await stores.dependencies.replace(id, before?.dependencies ?? [], dependencies);
    const { failed: _, modeTag: __, ...kept } = before ?? { id };
    // A workspace that an event has named may not be in what was read before it.
    const hinted = before?.pending === undefined ? [] : before.roots;
    const own = [...new Set([...roots, ...hinted])].toSorted();
    return { ...kept, report, ...seen, ...tagged, dependencies, roots: own };
  });
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
