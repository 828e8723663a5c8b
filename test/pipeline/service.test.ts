/** The service's steps on a tenant that is made up: what holds when things go wrong. */
import { globSync } from 'node:fs';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { fileSpool } from '../../shared/adapters/files/spool-file.ts';
import type { InferenceCluster } from '../../shared/facts/inference-cluster.ts';
import { fingerprint } from '../../shared/findings/fingerprint.ts';
import type { ResourceType } from '../../shared/inventory/resource-types.ts';
import { type Check, defineCheck } from '../../shared/model/check.ts';
import { type ResourceId, resourceId, subscriptionIdOf } from '../../shared/model/resource-id.ts';
import { checkCluster } from '../../shared/pipeline/check-cluster.ts';
import { cutScan } from '../../shared/pipeline/cut-scan.ts';
import { rootsToRead, unsureWorkspaces } from '../../shared/pipeline/discoveries.ts';
import { changeCluster } from '../../shared/pipeline/keep-cluster.ts';
import { placesOf } from '../../shared/pipeline/dependencies.ts';
import { queuesStanding, takeDeadLetter } from '../../shared/pipeline/dead-letters.ts';
import { keepHouse } from '../../shared/pipeline/housekeeping.ts';
import { checkMessage, messageIn } from '../../shared/pipeline/messages.ts';
import { noteChange, requestCheck } from '../../shared/pipeline/note-change.ts';
import { changeIn } from '../../shared/pipeline/resource-event.ts';
import { scanShard } from '../../shared/pipeline/scan-shard.ts';
import type { ServiceContext } from '../../shared/pipeline/service-context.ts';
import { watchedOperations } from '../../shared/pipeline/watched-operations.ts';
import type { Gap, Row, Scope } from '../../shared/ports.ts';
import type { Spool } from '../../shared/reports/json-report.ts';
import { parseSettings } from '../../shared/settings/settings.ts';
import { temporaryFolder } from '../cli/made-up-world.ts';
import { judged } from './made-up-judgement.ts';
import { clusterId, groupId, groupIsWell, madeUpTenant } from './made-up-tenant.ts';
import { memoryService } from './memory-service.ts';

const minute = 60_000;
const workspacesType = 'microsoft.machinelearningservices/workspaces';

async function scanned(
  clusters: number,
  broken: readonly number[] = [],
  change: (tenant: ReturnType<typeof madeUpTenant>) => void = () => {},
  catalogue: readonly Check<InferenceCluster>[] = [groupIsWell],
) {
  const tenant = madeUpTenant(clusters);
  change(tenant);
  for (const index of broken) tenant.broken.set(index, true);
  const parts = {
    tenant: () => tenant.reader,
    calls: () => ({ resourceGraphCalls: 1 }),
  };
  const service = memoryService(parts, {}, '2026-11-24T02:00:00.000Z', catalogue);
  const scan = async () => {
    service.pass(minute);
    const { scanId } = await cutScan(service.context);
    await service.drain();
    return (await service.stores.scans.get(scanId))?.value;
  };
  const stateOf = async (index: number) => {
    const found = await service.stores.findings.of(clusterId(index));
    return found.findings.find(({ checkId }) => checkId === groupIsWell.id)?.state;
  };
  const first = await scan();
  return { ...service, tenant, scan, stateOf, first };
}

/** The same with no security group at any subnet. */
function withoutGroup(items: readonly (Row | Gap)[]): readonly (Row | Gap)[] {
  return items.map((item) =>
    item.kind === 'row' && item.type === 'microsoft.network/virtualnetworks'
      ? { ...item, body: { ...item.body, properties: { subnets: [] } } }
      : item,
  );
}

function computeOf(workspace: ResourceId, cluster: ResourceId): Row {
  return {
    kind: 'row',
    id: resourceId(`${workspace}/computes/inference`),
    type: `${workspacesType}/computes`,
    body: { name: 'inference', properties: { computeType: 'AKS', resourceId: cluster } },
  };
}

function changeOf(id: ResourceId, at: Date) {
  return { resourceId: id, operation: 'write', at: at.toISOString(), actor: 'somebody' };
}

