import { type Answer, ok } from '../http/wire.ts';
import type { Estate, SignedCall } from '../surface.ts';
import { resourceGroupIn } from '../tenant/azure-id.ts';
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

/** Types that can be listed although the estate may hold none of them. */
const listable = new Set([
  'microsoft.compute/virtualmachinescalesets',
  'microsoft.containerinstance/containergroups',
  'microsoft.containerregistry/registries',
  'microsoft.containerservice/managedclusters',
  'microsoft.containerservice/managedclusters/trustedaccessrolebindings',
  'microsoft.keyvault/vaults',
  'microsoft.kubernetesconfiguration/extensions',
  'microsoft.machinelearningservices/workspaces',
  'microsoft.machinelearningservices/workspaces/computes',
  'microsoft.machinelearningservices/workspaces/onlineendpoints',
  'microsoft.network/applicationsecuritygroups',
  'microsoft.network/loadbalancers',
  'microsoft.network/networkinterfaces',
  'microsoft.network/networksecuritygroups',
  'microsoft.network/privateendpoints',
  'microsoft.network/publicipaddresses',
  'microsoft.network/routetables',
  'microsoft.network/virtualnetworks',
  'microsoft.resources/deploymentstacks',
  'microsoft.storage/storageaccounts',
]);

/** Reading a resource by its id, or those of a type in a subscription, a group or a parent. */
export function resourceOperation(
  call: SignedCall,
  target: Target,
  version: string,
  estate: Estate,
): Operation {
  const { type, key, writtenScope } = target;
  if (target.kind === 'list' && type === types.subscriptions) {
    return { action: undefined, scope: '/', answer: () => subscriptions(call, estate) };
  }
  return {
    action: `${actionType(target)}/read`,
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
  const known = listable.has(type) || type === types.resourceGroups || tenant.types.includes(type);
  if (!known) return armErrors.invalidResourceType(writtenType, version);
  const missing = missingParent(target, tenant.byId(under));
  if (missing !== undefined) return missing;
  const found = tenant.ofType(type).filter(({ key }) => key.startsWith(`${under}/`));
  return listPage(
    call,
    found.map((resource) => armBody(resource, tenantId)),
    pageSize,
  );
}

/** Subscriptions are listed to whom anything in them is granted. */
function subscriptions(call: SignedCall, { tenant, access, tenantId, pageSize }: Estate): Answer {
  const visible = tenant
    .ofType(types.subscriptions)
    .filter(({ key }) => access.hasAnything(call.caller.objectId, key));
  return listPage(
    call,
    visible.map((resource) => armBody(resource, tenantId)),
    pageSize,
  );
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
  if (parent === undefined) return missingParent(target, parent) ?? notFound(target);
  const children = propertiesOf(parent.row)[member];
  const found = (Array.isArray(children) ? children : []).filter(isRow);
  if (target.kind === 'list') return listPage(call, found, pageSize);
  const name = parts.at(-1)?.toLowerCase();
  const child = found.find((candidate) => textOf(candidate['name']).toLowerCase() === name);
  return child === undefined ? notFound(target) : ok(child);
}

function missingParent(target: Target, parent: Resource | undefined): Answer | undefined {
  const [, , ...nested] = target.type.split('/');
  if (nested.length === 0 || parent !== undefined) return undefined;
  return armErrors.parentNotFound(target.writtenType, target.writtenScope);
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
