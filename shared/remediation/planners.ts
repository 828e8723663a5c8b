import type { InferenceCluster } from '../facts/inference-cluster.ts';
import type { ClusterSettings } from '../settings/cluster-settings.ts';
import type { FailingCheck } from './failing-check.ts';
import { type PlanTerms, type Planned, unplannedOf } from './plan.ts';
import { planNarrowing } from './plan-narrowing.ts';
import { planContributor, planDeployers } from './plan-roles.ts';
import { planRules } from './plan-rules.ts';
import {
  type Wishes,
  callerWishes,
  defaultOutboundWishes,
  dependencyWishes,
  intraNetworkWishes,
  probeWishes,
  registryWishes,
} from './wishes.ts';

/** A plan for a failing check, or why there is none. */
export type Planner = (failing: FailingCheck, terms: PlanTerms) => Planned;

/** Every check that a change of ours can put right. */
export const planners: ReadonlyMap<string, Planner> = new Map<string, Planner>([
  ['default-outbound-kept', byRules(defaultOutboundWishes)],
  ['deployers-can-join-network', planDeployers],
  ['intra-network-traffic-allowed', byRules(intraNetworkWishes)],
  ['load-balancer-probe-allowed', byRules(probeWishes)],
  ['network-contributor-granted', planContributor],
  ['restricted-outbound-allows-dependencies', byRules(dependencyWishes)],
  ['restricted-outbound-allows-registry', byRules(registryWishes)],
  ['scoring-inbound-allowed', byRules(callerWishes)],
  ['scoring-inbound-no-wider-than-callers', planNarrowing],
]);

function byRules(
  wishesOf: (cluster: InferenceCluster, settings: ClusterSettings) => Wishes,
): Planner {
  return (failing, terms) => {
    const wished = wishesOf(failing.cluster, failing.settings);
    return wished.kind === 'never'
      ? unplannedOf(failing, wished.because)
      : planRules(failing, wished.wishes, terms);
  };
}
