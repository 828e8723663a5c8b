import type { ResourceId } from '../model/resource-id.ts';
import { sha256 } from '../model/sha256.ts';
import type { SecurityRule } from '../network/security-rule.ts';
import type { DescribedBox } from '../packets/describe.ts';
import type { ArmWrite } from './arm-write.ts';
import type { PriorityBand } from './free-priority.ts';
import type { FailingCheck } from './failing-check.ts';
import type { Proof } from './prove-rules.ts';
import type { Snippets } from './snippets.ts';

/** A role that a plan gives somebody. */
export interface GrantedRole {
  readonly principalId: string;
  /** The role's name. */
  readonly role: string;
  readonly scope: ResourceId;
}

/** Milliseconds. Plans are offered for a day: nobody approves at noon what was proven last week. */
export const planLifetime = 24 * 3_600_000;

/** How the description of everything that we make begins; what lacks it is never taken away. */
export const ourMark = 'Portcullis: ';

/** What a plan changes of what may happen, exactly. */
interface PlanDiff {
  readonly newlyAllowed: readonly DescribedBox[];
  readonly newlyDenied: readonly DescribedBox[];
  readonly newlyGranted: readonly GrantedRole[];
}

/** What a plan was made on: where any of it has changed since, the plan is void. */
export interface Basis {
  readonly id: ResourceId;
  /** A digest of all that was taken into account of the resource. */
  readonly digest: string;
}

/** One finding, and the change that puts it right. */
export interface Plan {
  readonly id: string;
  /** Approval is of this: it names the finding, the basis, every request and its undo. */
  readonly hash: string;
  /** ISO 8601, UTC. */
  readonly expiresAt: string;
  readonly checkId: string;
  readonly clusterId: ResourceId;
  readonly fingerprint: string;
  readonly kind: 'securityRules' | 'roleAssignments';
  /** Whether somebody has to approve it, whatever the mode. */
  readonly approval: boolean;
  readonly summary: string;
  readonly basis: readonly Basis[];
  readonly changes: readonly ArmWrite[];
  readonly diff: PlanDiff;
  /** The actions that applying and undoing it takes. */
  readonly permissions: readonly string[];
  /** Where its rules stand; empty for roles. */
  readonly places: readonly ReservedPlace[];
  /** Requests that take back what the changes made, last one first. */
  readonly undo: readonly ArmWrite[];
  readonly snippets: Snippets;
  readonly proof: Proof;
}

/** A finding that no plan puts right, and what a person can do instead. */
export interface Unplanned {
  readonly checkId: string;
  readonly clusterId: ResourceId;
  readonly fingerprint: string;
  readonly because: string;
  /** The change as a person could make it, where there is one. */
  readonly snippets?: Snippets;
}

export type Planned =
  | { readonly kind: 'plan'; readonly plan: Plan }
  | { readonly kind: 'unplanned'; readonly unplanned: Unplanned };

export interface PlanTerms {
  /** The priorities that are ours. */
  readonly band: PriorityBand;
  /** Until when the plan may be approved: ISO 8601, UTC. */
  readonly expiresAt: string;
  /** Places that other plans of the same time mean to take: two plans never ask for the same one. */
  readonly reserved: readonly ReservedPlace[];
}

/** A priority in a network security group that no rule has yet. */
export interface ReservedPlace {
  readonly groupId: ResourceId;
  readonly direction: SecurityRule['direction'];
  readonly priority: number;
}

/** A finding that no plan puts right, with the change as a person could make it, where there is one. */
export function unplannedOf(
  { check, cluster, fingerprint }: Pick<FailingCheck, 'check' | 'cluster' | 'fingerprint'>,
  because: string,
  snippets?: Snippets,
): Planned {
  const unplanned = { checkId: check.id, clusterId: cluster.id, fingerprint, because };
  return {
    kind: 'unplanned',
    unplanned: snippets === undefined ? unplanned : { ...unplanned, snippets },
  };
}

/** A plan without what follows from the rest of it. */
export type PlanDraft = Omit<Plan, 'id' | 'hash'>;

/** The plan with its id and its hash. */
export function sealed(draft: PlanDraft): Plan {
  const hash = planHash(draft);
  return { id: hash.slice(0, 16), hash, ...draft };
}

/**
 * The hash of what is approved: all of the plan but the words and snippets for people. A plan whose
 * members were edited after it was made has another one, whatever its `hash` says.
 */
export function planHash({
  checkId,
  clusterId,
  fingerprint,
  kind,
  approval,
  basis,
  changes,
  undo,
  diff,
  permissions,
  proof,
  expiresAt,
}: PlanDraft): string {
  const finding = { checkId, clusterId, fingerprint };
  const requests = { kind, basis, changes, undo, permissions, diff, proof };
  return sha256(canonical({ finding, requests, approval, expiresAt }));
}

/** JSON with the members of every object in the order of their names. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`);
  return `{${members.join()}}`;
}
