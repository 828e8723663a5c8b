import type { AssignmentDraft, ClusterDraft, SubscriptionDraft } from './cluster-draft.ts';
import { builtInRoles } from './grant-scenarios.ts';
import type { EstateRow } from './network-rows.ts';
import type { Random } from './random.ts';

/** Who holds what around one cluster. */
export function accessRows(draft: ClusterDraft): EstateRow[] {
  const { identity, random, networkSubscription } = draft;
  const kubelet: AssignmentDraft = {
    principalId: draft.kubeletObjectId,
    principalType: 'ServicePrincipal',
    role: builtInRoles.acrPull,
    scope: draft.groupId,
  };
  const principal = {
    id: identity.principalId,
    appId: identity.clientId,
    displayName: `sp-${draft.name}`,
  };
  return [
    ...[...draft.assignments, ...(draft.conditions.compact ? [] : [kubelet])].map((assignment) =>
      roleAssignment(assignment, networkSubscription, random),
    ),
    ...draft.customRoles.map((role) =>
      roleDefinition(
        `/subscriptions/${networkSubscription.id}`,
        role.guid,
        role.name,
        'CustomRole',
        role.actions,
        role.notActions,
      ),
    ),
    ...draft.denyAssignments.map((deny) => denyAssignment(draft, deny)),
    ...(identity.kind === 'servicePrincipal' && draft.principalListed
      ? [{ type: 'microsoft.graph/serviceprincipals', ...principal }]
      : []),
    ...draft.groups.map(({ id, members }) => ({ id, type: 'microsoft.graph/groups', members })),
  ];
}

/** The built-in role definitions that the estates use. */
export function builtInRoleRows(): EstateRow[] {
  const networkContributor = [
    'Microsoft.Authorization/*/read',
    'Microsoft.Insights/alertRules/*',
    'Microsoft.Network/*',
    'Microsoft.ResourceHealth/availabilityStatuses/read',
    'Microsoft.Resources/deployments/*',
    'Microsoft.Resources/subscriptions/resourceGroups/read',
    'Microsoft.Support/*',
  ];
  const notContributor = [
    'Microsoft.Authorization/*/Delete',
    'Microsoft.Authorization/*/Write',
    'Microsoft.Authorization/elevateAccess/Action',
    'Microsoft.Blueprint/blueprintAssignments/write',
    'Microsoft.Blueprint/blueprintAssignments/delete',
    'Microsoft.Compute/galleries/share/action',
  ];
  const builtIn = (guid: string, name: string, actions: string[], notActions: string[] = []) =>
    roleDefinition('', guid, name, 'BuiltInRole', actions, notActions);
  return [
    builtIn(builtInRoles.networkContributor, 'Network Contributor', networkContributor),
    builtIn(builtInRoles.owner, 'Owner', ['*']),
    builtIn(builtInRoles.contributor, 'Contributor', ['*'], notContributor),
    builtIn(builtInRoles.reader, 'Reader', ['*/read']),
    builtIn(builtInRoles.userAccessAdministrator, 'User Access Administrator', [
      '*/read',
      'Microsoft.Authorization/*',
      'Microsoft.Support/*',
    ]),
    builtIn(builtInRoles.acrPull, 'AcrPull', ['Microsoft.ContainerRegistry/registries/pull/read']),
  ];
}

/** A role assignment in one of the spellings of the API versions. */
function roleAssignment(
  assignment: AssignmentDraft,
  subscription: SubscriptionDraft,
  random: Random,
): EstateRow {
  const name = random.guid();
  const under = assignment.scope === '/' ? '' : assignment.scope;
  const definition = `/providers/Microsoft.Authorization/roleDefinitions/${assignment.role}`;
  const tenantForm = assignment.scope.startsWith('/subscriptions/') && random.chance(0.9);
  return {
    id: `${under}/providers/Microsoft.Authorization/roleAssignments/${name}`,
    name,
    type: 'Microsoft.Authorization/roleAssignments',
    subscriptionId: tenantForm ? subscription.id : '',
    properties: {
      roleDefinitionId: tenantForm ? `/subscriptions/${subscription.id}${definition}` : definition,
      principalId: assignment.principalId,
      // Old API versions leave the type out; whoever holds more than Reader might then be a group.
      ...(assignment.role === builtInRoles.reader && random.chance(0.3)
        ? {}
        : { principalType: assignment.principalType }),
      scope: assignment.scope,
      ...(assignment.condition === undefined
        ? random.pick([{}, { condition: null, conditionVersion: null }])
        : { condition: assignment.condition, conditionVersion: '2.0' }),
      createdOn: '2026-03-02T09:14:07.1230000Z',
      updatedOn: '2026-03-02T09:14:07.1230000Z',
      createdBy: random.pick([null, '', random.guid()]),
    },
  };
}

function roleDefinition(
  scope: string,
  guid: string,
  roleName: string,
  kind: 'BuiltInRole' | 'CustomRole',
  actions: readonly string[],
  notActions: readonly string[],
): EstateRow {
  return {
    id: `${scope}/providers/Microsoft.Authorization/roleDefinitions/${guid}`,
    name: guid,
    type: 'Microsoft.Authorization/roleDefinitions',
    properties: {
      roleName,
      type: kind,
      description: '',
      assignableScopes: [scope === '' ? '/' : scope],
      permissions: [{ actions, notActions, dataActions: [], notDataActions: [] }],
    },
  };
}

function denyAssignment(
  draft: ClusterDraft,
  deny: ClusterDraft['denyAssignments'][number],
): EstateRow {
  const name = draft.random.guid();
  return {
    id: `${draft.networkGroupId}/providers/Microsoft.Authorization/denyAssignments/${name}`,
    name,
    type: 'Microsoft.Authorization/denyAssignments',
    properties: {
      denyAssignmentName: `protect-${draft.name}-network`,
      description: 'Networks are changed by the platform team only.',
      scope: draft.networkGroupId,
      doNotApplyToChildScopes: false,
      isSystemProtected: true,
      permissions: [
        {
          actions: ['Microsoft.Network/*'],
          notActions: ['*/read'],
          dataActions: [],
          notDataActions: [],
        },
      ],
      principals: deny.everyone
        ? [{ id: '00000000-0000-0000-0000-000000000000', type: 'SystemDefined' }]
        : [{ id: deny.principalId, type: 'ServicePrincipal' }],
      excludePrincipals: deny.everyone ? [{ id: draft.random.guid(), type: 'User' }] : [],
    },
  };
}
