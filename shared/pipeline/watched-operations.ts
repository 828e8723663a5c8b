/**
 * The beginnings of the operations that an event subscription lets through: what bears on a verdict.
 * Event Grid takes 25 values for all filters of a subscription together.
 * https://learn.microsoft.com/azure/event-grid/event-filtering#limitations
 */
export const watchedOperations = [
  'Microsoft.Authorization/locks/',
  'Microsoft.Authorization/policyExemptions/',
  // Assignments and definitions in one value, and what else begins alike.
  'Microsoft.Authorization/role',
  'Microsoft.ContainerInstance/containerGroups/',
  'Microsoft.ContainerRegistry/registries/privateEndpointConnections',
  'Microsoft.ContainerRegistry/registries/write',
  'Microsoft.ContainerService/managedClusters/',
  'Microsoft.KeyVault/vaults/privateEndpointConnections',
  'Microsoft.KeyVault/vaults/write',
  'Microsoft.KubernetesConfiguration/extensions/',
  'Microsoft.MachineLearningServices/workspaces/computes/',
  'Microsoft.MachineLearningServices/workspaces/delete',
  'Microsoft.MachineLearningServices/workspaces/onlineEndpoints/',
  'Microsoft.MachineLearningServices/workspaces/privateEndpointConnections',
  'Microsoft.MachineLearningServices/workspaces/write',
  'Microsoft.Network/applicationSecurityGroups/',
  'Microsoft.Network/loadBalancers/',
  'Microsoft.Network/networkManagers/',
  'Microsoft.Network/networkSecurityGroups/',
  'Microsoft.Network/privateEndpoints/',
  'Microsoft.Network/publicIPAddresses/',
  'Microsoft.Network/routeTables/',
  'Microsoft.Network/virtualNetworks/',
  'Microsoft.Storage/storageAccounts/privateEndpointConnections',
  'Microsoft.Storage/storageAccounts/write',
] as const;

/** Whether an operation that an event subscription lets through bears on a verdict. */
export function isWatched(operation: string): boolean {
  return (
    !/^Microsoft\.Authorization\/role/i.test(operation) ||
    /^Microsoft\.Authorization\/role(Assignments|Definitions)\//i.test(operation)
  );
}

/** What an event subscription of a subscription of Azure asks for. */
export const watchedEvents = {
  includedEventTypes: [
    'Microsoft.Resources.ResourceWriteSuccess',
    'Microsoft.Resources.ResourceDeleteSuccess',
  ],
  advancedFilters: [
    {
      operatorType: 'StringBeginsWith',
      key: 'data.operationName',
      values: watchedOperations,
    },
  ],
} as const;
