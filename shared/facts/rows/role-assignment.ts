import { z } from 'zod';
import * as lenient from './lenient.ts';

/** `microsoft.authorization/roleassignments`. */
export const roleAssignmentRow = z.object({
  properties: lenient.whole(
    z.object({
      principalId: lenient.guid,
      principalType: lenient.text,
      roleDefinitionId: lenient.requiredId,
      scope: lenient.requiredId,
      condition: lenient.text,
    }),
  ),
});
