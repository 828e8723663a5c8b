import { holds } from '../access/effective-permissions.ts';
import type { PermissionAnswer } from '../access/permission-answer.ts';
import type { ControlPlaneIdentity, InferenceCluster } from '../facts/inference-cluster.ts';
import { defineCheck } from '../model/check.ts';
import {
  type ResourceId,
  nameOf,
  parentOf,
  resourceGroupIdOf,
  resourceId,
  subscriptionIdOf,
} from '../model/resource-id.ts';
import { customersSubnets, noSubnet } from './customers-subnets.ts';
import { grantEvidence } from './access-evidence.ts';
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

/** What only Owner, User Access Administrator and roles like them hold. */
const mayGrant = ['Microsoft.Authorization/roleAssignments/write'];
/** What Contributor holds on a subscription, and no role for networks does. */
const mayRemoveEverything = [
  'Microsoft.Resources/subscriptions/resourceGroups/write',
  'Microsoft.Resources/subscriptions/resourceGroups/delete',
];

/** Whoever takes over the cluster's identity takes over a network, not a subscription. */
export const networkContributorNoWiderThanNeeded = defineCheck<InferenceCluster>({
  id: 'network-contributor-no-wider-than-needed',
  title: "The cluster's identity holds no more than it needs around its network",
  description:
    'Network Contributor on the resource group of the network is what the guidance asks for. Owner or User Access Administrator there or above let the identity of the cluster grant itself anything, and Contributor on the subscription or above lets it change and delete every resource group in it. Whoever gets hold of the control plane, or of a service principal’s secret, then holds that too. The check asks for the effective actions (writing role assignments; writing and deleting resource groups of the subscription), so custom roles, groups and deny assignments count as they do in Azure.',
  advice:
    'Assign Network Contributor on the resource group of the network first, see that network-contributor-granted passes, then remove the wider assignments that the finding names. Other things of the identity may rest on them: look at what else it does (a registry, a DNS zone, disks) before you remove one.',
  severity: 'low',
  kinds: ['pass', 'fail', 'unknown', 'notApplicable'],
  appliesTo: ['AKS', 'Kubernetes'],
  remediation: 'none',
  source:
    'https://learn.microsoft.com/azure/machine-learning/v1/how-to-secure-inferencing-vnet#network-contributor-role',
  evaluate(cluster) {
    const { subnets, identity } = cluster;
    const own = customersSubnets(cluster);
    if (own === undefined) return notApplicable('AKS made the virtual network itself.');
    if (!identity.known) return unknownPart(identity.missing);
    const holder = identity.value;
    return worstOr(
      [
        ...asksOf(
          own.map(({ id }) => id),
          cluster.access.denyAssignments.length > 0,
        ).map((ask) => judge(ask, holder, cluster)),
        ...unreadPart(subnets),
      ],
      noSubnet(cluster.id),
    );
  },
});

/** One thing that the identity should not be able to do somewhere. */
interface Ask {
  readonly scope: ResourceId;
  readonly actions: readonly string[];
  /** What it could do, before the place. */
  readonly power: string;
}

/** What is granted above holds for the subnets too, unless a deny assignment may cut it on the way down. */
function asksOf(subnets: readonly ResourceId[], isCut: boolean): readonly Ask[] {
  const networks = distinct(subnets.map(parentOf));
  const groups = distinct(networks.flatMap((network) => resourceGroupIdOf(network) ?? []));
  const subscriptions = distinct(
    networks.flatMap((network) => {
      const guid = subscriptionIdOf(network);
      return guid === undefined ? [] : [resourceId(`/subscriptions/${guid}`)];
    }),
  );
  return [
    ...(isCut ? [...subscriptions, ...groups, ...networks, ...subnets] : subnets).map((scope) => ({
      scope,
      actions: mayGrant,
      power: 'may assign roles on',
    })),
    ...subscriptions.map((scope) => ({
      scope,
      actions: mayRemoveEverything,
      power: 'may change and delete every resource group of',
    })),
  ];
}

function judge(
  { scope, actions, power }: Ask,
  { principalId }: ControlPlaneIdentity,
  { access }: InferenceCluster,
): Part {
  const answer = holds(actions, principalId, scope, access);
  switch (answer.verdict) {
    case 'granted':
      return fail(
        'low',
        `The cluster's identity ${principalId} ${power} ${placeText(answer.via.at(-1)?.scope ?? scope)}, by ${rolesText(answer)}. Network Contributor on the resource group of the network is enough.`,
        grantEvidence([{ scope, answer }], 'the identity'),
      );
    case 'notGranted':
      return pass(
        `The cluster's identity ${principalId} can neither assign roles around its network nor change the whole subscription.`,
        [{ at: scope, says: `no role assignment here or above gives it ${listed(actions)}` }],
      );
    case 'unknown':
      return unknownPart(answer.missing);
    default:
      return answer.verdict satisfies never;
  }
}

function placeText(scope: ResourceId): string {
  if (scope === '/') return 'the whole tenant';
  if (scope.startsWith('/providers/')) return `management group ${nameOf(scope)}`;
  if (resourceGroupIdOf(scope) === undefined) return `subscription ${nameOf(scope)}`;
  return resourceGroupIdOf(scope) === scope ? `resource group ${nameOf(scope)}` : nameOf(scope);
}

function rolesText({ via }: PermissionAnswer): string {
  return listed(via.map(({ roleName, scope }) => `role ${roleName} at ${scope}`));
}
