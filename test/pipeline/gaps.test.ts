/** Whatever could not be read or understood makes a scan incomplete, and says where. */
import { describe, expect, it } from 'vitest';
import { auditedTypes } from '../../shared/pipeline/audit.ts';
import {
  type Body,
  compute,
  estate,
  extension,
  ids,
  network,
  onlineEndpoint,
  publicIp,
  row,
  securityGroup,
  subscription,
} from '../facts/build.ts';
import { auditRows } from './audit-rows.ts';

const manifest = {
  type: 'portcullis/manifest',
  types: [...auditedTypes],
  authorizationScopeFilter: 'AtScopeAboveAndBelow',
};

const callers = { callers: ['203.0.113.0/24'] };

function bodies(...rows: readonly ReturnType<typeof row>[]): Body[] {
  const byId = new Map([...estate(), ...rows].map((one) => [one.id, one.body]));
  return [...byId.values()];
}

function assignment(principalType: string, scope: string): ReturnType<typeof row> {
  const guid = '4d97b98b-1d4f-4787-a291-c67834d212e7';
  return row(
    'microsoft.authorization/roleassignments',
    `${scope}/providers/Microsoft.Authorization/roleAssignments/a`,
    {
      properties: {
        scope,
        principalType,
        principalId: 'CCCC0000-0000-0000-0000-00000000000C',
        roleDefinitionId: `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/${guid}`,
      },
    },
  );
}

async function audited(rows: readonly unknown[], settings: Body = {}) {
  const { verdicts, tail } = await auditRows([...rows, manifest], { ...callers, ...settings });
  return {
    verdicts,
    clusters: new Set([...verdicts.values()].map(({ clusterId }) => clusterId)).size,
    gaps: tail.gaps.map(({ what, scope, why }) => `${what} at ${scope}: ${why}`),
  };
}

it('an estate that was read whole has none', async () => {
  const { gaps, clusters } = await audited(bodies());
  expect(gaps).toEqual([]);
  expect(clusters).toBe(1);
});

describe('a gap is', () => {
  it('a row that a verdict needed and that is not understood, once', async () => {
    const { gaps, verdicts } = await audited(
      bodies(securityGroup(ids.nsg, [{ name: 'odd', properties: { priority: 'first' } }])),
    );
    expect(gaps).toHaveLength(1);
    expect(gaps[0]).toContain(ids.nsg.toLowerCase());
    const missing = [...verdicts.values()].flatMap((verdict) => verdict.missing ?? []);
    expect(missing.length).toBeGreaterThan(0);
    for (const one of missing)
      expect(Object.keys(one).toSorted()).toEqual(['scope', 'what', 'why']);
  });

  it('a group whose members were not read', async () => {
    const { gaps } = await audited(bodies(assignment('Group', ids.groupOfNetwork)));
    expect(gaps).toEqual([
      expect.stringContaining('the members of the group cccc0000-0000-0000-0000-00000000000c'),
    ]);
  });

  it.each([
    ['null', { managementGroupAncestorsChain: null }],
    ['empty', { managementGroupAncestorsChain: [] }],
  ])('an ancestry that is %s, where an assignment depends on it', async (_, properties) => {
    const group = '/providers/Microsoft.Management/managementGroups/corp';
    const subscriptionRow = row(
      'microsoft.resources/subscriptions',
      `/subscriptions/${subscription}`,
      { properties },
    );
    const granted = assignment('ServicePrincipal', group);
    const body = {
      ...granted.body,
      properties: {
        ...Object(granted.body['properties']),
        principalId: 'AAAA0000-0000-0000-0000-000000000001',
      },
    };
    const { gaps } = await audited([...bodies(subscriptionRow), body]);
    expect(gaps).toEqual([expect.stringContaining('the management groups above the subscription')]);
  });

  it.each([
    ['compute without a cluster', compute({ resourceId: null })],
    ['compute without members', { ...compute(), body: { ...compute().body, properties: null } }],
    ['extension', { ...extension({}), body: { ...extension({}).body, properties: {} } }],
    ['online endpoint', onlineEndpoint({})],
    ['public IP address', publicIp({ ipAddress: 7 })],
  ])('a %s that may hide a cluster', async (_, misread) => {
    const { gaps } = await audited(bodies(misread));
    expect(gaps.some((gap) => gap.includes(misread.id))).toBe(true);
  });

  it('a service tag whose prefixes are none', async () => {
    const addressPrefixes = ['20.0.0.0/24', 'junk'];
    const tags = row(
      'microsoft.network/servicetags',
      `/subscriptions/${subscription}/providers/Microsoft.Network/serviceTags/public`,
      { values: [{ name: 'AzureCloud', properties: { addressPrefixes } }] },
    );
    expect((await audited(bodies(tags))).gaps).toEqual([
      expect.stringContaining('the addresses of the service tag AzureCloud'),
    ]);
  });

  it.each([[['0.0.0.0/0']], [['0.0.0.0/1', '128.0.0.0/1']]])(
    'no unknown that reading more would not settle, as behind an appliance for %j',
    async (prefixes) => {
      const routes = prefixes.map((addressPrefix, at) => ({
        name: `route-${at}`,
        properties: {
          addressPrefix,
          nextHopType: 'VirtualAppliance',
          nextHopIpAddress: '10.9.0.4',
        },
      }));
      const { gaps, verdicts } = await audited(
        bodies(
          row('microsoft.network/routetables', ids.routes, { properties: { routes } }),
          network({}, { routeTable: { id: ids.routes } }),
        ),
      );
      expect([...verdicts.values()].some(({ kind }) => kind === 'unknown')).toBe(true);
      expect(gaps).toEqual([]);
    },
  );

  it('a row that is referred to and not here, and not the resource group it would be in', async () => {
    const elsewhere = bodies().filter(({ id }) => id !== ids.balancer);
    expect((await audited(elsewhere)).gaps).toEqual([]);
    const without = bodies().filter(({ id }) => id !== ids.nsg);
    expect((await audited(without)).gaps).toEqual([
      expect.stringContaining('network security group nodes-nsg'),
    ]);
  });
});

describe('a scope of which the estate holds nothing', () => {
  const other = '22222222-2222-2222-2222-222222222222';

  it('is a gap, for subscriptions', async () => {
    const { gaps, clusters } = await audited(bodies(), { scope: { subscriptions: [other] } });
    expect(clusters).toBe(0);
    expect(gaps).toEqual([expect.stringContaining(`/subscriptions/${other}`)]);
    const own = await audited(bodies(), { scope: { subscriptions: [subscription] } });
    expect(own).toMatchObject({ gaps: [], clusters: 1 });
  });

  it.each([
    ['was not read', [], 0, ['below the management group corp', 'whether cluster scoring']],
    ['is another', ['lab'], 0, ['below the management group corp']],
    ['is this', ['team', 'corp'], 1, []],
  ])('is a gap, for management groups whose ancestry %s', async (_, chain, count, words) => {
    const properties = { managementGroupAncestorsChain: chain.map((name) => ({ name })) };
    const rows = bodies(
      row('microsoft.resources/subscriptions', `/subscriptions/${subscription}`, { properties }),
    );
    const { gaps, clusters } = await audited(rows, { scope: { managementGroups: ['corp'] } });
    expect(clusters).toBe(count);
    expect(gaps).toHaveLength(words.length);
    for (const [at, word] of words.entries()) expect(gaps[at]).toContain(word);
  });
});
