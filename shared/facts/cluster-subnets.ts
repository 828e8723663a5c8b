import { type ResourceId, isWithin, nameOf, parentOf } from '../model/resource-id.ts';
import {
  type Known,
  type Listing,
  type Missing,
  known,
  listing,
  unknown,
} from '../model/verdict.ts';
import type { NetworkSecurityGroup } from '../network/security-rule.ts';
import type { AdminRulesOf } from './admin-rules.ts';
import type { GroupMembersOf } from './group-members.ts';
import type { ClusterSubnet } from './inference-cluster.ts';
import type { RouteTable } from '../network/route-table.ts';
import type { Peering, SubnetRange, VirtualNetwork } from '../network/virtual-network.ts';
import { type NodeInterfaces, noInterface, provisionsNodes } from './node-interfaces.ts';
import { missingOf, type RowReader } from './row-reader.ts';
import type { ManagedClusterRow } from './rows/managed-cluster.ts';
import { networkSecurityGroupRow } from './rows/network-security-group.ts';
import { routeTableRow } from './rows/route-table.ts';
import {
  type PeeringRow,
  type SubnetProperties,
  type SubnetRow,
  type VirtualNetworkRow,
  subnetOf,
  virtualNetworkRow,
} from './rows/virtual-network.ts';

type Use = ClusterSubnet['usedBy'][number];

const networksType = 'microsoft.network/virtualnetworks';

/** A cluster on its way to becoming facts. */
export interface ClusterToRead {
  readonly id: ResourceId;
  readonly row: ManagedClusterRow;
  readonly nodeGroup: ResourceId | undefined;
  readonly interfaces: NodeInterfaces;
}

/** Every subnet that the cluster's nodes, pods and API server use, each once, in the order of ids. */
export function readSubnets(
  reader: RowReader,
  cluster: ClusterToRead,
  adminRulesOf: AdminRulesOf,
  groupMembersOf: GroupMembersOf,
): Listing<ClusterSubnet> {
  const { uses, missing } = subnetUses(reader, cluster);
  return listing(
    [...uses]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([id, usedBy]) => ({
        ...readSubnet(reader, cluster, id, usedBy),
        adminRules: adminRulesOf(parentOf(id)),
        groupMembers: groupMembersOf(parentOf(id), cluster.id),
      })),
    missing,
  );
}

/** Whether nothing names a subnet: then AKS makes a network in the node resource group. */
export function isNetworkMadeByAks(row: ManagedClusterRow): boolean {
  const { agentPoolProfiles, hostedSystemProfile, apiServerAccessProfile } = row.properties;
  return (
    agentPoolProfiles.length > 0 &&
    agentPoolProfiles.every(
      (pool) => pool.subnetId === undefined && pool.podSubnetId === undefined,
    ) &&
    (hostedSystemProfile ?? []).length === 0 &&
    apiServerAccessProfile?.subnetId === undefined &&
    // Node classes of auto-provisioning may name subnets of their own.
    !provisionsNodes(row)
  );
}

