import type { ResourceId } from '../model/resource-id.ts';
import type { AccessFacts, DenyAssignment } from './access-facts.ts';
import { effectiveActions, everyone } from './effective-actions.ts';
import { permits } from './permitted.ts';

/** A deny assignment that takes an action from everybody, whoever asks. */
export interface DeniedToEverybody {
  readonly deny: DenyAssignment;
  readonly action: string;
}

/**
 * The first deny assignment that, for certain, takes one of the actions at a scope from everybody. One
 * that excludes somebody leaves open whether it is the one who asks.
 * Source: learn.microsoft.com/azure/role-based-access-control/deny-assignments
 */
export function deniedToEverybody(
  actions: readonly string[],
  scope: ResourceId,
  facts: AccessFacts,
): DeniedToEverybody | undefined {
  for (const { deny, certain } of effectiveActions(everyone, scope, facts).denials) {
    const action = actions.find((one) => permits(certain, one));
    if (action !== undefined && deny.excludedPrincipalIds.length === 0) return { deny, action };
  }
  return undefined;
}
