import { z } from 'zod';
import * as lenient from './lenient.ts';

const ipConfiguration = z.object({
  name: lenient.text,
  properties: lenient.part(
    z.object({ subnet: lenient.reference, loadBalancerBackendAddressPools: lenient.references }),
  ),
});

/** `microsoft.compute/virtualmachinescalesets`: the model of its machines' network interfaces. */
export const scaleSetRow = z.object({
  properties: lenient.whole(
    z.object({
      virtualMachineProfile: lenient.part(
        z.object({
          networkProfile: lenient.part(
            z.object({
              networkInterfaceConfigurations: lenient.list(
                z.object({
                  name: lenient.text,
                  properties: lenient.whole(
                    z.object({
                      networkSecurityGroup: lenient.reference,
                      ipConfigurations: lenient.list(ipConfiguration),
                    }),
                  ),
                }),
              ),
            }),
          ),
        }),
      ),
    }),
  ),
});
