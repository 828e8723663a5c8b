/** From a rule that somebody writes to a finding, over real HTTPS and Azure Storage, and back. */
import { QueueServiceClient } from '@azure/storage-queue';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Stack, findingsIn, groupOf, startStack } from './stack.ts';

const cluster = 'scoring-ok-two-halves';
const group = groupOf(cluster);
const soon = { interval: 200 };
let stack: Stack;

beforeAll(async () => {
  stack = await startStack({ clusters: [cluster], events: { delayMs: 300, duplicates: 0.5 } });
});
afterAll(async () => {
  await stack.stop();
});

async function inboundFinding() {
  const findings = await findingsIn(stack);
  return findings.find(({ checkId }) => checkId === 'scoring-inbound-allowed');
}

test('a scan is cut into shards, done, and says so', async () => {
  await stack.scan();
  const state = async () => (await stack.health()).lastScan?.state;
  await expect.poll(state, soon).toBe('complete');
});

describe('a rule that keeps callers out', { timeout: 240_000 }, () => {
  test('opens a finding that names it and who wrote it, and resolves it when it is removed', async () => {
    expect(await inboundFinding()).toBeUndefined();
    await stack.writeRule(group, 'deny-callers', 100);
    await expect.poll(inboundFinding, soon).toMatchObject({
      state: 'open',
      cause: {
        operation: 'Microsoft.Network/networkSecurityGroups/securityRules/write',
        resourceId: `${group.toLowerCase()}/securityrules/deny-callers`,
        actor: expect.stringMatching(/^[0-9a-f-]{36}$/),
      },
    });
    const opened = await inboundFinding();
    expect(opened?.evidence.map(({ rule }) => rule)).toContain('deny-callers');
    await stack.removeRule(group, 'deny-callers');
    const state = async () => (await inboundFinding())?.state;
    await expect.poll(state, soon).toBe('resolved');
    expect(await inboundFinding()).toMatchObject({
      resolution: 'passes',
      cause: { operation: 'Microsoft.Network/networkSecurityGroups/securityRules/delete' },
      sequence: 2,
    });
    if (opened === undefined) throw new Error('there is no finding');
    const told = await stack.stores.findings.history(opened);
    expect(told.map(({ kind }) => kind)).toEqual(['opened', 'resolved']);
  });
});

test('a message that always fails ends with its owner, and is seen in the health', async () => {
  const queue = QueueServiceClient.fromConnectionString(
    stack.storage.connectionString,
  ).getQueueClient('cluster-checks');
  await queue.sendMessage(Buffer.from('{"colour":"blue"}').toString('base64'));
  await expect
    .poll(async () => (await stack.health()).queues['cluster-checks'], soon)
    .toMatchObject({
      waiting: 0,
      poisoned: 0,
      failed: 1,
      owner: 'dead-letter-cluster-checks',
    });
  expect((await stack.health()).status).toBe('attention');
  const poisoned = stack.log.filter((line) => line.includes('message poisoned'));
  expect(poisoned.map((line) => JSON.parse(line).dequeueCount)).toEqual([5]);
});
