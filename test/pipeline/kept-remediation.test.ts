/** Many attempts at once: who may write to a group, and to the networks that it is in. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryStores } from '../../shared/adapters/store/stores.ts';
import { resourceTypeNamed, typeInId } from '../../shared/inventory/row-type.ts';
import { type ResourceId, resourceId } from '../../shared/model/resource-id.ts';
import { type KeptOutcome, carryOutKept } from '../../shared/pipeline/kept-remediation.ts';
import { networksOfGroup } from '../../shared/pipeline/networks-of-group.ts';
import type { RemediationParts } from '../../shared/pipeline/remediate.ts';
import type { Row } from '../../shared/ports.ts';
import type { ArmWrite } from '../../shared/remediation/arm-write.ts';
import type { Step } from '../../shared/remediation/journal.ts';
import { type Plan, ourMark } from '../../shared/remediation/plan.ts';
import { defaultSettings } from '../../shared/settings/settings.ts';
import { madeUpPlan } from '../remediation/made-up-plan.ts';

const runs = import.meta.env.MODE === 'deep' ? 1000 : 100;
const at = '2026-11-26T03:00:00.000Z';
const providers = '/subscriptions/s/resourcegroups/g/providers';
const network = (name: number): ResourceId =>
  resourceId(`${providers}/microsoft.network/virtualnetworks/vnet-${name}`);
const group = (name: number): ResourceId =>
  resourceId(`${providers}/microsoft.network/networksecuritygroups/nsg-${name}`);

function ruleIn(groupId: ResourceId): ArmWrite {
  const properties = { access: 'Allow', priority: 3000, description: `${ourMark}for a test` };
  const url = `${groupId}/securityRules/portcullis-a?v=1`;
  return { method: 'PUT', url, body: { properties }, ifMatch: null };
}

/** A plan that is carried out, and that somebody wants taken back: it takes no planning to go on. */
function planFor(groups: readonly ResourceId[], number: number): Plan {
  const changes = groups.map(ruleIn);
  const undo = changes.map(({ url }) => ({ method: 'DELETE' as const, url, ifMatch: null }));
  return madeUpPlan([], { changes, undo, fingerprint: String(number) });
}

const doneAndUnwanted = ({ changes }: Plan): readonly Step[] => [
  { step: 'confirmed', before: { images: [], passing: {} } },
  ...changes.map((_, index): Step => ({ step: 'writing', index })),
  ...changes.map((_, index): Step => ({ step: 'written', index, made: true })),
  { step: 'verified' },
  { step: 'ended', outcome: 'done' },
  { step: 'rollbackAsked', by: 'me', because: 'asked' },
];

/** When a write to a group was on its way, by a count of what happened. */
interface Stay {
  readonly group: ResourceId;
  readonly from: number;
  to: number;
}

/** Takes back as many plans as groups are listed, all at once and again until nothing is left to do. */
async function takenBack(
  plans: readonly (readonly number[])[],
  networksOf: (target: ResourceId) => Promise<readonly ResourceId[]>,
  scheduler: fc.Scheduler,
): Promise<readonly Stay[]> {
  const now = (): Date => new Date(at);
  const { remediations } = memoryStores(now);
  const stays: Stay[] = [];
  const there = new Set<string>();
  let clock = 0;
  const writer: RemediationParts['writer'] = {
    read: async (request) =>
      there.has(request.url)
        ? { ...(ruleIn(resourceId('/')).body?.['properties'] as object) }
        : undefined,
    async send({ url }) {
      const stay = { group: resourceId(url.split('/securityRules/')[0] ?? ''), from: clock, to: 0 };
      clock += 1;
      await scheduler.schedule(Promise.resolve(), 'Azure is at it');
      clock += 1;
      stays.push({ ...stay, to: clock });
      there.delete(url);
      return { kind: 'made' };
    },
  };
  for (const [number, groups] of plans.entries()) {
    const plan = planFor(groups.map(group), number);
    for (const { url } of plan.changes) there.add(url);
    let kept = await remediations.create(String(number), {
      step: 'requested',
      plan,
      by: 'me',
      at,
    });
    for (const step of doneAndUnwanted(plan))
      kept = await remediations.append(kept, { ...step, at });
  }
  const settings = defaultSettings();
  const attempt = (id: number, holder: string): Promise<KeptOutcome> =>
    carryOutKept(
      {
        store: remediations,
        holder,
        now,
        networksOf,
        partsFor: async () => ({
          writer,
          tenant: { readCluster: async () => [], readResource: async () => undefined },
          neighbourhood: { clustersOf: async () => [], rootsOf: async () => [] },
          judging: { catalogue: [], settings, today: '', onDefect: () => {} },
          siblings: [],
          runId: '',
          settings,
          maxMode: 'audit',
          memory: {
            past: async () => undefined,
            putPast: async () => {},
            changesOf: async () => [],
          },
          now,
          wait: async () => {},
        }),
      },
      String(id),
    );
  let left = plans.map((_, number) => number);
  for (let round = 0; left.length > 0; round += 1) {
    if (round > plans.length) throw new Error('in every round at least one has to get through');
    const outcomes = Promise.all(left.map((id) => attempt(id, `${id} of ${round}`)));
    const ended = await scheduler.waitFor(outcomes);
    left = left.filter((_, index) => ended[index]?.kind === 'busy');
  }
  expect([...there]).toEqual([]);
  return stays;
}

