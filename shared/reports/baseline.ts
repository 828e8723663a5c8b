import type { z } from 'zod';
import { type Severity, compareSeverity } from '../model/verdict.ts';
import type {
  BaselineReport,
  BaselineState,
  VerdictReport,
  baselineVerdictSchema,
} from './report.ts';
import type { Audit, ShardResult, Tail } from './scan.ts';

/** What of an earlier verdict a comparison needs. */
export type EarlierVerdict = z.output<typeof baselineVerdictSchema>;

/** The failures of an earlier report that nobody had exempted. */
export interface Baseline {
  readonly scanId: string;
  /** ISO 8601, UTC. */
  readonly finishedAt: string;
  /** By fingerprint. */
  readonly failures: ReadonlyMap<string, EarlierVerdict>;
}

/** Whether an earlier verdict is one that a later failure is held against. */
export function isBaselineFailure({ kind, exempt }: Pick<EarlierVerdict, 'kind' | 'exempt'>) {
  return kind === 'fail' && exempt === null;
}

/**
 * The audit with what changed since the baseline laid over its verdicts. A failure is unchanged where
 * the baseline has it at least as severe, and new otherwise: whoever accepted the baseline accepted
 * neither what was unknown or exempt then, nor something worse. A failure of the baseline is fixed only
 * by a verdict that it passes or does not apply, or by proof that its cluster is gone; what nobody
 * could see is not seen.
 */
export function withBaseline(audit: Audit, baseline: Baseline): Audit {
  const counts = { new: 0, unchanged: 0, fixed: 0, exempted: 0, notSeen: 0 };
  const newBySeverity = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };
  const absent = new Map(baseline.failures);

  function marked(verdict: VerdictReport): VerdictReport {
    const before = absent.get(verdict.fingerprint);
    absent.delete(verdict.fingerprint);
    const baselineState = stateOf(verdict, before?.severity);
    if (baselineState === undefined) return verdict;
    counts[baselineState] += 1;
    if (baselineState === 'new') newBySeverity[verdict.severity] += 1;
    return { ...verdict, baselineState };
  }

  function remainder(): BaselineReport['absent'] {
    return [...absent.values()].map(({ checkId, clusterId, fingerprint, severity }) => {
      const isGone = audit.isGone?.(clusterId) ?? false;
      const state = isGone ? 'fixed' : 'notSeen';
      counts[state] += 1;
      const because = isGone ? 'the cluster no longer exists' : 'it is not among what was audited';
      return { checkId, clusterId, fingerprint, severity, state, because };
    });
  }

  return {
    ...audit,
    shards: markedShards(audit.shards, marked),
    finish: async (): Promise<Tail> => {
      const tail = await audit.finish();
      const { scanId, finishedAt } = baseline;
      const rest = remainder();
      return {
        ...tail,
        baseline: { scanId, finishedAt, ...counts, newBySeverity, absent: rest },
      };
    },
  };
}

async function* markedShards(
  shards: AsyncIterable<ShardResult>,
  marked: (verdict: VerdictReport) => VerdictReport,
): AsyncGenerator<ShardResult> {
  for await (const { clusters, verdicts } of shards) {
    yield { clusters, verdicts: verdicts.map(marked) };
  }
}

/** Undefined for what fails neither now nor did before. */
function stateOf(
  { kind, exempt, severity }: VerdictReport,
  before: Severity | undefined,
): BaselineState | undefined {
  if (exempt !== null) return before === undefined ? undefined : 'exempted';
  switch (kind) {
    case 'fail':
      return before === undefined || compareSeverity(severity, before) < 0 ? 'new' : 'unchanged';
    case 'unknown':
      return before === undefined ? undefined : 'notSeen';
    case 'pass':
    case 'notApplicable':
      return before === undefined ? undefined : 'fixed';
  }
}
