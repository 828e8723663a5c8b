/** Alerts on a tenant that is made up: heard once, in order, and never lost. */
import { describe, expect, test } from 'vitest';
import { fingerprint } from '../../shared/findings/fingerprint.ts';
import { resourceId } from '../../shared/model/resource-id.ts';
import { cutScan } from '../../shared/pipeline/cut-scan.ts';
import { acknowledgeAlert } from '../../shared/pipeline/acknowledge-alert.ts';
import { deliverAlert } from '../../shared/pipeline/deliver-alert.ts';
import { keepHouse } from '../../shared/pipeline/housekeeping.ts';
import { endConditions, noteCondition } from '../../shared/pipeline/note-condition.ts';
import { noteChange } from '../../shared/pipeline/note-change.ts';
import { changeIn } from '../../shared/pipeline/resource-event.ts';
import { SinkError } from '../../shared/ports.ts';
import { findingOf } from '../contracts/stores.contract.ts';
import { clusterId, groupId, groupIsWell, madeUpTenant } from './made-up-tenant.ts';
import { memoryService } from './memory-service.ts';

const minute = 60_000;
const twoSinks = [
  { kind: 'webhook', name: 'pager', url: 'https://pager.example' },
  { kind: 'webhook', name: 'desk', url: 'https://desk.example' },
];

async function service(settings: object = { alerts: { sinks: twoSinks } }, clusters = 3) {
  const tenant = madeUpTenant(clusters);
  const parts = { tenant: () => tenant.reader, calls: () => ({}) };
  const made = memoryService(parts, settings, '2026-11-24T02:00:00.000Z', [groupIsWell]);
  const failing = new Set<string>();
  const { sinkOf } = made.context;
  Object.assign(made.context, {
    sinkOf: (sink: Parameters<typeof sinkOf>[0]) => ({
      async send(...sent: Parameters<ReturnType<typeof sinkOf>['send']>) {
        if (failing.has(sink.name ?? '')) throw new SinkError(`${sink.name} answered 500`);
        await sinkOf(sink).send(...sent);
      },
    }),
  });
  const scan = async () => {
    made.pass(120 * minute);
    await cutScan(made.context);
    await made.drain();
  };
  await scan();
  const heardBy = (name: string, about?: string) =>
    made.heard
      .filter(({ sink, message }) => sink === name && message.id === (about ?? message.id))
      .map(({ message }) => `${message.change} ${message.sequence}`);
  const id = fingerprint(groupIsWell.id, clusterId(1));
  const alert = async () => (await made.stores.alerts.get(id))?.value;
  const set = async (broken: boolean) => {
    tenant.broken.set(1, broken);
    await scan();
  };
  return { ...made, tenant, failing, scan, heardBy, id, alert, set };
}

function changeOf(index: number, at: Date) {
  const event = {
    eventType: 'Microsoft.Resources.ResourceWriteSuccess',
    eventTime: at.toISOString(),
    subject: groupId(index),
    data: { resourceUri: groupId(index), operationName: 'write' },
  };
  const change = changeIn(event, at);
  if (change === undefined) throw new Error('the event tells of no change');
  return change;
}

