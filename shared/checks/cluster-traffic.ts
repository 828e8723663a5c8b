import type { PodAddresses } from '../facts/address-plan.ts';
import type { ClusterSubnet, InferenceCluster } from '../facts/inference-cluster.ts';
import { nameOf } from '../model/resource-id.ts';
import { foundIn } from '../model/verdict.ts';
import type { Surroundings } from '../network/address-bounds.ts';
import type { Question, RuleList } from '../network/decide.ts';
import { parseAddressMatch } from '../network/parse-match.ts';
import type { AddressMatch } from '../network/security-rule.ts';
import { addressSet, parsePrefix, uniteAddresses } from '../packets/address.ts';
import type { ClusterSettings } from '../settings/cluster-settings.ts';
import { keptBy } from './kept-by.ts';
import { chainsOf, surroundingsOf, withoutGroupSources, workloadSubnets } from './subnet-rules.ts';

/** Packets that the parts of one cluster send each other, past the rules of one of its subnets. */
export interface Flow {
  readonly question: Question;
  readonly chains: readonly (readonly RuleList[])[];
  readonly surroundings: Surroundings;
  readonly subnet: ClusterSubnet;
  /** Who talks to whom, in words. */
  readonly text: string;
  /** What the API server and the nodes cannot do without, every packet of it. */
  readonly isVital: boolean;
  /** Whether default rules let it pass only by what AKS says of overlay pods, not by their tags. */
  readonly byAksAlone: boolean;
}

/** Some addresses of the cluster, and how to call them. */
interface Range {
  readonly prefix: string;
  readonly text: string;
  readonly isPod: boolean;
}

/**
 * All that a cluster's parts must be able to send each other: nodes and pods everything; nodes to an
 * API server in the network TCP 443 and 4443; the load balancer's probes to it TCP 9988.
 * Sources: learn.microsoft.com/azure/aks/concepts-network (custom virtual network requirements),
 * learn.microsoft.com/azure/aks/concepts-network-azure-cni-overlay (network security groups),
 * learn.microsoft.com/azure/aks/api-server-vnet-integration.
 */
export function flowsOf(cluster: InferenceCluster, settings: ClusterSettings): readonly Flow[] {
  const all = foundIn(cluster.subnets);
  const { pods } = cluster.addresses;
  const workload = workloadSubnets(all);
  const ranges = workload.flatMap(rangesOf);
  const carried: readonly Range[] = (pods.known ? pods.value.cidrs : [])
    .filter((prefix) => parsePrefix(prefix) !== undefined)
    .map((prefix) => ({ prefix, text: `pods (${prefix})`, isPod: true }));
  const apiServers = all.filter(({ usedBy }) => usedBy.includes('apiServer'));
  return [
    ...workload.flatMap((subnet) => {
      const own = rangesOf(subnet);
      // Pods that are in no subnet pass the rules of the nodes they are on.
      const here = subnet.usedBy.includes('nodes') ? carried : [];
      const surroundings = surroundingsOf(subnet, cluster, settings);
      const withPods = pods.known ? countingPods(surroundings, pods.value) : surroundings;
      const flow = (direction: Question['direction'], from: Range, to: Range): readonly Flow[] => {
        const chains = chainsOf(subnet, all, direction);
        const throughPods = from.isPod || to.isPod;
        const byAksAlone = throughPods && pods.known && pods.value.from === 'overlay';
        return between(direction, from, to, {
          chains,
          subnet,
          byAksAlone,
          surroundings: throughPods ? withPods : surroundings,
        });
      };
      return [
        ...pairs(own, ranges).flatMap(([from, to]) => flow('Outbound', from, to)),
        ...pairs(ranges, own).flatMap(([from, to]) => flow('Inbound', from, to)),
        ...pairs([...own, ...here], here).flatMap(([from, to]) => flow('Outbound', from, to)),
        ...pairs([...ranges, ...here], here).flatMap(([from, to]) => flow('Inbound', from, to)),
      ];
    }),
    ...apiServers.flatMap((subnet) => apiServerFlows(subnet, workload, { cluster, settings, all })),
  ];
}

