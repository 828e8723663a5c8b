import type {
  ClusterSubnet,
  InferenceCluster,
  LoadBalancerRule,
  ScoringEndpoint,
} from '../facts/inference-cluster.ts';
import { defineCheck } from '../model/check.ts';
import { nameOf } from '../model/resource-id.ts';
import { type Known, type Missing, type Severity, foundIn, known } from '../model/verdict.ts';
import type { Surroundings } from '../network/address-bounds.ts';
import { type Decision, type Question, type RuleList, decide } from '../network/decide.ts';
import { isCustom } from '../network/default-rules.ts';
import { parseAddressMatch } from '../network/parse-match.ts';
import type { RuleMatch } from '../network/security-rule.ts';
import { realAddresses, subtractAddresses, uniteAddresses } from '../packets/address.ts';
import { describe } from '../packets/describe.ts';
import { type PacketSet, allPorts, packets } from '../packets/packet-set.ts';
import type { ClusterSettings } from '../settings/cluster-settings.ts';
import {
  type CallerAddresses,
  addressesOfCallers,
  isCallerTag,
  ownAddresses,
  unite,
} from './caller-addresses.ts';
import { canAddress, cannotCall } from './callers.ts';
import { closedFrontend } from './closed-frontend.ts';
import { type Part, fail, listed, notApplicable, pass, unknownPart, worstOf } from './judgement.ts';
import { matchesText, ruleText } from './rule-text.ts';
import {
  type Place,
  judgeEndpoints,
  judgeTargets,
  targetOf,
  targetPlaces,
  targetText,
} from './scoring-targets.ts';
import {
  admitters,
  blockers,
  chainsOf,
  ruleEvidence,
  surroundingsOf,
  whyUndecided,
  witnessOf,
} from './subnet-rules.ts';

/** Nobody but the configured callers is let in to the scoring endpoint. */
export const scoringInboundNoWiderThanCallers = defineCheck<InferenceCluster>({
  id: 'scoring-inbound-no-wider-than-callers',
  title: 'The rules admit nobody but the callers to the scoring endpoint',
  description:
    "You said who calls the models. Whoever else the rules admit to the scoring endpoint can try keys and tokens against it, and every mistake in the models' own authentication is open to them. The check takes exactly the packets that the security admin rules and both network security groups let through, and subtracts the callers, the cluster's own nodes and pods and the load balancer's probes: what remains is more than you asked for. Rules that admit a caller's whole provider, an old office, or `Internet` beside a deny that comes too late, all show here.",
  advice:
    'Narrow the rule that the finding names to the callers, or deny the rest with a smaller priority number than that rule. If those addresses do call, add them to `callers` of the settings.',
  severity: 'medium',
  kinds: ['pass', 'fail', 'unknown', 'notApplicable'],
  appliesTo: ['AKS', 'Kubernetes'],
  remediation: 'approval',
  source:
    'https://learn.microsoft.com/azure/machine-learning/v1/how-to-secure-inferencing-vnet#azure-kubernetes-service',
  evaluate(cluster, settings) {
    if (settings.callers.kind === 'notConfigured') {
      return notApplicable('No callers are configured, so nobody can be one too many.');
    }
    const sources = settings.callers.kind === 'listed' ? settings.callers.sources : [];
    const context: Context = { cluster, settings, sources };
    return judgeEndpoints(cluster.scoringEndpoints, (endpoint) => judgeEndpoint(endpoint, context));
  },
});

interface Context {
  readonly cluster: InferenceCluster;
  readonly settings: ClusterSettings;
  readonly sources: readonly string[];
}

function judgeEndpoint(endpoint: ScoringEndpoint, context: Context): Part {
  const { address, visibility } = endpoint;
  if (context.settings.callers.kind === 'none' && visibility === 'private') {
    return notApplicable(`${address} is called from inside only, as its address is private.`);
  }
  return judgeTargets(endpoint, context.cluster.subnets, (rule, subnet) =>
    judgeSubnet(rule, endpoint, subnet, context),
  );
}

