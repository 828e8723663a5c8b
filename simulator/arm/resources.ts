import { exportedTypes } from '../estate/estate-rows.ts';
import { type Answer, ok } from '../http/wire.ts';
import type { Estate, SignedCall } from '../surface.ts';
import { resourceGroupIn, rootScope } from '../tenant/azure-id.ts';
import { type Resource, isRow, propertiesOf, textOf, types } from '../tenant/tenant.ts';
import { armBody } from './arm-body.ts';
import { armErrors } from './arm-errors.ts';
import { listPage } from './list-page.ts';
import type { Operation } from './operation.ts';
import type { Target } from './target.ts';

/** Child resources that Azure keeps inside their parent: the member of its `properties` they are in. */
const embedded: Readonly<Record<string, string>> = {
  'microsoft.network/loadbalancers/frontendipconfigurations': 'frontendIPConfigurations',
  'microsoft.network/loadbalancers/loadbalancingrules': 'loadBalancingRules',
  'microsoft.network/networksecuritygroups/defaultsecurityrules': 'defaultSecurityRules',
  'microsoft.network/networksecuritygroups/securityrules': 'securityRules',
  'microsoft.network/routetables/routes': 'routes',
  'microsoft.network/virtualnetworks/subnets': 'subnets',
  'microsoft.network/virtualnetworks/virtualnetworkpeerings': 'virtualNetworkPeerings',
};

/** Reading a resource by its id, or those of a type in a subscription, a group or a parent. */
export function resourceOperation(
  call: SignedCall,
  target: Target,
  version: string,
  estate: Estate,
): Operation {
  const { type, key, writtenScope } = target;
  const action = `${actionType(target)}/read`;
  if (type === types.subscriptions || (type === types.resourceGroups && target.kind === 'list')) {
    return containerOperation(call, target, action, estate);
  }
  return {
    action,
    scope: writtenScope,
    answer: () => {
      const member = embedded[type];
      if (member !== undefined) return withinParent(call, target, member, estate);
      return target.kind === 'one' ? one(target, estate) : list(call, target, version, key, estate);
    },
  };
}

function one(target: Target, { tenant, tenantId }: Estate): Answer {
  const found = tenant.byId(target.key);
  return found === undefined || found.type !== target.type
    ? notFound(target)
    : ok(armBody(found, tenantId), etagOf(found));
}

function list(
  call: SignedCall,
  target: Target,
  version: string,
  under: string,
  { tenant, tenantId, pageSize }: Estate,
): Answer {
  const { type, writtenType } = target;
  // Azure knows a type whether or not there is anything of it.
  const known = exportedTypes.includes(type) || tenant.types.includes(type);
  if (!known) return armErrors.invalidResourceType(writtenType, version);
  const inResource = under.includes('/providers/');
  if (inResource && tenant.byId(under) === undefined) return parentNotFound(target);
  const prefix = under === rootScope ? rootScope : `${under}/`;
  const found = tenant.ofType(type).filter(({ key }) => key.startsWith(prefix));
  return listPage(
    call,
    found.map((resource) => armBody(resource, tenantId)),
    pageSize,
  );
}

/** Whoever holds anything in a subscription sees it; lists leave out what the caller may not see. */
function containerOperation(
  call: SignedCall,
  target: Target,
  action: string,
  estate: Estate,
): Operation {
  const { tenant, access, tenantId, pageSize } = estate;
  const { type, kind, key: under } = target;
  const { objectId } = call.caller;
  const visible = ({ key }: Resource): boolean =>
    (type === types.subscriptions || key.startsWith(`${under}/`)) &&
    access.hasAnything(objectId, key);
  return {
    action,
    needs: kind === 'list' && type === types.subscriptions ? 'nothing' : 'anything',
    scope: target.writtenScope,
    answer: () =>
      kind === 'one'
        ? one(target, estate)
        : listPage(
            call,
            tenant
              .ofType(type)
              .filter(visible)
              .map((resource) => armBody(resource, tenantId)),
            pageSize,
          ),
  };
}

function withinParent(
  call: SignedCall,
  target: Target,
  member: string,
  { tenant, pageSize }: Estate,
): Answer {
  const parts = target.writtenScope.split('/');
  const parentId = target.kind === 'list' ? target.key : parts.slice(0, -2).join('/');
  const parent = tenant.byId(parentId);
  if (parent === undefined)
    return target.kind === 'list' ? parentNotFound(target) : notFound(target);
  const children = propertiesOf(parent.row)[member];
  const found = (Array.isArray(children) ? children : []).filter(isRow);
  if (target.kind === 'list') return listPage(call, found, pageSize);
  const name = parts.at(-1)?.toLowerCase();
  const child = found.find((candidate) => textOf(candidate['name']).toLowerCase() === name);
  return child === undefined ? notFound(target) : ok(child);
}

function parentNotFound({ writtenType, writtenScope }: Target): Answer {
  return armErrors.parentNotFound(writtenType, writtenScope);
}

function notFound({ key, writtenType, writtenScope }: Target): Answer {
  const group = resourceGroupIn(key) === undefined ? undefined : writtenScope.split('/')[4];
  return armErrors.resourceNotFound(writtenType, writtenScope, group);
}

/** Recorded refusals name groups by their old type. */
function actionType({ type, writtenType }: Target): string {
  return type === types.resourceGroups
    ? 'Microsoft.Resources/subscriptions/resourcegroups'
    : writtenType;
}

function etagOf({ row }: Resource): Record<string, string> {
  return typeof row['etag'] === 'string' ? { ETag: row['etag'] } : {};
}
