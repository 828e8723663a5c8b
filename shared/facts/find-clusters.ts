import type { InventorySnapshot } from '../inventory/inventory-snapshot.ts';
import {
  type ResourceId,
  resourceGroupIdOf,
  resourceId,
  subscriptionIdOf,
} from '../model/resource-id.ts';
import type { Missing } from '../model/verdict.ts';
import { type Computes, readComputes } from './computes.ts';
import type { KnownBy } from './inference-cluster.ts';
import { notRead, type RowReader, rowReader } from './row-reader.ts';
import { type ExtensionRow, extensionRow } from './rows/extension.ts';
import { managedClusterRow } from './rows/managed-cluster.ts';
import { onlineEndpointRow } from './rows/online-endpoint.ts';
import { publicIpRow } from './rows/public-ip.ts';
import { tagOf } from './rows/tags.ts';

const clustersType = 'microsoft.containerservice/managedclusters';
const endpointsType = 'microsoft.machinelearningservices/workspaces/onlineendpoints';
const publicIpsType = 'microsoft.network/publicipaddresses';
const extensionsType = 'microsoft.kubernetesconfiguration/extensions';
const amlExtension = 'microsoft.azureml.kubernetes';

/** A cluster that serves Azure ML, and the paths by which we know. */
export interface FoundCluster {
  readonly id: ResourceId;
  readonly knownBy: readonly KnownBy[];
}

export interface FoundClusters {
  /** In the order of their ids. */
  readonly clusters: readonly FoundCluster[];
  readonly outOfScope: readonly { readonly id: ResourceId; readonly why: string }[];
  /** Clusters that something points at and that were not read, and {@link misread}. */
  readonly missing: readonly Missing[];
  /** What was not understood in rows that may show that a cluster serves Azure ML. */
  readonly misread: readonly Missing[];
}

/** The AKS clusters that serve Azure ML, or with `all` every one. */
export function findClusters(
  snapshot: InventorySnapshot,
  clusters: 'inference' | 'all',
): FoundClusters {
  const reader = rowReader(snapshot);
  const computes = readComputes(reader);
  const known = readKnownBy(reader, computes);
  const rows = snapshot.rowsOf(clustersType);
  const ids = new Set(rows.map((row) => row.id));
  const notUnderstood = [...computes.misread, ...misread(reader)];
  return {
    clusters: rows
      .filter((row) => clusters === 'all' || known.has(row.id))
      .map((row) => ({ id: row.id, knownBy: knownByOf(known, row.id) }))
      .toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    outOfScope: computes.elsewhere,
    missing: [
      ...[...known.keys()]
        .filter((id) => !ids.has(id))
        .toSorted()
        .map((id) => notRead('AKS cluster', id)),
      ...notUnderstood,
    ],
    misread: notUnderstood,
  };
}

function misread(reader: RowReader): readonly Missing[] {
  return [
    ...reader.all(onlineEndpointRow, endpointsType).missing,
    ...reader.all(extensionRow, extensionsType).missing,
    ...reader.all(publicIpRow, publicIpsType).missing,
    ...reader.all(managedClusterRow, clustersType).missing,
  ];
}

/** Why a cluster is audited; settings ask for it where nothing else shows it to serve Azure ML. */
export function knownByOf(
  known: ReadonlyMap<ResourceId, readonly KnownBy[]>,
  id: ResourceId,
): readonly KnownBy[] {
  return known.get(id) ?? [{ kind: 'scope', id }];
}

/** Everything that shows a cluster to serve Azure ML, by cluster. */
export function readKnownBy(
  reader: RowReader,
  computes: Computes,
): ReadonlyMap<ResourceId, readonly KnownBy[]> {
  const known = new Map<ResourceId, KnownBy[]>();
  function add(cluster: ResourceId, kind: KnownBy['kind'], id: ResourceId): void {
    const paths = known.get(cluster) ?? [];
    paths.push({ kind, id });
    known.set(cluster, paths);
  }
  for (const compute of computes.all) add(compute.clusterId, 'mlCompute', compute.id);
  for (const { row, value } of reader.all(onlineEndpointRow, endpointsType).found) {
    const compute = value.properties.compute;
    const cluster = compute === undefined ? undefined : computes.byId.get(compute)?.clusterId;
    if (cluster !== undefined) add(cluster, 'onlineEndpoint', row.id);
  }
  for (const { row, value } of reader.all(extensionRow, extensionsType).found) {
    const cluster = clusterAbove(row.id);
    if (cluster !== undefined && value.properties.type === amlExtension) {
      add(cluster, 'extension', row.id);
    }
  }
  const byNodeGroup = new Map<ResourceId, ResourceId>();
  for (const row of reader.snapshot.rowsOf(clustersType)) {
    const cluster = reader.read(managedClusterRow, row);
    const group = cluster.known
      ? nodeGroupOf(row.id, cluster.value.properties.nodeResourceGroup)
      : undefined;
    if (group !== undefined) byNodeGroup.set(group, row.id);
  }
  for (const { row, value } of reader.all(publicIpRow, publicIpsType).found) {
    const group = resourceGroupIdOf(row.id);
    const cluster = group === undefined ? undefined : byNodeGroup.get(group);
    if (cluster !== undefined && belongsToScoring(value.tags)) add(cluster, 'publicIp', row.id);
  }
  for (const row of reader.snapshot.rowsOf(clustersType)) {
    if (tagOf(row.body['tags'], 'portcullis:inference')?.toLowerCase() === 'true') {
      add(row.id, 'tag', row.id);
    }
  }
  return known;
}

/** The resource group that AKS manages for the cluster, as a scope. */
export function nodeGroupOf(
  cluster: ResourceId,
  nodeResourceGroup: string | undefined,
): ResourceId | undefined {
  const subscription = subscriptionIdOf(cluster);
  return nodeResourceGroup === undefined || subscription === undefined
    ? undefined
    : resourceId(`/subscriptions/${subscription}/resourcegroups/${nodeResourceGroup}`);
}

/** Azure ML's extensions on the cluster. */
export function amlExtensionsOf(reader: RowReader, cluster: ResourceId): readonly ExtensionRow[] {
  return reader
    .all(extensionRow, extensionsType, cluster)
    .found.map(({ value }) => value)
    .filter((extension) => extension.properties.type === amlExtension);
}

/**
 * Whether a public IP address carries Azure ML's scoring service. AKS tags it with the services that
 * own it, `namespace/name` and several by comma. Source: kubernetes-sigs/cloud-provider-azure,
 * pkg/consts/consts.go.
 */
export function belongsToScoring(tags: unknown): boolean {
  return ['k8s-azure-service', 'service'].some((name) =>
    /(?:^|,)\s*[^/,]+\/azureml-fe(?:-v2)?\s*(?:,|$)/.test(tagOf(tags, name) ?? ''),
  );
}

function clusterAbove(extension: ResourceId): ResourceId | undefined {
  const end = extension.indexOf('/providers/microsoft.kubernetesconfiguration/');
  const above = end < 0 ? '' : extension.slice(0, end);
  return above.includes('/microsoft.containerservice/managedclusters/')
    ? resourceId(above)
    : undefined;
}