function apiServerFlows(
  apiServer: ClusterSubnet,
  workload: readonly ClusterSubnet[],
  context: {
    readonly cluster: InferenceCluster;
    readonly settings: ClusterSettings;
    readonly all: readonly ClusterSubnet[];
  },
): readonly Flow[] {
  const { cluster, settings, all } = context;
  const target = rangesOf(apiServer);
  const surroundings = surroundingsOf(apiServer, cluster, settings);
  // No node is in this subnet, so only its own rules are on the way in.
  const chains = chainsOf(apiServer, [], 'Inbound');
  const entrance = { chains, subnet: apiServer, byAksAlone: false, surroundings };
  const calls = workload.flatMap((subnet) =>
    pairs(rangesOf(subnet), target).flatMap(([from, to]) => [
      ...between('Outbound', from, to, {
        ...entrance,
        chains: chainsOf(subnet, all, 'Outbound'),
        subnet,
        surroundings: surroundingsOf(subnet, cluster, settings),
      }),
      ...between('Inbound', from, to, entrance),
    ]),
  );
  const probes = target.map(({ prefix, text }): Flow => {
    const source: AddressMatch = { kind: 'serviceTag', name: 'AzureLoadBalancer' };
    return {
      ...entrance,
      chains: chains.map((chain) => chain.map(withoutGroupSources)),
      question: tcp({ direction: 'Inbound', source, destination: prefix, ports: [9988] }),
      text: `the load balancer's probes of ${text}`,
      isVital: true,
    };
  });
  return [
    ...calls.map(({ question, ...flow }): Flow => ({
      ...flow,
      question: { ...question, protocols: ['Tcp'], destinationPorts: [443, 4443].map(onePort) },
      isVital: true,
    })),
    ...probes,
  ];
}

function between(
  direction: Question['direction'],
  from: Range,
  to: Range,
  way: Pick<Flow, 'chains' | 'subnet' | 'surroundings' | 'byAksAlone'>,
): readonly Flow[] {
  if (parsePrefix(from.prefix)?.family !== parsePrefix(to.prefix)?.family) return [];
  return [
    {
      ...way,
      text: `${from.text} to ${to.text}`,
      isVital: false,
      question: {
        direction,
        protocols: [],
        source: parseAddressMatch(from.prefix),
        sourcePorts: [],
        destination: parseAddressMatch(to.prefix),
        destinationPorts: [],
      },
    },
  ];
}

function tcp(asked: {
  readonly direction: Question['direction'];
  readonly source: AddressMatch;
  readonly destination: string;
  readonly ports: readonly number[];
}): Question {
  return {
    direction: asked.direction,
    protocols: ['Tcp'],
    source: asked.source,
    sourcePorts: [],
    destination: parseAddressMatch(asked.destination),
    destinationPorts: asked.ports.map(onePort),
  };
}

function onePort(port: number): { readonly from: number; readonly to: number } {
  return { from: port, to: port };
}

function rangesOf({ id, prefixes, usedBy }: ClusterSubnet): readonly Range[] {
  const who = usedBy.includes('apiServer') ? 'the API server' : usedBy.join(' and ');
  return (prefixes.known ? prefixes.value : []).map((prefix) => ({
    prefix,
    text: `${who} in ${nameOf(id)} (${prefix})`,
    isPod: false,
  }));
}

/**
 * The tag VirtualNetwork where pods are carried: routes to the nodes bring kubenet's ranges into it;
 * whether it holds an overlay's is said nowhere.
 */
const countingPods = keptBy(
  (surroundings: Surroundings, { from, cidrs }: PodAddresses): Surroundings => {
    const { virtualNetwork } = surroundings;
    const range = addressSet(cidrs.filter((cidr) => parsePrefix(cidr) !== undefined));
    if (virtualNetwork === undefined) return surroundings;
    const atLeast =
      from === 'kubenet' ? uniteAddresses(virtualNetwork.atLeast, range) : virtualNetwork.atLeast;
    const atMost = uniteAddresses(virtualNetwork.atMost, range);
    return { ...surroundings, virtualNetwork: { atLeast, atMost } };
  },
);

function pairs<A, B>(left: readonly A[], right: readonly B[]): readonly (readonly [A, B])[] {
  return left.flatMap((a) => right.map((b) => [a, b] as const));
}
