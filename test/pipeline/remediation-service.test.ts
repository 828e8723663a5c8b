/** The service as it puts findings right: who is asked, what is written, and when it stops. */
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { fingerprint as fingerprintOf } from '../../shared/findings/fingerprint.ts';
import type { Received } from '../../shared/adapters/store/memory-queues.ts';
import { cutScan } from '../../shared/pipeline/cut-scan.ts';
import { type Decision, decideRemediation } from '../../shared/pipeline/decide-remediation.ts';
import type { Change } from '../../shared/model/finding.ts';
import { noteChange, requestCheck } from '../../shared/pipeline/note-change.ts';
import { keepHouse } from '../../shared/pipeline/housekeeping.ts';
import { networksOfGroup } from '../../shared/pipeline/networks-of-group.ts';
import { remediateFinding } from '../../shared/pipeline/remediate-finding.ts';
import { type ResourceId, resourceGroupIdOf, resourceId } from '../../shared/model/resource-id.ts';
import type { ArmWrite } from '../../shared/remediation/arm-write.ts';
import type { RemediationHead } from '../../shared/remediation/remediation-store.ts';
import { targetOf } from '../../shared/remediation/without-writes.ts';
import { type Mode, modes } from '../../shared/settings/mode.ts';
import { demoEstate } from '../../simulator/estate/demo-estate.ts';
import { type MemoryAzure, memoryAzure } from './memory-azure.ts';
import { memoryService } from './memory-service.ts';

const name = 'allow-names-yesterdays-ip';
const checkId = 'scoring-inbound-allowed';
/** The types of rows that show which clusters there are. */
const rootTypes = /managedclusters$|workspaces(\/\w+)?$|extensions$/i;
const demo = demoEstate();
/** The demo with one cluster, whose callers a rule keeps out. */
const rows = demo.rows.filter(
  (row) => !rootTypes.test(String(Reflect.get(row, 'type'))) || JSON.stringify(row).includes(name),
);
const clusterId = resourceId(
  String(
    Reflect.get(
      rows.find((row) => /managedclusters$/i.test(String(Reflect.get(row, 'type')))) ?? {},
      'id',
    ),
  ),
);

interface Wanted {
  readonly mode?: Mode;
  readonly maxMode?: Mode;
  readonly checkMode?: Mode;
  readonly tag?: string;
  readonly guard?: object;
}

