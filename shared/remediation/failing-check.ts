import type { InferenceCluster } from '../facts/inference-cluster.ts';
import type { Check } from '../model/check.ts';
import type { ClusterSettings } from '../settings/cluster-settings.ts';

/** A cluster and the settings that hold for it. */
export interface JudgedCluster {
  readonly cluster: InferenceCluster;
  readonly settings: ClusterSettings;
}

/** A failing check of a cluster, and all that a plan for it must not break. */
export interface FailingCheck extends JudgedCluster {
  readonly check: Check<InferenceCluster>;
  readonly fingerprint: string;
  /** Every other cluster that is known. */
  readonly others: readonly JudgedCluster[];
  /** Checks that must not stop passing. */
  readonly checks: readonly Check<InferenceCluster>[];
}

/** Whether no check that passes on a cluster fails, or is unknown, on the changed one. */
export function keepsPassing(
  { cluster, settings }: JudgedCluster,
  changed: InferenceCluster,
  checks: readonly Check<InferenceCluster>[],
): boolean {
  return checks.every(
    (check) =>
      check.evaluate(cluster, settings).kind !== 'pass' ||
      ['pass', 'notApplicable'].includes(check.evaluate(changed, settings).kind),
  );
}
