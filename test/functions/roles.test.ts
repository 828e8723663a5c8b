/** Who may have what: every resource of the API, asked for by everybody who might. */
import { HttpRequest, InvocationContext } from '@azure/functions';
import type { HttpResponseInit } from '@azure/functions';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { answerApi } from '../../functions/answer-api.ts';
import { type Azurite, startAzurite } from '../../localhost/azurite.ts';
import { type Route, routes } from '../../shared/api/routes.ts';

type Answering = typeof answerApi;
type Door = Parameters<Answering>[3];

let azurite: Azurite;
/** The API as it is where the platform authenticates people, and where it does not. */
let authenticated: Answering;
let open: Answering;

async function answeringWith(env: Readonly<Record<string, string>>): Promise<Answering> {
  vi.resetModules();
  vi.stubEnv('WEBSITE_AUTH_ENABLED', undefined);
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  const functions = await import('../../functions/answer-api.ts');
  // The service reads the environment when it is first asked for.
  const asked = new HttpRequest({ method: 'GET', url: 'http://localhost/api/me' });
  await functions.answerApi('me', asked, new InvocationContext(), 'key');
  return functions.answerApi;
}

beforeAll(async () => {
  azurite = await startAzurite();
  const storage = { AzureWebJobsStorage: azurite.connectionString, SCAN_SCHEDULE: '0 0 2 * * *' };
  authenticated = await answeringWith({ ...storage, WEBSITE_AUTH_ENABLED: 'True' });
  open = await answeringWith(storage);
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await azurite.stop();
});

/** The header that the platform sets, or that somebody makes up. */
function principal(...roles: readonly string[]): Readonly<Record<string, string>> {
  const claims = [
    { typ: 'preferred_username', val: 'ada@example.com' },
    ...roles.map((val) => ({ typ: 'roles', val })),
  ];
  const told = JSON.stringify({ auth_typ: 'aad', name_typ: 'name', role_typ: 'roles', claims });
  return { 'x-ms-client-principal': Buffer.from(told).toString('base64') };
}

interface Somebody {
  readonly door: Door;
  readonly headers: Readonly<Record<string, string>>;
  /** Whether the platform authenticates people. */
  readonly authenticates: boolean;
}

const somebody = {
  nobody: { door: 'principal', headers: {}, authenticates: true },
  'a key': { door: 'key', headers: {}, authenticates: true },
  'a key, without sign-in': { door: 'key', headers: {}, authenticates: false },
  'no role': { door: 'principal', headers: principal(), authenticates: true },
  Reader: { door: 'principal', headers: principal('Reader'), authenticates: true },
  Operator: { door: 'principal', headers: principal('Operator'), authenticates: true },
  Approver: { door: 'principal', headers: principal('Approver'), authenticates: true },
  'a key and Approver': { door: 'key', headers: principal('Approver'), authenticates: true },
  'a forged header': { door: 'principal', headers: principal('Approver'), authenticates: false },
} as const satisfies Record<string, Somebody>;
type Who = keyof typeof somebody;

