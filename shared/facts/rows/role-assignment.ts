import * as lenient from './lenient.ts';

/** `microsoft.authorization/roleassignments`. */
export const roleAssignmentRow = lenient.members({
  properties: lenient.whole(
    lenient.members({
      principalId: lenient.guid,
      principalType: lenient.text,
      roleDefinitionId: lenient.requiredId,
      scope: lenient.requiredId,
      condition: lenient.text,
    }),
  ),
});
