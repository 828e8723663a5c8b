import type { AttachedCompute, InferenceCluster } from '../facts/inference-cluster.ts';
import { defineCheck } from '../model/check.ts';
import { nameOf, subscriptionIdOf } from '../model/resource-id.ts';
import { type Known, type Missing, foundIn, known, unknown } from '../model/verdict.ts';
import {
  type AddressSet,
  addressSet,
  intersectAddresses,
  isAddressSubset,
  isEmptyAddresses,
  noAddresses,
  parsePrefix,
} from '../packets/address.ts';
import {
  type Part,
  fail,
  listed,
  notApplicable,
  pass,
  unknownPart,
  unreadPart,
  worstOr,
} from './judgement.ts';

/** The role by which Trusted Access lets a workspace work in the cluster. */
const workloadRole = 'microsoft.machinelearningservices/workspaces/mlworkload';
const controlPlaneTag = 'AzureMachineLearning';

/** What Azure ML demands of a cluster that it works on. */
export const mlComputeAttachable = defineCheck<InferenceCluster>({
  id: 'ml-compute-attachable',
  title: 'The cluster meets the rules for attaching it',
  description:
    "Azure Machine Learning attaches a cluster only by rules of its own, and what breaks one later breaks deployments: the cluster is in the workspace's subscription; only one workspace attaches it through the v1 type, as a second attachment breaks the first; a v2 compute needs a cluster with a managed identity, not a service principal; local accounts are enabled, and authorized IP ranges admit Azure ML's control plane of both paired regions. The last two are lifted for a v2 compute by a Trusted Access role binding (workspaces/mlworkload), one for each workspace; v1 knows none.",
  advice:
    'Do what the finding names: attach from a workspace of the same subscription (or through Azure Arc); detach the second v1 compute; az aks update --enable-managed-identity and renew the node pools; az aks trustedaccess rolebinding create --roles Microsoft.MachineLearningServices/workspaces/mlworkload --source-resource-id <workspace>, then attach again. Where v1 has to stay, enable local accounts and add the addresses of the service tag AzureMachineLearning of both paired regions to the authorized ranges.',
  severity: 'medium',
  kinds: ['pass', 'fail', 'unknown', 'notApplicable'],
  appliesTo: ['AKS', 'Kubernetes'],
  remediation: 'none',
  source:
    'https://learn.microsoft.com/azure/machine-learning/how-to-attach-kubernetes-to-workspace#limitations',
  evaluate(cluster) {
    const { computes } = cluster;
    return worstOr(
      [
        ...foundIn(computes).flatMap((compute) => [
          judgeSubscription(compute, cluster),
          ...judgeIdentity(compute, cluster),
          ...judgeLocalAccounts(compute, cluster),
          ...judgeRanges(compute, cluster),
        ]),
        ...judgeLegacyCount(cluster),
        ...unreadPart(computes),
      ],
      notApplicable('No Azure ML compute attaches the cluster.'),
    );
  },
});

function judgeSubscription({ id, workspaceId }: AttachedCompute, cluster: InferenceCluster): Part {
  const there = subscriptionIdOf(workspaceId);
  const evidence = [{ at: id, says: `is in subscription ${there ?? 'of no name'}` }];
  return there === cluster.subscriptionId
    ? pass('The computes and the cluster meet the rules for attaching.', evidence)
    : fail(
        'medium',
        `Workspace ${nameOf(workspaceId)} is in another subscription than the cluster (${cluster.subscriptionId}); Azure ML attaches across subscriptions only through Azure Arc.`,
        evidence,
      );
}

function judgeLegacyCount({ id, computes }: InferenceCluster): readonly Part[] {
  const legacy = foundIn(computes).filter(({ type }) => type === 'AKS');
  if (legacy.length < 2) return [];
  return [
    fail(
      'medium',
      `${legacy.length} v1 computes attach the cluster, and only one may: each new attachment breaks the one before. Detach all but one.`,
      legacy.map((compute) => ({ at: compute.id, says: `is a v1 compute on ${nameOf(id)}` })),
    ),
  ];
}

function judgeIdentity(
  { id, type }: AttachedCompute,
  { id: at, controlPlane: { identityKind } }: InferenceCluster,
): readonly Part[] {
  if (type !== 'Kubernetes') return [];
  if (!identityKind.known) return [unknownPart(identityKind.missing)];
  if (identityKind.value !== 'servicePrincipal') return [];
  return [
    fail(
      'medium',
      `The v2 compute ${nameOf(id)} is on a cluster with a service principal, and v2 needs a managed identity. Run az aks update --enable-managed-identity and renew the node pools.`,
      [
        { at, says: 'servicePrincipalProfile names a service principal; identity is not managed' },
        { at: id, says: 'is a compute of type Kubernetes (v2)' },
      ],
    ),
  ];
}

