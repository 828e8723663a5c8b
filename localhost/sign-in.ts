import type { IncomingMessage, ServerResponse } from 'node:http';
import { principalHeader, sendText } from './http-exchange.ts';
import { isSame, randomKey } from './keys.ts';

/**
 * Stands in for App Service Authentication: who has the code of this start is signed in, as one
 * person who has every role of the app. The app is told by the same headers as in Azure.
 * Source: https://learn.microsoft.com/azure/app-service/configure-authentication-user-identities
 */
export interface SignIn {
  /** What opens: it stands in the link that the person is shown, and nowhere else. */
  readonly code: string;
  /** The headers that tell the app who calls; none for who is not signed in. */
  principalOf(request: IncomingMessage): Readonly<Record<string, string>>;
  /** Answers what lies below `/.auth/`. */
  answer(request: IncomingMessage, url: URL, response: ServerResponse): void;
}

/** Where the one who has signed in is sent. */
const start = '/dashboard/';
const cookie = 'AppServiceAuthSession';
const provider = 'local';
const roles = ['Reader', 'Operator', 'Approver'] as const;
const notKept = { 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' };

/** A sign-in for a person of this name; its sessions are in memory, and end with the process. */
export function createSignIn(name: string): SignIn {
  const code = randomKey();
  let sessions: readonly string[] = [];
  const sessionOf = (request: IncomingMessage): string | undefined => {
    const given = cookieIn(request);
    return given === undefined ? undefined : sessions.find((session) => isSame(given, session));
  };

  function logIn(url: URL, response: ServerResponse): void {
    if (!isSame(url.searchParams.get('code') ?? '', code)) {
      sendText(response, 401, 'Open the link that the terminal shows: it has the code.', notKept);
      return;
    }
    const session = randomKey();
    sessions = [...sessions, session];
    response.writeHead(302, { location: start, 'set-cookie': cookieFor(session), ...notKept });
    response.end();
  }

  function logOut(request: IncomingMessage, response: ServerResponse): void {
    const ended = sessionOf(request);
    sessions = sessions.filter((session) => session !== ended);
    // Strict cookies do not come with a click on another site, which so signs nobody out.
    const gone = ended === undefined ? {} : { 'set-cookie': `${cookieFor('')}; Max-Age=0` };
    const says = 'You are signed out. The link that the terminal shows signs you in again.';
    sendText(response, 200, says, { ...gone, ...notKept });
  }

  function tellWho(request: IncomingMessage, response: ServerResponse): void {
    if (sessionOf(request) === undefined) {
      sendText(response, 401, 'Nobody is signed in.', notKept);
      return;
    }
    const claims = claimsOf(name);
    const me = [{ provider_name: provider, user_id: name, user_claims: claims }];
    response.writeHead(200, { 'content-type': 'application/json', ...notKept });
    response.end(JSON.stringify(me));
  }

  return {
    code,
    principalOf(request) {
      return sessionOf(request) === undefined ? {} : headersOf(name);
    },
    answer(request, url, response) {
      const path = url.pathname.toLowerCase();
      if (request.method !== 'GET') {
        sendText(response, 405, 'This takes GET.', { allow: 'GET' });
      } else if (path.startsWith('/.auth/login/')) logIn(url, response);
      else if (path === '/.auth/logout') logOut(request, response);
      else if (path === '/.auth/me') tellWho(request, response);
      else sendText(response, 404, 'Of /.auth there are login/local, logout and me.');
    },
  };
}

/**
 * Whether a browser may have sent a request on behalf of a page of another origin, another port of
 * this machine included. App Service refuses such writes with its cookie too.
 */
export function isForeign({ method = 'GET', headers }: IncomingMessage): boolean {
  if (method === 'GET' || method === 'HEAD') return false;
  const site = headers['sec-fetch-site'];
  return site === undefined
    ? headers.origin !== `http://${headers.host ?? ''}`
    : site !== 'same-origin';
}

function cookieFor(session: string): string {
  return `${cookie}=${session}; Path=/; HttpOnly; SameSite=Strict`;
}

function cookieIn({ headers }: IncomingMessage): string | undefined {
  const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${cookie}=`))?.slice(cookie.length + 1);
}

function claimsOf(name: string) {
  return [{ typ: 'name', val: name }, ...roles.map((role) => ({ typ: 'roles', val: role }))];
}

function headersOf(name: string): Readonly<Record<string, string>> {
  const principal = {
    auth_typ: provider,
    name_typ: 'name',
    role_typ: 'roles',
    claims: claimsOf(name),
  };
  return {
    [principalHeader]: Buffer.from(JSON.stringify(principal)).toString('base64'),
    [`${principalHeader}-id`]: name,
    [`${principalHeader}-name`]: name,
    [`${principalHeader}-idp`]: provider,
  };
}
