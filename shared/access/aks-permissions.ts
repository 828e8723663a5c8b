/**
 * What the guidance asks for on the resource group of a cluster's virtual network: all that Network
 * Contributor can do to networks.
 * Source: learn.microsoft.com/azure/machine-learning/v1/how-to-secure-inferencing-vnet#network-contributor-role
 */
export const networkContributor: readonly string[] = ['Microsoft.Network/*'];

/**
 * The least an AKS control plane needs on each subnet it uses.
 * Source: learn.microsoft.com/azure/aks/concepts-network-cni-overview
 */
export const subnetMinimum: readonly string[] = [
  'Microsoft.Network/virtualNetworks/subnets/read',
  'Microsoft.Network/virtualNetworks/subnets/join/action',
];

/**
 * The least an AKS control plane needs on a route table that the customer brought.
 * Source: learn.microsoft.com/azure/aks/egress-outboundtype, learn.microsoft.com/azure/aks/configure-kubenet
 */
export const routeTableMinimum: readonly string[] = [
  'Microsoft.Network/routeTables/read',
  'Microsoft.Network/routeTables/write',
  'Microsoft.Network/routeTables/routes/read',
  'Microsoft.Network/routeTables/routes/write',
];

/**
 * What whoever deploys into a network needs on the network, and on the subnet.
 * Source: learn.microsoft.com/azure/machine-learning/v1/how-to-secure-inferencing-vnet#prerequisites
 */
export const deployerOnNetwork: readonly string[] = [
  'Microsoft.Network/*/read',
  'Microsoft.Network/virtualNetworks/join/action',
];
export const deployerOnSubnet: readonly string[] = [
  'Microsoft.Network/virtualNetworks/subnets/join/action',
];
