import { networkContributor, routeTableMinimum, subnetMinimum } from '../access/aks-permissions.ts';
import { holds } from '../access/effective-permissions.ts';
import { leastGrant } from '../access/least-grant.ts';
import { assignmentCommand } from '../access/role-commands.ts';
import { lackingText } from '../checks/access-evidence.ts';
import { customersSubnets } from '../checks/customers-subnets.ts';
import { distinct, listed } from '../checks/judgement.ts';
import type { InferenceCluster } from '../facts/inference-cluster.ts';
import {
  type ResourceId,
  nameOf,
  parentOf,
  resourceGroupIdOf,
  resourceGroupOf,
} from '../model/resource-id.ts';
import { written } from './explain-facts.ts';
import type { ExplainedAccess, Fix } from './explanation.ts';

/** What the control plane may do to the customer's networks, and the roles that let it. */
export function explainAccess(cluster: InferenceCluster): readonly ExplainedAccess[] {
  const { identity, access } = cluster;
  if (!identity.known) return [];
  return questionsOf(cluster).map(({ asks, why, scope }): ExplainedAccess => {
    const answer = holds(asks, identity.value.principalId, scope, access);
    const { cutBy } = answer;
    return {
      asks,
      why,
      scope,
      verdict: answer.verdict,
      grants: answer.via.map((grant) => ({
        assignmentId: grant.assignment.id,
        role: grant.roleName,
        scope: grant.scope,
        inheritedFrom: grant.inheritedFrom,
        groups: grant.groups,
        gives: distinct(grant.gives.map(({ pattern }) => pattern)),
      })),
      lacking: answer.lacking === undefined ? null : lackingText(answer.lacking),
      cutBy:
        cutBy === undefined
          ? null
          : { name: cutBy.deny.name, scope: cutBy.deny.scope, pattern: cutBy.pattern },
      missing: written(answer.missing),
    };
  });
}

/** The least roles that give the control plane what it lacks for certain. */
export function accessFix(cluster: InferenceCluster): Fix | null {
  const { identity, access } = cluster;
  if (!identity.known) return null;
  const { principalId } = identity.value;
  const answers = questionsOf(cluster)
    .filter(({ why }) => why === 'guidance')
    .map(({ asks, scope }) => ({ scope, answer: holds(asks, principalId, scope, access) }));
  const commands = answers.flatMap(({ scope, answer: { notGiven } }) => {
    const { builtIn } = leastGrant(notGiven, scope);
    if (notGiven.length === 0 || builtIn === undefined) return [];
    const assignee = { principalId, principalType: 'ServicePrincipal' } as const;
    return assignmentCommand(assignee, builtIn.role.guid, scope) ?? [];
  });
  const denials = distinct(
    answers.flatMap(({ answer }) => answer.deniedBy.map(({ deny }) => deny.name)),
  );
  const exception =
    denials.length === 0
      ? ''
      : `No role gives back what deny assignment ${listed(denials)} takes away: it has to go, or to except the identity.`;
  if (commands.length === 0) return exception === '' ? null : { says: exception, commands };
  const says =
    `Assign the role that the guidance asks for (Network Contributor). ${exception}`.trim();
  return { says, commands };
}

interface AccessQuestion {
  readonly asks: readonly string[];
  readonly why: 'guidance' | 'minimum';
  readonly scope: ResourceId;
}

/** The guidance on the group of each network, and what AKS needs at the least on subnets and routes. */
function questionsOf(cluster: InferenceCluster): readonly AccessQuestion[] {
  const own = customersSubnets(cluster) ?? [];
  const groups = distinct(own.flatMap(({ id }) => resourceGroupIdOf(parentOf(id)) ?? []));
  const tables = distinct(
    own.flatMap(({ routeTable, usedBy }) =>
      usedBy.includes('nodes') && routeTable.known && routeTable.value !== null
        ? [routeTable.value.id]
        : [],
    ),
  ).filter((id) => resourceGroupOf(id) !== cluster.nodeResourceGroup);
  return [
    ...groups.map((scope) => ({ asks: networkContributor, why: 'guidance', scope }) as const),
    ...own.map(({ id }) => ({ asks: subnetMinimum, why: 'minimum', scope: id }) as const),
    ...tables.map((scope) => ({ asks: routeTableMinimum, why: 'minimum', scope }) as const),
  ];
}

/** A scope as people call it: `resource group rg-net`, `subnet snet-a`, `management group mg`. */
export function scopeText(scope: ResourceId): string {
  const kinds: Readonly<Record<string, string>> = {
    managementgroups: 'management group',
    resourcegroups: 'resource group',
    routetables: 'route table',
    subnets: 'subnet',
    subscriptions: 'subscription',
    virtualnetworks: 'virtual network',
  };
  if (scope === '/') return 'the whole tenant';
  const kind = scope.split('/').at(-2) ?? '';
  return `${kinds[kind] ?? kind} ${nameOf(scope)}`;
}
