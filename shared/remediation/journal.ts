import type { ResourceId } from '../model/resource-id.ts';
import type { PastChange } from './guard.ts';
import type { Plan } from './plan.ts';
import type { RemediationHead } from './remediation-store.ts';

/** What was there when a plan was confirmed, so that it can be told afterwards what a change did. */
export interface Before {
  /** What the changes go into, as Azure gave it. */
  readonly images: readonly Readonly<Record<string, unknown>>[];
  /** The checks that passed, by cluster: of every cluster on which the change could bear. */
  readonly passing: Readonly<Record<ResourceId, readonly string[]>>;
}

/** What a step of a remediation was; each is written before or after the one thing it speaks of. */
export type Step =
  /** Somebody, or the service by itself, asks for a plan to be carried out. */
  | {
      readonly step: 'requested';
      readonly plan: Plan;
      readonly by: string;
      /** Set where somebody has to approve it although the plan by itself would not ask for that. */
      readonly held?: boolean;
    }
  | { readonly step: 'approved'; readonly by: string; readonly hash: string }
  | { readonly step: 'rejected'; readonly by: string; readonly because: string }
  | { readonly step: 'expired' }
  | { readonly step: 'waiting'; readonly until: string; readonly because: string }
  | { readonly step: 'refused'; readonly because: string }
  /** What is there now is not what the plan was made on. */
  | { readonly step: 'void'; readonly because: string }
  /** The plan holds on what is there now; nothing that it writes exists yet. */
  | { readonly step: 'confirmed'; readonly before: Before }
  | { readonly step: 'writing'; readonly index: number }
  | { readonly step: 'written'; readonly index: number; readonly made: boolean }
  /** A write failed, or what it led to is not what was proven: everything of ours is taken back. */
  | { readonly step: 'failed'; readonly because: string }
  | { readonly step: 'verified' }
  | { readonly step: 'removing'; readonly index: number }
  | { readonly step: 'removed'; readonly index: number }
  /** Somebody changed what we wrote, so it is no longer ours to take away. */
  | { readonly step: 'left'; readonly index: number; readonly because: string }
  | { readonly step: 'rollbackAsked'; readonly by: string; readonly because: string }
  | { readonly step: 'ended'; readonly outcome: Outcome };

/** How a remediation ended. */
export type Outcome =
  | 'done'
  | 'rolledBack'
  | 'partlyRolledBack'
  | 'refused'
  | 'void'
  | 'rejected'
  | 'expired';

/** Where a remediation stands, in a word. */
export type RemediationState =
  | Outcome
  | 'queued'
  | 'awaitingApproval'
  | 'approved'
  | 'waiting'
  | 'running';

/** A step, and when it was written down (ISO 8601, UTC). Rows are only ever added. */
export type JournalRow = Step & { readonly at: string };

/** Where a remediation stands, told from its rows alone. */
export interface Progress {
  readonly plan: Plan;
  /** Whether somebody has to approve it. */
  readonly needsApproval: boolean;
  readonly approvedBy?: string;
  /** Undefined until the plan was confirmed. */
  readonly before?: Before;
  /** What is to be done next. */
  readonly next:
    | { readonly kind: 'begin' }
    /** `begun` where the request may have been sent before. */
    | { readonly kind: 'write'; readonly index: number; readonly begun: boolean }
    | { readonly kind: 'verify' }
    | { readonly kind: 'remove'; readonly index: number }
    | { readonly kind: 'end'; readonly outcome: Outcome }
    | { readonly kind: 'nothing'; readonly outcome: Outcome };
  readonly because?: string;
}

/**
 * Where the rows of one remediation leave it. A crash at any point leaves rows from which the next run
 * goes on or takes back.
 * @throws RangeError where the first row does not request anything.
 */
export function progressOf(all: readonly JournalRow[]): Progress {
  const rows = sinceLastRequest(all);
  const [request] = rows;
  if (request?.step !== 'requested') {
    throw new RangeError('the journal of a remediation begins with the plan that is requested');
  }
  const { plan } = request;
  const approval = rows.findLast((row) => row.step === 'approved');
  const confirmed = rows.find((row) => row.step === 'confirmed');
  const shared = {
    plan,
    needsApproval: plan.approval || request.held === true,
    ...(confirmed === undefined ? {} : { before: confirmed.before }),
    ...(approval?.step === 'approved' && approval.hash === plan.hash
      ? { approvedBy: approval.by }
      : {}),
  };
  const ended = rows.findLastIndex((row) => row.step === 'ended');
  const asked = rows.findLastIndex((row) => row.step === 'rollbackAsked');
  const end = rows[ended];
  if (end?.step === 'ended' && ended > asked) {
    return { ...shared, next: { kind: 'nothing', outcome: end.outcome } };
  }
  const failed = rows.findLast((row) => row.step === 'failed' || row.step === 'rollbackAsked');
  if (failed !== undefined) return { ...shared, ...takingBack(rows, failed) };
  const stopped = rows.findLast(
    ({ step }) =>
      step === 'refused' || step === 'void' || step === 'rejected' || step === 'expired',
  );
  if (stopped !== undefined && !rows.some(({ step }) => step === 'confirmed')) {
    return { ...shared, next: { kind: 'end', outcome: stopped.step as Outcome } };
  }
  if (!rows.some(({ step }) => step === 'confirmed')) return { ...shared, next: { kind: 'begin' } };
  const index = plan.changes.findIndex((_, at) => !hasRow(rows, 'written', at));
  if (index >= 0) {
    return { ...shared, next: { kind: 'write', index, begun: hasRow(rows, 'writing', index) } };
  }
  const isVerified = rows.some(({ step }) => step === 'verified');
  return {
    ...shared,
    next: isVerified ? { kind: 'end', outcome: 'done' } : { kind: 'verify' },
  };
}

