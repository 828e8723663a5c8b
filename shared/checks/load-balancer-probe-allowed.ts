import type {
  ClusterSubnet,
  InferenceCluster,
  LoadBalancerRule,
  ScoringEndpoint,
} from '../facts/inference-cluster.ts';
import { defineCheck } from '../model/check.ts';
import { nameOf } from '../model/resource-id.ts';
import { type Known, foundIn, known } from '../model/verdict.ts';
import { type Decision, type Question, type RuleList, decide } from '../network/decide.ts';
import { parseAddressMatch } from '../network/parse-match.ts';
import type { ClusterSettings } from '../settings/cluster-settings.ts';
import { type Part, fail, notApplicable, pass, unknownPart, worstOf } from './judgement.ts';
import { blameText, ruleText } from './rule-text.ts';
import { judgeEndpoints, judgeTargets, nodePrefixes } from './scoring-targets.ts';
import {
  admitters,
  blockers,
  chainsOf,
  ruleEvidence,
  surroundingsOf,
  whyUndecided,
  withoutGroupSources,
  witnessOf,
} from './subnet-rules.ts';

/** The load balancer can see that the nodes behind the scoring endpoint are alive. */
export const loadBalancerProbeAllowed = defineCheck<InferenceCluster>({
  id: 'load-balancer-probe-allowed',
  title: 'The rules admit health probes of the load balancer to the nodes',
  description:
    "A load balancer asks every node, from 168.63.129.16 and at the port of the rule's health probe, whether it serves. Where a rule denies that, it takes all nodes for dead and sends nobody to them: every call of the scoring endpoint times out, although the rules admit the callers. Azure's default rules let probes in; a Deny of everything with a smaller priority number keeps them out unless AzureLoadBalancer (or VirtualNetwork, which contains 168.63.129.16) is allowed before it. Probes go to the address of the node, never to that of the endpoint.",
  advice:
    'Add an inbound rule that allows the service tag AzureLoadBalancer to the node subnets, TCP, at the port of the probe, with a smaller priority number than the rule that denies it.',
  severity: 'high',
  kinds: ['pass', 'fail', 'unknown', 'notApplicable'],
  appliesTo: ['AKS', 'Kubernetes'],
  remediation: 'automatic',
  source:
    'https://learn.microsoft.com/azure/load-balancer/load-balancer-custom-probe-overview#probe-source-ip-address',
  evaluate(cluster, settings) {
    return judgeEndpoints(cluster.scoringEndpoints, (endpoint) =>
      judgeTargets(endpoint, cluster.subnets, (rule, subnet) =>
        judgeProbe({ rule, endpoint, subnet }, cluster, settings),
      ),
    );
  },
});

interface Place {
  readonly rule: LoadBalancerRule;
  readonly endpoint: ScoringEndpoint;
  readonly subnet: ClusterSubnet;
}

/** Probes of some nodes, and one chain of rules that they pass. */
export interface ProbeQuestion {
  readonly question: Question;
  readonly chain: readonly RuleList[];
  /** Whom they ask, in words. */
  readonly target: string;
}

/** All probes of a load balancing rule in one subnet behind it; none where the rule has no probe. */
export function probeQuestions(
  { rule, endpoint, subnet }: Place,
  cluster: InferenceCluster,
): Known<readonly ProbeQuestion[]> {
  if (rule.probePort === undefined) return known([]);
  if (!rule.probePort.known) return rule.probePort;
  const nodes = nodePrefixes(endpoint, subnet);
  if (!nodes.known) return nodes;
  const port = rule.probePort.value;
  const chains = chainsOf(subnet, foundIn(cluster.subnets), 'Inbound');
  return known(
    nodes.value.flatMap((prefix) =>
      chains.map((chain) => ({
        target: `${prefix} TCP ${port}`,
        chain: chain.map(withoutGroupSources),
        question: {
          direction: 'Inbound' as const,
          protocols: ['Tcp' as const],
          source: { kind: 'serviceTag' as const, name: 'AzureLoadBalancer' },
          sourcePorts: [],
          destination: parseAddressMatch(prefix),
          destinationPorts: [{ from: port, to: port }],
        },
      })),
    ),
  );
}

function judgeProbe(place: Place, cluster: InferenceCluster, settings: ClusterSettings): Part {
  const { rule, endpoint, subnet } = place;
  if (rule.probePort === undefined) {
    const says = `load balancing rule ${rule.name} has no health probe`;
    return notApplicable(`Nothing probes the nodes behind ${endpoint.address}: ${says}.`, [
      { at: endpoint.at, says },
    ]);
  }
  const asked = probeQuestions(place, cluster);
  if (!asked.known) return unknownPart(asked.missing);
  const surroundings = surroundingsOf(subnet, cluster, settings);
  const parts = asked.value.map(({ question, chain, target }) =>
    judgeDecision(decide(question, chain, surroundings), target, chain, place),
  );
  const [first, ...others] = parts;
  if (first !== undefined) return worstOf([first, ...others]);
  const what = `an address range of subnet ${nameOf(subnet.id)} in the family of ${endpoint.address}`;
  return unknownPart([{ what, scope: subnet.id, why: 'the subnet has no such prefix' }]);
}

function judgeDecision(
  decision: Decision,
  target: string,
  chain: readonly RuleList[],
  { endpoint, subnet }: Place,
): Part {
  const { allowed, denied } = decision;
  const where = `the nodes behind ${endpoint.address} (subnet ${nameOf(subnet.id)}, ${target})`;
  if (decision.answer === 'allowed') {
    const witness = witnessOf(allowed, decision, 'inbound');
    const unfiltered = `no network security group stands between the load balancer and ${target}`;
    return pass(
      `The rules admit probes of the load balancer to ${where}.`,
      chain.length === 0
        ? [{ at: subnet.id, says: unfiltered, ...witness }]
        : ruleEvidence(
            admitters(decision, allowed),
            (rule, list) => `${ruleText(rule)} of ${list} admits probes to ${target}`,
            witness,
          ),
    );
  }
  if (denied.isEmpty()) {
    const network = subnet.virtualNetwork.known ? [] : subnet.virtualNetwork.missing;
    return unknownPart([...network, ...whyUndecided(decision)]);
  }
  const rules = blockers(decision, denied);
  const some = decision.answer === 'denied' ? '' : 'some of ';
  return fail(
    'high',
    `The rules keep probes of the load balancer from ${some}${where}: ${blameText(rules)}. It takes those nodes for dead and sends no call there. Allow AzureLoadBalancer before that rule.`,
    ruleEvidence(
      rules,
      (rule, list) => `${ruleText(rule)} of ${list} denies probes to ${some}${target}`,
      witnessOf(denied, decision, 'inbound'),
    ),
    decision.undecided.isEmpty() ? [] : whyUndecided(decision),
  );
}
