import type { InventorySnapshot } from '../inventory/inventory-snapshot.ts';
import type { ComputeType } from '../model/check.ts';
import { type ResourceId, parentOf, subscriptionIdOf } from '../model/resource-id.ts';
import { type Known, type Missing, known, unknown } from '../model/verdict.ts';
import { missingOf, rowReader, type RowReader } from './row-reader.ts';
import { type ComputeRow, computeRow } from './rows/compute.ts';

const computesType = 'microsoft.machinelearningservices/workspaces/computes';

/** A compute of Azure ML that points at an AKS cluster. */
export interface Compute {
  readonly id: ResourceId;
  readonly workspaceId: ResourceId;
  readonly type: ComputeType;
  readonly clusterId: ResourceId;
  readonly row: ComputeRow;
}

export interface Computes {
  readonly all: readonly Compute[];
  readonly byId: ReadonlyMap<ResourceId, Compute>;
  /** Computes of a Kubernetes that is no AKS cluster. */
  readonly elsewhere: readonly { readonly id: ResourceId; readonly why: string }[];
  /** Every compute that points at the cluster; unknown unless all that could were read. */
  of(clusterId: ResourceId): Known<readonly Compute[]>;
  /** Those that were read, whether or not others could not be. */
  seenOf(clusterId: ResourceId): readonly Compute[];
  /** What was not understood in any of them: a cluster may hide behind it. */
  readonly misread: readonly Missing[];
}

const kept = new WeakMap<InventorySnapshot, Computes>();

/** {@link readComputes} of a snapshot, made once: each of its clusters asks for its own. */
export function computesIn(snapshot: InventorySnapshot): Computes {
  const before = kept.get(snapshot);
  if (before !== undefined) return before;
  const made = readComputes(rowReader(snapshot));
  kept.set(snapshot, made);
  return made;
}

const types: ReadonlyMap<string, ComputeType> = new Map([
  ['aks', 'AKS'],
  ['kubernetes', 'Kubernetes'],
]);

/**
 * The computes of every workspace read. Azure ML attaches only clusters of the workspace's own
 * subscription, so those of the cluster's subscription are all that could point at it.
 * Source: learn.microsoft.com/azure/machine-learning/how-to-deploy-kubernetes-extension.
 */
export function readComputes(reader: RowReader): Computes {
  const all: Compute[] = [];
  const elsewhere: { id: ResourceId; why: string }[] = [];
  const missed = new Map<string, Missing[]>();
  function miss(id: ResourceId, missing: readonly Missing[]): void {
    const subscription = subscriptionIdOf(id) ?? '';
    missed.set(subscription, [...(missed.get(subscription) ?? []), ...missing]);
  }
  for (const row of reader.snapshot.rowsOf(computesType)) {
    const parsed = reader.read(computeRow, row);
    if (!parsed.known) {
      miss(row.id, parsed.missing);
      continue;
    }
    const { computeType, resourceId } = parsed.value.properties;
    const type = types.get(computeType);
    if (type === undefined) continue;
    if (resourceId === undefined) {
      miss(row.id, [
        {
          what: 'cluster of the compute',
          scope: row.id,
          why: 'properties.resourceId is absent',
          gap: true,
        },
      ]);
    } else if (resourceId.includes('/microsoft.containerservice/managedclusters/')) {
      all.push({
        id: row.id,
        workspaceId: parentOf(row.id),
        type,
        clusterId: resourceId,
        row: parsed.value,
      });
    } else {
      elsewhere.push({ id: row.id, why: `runs on ${resourceId}, which is no AKS cluster` });
    }
  }
  // Sentences name them in this order, whatever the order of the rows.
  all.sort((a, b) => (a.id < b.id ? -1 : 1));
  const byCluster = Map.groupBy(all, (compute) => compute.clusterId);
  return {
    all,
    byId: new Map(all.map((compute) => [compute.id, compute])),
    elsewhere,
    misread: [...missed.values()].flat(),
    seenOf: (clusterId) => byCluster.get(clusterId) ?? [],
    of: (clusterId) => {
      const subscription = subscriptionIdOf(clusterId) ?? '';
      const missing = [
        ...missingOf(reader.snapshot.wasRead(computesType, subscription)),
        ...(missed.get(subscription) ?? []),
      ];
      return missing.length > 0 ? unknown(...missing) : known(byCluster.get(clusterId) ?? []);
    },
  };
}
