/** Moments that a clock which ran ahead has left: nobody waits until they have come. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { memoryStores } from '../../shared/adapters/store/stores.ts';
import { isDue } from '../../shared/alerts/reconcile-alert.ts';
import { resourceId } from '../../shared/model/resource-id.ts';
import { clockSkewMs, isOfWrongClock } from '../../shared/model/wrong-clock.ts';
import { cutScan } from '../../shared/pipeline/cut-scan.ts';
import { isLeased } from '../../shared/pipeline/deliver-alert.ts';
import { guardChange, storeMemory } from '../../shared/pipeline/guard-change.ts';
import { keepHouse } from '../../shared/pipeline/housekeeping.ts';
import { isWaitOver } from '../../shared/pipeline/kept-remediation.ts';
import {
  longestWaitMs,
  noteChange,
  requestCheck,
  waitFor,
} from '../../shared/pipeline/note-change.ts';
import { scanShard } from '../../shared/pipeline/scan-shard.ts';
import { defaultSettings } from '../../shared/settings/settings.ts';
import { madeUpPlan } from '../remediation/made-up-plan.ts';
import { clusterId, groupId, groupIsWell, madeUpTenant } from './made-up-tenant.ts';
import { memoryService } from './memory-service.ts';

const minute = 60_000;
const hour = 60 * minute;
const start = Date.parse('2026-11-24T02:00:00.000Z');
/** How far a clock ran ahead; no further, so that who waits for it is seen to wait. */
const aheadMs = fc.integer({ min: 2 * hour, max: 72 * hour });

function moment(at: number): string {
  return new Date(at).toISOString();
}

describe('a moment is of a wrong clock', () => {
  test('where it lies further ahead than it may mean to and clocks differ, and nowhere else', () => {
    const ms = fc.integer({ min: 0, max: 400 * 24 * hour });
    fc.assert(
      fc.property(ms, ms, fc.boolean(), (distance, ahead, isText) => {
        const at = start + distance;
        const given = isText ? moment(at) : at;
        const is = distance > ahead + clockSkewMs;
        expect(isOfWrongClock(given, new Date(start), ahead)).toBe(is);
        // Once it has come it is one like any other.
        expect(isOfWrongClock(given, new Date(at), ahead)).toBe(false);
        expect(isOfWrongClock(start - distance, new Date(start))).toBe(false);
      }),
    );
    expect(isOfWrongClock('', new Date(start))).toBe(false);
  });
});

function serviceOn(clusters: number) {
  const tenant = madeUpTenant(clusters);
  const parts = { tenant: () => tenant.reader, calls: () => ({ resourceGraphCalls: 1 }) };
  const service = memoryService(parts, {}, moment(start), [groupIsWell]);
  const { context, stores, drain, now } = service;
  return {
    ...service,
    tenant,
    scan: async () => {
      await cutScan(context);
      await drain();
    },
    change: async (index: number, isBroken: boolean) => {
      tenant.broken.set(index, isBroken);
      const at = now().toISOString();
      const change = { resourceId: groupId(index), operation: 'write', at, actor: 'somebody' };
      await noteChange(context, change);
      await drain();
    },
    stateOf: async (index: number) => {
      const { findings } = await stores.findings.of(clusterId(index));
      return findings[0]?.state;
    },
  };
}

