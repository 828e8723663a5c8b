/** A finding as the real processes put it right: simulator, storage, host with the built app. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { run } from '../../cli/run.ts';
import { services } from '../../cli/services.ts';
import { collector } from '../cli/made-up-world.ts';
import { type Stack, groupOf, startStack } from './stack.ts';

const cluster = 'allow-names-yesterdays-ip';
const group = groupOf(cluster);
const rule = 'portcullis-scoring-inbound-allowed';
const soon = { timeout: 60_000, interval: 200 };
let stack: Stack;

beforeAll(async () => {
  stack = await startStack({
    clusters: [cluster],
    checkDelay: '0',
    remediates: true,
    settings: { mode: 'remediate', guard: { cooldownMinutes: 0 } },
  });
});

afterAll(async () => {
  await stack.stop();
});

async function api(method: 'GET' | 'POST', path: string, body?: object) {
  const { url, keys } = stack.host.ready;
  const headers = { 'x-functions-key': keys.master, 'content-type': 'application/json' };
  const given = body === undefined ? {} : { body: JSON.stringify(body) };
  const response = await fetch(`${url}/api/${path}`, { method, headers, ...given });
  return { status: response.status, json: JSON.parse(await response.text()) };
}

interface Head {
  readonly id: string;
  readonly hash: string;
}

/** The newest remediation of the check that is in a state. */
async function remediationNow(state: string): Promise<Head | undefined> {
  const { json } = await api('GET', `remediations?state=${state}`);
  const listed: readonly (Head & { readonly checkId: string })[] = json.remediations;
  const head = listed.find(({ checkId }) => rule.endsWith(checkId));
  if (head === undefined) return undefined;
  // The list may be some seconds old, and the command does not tell the host.
  const now = await api('GET', `remediations/${head.id}`);
  return now.json.state === state ? head : undefined;
}

/** Approves what waits; the remediation that is done, if one is. */
async function approvedUntilDone(): Promise<Head | undefined> {
  const waiting = await remediationNow('awaitingApproval');
  if (waiting !== undefined) {
    await api('POST', `remediations/${waiting.id}/approve`, { hash: waiting.hash });
  }
  return remediationNow('done');
}

/** The remediation of the check once it has come to a state. */
async function remediation(state: string): Promise<Head> {
  await expect.poll(() => remediationNow(state), soon).toMatchObject({ state });
  const head = await remediationNow(state);
  if (head === undefined) throw new Error(`no remediation is ${state} any more`);
  return head;
}

test('what needs an approval is done once it has one, and taken back on demand', async () => {
  await stack.scan();
  await expect.poll(async () => (await stack.health()).lastScan?.state, soon).toBe('complete');
  // A Deny that somebody wrote has the cluster checked, and is overridden only with an approval.
  await stack.writeRule(group, 'theirs', 4000);
  const { id, hash } = await remediation('awaitingApproval');
  expect(await stack.rulesOf(group)).not.toContain(rule);
  const decide = (what: string, given: object) => api('POST', `remediations/${id}/${what}`, given);

  expect((await decide('approve', { hash: 'another' })).status).toBe(409);
  expect((await decide('approve', { colour: 'blue' })).status).toBe(400);
  expect(await decide('approve', { hash })).toMatchObject({
    status: 200,
    json: { state: 'approved', approvedBy: 'key holder' },
  });
  await remediation('done');
  expect(await stack.rulesOf(group)).toContain(rule);

  expect((await decide('rollback', { hash, because: 'a rehearsal' })).status).toBe(200);
  await remediation('rolledBack');
  expect(await stack.rulesOf(group)).not.toContain(rule);
  expect(await stack.rulesOf(group)).toContain('theirs');
});

/** A remediation of the check that is done, after somebody wrote a rule that has it planned again. */
async function doneAgain(theirs: string, priority: number): Promise<Head> {
  // Whoever took it back once is asked before it is changed again.
  await stack.writeRule(group, theirs, priority);
  // A plan may wait already that was made before this rule was there; it is void once approved.
  await expect.poll(approvedUntilDone, { ...soon, timeout: 100_000 }).toMatchObject({
    state: 'done',
  });
  expect(await stack.rulesOf(group)).toContain(rule);
  return remediation('done');
}

/** The address of the blobs of the storage account. */
function blobsOf({ connectionString }: Stack['storage']): string {
  const [, blobs = ''] = /BlobEndpoint=([^;]+)/.exec(connectionString) ?? [];
  return blobs;
}

test('what the functions did, the command takes back by its id', async () => {
  const { id } = await doneAgain('theirs-too', 4001);
  const command = join(import.meta.dirname, '../../cli/portcullis.ts');
  const blobs = blobsOf(stack.storage);
  const given = [command, 'rollback', id, '--storage', blobs, '--yes', '--no-color'];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, given, {
    env: stack.env,
    cwd: import.meta.dirname,
  });
  expect(stdout).toContain('removes');
  expect(stdout.trimEnd().split('\n').at(-1)).toBe(`${id}: taken back`);
  expect(stderr).toMatch(/\S/);
  expect(await stack.rulesOf(group)).not.toContain(rule);
  expect(await stack.rulesOf(group)).toContain('theirs-too');
});

test('what somebody has overwritten since is left by the command, which says so before it asks and after', async () => {
  const { id } = await doneAgain('theirs-once-more', 4002);
  const [name = ''] = new RegExp(`${rule}-[0-9a-f]{8}`).exec(await stack.rulesOf(group)) ?? [];
  await stack.writeRule(group, name, 3999);

  const before = await asked('n', ['rollback', id, '--storage', blobsOf(stack.storage)]);
  const left = 'Somebody changed it since; it is no longer ours.';
  expect(before.code).toBe(0);
  expect(before.out).toContain(` ? ${name} is left: ${left}\n`);
  expect(before.out).toContain('   No check of 1 cluster comes to fail by it.\n');
  expect(before.out).toMatch(/Take it back\? \[y\/N\] Nothing was changed\.\n$/);

  const after = await asked('y', ['rollback', id, '--storage', blobsOf(stack.storage)]);
  expect(after.out.trimEnd().split('\n').at(-1)).toMatch(
    `${id}: taken back in part; something is left`,
  );
  expect(after.code).toBe(1);
  expect(after.err).toContain(`\n  ${left}\n`);
  expect(await stack.rulesOf(group)).toContain(name);
});

/** Runs the command in front of somebody who types an answer. */
async function asked(answer: 'y' | 'n', argv: readonly string[]) {
  const { AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET } = stack.env;
  const reader = { AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET };
  for (const [key, value] of Object.entries(reader)) vi.stubEnv(key, value);
  const [out, err] = [collector(false), collector(false)];
  const code = await run(
    argv,
    {
      stdout: { ...out.outlet, columns: 200 },
      stderr: err.outlet,
      stdin: (async function* () {
        yield new TextEncoder().encode(`${answer}\n`);
      })(),
      stdinIsTerminal: true,
      interruption: () => new AbortController().signal,
      env: stack.env,
      folder: import.meta.dirname,
      version: '1.2.3',
      now: () => new Date(),
    },
    services,
  );
  vi.unstubAllEnvs();
  return { code, out: out.text(), err: err.text() };
}