function subnetUses(
  reader: RowReader,
  { id, row, nodeGroup, interfaces }: ClusterToRead,
): {
  readonly uses: ReadonlyMap<ResourceId, readonly Use[]>;
  readonly missing: readonly Missing[];
} {
  const uses = new Map<ResourceId, Use[]>();
  const missing: Missing[] = [];
  function use(subnet: ResourceId, by: Use): void {
    const before = uses.get(subnet) ?? [];
    if (!before.includes(by)) uses.set(subnet, [...before, by]);
  }
  const { agentPoolProfiles, hostedSystemProfile, apiServerAccessProfile } = row.properties;
  if (provisionsNodes(row)) missing.push(...interfaces.missing);
  for (const pool of agentPoolProfiles) {
    if (pool.subnetId !== undefined) use(pool.subnetId, 'nodes');
  }
  for (const subnet of hostedSystemProfile ?? []) use(subnet, 'nodes');
  const pods = new Set(agentPoolProfiles.flatMap((pool) => pool.podSubnetId ?? []));
  const seen = interfaces.seen.flatMap((one) =>
    one.ipConfigurations.flatMap((configuration) => configuration.subnetId ?? []),
  );
  for (const subnet of seen) if (!pods.has(subnet)) use(subnet, 'nodes');
  for (const subnet of pods) use(subnet, 'pods');

  const poolsWithout = agentPoolProfiles.filter((pool) => pool.subnetId === undefined);
  const namesAll = poolsWithout.length === 0 && uses.size > 0;
  if (!namesAll && seen.length === 0) {
    const only = managedSubnet(reader, id, nodeGroup, (subnet) => !isForApiServer(subnet));
    if (only.known) use(only.value, 'nodes');
    else missing.push(...only.missing);
  }
  if (apiServerAccessProfile?.subnetId !== undefined) {
    use(apiServerAccessProfile.subnetId, 'apiServer');
  } else if (apiServerAccessProfile?.enableVnetIntegration === true) {
    const only = managedSubnet(reader, id, nodeGroup, isForApiServer);
    if (only.known) use(only.value, 'apiServer');
    else missing.push(...only.missing);
  }
  return { uses, missing };
}

function isForApiServer(subnet: SubnetRow): boolean {
  return (
    subnet.properties?.delegatedTo.includes('microsoft.containerservice/managedclusters') === true
  );
}

/** The one subnet of this kind in the one virtual network that AKS made. */
function managedSubnet(
  reader: RowReader,
  cluster: ResourceId,
  nodeGroup: ResourceId | undefined,
  isWanted: (subnet: SubnetRow) => boolean,
): Known<ResourceId> {
  function miss(scope: ResourceId, why: string): Missing {
    return { what: 'subnets of the cluster', scope, why };
  }
  if (nodeGroup === undefined) {
    return unknown({
      ...miss(cluster, 'it names neither a subnet nor its node resource group'),
      gap: true,
    });
  }
  const networks = reader.all(virtualNetworkRow, networksType, nodeGroup);
  const missing = [
    ...missingOf(reader.snapshot.wasReadWithin(networksType, nodeGroup)),
    ...networks.missing,
  ];
  if (missing.length > 0) return unknown(...missing);
  const [network, ...others] = networks.found;
  if (network === undefined || others.length > 0) {
    return unknown(
      miss(nodeGroup, `it holds ${networks.found.length} virtual networks, and no node says which`),
    );
  }
  const subnets = network.value.properties.subnets.filter(isWanted);
  const [subnet] = subnets;
  if (subnet?.id === undefined || subnets.length > 1) {
    return unknown(
      miss(
        network.row.id,
        `it holds ${subnets.length} such subnets, and nothing says which is used`,
      ),
    );
  }
  return known(subnet.id);
}

function readSubnet(
  reader: RowReader,
  { nodeGroup, interfaces }: ClusterToRead,
  id: ResourceId,
  usedBy: readonly Use[],
): Omit<ClusterSubnet, 'adminRules' | 'groupMembers'> {
  const networkId = parentOf(id);
  const network = reader.follow(virtualNetworkRow, networkId, 'virtual network');
  const listed = network.known ? known(subnetOf(network.value, id)) : network;
  const subnet = listed.known ? subnetIn(listed.value, id) : listed;
  return {
    id,
    usedBy,
    managedByAks: nodeGroup !== undefined && isWithin(networkId, nodeGroup),
    exists: listed.known ? known(listed.value !== undefined) : listed,
    delegatedTo: subnet.known ? known(subnet.value.delegatedTo) : subnet,
    prefixes: prefixesOf(subnet, id),
    virtualNetwork: network.known ? virtualNetwork(reader, networkId, network.value) : network,
    serviceEndpoints: subnet.known ? known(subnet.value.serviceEndpoints) : subnet,
    securityGroup: subnet.known ? securityGroup(reader, subnet.value.securityGroupId) : subnet,
    nodeSecurityGroups: nodeSecurityGroups(reader, interfaces, id, usedBy),
    routeTable: subnet.known ? routeTable(reader, subnet.value.routeTableId) : subnet,
  };
}

