import type { ResourceId } from '../model/resource-id.ts';
import type { Missing } from '../model/verdict.ts';
import type { DenyAssignment, RoleAssignment } from './access-facts.ts';
import type { InheritedFrom } from './scope-reach.ts';

/** Which pattern of a role or deny assignment it is. */
export interface PatternAt {
  /** Which permission block, from 0. */
  readonly block: number;
  readonly pattern: string;
}

/** A role assignment that reaches the principal at the scope. */
export interface Grant {
  readonly assignment: RoleAssignment;
  /** The role's GUID where its definition has no name. */
  readonly roleName: string;
  /** The object id of the group that the role is assigned to, where it is not the principal itself. */
  readonly through?: string;
  /**
   * The groups on the way, from the one that holds the principal itself to `through`; that one alone
   * where Azure said that the assignment reaches the principal and nothing says how. Empty without a group.
   */
  readonly groups: readonly string[];
  readonly scope: ResourceId;
  readonly inheritedFrom: InheritedFrom;
}

/** A grant that gives some of what was asked, for certain. */
export interface GivingGrant extends Grant {
  /** The patterns of its role that give it. */
  readonly gives: readonly PatternAt[];
}

/** A role that matches an action and whose own notActions take it out again. */
export interface Withheld extends PatternAt {
  readonly grant: Grant;
  readonly notAction: string;
}

/** A deny assignment that takes an action away. */
export interface Cut extends PatternAt {
  readonly deny: DenyAssignment;
}

/** One action that is missing. */
export interface Lacking {
  readonly action: string;
  /** The pattern that was asked for and that the action is an instance of; the action itself where it was spelt out. */
  readonly asked: string;
  /** Whether Azure publishes this very operation, or one was made up to fit the pattern. */
  readonly isOperation: boolean;
}

/** Whether a principal may do something, and what shows it. */
export interface PermissionAnswer {
  readonly verdict: 'granted' | 'notGranted' | 'unknown';
  /** Certain grants that give at least some of what was asked, nearest first. */
  readonly via: readonly GivingGrant[];
  /** One action that is not granted (for certain); absent where all are granted for certain. */
  readonly lacking?: Lacking;
  /**
   * Of the patterns asked for, those that no role gives wholly, whatever is in doubt: what a grant
   * mends. Empty unless `notGranted`.
   */
  readonly notGiven: readonly string[];
  /** Deny assignments that take some of what is asked, given or not: what no grant mends. Empty unless `notGranted`. */
  readonly deniedBy: readonly Cut[];
  /** Roles that come near: they match `lacking` and leave it out. */
  readonly withheldBy: readonly Withheld[];
  /** The deny assignment that takes `lacking` away from a role that would grant it. */
  readonly cutBy?: Cut;
  /** What kept us from knowing; empty unless the verdict is `unknown`. */
  readonly missing: readonly Missing[];
}
