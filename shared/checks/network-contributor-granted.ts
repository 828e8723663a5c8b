import { networkContributor, routeTableMinimum, subnetMinimum } from '../access/aks-permissions.ts';
import { holds } from '../access/effective-permissions.ts';
import type {
  ClusterSubnet,
  ControlPlaneIdentity,
  InferenceCluster,
} from '../facts/inference-cluster.ts';
import { defineCheck } from '../model/check.ts';
import {
  type ResourceId,
  nameOf,
  parentOf,
  resourceGroupIdOf,
  resourceGroupOf,
} from '../model/resource-id.ts';
import type { Missing } from '../model/verdict.ts';
import {
  type Need,
  grantEvidence,
  lackEvidence,
  lackingText,
  mendEvidence,
  mendTexts,
} from './access-evidence.ts';
import { customersSubnets, noSubnet } from './customers-subnets.ts';
import {
  type Part,
  distinct,
  fail,
  listed,
  notApplicable,
  pass,
  unknownPart,
  unreadPart,
  worstOr,
} from './judgement.ts';

/** The control plane may join nodes and load balancers to the customer's network. */
export const networkContributorGranted = defineCheck<InferenceCluster>({
  id: 'network-contributor-granted',
  title: "The cluster's identity is Network Contributor on the resource group of its network",
  description:
    "AKS's control plane joins nodes to subnets and attaches load balancers with its own identity: a service principal, a system-assigned or a user-assigned identity, never the kubelet's. The guidance asks that it holds Network Contributor on the resource group of the virtual network. Without at least reading and joining every subnet, scaling fails with LinkedAuthorizationFailed and services of type LoadBalancer stay <pending>. The check works out the effective actions: roles there and above, groups, custom roles, notActions, conditions and deny assignments.",
  advice:
    "Assign Network Contributor to the cluster's control-plane identity (object id, not app id) on the resource group of the virtual network. If the minimum that AKS needs is enough for you, leave a working grant as it is and exempt the finding.",
  severity: 'high',
  kinds: ['pass', 'fail', 'unknown', 'notApplicable'],
  appliesTo: ['AKS', 'Kubernetes'],
  remediation: 'automatic',
  source:
    'https://learn.microsoft.com/azure/machine-learning/v1/how-to-secure-inferencing-vnet#network-contributor-role',
  evaluate(cluster) {
    const { subnets, identity } = cluster;
    const own = customersSubnets(cluster);
    if (own === undefined) {
      return notApplicable('AKS made the virtual network itself and holds what it needs there.');
    }
    if (!identity.known) return unknownPart(identity.missing);
    return worstOr(
      [
        ...distinct(own.map(({ id }) => parentOf(id))).map((network) =>
          judgeNetwork(
            network,
            own.filter(({ id }) => parentOf(id) === network),
            identity.value,
            cluster,
          ),
        ),
        ...unreadPart(subnets),
      ],
      noSubnet(cluster.id),
    );
  },
});

/** What a control plane is asked to hold for one virtual network. */
export interface ControlPlaneNeeds {
  /** What the guidance asks for, on the network's resource group. */
  readonly guidance: Need;
  /** The least that AKS needs, on each subnet and each route table of the customer's. */
  readonly minimum: readonly Need[];
  /** Route tables that could not be read. */
  readonly missing: readonly Missing[];
}

/** What the control plane needs in a network whose resource group is `group`, and whether it holds it. */
export function controlPlaneNeeds(
  group: ResourceId,
  subnets: readonly ClusterSubnet[],
  identity: ControlPlaneIdentity,
  cluster: InferenceCluster,
): ControlPlaneNeeds {
  const ask = (actions: readonly string[], scope: ResourceId): Need => ({
    scope,
    answer: holds(actions, identity.principalId, scope, cluster.access),
  });
  const tables = customersRouteTables(subnets, cluster);
  return {
    guidance: ask(networkContributor, group),
    minimum: [
      ...subnets.map(({ id }) => ask(subnetMinimum, id)),
      ...tables.ids.map((id) => ask(routeTableMinimum, id)),
    ],
    missing: tables.missing,
  };
}

