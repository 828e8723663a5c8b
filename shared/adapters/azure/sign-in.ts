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
  const { oid, tid, upn, appid } = payloadOf(token);
  const objectId = textIn(oid);
  return objectId === undefined
    ? undefined
    : { objectId, tenantId: textIn(tid), name: textIn(upn) ?? textIn(appid) };
}

/** The application that a token was given to; undefined where it does not say. */
export function clientIdIn(token: string): string | undefined {
  const { appid, azp } = payloadOf(token);
  return textIn(appid) ?? textIn(azp);
}

function payloadOf(token: string): Readonly<Record<string, unknown>> {
  const [, payload] = token.split('.');
  if (payload === undefined) return {};
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    return typeof claims === 'object' && claims !== null ? { ...claims } : {};
  } catch {
    // Opaque tokens are lawful; then nothing is known of their holder.
    return {};
  }
}

function textIn(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
