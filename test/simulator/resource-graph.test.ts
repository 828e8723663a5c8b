import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../../simulator/start-simulator.ts';
import { clientsOf, send } from './clients.ts';
import { assignments, ids, principals, smallEstate, subscriptions } from './small-estate.ts';

const path = '/providers/Microsoft.ResourceGraph/resources?api-version=2024-04-01';
const many = Array.from({ length: 2345 }, (_, number) => ({
  id: `/subscriptions/${subscriptions.corp}/resourceGroups/rg-many/providers/Microsoft.Storage/storageAccounts/st${number}`,
  name: `st${number}`,
  type: 'microsoft.storage/storageaccounts',
  properties: { number },
}));

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ rows: [...smallEstate, ...many], quotas: false });
});
afterAll(() => simulator.stop());

interface Answer {
  readonly totalRecords: number;
  readonly count: number;
  readonly resultTruncated: string;
  readonly skipToken?: string;
  readonly data: readonly Record<string, unknown>[];
}

type Request = Parameters<ReturnType<typeof clientsOf>['graph']['resources']>[0];

/** What Microsoft's client makes of the answer; its `data` is typed as anything. */
async function ask(request: Request, objectId?: string, of = simulator): Promise<Answer> {
  const { data, ...rest } = await clientsOf(of, objectId).graph.resources(request);
  // The client hands on whatever JSON stands in `data`; these queries answer with objects.
  return { ...rest, data: data as Answer['data'] };
}

async function askIds(request: Request, objectId?: string, of = simulator): Promise<string[]> {
  const { data } = await ask(request, objectId, of);
  return data.map(({ id }) => String(id).toLowerCase()).toSorted();
}

function lowered(...found: readonly { readonly id?: unknown }[]): string[] {
  return found.map(({ id }) => String(id).toLowerCase()).toSorted();
}

describe('paging', () => {
  const query = "resources | where type == 'microsoft.storage/storageaccounts' | project id";

  it('gives every row once, 1,000 at a time and without being asked', async () => {
    const sizes: number[] = [];
    const found = new Set<unknown>();
    let skipToken: string | undefined;
    do {
      const page = await ask({
        query: `${query} | order by id asc`,
        ...(skipToken === undefined ? {} : { options: { skipToken } }),
      });
      expect(page).toMatchObject({ totalRecords: 2345, resultTruncated: 'false' });
      sizes.push(page.count);
      for (const { id } of page.data) found.add(id);
      ({ skipToken } = page);
    } while (skipToken !== undefined);
    expect(sizes).toEqual([1000, 1000, 345]);
    expect(found).toEqual(new Set(many.map(({ id }) => id)));
  });

  it('cuts at $top and $skip, and a token keeps the size of its page', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 1000 }),
        fc.integer({ min: 0, max: 3000 }),
        async (top, skip) => {
          const sorted = `${query} | order by id asc`;
          const whole = many.map(({ id }) => id).toSorted((a, b) => (a < b ? -1 : 1));
          const first = await ask({ query: sorted, options: { top, skip } });
          expect(first.data.map(({ id }) => id)).toEqual(whole.slice(skip, skip + top));
          expect(first.skipToken === undefined).toBe(skip + top >= whole.length);
          if (first.skipToken === undefined) return;
          const next = await ask({ query: sorted, options: { skipToken: first.skipToken } });
          expect(next.data.map(({ id }) => id)).toEqual(whole.slice(skip + top, skip + 2 * top));
        },
      ),
      { numRuns: import.meta.env.MODE === 'deep' ? 60 : 6 },
    );
  });

  it('gives no token where id is not projected, and says that rows are missing', async () => {
    const answer = await ask({ query: query.replace('project id', 'project name') });
    expect(answer).toMatchObject({ count: 1000, resultTruncated: 'true' });
    expect(answer.skipToken).toBeUndefined();
  });

  it('takes a token for its own query only', async () => {
    const { skipToken = '' } = await ask({ query });
    for (const [other, token] of [
      [`${query}, name`, skipToken],
      [query, 'bm9uc2Vuc2U='],
    ] as const) {
      await expect(ask({ query: other, options: { skipToken: token } })).rejects.toMatchObject({
        statusCode: 400,
      });
    }
  });
});