function judgeNetwork(
  network: ResourceId,
  subnets: readonly ClusterSubnet[],
  identity: ControlPlaneIdentity,
  cluster: InferenceCluster,
): Part {
  const group = resourceGroupIdOf(network);
  if (group === undefined) {
    const why = 'its id names no resource group';
    return unknownPart([{ what: 'the resource group of the network', scope: network, why }]);
  }
  const {
    guidance,
    minimum,
    missing: unreadTables,
  } = controlPlaneNeeds(group, subnets, identity, cluster);
  const who = `${identityText(identity)} ${identity.principalId}`;
  const assignee = {
    principalId: identity.principalId,
    principalType: 'ServicePrincipal',
  } as const;
  const mend = ({ scope, answer }: Need) => mendEvidence(answer.notGiven, scope, assignee);
  const groupName = `resource group ${nameOf(group)}`;

  const lacking = minimum.filter(({ answer }) => answer.verdict === 'notGranted');
  if (lacking.length > 0) {
    return fail(
      'high',
      [
        `The cluster's ${who} ${lackText(lacking)}`,
        ...mendTexts(lacking, `Assign Network Contributor on ${groupName}.`, 'identity'),
      ].join(' '),
      [
        ...lacking.map((need) => lackEvidence(need, who)),
        ...grantEvidence([guidance, ...minimum], who),
        ...[...lacking, guidance].flatMap(mend),
      ],
      unreadTables,
    );
  }
  const doubtful = [guidance, ...minimum].filter(({ answer }) => answer.verdict === 'unknown');
  const missing = doubtful.flatMap(({ answer }) => answer.missing);
  if (guidance.answer.verdict === 'granted') {
    return doubtful.length === 0
      ? pass(
          `The cluster's ${who} holds Microsoft.Network/* on ${groupName}.`,
          grantEvidence([guidance], who),
        )
      : unknownPart(missing, undefined, grantEvidence([guidance], who));
  }
  if (doubtful.length > 0 || unreadTables.length > 0) {
    return unknownPart(
      [...missing, ...unreadTables],
      undefined,
      grantEvidence([guidance, ...minimum], who),
    );
  }
  return fail(
    'low',
    `The cluster's ${who} can do what AKS needs at the least, but holds less than Network Contributor on ${groupName}, which the guidance asks for.`,
    [lackEvidence(guidance, who), ...grantEvidence(minimum, who), ...mend(guidance)],
  );
}

function lackText(lacking: readonly Need[]): string {
  const words = lacking.map(
    ({ scope, answer }) => `${lackingText(answer.lacking)} on ${nameOf(scope)}`,
  );
  return `lacks ${listed(words, 2)}.`;
}

/** Route tables that nodes use and AKS did not make itself. */
function customersRouteTables(
  subnets: readonly ClusterSubnet[],
  { nodeResourceGroup }: InferenceCluster,
): { readonly ids: readonly ResourceId[]; readonly missing: readonly Missing[] } {
  const ids: ResourceId[] = [];
  const missing: Missing[] = [];
  for (const { routeTable, usedBy } of subnets) {
    if (!usedBy.includes('nodes')) continue;
    if (!routeTable.known) missing.push(...routeTable.missing);
    else if (
      routeTable.value !== null &&
      resourceGroupOf(routeTable.value.id) !== nodeResourceGroup
    ) {
      ids.push(routeTable.value.id);
    }
  }
  return { ids: distinct(ids), missing };
}

function identityText({ kind }: ControlPlaneIdentity): string {
  switch (kind) {
    case 'servicePrincipal':
      return 'service principal';
    case 'systemAssigned':
      return 'system-assigned identity';
    case 'userAssigned':
      return 'user-assigned identity';
    default:
      return kind satisfies never;
  }
}
