import type {
  ClusterSubnet,
  InferenceCluster,
  LoadBalancerRule,
  ScoringEndpoint,
} from '../facts/inference-cluster.ts';
import { defineCheck } from '../model/check.ts';
import { nameOf } from '../model/resource-id.ts';
import type { Evidence, Missing } from '../model/verdict.ts';
import { type Decision, decide } from '../network/decide.ts';
import { isDefaultRoute } from '../network/virtual-network.ts';
import type { PacketSet } from '../packets/packet-set.ts';
import { type CallerContext, callerQuestions } from './caller-questions.ts';
import { type Part, fail, listed, notApplicable, pass, unknownPart, worstOf } from './judgement.ts';
import { blameText, ruleText } from './rule-text.ts';
import { closedFrontend } from './closed-frontend.ts';
import { nearMisses } from './near-misses.ts';
import {
  type Place,
  judgeEndpoints,
  judgeTargets,
  subnetsBehind,
  targetText,
} from './scoring-targets.ts';
import {
  admitters,
  blockers,
  ruleEvidence,
  surroundingsOf,
  whyUndecided,
  witnessOf,
} from './subnet-rules.ts';

/** Inbound packets of the people and services that call the models reach the scoring endpoint. */
export const scoringInboundAllowed = defineCheck<InferenceCluster>({
  id: 'scoring-inbound-allowed',
  title: 'The rules admit the callers to the scoring endpoint',
  description:
    'Models on the cluster are called at one address, the scoring endpoint. Packets to it pass the security admin rules of the virtual network, the network security group of the node subnet and the one on the nodes. With floating IP, which AKS uses, they still carry the address of the endpoint there, not that of a node. Where a rule on the way denies a caller, the call times out.',
  advice:
    'Add an inbound rule that allows the callers to the address of the scoring endpoint, TCP 443 (80 where it serves plain HTTP), with a smaller priority number than the rule that denies them. Name the callers in `callers` of the settings, or say `"none"` if nobody calls from outside.',
  severity: 'high',
  kinds: ['pass', 'fail', 'unknown', 'notApplicable'],
  appliesTo: ['AKS', 'Kubernetes'],
  remediation: 'automatic',
  source:
    'https://learn.microsoft.com/azure/machine-learning/v1/how-to-secure-inferencing-vnet#azure-kubernetes-service',
  evaluate(cluster, settings) {
    const { scoringEndpoints, subnets } = cluster;
    const context: CallerContext = { cluster, settings, subnets };
    return judgeEndpoints(scoringEndpoints, (endpoint) => judgeEndpoint(endpoint, context));
  },
});

function judgeEndpoint(endpoint: ScoringEndpoint, context: CallerContext): Part {
  const { address, visibility } = endpoint;
  if (visibility === 'public' && context.settings.callers.kind === 'none') {
    return notApplicable(`The settings say that nobody calls ${address} from outside the network.`);
  }
  const verdict = judgeTargets(endpoint, context.subnets, (rule, subnet) =>
    judgeSubnet(rule, endpoint, subnet, context),
  );
  const behind = subnetsBehind(endpoint, context.subnets);
  return { ...verdict, evidence: [...verdict.evidence, ...replyRemarks(endpoint, behind)] };
}

function judgeSubnet(
  rule: LoadBalancerRule,
  endpoint: ScoringEndpoint,
  subnet: ClusterSubnet,
  context: CallerContext,
): Part {
  const asked = callerQuestions(rule, endpoint, subnet, context);
  if (!asked.known) return unknownPart(asked.missing);
  const { questions, missing, destinations } = asked.value;
  const { callers } = context.settings;
  const parts = questions.map(({ ask, chain, question }) => {
    const closed = closedWithoutGroup({ endpoint, rule, chain, subnet });
    if (closed !== undefined) return closed;
    const decision = decide(
      question,
      chain,
      surroundingsOf(subnet, context.cluster, context.settings),
    );
    return ask.kind === 'all'
      ? judgeAll(decision, ask.label, { endpoint, rule, chain, subnet })
      : judgeSome(decision, { endpoint, rule, chain, subnet });
  });
  const [first, ...others] = [
    ...parts.filter((part): part is Part => part !== undefined),
    ...(missing.length === 0 ? [] : [unknownPart(missing)]),
  ];
  if (first !== undefined) return worstOf([first, ...others]);
  if (callers.kind !== 'listed') return unknownPart([nothingAsked(endpoint, subnet, destinations)]);
  // Every caller was of the other address family: as if none were configured.
  const unconfigured = { ...context.settings, callers: { kind: 'notConfigured' } as const };
  return judgeSubnet(rule, endpoint, subnet, { ...context, settings: unconfigured });
}

/** A fail or unknown where the load balancer is closed, whatever the rules say. */
function closedWithoutGroup(place: Place): Part | undefined {
  const { subnet } = place;
  const target = targetText(place);
  const closed = closedFrontend(place, target);
  switch (closed.kind) {
    case 'no':
      return undefined;
    case 'perhaps':
      return unknownPart(closed.missing);
    case 'yes':
      return fail(
        'high',
        `Nobody can call ${target}: a Standard load balancer is closed to the Internet until a network security group opens it, and neither subnet ${nameOf(subnet.id)} nor its nodes have one.`,
        [
          {
            at: subnet.id,
            says: 'no network security group is on this subnet or on the network interfaces of its nodes',
          },
        ],
      );
    default:
      return closed satisfies never;
  }
}

