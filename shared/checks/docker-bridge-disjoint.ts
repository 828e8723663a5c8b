import type { DockerBridge } from '../facts/address-plan.ts';
import type { InferenceCluster } from '../facts/inference-cluster.ts';
import { defineCheck } from '../model/check.ts';
import { type Evidence, foundIn } from '../model/verdict.ts';
import { cidrsOf, addressSet, parsePrefix } from '../packets/address.ts';
import { networksOf, overlap, overlappedSubnets } from './address-overlap.ts';
import {
  type Part,
  capital,
  fail,
  notApplicable,
  pass,
  unknownPart,
  unreadPart,
  worstOf,
} from './judgement.ts';

/** The bridge that Docker makes on every node hides nothing that is used. */
export const dockerBridgeDisjoint = defineCheck<InferenceCluster>({
  id: 'docker-bridge-disjoint',
  title: 'The Docker bridge overlaps no subnet and not the service CIDR',
  description:
    'Nodes of clusters that Azure ML v1 made have a Docker bridge with a network of its own, 172.17.0.1/16 unless somebody said otherwise. What lies in that network is on the node itself: a subnet or a service with an address there cannot be reached from it. Only the network counts, so 172.17.0.1/16 takes all of 172.17.0.0/16. AKS has ignored the setting since 2023; it survives in the Azure ML compute, and on nodes from before.',
  advice:
    'The setting of a cluster is for life. Attach a cluster without one (AKS makes none any more), or make the compute again with a bridge in a range that is used nowhere.',
  severity: 'medium',
  kinds: ['pass', 'fail', 'unknown', 'notApplicable'],
  appliesTo: ['AKS', 'Kubernetes'],
  remediation: 'none',
  source:
    'https://learn.microsoft.com/azure/machine-learning/v1/how-to-secure-inferencing-vnet#azure-kubernetes-service',
  evaluate(cluster) {
    const { dockerBridges } = cluster.addresses;
    const [first, ...others] = [
      ...foundIn(dockerBridges).map((bridge) => judgeBridge(bridge, cluster)),
      ...unreadPart(dockerBridges),
    ];
    return first === undefined
      ? notApplicable('Nobody set a Docker bridge, and AKS makes none by itself.')
      : worstOf([first, ...others]);
  },
});

function judgeBridge({ cidr, at }: DockerBridge, cluster: InferenceCluster): Part {
  const range = cidr.includes('/') ? parsePrefix(cidr) : undefined;
  if (range === undefined) {
    const says = `the Docker bridge ${cidr} is no address with the length of its network`;
    return fail('medium', `${capital(says)}.`, [{ at, says }]);
  }
  const set = addressSet([cidr]);
  const [network = cidr] = cidrsOf(range.family, range.family === 4 ? set.v4 : set.v6);
  const what = `the network ${network} of the Docker bridge ${cidr}`;
  const networks = networksOf(cluster);
  const { serviceCidrs } = cluster.addresses;
  const services: readonly Evidence[] = (serviceCidrs.known ? serviceCidrs.value : [])
    .filter((service) => overlap(network, service))
    .map((service) => ({ at, says: `the service CIDR ${service} overlaps ${what}` }));
  const found = [
    ...foundIn(networks).flatMap((one) => overlappedSubnets(network, what, one)),
    ...services,
  ];
  const [worst] = found;
  if (worst !== undefined) {
    return fail(
      'medium',
      `${capital(worst.says)}: nodes cannot reach it. Use a cluster without a Docker bridge, or with one in a range that is used nowhere.`,
      found,
    );
  }
  return worstOf([
    pass(`${capital(what)} overlaps no subnet and not the service CIDR.`, [
      { at, says: `${what} overlaps nothing that is used` },
    ]),
    ...unreadPart(networks),
    ...foundIn(networks).flatMap(({ subnets }) => unreadPart(subnets)),
    ...(serviceCidrs.known ? [] : [unknownPart(serviceCidrs.missing)]),
  ]);
}
