import { z } from 'zod';
import * as lenient from './lenient.ts';

const agentPool = lenient
  .members({
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

const apiServer = lenient.members({
  authorizedIPRanges: lenient.texts,
  enablePrivateCluster: lenient.flag,
  enablePrivateClusterPublicFQDN: lenient.flag,
  enableVnetIntegration: lenient.flag,
  subnetId: lenient.id,
});

const networkProfile = lenient.members({
  outboundType: lenient.text,
  networkPlugin: lenient.lowerText,
  networkPluginMode: lenient.lowerText,
  serviceCidr: lenient.text,
  serviceCidrs: lenient.texts,
  podCidr: lenient.text,
  podCidrs: lenient.texts,
  dnsServiceIP: lenient.text,
  dockerBridgeCidr: lenient.text,
});

/** `microsoft.containerservice/managedclusters`. */
export const managedClusterRow = lenient.members({
  name: lenient.text,
  location: lenient.location,
  tags: z.unknown(),
  identity: lenient.part(
    lenient.members({
      type: lenient.lowerText,
      principalId: lenient.lowerText,
      userAssignedIdentities: lenient.part(
        z.record(z.string(), lenient.part(lenient.members({ principalId: lenient.lowerText }))),
      ),
    }),
  ),
  properties: lenient.whole(
    lenient.members({
      provisioningState: lenient.text,
      powerState: lenient.part(lenient.members({ code: lenient.text })),
      nodeResourceGroup: lenient.lowerText,
      servicePrincipalProfile: lenient.part(lenient.members({ clientId: lenient.lowerText })),
      networkProfile: lenient.part(networkProfile),
      agentPoolProfiles: lenient.list(agentPool),
      hostedSystemProfile: lenient.part(
        lenient
          .members({
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
      fqdn: lenient.text,
      privateFQDN: lenient.text,
      enableRBAC: lenient.flag,
      disableLocalAccounts: lenient.flag,
      aadProfile: lenient.part(lenient.members({ enableAzureRBAC: lenient.flag })),
      nodeProvisioningProfile: lenient.part(lenient.members({ mode: lenient.lowerText })),
      apiServerAccessProfile: lenient.part(apiServer),
    }),
  ),
});

export type ManagedClusterRow = z.infer<typeof managedClusterRow>;
