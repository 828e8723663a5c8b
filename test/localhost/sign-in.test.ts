/** The host in place of App Service Authentication, in processes of their own. */
import { once } from 'node:events';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Child, startChild } from '../../localhost/child.ts';
import type { HostReady } from '../../localhost/host-process.ts';

const person = 'Ada Nkemelu';
const script = join(import.meta.dirname, '../../localhost/host-process.ts');
const folder = join(import.meta.dirname, 'fixtures/signed');
const log: string[] = [];
let host: Child<HostReady>;
let closed: Child<HostReady>;

function start(...args: readonly string[]): Promise<Child<HostReady>> {
  return startChild<HostReady>(script, {
    args: ['--folder', folder, '--port', '0', ...args],
    env: { ...process.env, WEBSITE_AUTH_ENABLED: undefined },
    onErrorLine: (line) => log.push(line),
  });
}

beforeAll(async () => {
  [host, closed] = await Promise.all([start('--sign-in-as', person), start()]);
});
afterAll(() => Promise.all([host.stop(), closed.stop()]));

type Headers = Readonly<Record<string, string>>;

/** A request with exactly these headers, which fetch would not let through. */
async function ask(path: string, headers: Headers = {}, method = 'GET', at = host) {
  const { hostname, port } = new URL(at.ready.url);
  const request = httpRequest({ hostname, port, path, headers, method });
  request.end();
  const [response]: IncomingMessage[] = await once(request, 'response');
  if (response === undefined) throw new Error('no response');
  const body = await text(response);
  return { status: response.statusCode, headers: response.headers, body };
}

const login = (): string => {
  const { pathname, search } = new URL(host.ready.signInUrl ?? '');
  return `${pathname}${search}`;
};

async function signIn(): Promise<{ readonly cookie: string }> {
  const { headers } = await ask(login());
  const [set = ''] = headers['set-cookie'] ?? [];
  return { cookie: set.split(';')[0] ?? '' };
}

/** What the app is told of a caller by the platform's headers. */
async function told(headers: Headers, method = 'GET', at = host): Promise<Headers> {
  const { body } = await ask('/who/is/it', headers, method, at);
  return Object.fromEntries(JSON.parse(body).told);
}

function principalIn(headers: Headers): unknown {
  const header = headers['x-ms-client-principal'] ?? '';
  return JSON.parse(Buffer.from(header, 'base64').toString('utf8'));
}

const forged = Buffer.from(
  JSON.stringify({ auth_typ: 'aad', claims: [{ typ: 'roles', val: 'Approver' }] }),
).toString('base64');
const forgeries: Headers = {
  'x-ms-client-principal': forged,
  'X-MS-CLIENT-PRINCIPAL-NAME': 'mallory',
  'x-ms-client-principal-id': 'mallory',
  'x-ms-client-principal-idp': 'aad',
  'x-ms-client-principal-anything': 'mallory',
};

describe('a forged principal', () => {
  test.each([
    ['where nobody can sign in', () => closed],
    ['where somebody can', () => host],
  ])('does not reach the app, %s', async (_, at) => {
    expect(await told(forgeries, 'GET', at())).toEqual({});
  });

  test('does not change who is signed in', async () => {
    const session = await signIn();
    const header = await told({ ...forgeries, ...session });
    expect(header).toEqual(await told(session));
    expect(JSON.stringify(header)).not.toContain('mallory');
  });
});

describe('the app', () => {
  test('is told who is signed in, as App Service does', async () => {
    const header = await told(await signIn());
    expect(header).toMatchObject({
      'x-ms-client-principal-name': person,
      'x-ms-client-principal-idp': 'local',
    });
    expect(principalIn(header)).toEqual({
      auth_typ: 'local',
      name_typ: 'name',
      role_typ: 'roles',
      claims: [
        { typ: 'name', val: person },
        { typ: 'roles', val: 'Reader' },
        { typ: 'roles', val: 'Operator' },
        { typ: 'roles', val: 'Approver' },
      ],
    });
  });

  test('knows that callers are authenticated only where they can sign in', async () => {
    const answers = await Promise.all([host, closed].map((at) => ask('/who/', {}, 'GET', at)));
    expect(answers.map(({ body }) => JSON.parse(body).authenticates)).toEqual(['True', null]);
  });

  test('is told of nobody without a session, or with one that was made up', async () => {
    const made = ['', 'AppServiceAuthSession=', 'AppServiceAuthSession=made-up', 'other=1'];
    for (const cookie of made) expect(await told({ cookie })).toEqual({});
    const { cookie } = await signIn();
    expect(await told({ cookie: cookie.slice(0, -1) })).toEqual({});
    expect(await told({ cookie: cookie.toLowerCase() })).toEqual({});
    expect(await told({ cookie: `theme=dark; ${cookie}; other=1` })).not.toEqual({});
  });
});

