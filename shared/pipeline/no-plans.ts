import type { Finding } from '../model/finding.ts';
import { sha256 } from '../model/sha256.ts';
import { isOfWrongClock } from '../model/wrong-clock.ts';
import { canonical } from '../remediation/plan.ts';
import type { NoPlan, RemediationHead } from '../remediation/remediation-store.ts';
import type { Settings } from '../settings/settings.ts';
import type { ServiceContext } from './service-context.ts';

const minute = 60_000;
const hour = 60 * minute;
/** Housekeeping asks every hour, some minutes late or early. */
const shortestMs = 50 * minute;
const longestMs = 4 * hour - 10 * minute;
/** For so long a change that was refused or rejected is not asked for again. */
const silenceMs = 24 * hour;

/** Under what a finding is planned for: where it is another, what came of it before says nothing. */
export interface PlanningState {
  /** The latest remediation of the finding. */
  readonly latest: Pick<RemediationHead, 'state' | 'updatedAt'> | undefined;
  /** `settingsDigest` of what is in force. */
  readonly settings: string;
}

/** Tells the settings and the highest mode that were in force from others. */
export function settingsDigest(
  { maxMode }: Pick<ServiceContext, 'maxMode'>,
  settings: Settings,
): string {
  return sha256(canonical({ maxMode, settings }));
}

/** That there is no plan for a finding now, where `before` is what was kept of it until now. */
export function noPlan(
  { fingerprint, because }: Pick<NoPlan, 'fingerprint' | 'because'>,
  state: PlanningState,
  before: NoPlan | undefined,
  now: Date,
): NoPlan {
  const at = now.toISOString();
  const isSame = before?.because === because && isInForce(before, state, now);
  const { settings } = state;
  return { fingerprint, because, settings, since: isSame ? before.since : at, at };
}

/** Whether what was said of a finding still counts: of the failure that it is now, too. */
export function standsFor(
  said: NoPlan,
  { since }: Pick<Finding, 'since'>,
  state: PlanningState,
  now: Date,
): boolean {
  const cameBack = since > said.at && !isOfWrongClock(since, now);
  return !cameBack && isInForce(said, state, now);
}

/** Whether what was said still counts: by the same settings, and with no remediation since. */
function isInForce(
  { at, settings }: NoPlan,
  { latest, settings: ofNow }: PlanningState,
  now: Date,
): boolean {
  if (settings !== ofNow || isOfWrongClock(at, now)) return false;
  return latest === undefined || latest.updatedAt <= at || isOfWrongClock(latest.updatedAt, now);
}

/**
 * When a finding for which there was no plan is planned for again, where nothing is heard until then: as
 * long after the last time as the reason has held by then, at least an hour, at most four. Most of what
 * makes a plan possible is an event (another rule, a lock that goes), and a live read costs several queries;
 * but a cluster that is started is none.
 */
export function dueAt(
  { at, since }: Pick<NoPlan, 'at' | 'since'>,
  latest: PlanningState['latest'],
): Date {
  const last = Date.parse(at);
  const due = last + Math.min(longestMs, Math.max(shortestMs, last - Date.parse(since)));
  if (latest === undefined || !isTurnedDown(latest, new Date(last))) return new Date(due);
  return new Date(Math.min(due, Date.parse(latest.updatedAt) + silenceMs));
}

/** Whether a remediation was refused or rejected of late. */
export function isTurnedDown(latest: PlanningState['latest'], now: Date): boolean {
  if (latest?.state !== 'refused' && latest?.state !== 'rejected') return false;
  const isLongAgo = now.getTime() - Date.parse(latest.updatedAt) >= silenceMs;
  return !isLongAgo && !isOfWrongClock(latest.updatedAt, now);
}
