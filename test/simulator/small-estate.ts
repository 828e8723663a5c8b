import type { Row } from '../../simulator/tenant/tenant.ts';

/** Two subscriptions under management groups, small enough to know by heart. */
export const subscriptions = {
  online: '11111111-0000-4000-8000-000000000001',
  corp: '22222222-0000-4000-8000-000000000002',
} as const;

/** Principals by what they hold. */
export const principals = {
  /** Network Contributor at the management group `mg-root`. */
  atRoot: 'aaaaaaaa-0000-4000-8000-000000000001',
  /** Reader on subscription `online`, through a group within a group. */
  throughGroups: 'aaaaaaaa-0000-4000-8000-000000000002',
  /** A custom role on one resource group of `online`: networks, less what is written. */
  onGroup: 'aaaaaaaa-0000-4000-8000-000000000003',
  /** Nothing. */
  stranger: 'aaaaaaaa-0000-4000-8000-000000000004',
} as const;

export const groups = {
  outer: 'bbbbbbbb-0000-4000-8000-000000000001',
  inner: 'bbbbbbbb-0000-4000-8000-000000000002',
} as const;

export const roles = {
  reader: 'acdd72a7-3385-48ef-bd42-f606fba81ae7',
  networkContributor: '4d97b98b-1d4f-4787-a291-c67834d212e7',
  custom: 'cccccccc-0000-4000-8000-000000000001',
} as const;

const online = `/subscriptions/${subscriptions.online}`;
const corp = `/subscriptions/${subscriptions.corp}`;
const managementGroup = (name: string): string =>
  `/providers/Microsoft.Management/managementGroups/${name}`;

export const ids = {
  onlineGroup: `${online}/resourceGroups/rg-Net`,
  nsg: `${online}/resourceGroups/rg-Net/providers/Microsoft.Network/networkSecurityGroups/nsg-a`,
  network: `${online}/resourceGroups/rg-Net/providers/Microsoft.Network/virtualNetworks/vnet-a`,
  corpNsg: `${corp}/resourceGroups/rg-corp/providers/Microsoft.Network/networkSecurityGroups/nsg-b`,
  cluster: `${online}/resourcegroups/rg-aks/providers/Microsoft.ContainerService/managedClusters/aks`,
  workspace: `${online}/resourceGroups/rg-ml/providers/Microsoft.MachineLearningServices/workspaces/mlw`,
  extension: `${online}/resourceGroups/rg-aks/providers/Microsoft.ContainerService/managedClusters/aks/providers/Microsoft.KubernetesConfiguration/extensions/azureml`,
} as const;

function assignment(number: number, scope: string, principalId: string, role: string): Row {
  const name = `dddddddd-0000-4000-8000-00000000000${number}`;
  return {
    id: `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}`,
    name,
    type: 'Microsoft.Authorization/roleAssignments',
    properties: {
      principalId,
      principalType: 'ServicePrincipal',
      scope: scope === '' ? '/' : scope,
      roleDefinitionId: `/providers/Microsoft.Authorization/roleDefinitions/${role}`,
    },
  };
}

function role(name: string, scope: string, actions: string[], notActions: string[] = []): Row {
  return {
    id: `${scope}/providers/Microsoft.Authorization/roleDefinitions/${name}`,
    name,
    type: 'Microsoft.Authorization/roleDefinitions',
    properties: {
      roleName: name,
      type: scope === '' ? 'BuiltInRole' : 'CustomRole',
      assignableScopes: [scope === '' ? '/' : scope],
      permissions: [{ actions, notActions, dataActions: [], notDataActions: [] }],
    },
  };
}

/** An assignment at each level that the filter on scopes tells apart. */
export const assignments = {
  atTenant: assignment(1, '', principals.atRoot, roles.networkContributor),
  atManagementGroup: assignment(
    2,
    managementGroup('mg-root'),
    principals.atRoot,
    roles.networkContributor,
  ),
  atSubscription: assignment(3, online, groups.outer, roles.reader),
  atGroup: assignment(4, ids.onlineGroup, principals.onGroup, roles.custom),
  elsewhere: assignment(5, corp, principals.atRoot, roles.reader),
} as const;

export const denied: Row = {
  id: `${ids.network}/providers/Microsoft.Authorization/denyAssignments/eeeeeeee-0000-4000-8000-000000000001`,
  name: 'eeeeeeee-0000-4000-8000-000000000001',
  type: 'Microsoft.Authorization/denyAssignments',
  properties: {
    denyAssignmentName: 'hands off',
    scope: ids.network,
    permissions: [
      { actions: ['Microsoft.Network/virtualNetworks/*'], notActions: [], dataActions: [] },
    ],
    principals: [{ id: principals.onGroup, type: 'ServicePrincipal' }],
    excludePrincipals: [],
  },
};

