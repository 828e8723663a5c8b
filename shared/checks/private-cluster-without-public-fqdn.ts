import type { InferenceCluster } from '../facts/inference-cluster.ts';
import { defineCheck } from '../model/check.ts';
import { foundIn } from '../model/verdict.ts';
import { fail, notApplicable, pass, unknownPart } from './judgement.ts';

/** A private cluster is not also known by a public name. */
export const privateClusterWithoutPublicFqdn = defineCheck<InferenceCluster>({
  id: 'private-cluster-without-public-fqdn',
  title: 'A private cluster has no public name for its API server',
  description:
    'AKS gives a private cluster a name in public DNS as well, unless that is switched off. The name only resolves to the private address and opens nothing, but the guidance says that Azure Machine Learning does not support a private cluster that has one: attaching and deploying may fail. With the retired v1 compute there is no way around it. With v2, Trusted Access makes it work, although the guidance still calls it unsupported.',
  advice:
    'Run az aks update --name <cluster> --resource-group <group> --disable-public-fqdn, then see that whoever uses the public name resolves the private one. With the private DNS zone "none" the public name is the only one and cannot be switched off: the cluster has to be made again with a zone.',
  severity: 'high',
  kinds: ['pass', 'fail', 'unknown', 'notApplicable'],
  appliesTo: ['AKS', 'Kubernetes'],
  remediation: 'snippet',
  source:
    'https://learn.microsoft.com/azure/machine-learning/v1/how-to-secure-inferencing-vnet#limitations',
  evaluate({ id, apiServer, controlPlane, computes }) {
    if (apiServer === 'public' || apiServer === 'authorizedRanges') {
      return notApplicable('The cluster is not private.');
    }
    const { publicFqdn } = controlPlane;
    if (!publicFqdn.known) return unknownPart(publicFqdn.missing);
    if (publicFqdn.value === null) {
      return pass('The API server of the private cluster has no public name.', [
        { at: id, says: 'properties.fqdn is absent' },
      ]);
    }
    const legacy = foundIn(computes).find(({ type }) => type === 'AKS');
    const name = publicFqdn.value;
    const evidence = [{ at: id, says: `properties.fqdn is ${name}` }];
    return legacy === undefined
      ? fail(
          'low',
          `The private cluster has the public name ${name}, which the guidance calls unsupported; Trusted Access makes it work. Switch it off with az aks update --disable-public-fqdn.`,
          evidence,
          computes.known ? [] : computes.missing,
        )
      : fail(
          'high',
          `The private cluster has the public name ${name}, which a v1 compute does not support. Switch it off with az aks update --disable-public-fqdn.`,
          [...evidence, { at: legacy.id, says: 'attaches the cluster as a v1 compute (AKS)' }],
        );
  },
});
