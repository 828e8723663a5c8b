import type { ClusterSettings } from '../settings/cluster-settings.ts';
import type { Judgement, Severity, VerdictKind } from './verdict.ts';

/** How an Azure ML workspace attached the cluster: `AKS` (v1, retired) or `Kubernetes` (v2). */
export type ComputeType = 'AKS' | 'Kubernetes';

/** Who may put a finding right: the service, the service after approval, a person with our snippet, or nobody. */
export type RemediationKind = 'automatic' | 'approval' | 'snippet' | 'none';

/** An entry of the catalogue: what the guidance asks for, as data and one pure function. */
export interface Check<Facts> {
  /** An API: never renamed, never reused. Equals the file name. */
  readonly id: string;
  /** A sentence that is true when the check passes. */
  readonly title: string;
  /** Why it matters and what happens when it fails, for someone who has never seen the tool. */
  readonly description: string;
  /** What to do about a fail, for the check's page. */
  readonly advice: string;
  readonly severity: Severity;
  /** The kinds of verdict the check can give; the catalogue test demands a case for each. */
  readonly kinds: readonly VerdictKind[];
  readonly appliesTo: readonly ComputeType[];
  readonly remediation: RemediationKind;
  /** The page of Microsoft's guidance (or the paper) the check implements. */
  readonly source: string;
  evaluate(cluster: Facts, settings: ClusterSettings): Judgement;
}

/** The check itself; only infers types. */
export function defineCheck<Facts>(check: Check<Facts>): Check<Facts> {
  return check;
}
