import type { InferenceCluster } from '../facts/inference-cluster.ts';
import { defineCheck } from '../model/check.ts';
import { nameOf } from '../model/resource-id.ts';
import { foundIn } from '../model/verdict.ts';
import { fail, listed, notApplicable, pass, unknownPart } from './judgement.ts';

/** The cluster is attached in a way that is still supported. */
export const mlComputeSupported = defineCheck<InferenceCluster>({
  id: 'ml-compute-supported',
  title: 'The cluster is not attached through the retired v1 compute type',
  description:
    'A compute of type AKS (AksCompute, v1) is what the guidance was written for. The command line v1 has had no support since 30 September 2025 and the SDK v1 none since 30 June 2026: models that are deployed go on answering, but nobody mends what breaks, and new features and security fixes are for computes of type Kubernetes (v2). The two may stand side by side while you move.',
  advice:
    'Install the extension Microsoft.AzureML.Kubernetes on the cluster beside v1 (annotate azureml-fe with azureml-fe-enable-upgrade=true and set scoringFe.enableUpgrade=true, else it fails with E45004 or E45005), attach the cluster again as a compute of type Kubernetes, deploy the models to online endpoints, move the callers, and detach the v1 compute. Detach, do not delete: deleting a compute that Azure ML created deletes the cluster. The address of the scoring endpoint changes, and rules that name it with it.',
  severity: 'medium',
  kinds: ['pass', 'fail', 'unknown', 'notApplicable'],
  appliesTo: ['AKS'],
  remediation: 'snippet',
  source: 'https://learn.microsoft.com/azure/machine-learning/how-to-migrate-from-v1',
  evaluate({ computes }) {
    const found = foundIn(computes);
    const legacy = found.filter(({ type }) => type === 'AKS');
    if (legacy.length > 0) {
      return fail(
        'medium',
        `${legacy.length === 1 ? 'The compute' : 'The computes'} ${listed(legacy.map(({ id, workspaceId }) => `${nameOf(workspaceId)}/${nameOf(id)}`))} attach${legacy.length === 1 ? 'es' : ''} the cluster through the v1 type AKS, which is out of support. Attach it as a compute of type Kubernetes.`,
        legacy.map(({ id, workspaceId }) => ({
          at: id,
          says: `is a v1 compute (AKS) of workspace ${nameOf(workspaceId)}`,
        })),
        computes.known ? [] : computes.missing,
      );
    }
    if (!computes.known) return unknownPart(computes.missing);
    return found.length === 0
      ? notApplicable('No Azure ML compute attaches the cluster.')
      : pass(
          `The cluster is attached by ${listed(found.map(({ id }) => nameOf(id)))}, of type Kubernetes (v2).`,
          found.map(({ id }) => ({ at: id, says: 'is a compute of type Kubernetes (v2)' })),
        );
  },
});
