/** What can be changed in the simulator, and how the world hears of it. */
import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type SimulatorOptions, startSimulator } from '../../simulator/start-simulator.ts';
import { clientsOf, send } from './clients.ts';
import { assignments, groups, ids, principals, roles, unlockedEstate } from './small-estate.ts';

const version = 'api-version=2024-05-01';
const rule = {
  protocol: 'Tcp',
  access: 'Deny',
  direction: 'Inbound',
  priority: 150,
  sourceAddressPrefix: 'Internet',
  sourcePortRange: '*',
  destinationAddressPrefix: '*',
  destinationPortRange: '443',
};

async function started(options: Partial<SimulatorOptions> = {}) {
  const simulator = await startSimulator({ quotas: false, ...options, rows: unlockedEstate });
  onTestFinished(() => simulator.stop());
  const operator = simulator.tokenOf(simulator.operator.objectId);
  const as = (
    method: 'GET' | 'PUT' | 'DELETE',
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ) => send(simulator, path, { method, token: operator, body, headers });
  return { simulator, as };
}

const [, , subscription = '', , group = ''] = ids.nsg.split('/');
const nsgName = ids.nsg.slice(ids.nsg.lastIndexOf('/') + 1);
const path = (name = 'deny-callers') => `${ids.nsg}/securityRules/${name}?${version}`;

const assignment = '11111111-0000-8000-a000-000000000000';
const assignmentPath = `${ids.onlineGroup}/providers/Microsoft.Authorization/roleAssignments/${assignment}?api-version=2022-04-01`;
const assigned = {
  principalId: principals.stranger,
  roleDefinitionId: `/providers/Microsoft.Authorization/roleDefinitions/${roles.reader}`,
};

