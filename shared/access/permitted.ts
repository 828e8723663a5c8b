import type { Permission } from './access-facts.ts';
import { matchesAction } from './action-pattern.ts';
import { conditionReach } from './condition-reach.ts';

/**
 * Whether the permissions grant an action: some block's actions match it and none of that block's own
 * notActions do; notActions are no deny and take nothing from other blocks. The blocks are those of a
 * role, or what Azure says of its caller (`GET {scope}/providers/Microsoft.Authorization/permissions`).
 * A block under a condition grants what the condition cannot exclude.
 * Sources: learn.microsoft.com/azure/role-based-access-control/role-definitions#notactions,
 * learn.microsoft.com/rest/api/authorization/permissions
 */
export function permits(permissions: readonly Permission[], action: string): boolean {
  return permissions.some(
    (block) =>
      block.actions.some((pattern) => matchesAction(pattern, action)) &&
      !block.notActions.some((pattern) => matchesAction(pattern, action)) &&
      (block.condition === undefined || permits(conditionReach(block.condition).certain, action)),
  );
}
