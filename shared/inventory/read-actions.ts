import type { ResourceType } from './resource-types.ts';

/**
 * The operation that reading a type asks of the reader, at the scope that is read; undefined where no
 * role of Azure RBAC decides it (Microsoft Graph). Resource Graph gives the rows that this operation
 * would. `effectiveSecurityAdminRules/read` is in no published list, so only a role with a wildcard
 * holds it: a role that spells its actions out counts as not reading them.
 * Sources: learn.microsoft.com/azure/role-based-access-control/resource-provider-operations,
 * learn.microsoft.com/azure/governance/resource-graph/overview#permissions-in-azure-resource-graph
 */
export const readActions: Readonly<Record<ResourceType, string | undefined>> = {
  'microsoft.authorization/denyassignments': 'Microsoft.Authorization/denyAssignments/read',
  'microsoft.authorization/locks': 'Microsoft.Authorization/locks/read',
  'microsoft.authorization/policyexemptions': 'Microsoft.Authorization/policyExemptions/read',
  'microsoft.authorization/roleassignments': 'Microsoft.Authorization/roleAssignments/read',
  'microsoft.authorization/roledefinitions': 'Microsoft.Authorization/roleDefinitions/read',
  'microsoft.compute/virtualmachinescalesets': 'Microsoft.Compute/virtualMachineScaleSets/read',
  'microsoft.containerinstance/containergroups': 'Microsoft.ContainerInstance/containerGroups/read',
  'microsoft.containerregistry/registries': 'Microsoft.ContainerRegistry/registries/read',
  'microsoft.containerservice/managedclusters': 'Microsoft.ContainerService/managedClusters/read',
  'microsoft.containerservice/managedclusters/trustedaccessrolebindings':
    'Microsoft.ContainerService/managedClusters/trustedAccessRoleBindings/read',
  'microsoft.graph/groups': undefined,
  'microsoft.graph/serviceprincipals': undefined,
  'microsoft.keyvault/vaults': 'Microsoft.KeyVault/vaults/read',
  'microsoft.kubernetesconfiguration/extensions':
    'Microsoft.KubernetesConfiguration/extensions/read',
  'microsoft.machinelearningservices/workspaces':
    'Microsoft.MachineLearningServices/workspaces/read',
  'microsoft.machinelearningservices/workspaces/computes':
    'Microsoft.MachineLearningServices/workspaces/computes/read',
  'microsoft.machinelearningservices/workspaces/onlineendpoints':
    'Microsoft.MachineLearningServices/workspaces/onlineEndpoints/read',
  'microsoft.network/applicationsecuritygroups': 'Microsoft.Network/applicationSecurityGroups/read',
  'microsoft.network/effectivesecurityadminrules':
    'Microsoft.Network/effectiveSecurityAdminRules/read',
  'microsoft.network/loadbalancers': 'Microsoft.Network/loadBalancers/read',
  'microsoft.network/networkinterfaces': 'Microsoft.Network/networkInterfaces/read',
  'microsoft.network/networksecuritygroups': 'Microsoft.Network/networkSecurityGroups/read',
  'microsoft.network/privateendpoints': 'Microsoft.Network/privateEndpoints/read',
  'microsoft.network/publicipaddresses': 'Microsoft.Network/publicIPAddresses/read',
  'microsoft.network/routetables': 'Microsoft.Network/routeTables/read',
  'microsoft.network/servicetags': 'Microsoft.Network/locations/serviceTags/read',
  'microsoft.network/virtualnetworks': 'Microsoft.Network/virtualNetworks/read',
  'microsoft.resources/deploymentstacks': 'Microsoft.Resources/deploymentStacks/read',
  'microsoft.resources/subscriptions': 'Microsoft.Resources/subscriptions/read',
  'microsoft.resources/subscriptions/resourcegroups':
    'Microsoft.Resources/subscriptions/resourceGroups/read',
  'microsoft.storage/storageaccounts': 'Microsoft.Storage/storageAccounts/read',
  'portcullis/assignedto': undefined,
};
