import type { ClusterSubnet, InferenceCluster } from '../facts/inference-cluster.ts';
import { defineCheck } from '../model/check.ts';
import { nameOf } from '../model/resource-id.ts';
import { foundIn } from '../model/verdict.ts';
import { platformAddresses } from '../network/address-bounds.ts';
import { type Decision, type Question, type RuleList, decide } from '../network/decide.ts';
import type { AddressMatch, SecurityRule } from '../network/security-rule.ts';
import { noPackets } from '../packets/packet-set.ts';
import type { ClusterSettings } from '../settings/cluster-settings.ts';
import {
  type Part,
  fail,
  listed,
  notApplicable,
  noNodeSubnet,
  pass,
  unknownPart,
  unreadPart,
  worstOf,
} from './judgement.ts';
import { keptBy } from './kept-by.ts';
import { outbound } from './outbound-restriction.ts';
import { askableTag, requiredOutbound } from './required-outbound.ts';
import { chainsOf, surroundingsOf, workloadSubnets } from './subnet-rules.ts';
import { takenBy, whyTaken } from './takings.ts';

/** No rule takes packets of the cluster away from what Azure's default outbound rules allow. */
export const defaultOutboundKept = defineCheck<InferenceCluster>({
  id: 'default-outbound-kept',
  title: 'The default outbound rules are kept',
  description:
    "Azure's default rules AllowVnetOutBound and AllowInternetOutBound let nodes and pods reach the virtual network and the Internet: the control plane, the registries, the storage of the workspace. They cannot be deleted, but any rule with a smaller priority number can take packets away from them. The check subtracts, rule by rule, exactly what is taken from this cluster's subnets. Traffic to Azure's own platform addresses passes whatever rules say, unless they use the AzurePlatform tags, so only those count there.",
  advice:
    'Remove or narrow the rule, or, if outbound is meant to be restricted, say `"outbound": "restricted"` in the settings: then the checks of restricted outbound ask for what must stay reachable.',
  severity: 'high',
  kinds: ['pass', 'fail', 'unknown', 'notApplicable'],
  appliesTo: ['AKS', 'Kubernetes'],
  remediation: 'approval',
  source:
    'https://learn.microsoft.com/azure/machine-learning/v1/how-to-secure-inferencing-vnet#azure-kubernetes-service',
  evaluate(cluster, settings) {
    if (settings.outbound === 'restricted') {
      return notApplicable('The settings say that outbound is restricted on purpose.');
    }
    const all = foundIn(cluster.subnets);
    const [first, ...others] = [
      ...workloadSubnets(all).map((subnet) => judgeSubnet(subnet, { cluster, settings, all })),
      ...unreadPart(cluster.subnets),
    ];
    if (first === undefined) return noNodeSubnet(cluster.id);
    return worstOf([first, ...others]);
  },
});

interface Context {
  readonly cluster: InferenceCluster;
  readonly settings: ClusterSettings;
  readonly all: readonly ClusterSubnet[];
}

function judgeSubnet(subnet: ClusterSubnet, context: Context): Part {
  const { prefixes } = subnet;
  if (!prefixes.known) return unknownPart(prefixes.missing);
  const parts = prefixes.value.flatMap((prefix) =>
    chainsOf(subnet, context.all, 'Outbound').flatMap((chain) => [
      judgeDefaultRule('AllowVnetOutBound', prefix, chain, subnet, context),
      judgeDefaultRule('AllowInternetOutBound', prefix, chain, subnet, context),
    ]),
  );
  const [first, ...others] = parts;
  if (first === undefined) {
    const what = `the address range of subnet ${nameOf(subnet.id)}`;
    return unknownPart([{ what, scope: subnet.id, why: 'the subnet names none' }]);
  }
  return worstOf([first, ...others]);
}

/** What Azure's default rules let a subnet send, and one chain of rules that it passes. */
export interface DefaultOutboundQuestion {
  readonly question: Question;
  readonly chain: readonly RuleList[];
}

/**
 * All that the default outbound rules let each prefix of a subnet send, past every chain of rules, and
 * what it sends to Azure's platform where rules name that by its tags.
 */
export function defaultOutboundQuestions(
  subnet: ClusterSubnet,
  all: readonly ClusterSubnet[],
): readonly DefaultOutboundQuestion[] {
  return (subnet.prefixes.known ? subnet.prefixes.value : []).flatMap((prefix) =>
    chainsOf(subnet, all, 'Outbound').flatMap((chain) => [
      ...['VirtualNetwork', 'Internet'].map((name) => ({
        chain,
        question: outbound(prefix, { kind: 'serviceTag', name }),
      })),
      ...platformQuestions(prefix, chain),
    ]),
  );
}

/** Only rules that name the platform by its tags reach it: all else passes whatever they say. */
function platformQuestions(
  prefix: string,
  chain: readonly RuleList[],
): readonly DefaultOutboundQuestion[] {
  const named = chain.map(onlyPlatformRules).flatMap((list): readonly RuleList[] => {
    if (list.kind === 'unread' || list.rules.length === 0) return [];
    return list.kind === 'admin' ? [list] : [{ ...list, rules: [...list.rules, allElsePasses] }];
  });
  return named.length === 0
    ? []
    : ['AzurePlatformDNS', 'AzurePlatformIMDS'].map((name) => ({
        chain: named,
        question: outbound(prefix, { kind: 'serviceTag', name }),
      }));
}

