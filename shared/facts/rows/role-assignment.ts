import type { z } from 'zod';
import * as lenient from './lenient.ts';

const properties = lenient.whole(
  lenient.members({
    principalId: lenient.guid,
    principalType: lenient.text,
    roleDefinitionId: lenient.requiredId,
    scope: lenient.requiredId,
    condition: lenient.text,
  }),
);

/** `microsoft.authorization/roleassignments`. */
export const roleAssignmentRow = lenient.members({ properties });

/** One in a list: Resource Manager gives each its id. */
export const listedRoleAssignment = lenient.members({ id: lenient.requiredId, properties });

export type RoleAssignmentRow = z.infer<typeof roleAssignmentRow>;
