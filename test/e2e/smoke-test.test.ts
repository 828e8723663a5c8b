/** What azd runs after a deployment, against the whole service: each step, and each way in which one goes wrong. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { HostReady } from '../../localhost/host-process.ts';
import { urlOf } from '../../localhost/http-server.ts';
import { temporaryFolder } from '../cli/made-up-world.ts';
import { type StackOptions, findingsIn, startStack } from './stack.ts';

const root = join(import.meta.dirname, '../..');
const script = join(root, 'scripts/smoke-test.ts');
const subscription = '5ce0f5a7-14c6-4c7c-bd8d-1b0a6ac0f4c7';
const cluster = 'scoring-ok-two-halves';
const keysOf = ({ keys }: HostReady) => ({
  masterKey: keys.master,
  functionKeys: { default: keys.function },
  systemKeys: { eventgrid_extension: keys.eventGrid },
});
const someKeys = keysOf({
  url: '',
  functions: [],
  keys: { master: 'm', function: 'f', eventGrid: 'e' },
});

async function smokeTest(
  address: string,
  keys: object,
  { patience = '120', stdin = JSON.stringify(keys) } = {},
) {
  const where = ['--address', address, '--subscription', subscription];
  const child = spawn(process.execPath, [script, ...where, '--patience', patience]);
  return told(child, keys, stdin);
}

/** What a process says in all, and how it ends; never a key. */
async function told(child: ChildProcessWithoutNullStreams, keys: object, stdin = '') {
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  }
  child.stdin.end(stdin);
  const [code]: unknown[] = await once(child, 'close');
  for (const secret of JSON.stringify(keys).match(/(?<=:")[^"]{8,}/g) ?? []) {
    expect(said).not.toContain(secret);
  }
  return { code, lines: said.trimEnd().split('\n') };
}

/** As azd runs it, with an az that prints the keys. */
async function runHook(address: string, keys: object) {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'az'), '#!/bin/sh\nprintf %s "$KEYS"\n', { mode: 0o755 });
  const env = {
    PATH: [folder, dirname(process.execPath), process.env['PATH']].join(':'),
    KEYS: JSON.stringify(keys),
    AZURE_RESOURCE_GROUP: 'rg-portcullis',
    PORTCULLIS_FUNCTION_APP: 'func-portcullis',
    PORTCULLIS_ADDRESS: address,
    PORTCULLIS_AUDITED_SUBSCRIPTION: subscription,
  };
  return told(spawn('infra/hooks/smoke-test.sh', { cwd: root, env }), keys);
}

async function started(options: StackOptions) {
  const stack = await startStack(options);
  onTestFinished(() => stack.stop());
  return stack;
}

test('a first deployment is scanned, and an event leads to a verdict', async () => {
  const stack = await started({ clusters: [cluster] });
  const { url } = stack.host.ready;
  const { code, lines } = await smokeTest(url, keysOf(stack.host.ready));
  expect(lines).toEqual([
    expect.stringMatching(/^✓ version \S+ answers, with \d+ checks and its storage$/),
    expect.stringMatching(/^✓ the first scan was started, and ended after \d+ s$/),
    `✓ an event about the cluster ${cluster} was taken`,
    expect.stringMatching(/^✓ its verdicts came after \d+ s: scoring-ok-two-halves is compliant$/),
    `✓ Portcullis works at ${url}`,
  ]);
  expect(code).toBe(0);
  const again = await runHook(url, keysOf(stack.host.ready));
  expect(again.lines.map((line) => line.slice(0, 20))).not.toContain('✓ the first scan was');
  expect(again.lines).toHaveLength(4);
  // A wrong key is refused, and the master key does not open what it need not.
  const wrongKey = { ...keysOf(stack.host.ready), systemKeys: { eventgrid_extension: 'guessed' } };
  const refused = await smokeTest(url, wrongKey);
  expect(refused).toMatchObject({
    code: 1,
    lines: [
      expect.stringMatching(/^✓ version/),
      expect.stringMatching(/^✗ POST \/runtime\/webhooks\/EventGrid was answered with 401/),
      expect.stringMatching(/^ {2}next: the key was not taken/),
    ],
  });
});

test('an event about nobody is looked at, where there is no cluster, and leads to nothing', async () => {
  const stack = await started({ clusters: [] });
  const { code, lines } = await smokeTest(stack.host.ready.url, keysOf(stack.host.ready));
  expect(lines.slice(2, 5)).toEqual([
    '✓ there is no inference cluster in scope, and everything could be read: nothing to check is nothing wrong',
    '✓ an event about an address that does not exist was taken',
    '✓ check-cluster looked whom it concerns, and found nobody, as it should',
  ]);
  expect(code).toBe(0);
  expect(await findingsIn(stack)).toEqual([]);
});

test('a check that does not come is told, with where to look', async () => {
  const stack = await started({ clusters: [cluster], checkDelay: '240' });
  await stack.scan();
  await expect.poll(async () => (await stack.health()).lastScan?.state).toBe('complete');
  const { code, lines } = await smokeTest(stack.host.ready.url, keysOf(stack.host.ready), {
    patience: '3',
  });
  expect(lines.slice(-2)).toEqual([
    '✗ the event was taken, and its check did not end within 3 s; 1 messages wait in cluster-checks',
    expect.stringContaining('"Findings do not follow changes"'),
  ]);
  expect(code).toBe(1);
});

test.each([
  [404, 'the functions are not there: was "azd deploy" done'],
  [403, 'is the address that you call from among allowedCallers?'],
  [502, 'the log of the function has why'],
])(
  'an address that answers %i has no app, and it is said what that may mean',
  async (status, next) => {
    const server = createServer((_, response) => response.writeHead(status).end('Nothing here'));
    onTestFinished(() => void server.close());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { code, lines } = await smokeTest(urlOf(server), someKeys, { patience: '1' });
    expect(lines[0]).toBe(`✗ GET /api/health was answered with ${status}: Nothing here`);
    expect(lines[1]).toContain(next);
    expect(code).toBe(1);
  },
);

test('nobody at the address, no keys and no address are told apart', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = urlOf(server);
  server.close();
  await once(server, 'close');
  const nobody = await smokeTest(address, someKeys, { patience: '1' });
  expect(nobody.lines[0]).toMatch(/^✗ http\S+ does not answer: .*ECONNREFUSED/);
  const unprinted = await smokeTest(address, someKeys, { stdin: '' });
  expect(unprinted.lines[0]).toBe('✗ no keys of a function app came on standard input');
  const early = await smokeTest(address, { ...someKeys, systemKeys: {} });
  expect(early.lines[0]).toContain('the host has not loaded resource-changed yet');
  const usage = await smokeTest('nonsense', someKeys);
  expect([nobody.code, unprinted.code, early.code, usage.code]).toEqual([1, 1, 1, 2]);
  expect(usage.lines[0]).toMatch(/^az functionapp keys list .* \| npm run -s smoke-test/);
});
