import { z } from 'zod';
import * as lenient from './lenient.ts';

/** `microsoft.network/publicipaddresses`; without an address while none is allocated. */
export const publicIpRow = lenient.members({
  tags: z.unknown(),
  properties: lenient.whole(
    lenient.members({
      ipAddress: lenient.text,
      dnsSettings: lenient.part(lenient.members({ fqdn: lenient.lowerText })),
      ipConfiguration: lenient.reference,
    }),
  ),
});

export type PublicIpRow = z.infer<typeof publicIpRow>;