describe('the link', () => {
  test('opens a session that no script can read and no other site can use', async () => {
    const { status, headers } = await ask(login());
    expect(status).toBe(302);
    expect(headers).toMatchObject({
      location: '/dashboard/',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    });
    const [cookie = ''] = headers['set-cookie'] ?? [];
    expect(cookie.split('; ').slice(1).toSorted()).toEqual([
      'HttpOnly',
      'Path=/',
      'SameSite=Strict',
    ]);
  });

  test('has another code than the session and the keys have, and than the next start has', async () => {
    const code = new URL(host.ready.signInUrl ?? '').searchParams.get('code') ?? '';
    expect(Buffer.from(code, 'base64url')).toHaveLength(16);
    const [first, second] = [await signIn(), await signIn()];
    const other = await start('--sign-in-as', person);
    await other.stop();
    const otherCode = new URL(other.ready.signInUrl ?? '').searchParams.get('code');
    const sessions = [first, second].map(({ cookie }) => cookie.split('=')[1]);
    const all = [code, otherCode, ...sessions, ...Object.values(host.ready.keys)];
    expect(new Set(all).size).toBe(all.length);
  });

  test.each([
    ['no code', () => '/.auth/login/local'],
    ['an empty code', () => '/.auth/login/local?code='],
    ['another code', () => '/.auth/login/local?code=AAAAAAAAAAAAAAAAAAAAAA'],
    ['most of the code', () => login().slice(0, -1)],
    ['more than the code', () => `${login()}A`],
    ['a function key', () => `/.auth/login/local?code=${host.ready.keys.master}`],
    ['the sign-in of Azure', () => '/.auth/login/aad?post_login_redirect_uri=/dashboard/'],
  ])('with %s opens nothing', async (_, path) => {
    const { status, headers, body } = await ask(path());
    expect([status, headers['set-cookie']]).toEqual([401, undefined]);
    expect(body).toContain('Open the link that the terminal shows');
  });

  test('opens nothing by another method than GET', async () => {
    const { status, headers } = await ask(login(), {}, 'POST');
    expect([status, headers['set-cookie']]).toEqual([405, undefined]);
  });

  test('is there only where a person may sign in', async () => {
    expect(closed.ready.signInUrl).toBeUndefined();
    expect((await ask('/.auth/login/local?code=', {}, 'GET', closed)).status).toBe(404);
    expect((await ask('/.auth/elsewhere')).status).toBe(404);
  });

  test('stands in no line of the log', async () => {
    const { cookie } = await signIn();
    await told({ cookie });
    const code = new URL(host.ready.signInUrl ?? '').searchParams.get('code') ?? '';
    expect(log.length).toBeGreaterThan(0);
    for (const secret of [code, cookie.split('=')[1] ?? '']) {
      expect(log.join('\n').includes(secret)).toBe(false);
    }
  });

  test('does not open under a foreign name', async () => {
    const { status, headers } = await ask(login(), { host: 'evil.example' });
    expect([status, headers['set-cookie']]).toEqual([403, undefined]);
  });
});

test('/.auth/me tells who is signed in, and to nobody else', async () => {
  const { status, body } = await ask('/.auth/me', await signIn());
  expect(status).toBe(200);
  expect(JSON.parse(body)).toMatchObject([{ provider_name: 'local', user_id: person }]);
  expect((await ask('/.auth/me')).status).toBe(401);
});

describe('/.auth/logout', () => {
  test('ends that session and no other', async () => {
    const [mine, others] = [await signIn(), await signIn()];
    const { status, headers } = await ask('/.auth/logout', mine);
    const [cookie = ''] = headers['set-cookie'] ?? [];
    expect([status, cookie]).toEqual([200, expect.stringMatching(/=; .*Max-Age=0$/)]);
    expect(await told(mine)).toEqual({});
    expect(await told(others)).not.toEqual({});
  });

  test('takes no cookie from whoever sends none, as a link on another site does', async () => {
    expect((await ask('/.auth/logout')).headers['set-cookie']).toBeUndefined();
  });
});

describe('a write of somebody who is signed in', () => {
  const own = () => host.ready.url;

  test.each([
    ['from the page itself', () => ({ 'sec-fetch-site': 'same-origin' }), 200],
    ['from the page itself, by an older browser', () => ({ origin: own() }), 200],
    ['from another site', () => ({ 'sec-fetch-site': 'cross-site' }), 403],
    ['from another port', () => ({ 'sec-fetch-site': 'same-site' }), 403],
    ['from nowhere', () => ({ 'sec-fetch-site': 'none' }), 403],
    ['from another site, by an older browser', () => ({ origin: 'https://evil.example' }), 403],
    ['from another port, by an older browser', () => ({ origin: 'http://127.0.0.1:9' }), 403],
    ['from a frame without an origin', () => ({ origin: 'null' }), 403],
    ['that says nothing', () => ({}), 403],
    [
      'from another site that names ours as its origin',
      () => ({ 'sec-fetch-site': 'cross-site', origin: own() }),
      403,
    ],
  ])('%s gets %s', async (_, headers, status) => {
    const given: Headers = { ...(await signIn()), ...headers() };
    expect((await ask('/who/', given, 'POST')).status).toBe(status);
    expect((await ask('/who/', given)).status).toBe(200);
  });

  test('is refused even with a key; a program with a key and no session is not', async () => {
    const key = { 'x-functions-key': host.ready.keys.function };
    expect((await ask('/api/keyed', key, 'POST')).status).toBe(200);
    const both = { ...key, ...(await signIn()), 'sec-fetch-site': 'cross-site' };
    expect((await ask('/api/keyed', both, 'POST')).status).toBe(403);
  });
});

test('with an empty prefix routes are whole, and what has none is not found', async () => {
  expect((await ask('/who/is/it')).status).toBe(200);
  expect((await ask('/who')).status).toBe(200);
  expect((await ask('/')).status).toBe(404);
  expect((await ask('/api/who')).status).toBe(404);
});
