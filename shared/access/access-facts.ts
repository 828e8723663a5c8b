import type { ResourceId } from '../model/resource-id.ts';
import type { Known } from '../model/verdict.ts';

export interface RoleAssignment {
  readonly id: ResourceId;
  /** Lower-cased object id. */
  readonly principalId: string;
  /** `ServicePrincipal`, `Group`, …; absent in answers of old API versions. */
  readonly principalType?: string;
  /** The GUID of the role definition, lower-cased: the scope in front of it varies. */
  readonly roleDefinitionGuid: string;
  readonly scope: ResourceId;
  readonly condition?: string;
}

export interface RoleDefinition {
  /** The GUID, lower-cased. */
  readonly guid: string;
  readonly roleName: string;
  readonly permissions: readonly ConditionalPermission[];
}

/** A block of patterns: it gives what its actions match and its own notActions do not. */
export interface Permission {
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  /** Patterns are compared without regard to conditions, so a block under one is no such block. */
  readonly condition?: never;
}

/** A block of a role or deny assignment as Azure writes it. */
export interface ConditionalPermission {
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  /** Roles made by Microsoft may put one on a block; the block gives nothing where it is false. */
  readonly condition?: string;
}

/**
 * Azure's own answer to what reaches a principal at a scope: its assignments and those of every group
 * that holds it at any depth, whether or not the groups' members are known here.
 * Source: learn.microsoft.com/azure/role-based-access-control/role-assignments-list-rest
 * (`$filter=assignedTo('{oid}')`, with `atScope()` or without)
 */
export interface ReachingAssignments {
  /** Where it was asked; everything there and above is in the list. */
  readonly scope: ResourceId;
  /** Whether what is assigned below the scope is in the list too (no `atScope()`). */
  readonly withBelow: boolean;
  readonly assignments: readonly RoleAssignment[];
}

export interface DenyAssignment {
  readonly id: ResourceId;
  readonly name: string;
  readonly scope: ResourceId;
  readonly appliesToChildScopes: boolean;
  /** Lower-cased object ids; the all-zero GUID stands for everyone. */
  readonly principalIds: readonly string[];
  readonly excludedPrincipalIds: readonly string[];
  readonly permissions: readonly ConditionalPermission[];
  readonly condition?: string;
}

/** What is known of who may do what. */
export interface AccessFacts {
  readonly assignments: readonly RoleAssignment[];
  /** Role definitions by GUID. */
  readonly definitions: ReadonlyMap<string, RoleDefinition>;
  readonly denyAssignments: readonly DenyAssignment[];
  /**
   * Members (object ids, lower-cased) by group id, lower-cased, as far as they were read. A
   * member without an entry of its own is no group, unless a role assignment calls it one
   * (`principalType`).
   */
  readonly groups: ReadonlyMap<string, ReadonlySet<string>>;
  /** Groups that may hold more than their entry says, themselves or in a group nested in them. */
  readonly incompleteGroups?: ReadonlySet<string>;
  /**
   * Kinds of principals (`Group`, `ServicePrincipal`, …) by object id, as directory rows and deny
   * assignments say them; role assignments bring their own.
   */
  readonly principalTypes?: ReadonlyMap<string, string>;
  /** Lists of what reaches a principal, by its object id, where Azure was asked for them. */
  readonly reaching?: ReadonlyMap<string, readonly ReachingAssignments[]>;
  /** Management groups above each subscription id, as scopes, nearest first; absent where not known. */
  readonly managementGroups: ReadonlyMap<string, readonly ResourceId[]>;
  /**
   * Whether everything that could bear on a scope was read: known(true) when assignments at the
   * subscription, below it and above it (management groups, root) were all read. A grant needs no
   * coverage, its absence does.
   */
  coverage(scope: ResourceId): Known<true>;
  /**
   * Whether the deny assignments that could bear on a scope were read: without them nothing is granted
   * for certain. Taken as read where this is absent.
   */
  denyCoverage?(scope: ResourceId): Known<true>;
}