function judgeSubnet(
  rule: LoadBalancerRule,
  endpoint: ScoringEndpoint,
  subnet: ClusterSubnet,
  { cluster, settings, sources }: Context,
): Part {
  const outside = cannotCall(endpoint, subnet);
  if (sources.length > 0 && !sources.some((text) => canAddress(text, endpoint, outside))) {
    return notApplicable(`None of the configured callers can address ${endpoint.address}.`);
  }
  const asked = strangers(rule, endpoint, subnet, { cluster, settings, sources });
  if (!asked.known) return unknownPart(asked.missing);
  const parts = asked.value.map(({ decision, excess, place, unresolved }) => {
    const text = targetText(place);
    const closed = closedFrontend(place, text);
    if (closed.kind === 'perhaps') return unknownPart(closed.missing);
    if (closed.kind === 'yes') return closedPart(text, subnet);
    return judgeDecision(decision, excess, place, unresolved);
  });
  const [first, ...others] = parts;
  if (first !== undefined) return worstOf([first, ...others]);
  const what = `an address range of subnet ${nameOf(subnet.id)} in the family of ${endpoint.address}`;
  return unknownPart([{ what, scope: subnet.id, why: 'the subnet has no such prefix' }]);
}

/** What one chain of rules lets in of those who are no callers. */
export interface Strangers {
  readonly place: Place;
  readonly question: Question;
  readonly surroundings: Surroundings;
  readonly decision: Decision;
  /** Packets that are admitted for certain and certainly no caller's. */
  readonly excess: PacketSet;
  /** Packets that are certainly no caller's, and of which nothing proves that they are kept out. */
  readonly perhaps: PacketSet;
  readonly unresolved: readonly Missing[];
}

/** Strangers that are let in for certain, one entry for each chain of rules before each endpoint. */
export function excessOf(
  cluster: InferenceCluster,
  settings: ClusterSettings,
): readonly Strangers[] {
  const sources = settings.callers.kind === 'listed' ? settings.callers.sources : [];
  return foundIn(cluster.scoringEndpoints).flatMap((endpoint) =>
    targetPlaces(endpoint, cluster.subnets).flatMap(({ rule, subnet }) => {
      const asked = strangers(rule, endpoint, subnet, { cluster, settings, sources });
      return asked.known ? asked.value.filter(({ excess }) => !excess.isEmpty()) : [];
    }),
  );
}

function strangers(
  rule: LoadBalancerRule,
  endpoint: ScoringEndpoint,
  subnet: ClusterSubnet,
  { cluster, settings, sources }: Context,
): Known<readonly Strangers[]> {
  const target = targetOf(rule, endpoint, subnet);
  if (!target.known) return target;
  const { destinations, port } = target.value;
  const surroundings = surroundingsOf(subnet, cluster, settings);
  const callers = addressesOfCallers(sources, surroundings);
  const own = ownAddresses(cluster);
  const expected = unite(callers, own);
  const outside = cannotCall(endpoint, subnet);
  const unexpected = fromAddresses(subtractAddresses(realAddresses, expected.atMost));
  return known(
    destinations.flatMap((destination) =>
      chainsOf(subnet, foundIn(cluster.subnets), 'Inbound').map((chain): Strangers => {
        const question: Question = {
          direction: 'Inbound',
          protocols: ['Tcp'],
          source: { kind: 'any' },
          sourceExcept: uniteAddresses(outside, expected.atLeast),
          sourcePorts: [],
          destination: parseAddressMatch(destination),
          destinationPorts: [{ from: port, to: port }],
        };
        const decision = decide(question, withoutCallerRules(chain, callers), surroundings);
        return {
          place: { endpoint, rule, chain, subnet },
          question,
          surroundings,
          decision,
          excess: decision.allowed.intersect(unexpected),
          perhaps: decision.undecided.intersect(unexpected),
          unresolved: [...callers.missing, ...own.missing],
        };
      }),
    ),
  );
}