describe('a scan', () => {
  test('is cut into shards that all clusters are in, and tells how the tenant stands', async () => {
    const { first, report, stores, findings } = await scanned(1300, [3, 1299]);
    expect(first).toMatchObject({ state: 'complete', shards: 2, clusters: 1300 });
    const { summary, complete } = await report();
    expect(complete).toBe(true);
    expect(summary).toMatchObject({ clusters: 1300, nonCompliant: 2, compliant: 1298 });
    expect((await findings()).size).toBe(2);
    expect(await stores.trend.since('')).toMatchObject([
      { scanId: first?.scanId, complete: true, nonCompliant: 2, bySeverity: { high: 2 } },
    ]);
  });

  test('leaves with each cluster what every check said of it', async () => {
    const { stores, report } = await scanned(3, [1]);
    const { verdicts } = await report();
    for (const index of [0, 1, 2]) {
      const id = clusterId(index);
      const kept = (await stores.clusters.get(id))?.value.verdicts;
      expect(kept).toEqual(
        verdicts
          .filter((verdict) => verdict.clusterId === id)
          .map(({ checkId, kind, severity }) => ({ checkId, kind, severity, isExempt: false })),
      );
    }
    expect((await stores.clusters.get(clusterId(1)))?.value.verdicts).toMatchObject([
      { kind: 'fail' },
    ]);
  });

  test('leaves what it has cost, and what it could not read, gathered by what and why', async () => {
    const { tenant, scan, report } = await scanned(2);
    const gap = (scope: string, what: string): Gap => ({
      kind: 'gap',
      scope,
      what,
      why: 'no leave',
    });
    tenant.gaps.push(...[1, 2, 3, 4, 5, 6, 7].map((one) => gap(`/${one}`, 'the locks')));
    tenant.gaps.push(gap('/1', 'the groups'));
    const { end } = (await scan()) ?? {};
    expect(end).toEqual({
      cost: (await report()).cost,
      gaps: 8,
      gapGroups: [
        {
          what: 'the locks',
          why: 'no leave',
          count: 7,
          scopes: ['/1', '/2', '/3', '/4', '/5'],
        },
        { what: 'the groups', why: 'no leave', count: 1, scopes: ['/1'] },
      ],
    });
  });

  test('of a large scope is cut part by part, and says the same of it', async () => {
    const whole = await scanned(40, [3, 39]);
    const asked: (readonly string[])[] = [];
    const inParts = await scanned(40, [3, 39], ({ reader }) => {
      const readScope = reader.readScope.bind(reader);
      Object.assign(reader, {
        async partsOf() {
          const { covered } = await readScope({});
          return [covered.slice(0, 7), covered.slice(7)].map((subscriptions) => ({
            subscriptions,
          }));
        },
        async readScope({ subscriptions = [] }: Scope) {
          asked.push(subscriptions);
          const { items } = await readScope({});
          const isAsked = (scope: string) =>
            subscriptions.includes(subscriptionIdOf(resourceId(scope)) ?? '');
          return {
            items: items.filter((item) => isAsked(item.kind === 'row' ? item.id : item.scope)),
            covered: subscriptions,
          };
        },
      });
    });
    expect(asked.map(({ length }) => length)).toEqual([7, 13]);
    expect(inParts.first).toMatchObject({ state: 'complete', shards: 2, clusters: 40 });
    const [one, other] = [await whole.report(), await inParts.report()];
    expect(other.summary).toEqual(one.summary);
    const byId = ({ id: a }: { id: string }, { id: b }: { id: string }) => (a < b ? -1 : 1);
    expect(other.clusters.toSorted(byId)).toEqual(one.clusters.toSorted(byId));
    expect(new Set(other.verdicts)).toEqual(new Set(one.verdicts));
    // A cluster that is gone from one part is resolved, and none of the other.
    inParts.tenant.broken.delete(3);
    await inParts.scan();
    expect(await inParts.stateOf(3)).toBe('resolved');
    expect(await inParts.stateOf(39)).toBe('open');
  });

  test('done twice, shard by shard, tells nothing new', async () => {
    const { context, first, drain, stores } = await scanned(3, [1]);
    const about = {
      clusterId: clusterId(1),
      fingerprint: fingerprint(groupIsWell.id, clusterId(1)),
    };
    const told = () => stores.findings.history(about);
    const before = await told();
    expect(before).toHaveLength(1);
    const scanId = first?.scanId ?? '';
    const kept = await stores.scans.shard(scanId, 1);
    expect(await scanShard(context, { scanId, shard: 1 })).toBe('doneBefore');
    if (kept === undefined) throw new Error('the shard is not kept');
    await stores.scans.putShard({ ...kept.value, state: 'queued' }, kept.version);
    expect(await scanShard(context, { scanId, shard: 1 })).toBe('done');
    await drain();
    expect(await told()).toEqual(before);
  });

  test('ends although a shard always fails, and its report says what is missing', async () => {
    const { tenant, scan, report, stateOf, told, stores } = await scanned(1300, [1]);
    tenant.broken.set(1, false);
    tenant.broken.set(19, true);
    const readClusters = tenant.reader.readClusters.bind(tenant.reader);
    Object.assign(tenant.reader, {
      readClusters: (ids: readonly ResourceId[], given: never) =>
        ids.includes(clusterId(1))
          ? Promise.reject(new Error('it broke'))
          : readClusters(ids, given),
    });
    expect(await scan()).toMatchObject({ state: 'incomplete', shards: 2 });
    const { complete, gaps, summary } = await report();
    const failed = (await stores.scans.shards((await latest(stores)) ?? '')).filter(
      ({ state }) => state === 'failed',
    );
    expect(failed).toHaveLength(1);
    expect(complete).toBe(false);
    expect(summary.clusters).toBe(1300 - (failed[0]?.clusters ?? 0));
    expect(gaps).toHaveLength(failed[0]?.clusters ?? 0);
    // Not looked at is not resolved; the other shards went on.
    expect(await stateOf(1)).toBe('open');
    expect(await stateOf(19)).toBe('open');
    expect(told.map(({ message }) => message)).toContain('dead letter');
  });

  test.each<[string, (context: ServiceContext) => ServiceContext]>([
    ['ends well', (context) => context],
    [
      'fails before its last clusters',
      (context) => {
        const { clusters } = context.stores;
        let calls = 0;
        const putAll: typeof clusters.putAll = async (states) => {
          calls += 1;
          if (calls > 1) throw new Error('503');
          return clusters.putAll(states);
        };
        return { ...context, stores: { ...context.stores, clusters: { ...clusters, putAll } } };
      },
    ],
    [
      'fails when it writes its result',
      (context) => {
        const files = { ...context.stores.files, write: () => Promise.reject(new Error('503')) };
        return { ...context, stores: { ...context.stores, files } };
      },
    ],
    [
      'closes a scan whose report cannot be saved',
      (context) => ({
        ...context,
        reports: {
          // As the clients of the storage account do, it leaves the text unread.
          async save(_, pieces) {
            await pieces[Symbol.asyncIterator]().next();
            throw new Error('503');
          },
        },
      }),
    ],
  ])('leaves no file of a shard that %s', async (_, change) => {
    const folder = await temporaryFolder();
    vi.stubEnv('TMPDIR', folder);
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    const { context, scan } = await scanned(150, [3]);
    const left = () => globSync('portcullis-*', { cwd: folder });
    const seen: (readonly string[])[] = [];
    const spool = (): Spool => {
      const own = fileSpool(1);
      return {
        ...own,
        async write(text) {
          await own.write(text);
          seen.push(left());
        },
      };
    };
    const { scanId } = await cutScan(context);
    await scanShard(change({ ...context, spool }), { scanId, shard: 1 }).catch(() => {});
    expect(seen.some((files) => files.length > 0)).toBe(true);
    expect(left()).toEqual([]);
    // What failed is done again.
    expect(await scan()).toMatchObject({ state: 'complete' });
  });

  test.each<[string, Partial<Gap> | undefined, string]>([
    ['resolves what is open of a cluster that is gone', undefined, 'resolved'],
    [
      'leaves it open where its subscription was not read whole',
      { type: 'microsoft.containerservice/managedclusters' },
      'open',
    ],
    [
      'leaves it open where another kind of row could hide it',
      { type: 'microsoft.network/publicipaddresses' },
      'open',
    ],
  ])('%s', async (_, gap, state) => {
    const { tenant, scan, stateOf, stores } = await scanned(3, [1]);
    tenant.broken.delete(1);
    if (gap !== undefined) {
      const scope = clusterId(1).split('/').slice(0, 3).join('/');
      tenant.gaps.push({ kind: 'gap', scope, what: 'rows', why: 'no role', tried: true, ...gap });
    }
    await scan();
    expect(await stateOf(1)).toBe(state);
    expect((await stores.clusters.get(clusterId(1))) === undefined).toBe(state === 'resolved');
    const depending = await stores.dependencies.clustersOf([groupId(1)]);
    expect(depending).toEqual(state === 'resolved' ? [] : [clusterId(1)]);
  });

  test('keeps what an event wrote while its findings were recorded', async () => {
    const { tenant, context, scan, stores, stateOf } = await scanned(3);
    const record: typeof stores.findings.record = stores.findings.record.bind(stores.findings);
    Object.assign(stores.findings, {
      record: async (...given: Parameters<typeof record>) => {
        Object.assign(stores.findings, { record });
        await noteChange(context, changeOf(groupId(1), context.now()));
        tenant.broken.set(1, true);
        await record(...given);
      },
    });
    await scan();
    expect(tenant.liveReads.get(clusterId(1))).toBe(1);
    expect(await stateOf(1)).toBe('open');
    expect((await stores.clusters.get(clusterId(1)))?.value).toMatchObject({ checkedBy: 'event' });
  });

  test('that was cut off while it was being cut gives way to the next', async () => {
    const { tenant, context, scan, stores, pass } = await scanned(3);
    pass(minute);
    tenant.beforeRead = () => Promise.reject(new Error('killed'));
    await expect(cutScan(context)).rejects.toThrow('killed');
    tenant.beforeRead = async () => {};
    expect(await scan()).toMatchObject({ state: 'complete' });
    const states: string[] = [];
    for await (const { value } of stores.scans.list()) states.push(value.state);
    expect(states).toEqual(['complete', 'abandoned', 'complete']);
  });

  test('does not overrule a check that has just seen Azure itself', async () => {
    const { tenant, context, scan, stateOf, drain, pass } = await scanned(3);
    const readClusters = tenant.reader.readClusters.bind(tenant.reader);
    const before = await readClusters([clusterId(1)], { items: [], covered: [] });
    tenant.broken.set(1, true);
    await noteChange(context, changeOf(groupId(1), context.now()));
    await drain();
    expect(await stateOf(1)).toBe('open');
    // The index has not seen the change yet.
    Object.assign(tenant.reader, { readClusters: async () => before });
    const reads = tenant.liveReads.get(clusterId(1)) ?? 0;
    await scan();
    expect(await stateOf(1)).toBe('open');
    expect(tenant.liveReads.get(clusterId(1))).toBe(reads + 1);
    // A day later the index is right, whatever it says.
    pass(1440 * minute);
    await scan();
    expect(await stateOf(1)).toBe('resolved');
  });

  test('that began before a check leaves what the check has kept', async () => {
    const { tenant, context, scan, stores, pass } = await scanned(3);
    pass(120 * minute);
    const own = { ...tenant.reader };
    Object.assign(tenant.reader, {
      readClusters: async (...given: Parameters<typeof own.readClusters>) =>
        withoutGroup(await own.readClusters(...given)),
    });
    const putAll = stores.clusters.putAll.bind(stores.clusters);
    Object.assign(stores.clusters, {
      putAll: async (...given: Parameters<typeof putAll>) => {
        Object.assign(stores.clusters, { putAll });
        pass(minute);
        tenant.broken.set(1, true);
        await requestCheck(context, clusterId(1));
        const request = (await stores.clusters.get(clusterId(1)))?.value.pending?.request ?? '';
        pass(minute);
        expect(await checkCluster(context, { clusterId: clusterId(1), request })).toBe('checked');
        return putAll(...given);
      },
    });
    await scan();
    const { value } = (await stores.clusters.get(clusterId(1))) ?? {};
    expect(value).toMatchObject({ checkedBy: 'event', verdicts: [{ kind: 'fail' }] });
    expect(await stores.dependencies.clustersOf([groupId(1)])).toEqual([clusterId(1)]);
  });

  test.each(['kept', 'recorded'] as const)(
    'tells a check that was %s meanwhile of a workspace into which it did not look',
    async (what) => {
      const { tenant, context, scan, stores, pass } = await scanned(3, [1]);
      pass(120 * minute);
      const workspace = resourceId(
        clusterId(1).replace(/microsoft\.containerservice.*/, `${workspacesType}/new`),
      );
      const own = { ...tenant.reader };
      const from: (readonly ResourceId[])[] = [];
      Object.assign(tenant.reader, {
        readClusters: async (...given: Parameters<typeof own.readClusters>) => [
          ...(await own.readClusters(...given)),
          computeOf(workspace, clusterId(1)),
        ],
        readCluster: async (id: ResourceId, roots: readonly ResourceId[]) => {
          from.push(roots);
          return own.readCluster(id, roots);
        },
      });
      const checked = async () => {
        pass(minute);
        await requestCheck(context, clusterId(1));
        const request = (await stores.clusters.get(clusterId(1)))?.value.pending?.request ?? '';
        pass(minute);
        await checkCluster(context, { clusterId: clusterId(1), request });
      };
      const putAll = stores.clusters.putAll.bind(stores.clusters);
      const of = stores.findings.of.bind(stores.findings);
      const meanwhile = {
        kept: () =>
          Object.assign(stores.clusters, {
            putAll: async (...given: Parameters<typeof putAll>) => {
              Object.assign(stores.clusters, { putAll });
              await checked();
              return putAll(...given);
            },
          }),
        recorded: () =>
          Object.assign(stores.findings, {
            of: async (id: ResourceId) => {
              if (id !== clusterId(1)) return of(id);
              Object.assign(stores.findings, { of });
              await checked();
              return of(id);
            },
          }),
      };
      meanwhile[what]();
      await scan();
      expect(from).toEqual([[], [workspace]]);
    },
  );

  test('shows a check that has just been where else to look', async () => {
    const { tenant, context, scan, drain, stores } = await scanned(3);
    await noteChange(context, changeOf(groupId(1), context.now()));
    await drain();
    // Its event was lost: only the index knows that a second workspace attaches the cluster.
    const workspace = resourceId(
      clusterId(1).replace(/microsoft\.containerservice.*/, `${workspacesType}/new`),
    );
    const compute = computeOf(workspace, clusterId(1));
    const own = { ...tenant.reader };
    const from: (readonly ResourceId[])[] = [];
    Object.assign(tenant.reader, {
      readClusters: async (...given: Parameters<typeof own.readClusters>) => [
        ...(await own.readClusters(...given)),
        compute,
      ],
      readCluster: async (id: ResourceId, roots: readonly ResourceId[]) => {
        from.push(roots);
        return own.readCluster(id, roots);
      },
    });
    await scan();
    expect(from).toEqual([[workspace]]);
    expect((await stores.clusters.get(clusterId(1)))?.value.roots).toEqual([workspace]);
    await scan();
    expect(from).toHaveLength(1);
  });
});

