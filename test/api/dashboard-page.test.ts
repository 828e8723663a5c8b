/** The dashboard's files as browsers get them: by whom, how packed, and for how long. */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { staticFiles } from '../../shared/adapters/files/static-files.ts';
import {
  type Visitor,
  contentSecurityPolicy,
  dashboardPage,
} from '../../shared/api/dashboard-page.ts';

const script = 'assets/index-Bq9mD1xY.js';
const page = '<!doctype html><title>Portcullis</title>';
const built: Readonly<Record<string, string>> = {
  'index.html': page,
  'portcullis.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
  [script]: 'export const text = "a script";',
  'assets/index-Bq9mD1xY.js.map': '{}',
  'secret.json': '{}',
};

let temporary: string;
let folder: string;
beforeAll(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'portcullis-test-'));
  folder = join(temporary, 'dashboard');
  for (const [path, text] of Object.entries(built)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  await writeFile(join(folder, `${script}.br`), brotliCompressSync(built[script] ?? ''));
  await writeFile(join(folder, '../outside.js'), 'outside');
  await symlink(join(folder, '../outside.js'), join(folder, 'linked.js'));
});
afterAll(() => rm(temporary, { recursive: true, force: true }));

interface Asked {
  readonly headers?: Readonly<Record<string, string>>;
  readonly visitor?: Visitor;
  readonly from?: string;
}

function ask(path: string, { headers = {}, visitor = 'signedIn', from = folder }: Asked = {}) {
  const url = `https://app.example/dashboard/${path}?check=a`;
  const request = { url, path, headers: new Headers(headers) };
  return dashboardPage(staticFiles(from), request, visitor);
}

function textOf(body: string | Uint8Array | undefined): string {
  return typeof body === 'string' ? body : new TextDecoder().decode(body);
}

describe('an address', () => {
  test.each(['', 'index.html', 'clusters', 'clusters/0a1b', 'checks/scoring-inbound-allowed'])(
    '"%s" is the page',
    (path) => {
      const { status, headers, body } = ask(path);
      expect([status, textOf(body)]).toEqual([200, page]);
      expect(headers).toMatchObject({
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-cache',
      });
    },
  );

  test.each([
    [script, 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable'],
    ['portcullis.svg', 'image/svg+xml', 'no-cache'],
  ])('%s is the file', (path, mediaType, caching) => {
    const { status, headers, body } = ask(path);
    expect([status, textOf(body)]).toEqual([200, built[path]]);
    expect(headers).toMatchObject({ 'content-type': mediaType, 'cache-control': caching });
  });

  test.each([
    'assets/gone-Bq9mD1xY.js',
    '../outside.js',
    'assets/../../outside.js',
    '..%2foutside.js',
    '/etc/hosts.js',
    'linked.js',
    'assets\\..\\..\\outside.js',
    `${script}.br`,
    `${script}.map`,
    'secret.json',
    'index.html/',
    'constructor.js',
  ])('%s gives nothing away', (path) => {
    const { status, body } = ask(path);
    const given = status === 404 ? 'nothing' : textOf(body);
    expect(['nothing', page]).toContain(given);
  });

  test('of a file that is not there is 404 in words, as is a page that was not built', () => {
    expect(ask('gone.js')).toMatchObject({ status: 404, body: 'There is no such file.\n' });
    const missing = ask('', { from: join(folder, 'nowhere') });
    expect(missing).toMatchObject({ status: 404, body: expect.stringContaining('npm run build') });
  });
});

describe('who is not signed in', () => {
  test.each(['', 'index.html', 'clusters/0a1b'])('is led from "%s" to the sign-in', (path) => {
    const { status, headers, body } = ask(path, { visitor: 'stranger' });
    const back = encodeURIComponent(`/dashboard/${path}?check=a`);
    expect([status, body]).toEqual([302, undefined]);
    expect(headers['location']).toBe(`/.auth/login/aad?post_login_redirect_uri=${back}`);
    expect(headers['cache-control']).toBe('no-store');
  });

  test('is not told that the page has not changed', () => {
    const { etag = '' } = ask('').headers;
    const asked = { visitor: 'stranger', headers: { 'if-none-match': etag } } as const;
    expect(ask('', asked).status).toBe(302);
  });

  test('where nobody can be is told why', () => {
    const { status, body } = ask('', { visitor: 'keptOut' });
    expect([status, body]).toEqual([401, expect.stringContaining('App Service Authentication')]);
  });

  test('gets scripts, which say nothing of a tenant', () => {
    expect(ask(script, { visitor: 'keptOut' }).status).toBe(200);
  });
});

describe('a browser', () => {
  test.each([
    ['gzip, deflate, br, zstd', 'br'],
    ['br;q=1.0', 'br'],
    ['gzip', undefined],
    ['brotli', undefined],
    ['', undefined],
  ])('that takes "%s" gets the script packed as %s', (accepted, encoding) => {
    const { headers, body } = ask(script, { headers: { 'accept-encoding': accepted } });
    expect([headers['content-encoding'], headers['vary']]).toEqual([encoding, 'accept-encoding']);
    const bytes = body instanceof Uint8Array ? body : new Uint8Array();
    const unpacked = encoding === undefined ? bytes : brotliDecompressSync(bytes);
    expect(textOf(unpacked)).toBe(built[script]);
  });

  test.each([
    [(etag: string) => etag, 304],
    [(etag: string) => `W/${etag}`, 304],
    [(etag: string) => `"other", ${etag}`, 304],
    [() => '"other"', 200],
    [() => '', 200],
  ])('that has the page already is told so: %s gets %i', (known, status) => {
    const { etag = '' } = ask('').headers;
    const again = ask('', { headers: { 'if-none-match': known(etag) } });
    expect(again.status).toBe(status);
    expect(again.headers['etag']).toBe(etag);
    expect(again.body === undefined).toBe(status === 304);
  });

  test('has another tag for the packed form', () => {
    const tags = ['br', 'gzip'].map(
      (accepted) => ask(script, { headers: { 'accept-encoding': accepted } }).headers['etag'],
    );
    expect(new Set(tags).size).toBe(2);
  });

  test.each<[string, Asked]>([
    ['', {}],
    [script, {}],
    ['gone.js', {}],
    ['', { visitor: 'stranger' }],
    ['', { visitor: 'keptOut' }],
  ])('is told with "%s" (%o) what the page may do', (path, asked) => {
    expect(ask(path, asked).headers).toMatchObject({
      'content-security-policy': contentSecurityPolicy,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
    });
  });
});

test('the policy lets in nothing from elsewhere, no inline script and no inline style but empty ones', () => {
  const directives = new Map(
    contentSecurityPolicy.split('; ').map((each): [string, readonly string[]] => {
      const [name = '', ...sources] = each.split(' ');
      return [name, sources];
    }),
  );
  const empty = `'sha256-${createHash('sha256').update('').digest('base64')}'`;
  expect(directives.get('default-src')).toEqual(["'none'"]);
  expect(directives.get('script-src')).toEqual(["'self'"]);
  expect(directives.get('style-src')).toEqual(["'self'", empty]);
  for (const name of ['base-uri', 'form-action', 'frame-ancestors']) {
    expect(directives.get(name)).toEqual(["'none'"]);
  }
  const sources = new Set([...directives.values()].flat());
  expect(sources).toEqual(new Set(["'none'", "'self'", empty, 'data:', "'script'"]));
  expect(directives.get('img-src')).toContain('data:');
});
