import { z } from 'zod';
import * as lenient from './lenient.ts';

interface Member {
  readonly id: string;
  /** Only where Microsoft Graph says of what kind the member is. */
  readonly isGroup: boolean;
}

const member = z.union([
  lenient.guid.transform((id): Member => ({ id, isGroup: false })),
  lenient
    .members({ id: lenient.guid, '@odata.type': lenient.lowerText })
    .transform((one): Member => ({
      id: one.id,
      isGroup: one['@odata.type'] === '#microsoft.graph.group',
    })),
]);

/** `microsoft.graph/groups`: an object id and the object ids of its direct members. */
export const groupRow = lenient.members({ id: lenient.guid, members: z.array(member) });
