/** What a proposed change would do is what an audit says once it is made. */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { openEstate } from '../../shared/adapters/files/estate-files.ts';
import { catalogue } from '../../shared/checks/catalogue.ts';
import { estatePath } from '../../shared/compose.ts';
import { isObject } from '../../shared/facts/rows/lenient.ts';
import {
  type InventorySnapshot,
  collect,
  snapshotOf,
} from '../../shared/inventory/inventory-snapshot.ts';
import type { ResourceType } from '../../shared/inventory/resource-types.ts';
import { nameOf, resourceId } from '../../shared/model/resource-id.ts';
import { type AuditPlan, auditedTypes } from '../../shared/pipeline/audit.ts';
import { proposedChanges } from '../../shared/pipeline/proposed-changes.ts';
import { whatIf } from '../../shared/pipeline/what-if.ts';
import { type WhatIf, isTold } from '../../shared/reports/what-if.ts';
import { parseSettings } from '../../shared/settings/settings.ts';
import { rows, settings } from '../adapters/azure/demo-tenant.ts';
import { auditRows } from './audit-rows.ts';

const isDeep = import.meta.env.MODE === 'deep';
const reading = { offline: true, strict: false };
type Body = Readonly<Record<string, unknown>>;

let snapshot: InventorySnapshot;
let plan: AuditPlan;

beforeAll(async () => {
  snapshot = await collect(
    await openEstate(estatePath({ kind: 'demo' })),
    auditedTypes,
    {},
    reading,
  );
  const parsed = parseSettings(settings);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  plan = {
    snapshot,
    catalogue,
    settings: parsed.settings,
    today: '2026-11-23',
    onDefect: () => {},
  };
});

/** Of these clusters alone: the whole demo takes a second. */
function judged(file: unknown, ...clusters: readonly string[]): WhatIf {
  return whatIf(
    { ...plan, ...(clusters.length === 0 ? {} : { clusters }) },
    proposedChanges(file),
    reading,
  );
}

/** Clusters enough to tell, where none is meant; all of them in deep mode. */
function some(): readonly string[] {
  const ids = snapshot.rowsOf('microsoft.containerservice/managedclusters').map(({ id }) => id);
  return ids.filter((id, index) => (isDeep || index % 8 === 0) && !/ordinary|unrelated/.test(id));
}

function bodyOf(name: string): Body {
  const row = auditedTypes
    .flatMap((type) => snapshot.rowsOf(type))
    .find(({ id }) => nameOf(id) === name);
  if (row === undefined) throw new TypeError(`the demo has no ${name}`);
  return row.body;
}

function rulesIn(body: Body): readonly Body[] {
  const properties = body['properties'] as { readonly securityRules: readonly Body[] };
  return properties.securityRules;
}

function withRules(body: Body, securityRules: readonly Body[]): Body {
  return { ...body, properties: { ...(body['properties'] as Body), securityRules } };
}

function effects(found: WhatIf): readonly string[] {
  return found.clusters.flatMap(({ name, verdicts }) =>
    verdicts.map(({ checkId, effect, before, after }) =>
      [name, checkId, effect, before?.kind, after?.kind].join(' '),
    ),
  );
}

const denyOffice = {
  name: 'deny-office',
  properties: {
    access: 'Deny',
    direction: 'Inbound',
    priority: 101,
    protocol: 'Tcp',
    sourceAddressPrefix: '203.0.113.0/24',
    sourcePortRange: '*',
    destinationAddressPrefix: '*',
    destinationPortRange: '*',
  },
};

describe('a file that is what is there', () => {
  it('changes nothing, whichever resources it names', () => {
    const all = auditedTypes
      .flatMap((type) => snapshot.rowsOf(type).map(({ body }) => body))
      // What Microsoft Graph knows has no id of Resource Manager.
      .filter(({ id }) => String(id).startsWith('/'));
    const found = judged(all, ...some());
    expect(found.clusters).toEqual([]);
    expect(found.unjudged).toEqual([]);
    expect(found.examined).toBe(some().length);
    expect(found.changes).toHaveLength(all.length);
  });

  it('changes nothing as a what-if either', () => {
    const groups = snapshot.rowsOf('microsoft.network/networksecuritygroups');
    const changes = groups.map(({ body }) => ({
      resourceId: body['id'],
      changeType: 'Modify',
      before: { properties: {} },
      after: { properties: {} },
    }));
    const found = judged({ changes }, ...some());
    expect(found.clusters).toEqual([]);
  });
});

