import { z } from 'zod';
import * as lenient from './lenient.ts';

/** What any resource, or resource group, says of who manages it. */
export const markedResourceRow = lenient.members({
  managedBy: lenient.text,
  tags: z
    .unknown()
    .transform((value): unknown => (lenient.isBlank(value) ? {} : value))
    .pipe(z.record(z.string(), z.unknown()))
    .transform((tags) => Object.keys(tags)),
});
