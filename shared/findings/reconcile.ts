import type { Change, Exempted, Finding, Resolution, Transition } from '../model/finding.ts';
import { type ResourceId, isWithin } from '../model/resource-id.ts';
import type { Evidence, Severity, VerdictKind } from '../model/verdict.ts';
import { isOfWrongClock } from '../model/wrong-clock.ts';

/** What a finding needs of a verdict. */
export interface Observed {
  readonly fingerprint: string;
  readonly checkId: string;
  readonly clusterId: ResourceId;
  readonly kind: VerdictKind;
  readonly severity: Severity;
  readonly exempt: Exempted | null;
  readonly summary: string;
  readonly evidence: readonly Evidence[];
}

/** How a verdict came about. */
export interface Observation {
  /** When the reading began on which it rests, ISO 8601 in UTC. */
  readonly readAt: string;
  /** When it is laid over what is known. */
  readonly now: Date;
  /** Whether the cluster is in a state in which a pass counts: it runs, and no operation is under way. */
  readonly isSettled: boolean;
  /** What is known to have changed just before. */
  readonly changes: readonly Change[];
}

/** A finding as it is from now on, and what there is to tell of it; undefined where nobody need hear. */
export interface Reconciled {
  readonly finding: Finding;
  readonly transition?: Transition;
}

/**
 * What a verdict makes of what was known; undefined where it changes nothing: `unknown` never does,
 * a pass without a finding neither, nor a reading that is not newer than the one that counts. A
 * cluster that is stopped or in the middle of an operation opens findings and resolves none.
 */
export function reconcile(
  before: Finding | undefined,
  verdict: Observed,
  { readAt, now, isSettled, changes }: Observation,
): Reconciled | undefined {
  if (verdict.kind === 'unknown') return undefined;
  if (before !== undefined && outranks(before, readAt, now)) return undefined;
  const known = before === undefined ? undefined : noLaterThan(readAt, before);
  if (verdict.kind === 'fail') return failed(known, verdict, readAt, changes);
  if (known === undefined || !isSettled) return undefined;
  const resolution = verdict.kind === 'pass' ? 'passes' : 'notApplicable';
  return resolve(known, resolution, readAt, causeIn(known.evidence, changes));
}

/**
 * A finding whose cluster is gone, or whose check is not run any more. Only for what was read without
 * a gap: what nobody looked at proves nothing.
 */
export function settle(
  before: Finding,
  resolution: Extract<Resolution, 'clusterGone' | 'notChecked'>,
  { readAt, now, changes }: Omit<Observation, 'isSettled'>,
): Reconciled | undefined {
  if (before.state === 'resolved' || outranks(before, readAt, now)) return undefined;
  const gone = changes.find(({ resourceId }) => isWithin(before.clusterId, resourceId));
  return resolve(noLaterThan(readAt, before), resolution, readAt, gone);
}

function failed(
  before: Finding | undefined,
  verdict: Observed,
  readAt: string,
  changes: readonly Change[],
): Reconciled {
  const { fingerprint, checkId, clusterId, severity, exempt, summary, evidence } = verdict;
  const said = { fingerprint, checkId, clusterId, severity, exempt, summary, evidence };
  const cause = causeIn(said.evidence, changes);
  const opened = { state: 'open', lastSeen: readAt, since: readAt, readAt } as const;
  if (before === undefined) {
    const finding = { ...said, ...opened, firstSeen: readAt, reopened: 0, sequence: 0 };
    return numbered('opened', withCause(finding, cause));
  }
  const { cause: known, resolution: __, ...kept } = before;
  if (before.state === 'resolved') {
    const finding = { ...kept, ...said, ...opened, reopened: before.reopened + 1 };
    return numbered('reopened', withCause(finding, cause));
  }
  const { since } = before;
  const finding = withCause({ ...kept, ...said, ...opened, since }, known);
  if (before.exempt === null && said.exempt !== null) return numbered('exempted', finding);
  if (before.exempt !== null && said.exempt === null) return numbered('exemptionEnded', finding);
  if (before.severity !== said.severity) return numbered('severityChanged', finding);
  return { finding };
}

function resolve(
  before: Finding,
  resolution: Resolution,
  readAt: string,
  cause: Change | undefined,
): Reconciled {
  if (before.state === 'resolved') return { finding: { ...before, readAt } };
  const { cause: _, ...kept } = before;
  const resolved = { state: 'resolved', since: readAt, readAt, exempt: null, resolution } as const;
  return numbered('resolved', withCause({ ...kept, ...resolved }, cause));
}

function numbered(kind: Transition['kind'], changed: Finding): Reconciled {
  const finding = { ...changed, sequence: changed.sequence + 1 };
  const { fingerprint, sequence, readAt: at } = finding;
  return { finding, transition: { kind, fingerprint, sequence, at, finding } };
}

function withCause(finding: Finding, cause: Change | undefined): Finding {
  return cause === undefined ? finding : { ...finding, cause };
}

/** The latest change of something that the evidence names, of what lies in it or around it. */
function causeIn(evidence: readonly Evidence[], changes: readonly Change[]): Change | undefined {
  return changes
    .filter(({ resourceId }) =>
      evidence.some(({ at }) => isWithin(resourceId, at) || isWithin(at, resourceId)),
    )
    .toSorted((a, b) => (a.at < b.at ? 1 : -1))[0];
}

/** What a wrong clock wrote of a finding lies before the reading that corrects it. */
function noLaterThan(readAt: string, { firstSeen, lastSeen, since, ...finding }: Finding): Finding {
  const cut = (at: string): string => (at < readAt ? at : readAt);
  return { ...finding, firstSeen: cut(firstSeen), lastSeen: cut(lastSeen), since: cut(since) };
}

/**
 * Whether what is kept counts, and a reading that began at a moment does not. Moments of one form
 * compare as texts.
 */
export function outranks(kept: { readonly readAt?: string }, readAt: string, now: Date): boolean {
  const { readAt: theirs = '' } = kept;
  return theirs >= readAt && !isOfWrongClock(theirs, now);
}
