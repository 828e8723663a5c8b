import { z } from 'zod';
import * as lenient from './lenient.ts';

/** The swagger says `systemServiceType`, the command line's output `serviceType`. */
const systemService = z
  .object({
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
export const computeRow = z.object({
  properties: lenient.whole(
    z.object({
      computeType: lenient.requiredLowerText,
      resourceId: lenient.id,
      properties: lenient.part(
        z.object({
          systemServices: lenient.list(systemService),
          sslConfiguration: lenient.part(z.object({ status: lenient.lowerText })),
        }),
      ),
    }),
  ),
});

export type ComputeRow = z.infer<typeof computeRow>;
