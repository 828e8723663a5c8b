import type { InferenceCluster } from '../facts/inference-cluster.ts';
import { defineCheck } from '../model/check.ts';
import { parseAddress, parsePrefix } from '../packets/address.ts';
import { type Part, capital, fail, listed, pass, unknownPart } from './judgement.ts';

/** The address of the cluster's own DNS is one that Kubernetes can give it. */
export const dnsServiceIpInServiceCidr = defineCheck<InferenceCluster>({
  id: 'dns-service-ip-in-service-cidr',
  title: 'The DNS service IP is a free address of the service CIDR',
  description:
    "Every pod asks the cluster's DNS at one address, the DNS service IP. It is the address of a service, so it must lie in the service CIDR; and neither its network address nor its first host may be it, for the first host is always the service `kubernetes`, through which pods reach the API server. With any other address no name is resolved: models cannot be pulled and nothing is reached by name.",
  advice:
    'The address is for life. Make the cluster again with a `--dns-service-ip` in its `--service-cidr`, by custom the tenth address: 10.0.0.10 in 10.0.0.0/16.',
  severity: 'high',
  kinds: ['pass', 'fail', 'unknown'],
  appliesTo: ['AKS', 'Kubernetes'],
  remediation: 'none',
  source:
    'https://learn.microsoft.com/azure/machine-learning/v1/how-to-secure-inferencing-vnet#azure-kubernetes-service',
  evaluate({ id, addresses: { serviceCidrs, dnsServiceIp } }) {
    if (!serviceCidrs.known) return unknownPart(serviceCidrs.missing);
    if (!dnsServiceIp.known) return unknownPart(dnsServiceIp.missing);
    const verdict = placeOf(dnsServiceIp.value, serviceCidrs.value);
    const says = `the DNS service IP ${dnsServiceIp.value} ${verdict.says}`;
    return judged(verdict.fits, says, id);
  },
});

/** Whether an address can be that of the DNS service, and why. */
function placeOf(
  written: string,
  serviceCidrs: readonly string[],
): { readonly fits: boolean; readonly says: string } {
  const address = parseAddress(written);
  if (address === undefined) return { fits: false, says: 'is no address' };
  for (const cidr of serviceCidrs) {
    const range = parsePrefix(cidr);
    if (range?.family !== address.family) continue;
    if (address.value < range.from || address.value >= range.to) continue;
    const place = BigInt(address.value) - BigInt(range.from);
    if (place === 0n)
      return { fits: false, says: `is the network address of the service CIDR ${cidr}` };
    return place === 1n
      ? {
          fits: false,
          says: `is the first host of the service CIDR ${cidr}, which is the service "kubernetes"`,
        }
      : { fits: true, says: `lies in the service CIDR ${cidr}` };
  }
  return { fits: false, says: `does not lie in the service CIDR ${listed(serviceCidrs)}` };
}

function judged(fits: boolean, says: string, at: InferenceCluster['id']): Part {
  const sentence = `${capital(says)}.`;
  const evidence = [{ at, says }];
  return fits
    ? pass(sentence, evidence)
    : fail(
        'high',
        `${sentence} No pod can resolve a name; make the cluster again with an address that fits.`,
        evidence,
      );
}