describe('a cluster that nothing shows to serve Azure ML any more', () => {
  const compute = 'microsoft.machinelearningservices/workspaces/computes';
  const ownSubscription = `/subscriptions/${subscriptionIdOf(clusterId(1)) ?? ''}`;
  const unread = (type?: ResourceType, scope = '/'): Gap => ({
    kind: 'gap',
    scope,
    what: 'rows',
    why: '401',
    ...(type === undefined ? {} : { type }),
  });
  /** An extension of which nobody can tell what it is. */
  const extension = (): Row => {
    const id = resourceId(
      `${clusterId(1)}/providers/microsoft.kubernetesconfiguration/extensions/aml`,
    );
    const type = 'microsoft.kubernetesconfiguration/extensions';
    return { kind: 'row', id, type, body: { id, type, name: 'aml', properties: 'none' } };
  };

  test('stays where the subscription of its workspace was refused', async () => {
    const elsewhere = '/subscriptions/11111111-0000-4000-8000-000000000000';
    const workspace = resourceId(
      `${elsewhere}/resourcegroups/rg/providers/microsoft.machinelearningservices/workspaces/ws`,
    );
    for (const how of ['check', 'scan'] as const) {
      const { tenant, context, drain, scan, stateOf, stores, pass } = await scanned(3, [1]);
      await requestCheck(context, clusterId(1), undefined, [workspace]);
      pass(minute);
      tenant.gaps.push(unread(undefined, elsewhere));
      const kept = await stores.clusters.get(clusterId(1));
      if (kept === undefined) throw new Error('it is kept');
      const { pending: _, ...settled } = kept.value;
      if (how === 'scan') await stores.clusters.put(settled, kept.version);
      tenant.tags.set(1, { 'portcullis:inference': 'false' });
      if (how === 'check') await drain();
      else await scan();
      expect(await stateOf(1)).toBe('open');
      // That it is gone is told by its own subscription alone.
      tenant.broken.delete(1);
      await noteChange(context, changeOf(clusterId(1), context.now()));
      await drain();
      expect(await stateOf(1)).toBe('resolved');
    }
  });

  test.each<[string, Row | Gap | undefined, 'resolved' | 'open']>([
    ['is forgotten', undefined, 'resolved'],
    ['is forgotten whatever else was refused', unread('microsoft.network/routetables'), 'resolved'],
    [
      'is forgotten whatever another subscription hides',
      unread(undefined, '/subscriptions/11111111-0000-4000-8000-000000000000'),
      'resolved',
    ],
    ['stays where what attaches it was refused', unread(compute), 'open'],
    ['stays where its subscription was refused', unread(undefined, ownSubscription), 'open'],
    ['stays where nobody knows what was refused', unread(), 'open'],
    ['stays where what may attach it is not understood', extension(), 'open'],
  ])('%s', async (_, came, state) => {
    for (const how of ['check', 'scan'] as const) {
      const { tenant, context, drain, scan, stateOf, stores } = await scanned(3, [1]);
      tenant.tags.set(1, { 'portcullis:inference': 'false' });
      const own = { ...tenant.reader };
      Object.assign(tenant.reader, {
        readCluster: async (id: ResourceId) => [
          ...(await own.readCluster(id, [])),
          ...(came === undefined ? [] : [came]),
        ],
        readScope: async () => {
          const { items, covered } = await own.readScope({});
          return { items: [...items, ...(came === undefined ? [] : [came])], covered };
        },
      });
      if (how === 'check') {
        await noteChange(context, changeOf(clusterId(1), context.now()));
        await drain();
      } else await scan();
      expect(await stateOf(1)).toBe(state);
      const kept = (await stores.clusters.get(clusterId(1)))?.value;
      expect(kept === undefined).toBe(state === 'resolved');
      expect(kept?.pending).toBeUndefined();
    }
  });
});

