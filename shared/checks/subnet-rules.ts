import type { ClusterSubnet, InferenceCluster } from '../facts/inference-cluster.ts';
import { nameOf } from '../model/resource-id.ts';
import { type Evidence, type Missing, type Witness, foundIn } from '../model/verdict.ts';
import { describePacket } from '../packets/describe.ts';
import type { PacketSet } from '../packets/packet-set.ts';
import type { Surroundings } from '../network/address-bounds.ts';
import type { Decision, RuleList, RuleShare } from '../network/decide.ts';
import type {
  AdminRule,
  NetworkSecurityGroup,
  RuleMatch,
  SecurityRule,
} from '../network/security-rule.ts';
import { virtualNetworkBounds } from '../network/virtual-network.ts';
import type { ClusterSettings } from '../settings/cluster-settings.ts';
import { distinct } from './judgement.ts';
import { keptBy } from './kept-by.ts';

/** The subnets whose packets are the cluster's own: nodes and pods, not the API server's. */
export function workloadSubnets(subnets: readonly ClusterSubnet[]): readonly ClusterSubnet[] {
  return subnets.filter(({ usedBy }) => usedBy.includes('nodes') || usedBy.includes('pods'));
}

export function nodeSubnets(subnets: readonly ClusterSubnet[]): readonly ClusterSubnet[] {
  return subnets.filter(({ usedBy }) => usedBy.includes('nodes'));
}

/**
 * The lists of rules between a subnet's nodes and the rest of the world, in Azure's order; one
 * chain for each distinct network security group on the nodes' interfaces. Pods leave through the
 * interfaces of their nodes, so a subnet of pods alone has the chains of the node subnets.
 * Asked again, the answer is the same object: what is made of a list of rules is kept by the list.
 */
export function chainsOf(
  subnet: ClusterSubnet,
  all: readonly ClusterSubnet[],
  direction: 'Inbound' | 'Outbound',
): readonly (readonly RuleList[])[] {
  return keptChains[direction](subnet, all);
}

const keptChains = {
  Inbound: keptBy((subnet: ClusterSubnet, all: readonly ClusterSubnet[]) =>
    chainsThrough(subnet, all, 'Inbound'),
  ),
  Outbound: keptBy((subnet: ClusterSubnet, all: readonly ClusterSubnet[]) =>
    chainsThrough(subnet, all, 'Outbound'),
  ),
};

function chainsThrough(
  subnet: ClusterSubnet,
  all: readonly ClusterSubnet[],
  direction: 'Inbound' | 'Outbound',
): readonly (readonly RuleList[])[] {
  const admin = adminLists(subnet);
  const group = groupLists(
    subnet.securityGroup,
    `network security group of subnet ${nameOf(subnet.id)}`,
  );
  return nodeLists(subnet, all).map((node) =>
    direction === 'Inbound' ? [...admin, ...group, ...node] : [...admin, ...node, ...group],
  );
}

function adminLists({ adminRules, virtualNetwork, id }: ClusterSubnet): readonly RuleList[] {
  if (!adminRules.known) {
    return [
      { kind: 'unread', of: 'admin', name: 'security admin rules', missing: adminRules.missing },
    ];
  }
  if (adminRules.value.length === 0) return [];
  return [
    {
      kind: 'admin',
      at: virtualNetwork.known ? virtualNetwork.value.id : id,
      name: 'security admin rules',
      rules: adminRules.value,
    },
  ];
}

function groupLists(group: ClusterSubnet['securityGroup'], name: string): readonly RuleList[] {
  if (!group.known) {
    return [{ kind: 'unread', of: 'securityGroup', name, missing: group.missing }];
  }
  return group.value === null ? [] : [groupList(group.value)];
}

function groupList(group: NetworkSecurityGroup): RuleList {
  return { kind: 'securityGroup', at: group.id, name: group.name, rules: group.rules };
}

function nodeLists(
  subnet: ClusterSubnet,
  all: readonly ClusterSubnet[],
): readonly (readonly RuleList[])[] {
  const hosts = subnet.usedBy.includes('nodes') ? [subnet] : nodeSubnets(all);
  const lists = hosts.flatMap(({ nodeSecurityGroups }): readonly (readonly RuleList[])[] => {
    const read = foundIn(nodeSecurityGroups).map((group): readonly RuleList[] =>
      group === null ? [] : [groupList(group)],
    );
    if (nodeSecurityGroups.known) return read;
    const name = "network security group of the nodes' interfaces";
    const { missing } = nodeSecurityGroups;
    return [...read, [{ kind: 'unread', of: 'securityGroup', name, missing }]];
  });
  const distinctLists = new Map(
    lists.map((list) => [list.map((one) => ('at' in one ? one.at : one.name)).join(), list]),
  );
  return distinctLists.size === 0 ? [[]] : [...distinctLists.values()];
}

/**
 * What rules on this subnet can name: the meaning of VirtualNetwork here, and the tag list. Asked
 * again, the answer is the same object, as of {@link chainsOf}.
 */
export function surroundingsOf(
  subnet: ClusterSubnet,
  cluster: InferenceCluster,
  settings: ClusterSettings,
): Surroundings {
  return keptSurroundings(subnet, cluster.serviceTags, settings.onPremises);
}

