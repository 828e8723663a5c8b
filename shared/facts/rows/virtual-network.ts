import type { z } from 'zod';
import * as lenient from './lenient.ts';

const addressSpace = lenient.part(lenient.members({ addressPrefixes: lenient.prefixes }));

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
      remoteVirtualNetwork: lenient.whole(lenient.members({ id: lenient.requiredId })),
      remoteAddressSpace: addressSpace,
      remoteVirtualNetworkAddressSpace: addressSpace,
      useRemoteGateways: lenient.flag,
    }),
  ),
});

/** `microsoft.network/virtualnetworks`, its subnets and peerings within. */
export const virtualNetworkRow = lenient.members({
  name: lenient.text,
  properties: lenient.whole(
    lenient.members({
      addressSpace,
      subnets: lenient.list(subnet),
      virtualNetworkPeerings: lenient.list(peering),
    }),
  ),
});

export type VirtualNetworkRow = z.infer<typeof virtualNetworkRow>;
export type SubnetRow = z.infer<typeof subnet>;
export type SubnetProperties = NonNullable<SubnetRow['properties']>;
