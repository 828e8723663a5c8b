import type { Permission } from './access-facts.ts';
import type { ActionSearchOptions } from './action-search.ts';
import { operations } from './operations.ts';
import { permits } from './permitted.ts';

/**
 * Every control-plane action is a provider, a type and one of four verbs, none of them empty.
 * Source: learn.microsoft.com/azure/role-based-access-control/role-definitions#actions-format
 */
export const wellFormed: Permission = {
  actions: ['*/*/read', '*/*/write', '*/*/delete', '*/*/action'],
  notActions: ['/*', '*//*'],
};

/** What patterns ask for: a pattern that ends in `*` well-formed actions only, any other whatever it matches. */
function askedActions(patterns: readonly string[]): readonly Permission[] {
  const spelt = patterns.filter((pattern) => !pattern.endsWith('*'));
  return [{ actions: spelt, notActions: [] }, wellFormed];
}

const made = new WeakMap<readonly string[], ActionSearchOptions>();

/** How to search among what the patterns ask for: published operations first. Made once for a list. */
export function searchOf(patterns: readonly string[]): ActionSearchOptions {
  const before = made.get(patterns);
  if (before !== undefined) return before;
  const among = askedActions(patterns);
  const wanted = [{ actions: patterns, notActions: [] }];
  const hints = operations.filter(
    (operation) => permits(wanted, operation) && permits(among, operation),
  );
  const search = { hints, among };
  made.set(patterns, search);
  return search;
}
