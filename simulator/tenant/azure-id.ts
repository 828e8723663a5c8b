/** The root of a tenant, as a scope. */
export const rootScope = '/';

const managementGroupPrefix = '/providers/microsoft.management/managementgroups/';

/** An id as it is compared: lower-cased, without doubled slashes nor one at the end. */
export function keyOf(id: string): string {
  const key = `/${id}`.toLowerCase().replaceAll(/\/{2,}/g, '/');
  return key.length > 1 && key.endsWith('/') ? key.slice(0, -1) : key;
}

/** The key of a management group. */
export function managementGroupKey(name: string): string {
  return `${managementGroupPrefix}${name.toLowerCase()}`;
}

/** The name in the key of a management group, if it is one. */
export function managementGroupIn(key: string): string | undefined {
  return key.startsWith(managementGroupPrefix)
    ? key.slice(managementGroupPrefix.length).split('/')[0]
    : undefined;
}

/** The subscription that a key lies in or is, lower-cased. */
export function subscriptionIn(key: string): string | undefined {
  const [, first, id] = key.split('/');
  return first === 'subscriptions' && id !== '' ? id : undefined;
}

/** The resource group that a key lies in or is, lower-cased. */
export function resourceGroupIn(key: string): string | undefined {
  const [, , , third, name] = key.split('/');
  return third === 'resourcegroups' && name !== '' ? name : undefined;
}

/** The last part of an id, casing as found. */
export function lastOf(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}