function nothingAsked(
  endpoint: ScoringEndpoint,
  subnet: ClusterSubnet,
  destinations: readonly string[],
): Missing {
  return destinations.length === 0
    ? noAddressOf(endpoint, subnet)
    : {
        what: `what of the Internet is left outside VirtualNetwork in subnet ${nameOf(subnet.id)}`,
        scope: subnet.id,
        why: 'its routes count all public addresses to the virtual network; name the callers to have them judged',
      };
}

function noAddressOf(endpoint: ScoringEndpoint, subnet: ClusterSubnet): Missing {
  return {
    what: `an address range of subnet ${nameOf(subnet.id)} for packets to ${endpoint.address}`,
    scope: subnet.id,
    why: 'the subnet has no prefix of that address family',
  };
}

/** Every packet of the callers must get in; undefined where the ask holds none. */
function judgeAll(decision: Decision, caller: string, place: Place): Part | undefined {
  const { asked, denied } = decision;
  if (asked.atMost.isEmpty()) return undefined;
  const target = targetText(place);
  if (decision.answer === 'allowed') {
    return pass(
      `The rules admit ${caller} to ${target}.`,
      admittedBy(decision, decision.allowed, `${caller} to ${target}`, place),
    );
  }
  const kept = denied.intersect(asked.atLeast);
  if (kept.isEmpty()) return undecided(decision, place);
  const rules = blockers(decision, kept);
  const whole = asked.atMost.isSubsetOf(denied) ? caller : `some of ${caller}`;
  return fail(
    'high',
    `The rules keep ${whole} out of ${target}: ${blameText(rules)}. Allow it before that rule.`,
    [
      ...ruleEvidence(
        rules,
        (rule, list) => `${ruleText(rule)} of ${list} denies it`,
        witnessOf(kept, decision, 'inbound'),
      ),
      ...nearMissEvidence(place),
    ],
    decision.answer === 'partial' || decision.answer === 'denied' ? [] : whyUndecided(decision),
  );
}

/** Nobody said who calls: some of the Internet, or of the own network, must get in. */
function judgeSome(decision: Decision, place: Place): Part | undefined {
  const { asked, allowed, denied } = decision;
  if (asked.atMost.isEmpty()) return undefined;
  const isPublic = place.endpoint.visibility === 'public';
  const who = isPublic ? 'the Internet' : "the cluster's own network";
  const target = targetText(place);
  const admitted = allowed.intersect(asked.atLeast);
  if (!admitted.isEmpty()) {
    return pass(
      `The rules admit some of ${who} to ${target}; no callers are configured.`,
      admittedBy(decision, admitted, `some of ${who} to ${target}`, place),
    );
  }
  if (!asked.atMost.isSubsetOf(denied)) return undecided(decision, place);
  const rules = blockers(decision, denied);
  const summary = isPublic
    ? `Nobody outside can call ${target}: ${blameText(rules)}. Name the callers in the settings, or say "none".`
    : `Nothing in the cluster's own network can call ${target}: ${blameText(rules)}.`;
  return fail(isPublic ? 'medium' : 'high', summary, [
    ...ruleEvidence(
      rules,
      (rule, list) => `${ruleText(rule)} of ${list} denies it`,
      witnessOf(denied.intersect(asked.atLeast), decision, 'inbound'),
    ),
    ...nearMissEvidence(place),
  ]);
}

function undecided(decision: Decision, { subnet }: Place): Part {
  const network = subnet.virtualNetwork.known ? [] : subnet.virtualNetwork.missing;
  return unknownPart([...network, ...whyUndecided(decision)]);
}

function admittedBy(
  decision: Decision,
  region: PacketSet,
  what: string,
  { subnet, chain }: Place,
): readonly Evidence[] {
  const witness = witnessOf(region.intersect(decision.asked.atLeast), decision, 'inbound');
  if (chain.length === 0) {
    const says = `no network security group stands before ${what}, which allows everything`;
    return [{ at: subnet.id, says, ...witness }];
  }
  return ruleEvidence(
    admitters(decision, region),
    (rule, list) => `${ruleText(rule)} of ${list} admits ${what}`,
    witness,
  );
}

/** Allow rules for the right port that name another address than the endpoint's, as evidence. */
function nearMissEvidence(place: Place): readonly Evidence[] {
  return nearMisses(place).map(({ at, rule, allows }) => ({
    at,
    rule: rule.name,
    says: `near miss: rule ${rule.name} allows ${listed(allows)}; the scoring endpoint is now ${place.endpoint.address}`,
  }));
}

/** A default route to an appliance does not change what is admitted, but replies leave that way. */
function replyRemarks(
  endpoint: ScoringEndpoint,
  subnets: readonly ClusterSubnet[],
): readonly Evidence[] {
  if (endpoint.visibility !== 'public') return [];
  return subnets.flatMap(({ routeTable }): readonly Evidence[] => {
    if (!routeTable.known || routeTable.value === null) return [];
    const { id, routes } = routeTable.value;
    return routes
      .filter(
        ({ addressPrefix, nextHopType }) =>
          isDefaultRoute(addressPrefix) && nextHopType === 'VirtualAppliance',
      )
      .map(({ name, nextHopIpAddress }) => ({
        at: id,
        rule: name,
        says: `replies leave through the appliance at ${nextHopIpAddress ?? 'an address that is not set'}, which may drop them`,
      }));
  });
}
