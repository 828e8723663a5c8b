import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../../simulator/start-simulator.ts';
import { clientsOf, jsonOf, send } from './clients.ts';
import {
  assignments,
  denied,
  ids,
  principals,
  roles,
  smallEstate,
  subscriptions,
} from './small-estate.ts';

const online = `/subscriptions/${subscriptions.online}`;
const corp = `/subscriptions/${subscriptions.corp}`;

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ rows: smallEstate, pageSize: 2, quotas: false });
});
afterAll(() => simulator.stop());

/** Every item of a list that is followed to its end by hand, and how many pages that took. */
async function everyPage(path: string, objectId?: string) {
  const token = objectId === undefined ? undefined : simulator.tokenOf(objectId);
  const items: Record<string, unknown>[] = [];
  let pages = 0;
  let next: string | undefined = path;
  while (next !== undefined) {
    const { status, json } = jsonOf(
      await send(simulator, next, token === undefined ? {} : { token }),
    );
    expect(status).toBe(200);
    items.push(...json.value);
    next = json.nextLink;
    pages += 1;
  }
  return { items, pages };
}

async function namesOf(path: string, objectId?: string): Promise<string[]> {
  const { items } = await everyPage(path, objectId);
  return items.map(({ name }) => String(name)).toSorted();
}

async function collected<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of pages) found.push(item);
  return found;
}

describe('a resource', () => {
  it('is read by its id in any casing and answered in its own, as Resource Manager shapes it', async () => {
    const { status, json, headers } = jsonOf(
      await send(simulator, `/${ids.nsg.toUpperCase()}?api-version=2026-01-01`),
    );
    expect(status).toBe(200);
    expect(json).toEqual({
      id: ids.nsg,
      name: 'nsg-a',
      type: 'Microsoft.Network/networkSecurityGroups',
      location: 'West Europe',
      etag: 'W/"1"',
      properties: { securityRules: [expect.objectContaining({ name: 'allow' })] },
    });
    expect(headers.get('ETag')).toBe('W/"1"');
  });

  it('is read by Microsoft’s client of networks', async () => {
    const network = clientsOf(simulator).network(subscriptions.online);
    const nsg = await network.networkSecurityGroups.get('RG-NET', 'nsg-a');
    expect(nsg.securityRules?.map(({ name, priority }) => [name, priority])).toEqual([
      ['allow', 100],
    ]);
    const rules = await collected(network.securityRules.list('rg-net', 'nsg-a'));
    expect(rules.map(({ name }) => name)).toEqual(['allow']);
    expect((await network.subnets.get('rg-net', 'vnet-a', 'nodes')).name).toBe('Nodes');
    const everyNsg = await collected(network.networkSecurityGroups.listAll());
    expect(everyNsg.map(({ id }) => id)).toEqual([ids.nsg]);
    expect(await collected(network.publicIPAddresses.list('rg-net'))).toEqual([]);
  });

  it('shows extensions in camel case, settings as they were written', async () => {
    const { json } = jsonOf(await send(simulator, `${ids.extension}?api-version=2023-05-01`));
    expect(json.properties).toEqual({
      extensionType: 'Microsoft.AzureML.Kubernetes',
      scope: { cluster: { releaseNamespace: 'azureml' } },
      configurationSettings: { enableInference: 'True' },
    });
    const under = `${ids.cluster}/providers/Microsoft.KubernetesConfiguration/extensions`;
    expect(await namesOf(`${under}?api-version=2023-05-01`)).toEqual(['azureml']);
  });

  it('lies in a group and a subscription that exist, whether rows tell of them or not', async () => {
    const { json } = jsonOf(
      await send(simulator, `${corp}/resourcegroups/RG-corp?api-version=2021-04-01`),
    );
    expect(json).toMatchObject({ name: 'rg-corp', type: 'Microsoft.Resources/resourceGroups' });
    expect(await namesOf(`${online}/resourcegroups?api-version=2021-04-01`)).toEqual([
      'rg-Net',
      'rg-aks',
      'rg-ml',
    ]);
    const { items } = await everyPage('/subscriptions?api-version=2022-12-01');
    expect(items).toMatchObject([
      { id: online, subscriptionId: subscriptions.online, displayName: 'online', state: 'Enabled' },
      { id: corp, subscriptionId: subscriptions.corp },
    ]);
  });
});

