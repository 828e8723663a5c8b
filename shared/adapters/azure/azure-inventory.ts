import { findClusters, nodeGroupOf } from '../../facts/find-clusters.ts';
import { denyAssignmentRow } from '../../facts/rows/deny-assignment.ts';
import { managedClusterRow } from '../../facts/rows/managed-cluster.ts';
import { parseRow } from '../../facts/rows/parse-row.ts';
import { subscriptionRow } from '../../facts/rows/subscription.ts';
import { readComputes as readComputeFacts } from '../../facts/computes.ts';
import { rowReader } from '../../facts/row-reader.ts';
import { isTenantWide, subscriptionGuid } from '../../inventory/coverage.ts';
import { type InventorySnapshot, snapshotOf } from '../../inventory/inventory-snapshot.ts';
import type { ResourceType } from '../../inventory/resource-types.ts';
import {
  type ResourceId,
  nameOf,
  parentOf,
  resourceId,
  subscriptionIdOf,
} from '../../model/resource-id.ts';
import type { Gap, Inventory, Row, Scope } from '../../ports.ts';
import {
  type Denials,
  networkGroupsOf,
  readAccessRows,
  readDenyAssignments,
} from './access-rows.ts';
import type { AzureClients, ResourceGraphQuery } from './azure-clients.ts';
import { type GraphRoots, readClusterGraph, readContainerGroups } from './cluster-graph-rows.ts';
import { readComputes } from './compute-rows.ts';
import { adminRulesQuery, extensionsQuery, rootsQuery, subscriptionsQuery } from './queries.ts';
import { readOwnershipRows } from './ownership-rows.ts';
import { readCoverage } from './read-coverage.ts';
import { type Reading, newReading } from './reading.ts';
import { type ResourceReads, indexedReads } from './resource-reads.ts';
import { readTrustedAccessRows } from './trusted-access-rows.ts';

/** Nothing at all could be read: there is nothing to report on. */
class NothingReadableError extends Error {
  override readonly name = 'NothingReadableError';
}

export interface AzureInventoryOptions {
  /** Whose resources are read: clusters that serve Azure ML, or every AKS cluster's. */
  readonly clusters: 'inference' | 'all';
  /** Object ids whose role assignments are read beside the clusters' own: who deploys. */
  readonly principals?: readonly string[];
  /** Told now and then how many rows have come. */
  readonly onRows?: (rows: number) => void;
}

export interface AzureInventory extends Inventory {
  /** After a read: the GUIDs of the subscriptions in which what is absent, and no gap, does not exist. */
  subscriptions(): readonly string[];
}

const subscriptionsType = 'microsoft.resources/subscriptions';
const tagsType = 'microsoft.network/servicetags';
const clustersType = 'microsoft.containerservice/managedclusters';
const workspacesType = 'microsoft.machinelearningservices/workspaces';
/** The roots that one query answers; computes come from their workspaces, extensions by a query of their own. */
const queriedRoots: readonly ResourceType[] = [
  clustersType,
  workspacesType,
  'microsoft.machinelearningservices/workspaces/onlineendpoints',
];

/**
 * What a live tenant holds of the clusters in scope: the clusters and what attaches them to Azure ML
 * first, then what those refer to, then who may do what there. Whatever could not be read comes out as
 * a gap. `read` throws `SignInError` where nobody is signed in, `NothingReadableError` where the one
 * who is sees no subscription.
 */
export function azureInventory(
  clients: AzureClients,
  options: AzureInventoryOptions,
): AzureInventory {
  let covered: readonly string[] = [];
  async function* read(types: readonly ResourceType[], scope: Scope): AsyncGenerator<Row | Gap> {
    const reading = newReading(clients, types, options.onRows ?? (() => {}));
    const concerned = await readEverything(reading, scope, options);
    covered = [...concerned].toSorted();
    for (const row of reading.rows.values()) {
      // What came along from elsewhere says nothing of what else is there.
      const subscription = isTenantWide(row.type) ? undefined : subscriptionIdOf(row.id);
      if (subscription === undefined || concerned.has(subscription)) yield row;
    }
    yield* reading.gaps;
  }
  return { read, subscriptions: () => covered };
}

