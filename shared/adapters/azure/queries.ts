import type { ResourceType } from '../../inventory/resource-types.ts';
import { type ResourceId, resourceId } from '../../model/resource-id.ts';
import { kqlList } from './kql.ts';

/**
 * Every query that is sent to Resource Graph. They fetch and project; what a row means is decided by
 * `facts`. Each keeps Resource Manager's shape and is ordered by id, without which pages would
 * overlap. Source: https://learn.microsoft.com/azure/governance/resource-graph/concepts/work-with-data
 */
const shape =
  '| project id, name, type, kind, location, managedBy, tags, sku, identity, properties\n| order by id asc';
const bareShape = '| project id, name, type, properties\n| order by id asc';

/** Azure advises to ask for fewer than 300 ids at once. */
export const idsPerQuery = 299;

/** The clusters, what attaches them to Azure ML, and the public IP addresses that carry its scoring service. */
export function rootsQuery(types: readonly ResourceType[]): string {
  return [
    'resources',
    `| where type in~ ${kqlList(types)}`,
    "    or (type =~ 'microsoft.network/publicipaddresses' and tostring(tags) contains 'azureml-fe')",
    shape,
  ].join('\n');
}

/** How many clusters lie in which subscription. */
export function clusterCountsQuery(): string {
  return [
    'resources',
    "| where type =~ 'microsoft.containerservice/managedclusters'",
    '| summarize clusters = count() by subscriptionId',
    "| extend id = strcat('/subscriptions/', subscriptionId)",
    '| project id, clusters',
    '| order by id asc',
  ].join('\n');
}

export function subscriptionsQuery(): string {
  return ['resourcecontainers', "| where type =~ 'microsoft.resources/subscriptions'", shape].join(
    '\n',
  );
}

/** Azure ML's extensions; Resource Graph spells the members of an extension as its provider does, or in capitals. */
export function extensionsQuery(): string {
  return [
    'kubernetesconfigurationresources',
    "| where type =~ 'microsoft.kubernetesconfiguration/extensions'",
    "| where tostring(properties.ExtensionType) =~ 'microsoft.azureml.kubernetes'",
    "    or tostring(properties.extensionType) =~ 'microsoft.azureml.kubernetes'",
    bareShape,
  ].join('\n');
}

/** Resources of any type by id. */
export function byIdQuery(ids: Iterable<ResourceId>): string {
  return ['resources', `| where id in~ ${kqlList(ids)}`, shape].join('\n');
}

/** What lies in resource groups of these names, in whichever subscription. */
export function inGroupsQuery(types: readonly ResourceType[], groups: Iterable<string>): string {
  return [
    'resources',
    `| where type in~ ${kqlList(types)}`,
    `| where resourceGroup in~ ${kqlList(groups)}`,
    shape,
  ].join('\n');
}

/** What names an application security group: interfaces, scale sets, private endpoints. */
export function groupMembersQuery(types: readonly ResourceType[]): string {
  return [
    'resources',
    `| where type in~ ${kqlList(types)}`,
    "| where tostring(properties) contains '/applicationSecurityGroups/'",
    shape,
  ].join('\n');
}

export function adminRulesQuery(): string {
  return [
    'networkresources',
    "| where type =~ 'microsoft.network/effectivesecurityadminrules'",
    bareShape,
  ].join('\n');
}

export function policyExemptionsQuery(): string {
  return [
    'policyresources',
    "| where type =~ 'microsoft.authorization/policyexemptions'",
    bareShape,
  ].join('\n');
}

/** The role assignments of these principals, wherever they are assigned. */
export function assignmentsOfQuery(principals: Iterable<string>): string {
  return [
    'authorizationresources',
    "| where type =~ 'microsoft.authorization/roleassignments'",
    `| where tostring(properties.principalId) in~ ${kqlList(principals)}`,
    bareShape,
  ].join('\n');
}

/**
 * The role assignments of groups, and of principals of no stated kind, that bear on these resource
 * groups: made in them, at their subscriptions or above.
 */
export function groupAssignmentsQuery(resourceGroups: Iterable<ResourceId>): string {
  const groups = [...resourceGroups];
  const subscriptions = new Set(
    groups.map((group) => resourceId(group.split('/').slice(0, 3).join('/'))),
  );
  return [
    'authorizationresources',
    "| where type =~ 'microsoft.authorization/roleassignments'",
    "| where tostring(properties.principalType) !in~ ('User', 'ServicePrincipal')",
    '| extend scope = tolower(tostring(properties.scope))',
    "| extend resourceGroupId = extract('^(/subscriptions/[^/]+/resourcegroups/[^/]+)', 1, scope)",
    `| where resourceGroupId in~ ${kqlList(groups)}`,
    `    or scope in~ ${kqlList(subscriptions)}`,
    "    or not(scope startswith '/subscriptions/')",
    bareShape,
  ].join('\n');
}

/** Role definitions by the GUIDs that assignments name. */
export function roleDefinitionsQuery(guids: Iterable<string>): string {
  return [
    'authorizationresources',
    "| where type =~ 'microsoft.authorization/roledefinitions'",
    `| where name in~ ${kqlList(guids)}`,
    bareShape,
  ].join('\n');
}
