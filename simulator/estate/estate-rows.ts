import { builtInRoleRows } from './access-rows.ts';
import type { EstateConditions, SubscriptionDraft } from './cluster-draft.ts';
import type { EstateRow } from './network-rows.ts';
import { resource } from './network-rows.ts';
import type { Random } from './random.ts';
import { serviceTagListRow } from './service-tag-list.ts';

/** The types that a complete export of an estate holds. */
export const exportedTypes: readonly string[] = [
  'microsoft.authorization/denyassignments',
  'microsoft.authorization/locks',
  'microsoft.authorization/policyexemptions',
  'microsoft.authorization/roleassignments',
  'microsoft.authorization/roledefinitions',
  'microsoft.compute/virtualmachinescalesets',
  'microsoft.containerinstance/containergroups',
  'microsoft.containerregistry/registries',
  'microsoft.containerservice/managedclusters',
  'microsoft.containerservice/managedclusters/trustedaccessrolebindings',
  'microsoft.graph/groups',
  'microsoft.graph/serviceprincipals',
  'microsoft.keyvault/vaults',
  'microsoft.kubernetesconfiguration/extensions',
  'microsoft.machinelearningservices/workspaces',
  'microsoft.machinelearningservices/workspaces/computes',
  'microsoft.machinelearningservices/workspaces/onlineendpoints',
  'microsoft.network/applicationsecuritygroups',
  'microsoft.network/effectivesecurityadminrules',
  'microsoft.network/loadbalancers',
  'microsoft.network/networkinterfaces',
  'microsoft.network/networksecuritygroups',
  'microsoft.network/privateendpoints',
  'microsoft.network/publicipaddresses',
  'microsoft.network/routetables',
  'microsoft.network/servicetags',
  'microsoft.network/virtualnetworks',
  'microsoft.resources/deploymentstacks',
  'microsoft.resources/subscriptions',
  'microsoft.resources/subscriptions/resourcegroups',
  'microsoft.storage/storageaccounts',
];

/** What an estate holds beside its clusters: manifest, subscriptions, built-in roles, service tags. */
export function estateRows(
  subscriptions: readonly SubscriptionDraft[],
  conditions: EstateConditions,
): EstateRow[] {
  const [first] = subscriptions;
  const unread = [
    ...conditions.unread,
    ...(conditions.tagList ? [] : ['microsoft.network/servicetags']),
  ];
  return [
    {
      id: '/providers/portcullis/manifest',
      name: 'manifest',
      type: 'portcullis/manifest',
      takenAt: '2026-11-02T03:00:00Z',
      scopes: subscriptions.map(({ id }) => `/subscriptions/${id}`),
      types: exportedTypes.filter((type) => !unread.includes(type)),
      authorizationScopeFilter: conditions.managementGroupCoverage
        ? 'AtScopeAboveAndBelow'
        : 'AtScopeAndBelow',
    },
    ...subscriptions.map(subscriptionRow),
    ...builtInRoleRows(),
    ...(conditions.tagList && first !== undefined ? [{ ...serviceTagListRow(first.id) }] : []),
  ];
}

function subscriptionRow(subscription: SubscriptionDraft): EstateRow {
  return {
    id: `/subscriptions/${subscription.id}`,
    name: subscription.name,
    type: 'microsoft.resources/subscriptions',
    subscriptionId: subscription.id,
    resourceGroup: '',
    properties: {
      state: 'Enabled',
      managementGroupAncestorsChain: subscription.ancestors.map((name) => ({
        name,
        displayName: name,
      })),
    },
  };
}

/** Resources that belong to no inference cluster and must change nothing. */
export function unrelatedRows(
  subscription: SubscriptionDraft,
  number: number,
  random: Random,
): EstateRow[] {
  const group = `/subscriptions/${subscription.id}/resourceGroups/rg-unrelated-${number}`;
  const workspace = `${group}/providers/Microsoft.MachineLearningServices/workspaces/mlw-lab-${number}`;
  const compute = (name: string, properties: EstateRow): EstateRow =>
    resource(
      `${workspace}/computes/${name}`,
      'Microsoft.MachineLearningServices/workspaces/computes',
      'westeurope',
      {
        tags: null,
        properties: { provisioningState: 'Succeeded', description: null, ...properties },
      },
    );
  const platformTeam = random.guid();
  const owner = '8e3af657-a8ff-443c-a75c-2fe8c4bcb635';
  const assignment = random.guid();
  return [
    resource(workspace, 'Microsoft.MachineLearningServices/workspaces', 'westeurope', {
      kind: 'Default',
      properties: { provisioningState: 'Succeeded', friendlyName: 'lab' },
    }),
    compute('notebooks', { computeType: 'ComputeInstance', resourceId: null }),
    compute('training', { computeType: 'AmlCompute', resourceId: null }),
    compute('branch-office', {
      computeType: 'Kubernetes',
      isAttachedCompute: true,
      resourceId: `${group}/providers/Microsoft.Kubernetes/connectedClusters/arc-branch-${number}`,
      properties: { namespace: 'default' },
    }),
    resource(
      `${group}/providers/Microsoft.Network/publicIPAddresses/pip-shop-${number}`,
      'Microsoft.Network/publicIPAddresses',
      'westeurope',
      {
        sku: { name: 'Standard', tier: 'Regional' },
        tags: { 'k8s-azure-service': 'shop/storefront' },
        properties: { provisioningState: 'Succeeded', publicIPAllocationMethod: 'Dynamic' },
      },
    ),
    resource(
      `${group}/providers/Microsoft.Web/sites/app-intranet-${number}`,
      'Microsoft.Web/sites',
      'westeurope',
      {
        kind: 'app',
        properties: { state: 'Running' },
      },
    ),
    { id: platformTeam, type: 'microsoft.graph/groups', members: [random.guid(), random.guid()] },
    {
      id: `/subscriptions/${subscription.id}/providers/Microsoft.Authorization/roleAssignments/${assignment}`,
      name: assignment,
      type: 'Microsoft.Authorization/roleAssignments',
      properties: {
        roleDefinitionId: `/subscriptions/${subscription.id}/providers/Microsoft.Authorization/roleDefinitions/${owner}`,
        principalId: platformTeam,
        principalType: 'Group',
        scope: `/subscriptions/${subscription.id}`,
        condition: null,
      },
    },
  ];
}