describe('what a cluster depends on', () => {
  test.each(['check', 'scan'] as const)(
    'is not forgotten where a %s could not read what leads there',
    async (how) => {
      const { tenant, context, drain, scan, stores } = await scanned(3, [1]);
      const dependents = () => stores.dependencies.clustersOf([groupId(1)]);
      expect(await dependents()).toEqual([clusterId(1)]);
      const own = { ...tenant.reader };
      const type = 'microsoft.network/virtualnetworks';
      const withoutNetworks = (items: readonly (Row | Gap)[]): readonly (Row | Gap)[] => [
        ...items.filter((item) => item.kind === 'gap' || item.type !== type),
        { kind: 'gap', type, scope: '/', what: 'networks', why: '403' },
      ];
      const again = async () => {
        if (how === 'scan') return scan();
        await noteChange(context, changeOf(clusterId(1), context.now()));
        return drain();
      };
      Object.assign(tenant.reader, {
        readCluster: async (id: ResourceId) => withoutNetworks(await own.readCluster(id, [])),
        readClusters: async (ids: readonly ResourceId[], given: never) =>
          withoutNetworks(await own.readClusters(ids, given)),
      });
      await again();
      expect(await dependents()).toEqual([clusterId(1)]);
      // Where all was read again, what is gone goes.
      Object.assign(tenant.reader, {
        readCluster: async (id: ResourceId) => withoutGroup(await own.readCluster(id, [])),
        readClusters: async (ids: readonly ResourceId[], given: never) =>
          withoutGroup(await own.readClusters(ids, given)),
      });
      await again();
      expect(await dependents()).toEqual([]);
    },
  );

  test('keeps the workspaces of which nobody could see whether they attach it', async () => {
    const { tenant, context, drain, pass, scan, stores } = await scanned(3, [1]);
    const workspace = resourceId(
      clusterId(1).replace(/microsoft\.containerservice.*/, `${workspacesType}/w`),
    );
    const roots = async () => (await stores.clusters.get(clusterId(1)))?.value.roots;
    await requestCheck(context, clusterId(1), undefined, [workspace]);
    await drain();
    expect(await roots()).toEqual([workspace]);
    // A scan leaves alone what was checked within the hour.
    pass(120 * minute);
    const type = `${workspacesType}/computes` as const;
    tenant.gaps.push({ kind: 'gap', type, scope: workspace, what: 'computes', why: '403' });
    await scan();
    expect(await roots()).toEqual([workspace]);
    tenant.gaps.length = 0;
    await scan();
    expect(await roots()).toEqual([]);
  });
});

