import { networkContributor, routeTableMinimum, subnetMinimum } from '../access/aks-permissions.ts';
import { holds } from '../access/effective-permissions.ts';
import { lackingText } from '../checks/access-evidence.ts';
import { customersSubnets } from '../checks/customers-subnets.ts';
import { distinct } from '../checks/judgement.ts';
import type { InferenceCluster } from '../facts/inference-cluster.ts';
import {
  type ResourceId,
  nameOf,
  parentOf,
  resourceGroupIdOf,
  resourceGroupOf,
} from '../model/resource-id.ts';
import { written } from './explain-facts.ts';
import type { ExplainedAccess } from './explanation.ts';

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
