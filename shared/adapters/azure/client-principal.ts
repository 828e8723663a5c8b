import { z } from 'zod';
import { type Caller, roles, rolesFrom } from '../../model/caller.ts';

/** Somebody whom the platform names. */
export type Principal = Omit<Caller, 'hasKey'>;

const principal = z.object({
  auth_typ: z.string().default('unknown'),
  name_typ: z.string().default('name'),
  role_typ: z.string().default('roles'),
  claims: z.array(z.object({ typ: z.string(), val: z.string() })),
});

/** What the platform tells of whoever calls, and whether it is the platform that tells it. */
export interface Told {
  /** The header `x-ms-client-principal`. */
  readonly header: string | null;
  /** Whether the platform authenticates callers; without that anybody may send the header. */
  readonly authenticatesCallers: boolean;
}

/**
 * Whoever is signed in, as the platform tells. Undefined where it names nobody.
 * Source: https://learn.microsoft.com/azure/app-service/configure-authentication-user-identities
 */
export function principalOf({ header, authenticatesCallers }: Told): Principal | undefined {
  if (!authenticatesCallers) return undefined;
  const told = principal.safeParse(jsonIn(header ?? ''));
  if (!told.success) return undefined;
  const { claims, auth_typ: provider, name_typ: nameType, role_typ: roleType } = told.data;
  const valuesOf = (...types: readonly string[]): readonly string[] =>
    claims.filter(({ typ }) => types.includes(typ)).map(({ val }) => val);
  const [name] = valuesOf('preferred_username', nameType, 'oid');
  if (name === undefined) return undefined;
  return { name, provider, roles: rolesFrom(valuesOf('roles', roleType)) };
}

/**
 * Whoever calls with a function key, which the host has looked at. Where the platform authenticates
 * callers, the key by itself lets read only, and what else they may is told by who they are; where it
 * does not, the key is all there is.
 */
export function keyHolder(told: Told): Caller {
  if (!told.authenticatesCallers) {
    return { name: 'key holder', provider: 'key', roles, hasKey: true };
  }
  const {
    name,
    provider,
    roles: given,
  } = principalOf(told) ?? {
    name: 'key holder',
    provider: 'key',
    roles: [],
  };
  return { name, provider, roles: given.length > 0 ? given : rolesFrom(['Reader']), hasKey: true };
}

function jsonIn(header: string): unknown {
  try {
    return JSON.parse(Buffer.from(header, 'base64').toString('utf8'));
  } catch {
    // What is no principal names nobody.
    return undefined;
  }
}
