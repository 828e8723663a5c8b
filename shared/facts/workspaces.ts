import type { ResourceId } from '../model/resource-id.ts';
import { type Known, type Missing, known, unknown } from '../model/verdict.ts';
import type { Computes } from './computes.ts';
import type { PrivateEndpoint, Registry, Workspace } from './inference-cluster.ts';
import type { RowReader } from './row-reader.ts';
import { networkInterfaceRow } from './rows/network-interface.ts';
import { privateEndpointRow } from './rows/private-endpoint.ts';
import { registryRow } from './rows/registry.ts';
import { workspaceRow } from './rows/workspace.ts';

/** The workspaces whose computes point at the cluster, in the order of their ids. */
export function readWorkspaces(
  reader: RowReader,
  computes: Computes,
  cluster: ResourceId,
): Known<readonly Workspace[]> {
  const own = computes.of(cluster);
  if (!own.known) return own;
  const ids = [...new Set(own.value.map(({ workspaceId }) => workspaceId))].toSorted();
  return allKnown(ids.map((id) => readWorkspace(reader, id)));
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
    registry:
      properties.containerRegistry === undefined
        ? known(null)
        : readRegistry(reader, properties.containerRegistry),
  });
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
  const ofInterfaces = read.known
    ? read.value.flatMap(({ properties }) =>
        properties.ipConfigurations.flatMap((one) => one.properties?.privateIPAddress ?? []),
      )
    : [];
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

function allKnown<T>(values: readonly Known<T>[]): Known<readonly T[]> {
  const found: T[] = [];
  const missing: Missing[] = [];
  for (const value of values) {
    if (value.known) found.push(value.value);
    else missing.push(...value.missing);
  }
  return missing.length > 0 ? unknown(...missing) : known(found);
}
