import type { TokenCredential } from '@azure/core-auth';
import { ClientSecretCredential, DefaultAzureCredential } from '@azure/identity';
import type { RemediatorIdentity } from '../../settings/environment.ts';
import type { Cloud } from './cloud.ts';
import { onlyAs } from './only-as.ts';
import { payloadOf, textIn } from './token-claims.ts';

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

/** The one application that may change something: by its secret, else whoever is signed in as it. */
export function signInAs(cloud: Cloud, { clientId, secret }: RemediatorIdentity): TokenCredential {
  if (secret === undefined) return onlyAs(clientId, signIn(cloud, clientId));
  const { tenantId, clientSecret } = secret;
  const credential = new ClientSecretCredential(tenantId, clientId, clientSecret, {
    authorityHost: cloud.authority,
    disableInstanceDiscovery: !wellKnown.test(cloud.authority),
    ...(cloud.ca === undefined ? {} : { tlsOptions: { ca: cloud.ca } }),
  });
  return onlyAs(clientId, credential);
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
