import type { ResourceId } from '../model/resource-id.ts';
import type { CustomRole } from './least-grant.ts';

/** Who a role is assigned to: an object id and what it is, so that Azure need not look it up. */
export interface Assignee {
  readonly principalId: string;
  readonly principalType: 'ServicePrincipal' | 'User' | 'Group';
}

/**
 * The Azure CLI command that assigns a role, by its GUID or the name of a custom role; undefined where
 * an id is none that Azure gives out, for then it has no place in a command. Written for a POSIX shell.
 * Source: learn.microsoft.com/cli/azure/role/assignment#az-role-assignment-create
 */
export function assignmentCommand(
  { principalId, principalType }: Assignee,
  role: string,
  scope: ResourceId,
): string | undefined {
  const isRole = guid.test(role) || roleName.test(role);
  if (!guid.test(principalId) || !isRole || !isScope(scope)) return undefined;
  return [
    'az role assignment create',
    `--assignee-object-id ${principalId}`,
    `--assignee-principal-type ${principalType}`,
    `--role ${quoted(role)}`,
    `--scope ${quoted(scope)}`,
  ].join(' ');
}

/**
 * The like, for a role that hands out one other role to service principals only: the condition keeps
 * its holder from assigning anything else, or to anybody else.
 */
export function delegationCommand(
  assignee: Assignee,
  role: string,
  handedOut: string,
  scope: ResourceId,
): string | undefined {
  const command = assignmentCommand(assignee, role, scope);
  if (command === undefined || !guid.test(handedOut)) return undefined;
  const condition = delegationCondition(handedOut, 'ServicePrincipal');
  return `${command} --condition-version 2.0 --condition ${quoted(condition)}`;
}

/**
 * The condition, version 2.0, under which an assignment lets its holder give one role, to one kind of
 * principals, and take that role away again.
 * Source: learn.microsoft.com/azure/role-based-access-control/delegate-role-assignments-examples
 */
export function delegationCondition(
  roleGuid: string,
  principalType: Assignee['principalType'],
): string {
  const assignments = 'Microsoft.Authorization/roleAssignments';
  const only = (action: string, what: string): string =>
    `((!(ActionMatches{'${assignments}/${action}'})) OR (${what}))`;
  const isRole = (attribute: string): string =>
    `${attribute}[${assignments}:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {${roleGuid}}`;
  const isPrincipal = `@Request[${assignments}:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {'${principalType}'}`;
  return `${only('write', `${isRole('@Request')} AND ${isPrincipal}`)} AND ${only('delete', isRole('@Resource'))}`;
}

/**
 * The Azure CLI command that makes a custom role; undefined where a name, an action or a scope is none
 * that Azure takes. Written for a POSIX shell.
 * Source: learn.microsoft.com/cli/azure/role/definition#az-role-definition-create
 */
export function definitionCommand(role: CustomRole): string | undefined {
  const isSound =
    roleName.test(role.Name) &&
    role.Actions.every((action) => actionPattern.test(action)) &&
    role.AssignableScopes.every(isScope);
  return isSound
    ? `az role definition create --role-definition ${quoted(JSON.stringify(role))}`
    : undefined;
}

const guid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;
const roleName = /^[\p{L}\p{N}][\p{L}\p{N} _.:()/-]{0,510}$/u;
const actionPattern = /^(?:\*|[a-z*][\w.*-]*(?:\/[\w.*-]+)+)$/i;
/** Letters and digits of any script are allowed in names of resource groups. */
const scopeSegments = /^(?:\/[\p{L}\p{N}_.()-]+)+$/u;

function isScope(scope: string): boolean {
  return scope === '/' || scopeSegments.test(scope);
}

/** One word of a POSIX shell, whatever it holds. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
