/** What the API foresees of a rollback: what goes, what is left, and which checks come to fail. */
import { describe, expect, test } from 'vitest';
import { rolesFrom } from '../../shared/model/caller.ts';
import { type ResourceId, resourceId } from '../../shared/model/resource-id.ts';
import type { Gap, Row } from '../../shared/ports.ts';
import type { ArmWrite } from '../../shared/remediation/arm-write.ts';
import { objectionsTo } from './answer-schemas.ts';
import { type DemoOptions, ada, servedDemo } from './served-demo.ts';

const name = 'allow-names-yesterdays-ip';
const scoring = 'scoring-inbound-allowed';

interface Head {
  readonly id: string;
  readonly hash: string;
  readonly checkId: string;
  readonly clusterId: string;
}

/** A tenant in which a plan of the check waits, to be carried out by `approve`. */
async function desk(options: DemoOptions = {}, check = scoring) {
  const reads: ResourceId[] = [];
  const own = await servedDemo({
    only: name,
    settings: { guard: { approval: 'always', cooldownMinutes: 0 } },
    ...options,
    reader: (reader) => {
      const given = options.reader?.(reader) ?? reader;
      return {
        ...given,
        readCluster: (id, roots) => {
          reads.push(id);
          return given.readCluster(id, roots);
        },
      };
    },
  });
  const { id: cluster, key } = (await own.found('clusters')).clusters[0];
  await own.check(cluster);
  const headIn = async (state: string): Promise<Head> => {
    const { remediations } = await own.found(`remediations?state=${state}`);
    const head = remediations.find(({ checkId }: Head) => checkId === check);
    if (head === undefined) throw new Error(`none is ${state}`);
    return head;
  };
  const decide = ({ id, hash }: Head, what: 'approve' | 'rollback') =>
    own.found(`remediations/${id}/${what}`, { method: 'POST', body: { hash, because: 'x' } });
  return {
    ...own,
    cluster,
    key,
    reads,
    headIn,
    decide,
    async done(): Promise<Head> {
      await decide(await headIn('awaitingApproval'), 'approve');
      await own.drain();
      own.pass(60_000);
      reads.length = 0;
      return headIn('done');
    },
    preview: ({ id }: Pick<Head, 'id'>, caller = ada) =>
      own.ask(`remediations/${id}/rollback-preview`, { caller }),
    async foreseen({ id }: Head) {
      const found = await own.found(`remediations/${id}/rollback-preview`);
      expect(objectionsTo('rollbackPreview', found)).toEqual([]);
      return found;
    },
    /** The request that the plan made. */
    async changeOf({ id }: Head): Promise<ArmWrite> {
      return (await own.found(`remediations/${id}`)).plan.changes[0];
    },
  };
}

/** What somebody else makes of a rule of ours. */
const withProperties = ({ url, body }: ArmWrite, properties: object): ArmWrite => ({
  method: 'PUT',
  url,
  body: { properties: { ...Object(body?.['properties']), ...properties } },
  ifMatch: null,
});