describe('an alert', () => {
  test('is heard once by each sink when it begins, ends and comes back', async () => {
    const { set, scan, heardBy, alert, heard, id, undelivered } = await service();
    await set(true);
    await scan();
    await set(false);
    await scan();
    await set(true);
    for (const sink of ['pager', 'desk']) {
      expect(heardBy(sink)).toEqual(['opened 1', 'resolved 2', 'reopened 3']);
    }
    expect(new Set(heard.map(({ message }) => message.id))).toEqual(new Set([id]));
    expect(await alert()).toMatchObject({ state: 'open', times: 2, sequence: 3, confirmed: 3 });
    expect((await alert())?.lease).toBeUndefined();
    expect(await undelivered()).toEqual([]);
  });

  test('of which a thousand events tell is heard once', async () => {
    const { context, tenant, drain, heardBy } = await service();
    tenant.broken.set(1, true);
    const change = changeOf(1, context.now());
    for (let copy = 0; copy < 1000; copy += 1) await noteChange(context, change);
    await drain();
    expect(heardBy('pager')).toEqual(['opened 1']);
    expect(heardBy('desk')).toEqual(['opened 1']);
  });

  test('is sent once although a thousand messages ask for it at the same time', async () => {
    const { stores, tenant, scan, drain, heard, id } = await service();
    tenant.broken.set(1, true);
    const send = stores.queues.send.bind(stores.queues);
    await scan();
    expect(heard).toHaveLength(2);
    const key = { id, subject: clusterId(1), source: 'findings' } as const;
    for (let copy = 0; copy < 1000; copy += 1) await send('alerts', key);
    await drain();
    expect(heard).toHaveLength(2);
  });

  test('is acknowledged until it is resolved', async () => {
    const { context, set, alert, id, heardBy, scan } = await service();
    await set(true);
    expect(await acknowledgeAlert(context, id, 'ada')).toMatchObject({ state: 'acknowledged' });
    await scan();
    expect(await alert()).toMatchObject({ state: 'acknowledged', acknowledgedBy: 'ada' });
    expect(await acknowledgeAlert(context, id, 'bob')).toMatchObject({ acknowledgedBy: 'ada' });
    await set(false);
    expect(await alert()).toMatchObject({ state: 'resolved' });
    expect((await alert())?.acknowledgedBy).toBeUndefined();
    expect(await acknowledgeAlert(context, 'none', 'ada')).toBeUndefined();
    expect(heardBy('pager')).toEqual(['opened 1', 'resolved 2']);
  });

  test('is nobody’s where the mode is audit, for all or by the tag of the cluster', async () => {
    const audited = await service({ mode: 'audit', alerts: { sinks: twoSinks } });
    await audited.set(true);
    expect(audited.heard).toEqual([]);
    expect(await audited.undelivered()).toEqual([]);
    const tagged = await service();
    tagged.tenant.tags.set(1, { 'portcullis:mode': 'audit' });
    await tagged.set(true);
    expect(tagged.heard).toEqual([]);
  });

  test('is not told to a sink that is new, until something happens', async () => {
    const settings = { alerts: { sinks: twoSinks.slice(0, 1) } };
    const { context, set, heardBy, id } = await service(settings);
    await set(true);
    const more = await service();
    const both = await more.context.settings();
    Object.assign(context, { settings: async () => both });
    await deliverAlert(context, { id, subject: clusterId(1), source: 'findings' });
    expect(heardBy('desk')).toEqual([]);
    await set(false);
    await set(true);
    expect(heardBy('desk')).toEqual(['opened 3']);
    expect(heardBy('pager')).toEqual(['opened 1', 'resolved 2', 'reopened 3']);
  });
});

describe('a sink that fails', () => {
  test('keeps no other waiting, and hears everything in order once it is well', async () => {
    const { failing, set, heardBy, alert, id, undelivered, drain, ...made } = await service();
    const { context, pass, stores } = made;
    failing.add('pager');
    const at = context.now().getTime();
    await set(true);
    expect(heardBy('desk', id)).toEqual(['opened 1']);
    expect(await alert()).toMatchObject({
      deliveries: { desk: { failures: 0 }, pager: { why: 'pager answered 500' } },
    });
    expect(await undelivered()).toHaveLength(1);
    // Ten attempts in an hour and a half, then somebody has to look.
    expect(context.now().getTime() - at).toBeGreaterThan(120 * minute + 80 * minute);
    expect((await alert())?.deliveries['pager']).toMatchObject({
      failures: 10,
      failedAt: expect.any(String),
    });
    expect((await stores.queues.depth('alerts')).waiting).toBe(0);
    await set(false);
    expect(heardBy('desk', id)).toEqual(['opened 1', 'resolved 2']);
    expect(heardBy('pager')).toEqual([]);
    failing.clear();
    pass(120 * minute);
    await keepHouse(context);
    await drain();
    expect(heardBy('pager', id)).toEqual(['opened 1', 'resolved 2']);
    expect(await undelivered()).toEqual([]);
  });

  test('is itself something to be told of, to the others', async () => {
    const { failing, set, heard } = await service();
    failing.add('pager');
    await set(true);
    const told = heard.map(({ sink, message }) => `${sink} ${message.checkId}`);
    expect(told).toEqual([`desk ${groupIsWell.id}`, 'desk messages-handled']);
  });
});

