/** Ten thousand events, twice and in disorder: what counts is how everything stands at the end. */
import { setImmediate as tick } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { cutScan } from '../../shared/pipeline/cut-scan.ts';
import { noteChange } from '../../shared/pipeline/note-change.ts';
import { changeIn } from '../../shared/pipeline/resource-event.ts';
import { fingerprint } from '../../shared/findings/fingerprint.ts';
import { createRandom } from '../../simulator/estate/random.ts';
import { clusterId, groupId, groupIsWell, madeUpTenant } from './made-up-tenant.ts';
import { memoryService } from './memory-service.ts';

const clusters = 200;
const events = 10_000;
const stormMs = 240_000;
const lateMs = 30_000;
const seeds = import.meta.env.MODE === 'deep' ? [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] : [1];

/** An event about a security group, or about something that nobody depends on. */
function eventOf(id: string, at: number, isCloudEvent: boolean): object {
  const type = 'Microsoft.Resources.ResourceWriteSuccess';
  const time = new Date(at).toISOString();
  const data = {
    resourceUri: `${id}/securityRules/r`,
    operationName: 'Microsoft.Network/networkSecurityGroups/securityRules/write',
    authorization: { evidence: [] },
    claims: {},
  };
  return isCloudEvent
    ? { specversion: '1.0', type, time, subject: id, data }
    : { eventType: type, eventTime: time, subject: id, data };
}

test.each(seeds)('a storm by seed %i leaves every cluster with its last state', async (seed) => {
  const random = createRandom(0x5708, seed);
  const tenant = madeUpTenant(clusters);
  // Azure fails now and then, and takes its time.
  tenant.beforeRead = async (cluster) => {
    await tick();
    if (cluster !== undefined && random.chance(0.05)) throw new Error('Azure did not answer');
  };
  const service = memoryService(
    { tenant: () => tenant.reader, calls: () => ({}) },
    {},
    '2026-11-24T02:00:00.000Z',
    [groupIsWell],
  );
  await cutScan(service.context);
  await service.drain();
  service.pass(7_200_000);
  const begun = service.now().getTime();
  const changes = Array.from({ length: events }, () => ({
    at: begun + random.int(0, stormMs),
    index: random.int(0, clusters - 1),
    broken: random.chance(0.5),
    foreign: random.chance(0.05),
  })).toSorted((a, b) => a.at - b.at);
  const deliveries = changes.flatMap(({ at, index, foreign }) => {
    const id = foreign ? `${groupId(index)}-of-others` : groupId(index);
    const event = eventOf(id, at, random.chance(0.5));
    const copies = random.chance(0.3) ? 2 : 1;
    return Array.from({ length: copies }, () => ({ at: at + random.int(0, lateMs), event }));
  });
  deliveries.sort((a, b) => a.at - b.at);
  const shuffled = <T>(batch: readonly T[]) => random.shuffled(batch);
  while (changes.length + deliveries.length > 0) {
    service.pass(1000);
    const now = service.now().getTime();
    while (changes[0] !== undefined && changes[0].at <= now) {
      const [change] = changes.splice(0, 1);
      if (change !== undefined && !change.foreign) tenant.broken.set(change.index, change.broken);
    }
    const due = deliveries.findIndex(({ at }) => at > now);
    const batch = deliveries.splice(0, due < 0 ? deliveries.length : due);
    await Promise.all([
      ...shuffled(batch).map(({ event }) => {
        const change = changeIn(event, service.now());
        if (change === undefined) throw new Error('the event tells of no change');
        return noteChange(service.context, change);
      }),
      service.serveVisible(shuffled),
    ]);
  }
  await service.drain(shuffled);

  const findings = await service.findings();
  for (let index = 0; index < clusters; index += 1) {
    const id = clusterId(index);
    const found = findings.get(fingerprint(groupIsWell.id, id));
    const isOpen = found !== undefined && 'state' in found && found.state === 'open';
    expect([index, isOpen]).toEqual([index, tenant.broken.get(index)]);
    expect(tenant.liveReads.get(id) ?? 0).toBeLessThanOrEqual(3);
    expect((await service.stores.clusters.get(id))?.value.pending).toBeUndefined();
  }
  expect(service.told.filter(({ message }) => message === 'dead letter')).toEqual([]);
});
