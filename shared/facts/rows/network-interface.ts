import * as lenient from './lenient.ts';

/** `microsoft.network/networkinterfaces`. */
export const networkInterfaceRow = lenient.members({
  properties: lenient.whole(
    lenient.members({
      networkSecurityGroup: lenient.reference,
      privateEndpoint: lenient.reference,
      privateLinkService: lenient.reference,
      ipConfigurations: lenient.presentList(
        lenient.members({
          name: lenient.text,
          properties: lenient.part(
            lenient.members({
              subnet: lenient.reference,
              privateIPAddress: lenient.text,
              loadBalancerBackendAddressPools: lenient.references,
              applicationSecurityGroups: lenient.references,
            }),
          ),
        }),
      ),
    }),
  ),
});