function subnetIn(found: SubnetRow | undefined, id: ResourceId): Known<SubnetProperties> {
  if (found?.properties !== undefined) return known(found.properties);
  return unknown({
    what: 'subnet',
    scope: id,
    gap: true,
    why:
      found === undefined
        ? 'its virtual network was read and does not list it'
        : 'its virtual network lists it without properties',
  });
}

function prefixesOf(subnet: Known<SubnetProperties>, id: ResourceId): Known<readonly string[]> {
  if (!subnet.known) return subnet;
  if (subnet.value.prefixes.length > 0) return known(subnet.value.prefixes);
  return unknown({
    what: 'address prefixes of the subnet',
    scope: id,
    gap: true,
    why: 'addressPrefix and addressPrefixes are absent',
  });
}

/** What was made of rows, so that clusters and subnets that share a resource share its facts. */
interface Made {
  readonly networks: Map<ResourceId, Known<VirtualNetwork>>;
  readonly routeTables: Map<ResourceId, Known<RouteTable | null>>;
}

const made = new WeakMap<RowReader, Made>();

function madeOf(reader: RowReader): Made {
  const before = made.get(reader) ?? { networks: new Map(), routeTables: new Map() };
  made.set(reader, before);
  return before;
}

function once<T>(known: Map<ResourceId, T>, id: ResourceId, make: () => T): T {
  const before = known.get(id);
  if (before !== undefined) return before;
  const value = make();
  known.set(id, value);
  return value;
}

function virtualNetwork(
  reader: RowReader,
  id: ResourceId,
  row: VirtualNetworkRow,
): Known<VirtualNetwork> {
  return once(madeOf(reader).networks, id, () => networkOf(reader, id, row));
}

function networkOf(
  reader: RowReader,
  id: ResourceId,
  { name, properties }: VirtualNetworkRow,
): Known<VirtualNetwork> {
  const addressPrefixes = properties.addressSpace?.addressPrefixes ?? [];
  if (addressPrefixes.length === 0) {
    return unknown({
      what: `address space of virtual network ${name ?? nameOf(id)}`,
      scope: id,
      gap: true,
      why: 'addressPrefixes are absent or empty, and every network has one',
    });
  }
  return known({
    id,
    name: name ?? nameOf(id),
    addressPrefixes,
    hasGateway: properties.subnets.some((subnet) => isNamed(subnet, 'GatewaySubnet')),
    peerings: properties.virtualNetworkPeerings.map((peering) => peeringOf(reader, peering)),
    subnets: subnetRanges(id, properties.subnets),
  });
}

function subnetRanges(network: ResourceId, subnets: readonly SubnetRow[]): Listing<SubnetRange> {
  const ranges = subnets.map((subnet) => ({
    name: subnetName(subnet),
    prefixes: subnet.properties?.prefixes ?? [],
  }));
  return listing(
    ranges.filter(({ prefixes }) => prefixes.length > 0),
    ranges
      .filter(({ prefixes }) => prefixes.length === 0)
      .map(({ name }) => ({
        what: `address prefixes of subnet ${name}`,
        scope: network,
        gap: true,
        why: 'its virtual network lists it without any',
      })),
  );
}

/**
 * What a peering brings: for certain the address space it has taken over, perhaps also what the remote
 * network has since got. Where only subnets are peered, those of them that the remote network lists.
 * Sources: learn.microsoft.com/azure/virtual-network/virtual-network-manage-peering,
 * …/how-to-configure-subnet-peering.
 */
