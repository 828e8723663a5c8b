/**
 * When the next request may be sent, so that Azure need not refuse it: what is known of a quota goes
 * in, with the time, and the milliseconds to wait come out. Nothing here waits or looks at a clock.
 */

/** Who asks: checks that somebody waits for go before scans. */
export type Urgency = 'check' | 'scan';

/** A request that is ready to be sent. */
export interface Waiting {
  readonly urgency: Urgency;
  /** Milliseconds that it has waited so far. */
  readonly waitedMs: number;
  /** Requests of checks that are ready to be sent as well, and not by this one. */
  readonly checksWaiting: number;
  /** Whether a check is under way, or was until a moment ago. */
  readonly checksActive: boolean;
}

/** After so long a scan's request is as urgent as a check's: nobody waits for ever. */
export const patienceOfScansMs = 30_000;

/** What is known of a quota. */
export interface Quota {
  /**
   * How requests come back: all at once when a window ends, or one by one, so many a millisecond.
   */
  readonly refill: 'atEnd' | number;
  /** Requests that can still be sent, those under way taken off; as of `at`. */
  readonly left: number;
  /** The most that there can be. */
  readonly most: number;
  /** What scans leave to checks. */
  readonly reserve: number;
  /** Whether the reserve is kept although no check is under way. */
  readonly isReserveKept: boolean;
  readonly at: number;
  /** When the window ends; by our own clock until Azure has told it. */
  readonly endsAt: number;
  readonly isEndTold: boolean;
  /** Nothing is sent before: Azure has asked for it. */
  readonly closedUntil: number;
}

/** What Azure said with an answer; members that it did not say are absent. */
export interface Told {
  /** Requests that are left. */
  readonly remaining?: number;
  /** Milliseconds until a window ends. */
  readonly resetsAfterMs?: number;
  /** Milliseconds to stay away. */
  readonly retryAfterMs?: number;
}

const longAgo = Number.NEGATIVE_INFINITY;
/** How long a window lasts whose end Azure has not told. */
const windowMs = 5_000;

/**
 * Resource Graph: 15 queries in 5 seconds unless it says otherwise. Scans keep two back while checks
 * are under way and none else, for a window is short and mostly nobody else asks.
 * https://learn.microsoft.com/azure/governance/resource-graph/concepts/guidance-for-throttled-requests
 */
export const resourceGraphQuota: Quota = {
  refill: 'atEnd',
  left: 15,
  most: 15,
  reserve: 2,
  isReserveKept: false,
  at: longAgo,
  endsAt: longAgo,
  isEndTold: false,
  closedUntil: longAgo,
};

/**
 * Resource Manager, for each subscription and kind of request. A fifth is kept for checks.
 * https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling
 */
export function resourceManagerQuota(kind: 'reads' | 'writes' | 'deletes'): Quota {
  const size = kind === 'reads' ? 250 : 200;
  return {
    ...resourceGraphQuota,
    refill: (kind === 'reads' ? 25 : 10) / 1000,
    left: size,
    most: size,
    reserve: size / 5,
    isReserveKept: true,
  };
}

/** The quota as it is now, of one that was true before. */
function asOf(quota: Quota, now: number): Quota {
  const { refill, left, most, at, endsAt } = quota;
  if (refill === 'atEnd') {
    return now < endsAt ? quota : { ...quota, left: most, at: now, endsAt: longAgo };
  }
  // Before anything was sent nothing is missing.
  if (left === most || now <= at) return { ...quota, at: Math.max(at, now) };
  return { ...quota, left: Math.min(most, left + (now - at) * refill), at: now };
}

/** Milliseconds to wait before asking again; 0 means: send it now, and say so with `sent`. */
export function waitFor(quota: Quota, now: number, waiting: Waiting): number {
  if (now < quota.closedUntil) return quota.closedUntil - now;
  const current = asOf(quota, now);
  const lacking = 1 + keptBack(current, waiting) - current.left;
  if (lacking <= 0) return 0;
  const { refill, endsAt } = current;
  return Math.max(1, refill === 'atEnd' ? endsAt - now : Math.ceil(lacking / refill));
}

function keptBack(quota: Quota, waiting: Waiting): number {
  if (waiting.urgency === 'check' || waiting.waitedMs >= patienceOfScansMs) return 0;
  const reserve = quota.isReserveKept || waiting.checksActive ? quota.reserve : 0;
  // However small the quota is, scans have some of it.
  return Math.max(0, Math.min(Math.max(reserve, waiting.checksWaiting), quota.most - 1));
}

/** The quota once a request is under way. */
export function sent(quota: Quota, now: number): Quota {
  const current = asOf(quota, now);
  const begins = current.refill === 'atEnd' && current.endsAt === longAgo;
  return {
    ...current,
    left: current.left - 1,
    ...(begins ? { endsAt: now + windowMs, isEndTold: false } : {}),
  };
}

/** As many requests may be answered in another order than they were counted in. */
const mostAtOnce = 16;

/**
 * The quota once an answer is there; `underWay` are the other requests that have been sent and not
 * yet answered, which Azure may or may not have counted.
 */
export function answered(quota: Quota, now: number, told: Told, underWay: number): Quota {
  const { remaining, resetsAfterMs = 0, retryAfterMs = 0 } = told;
  const open = asOf(quota, now);
  const closedUntil = Math.max(quota.closedUntil, now + retryAfterMs);
  // Who is refused had less left than was thought.
  const current = retryAfterMs > 0 ? { ...open, closedUntil, left: Math.min(open.left, 0) } : open;
  if (remaining === undefined) return current;
  const theirs = remaining - underWay;
  if (current.refill !== 'atEnd') {
    const isOurs = theirs >= current.left && theirs <= current.left + mostAtOnce;
    const left = isOurs ? current.left : theirs;
    return { ...current, left, most: Math.max(current.most, remaining) };
  }
  const endsAt = now + resetsAfterMs;
  // Azure tells whole seconds: of one window the earliest end that it told is the truest.
  if (current.isEndTold && current.endsAt !== longAgo && endsAt <= current.endsAt + 1000) {
    return {
      ...current,
      left: Math.min(current.left, remaining),
      endsAt: Math.min(current.endsAt, endsAt),
    };
  }
  return { ...current, left: theirs, most: Math.max(1, remaining + 1), endsAt, isEndTold: true };
}
