import type { Estate } from '../surface.ts';
import { managementGroupKey, rootScope, subscriptionIn } from '../tenant/azure-id.ts';
import { type Resource, types } from '../tenant/tenant.ts';
import { authorizationScopesOf } from '../arm/authorization.ts';
import type { QueryRequest, ScopeFilterName } from './query-request.ts';

/** What a filter adds to what holds at the very scopes that are asked about. */
const reachOf: Readonly<Record<ScopeFilterName, { above: boolean; below: boolean }>> = {
  AtScopeAndBelow: { above: false, below: true },
  AtScopeAndAbove: { above: true, below: false },
  AtScopeExact: { above: false, below: false },
  AtScopeAboveAndBelow: { above: true, below: true },
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
  const around = (key: string): readonly string[] => tenant.scopesAround(key);
  const wanted = new Set(rootsOf(request));
  const asked = tenant
    .ofType(types.subscriptions)
    .map(({ key }) => key)
    .filter((key) => around(key).some((scope) => wanted.has(scope)));
  const readable = asked.filter((key) => access.hasAnything(principalId, key));
  const inScope = new Set(readable);
  const aroundReadable = new Set(readable.flatMap(around));
  const roots = new Set([...wanted].filter((root) => aroundReadable.has(root)));
  const aroundRoots = new Set([...roots].flatMap(around));
  const { above, below } = reachOf[request.scopeFilter];
  const mayIn = new Map<string, ReadonlySet<string>>();

  const may = (action: string, scope: string): boolean =>
    access.decide(principalId, action, scope) === 'allowed';

  /** The scopes in and around the subscriptions where the caller may do this. */
  function scopesWith(action: string): ReadonlySet<string> {
    const known = mayIn.get(action);
    if (known !== undefined) return known;
    const scopes = new Set(readable.filter((key) => may(action, key)).flatMap(around));
    mayIn.set(action, scopes);
    return scopes;
  }

  function isWanted(scope: string): boolean {
    return (
      roots.has(scope) ||
      (above && aroundRoots.has(scope)) ||
      (below && around(scope).some((outer) => roots.has(outer)))
    );
  }

  function showsAuthorization(resource: Resource): boolean {
    const action = `${resource.type}/read`;
    const mayThere = may(action, resource.key);
    return authorizationScopesOf(resource).some(
      (scope) =>
        isWanted(scope) &&
        // What is inherited is read where it holds, as in Resource Manager.
        (mayThere || scopesWith(action).has(scope)),
    );
  }

  function shows(resource: Resource): boolean {
    const { key, type } = resource;
    if (filteredByScope.has(type)) return showsAuthorization(resource);
    const subscription = subscriptionKey(key);
    const isAsked =
      subscription === undefined
        ? around(key).some((scope) => roots.has(scope))
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
