import * as lenient from './lenient.ts';

/** `microsoft.containerservice/managedclusters/trustedaccessrolebindings`. */
export const trustedAccessBindingRow = lenient.members({
  properties: lenient.whole(
    lenient
      .members({ sourceResourceId: lenient.requiredId, roles: lenient.texts })
      .transform(({ sourceResourceId, roles }) => ({
        sourceId: sourceResourceId,
        roles: roles.map((role) => role.toLowerCase()),
      })),
  ),
});