async function readEverything(
  reading: Reading,
  scope: Scope,
  options: AzureInventoryOptions,
): Promise<ReadonlySet<string>> {
  const visible = await readSubscriptions(reading);
  await readRoots(reading, scope);
  await readComputes(reading);
  const roots = graphRoots(reading, options.clusters);
  const concerned = await readAround(reading, roots, options, indexedReads, {
    visible: new Set(visible.keys()),
    alsoConcerned: subscriptionsInScope(visible, scope),
    covered: new Set(),
  });
  await readTenantRows(reading, [...visible.keys()][0], clustersIn(roots), indexedReads);
  return concerned;
}

/** What is known of subscriptions before their clusters are read. */
interface KnownSubscriptions {
  readonly visible: ReadonlySet<string>;
  /** Those of which absence is to prove something, besides those that rows lie in. */
  readonly alsoConcerned: readonly string[];
  /** Those whose deny assignments, and what the reader may see there, have been read. */
  readonly covered: ReadonlySet<string>;
}

/** Everything that bears on the clusters among the roots; the subscriptions that this concerns. */
export async function readAround(
  reading: Reading,
  roots: GraphRoots,
  options: AzureInventoryOptions,
  reads: ResourceReads,
  { visible, alsoConcerned, covered }: KnownSubscriptions,
): Promise<ReadonlySet<string>> {
  const named = await readClusterGraph(reading, roots, reads);
  const audited = clustersIn(roots);
  const workspaces = roots.rows.filter(({ type }) => type === workspacesType);
  await readContainerGroups(reading, workspaces, reads);
  await readTrustedAccessRows(reading, audited);
  await readOwnershipRows(reading);
  const concerned = new Set([
    ...alsoConcerned,
    ...[...roots.rows.map(({ id }) => id), ...named].flatMap((id) => subscriptionIdOf(id) ?? []),
  ]);
  const unasked = new Set([...concerned].filter((subscription) => !covered.has(subscription)));
  const denials = await readDenials(reading, unasked, visible);
  const networks = networkGroupsOf([...roots.rows.map(({ id }) => id), ...named]);
  await readAccessRows(reading, audited, options.principals ?? [], networks, denials.found, reads);
  await readCoverage(reading, unasked, visible, denials);
  return concerned;
}

/** The deny assignments in these subscriptions, and those that were read before. */
export async function readDenials(
  reading: Reading,
  subscriptions: ReadonlySet<string>,
  visible: ReadonlySet<string>,
): Promise<Denials> {
  const seen = [...subscriptions].filter((subscription) => visible.has(subscription)).toSorted();
  const before = [...reading.rows.values()].flatMap((row) => {
    if (row.type !== 'microsoft.authorization/denyassignments') return [];
    const parsed = parseRow(denyAssignmentRow, row);
    return parsed.known ? [parsed.value] : [];
  });
  const { found, unread } = await readDenyAssignments(reading, seen);
  return { found: [...before, ...found], unread };
}

/** The clusters among the roots. */
export function clustersIn({ rows }: GraphRoots): readonly Row[] {
  return rows.filter(({ type }) => type === clustersType);
}

/** Every subscription that the reader sees, by GUID: networks of hubs may lie outside the scope. */
export async function readSubscriptions(reading: Reading): Promise<ReadonlyMap<string, Row>> {
  const gapsBefore = reading.gaps.length;
  const rows = await reading.query({ query: subscriptionsQuery() }, [
    { type: subscriptionsType, scope: '/', what: 'subscriptions' },
  ]);
  if (rows.length === 0) {
    const why = reading.gaps[gapsBefore]?.why ?? 'whoever is signed in sees no subscription';
    throw new NothingReadableError(`nothing can be read from ${reading.clients.cloud.arm}: ${why}`);
  }
  return new Map(rows.map((row) => [nameOf(row.id), row]));
}

/** The clusters in scope and what attaches them to Azure ML. */
export async function readRoots(reading: Reading, scope: Scope): Promise<void> {
  const place = placeOf(scope);
  const hidden = hiddenPlaces(scope);
  const query = (text: string, types: readonly ResourceType[]) =>
    reading.query(
      { query: text, ...place },
      hidden.flatMap((at) => types.map((type) => ({ type, scope: at, what: `rows of ${type}` }))),
    );
  await query(rootsQuery(queriedRoots), [...queriedRoots, 'microsoft.network/publicipaddresses']);
  await query(extensionsQuery(), ['microsoft.kubernetesconfiguration/extensions']);
}