const allElsePasses: SecurityRule = {
  name: '',
  direction: 'Outbound',
  access: 'Allow',
  protocol: '*',
  priority: 65_500,
  sources: [{ kind: 'any' }],
  sourcePorts: [],
  destinations: [{ kind: 'any' }],
  destinationPorts: [],
};

type DefaultRule = 'AllowVnetOutBound' | 'AllowInternetOutBound';

function judgeDefaultRule(
  defaultRule: DefaultRule,
  prefix: string,
  chain: readonly RuleList[],
  subnet: ClusterSubnet,
  context: Context,
): Part {
  const name = defaultRule === 'AllowVnetOutBound' ? 'VirtualNetwork' : 'Internet';
  const destination = { kind: 'serviceTag', name } as const;
  const surroundings = surroundingsOf(subnet, context.cluster, context.settings);
  const ask = (question: Partial<Question>, lists: readonly RuleList[]): Decision =>
    decide({ ...outbound(prefix, destination), ...question }, lists, surroundings);
  const decision = ask({ destinationExcept: platformAddresses }, chain);
  const takings = takenBy(decision, 'outbound');
  let takesPlatform = false;
  if (defaultRule === 'AllowVnetOutBound') {
    // Rules that name the platform's own tags are the only ones that reach the platform.
    const named = chain.map(onlyPlatformRules);
    const isNamed = named.some((list) => list.kind !== 'unread' && list.rules.length > 0);
    const ofPlatform = isNamed
      ? takenBy(ask({ destination: { kind: 'any' } }, named), 'outbound')
      : [];
    takesPlatform = ofPlatform.some((taking) => !taking.certain.isEmpty());
    takings.push(...ofPlatform);
  }
  const certain = takings.filter((taking) => !taking.certain.isEmpty());
  const unread = decision.missing.length > 0;
  if (certain.length > 0) {
    const summary = `${listed(certain.map(({ ruleName, listName }) => `Rule ${ruleName} of ${listName}`))} ${certain.length === 1 ? 'takes' : 'take'} ${listed(
      certain.map(({ text }) => text()),
      1,
    )} away from ${defaultRule}.`;
    const isWhole = decision.asked.atLeast.isSubsetOf(
      certain.reduce((set, taking) => set.union(taking.certain), noPackets),
    );
    const needed = neededAndTaken(ask, chain, context);
    const severity = isWhole || needed.length > 0 || takesPlatform ? 'high' : 'low';
    return fail(
      severity,
      `${summary}${neededText(needed, takesPlatform, isWhole)}`,
      certain.map(({ evidence }) => evidence()),
      unread ? decision.missing : [],
    );
  }
  if (unread || takings.length > 0) {
    const network = subnet.virtualNetwork.known ? [] : subnet.virtualNetwork.missing;
    return unknownPart([
      ...network,
      ...(takings.length > 0 ? whyTaken(decision, takings) : decision.missing),
    ]);
  }
  return pass(
    `No rule takes anything away from the default outbound rules of the cluster's subnets.`,
    [{ at: subnet.id, says: `${defaultRule} applies to all of ${prefix}` }],
  );
}

/** A required destination of which custom rules take something, or perhaps do. */
interface Needed {
  readonly text: string;
  readonly certain: boolean;
}

function neededAndTaken(
  ask: (question: Partial<Question>, lists: readonly RuleList[]) => Decision,
  chain: readonly RuleList[],
  { cluster }: Context,
): readonly Needed[] {
  return requiredOutbound(cluster).flatMap(({ serviceTag, protocol, ports }) => {
    const destination: AddressMatch = askableTag(serviceTag, cluster.serviceTags);
    const decision = ask({ destination, protocols: [protocol], destinationPorts: ports }, chain);
    const takings = takenBy(decision, 'outbound');
    if (takings.length === 0) return [];
    const portText = ports.map(({ from }) => from).join(', ');
    const certain = takings.some((taking) => !taking.certain.isEmpty());
    return [{ text: `${serviceTag} (${protocol} ${portText})`, certain }];
  });
}

function neededText(needed: readonly Needed[], takesPlatform: boolean, isWhole: boolean): string {
  const certain = needed.filter((one) => one.certain).map(({ text }) => text);
  if (certain.length > 0) return ` That includes what the cluster needs: ${listed(certain)}.`;
  if (takesPlatform) return " That includes Azure's own DNS or metadata, which every node needs.";
  if (needed.length > 0) {
    const may = listed(needed.map(({ text }) => text));
    return ` What the cluster needs may be among it (${may}): without the service tag list that cannot be ruled out.`;
  }
  return isWhole ? '' : ' Nothing that the cluster is known to need is among it.';
}

const onlyPlatformRules = keptBy((list: RuleList): RuleList => {
  if (list.kind === 'unread') return list;
  const namesPlatform = ({ destinations }: { readonly destinations: readonly AddressMatch[] }) =>
    destinations.some((match) => match.kind === 'serviceTag' && /^azureplatform/i.test(match.name));
  return list.kind === 'admin'
    ? { ...list, rules: list.rules.filter(namesPlatform) }
    : { ...list, rules: list.rules.filter(namesPlatform) };
});