describe('a cluster that is gone', () => {
  test('and comes back while that is found out is checked again', async () => {
    const { tenant, context, drain, stateOf, stores } = await scanned(3, [1]);
    tenant.broken.delete(1);
    tenant.beforeRead = async (cluster) => {
      if (cluster === undefined) return;
      tenant.beforeRead = async () => {};
      await noteChange(context, { ...changeOf(clusterId(1), context.now()), operation: 'create' });
    };
    const readCluster = tenant.reader.readCluster.bind(tenant.reader);
    Object.assign(tenant.reader, {
      readCluster: async (id: ResourceId) => {
        const rows = await readCluster(id, []);
        tenant.broken.set(1, true);
        return rows;
      },
    });
    await noteChange(context, changeOf(clusterId(1), context.now()));
    await drain();
    expect(await stateOf(1)).toBe('open');
    expect(tenant.liveReads.get(clusterId(1))).toBe(2);
    expect(await stores.dependencies.clustersOf([groupId(1)])).toEqual([clusterId(1)]);
  });

  test('is not opened anew by an index that still has it', async () => {
    const { tenant, context, drain, scan, stateOf, stores } = await scanned(3, [1]);
    const before = await tenant.reader.readScope({});
    const rows = await tenant.reader.readClusters([clusterId(1)], { items: [], covered: [] });
    tenant.broken.delete(1);
    await noteChange(context, changeOf(clusterId(1), context.now()));
    await drain();
    expect(await stateOf(1)).toBe('resolved');
    const readClusters = tenant.reader.readClusters.bind(tenant.reader);
    Object.assign(tenant.reader, {
      readScope: async () => before,
      readClusters: async (ids: readonly ResourceId[]) => [
        ...(await readClusters(ids, before)),
        ...rows,
      ],
    });
    await scan();
    expect(await stateOf(1)).toBe('resolved');
    expect(await stores.clusters.get(clusterId(1))).toBeUndefined();
  });

  test.each([
    ['left out of the scope', ['/subscriptions/00000000-0000-4000-8000-000000000003']],
    ['of a subscription whose groups nobody read', ['/providers/x/managementgroups/mine']],
  ])('is another one than one %s: that stays as it was', async (_, [only = '']) => {
    const { tenant, context, scan, drain, stateOf, stores } = await scanned(3, [1]);
    const scope = only.startsWith('/subscriptions/')
      ? { subscriptions: [only], managementGroups: ['mine'] }
      : { managementGroups: [only] };
    const parsed = parseSettings({ scope });
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    Object.assign(context, { settings: async () => parsed.settings });
    expect(await scan()).toMatchObject({ clusters: 0 });
    expect(await stateOf(1)).toBe('open');
    tenant.broken.set(2, true);
    await noteChange(context, changeOf(groupId(2), context.now()));
    await drain();
    expect(await stateOf(2)).toBeUndefined();
    expect((await stores.clusters.get(clusterId(2)))?.value.pending).toBeUndefined();
  });
});

