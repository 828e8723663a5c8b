import { resourceGroupIn, subscriptionIn } from '../tenant/azure-id.ts';
import { type Resource, type Row, propertiesOf, textOf, types } from '../tenant/tenant.ts';
import { inPascalCase } from '../arm/arm-body.ts';

/**
 * The resource as Resource Graph shows it: type and resource group in lower case, the id as found,
 * what is missing as an empty text or null, in the order of recorded rows.
 */
export function graphRow({ id, key, type, row }: Resource, tenantId: string): Row {
  const properties = propertiesOf(row);
  return {
    id,
    name: textOf(row['name']),
    type,
    tenantId,
    kind: textOf(row['kind']),
    location: textOf(row['location']).toLowerCase().replaceAll(' ', ''),
    resourceGroup: resourceGroupIn(key) ?? '',
    subscriptionId: subscriptionIn(key) ?? '',
    managedBy: textOf(row['managedBy']),
    sku: row['sku'] ?? null,
    plan: row['plan'] ?? null,
    properties: type === types.extensions ? inPascalCase(properties) : (row['properties'] ?? null),
    tags: row['tags'] ?? null,
    identity: row['identity'] ?? null,
    zones: row['zones'] ?? null,
    extendedLocation: row['extendedLocation'] ?? null,
  };
}
