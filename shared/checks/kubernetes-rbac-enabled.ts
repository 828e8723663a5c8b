import type { InferenceCluster } from '../facts/inference-cluster.ts';
import { defineCheck } from '../model/check.ts';
import { fail, pass, unknownPart } from './judgement.ts';

/** Not everyone who reaches the API server may do everything in the cluster. */
export const kubernetesRbacEnabled = defineCheck<InferenceCluster>({
  id: 'kubernetes-rbac-enabled',
  title: 'Kubernetes RBAC is on',
  description:
    'Without role-based access control whoever holds a credential of the cluster, and every pod that runs in it, may do everything there: read the keys of scoring endpoints, replace models, open services to the Internet. It is chosen when a cluster is made and on by default. Whether Azure RBAC decides instead of roles kept in the cluster is reported, and either is fine.',
  advice:
    'RBAC cannot be switched on later: make a new cluster (it is on unless --disable-rbac is given), attach it, deploy to it, and detach the old one. Until then keep the API server private or behind authorized IP ranges.',
  severity: 'medium',
  kinds: ['pass', 'fail', 'unknown'],
  appliesTo: ['AKS', 'Kubernetes'],
  remediation: 'none',
  source: 'https://learn.microsoft.com/azure/aks/manage-azure-rbac',
  evaluate({ id, controlPlane: { kubernetesRbac, azureRbac } }) {
    if (!kubernetesRbac.known) return unknownPart(kubernetesRbac.missing);
    if (!kubernetesRbac.value) {
      return fail(
        'medium',
        'Kubernetes RBAC is off: every pod and every credential may do everything in the cluster. It can only be had by making the cluster again.',
        [{ at: id, says: 'properties.enableRBAC is false' }],
      );
    }
    return pass(
      azureRbac
        ? 'Kubernetes RBAC is on, and Azure RBAC decides who may do what.'
        : 'Kubernetes RBAC is on; Azure RBAC is not used in the cluster.',
      [{ at: id, says: 'properties.enableRBAC is true' }],
    );
  },
});