const ours = { 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' };
const id = '0'.repeat(32);

/** An address of each path; nothing of that name is there. */
const addressOf = (path: string): string =>
  path
    .replace(/\{(key|fingerprint|id)\}/, id)
    .replace('{scanId}', 'none')
    .replace('{checkId}', 'private-cluster');

const bodies: Readonly<Record<string, object>> = {
  'alerts/{id}/acknowledge': { by: 'ada' },
  'what-if': {
    networkSecurityGroup: `/subscriptions/${id}/resourceGroups/g/providers/Microsoft.Network/networkSecurityGroups/n`,
    rule: { name: 'a', properties: {} },
  },
};

function ask(
  who: Somebody,
  { method, path }: Pick<Route, 'method' | 'path'>,
  more: Readonly<Record<string, string>> = ours,
): Promise<HttpResponseInit> {
  const body = method === 'POST' ? (bodies[path] ?? { hash: 'x' }) : undefined;
  const request = new HttpRequest({
    method,
    url: `http://localhost/dashboard/api/${addressOf(path)}`,
    headers: { host: 'localhost', ...more, ...who.headers },
    ...(body === undefined ? {} : { body: { string: JSON.stringify(body) } }),
  });
  const answering = who.authenticates ? authenticated : open;
  return answering(addressOf(path), request, new InvocationContext(), who.door);
}

/** What is answered to whoever may: there is nothing of that name in an empty store. */
const there: Readonly<Record<string, number>> = {
  'GET openapi.json': 200,
  'GET me': 200,
  'GET health': 200,
  'GET overview': 200,
  'GET clusters': 200,
  'GET clusters.csv': 200,
  'GET facets': 200,
  'GET clusters/{key}': 404,
  'GET clusters/{key}/explanation': 404,
  'GET findings': 200,
  'GET findings.csv': 200,
  'GET findings/{fingerprint}': 404,
  'GET alerts': 200,
  'POST alerts/{id}/acknowledge': 404,
  'GET remediations': 200,
  'GET remediations/{id}': 404,
  'POST remediations/{id}/approve': 404,
  'POST remediations/{id}/reject': 404,
  'POST remediations/{id}/rollback': 404,
  'GET remediations/{id}/rollback-preview': 404,
  'GET scans': 200,
  'GET scans/{scanId}': 404,
  'GET trends': 200,
  'GET settings': 200,
  'GET checks': 200,
  'GET checks/{checkId}': 200,
  'POST what-if': 200,
  'GET reports/latest': 404,
};

/** Who may not, and what they are told; all others may. */
const refusals: readonly (readonly [Who, RegExp, number])[] = [
  ['nobody', /./, 401],
  ['a forged header', /./, 401],
  ['no role', /./, 403],
  ['a key', /^POST remediations/, 403],
  ['Reader', /^POST remediations|^POST alerts/, 403],
  ['Operator', /^POST remediations.*(approve|reject)$/, 403],
];

const all = Object.values<Route>(routes);
const asked = all.map((route) => [`${route.method} ${route.path}`, route] as const);

test('the table has every resource', () => {
  const known = all.map(({ method, path }) => `${method} ${path}`);
  expect(Object.keys(there).toSorted()).toEqual(known.toSorted());
});

describe.each(Object.keys(somebody) as readonly Who[])('%s', (who) => {
  test.each(asked)('asks for %s', async (name, route) => {
    const refusal = refusals.find(([whose, which]) => whose === who && which.test(name));
    const { status = 200, jsonBody } = await ask(somebody[who], route);
    expect(status).toBe(refusal?.[2] ?? there[name]);
    const saysWhy = { error: expect.any(String) };
    expect(status >= 400 ? jsonBody : saysWhy).toMatchObject(saysWhy);
  });
});

describe('what changes anything, asked for by somebody who may', () => {
  const acknowledge = routes.acknowledge;
  const json = { 'content-type': 'application/json' };

  test.each<[string, Readonly<Record<string, string>>, number]>([
    ['from our own page', { ...json, 'sec-fetch-site': 'same-origin' }, 404],
    ['from a page of another site', { ...json, 'sec-fetch-site': 'cross-site' }, 403],
    ['from a page of a neighbour', { ...json, 'sec-fetch-site': 'same-site' }, 403],
    ['typed into the address bar', { ...json, 'sec-fetch-site': 'none' }, 403],
    ['by a browser that says its origin only', { ...json, origin: 'http://localhost' }, 404],
    ['from the origin of another', { ...json, origin: 'http://evil.example' }, 403],
    ['from no origin that can be read', { ...json, origin: 'null' }, 403],
    [
      'from another site that says our origin',
      { ...json, origin: 'http://localhost', 'sec-fetch-site': 'cross-site' },
      403,
    ],
    ['without saying where from', json, 403],
    ['as a form', { ...ours, 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['as text, which no browser asks leave for', { ...ours, 'content-type': 'text/plain' }, 415],
    ['as nothing', { 'sec-fetch-site': 'same-origin' }, 415],
    ['as JSON with a charset', { ...ours, 'content-type': 'Application/JSON; charset=utf-8' }, 404],
  ])('%s', async (_, headers, expected) => {
    expect((await ask(somebody.Approver, acknowledge, headers)).status).toBe(expected);
  });

  test('a key needs none of that: no browser adds it by itself', async () => {
    expect((await ask(somebody['a key'], acknowledge, {})).status).toBe(404);
  });

  test('a body that is too long is refused, whether it says so or not', async () => {
    const long = { by: 'x'.repeat(20_000) };
    for (const headers of [{}, { 'content-length': '5' }]) {
      const request = new HttpRequest({
        method: 'POST',
        url: 'http://localhost/api/',
        headers,
        body: { string: JSON.stringify(long) },
      });
      const path = `alerts/${id}/acknowledge`;
      const answered = await authenticated(path, request, new InvocationContext(), 'key');
      expect(answered.status).toBe(413);
    }
  });

  test('a body that is no JSON is refused', async () => {
    const request = new HttpRequest({ method: 'POST', url: 'http://x/', body: { string: '{' } });
    const path = `alerts/${id}/acknowledge`;
    const answered = await authenticated(path, request, new InvocationContext(), 'key');
    expect(answered).toMatchObject({ status: 400, jsonBody: { error: 'The body is not JSON.' } });
  });
});

test('a key in the address is no parameter of ours, and only where a key is', async () => {
  const asked = (door: Door) =>
    authenticated(
      'me',
      new HttpRequest({
        method: 'GET',
        url: 'http://localhost/?code=x',
        query: { code: 'x' },
        headers: principal('Reader'),
      }),
      new InvocationContext(),
      door,
    );
  expect((await asked('key')).status).toBeUndefined();
  expect((await asked('principal')).status).toBe(400);
});

describe('an answer', () => {
  const reader = somebody.Reader;
  const etagOf = ({ headers }: HttpResponseInit): string =>
    String(Reflect.get(headers ?? {}, 'etag'));

  test.each(['GET overview', 'GET clusters', 'GET clusters.csv', 'GET openapi.json', 'GET checks'])(
    'of %s that the caller has is not sent again',
    async (name) => {
      const route = all.find(({ method, path }) => `${method} ${path}` === name);
      if (route === undefined) throw new Error(name);
      const first = await ask(reader, route);
      expect(etagOf(first)).toMatch(/^"[\w-]+"$/);
      expect(first.headers).toMatchObject({ 'x-content-type-options': 'nosniff' });
      const again = await ask(reader, route, { 'if-none-match': etagOf(first) });
      expect(again).toMatchObject({ status: 304, headers: { etag: etagOf(first) } });
      expect(again.body).toBeUndefined();
      expect((await ask(reader, route, { 'if-none-match': '"another"' })).status).toBeUndefined();
    },
  );
});
