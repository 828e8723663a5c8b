import { resourceId } from '../model/resource-id.ts';
import type { ClusterState, ClusterStore } from '../store-ports.ts';

/** A cluster as it was last seen, and whether somebody is about to look again. */
export interface ListedCluster extends Pick<
  ClusterState,
  'id' | 'readAt' | 'checkedBy' | 'failed' | 'report'
> {
  /** Since when a check is waited for, and when it is due. */
  readonly pending?: { readonly firstEventAt: string; readonly dueAt: string };
}

export interface ClustersPage {
  readonly clusters: readonly ListedCluster[];
  /** Where the rest begins; null at the end. */
  readonly next: string | null;
}

const onAPage = 200;

/** The next page of the clusters that are known. */
export async function clustersPage(store: ClusterStore, from?: string): Promise<ClustersPage> {
  const { items, next } = await store.page(onAPage, from);
  return { clusters: items.map(listed), next: next ?? null };
}

/** The cluster of an id by itself, in the form of a page; empty where it is not known. */
export async function clusterOnAPage(store: ClusterStore, id: string): Promise<ClustersPage> {
  const kept = await store.get(resourceId(id));
  return { clusters: kept === undefined ? [] : [listed(kept.value)], next: null };
}

/** Without what is only for the service: on what the cluster depends, and what changed. */
function listed({ pending, ...state }: ClusterState): ListedCluster {
  const { dependencies: _, roots: __, modeTag: ___, ...shown } = state;
  if (pending === undefined) return shown;
  const { firstEventAt, dueAt } = pending;
  return { ...shown, pending: { firstEventAt, dueAt } };
}
