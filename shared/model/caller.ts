/** What somebody may do; each may do what those before it may. */
export const roles = ['Reader', 'Operator', 'Approver'] as const;
export type Role = (typeof roles)[number];

/** Who calls. */
export interface Caller {
  readonly name: string;
  /** Who says so: the identity provider, or `key` for whoever holds a function key. */
  readonly provider: string;
  /** With those that a greater one includes; empty where nobody gave any. */
  readonly roles: readonly Role[];
  /** Whether the host has seen a function key. */
  readonly hasKey: boolean;
}

/** The roles of this name, and those that they include. */
export function rolesFrom(names: readonly string[]): readonly Role[] {
  const greatest = Math.max(-1, ...roles.map((role, rank) => (names.includes(role) ? rank : -1)));
  return roles.slice(0, greatest + 1);
}
