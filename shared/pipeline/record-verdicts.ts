import {
  type Observation,
  type Observed,
  type Reconciled,
  outranks,
  reconcile,
  settle,
} from '../findings/reconcile.ts';
import type { Transition } from '../model/finding.ts';
import { type ResourceId, resourceId } from '../model/resource-id.ts';
import { isOfWrongClock } from '../model/wrong-clock.ts';
import type { VerdictReport } from '../reports/report.ts';
import { type ClusterFindings, ConflictError, type FindingStore } from '../store-ports.ts';

/** What came of recording: nothing where somebody has recorded a newer reading already. */
export interface Recorded {
  readonly outdated: boolean;
  /** When what counts now was read. */
  readonly readAt: string;
  readonly transitions: readonly Transition[];
}

/** As often as readings of one cluster may cross each other before that is a defect. */
const attempts = 10;

/**
 * Reconciles a cluster's findings with verdicts that rest on one reading, and keeps the result with
 * what there is to tell. Repeating it, or recording an older reading afterwards, changes nothing.
 * @throws where the clock ran ahead while it was read: nobody knows what came later, and it is read again.
 */
export function recordVerdicts(
  store: FindingStore,
  clusterId: ResourceId,
  verdicts: readonly VerdictReport[],
  observation: Observation,
): Promise<Recorded> {
  return record(store, clusterId, observation, (before) =>
    reconciled(before, verdicts, observation),
  );
}

/** Whether recording these verdicts would give anybody something to hear. */
export async function wouldTell(
  store: FindingStore,
  clusterId: ResourceId,
  verdicts: readonly VerdictReport[],
  observation: Observation,
): Promise<boolean> {
  const changed = reconciled(await store.of(clusterId), verdicts, observation);
  return changed.some(({ transition }) => transition !== undefined);
}

function reconciled(
  { findings }: ClusterFindings,
  verdicts: readonly VerdictReport[],
  observation: Observation,
): readonly Reconciled[] {
  const before = new Map(findings.map((finding) => [finding.fingerprint, finding]));
  const asked = new Set(verdicts.map(({ fingerprint }) => fingerprint));
  return [
    ...verdicts.flatMap(
      (verdict) =>
        reconcile(before.get(verdict.fingerprint), observedIn(verdict), observation) ?? [],
    ),
    ...findings
      .filter(({ fingerprint }) => !asked.has(fingerprint))
      .flatMap((finding) => settle(finding, 'notChecked', { ...observation, changes: [] }) ?? []),
  ];
}

function observedIn(verdict: VerdictReport): Observed {
  const { fingerprint, checkId, kind, severity, exempt, summary } = verdict;
  const evidence = verdict.evidence.map(({ at, says, rule, witness }) => ({
    at: resourceId(at),
    says,
    ...(rule === undefined ? {} : { rule }),
    ...(witness === undefined ? {} : { witness }),
  }));
  const clusterId = resourceId(verdict.clusterId);
  return { fingerprint, checkId, clusterId, kind, severity, exempt, summary, evidence };
}

/** Resolves what is open of a cluster that is gone, or serves Azure ML no more. */
export function recordGone(
  store: FindingStore,
  clusterId: ResourceId,
  observation: Omit<Observation, 'isSettled'>,
): Promise<Recorded> {
  return record(store, clusterId, observation, ({ findings }) =>
    findings.flatMap((finding) => settle(finding, 'clusterGone', observation) ?? []),
  );
}

async function record(
  store: FindingStore,
  clusterId: ResourceId,
  { readAt, now }: Pick<Observation, 'readAt' | 'now'>,
  changesTo: (before: ClusterFindings) => readonly Reconciled[],
): Promise<Recorded> {
  if (isOfWrongClock(readAt, now)) {
    throw new Error(`the clock was put right since ${clusterId} was read at ${readAt}`);
  }
  for (let attempt = 1; ; attempt += 1) {
    const before = await store.of(clusterId);
    if (before.readAt !== undefined && outranks(before, readAt, now)) {
      return { outdated: true, readAt: before.readAt, transitions: [] };
    }
    const changed = changesTo(before);
    try {
      const version = before.version === undefined ? {} : { version: before.version };
      await store.record(clusterId, { readAt, ...version, changed });
      return {
        outdated: false,
        readAt,
        transitions: changed.flatMap(({ transition }) => transition ?? []),
      };
    } catch (error) {
      if (!(error instanceof ConflictError) || attempt === attempts) throw error;
    }
  }
}
