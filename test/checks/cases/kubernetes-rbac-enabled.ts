import { known } from '../../../shared/model/verdict.ts';
import { type CheckCase, cluster, controlPlane, unread } from '../build.ts';

const cases: readonly CheckCase[] = [
  {
    name: 'RBAC is on, roles are kept in the cluster',
    given: cluster(),
    expect: 'pass',
    says: /Azure RBAC is not used/,
  },
  {
    name: 'RBAC is on, and Azure RBAC decides',
    given: cluster({ controlPlane: controlPlane({ azureRbac: true }) }),
    expect: 'pass',
    says: /Azure RBAC decides/,
  },
  {
    name: 'RBAC is off',
    given: cluster({ controlPlane: controlPlane({ kubernetesRbac: known(false) }) }),
    expect: 'fail',
    severity: 'medium',
  },
  {
    name: 'the row of the cluster does not say',
    given: cluster({ controlPlane: controlPlane({ kubernetesRbac: unread('enableRBAC') }) }),
    expect: 'unknown',
  },
];
export default cases;
