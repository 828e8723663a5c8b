import * as lenient from './lenient.ts';

/** `microsoft.machinelearningservices/workspaces`. */
export const workspaceRow = lenient.members({
  location: lenient.location,
  properties: lenient.whole(
    lenient.members({ containerRegistry: lenient.id, hubResourceId: lenient.id }),
  ),
});
