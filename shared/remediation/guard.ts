import type { ResourceId } from '../model/resource-id.ts';
import type { Mode } from '../settings/mode.ts';
import { planLifetime } from './plan.ts';
import { type ChangeWindow, opensAt } from './change-window.ts';

/** Limits on changes, as settings write them. */
export interface GuardLimits {
  readonly maxChangesPerRun: number;
  readonly maxChangesPerHour: number;
  /** 0 to 1. */
  readonly maxFailureRatio: number;
  readonly cooldownMinutes: number;
  readonly maxReverts: number;
  readonly windows: readonly ChangeWindow[];
}

/** One change of ours, as it is remembered. */
export interface PastChange {
  readonly resourceId: ResourceId;
  readonly fingerprint: string;
  /** The remediation it belongs to, and the run of it; changes of one run do not rest for each other. */
  readonly remediationId?: string;
  readonly runId?: string;
  /** Milliseconds since 1970, UTC. */
  readonly at: number;
  /** `undone`: somebody had it taken back after it was done, which is no failure. */
  readonly outcome: 'underWay' | 'done' | 'undone' | 'rolledBack' | 'failed';
  /** Whether somebody else took it back later. */
  readonly revertedAt?: number;
}

/** What somebody wants to change, and all that bears on whether it may be. */
export interface ChangeRequest {
  readonly resourceIds: readonly ResourceId[];
  readonly fingerprint: string;
  readonly runId?: string;
  readonly mode: Mode;
  /** Why the mode is what it is. */
  readonly modeBecause: string;
  /** Whether the plan must be approved, and whether it is. */
  readonly needsApproval: boolean;
  readonly isApproved: boolean;
  /** Milliseconds since 1970, UTC. */
  readonly expiresAt: number;
  readonly changesInRun: number;
}

/** Whether a change may be made now. What is refused stays refused until somebody acts; what waits is tried again. */
export type GuardAnswer =
  | { readonly kind: 'go' }
  | { readonly kind: 'wait'; readonly until: number; readonly because: string }
  | { readonly kind: 'refused'; readonly because: string };

const hour = 3_600_000;
const day = 24 * hour;
/** Of fewer changes, a ratio says nothing. */
const fewestForRatio = 5;

/**
 * Whether a change may be made at a moment: the mode allows it, it is approved and not expired, nobody
 * fights over the resource, too many changes did not fail of late, and neither the hour, the run, the
 * resource's rest nor a window speaks against it. In that order: what nobody may do is not promised
 * for later. Whose the resource is, the plan itself has to know ({@link keptFromOthers}).
 */
export function guard(
  request: ChangeRequest,
  limits: GuardLimits,
  past: readonly PastChange[],
  now: number,
): GuardAnswer {
  return (
    notAllowed(request, now) ??
    contested(request, limits, past, now) ??
    circuitOpen(limits, past, now) ??
    tooMuch(request, limits, past, now) ??
    resting(request, limits, past, now) ??
    outsideWindow(limits, now) ?? { kind: 'go' }
  );
}

function refused(because: string): GuardAnswer {
  return { kind: 'refused', because };
}

function notAllowed(request: ChangeRequest, now: number): GuardAnswer | undefined {
  const { mode, modeBecause, needsApproval, isApproved, expiresAt } = request;
  if (expiresAt <= now) return refused('The plan has expired; a new one has to be made.');
  // An hour, as clocks differ. Whoever edits the end of a plan can make another hash.
  if (expiresAt - now > planLifetime + hour) {
    return refused(
      'The plan ends later than any that is made: it was edited, or a clock is wrong.',
    );
  }
  // No approval lifts a mode: whoever set it said that nothing is written.
  if (mode !== 'remediate') return refused(`The mode is ${mode}: ${modeBecause}.`);
  return needsApproval && !isApproved ? refused('Nobody has approved the plan.') : undefined;
}

/** A change of ours that others keep taking back: something else owns the resource. */
function contested(
  { fingerprint }: ChangeRequest,
  { maxReverts }: GuardLimits,
  past: readonly PastChange[],
  now: number,
): GuardAnswer | undefined {
  const reverted = past.filter(
    ({ fingerprint: own, revertedAt }) =>
      own === fingerprint && revertedAt !== undefined && now - revertedAt < day,
  );
  // One remediation may change several resources.
  const reverts = new Set(reverted.map(({ remediationId, at }) => remediationId ?? at)).size;
  return reverts >= maxReverts
    ? refused(
        `Somebody took this change back ${reverts} times in 24 hours: something else owns the resource.`,
      )
    : undefined;
}

function circuitOpen(
  { maxFailureRatio }: GuardLimits,
  past: readonly PastChange[],
  now: number,
): GuardAnswer | undefined {
  const recent = past.filter(({ at }) => now - at < hour);
  const failed = recent.filter(({ outcome }) => outcome === 'rolledBack' || outcome === 'failed');
  const isOpen = recent.length >= fewestForRatio && failed.length / recent.length > maxFailureRatio;
  return isOpen
    ? refused(
        `${failed.length} of ${recent.length} changes of the last hour failed or were rolled back; nothing is changed until somebody looks.`,
      )
    : undefined;
}

function tooMuch(
  { changesInRun }: ChangeRequest,
  { maxChangesPerRun, maxChangesPerHour }: GuardLimits,
  past: readonly PastChange[],
  now: number,
): GuardAnswer | undefined {
  if (changesInRun >= maxChangesPerRun) {
    const because = `This run has made ${changesInRun} changes, and ${maxChangesPerRun} are allowed (guard.maxChangesPerRun).`;
    return { kind: 'wait', until: now, because };
  }
  const recent = past
    .filter(({ at }) => now - at < hour)
    .map(({ at }) => at)
    .toSorted((a, b) => a - b);
  const oldest = recent[recent.length - maxChangesPerHour];
  if (maxChangesPerHour > 0 && oldest === undefined) return undefined;
  const because = `${recent.length} changes were made in the last hour, and ${maxChangesPerHour} are allowed (guard.maxChangesPerHour).`;
  return { kind: 'wait', until: (oldest ?? now) + hour, because };
}

function resting(
  { resourceIds, runId }: ChangeRequest,
  { cooldownMinutes }: GuardLimits,
  past: readonly PastChange[],
  now: number,
): GuardAnswer | undefined {
  const others = past.filter(
    (change) =>
      resourceIds.includes(change.resourceId) && (runId === undefined || change.runId !== runId),
  );
  const last = Math.max(...others.map(({ at }) => at));
  const until = last + cooldownMinutes * 60_000;
  return until > now
    ? {
        kind: 'wait',
        until,
        because: 'The resource was changed a short while ago (guard.cooldownMinutes).',
      }
    : undefined;
}

function outsideWindow({ windows }: GuardLimits, now: number): GuardAnswer | undefined {
  const until = opensAt(windows, now);
  if (until === now) return undefined;
  return until === undefined
    ? refused('None of the windows in guard.windows opens within eight days.')
    : { kind: 'wait', until, because: 'No window for changes is open (guard.windows).' };
}
