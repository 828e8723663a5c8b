import type { Permission, RoleDefinition } from './access-facts.ts';

/** A role without conditions on its blocks. */
export interface PlainRole extends RoleDefinition {
  readonly permissions: readonly Permission[];
}

/**
 * Definitions that Microsoft publishes and assigns the same GUID in every tenant, by GUID: for
 * inventories that lack the row. A row that was read goes before them.
 * Source: learn.microsoft.com/azure/role-based-access-control/built-in-roles/privileged, …/general,
 * …/networking, …/identity
 */
export const builtInRoles: ReadonlyMap<string, PlainRole> = new Map(
  [
    role('8e3af657-a8ff-443c-a75c-2fe8c4bcb635', 'Owner', ['*']),
    role(
      'b24988ac-6180-42a0-ab88-20f7382dd24c',
      'Contributor',
      ['*'],
      [
        'Microsoft.Authorization/*/Delete',
        'Microsoft.Authorization/*/Write',
        'Microsoft.Authorization/elevateAccess/Action',
        'Microsoft.Blueprint/blueprintAssignments/write',
        'Microsoft.Blueprint/blueprintAssignments/delete',
        'Microsoft.Compute/galleries/share/action',
        'Microsoft.Purview/consents/write',
        'Microsoft.Purview/consents/delete',
        'Microsoft.Resources/deploymentStacks/manageDenySetting/action',
        'Microsoft.Subscription/cancel/action',
        'Microsoft.Subscription/enable/action',
      ],
    ),
    role('4d97b98b-1d4f-4787-a291-c67834d212e7', 'Network Contributor', [
      'Microsoft.Authorization/*/read',
      'Microsoft.Insights/alertRules/*',
      'Microsoft.Network/*',
      'Microsoft.ResourceHealth/availabilityStatuses/read',
      'Microsoft.Resources/deployments/*',
      'Microsoft.Resources/subscriptions/resourceGroups/read',
      'Microsoft.Support/*',
    ]),
    role('acdd72a7-3385-48ef-bd42-f606fba81ae7', 'Reader', ['*/read']),
    role('b12aa53e-6015-4669-85d0-8515ebb3ae7f', 'Private DNS Zone Contributor', [
      'Microsoft.Insights/alertRules/*',
      'Microsoft.Resources/deployments/*',
      'Microsoft.Resources/subscriptions/resourceGroups/read',
      'Microsoft.Support/*',
      'Microsoft.Network/privateDnsZones/*',
      'Microsoft.Network/privateDnsOperationResults/*',
      'Microsoft.Network/privateDnsOperationStatuses/*',
      'Microsoft.Network/virtualNetworks/read',
      'Microsoft.Network/virtualNetworks/join/action',
      'Microsoft.Authorization/*/read',
    ]),
    role('f1a07417-d97a-45cb-824c-7a7467783830', 'Managed Identity Operator', [
      'Microsoft.ManagedIdentity/userAssignedIdentities/*/read',
      'Microsoft.ManagedIdentity/userAssignedIdentities/*/assign/action',
      'Microsoft.Authorization/*/read',
      'Microsoft.Insights/alertRules/*',
      'Microsoft.Resources/subscriptions/resourceGroups/read',
      'Microsoft.Resources/deployments/*',
      'Microsoft.Support/*',
    ]),
    role('18d7d88d-d35e-4fb5-a5c3-7773c20a72d9', 'User Access Administrator', [
      '*/read',
      'Microsoft.Authorization/*',
      'Microsoft.Support/*',
    ]),
  ].map((definition) => [definition.guid, definition]),
);

function role(
  guid: string,
  roleName: string,
  actions: readonly string[],
  notActions: readonly string[] = [],
): PlainRole {
  return { guid, roleName, permissions: [{ actions, notActions }] };
}
