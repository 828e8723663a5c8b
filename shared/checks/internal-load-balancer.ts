import type { InferenceCluster, ScoringEndpoint } from '../facts/inference-cluster.ts';
import { defineCheck } from '../model/check.ts';
import { foundIn } from '../model/verdict.ts';
import {
  type Part,
  fail,
  notApplicable,
  pass,
  unknownPart,
  unreadPart,
  worstOr,
} from './judgement.ts';

/** Models are called at addresses of the network only. */
export const internalLoadBalancer = defineCheck<InferenceCluster>({
  id: 'internal-load-balancer',
  title: 'Every scoring endpoint has a private address',
  description:
    'Attaching a cluster makes a load balancer for the service azureml-fe, and with it a public IP address unless an internal one is asked for. The guidance names an internal load balancer as a way to keep inference traffic inside the network. Whether you need it is yours to say (requireInternalLoadBalancer in the settings); where it is not required the verdict is the same and only informs. An internal frontend carries no tag of its service, so it is known by the online endpoints and computes that name its address.',
  advice:
    'v2: set internalLoadBalancerProvider=azure on the extension Microsoft.AzureML.Kubernetes. v1: az ml computetarget update aks --load-balancer-type InternalLoadBalancer --load-balancer-subnet <subnet> (command line v1). The address of the endpoint changes: tell its callers, and renew rules that name the old one. A frontend that stays at Service <pending> means that the identity of the cluster may not join the subnet (LinkedAuthorizationFailed).',
  severity: 'medium',
  kinds: ['pass', 'fail', 'unknown', 'notApplicable'],
  appliesTo: ['AKS', 'Kubernetes'],
  remediation: 'none',
  source:
    'https://learn.microsoft.com/azure/machine-learning/v1/how-to-secure-inferencing-vnet#internal-aks-load-balancer',
  evaluate(cluster, { requireInternalLoadBalancer }) {
    const endpoints = cluster.scoringEndpoints;
    return worstOr(
      [
        ...foundIn(endpoints).map((endpoint) =>
          judgeEndpoint(endpoint, cluster, requireInternalLoadBalancer),
        ),
        ...unreadPart(endpoints),
      ],
      notApplicable('The cluster has no scoring endpoint of its own.'),
    );
  },
});

function judgeEndpoint(
  { address, visibility, frontend, at, source }: ScoringEndpoint,
  { subnets }: InferenceCluster,
  required: boolean,
): Part {
  const evidence = [{ at, says: `${source}: ${address}` }];
  if (visibility === 'private') {
    return pass(`The scoring endpoint ${address} is private.`, evidence);
  }
  // An address of public space may be a network's own: only its load balancer or every network tells.
  const unread = [...unreadPart(subnets), ...unreadNetworks(subnets)];
  if (!frontend.known && unread.length > 0) {
    return unknownPart(
      [...frontend.missing, ...unread.flatMap(({ missing }) => missing)],
      undefined,
      evidence,
    );
  }
  return required
    ? fail(
        'medium',
        `The scoring endpoint ${address} is public, and the settings require an internal load balancer.`,
        evidence,
      )
    : fail(
        'info',
        `The scoring endpoint ${address} is public; no setting requires an internal load balancer.`,
        evidence,
      );
}

function unreadNetworks(subnets: InferenceCluster['subnets']): readonly Part[] {
  return foundIn(subnets).flatMap(({ virtualNetwork }) =>
    virtualNetwork.known ? [] : [unknownPart(virtualNetwork.missing)],
  );
}