describe('a change', () => {
  test('is not lost to a scan that began later and knew less', async () => {
    const { tenant, context, drain, stateOf, pass } = await scanned(3);
    const stale = await tenant.reader.readClusters([clusterId(1)], { items: [], covered: [] });
    const readClusters = tenant.reader.readClusters.bind(tenant.reader);
    tenant.broken.set(1, true);
    tenant.beforeRead = async (cluster) => {
      if (cluster === undefined) return;
      tenant.beforeRead = async () => {};
      pass(minute);
      Object.assign(tenant.reader, { readClusters: async () => stale });
      const { scanId } = await cutScan(context);
      await scanShard(context, { scanId, shard: 1 });
      Object.assign(tenant.reader, { readClusters });
    };
    await noteChange(context, changeOf(groupId(1), context.now()));
    await drain();
    expect(await stateOf(1)).toBe('open');
    expect(tenant.liveReads.get(clusterId(1))).toBe(2);
  });

  test('is not lost to a clock that was ahead', async () => {
    const { tenant, context, drain, stateOf, pass } = await scanned(3);
    pass(60 * minute);
    await requestCheck(context, clusterId(1));
    await drain();
    pass(-60 * minute);
    tenant.broken.set(1, true);
    await noteChange(context, changeOf(groupId(1), context.now()));
    await drain();
    expect(await stateOf(1)).toBe('open');
  });

  test('of something unknown is looked at once for many', async () => {
    const { tenant, context, drain, stores, pass } = await scanned(3);
    const address = resourceId(
      '/subscriptions/s/resourcegroups/g/providers/microsoft.network/publicipaddresses/ip',
    );
    let reads = 0;
    Object.assign(tenant.reader, { readResource: async () => void (reads += 1) });
    const events = async () => {
      for (let event = 0; event < 50; event += 1) {
        await noteChange(context, changeOf(address, context.now()));
      }
    };
    await events();
    expect((await stores.queues.depth('cluster-checks')).waiting).toBe(1);
    await drain();
    expect(reads).toBe(1);
    // What comes after the look leads to another.
    await events();
    await drain();
    expect(reads).toBe(2);
    // A message that got lost is not waited for forever.
    const send = stores.queues.send.bind(stores.queues);
    Object.assign(stores.queues, { send: async () => {} });
    await events();
    Object.assign(stores.queues, { send });
    pass(11 * minute);
    await events();
    await drain();
    expect(reads).toBe(3);
  });

  test('whose look could not be asked for is asked for by the event that comes again', async () => {
    const { tenant, context, drain, stateOf, stores } = await scanned(3);
    tenant.broken.set(7, true);
    const send = stores.queues.send.bind(stores.queues);
    Object.assign(stores.queues, { send: () => Promise.reject(new Error('no queue')) });
    const change = changeOf(clusterId(7), context.now());
    await expect(noteChange(context, change)).rejects.toThrow('no queue');
    Object.assign(stores.queues, { send });
    await noteChange(context, change);
    await drain();
    expect(await stateOf(7)).toBe('open');
  });

  test('of a compute has the cluster checked that it attaches now, beside the one before', async () => {
    const { tenant, context, drain, stores } = await scanned(3);
    const compute = resourceId(
      clusterId(2).replace(/microsoft\.containerservice.*/, `${workspacesType}/w/computes/c`),
    );
    await stores.dependencies.replace([{ cluster: clusterId(1), before: [], after: [compute] }]);
    const properties = { computeType: 'Kubernetes', resourceId: clusterId(2) };
    const type = `${workspacesType}/computes` as const;
    Object.assign(tenant.reader, {
      readResource: async () => ({ kind: 'row', id: compute, type, body: { properties } }),
    });
    await noteChange(context, changeOf(compute, context.now()));
    await drain();
    expect(tenant.liveReads.get(clusterId(1))).toBe(1);
    expect(tenant.liveReads.get(clusterId(2))).toBe(1);
  });

  describe('of a compute that nobody could look at', () => {
    const compute = resourceId(
      clusterId(1).replace(/microsoft\.containerservice.*/, `${workspacesType}/new/computes/c`),
    );
    const workspace = resourceId(compute.replace(/\/computes\/c$/, ''));

    async function unlooked(catalogue?: readonly Check<InferenceCluster>[]) {
      const service = await scanned(3, [], undefined, catalogue);
      const { tenant, context, drain } = service;
      const own = { ...tenant.reader };
      const from = new Map<ResourceId, readonly (readonly ResourceId[])[]>();
      Object.assign(tenant.reader, {
        readResource: () => Promise.reject(new Error('an expired token')),
        readCluster: async (id: ResourceId, roots: readonly ResourceId[]) => {
          from.set(id, [...(from.get(id) ?? []), roots]);
          return own.readCluster(id, roots);
        },
      });
      await noteChange(context, changeOf(compute, context.now()));
      await drain();
      const mended = () =>
        Object.assign(tenant.reader, { readResource: (id: ResourceId) => own.readResource(id) });
      /** The workspaces into which a check of a cluster looks now. */
      const lookedInto = async (index: number) => {
        await noteChange(context, changeOf(groupId(index), context.now()));
        await drain();
        return from.get(clusterId(index))?.at(-1);
      };
      return { ...service, from, lookedInto, mended };
    }

    test('leads checks of its subscription into its workspace', async () => {
      const { stores, lookedInto } = await unlooked();
      expect(await lookedInto(1)).toEqual([workspace]);
      expect(await lookedInto(2)).toEqual([]);
      // What it is of is not known yet.
      expect((await stores.clusters.get(clusterId(1)))?.value.roots).toEqual([]);
    });

    test('holds up no check where its workspace cannot be read, and leaves what it hides unknown', async () => {
      const { tenant, stores, lookedInto } = await unlooked();
      const gap: Gap = {
        kind: 'gap',
        type: `${workspacesType}/computes`,
        scope: workspace,
        what: 'computes',
        why: '503',
        passing: true,
      };
      tenant.gaps.push(gap);
      expect(await lookedInto(1)).toEqual([workspace]);
      expect(tenant.liveReads.get(clusterId(1))).toBe(1);
      const { failed, pending } = (await stores.clusters.get(clusterId(1)))?.value ?? {};
      expect({ failed, pending }).toEqual({});
    });

    test('leads a check into ten workspaces at most, and what it misses stays unknown', async () => {
      const computesKnown = defineCheck<InferenceCluster>({
        ...groupIsWell,
        id: 'computes-known',
        kinds: ['pass', 'unknown'],
        evaluate: ({ id, computes }) => judged(computes.known ? 'pass' : 'unknown', id),
      });
      const { context, stores, lookedInto } = await unlooked([computesKnown]);
      const said = async () =>
        (await stores.clusters.get(clusterId(1)))?.value.verdicts?.map(({ kind }) => kind);
      expect(await lookedInto(1)).toEqual([workspace]);
      expect(await said()).toEqual(['pass']);
      for (let index = 0; index < 12; index += 1) {
        const other = resourceId(compute.replace('/new/', `/new-${index}/`));
        await noteChange(context, changeOf(other, context.now()));
      }
      expect(await lookedInto(1)).toHaveLength(10);
      expect(await said()).toEqual(['unknown']);
      // Plans rest on a read of their own, which leaves out none.
      expect(await rootsToRead(context, clusterId(1))).toHaveLength(13);
    });

    test('is not taken for seen where it was not understood', async () => {
      const { tenant, context, drain, stores, pass } = await unlooked();
      const type = `${workspacesType}/computes` as const;
      const properties = { computeType: 'Kubernetes' };
      Object.assign(tenant.reader, {
        readResource: async () => ({ kind: 'row', id: compute, type, body: { properties } }),
      });
      pass(11 * minute);
      await noteChange(context, changeOf(compute, context.now()));
      await drain();
      expect(await unsureWorkspaces(context, clusterId(1))).toEqual([workspace]);
      expect((await stores.queues.depth('cluster-checks')).waiting).toBe(0);
    });

    test('is asked for anew where the look ends in the moment in which that is written', async () => {
      const { context, stores, pass } = await unlooked();
      pass(11 * minute);
      const { discoveries } = stores;
      const put = discoveries.put.bind(discoveries);
      Object.assign(discoveries, {
        put: async (...given: Parameters<typeof put>) => {
          Object.assign(discoveries, { put });
          const kept = await discoveries.get(compute);
          await discoveries.remove(compute, kept?.version ?? '');
          await put(...given);
        },
      });
      await noteChange(context, changeOf(compute, context.now()));
      expect((await stores.queues.depth('cluster-checks')).waiting).toBe(1);
      expect(await discoveries.get(compute)).toMatchObject({ value: { sent: true } });
    });

    test('leads there too where the look ends while a check asks what is known', async () => {
      const { context, drain, stores, pass, from } = await unlooked();
      const { clusters, discoveries } = stores;
      const get = clusters.get.bind(clusters);
      const inSubscriptionOf = discoveries.inSubscriptionOf.bind(discoveries);
      let hasEnded = false;
      /** Somebody has looked: first the cluster is told, then nobody is unsure any more. */
      const end = async () => {
        if (hasEnded) return;
        hasEnded = true;
        await requestCheck(context, clusterId(1), undefined, [workspace]);
        const kept = await discoveries.get(compute);
        await discoveries.remove(compute, kept?.version ?? '');
      };
      await noteChange(context, changeOf(groupId(1), context.now()));
      const request = (await get(clusterId(1)))?.value.pending?.request ?? '';
      pass(minute);
      Object.assign(discoveries, {
        inSubscriptionOf: async (id: ResourceId) => {
          const found = await inSubscriptionOf(id);
          await end();
          return found;
        },
      });
      Object.assign(clusters, {
        get: async (id: ResourceId) => {
          const found = await get(id);
          await end();
          return found;
        },
      });
      await checkCluster(context, { clusterId: clusterId(1), request });
      await drain();
      expect(from.get(clusterId(1))?.[0]).toEqual([workspace]);
    });

    test('does so no more once somebody could', async () => {
      const { context, drain, stores, pass, mended, lookedInto } = await unlooked();
      mended();
      pass(11 * minute);
      await noteChange(context, changeOf(compute, context.now()));
      expect((await stores.queues.depth('cluster-checks')).waiting).toBe(1);
      await drain();
      expect(await stores.discoveries.get(compute)).toBeUndefined();
      expect(await lookedInto(1)).toEqual([]);
    });

    test('is asked for anew by an event that comes while somebody looks', async () => {
      const { tenant, context, drain, stores, pass, lookedInto } = await unlooked();
      pass(11 * minute);
      let looks = 0;
      Object.assign(tenant.reader, {
        readResource: async () => {
          looks += 1;
          if (looks > 1) return;
          await noteChange(context, changeOf(compute, context.now()));
          // The first look saw it as it was before: until the second, nobody knows.
          expect(await stores.discoveries.get(compute)).toMatchObject({ value: { sent: true } });
        },
      });
      await noteChange(context, changeOf(compute, context.now()));
      await drain();
      expect(looks).toBe(2);
      expect(await lookedInto(1)).toEqual([]);
    });

    test('is forgotten when scans have long seen it', async () => {
      const { stores, pass, lookedInto } = await unlooked();
      pass(13 * 1440 * minute);
      expect(await lookedInto(1)).toEqual([workspace]);
      pass(2 * 1440 * minute);
      expect(await lookedInto(1)).toEqual([]);
      expect(await stores.discoveries.get(compute)).toBeUndefined();
    });
  });

  test('has the clusters checked that depend on what changed, and names its cause', async () => {
    const { tenant, context, drain, stores, stateOf } = await scanned(3);
    tenant.broken.set(2, true);
    const rule = resourceId(`${groupId(2)}/securityRules/r`);
    const noted = await noteChange(context, changeOf(rule, context.now()));
    expect(noted).toEqual({ clusters: [clusterId(2)], discovering: false });
    await drain();
    expect(await stateOf(2)).toBe('open');
    const [finding] = (await stores.findings.of(clusterId(2))).findings;
    // The evidence is about the cluster, the change about its group: nobody is blamed for it.
    expect(finding?.cause).toBeUndefined();
  });

  test('of what attaches a cluster, seen by a scan while the cluster is checked, leads to another check', async () => {
    const { tenant, context, drain, stores } = await scanned(3);
    const workspace = resourceId(
      clusterId(1).replace(/microsoft\.containerservice.*/, `${workspacesType}/new`),
    );
    const own = { ...tenant.reader };
    const from: (readonly ResourceId[])[] = [];
    Object.assign(tenant.reader, {
      readCluster: async (id: ResourceId, roots: readonly ResourceId[]) => {
        from.push(roots);
        if (from.length === 1) {
          await changeCluster(
            stores.clusters,
            id,
            (before) => before && { ...before, roots: [workspace] },
          );
        }
        return own.readCluster(id, roots);
      },
    });
    await noteChange(context, changeOf(groupId(1), context.now()));
    await drain();
    expect(from).toEqual([[], [workspace]]);
  });

  test('that comes while the cluster is checked leads to another check', async () => {
    const { tenant, context, drain, stateOf } = await scanned(3);
    let during = 0;
    tenant.beforeRead = async (cluster) => {
      if (cluster === undefined || during > 0) return;
      during += 1;
      await noteChange(context, changeOf(groupId(1), context.now()));
    };
    const readCluster = tenant.reader.readCluster.bind(tenant.reader);
    Object.assign(tenant.reader, {
      readCluster: async (id: ResourceId) => {
        const rows = await readCluster(id, []);
        tenant.broken.set(1, true);
        return rows;
      },
    });
    await noteChange(context, changeOf(groupId(1), context.now()));
    await drain();
    expect(during).toBe(1);
    expect(await stateOf(1)).toBe('open');
    expect(tenant.liveReads.get(clusterId(1))).toBe(2);
  });

  test('of a cluster that is gone resolves its findings', async () => {
    const { tenant, context, drain, stateOf, stores } = await scanned(3, [1]);
    tenant.broken.delete(1);
    await noteChange(context, changeOf(clusterId(1), context.now()));
    await drain();
    expect(await stateOf(1)).toBe('resolved');
    expect(await stores.clusters.get(clusterId(1))).toBeUndefined();
  });

  test('of something new leads to the clusters that it names', async () => {
    const { tenant, context, drain, stateOf, stores } = await scanned(3);
    tenant.broken.set(7, true);
    const noted = await noteChange(context, changeOf(clusterId(7), context.now()));
    expect(noted).toEqual({ clusters: [], discovering: true });
    await drain();
    expect(await stateOf(7)).toBe('open');
    expect(await stores.dependencies.clustersOf([groupId(7)])).toEqual([clusterId(7)]);
    const foreign = await noteChange(context, changeOf(groupId(50), context.now()));
    expect(foreign).toEqual({ clusters: [], discovering: false });
  });

  test('waits for quiet, but never longer than five minutes', async () => {
    const { tenant, context, now, pass, serveVisible } = await scanned(2);
    const begun = now().getTime();
    while ((tenant.liveReads.get(clusterId(1)) ?? 0) === 0) {
      await noteChange(context, changeOf(groupId(1), now()));
      pass(10_000);
      await serveVisible((batch) => batch);
    }
    expect(now().getTime() - begun).toBe(300_000);
  });

  test('while Azure is busy is checked again, and given up in the end with a mark', async () => {
    const { tenant, context, drain, stores, told } = await scanned(2);
    tenant.gaps.push({
      kind: 'gap',
      scope: '/',
      type: 'microsoft.network/routetables',
      what: 'rows',
      why: 'busy',
      passing: true,
    });
    await noteChange(context, changeOf(groupId(1), context.now()));
    await drain();
    expect(tenant.liveReads.get(clusterId(1))).toBe(5);
    const state = (await stores.clusters.get(clusterId(1)))?.value;
    expect(state).toMatchObject({ failed: { why: expect.stringContaining('check-cluster') } });
    expect(state?.pending).toBeUndefined();
    expect(told.map(({ message }) => message)).toContain('dead letter');
    tenant.gaps.length = 0;
    await requestCheck(context, clusterId(1));
    await drain();
    expect((await stores.clusters.get(clusterId(1)))?.value.failed).toBeUndefined();
  });
});

