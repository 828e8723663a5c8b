import * as lenient from './lenient.ts';
import { permission } from './permission.ts';

const principals = lenient.list(lenient.members({ id: lenient.guid, type: lenient.text }));

/** `microsoft.authorization/denyassignments`. */
export const denyAssignmentRow = lenient.members({
  name: lenient.text,
  properties: lenient.whole(
    lenient.members({
      denyAssignmentName: lenient.text,
      scope: lenient.requiredId,
      doNotApplyToChildScopes: lenient.flag,
      principals,
      excludePrincipals: principals,
      permissions: lenient.list(permission),
      condition: lenient.text,
    }),
  ),
});