/** The clusters to audit with their workspaces and computes, by the same reading of the rows as the audit's own. */
export function graphRoots(
  reading: Reading,
  clusters: AzureInventoryOptions['clusters'],
): GraphRoots {
  const snapshot = snapshotOf(reading.rows.values());
  return rootsOf(
    findClusters(snapshot, clusters).clusters.map(({ id }) => id),
    snapshot,
  );
}

/** The same for clusters that are known, whatever else was read. */
export function rootsOfClusters(reading: Reading, clusters: readonly ResourceId[]): GraphRoots {
  return rootsOf(clusters, snapshotOf(reading.rows.values()));
}

function rootsOf(clusters: readonly ResourceId[], snapshot: InventorySnapshot): GraphRoots {
  const audited = clusters.flatMap((id) => snapshot.get(id) ?? []);
  const computes = computesOn(new Set(audited.map(({ id }) => id)), snapshot);
  const workspaces = new Set(computes.map(({ id }) => parentOf(id)));
  return {
    rows: [...audited, ...computes, ...[...workspaces].flatMap((id) => snapshot.get(id) ?? [])],
    nodeGroups: audited.flatMap((row) => nodeGroupOfRow(row) ?? []),
  };
}

function computesOn(
  clusters: ReadonlySet<ResourceId>,
  snapshot: InventorySnapshot,
): readonly Row[] {
  const computes = readComputeFacts(rowReader(snapshot));
  return [...clusters].flatMap((cluster) =>
    computes.seenOf(cluster).flatMap(({ id }) => snapshot.get(id) ?? []),
  );
}

function nodeGroupOfRow(row: Row): ResourceId | undefined {
  const parsed = parseRow(managedClusterRow, row);
  return parsed.known ? nodeGroupOf(row.id, parsed.value.properties.nodeResourceGroup) : undefined;
}

/** What is the same for all clusters: security admin rules, exemptions, and the service tag list. */
export async function readTenantRows(
  reading: Reading,
  subscription: string | undefined,
  clusters: readonly Row[],
  reads: ResourceReads,
): Promise<void> {
  const rulesType = 'microsoft.network/effectivesecurityadminrules';
  if (reading.wants(rulesType)) {
    const hidden = { type: rulesType, scope: '/', what: `rows of ${rulesType}` } as const;
    await reading.query({ query: adminRulesQuery() }, [hidden]);
  }
  if (reading.wants('microsoft.authorization/policyexemptions') && subscription !== undefined) {
    await reads.exemptions(reading, subscription);
  }
  const region = clusters[0]?.body['location'];
  if (!reading.wants(tagsType) || subscription === undefined || typeof region !== 'string') return;
  const list = await reading.attempt(
    () => reading.clients.serviceTags(subscription, region),
    [{ type: tagsType, scope: '/', what: 'the service tag list' }],
  );
  if (list !== undefined) {
    const id = `/subscriptions/${subscription}/providers/Microsoft.Network/serviceTags/${region}`;
    reading.take({ id, ...list }, tagsType);
  }
}

/** Where Resource Graph is to look for a scope. */
export function placeOf(
  scope: Scope,
): Pick<ResourceGraphQuery, 'subscriptions' | 'managementGroups'> {
  // Resource Graph takes one of the two lists; subscriptions are the narrower.
  if (scope.subscriptions !== undefined) {
    return { subscriptions: scope.subscriptions.map(subscriptionGuid) };
  }
  return scope.managementGroups === undefined
    ? {}
    : { managementGroups: scope.managementGroups.map((group) => nameOf(resourceId(group))) };
}

/** Where something is hidden when a query over the scope fails. */
function hiddenPlaces(scope: Scope): readonly string[] {
  return scope.subscriptions?.map((one) => `/subscriptions/${subscriptionGuid(one)}`) ?? ['/'];
}

export function subscriptionsInScope(
  visible: ReadonlyMap<string, Row>,
  scope: Scope,
): readonly string[] {
  if (scope.subscriptions !== undefined) return scope.subscriptions.map(subscriptionGuid);
  const { managementGroups } = scope;
  if (managementGroups === undefined) return [...visible.keys()];
  const wanted = new Set(managementGroups.map((group) => nameOf(resourceId(group))));
  return [...visible].flatMap(([guid, row]) => {
    const parsed = parseRow(subscriptionRow, row);
    const above = parsed.known ? parsed.value.properties.managementGroupAncestorsChain : [];
    return above.some((group) => wanted.has(nameOf(group))) ? [guid] : [];
  });
}