async function serviceFor({ mode, maxMode = 'remediate', checkMode, tag, guard = {} }: Wanted) {
  const tagged = rows.map((row) =>
    tag !== undefined && resourceId(String(Reflect.get(row, 'id'))) === clusterId
      ? { ...row, tags: { ...Reflect.get(row, 'tags'), 'portcullis:mode': tag } }
      : row,
  );
  const azure = await memoryAzure(tagged);
  const settings = {
    ...demo.settings,
    mode: mode ?? 'remediate',
    checks: { [checkId]: checkMode === undefined ? {} : { mode: checkMode } },
    guard: { cooldownMinutes: 0, ...guard },
  };
  let opened = 0;
  const calls = () => ({ resourceGraphCalls: 0, armReads: 0, graphCalls: 0, armWrites: 0 });
  const service = memoryService(
    { tenant: () => azure.tenant, calls },
    settings,
    undefined,
    undefined,
    {
      maxMode,
      open: async () => {
        opened += 1;
        return azure.writer;
      },
    },
  );
  const check = async (): Promise<void> => {
    service.pass(1000);
    await requestCheck(service.context, clusterId);
    await service.drain();
  };
  const heads = async (): Promise<readonly RemediationHead[]> => {
    const { items } = await service.context.remediations.page(1000);
    return items
      .filter((head) => head.checkId === checkId)
      .toSorted((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
  };
  const decide = async (kind: Decision['kind'], more: Partial<Decision> = {}) => {
    const head = (await heads()).at(-1);
    if (head === undefined) throw new Error('there is no remediation');
    const { id, hash } = head;
    const decided = await decideRemediation(service.context, {
      id,
      hash,
      kind,
      by: 'Ada',
      ...more,
    });
    await service.drain();
    return decided;
  };
  return { azure, service, check, heads, decide, opened: () => opened };
}

/** In which of so many hours from now the finding is planned for without a plan, or no more. */
function askedBy({ service }: Awaited<ReturnType<typeof serviceFor>>) {
  const fingerprint = fingerprintOf(checkId, clusterId);
  const lastAsked = async () => {
    for await (const one of service.context.remediations.noPlans()) {
      if (one.fingerprint === fingerprint) return one.at;
    }
    return undefined;
  };
  return async (hours: number): Promise<readonly number[]> => {
    const asked: number[] = [];
    for (let hour = 1; hour <= hours; hour += 1) {
      service.pass(3_600_000);
      const before = await lastAsked();
      await keepHouse(service.context);
      await service.drain();
      if ((await lastAsked()) !== before) asked.push(hour);
    }
    return asked;
  };
}

/** Nobody can tell what is locked: a check fails, and there is no plan for it. */
async function withoutPlan() {
  const made = await serviceFor({});
  const type = 'microsoft.authorization/locks';
  made.azure.gaps.push({ kind: 'gap', type, scope: '/', what: 'locks', why: '403', tried: true });
  await made.check();
  return { ...made, askedIn: askedBy(made) };
}

/** What was written of the check, whatever else of the demo was put right. */
function sentFor(azure: MemoryAzure): readonly string[] {
  return azure.sent.filter((one) => one.includes(checkId)).map((one) => one.split(' ')[0] ?? '');
}

/** What Event Grid tells of it. */
function revertOf(sent: string, at: Date): Change {
  const [, url = ''] = /^PUT ([^?]*)/.exec(sent) ?? [];
  return {
    resourceId: resourceId(url),
    operation: 'Microsoft.Network/networkSecurityGroups/securityRules/delete',
    at: at.toISOString(),
    actor: 'rival',
  };
}

function revert(azure: MemoryAzure, put: string): void {
  const url = put.slice(put.indexOf(' ') + 1);
  azure.change({ method: 'DELETE', url });
}

describe('a finding', () => {
  it('is put right by itself where the mode is remediate and the plan asks nobody', async () => {
    const { azure, service, check, heads } = await serviceFor({});
    await check();
    expect(await heads()).toMatchObject([{ state: 'done', by: 'service' }]);
    expect(sentFor(azure)).toEqual(['PUT']);
    await check();
    expect(await heads()).toHaveLength(1);
    const found = [...(await service.findings()).values()];
    expect(found).toContainEqual(expect.objectContaining({ checkId, state: 'resolved' }));
  });

  it('waits for an approval of just its plan where the mode is plan, and for the mode', async () => {
    const { azure, check, heads, decide } = await serviceFor({ mode: 'plan' });
    await check();
    expect(await heads()).toMatchObject([{ state: 'awaitingApproval' }]);
    await check();
    expect(await heads()).toHaveLength(1);
    expect(await decide('approve', { hash: '0'.repeat(64) })).toMatchObject({
      because: expect.stringMatching(/hash/),
    });
    expect(await decide('approve')).toMatchObject({
      because: expect.stringMatching(/The mode is plan/),
    });
    expect(await decide('reject', { because: 'not now' })).toMatchObject({
      head: { state: 'rejected', because: 'not now' },
    });
    expect(await decide('approve')).toMatchObject({ because: expect.stringMatching(/rejected/) });
    await check();
    expect(await heads()).toHaveLength(1);
    expect(azure.sent).toEqual([]);
  });

  it('waits for an approval wherever the settings say so, and is put right with it', async () => {
    const { azure, check, heads, decide } = await serviceFor({ guard: { approval: 'always' } });
    await check();
    expect(await heads()).toMatchObject([{ state: 'awaitingApproval' }]);
    expect(azure.sent).toEqual([]);
    expect(await decide('approve')).toMatchObject({ head: { approvedBy: 'Ada' } });
    expect(await heads()).toMatchObject([{ state: 'done' }]);
    expect(sentFor(azure)).toEqual(['PUT']);
  });

  it('that waits for a window is not put right once the settings ask for an approval', async () => {
    const { azure, service, check, heads } = await serviceFor({
      guard: { windows: [{ days: ['tue'], from: '03:00', to: '04:00', timeZone: 'UTC' }] },
    });
    await check();
    expect(await heads()).toMatchObject([{ state: 'waiting' }]);
    const { settings } = service.context;
    Object.assign(service.context, {
      settings: async () => {
        const before = await settings();
        return { ...before, guard: { ...before.guard, approval: 'always' } };
      },
    });
    service.pass(3_600_000);
    await keepHouse(service.context);
    await service.drain();
    expect(sentFor(azure)).toEqual([]);
    expect(await heads()).toMatchObject([
      { state: 'refused', because: 'Nobody has approved the plan.' },
    ]);
  });

  it.each<[Decision['kind'], Decision['kind'], Decision['kind']]>([
    ['approve', 'approve', 'reject'],
    ['approve', 'reject', 'approve'],
    ['reject', 'approve', 'rollback'],
  ])('is decided once, however many decide at once (%s, %s, %s)', async (...kinds) => {
    const { azure, service, check, heads } = await serviceFor({ guard: { approval: 'always' } });
    await check();
    const head = (await heads()).at(-1);
    if (head === undefined) throw new Error('there is no remediation');
    const { id, hash } = head;
    const decided = await Promise.all(
      kinds.map((kind, index) =>
        decideRemediation(service.context, { id, hash, kind, by: `person ${index}` }),
      ),
    );
    await service.drain();
    await keepHouse(service.context);
    await service.drain();
    expect(decided.filter(({ kind }) => kind === 'decided')).toHaveLength(1);
    const by = decided.findIndex(({ kind }) => kind === 'decided');
    const isApproved = kinds[by] === 'approve';
    expect(await heads()).toMatchObject([{ state: isApproved ? 'done' : 'rejected' }]);
    expect(sentFor(azure)).toEqual(isApproved ? ['PUT'] : []);
    const { rows: kept = [] } = (await service.context.remediations.get(id)) ?? {};
    const steps = kept.map(({ step }) => step);
    expect(steps.filter((step) => step === 'approved' || step === 'rejected')).toHaveLength(1);
  });

  it('is planned for, written and verified on workspaces too whose new compute nobody could look at', async () => {
    const { azure, service, check, heads } = await serviceFor({});
    const workspace = resourceId(
      clusterId.replace(
        /microsoft\.containerservice.*/,
        'microsoft.machinelearningservices/workspaces/w',
      ),
    );
    const resource = resourceId(`${workspace}/computes/c`);
    const askedAt = service.now().toISOString();
    await service.stores.discoveries.put({ resource, askedAt, sent: true });
    const readCluster = azure.tenant.readCluster.bind(azure.tenant);
    const from: (readonly string[])[] = [];
    azure.tenant.readCluster = async (id, roots) => {
      from.push(roots);
      return readCluster(id, roots);
    };
    await check();
    expect((await heads()).map(({ state }) => state)).toEqual(['done']);
    // The check, the plan for the cluster alone and among others, before the write and after it.
    expect(from.length).toBeGreaterThanOrEqual(5);
    expect(from.filter((roots) => !roots.includes(workspace))).toEqual([]);
  });

  it('is rejected, also where somebody else writes its end down in the same moment', async () => {
    const { service, check, heads } = await serviceFor({ guard: { approval: 'always' } });
    await check();
    const [head] = await heads();
    if (head === undefined) throw new Error('there is no remediation');
    const { id, hash } = head;
    const store = service.context.remediations;
    const remediations: typeof store = {
      ...store,
      append: async (kept, row) => {
        if (row.step === 'ended') await store.append(kept, row);
        return store.append(kept, row);
      },
    };
    const context = { ...service.context, remediations };
    const decided = await decideRemediation(context, { id, hash, kind: 'reject', by: 'Ada' });
    expect(decided).toMatchObject({ kind: 'decided', head: { state: 'rejected' } });
    const { rows: kept = [] } = (await store.get(id)) ?? {};
    expect(kept.map(({ step }) => step)).toEqual(['requested', 'rejected', 'ended']);
  });

  it('that somebody rejected ends, although the process died before it was written down', async () => {
    const { azure, service, check, heads } = await serviceFor({ guard: { approval: 'always' } });
    await check();
    const [head] = await heads();
    const store = service.context.remediations;
    const kept = await store.get(head?.id ?? '');
    if (kept === undefined) throw new Error('there is no remediation');
    const at = service.context.now().toISOString();
    await store.append(kept, { step: 'rejected', by: 'Ada', because: 'no', at });
    service.pass(3_600_000);
    await keepHouse(service.context);
    await service.drain();
    expect(await heads()).toMatchObject([{ state: 'rejected', because: 'no' }]);
    expect(azure.sent.filter((one) => one.includes(checkId))).toEqual([]);
  });

  it('that a scan has found is planned for as soon as it has ended', async () => {
    const found = async (minutes: number) => {
      const { service, heads } = await serviceFor({ guard: { approval: 'always' } });
      service.pass(20 * 60_000);
      await cutScan(service.context);
      await service.drain();
      expect(await heads()).toEqual([]);
      service.pass(minutes * 60_000);
      await keepHouse(service.context);
      await service.drain();
      return heads();
    };
    expect(await found(4)).toMatchObject([{ state: 'awaitingApproval' }]);
    // Later it is the full hour that asks, for whatever was missed.
    expect(await found(6)).toEqual([]);
    expect(await found(41)).toMatchObject([{ state: 'awaitingApproval' }]);
  });

  it('without a plan is planned for again after as long as that has held, an hour at least, four at most', async () => {
    const { azure, check, heads, askedIn } = await withoutPlan();
    expect(await askedIn(30)).toEqual([1, 2, 4, 8, 12, 16, 20, 24, 28]);
    // An event asks whenever it comes, and what has changed may take a while to be seen.
    await check();
    expect(await askedIn(20)).toEqual([1, 2, 4, 8, 12, 16, 20]);
    azure.gaps.length = 0;
    await askedIn(3);
    expect(await heads()).toEqual([]);
    await askedIn(1);
    expect(await heads()).toMatchObject([{ state: 'done' }]);
  });

  it('without a plan is planned for in an hour with other settings, and where a request is lost', async () => {
    const { service, askedIn } = await withoutPlan();
    await askedIn(30);
    const settings = await service.context.settings();
    const guard = { ...settings.guard, maxReverts: 9 };
    Object.assign(service.context, { settings: async () => ({ ...settings, guard }) });
    expect(await askedIn(6)).toEqual([1, 2, 3, 5]);
    await askedIn(24);
    const isLost = (message: Received) => message.queue === 'remediations';
    await requestCheck(service.context, clusterId);
    await service.drain((batch) => {
      for (const lost of batch.filter(isLost)) service.stores.queues.complete(lost);
      return batch.filter((message) => !isLost(message));
    });
    expect(await askedIn(3)).toEqual([1, 2, 3]);
  });

  it.each(['it', 'the resource group that it alone is in'])(
    'without a plan is planned for at once when a lock on %s goes',
    async (locked) => {
      const { azure, service, heads, check } = await withoutPlan();
      const { dependencies = [] } = (await service.stores.clusters.get(clusterId))?.value ?? {};
      const group = dependencies.find((id) => /\/networksecuritygroups\/nsg-[^/]+$/.test(id)) ?? '';
      const apart = group.replace(/\/resourcegroups\/[^/]+/, '/resourcegroups/rg-groups');
      const named = new RegExp(`"${group}(?=["/])`, 'gi');
      azure.rows = JSON.parse(JSON.stringify(azure.rows).replaceAll(named, `"${apart}`));
      const type = 'microsoft.resources/subscriptions/resourcegroups';
      azure.rows = [...azure.rows, { id: resourceGroupIdOf(resourceId(apart)), type, tags: {} }];
      await check();
      azure.gaps.length = 0;
      const at = locked === 'it' ? apart : resourceGroupIdOf(resourceId(apart));
      await noteChange(service.context, {
        resourceId: resourceId(`${at}/providers/Microsoft.Authorization/locks/kept`),
        operation: 'Microsoft.Authorization/locks/delete',
        at: service.now().toISOString(),
      });
      await service.drain();
      expect(await heads()).toMatchObject([{ state: 'done' }]);
    },
  );

  it('without a plan is planned for where it came back, and in the end that there was none is forgotten', async () => {
    const { service, askedIn } = await withoutPlan();
    await askedIn(30);
    const { findings, remediations } = { ...service.stores, ...service.context };
    const fingerprint = fingerprintOf(checkId, clusterId);
    const { version = '', ...kept } = await findings.of(clusterId);
    const own = kept.findings.filter((one) => one.fingerprint === fingerprint);
    const since = service.now().toISOString();
    const changed = own.map((finding) => ({ finding: { ...finding, since } }));
    await findings.record(clusterId, { readAt: since, version, changed });
    expect([changed.length, await askedIn(1)]).toEqual([1, [1]]);
    expect(await remediations.noPlanFor(fingerprint)).toBeDefined();
    const threeInTheMorning = Date.parse('2026-11-29T03:00:00.000Z');
    service.pass(threeInTheMorning - service.now().getTime());
    await keepHouse(service.context);
    expect(await remediations.noPlanFor(fingerprint)).toBeUndefined();
  });

  it('of which somebody rejected the plan is given it again a day later', async () => {
    const made = await serviceFor({ guard: { approval: 'always' } });
    await made.check();
    await made.decide('reject', { because: 'not now' });
    const askedIn = askedBy(made);
    expect(await askedIn(23)).toEqual([1, 2, 3, 5, 9, 13, 17, 21]);
    expect(await made.heads()).toHaveLength(1);
    await askedIn(1);
    expect((await made.heads()).map(({ state }) => state)).toEqual([
      'rejected',
      'awaitingApproval',
    ]);
    const sent = vi.spyOn(made.service.stores.queues, 'send');
    expect(await askedIn(3)).toEqual([]);
    expect(sent).not.toHaveBeenCalledWith(
      'remediations',
      expect.objectContaining({ checkIds: expect.arrayContaining([checkId]) }),
    );
  });

  it('of which somebody rejected the plan is given it again a day later, whatever a clock that ran ahead made since', async () => {
    const made = await serviceFor({ guard: { approval: 'always' } });
    await made.check();
    const { remediations } = made.service.context;
    const [head] = await made.heads();
    const [requested] = (await remediations.get(head?.id ?? ''))?.rows ?? [];
    if (requested?.step !== 'requested') throw new Error('nothing is asked for');
    const ahead = new Date(made.service.now().getTime() + 3 * 24 * 3_600_000).toISOString();
    const wrong = await remediations.create('ahead', { ...requested, at: ahead });
    await remediations.append(wrong, { step: 'ended', outcome: 'void', at: ahead });
    // The one of the right clock is the latest.
    vi.spyOn(remediations, 'latestOf').mockImplementation(async () =>
      remediations.get(head?.id ?? '').then((kept) => kept?.head),
    );
    await decideRemediation(made.service.context, {
      id: head?.id ?? '',
      hash: head?.hash ?? '',
      kind: 'reject',
      by: 'Ada',
      because: 'not now',
    });
    const states = async () => (await made.heads()).map(({ state }) => state).toSorted();
    expect(await askedBy(made)(23)).toEqual([1, 2, 3, 5, 9, 13, 17, 21]);
    expect(await states()).toEqual(['rejected', 'void']);
    await askedBy(made)(1);
    expect(await states()).toEqual(['awaitingApproval', 'rejected', 'void']);
  });

  it('is planned for on one reading, and on another of all who share what is changed', async () => {
    const other = resourceId(`${clusterId}-other`);
    const readFor = async (shared: readonly ResourceId[]) => {
      const { service, azure, heads } = await serviceFor({ mode: 'plan' });
      const readCluster = vi.spyOn(azure.tenant, 'readCluster');
      await service.stores.dependencies.replace([{ cluster: other, before: [], after: shared }]);
      await service.stores.queues.send('remediations', { clusterId, checkIds: [checkId] });
      await service.drain();
      const [head] = await heads();
      const kept = await service.context.remediations.get(head?.id ?? '');
      const [row] = kept?.rows ?? [];
      const changed = row?.step === 'requested' ? row.plan.changes.map(targetOf) : [];
      return { changed, read: readCluster.mock.calls.map(([id]) => id) };
    };
    const { changed, read } = await readFor([]);
    expect([changed.length, read]).toEqual([1, [clusterId]]);
    expect((await readFor(changed)).read.toSorted()).toEqual([clusterId, clusterId, other]);
  });

  it('is planned for with all others of its cluster on one reading, and in spite of one that cannot be', async () => {
    const { service, azure, heads } = await serviceFor({ mode: 'plan' });
    const readCluster = vi.spyOn(azure.tenant, 'readCluster');
    const { remediations, stores } = service.context;
    const checkIds = ['default-outbound-kept', 'private-cluster-no-public-fqdn', checkId];
    await stores.queues.send('remediations', { clusterId, checkIds: checkIds.slice(0, 2) });
    await service.drain();
    expect(readCluster).toHaveBeenCalledOnce();
    const [first = ''] = checkIds;
    const latestOf = remediations.latestOf.bind(remediations);
    vi.spyOn(remediations, 'latestOf').mockImplementation(async (fingerprint) => {
      if (fingerprint === fingerprintOf(first, clusterId)) throw new Error('the table is away');
      return latestOf(fingerprint);
    });
    await stores.queues.send('remediations', { clusterId, checkIds });
    await service.serveVisible((batch) => batch);
    expect(await heads()).toMatchObject([{ state: 'awaitingApproval' }]);
    const failures = service.told.filter(({ message }) => message === 'planning failed');
    expect(failures).toMatchObject([{ fields: { checkId: first } }]);
    expect(service.told).toContainEqual(expect.objectContaining({ message: 'failed' }));
  });

  it('is looked at again by one message, however many find that somebody else writes', async () => {
    const { service, azure, heads } = await serviceFor({
      mode: 'plan',
      guard: { approval: 'always' },
    });
    const { remediations, stores } = service.context;
    await stores.queues.send('remediations', { clusterId, checkIds: [checkId] });
    await service.drain();
    const { id = '', hash = '' } = (await heads())[0] ?? {};
    const settings = await service.context.settings();
    Object.assign(service.context, { settings: async () => ({ ...settings, mode: 'remediate' }) });
    const [row] = (await remediations.get(id))?.rows ?? [];
    const group = row?.step === 'requested' ? row.plan.changes.map(targetOf) : [];
    for (const one of group) await remediations.lease(one, 'somebody else', 600_000);
    await decideRemediation(service.context, { id, hash, kind: 'approve', by: 'Ada' });
    for (let copy = 0; copy < 4; copy += 1) {
      await stores.queues.send('remediations', { remediationId: id });
    }
    // The queue refuses now and then, after which the host gives the message again.
    const send = vi.spyOn(stores.queues, 'send');
    send.mockRejectedValueOnce(new Error('503'));
    const handled: number[] = [];
    for (let round = 0; round < 12; round += 1) {
      handled.push(await service.serveVisible((batch) => batch));
      // What failed is given again at once.
      if (round === 0) handled.push(await service.serveVisible((batch) => batch));
      service.pass(31_000);
    }
    expect(handled).toEqual([5, 1, ...Array.from({ length: 11 }, () => 1)]);
    service.pass(600_000);
    await service.drain();
    expect(await heads()).toMatchObject([{ state: 'done' }]);
    expect(sentFor(azure)).toEqual(['PUT']);
  });

  it('that somebody else puts right while it is read for another check is not put right twice', async () => {
    const { service, azure, heads } = await serviceFor({});
    const { remediations } = service.context;
    const readCluster = azure.tenant.readCluster.bind(azure.tenant);
    const ask = (checkIds: readonly string[]) =>
      remediateFinding(service.context, access, { clusterId, checkIds });
    const access = { identity: 'remediator', open: async () => azure.writer };
    let readings = 0;
    vi.spyOn(azure.tenant, 'readCluster').mockImplementation(async (...of) => {
      const read = await readCluster(...of);
      readings += 1;
      if (readings === 1) {
        await ask([checkId]);
        await service.drain();
      }
      return read;
    });
    await ask(['default-outbound-kept', checkId]);
    await service.drain();
    expect(await heads()).toMatchObject([{ state: 'done' }]);
    expect(sentFor(azure)).toEqual(['PUT']);
    const { fingerprint = '' } = (await heads())[0] ?? {};
    expect(await remediations.noPlanFor(fingerprint)).toMatchObject({
      because: 'the check passes',
    });
  });

  it('that somebody else puts right just before the plan is kept is not put right twice', async () => {
    const { service, azure, heads } = await serviceFor({});
    const { remediations } = service.context;
    const latestOf = remediations.latestOf.bind(remediations);
    const access = { identity: 'remediator', open: async () => azure.writer };
    const ask = () => remediateFinding(service.context, access, { clusterId, checkIds: [checkId] });
    let looks = 0;
    vi.spyOn(remediations, 'latestOf').mockImplementation(async (fingerprint) => {
      looks += 1;
      // Before the reading, after it, and before the plan is kept.
      if (looks === 3) {
        service.pass(1000);
        await ask();
        await service.drain();
      }
      return latestOf(fingerprint);
    });
    expect(await ask()).toBe(`${checkId}: somebody else has just asked for it`);
    expect(await remediations.noPlanFor(fingerprintOf(checkId, clusterId))).toBeUndefined();
    await service.drain();
    expect(await heads()).toMatchObject([{ state: 'done' }]);
    expect(sentFor(azure)).toEqual(['PUT']);
  });

  it('is taken back on demand, and then asked about before it is changed again', async () => {
    const { azure, check, heads, decide } = await serviceFor({});
    await check();
    expect(await decide('rollback', { because: 'a mistake' })).toMatchObject({ kind: 'decided' });
    expect(await heads()).toMatchObject([{ state: 'rolledBack' }]);
    expect(azure.rows).toEqual(rows);
    await check();
    expect((await heads()).map(({ state }) => state)).toEqual(['rolledBack', 'awaitingApproval']);
    expect(await decide('approve')).toMatchObject({ head: { approvedBy: 'Ada' } });
    expect((await heads()).map(({ state }) => state)).toEqual(['rolledBack', 'done']);
    expect(sentFor(azure)).toEqual(['PUT', 'DELETE', 'PUT']);
  });

  it('waits for a window, and expires where nobody approves', async () => {
    const windows = [{ days: ['tue'], from: '03:00', to: '04:00', timeZone: 'UTC' }];
    const waiting = await serviceFor({ guard: { windows } });
    await waiting.check();
    expect(await waiting.heads()).toMatchObject([
      { state: 'waiting', until: '2026-11-24T03:00:00.000Z' },
    ]);
    await keepHouse(waiting.service.context);
    await waiting.service.drain();
    expect(await waiting.heads()).toMatchObject([{ state: 'waiting' }]);
    waiting.service.pass(3_600_000);
    await keepHouse(waiting.service.context);
    await waiting.service.drain();
    expect(await waiting.heads()).toMatchObject([{ state: 'done' }]);

    const ignored = await serviceFor({ mode: 'plan' });
    await ignored.check();
    ignored.service.pass(25 * 3_600_000);
    await keepHouse(ignored.service.context);
    expect(await ignored.heads()).toMatchObject([{ state: 'expired' }]);
    expect(ignored.azure.sent).toEqual([]);
  });

  it('is left to whoever takes the change back again and again, and somebody is told once', async () => {
    const { azure, service, check, heads } = await serviceFor({ guard: { maxReverts: 3 } });
    for (let minutes = 0; minutes < 12; minutes += 1) {
      await check();
      // Our own write has the cluster checked, too.
      await check();
      const last = azure.sent.findLast((one) => one.includes(checkId));
      if (last?.startsWith('PUT') === true) {
        revert(azure, last);
        await noteChange(service.context, revertOf(last, service.now()));
      }
      service.pass(60_000);
    }
    expect(sentFor(azure)).toEqual(['PUT', 'PUT', 'PUT']);
    const states = (await heads()).map(({ state }) => state);
    expect(states).toEqual(['done', 'done', 'done', 'refused']);
    expect((await heads()).at(-1)?.because).toMatch(/3 times in 24 hours: something else owns/);
    const told = service.told.filter(
      ({ message, fields }) => message === 'remediation' && fields['level'] === 'error',
    );
    expect(told).toHaveLength(1);
    const alerts = async () => {
      const { items } = await service.context.stores.conditions.page(10);
      return items.map(({ checkId: id, state, summary }) => ({ id, state, summary }));
    };
    const alert = {
      id: 'remediation-succeeds',
      summary: expect.stringMatching(
        /3 times in 24 hours: something else owns .* Who last changed it: rival \(.*delete, 2026-/,
      ),
    };
    expect(await alerts()).toEqual([{ ...alert, state: 'open' }]);
    await keepHouse(service.context);
    expect(await alerts()).toEqual([{ ...alert, state: 'open' }]);
    service.pass(86_400_000);
    await keepHouse(service.context);
    expect(await alerts()).toEqual([{ ...alert, state: 'resolved' }]);
  });

  it('goes on where a process died, whenever it did, and writes nothing twice', async () => {
    for (let diesAt = 1; diesAt <= 8; diesAt += 1) {
      const { azure, service, check, heads } = await serviceFor({});
      const { remediations } = service.context;
      let appended = 0;
      const append = remediations.append.bind(remediations);
      Object.assign(remediations, {
        append: async (...given: Parameters<typeof append>) => {
          appended += 1;
          if (appended === diesAt) throw new Error('the process died');
          return append(...given);
        },
      });
      await check();
      service.pass(3_600_000);
      await keepHouse(service.context);
      await service.drain();
      const done = await heads();
      expect(done).toMatchObject([{ state: 'done' }]);
      expect(sentFor(azure)).toEqual(['PUT']);
      // The journal says that it is over, and the guard does not take it for under way.
      const kept = await remediations.get(done[0]?.id ?? '');
      expect(kept?.rows.at(-1)).toMatchObject({ step: 'ended', outcome: 'done' });
      const past = await remediations.past('remediator');
      const own = past?.value.filter(({ remediationId }) => remediationId === done[0]?.id) ?? [];
      expect(own.map(({ outcome }) => outcome)).toEqual(['done']);
    }
  });

  it.each(['group', 'network'])('is not changed by two in one %s at once', async (shared) => {
    const { azure, service, check, heads } = await serviceFor({ mode: 'plan' });
    await check();
    const [head] = await heads();
    const id = head?.id ?? '';
    const plan = (await service.context.remediations.get(id))?.rows[0];
    const group = plan?.step === 'requested' ? plan.plan.places[0]?.groupId : undefined;
    if (group === undefined) throw new Error('the plan adds a rule to a group');
    const [network] = await networksOfGroup(azure.tenant, group);
    const held = shared === 'group' ? group : network;
    if (held === undefined) throw new Error('the group is in a network');
    expect(await service.context.remediations.lease(held, 'somebody else', 600_000)).toBe(true);
    Object.assign(service.context, { settings: remediatingSettings(service.context.settings) });
    await decideRemediation(service.context, {
      id,
      hash: head?.hash ?? '',
      kind: 'approve',
      by: 'Ada',
    });
    await service.serveVisible((batch) => batch);
    expect(await heads()).toMatchObject([{ state: 'approved' }]);
    expect(azure.sent).toEqual([]);
    await service.context.remediations.release(held, 'somebody else');
    await service.drain();
    expect(await heads()).toMatchObject([{ state: 'done' }]);
  });
});

function remediatingSettings<T extends { readonly mode: Mode }>(settings: () => Promise<T>) {
  return async () => ({ ...(await settings()), mode: 'remediate' });
}

describe('a mode that does not say remediate', () => {
  it('keeps what is done from being taken back, until it is raised again', async () => {
    const { azure, service, check, heads, decide } = await serviceFor({});
    await check();
    const { settings } = service.context;
    Object.assign(service.context, {
      settings: async () => ({ ...(await settings()), mode: 'plan' }),
    });
    await decide('rollback');
    expect(sentFor(azure)).toEqual(['PUT']);
    expect(await heads()).toMatchObject([{ state: 'running' }]);
    Object.assign(service.context, { settings });
    service.pass(3_600_000);
    await keepHouse(service.context);
    await service.drain();
    expect(await heads()).toMatchObject([{ state: 'rolledBack' }]);
  });

  it('never leads to a write, whoever sets it and whatever happens', async () => {
    const mode = fc.constantFrom(...modes);
    await fc.assert(
      fc.asyncProperty(
        mode,
        mode,
        fc.option(mode, { nil: undefined }),
        fc.option(fc.constantFrom(...modes, 'of course', ''), { nil: undefined }),
        async (global, maxMode, checkMode, tag) => {
          const wanted: Wanted = {
            mode: global,
            maxMode,
            ...(checkMode === undefined ? {} : { checkMode }),
            ...(tag === undefined ? {} : { tag }),
          };
          const { azure, check, heads, decide, opened, service } = await serviceFor(wanted);
          await check();
          if ((await heads()).length > 0) {
            await decide('approve');
            await decide('rollback');
          }
          await keepHouse(service.context);
          await service.drain();
          const lowest = [checkMode ?? global, maxMode, ...(tag === undefined ? [] : [tag])];
          const isAllowed = lowest.every((one) => one === 'remediate');
          // Other checks of the cluster follow the global mode.
          const mayWrite = [global, maxMode, tag ?? 'remediate'].every((m) => m === 'remediate');
          expect(sentFor(azure).length === 0 || isAllowed).toBe(true);
          expect((azure.sent.length === 0 && opened() === 0) || isAllowed || mayWrite).toBe(true);
          expect(sentFor(azure).length > 0 || !isAllowed).toBe(true);
        },
      ),
      { numRuns: import.meta.env.MODE === 'deep' ? 200 : 12 },
    );
  });
});

describe('what Azure answers', () => {
  const lost = { kind: 'lost', says: 'socket hang up' } as const;
  type Trouble = (azure: MemoryAzure) => void;
  const once = (act: () => void): (() => void) => {
    let isDone = false;
    return () => {
      if (!isDone) act();
      isDone = true;
    };
  };
  const others: Pick<ArmWrite, 'method' | 'body'> = {
    method: 'PUT',
    body: {
      properties: {
        protocol: '*',
        access: 'Deny',
        direction: 'Inbound',
        priority: 100,
        sourceAddressPrefix: '*',
        sourcePortRange: '*',
        destinationAddressPrefix: '*',
        destinationPortRange: '*',
      },
    },
  };
  const theirs = (more: object): Pick<ArmWrite, 'method' | 'body'> => ({
    method: 'PUT',
    body: { properties: { ...(others.body?.['properties'] as object), ...more } },
  });
  const groupUrl = (request: ArmWrite) => request.url.split('/securityRules/')[0] ?? '';

  it.each<[string, Trouble, string, readonly string[]]>([
    ['all is well', () => {}, 'done', ['PUT']],
    [
      'another operation is under way, and ends',
      (azure) => {
        let left = 2;
        azure.beforeSend = () => {
          left -= 1;
          return left >= 0 ? { kind: 'busy', says: 'AnotherOperationInProgress' } : undefined;
        };
      },
      'done',
      ['PUT'],
    ],
    [
      'another operation never ends',
      (azure) => {
        azure.beforeSend = () => ({ kind: 'busy', says: 'AnotherOperationInProgress' });
      },
      'rolledBack',
      [],
    ],
    [
      'it is locked',
      (azure) => {
        azure.beforeSend = () => ({ kind: 'refused', says: 'ScopeLocked' });
      },
      'rolledBack',
      [],
    ],
    [
      'the answer is lost after it was done',
      (azure) => {
        azure.afterSend = (_, answer) => (azure.sent.length === 1 ? lost : answer);
      },
      'done',
      ['PUT'],
    ],
    [
      'the request is lost, and the next is not',
      (azure) => {
        let left = 1;
        azure.beforeSend = () => {
          left -= 1;
          return left >= 0 ? lost : undefined;
        };
      },
      'done',
      ['PUT'],
    ],
    [
      'somebody denies it between the look and the write',
      (azure) => {
        const act = once(() => {
          azure.beforeSend = () => undefined;
        });
        azure.beforeSend = (request) => {
          act();
          azure.change({ ...others, url: `${groupUrl(request)}/securityRules/theirs` });
          return undefined;
        };
      },
      'rolledBack',
      ['PUT', 'DELETE'],
    ],
    [
      'somebody else lets just them in between the look and the write',
      (azure) => {
        azure.afterSend = (request, answer) => {
          if (request.method === 'PUT') {
            azure.change({
              ...theirs({
                access: 'Allow',
                sourceAddressPrefix: '203.0.113.0/24',
                destinationAddressPrefix: '20.4.0.28',
                destinationPortRange: '443',
              }),
              url: `${groupUrl(request)}/securityRules/theirs`,
            });
          }
          return answer;
        };
      },
      'rolledBack',
      ['PUT', 'DELETE'],
    ],
    [
      'another check comes to fail meanwhile',
      (azure) => {
        azure.afterSend = (request, answer) => {
          if (request.method === 'PUT') {
            const url = `${groupUrl(request)}/securityRules/theirs`;
            azure.change({ ...theirs({ direction: 'Outbound' }), url });
          }
          return answer;
        };
      },
      'rolledBack',
      ['PUT', 'DELETE'],
    ],
    [
      'somebody changes what does not matter between the look and the write',
      (azure) => {
        azure.afterSend = (request, answer) => {
          const properties = { ...(others.body?.['properties'] as object), priority: 4000 };
          const url = `${groupUrl(request)}/securityRules/theirs`;
          azure.change({
            ...others,
            body: { properties: { ...properties, sourceAddressPrefix: '198.51.100.9' } },
            url,
          });
          return answer;
        };
      },
      'done',
      ['PUT'],
    ],
  ])('where %s', async (_name, trouble, state, sent) => {
    const { azure, service, check, heads } = await serviceFor({});
    trouble(azure);
    await check();
    const [head] = await heads();
    expect(head).toMatchObject({ state });
    expect(sentFor(azure)).toEqual(sent);
    const { items } = await service.stores.conditions.page(10);
    const alerts = items.map(({ summary }) => summary).filter((text) => text.includes(checkId));
    const what = sent.length === 0 ? 'failed, and nothing was changed' : 'was taken back';
    const told = expect.stringMatching(new RegExp(`The change for ${checkId} ${what}: \\S`));
    expect(alerts).toEqual(state === 'done' ? [] : [told]);
    const ours = JSON.stringify(azure.rows).includes(`"portcullis-${checkId}`);
    expect(ours).toBe(state === 'done');
  });
});
