import { z } from 'zod';
import * as lenient from './lenient.ts';
import { permission } from './permission.ts';

/** `microsoft.authorization/roledefinitions`. */
export const roleDefinitionRow = z.object({
  properties: lenient.whole(
    z.object({ roleName: lenient.text, permissions: lenient.list(permission) }),
  ),
});
