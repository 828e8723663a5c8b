import type { Estate } from '../surface.ts';
import { managementGroupKey, rootScope, subscriptionIn } from '../tenant/azure-id.ts';
import { type Relation, type Resource, relationOf, types } from '../tenant/tenant.ts';
import { authorizationScopesOf } from '../arm/authorization.ts';
import type { QueryRequest, ScopeFilterName } from './query-request.ts';

const relationsOf: Readonly<Record<ScopeFilterName, readonly Relation[]>> = {
  AtScopeAndBelow: ['at', 'below'],
  AtScopeAndAbove: ['at', 'above'],
  AtScopeExact: ['at'],
  AtScopeAboveAndBelow: ['at', 'above', 'below'],
};

/** What a query may see. */
export interface QueryScope {
  /** Why nothing can be answered; undefined where something can. */
  readonly refused: 'accessDenied' | 'noSubscription' | undefined;
  holds(resource: Resource): boolean;
}

/**
 * The part of the estate that a request asks about and its caller may know of: subscriptions the
 * caller holds nothing in are left out without a word.
 */
export function queryScope(request: QueryRequest, principalId: string, estate: Estate): QueryScope {
  const { tenant, access } = estate;
  const roots = rootsOf(request);
  const asked = tenant
    .ofType(types.subscriptions)
    .filter(({ key }) => roots.some((root) => tenant.scopesAround(key).includes(root)));
  const readable = asked.filter(({ key }) => access.hasAnything(principalId, key));
  const inScope = new Set(readable.map(({ key }) => subscriptionIn(key)));
  const relations = relationsOf[request.scopeFilter];
  const reachable = roots.filter(
    (root) =>
      root === rootScope || readable.some(({ key }) => tenant.scopesAround(key).includes(root)),
  );

  function holds(resource: Resource): boolean {
    const { key, type } = resource;
    if (type === types.roleDefinitions && key.startsWith('/providers/')) return true;
    if (hasScope(type)) {
      return authorizationScopesOf(resource).some(
        (scope) =>
          (subscriptionIn(scope) === undefined || inScope.has(subscriptionIn(scope))) &&
          reachable.some((root) => relations.includes(relationOf(tenant, scope, root))),
      );
    }
    const subscription = subscriptionIn(key);
    return subscription === undefined
      ? reachable.some((root) => tenant.scopesAround(key).includes(root))
      : inScope.has(subscription);
  }

  return {
    refused: readable.length > 0 ? undefined : asked.length > 0 ? 'accessDenied' : 'noSubscription',
    holds,
  };
}

/** The filter on scopes bears on these. */
function hasScope(type: string): boolean {
  return (
    type === types.roleAssignments ||
    type === types.roleDefinitions ||
    type === types.policyExemptions
  );
}

function rootsOf({ subscriptions, managementGroups }: QueryRequest): readonly string[] {
  if (subscriptions !== undefined) return subscriptions.map((id) => `/subscriptions/${id}`);
  return managementGroups?.map(managementGroupKey) ?? [rootScope];
}