describe('housekeeping', () => {
  test('sends what was lost between the recording and the message', async () => {
    const { stores, context, set, heardBy, pass, drain } = await service();
    const send = stores.queues.send.bind(stores.queues);
    Object.assign(stores.queues, {
      send: async (...sent: Parameters<typeof send>) => {
        if (sent[0] !== 'alerts') await send(...sent);
      },
    });
    await set(true);
    Object.assign(stores.queues, { send });
    expect(heardBy('pager')).toEqual([]);
    pass(5 * minute);
    await keepHouse(context);
    await drain();
    expect(heardBy('pager')).toEqual(['opened 1']);
  });
});

describe('the service itself', () => {
  test('alerts of what could not be read three times in a row, once, until it can be', async () => {
    const { tenant, scan, heard } = await service();
    const scope = clusterId(1).split('/').slice(0, 3).join('/');
    const gap = { kind: 'gap', scope, what: 'route tables', why: 'no role', tried: true } as const;
    tenant.gaps.push({ ...gap, type: 'microsoft.network/routetables' });
    const told = () =>
      heard.filter(({ sink }) => sink === 'pager').map(({ message }) => message.change);
    await scan();
    await scan();
    expect(told()).toEqual([]);
    await scan();
    await scan();
    expect(told()).toEqual(['opened']);
    expect(heard[0]?.message).toMatchObject({
      checkId: 'scope-readable',
      subject: resourceId(scope),
      says: expect.stringContaining('route tables (no role)'),
    });
    tenant.gaps.length = 0;
    await scan();
    expect(told()).toEqual(['opened', 'resolved']);
  });

  test('alerts of exemptions that are about to end, once for each', async () => {
    const scope = clusterId(1);
    const exemptions = [
      { check: groupIsWell.id, scope, reason: 'known', expiresOn: '2026-12-01' },
      { check: '*', scope, reason: 'later', expiresOn: '2027-12-01' },
    ];
    const { context, drain, heardBy, pass, heard } = await service({
      exemptions,
      alerts: { sinks: twoSinks },
    });
    for (const _ of [1, 2, 3]) {
      pass(1440 * minute);
      await keepHouse(context);
      await drain();
    }
    expect(heardBy('pager')).toEqual(['opened 1']);
    expect(heard[0]?.message.says).toContain('2026-12-01 is the last day');
    pass(7 * 1440 * minute);
    await keepHouse(context);
    await drain();
    expect(heardBy('pager')).toEqual(['opened 1', 'resolved 2']);
  });

  test('alerts of an exemption of Azure Policy that accepts a finding and is about to end', async () => {
    const { context, drain, heardBy, heard, pass } = await service();
    const exempt = {
      reason: 'waived',
      approvedBy: null,
      ticket: null,
      expiresOn: '2026-12-01',
      source: 'policy',
    } as const;
    const finding = findingOf(clusterId(1), groupIsWell.id, { exempt });
    const { version } = await context.stores.findings.of(clusterId(1));
    const at = { readAt: context.now().toISOString(), ...(version && { version }) };
    await context.stores.findings.record(clusterId(1), { ...at, changed: [{ finding }] });
    for (const _ of [1, 2]) {
      await keepHouse(context);
      await drain();
      pass(60 * minute);
    }
    expect(heardBy('pager')).toEqual(['opened 1']);
    expect(heard[0]?.message).toMatchObject({
      checkId: 'exemption-renewed',
      subject: clusterId(1),
      says: expect.stringContaining('(waived) ends: 2026-12-01 is the last day'),
    });
  });

  test('alerts of a condition that somebody notes, and of its end', async () => {
    const { context, drain, heardBy } = await service();
    const circuit = {
      id: 'remediation-succeeds',
      scope: '/',
      which: 'remediator',
      summary: 'Changes stopped: 3 of 10 failed.',
    } as const;
    for (const _ of [1, 2, 3]) await noteCondition(context, circuit);
    await drain();
    await endConditions(context, circuit.id, [circuit]);
    await drain();
    expect(heardBy('desk')).toEqual(['opened 1']);
    await endConditions(context, circuit.id, []);
    await drain();
    expect(heardBy('desk')).toEqual(['opened 1', 'resolved 2']);
  });
});
