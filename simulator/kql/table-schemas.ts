/** The tables of Resource Graph and their columns. */

export interface Column {
  readonly name: string;
  /** Kusto's name of the type: `string`, `dynamic`, `long`, … */
  readonly type: string;
}

/**
 * The columns of every table, in the order Resource Graph answers them. Answers recorded from
 * `resources`, `recoveryservicesresources` and `communitygalleryresources` have these sixteen; the
 * other tables are taken to have the same.
 */
export const tableColumns: readonly Column[] = [
  { name: 'id', type: 'string' },
  { name: 'name', type: 'string' },
  { name: 'type', type: 'string' },
  { name: 'tenantId', type: 'string' },
  { name: 'kind', type: 'string' },
  { name: 'location', type: 'string' },
  { name: 'resourceGroup', type: 'string' },
  { name: 'subscriptionId', type: 'string' },
  { name: 'managedBy', type: 'string' },
  { name: 'sku', type: 'dynamic' },
  { name: 'plan', type: 'dynamic' },
  { name: 'properties', type: 'dynamic' },
  { name: 'tags', type: 'dynamic' },
  { name: 'identity', type: 'dynamic' },
  { name: 'zones', type: 'dynamic' },
  { name: 'extendedLocation', type: 'dynamic' },
];

/**
 * The names of the tables, lower-cased.
 * Source: https://learn.microsoft.com/azure/governance/resource-graph/reference/supported-tables-resources
 * and the list in …/concepts/query-language.
 */
export const tableNames: readonly string[] = [
  'advisorresources',
  'aksresources',
  'alertsmanagementresources',
  'appserviceresources',
  'authorizationresources',
  'awsresources',
  'azurebusinesscontinuityresources',
  'azuredevopsplatformresources',
  'batchresources',
  'capabilityresources',
  'chaosresources',
  'communitygalleryresources',
  'computeresources',
  'connectedvmwarevsphereresources',
  'containerserviceeventresources',
  'deploymentresources',
  'desktopvirtualizationresources',
  'dnsresources',
  'edgeorderresources',
  'elasticsanresources',
  'extendedlocationresources',
  'extensibilityresourcechanges',
  'extensibilityresources',
  'featureresources',
  'guestconfigurationresources',
  'healthresourcechanges',
  'healthresources',
  'impactreportresources',
  'insightresources',
  'insightsresources',
  'iotsecurityresources',
  'kubernetesconfigurationresources',
  'kustoresources',
  'maintenanceresourcechanges',
  'maintenanceresources',
  'managedserviceresources',
  'managedservicesresources',
  'migrateresources',
  'networkresourcechanges',
  'networkresources',
  'patchassessmentresources',
  'patchinstallationresources',
  'policyresources',
  'recoveryservicesresources',
  'resourcechanges',
  'resourcecontainerchanges',
  'resourcecontainers',
  'resources',
  'securityresources',
  'servicehealthresources',
  'spotresources',
  'supportresources',
  'tagsresources',
  'workloadmonitorresources',
];

/** The table a query reads that begins with an operator. */
export const defaultTable = 'resources';