describe('housekeeping', () => {
  test('wakes a check whose message was lost', async () => {
    const { tenant, context, drain, pass, stateOf, stores } = await scanned(2);
    tenant.broken.set(1, true);
    const send = stores.queues.send.bind(stores.queues);
    Object.assign(stores.queues, { send: async () => {} });
    await noteChange(context, changeOf(groupId(1), context.now()));
    Object.assign(stores.queues, { send });
    pass(5 * minute);
    await keepHouse(context);
    await drain();
    expect(await stateOf(1)).toBeUndefined();
    pass(10 * minute);
    await keepHouse(context);
    await drain();
    expect(await stateOf(1)).toBe('open');
  });

  test('wakes shards whose messages were lost, and closes the scan', async () => {
    const { context, drain, pass, stores } = await scanned(300);
    const send = stores.queues.send.bind(stores.queues);
    Object.assign(stores.queues, { send: async () => {} });
    const { scanId } = await cutScan(context);
    Object.assign(stores.queues, { send });
    const state = async () => (await stores.scans.get(scanId))?.value.state;
    await keepHouse(context);
    await drain();
    expect(await state()).toBe('running');
    pass(41 * minute);
    await keepHouse(context);
    await drain();
    expect(await state()).toBe('complete');
  });

  test('forgets what is old, once a day', async () => {
    const { context, first, pass, stores, now } = await scanned(2, [1]);
    const scanId = first?.scanId ?? '';
    pass(Date.parse('2026-12-20T03:02:00Z') - now().getTime());
    await keepHouse(context);
    expect(await stores.scans.get(scanId)).toBeUndefined();
    const left: string[] = [];
    for await (const name of stores.files.names('scans/')) left.push(name);
    expect(left).toEqual([]);
    const id = clusterId(1);
    const about = { clusterId: id, fingerprint: fingerprint(groupIsWell.id, id) };
    expect(await stores.findings.history(about)).toHaveLength(1);
    pass(Date.parse('2027-06-01T03:02:00Z') - now().getTime());
    await keepHouse(context);
    expect(await stores.findings.history(about)).toEqual([]);
    expect((await stores.findings.of(id)).findings).toHaveLength(1);
  });
});

