/** The whole of it with its real processes: simulator, storage, host, the built functions, the command. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { bundle } from '../../scripts/bundle.ts';
import { parseReport } from '../../shared/reports/report.ts';
import { demoEstate } from '../../simulator/estate/demo-estate.ts';
import { temporaryFolder } from '../cli/made-up-world.ts';

const root = join(import.meta.dirname, '../..');
const clusters = new Set(demoEstate().truth.map(({ clusterId }) => clusterId)).size;

beforeAll(async () => {
  await bundle(join(root, manifest.main));
});

/** The command as a process, with what it has written so far. */
function portcullis(
  { detached = false, ...more }: { readonly detached?: boolean; readonly TMPDIR?: string },
  ...args: readonly string[]
) {
  const child = spawn(process.execPath, [join(root, 'cli/portcullis.ts'), ...args], {
    // A tenant that is set up on this machine must not be touched.
    env: {
      ...process.env,
      AZURE_TENANT_ID: 'real',
      AzureWebJobsStorage: 'real',
      NO_COLOR: '1',
      ...more,
    },
    // In a group of its own, as a shell starts it.
    detached,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.err += text;
  });
  const code = once(child, 'close').then(([exitCode]: (number | null)[]) => exitCode);
  return { child, said, code };
}

/** Every address that the command says something listens on. */
function addressesIn(text: string): string[] {
  return [...text.matchAll(/https?:\/\/[\w.]+:\d+/g)].map(([address]) => address);
}

async function answers(address: string): Promise<boolean> {
  return fetch(address).then(
    () => true,
    (error: Error) => !/ECONNREFUSED/.test(String(error.cause)),
  );
}

test('demo --once prints the report that the functions saved, and leaves nothing running', async () => {
  const { said, code } = portcullis({}, 'demo', '--once');
  expect({ code: await code, err: said.err }).toMatchObject({ code: 0 });
  expect(said.out).toMatch(
    new RegExp(`^Portcullis · simulated Azure at [\\w.:]+ · ${clusters} clusters · `),
  );
  expect(said.out).toMatch(
    /\nCalls to Azure: \d+ of Resource Graph, [^;]*;\s\d+\.\d\ss\sin\sall\./,
  );
  expect(said.err).not.toMatch(/portcullis: (?!reading|judging)/);
  const addresses = addressesIn(said.err);
  expect(addresses).toHaveLength(3);
  expect(await Promise.all(addresses.map(answers))).toEqual([false, false, false]);
});

test('demo serves the report until it is told to end', async () => {
  const { child, said, code } = portcullis({}, 'demo');
  await expect.poll(() => said.out, { timeout: 60_000 }).toContain('Ctrl-C stops everything.');
  const [url = ''] = /http\S+reports\/latest\S+/.exec(said.out) ?? [];
  const response = await fetch(url);
  expect(response.status).toBe(200);
  expect(parseReport(await response.json()).summary.clusters).toBe(clusters);
  const table = await (await fetch(`${url}&format=table`)).text();
  expect(said.out.startsWith(table)).toBe(true);
  expect((await fetch(url.replace(/\?.*/, ''))).status).toBe(401);
  child.kill('SIGTERM');
  expect(await code).toBe(0);
  const answering = await Promise.all(addressesIn(said.err).map(answers));
  expect(answering).toEqual([false, false, false]);
});

describe.each([
  ['Ctrl-C', 'SIGINT'],
  ['the end of the terminal', 'SIGHUP'],
] as const)('%s, which reaches every process,', (_, signal) => {
  test.each([
    ['while it scans', 'demo', /portcullis: (reading|judging)/, 130],
    ['while it serves', 'demo', /Ctrl-C stops everything\./, 0],
  ])('ends the demo %s, and leaves nothing', async (__, verb, when, exitCode) => {
    const temporary = await temporaryFolder();
    const { child, said, code } = portcullis({ detached: true, TMPDIR: temporary }, verb);
    await expect.poll(() => said.err + said.out, { timeout: 60_000 }).toMatch(when);
    process.kill(-(child.pid ?? 0), signal);
    expect({ code: await code, err: said.err }).toMatchObject({
      code: exitCode,
      err: expect.stringMatching(/\nStopping…\n$/),
    });
    const answering = await Promise.all(addressesIn(said.err).map(answers));
    expect(answering).toEqual([false, false, false]);
    expect(readdirSync(temporary)).toEqual([]);
  });
});

test('what the demo started ends when the demo is killed while it scans', async () => {
  const temporary = await temporaryFolder();
  const { child, said } = portcullis({ detached: false, TMPDIR: temporary }, 'demo');
  await expect.poll(() => said.err, { timeout: 60_000 }).toMatch(/portcullis: (reading|judging)/);
  child.kill('SIGKILL');
  await expect
    .poll(() => Promise.all(addressesIn(said.err).map(answers)), { timeout: 60_000 })
    .toEqual([false, false, false]);
});
