import type { ResourceId } from '../model/resource-id.ts';
import type { Missing } from '../model/verdict.ts';
import type { GroupDiff } from '../network/diff.ts';
import type { VerdictReport } from './report.ts';

/**
 * What a proposed change does to a verdict: one that did not fail does, or fails worse; one that
 * failed no longer does; one that was known no longer is; anything else.
 */
export type Effect = 'breaks' | 'mends' | 'doubts' | 'alters';

/** A verdict as it is and as it would be; null where there is none. */
export interface VerdictChange {
  readonly checkId: string;
  readonly effect: Effect;
  readonly before: VerdictReport | null;
  readonly after: VerdictReport | null;
}

/** What the rules of a subnet would let through and keep out beside what they do. */
export interface PacketChange {
  readonly subnetId: ResourceId;
  /** The network security groups of the subnet; null where it has none, which allows all. */
  readonly before: ResourceId | null;
  readonly after: ResourceId | null;
  readonly diff: GroupDiff;
}

/** A cluster that a proposed change does something to. */
export interface ChangedCluster {
  readonly id: ResourceId;
  readonly name: string;
  readonly verdicts: readonly VerdictChange[];
  readonly packets: readonly PacketChange[];
}

/** A resource as it was taken into account. */
export interface JudgedChange {
  readonly id: ResourceId;
  readonly change: 'create' | 'modify' | 'delete' | 'none';
  /** The clusters that depend on it, as they are or as they would be; null where any may. */
  readonly clusters: readonly ResourceId[] | null;
}

/** A change of which nothing can be said, and why. */
export interface UnjudgedChange {
  readonly id: ResourceId;
  readonly because: string;
  /** Whether it may change a verdict; false for types that no audit reads. */
  readonly matters: boolean;
}

/** What a proposed change would do to the clusters that were read. */
export interface WhatIf {
  readonly changes: readonly JudgedChange[];
  readonly unjudged: readonly UnjudgedChange[];
  /** Those whose verdicts or packets change, in the order of their ids. */
  readonly clusters: readonly ChangedCluster[];
  /** How many clusters were looked at. */
  readonly examined: number;
  /** Verdicts of clusters that depend on the change, or may, that nobody knows, before and after. */
  readonly stillUnknown: number;
  /** What was not read, or not understood, and may show more clusters; none where some were asked for. */
  readonly hiding: readonly Missing[];
  readonly assumptions: readonly string[];
}

/** A verdict in a word or two: `fail (high)`; `absent` where there is none. */
export function kindText(verdict: VerdictChange['before']): string {
  if (verdict === null) return 'absent';
  return verdict.kind === 'fail' ? `fail (${verdict.severity})` : verdict.kind;
}

/** Whether all that the change may do is known. */
export function isTold({ clusters, unjudged, stillUnknown, hiding }: WhatIf): boolean {
  return (
    stillUnknown === 0 &&
    hiding.length === 0 &&
    unjudged.every(({ matters }) => !matters) &&
    clusters.every(({ verdicts }) => verdicts.every(({ effect }) => effect !== 'doubts'))
  );
}
