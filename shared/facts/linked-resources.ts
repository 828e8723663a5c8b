import type { ResourceId } from '../model/resource-id.ts';
import {
  type Known,
  type Listing,
  type Missing,
  foundIn,
  known,
  unknown,
} from '../model/verdict.ts';
import { allKnown, type RowReader } from './row-reader.ts';
import { networkInterfaceRow } from './rows/network-interface.ts';
import type { NetworkAclsRow } from './rows/network-acls.ts';
import type { PrivateEndpointConnectionRow } from './rows/private-endpoint-connections.ts';
import { privateEndpointRow } from './rows/private-endpoint.ts';

/** A resource that networks reach by private endpoints or by service endpoints. */
export interface LinkedResource {
  readonly id: ResourceId;
  /** Who reaches it past private endpoints and admitted subnets: the Internet, some addresses, or nobody. */
  readonly publicAccess: 'open' | 'selected' | 'off';
  /** Subnets that its rules admit by service endpoint; with public network access disabled no rule counts. */
  readonly admittedSubnets: readonly ResourceId[];
  /** Set where the row says that there are rules and not which subnets they admit. */
  readonly unseenRules: readonly Missing[];
  /** The private endpoints that somebody approved, read or not. */
  readonly approvedEndpoints: readonly ResourceId[];
  /** Those that wait for approval or were refused. */
  readonly otherEndpoints: readonly { readonly id: ResourceId; readonly status: string }[];
  /** The approved private endpoints, wherever they are. */
  readonly privateEndpoints: Listing<PrivateEndpoint>;
}

export interface PrivateEndpoint {
  readonly id: ResourceId;
  readonly subnetId: ResourceId;
  /** The parts of the resource that it leads to, lower-cased: `blob`, `vault`, … */
  readonly groups: readonly string[];
  /** Addresses of its network interface, where they could be read. */
  readonly addresses: Known<readonly string[]>;
}

/** What the row of a linked resource says of its networks, whatever its type. */
export interface LinkedResourceRow {
  readonly publicNetworkAccess: string | undefined;
  readonly acls: NetworkAclsRow | undefined;
  readonly connections: readonly PrivateEndpointConnectionRow[];
}

/**
 * The networks of one resource. `onlyGroup` is the part that every private endpoint of its kind leads
 * to: then a connection that names the subnet is enough.
 * Sources: learn.microsoft.com/azure/private-link/private-endpoint-overview,
 * …/azure/storage/common/storage-network-security
 */
export function linkedResource(
  reader: RowReader,
  id: ResourceId,
  { publicNetworkAccess, acls, connections }: LinkedResourceRow,
  onlyGroup?: string,
): LinkedResource {
  const isOff = publicNetworkAccess === 'disabled';
  const approved = connections.filter(({ status }) => status === 'approved');
  return {
    id,
    publicAccess: isOff ? 'off' : publicAccessOf(acls),
    admittedSubnets: isOff ? [] : (acls?.subnetIds ?? []),
    unseenRules: isOff || acls === undefined || acls.listsSubnets ? [] : [unseenRules(id)],
    approvedEndpoints: approved.flatMap(({ endpointId }) => endpointId ?? []),
    otherEndpoints: connections.flatMap(({ endpointId, status = 'of no known state' }) =>
      endpointId === undefined || status === 'approved' ? [] : [{ id: endpointId, status }],
    ),
    privateEndpoints: allKnown(
      approved.map((connection) => readPrivateEndpoint(reader, id, connection, onlyGroup)),
    ),
  };
}

/**
 * Newer versions of the API leave out the subnets that a registry admits by service endpoint, and
 * Resource Graph answers as the newest does.
 */
function unseenRules(scope: ResourceId): Missing {
  return {
    what: 'subnets that the network rules admit',
    scope,
    why: 'its row has network rules and does not list virtualNetworkRules',
  };
}

/** A firewall that denies by default and names no address lets in admitted subnets only. */
function publicAccessOf(acls: NetworkAclsRow | undefined): LinkedResource['publicAccess'] {
  if (acls?.deniesByDefault !== true) return 'open';
  return acls.admitsAddresses ? 'selected' : 'off';
}

function readPrivateEndpoint(
  reader: RowReader,
  target: ResourceId,
  { endpointId, subnetId }: PrivateEndpointConnectionRow,
  onlyGroup: string | undefined,
): Known<PrivateEndpoint> {
  if (endpointId === undefined) {
    return unknown({
      what: 'private endpoint of an approved connection',
      scope: target,
      why: 'the connection does not name it',
      gap: true,
    });
  }
  const row = reader.follow(privateEndpointRow, endpointId, 'private endpoint');
  if (!row.known) {
    return subnetId === undefined || onlyGroup === undefined
      ? row
      : known({
          id: endpointId,
          subnetId,
          groups: [onlyGroup],
          addresses: unknown(...row.missing),
        });
  }
  const { subnet, networkInterfaces, customDnsConfigs, connections } = row.value.properties;
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
    id: endpointId,
    subnetId: subnet,
    groups: [...new Set(connections.flatMap((one) => (one.targetId === target ? one.groups : [])))],
    addresses:
      addresses.length > 0
        ? known(addresses)
        : unknown(
            {
              what: 'addresses of the private endpoint',
              scope: endpointId,
              why: 'no resource lists them',
              gap: true,
            },
            ...(read.known ? [] : read.missing),
          ),
  });
}
