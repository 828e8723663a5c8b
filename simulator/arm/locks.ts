import { keyOf } from '../tenant/azure-id.ts';
import { type Tenant, propertiesOf, textOf, types } from '../tenant/tenant.ts';

const suffix = /\/providers\/microsoft\.authorization\/locks\/[^/]+$/i;

/**
 * The scopes, as written, whose locks forbid to write or delete what has this key: locks hold for
 * everything below them, role assignments too. Source:
 * https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources
 */
export function lockedScopes(
  tenant: Tenant,
  key: string,
  verb: 'write' | 'delete',
): readonly string[] {
  const around = new Set(tenant.scopesAround(key));
  return tenant
    .ofType(types.locks)
    .filter(({ row }) => forbids(textOf(propertiesOf(row)['level']), verb))
    .map(({ id }) => id.replace(suffix, ''))
    .filter((scope) => around.has(keyOf(scope)));
}

function forbids(level: string, verb: 'write' | 'delete'): boolean {
  return /^readonly$/i.test(level) || (verb === 'delete' && /^cannotdelete$/i.test(level));
}
