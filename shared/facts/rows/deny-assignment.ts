import type { z } from 'zod';
import * as lenient from './lenient.ts';
import { permission } from './permission.ts';

const principal = lenient.members({ id: lenient.guid, type: lenient.text });

/** `microsoft.authorization/denyassignments`. */
export const denyAssignmentRow = lenient.members({
  name: lenient.text,
  properties: lenient.whole(
    lenient.members({
      denyAssignmentName: lenient.text,
      scope: lenient.requiredId,
      doNotApplyToChildScopes: lenient.flag,
      principals: lenient.presentList(principal),
      excludePrincipals: lenient.list(principal),
      permissions: lenient.presentList(permission),
      condition: lenient.text,
    }),
  ),
});

export type DenyAssignmentRow = z.infer<typeof denyAssignmentRow>;
