import * as lenient from './lenient.ts';
import { permission } from './permission.ts';

/** `microsoft.authorization/roledefinitions`. */
export const roleDefinitionRow = lenient.members({
  properties: lenient.whole(
    lenient.members({ roleName: lenient.text, permissions: lenient.presentList(permission) }),
  ),
});
