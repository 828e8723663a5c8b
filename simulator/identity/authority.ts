import { type Answer, type Call, ok } from '../http/wire.ts';
import { type Tenant, textOf, types } from '../tenant/tenant.ts';
import { type Caller, estateReader, estateRemediator, tokenOf } from './callers.ts';

/**
 * The OAuth 2.0 endpoints of Microsoft Entra ID and the cloud's description: what clients ask before
 * they have a token. Undefined where the call is for another surface.
 */
export function authorityAnswer(call: Call, tenant: Tenant, now: Date): Answer | undefined {
  const { segments, origin } = call;
  const path = segments.map((segment) => segment.toLowerCase());
  const [realm = '', ...rest] = path;
  const within = rest.join('/');
  if (path.join('/') === 'metadata/endpoints') return ok(cloudDescription(call));
  if (path.join('/') === 'common/discovery/instance') return ok(instanceDiscovery(call));
  if (/^(v2\.0\/)?\.well-known\/openid-configuration$/.test(within)) {
    return ok(openIdConfiguration(origin, realm));
  }
  if (/^discovery\/(v2\.0\/)?keys$/.test(within)) return ok({ keys: [] });
  if (/^oauth2\/(v2\.0\/)?token$/.test(within)) return token(call, tenant, now);
  return undefined;
}

function token({ body, origin, method }: Call, tenant: Tenant, now: Date): Answer {
  if (method !== 'POST')
    return refused(405, 'invalid_request', 900561, 'only accepts POST requests');
  const form = new URLSearchParams(body);
  const grant = form.get('grant_type') ?? '';
  if (grant !== 'client_credentials') {
    return refused(400, 'unsupported_grant_type', 70003, `does not support the grant '${grant}'`);
  }
  const clientId = (form.get('client_id') ?? '').toLowerCase();
  const caller = applicationOf(tenant, clientId);
  if (caller === undefined) {
    const why = `Application with identifier '${clientId}' was not found in the directory`;
    return refused(400, 'unauthorized_client', 700016, why);
  }
  if (form.get('client_secret') !== estateReader.clientSecret) {
    return refused(401, 'invalid_client', 7000215, 'Invalid client secret provided.');
  }
  const audience = form.get('resource') ?? (form.get('scope') ?? '').replace(/\/\.default$/, '');
  const issuer = `${origin}/${estateReader.tenantId}/`;
  return ok({
    token_type: 'Bearer',
    expires_in: 3599,
    ext_expires_in: 3599,
    access_token: tokenOf(caller, audience, issuer, now),
  });
}

/** The reader, the remediator, or a service principal of the estate; all of them share the secret. */
function applicationOf(tenant: Tenant, clientId: string): Caller | undefined {
  const own = [estateReader, estateRemediator].find((identity) => identity.clientId === clientId);
  if (own !== undefined) return { objectId: own.objectId, appId: clientId };
  const found = tenant
    .ofType(types.servicePrincipals)
    .find(({ row }) => textOf(row['appId']).toLowerCase() === clientId);
  return found === undefined
    ? undefined
    : { objectId: textOf(found.row['id']).toLowerCase(), appId: clientId };
}

function refused(status: number, error: string, code: number, why: string): Answer {
  return {
    status,
    body: { error, error_description: `AADSTS${code}: ${why}`, error_codes: [code] },
  };
}

function openIdConfiguration(origin: string, realm: string): object {
  const authority = `${origin}/${realm}`;
  return {
    issuer: `${authority}/v2.0`,
    authorization_endpoint: `${authority}/oauth2/v2.0/authorize`,
    token_endpoint: `${authority}/oauth2/v2.0/token`,
    device_authorization_endpoint: `${authority}/oauth2/v2.0/devicecode`,
    end_session_endpoint: `${authority}/oauth2/v2.0/logout`,
    jwks_uri: `${authority}/discovery/v2.0/keys`,
    token_endpoint_auth_methods_supported: ['client_secret_post'],
    response_types_supported: ['code', 'id_token', 'token'],
    response_modes_supported: ['query', 'fragment', 'form_post'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
    claims_supported: ['sub', 'iss', 'aud', 'exp', 'iat', 'oid', 'tid'],
  };
}

function instanceDiscovery({ origin }: Call): object {
  const { host } = new URL(origin);
  return {
    tenant_discovery_endpoint: `${origin}/${estateReader.tenantId}/v2.0/.well-known/openid-configuration`,
    'api-version': '1.1',
    metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
  };
}

/** https://management.azure.com/metadata/endpoints, in its first shape and in the later ones. */
function cloudDescription({ origin, query }: Call): unknown {
  const authentication = {
    loginEndpoint: origin,
    audiences: [`${origin}/`, origin],
    tenant: 'common',
    identityProvider: 'AAD',
  };
  if ((query.get('api-version') ?? '') < '2018') {
    return {
      galleryEndpoint: origin,
      graphEndpoint: origin,
      portalEndpoint: origin,
      authentication,
    };
  }
  return [
    {
      name: 'PortcullisSimulator',
      portal: origin,
      authentication,
      resourceManager: origin,
      graph: origin,
      graphAudience: origin,
      microsoftGraphResourceId: origin,
      suffixes: { keyVaultDns: 'vault.azure.net', storage: 'core.windows.net' },
    },
  ];
}
