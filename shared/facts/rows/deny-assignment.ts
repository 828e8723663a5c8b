import { z } from 'zod';
import * as lenient from './lenient.ts';
import { permission } from './permission.ts';

const principals = lenient
  .list(z.object({ id: lenient.guid }))
  .transform((values) => values.map((principal) => principal.id));

/** `microsoft.authorization/denyassignments`. */
export const denyAssignmentRow = z.object({
  name: lenient.text,
  properties: lenient.whole(
    z.object({
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