describe('a list', () => {
  it('of computes comes in pages', async () => {
    const { items, pages } = await everyPage(`${ids.workspace}/computes?api-version=2024-10-01`);
    expect(items.map(({ name }) => name)).toEqual(['one', 'two', 'three', 'four', 'five']);
    expect(pages).toBe(3);
    const large = await everyPage(`${ids.workspace}/computes?$top=100&api-version=2024-10-01`);
    expect(large.pages).toBe(3);
    const small = await everyPage(`${ids.workspace}/computes?$top=1&api-version=2024-10-01`);
    expect(small.pages).toBe(5);
    expect(await namesOf(`${ids.workspace}/onlineEndpoints?api-version=2024-10-01`)).toEqual([]);
  });

  it('gives the service tags of the cloud, in any subscription and location', async () => {
    const network = clientsOf(simulator).network(subscriptions.corp);
    const list = await network.serviceTags.list('westeurope');
    expect(list).toMatchObject({
      id: `${corp}/providers/Microsoft.Network/serviceTags/Public`,
      changeNumber: '7',
      values: [{ name: 'Sql', properties: { addressPrefixes: ['192.0.2.0/24'] } }],
    });
  });

  it('gives the security admin rules of a network to whom the action is granted', async () => {
    const path = `${ids.network}/listNetworkManagerEffectiveSecurityAdminRules?api-version=2024-05-01`;
    const post = (objectId: string) =>
      send(simulator, path, { method: 'POST', body: {}, token: simulator.tokenOf(objectId) });
    expect(jsonOf(await post(principals.atRoot)).json.value).toMatchObject([{ id: 'rule' }]);
    expect((await post(simulator.reader.objectId)).status).toBe(403);
  });
});