/**
 * Rules that allow nothing but callers whose service tag nobody resolves: what they admit is asked
 * for, whatever addresses it has.
 */
function withoutCallerRules(
  chain: readonly RuleList[],
  { unresolvedTags }: CallerAddresses,
): readonly RuleList[] {
  if (unresolvedTags.length === 0) return chain;
  const isForOthers = ({ sources }: RuleMatch): boolean =>
    !sources.every(
      (match) => match.kind === 'serviceTag' && isCallerTag(match.name, unresolvedTags),
    );
  return chain.map((list) =>
    list.kind === 'securityGroup'
      ? {
          ...list,
          rules: list.rules.filter((rule) => rule.access === 'Deny' || isForOthers(rule)),
        }
      : list,
  );
}

function fromAddresses(sources: Parameters<typeof packets>[0]['sources']): PacketSet {
  return packets({
    protocols: ['Tcp'],
    sources,
    sourcePorts: allPorts,
    destinations: realAddresses,
    destinationPorts: allPorts,
  });
}

/** `excess` holds packets that are admitted for certain and certainly no caller's. */
function judgeDecision(
  decision: Decision,
  excess: PacketSet,
  place: Place,
  unresolved: readonly Missing[],
): Part {
  const { endpoint, subnet, chain } = place;
  const target = targetText(place);
  const undecided = decision.undecided.isEmpty() ? [] : whyUndecided(decision);
  if (!excess.isEmpty()) {
    const rules = admitters(decision, excess);
    const who = sourcesText(excess, decision);
    const custom = rules.filter(({ rule }) => isCustom(rule));
    const blamed = listed(
      (custom.length > 0 ? custom : rules).map(
        ({ list, rule }) => `rule ${rule.name} of ${list.name} (from ${matchesText(rule.sources)})`,
      ),
    );
    const severity: Severity = endpoint.visibility === 'public' ? 'medium' : 'low';
    const witness = witnessOf(excess, decision, 'inbound');
    const unfiltered = {
      at: subnet.id,
      says: `no network security group stands before ${target}, which allows everything`,
      ...witness,
    };
    return fail(
      severity,
      `The rules admit more than the callers to ${target}: ${who}${blamed === '' ? '' : `, by ${blamed}`}. Narrow that to the callers, or name them as callers.`,
      chain.length === 0
        ? [unfiltered]
        : ruleEvidence(
            rules,
            (rule, list) => `${ruleText(rule)} of ${list} admits ${who} to ${target}`,
            witness,
          ),
      undecided,
    );
  }
  if (decision.asked.atMost.isSubsetOf(decision.denied)) {
    const summary = `The rules admit nobody but the callers to ${target}.`;
    const nobodyElse = { at: subnet.id, says: 'the callers are all who can address it' };
    return pass(
      summary,
      decision.denied.isEmpty()
        ? [nobodyElse]
        : ruleEvidence(
            blockers(decision, decision.denied),
            (rule, list) => `${ruleText(rule)} of ${list} keeps others than the callers out`,
            witnessOf(decision.denied, decision, 'inbound'),
          ),
    );
  }
  const network = subnet.virtualNetwork.known ? [] : subnet.virtualNetwork.missing;
  const missing = [...unresolved, ...network, ...undecided];
  return unknownPart(missing.length > 0 ? missing : whyUndecided(decision));
}

function closedPart(target: string, { id }: ClusterSubnet): Part {
  const says =
    'no network security group is on this subnet or its nodes, and without one a Standard load balancer lets nobody in';
  return pass(`Nobody at all is let in to ${target}.`, [{ at: id, says }]);
}

/** Where packets come from, in a few words. */
function sourcesText(set: PacketSet, decision: Decision): string {
  if (decision.asked.atLeast.isSubsetOf(set)) return 'everybody';
  const sources = describe(set, decision.names).flatMap((box) => box.sources);
  const { witness } = witnessOf(set, decision, 'inbound');
  return sources.length > 3 && witness !== undefined
    ? `others too, ${witness.source} for one`
    : listed(sources);
}
