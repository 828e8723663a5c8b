import { type Answer, ok, parameter } from '../http/wire.ts';
import type { Estate, SignedCall } from '../surface.ts';
import { keyOf, lastOf, subscriptionIn } from '../tenant/azure-id.ts';
import {
  type Relation,
  type Resource,
  type Row,
  isRow,
  propertiesOf,
  relationOf,
  textOf,
  types,
} from '../tenant/tenant.ts';
import { armBody } from './arm-body.ts';
import { armErrors } from './arm-errors.ts';
import { listPage } from './list-page.ts';
import type { Operation } from './operation.ts';
import { type ScopeFilter, readScopeFilter } from './scope-filter.ts';
import type { Target } from './target.ts';

/** What lists of a type of Microsoft.Authorization hold, and how a missing one is told. */
interface AuthorizationType {
  /** Without a filter: where the scope of what is listed may lie to the scope asked about. */
  readonly listed: readonly Relation[];
  readonly atScope: readonly Relation[];
  readonly notFound: (name: string) => Answer;
}

const everywhere: readonly Relation[] = ['at', 'above', 'below'];
const hereAndAbove: readonly Relation[] = ['at', 'above'];

const authorizationTypes: Readonly<Record<string, AuthorizationType>> = {
  [types.roleAssignments]: {
    listed: everywhere,
    atScope: hereAndAbove,
    notFound: (name) =>
      armErrors.authorizationNotFound('RoleAssignmentNotFound', 'role assignment', name),
  },
  [types.roleDefinitions]: {
    listed: hereAndAbove,
    atScope: hereAndAbove,
    notFound: armErrors.roleDefinitionNotFound,
  },
  [types.denyAssignments]: {
    listed: everywhere,
    atScope: hereAndAbove,
    notFound: (name) =>
      armErrors.authorizationNotFound('DenyAssignmentNotFound', 'deny assignment', name),
  },
  [types.locks]: {
    listed: ['at', 'below'],
    atScope: ['at'],
    notFound: (name) => armErrors.authorizationNotFound('LockNotFound', 'lock', name),
  },
  [types.policyExemptions]: {
    listed: everywhere,
    atScope: hereAndAbove,
    notFound: (name) =>
      armErrors.authorizationNotFound('PolicyExemptionNotFound', 'policy exemption', name),
  },
};

/** Reading role assignments and what else Microsoft.Authorization keeps at scopes. */
export function authorizationOperation(
  call: SignedCall,
  target: Target,
  estate: Estate,
): Operation | undefined {
  const action = `${target.writtenType}/read`;
  if (target.type === 'microsoft.authorization/permissions' && target.kind === 'list') {
    const { access } = estate;
    const answer = (): Answer =>
      listPage(call, access.permissionsAt(call.caller.objectId, target.key), estate.pageSize);
    return { action, scope: target.writtenScope, answer };
  }
  const kind = authorizationTypes[target.type];
  if (kind === undefined) return undefined;
  return {
    action,
    scope: target.writtenScope,
    answer: () =>
      target.kind === 'one' ? one(target, kind, estate) : list(call, target, kind, estate),
  };
}

function one(target: Target, kind: AuthorizationType, { tenant, tenantId }: Estate): Answer {
  const name = lastOf(target.writtenScope);
  // A role definition is the same under every scope it may be assigned at.
  const found =
    target.type === types.roleDefinitions
      ? tenant.ofType(target.type).find(({ key }) => lastOf(key) === name.toLowerCase())
      : tenant.byId(target.key);
  return found === undefined || found.type !== target.type
    ? kind.notFound(name)
    : ok(atScope(armBody(found, tenantId), found, target.key));
}

function list(call: SignedCall, target: Target, kind: AuthorizationType, estate: Estate): Answer {
  const written = parameter(call.query, '$filter') ?? '';
  const filter = readScopeFilter(written);
  if (filter === undefined) return armErrors.invalidFilter(written);
  const relations = relationsOf(filter, kind);
  const { tenant, tenantId, pageSize } = estate;
  const found = tenant
    .ofType(target.type)
    .filter((resource) =>
      authorizationScopesOf(resource).some((scope) =>
        relations.includes(relationOf(tenant, scope, target.key)),
      ),
    )
    .filter(({ row }) => fits(row, filter, estate))
    .map((resource) => atScope(armBody(resource, tenantId), resource, target.key));
  return listPage(call, found, pageSize);
}

function relationsOf({ functions }: ScopeFilter, kind: AuthorizationType): readonly Relation[] {
  if (functions.includes('atexactscope')) return ['at'];
  if (functions.includes('atscopeandbelow')) return everywhere;
  return functions.includes('atscope') ? kind.atScope : kind.listed;
}

/** The scopes at which the row holds; a role definition has several. */
export function authorizationScopesOf({ key, type, row }: Resource): readonly string[] {
  const { scope, assignableScopes } = propertiesOf(row);
  if (type === types.roleDefinitions && Array.isArray(assignableScopes)) {
    return assignableScopes.map((assignable) => keyOf(textOf(assignable)));
  }
  if (typeof scope === 'string' && type !== types.roleDefinitions) return [keyOf(scope)];
  return [keyOf(key.slice(0, key.lastIndexOf('/providers/microsoft.authorization/')))];
}

function fits(row: Row, { assignedTo, equal, functions }: ScopeFilter, estate: Estate): boolean {
  const properties = propertiesOf(row);
  const principals = principalsOf(properties);
  if (assignedTo !== undefined) {
    const identities = [assignedTo, ...estate.access.groupsOf(assignedTo)];
    if (!identities.some((id) => principals.includes(id))) return false;
  }
  if (functions.includes('excludeexpired') && isPast(properties['expiresOn'], estate.now()))
    return false;
  return equal.every(([member, value]) =>
    /^(gdprExport)?principalId$/i.test(member)
      ? principals.includes(value.toLowerCase())
      : textOf(properties[member]).toLowerCase() === value.toLowerCase(),
  );
}

function principalsOf({ principalId, principals }: Row): readonly string[] {
  const several = (Array.isArray(principals) ? principals : []).filter(isRow);
  return [principalId, ...several.map(({ id }) => id)].map((id) => textOf(id).toLowerCase());
}

function isPast(expiry: unknown, now: Date): boolean {
  return typeof expiry === 'string' && Date.parse(expiry) <= now.getTime();
}

/** What is asked for in a subscription has an id there, built-in roles too. */
function atScope(body: Row, { type, key }: Resource, scope: string): Row {
  const subscription = subscriptionIn(scope);
  const isBuiltIn = type === types.roleDefinitions && key.startsWith('/providers/');
  return isBuiltIn && subscription !== undefined
    ? { ...body, id: `/subscriptions/${subscription}${textOf(body['id'])}` }
    : body;
}
