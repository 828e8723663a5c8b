import { z } from 'zod';
import * as lenient from './lenient.ts';

const member = z.union([
  lenient.guid,
  lenient.members({ id: lenient.guid }).transform(({ id }) => id),
]);

/** `microsoft.graph/groups`: an object id and the object ids of its direct members. */
export const groupRow = lenient.members({ id: lenient.guid, members: z.array(member) });
