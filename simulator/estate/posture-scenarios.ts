import { apiServerScenarios } from './api-server-scenarios.ts';
import type { ClusterDraft, Expected } from './cluster-draft.ts';
import { computeScenarios } from './compute-scenarios.ts';
import { containerInstanceScenarios } from './container-instance-scenarios.ts';
import { deployerScenarios } from './deployer-scenarios.ts';
import { excessGrantScenarios } from './excess-grant-scenarios.ts';
import { kubernetesRbacScenarios } from './kubernetes-rbac-scenarios.ts';
import { loadBalancerScenarios } from './load-balancer-scenarios.ts';
import { privateLinkScenarios } from './private-link-scenarios.ts';

/** What scenarios make true, by check. */
export type TruthByCheck = Readonly<Record<string, Expected>>;

/** One way for the checks of a family to be true, false, unknowable or beside the point. */
export interface PostureScenario {
  readonly name: string;
  readonly fits?: (draft: ClusterDraft) => boolean;
  plant(draft: ClusterDraft): void;
  /** Asked once every family has planted. */
  truth(draft: ClusterDraft): TruthByCheck;
}

/** Which scenario of a family is planted, of those that fit; the first is the one without fault. */
export type PostureChoice = (
  family: string,
  fitting: readonly [PostureScenario, ...PostureScenario[]],
) => PostureScenario;

/** Each family decides checks of its own; a later one may look at what an earlier one planted. */
export const postureFamilies: Readonly<Record<string, readonly PostureScenario[]>> = {
  apiServer: apiServerScenarios,
  loadBalancer: loadBalancerScenarios,
  kubernetesRbac: kubernetesRbacScenarios,
  privateLinks: privateLinkScenarios,
  computes: computeScenarios,
  containerInstances: containerInstanceScenarios,
  excessGrants: excessGrantScenarios,
  deployers: deployerScenarios,
};

/** Plants one scenario of each family; packets and grants have been planted before. */
export function plantPosture(
  draft: ClusterDraft,
  choose: PostureChoice,
): readonly PostureScenario[] {
  return Object.entries(postureFamilies).map(([family, scenarios]) => {
    const [first, ...others] = scenarios.filter(({ fits }) => fits?.(draft) ?? true);
    if (first === undefined) throw new Error(`no scenario of ${family} fits ${draft.name}`);
    const chosen = choose(family, [first, ...others]);
    chosen.plant(draft);
    return chosen;
  });
}