const isTogether = (one: Stay, other: Stay): boolean => one.from < other.to && other.from < one.to;

function pairsOf<T>(items: readonly T[]): readonly (readonly [T, T])[] {
  return items.flatMap((one, index) =>
    items.slice(index + 1).map((other): readonly [T, T] => [one, other]),
  );
}

describe('of changes that are carried out at once', () => {
  it('no two write to groups of one network at a time, and those of several networks do', async () => {
    let together = 0;
    const place = fc.integer({ min: 0, max: 3 });
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(fc.uniqueArray(place, { minLength: 1, maxLength: 2 }), {
          minLength: 2,
          maxLength: 5,
        }),
        fc.array(fc.uniqueArray(place, { maxLength: 2 }), { minLength: 4, maxLength: 4 }),
        async (scheduler, plans, inNetworks) => {
          const networks = new Map(
            inNetworks.map((names, index) => [group(index), names.map(network)]),
          );
          const stays = await takenBack(plans, async (id) => networks.get(id) ?? [], scheduler);
          const clashes = pairsOf(stays)
            .filter(([one, other]) => isTogether(one, other))
            .filter(([one, other]) => {
              const own = networks.get(one.group) ?? [];
              const theirs = networks.get(other.group) ?? [];
              return one.group === other.group || own.some((id) => theirs.includes(id));
            });
          expect(clashes).toEqual([]);
          together += pairsOf(stays).filter(([one, other]) => isTogether(one, other)).length;
        },
      ),
      { numRuns: runs },
    );
    expect(together).toBeGreaterThan(runs / 4);
  });
});

describe('the networks of a group', () => {
  const rowOf = (id: ResourceId, properties: object): Row => {
    const type = resourceTypeNamed(typeInId(id) ?? '');
    if (type === undefined) throw new Error(`${id} is of no type that an audit reads`);
    return { kind: 'row', id, type, body: { id, properties } };
  };
  const subnet = (name: number): object => ({ id: `${network(name)}/subnets/nodes`.toUpperCase() });
  const set = resourceId(`${providers}/microsoft.compute/virtualmachinescalesets/nodes`);
  const own = resourceId(`${providers}/microsoft.network/networkinterfaces/own`);
  const rows = [
    rowOf(group(0), {
      subnets: [subnet(2), subnet(1), subnet(2)],
      networkInterfaces: [
        { id: `${set}/virtualMachines/0/networkInterfaces/nic` },
        { id: `${set}/virtualMachines/1/networkInterfaces/nic` },
        { id: own },
        { id: `${own}-gone` },
      ],
    }),
    rowOf(group(1), { securityRules: [] }),
    rowOf(set, { networkProfile: [{ subnet: subnet(3) }] }),
    rowOf(own, { ipConfigurations: [{ properties: { subnet: subnet(0) } }] }),
  ];

  it.each<[string, ResourceId, readonly number[]]>([
    ['are those of its subnets and of its interfaces', group(0), [0, 1, 2, 3]],
    ['are none where it is on nothing', group(1), []],
    ['are none where it is gone', group(9), []],
    ['are none of what is no group', network(1), []],
  ])('%s', async (_, id, found) => {
    const read: ResourceId[] = [];
    const tenant = {
      readResource: async (wanted: ResourceId) => {
        read.push(wanted);
        return rows.find((row) => row.id === wanted);
      },
    };
    expect(await networksOfGroup(tenant, id)).toEqual(found.map(network));
    expect(new Set(read).size).toBe(read.length);
  });
});
