/** What is deployed, loaded by the versions of Node that Azure Functions runs. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { brotliDecompressSync } from 'node:zlib';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { type FoundSecret, secretsIn } from '../../scripts/find-secrets.ts';
import { type Package, packageFiles } from '../../scripts/package-files.ts';
import { zipOf } from '../../scripts/zip.ts';
import { unexpectedIn } from '../scripts/allowed-secrets.ts';

const node22 = join(
  import.meta.dirname,
  '../node22/node_modules/node/bin',
  process.platform === 'win32' ? 'node.exe' : 'node',
);
const root = join(import.meta.dirname, '../..');
const run = promisify(execFile);

let packed: Package;
let zip: Uint8Array;
/** Away from the project, so that nothing in node_modules is in its reach. */
let folder: string;

/** The value of whatever the machine that builds may be told in secret. */
const canary = 'canary-5ce0f5a714c64c7cbd8d';
const secretNames = [
  'AZURE_CLIENT_SECRET',
  'AzureWebJobsStorage',
  'APPLICATIONINSIGHTS_CONNECTION_STRING',
  'PORTCULLIS_REMEDIATOR_CLIENT_SECRET',
  'NPM_TOKEN',
];

beforeAll(async () => {
  for (const name of secretNames) vi.stubEnv(name, canary);
  packed = await packageFiles();
  vi.unstubAllEnvs();
  zip = zipOf(packed.files);
  folder = await mkdtemp(join(tmpdir(), 'portcullis-test-'));
  for (const [path, bytes] of Object.entries(unzipSync(zip))) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), bytes);
  }
});

afterAll(() => rm(folder, { recursive: true, force: true }));

function textOf(path: string): string {
  return new TextDecoder().decode(packed.files.get(path));
}

test('registers every function, on Node 24 and on Node 22, with nothing beside it', async () => {
  const { main }: { main: string } = JSON.parse(textOf('package.json'));
  for (const [node, version] of [
    [process.execPath, /^v24\./],
    [node22, /^v22\./],
  ] as const) {
    const script = join(import.meta.dirname, 'print-registered.ts');
    const { stdout } = await run(node, [script, join(folder, main)]);
    const printed: { node: string; registered: readonly unknown[] } = JSON.parse(stdout);
    expect(printed.node).toMatch(version);
    expect(printed.registered).toMatchObject([
      {
        name: 'api',
        trigger: { type: 'httpTrigger', route: 'api/{*path}', authLevel: 'function' },
      },
      { name: 'check-cluster', trigger: { type: 'queueTrigger', queueName: 'cluster-checks' } },
      {
        name: 'dashboard',
        trigger: { type: 'httpTrigger', route: 'dashboard/{*path}', authLevel: 'anonymous' },
      },
      { name: 'dead-letter-scan-shards', trigger: { queueName: 'scan-shards-poison' } },
      { name: 'dead-letter-cluster-checks', trigger: { queueName: 'cluster-checks-poison' } },
      { name: 'dead-letter-remediations', trigger: { queueName: 'remediations-poison' } },
      { name: 'dead-letter-alerts', trigger: { queueName: 'alerts-poison' } },
      { name: 'deliver-alert', trigger: { type: 'queueTrigger', queueName: 'alerts' } },
      {
        name: 'health',
        trigger: { type: 'httpTrigger', route: 'api/health', authLevel: 'anonymous' },
      },
      { name: 'housekeeping', trigger: { type: 'timerTrigger', schedule: '0 */5 * * * *' } },
      { name: 'remediate-finding', trigger: { type: 'queueTrigger', queueName: 'remediations' } },
      { name: 'resource-changed', trigger: { type: 'eventGridTrigger' } },
      { name: 'scan-shard', trigger: { type: 'queueTrigger', queueName: 'scan-shards' } },
      { name: 'scheduled-scan', trigger: { type: 'timerTrigger', schedule: '%SCAN_SCHEDULE%' } },
    ]);
  }
});

