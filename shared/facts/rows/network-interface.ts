import { z } from 'zod';
import * as lenient from './lenient.ts';

/** `microsoft.network/networkinterfaces`. */
export const networkInterfaceRow = z.object({
  properties: lenient.whole(
    z.object({
      networkSecurityGroup: lenient.reference,
      privateEndpoint: lenient.reference,
      privateLinkService: lenient.reference,
      ipConfigurations: lenient.list(
        z.object({
          name: lenient.text,
          properties: lenient.part(
            z.object({
              subnet: lenient.reference,
              privateIPAddress: lenient.text,
              loadBalancerBackendAddressPools: lenient.references,
            }),
          ),
        }),
      ),
    }),
  ),
});