test.each([
  ['text', 'no JSON at all'],
  ['a list', '[1,2]'],
  ['nested deeper than JSON can be written', `${'['.repeat(24_000)}${']'.repeat(24_000)}`],
  ['an id that is longer than any', JSON.stringify({ discover: `/${'a/b'.repeat(10_000)}` })],
])('a message that is %s ends with the owner of dead letters', async (_, text) => {
  const { context, stores, told } = await scanned(1);
  const given: unknown = text.startsWith('no') ? text : JSON.parse(text);
  expect(() => messageIn(checkMessage, given)).toThrow(/of no form that is known|call stack/);
  await takeDeadLetter(context, 'cluster-checks', given);
  expect(told.map(({ message }) => message)).toContain('dead letter');
  const { 'cluster-checks': standing } = await queuesStanding(stores, context.now());
  expect(standing.failed).toBe(1);
});

test('a message for a check that nobody waits for does nothing', async () => {
  const { context, tenant } = await scanned(2);
  const request = { clusterId: clusterId(1), request: 'old' };
  expect(await checkCluster(context, request)).toBe('nothingPending');
  await requestCheck(context, clusterId(1));
  expect(await checkCluster(context, request)).toBe('nothingPending');
  expect(tenant.liveReads.size).toBe(0);
});

describe('an event', () => {
  const now = new Date('2026-11-24T02:00:00.000Z');
  const data = { resourceUri: `/subscriptions/S/x`, operationName: 'X/write' };
  const usual = {
    eventType: 'Microsoft.Resources.ResourceWriteSuccess',
    eventTime: '2026-11-24T01:00:00Z',
    subject: '/subscriptions/s/y',
    data,
  };

  test.each([
    ['in the schema of Event Grid', usual],
    [
      'as a CloudEvent',
      { specversion: '1.0', type: usual.eventType, time: usual.eventTime, subject: '/x', data },
    ],
    [
      'with everything but what is needed odd',
      { ...usual, data: { ...data, claims: [], authorization: { evidence: [] } } },
    ],
    [
      'with nothing where something should be',
      {
        ...usual,
        data: { ...data, correlationId: null, claims: { oid: 7 }, authorization: { action: 3 } },
      },
    ],
  ])('%s tells what changed', (_, event) => {
    expect(changeIn(event, now)).toEqual({
      resourceId: '/subscriptions/s/x',
      operation: 'X/write',
      at: '2026-11-24T01:00:00.000Z',
    });
  });

  test('tells what changed by its subject alone, and then when it came', () => {
    for (const about of [{}, { data: null }, { data: { resourceUri: null }, eventTime: 5 }]) {
      const { eventType, subject } = usual;
      expect(changeIn({ eventType, subject, ...about }, now)).toEqual({
        resourceId: '/subscriptions/s/y',
        operation: 'write',
        at: now.toISOString(),
      });
    }
  });

  test('tells who, by whichever of its members says so', () => {
    const oid = 'http://schemas.microsoft.com/identity/claims/objectidentifier';
    const by = (more: object) => changeIn({ ...usual, data: { ...data, ...more } }, now)?.actor;
    expect(by({ authorization: { evidence: { principalId: 'A1' } }, claims: { appid: 'b' } })).toBe(
      'a1',
    );
    expect(by({ claims: { [oid]: 'C', appid: 'b' } })).toBe('c');
    expect(by({ claims: { appid: 'b' } })).toBe('b');
  });

  test.each([
    ['of a failure', { ...usual, eventType: 'Microsoft.Resources.ResourceWriteFailure' }],
    ['of something else', { ...usual, eventType: 'Microsoft.Storage.BlobCreated' }],
    ['of a tenant', { ...usual, data: { resourceUri: '/providers/x/y' } }],
    [
      'of what no resource can be called',
      { ...usual, data: { resourceUri: `/subscriptions/s${'/a/b'.repeat(250_000)}` } },
    ],
    ['that is none', 'hello'],
    ['that is nothing', null],
  ])('%s is let pass', (_, event) => {
    expect(changeIn(event, now)).toBeUndefined();
  });

  test('subscription asks for no more operations than Event Grid takes', () => {
    expect(watchedOperations.length).toBeLessThanOrEqual(25);
    expect(new Set(watchedOperations).size).toBe(watchedOperations.length);
  });

  test.each([
    ['Microsoft.Authorization/roleAssignments/write', true],
    ['microsoft.authorization/roledefinitions/delete', true],
    ['Microsoft.Authorization/locks/delete', true],
    ['Microsoft.Network/networkSecurityGroups/securityRules/write', true],
    ['Microsoft.Authorization/roleAssignmentScheduleRequests/write', false],
    ['Microsoft.Authorization/roleManagementPolicies/write', false],
  ])('of %s leads to a check: %s', async (operation, leads) => {
    const isHeard = (one: string) => operation.toLowerCase().startsWith(one.toLowerCase());
    expect(watchedOperations.some(isHeard)).toBe(true);
    const { context } = await scanned(1);
    const scope = clusterId(0).replace(/\/providers\/.*/, '');
    const id = resourceId(`${scope}/providers/microsoft.authorization/locks/one`);
    const change = { resourceId: id, operation, at: context.now().toISOString() };
    const { clusters } = await noteChange(context, change);
    expect(clusters.length > 0).toBe(leads);
  });
});

test.each([
  [
    '/subscriptions/s/resourcegroups/g/providers/microsoft.network/networksecuritygroups/n/securityrules/r',
    [
      '/subscriptions/s/resourcegroups/g/providers/microsoft.network/networksecuritygroups/n',
      '/subscriptions/s/resourcegroups/g',
    ],
  ],
  [
    '/subscriptions/s/resourcegroups/g/providers/microsoft.network/virtualnetworks/v/providers/microsoft.authorization/roleassignments/a',
    [
      '/subscriptions/s/resourcegroups/g/providers/microsoft.network/virtualnetworks/v',
      '/subscriptions/s/resourcegroups/g/providers/microsoft.network/virtualnetworks/v/providers/microsoft.authorization',
    ],
  ],
  [
    '/subscriptions/s/providers/microsoft.authorization/roleassignments/a',
    ['/subscriptions/s/providers/microsoft.authorization'],
  ],
])('%s lies in what clusters depend on', (id, places) => {
  const found: readonly string[] = placesOf(resourceId(id));
  for (const place of [id, ...places]) expect(found).toContain(place);
});

async function latest(stores: Awaited<ReturnType<typeof scanned>>['stores']) {
  for await (const { value } of stores.scans.list()) return value.scanId;
  return undefined;
}
