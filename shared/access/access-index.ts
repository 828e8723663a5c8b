import type { AccessFacts, RoleAssignment } from './access-facts.ts';

/** Look-ups over access facts. Object ids are given as {@link objectIdKey} writes them. */
export interface AccessIndex {
  /** Groups that certainly hold the principal, themselves or through other groups. */
  groupsOf(principal: string): ReadonlySet<string>;
  /**
   * What leaves open whether something with this object id holds other principals: an unread group, at
   * its heart or the id itself, or an id that nothing says the kind of. Undefined where it holds
   * nobody but who is listed.
   */
  openness(id: string): Openness | undefined;
  assignmentsOf(id: string): readonly RoleAssignment[];
  /** Assignments to whoever {@link AccessIndex.openness} is set for. */
  readonly openAssignments: readonly RoleAssignment[];
}

export interface Openness {
  readonly kind: 'unreadGroup' | 'kindUnsaid';
  /** The object id, as it was found, that has to be looked up. */
  readonly id: string;
}

/** Object ids compare without regard to case, and deny assignments of old API versions leave out the dashes. */
export function objectIdKey(id: string): string {
  return id.toLowerCase().replaceAll('-', '');
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
  const incomplete = facts.incompleteGroups ?? new Set();
  const read = new Set(
    [...facts.groups.keys()].filter((id) => !incomplete.has(id)).map(objectIdKey),
  );
  const parents = new Map<string, string[]>();
  for (const [group, members] of facts.groups) {
    for (const member of members) append(parents, objectIdKey(member), objectIdKey(group));
  }
  const byPrincipal = new Map<string, RoleAssignment[]>();
  const typed = new Map<string, 'group' | 'notGroup'>();
  for (const [id, type] of facts.principalTypes ?? []) {
    typed.set(objectIdKey(id), isGroupType(type) ? 'group' : 'notGroup');
  }
  for (const assignment of facts.assignments) {
    const id = objectIdKey(assignment.principalId);
    append(byPrincipal, id, assignment);
    if (assignment.principalType === undefined) continue;
    if (isGroupType(assignment.principalType)) typed.set(id, 'group');
    else if (!typed.has(id)) typed.set(id, 'notGroup');
  }

  /** Every group above these ids, by what it was reached from. */
  function above(ids: Iterable<string>): Map<string, string> {
    const reached = new Map<string, string>();
    for (const from of ids) {
      const queue = [from];
      for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
        for (const group of parents.get(id) ?? []) {
          if (reached.has(group)) continue;
          reached.set(group, from);
          queue.push(group);
        }
      }
    }
    return reached;
  }

  const unread = [...typed].filter(([id, type]) => type === 'group' && !read.has(id));
  const openGroups = above(unread.map(([id]) => id));

  function openness(id: string): Openness | undefined {
    const heart = read.has(id) ? openGroups.get(id) : id;
    if (heart === undefined) return undefined;
    const type = typed.get(heart);
    if (type === 'notGroup') return undefined;
    const spelt = byPrincipal.get(heart)?.[0]?.principalId ?? heart;
    return { kind: type === 'group' ? 'unreadGroup' : 'kindUnsaid', id: spelt };
  }

  return {
    groupsOf: (principal) => new Set(above([principal]).keys()),
    openness,
    assignmentsOf: (id) => byPrincipal.get(id) ?? [],
    openAssignments: facts.assignments.filter(
      ({ principalId }) => openness(objectIdKey(principalId)) !== undefined,
    ),
  };
}

/** `ForeignGroup` is a group of another tenant: its members cannot be listed here at all. */
function isGroupType(principalType: string): boolean {
  return ['group', 'foreigngroup'].includes(principalType.toLowerCase());
}

function append<T>(lists: Map<string, T[]>, key: string, value: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