function peeringOf(reader: RowReader, { name, properties }: PeeringRow): Peering {
  const { peeringState, remoteVirtualNetwork, remoteAddressSpace } = properties;
  const row = reader.follow(virtualNetworkRow, remoteVirtualNetwork, 'virtual network');
  const remote = row.known ? row.value.properties : undefined;
  const peered = (remote?.subnets ?? []).filter((subnet) =>
    properties.remoteSubnetNames.some((one) => isNamed(subnet, one)),
  );
  const whole = properties.peerCompleteVnets !== false;
  const certain = whole
    ? (remoteAddressSpace?.addressPrefixes ?? [])
    : peered.flatMap((subnet) => subnet.properties?.prefixes ?? []);
  const all = [
    remoteAddressSpace,
    properties.remoteVirtualNetworkAddressSpace,
    remote?.addressSpace,
  ].flatMap((space) => space?.addressPrefixes ?? []);
  return {
    name,
    state:
      peeringState === 'Connected' && properties.allowVirtualNetworkAccess === false
        ? 'Closed'
        : peeringState,
    remoteNetworkId: remoteVirtualNetwork,
    remotePrefixes: [...new Set(certain)],
    perhapsPrefixes: [...new Set(all)].filter((prefix) => !certain.includes(prefix)),
    useRemoteGateways: properties.useRemoteGateways ?? false,
  };
}

function isNamed(subnet: SubnetRow, name: string): boolean {
  return subnetName(subnet).toLowerCase() === name.toLowerCase();
}

function subnetName({ id, name }: SubnetRow): string {
  return name ?? (id === undefined ? '' : nameOf(id));
}

function securityGroup(
  reader: RowReader,
  id: ResourceId | undefined,
): Known<NetworkSecurityGroup | null> {
  return id === undefined
    ? known(null)
    : reader.follow(networkSecurityGroupRow, id, 'network security group');
}

function routeTable(reader: RowReader, id: ResourceId | undefined): Known<RouteTable | null> {
  if (id === undefined) return noRouteTable;
  return once(madeOf(reader).routeTables, id, () => routeTableOf(reader, id));
}

const noRouteTable: Known<null> = known(null);

function routeTableOf(reader: RowReader, id: ResourceId): Known<RouteTable | null> {
  const row = reader.follow(routeTableRow, id, 'route table');
  if (!row.known) return row;
  const { disableBgpRoutePropagation } = row.value.properties;
  return known({
    id,
    ...(disableBgpRoutePropagation === undefined
      ? {}
      : { ignoresGatewayRoutes: disableBgpRoutePropagation }),
    routes: row.value.properties.routes.map(({ name, properties }) => ({
      name,
      addressPrefix: properties.addressPrefix,
      nextHopType: properties.nextHopType,
      ...(properties.nextHopIpAddress === undefined
        ? {}
        : { nextHopIpAddress: properties.nextHopIpAddress }),
    })),
  });
}

/**
 * The distinct security groups on the interfaces that carry the subnet's packets. Pods with a subnet
 * of their own leave through the interfaces of the nodes, whatever subnet those are in; a subnet of
 * the API server alone has no interface of the customer's.
 */
function nodeSecurityGroups(
  reader: RowReader,
  interfaces: NodeInterfaces,
  subnet: ResourceId,
  usedBy: readonly Use[],
): Listing<NetworkSecurityGroup | null> {
  if (usedBy.every((use) => use === 'apiServer')) return known([null]);
  const carriers = usedBy.includes('nodes')
    ? interfaces.seen.filter((one) =>
        one.ipConfigurations.some((configuration) => configuration.subnetId === subnet),
      )
    : interfaces.seen;
  const groups: (NetworkSecurityGroup | null)[] = [];
  const missing = [...interfaces.missing];
  if (carriers.length + missing.length === 0) missing.push(noInterface(subnet));
  for (const id of new Set(carriers.map((one) => one.securityGroupId))) {
    const group = securityGroup(reader, id);
    if (group.known) groups.push(group.value);
    else missing.push(...group.missing);
  }
  return listing(groups, missing);
}
