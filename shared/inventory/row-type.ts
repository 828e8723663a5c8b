import { resourceId } from '../model/resource-id.ts';
import { resourceTypes, type ResourceType } from './resource-types.ts';

/** Offline, what says which types and scopes were read. */
export const manifestType = 'portcullis/manifest';

const known: ReadonlyMap<string, ResourceType> = new Map(resourceTypes.map((type) => [type, type]));

/** Resource Manager lists resource groups under a type of its own; Resource Graph under the longer one. */
const aliases: ReadonlyMap<string, ResourceType> = new Map([
  ['microsoft.resources/resourcegroups', 'microsoft.resources/subscriptions/resourcegroups'],
]);

/** The type as audits name it, or undefined where no audit reads it. */
export function resourceTypeNamed(type: string): ResourceType | undefined {
  const name = type.trim().toLowerCase();
  return known.get(name) ?? aliases.get(name);
}

/**
 * The type that an id spells, lower-cased, or undefined where it spells none. Resource Manager's own
 * lists of subscriptions leave the type out.
 * Source: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
 */
export function typeInId(id: string): string | undefined {
  const segments = resourceId(id).split('/').slice(1);
  const provider = segments.lastIndexOf('providers');
  const [namespace, ...pairs] =
    provider < 0 ? ['microsoft.resources', ...segments] : segments.slice(provider + 1);
  const types = pairs.filter((_, at) => at % 2 === 0);
  const complete = pairs.length > 0 && pairs.length % 2 === 0;
  if (namespace === undefined || !complete) return undefined;
  if (provider < 0 && types[0] !== 'subscriptions') return undefined;
  return [namespace, ...types].join('/');
}
