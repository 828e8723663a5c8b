import type { ResourceId } from '../model/resource-id.ts';
import type { Kept } from '../store-ports.ts';
import type { PastChange } from './guard.ts';
import type { JournalRow, RemediationState } from './journal.ts';

/** A remediation in short, as lists show it. */
export interface RemediationHead {
  readonly id: string;
  /** Of the plan: what an approval names. */
  readonly hash: string;
  readonly checkId: string;
  readonly clusterId: ResourceId;
  readonly fingerprint: string;
  readonly summary: string;
  readonly state: RemediationState;
  /** Who or what asked for it. */
  readonly by: string;
  readonly approvedBy?: string;
  /** Why it is in its state, where there is more to say. */
  readonly because?: string;
  /** ISO 8601, UTC, like every moment here. */
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly expiresAt: string;
  /** When a waiting one is gone on with. */
  readonly until?: string;
}

/** A remediation with its journal: rows are only ever added. */
export interface Remediation {
  readonly head: RemediationHead;
  readonly rows: readonly JournalRow[];
  readonly version: string;
}

/** That planning for a finding led to no plan. */
export interface NoPlan {
  readonly fingerprint: string;
  readonly because: string;
  /** Of the settings and the mode it was planned by. */
  readonly settings: string;
  /** Since when it has been just this. */
  readonly since: string;
  /** When it was planned for last. */
  readonly at: string;
}

/** Where remediations are kept, and who may write to a resource now. */
export interface RemediationStore {
  /** Begins the journal of a remediation. @throws ConflictError where there is one of that id. */
  create(id: string, row: JournalRow): Promise<Remediation>;
  get(id: string): Promise<Remediation | undefined>;
  /** Adds a row to what was read. @throws ConflictError where somebody else added one since. */
  append(remediation: Remediation, row: JournalRow): Promise<Remediation>;
  /** The latest remediation of a finding. */
  latestOf(fingerprint: string): Promise<RemediationHead | undefined>;
  /** Replaces what was kept for the finding. */
  keepNoPlan(noPlan: NoPlan): Promise<void>;
  noPlanFor(fingerprint: string): Promise<NoPlan | undefined>;
  /** Harmless where there is none. */
  forgetNoPlan(fingerprint: string): Promise<void>;
  noPlans(): AsyncIterable<NoPlan>;
  /** Forgets those of findings that were planned for last before a moment; returns how many. */
  forgetNoPlans(before: string): Promise<number>;
  /** At most `limit` or a few more; `from` is where an earlier page ended. */
  page(
    limit: number,
    from?: string,
  ): Promise<{ readonly items: readonly RemediationHead[]; readonly next?: string }>;
  /**
   * Makes `holder` the only one who writes to a resource for so many milliseconds from now; again to
   * hold it longer. False where somebody else holds it.
   */
  lease(resource: ResourceId, holder: string, forMs: number): Promise<boolean>;
  /** Lets go of what the holder holds; harmless where it does not. */
  release(resource: ResourceId, holder: string): Promise<void>;
  /** What an identity changed of late. */
  past(identity: string): Promise<Kept<readonly PastChange[]> | undefined>;
  /** @throws ConflictError where somebody else wrote since. */
  putPast(identity: string, past: readonly PastChange[], version?: string): Promise<void>;
}
