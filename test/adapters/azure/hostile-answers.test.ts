/** Answers that nobody at Azure would send on purpose: what they must not do to a scan. */
import { describe, expect, it } from 'vitest';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exportEstate } from '../../../shared/compose-live.ts';
import { parseSettings } from '../../../shared/settings/settings.ts';
import { startSimulator } from '../../../simulator/start-simulator.ts';
import { temporaryFolder } from '../../cli/made-up-world.ts';
import { auditRows, auditSource } from '../../pipeline/audit-rows.ts';
import { auditWith, expectNothingInvented, rows, settings, truth } from './demo-tenant.ts';
import { simulatedAzure } from './simulated-azure.ts';

/** Answers the first request to the path with a list that goes on somewhere. */
function page(path: string, body: object, nth: readonly number[] = [1]) {
  return { path, nth, does: { kind: 'status', status: 200, body } } as const;
}

const lists = [
  ['deny assignments', 'denyAssignments$', 'nextLink'],
  ['computes', '/computes$', 'nextLink'],
  ['permissions', '/permissions$', 'nextLink'],
] as const;

/** Permissions are asked at management groups first, and in subscriptions where that says nothing. */
const everyTime = Array.from({ length: 40 }, (_, at) => at + 1);

describe.each(lists)('a list of %s', (name, path, member) => {
  const nth = name === 'permissions' ? everyTime : [1];
  it('that goes on at another host takes no token there, and is a gap', async () => {
    const elsewhere = await startSimulator({ rows: [], quotas: false });
    const link = `${elsewhere.https}/steal`;
    const audited = await auditWith({ faults: [page(path, { value: [], [member]: link }, nth)] });
    expect(elsewhere.requests).toEqual([]);
    await elsewhere.stop();
    expectNothingInvented(audited);
    expect(audited.tail.gaps.some(({ why }) => why.includes('another host'))).toBe(true);
  });

  it.each([
    ['nowhere', 'not a link'],
    ['at a path', '/relative?page=2'],
  ])('that goes on %s is a gap', async (__, link) => {
    const audited = await auditWith({ faults: [page(path, { value: [], [member]: link }, nth)] });
    expectNothingInvented(audited);
    expect(audited.tail.gaps.length).toBeGreaterThan(0);
  });

  it('that holds null is a gap', async () => {
    const audited = await auditWith({ faults: [page(path, { value: [null] }, nth)] });
    expectNothingInvented(audited);
    expect(audited.tail.gaps.some(({ why }) => why.includes('no object'))).toBe(true);
  });
});

it('the members of a group are not asked for at another host either', async () => {
  const elsewhere = await startSimulator({ rows: [], quotas: false });
  const link = { value: [], '@odata.nextLink': `${elsewhere.https}/steal` };
  const audited = await auditWith({ faults: [page('/transitiveMembers$', link)] });
  expect(elsewhere.requests).toEqual([]);
  await elsewhere.stop();
  expect(audited.verdicts.size).toBe(truth.length);
});

describe('a list that leads back to itself', () => {
  it.each([
    ['computes', '/computes$', 'nextLink'],
    ['deny assignments', 'denyAssignments$', 'nextLink'],
  ] as const)('of %s has an end', async (_, path, member) => {
    const { source, simulator } = await simulatedAzure(rows);
    const [first] = truth.map(({ clusterId }) => clusterId.split('/')[2]);
    const workspace = rows
      .map((row) => String(Reflect.get(row, 'id')))
      .find((id) => /\/workspaces\/[^/]+$/i.test(id));
    const own =
      member === 'nextLink' && path === '/computes$'
        ? `${workspace}/computes?api-version=2024-10-01`
        : `/subscriptions/${first}/providers/Microsoft.Authorization/denyAssignments?api-version=2022-04-01`;
    await simulator.stop();
    const azure = await simulatedAzure(rows, {
      ports: { https: Number(new URL(simulator.https).port) },
      faults: [
        {
          path,
          does: {
            kind: 'status',
            status: 200,
            body: { value: [], [member]: `${simulator.https}${own}` },
          },
        },
      ],
    });
    const audited = await auditSource({ ...azure.source, attemptMs: 400 }, settings);
    expect(source.kind).toBe('live');
    expectNothingInvented(audited);
    expect(audited.tail.gaps.some(({ why }) => why.includes('circle'))).toBe(true);
  });
});

