import * as lenient from './lenient.ts';

const ipConfiguration = lenient.members({
  name: lenient.text,
  properties: lenient.part(
    lenient.members({
      subnet: lenient.reference,
      loadBalancerBackendAddressPools: lenient.references,
      applicationSecurityGroups: lenient.references,
    }),
  ),
});

/** `microsoft.compute/virtualmachinescalesets`: the model of its machines' network interfaces. */
export const scaleSetRow = lenient.members({
  properties: lenient.whole(
    lenient.members({
      virtualMachineProfile: lenient.part(
        lenient.members({
          networkProfile: lenient.part(
            lenient.members({
              networkInterfaceConfigurations: lenient.list(
                lenient.members({
                  name: lenient.text,
                  properties: lenient.whole(
                    lenient.members({
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
