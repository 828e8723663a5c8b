import type { InferenceCluster } from '../facts/inference-cluster.ts';
import { defineCheck } from '../model/check.ts';
import { foundIn } from '../model/verdict.ts';
import { type Decision, decide } from '../network/decide.ts';
import { allAddresses } from '../packets/address.ts';
import { intervals } from '../packets/interval-set.ts';
import { type PacketSet, allPorts, noPackets, packets } from '../packets/packet-set.ts';
import { type Flow, flowsOf } from './cluster-traffic.ts';
import {
  type Part,
  distinct,
  fail,
  listed,
  noNodeSubnet,
  pass,
  unknownPart,
  unreadPart,
  worstOf,
} from './judgement.ts';
import { whyUndecided, workloadSubnets } from './subnet-rules.ts';
import { type Taking, takenBy, whyTaken } from './takings.ts';

/** No rule stands between the cluster's own nodes, pods and API server. */
export const intraNetworkTrafficAllowed = defineCheck<InferenceCluster>({
  id: 'intra-network-traffic-allowed',
  title: "No rule blocks traffic among the cluster's own nodes, pods and API server",
  description:
    "Security groups filter traffic inside a subnet too. Nodes ask each other's kubelets, pods ask DNS and each other, the scoring front end passes requests to model pods on other nodes; with API server VNet integration nodes reach the API server at TCP 443 and 4443 of its subnet, and the load balancer probes it at 9988. AKS does not support blocking any of it: models answer on some nodes and not on others, logs and `kubectl exec` hang, nodes become NotReady. Packets of overlay pods are not encapsulated, so rules of the node subnets see the pod CIDR and have to let it through.",
  advice:
    'Narrow the rule, or allow the node subnets (and the pod CIDR of an overlay) among themselves, every protocol and port, with a smaller priority number.',
  severity: 'high',
  kinds: ['pass', 'fail', 'unknown'],
  appliesTo: ['AKS', 'Kubernetes'],
  remediation: 'approval',
  source:
    'https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-overlay#network-security-groups',
  evaluate(cluster, settings) {
    const { subnets, addresses } = cluster;
    const workload = workloadSubnets(foundIn(subnets));
    const [first, ...others] = [
      ...flowsOf(cluster, settings).flatMap(judgeFlow),
      ...workload.flatMap(({ prefixes }) =>
        prefixes.known ? [] : [unknownPart(prefixes.missing)],
      ),
      ...(addresses.pods.known ? [] : [unknownPart(addresses.pods.missing)]),
      ...unreadPart(subnets),
    ];
    if (first === undefined) return noNodeSubnet(cluster.id);
    return worstOf([first, ...others]);
  },
});

function judgeFlow(flow: Flow): readonly Part[] {
  const { question, chains, surroundings } = flow;
  return chains.map((chain): Part => {
    const decision = decide(question, chain, surroundings);
    const direction = question.direction === 'Inbound' ? 'inbound' : 'outbound';
    const takings = takenBy(decision, direction);
    const network = flow.subnet.virtualNetwork.known ? [] : flow.subnet.virtualNetwork.missing;
    if (takings.length > 0) {
      const certain = certainOf(decision, takings, direction);
      if (certain.length > 0) return blocked(flow, certain, decision.missing);
      return unknownPart([...network, ...decision.missing, ...whyTaken(decision, takings)]);
    }
    // What default rules do to overlay pods is not to be read from their tags; AKS lets them pass.
    const proven = decision.answer === 'allowed' || flow.byAksAlone;
    if (decision.missing.length > 0 || !proven) {
      return unknownPart([...network, ...whyUndecided(decision)]);
    }
    return pass("No rule stands between the cluster's own nodes, pods and API server.", [
      {
        at: flow.subnet.id,
        says: `nothing is taken of ${flow.text}, ${question.direction.toLowerCase()}`,
      },
    ]);
  });
}

/** Of two rules that may both deny a packet, neither does for certain, and still it is lost. */
function certainOf(
  decision: Decision,
  takings: readonly Taking[],
  direction: 'inbound' | 'outbound',
): readonly Taking[] {
  const certain = takings.filter((taking) => !taking.certain.isEmpty());
  if (certain.length > 0) return certain;
  const lost = decision.denied.intersect(decision.asked.atLeast);
  return takenBy(decision, direction, lost).filter((taking) => !taking.certain.isEmpty());
}

function blocked(
  { text, isVital }: Flow,
  takings: readonly Taking[],
  missing: Decision['missing'],
): Part {
  const taken = takings.reduce((set, { certain }) => set.union(certain), noPackets);
  const needed = isVital || !taken.intersect(neededAmongNodes).isEmpty();
  const rules = distinct(
    takings.map(({ ruleName, listName }) => `Rule ${ruleName} of ${listName}`),
  );
  const what = listed(
    takings.map((taking) => taking.text()),
    1,
  );
  const verb = rules.length === 1 ? 'takes' : 'take';
  const why = needed
    ? 'The cluster needs it. Allow it before that rule.'
    : 'Nothing the cluster is known to need is among it, but AKS supports no such rule between its nodes.';
  return fail(
    needed ? 'high' : 'low',
    `${listed(rules)} ${verb} away ${what} from ${text}. ${why}`,
    takings
      .map(({ evidence }) => evidence())
      .map((one) => ({ ...one, says: `${one.says} from ${text}` })),
    missing,
  );
}

/**
 * What nodes and pods are known to use among themselves: DNS, the kubelet, the API server's and the
 * webhooks' ports, services of type NodePort, and Azure ML's front end, models and identity proxy
 * (learn.microsoft.com/azure/machine-learning/how-to-kubernetes-inference-routing-azureml-fe).
 */
const neededAmongNodes: PacketSet = packets({
  protocols: ['Tcp'],
  sources: allAddresses,
  sourcePorts: allPorts,
  destinations: allAddresses,
  destinationPorts: intervals([
    ...[
      53, 443, 4443, 5001, 8000, 8001, 9001, 9999, 10_250, 11_001, 12_001, 12_101, 12_201, 20_000,
    ].map((port) => [port, port + 1] as const),
    [30_000, 32_768],
  ]),
}).union(
  packets({
    protocols: ['Udp'],
    sources: allAddresses,
    sourcePorts: allPorts,
    destinations: allAddresses,
    destinationPorts: intervals([[53, 54]]),
  }),
);
