/** A block of a role definition or of a deny assignment. */
export interface Permission {
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly dataActions: readonly string[];
  readonly notDataActions: readonly string[];
}

const compiled = new Map<string, RegExp>();

/** Whether the block has the action, which is whole; `*` in the block stands for anything. */
export function hasAction({ actions, notActions }: Permission, action: string): boolean {
  return matchesSome(actions, action) && !matchesSome(notActions, action);
}

function matchesSome(patterns: readonly string[], action: string): boolean {
  return patterns.some((pattern) => expressionOf(pattern).test(action));
}

function expressionOf(pattern: string): RegExp {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  const literal = pattern.split('*').map((part) => part.replaceAll(/[\\^$.+?()[\]{}|]/g, '\\$&'));
  const expression = new RegExp(`^${literal.join('.*')}$`, 'i');
  compiled.set(pattern, expression);
  return expression;
}