const lockType = 'Microsoft.Authorization/locks';

/** The rows, casing as mixed as Azure's. */
export const smallEstate: readonly Row[] = [
  subscription(online, ['mg-online', 'mg-root']),
  subscription(corp, ['mg-corp', 'mg-root']),
  {
    id: ids.nsg,
    name: 'nsg-a',
    type: 'Microsoft.Network/networkSecurityGroups',
    location: 'West Europe',
    subscriptionId: subscriptions.online,
    resourceGroup: 'rg-net',
    etag: 'W/"1"',
    properties: {
      securityRules: [
        { name: 'allow', id: `${ids.nsg}/securityRules/allow`, properties: { priority: 100 } },
      ],
    },
  },
  {
    id: ids.network,
    name: 'vnet-a',
    type: 'microsoft.network/virtualnetworks',
    location: 'westeurope',
    properties: { subnets: [{ name: 'Nodes', id: `${ids.network}/subnets/Nodes` }] },
  },
  {
    id: `${ids.network}/providers/Microsoft.Network/effectiveSecurityAdminRules/default`,
    name: 'default',
    type: 'microsoft.network/effectivesecurityadminrules',
    properties: { value: [{ id: 'rule', kind: 'Custom', properties: { access: 'Deny' } }] },
  },
  {
    id: ids.corpNsg,
    name: 'nsg-b',
    type: 'microsoft.network/networksecuritygroups',
    properties: { securityRules: [] },
  },
  {
    id: ids.cluster,
    name: 'aks',
    type: 'Microsoft.ContainerService/ManagedClusters',
    identity: { type: 'SystemAssigned', principalId: principals.atRoot },
    properties: {},
  },
  {
    id: ids.extension,
    name: 'azureml',
    type: 'microsoft.kubernetesconfiguration/extensions',
    properties: {
      extensionType: 'Microsoft.AzureML.Kubernetes',
      scope: { cluster: { releaseNamespace: 'azureml' } },
      configurationSettings: { enableInference: 'True' },
    },
  },
  {
    id: ids.workspace,
    name: 'mlw',
    type: 'microsoft.machinelearningservices/workspaces',
    properties: {},
  },
  ...['one', 'two', 'three', 'four', 'five'].map((name) => ({
    id: `${ids.workspace}/computes/${name}`,
    name,
    type: 'Microsoft.MachineLearningServices/workspaces/computes',
    properties: { computeType: 'AKS' },
  })),
  {
    id: `${ids.onlineGroup}/providers/Microsoft.Authorization/locks/keep`,
    name: 'keep',
    type: lockType,
    properties: { level: 'CanNotDelete' },
  },
  {
    id: `${managementGroup('mg-root')}/providers/Microsoft.Authorization/policyExemptions/waived`,
    name: 'waived',
    type: 'Microsoft.Authorization/policyExemptions',
    properties: { exemptionCategory: 'Waiver', expiresOn: '2020-01-01T00:00:00Z' },
  },
  {
    id: `${online}/providers/Microsoft.Network/serviceTags/Public`,
    name: 'Public',
    type: 'microsoft.network/servicetags',
    changeNumber: '7',
    cloud: 'Public',
    values: [{ name: 'Sql', id: 'Sql', properties: { addressPrefixes: ['192.0.2.0/24'] } }],
  },
  ...Object.values(assignments),
  denied,
  role(roles.reader, '', ['*/read']),
  role(roles.networkContributor, '', ['Microsoft.Network/*']),
  role(roles.custom, online, ['Microsoft.Network/*/read'], ['*/networkSecurityGroups/read']),
  { id: groups.outer, type: 'microsoft.graph/groups', members: [groups.inner] },
  {
    id: groups.inner,
    type: 'microsoft.graph/groups',
    members: [principals.throughGroups, principals.stranger.replace('4', '9')],
  },
  {
    id: principals.throughGroups,
    type: 'microsoft.graph/serviceprincipals',
    appId: 'ffffffff-0000-4000-8000-000000000001',
    displayName: 'sp-nightly',
  },
];

/** The same without its lock, to be changed. */
export const unlockedEstate: readonly Row[] = smallEstate.filter(({ type }) => type !== lockType);

function subscription(id: string, chain: readonly string[]): Row {
  return {
    id,
    name: id.endsWith('1') ? 'online' : 'corp',
    type: 'microsoft.resources/subscriptions',
    properties: {
      state: 'Enabled',
      managementGroupAncestorsChain: chain.map((name) => ({ name, displayName: name })),
    },
  };
}