/** What the app and its SDKs import when they need it, from the texts that do. */
function importedLate(): (readonly [file: string, names: string])[] {
  const sources = [
    'shared/adapters/azure/azure-clients.ts',
    'node_modules/@azure/storage-blob/dist/esm/utils/blobListArrowParser.js',
  ];
  return sources.flatMap((path) => {
    const text = readFileSync(join(root, path), 'utf8');
    const imports = text.matchAll(
      /const \{ ([^}]+) \} =\s+await import\(['"](?:@azure\/)?([^'"]+)/g,
    );
    return [...imports].map(([, names = '', name = '']) => [name, names] as const);
  });
}

test('what is imported when it is needed is there, on both', async () => {
  const late = importedLate();
  expect(late.map(([name]) => name)).toEqual(['arm-network', 'arm-authorization', 'apache-arrow']);
  const script = late.map(([name, names], index) => {
    const file = JSON.stringify(pathToFileURL(join(folder, 'dist', `${name}.cjs`)).href);
    return `const m${index} = await import(${file});
      for (const name of '${names}'.split(', ')) console.log(name, typeof m${index}[name]);`;
  });
  for (const node of [process.execPath, node22]) {
    const { stdout } = await run(node, ['--input-type=module', '--eval', script.join('\n')]);
    const named = late.flatMap(([, names]) => names.split(', '));
    expect(stdout).toBe(named.map((name) => `${name} function\n`).join(''));
  }
});

test('is the same when it is packed again', async () => {
  const again = await packageFiles();
  expect(Buffer.compare(zipOf(new Map([...again.files].toReversed())), zip)).toBe(0);
});

test('holds what runs, and nothing of this machine', () => {
  const paths = [...packed.files.keys()];
  expect(paths.filter((path) => !path.startsWith('dist/'))).toEqual([
    'LICENSE',
    'THIRD-PARTY-LICENSES.txt',
    'host.json',
    'package.json',
    'sbom.cdx.json',
  ]);
  expect(paths.filter((path) => /\.(ts|env)$|local\.settings|node_modules/.test(path))).toEqual([]);
  for (const path of paths)
    expect(`${path}: ${textOf(path).includes(root)}`).toBe(`${path}: false`);
});

test('holds no secret, and nothing of whoever builds it', { timeout: 0 }, async () => {
  const found: FoundSecret[] = [];
  for (const path of packed.files.keys()) {
    const text = textOf(path);
    expect(`${path}: ${text.includes(canary)}`).toBe(`${path}: false`);
    found.push(...(await secretsIn(path, text)));
  }
  expect(unexpectedIn(found, (path) => path.startsWith('dist/'))).toEqual([]);
});

test('holds the page, and all that it loads, packed too where that helps', () => {
  const page = textOf('dist/dashboard/index.html');
  const loaded = [...page.matchAll(/(?:src|href)="\/([^"]+)"/g)].map(([, path = '']) => path);
  expect(loaded.filter((path) => path.endsWith('.js')).length).toBeGreaterThan(0);
  expect(loaded.filter((path) => !packed.files.has(`dist/${path}`))).toEqual([]);
  for (const [path, bytes] of packed.files) {
    if (!path.startsWith('dist/dashboard/') || !path.endsWith('.br')) continue;
    expect(
      Buffer.compare(
        brotliDecompressSync(bytes),
        packed.files.get(path.slice(0, -3)) ?? Buffer.of(),
      ),
    ).toBe(0);
  }
  const scripts = [...packed.files.keys()].filter((path) => /^dist\/dashboard\/.*\.js$/.test(path));
  // The page as people use it: the development build of React says so in words.
  for (const path of scripts)
    expect(`${path}: ${textOf(path).includes('react-dom-client.development')}`).toBe(
      `${path}: false`,
    );
});

test('names the parts that are in it, with their licences', () => {
  const { packages } = packed;
  const parts: { components: readonly { name: string; version: string }[] } = JSON.parse(
    textOf('sbom.cdx.json'),
  );
  const named = parts.components.map(({ name, version }) => `${name}@${version}`);
  expect(named.toSorted((a, b) => (a < b ? -1 : 1))).toEqual(
    packages.map(({ name, version }) => `${name}@${version}`),
  );
  for (const direct of [
    '@azure/functions',
    '@azure/identity',
    '@azure/arm-network',
    'react',
    'zod',
  ]) {
    expect(packages.map(({ name }) => name)).toContain(direct);
  }
  const licences = textOf('THIRD-PARTY-LICENSES.txt');
  for (const { name, version } of packages) expect(licences).toContain(`${name} ${version}`);
  // Licences that ask more than to be passed on would have to be looked at.
  const others = packages.filter(
    ({ license }) => !/^(MIT|ISC|0BSD|BSD-3-Clause|Apache-2\.0)$/.test(license),
  );
  expect(others).toEqual([]);
  expect(manifest.dependencies['zod']).toBeDefined();
});
