import { managementGroupsIn } from '../../facts/management-groups.ts';
import type { ResourceType } from '../../inventory/resource-types.ts';
import { type ResourceId, nameOf, resourceGroupIdOf, resourceId } from '../../model/resource-id.ts';
import { listEach } from './list-each.ts';
import type { Reading } from './reading.ts';

const groupsType = 'microsoft.resources/subscriptions/resourcegroups';
const locksType = 'microsoft.authorization/locks';
const stacksType = 'microsoft.resources/deploymentstacks';

/** What a plan may write to, or to the resource group of. */
const writtenTypes: ReadonlySet<ResourceType> = new Set<ResourceType>([
  'microsoft.network/networksecuritygroups',
  'microsoft.network/virtualnetworks',
]);

/**
 * What tells whose the networks and their security groups are: locks, deployment stacks and resource
 * groups, as Resource Manager has them now; Resource Graph holds neither locks nor stacks. A list of
 * locks goes all the way down, one of stacks holds those of its own scope.
 * Sources: learn.microsoft.com/rest/api/resources/management-locks/list-at-subscription-level,
 * learn.microsoft.com/rest/api/resources/deployment-stacks/list-at-subscription
 */
export async function readOwnershipRows(reading: Reading): Promise<void> {
  if (!reading.wants(groupsType, locksType, stacksType)) return;
  const groups = writtenGroups(reading);
  const subscriptions = distinct(groups.map(subscriptionOf));
  await listEach(reading, {
    type: locksType,
    parents: subscriptions,
    pathOf: (id) => `${id}/providers/Microsoft.Authorization/locks`,
    apiVersion: '2016-09-01',
    what: () => 'locks',
  });
  await listEach(reading, {
    type: groupsType,
    parents: subscriptions,
    pathOf: (id) => `${id}/resourceGroups`,
    apiVersion: '2021-04-01',
    what: () => 'resource groups',
  });
  await listEach(reading, {
    type: stacksType,
    parents: [...groups, ...subscriptions, ...groupsAbove(reading, subscriptions)],
    pathOf: (id) => `${id}/providers/Microsoft.Resources/deploymentStacks`,
    apiVersion: '2024-03-01',
    what: (id) => `deployment stacks of ${nameOf(id)}`,
    mayBeAbsent: true,
  });
}

/** The management groups above the subscriptions; where a row does not say, its stacks are a gap. */
function groupsAbove(
  reading: Reading,
  subscriptions: readonly ResourceId[],
): readonly ResourceId[] {
  const above = subscriptions.flatMap((scope): readonly ResourceId[] => {
    const row = reading.rows.get(scope);
    const groups = row === undefined ? undefined : managementGroupsIn(row);
    if (groups?.known === true) return groups.value;
    const what = 'deployment stacks of management groups';
    reading.miss({ type: stacksType, scope, what, why: 'the groups above it were not read' });
    return [];
  });
  return distinct(above);
}

function writtenGroups(reading: Reading): readonly ResourceId[] {
  const written = [...reading.rows.values()].filter(({ type }) => writtenTypes.has(type));
  return distinct(written.flatMap(({ id }) => resourceGroupIdOf(id) ?? []));
}

function subscriptionOf(id: ResourceId): ResourceId {
  return resourceId(id.split('/').slice(0, 3).join('/'));
}

function distinct(ids: readonly ResourceId[]): readonly ResourceId[] {
  return [...new Set(ids)].toSorted();
}
