/**
 * Operations that Azure publishes, for witnesses: what an AKS control plane, its deployers and an
 * inference cluster's neighbours do, the most telling first. Few of thousands; absence means nothing.
 * Source: learn.microsoft.com/azure/role-based-access-control/resource-provider-operations
 */
export const operations: readonly string[] = [
  ...under('Microsoft.Network', [
    'virtualNetworks/subnets/read',
    'virtualNetworks/subnets/join/action',
    'routeTables/read',
    'routeTables/write',
    'routeTables/routes/read',
    'routeTables/routes/write',
    'virtualNetworks/read',
    'virtualNetworks/join/action',
    ...managed('loadBalancers'),
    'loadBalancers/backendAddressPools/join/action',
    'loadBalancers/frontendIPConfigurations/join/action',
    ...managed('publicIPAddresses'),
    'publicIPAddresses/join/action',
    ...managed('networkSecurityGroups'),
    'networkSecurityGroups/join/action',
    ...managed('networkSecurityGroups/securityRules'),
    ...managed('virtualNetworks/subnets'),
    ...managed('virtualNetworks'),
    'virtualNetworks/peer/action',
    ...managed('virtualNetworks/virtualNetworkPeerings'),
    'routeTables/delete',
    'routeTables/routes/delete',
    'routeTables/join/action',
    ...managed('networkInterfaces'),
    'networkInterfaces/join/action',
    ...managed('privateEndpoints'),
    ...managed('applicationSecurityGroups'),
    'applicationSecurityGroups/joinIpConfiguration/action',
    'applicationSecurityGroups/joinNetworkSecurityRule/action',
    ...managed('natGateways'),
    'natGateways/join/action',
    ...managed('privateDnsZones'),
    ...managed('privateDnsZones/A'),
    ...managed('privateDnsZones/virtualNetworkLinks'),
    ...managed('publicIPPrefixes'),
    'publicIPPrefixes/join/action',
    ...managed('applicationGateways'),
    'virtualNetworks/subnets/joinViaServiceEndpoint/action',
  ]),
  ...under('Microsoft.Authorization', [
    ...managed('roleAssignments'),
    ...managed('roleDefinitions'),
    ...managed('locks'),
    'elevateAccess/action',
  ]),
  ...under('Microsoft.ContainerService', [
    ...managed('managedClusters'),
    ...managed('managedClusters/agentPools'),
    'managedClusters/listClusterUserCredential/action',
    'managedClusters/listClusterAdminCredential/action',
  ]),
  ...under('Microsoft.Compute', [
    ...managed('virtualMachineScaleSets'),
    ...managed('virtualMachines'),
    ...managed('disks'),
    'virtualMachines/start/action',
  ]),
  ...under('Microsoft.ManagedIdentity', [
    ...managed('userAssignedIdentities'),
    'userAssignedIdentities/assign/action',
  ]),
  ...under('Microsoft.Resources', [
    ...managed('subscriptions/resourceGroups'),
    ...managed('deployments'),
  ]),
  ...under('Microsoft.MachineLearningServices', [
    ...managed('workspaces'),
    ...managed('workspaces/computes'),
  ]),
  ...under('Microsoft.Storage', [...managed('storageAccounts'), 'storageAccounts/listKeys/action']),
  ...under('Microsoft.KeyVault', managed('vaults')),
  ...under('Microsoft.ContainerRegistry', managed('registries')),
];

const published = new Set(operations.map((operation) => operation.toLowerCase()));

/** Whether the action is one of the operations listed here; others may exist too. */
export function isKnownOperation(action: string): boolean {
  return published.has(action.toLowerCase());
}

/** A type that has all three of these. */
function managed(type: string): readonly string[] {
  return [`${type}/read`, `${type}/write`, `${type}/delete`];
}

function under(provider: string, names: readonly string[]): readonly string[] {
  return [...new Set(names)].map((name) => `${provider}/${name}`);
}
