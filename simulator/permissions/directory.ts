import { type Tenant, textOf, types } from '../tenant/tenant.ts';

/** The groups that hold a principal, directly or through groups, lower-cased object ids. */
export type GroupsOf = (principalId: string) => ReadonlySet<string>;

/** Reads who belongs to which group from the groups of the estate. */
export function groupsByMember(tenant: Tenant): GroupsOf {
  const holders = new Map<string, string[]>();
  for (const { row } of tenant.ofType(types.groups)) {
    for (const member of membersOf(row['members'])) {
      holders.set(member, [...(holders.get(member) ?? []), textOf(row['id']).toLowerCase()]);
    }
  }
  return (principalId) => {
    const found = new Set<string>();
    const open = [principalId.toLowerCase()];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      for (const group of holders.get(next) ?? []) {
        if (found.has(group)) continue;
        found.add(group);
        open.push(group);
      }
    }
    return found;
  };
}

/** The object ids of a group's direct members. */
export function membersOf(members: unknown): readonly string[] {
  return Array.isArray(members)
    ? members.filter((member) => typeof member === 'string').map((member) => member.toLowerCase())
    : [];
}
