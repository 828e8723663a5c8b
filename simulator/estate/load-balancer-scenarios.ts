import type { ClusterDraft, Expected } from './cluster-draft.ts';
import { failInfo, failMedium, notApplicable, pass, unknown } from './cluster-draft.ts';
import type { PostureScenario } from './posture-scenarios.ts';

/** Whether an internal load balancer is asked for; whether there is one, the inbound scenario said. */
export const loadBalancerScenarios: readonly PostureScenario[] = [false, true].map((required) => ({
  name: required ? 'internal-load-balancer-required' : 'internal-load-balancer-not-required',
  plant({ posture }) {
    posture.requireInternalLoadBalancer = required;
  },
  truth: ({ endpoint }) => ({
    'internal-load-balancer': expectedOf(endpoint.visibility, required),
  }),
}));

function expectedOf(
  visibility: ClusterDraft['endpoint']['visibility'],
  required: boolean,
): Expected {
  switch (visibility) {
    case 'private':
      return pass;
    case 'public':
      return required ? failMedium : failInfo;
    case 'none':
      return notApplicable;
    case 'unaddressed':
      return unknown;
    default:
      return visibility satisfies never;
  }
}
