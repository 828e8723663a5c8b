/** A host that is killed at any moment of a scan or of an event leaves what an undisturbed one leaves. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Child } from '../../localhost/child.ts';
import type { HostReady } from '../../localhost/host-process.ts';
import { createRandom } from '../../simulator/estate/random.ts';
import { type Stack, findingsIn, groupOf, startStack } from './stack.ts';

const clusters = ['scoring-ok-two-halves', 'allow-names-yesterdays-ip'];
const kills = import.meta.env.MODE === 'deep' ? 50 : 5;
const soon = { interval: 200 };
let stack: Stack;
let host: Child<HostReady>;

beforeAll(async () => {
  stack = await startStack({
    clusters,
    events: { delayMs: 200, duplicates: 0.3, retryMs: 200 },
    checkDelay: '0',
    lockSeconds: '2',
  });
  host = stack.host;
});
afterAll(async () => {
  await host.end();
  await stack.stop();
});

/** What every finding says, in an order of its own. */
async function standing(): Promise<readonly string[]> {
  const findings = await findingsIn(stack);
  return findings
    .filter(({ state }) => state === 'open')
    .map(
      ({ clusterId, checkId, severity, summary }) =>
        `${clusterId} ${checkId} ${severity} ${summary}`,
    )
    .toSorted();
}

/** Waits until nobody has anything to do. */
async function settled(): Promise<void> {
  const idle = async () => {
    const { queues, lastScan } = await stack.health(host.ready);
    const waiting = queues['scan-shards'].waiting + queues['cluster-checks'].waiting;
    let pending = 0;
    for await (const { value } of stack.stores.clusters.list()) {
      if (value.pending !== undefined) pending += 1;
    }
    return `${lastScan?.state} ${waiting} ${pending}`;
  };
  await expect.poll(idle, soon).toMatch(/^(complete|abandoned) 0 0$/);
}

test(
  `killed at ${kills} moments, the findings are those of an undisturbed run`,
  async () => {
    const random = createRandom(50, kills);
    await stack.scan(host.ready);
    await settled();
    const [well, hurt] = [await standing(), [] as string[]];
    expect(well.length).toBeGreaterThan(0);
    await stack.writeRule(groupOf(clusters[0] ?? ''), 'deny-all', 100);
    await expect.poll(async () => (await standing()).length, soon).toBeGreaterThan(well.length);
    await settled();
    hurt.push(...(await standing()));
    for (let kill = 1; kill <= kills; kill += 1) {
      // By turns the rule is removed and written; every third time a scan runs besides.
      const isHurt = kill % 2 === 0;
      if (kill % 3 === 0) await stack.scan(host.ready);
      if (isHurt) await stack.writeRule(groupOf(clusters[0] ?? ''), 'deny-all', 100);
      else await stack.removeRule(groupOf(clusters[0] ?? ''), 'deny-all');
      await sleep(random.int(0, 1500));
      // Nobody is asked: whatever it does is cut off in the middle.
      process.kill(host.pid, 'SIGKILL');
      await host.ended;
      host = await stack.startHost();
      await stack.subscribeTo(host.ready);
      // A scan that was being cut is begun anew by whoever runs the next.
      const { lastScan } = await stack.health(host.ready);
      if (lastScan?.state === 'cutting') await stack.scan(host.ready);
      await expect.poll(standing, soon).toEqual(isHurt ? hurt : well);
      await settled();
      expect(await standing()).toEqual(isHurt ? hurt : well);
    }
  },
  120_000 + kills * 60_000,
);
