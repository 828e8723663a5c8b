import type { Expected } from './cluster-draft.ts';
import { failMedium, pass, unknown } from './cluster-draft.ts';
import type { KubernetesDraft } from './posture-draft.ts';
import type { PostureScenario } from './posture-scenarios.ts';

/** Ways for `kubernetes-rbac-enabled` to be true, false or unknowable. */
export const kubernetesRbacScenarios: readonly PostureScenario[] = [
  scenario('kubernetes-rbac-on', pass, {}),
  scenario('kubernetes-rbac-by-azure', pass, { azureRbac: true }),
  scenario('kubernetes-rbac-off', failMedium, { rbac: false }),
  scenario('kubernetes-rbac-not-exported', unknown, { rbac: undefined }),
  scenario('kubernetes-rbac-null', unknown, { rbac: null }),
];

function scenario(
  name: string,
  expected: Expected,
  more: Partial<KubernetesDraft>,
): PostureScenario {
  return {
    name,
    plant({ posture }) {
      Object.assign(posture.kubernetes, more);
    },
    truth: () => ({ 'kubernetes-rbac-enabled': expected }),
  };
}