describe('a change', () => {
  const group = 'nsg-scoring-ok-public-snet-nodes-a';
  it('that denies callers breaks the check, with the packets and a witness', () => {
    const body = bodyOf(group);
    const found = judged(withRules(body, [...rulesIn(body), denyOffice]));
    expect(effects(found)).toEqual(['scoring-ok-public scoring-inbound-allowed breaks pass fail']);
    const [cluster] = found.clusters;
    expect(cluster?.packets.map(({ diff }) => diff.answer.inbound)).toEqual([
      expect.objectContaining({
        newlyAllowed: [],
        newlyDenied: [
          expect.objectContaining({ sources: ['203.0.113.0/24'], destinations: ['20.4.0.1/32'] }),
        ],
      }),
    ]);
    expect(cluster?.packets[0]?.diff.texts(3)[0]?.witness).toMatchObject({
      destination: '20.4.0.1',
    });
    expect(found.changes).toEqual([
      { id: resourceId(String(body['id'])), change: 'modify', clusters: [cluster?.id] },
    ]);
  });

  it('that takes the only Allow away breaks it too, and one that renames a rule does nothing', () => {
    const id = `${String(bodyOf(group)['id'])}/securityRules/allow-office`;
    const found = judged(
      { changes: [{ resourceId: id, changeType: 'Delete' }] },
      'scoring-ok-public',
    );
    expect(effects(found)).toEqual(['scoring-ok-public scoring-inbound-allowed breaks pass fail']);
    const body = bodyOf(group);
    const renamed = rulesIn(body).map((rule, index) => ({
      ...rule,
      id: undefined,
      name: `rule-${index}`,
    }));
    const same = judged(withRules(body, renamed), 'scoring-ok-public');
    expect(effects(same)).toEqual([]);
    expect(same.clusters[0]?.packets[0]?.diff.answer.verdict).toBe('equivalent');
  });

  it('that cannot be told from what is known is no pass', () => {
    const odd = {
      ...denyOffice,
      properties: { ...denyOffice.properties, sourceAddressPrefix: "[parameters('office')]" },
    };
    const found = judged(
      { id: `${String(bodyOf(group)['id'])}/securityRules/odd`, ...odd },
      'scoring-ok-public',
    );
    expect(effects(found)).toEqual([
      'scoring-ok-public intra-network-traffic-allowed doubts pass unknown',
      'scoring-ok-public load-balancer-probe-allowed doubts pass unknown',
      'scoring-ok-public scoring-inbound-allowed doubts pass unknown',
    ]);
    expect(isTold(found)).toBe(false);
  });

  it('is not told where what leads from a cluster to it was not read', () => {
    const rule = rulesIn(bodyOf(group)).find(({ properties }) => isObject(properties));
    const id = `${String(bodyOf(group)['id'])}/securityRules/${String(rule?.['name'])}`;
    const change = proposedChanges({ changes: [{ resourceId: id, changeType: 'Delete' }] });
    const network = resourceId(String(bodyOf('vnet-scoring-ok-public')['id']));
    const type = 'microsoft.network/virtualnetworks';
    const gap = { kind: 'gap', type, scope: network, what: 'the network', why: '403' } as const;
    const rowsLeft = auditedTypes
      .flatMap((one) => snapshot.rowsOf(one))
      .filter((row) => row.id !== network);
    for (const items of [[...rowsLeft, gap], rowsLeft]) {
      const unread = {
        ...plan,
        snapshot: snapshotOf(items, reading, auditedTypes),
        clusters: ['scoring-ok-public'],
      };
      const found = whatIf(unread, change, reading);
      expect(found.clusters).toEqual([]);
      expect(found.stillUnknown).toBeGreaterThan(0);
      expect(isTold(found)).toBe(false);
    }
  });

  it('is not told where what shows which clusters there are was not read', () => {
    const id = `${String(bodyOf(group)['id'])}/securityRules/none`;
    const change = proposedChanges({ changes: [{ resourceId: id, changeType: 'Delete' }] });
    const everything = auditedTypes.flatMap((type) => snapshot.rowsOf(type));
    const hides = (type?: ResourceType) => {
      const gap = { kind: 'gap', scope: '/subscriptions/0', what: 'rows', why: '403' } as const;
      const items = [...everything, { ...gap, ...(type === undefined ? {} : { type }) }];
      const on = { ...plan, snapshot: snapshotOf(items, reading, auditedTypes) };
      const named = whatIf({ ...on, clusters: ['scoring-ok-public'] }, change, reading);
      expect(named.hiding).toEqual([]);
      const found = whatIf({ ...on, catalogue: [] }, change, reading);
      expect(isTold(found)).toBe(found.hiding.length === 0);
      return found.hiding;
    };
    const hidden = [{ scope: '/subscriptions/0', what: 'rows', why: '403' }];
    expect(hides('microsoft.machinelearningservices/workspaces/computes')).toEqual(hidden);
    expect(hides()).toEqual(hidden);
    expect(hides('microsoft.network/routetables')).toEqual([]);
  });

  it('of a role assignment bears on whoever needs it', () => {
    const granted = [...snapshot.rowsOf('microsoft.authorization/roleassignments')].map(
      ({ body }) => ({
        resourceId: body['id'],
        changeType: 'Delete',
      }),
    );
    const found = judged({ changes: granted }, 'scoring-ok-public');
    expect(effects(found)).toContain(
      'scoring-ok-public network-contributor-granted breaks pass fail',
    );
  });

  it('that takes a group off a subnet opens everything, and says so', () => {
    const network = bodyOf('vnet-scoring-ok-public');
    const properties = network['properties'] as { readonly subnets: readonly Body[] };
    const subnets = properties.subnets.map((subnet) => ({
      ...subnet,
      properties: { ...(subnet['properties'] as Body), networkSecurityGroup: undefined },
    }));
    const found = judged(
      { ...network, properties: { ...properties, subnets } },
      'scoring-ok-public',
    );
    const [packets] = found.clusters[0]?.packets ?? [];
    expect(packets).toMatchObject({ after: null });
    expect(packets?.diff.answer.inbound.newlyAllowed.length).toBeGreaterThan(0);
    expect(packets?.diff.answer.inbound.newlyDenied).toEqual([]);
  });

  it('of what nobody read, or nobody depends on, is said to be just that', () => {
    const id = String(bodyOf(group)['id']);
    const found = judged({
      changes: [
        { resourceId: `${id}-other/securityRules/x`, changeType: 'Delete' },
        {
          resourceId: `${id}/providers/Microsoft.Insights/diagnosticSettings/all`,
          changeType: 'Delete',
        },
        { resourceId: id, changeType: 'Unsupported', unsupportedReason: 'the group is new' },
        {
          resourceId: id.replace('networkSecurityGroups', 'routeTables'),
          changeType: 'Create',
          after: { properties: { routes: [] } },
        },
        { resourceId: id, changeType: 'NoChange' },
      ],
    });
    expect(found.unjudged.map(({ because, matters }) => [because, matters])).toEqual([
      [expect.stringContaining('is not among what was read'), false],
      ['no audit reads resources of this type', false],
      ['the what-if cannot tell what happens to it: the group is new', true],
    ]);
    expect(found.changes.map(({ change, clusters }) => [change, clusters?.length])).toEqual([
      ['create', 0],
      ['none', 1],
    ]);
    expect(found.clusters).toEqual([]);
    expect(isTold(found)).toBe(false);
  });
});