describe('a security rule', () => {
  test('is made, changed and removed by the client of Azure', async () => {
    const { simulator } = await started();
    const { securityRules } = clientsOf(simulator, simulator.operator.objectId).network(
      subscription,
    );
    const made = await securityRules.createOrUpdate(group, nsgName, 'deny-callers', rule);
    expect(made).toMatchObject({ name: 'deny-callers', provisioningState: 'Succeeded' });
    expect(await securityRules.get(group, nsgName, 'deny-callers')).toMatchObject({
      priority: 150,
    });
    await securityRules.createOrUpdate(group, nsgName, 'deny-callers', { ...rule, priority: 151 });
    expect(await securityRules.get(group, nsgName, 'deny-callers')).toMatchObject({
      priority: 151,
    });
    await securityRules.delete(group, nsgName, 'deny-callers');
    await securityRules.delete(group, nsgName, 'deny-callers');
    await expect(securityRules.get(group, nsgName, 'deny-callers')).rejects.toMatchObject({
      statusCode: 404,
    });
  });

  test('is 201 where it is new, 200 where it is there, and changes the ETag of its group', async () => {
    const { as } = await started();
    const etag = async () =>
      JSON.parse((await as('GET', `${ids.nsg}?${version}`)).bodyAsText ?? '').etag;
    const before = await etag();
    expect((await as('PUT', path(), { properties: rule })).status).toBe(201);
    const between = await etag();
    expect((await as('PUT', path(), { properties: rule })).status).toBe(200);
    expect(new Set([before, between, await etag()]).size).toBe(3);
    const stale = { 'if-match': String(between) };
    expect((await as('PUT', path(), { properties: rule }, stale)).status).toBe(412);
    expect((await as('DELETE', path(), undefined, stale)).status).toBe(412);
    expect((await as('DELETE', path())).status).toBe(200);
    expect((await as('DELETE', path())).status).toBe(204);
  });

  test('of a group that is not there, or by whoever may not, is refused', async () => {
    const { as, simulator } = await started();
    expect(
      (await as('PUT', `${ids.nsg}x/securityRules/a?${version}`, { properties: rule })).status,
    ).toBe(404);
    const reader = await send(simulator, path(), { method: 'PUT', body: { properties: rule } });
    expect([reader.status, JSON.parse(reader.bodyAsText ?? '').error.code]).toEqual([
      403,
      'AuthorizationFailed',
    ]);
  });

  const wide = { sourceAddressPrefix: undefined };
  test.each<[string, object, string]>([
    ['priority before the first', { priority: 99 }, 'SecurityRuleInvalidPriority'],
    ['priority after the last', { priority: 4097 }, 'SecurityRuleInvalidPriority'],
    ['priority that is no number', { priority: '150' }, 'SecurityRuleInvalidPriority'],
    ['priority of another', { priority: 300 }, 'SecurityRuleConflict'],
    ['missing access', { access: undefined }, 'InvalidRequestFormat'],
    ['unknown direction', { direction: 'Sideways' }, 'InvalidRequestFormat'],
    ['unknown protocol', { protocol: 'Sctp' }, 'InvalidRequestFormat'],
    ['long description', { description: 'x'.repeat(141) }, 'SecurityRuleDescriptionTooLong'],
    ['prefix too long', { sourceAddressPrefix: '10.0.0.0/33' }, 'SecurityRuleInvalidAddressPrefix'],
    [
      'prefix off its net',
      { sourceAddressPrefix: '10.0.0.1/8' },
      'SecurityRuleInvalidAddressPrefix',
    ],
    ['address of no kind', { sourceAddressPrefix: '10.0.0' }, 'SecurityRuleInvalidAddressPrefix'],
    ['no sources', wide, 'SecurityRuleParametersMissing'],
    ['empty list', { ...wide, sourceAddressPrefixes: [] }, 'SecurityRuleParametersMissing'],
    [
      'one and several',
      { sourceAddressPrefixes: ['10.0.0.0/8'] },
      'SecurityRuleParametersConflict',
    ],
    [
      'tag in a list',
      { ...wide, sourceAddressPrefixes: ['10.0.0.0/8', 'Internet'] },
      'SecurityRuleParameterContainsUnsupportedValue',
    ],
    [
      'side of another family',
      { destinationAddressPrefix: '2001:db8::/32', sourceAddressPrefix: '10.0.0.0/8' },
      'ResourceCannotContainAddressPrefixesFromDifferentAddressFamilies',
    ],
    ['port too high', { destinationPortRange: '65536' }, 'SecurityRuleInvalidPortRange'],
    ['range backwards', { destinationPortRange: '90-80' }, 'SecurityRuleInvalidPortRange'],
  ])('with a %s is refused', async (_, change, code) => {
    const { as } = await started();
    expect(
      (await as('PUT', path('other'), { properties: { ...rule, priority: 300 } })).status,
    ).toBe(201);
    const { status, bodyAsText } = await as('PUT', path(), { properties: { ...rule, ...change } });
    expect([status, JSON.parse(bodyAsText ?? '').error.code]).toEqual([400, code]);
    expect((await as('GET', path())).status).toBe(404);
  });

  test.each([
    { sourceAddressPrefix: '2001:db8::/32' },
    { ...wide, sourceAddressPrefixes: ['10.0.0.0/8', '192.0.2.1'] },
    { sourceAddressPrefix: 'Storage.WestEurope', destinationPortRange: '0-65535' },
    { priority: 100, direction: 'Outbound' },
  ])('with %o is taken', async (change) => {
    const { as } = await started();
    expect((await as('PUT', path(), { properties: { ...rule, ...change } })).status).toBe(201);
  });

  test('and a role assignment reach Resource Graph when its index has caught up', async () => {
    let now = Date.parse('2026-11-24T02:00:00Z');
    const { simulator, as } = await started({ indexLagMs: 60_000, now: () => new Date(now) });
    const isFound = async (query: string, text: string) => {
      const { data } = await clientsOf(simulator).graph.resources({ query });
      return JSON.stringify(data).includes(text);
    };
    const isIndexed = async () => {
      const type = `type =~ 'microsoft.network/networksecuritygroups'`;
      const rules = `resources | where ${type} | project id, properties`;
      const rule = await isFound(rules, 'deny-callers');
      const role = await isFound('authorizationresources | project id', assignment);
      expect(role).toBe(rule);
      return rule;
    };
    await as('PUT', path(), { properties: rule });
    await as('PUT', assignmentPath, { properties: assigned });
    expect((await as('GET', path())).status).toBe(200);
    now += 59_000;
    expect(await isIndexed()).toBe(false);
    now += 2000;
    expect(await isIndexed()).toBe(true);
    await as('DELETE', path());
    await as('DELETE', assignmentPath);
    expect(await isIndexed()).toBe(true);
    now += 61_000;
    expect(await isIndexed()).toBe(false);
  });
});

