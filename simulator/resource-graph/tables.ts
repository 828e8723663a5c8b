import { types } from '../tenant/tenant.ts';

/**
 * Where Resource Graph keeps types that are not in `resources`.
 * https://learn.microsoft.com/azure/governance/resource-graph/reference/supported-tables-resources
 */
const tableOf: Readonly<Record<string, string>> = {
  [types.adminRules]: 'networkresources',
  [types.extensions]: 'kubernetesconfigurationresources',
  [types.managementGroups]: 'resourcecontainers',
  [types.policyExemptions]: 'policyresources',
  [types.resourceGroups]: 'resourcecontainers',
  [types.roleAssignments]: 'authorizationresources',
  [types.roleDefinitions]: 'authorizationresources',
  [types.subscriptions]: 'resourcecontainers',
};

/** Types that Resource Graph does not know: only their own services tell of them. */
const inNoTable = new Set<string>([
  'microsoft.containerservice/managedclusters/trustedaccessrolebindings',
  'microsoft.machinelearningservices/workspaces/computes',
  'microsoft.resources/deploymentstacks',
  types.denyAssignments,
  types.groups,
  types.locks,
  types.servicePrincipals,
  types.serviceTags,
]);

/** The table that holds a type, lower-cased; undefined for a type that is in none. */
export function tableWith(type: string): string | undefined {
  if (inNoTable.has(type) || type.startsWith('portcullis/')) return undefined;
  return tableOf[type] ?? 'resources';
}
