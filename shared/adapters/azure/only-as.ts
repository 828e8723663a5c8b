import type { TokenCredential } from '@azure/core-auth';
import { SignInError } from './azure-error.ts';
import { clientIdIn } from './token-claims.ts';

/**
 * A credential that gives tokens of one application only. Several may be signed in on one machine, and
 * whichever is found first is not whoever may change something.
 * @throws SignInError for a token of anybody else, or of nobody that can be told.
 */
export function onlyAs(clientId: string, credential: TokenCredential): TokenCredential {
  return {
    async getToken(scopes, options) {
      const token = await credential.getToken(scopes, options);
      const holder = token === null ? undefined : clientIdIn(token.token);
      if (token !== null && holder?.toLowerCase() === clientId.toLowerCase()) return token;
      throw new SignInError(
        `signed in is ${holder ?? 'nobody whose application id is known'}, but only ${clientId} (PORTCULLIS_REMEDIATOR_CLIENT_ID) may change anything; sign in as that one`,
      );
    },
  };
}
