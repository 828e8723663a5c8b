import type { Check } from '../model/check.ts';
import type { Judgement, Missing } from '../model/verdict.ts';
import type { ClusterSettings } from '../settings/cluster-settings.ts';

/** A check that crashed: its verdict is unknown, and somebody has to hear of it. */
export interface CheckDefect {
  readonly checkId: string;
  readonly clusterId: string;
  readonly error: unknown;
}

/**
 * What a check says of a cluster; nothing of one that could not be read. A check that throws is a defect of ours: it is `unknown` for that
 * cluster, never a pass, and the other verdicts stand.
 */
export function evaluate<
  Facts extends { readonly id: string; readonly unreadable?: readonly Missing[] },
>(
  check: Check<Facts>,
  cluster: Facts,
  settings: ClusterSettings,
  onDefect: (defect: CheckDefect) => void,
): Judgement {
  if (cluster.unreadable !== undefined) {
    return {
      kind: 'unknown',
      summary: 'The cluster itself could not be read.',
      evidence: [],
      missing: cluster.unreadable,
    };
  }
  try {
    return check.evaluate(cluster, settings);
  } catch (error) {
    onDefect({ checkId: check.id, clusterId: cluster.id, error });
    const why = `the check failed with "${error instanceof Error ? error.message : String(error)}"; this is a defect of Portcullis, please report it`;
    return {
      kind: 'unknown',
      summary: 'The check itself failed; nothing is said of this cluster.',
      evidence: [],
      missing: [{ what: `the verdict of ${check.id}`, scope: cluster.id, why }],
    };
  }
}
