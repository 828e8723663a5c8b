import { dashedGuid } from '../model/guid.ts';
import type { AccessFacts, ReachingAssignments, RoleAssignment } from './access-facts.ts';

/** Who holds whom. Object ids are given as {@link objectIdKey} writes them. */
export interface GroupIndex {
  /**
   * Groups that certainly hold the principal, each with the way to it: from the group that holds the
   * principal itself to the group, both included.
   */
  groupsOf(principal: string): ReadonlyMap<string, readonly string[]>;
  /**
   * What leaves open whether something with this object id holds other principals: an unread group, at
   * its heart or the id itself, or an id that nothing says the kind of. Undefined where it holds
   * nobody but who is listed.
   */
  openness(id: string): Openness | undefined;
}

export interface Openness {
  readonly kind: 'unreadGroup' | 'kindUnsaid';
  /** The object id that has to be looked up, with its dashes: people paste it. */
  readonly id: string;
}

/** Object ids compare without regard to case, and deny assignments of old API versions leave out the dashes. */
export function objectIdKey(id: string): string {
  return id.toLowerCase().replaceAll('-', '');
}

/** Membership as far as the facts tell it; `assignments` are all there are. */
export function groupIndex(
  facts: AccessFacts,
  assignments: readonly RoleAssignment[],
  reaching: ReadonlyMap<string, readonly ReachingAssignments[]>,
): GroupIndex {
  const incomplete = facts.incompleteGroups ?? new Set();
  const read = new Set(
    [...facts.groups.keys()].filter((id) => !incomplete.has(id)).map(objectIdKey),
  );
  const parents = parentsOf(facts, reaching);
  const kinds = kindsOf(facts, assignments);
  const ids = [...assignments.map(({ principalId }) => principalId), ...facts.groups.keys()];
  // The first spelling stands.
  const found = new Map(ids.toReversed().map((id) => [objectIdKey(id), id] as const));
  const speltOf = (key: string): string => dashedGuid(found.get(key) ?? key);

  /** Every other group above the id, by the one it was reached from. */
  function above(id: string): ReadonlyMap<string, string> {
    const reached = new Map<string, string>();
    const queue = [id];
    // An array also visits what is added while it is walked.
    for (const from of queue) {
      for (const group of parents.get(from) ?? []) {
        if (group === id || reached.has(group)) continue;
        reached.set(group, from);
        queue.push(group);
      }
    }
    return reached;
  }

  const openGroups = new Map<string, string>();
  for (const [id, kind] of kinds) {
    if (kind !== 'group' || read.has(id)) continue;
    for (const group of above(id).keys()) if (!openGroups.has(group)) openGroups.set(group, id);
  }

  return {
    groupsOf(principal) {
      const from = above(principal);
      return new Map(
        [...from.keys()].map((group) => [group, wayTo(group, from, principal).map(speltOf)]),
      );
    },
    openness(id) {
      const heart = read.has(id) ? openGroups.get(id) : id;
      if (heart === undefined) return undefined;
      const kind = kinds.get(heart);
      if (kind === 'notGroup') return undefined;
      return {
        kind: kind === 'group' ? 'unreadGroup' : 'kindUnsaid',
        id: speltOf(heart),
      };
    },
  };
}

function wayTo(
  group: string,
  from: ReadonlyMap<string, string>,
  principal: string,
): readonly string[] {
  const way: string[] = [];
  for (
    let at: string | undefined = group;
    at !== undefined && at !== principal;
    at = from.get(at)
  ) {
    way.push(at);
  }
  return way.toReversed();
}

/** The groups that hold each id by themselves, or that an assignment reaches it through; it may be among them itself. */
function parentsOf(
  facts: AccessFacts,
  reaching: ReadonlyMap<string, readonly ReachingAssignments[]>,
): ReadonlyMap<string, ReadonlySet<string>> {
  const parents = new Map<string, Set<string>>();
  function put(member: string, group: string): void {
    const groups = parents.get(member);
    if (groups === undefined) parents.set(member, new Set([group]));
    else groups.add(group);
  }
  for (const [group, members] of facts.groups) {
    for (const member of members) put(objectIdKey(member), objectIdKey(group));
  }
  for (const [principal, lists] of reaching) {
    for (const { principalId } of lists.flatMap(({ assignments }) => assignments)) {
      put(principal, objectIdKey(principalId));
    }
  }
  return parents;
}

/**
 * What is known to be a group, and what is known to be none. Kinds that Azure writes for want of a
 * better one (`Unknown`, `DirectoryObjectOrGroup`) say nothing.
 * Source: learn.microsoft.com/rest/api/authorization/role-assignments (PrincipalType)
 */
function kindsOf(
  facts: AccessFacts,
  assignments: readonly RoleAssignment[],
): ReadonlyMap<string, 'group' | 'notGroup'> {
  const kinds = new Map<string, 'group' | 'notGroup'>();
  function learn(id: string, type: string | undefined): void {
    const lower = type?.toLowerCase() ?? '';
    if (groupKinds.has(lower)) kinds.set(objectIdKey(id), 'group');
    else if (individualKinds.has(lower) && !kinds.has(objectIdKey(id))) {
      kinds.set(objectIdKey(id), 'notGroup');
    }
  }
  for (const [id, type] of facts.principalTypes ?? []) learn(id, type);
  for (const { principalId, principalType } of assignments) learn(principalId, principalType);
  return kinds;
}

/** `ForeignGroup` is a group of another tenant: its members cannot be listed here at all. */
const groupKinds: ReadonlySet<string> = new Set(['group', 'foreigngroup']);
const individualKinds: ReadonlySet<string> = new Set([
  'user',
  'serviceprincipal',
  'device',
  'application',
  'msi',
]);
