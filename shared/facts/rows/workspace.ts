import type { z } from 'zod';
import * as lenient from './lenient.ts';
import { privateEndpointConnections } from './private-endpoint-connections.ts';

/** `microsoft.machinelearningservices/workspaces`; a project names its hub by one of two members. */
export const workspaceRow = lenient.members({
  location: lenient.location,
  properties: lenient.whole(
    lenient
      .members({
        containerRegistry: lenient.id,
        storageAccount: lenient.id,
        keyVault: lenient.id,
        hubResourceId: lenient.id,
        hubWorkspaceId: lenient.id,
        publicNetworkAccess: lenient.lowerText,
        allowPublicAccessWhenBehindVnet: lenient.flag,
        privateEndpointConnections,
      })
      .transform(({ hubResourceId, hubWorkspaceId, ...properties }) => ({
        ...properties,
        hubResourceId: hubResourceId ?? hubWorkspaceId,
      })),
  ),
});

export type WorkspaceRow = z.infer<typeof workspaceRow>;
