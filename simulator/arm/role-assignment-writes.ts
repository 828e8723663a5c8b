import { type Answer, ok } from '../http/wire.ts';
import type { Estate, SignedCall } from '../surface.ts';
import { keyOf, lastOf, resourceGroupIn } from '../tenant/azure-id.ts';
import { type Resource, type Row, propertiesOf, textOf, types } from '../tenant/tenant.ts';
import { armErrors } from './arm-errors.ts';
import { type WrittenType, writeOperation, writtenProperties } from './arm-write.ts';
import type { Operation } from './operation.ts';
import type { Target } from './target.ts';

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** What makes an assignment what it is: nothing of it can be changed. */
const fixed = ['principalId', 'roleDefinitionId'] as const;

const roleAssignments: WrittenType = {
  put(call, target, action, estate) {
    const properties = writtenProperties(call.body);
    const scope = scopeOf(target.writtenScope);
    const refused =
      refusalOf(properties, target, scope, estate) ?? inTheWay(properties, target, scope, estate);
    if (properties === undefined || refused !== undefined) {
      return refused ?? armErrors.badRoleAssignment('The request has no properties.');
    }
    const before = estate.tenant.byId(target.key);
    const written = rowOf(call, target, scope, properties, before, estate);
    estate.tenant.put(written, estate.now());
    estate.eventGrid.tell({ call, id: target.writtenScope, action, verb: 'Write' });
    return { ...ok(written), status: before === undefined ? 201 : 200 };
  },
  remove(call, target, action, estate) {
    const found = estate.tenant.byId(target.key);
    if (found === undefined) return { status: 204, body: '' };
    estate.tenant.remove(found, estate.now());
    estate.eventGrid.tell({ call, id: target.writtenScope, action, verb: 'Delete' });
    return ok(found.row);
  },
};

/**
 * PUT and DELETE of one role assignment. Source:
 * https://learn.microsoft.com/rest/api/authorization/role-assignments
 */
export function roleAssignmentWrite(
  call: SignedCall,
  target: Target,
  estate: Estate,
): Operation | undefined {
  return writeOperation(call, target, estate, types.roleAssignments, roleAssignments);
}

/** Why an assignment can be made by nobody. */
function refusalOf(
  properties: Row | undefined,
  { writtenScope, key }: Target,
  scope: string,
  { tenant, directory, tenantId }: Estate,
): Answer | undefined {
  const name = lastOf(writtenScope);
  if (!guid.test(name)) return armErrors.roleAssignmentIdInvalid(name);
  const scopeKey = keyOf(scope);
  if (scopeKey.includes('/providers/') && isResource(scopeKey) && !exists(scopeKey, tenant)) {
    const type = scope.split('/providers/').at(-1)?.split('/').slice(0, 2).join('/') ?? '';
    return armErrors.resourceNotFound(type, scope, resourceGroupIn(key));
  }
  const principalId = textOf(properties?.['principalId']).toLowerCase();
  const roleId = textOf(properties?.['roleDefinitionId']);
  if (!guid.test(principalId)) return armErrors.badRoleAssignment('principalId must be a GUID.');
  const role = tenant
    .ofType(types.roleDefinitions)
    .find(({ key: known }) => lastOf(known) === lastOf(roleId).toLowerCase());
  if (role === undefined) return armErrors.roleDefinitionNotFound(lastOf(roleId));
  const state = directory[principalId];
  const isTyped = textOf(properties?.['principalType']) !== '';
  return state === 'absent' || (state === 'replicating' && !isTyped)
    ? armErrors.principalNotFound(principalId, tenantId)
    : undefined;
}

/** What stands in the way of an assignment: something else under its name, or the same under another. */
function inTheWay(
  properties: Row | undefined,
  { key }: Target,
  scope: string,
  { tenant }: Estate,
): Answer | undefined {
  const wanted = identityOf(properties ?? {});
  const before = tenant.byId(key);
  if (before !== undefined) {
    return identityOf(propertiesOf(before.row)) === wanted
      ? undefined
      : armErrors.roleAssignmentUpdateNotPermitted();
  }
  const name = lastOf(key);
  const others = tenant.ofType(types.roleAssignments).filter((other) => other.key !== key);
  // Names are unique in the tenant, whatever the scope.
  if (others.some((other) => lastOf(other.key) === name)) {
    return armErrors.roleAssignmentUpdateNotPermitted();
  }
  const twin = others.find(
    ({ row }) =>
      identityOf(propertiesOf(row)) === wanted &&
      keyOf(textOf(propertiesOf(row)['scope'])) === keyOf(scope),
  );
  return twin === undefined ? undefined : armErrors.roleAssignmentExists(lastOf(twin.key));
}

/** Who is given what. */
function identityOf(properties: Row): string {
  return fixed.map((member) => lastOf(textOf(properties[member])).toLowerCase()).join(' ');
}

function rowOf(
  { caller }: SignedCall,
  { writtenScope }: Target,
  scope: string,
  properties: Row,
  before: Resource | undefined,
  { now, tenant }: Estate,
): Row {
  const known = before === undefined ? {} : propertiesOf(before.row);
  const at = now().toISOString();
  const principalId = textOf(properties['principalId']);
  return {
    id:
      before?.id ??
      `${scope}/providers/Microsoft.Authorization/roleAssignments/${lastOf(writtenScope)}`,
    name: lastOf(writtenScope),
    type: 'Microsoft.Authorization/roleAssignments',
    properties: {
      roleDefinitionId: textOf(properties['roleDefinitionId']),
      principalId,
      principalType:
        textOf(properties['principalType']) ||
        (tenant.byId(principalId)?.type === types.groups ? 'Group' : 'ServicePrincipal'),
      scope,
      condition: properties['condition'] ?? null,
      conditionVersion: properties['conditionVersion'] ?? null,
      createdOn: known['createdOn'] ?? at,
      updatedOn: at,
      createdBy: known['createdBy'] ?? caller.objectId,
      updatedBy: caller.objectId,
      delegatedManagedIdentityResourceId: null,
      description: properties['description'] ?? null,
    },
  };
}

/** The scope that an assignment's id begins with, as written; `/` at the root. */
function scopeOf(writtenScope: string): string {
  const end = writtenScope.toLowerCase().lastIndexOf('/providers/microsoft.authorization/');
  return writtenScope.slice(0, end) || '/';
}

/** Management groups are scopes, and no rows. */
function isResource(key: string): boolean {
  return !key.startsWith('/providers/');
}

/** Subnets live in their network. */
function exists(key: string, tenant: Estate['tenant']): boolean {
  if (tenant.byId(key) !== undefined) return true;
  const parent = tenant.byId(key.split('/').slice(0, -2).join('/'));
  const { subnets } = parent === undefined ? {} : propertiesOf(parent.row);
  return (
    Array.isArray(subnets) &&
    subnets.some((subnet: Row) => textOf(subnet['name']).toLowerCase() === lastOf(key))
  );
}