describe('rows', () => {
  it('stand in the table of their type, or in none', async () => {
    const inTable = async (table: string): Promise<string[]> => {
      const { data } = await ask({
        query: `${table} | where name !startswith 'st' | summarize count() by type`,
      });
      return data.map(({ type }) => String(type)).toSorted();
    };
    expect(await inTable('resources')).toEqual([
      'microsoft.containerservice/managedclusters',
      'microsoft.machinelearningservices/workspaces',
      'microsoft.network/networksecuritygroups',
      'microsoft.network/virtualnetworks',
    ]);
    expect(await inTable('resourcecontainers')).toEqual([
      'microsoft.resources/subscriptions',
      'microsoft.resources/subscriptions/resourcegroups',
    ]);
    expect(await inTable('kubernetesconfigurationresources')).toEqual([
      'microsoft.kubernetesconfiguration/extensions',
    ]);
    expect(await inTable('networkresources')).toEqual([
      'microsoft.network/effectivesecurityadminrules',
    ]);
    expect(await inTable('policyresources')).toEqual(['microsoft.authorization/policyexemptions']);
    expect(await inTable('AuthorizationResources')).toEqual([
      'microsoft.authorization/roleassignments',
      'microsoft.authorization/roledefinitions',
    ]);
    expect(await inTable('securityresources')).toEqual([]);
  });

  it('have the columns and the casing that recorded rows have', async () => {
    const { data } = await ask({
      query: "resources | where name == 'nsg-a'",
    });
    expect(data).toEqual([
      {
        id: ids.nsg,
        name: 'nsg-a',
        type: 'microsoft.network/networksecuritygroups',
        tenantId: simulator.reader.tenantId,
        kind: '',
        location: 'westeurope',
        resourceGroup: 'rg-net',
        subscriptionId: subscriptions.online,
        managedBy: '',
        sku: null,
        plan: null,
        properties: expect.objectContaining({ securityRules: expect.any(Array) }),
        tags: null,
        identity: null,
        zones: null,
        extendedLocation: null,
      },
    ]);
  });

  it('show extensions in Pascal case, settings as they were written', async () => {
    const { data } = await ask({
      query: 'kubernetesconfigurationresources | project id, properties',
    });
    expect(data[0]?.['properties']).toEqual({
      ExtensionType: 'Microsoft.AzureML.Kubernetes',
      Scope: { Cluster: { ReleaseNamespace: 'azureml' } },
      ConfigurationSettings: { enableInference: 'True' },
    });
  });

  it('come as a table where it is asked for', async () => {
    const response = await send(simulator, path, {
      method: 'POST',
      body: {
        query: "resources | where name == 'nsg-a' | project name, properties",
        options: { resultFormat: 'table' },
      },
    });
    expect(JSON.parse(response.bodyAsText ?? '')).toMatchObject({
      data: {
        columns: [
          { name: 'name', type: 'string' },
          { name: 'properties', type: 'object' },
        ],
        rows: [['nsg-a', { securityRules: [{ name: 'allow' }] }]],
      },
    });
  });
});

describe('the scope of a query', () => {
  const networks =
    "resources | where type == 'microsoft.network/networksecuritygroups' | project id";

  it.each([
    ['the tenant', {}, [ids.nsg, ids.corpNsg]],
    ['a subscription', { subscriptions: [subscriptions.online.toUpperCase()] }, [ids.nsg]],
    ['a management group', { managementGroups: ['MG-corp'] }, [ids.corpNsg]],
    ['one around both', { managementGroups: ['mg-root'] }, [ids.nsg, ids.corpNsg]],
  ])('is %s', async (_, scope, expected) => {
    expect(await askIds({ query: networks, ...scope })).toEqual(
      lowered(...expected.map((id) => ({ id }))),
    );
  });

  it('is refused where both kinds are given, or none of what is given exists', async () => {
    const both = {
      query: networks,
      subscriptions: [subscriptions.online],
      managementGroups: ['mg-root'],
    };
    await expect(ask(both)).rejects.toMatchObject({ statusCode: 400 });
    await expect(
      ask({ query: networks, subscriptions: ['99999999-0000-4000-8000-000000000009'] }),
    ).rejects.toMatchObject({ statusCode: 400 });
  });

  const { atTenant, atManagementGroup, atSubscription, atGroup, elsewhere } = assignments;
  it.each([
    ['AtScopeAndBelow', [atSubscription, atGroup]],
    ['AtScopeAndAbove', [atTenant, atManagementGroup, atSubscription]],
    ['AtScopeExact', [atSubscription]],
    ['AtScopeAboveAndBelow', [atTenant, atManagementGroup, atSubscription, atGroup]],
    [undefined, [atSubscription, atGroup]],
  ] as const)('%s says which role assignments are inherited', async (filter, expected) => {
    const request = {
      query:
        "authorizationresources | where type == 'microsoft.authorization/roleassignments' | project id",
      subscriptions: [subscriptions.online],
      ...(filter === undefined ? {} : { options: { authorizationScopeFilter: filter } }),
    };
    expect(await askIds(request)).toEqual(lowered(...expected));
    // Whoever reads the subscription only reads what it inherits, too.
    expect(await askIds(request, principals.throughGroups)).toEqual(lowered(...expected));
  });

  it('holds everything below a management group or the tenant', async () => {
    const query =
      "authorizationresources | where type == 'microsoft.authorization/roleassignments' | project id";
    expect(await askIds({ query })).toEqual(lowered(...Object.values(assignments)));
    expect(await askIds({ query, managementGroups: ['mg-root'] })).toEqual(
      lowered(atManagementGroup, atSubscription, atGroup, elsewhere),
    );
    const above = { authorizationScopeFilter: 'AtScopeAboveAndBelow' } as const;
    expect(await askIds({ query, managementGroups: ['mg-online'], options: above })).toEqual(
      lowered(atTenant, atManagementGroup, atSubscription, atGroup),
    );
  });
});

