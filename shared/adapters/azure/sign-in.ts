import type { TokenCredential } from '@azure/core-auth';
import { DefaultAzureCredential } from '@azure/identity';
import type { Cloud } from './cloud.ts';

/** The tenants whose sign-in service Azure's own libraries know, and need not look up. */
const wellKnown = /^https:\/\/login\.(microsoftonline\.(com|us)|chinacloudapi\.cn)$/;

/**
 * Whoever is signed in here: environment variables, workload identity, managed identity (the one of
 * `clientId` where several are assigned), Azure CLI, PowerShell or Developer CLI, in that order.
 * Source: https://learn.microsoft.com/azure/developer/javascript/sdk/authentication/credential-chains
 */
export function signIn(cloud: Cloud, clientId?: string): TokenCredential {
  return new DefaultAzureCredential({
    authorityHost: cloud.authority,
    disableInstanceDiscovery: !wellKnown.test(cloud.authority),
    ...(clientId === undefined ? {} : { managedIdentityClientId: clientId }),
    ...(cloud.ca === undefined ? {} : { tlsOptions: { ca: cloud.ca } }),
  });
}

/** What a token says of whoever holds it; undefined where it is none that we can read. */
export interface TokenClaims {
  readonly objectId: string;
  readonly tenantId: string | undefined;
  /** The name of a user, or the application id of everything else. */
  readonly name: string | undefined;
}

/**
 * The claims of an access token, unverified: they serve to tell a person who is signed in, and
 * decide nothing.
 */
export function claimsOf(token: string): TokenClaims | undefined {
  const [, payload] = token.split('.');
  if (payload === undefined) return undefined;
  let claims: unknown;
  try {
    claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
  } catch {
    // Opaque tokens are lawful; then nothing is known of their holder.
    return undefined;
  }
  if (typeof claims !== 'object' || claims === null) return undefined;
  const { oid, tid, upn, appid } = claims as Readonly<Record<string, unknown>>;
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
  const objectId = text(oid);
  return objectId === undefined
    ? undefined
    : { objectId, tenantId: text(tid), name: text(upn) ?? text(appid) };
}
