/** Deliveries that are cut off at any moment, to sinks that fail: none lost, none twice otherwise, in order. */
import { setImmediate as tick } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { fingerprint } from '../../shared/findings/fingerprint.ts';
import { deliverAlert } from '../../shared/pipeline/deliver-alert.ts';
import { keepHouse } from '../../shared/pipeline/housekeeping.ts';
import { alertMessageKey, messageIn } from '../../shared/pipeline/messages.ts';
import { queueAlerts } from '../../shared/pipeline/queue-alerts.ts';
import { recordVerdicts } from '../../shared/pipeline/record-verdicts.ts';
import type { ServiceContext } from '../../shared/pipeline/service-context.ts';
import { SinkError } from '../../shared/ports.ts';
import type { VerdictReport } from '../../shared/reports/report.ts';
import { createRandom } from '../../simulator/estate/random.ts';
import { clusterId, groupIsWell, madeUpTenant } from './made-up-tenant.ts';
import { memoryService } from './memory-service.ts';

const seeds = import.meta.env.MODE === 'deep' ? 200 : 20;
const rounds = 60;
const clusters = [0, 1, 2];
const sinks = ['pager', 'desk', 'board'];

class Killed extends Error {}

/** Whatever a context does after its last permitted step fails: nobody is there any more. */
function mortal(context: ServiceContext, steps: number, doneFirst: boolean): ServiceContext {
  let left = steps;
  const guarded = <T extends object>(target: T): T =>
    new Proxy(target, {
      get(own, name, receiver) {
        const value: unknown = Reflect.get(own, name, receiver);
        if (typeof value !== 'function') return value;
        return async (...given: unknown[]) => {
          left -= 1;
          if (left < 0 || (left === 0 && !doneFirst)) throw new Killed();
          const result: unknown = await Reflect.apply(value, own, given);
          if (left <= 0) throw new Killed();
          return result;
        };
      },
    });
  const { stores, sinkOf } = context;
  const { findings, alerts, queues } = stores;
  return {
    ...context,
    stores: {
      ...stores,
      findings: guarded(findings),
      alerts: guarded(alerts),
      queues: guarded(queues),
    },
    sinkOf: (sink) => guarded(sinkOf(sink)),
  };
}

function verdictOn(index: number, broken: boolean): VerdictReport {
  const id = clusterId(index);
  return {
    checkId: groupIsWell.id,
    clusterId: id,
    subjectId: id,
    kind: broken ? 'fail' : 'pass',
    severity: 'high',
    exempt: null,
    fingerprint: fingerprint(groupIsWell.id, id),
    summary: 'It is broken.',
    evidence: [],
    missing: null,
    remediation: { available: false, because: 'a test' },
  };
}

test.each(Array.from({ length: seeds }, (_, index) => index))(
  'by seed %i each sink hears every transition, in order',
  async (seed) => {
    const random = createRandom(0xa1e7, seed);
    const tenant = madeUpTenant(0);
    const settings = {
      alerts: { sinks: sinks.map((name) => ({ kind: 'webhook', name, url: 'https://x.example' })) },
    };
    const service = memoryService(
      { tenant: () => tenant.reader, calls: () => ({}) },
      settings,
      '2026-11-24T02:00:00.000Z',
      [groupIsWell],
    );
    const { context, stores, heard, pass, now } = service;
    const { sinkOf } = context;
    let isCalm = false;
    const underWay = new Set<Promise<void>>();
    Object.assign(context, {
      sinkOf: (sink: Parameters<typeof sinkOf>[0]) => ({
        send(...sent: Parameters<ReturnType<typeof sinkOf>['send']>) {
          const sending = slowly(sink, ...sent).finally(() => underWay.delete(sending));
          underWay.add(sending);
          return sending;
        },
      }),
    });
    async function slowly(
      sink: Parameters<typeof sinkOf>[0],
      ...sent: Parameters<ReturnType<typeof sinkOf>['send']>
    ): Promise<void> {
      for (let ticks = random.int(0, 8); ticks > 0; ticks -= 1) await tick();
      const fate = isCalm ? 1 : random.int(1, 10);
      // It may have arrived although it seems that it did not.
      if (fate < 8) await sinkOf(sink).send(...sent);
      if (fate > 5) throw new SinkError('answered 500');
    }

    async function deliverAll(): Promise<void> {
      const batch = random.shuffled(stores.queues.receive('alerts', 30_000));
      await Promise.all(
        batch.map(async (message) => {
          const dies = !isCalm && random.chance(0.5);
          const steps = dies ? random.int(0, 14) : Number.POSITIVE_INFINITY;
          const own = mortal(context, steps, random.chance(0.5));
          try {
            await deliverAlert(own, messageIn(alertMessageKey, JSON.parse(message.text)));
            stores.queues.complete(message);
          } catch (error) {
            // Of a process that was killed nobody tells the queue: the message appears again.
            if (!(error instanceof Killed)) stores.queues.fail(message, 5);
          }
        }),
      );
      // What a process has sent arrives although it is killed; soon, or never.
      await Promise.allSettled(underWay);
    }

    const broken = new Map<number, boolean>();
    let transitions = 0;
    for (let round = 0; round < rounds; round += 1) {
      pass(random.int(1000, 60_000));
      const index = random.pick(clusters);
      if (random.chance(0.4)) {
        broken.set(index, !(broken.get(index) ?? false));
        const readAt = now().toISOString();
        const { transitions: told } = await recordVerdicts(
          stores.findings,
          clusterId(index),
          [verdictOn(index, broken.get(index) ?? false)],
          { readAt, now: now(), isSettled: true, changes: [] },
        );
        transitions += told.length;
        // Messages are lost, and come twice.
        for (let copies = random.int(0, 3); copies > 0; copies -= 1) {
          await queueAlerts(stores.queues, 'findings', told);
        }
      }
      if (random.chance(0.2)) await keepHouse(context);
      await deliverAll();
    }
    isCalm = true;
    for (let more = 0; more < 30; more += 1) {
      pass(300_000);
      await keepHouse(context);
      await deliverAll();
    }

    expect(transitions).toBeGreaterThan(3);
    expect(await service.undelivered()).toEqual([]);
    for (const index of clusters) {
      const id = fingerprint(groupIsWell.id, clusterId(index));
      const history = await stores.findings.history({
        clusterId: clusterId(index),
        fingerprint: id,
      });
      const expected = history.map(({ sequence }) => sequence);
      for (const sink of sinks) {
        const sequences = heard
          .filter((one) => one.sink === sink && one.message.id === id)
          .map(({ message }) => message.sequence);
        expect(sequences, `${sink} hears in order`).toEqual(sequences.toSorted((a, b) => a - b));
        expect([...new Set(sequences)], `${sink} hears everything`).toEqual(expected);
      }
      const state = (await stores.alerts.get(id))?.value.state ?? 'resolved';
      expect(state).toBe(broken.get(index) === true ? 'open' : 'resolved');
    }
  },
);