describe('the preview of a rollback', () => {
  test('names the request, the packets that are stopped again, and the check that comes to fail; it writes nothing', async () => {
    const own = await desk();
    const done = await own.done();
    const change = await own.changeOf(done);
    const [rows, sent] = [JSON.stringify(own.azure.rows), own.azure.sent.length];
    const journal = JSON.stringify(await own.stores.remediations.get(done.id));
    const found = await own.foreseen(done);
    const removal = { method: 'DELETE', url: change.url, outcome: 'removed', because: null };
    expect(found).toMatchObject({
      removals: [{ ...removal, role: null }],
      readAt: own.now().toISOString(),
      dependents: 1,
      examined: 1,
      isTold: true,
      remark: null,
    });
    const [cluster] = found.clusters;
    expect(found.clusters).toHaveLength(1);
    expect(cluster).toMatchObject({ key: own.key, name });
    const breaks = { checkId: scoring, effect: 'breaks', before: 'pass', after: 'fail' };
    expect(cluster.verdicts).toContainEqual(expect.objectContaining(breaks));
    expect(cluster.packets).toMatchObject([
      { direction: 'inbound', access: 'Deny', lines: [expect.stringContaining('203.0.113.0/24')] },
    ]);
    expect(JSON.stringify(own.azure.rows)).toBe(rows);
    expect(own.azure.sent).toHaveLength(sent);
    expect(JSON.stringify(await own.stores.remediations.get(done.id))).toBe(journal);
    // It comes true.
    await own.decide(done, 'rollback');
    await own.drain();
    expect(own.azure.sent.slice(sent)).toEqual([`DELETE ${change.url}`]);
  });

  test('names the role that is lost', async () => {
    const check = 'network-contributor-granted';
    const own = await desk({ only: 'identity-holds-reader-only' }, check);
    const done = await own.done();
    const { plan } = await own.found(`remediations/${done.id}`);
    const found = await own.foreseen(done);
    expect(plan.diff.newlyGranted).toHaveLength(1);
    expect(found.removals).toMatchObject([
      { method: 'DELETE', outcome: 'removed', role: plan.diff.newlyGranted[0] },
    ]);
    expect(found.clusters[0].verdicts).toContainEqual(
      expect.objectContaining({ checkId: check, effect: 'breaks', after: 'fail' }),
    );
  });

  test('is read once a minute, and never before what was done was done', async () => {
    const own = await desk();
    const waiting = await own.headIn('awaitingApproval');
    await own.decide(waiting, 'approve');
    // Somebody looks at the cluster a moment before the rule is written.
    await own.found(`clusters/${own.key}/explanation`);
    await own.drain();
    const done = await own.headIn('done');
    own.reads.length = 0;
    const one = await own.foreseen(done);
    expect(one.removals).toMatchObject([{ outcome: 'removed' }]);
    expect(own.reads).toHaveLength(1);
    own.pass(59_999);
    expect(await own.foreseen(done)).toEqual(one);
    expect(own.reads).toHaveLength(1);
    own.pass(1);
    await own.foreseen(done);
    expect(own.reads).toHaveLength(2);
  });

  test.each<[string, object]>([
    ['the rule was widened', { sourceAddressPrefix: '*' }],
    ['the rule bears another mark', { description: 'ours' }],
  ])('%s by somebody else: it is left, and nothing comes of that', async (_, properties) => {
    const own = await desk();
    const done = await own.done();
    const sent = own.azure.sent.length;
    own.azure.change(withProperties(await own.changeOf(done), properties));
    const found = await own.foreseen(done);
    expect(found).toMatchObject({
      removals: [{ outcome: 'left', because: expect.stringMatching(/no longer ours/) }],
      isTold: true,
      clusters: [],
    });
    await own.decide(done, 'rollback');
    await own.drain();
    expect(own.azure.sent).toHaveLength(sent);
    // Once it is left there is nothing more to foresee.
    expect(await own.preview(done)).toMatchObject({ status: 409 });
  });

  test.each(['CanNotDelete', 'ReadOnly'])(
    'somebody put it under a lock (%s): it is left, as Azure then leaves it, and nothing comes of that',
    async (level) => {
      const own = await desk();
      const done = await own.done();
      const { url } = await own.changeOf(done);
      const [group = ''] = url.split(/\/securityRules\//i);
      const id = `${group}/providers/Microsoft.Authorization/locks/keep`;
      const type = 'Microsoft.Authorization/locks';
      own.azure.rows = [...own.azure.rows, { id, type, name: 'keep', properties: { level } }];
      own.azure.beforeSend = () => ({ kind: 'refused', says: 'ScopeLocked' });
      expect(await own.foreseen(done)).toMatchObject({
        removals: [{ outcome: 'left', because: expect.stringContaining(`lock keep (${level})`) }],
        isTold: true,
        clusters: [],
      });
      await own.decide(done, 'rollback');
      await own.drain();
      expect(await own.found(`remediations/${done.id}`)).toMatchObject({
        state: 'partlyRolledBack',
        because: 'ScopeLocked',
      });
    },
  );

  test('whether it is locked could not be read: it is not said to be removed, and what comes of it if it is', async () => {
    const own = await desk();
    const done = await own.done();
    const scope = done.clusterId.split('/').slice(0, 3).join('/');
    const type = 'microsoft.authorization/locks';
    own.azure.gaps.push({ kind: 'gap', type, scope, what: 'locks', why: 'Azure is busy' });
    const found = await own.foreseen(done);
    expect(found).toMatchObject({
      removals: [
        {
          outcome: 'unknown',
          because: expect.stringMatching(
            /^Whether a lock .* is not known \(locks: Azure is busy\)/,
          ),
        },
      ],
      isTold: false,
      clusters: [{ key: own.key }],
    });
    const breaks = { checkId: scoring, effect: 'breaks', before: 'pass', after: 'fail' };
    expect(found.clusters[0].verdicts).toContainEqual(expect.objectContaining(breaks));
  });

  test('the rule is gone already: that is not known for certain, and never told as well', async () => {
    const own = await desk();
    const done = await own.done();
    const { url } = await own.changeOf(done);
    own.azure.change({ method: 'DELETE', url });
    expect(await own.foreseen(done)).toMatchObject({
      removals: [{ outcome: 'unknown', because: expect.stringMatching(/not among what was read/) }],
      isTold: false,
      clusters: [],
    });
  });

  test('another rule lets the same packets in by now: nothing comes to fail', async () => {
    const own = await desk();
    const done = await own.done();
    const change = await own.changeOf(done);
    const other = withProperties(change, { priority: 150, description: 'theirs' });
    own.azure.change({
      ...other,
      url: change.url.replace(/securityRules\/[^?]+/i, 'securityRules/theirs'),
    });
    const found = await own.foreseen(done);
    expect(found).toMatchObject({ removals: [{ outcome: 'removed' }], isTold: true });
    const effects = found.clusters.flatMap(({ verdicts }: { verdicts: { effect: string }[] }) =>
      verdicts.filter(({ effect }) => effect === 'breaks'),
    );
    expect(effects).toEqual([]);
  });

  test('the cluster cannot be read: why, and that not all is known', async () => {
    let gap: Gap | undefined;
    const own = await desk({
      reader: (reader) => ({
        ...reader,
        readCluster: async (id, roots) =>
          gap === undefined ? reader.readCluster(id, roots) : [gap],
      }),
    });
    const done = await own.done();
    gap = { kind: 'gap', scope: own.cluster, what: 'the cluster', why: 'Azure is busy' };
    const found = await own.foreseen(done);
    expect(found).toMatchObject({
      removals: [{ outcome: 'unknown' }],
      examined: 0,
      dependents: 1,
      isTold: false,
      clusters: [],
      remark: expect.stringMatching(/0 could be looked at.*the cluster: Azure is busy/),
    });
  });

  test('more depend on it than are looked at: the cluster that it was made for is among them', async () => {
    const own = await desk();
    const done = await own.done();
    const { url } = await own.changeOf(done);
    const others = Array.from({ length: 14 }, (_, index) =>
      resourceId(
        `/subscriptions/0/resourcegroups/a/providers/microsoft.containerservice/managedclusters/a-${index}`,
      ),
    );
    const [group = ''] = url.split(/\/securityRules\//i);
    await own.stores.dependencies.replace(
      others.map((cluster) => ({ cluster, before: [], after: [resourceId(group)] })),
    );
    const found = await own.foreseen(done);
    expect(own.reads).toHaveLength(12);
    expect(found).toMatchObject({
      dependents: 15,
      isTold: false,
      remark: expect.stringMatching(/^Of 15 clusters that may rely on it, \d+ could be looked at/),
    });
    expect(found.clusters).toMatchObject([{ key: own.key }]);
  });

  test.each(['settings', 'tag'] as const)(
    'the mode was lowered since, by the %s: it is said that the rollback would be held, in the words in which it then is',
    async (by) => {
      let isTagged = false;
      const own = await desk({
        reader: (reader) => {
          const tagged = <T extends Row | Gap>(item: T): T =>
            isTagged && item.kind === 'row' && /managedclusters\/[^/]+$/.test(item.id)
              ? { ...item, body: { ...item.body, tags: { 'portcullis:mode': 'plan' } } }
              : item;
          return {
            ...reader,
            readCluster: async (id, roots) => (await reader.readCluster(id, roots)).map(tagged),
            readResource: async (id) => {
              const row = await reader.readResource(id);
              return row === undefined ? undefined : tagged(row);
            },
          };
        },
      });
      const done = await own.done();
      expect(await own.foreseen(done)).toMatchObject({ held: null });
      if (by === 'tag') isTagged = true;
      else {
        const settings = await own.context.settings();
        Object.assign(own.context, { settings: async () => ({ ...settings, mode: 'plan' }) });
      }
      own.pass(60_000);
      const sent = own.azure.sent.length;
      const found = await own.foreseen(done);
      const why = by === 'tag' ? 'the tag portcullis:mode' : 'the settings';
      expect(found).toMatchObject({
        held: expect.stringContaining(`The mode is plan: ${why} say`),
        // What it would do, once it is done, is known all the same.
        removals: [{ outcome: 'removed' }],
        isTold: true,
        remark: null,
      });
      await own.decide(done, 'rollback');
      await own.drain();
      expect(own.azure.sent).toHaveLength(sent);
      expect(own.told).toContainEqual({
        message: 'remediation held',
        fields: expect.objectContaining({ id: done.id, because: found.held }),
      });
      // It is held now, and still says so.
      own.pass(60_000);
      expect(await own.foreseen(done)).toMatchObject({ held: found.held });
    },
  );

  test('there is none for what nobody knows, or what made nothing', async () => {
    const own = await desk();
    const waiting = await own.headIn('awaitingApproval');
    own.reads.length = 0;
    const nothing = {
      status: 409,
      problem: { error: expect.stringMatching(/^Nothing that it made/) },
    };
    expect(await own.preview(waiting)).toMatchObject(nothing);
    for (const id of [
      '0'.repeat(16),
      'constructor',
      '__proto__',
      "x' or true",
      '%2e%2e',
      'x'.repeat(100),
    ]) {
      expect(await own.preview({ id })).toMatchObject({ status: 404 });
    }
    expect(await own.preview({ id: 'x'.repeat(101) })).toMatchObject({ status: 404 });
    expect(own.reads).toEqual([]);
    const done = await own.done();
    await own.decide(done, 'rollback');
    await own.drain();
    expect(await own.preview(done)).toMatchObject(nothing);
  });

  test('whoever may see the plan may see what taking it back would do, and no more', async () => {
    const own = await desk();
    const done = await own.done();
    const reader = { ...ada, roles: rolesFrom(['Reader']) };
    expect(await own.preview(done, reader)).toMatchObject({ kind: 'json' });
    const body = { hash: done.hash };
    expect(
      await own.ask(`remediations/${done.id}/rollback`, { method: 'POST', body, caller: reader }),
    ).toMatchObject({ status: 403 });
  });
});
