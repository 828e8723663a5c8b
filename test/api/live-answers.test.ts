/** One cluster as it is now, and what a rule would do to those behind its group. */
import { beforeAll, describe, expect, test } from 'vitest';
import { type ResourceId, resourceId } from '../../shared/model/resource-id.ts';
import { objectionsTo } from './answer-schemas.ts';
import { servedDemo } from './served-demo.ts';

const name = 'allow-names-yesterdays-ip';
const nsg = (group: string): boolean =>
  /networksecuritygroups\/nsg-[^/]*snet-nodes-a$/i.test(group);

let demo: Awaited<ReturnType<typeof servedDemo>>;
let key: string;
let group: string;
let reads: ResourceId[];

beforeAll(async () => {
  reads = [];
  demo = await servedDemo({
    only: name,
    settings: { mode: 'plan' },
    reader: (own) => ({
      ...own,
      readCluster: (id, roots) => {
        reads.push(id);
        return own.readCluster(id, roots);
      },
    }),
  });
  key = (await demo.found('clusters')).clusters[0].key;
  const ids = demo.azure.rows.map((row) => String(Reflect.get(row, 'id')));
  group = ids.find((id) => nsg(id) && id.includes(name)) ?? '';
});

const deny = {
  name: 'deny-all',
  properties: {
    access: 'Deny',
    direction: 'Inbound',
    priority: 100,
    protocol: '*',
    sourceAddressPrefix: '*',
    sourcePortRange: '*',
    destinationAddressPrefix: '*',
    destinationPortRange: '*',
  },
};

const ask = (rule: object, networkSecurityGroup = group) =>
  demo.ask('what-if', { method: 'POST', body: { networkSecurityGroup, rule } });

describe('an explanation', () => {
  test('is of what is there now, and reads it once a minute', async () => {
    demo.pass(60_000);
    reads.length = 0;
    const [one, two] = await Promise.all([
      demo.found(`clusters/${key}/explanation`),
      demo.found(`clusters/${key}/explanation`),
    ]);
    expect(objectionsTo('explanation', one)).toEqual([]);
    expect(two).toEqual(one);
    expect(one).toMatchObject({ source: 'live', explainedAt: demo.now().toISOString() });
    expect(one.inbound[0]).toMatchObject({ verdict: 'denied' });
    demo.pass(59_999);
    expect(await demo.found(`clusters/${key}/explanation`)).toEqual(one);
    expect(reads).toHaveLength(1);
    demo.pass(1);
    await demo.found(`clusters/${key}/explanation`);
    expect(reads).toHaveLength(2);
  });

  test('of what cannot be read says why', async () => {
    const id = (await demo.found('clusters')).clusters[0].id;
    const own = await servedDemo({
      only: name,
      reader: (reader) => ({
        ...reader,
        readCluster: async () => [
          { kind: 'gap', scope: id, what: 'the cluster', why: 'Azure is busy', passing: true },
        ],
      }),
    });
    expect(await own.ask(`clusters/${key}/explanation`)).toMatchObject({
      status: 502,
      problem: { error: expect.stringContaining('the cluster: Azure is busy') },
    });
  });
});

describe('what if', () => {
  test('a rule keeps everybody out: which verdicts change, with packets as proof; nothing is changed', async () => {
    const before = JSON.stringify(demo.azure.rows);
    const answer = await demo.found('what-if', {
      method: 'POST',
      body: { networkSecurityGroup: group, rule: deny },
    });
    expect(objectionsTo('whatIf', answer)).toEqual([]);
    expect(answer).toMatchObject({ dependents: 1, examined: 1 });
    const [cluster] = answer.clusters;
    expect(cluster).toMatchObject({ key, name });
    const effects = cluster.verdicts.map(
      ({ checkId, effect }: { checkId: string; effect: string }) => `${checkId} ${effect}`,
    );
    expect(effects).toContain('intra-network-traffic-allowed breaks');
    expect(cluster.packets).toContainEqual(
      expect.objectContaining({ direction: 'inbound', access: 'Deny' }),
    );
    expect(JSON.stringify(demo.azure.rows)).toBe(before);
    expect(demo.azure.sent).toEqual([]);
  });

  test('the group stays as it is: nothing changes', async () => {
    const whole = demo.azure.rows.find((row) => Reflect.get(row, 'id') === group);
    expect(await ask({ ...whole })).toMatchObject({ json: { clusters: [], examined: 1 } });
  });

  test('nobody depends on the group', async () => {
    const other = group.replace(/[^/]+$/, 'another');
    expect(await ask(deny, other)).toMatchObject({
      json: { dependents: 0, examined: 0, isTold: true, clusters: [] },
    });
  });

  test('more depend on it than are looked at: the answer says so', async () => {
    const others = Array.from({ length: 14 }, (_, index) =>
      resourceId(
        `/subscriptions/s/resourcegroups/g/providers/microsoft.containerservice/managedclusters/other-${index}`,
      ),
    );
    const own = await servedDemo({ only: name, settings: { mode: 'plan' } });
    await own.stores.dependencies.replace(
      others.map((cluster) => ({ cluster, before: [], after: [resourceId(group)] })),
    );
    const answer = await own.found('what-if', {
      method: 'POST',
      body: { networkSecurityGroup: group, rule: deny },
    });
    expect(answer).toMatchObject({
      dependents: 15,
      isTold: false,
      remark: expect.stringMatching(
        /^Of 15 clusters that may rely on this group, \d+ were looked at/,
      ),
    });
    expect(answer.examined).toBeLessThanOrEqual(12);
  });

  test.each<[object, RegExp]>([
    [{ properties: {} }, /^rule\.name is missing/],
    [{ name: 'a/b', properties: {} }, /^rule\.name/],
    [{ ...deny, id: '/subscriptions/s' }, /^rule\.id "\/subscriptions\/s" is not of the group/],
  ])('%j is refused', async (rule, says) => {
    expect(await ask(rule)).toMatchObject({
      status: 400,
      problem: { error: expect.stringMatching(says) },
    });
  });

  test('what is no group is refused', async () => {
    expect(await ask(deny, '/subscriptions/s')).toMatchObject({
      status: 400,
      problem: {
        error: expect.stringMatching(/^networkSecurityGroup "\/subscriptions\/s" must be/),
      },
    });
  });
});