describe('a failure', () => {
  const version = 'api-version=2024-05-01';
  const missing = '99999999-0000-4000-8000-000000000009';
  it.each([
    [
      'without a version',
      ids.nsg,
      400,
      'MissingApiVersionParameter',
      /api-version query parameter/,
    ],
    [
      'with a wrong one',
      `${ids.nsg}?api-version=latest`,
      400,
      'InvalidApiVersionParameter',
      /'latest'/,
    ],
    [
      'in no subscription',
      `/subscriptions/${missing}?${version}`,
      404,
      'SubscriptionNotFound',
      /^The subscription '99999999-0000-4000-8000-000000000009' could not be found\.$/,
    ],
    [
      'in no group',
      `${online}/resourceGroups/Nowhere?${version}`,
      404,
      'ResourceGroupNotFound',
      /^Resource group 'Nowhere' could not be found\.$/,
    ],
    [
      'of a resource in no group',
      `${ids.nsg.replace('rg-Net', 'Nowhere')}?${version}`,
      404,
      'ResourceGroupNotFound',
      /'Nowhere'/,
    ],
    [
      'of no resource',
      `${ids.nsg}x?${version}`,
      404,
      'ResourceNotFound',
      /^The Resource 'Microsoft\.Network\/networkSecurityGroups\/nsg-ax' under resource group 'rg-Net' was not found\./,
    ],
    [
      'of no child',
      `${ids.network}/subnets/none?${version}`,
      404,
      'ResourceNotFound',
      /subnets\/none/,
    ],
    [
      'of extensions of no cluster',
      `${ids.cluster}x/providers/Microsoft.KubernetesConfiguration/extensions?${version}`,
      404,
      'ParentResourceNotFound',
      /aksx/,
    ],
    [
      'of subnets of no network',
      `${ids.network}x/subnets?${version}`,
      404,
      'ParentResourceNotFound',
      /vnet-ax/,
    ],
    [
      'of a list in no parent',
      `${ids.workspace}x/computes?${version}`,
      404,
      'ParentResourceNotFound',
      /mlwx/,
    ],
    [
      'of no type',
      `${online}/providers/Microsoft.Nothing/things?${version}`,
      404,
      'InvalidResourceType',
      /namespace 'Microsoft\.Nothing'/,
    ],
    [
      'of no lock',
      `${online}/providers/Microsoft.Authorization/locks/none?${version}`,
      404,
      'LockNotFound',
      /^The lock 'none' could not be found\.$/,
    ],
    [
      'of no role',
      `${online}/providers/Microsoft.Authorization/roleDefinitions/none?${version}`,
      404,
      'RoleDefinitionDoesNotExist',
      /^The specified role definition with ID 'none' does not exist\.$/,
    ],
    [
      'of a filter',
      `${online}/providers/Microsoft.Authorization/roleAssignments?$filter=near()&${version}`,
      400,
      'UnsupportedQuery',
      /near/,
    ],
    [
      'of a link',
      `${ids.workspace}/computes?$skiptoken=made-up&${version}`,
      400,
      'InvalidSkipToken',
      /made-up/,
    ],
  ])('%s is worded as Azure words it', async (_, path, status, code, message) => {
    const answer = jsonOf(await send(simulator, path));
    expect(answer.status).toBe(status);
    expect(answer.json).toEqual({ error: { code, message: expect.stringMatching(message) } });
  });

  it('of writing is that this is not served', async () => {
    const { status } = await send(simulator, `${ids.nsg}?${version}`, { method: 'PUT', body: {} });
    expect(status).toBe(405);
  });

  it('of permission comes before that of absence, in the recorded words', async () => {
    const token = simulator.tokenOf(principals.stranger);
    const { status, json } = jsonOf(
      await send(simulator, `${online}/resourcegroups/non_existent?${version}`, { token }),
    );
    expect([status, json]).toEqual([
      403,
      {
        error: {
          code: 'AuthorizationFailed',
          message: `The client '${principals.stranger}' with object id '${principals.stranger}' does not have authorization to perform action 'Microsoft.Resources/subscriptions/resourcegroups/read' over scope '${online}/resourcegroups/non_existent' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
        },
      },
    ]);
  });
});

describe('permission', () => {
  async function status(path: string, objectId: string): Promise<string> {
    const token = simulator.tokenOf(objectId);
    const answer = jsonOf(await send(simulator, `${path}?api-version=2024-05-01`, { token }));
    return answer.status === 200 ? 'read' : answer.json.error.code;
  }

  it.each([
    ['a role at the management group', ids.nsg, principals.atRoot, 'read'],
    ['a role that has other actions', ids.cluster, principals.atRoot, 'AuthorizationFailed'],
    ['a role of a group in a group', ids.cluster, principals.throughGroups, 'read'],
    ['nothing in that subscription', ids.corpNsg, principals.throughGroups, 'AuthorizationFailed'],
    ['notActions', ids.nsg, principals.onGroup, 'AuthorizationFailed'],
    ['a deny assignment', ids.network, principals.onGroup, 'DenyAssignmentAuthorizationFailed'],
    ['a part of the subscription', online, principals.onGroup, 'read'],
    ['nothing', online, principals.stranger, 'AuthorizationFailed'],
  ])('is decided by %s', async (_, path, objectId, expected) => {
    expect(await status(path, objectId)).toBe(expected);
  });

  it('lists the effective permissions at a scope', async () => {
    const at = (scope: string, objectId: string) =>
      everyPage(
        `${scope}/providers/Microsoft.Authorization/permissions?api-version=2022-04-01`,
        objectId,
      );
    expect((await at(ids.onlineGroup, principals.throughGroups)).items).toEqual([
      { actions: ['*/read'], notActions: [], dataActions: [], notDataActions: [] },
    ]);
    expect((await at(online, simulator.reader.objectId)).items).toMatchObject([
      { actions: ['*/read'] },
    ]);
  });

  it('shows in lists only the subscriptions and groups somebody holds something in', async () => {
    const version = 'api-version=2022-12-01';
    expect(await namesOf(`${online}/resourcegroups?${version}`, principals.onGroup)).toEqual([
      'rg-Net',
    ]);
    const { items } = await everyPage(`/subscriptions?${version}`, principals.onGroup);
    expect(items.map(({ id }) => id)).toEqual([online]);
    expect(await namesOf(`/subscriptions?${version}`, principals.stranger)).toEqual([]);
  });
});

describe('Microsoft.Authorization', () => {
  const { atTenant, atManagementGroup, atSubscription, atGroup } = assignments;
  const lists = (scope: string, what: string, filter = '') =>
    namesOf(
      `${scope}/providers/Microsoft.Authorization/${what}?api-version=2022-04-01${filter === '' ? '' : `&$filter=${encodeURIComponent(filter)}`}`,
    );
  const named = (...rows: readonly { readonly name?: unknown }[]) =>
    rows.map(({ name }) => String(name)).toSorted();

  it.each([
    ['', [atTenant, atManagementGroup, atSubscription, atGroup]],
    ['atScope()', [atTenant, atManagementGroup, atSubscription]],
    [`principalId eq '${principals.onGroup.toUpperCase()}'`, [atGroup]],
    [`assignedTo('${principals.throughGroups}')`, [atSubscription]],
    [`assignedTo('${principals.atRoot}')`, [atTenant, atManagementGroup]],
    [`atScope() and assignedTo('${principals.onGroup}')`, []],
  ])('lists role assignments by the filter "%s"', async (filter, expected) => {
    expect(await lists(online, 'roleAssignments', filter)).toEqual(named(...expected));
    const client = clientsOf(simulator).authorization(subscriptions.online);
    const options = filter === '' ? {} : { filter };
    const found = await collected(client.roleAssignments.listForScope(online, options));
    expect(found.map(({ name }) => String(name)).toSorted()).toEqual(named(...expected));
  });

  it('reads role definitions wherever they may be assigned', async () => {
    expect(await lists(online, 'roleDefinitions')).toEqual(
      [roles.custom, roles.reader, roles.networkContributor].toSorted(),
    );
    expect(await lists(corp, 'roleDefinitions', `roleName eq '${roles.reader}'`)).toEqual([
      roles.reader,
    ]);
    const client = clientsOf(simulator).authorization(subscriptions.online);
    const role = await client.roleDefinitions.get(online, roles.networkContributor);
    expect(role).toMatchObject({
      id: `${online}/providers/Microsoft.Authorization/roleDefinitions/${roles.networkContributor}`,
      permissions: [{ actions: ['Microsoft.Network/*'] }],
    });
  });

  it('lists deny assignments, locks and exemptions by where they hold', async () => {
    expect(await lists(online, 'denyAssignments')).toEqual([denied['name']]);
    expect(await lists(online, 'denyAssignments', 'atScope()')).toEqual([]);
    expect(await lists(ids.network, 'denyAssignments', 'atScope()')).toEqual([denied['name']]);
    expect(await lists(corp, 'denyAssignments')).toEqual([]);
    expect(await lists(online, 'locks')).toEqual(['keep']);
    expect(await lists(ids.nsg, 'locks')).toEqual([]);
    expect(await lists(online, 'locks', 'atScope()')).toEqual([]);
    expect(await lists(ids.onlineGroup, 'locks', 'atScope()')).toEqual(['keep']);
    expect(await lists(online, 'policyExemptions')).toEqual(['waived']);
    expect(await lists(online, 'policyExemptions', 'atExactScope()')).toEqual([]);
    expect(await lists(online, 'policyExemptions', 'excludeExpired()')).toEqual([]);
  });
});
