import { z } from 'zod';
import * as lenient from './lenient.ts';

const addressSpace = lenient.part(z.object({ addressPrefixes: lenient.prefixes }));

const subnet = z.object({
  id: lenient.id,
  name: lenient.text,
  properties: lenient.part(
    z
      .object({
        addressPrefix: lenient.prefix,
        addressPrefixes: lenient.prefixes,
        networkSecurityGroup: lenient.reference,
        routeTable: lenient.reference,
        delegations: lenient.list(
          z.object({ properties: lenient.part(z.object({ serviceName: lenient.lowerText })) }),
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

const peering = z.object({
  name: lenient.requiredText,
  properties: lenient.whole(
    z.object({
      peeringState: lenient.word(['Connected', 'Disconnected', 'Initiated']),
      remoteVirtualNetwork: lenient.whole(z.object({ id: lenient.requiredId })),
      remoteAddressSpace: addressSpace,
      remoteVirtualNetworkAddressSpace: addressSpace,
      useRemoteGateways: lenient.flag,
    }),
  ),
});

/** `microsoft.network/virtualnetworks`, its subnets and peerings within. */
export const virtualNetworkRow = z.object({
  name: lenient.text,
  properties: lenient.whole(
    z.object({
      addressSpace,
      subnets: lenient.list(subnet),
      virtualNetworkPeerings: lenient.list(peering),
    }),
  ),
});

export type VirtualNetworkRow = z.infer<typeof virtualNetworkRow>;
export type SubnetRow = z.infer<typeof subnet>;
export type SubnetProperties = NonNullable<SubnetRow['properties']>;
