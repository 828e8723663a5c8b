import type { z } from 'zod';
import { type ResourceId, nameOf } from '../../model/resource-id.ts';
import * as lenient from './lenient.ts';

const addresses = lenient.members({ addressPrefixes: lenient.prefixes });
const addressSpace = lenient.part(addresses);

const subnet = lenient.members({
  id: lenient.id,
  name: lenient.text,
  properties: lenient.part(
    lenient
      .members({
        addressPrefix: lenient.prefix,
        addressPrefixes: lenient.prefixes,
        networkSecurityGroup: lenient.reference,
        routeTable: lenient.reference,
        serviceEndpoints: lenient.list(lenient.members({ service: lenient.lowerText })),
        delegations: lenient.list(
          lenient.members({
            properties: lenient.part(lenient.members({ serviceName: lenient.lowerText })),
          }),
        ),
      })
      .transform((properties) => ({
        prefixes: lenient.united(properties.addressPrefix, properties.addressPrefixes),
        securityGroupId: properties.networkSecurityGroup,
        routeTableId: properties.routeTable,
        serviceEndpoints: properties.serviceEndpoints.flatMap(({ service }) => service ?? []),
        delegatedTo: properties.delegations.flatMap(
          (delegation) => delegation.properties?.serviceName ?? [],
        ),
      })),
  ),
});

const peering = lenient.members({
  name: lenient.requiredText,
  properties: lenient.whole(
    lenient.members({
      peeringState: lenient.word(['Connected', 'Disconnected', 'Initiated']),
      remoteVirtualNetwork: lenient.requiredReference,
      remoteAddressSpace: addressSpace,
      remoteVirtualNetworkAddressSpace: addressSpace,
      useRemoteGateways: lenient.flag,
      allowVirtualNetworkAccess: lenient.flag,
      peerCompleteVnets: lenient.flag,
      remoteSubnetNames: lenient.texts,
    }),
  ),
});

/** `microsoft.network/virtualnetworks`, its subnets and peerings within. */
export const virtualNetworkRow = lenient.members({
  name: lenient.text,
  properties: lenient.whole(
    lenient.members({
      addressSpace: lenient.whole(addresses),
      subnets: lenient.presentList(subnet),
      // Versions of the API from before there were peerings do not write the member at all.
      virtualNetworkPeerings: lenient.list(peering),
    }),
  ),
});

export type VirtualNetworkRow = z.infer<typeof virtualNetworkRow>;
export type PeeringRow = z.infer<typeof peering>;
export type SubnetRow = z.infer<typeof subnet>;
export type SubnetProperties = NonNullable<SubnetRow['properties']>;

/** The subnet with this id among those that the network lists; some rows give their names only. */
export function subnetOf({ properties }: VirtualNetworkRow, id: ResourceId): SubnetRow | undefined {
  const name = nameOf(id);
  return properties.subnets.find(
    (subnet) =>
      subnet.id === id || (subnet.id === undefined && subnet.name?.toLowerCase() === name),
  );
}