const keptSurroundings = keptBy(
  (
    { groupMembers, virtualNetwork, routeTable }: ClusterSubnet,
    serviceTags: InferenceCluster['serviceTags'],
    onPremises: ClusterSettings['onPremises'],
  ): Surroundings => ({
    serviceTags,
    ...(groupMembers === undefined ? {} : { groupMembers }),
    ...(virtualNetwork.known
      ? {
          virtualNetwork: virtualNetworkBounds(
            virtualNetwork.value,
            routeTable,
            serviceTags,
            onPremises,
          ),
        }
      : {}),
  }),
);

/**
 * A list without the rules that are for traffic from application security groups alone: members are
 * network interfaces, and the host that probes is none
 * (learn.microsoft.com/azure/virtual-network/application-security-groups).
 */
export const withoutGroupSources = keptBy((list: RuleList): RuleList => {
  const concerns = ({ sources }: RuleMatch): boolean =>
    sources.some(({ kind }) => kind !== 'applicationSecurityGroup');
  if (list.kind === 'unread' || list.rules.every(concerns)) return list;
  return list.kind === 'admin'
    ? { ...list, rules: list.rules.filter(concerns) }
    : { ...list, rules: list.rules.filter(concerns) };
});

/** The rules of a decision that keep packets of `region` out, with their lists. */
export function blockers(
  decision: Decision,
  region: PacketSet,
): readonly { readonly list: RuleList; readonly rule: SecurityRule | AdminRule }[] {
  return sharesIn(decision, region, 'certain').filter(({ rule }) => rule.access === 'Deny');
}

/** The rules of a decision that let packets of `region` pass, with their lists. */
export function admitters(
  decision: Decision,
  region: PacketSet,
): readonly { readonly list: RuleList; readonly rule: SecurityRule | AdminRule }[] {
  return sharesIn(decision, region, 'possible').filter(({ rule }) => rule.access !== 'Deny');
}

function sharesIn(decision: Decision, region: PacketSet, bound: 'certain' | 'possible') {
  return decision.hops.flatMap(({ list, shares }) =>
    shares
      .filter((share) => !share[bound].intersect(region).isEmpty())
      .map(({ rule }) => ({ list, rule })),
  );
}

/**
 * What kept a decision from being made of a region (by default of all that it leaves undecided): unread
 * lists, unresolved tags and groups of the rules in doubt.
 */
export function whyUndecided(
  decision: Decision,
  region: PacketSet = decision.undecided,
): readonly Missing[] {
  const inDoubt = decision.hops.flatMap(({ list, shares }) =>
    shares
      .filter((share) => isInDoubt(share, region))
      .flatMap(({ rule }) => unresolvedIn(rule, 'at' in list ? list.at : list.name, decision)),
  );
  const missing = [...decision.missing, ...inDoubt];
  return missing.length > 0
    ? missing
    : [
        {
          what: 'the exact extent of the VirtualNetwork and Internet service tags here',
          scope: '/',
          why: 'a gateway, a route or a peering widens them by ranges that no resource shows',
        },
      ];
}

function isInDoubt({ certain, possible }: RuleShare, undecided: PacketSet): boolean {
  return !possible.subtract(certain).intersect(undecided).isEmpty();
}

/** Tags whose addresses are fixed or follow from the network, so that no list is missing for them. */
const neverListed: ReadonlySet<string> = new Set([
  'virtualnetwork',
  'internet',
  'azureloadbalancer',
  'azureplatformdns',
  'azureplatformimds',
]);

function unresolvedIn(
  rule: SecurityRule | AdminRule,
  scope: string,
  { knowsMembers }: Decision,
): readonly Missing[] {
  return distinct([...rule.sources, ...rule.destinations]).flatMap((match): readonly Missing[] => {
    if (match.kind === 'applicationSecurityGroup') {
      if (knowsMembers(match.id)) return [];
      return [
        {
          what: `the members of application security group ${nameOf(match.id)}`,
          scope: match.id,
          why: `rule ${rule.name} names it, and its members are not resolved`,
        },
      ];
    }
    if (match.kind === 'unclear') {
      const why = `rule ${rule.name} has it, and what Azure makes of it is not known`;
      return [{ what: `the addresses of "${match.text}"`, scope, why, gap: true }];
    }
    if (match.kind !== 'serviceTag') return [];
    const tag = match.name.toLowerCase();
    if (neverListed.has(tag)) return [];
    return [
      {
        what: `the addresses of service tag ${match.name}`,
        scope,
        why: `rule ${rule.name} names it, and no service tag list that holds it was read`,
      },
    ];
  });
}

/** A witness of `region` as evidence shows it. */
export function witnessOf(
  region: PacketSet,
  decision: Decision,
  direction: 'inbound' | 'outbound',
): { readonly witness?: Witness } {
  const packet = region.witness();
  return packet === undefined
    ? {}
    : { witness: { direction, ...describePacket(packet, decision.names) } };
}

/** Evidence that rules of a decision allow or deny a region, one sentence a rule. */
export function ruleEvidence(
  found: readonly { readonly list: RuleList; readonly rule: SecurityRule | AdminRule }[],
  says: (rule: SecurityRule | AdminRule, listName: string) => string,
  witness: { readonly witness?: Witness } = {},
): readonly Evidence[] {
  return found.flatMap(({ list, rule }) =>
    'at' in list ? [{ at: list.at, rule: rule.name, says: says(rule, list.name), ...witness }] : [],
  );
}