function judgeLocalAccounts(compute: AttachedCompute, cluster: InferenceCluster): readonly Part[] {
  if (cluster.controlPlane.localAccounts === 'enabled') return [];
  const says = 'properties.disableLocalAccounts is true';
  const evidence = [{ at: cluster.id, says }, ...typeEvidence(compute)];
  const trusted = isTrusted(compute, cluster);
  if (!trusted.known) return [unknownPart(trusted.missing, undefined, evidence)];
  if (trusted.value) return [];
  return [
    fail(
      'medium',
      `Local accounts are disabled, so that the ${kindText(compute)} compute ${nameOf(compute.id)} cannot sign in. ${remedy(compute, 'Enable local accounts.')}`,
      evidence,
    ),
  ];
}

function judgeRanges(compute: AttachedCompute, cluster: InferenceCluster): readonly Part[] {
  const { authorizedRanges } = cluster.controlPlane;
  if (cluster.apiServer !== 'authorizedRanges') return [];
  const evidence = [
    { at: cluster.id, says: `authorizedIPRanges are ${listed(authorizedRanges)}` },
    ...typeEvidence(compute),
  ];
  const trusted = isTrusted(compute, cluster);
  const admitted = controlPlaneAdmitted(cluster);
  if (trusted.known && trusted.value) return [];
  if (admitted.known && admitted.value) return [];
  if (!trusted.known) return [unknownPart(trusted.missing, undefined, evidence)];
  if (!admitted.known) return [unknownPart(admitted.missing, undefined, evidence)];
  return [
    fail(
      'medium',
      `The authorized IP ranges admit no address of ${controlPlaneTag}, so that its control plane cannot reach the API server for the ${kindText(compute)} compute ${nameOf(compute.id)}. ${remedy(compute, `Add the addresses of ${controlPlaneTag} of both paired regions.`)}`,
      evidence,
    ),
  ];
}

/**
 * Whether the ranges admit Azure ML's control plane: for certain where they hold all of its service
 * tag, for certain not where they hold nothing of it. Which addresses serve a region and its pair is
 * published nowhere.
 */
function controlPlaneAdmitted({ id, controlPlane, serviceTags }: InferenceCluster): Known<boolean> {
  const wanted = serviceTags.addresses(controlPlaneTag);
  const what = `the addresses of ${controlPlaneTag} that serve this region and its pair`;
  function miss(why: string): Known<never> {
    return unknown({ what, scope: id, why });
  }
  if (wanted === undefined) return miss('no service tag list was read');
  // Authorized ranges are IPv4 only, and so is what they must admit.
  const ofTag: AddressSet = { ...noAddresses, v4: wanted.v4 };
  const { authorizedRanges } = controlPlane;
  if (authorizedRanges.some((text) => parsePrefix(text) === undefined)) {
    return miss(`one of the ranges ${listed(authorizedRanges)} is no prefix`);
  }
  const admitted = addressSet(authorizedRanges);
  if (isAddressSubset(ofTag, admitted)) return known(true);
  return isEmptyAddresses(intersectAddresses(ofTag, admitted))
    ? known(false)
    : miss('the ranges admit some of the service tag, and no list says which of it is needed');
}

/** Whether Trusted Access lets the compute's workspace in; there is none for v1. */
function isTrusted(
  { type, workspaceId }: AttachedCompute,
  { controlPlane: { trustedAccess } }: InferenceCluster,
): Known<boolean> {
  if (type === 'AKS') return known(false);
  const isBound = foundIn(trustedAccess).some(
    ({ sourceId, roles }) => sourceId === workspaceId && roles.includes(workloadRole),
  );
  if (isBound || trustedAccess.known) return known(isBound);
  const missing: readonly Missing[] = trustedAccess.missing;
  return { known: false, missing };
}

function typeEvidence({ id, workspaceId, ...compute }: AttachedCompute) {
  return [
    { at: id, says: `is a ${kindText(compute)} compute of workspace ${nameOf(workspaceId)}` },
  ];
}

function kindText({ type }: Pick<AttachedCompute, 'type'>): 'v1' | 'v2' {
  return type === 'AKS' ? 'v1' : 'v2';
}

function remedy({ type, workspaceId }: AttachedCompute, forLegacy: string): string {
  return type === 'AKS'
    ? `${forLegacy} Trusted Access does not help a v1 compute.`
    : `Bind workspace ${nameOf(workspaceId)} by Trusted Access (role workspaces/mlworkload) and attach again.`;
}
