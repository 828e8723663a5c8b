import { sha256 } from '../model/sha256.ts';
import { isOfWrongClock } from '../model/wrong-clock.ts';
import { canonical } from '../remediation/plan.ts';
import type { NoPlan, RemediationHead } from '../remediation/remediation-store.ts';
import type { Settings } from '../settings/settings.ts';
import type { ServiceContext } from './service-context.ts';

const minute = 60_000;
/** Housekeeping asks every hour, some minutes late or early. */
const shortestMs = 50 * minute;
const longestMs = 24 * 60 * minute - 10 * minute;
/** For so long a change that was refused or rejected is not asked for again. */
const silenceMs = 24 * 60 * minute;

/** Under what a finding is planned for: where it is another, what came of it before says nothing. */
export interface PlanningState {
  /** The latest remediation of the finding. */
  readonly latest: Pick<RemediationHead, 'id' | 'state' | 'updatedAt'> | undefined;
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
  { latest, settings }: PlanningState,
  before: NoPlan | undefined,
  now: Date,
): NoPlan {
  const at = now.toISOString();
  const isSame =
    before?.because === because &&
    before.settings === settings &&
    before.after === latest?.id &&
    !isOfWrongClock(before.at, now);
  const after = latest === undefined ? {} : { after: latest.id };
  return { fingerprint, because, settings, ...after, since: isSame ? before.since : at, at };
}

/**
 * Whether a finding for which there was no plan is planned for again without an event: as long after the
 * last time as the reason has held by then, at least an hour, at most a day. What makes a plan possible
 * is seldom seen but by an event (a lock that goes, another rule), and a live read costs several queries.
 */
export function isDueAgain(
  { at, since, settings, after }: NoPlan,
  { latest, settings: inForce }: PlanningState,
  now: Date,
): boolean {
  if (settings !== inForce || after !== latest?.id || isOfWrongClock(at, now)) return true;
  if (isTurnedDown(latest, new Date(at)) && !isTurnedDown(latest, now)) return true;
  const held = Date.parse(at) - Date.parse(since);
  return now.getTime() - Date.parse(at) >= Math.min(longestMs, Math.max(shortestMs, held));
}

/** Whether a remediation was refused or rejected of late. */
export function isTurnedDown(latest: PlanningState['latest'], now: Date): boolean {
  if (latest?.state !== 'refused' && latest?.state !== 'rejected') return false;
  const isLongAgo = now.getTime() - Date.parse(latest.updatedAt) >= silenceMs;
  return !isLongAgo && !isOfWrongClock(latest.updatedAt, now);
}
