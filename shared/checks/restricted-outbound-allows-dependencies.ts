import type { ClusterSubnet, InferenceCluster } from '../facts/inference-cluster.ts';
import { defineCheck } from '../model/check.ts';
import { type Evidence, foundIn } from '../model/verdict.ts';
import { type Decision, decide } from '../network/decide.ts';
import type { AddressMatch, Protocol } from '../network/security-rule.ts';
import {
  type Part,
  distinctBy,
  fail,
  listed,
  noNodeSubnet,
  notApplicable,
  pass,
  unknownPart,
  unreadPart,
  worstOf,
  worstOr,
} from './judgement.ts';
import {
  type OutboundDependency,
  outboundDependencies,
  regionName,
} from './outbound-dependencies.ts';
import {
  type Need,
  type UnmetNeed,
  judgeReach,
  orByEndpoint,
  portsText,
} from './outbound-reach.ts';
import {
  type OutboundContext,
  outbound,
  restrictionOf,
  withRestriction,
} from './outbound-restriction.ts';
import { type PrivateWay, privateWays } from './private-ways.ts';
import { askableTag } from './required-outbound.ts';
import { blameText, ruleText } from './rule-text.ts';
import {
  blockers,
  chainsOf,
  ruleEvidence,
  surroundingsOf,
  whyUndecided,
  witnessOf,
  workloadSubnets,
} from './subnet-rules.ts';

const hostNames =
  'Network security groups cannot name what AKS itself needs (mcr.microsoft.com, *.hcp.<region>.azmk8s.io, packages.aks.azure.com, …): those are host names, which only a firewall can allow.';

/** Where outbound is restricted, nodes and pods still reach the services that Azure ML is made of. */
export const restrictedOutboundAllowsDependencies = defineCheck<InferenceCluster>({
  id: 'restricted-outbound-allows-dependencies',
  title: 'Restricted outbound still allows the services that Azure ML needs',
  description:
    'Where rules or routes take some of the way to the Internet away, nodes and pods must still sign in (AzureActiveDirectory), take orders from Azure ML (AzureMachineLearning, AzureResourceManager), load models and logs (Storage, AzureMonitor) and pull base images (MicrosoftContainerRegistry, AzureFrontDoor.FirstParty). Without them deployments hang, the extension reports a lost connection, and nodes that are replaced never become Ready. AzureFrontDoor.Frontend, BatchNodeManagement, Azure Files (TCP 445), AzureKeyVault and NTP (UDP 123) are needed by some features only; where one of those alone is missing, the finding is mild. A private endpoint of the workspace, its storage account or its key vault, in the network or in a connected peer, does as well as their service tags; layers of images come from Storage too, unless the registry has a private endpoint or a data endpoint of its own. A cluster with a public API server and without the konnectivity agent also needs AzureCloud of its region at TCP 9000 and UDP 1194. AKS has more dependencies, by host name, which no network security group can express.',
  advice:
    'Allow the service tags that the finding names, at their ports, before the rule that denies them, or lead the traffic to a firewall that allows them and name it in `egress.trustedAppliances`.',
  severity: 'medium',
  kinds: ['pass', 'fail', 'unknown', 'notApplicable'],
  appliesTo: ['AKS', 'Kubernetes'],
  remediation: 'approval',
  source:
    'https://learn.microsoft.com/azure/machine-learning/v1/how-to-secure-inferencing-vnet#limit-outbound-connectivity-from-the-virtual-network',
  evaluate(cluster, settings) {
    const { subnets } = cluster;
    const all = foundIn(subnets);
    const context: OutboundContext = { cluster, settings, all };
    const restriction = restrictionOf(context);
    if (restriction.kind === 'none') {
      return notApplicable('Outbound is not restricted: no rule or route takes the Internet away.');
    }
    const workload = workloadSubnets(all);
    if (workload.length === 0) {
      return subnets.known ? noNodeSubnet(cluster.id) : unknownPart(subnets.missing);
    }
    const judged = summedUp(dependencyReaches(workload, context), unreadPart(subnets));
    const remarks = tunnelRemarks(workload, context);
    const verdict = { ...judged, evidence: [...judged.evidence, ...remarks] };
    return withRestriction(verdict, restriction);
  },
});

