import { z } from 'zod';
import * as lenient from './lenient.ts';

/** `microsoft.network/privateendpoints`. */
export const privateEndpointRow = z.object({
  properties: lenient.whole(
    z.object({
      subnet: lenient.whole(z.object({ id: lenient.requiredId })),
      networkInterfaces: lenient.references,
      customDnsConfigs: lenient.list(z.object({ ipAddresses: lenient.texts })),
    }),
  ),
});
