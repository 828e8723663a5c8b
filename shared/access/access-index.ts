import { type ResourceId, subscriptionIdOf } from '../model/resource-id.ts';
import type {
  AccessFacts,
  DenyAssignment,
  ReachingAssignments,
  RoleAssignment,
} from './access-facts.ts';
import { type ConditionBlocks, conditionBlocks } from './conditioned-blocks.ts';
import { type GroupIndex, groupIndex, objectIdKey } from './group-index.ts';
import { isManagementGroup, scopesOver } from './scope-reach.ts';

/** Look-ups over access facts. Object ids are given as {@link objectIdKey} writes them. */
export interface AccessIndex extends GroupIndex {
  /** What may bear on the scope: what lies there, above, or at any management group. */
  bearingOn(scope: ResourceId): BearingOnScope;
  /** What Azure said reaches the principal. */
  reachingOf(principal: string): readonly ReachingAssignments[];
  /** What blocks give or take under conditions. */
  readonly conditioned: ConditionBlocks;
}

/** What may bear on one scope. */
export interface BearingOnScope {
  /** The same for scopes on which the very same bears, from as far away: subnets, mostly, of one network. */
  readonly place: string;
  /** Assignments to this id. */
  assignmentsOf(id: string): readonly RoleAssignment[];
  /** Assignments to whoever {@link GroupIndex.openness} is set for. */
  openAssignments(): readonly RoleAssignment[];
  /** Deny assignments, whomever they deny. */
  denyAssignments(): readonly DenyAssignment[];
}

const indexes = new WeakMap<AccessFacts, AccessIndex>();

/** The index of these facts, made once: facts do not change. */
export function accessIndexOf(facts: AccessFacts): AccessIndex {
  const made = indexes.get(facts);
  if (made !== undefined) return made;
  const index = accessIndex(facts);
  indexes.set(facts, index);
  return index;
}

function accessIndex(facts: AccessFacts): AccessIndex {
  const reaching = new Map(
    [...(facts.reaching ?? [])].map(([id, lists]) => [objectIdKey(id), lists] as const),
  );
  const assignments = [...facts.assignments, ...unmentioned(facts.assignments, reaching)];
  const groups = groupIndex(facts, assignments, reaching);
  const byPrincipal = new Map<string, Map<string, RoleAssignment[]>>();
  const open = new Map<string, RoleAssignment[]>();
  const openness = new Map<string, boolean>();
  for (const assignment of assignments) {
    const id = objectIdKey(assignment.principalId);
    const scopes = byPrincipal.get(id) ?? new Map<string, RoleAssignment[]>();
    byPrincipal.set(id, scopes);
    append(scopes, shelfOf(assignment.scope), assignment);
    const isOpen = openness.get(id) ?? groups.openness(id) !== undefined;
    openness.set(id, isOpen);
    if (isOpen) append(open, shelfOf(assignment.scope), assignment);
  }
  const denials = Map.groupBy(facts.denyAssignments, ({ scope }) => shelfOf(scope));
  const used = new Set(
    [...assignments, ...facts.denyAssignments].map(({ scope }) => shelfOf(scope)),
  );

  return {
    ...groups,
    bearingOn(scope) {
      const names = [managementGroupShelf, ...scopesOver(scope)].filter((name) => used.has(name));
      const subscription = subscriptionIdOf(scope);
      const isOwnPlace = subscription === undefined || used.has(scope);
      return {
        place: isOwnPlace ? scope : ['below', subscription, ...names].join(' '),
        assignmentsOf: (id) => onShelves(byPrincipal.get(id), names),
        openAssignments: () => onShelves(open, names),
        denyAssignments: () => onShelves(denials, names),
      };
    },
    reachingOf: (principal) => reaching.get(principal) ?? [],
    conditioned: conditionBlocks(),
  };
}

const managementGroupShelf = 'management groups';

/** Things lie by their scope, those of management groups together: no id says what lies below those. */
function shelfOf(scope: ResourceId): string {
  return isManagementGroup(scope) ? managementGroupShelf : scope;
}

function onShelves<T>(
  shelves: ReadonlyMap<string, readonly T[]> | undefined,
  names: readonly string[],
): readonly T[] {
  return shelves === undefined ? [] : names.flatMap((name) => shelves.get(name) ?? []);
}

/** What only the lists hold. */
function unmentioned(
  assignments: readonly RoleAssignment[],
  reaching: ReadonlyMap<string, readonly ReachingAssignments[]>,
): readonly RoleAssignment[] {
  if (reaching.size === 0) return [];
  const mentioned = new Set(assignments.map(({ id }) => id));
  const listed = [...reaching.values()].flat().flatMap((list) => list.assignments);
  return [...new Map(listed.map((one) => [one.id, one])).values()].filter(
    ({ id }) => !mentioned.has(id),
  );
}

function append<T>(lists: Map<string, T[]>, key: string, value: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
