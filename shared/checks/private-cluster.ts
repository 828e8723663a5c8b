import type { InferenceCluster } from '../facts/inference-cluster.ts';
import { defineCheck } from '../model/check.ts';
import { fail, pass } from './judgement.ts';

/** Nobody reaches the Kubernetes API from the Internet. */
export const privateCluster = defineCheck<InferenceCluster>({
  id: 'private-cluster',
  title: 'The API server of the cluster is private',
  description:
    'The API server of an AKS cluster is on the Internet unless the cluster was made private: then it has an address in the virtual network, by a private endpoint or by API server VNet integration. The guidance names a private cluster as one of the two ways to keep inference traffic inside the network; the other is an internal load balancer. Whether you need it is yours to say (requirePrivateCluster in the settings); where it is not required the verdict is the same and only informs. Authorized IP ranges narrow a public API server and do not make it private.',
  advice:
    'A public cluster with API server VNet integration can be made private in place (az aks update --enable-private-cluster). Any other has to be made again with --enable-private-cluster; create it first and attach it to the workspace afterwards. If a public API server is accepted, leave requirePrivateCluster off or exempt the finding.',
  severity: 'medium',
  kinds: ['pass', 'fail'],
  appliesTo: ['AKS', 'Kubernetes'],
  remediation: 'none',
  source:
    'https://learn.microsoft.com/azure/machine-learning/v1/how-to-secure-inferencing-vnet#private-aks-cluster',
  evaluate({ id, apiServer, controlPlane }, { requirePrivateCluster }) {
    const asked = requirePrivateCluster ? 'the settings require a private cluster' : undefined;
    switch (apiServer) {
      case 'privateLink':
        return pass('The API server is private: it is reached through a private endpoint.', [
          { at: id, says: 'apiServerAccessProfile.enablePrivateCluster is true' },
        ]);
      case 'vnetIntegration':
        return pass('The API server is private: it has its address in the virtual network.', [
          { at: id, says: 'it is a private cluster with API server VNet integration' },
        ]);
      case 'authorizedRanges':
      case 'public': {
        const { authorizedRanges } = controlPlane;
        const who =
          authorizedRanges.length === 0
            ? 'from anywhere'
            : `from ${authorizedRanges.length} authorized IP ${authorizedRanges.length === 1 ? 'range' : 'ranges'}`;
        return fail(
          requirePrivateCluster ? 'medium' : 'info',
          `The API server is on the Internet and answers ${who}${asked === undefined ? '; no setting requires it to be private.' : `, and ${asked}. Make the cluster private, or make it again as one.`}`,
          [{ at: id, says: 'apiServerAccessProfile.enablePrivateCluster is not set' }],
        );
      }
      default:
        return apiServer satisfies never;
    }
  },
});
