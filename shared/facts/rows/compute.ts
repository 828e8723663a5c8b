import type { z } from 'zod';
import * as lenient from './lenient.ts';

/** The swagger says `systemServiceType`, the command line's output `serviceType`. */
const systemService = lenient
  .members({
    systemServiceType: lenient.lowerText,
    serviceType: lenient.lowerText,
    publicIpAddress: lenient.text,
  })
  .transform((service) => ({
    type: service.systemServiceType ?? service.serviceType,
    address: service.publicIpAddress,
  }));

/**
 * `microsoft.machinelearningservices/workspaces/computes`. Everything below the inner `properties`
 * is optional: Azure fills it only after the service reached the cluster.
 */
export const computeRow = lenient.members({
  properties: lenient.whole(
    lenient.members({
      computeType: lenient.requiredLowerText,
      resourceId: lenient.id,
      properties: lenient.part(
        lenient.members({
          systemServices: lenient.list(systemService),
          aksNetworkingConfiguration: lenient.part(
            lenient.members({ dockerBridgeCidr: lenient.text }),
          ),
          sslConfiguration: lenient.part(lenient.members({ status: lenient.lowerText })),
        }),
      ),
    }),
  ),
});

export type ComputeRow = z.infer<typeof computeRow>;
