import { type ResourceId, parentOf, subscriptionIdOf } from '../model/resource-id.ts';
import type { GroupMembers, MemberBounds } from '../network/group-members.ts';
import {
  type AddressSet,
  addressSet,
  noAddresses,
  parseAddress,
  uniteAddresses,
} from '../packets/address.ts';
import type { RowReader } from './row-reader.ts';
import { networkInterfaceRow } from './rows/network-interface.ts';
import { privateEndpointRow } from './rows/private-endpoint.ts';
import { scaleSetRow } from './rows/scale-set.ts';
import { subnetOf, virtualNetworkRow } from './rows/virtual-network.ts';

/** The types of resources that have IP configurations in application security groups. */
const memberTypes = [
  'microsoft.network/networkinterfaces',
  'microsoft.compute/virtualmachinescalesets',
  'microsoft.network/privateendpoints',
] as const;
const [interfaces, scaleSets, privateEndpoints] = memberTypes;

/** The members of application security groups, as rules on a network of a cluster see them. */
export type GroupMembersOf = (networkId: ResourceId, clusterId: ResourceId) => GroupMembers;

/** What rows say of one group. */
interface Found {
  /** Addresses of its members. */
  readonly addresses: Set<string>;
  /** Subnets in which members are whose addresses no row gives; undefined: a subnet no row gives. */
  readonly subnets: Set<ResourceId | undefined>;
}

/**
 * Reads who is in which group. A network interface says its addresses. A scale set's model says that
 * every machine is a member, wherever in the subnet its address is: none for certain, at the most the
 * whole subnet. A private endpoint is in a group with the addresses of its network interface.
 *
 * Nobody else can be a member where all these were read in the subscription of the network, of the
 * group and of the cluster: rules apply to groups on their own network
 * (learn.microsoft.com/azure/virtual-network/application-security-groups), and an interface is of
 * the same subscription as its network
 * (learn.microsoft.com/azure/virtual-network/virtual-network-network-interface).
 */
export function readGroupMembers(reader: RowReader): GroupMembersOf {
  // Only when a rule asks: a tenant has many interfaces, and few rules name groups.
  let read: ReturnType<typeof membershipsIn> | undefined;
  const memberships = () => (read ??= membershipsIn(reader));
  const bounds = new Map<ResourceId, MemberBounds>();
  function boundsOf(group: ResourceId): MemberBounds {
    const before = bounds.get(group);
    if (before !== undefined) return before;
    const now = memberBounds(reader, memberships().groups.get(group));
    bounds.set(group, now);
    return now;
  }
  function membersFor(around: readonly (string | undefined)[]): GroupMembers {
    return {
      of(group) {
        const { atLeast, atMost } = boundsOf(group);
        const wereRead = [...around, subscriptionIdOf(group)].every(
          (subscription) =>
            subscription !== undefined &&
            memberTypes.every((type) => reader.snapshot.wasRead(type, subscription).known),
        );
        // A group that rules name and that was not read is a gap: it may be anywhere.
        const isHere = reader.snapshot.get(group) !== undefined;
        return {
          atLeast,
          atMost: isHere && memberships().isWhole && wereRead ? atMost : undefined,
        };
      },
    };
  }
  // Members depend on the subscriptions alone. One object for all clusters there lets them share what
  // rules mean.
  const made = new Map<string, GroupMembers>();
  return (networkId, clusterId) => {
    const around = [networkId, clusterId].map(subscriptionIdOf);
    const key = around.join();
    const before = made.get(key) ?? membersFor(around);
    made.set(key, before);
    return before;
  };
}

function memberBounds(reader: RowReader, found: Found | undefined): MemberBounds {
  if (found === undefined) return { atLeast: noAddresses, atMost: noAddresses };
  const atLeast = addressSet(found.addresses);
  const subnets = [...found.subnets].map((subnet) => prefixesOf(reader, subnet));
  const atMost = subnets.reduce<AddressSet | undefined>(
    (all, one) => (all === undefined || one === undefined ? undefined : uniteAddresses(all, one)),
    atLeast,
  );
  return { atLeast, atMost };
}

function prefixesOf(reader: RowReader, subnet: ResourceId | undefined): AddressSet | undefined {
  if (subnet === undefined) return undefined;
  const network = reader.follow(virtualNetworkRow, parentOf(subnet), 'virtual network');
  const row = network.known ? subnetOf(network.value, subnet) : undefined;
  const prefixes = row?.properties?.prefixes ?? [];
  return prefixes.length === 0 ? undefined : addressSet(prefixes);
}

/** The memberships in all rows, and whether every row was understood. */
function membershipsIn(reader: RowReader): {
  readonly groups: ReadonlyMap<ResourceId, Found>;
  readonly isWhole: boolean;
} {
  const groups = new Map<ResourceId, Found>();
  function join(
    ids: readonly ResourceId[],
    address: string | undefined,
    subnet?: ResourceId,
  ): void {
    for (const id of ids) {
      const found = groups.get(id) ?? { addresses: new Set(), subnets: new Set() };
      groups.set(id, found);
      if (address !== undefined && parseAddress(address) !== undefined)
        found.addresses.add(address);
      else found.subnets.add(subnet);
    }
  }
  const single = reader.all(networkInterfaceRow, interfaces);
  const addressesOf = new Map<ResourceId, readonly (string | undefined)[]>();
  for (const { row, value } of single.found) {
    const configurations = value.properties.ipConfigurations.map(({ properties }) => properties);
    addressesOf.set(
      row.id,
      configurations.map((one) => one?.privateIPAddress),
    );
    for (const one of configurations) {
      join(one?.applicationSecurityGroups ?? [], one?.privateIPAddress, one?.subnet);
    }
  }
  const sets = reader.all(scaleSetRow, scaleSets);
  for (const { value } of sets.found) {
    const profile = value.properties.virtualMachineProfile?.networkProfile;
    for (const { properties } of profile?.networkInterfaceConfigurations ?? []) {
      for (const { properties: one } of properties.ipConfigurations) {
        join(one?.applicationSecurityGroups ?? [], undefined, one?.subnet);
      }
    }
  }
  const endpoints = reader.all(privateEndpointRow, privateEndpoints);
  for (const { value } of endpoints.found) {
    const { applicationSecurityGroups, networkInterfaces, subnet } = value.properties;
    const addresses = networkInterfaces.flatMap((id) => addressesOf.get(id) ?? [undefined]);
    for (const address of addresses.length === 0 ? [undefined] : addresses) {
      join(applicationSecurityGroups, address, subnet);
    }
  }
  const missing = [...single.missing, ...sets.missing, ...endpoints.missing];
  return { groups, isWhole: missing.length === 0 };
}
