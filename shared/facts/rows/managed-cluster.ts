import { z } from 'zod';
import * as lenient from './lenient.ts';

const agentPool = z
  .object({
    name: lenient.text,
    type: lenient.lowerText,
    vnetSubnetID: lenient.id,
    vnetSubnetId: lenient.id,
    podSubnetID: lenient.id,
    podSubnetId: lenient.id,
  })
  .transform((pool) => ({
    name: pool.name,
    type: pool.type,
    subnetId: pool.vnetSubnetID ?? pool.vnetSubnetId,
    podSubnetId: pool.podSubnetID ?? pool.podSubnetId,
  }));

const apiServer = z.object({
  authorizedIPRanges: lenient.texts,
  enablePrivateCluster: lenient.flag,
  enableVnetIntegration: lenient.flag,
  subnetId: lenient.id,
});

/** `microsoft.containerservice/managedclusters`. */
export const managedClusterRow = z.object({
  name: lenient.text,
  location: lenient.location,
  tags: z.unknown(),
  identity: lenient.part(
    z.object({
      type: lenient.lowerText,
      principalId: lenient.lowerText,
      userAssignedIdentities: lenient.part(
        z.record(z.string(), lenient.part(z.object({ principalId: lenient.lowerText }))),
      ),
    }),
  ),
  properties: lenient.whole(
    z.object({
      provisioningState: lenient.text,
      powerState: lenient.part(z.object({ code: lenient.text })),
      nodeResourceGroup: lenient.lowerText,
      servicePrincipalProfile: lenient.part(z.object({ clientId: lenient.lowerText })),
      networkProfile: lenient.part(z.object({ outboundType: lenient.text })),
      agentPoolProfiles: lenient.list(agentPool),
      hostedSystemProfile: lenient.part(
        z
          .object({
            systemNodeSubnetID: lenient.id,
            systemNodeSubnetId: lenient.id,
            nodeSubnetID: lenient.id,
            nodeSubnetId: lenient.id,
          })
          .transform((profile) =>
            [
              profile.systemNodeSubnetID ?? profile.systemNodeSubnetId,
              profile.nodeSubnetID ?? profile.nodeSubnetId,
            ].filter((id) => id !== undefined),
          ),
      ),
      nodeProvisioningProfile: lenient.part(z.object({ mode: lenient.lowerText })),
      apiServerAccessProfile: lenient.part(apiServer),
    }),
  ),
});

export type ManagedClusterRow = z.infer<typeof managedClusterRow>;
