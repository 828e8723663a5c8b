/** No file of the project holds a secret; test/functions/bundle.test.ts says so of what is deployed. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type FoundSecret, secretsIn } from '../../scripts/find-secrets.ts';
import { unexpectedIn } from './allowed-secrets.ts';

const root = join(import.meta.dirname, '../..');
const base64 = (bytes: number) => randomBytes(bytes).toString('base64');
const letters = (length: number) => randomBytes(length).toString('hex').slice(0, length);
const part = () => `eyJ${randomBytes(20).toString('base64url')}`;

// Made anew at each run, and written so that this file holds none.
test.each([
  ['azureAccountKey', () => base64(64)],
  ['azureSharedKey', () => `Endpoint=sb://x/;Shared${'AccessKey'}=${base64(32)}`],
  [
    'azureSignature',
    () => `https://x.blob.core.windows.net/c?sv=2026&sig${'='}${encodeURIComponent(base64(32))}`,
  ],
  ['azureFunctionKey', () => `${letters(44)}AzFu${letters(5)}Q==`],
  ['entraClientSecret', () => `abc8${'Q~'}${letters(34)}`],
  ['jsonWebToken', () => `${part()}.${part()}.`],
  ['bearerToken', () => `authorization: Bearer ${letters(40)}`],
  ['privateKey', () => `-----BEGIN ${'PRIVATE'} KEY-----\n${base64(48)}`],
  ['assignment', () => `const client${'Secret'} = '${letters(12)}_${base64(15)}';`],
  ['github', () => `gh${'p_'}${letters(36)}`],
  ['basicauth', () => `https://ada:${letters(16)}@example.org/`],
])('%s is found, and where', async (kind, made) => {
  const found = await secretsIn('docs/x.md', `one\ntwo ${made()}\nthree`);
  expect(found.map((each) => each.kind)).toContain(kind);
  expect(found).toMatchObject(found.map(() => ({ path: 'docs/x.md', line: 2 })));
});

test.each([
  '"integrity": "sha512-GL4qNP7G95zSdCpVOMeBVX6mROOko3uMuJNSXD+WmFG9vxChszbmTzpHRzogHHlr+TMqxHw5FE5LHl0OkB0luw=="',
  "const token = 'the-name-of-an-app-setting';",
  'AZURE_CLIENT_SECRET: reader.clientSecret,',
  '`Bearer ${token()}`',
  'AccountKey=…',
])('%s holds none', async (text) => {
  expect(await secretsIn('x', text)).toEqual([]);
});

test('what is found is not repeated', async () => {
  const secret = base64(64);
  const found = await secretsIn('x', secret);
  expect(found).toHaveLength(1);
  expect(JSON.stringify(found)).not.toContain(secret.slice(0, 8));
});

test.skipIf(!existsSync(join(root, '.git')))(
  'no tracked file holds one',
  { timeout: 0 },
  async () => {
    const listed = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' });
    const paths = listed.split('\0').filter((path) => path !== '' && existsSync(join(root, path)));
    expect(paths.length).toBeGreaterThan(500);
    // Files whose whole purpose is to hold some.
    const kept = /(^|\/)(\.env(\..*)?|local\.settings\.json)$|\.(pem|pfx|p12|key|publishsettings)$/;
    expect(paths.filter((path) => kept.test(path))).toEqual([]);
    const found: FoundSecret[] = [];
    for (const path of paths) {
      const bytes = readFileSync(join(root, path));
      if (!bytes.includes(0)) found.push(...(await secretsIn(path, bytes.toString('utf8'))));
    }
    expect(unexpectedIn(found, (path) => !path.startsWith('dist/'))).toEqual([]);
  },
);
