import type { IncomingHttpHeaders } from 'node:http';
import { type Answer, failure } from '../http/wire.ts';
import { isRow } from '../tenant/tenant.ts';

/** Who calls: the object id of a principal, and the application it is, where the token says so. */
export interface Caller {
  readonly objectId: string;
  readonly appId: string | undefined;
}

/** What a client signs in with. */
export interface Identity {
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly objectId: string;
}

/** The same for every estate, so that environments can be written down. The secret opens nothing. */
export const estateReader: Identity = {
  tenantId: '72f1e5a0-6b1c-4d0e-9f55-3d8c8a1e0b11',
  clientId: '0ddba11a-7e57-4c1e-8a2b-5e0d3f9c1a01',
  clientSecret: 'simulated-not-a-secret',
  objectId: '5eed0b1e-c75a-4d1e-9b0a-71c0de5a1b02',
};

/** The one that puts things right, with the same secret. */
export const estateRemediator: Identity = {
  tenantId: estateReader.tenantId,
  clientId: '0ddba11a-4e3d-4c1e-8a2b-5e0d3f9c1a05',
  clientSecret: estateReader.clientSecret,
  objectId: '5eed0b1e-4e3d-4d1e-9b0a-71c0de5a1b06',
};

/** Somebody else at work in the estate, who may do everything. */
export const estateRival: Caller = {
  objectId: '0be7a70b-41ba-4c0d-9d1f-6f2b8c4e7d07',
  appId: '0be7a70b-41ba-4a7d-8e5c-2a9d4b6f8c08',
};

/** Somebody who may do everything: the one by whom things are changed. */
export const estateOperator: Caller = {
  objectId: '0be7a70b-0a1e-4c0d-9d1f-6f2b8c4e7d03',
  appId: '0be7a70b-c11e-4a7d-8e5c-2a9d4b6f8c04',
};

/** The caller with this object id, with its application where it is one of the estate's own. */
export function callerWith(objectId: string): Caller {
  const identities = [estateReader, estateRemediator];
  const appId = identities.find((identity) => identity.objectId === objectId)?.clientId;
  const actors = [estateOperator, estateRival];
  return actors.find((actor) => actor.objectId === objectId) ?? { objectId, appId };
}

/** A token without a signature whose `oid` is the principal, good for an hour. */
export function tokenOf(caller: Caller, audience: string, issuer: string, now: Date): string {
  const seconds = Math.floor(now.getTime() / 1000);
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return [
    part({ typ: 'JWT', alg: 'none' }),
    part({
      aud: audience,
      iss: issuer,
      iat: seconds,
      nbf: seconds,
      exp: seconds + 3600,
      idtyp: 'app',
      oid: caller.objectId,
      sub: caller.objectId,
      tid: estateReader.tenantId,
      ...(caller.appId === undefined ? {} : { appid: caller.appId }),
      ver: '1.0',
    }),
    '',
  ].join('.');
}

/**
 * Who sends these headers, or the answer to a request without a token or with one past its time. A
 * token that is no JWT is the estate's reader.
 */
export function callerOf(
  headers: IncomingHttpHeaders,
  origin: string,
  now: Date,
): Caller | { readonly refused: Answer } {
  const { authorization = '' } = headers;
  const [, token] = /^bearer\s+(\S+)$/i.exec(authorization) ?? [];
  if (token === undefined) {
    return {
      refused: failure(
        401,
        'AuthenticationFailed',
        "Authentication failed. The 'Authorization' header is missing.",
        challenge(origin, ''),
      ),
    };
  }
  const claims = claimsOf(token);
  const { exp, oid, appid } = claims;
  if (typeof exp === 'number' && exp * 1000 <= now.getTime()) {
    return { refused: expiredToken(origin, new Date(exp * 1000), now) };
  }
  if (typeof oid !== 'string') {
    return { objectId: estateReader.objectId, appId: estateReader.clientId };
  }
  return { objectId: oid.toLowerCase(), appId: typeof appid === 'string' ? appid : undefined };
}

/** The answer to a token past its time. */
export function expiredToken(origin: string, expiry: Date, now: Date): Answer {
  return failure(
    401,
    'ExpiredAuthenticationToken',
    `The access token expiry UTC time '${asWritten(expiry)}' is earlier than current UTC time '${asWritten(now)}'.`,
    challenge(origin, ', error="invalid_token", error_description="The access token has expired."'),
  );
}

function challenge(origin: string, why: string) {
  const authority = `${origin}/${estateReader.tenantId}`;
  return { headers: { 'WWW-Authenticate': `Bearer authorization_uri="${authority}"${why}` } };
}

function claimsOf(token: string): Record<string, unknown> {
  const [, payload = ''] = token.split('.');
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
    return isRow(claims) ? claims : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

/** As Azure writes a time in this message: `8/20/2024 4:48:47 PM`. */
function asWritten(time: Date): string {
  return time
    .toLocaleString('en-US', { timeZone: 'UTC' })
    .replace(',', '')
    .replaceAll('\u202f', ' ');
}
