import type { ResourceId } from '../model/resource-id.ts';
import {
  type Known,
  type Listing,
  type Missing,
  foundIn,
  known,
  listing,
  unknown,
} from '../model/verdict.ts';
import type { Computes } from './computes.ts';
import type { PrivateEndpoint, Registry, Workspace } from './inference-cluster.ts';
import { missingOf, type RowReader } from './row-reader.ts';
import { networkInterfaceRow } from './rows/network-interface.ts';
import { privateEndpointRow } from './rows/private-endpoint.ts';
import { registryRow } from './rows/registry.ts';
import { type WorkspaceRow, workspaceRow } from './rows/workspace.ts';

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

function readWorkspace(reader: RowReader, id: ResourceId): Known<Workspace> {
  const row = reader.follow(workspaceRow, id, 'workspace');
  if (!row.known) return row;
  const { location, properties } = row.value;
  if (location === undefined) {
    return noRegion('the workspace', id);
  }
  return known({
    id,
    location,
    ...(properties.hubResourceId === undefined ? {} : { hubId: properties.hubResourceId }),
    registry: registryOf(reader, properties),
  });
}

/**
 * The workspace's registry; a project without one of its own uses its hub's.
 * Source: learn.microsoft.com/azure/machine-learning/concept-hub-workspace.
 */
function registryOf(
  reader: RowReader,
  { containerRegistry, hubResourceId }: WorkspaceRow['properties'],
): Known<Registry | null> {
  if (containerRegistry !== undefined) return readRegistry(reader, containerRegistry);
  if (hubResourceId === undefined) return known(null);
  const hub = reader.follow(workspaceRow, hubResourceId, 'hub workspace');
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
  const approved = properties.privateEndpointConnections.flatMap((connection) =>
    connection.properties?.privateLinkServiceConnectionState?.status === 'approved'
      ? (connection.properties.privateEndpoint ?? [])
      : [],
  );
  return known({
    id,
    location,
    privateEndpoints: allKnown(approved.map((one) => readPrivateEndpoint(reader, one))),
  });
}

function noRegion(of: string, scope: ResourceId): Known<never> {
  return unknown({ what: `region of ${of}`, scope, why: 'location is absent', gap: true });
}

function readPrivateEndpoint(reader: RowReader, id: ResourceId): Known<PrivateEndpoint> {
  const row = reader.follow(privateEndpointRow, id, 'private endpoint');
  if (!row.known) return row;
  const { subnet, networkInterfaces, customDnsConfigs } = row.value.properties;
  const listed = customDnsConfigs.flatMap(({ ipAddresses }) => ipAddresses);
  const read = allKnown(
    networkInterfaces.map((one) =>
      reader.follow(networkInterfaceRow, one, 'network interface of the private endpoint'),
    ),
  );
  const ofInterfaces = foundIn(read).flatMap(({ properties }) =>
    properties.ipConfigurations.flatMap((one) => one.properties?.privateIPAddress ?? []),
  );
  const addresses = [...new Set([...ofInterfaces, ...listed])];
  return known({
    id,
    subnetId: subnet,
    addresses:
      addresses.length > 0
        ? known(addresses)
        : unknown(
            {
              what: 'addresses of the private endpoint',
              scope: id,
              why: 'no resource lists them',
              gap: true,
            },
            ...(read.known ? [] : read.missing),
          ),
  });
}

function allKnown<T>(values: readonly Known<T>[]): Listing<T> {
  const found: T[] = [];
  const missing: Missing[] = [];
  for (const value of values) {
    if (value.known) found.push(value.value);
    else missing.push(...value.missing);
  }
  return listing(found, missing);
}
