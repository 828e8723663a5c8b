import { type Answer, parameter } from '../http/wire.ts';
import type { Estate, SignedCall } from '../surface.ts';
import { resourceGroupIn, subscriptionIn } from '../tenant/azure-id.ts';
import { armErrors } from './arm-errors.ts';
import { authorizationOperation } from './authorization.ts';
import { eventSubscriptionOperation } from './event-subscriptions.ts';
import { networkOperation } from './network-lists.ts';
import type { Operation } from './operation.ts';
import { resourceOperation } from './resources.ts';
import { roleAssignmentWrite } from './role-assignment-writes.ts';
import { securityRuleWrite } from './security-rule-writes.ts';
import { type Target, targetOf } from './target.ts';

/**
 * Answers what is asked of Azure Resource Manager. What is wrong is found in Azure's order: the API
 * version, the subscription, the caller's permission, the resource group, the resource.
 */
export function armAnswer(call: SignedCall, estate: Estate): Answer {
  const version = parameter(call.query, 'api-version') ?? '';
  if (version === '') return armErrors.missingApiVersion();
  if (!/^\d{4}-\d{2}-\d{2}(-\w+)?$/.test(version)) return armErrors.invalidApiVersion(version);
  const target = targetOf(call.segments);
  if (target === undefined) return armErrors.invalidResourceType(call.segments.join('/'), version);
  const operation = operationOf(call, target, version, estate);
  if (operation === undefined) return armErrors.methodNotAllowed(call.method);
  return (
    missingSubscription(target, estate) ??
    refusal(call, operation, estate) ??
    missingGroup(target, estate) ??
    operation.answer()
  );
}

function operationOf(
  call: SignedCall,
  target: Target,
  version: string,
  estate: Estate,
): Operation | undefined {
  const special =
    networkOperation(call, target, estate) ??
    eventSubscriptionOperation(call, target, estate) ??
    securityRuleWrite(call, target, estate) ??
    roleAssignmentWrite(call, target, estate) ??
    estate.operations.followed(call, target);
  if (special !== undefined || call.method !== 'GET') return special;
  return (
    authorizationOperation(call, target, estate) ?? resourceOperation(call, target, version, estate)
  );
}

function refusal(
  { caller }: SignedCall,
  { action, scope, needs }: Operation,
  { access }: Estate,
): Answer | undefined {
  if (needs === 'nothing') return undefined;
  if (needs === 'anything' && access.hasAnything(caller.objectId, scope)) return undefined;
  const decision = access.decide(caller.objectId, action, scope);
  return decision === 'allowed' ? undefined : armErrors.notAllowed(caller, action, scope, decision);
}

function missingSubscription({ key }: Target, { tenant }: Estate): Answer | undefined {
  const subscription = subscriptionIn(key);
  return subscription === undefined || tenant.hasSubscription(subscription)
    ? undefined
    : armErrors.subscriptionNotFound(subscription);
}

function missingGroup({ key, writtenScope }: Target, { tenant }: Estate): Answer | undefined {
  const subscription = subscriptionIn(key);
  const group = resourceGroupIn(key);
  if (subscription === undefined || group === undefined) return undefined;
  return tenant.hasResourceGroup(subscription, group)
    ? undefined
    : armErrors.resourceGroupNotFound(writtenScope.split('/')[4] ?? group);
}
