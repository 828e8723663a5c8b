import type { ResourceType } from '../../inventory/resource-types.ts';

/**
 * The versions of Resource Manager's interfaces by which a resource is read by its id.
 * Source: https://learn.microsoft.com/azure/templates, stable versions.
 */
export const apiVersions: Partial<Readonly<Record<ResourceType, string>>> = {
  'microsoft.compute/virtualmachinescalesets': '2024-07-01',
  'microsoft.containerinstance/containergroups': '2023-05-01',
  'microsoft.containerregistry/registries': '2023-07-01',
  'microsoft.containerservice/managedclusters': '2025-07-01',
  'microsoft.keyvault/vaults': '2023-07-01',
  'microsoft.kubernetesconfiguration/extensions': '2023-05-01',
  'microsoft.machinelearningservices/workspaces': '2024-10-01',
  'microsoft.machinelearningservices/workspaces/computes': '2024-10-01',
  'microsoft.machinelearningservices/workspaces/onlineendpoints': '2024-10-01',
  'microsoft.network/applicationsecuritygroups': '2024-05-01',
  'microsoft.network/loadbalancers': '2024-05-01',
  'microsoft.network/networkinterfaces': '2024-05-01',
  'microsoft.network/networksecuritygroups': '2024-05-01',
  'microsoft.network/privateendpoints': '2024-05-01',
  'microsoft.network/publicipaddresses': '2024-05-01',
  'microsoft.network/routetables': '2024-05-01',
  'microsoft.network/virtualnetworks': '2024-05-01',
  'microsoft.storage/storageaccounts': '2023-05-01',
};
