import { lastOf, subscriptionIn } from '../tenant/azure-id.ts';
import { type Resource, type Row, isRow, propertiesOf, textOf, types } from '../tenant/tenant.ts';

/** Members that only Resource Graph adds. */
const graphOnly = new Set(['resourceGroup', 'subscriptionId', 'tenantId', 'apiVersion']);

/** Members that Resource Graph shows empty where Resource Manager leaves them out. */
const omittedWhenBlank = new Set([
  'kind',
  'managedBy',
  'sku',
  'plan',
  'identity',
  'zones',
  'extendedLocation',
  'location',
]);

/** The resource as Resource Manager shows it. */
export function armBody(resource: Resource, tenantId: string): Row {
  const { row, type } = resource;
  if (type === types.subscriptions) return subscriptionBody(resource, tenantId);
  const members = Object.entries(row).filter(
    ([name, value]) =>
      !graphOnly.has(name) && !(omittedWhenBlank.has(name) && (value === '' || value === null)),
  );
  const body = Object.fromEntries(members);
  if (type === types.resourceGroups) {
    return { ...body, id: resource.id, type: 'Microsoft.Resources/resourceGroups' };
  }
  return type === types.extensions ? { ...body, properties: inCamelCase(propertiesOf(row)) } : body;
}

function subscriptionBody({ id, key, row }: Resource, tenantId: string): Row {
  const { state, subscriptionPolicies } = propertiesOf(row);
  return {
    id,
    authorizationSource: 'RoleBased',
    managedByTenants: [],
    subscriptionId: subscriptionIn(key),
    tenantId,
    displayName: textOf(row['name']) || lastOf(id),
    state: state ?? 'Enabled',
    subscriptionPolicies: subscriptionPolicies ?? {
      locationPlacementId: 'Public_2014-09-01',
      quotaId: 'EnterpriseAgreement_2014-09-01',
      spendingLimit: 'Off',
    },
    ...(isRow(row['tags']) ? { tags: row['tags'] } : {}),
  };
}

/** Settings are the customer's words and keep their casing. */
const verbatim = /^configuration(Protected)?Settings$/i;

/** Resource Graph writes the members of extensions in Pascal case, Resource Manager in camel case. */
function inCamelCase(properties: Row): Row {
  return recased(properties, (name) => name.charAt(0).toLowerCase() + name.slice(1));
}

/** The same members as Resource Graph writes them. */
export function inPascalCase(properties: Row): Row {
  return recased(properties, (name) => name.charAt(0).toUpperCase() + name.slice(1));
}

function recased(members: Row, recase: (name: string) => string): Row {
  return Object.fromEntries(
    Object.entries(members).map(([name, value]) => [
      recase(name),
      isRow(value) && !verbatim.test(name) ? recased(value, recase) : value,
    ]),
  );
}