describe('what a caller may not read', () => {
  const query = 'resources | where type startswith "microsoft.network" | project id';
  let other: Simulator | undefined;
  afterEach(() => other?.stop());

  it('is left out without a word', async () => {
    expect(await askIds({ query }, principals.throughGroups)).toEqual(
      lowered({ id: ids.nsg }, { id: ids.network }),
    );
    // The custom role's notActions take the security groups, a deny assignment takes the network.
    expect(await askIds({ query }, principals.onGroup)).toEqual([]);
    expect(
      await askIds(
        { query, subscriptions: [subscriptions.online, subscriptions.corp] },
        principals.throughGroups,
      ),
    ).toEqual(lowered({ id: ids.nsg }, { id: ids.network }));
  });

  it('is refused where nothing at all is readable, as recorded', async () => {
    const response = await send(simulator, path, {
      method: 'POST',
      token: simulator.tokenOf(principals.stranger),
      body: { query },
    });
    expect(response.status).toBe(403);
    expect(JSON.parse(response.bodyAsText ?? '')).toEqual({
      error: {
        code: 'AccessDenied',
        message: expect.stringMatching(
          /^Please provide below info when asking for support: timestamp = \S+, correlationId = \S+\.$/,
        ),
        details: [
          {
            code: 'AccessDenied',
            message:
              'Access is denied to the requested resource. The user might not have enough permission.',
          },
        ],
      },
    });
  });

  it('includes the admin rules of networks that the caller may not read', async () => {
    const rules = { query: 'networkresources | project id' };
    expect((await askIds(rules)).length).toBe(1);
    expect((await askIds(rules, principals.atRoot)).length).toBe(1);
    const grants = [{ scope: '/', actions: ['*/read'], notActions: ['*/virtualNetworks/read'] }];
    other = await startSimulator({ rows: smallEstate, reader: { grants } });
    expect(await askIds(rules, undefined, other)).toEqual([]);
  });

  it('can be taken from the reader: a subscription, or a type', async () => {
    other = await startSimulator({
      rows: smallEstate,
      reader: {
        grants: [
          {
            scope: `/subscriptions/${subscriptions.online}`,
            actions: ['*/read'],
            notActions: ['Microsoft.Network/virtualNetworks/read'],
          },
        ],
      },
    });
    expect(await askIds({ query }, undefined, other)).toEqual(lowered({ id: ids.nsg }));
    await expect(
      ask({ query, subscriptions: [subscriptions.corp] }, undefined, other),
    ).rejects.toMatchObject({ statusCode: 403, code: 'AccessDenied' });
  });
});

describe('a query that is refused', () => {
  it.each([
    ['is no query', { query: 'resources | where' }, 'ParserFailure'],
    ['names no table', { query: 'nowhere | project id' }, 'InvalidQuery'],
    ['asks for too much', { query: 'resources', options: { $top: 1001 } }, 'InvalidRequest'],
    [
      'has an unknown filter',
      { query: 'resources', options: { authorizationScopeFilter: 'Up' } },
      'InvalidRequest',
    ],
  ])('%s', async (_, body, code) => {
    const response = await send(simulator, path, { method: 'POST', body });
    expect(response.status).toBe(400);
    const { error } = JSON.parse(response.bodyAsText ?? '');
    expect(error).toMatchObject({ code: 'BadRequest' });
    expect(error.details.map((detail: { code: string }) => detail.code)).toContain(code);
  });

  it.each([
    ['', 400, 'MissingApiVersionParameter'],
    ['?api-version=2016-01-01', 404, 'InvalidResourceType'],
  ])('has the version "%s"', async (version, status, code) => {
    const response = await send(simulator, path.replace(/\?.*/, version), {
      method: 'POST',
      body: { query: 'resources' },
    });
    expect([response.status, JSON.parse(response.bodyAsText ?? '').error.code]).toEqual([
      status,
      code,
    ]);
  });
});
