import { z } from 'zod';

/** Who calls, and what they may decide. */
export interface Principal {
  readonly name: string;
  readonly mayApprove: boolean;
  readonly mayOperate: boolean;
}

const principal = z.object({
  name_typ: z.string().default('name'),
  role_typ: z.string().default('roles'),
  claims: z.array(z.object({ typ: z.string(), val: z.string() })),
});

/**
 * Who calls, as the platform tells in the header `x-ms-client-principal` where it authenticates
 * callers; else whoever holds the function key, which the host has looked at. The header is believed
 * only where the platform sets it: without its authentication anybody may send one. Undefined where
 * the platform names nobody.
 * Source: https://learn.microsoft.com/azure/app-service/configure-authentication-user-identities
 */
export function principalOf(
  header: string | null,
  authenticatesCallers: boolean,
): Principal | undefined {
  if (!authenticatesCallers) return { name: 'key holder', mayApprove: true, mayOperate: true };
  const told = principal.safeParse(jsonIn(header ?? ''));
  if (!told.success) return undefined;
  const { claims, name_typ: nameType, role_typ: roleType } = told.data;
  const valuesOf = (...types: readonly string[]): readonly string[] =>
    claims.filter(({ typ }) => types.includes(typ)).map(({ val }) => val);
  const [name] = valuesOf('preferred_username', nameType, 'oid');
  if (name === undefined) return undefined;
  const roles = valuesOf('roles', roleType);
  const mayApprove = roles.includes('Approver');
  return { name, mayApprove, mayOperate: mayApprove || roles.includes('Operator') };
}

function jsonIn(header: string): unknown {
  try {
    return JSON.parse(Buffer.from(header, 'base64').toString('utf8'));
  } catch {
    // What is no principal names nobody.
    return undefined;
  }
}
