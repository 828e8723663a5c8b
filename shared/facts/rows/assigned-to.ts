import * as lenient from './lenient.ts';
import { listedRoleAssignment } from './role-assignment.ts';

/**
 * `portcullis/assignedto`: Resource Manager's answer to `$filter=assignedTo('{oid}')` at a
 * subscription, every page of it. It holds what reaches the principal there, above and below, through
 * groups of any depth. Source:
 * learn.microsoft.com/azure/role-based-access-control/role-assignments-list-rest
 */
export const assignedToRow = lenient.members({
  principalId: lenient.guid,
  scope: lenient.requiredId,
  assignments: lenient.presentList(listedRoleAssignment),
});
