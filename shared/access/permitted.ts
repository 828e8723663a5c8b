import type { ConditionalPermission, Permission } from './access-facts.ts';
import { matchesLowered } from './action-pattern.ts';
import { conditionReach } from './condition-reach.ts';

/**
 * Whether the permissions grant an action: some block's actions match it and none of that block's own
 * notActions do; notActions are no deny and take nothing from other blocks. The blocks are those of a
 * role, or what Azure says of its caller (`GET {scope}/providers/Microsoft.Authorization/permissions`).
 * A block under a condition grants what the condition cannot exclude.
 * Sources: learn.microsoft.com/azure/role-based-access-control/role-definitions#notactions,
 * learn.microsoft.com/rest/api/authorization/permissions
 */
export function permits(permissions: readonly ConditionalPermission[], action: string): boolean {
  const lower = action.toLowerCase();
  return permissions.some((block) => {
    const { actions, notActions } = loweredOf(block);
    return (
      actions.some((pattern) => matchesLowered(pattern, lower)) &&
      !notActions.some((pattern) => matchesLowered(pattern, lower)) &&
      (block.condition === undefined || permits(conditionReach(block.condition).certain, action))
    );
  });
}

const lowered = new WeakMap<ConditionalPermission, Permission>();

/** The block's patterns lower-cased, made once: a role's blocks are asked for many actions. */
function loweredOf(block: ConditionalPermission): Permission {
  const before = lowered.get(block);
  if (before !== undefined) return before;
  const made = {
    actions: block.actions.map((pattern) => pattern.toLowerCase()),
    notActions: block.notActions.map((pattern) => pattern.toLowerCase()),
  };
  lowered.set(block, made);
  return made;
}
