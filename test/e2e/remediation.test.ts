/** A finding as the real processes put it right: simulator, storage, host with the built app. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
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
  return json.remediations.find(({ checkId }: { checkId: string }) => rule.endsWith(checkId));
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

test('what the functions did, the command takes back by its id', async () => {
  // Whoever took it back once is asked before it is changed again.
  await stack.writeRule(group, 'theirs-too', 4001);
  // A plan may wait already that was made before this rule was there; it is void once approved.
  await expect.poll(approvedUntilDone, { ...soon, timeout: 100_000 }).toMatchObject({
    state: 'done',
  });
  const { id } = await remediation('done');
  expect(await stack.rulesOf(group)).toContain(rule);

  const command = join(import.meta.dirname, '../../cli/portcullis.ts');
  const [, blobs = ''] = /BlobEndpoint=([^;]+)/.exec(stack.storage.connectionString) ?? [];
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
