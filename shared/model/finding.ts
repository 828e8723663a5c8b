import type { ResourceId } from './resource-id.ts';
import type { Evidence, Severity } from './verdict.ts';

/** A change of a resource that somebody made, as far as Azure tells of it. */
export interface Change {
  readonly resourceId: ResourceId;
  /** `Microsoft.Network/networkSecurityGroups/securityRules/write`. */
  readonly operation: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** The object id or application id of whoever made it. */
  readonly actor?: string;
  readonly correlationId?: string;
}

/** Why a failure is accepted for now. */
export interface Exempted {
  readonly reason: string;
  readonly approvedBy: string | null;
  readonly ticket: string | null;
  readonly expiresOn: string | null;
  readonly source: 'settings' | 'policy';
}

/** Why a finding is resolved. */
export type Resolution = 'passes' | 'notApplicable' | 'clusterGone' | 'notChecked';

/** What is known over time of one check on one cluster that has failed at least once. */
export interface Finding {
  readonly fingerprint: string;
  readonly checkId: string;
  readonly clusterId: ResourceId;
  readonly state: 'open' | 'resolved';
  /** Set where it is open and accepted. */
  readonly exempt: Exempted | null;
  /** Of the last failure. */
  readonly severity: Severity;
  readonly summary: string;
  readonly evidence: readonly Evidence[];
  /** When it failed for the first time; all moments are ISO 8601 in UTC. */
  readonly firstSeen: string;
  /** When it was last seen to fail. */
  readonly lastSeen: string;
  /** Since when it is in its state. */
  readonly since: string;
  /** When what settled its state was read; what was read earlier changes nothing any more. */
  readonly readAt: string;
  /** How often it came back. */
  readonly reopened: number;
  /** The number of its last transition, from 1. */
  readonly sequence: number;
  /** Who changed what, the last time it opened or resolved; undefined where nobody knows. */
  readonly cause?: Change;
  readonly resolution?: Resolution;
}

const transitionKinds = [
  'opened',
  'reopened',
  'resolved',
  'exempted',
  'exemptionEnded',
  'severityChanged',
] as const;

/** What a receiver is to hear of: fingerprint and sequence tell one transition from another. */
export interface Transition {
  readonly kind: (typeof transitionKinds)[number];
  readonly fingerprint: string;
  readonly sequence: number;
  readonly at: string;
  /** The finding as it was then. */
  readonly finding: Finding;
}