/** A webhook that agrees to hear, and what it has heard; `answers` are its statuses, then 202. */
async function webhook(answers: number[] = []) {
  const heard: { readonly type: string; readonly body: unknown }[] = [];
  const server: Server = createServer((request, response) => {
    void text(request).then((sent) => {
      if (request.method === 'OPTIONS') {
        response.writeHead(200, { 'webhook-allowed-origin': '*' }).end();
        return;
      }
      const body: unknown = JSON.parse(sent);
      if (request.headers['aeg-event-type'] === 'SubscriptionValidation' && Array.isArray(body)) {
        response.end(JSON.stringify({ validationResponse: body[0].data.validationCode }));
        return;
      }
      heard.push({ type: String(request.headers['content-type']), body });
      response.writeHead(answers.shift() ?? 202).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}/`, heard };
}

describe('an event subscription', () => {
  const subscriptionPath = `/subscriptions/${subscription}/providers/Microsoft.EventGrid/eventSubscriptions/portcullis?api-version=2022-06-15`;

  async function subscribed(
    url: string,
    options: Partial<SimulatorOptions> = {},
    more: object = {},
  ) {
    const all = await started(options);
    const destination = { endpointType: 'WebHook', properties: { endpointUrl: url } };
    const made = await all.as('PUT', subscriptionPath, { properties: { destination, ...more } });
    expect(made.status).toBe(201);
    const state = async () =>
      JSON.parse((await all.as('GET', subscriptionPath)).bodyAsText ?? '').properties
        .provisioningState;
    await expect.poll(state).not.toBe('Creating');
    return { ...all, state: await state() };
  }

  test('tells of a rule that was written and removed, and who did it', async () => {
    const { url, heard } = await webhook();
    const { as, simulator, state } = await subscribed(url);
    expect(state).toBe('Succeeded');
    await as('PUT', path(), { properties: rule });
    await simulator.eventsDelivered();
    await as('DELETE', path());
    await simulator.eventsDelivered();
    expect(heard.map(({ body }) => body)).toMatchObject([
      [
        {
          eventType: 'Microsoft.Resources.ResourceWriteSuccess',
          subject: `${ids.nsg}/securityRules/deny-callers`.replace(
            'resourceGroups',
            'resourcegroups',
          ),
          data: {
            operationName: 'Microsoft.Network/networkSecurityGroups/securityRules/write',
            authorization: { evidence: { principalId: simulator.operator.objectId } },
            claims: { appid: simulator.operator.appId },
          },
        },
      ],
      [{ eventType: 'Microsoft.Resources.ResourceDeleteSuccess' }],
    ]);
  });

  test('tells by CloudEvents where asked', async () => {
    const { url, heard } = await webhook();
    const cloud = { eventDeliverySchema: 'CloudEventSchemaV1_0' };
    const { as, simulator } = await subscribed(url, {}, cloud);
    await as('PUT', path(), { properties: rule });
    await simulator.eventsDelivered();
    expect(heard).toMatchObject([
      {
        type: 'application/cloudevents+json; charset=utf-8',
        body: { specversion: '1.0', type: 'Microsoft.Resources.ResourceWriteSuccess' },
      },
    ]);
  });

  test('tells again until somebody takes it', async () => {
    const { url, heard } = await webhook([500, 503]);
    const { as, simulator } = await subscribed(url, { events: { retryMs: 10 } });
    await as('PUT', path(), { properties: rule });
    await simulator.eventsDelivered();
    expect(heard).toHaveLength(3);
    expect(new Set(heard.map(({ body }) => JSON.stringify(body))).size).toBe(1);
  });

  test('tells late, twice and in another order where asked', async () => {
    const { url, heard } = await webhook();
    const events = { delayMs: 200, duplicates: 0.5, seed: 3 };
    const { as, simulator } = await subscribed(url, { events });
    for (let priority = 200; priority < 220; priority += 1) {
      await as('PUT', path(`r${priority}`), { properties: { ...rule, priority } });
    }
    await simulator.eventsDelivered();
    const subjects = heard.map(
      ({ body }) => JSON.stringify(body).match(/securityRules\/(r\d+)/)?.[1],
    );
    expect(new Set(subjects).size).toBe(20);
    expect(subjects.length).toBeGreaterThan(20);
    expect(subjects).not.toEqual(subjects.toSorted((a = '', b = '') => a.localeCompare(b)));
  });

  test('hears what its filter lets through', async () => {
    const { url, heard } = await webhook();
    const filter = {
      includedEventTypes: ['Microsoft.Resources.ResourceDeleteSuccess'],
      advancedFilters: [
        {
          operatorType: 'StringBeginsWith',
          key: 'data.operationName',
          values: ['microsoft.network/networkSecurityGroups/'],
        },
      ],
    };
    const { as, simulator } = await subscribed(url, {}, { filter });
    await as('PUT', path(), { properties: rule });
    await as('DELETE', path());
    await simulator.eventsDelivered();
    expect(heard).toHaveLength(1);
  });

  test('fails where the webhook does not shake hands', async () => {
    const { state } = await subscribed('http://127.0.0.1:9/');
    expect(state).toBe('Failed');
  });
});

test('who is in a group, and what is denied to whom, is told as it is now', async () => {
  const { simulator, as } = await started();
  const reaching = async () => {
    const filter = encodeURIComponent(`assignedTo('${principals.onGroup}')`);
    const { bodyAsText } = await as(
      'GET',
      `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01&$filter=${filter}`,
    );
    const { value } = JSON.parse(bodyAsText ?? '');
    return new Set(value.map(({ name }: { readonly name: string }) => name));
  };
  const [own, through] = [assignments.atGroup.name, assignments.atSubscription.name];
  expect(await reaching()).toEqual(new Set([own]));
  const group = { id: groups.inner, type: 'microsoft.graph/groups' };
  simulator.replant({ put: [{ ...group, members: [principals.onGroup] }], removed: [] });
  expect(await reaching()).toEqual(new Set([own, through]));
  simulator.replant({ put: [], removed: [groups.inner] });
  expect(await reaching()).toEqual(new Set([own]));

  const rules = `${ids.nsg}/securityRules?${version}`;
  expect((await as('GET', rules)).status).toBe(200);
  const properties = {
    denyAssignmentName: 'nobody reads',
    scope: `/subscriptions/${subscription}`,
    permissions: [{ actions: ['*/read'], notActions: [] }],
    principals: [{ id: simulator.operator.objectId, type: 'ServicePrincipal' }],
    excludePrincipals: [],
  };
  const id = `/subscriptions/${subscription}/providers/Microsoft.Authorization/denyAssignments/d1`;
  const denial = { id, name: 'd1', type: 'microsoft.authorization/denyassignments', properties };
  simulator.replant({ put: [denial], removed: [] });
  expect((await as('GET', rules)).status).toBe(403);
  simulator.replant({ put: [], removed: [id] });
  expect((await as('GET', rules)).status).toBe(200);
});
