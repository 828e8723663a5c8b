import type { z } from 'zod';
import * as lenient from './lenient.ts';

/** `microsoft.machinelearningservices/workspaces`; a project names its hub by one of two members. */
export const workspaceRow = lenient.members({
  location: lenient.location,
  properties: lenient.whole(
    lenient
      .members({
        containerRegistry: lenient.id,
        hubResourceId: lenient.id,
        hubWorkspaceId: lenient.id,
      })
      .transform(({ containerRegistry, hubResourceId, hubWorkspaceId }) => ({
        containerRegistry,
        hubResourceId: hubResourceId ?? hubWorkspaceId,
      })),
  ),
});

export type WorkspaceRow = z.infer<typeof workspaceRow>;
