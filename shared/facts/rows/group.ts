import { z } from 'zod';
import * as lenient from './lenient.ts';

interface Member {
  readonly id: string;
  /** Undefined where only the object id is written. */
  readonly isGroup?: boolean;
}

const member = z.union([
  lenient.guid.transform((id): Member => ({ id })),
  lenient
    .members({ id: lenient.guid, '@odata.type': lenient.lowerText })
    .transform((one): Member => {
      const kind = one['@odata.type'];
      return kind === undefined
        ? { id: one.id }
        : { id: one.id, isGroup: kind === '#microsoft.graph.group' };
    }),
]);

/**
 * `microsoft.graph/groups`: an object id and the object ids of its members, all of them: where
 * Microsoft Graph says that there is another page, the members are not known. They are the direct
 * ones, or, where `transitive` says so, those of the groups nested in it too.
 * Source: learn.microsoft.com/graph/api/group-list-transitivemembers
 */
export const groupRow = lenient
  .members({
    id: lenient.guid,
    members: z.array(member),
    transitive: lenient.flag,
    'members@odata.nextLink': lenient.text,
  })
  .superRefine((group, context) => {
    if (group['members@odata.nextLink'] === undefined) return;
    context.addIssue({
      code: 'custom',
      path: ['members@odata.nextLink'],
      message: 'says that there are more members than these',
    });
  });
