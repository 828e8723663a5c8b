import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '../../simulator/start-simulator.ts';
import { jsonOf, send } from './clients.ts';
import { groups, principals, smallEstate } from './small-estate.ts';

let simulator: Simulator;
let refusing: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ rows: smallEstate, pageSize: 2 });
  refusing = await startSimulator({ rows: smallEstate, graphDenied: true });
});
afterAll(async () => {
  await simulator.stop();
  await refusing.stop();
});

const appId = 'ffffffff-0000-4000-8000-000000000001';

async function get(path: string, of = simulator) {
  return jsonOf(await send(of, `/v1.0${path}`));
}

describe('a service principal', () => {
  it('is found by its application', async () => {
    const { status, json } = await get(`/servicePrincipals(appId='${appId}')`);
    expect(status).toBe(200);
    expect(json).toMatchObject({ id: principals.throughGroups, appId, displayName: 'sp-nightly' });
    expect((await get(`/servicePrincipals/${principals.throughGroups}`)).json.appId).toBe(appId);
    const filtered = await get(`/servicePrincipals?$filter=appId eq '${appId}'&$select=id`);
    expect(filtered.json.value).toEqual([{ id: principals.throughGroups }]);
    const among = await get(`/servicePrincipals?$filter=appId in ('x', '${appId}')&$select=id`);
    expect(among.json.value).toEqual([{ id: principals.throughGroups }]);
    const none = await get(`/servicePrincipals?$filter=appId eq 'other'`);
    expect(none.json.value).toEqual([]);
  });

  it('is given with the members that are selected only', async () => {
    const { json } = await get(`/servicePrincipals(appId='${appId}')?$select=id,appId`);
    expect(Object.keys(json)).toEqual(['@odata.context', 'id', 'appId']);
  });
});

describe('a group', () => {
  it('has members, and those of the groups in it, page by page with their types', async () => {
    expect((await get(`/groups/${groups.outer}`)).json.id).toBe(groups.outer);
    expect((await get(`/groups/${groups.outer}/members`)).json.value).toEqual([
      { '@odata.type': '#microsoft.graph.group', id: groups.inner },
    ]);
    const first = await get(`/groups/${groups.outer}/transitiveMembers?$select=id`);
    expect(first.json.value).toEqual([
      { '@odata.type': '#microsoft.graph.group', id: groups.inner },
      { '@odata.type': '#microsoft.graph.servicePrincipal', id: principals.throughGroups },
    ]);
    const rest = jsonOf(await send(simulator, first.json['@odata.nextLink']));
    expect(rest.json.value).toMatchObject([{ '@odata.type': '#microsoft.graph.user' }]);
    expect(rest.json['@odata.nextLink']).toBeUndefined();
  });
});

describe('a failure of Microsoft Graph', () => {
  it.each([
    [`/servicePrincipals(appId='none')`, 404, 'Request_ResourceNotFound'],
    [`/groups/${principals.throughGroups}`, 404, 'Request_ResourceNotFound'],
    [`/groups/${groups.outer}/owners`, 400, 'BadRequest'],
    ['/users', 400, 'BadRequest'],
    [
      `/servicePrincipals?$filter=appId in (${Array.from({ length: 16 }, () => "'x'").join()})`,
      400,
      'Request_UnsupportedQuery',
    ],
    [`/servicePrincipals?$filter=startswith(appId,'f')`, 400, 'Request_UnsupportedQuery'],
  ])('%s', async (path, status, code) => {
    const answer = await get(path);
    expect([answer.status, answer.json.error.code]).toEqual([status, code]);
  });

  it('is told to whom it denies everything, and to whom has no token', async () => {
    const path = `/servicePrincipals(appId='${appId}')`;
    const { status, json } = await get(path, refusing);
    expect([status, json]).toEqual([
      403,
      {
        error: {
          code: 'Authorization_RequestDenied',
          message: 'Insufficient privileges to complete the operation.',
        },
      },
    ]);
    const unsigned = jsonOf(await send(simulator, `/v1.0${path}`, { token: null }));
    expect([unsigned.status, unsigned.json.error.code]).toEqual([
      401,
      'InvalidAuthenticationToken',
    ]);
  });
});