/** Groups of the demo with rules shuffled, dropped, turned round and added. */
const mutation = fc.record({
  group: fc.nat(),
  dropped: fc.nat({ max: 3 }),
  turned: fc.boolean(),
  added: fc.option(
    fc.constantFrom('203.0.113.0/25', 'Internet', 'AzureLoadBalancer', 'VirtualNetwork', '*'),
  ),
  direction: fc.constantFrom('Inbound', 'Outbound'),
});

it('is the same as an audit of an estate in which it is made', { timeout: 60_000 }, async () => {
  const was = await auditRows(rows, settings);
  await fc.assert(
    fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 12 }), async (mutations) => {
      const groups = snapshot.rowsOf('microsoft.network/networksecuritygroups');
      const bodies = new Map<string, Body>();
      for (const { group, dropped, turned, added, direction } of mutations) {
        const row = groups[group % groups.length];
        if (row === undefined) throw new TypeError('no groups');
        const kept = rulesIn(row.body).filter((_, index) => index !== dropped);
        const rules = kept.map((rule) => {
          const properties = rule['properties'] as Body;
          const access = properties['access'] === 'Deny' ? 'Allow' : 'Deny';
          return turned ? { ...rule, properties: { ...properties, access } } : rule;
        });
        const { properties } = denyOffice;
        const more = {
          ...denyOffice,
          properties: { ...properties, direction, sourceAddressPrefix: added },
        };
        bodies.set(row.id, withRules(row.body, added === null ? rules : [...rules, more]));
      }
      const found = judged([...bodies.values()]);
      const changed = rows.map(
        (row) => bodies.get(resourceId(String(Reflect.get(row, 'id')))) ?? row,
      );
      const willBe = await auditRows(changed, settings);
      const told = new Map(
        found.clusters.flatMap(({ id, verdicts }) =>
          verdicts.map(({ checkId, after }): [string, typeof after] => [`${id} ${checkId}`, after]),
        ),
      );
      for (const [key, verdict] of willBe.verdicts) {
        const before = was.verdicts.get(key);
        // What is not told is what it was.
        const expected = told.get(key) ?? before;
        expect([key, verdict.kind, verdict.severity]).toEqual([
          key,
          expected?.kind,
          expected?.severity,
        ]);
      }
      expect(told.size).toBeGreaterThanOrEqual(
        [...willBe.verdicts].filter(([key, { kind }]) => kind !== was.verdicts.get(key)?.kind)
          .length,
      );
    }),
    { numRuns: isDeep ? 20 : 2 },
  );
});