describe('one door', () => {
  it('closed at Microsoft Graph alone is a gap', async () => {
    const refused = {
      error: 'invalid_grant',
      error_description: 'AADSTS53003: Access is blocked.',
    };
    const { source, simulator } = await simulatedAzure(rows, {
      faults: [
        {
          path: '/oauth2/v2.0/token$',
          nth: [2],
          does: { kind: 'status', status: 400, body: refused },
        },
      ],
    });
    // By another name, Graph is another audience, with a token of its own.
    const graph = simulator.https.replace('localhost', '127.0.0.1');
    await writeFile(source.cloud, JSON.stringify({ ...simulator.cloud, graph }));
    const audited = await auditSource(source, settings);
    expect(audited.tail.gaps.some(({ why }) => why.includes('AADSTS53003'))).toBe(true);
    expect(audited.verdicts.size).toBe(truth.length);
  });
});

describe('networks and groups', () => {
  const inNodeGroup = rows.find((row) =>
    /network-of-aks-nodes\/providers\/microsoft\.network\/virtualnetworks\/[^/]+$/i.test(
      String(Reflect.get(row, 'id')),
    ),
  );

  it('a network that lies in a node resource group is asked about like any other', async () => {
    const id = String(Reflect.get(inNodeGroup ?? {}, 'id'));
    const { subnets } = Reflect.get(inNodeGroup ?? {}, 'properties');
    const subnetId = String(subnets[0].id);
    const denial = {
      id: `${id}/providers/Microsoft.Authorization/denyAssignments/99999999-9999-4999-8999-999999999999`,
      name: '99999999-9999-4999-8999-999999999999',
      type: 'Microsoft.Authorization/denyAssignments',
      properties: {
        denyAssignmentName: 'managed',
        scope: id,
        principals: [{ id: '00000000-0000-0000-0000-000000000000', type: 'SystemDefined' }],
        excludePrincipals: [],
        permissions: [
          { actions: ['Microsoft.Network/virtualNetworks/subnets/join/action'], notActions: [] },
        ],
      },
    };
    const moved = rows.map((row) => {
      const text = JSON.stringify(row);
      const isCluster =
        /managedclusters\/granted-through-group"/i.test(text) && /agentPoolProfiles/.test(text);
      return isCluster
        ? JSON.parse(text.replaceAll(/"(vnetSubnetID)":"[^"]*"/g, `"$1":"${subnetId}"`))
        : row;
    });
    expect(JSON.stringify(moved)).not.toBe(JSON.stringify(rows));
    const estate = [...moved, denial];
    const { source } = await simulatedAzure(estate);
    const live = await auditSource(source, settings);
    const offline = await auditRows(estate, settings);
    const kinds = ({ verdicts }: typeof live) =>
      [...verdicts].map(([key, { kind }]) => [key, kind]);
    expect(kinds(live)).toEqual(kinds(offline));
  });

  it('a deny assignment that names a group is decided by the members of the group', async () => {
    const group = 'bbbbbbbb-0000-4000-8000-000000000001';
    const [{ clusterId } = { clusterId: '' }] = truth;
    const scope = `/subscriptions/${clusterId.split('/')[2]}`;
    const denial = {
      id: `${scope}/providers/Microsoft.Authorization/denyAssignments/99999999-9999-4999-8999-999999999999`,
      name: '99999999-9999-4999-8999-999999999999',
      type: 'Microsoft.Authorization/denyAssignments',
      properties: {
        denyAssignmentName: 'others',
        scope,
        principals: [{ id: group.replaceAll('-', ''), type: 'Group' }],
        excludePrincipals: [],
        permissions: [{ actions: ['Microsoft.Network/*'], notActions: ['*/read'] }],
      },
    };
    const members = { id: group, type: 'microsoft.graph/groups', members: [] };
    const estate = [...rows, denial, members];
    const { source } = await simulatedAzure(estate);
    const live = await auditSource(source, settings);
    const offline = await auditRows(estate, settings);
    const kinds = ({ verdicts }: typeof live) =>
      [...verdicts].map(([key, { kind }]) => [key, kind]);
    expect(kinds(live)).toEqual(kinds(offline));
  });
});

describe('an export', () => {
  it('leaves alone what was put into its folder meanwhile', async () => {
    const folder = join(await temporaryFolder(), 'estate');
    const parsed = parseSettings({});
    if (!parsed.ok) throw new Error('the defaults are settings');
    const { source } = await simulatedAzure(rows);
    let isPut: Promise<void> | undefined;
    const exporting = exportEstate({
      source,
      folder,
      settings: parsed.settings,
      now: () => new Date(),
      onProgress: () => {
        isPut ??= import('node:fs/promises').then(async ({ mkdir }) => {
          await mkdir(folder, { recursive: true });
          await writeFile(join(folder, 'notes.txt'), 'mine');
        });
      },
    });
    await expect(exporting).rejects.toThrow(/no longer empty/);
    await isPut;
    expect(await readdir(folder)).toEqual(['notes.txt']);
    expect(await readFile(join(folder, 'notes.txt'), 'utf8')).toBe('mine');
    expect(await readdir(join(folder, '..'))).toEqual(['estate']);
  });
});