describe('once the clock is right,', () => {
  test('a change is known as soon as it is checked, by an event and by a scan', async () => {
    const seen = fc.record({ ms: aheadMs, wrongly: fc.boolean(), rightly: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(seen, fc.boolean(), async ({ ms, wrongly, rightly }, byEvent) => {
        const { scan, change, stateOf, pass, stores, now, drain, tenant } = serviceOn(2);
        await scan();
        pass(ms);
        await change(1, !wrongly);
        await change(1, wrongly);
        pass(-ms);
        if (byEvent) await change(1, rightly);
        else {
          tenant.broken.set(1, rightly);
          await scan();
        }
        await drain();
        expect(await stateOf(1)).toBe(rightly ? 'open' : 'resolved');
        const kept = await stores.clusters.get(clusterId(1));
        expect(kept?.value.pending).toBeUndefined();
        expect(isOfWrongClock(kept?.value.readAt ?? '', now())).toBe(false);
      }),
      { numRuns: 25 },
    );
  });

  test('what is gone is resolved by the next scan, and what came back is known', async () => {
    const { scan, change, stateOf, pass, stores, tenant } = serviceOn(3);
    await scan();
    pass(30 * hour);
    await change(1, true);
    pass(-30 * hour + minute);
    tenant.broken.delete(1);
    await scan();
    expect(await stateOf(1)).toBe('resolved');
    expect(await stores.clusters.get(clusterId(1))).toBeUndefined();
    tenant.broken.set(1, true);
    pass(minute);
    await scan();
    expect(await stateOf(1)).toBe('open');
  });

  test('a scan that it began resolves nothing: who was seen since cannot be told', async () => {
    const { context, stores, scan, pass, tenant, stateOf } = serviceOn(3);
    tenant.broken.set(1, true);
    await scan();
    pass(30 * hour);
    tenant.broken.delete(1);
    const { scanId } = await cutScan(context);
    pass(-30 * hour + minute);
    await scanShard(context, { scanId, shard: 1 });
    expect((await stores.scans.get(scanId))?.value.state).toBe('complete');
    expect(await stateOf(1)).toBe('open');
    expect(await stores.clusters.get(clusterId(1))).toBeDefined();
    await scan();
    expect(await stateOf(1)).toBe('resolved');
  });

  test('a check is done that was to wait, and its message is sent again', async () => {
    const { context, stores, pass, now, told, drain } = serviceOn(2);
    pass(30 * hour);
    await requestCheck(context, clusterId(1));
    pass(-30 * hour);
    const pending = (await stores.clusters.get(clusterId(1)))?.value.pending;
    if (pending === undefined) throw new Error('nobody waits for a check');
    expect(waitFor(pending, now())).toBe(0);
    // A change on top of it waits no longer than after a right first one.
    await requestCheck(context, clusterId(1));
    const later = (await stores.clusters.get(clusterId(1)))?.value.pending;
    expect(later?.firstEventAt).toBe(now().toISOString());
    expect(Date.parse(later?.dueAt ?? '')).toBeLessThanOrEqual(now().getTime() + longestWaitMs);
    const kept = await stores.clusters.get(clusterId(1));
    if (kept === undefined) throw new Error('it is kept');
    await stores.clusters.put({ ...kept.value, pending }, kept.version);
    await keepHouse(context);
    expect(told).toContainEqual(expect.objectContaining({ message: 'check woken' }));
    await drain();
    expect((await stores.clusters.get(clusterId(1)))?.value.pending).toBeUndefined();
  });

  test('a scan that was cut off while it was being cut is given up', async () => {
    const { context, stores, pass, tenant } = serviceOn(2);
    pass(30 * hour);
    tenant.beforeRead = () => Promise.reject(new Error('killed'));
    await expect(cutScan(context)).rejects.toThrow('killed');
    pass(-30 * hour);
    await keepHouse(context);
    const states: string[] = [];
    for await (const { value } of stores.scans.list()) states.push(value.state);
    expect(states).toEqual(['abandoned']);
  });

  test('nobody holds a resource or an alert for longer than anybody does', async () => {
    let at = start;
    const { remediations } = memoryStores(() => new Date(at));
    const group = resourceId('/subscriptions/s/nsg');
    at += 30 * hour;
    expect(await remediations.lease(group, 'ahead', 10 * minute)).toBe(true);
    expect(await remediations.lease(group, 'another', 10 * minute)).toBe(false);
    at = start;
    expect(await remediations.lease(group, 'right', 10 * minute)).toBe(true);
    expect(await remediations.lease(group, 'another', 10 * minute)).toBe(false);
    const until = moment(start + minute);
    const lease = { holder: 'x', until };
    expect(isLeased({ lease }, new Date(start))).toBe(true);
    expect(isLeased({ lease }, new Date(start - 30 * hour))).toBe(false);
    expect(isLeased({}, new Date(start))).toBe(false);
  });

  test('what waits to be tried again is due', () => {
    const delivery = { sequence: 1, firing: true, times: 1, failures: 1 };
    const isTried = (ms: number) =>
      isDue({ ...delivery, retryAt: moment(start + ms) }, new Date(start));
    expect([-1, 0, 1, hour, 2 * hour].map(isTried)).toEqual([true, true, false, false, true]);
    const waits = (writtenMs: number) =>
      isWaitOver(
        { until: moment(start + 5 * hour), updatedAt: moment(start + writtenMs) },
        new Date(start),
      );
    expect([0, -hour, 4 * hour].map(waits)).toEqual([false, false, true]);
  });

  test('what was changed of late counts from now, and so for an hour, not for days', async () => {
    let at = start;
    const { remediations } = memoryStores(() => new Date(at));
    const memory = storeMemory(remediations, 'me');
    const plan = madeUpPlan(['one']);
    const settings = defaultSettings();
    const past = { resourceId: resourceId('/nsg'), fingerprint: 'f', outcome: 'done' } as const;
    await memory.putPast([{ ...past, remediationId: 'r', at: start + 30 * hour }]);
    const ask = () =>
      guardChange(
        {
          remediationId: 'mine',
          runId: 'run',
          settings: {
            ...settings,
            mode: 'remediate',
            guard: { ...settings.guard, maxChangesPerHour: 1 },
          },
          maxMode: 'remediate',
          memory,
          tenant: {
            readResource: async (id) => ({
              kind: 'row',
              id,
              type: 'microsoft.containerservice/managedclusters',
              body: {},
            }),
          },
          writer: { read: async () => undefined },
          now: () => new Date(at),
        },
        { ...plan, expiresAt: moment(at + hour) },
        { isNeeded: false },
      );
    expect(await ask()).toMatchObject({ kind: 'wait', until: start + hour });
    at += 30 * minute;
    expect(await ask()).toMatchObject({ kind: 'wait', until: start + hour });
    at = start + hour;
    expect(await ask()).toEqual({ kind: 'go' });
  });
});