/** Each service that Azure ML needs, and whether these subnets reach it. */
export function dependencyReaches(
  workload: readonly ClusterSubnet[],
  context: OutboundContext,
): readonly Reach[] {
  return [
    ...outboundDependencies(context.cluster).map((one) => judgeDependency(one, workload, context)),
    judgeTime(workload, context),
  ];
}

/** What is said of one service. */
export interface Reach {
  readonly text: string;
  readonly isOptional: boolean;
  readonly part: Part;
}

/** One sentence for all that cannot be reached, the needed before the optional. */
function summedUp(reaches: readonly Reach[], unread: readonly Part[]): Part {
  const missing = distinctBy(
    [...reaches.map(({ part }) => part), ...unread].flatMap((part) =>
      part.kind === 'fail' || part.kind === 'unknown' ? part.missing : [],
    ),
  );
  const failing = reaches.filter(({ part }) => part.kind === 'fail');
  const worst = failing.some(({ isOptional }) => !isOptional)
    ? failing.filter(({ isOptional }) => !isOptional)
    : failing;
  const [first] = worst;
  if (first !== undefined) {
    const names = listed(
      worst.map(({ text }) => text),
      4,
    );
    const evidence = distinctBy(failing.flatMap(({ part }) => part.evidence));
    return first.isOptional
      ? fail(
          'low',
          `The nodes cannot reach ${names}, which only some features need. ${hostNames}`,
          evidence,
          missing,
        )
      : fail(
          'medium',
          `The nodes cannot reach ${names}. Allow that before the rule or route that takes it away. ${hostNames}`,
          evidence,
          missing,
        );
  }
  if (reaches.some(({ part }) => part.kind === 'unknown') || unread.length > 0) {
    const open = reaches.filter(({ part }) => part.kind === 'unknown');
    const evidence = distinctBy(open.flatMap(({ part }) => part.evidence));
    return worstOf([unknownPart(missing, undefined, evidence)]);
  }
  return pass(
    `The rules and routes leave the way to every service tag that Azure ML needs. ${hostNames}`,
    distinctBy(reaches.flatMap(({ part }) => part.evidence)),
  );
}

/** The services that some subnet does not reach for certain, time servers among them. */
export function unreachedDependencies(context: OutboundContext): readonly UnmetNeed[] {
  const workload = workloadSubnets(context.all);
  const services = outboundDependencies(context.cluster).flatMap((dependency) =>
    workload
      .filter((subnet) => judgeFrom(subnet, dependency, context).kind === 'fail')
      .map((subnet) => ({
        need: needOf(dependency),
        destination: askableTag(dependency.serviceTag, context.cluster.serviceTags),
        subnet,
      })),
  );
  const time = workload
    .filter((subnet) => judgeTime([subnet], context).part.kind === 'fail')
    .map((subnet) => ({ need: needOf(timeServers), destination: internet, subnet }));
  return [...services, ...time];
}

function needOf({ protocol, ports, isOptional }: Omit<OutboundDependency, 'serviceTag'>): Need {
  return {
    label: 'the service',
    protocol,
    ports,
    severity: isOptional ? 'low' : 'medium',
    uncertain: [],
  };
}

function judgeDependency(
  dependency: OutboundDependency,
  workload: readonly ClusterSubnet[],
  context: OutboundContext,
): Reach {
  const { serviceTag, isOptional } = dependency;
  const parts = workload.map((subnet) => judgeFrom(subnet, dependency, context));
  return reachOf(`${serviceTag} (${portsText(dependency)})`, isOptional, parts);
}

function judgeFrom(
  subnet: ClusterSubnet,
  dependency: OutboundDependency,
  context: OutboundContext,
): Part {
  const need = needOf(dependency);
  const destination = askableTag(dependency.serviceTag, context.cluster.serviceTags);
  const direct = judgeReach(need, destination, subnet, context);
  if (direct.kind === 'pass') return direct;
  return worstOr(
    privateWays(dependency, context.cluster).map((way) =>
      orPrivately(direct, way, need, subnet, context),
    ),
    direct,
  );
}

