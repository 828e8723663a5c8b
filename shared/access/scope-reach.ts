import { isWithin, resourceGroupOf, resourceId, subscriptionIdOf } from '../model/resource-id.ts';
import type { ResourceId } from '../model/resource-id.ts';
import type { Missing } from '../model/verdict.ts';
import type { AccessFacts } from './access-facts.ts';

/** Where, seen from the scope asked about, an assignment sits; `resource` is a parent resource, such as a subnet's network. */
export type InheritedFrom = (typeof nearness)[number];

/** From the scope itself outwards. */
export const nearness = [
  'here',
  'resource',
  'resourceGroup',
  'subscription',
  'managementGroup',
  'root',
] as const;

/** Where something assigned at one scope comes from, seen from another that it applies to. */
export function inheritedFrom(assigned: ResourceId, scope: ResourceId): InheritedFrom {
  if (assigned === scope) return 'here';
  if (assigned === '/') return 'root';
  if (isManagementGroup(assigned)) return 'managementGroup';
  if (resourceGroupOf(assigned) === undefined) return 'subscription';
  return assigned.includes('/providers/') ? 'resource' : 'resourceGroup';
}

export function isManagementGroup(id: ResourceId): boolean {
  return id.startsWith('/providers/microsoft.management/managementgroups/');
}

/** The scope and everything above it that its own id names, the root included. */
export function scopesOver(scope: ResourceId): readonly string[] {
  const over: string[] = scope === '/' ? [] : [scope];
  for (let at = scope.lastIndexOf('/'); at > 0; at = scope.lastIndexOf('/', at - 1)) {
    over.push(scope.slice(0, at));
  }
  return ['/', ...over];
}

/**
 * What is in doubt about something assigned at one scope applying at another: nothing where it does,
 * undefined where it does not. A management group is above a subscription by the subscription's chain.
 * Source: learn.microsoft.com/azure/role-based-access-control/scope-overview
 */
export function scopeDoubts(
  assigned: ResourceId,
  scope: ResourceId,
  facts: Pick<AccessFacts, 'managementGroups'>,
  source: string,
): readonly Missing[] | undefined {
  if (isWithin(scope, assigned)) return [];
  if (!isManagementGroup(assigned)) return undefined;
  const subscription = subscriptionIdOf(scope);
  if (subscription === undefined) {
    return isManagementGroup(scope)
      ? [{ what: 'the management groups above this one', scope, why: `${source} may apply here` }]
      : undefined;
  }
  const above = facts.managementGroups.get(subscription);
  if (above !== undefined) return above.includes(assigned) ? [] : undefined;
  return [
    {
      what: 'the management groups above the subscription',
      scope: resourceId(`/subscriptions/${subscription}`),
      why: `${source} applies only if ${assigned} is one of them`,
      gap: true,
    },
  ];
}
