import type { InferenceCluster } from '../facts/inference-cluster.ts';
import { defineCheck } from '../model/check.ts';
import { nameOf } from '../model/resource-id.ts';
import { type Evidence, foundIn } from '../model/verdict.ts';
import type { Peering, VirtualNetwork } from '../network/virtual-network.ts';
import { parsePrefix } from '../packets/address.ts';
import { networksOf, overlap, overlappedSubnets } from './address-overlap.ts';
import { type Part, capital, fail, pass, unknownPart, unreadPart, worstOf } from './judgement.ts';

/** Ranges that AKS uses itself; source: learn.microsoft.com/azure/aks/configure-azure-cni#prerequisites. */
const reservedByAks = ['169.254.0.0/16', '172.30.0.0/16', '172.31.0.0/16', '192.0.2.0/24'];

/** The ranges of services and pods collide with nothing that the nodes must reach. */
export const serviceCidrDisjoint = defineCheck<InferenceCluster>({
  id: 'service-cidr-disjoint',
  title: 'The service CIDR overlaps no subnet, no peered network and no reserved range',
  description:
    "Services get addresses of a range that exists only on the nodes: every node keeps packets to it for itself. Where that range overlaps a subnet, pods cannot reach what lies there, be it the private endpoint of the workspace's storage, a database or another node; where it overlaps a peered network, they cannot reach that. The same holds for the range of pods in an overlay or kubenet cluster. AKS keeps 169.254.0.0/16, 172.30.0.0/16, 172.31.0.0/16 and 192.0.2.0/24 for itself, and takes a service range only if it is smaller than a /12.",
  advice:
    'The ranges of a cluster are for life. Plan ranges that are used nowhere in the network, its peers and on premises, and make the cluster again with `--service-cidr` (and `--pod-cidr`).',
  severity: 'high',
  kinds: ['pass', 'fail', 'unknown'],
  appliesTo: ['AKS', 'Kubernetes'],
  remediation: 'none',
  source:
    'https://learn.microsoft.com/azure/machine-learning/v1/how-to-secure-inferencing-vnet#azure-kubernetes-service',
  evaluate(cluster) {
    const { serviceCidrs, pods } = cluster.addresses;
    const networks = networksOf(cluster);
    const ranges: readonly Range[] = [
      ...(serviceCidrs.known ? serviceCidrs.value : []).map(
        (cidr) => ({ kind: 'service', cidr }) as const,
      ),
      ...(pods.known ? pods.value.cidrs : []).map((cidr) => ({ kind: 'pod', cidr }) as const),
    ];
    const [first, ...others] = [
      ...(serviceCidrs.known ? [] : [unknownPart(serviceCidrs.missing)]),
      ...(pods.known ? [] : [unknownPart(pods.missing)]),
      ...ranges.map((range) => judgeRange(range, foundIn(networks), cluster)),
      ...foundIn(networks).flatMap(judgeNetwork),
      ...unreadPart(networks),
    ];
    if (first === undefined) {
      const why =
        foundIn(networks).length === 0
          ? 'the cluster names neither a range nor a network'
          : 'the cluster names no range of services or pods';
      return unknownPart([{ what: 'the service CIDR', scope: cluster.id, why }]);
    }
    return worstOf([first, ...others]);
  },
});

interface Range {
  readonly kind: 'service' | 'pod';
  readonly cidr: string;
}

function judgeRange(
  { kind, cidr }: Range,
  networks: readonly VirtualNetwork[],
  { id }: InferenceCluster,
): Part {
  const what = `the ${kind} CIDR ${cidr}`;
  const broken = whyInvalid(kind, cidr);
  if (broken !== undefined) {
    return fail('high', `${capital(what)} ${broken}.`, [{ at: id, says: `${what} ${broken}` }]);
  }
  const collision = overlapping('high', [
    ...reservedEvidence(id, what, cidr),
    ...networks.flatMap((network) => overlappedSubnets(cidr, what, network)),
  ]);
  if (collision !== undefined) return collision;
  const parts = networks.flatMap((network) => [
    ...unreadPart(network.subnets),
    ...network.peerings.flatMap((peering) => judgePeering(cidr, what, network, peering)),
  ]);
  return worstOf([
    pass('The ranges of services and pods overlap nothing that is used.', [
      { at: id, says: `${what} overlaps no subnet, no peered network and no reserved range` },
      ...networks.flatMap((network) => insideRemark(cidr, what, network)),
    ]),
    ...parts,
  ]);
}

function whyInvalid(kind: Range['kind'], cidr: string): string | undefined {
  const range = cidr.includes('/') ? parsePrefix(cidr) : undefined;
  if (range === undefined) return 'is no CIDR prefix';
  const length = Number(cidr.slice(cidr.indexOf('/') + 1));
  return kind === 'service' && range.family === 4 && length <= 12
    ? 'is too large: AKS takes only what is smaller than a /12'
    : undefined;
}

function judgePeering(
  cidr: string,
  what: string,
  network: VirtualNetwork,
  { name, state, remoteNetworkId, remotePrefixes, perhapsPrefixes = [] }: Peering,
): readonly Part[] {
  if (state !== 'Connected') return [];
  const remote = `network ${nameOf(remoteNetworkId)} (peering ${name})`;
  const shared = remotePrefixes.filter((prefix) => overlap(cidr, prefix));
  const collision = overlapping(
    'medium',
    shared.map((prefix) => ({
      at: network.id,
      says: `peered ${remote} has ${prefix}, which overlaps ${what}`,
    })),
  );
  if (collision !== undefined) return [collision];
  const mayShare = perhapsPrefixes.filter((prefix) => overlap(cidr, prefix));
  if (mayShare.length === 0 && remotePrefixes.length + perhapsPrefixes.length > 0) return [];
  const why =
    mayShare.length > 0
      ? `${mayShare.join(', ')} of it overlaps ${what}, and the peering has not taken it over yet`
      : 'neither the peering nor the network itself was read with an address space';
  return [unknownPart([{ what: `what ${remote} brings`, scope: remoteNetworkId, why }])];
}

function judgeNetwork({ id, addressPrefixes }: VirtualNetwork): readonly Part[] {
  return addressPrefixes.flatMap((range) => {
    const what = `the range ${range} of virtual network ${nameOf(id)}`;
    return overlapping('high', reservedEvidence(id, what, range)) ?? [];
  });
}

/** Undefined where nothing is found to overlap. */
function overlapping(severity: 'high' | 'medium', evidence: readonly Evidence[]): Part | undefined {
  const [first] = evidence;
  if (first === undefined) return undefined;
  return fail(
    severity,
    `${capital(first.says)}. Ranges of a cluster cannot be changed: make it again with ranges that are used nowhere.`,
    evidence,
  );
}

function reservedEvidence(at: Evidence['at'], what: string, range: string): readonly Evidence[] {
  return reservedByAks
    .filter((prefix) => overlap(range, prefix))
    .map((prefix) => ({ at, says: `${what} overlaps ${prefix}, which AKS keeps for itself` }));
}

/** No subnet is hit today; the next one may be. */
function insideRemark(
  cidr: string,
  what: string,
  { id, addressPrefixes }: VirtualNetwork,
): readonly Evidence[] {
  return addressPrefixes.some((prefix) => overlap(cidr, prefix))
    ? [
        {
          at: id,
          says: `near miss: ${what} lies in the address space of this network, so that a later subnet may collide`,
        },
      ]
    : [];
}
