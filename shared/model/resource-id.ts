/**
 * A resource id as Azure Resource Manager writes it, lower-cased: Azure compares ids without regard
 * to case, and its own services disagree about the spelling (`resourcegroups`, `resourceGroups`).
 * The brand is the receipt of that lower-casing.
 */
export type ResourceId = string & { readonly __resourceId: unique symbol };

/** In characters: Resource Manager takes no longer address. */
export const longestId = 2083;

/** The id lower-cased, without a trailing slash and with doubled slashes collapsed. */
export function resourceId(id: string): ResourceId {
  const lower = id.trim().toLowerCase();
  const collapsed = lower.includes('//') ? lower.replaceAll(/\/{2,}/g, '/') : lower;
  const bare = collapsed.length > 1 && collapsed.endsWith('/') ? collapsed.slice(0, -1) : collapsed;
  return bare as ResourceId;
}

/** Whether `id` is `scope` or lies below it, by whole path segments: `net-1` holds no `net-10`. */
export function isWithin(id: ResourceId, scope: ResourceId): boolean {
  return scope === '/' || id === scope || id.startsWith(`${scope}/`);
}

/** The id and every scope that it lies in, by whole path segments, the deepest first; `/` is the last. */
export function scopesOf(id: ResourceId): readonly ResourceId[] {
  const segments = id.split('/');
  return segments.map((_, at) => {
    const scope = segments.slice(0, segments.length - at).join('/');
    return resourceId(scope === '' ? '/' : scope);
  });
}

/** The value after the segment `key`, for instance `segmentAfter(id, 'subnets')`; undefined where absent. */
export function segmentAfter(id: ResourceId, key: string): string | undefined {
  const path = `/${id}`;
  const before = `/${key.toLowerCase()}/`;
  const at = path.indexOf(before);
  if (at < 0) return undefined;
  const start = at + before.length;
  const end = path.indexOf('/', start);
  return end < 0 ? path.slice(start) : path.slice(start, end);
}

/** The subscription's GUID, or undefined for tenant and management-group ids. */
export function subscriptionIdOf(id: ResourceId): string | undefined {
  return segmentAfter(id, 'subscriptions');
}

/** The resource group's name, lower-cased, or undefined above resource groups. */
export function resourceGroupOf(id: ResourceId): string | undefined {
  return segmentAfter(id, 'resourcegroups');
}

/** `/subscriptions/{s}/resourcegroups/{g}` of an id, or undefined above resource groups. */
export function resourceGroupIdOf(id: ResourceId): ResourceId | undefined {
  const subscription = subscriptionIdOf(id);
  const group = resourceGroupOf(id);
  return subscription === undefined || group === undefined
    ? undefined
    : resourceId(`/subscriptions/${subscription}/resourcegroups/${group}`);
}

/** The last segment: the resource's own name, lower-cased. */
export function nameOf(id: ResourceId): string {
  return id.slice(id.lastIndexOf('/') + 1);
}

/** The id with its last `key/name` pair taken off: a subnet's virtual network, a rule's security group. */
export function parentOf(id: ResourceId): ResourceId {
  return resourceId(id.split('/').slice(0, -2).join('/'));
}
