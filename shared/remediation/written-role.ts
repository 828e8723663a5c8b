import type { RoleAssignment } from '../access/access-facts.ts';
import { type ResourceId, resourceId, subscriptionIdOf } from '../model/resource-id.ts';
import { sha256 } from '../model/sha256.ts';
import type { ArmWrite } from './arm-write.ts';
import { type Snippets, bicepString, shellWord, terraformString } from './snippets.ts';

/** The API version of the requests, and of the snippets that say the same. */
export const authorizationApiVersion = '2022-04-01';

/** A role that is given to somebody at a scope. */
export interface RoleToAssign {
  readonly principalId: string;
  /** Undefined where it is not known what the principal is: then Azure looks it up. */
  readonly principalType?: 'ServicePrincipal' | 'User' | 'Group';
  readonly role: { readonly guid: string; readonly roleName: string };
  readonly scope: ResourceId;
  readonly description: string;
}

/**
 * The assignment's own name: a GUID that follows from who, what and where, so that a repeated write
 * changes nothing. Its form is that of version 8 (RFC 9562), which is for names made by others' rules.
 */
function assignmentName({ principalId, role, scope }: RoleToAssign): string {
  const hex = sha256(`portcullis\n${principalId}\n${role.guid}\n${scope}`.toLowerCase());
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

function assignmentId(given: RoleToAssign): ResourceId {
  const name = assignmentName(given);
  return resourceId(`${given.scope}/providers/microsoft.authorization/roleassignments/${name}`);
}

/** The assignment as facts hold it. */
export function asAssignment(given: RoleToAssign): RoleAssignment {
  const { principalId, principalType, role, scope } = given;
  return {
    id: assignmentId(given),
    principalId: principalId.toLowerCase(),
    ...(principalType === undefined ? {} : { principalType }),
    roleDefinitionGuid: role.guid,
    scope,
  };
}

function assignmentUrl(given: RoleToAssign): string {
  return `${assignmentId(given)}?api-version=${authorizationApiVersion}`;
}

/** The request that gives the role. Source: learn.microsoft.com/rest/api/authorization/role-assignments/create */
export function roleWrite(given: RoleToAssign): ArmWrite {
  const { principalId, principalType, role, scope, description } = given;
  const subscription = subscriptionIdOf(scope) ?? '';
  return {
    method: 'PUT',
    url: assignmentUrl(given),
    body: {
      properties: {
        roleDefinitionId: `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/${role.guid}`,
        principalId,
        ...(principalType === undefined ? {} : { principalType }),
        description,
      },
    },
    ifMatch: null,
  };
}

/** The request that takes the same assignment away again. */
export function roleRemoval(given: RoleToAssign): ArmWrite {
  return { method: 'DELETE', url: assignmentUrl(given), ifMatch: null };
}

/** Assignments as Azure CLI commands for a POSIX shell, as Bicep and as Terraform (azurerm). */
export function roleSnippets(given: readonly RoleToAssign[]): Snippets {
  return {
    az: given.map(azOf).join('\n'),
    bicep: given.map(bicepOf).join('\n\n'),
    terraform: given.map(terraformOf).join('\n\n'),
  };
}

/** Source: learn.microsoft.com/cli/azure/role/assignment#az-role-assignment-create */
function azOf(given: RoleToAssign): string {
  const { principalId, principalType, role, scope, description } = given;
  return [
    'az role assignment create',
    `--name ${assignmentName(given)}`,
    `--assignee-object-id ${shellWord(principalId)}`,
    ...(principalType === undefined ? [] : [`--assignee-principal-type ${principalType}`]),
    `--role ${shellWord(role.guid)}`,
    `--scope ${shellWord(scope)}`,
    `--description ${shellWord(description)}`,
  ].join(' \\\n  ');
}

/** Source: learn.microsoft.com/azure/templates/microsoft.authorization/roleassignments */
function bicepOf(given: RoleToAssign): string {
  const { principalId, principalType, role, scope, description } = given;
  const name = assignmentName(given);
  return [
    `// deployed at ${bicepString(scope)}`,
    `resource assignment_${name.slice(0, 8)} 'Microsoft.Authorization/roleAssignments@${authorizationApiVersion}' = {`,
    `  name: ${bicepString(name)}`,
    '  properties: {',
    `    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', ${bicepString(role.guid)})`,
    `    principalId: ${bicepString(principalId)}`,
    ...(principalType === undefined ? [] : [`    principalType: ${bicepString(principalType)}`]),
    `    description: ${bicepString(description)}`,
    '  }',
    '}',
  ].join('\n');
}

/** Source: registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources/role_assignment */
function terraformOf(given: RoleToAssign): string {
  const { principalId, principalType, role, scope, description } = given;
  const name = assignmentName(given);
  const members: readonly (readonly [string, string])[] = [
    ['name', name],
    ['scope', scope],
    ['role_definition_name', role.roleName],
    ['principal_id', principalId],
    ...(principalType === undefined ? [] : [['principal_type', principalType] as const]),
    ['description', description],
  ];
  const width = Math.max(...members.map(([key]) => key.length));
  return [
    `resource "azurerm_role_assignment" "assignment_${name.slice(0, 8)}" {`,
    ...members.map(([key, value]) => `  ${key.padEnd(width)} = ${terraformString(value)}`),
    '}',
  ].join('\n');
}
