import type {
  AccessFacts,
  ConditionalPermission,
  DenyAssignment,
  Permission,
  RoleAssignment,
  RoleDefinition,
} from '../../shared/access/access-facts.ts';
import { resourceId } from '../../shared/model/resource-id.ts';
import type { ResourceId } from '../../shared/model/resource-id.ts';
import { known } from '../../shared/model/verdict.ts';

export const subscription = resourceId('/subscriptions/sub-1');
export const group = resourceId('/subscriptions/sub-1/resourceGroups/net-1');
export const network = resourceId(`${group}/providers/Microsoft.Network/virtualNetworks/vnet`);
export const subnet = resourceId(`${network}/subnets/nodes`);
export const identity = 'aaaaaaaa-0000-4000-8000-000000000001';

export const owner = '8e3af657-a8ff-443c-a75c-2fe8c4bcb635';
export const contributor = 'b24988ac-6180-42a0-ab88-20f7382dd24c';
export const networkContributorRole = '4d97b98b-1d4f-4787-a291-c67834d212e7';
export const reader = 'acdd72a7-3385-48ef-bd42-f606fba81ae7';

/** Groups. */
export const staff = 'bbbbbbbb-0000-4000-8000-000000000002';
export const team = 'cccccccc-0000-4000-8000-000000000003';
export const guild = 'dddddddd-0000-4000-8000-000000000004';
export const somebody = 'eeeeeeee-0000-4000-8000-000000000005';
/** Roles that are none of Microsoft's. */
export const custom = '99999999-0000-4000-8000-000000000009';
export const other = '88888888-0000-4000-8000-000000000008';

export function managementGroup(name: string): ResourceId {
  return resourceId(`/providers/Microsoft.Management/managementGroups/${name}`);
}

/** Scopes above the subnet, and some that only look alike. */
export const scopes = [
  resourceId('/'),
  managementGroup('platform'),
  managementGroup('elsewhere'),
  subscription,
  resourceId(`${subscription}0`),
  group,
  resourceId(`${group}0`),
  network,
  subnet,
];

export function assigned(
  roleDefinitionGuid: string,
  scope: ResourceId = group,
  given: Partial<RoleAssignment> = {},
): RoleAssignment {
  const name = [roleDefinitionGuid, given.principalId ?? identity, given.condition ?? ''].join('-');
  return {
    id: resourceId(`${scope}/providers/Microsoft.Authorization/roleAssignments/${name}`),
    principalId: identity,
    principalType: 'ServicePrincipal',
    roleDefinitionGuid,
    scope,
    ...given,
  };
}

export function assignedUntyped(
  roleDefinitionGuid: string,
  scope: ResourceId,
  principalId: string,
): RoleAssignment {
  const { principalType: _, ...rest } = assigned(roleDefinitionGuid, scope, { principalId });
  return rest;
}

export function permission(
  actions: readonly string[],
  notActions: readonly string[] = [],
): Permission {
  return { actions, notActions };
}

export function role(
  guid: string,
  ...permissions: readonly ConditionalPermission[]
): RoleDefinition {
  return { guid, roleName: `Role ${guid}`, permissions };
}

export function denied(
  actions: readonly string[],
  scope: ResourceId = group,
  given: Partial<DenyAssignment> = {},
): DenyAssignment {
  return {
    id: resourceId(`${scope}/providers/Microsoft.Authorization/denyAssignments/stack`),
    name: 'stack',
    scope,
    appliesToChildScopes: true,
    principalIds: ['00000000-0000-0000-0000-000000000000'],
    excludedPrincipalIds: [],
    permissions: [permission(actions)],
    ...given,
  };
}

/** Facts in which everything was read, the subscription lies below `platform` and `root-group`, and nobody may do anything. */
export function access(
  given: Omit<Partial<AccessFacts>, 'definitions' | 'groups'> & {
    readonly roles?: readonly RoleDefinition[];
    readonly members?: Readonly<Record<string, readonly string[]>>;
  } = {},
): AccessFacts {
  const { roles = [], members = {}, ...rest } = given;
  return {
    assignments: [],
    denyAssignments: [],
    managementGroups: new Map([
      ['sub-1', [managementGroup('platform'), managementGroup('root-group')]],
    ]),
    coverage: () => known(true),
    ...rest,
    definitions: new Map(roles.map((definition) => [definition.guid, definition])),
    groups: new Map(Object.entries(members).map(([id, of]) => [id, new Set(of)])),
  };
}