/** The way by a private endpoint, and what to say where there is none. */
function orPrivately(
  direct: Part,
  { at, endpoints, text }: PrivateWay,
  need: Need,
  subnet: ClusterSubnet,
  context: OutboundContext,
): Part {
  const part = orByEndpoint(direct, endpoints, need, subnet, context);
  if (part !== direct || part.kind !== 'fail') return part;
  const says = `no approved private endpoint leads from the nodes to ${text}`;
  return { ...part, evidence: [...part.evidence, { at, says }] };
}

/** Clocks are set from ntp.ubuntu.com, a host name: some time server must be left to ask. */
function judgeTime(workload: readonly ClusterSubnet[], context: OutboundContext): Reach {
  const asked = { destination: internet, protocol: timeServers.protocol, port: 123 };
  const parts = workload.flatMap((subnet): readonly Part[] => {
    if (!subnet.prefixes.known) return [unknownPart(subnet.prefixes.missing)];
    return decisionsOn(asked, subnet, context).map((decision) => {
      const { answer, allowed, denied } = decision;
      if (answer === 'allowed' || !allowed.intersect(decision.asked.atLeast).isEmpty()) {
        return pass('The rules admit nodes to some time servers.');
      }
      if (!decision.asked.atMost.isSubsetOf(denied)) return unknownPart(whyUndecided(decision));
      const rules = blockers(decision, denied);
      return fail(
        'low',
        `The nodes cannot ask any time server: ${blameText(rules)}.`,
        ruleEvidence(
          rules,
          (rule, list) => `${ruleText(rule)} of ${list} denies UDP 123 to the Internet`,
          witnessOf(denied, decision, 'outbound'),
        ),
      );
    });
  });
  return reachOf('time servers (UDP 123)', true, parts);
}

/**
 * Nodes without the konnectivity agent reach a public API server through a tunnel. Nothing in Azure
 * says which clusters those are, so it is a remark and no fail
 * (learn.microsoft.com/azure/aks/outbound-rules-control-egress).
 */
function tunnelRemarks(
  workload: readonly ClusterSubnet[],
  context: OutboundContext,
): readonly Evidence[] {
  const { cluster, all } = context;
  const isPublic = cluster.apiServer === 'public' || cluster.apiServer === 'authorizedRanges';
  if (!isPublic || all.some(({ usedBy }) => usedBy.includes('apiServer'))) return [];
  const tag = `AzureCloud.${regionName(cluster.location)}`;
  const destination = askableTag(tag, cluster.serviceTags);
  const denied = tunnel.filter(({ protocol, port }) =>
    workload.some((subnet) =>
      decisionsOn({ destination, protocol, port }, subnet, context).some(
        ({ answer }) => answer === 'denied',
      ),
    ),
  );
  if (denied.length === 0) return [];
  const ports = denied.map((one) => portsText({ ...one, ports: [one.port] })).join(' and ');
  return [
    {
      at: cluster.id,
      says: `${ports} to ${tag} is denied: a cluster without the konnectivity agent (kubectl get deployment konnectivity-agent -n kube-system) needs it`,
    },
  ];
}

const tunnel = [
  { protocol: 'Tcp', port: 9000 },
  { protocol: 'Udp', port: 1194 },
] as const;

const internet: AddressMatch = { kind: 'serviceTag', name: 'Internet' };
const timeServers = { protocol: 'Udp', ports: [123], isOptional: true } as const;

/** What every chain of rules does to packets of a subnet for one port. */
function decisionsOn(
  asked: {
    readonly destination: AddressMatch;
    readonly protocol: Protocol;
    readonly port: number;
  },
  subnet: ClusterSubnet,
  { cluster, settings, all }: OutboundContext,
): readonly Decision[] {
  const { destination, protocol, port } = asked;
  const surroundings = surroundingsOf(subnet, cluster, settings);
  return (subnet.prefixes.known ? subnet.prefixes.value : [])
    .flatMap((prefix) =>
      chainsOf(subnet, all, 'Outbound').map((chain) =>
        decide(
          {
            ...outbound(prefix, destination),
            protocols: [protocol],
            destinationPorts: [{ from: port, to: port }],
          },
          chain,
          surroundings,
        ),
      ),
    )
    .filter((decision) => !decision.asked.atMost.isEmpty());
}

function reachOf(text: string, isOptional: boolean, parts: readonly Part[]): Reach {
  const [first = notApplicable('No packet of the cluster goes there.'), ...others] = parts;
  return { text, isOptional, part: worstOf([first, ...others]) };
}
