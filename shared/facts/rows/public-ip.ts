import { z } from 'zod';
import * as lenient from './lenient.ts';

/** `microsoft.network/publicipaddresses`; without an address while none is allocated. */
export const publicIpRow = z.object({
  tags: z.unknown(),
  properties: lenient.whole(
    z.object({
      ipAddress: lenient.text,
      dnsSettings: lenient.part(z.object({ fqdn: lenient.lowerText })),
      ipConfiguration: lenient.reference,
    }),
  ),
});

export type PublicIpRow = z.infer<typeof publicIpRow>;