/** What was asked for again, after nothing had come of it, begins anew. */
function sinceLastRequest(rows: readonly JournalRow[]): readonly JournalRow[] {
  const last = rows.findLastIndex(({ step }) => step === 'requested');
  const before = rows.slice(0, Math.max(0, last));
  return before.some(({ step }) => step === 'confirmed') ? rows : rows.slice(before.length);
}

/** Where the rows leave a remediation, in a word. @throws RangeError as `progressOf`. */
function stateOf(rows: readonly JournalRow[]): RemediationState {
  const { next, needsApproval, approvedBy } = progressOf(rows);
  if (next.kind === 'nothing') return next.outcome;
  // Also where only its end has to be written down: whoever finds it there sees to that.
  if (next.kind !== 'begin') return 'running';
  if (rows.at(-1)?.step === 'waiting') return 'waiting';
  if (approvedBy !== undefined) return 'approved';
  return needsApproval ? 'awaitingApproval' : 'queued';
}

/** Whether nothing that the rows tell of has ever been there: what failed before anything was made. */
export function wroteNothing(rows: readonly JournalRow[]): boolean {
  return !rows.some(
    (row) => row.step === 'removing' || row.step === 'left' || (row.step === 'written' && row.made),
  );
}

/** How an end is remembered; undefined where nothing was changed. */
export function pastOutcomeOf(outcome: Outcome): PastChange['outcome'] | undefined {
  switch (outcome) {
    case 'done':
    case 'rolledBack':
      return outcome;
    case 'partlyRolledBack':
      return 'failed';
    case 'refused':
    case 'void':
    case 'rejected':
    case 'expired':
      return undefined;
    default:
      return outcome satisfies never;
  }
}

/**
 * A remediation in short; `id` is its own.
 * @throws RangeError as `progressOf`.
 */
export function headOf(id: string, rows: readonly JournalRow[]): RemediationHead {
  const [first] = rows;
  const { plan, approvedBy } = progressOf(rows);
  const last = rows.at(-1);
  const told = rows.findLast((row) => 'because' in row);
  return {
    id,
    hash: plan.hash,
    checkId: plan.checkId,
    clusterId: plan.clusterId,
    fingerprint: plan.fingerprint,
    summary: plan.summary,
    state: stateOf(rows),
    by: first?.step === 'requested' ? first.by : '',
    ...(approvedBy === undefined ? {} : { approvedBy }),
    ...(told === undefined ? {} : { because: told.because }),
    createdAt: first?.at ?? '',
    updatedAt: last?.at ?? '',
    expiresAt: plan.expiresAt,
    ...(last?.step === 'waiting' ? { until: last.until } : {}),
  };
}

/**
 * The changes, by their index and in this order, that taking back has to deal with, whether somebody
 * asks for it yet or not: what we made, or may have made, goes again, the last first.
 */
export function toTakeBack(all: readonly JournalRow[]): readonly number[] {
  const rows = sinceLastRequest(all);
  const [request] = rows;
  const changes = request?.step === 'requested' ? request.plan.changes : [];
  return changes
    .map((_, index) => index)
    .filter(
      (at) => mayBeOurs(rows, at) && !hasRow(rows, 'removed', at) && !hasRow(rows, 'left', at),
    )
    .toReversed();
}

function takingBack(
  rows: readonly JournalRow[],
  failed: JournalRow,
): Pick<Progress, 'next' | 'because'> {
  const [index] = toTakeBack(rows);
  const because = 'because' in failed ? failed.because : '';
  if (index !== undefined) return { next: { kind: 'remove', index }, because };
  const isPartly = rows.some(({ step }) => step === 'left');
  return { next: { kind: 'end', outcome: isPartly ? 'partlyRolledBack' : 'rolledBack' }, because };
}

/** Begun and not known to have been there before. */
function mayBeOurs(rows: readonly JournalRow[], index: number): boolean {
  const written = rows.find((row) => row.step === 'written' && row.index === index);
  return written?.step === 'written' ? written.made : hasRow(rows, 'writing', index);
}

function hasRow(
  rows: readonly JournalRow[],
  step: 'writing' | 'written' | 'removed' | 'left',
  index: number,
): boolean {
  return rows.some((row) => row.step === step && 'index' in row && row.index === index);
}
