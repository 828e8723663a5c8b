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
  /** Whether the row lies in what was asked about and the caller may read it. */
  shows(resource: Resource): boolean;
}

/**
 * The part of the estate that a request asks about and its caller may read: subscriptions the caller
 * holds nothing in are left out without a word.
 */
export function queryScope(request: QueryRequest, principalId: string, estate: Estate): QueryScope {
  const { tenant, access } = estate;
  const roots = rootsOf(request);
  const asked = tenant
    .ofType(types.subscriptions)
    .filter(({ key }) => roots.some((root) => tenant.scopesAround(key).includes(root)));
  const readable = asked
    .filter(({ key }) => access.hasAnything(principalId, key))
    .map(({ key }) => key);
  const inScope = new Set(readable);
  const relations = relationsOf[request.scopeFilter];
  const reachable = roots.filter((root) =>
    readable.some((key) => tenant.scopesAround(key).includes(root)),
  );

  const may = (action: string, scope: string): boolean =>
    access.decide(principalId, action, scope) === 'allowed';

  function showsAuthorization(resource: Resource): boolean {
    const action = `${resource.type}/read`;
    const mayThere = may(action, resource.key);
    return authorizationScopesOf(resource).some((scope) => {
      const subscription = subscriptionKey(scope);
      return (
        (subscription === undefined || inScope.has(subscription)) &&
        reachable.some((root) => relations.includes(relationOf(tenant, scope, root))) &&
        // What is inherited is read where it holds, as in Resource Manager.
        (mayThere ||
          readable.some((key) => tenant.scopesAround(key).includes(scope) && may(action, key)))
      );
    });
  }

  function shows(resource: Resource): boolean {
    const { key, type } = resource;
    if (filteredByScope.has(type)) return showsAuthorization(resource);
    const subscription = subscriptionKey(key);
    const isAsked =
      subscription === undefined
        ? reachable.some((root) => tenant.scopesAround(key).includes(root))
        : inScope.has(subscription);
    return isAsked && may(readActionOf(type), key);
  }

  return {
    refused: readable.length > 0 ? undefined : asked.length > 0 ? 'accessDenied' : 'noSubscription',
    shows,
  };
}

/** What the filter on scopes bears on. */
const filteredByScope = new Set<string>([
  types.policyExemptions,
  types.roleAssignments,
  types.roleDefinitions,
]);

/** Admin rules are read with their network. */
function readActionOf(type: string): string {
  return type === types.adminRules ? 'microsoft.network/virtualnetworks/read' : `${type}/read`;
}

function subscriptionKey(key: string): string | undefined {
  const subscription = subscriptionIn(key);
  return subscription === undefined ? undefined : `/subscriptions/${subscription}`;
}

function rootsOf({ subscriptions, managementGroups }: QueryRequest): readonly string[] {
  if (subscriptions !== undefined) return subscriptions.map((id) => `/subscriptions/${id}`);
  return managementGroups?.map(managementGroupKey) ?? [rootScope];
}
