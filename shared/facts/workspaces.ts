import { type ResourceId, resourceGroupIdOf } from '../model/resource-id.ts';
import { type Known, type Listing, foundIn, known, listing, unknown } from '../model/verdict.ts';
import type { Computes } from './computes.ts';
import type { Registry, Workspace } from './inference-cluster.ts';
import { type LinkedResource, linkedResource } from './linked-resources.ts';
import { allKnown, missingOf, type RowReader } from './row-reader.ts';
import { containerGroupRow } from './rows/container-group.ts';
import { guardedResourceRow } from './rows/guarded-resource.ts';
import { registryRow } from './rows/registry.ts';
import { type WorkspaceRow, workspaceRow } from './rows/workspace.ts';

const containerGroupsType = 'microsoft.containerinstance/containergroups';

/** The workspaces whose computes point at the cluster, in the order of their ids. */
export function readWorkspaces(
  reader: RowReader,
  computes: Computes,
  cluster: ResourceId,
): Listing<Workspace> {
  const own = computes.of(cluster);
  const seen = computes.seenOf(cluster).map(({ workspaceId }) => workspaceId);
  const read = allKnown([...new Set(seen)].toSorted().map((id) => readWorkspace(reader, id)));
  return listing(foundIn(read), [...missingOf(own), ...(read.known ? [] : read.missing)]);
}

/**
 * A project has no private endpoint of its own and lives by the network settings and the resources of
 * its hub. Source: learn.microsoft.com/azure/machine-learning/concept-hub-workspace.
 */
function readWorkspace(reader: RowReader, id: ResourceId): Known<Workspace> {
  const row = reader.follow(workspaceRow, id, 'workspace');
  if (!row.known) return row;
  const { location, properties } = row.value;
  if (location === undefined) {
    return noRegion('the workspace', id);
  }
  const { hubResourceId: hubId } = properties;
  const hub = hubId === undefined ? undefined : reader.follow(workspaceRow, hubId, 'hub workspace');
  const named = { id, hub, properties };
  return known({
    id,
    location,
    ...(hubId === undefined ? {} : { hubId }),
    entrance: entranceOf(reader, id, row.value, hubId, hub),
    storage: resourceOf(named, 'storageAccount', (one) =>
      readGuarded(reader, one, 'storage account'),
    ),
    vault: resourceOf(named, 'keyVault', (one) => readGuarded(reader, one, 'key vault')),
    registry: registryOf(reader, named),
    containerGroups: containerGroupsBeside(reader, id),
  });
}

function readGuarded(reader: RowReader, id: ResourceId, what: string): Known<LinkedResource> {
  const row = reader.follow(guardedResourceRow, id, what);
  return row.known ? known(linkedResource(reader, id, row.value.properties)) : row;
}

interface NamedByWorkspace {
  readonly id: ResourceId;
  /** Undefined where the workspace is no project. */
  readonly hub: Known<WorkspaceRow> | undefined;
  readonly properties: WorkspaceRow['properties'];
}

/** Models that v1 deploys to Azure Container Instances lie in the workspace's resource group. */
function containerGroupsBeside(
  reader: RowReader,
  workspace: ResourceId,
): Workspace['containerGroups'] {
  const group = resourceGroupIdOf(workspace) ?? workspace;
  const { found, missing } = reader.all(containerGroupRow, containerGroupsType, group);
  return listing(
    found.map(({ row: { id }, value: { properties } }) => ({ id, ...properties })),
    [...missingOf(reader.snapshot.wasReadWithin(containerGroupsType, group)), ...missing],
  );
}

/** What leads into the workspace: its own endpoints, or those of its hub. */
function entranceOf(
  reader: RowReader,
  id: ResourceId,
  row: WorkspaceRow,
  hubId: ResourceId | undefined,
  hub: Known<WorkspaceRow> | undefined,
): Known<LinkedResource> {
  if (hubId === undefined || hub === undefined) return known(entrance(reader, id, row));
  return hub.known ? known(entrance(reader, hubId, hub.value)) : hub;
}

function entrance(reader: RowReader, id: ResourceId, { properties }: WorkspaceRow): LinkedResource {
  const { publicNetworkAccess, allowPublicAccessWhenBehindVnet, privateEndpointConnections } =
    properties;
  const isApproved = privateEndpointConnections.some(({ status }) => status === 'approved');
  // Before there was `publicNetworkAccess`, a private endpoint closed the workspace unless this flag was set.
  const closedByEndpoint = isApproved && allowPublicAccessWhenBehindVnet === false;
  const access = publicNetworkAccess ?? (closedByEndpoint ? 'disabled' : undefined);
  return linkedResource(
    reader,
    id,
    { publicNetworkAccess: access, acls: undefined, connections: privateEndpointConnections },
    'amlworkspace',
  );
}

function resourceOf<T>(
  { id, hub, properties }: NamedByWorkspace,
  member: 'storageAccount' | 'keyVault',
  read: (id: ResourceId) => Known<T>,
): Known<T> {
  const own = properties[member];
  if (own !== undefined) return read(own);
  if (hub !== undefined && !hub.known) return hub;
  const shared = hub?.value.properties[member];
  return shared === undefined
    ? unknown({
        what: `${member} of the workspace`,
        scope: id,
        why: 'neither the workspace nor a hub names one, and every workspace has one',
        gap: true,
      })
    : read(shared);
}

/** The workspace's registry; it has none until the first image is built. */
function registryOf(
  reader: RowReader,
  { hub, properties: { containerRegistry } }: NamedByWorkspace,
): Known<Registry | null> {
  if (containerRegistry !== undefined) return readRegistry(reader, containerRegistry);
  if (hub === undefined) return known(null);
  if (!hub.known) return hub;
  const shared = hub.value.properties.containerRegistry;
  return shared === undefined ? known(null) : readRegistry(reader, shared);
}

function readRegistry(reader: RowReader, id: ResourceId): Known<Registry> {
  const row = reader.follow(registryRow, id, 'container registry');
  if (!row.known) return row;
  const { location, properties } = row.value;
  if (location === undefined) {
    return noRegion('the registry', id);
  }
  const { loginServer, publicNetworkAccess, networkRuleSet, privateEndpointConnections } =
    properties;
  const hasDataEndpoint = properties.dataEndpointEnabled === true;
  return known({
    ...linkedResource(reader, id, {
      publicNetworkAccess,
      acls: networkRuleSet,
      connections: privateEndpointConnections,
    }),
    location,
    hasDataEndpoint,
    ...(loginServer === undefined ? {} : { loginServer }),
  });
}

function noRegion(of: string, scope: ResourceId): Known<never> {
  return unknown({ what: `region of ${of}`, scope, why: 'location is absent', gap: true });
}
