/** The last name in a resource id: that of the resource itself. */
export function nameOf(id: string): string {
  return id.split('/').findLast((segment) => segment !== '') ?? id;
}

/** The resource group in a resource id; undefined where it has none. */
export function resourceGroupOf(id: string): string | undefined {
  return segmentAfter(id, 'resourcegroups');
}

/** The subscription in a resource id; undefined where it has none. */
export function subscriptionOf(id: string): string | undefined {
  return segmentAfter(id, 'subscriptions');
}

/** What a resource id names, for people: `subnet snet-nodes-a`, `resource group rg-net`. */
export function scopeText(id: string): string {
  const segments = id.split('/').filter((segment) => segment !== '');
  const [kind = '', name = ''] = segments.slice(-2);
  const word = kinds[kind.toLowerCase()];
  return word === undefined ? nameOf(id) : `${word} ${name}`;
}

const kinds: Readonly<Record<string, string>> = {
  subscriptions: 'subscription',
  resourcegroups: 'resource group',
  managementgroups: 'management group',
  virtualnetworks: 'virtual network',
  subnets: 'subnet',
  networksecuritygroups: 'network security group',
  managedclusters: 'cluster',
  workspaces: 'workspace',
  routetables: 'route table',
  loadbalancers: 'load balancer',
  roleassignments: 'role assignment',
  onlineendpoints: 'online endpoint',
  publicipaddresses: 'public IP address',
  privateendpoints: 'private endpoint',
  storageaccounts: 'storage account',
  vaults: 'key vault',
  registries: 'container registry',
  computes: 'compute',
  extensions: 'extension',
};

/** The resource in the Azure portal. */
export function portalLink(id: string): string {
  return `https://portal.azure.com/#@/resource${id}`;
}

function segmentAfter(id: string, name: string): string | undefined {
  const segments = id.split('/');
  const index = segments.findIndex((segment) => segment.toLowerCase() === name);
  return index < 0 ? undefined : segments[index + 1];
}
