import * as lenient from './lenient.ts';

/** `microsoft.authorization/locks`. A lock of a level that nobody knows is one all the same. */
export const managementLockRow = lenient.members({
  name: lenient.text,
  properties: lenient.part(lenient.members({ level: lenient.text })),
});
