/** What stands in the way of writes: locks, other writes, other people, lost answers. */
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Adversary } from '../../simulator/adversaries.ts';
import type { Misfortune } from '../../simulator/http/faults.ts';
import { type SimulatorOptions, startSimulator } from '../../simulator/start-simulator.ts';
import type { Row } from '../../simulator/tenant/tenant.ts';
import { send } from './clients.ts';
import { ids, principals, roles, subscriptions, unlockedEstate } from './small-estate.ts';

const rule = {
  protocol: 'Tcp',
  access: 'Allow',
  direction: 'Inbound',
  priority: 200,
  sourceAddressPrefix: '192.0.2.0/24',
  sourcePortRange: '*',
  destinationAddressPrefix: '*',
  destinationPortRange: '443',
};
const rulePath = (name = 'ours') => `${ids.nsg}/securityRules/${name}?api-version=2024-05-01`;
const guid = (digit: string) => `${digit.repeat(8)}-0000-8000-a000-000000000000`;
const rolePath = (scope: string = ids.onlineGroup, name = guid('1')) =>
  `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}?api-version=2022-04-01`;
const assigned = {
  principalId: principals.stranger,
  principalType: 'ServicePrincipal',
  roleDefinitionId: `/subscriptions/${subscriptions.online}/providers/Microsoft.Authorization/roleDefinitions/${roles.networkContributor}`,
  description: 'Portcullis: for a test',
};

async function started(options: Partial<SimulatorOptions> = {}) {
  const simulator = await startSimulator({ quotas: false, rows: unlockedEstate, ...options });
  onTestFinished(() => simulator.stop());
  const token = simulator.tokenOf(simulator.remediator.objectId);
  const as = async (method: 'GET' | 'PUT' | 'DELETE', path: string, properties?: object) => {
    const more = properties === undefined ? {} : { body: { properties } };
    const { status, bodyAsText, headers } = await send(simulator, path, { method, token, ...more });
    const json: unknown =
      bodyAsText === '' || bodyAsText === null ? {} : JSON.parse(bodyAsText ?? '{}');
    const { error, properties: found } = {
      error: undefined,
      properties: undefined,
      ...(json as Row),
    };
    const { code = '', message = '' } = (error ?? {}) as Record<string, string>;
    return { status, code, message, headers, json, properties: found as unknown };
  };
  return { simulator, as };
}

describe('a role assignment', () => {
  test('is made, kept and removed, and gives its role', async () => {
    const { simulator, as } = await started();
    const before = simulator.snapshot();
    const network = `${ids.network}?api-version=2024-05-01`;
    const stranger = simulator.tokenOf(principals.stranger);
    const canRead = async () =>
      (await send(simulator, network, { token: stranger })).status === 200;
    expect(await canRead()).toBe(false);
    expect(await as('PUT', rolePath(), assigned)).toMatchObject({
      status: 201,
      properties: { ...assigned, scope: ids.onlineGroup, createdBy: simulator.remediator.objectId },
    });
    expect((await as('GET', rolePath())).properties).toMatchObject(assigned);
    expect(await canRead()).toBe(true);
    expect((await as('PUT', rolePath(), { ...assigned, description: 'new' })).status).toBe(200);
    expect((await as('DELETE', rolePath())).status).toBe(200);
    expect((await as('DELETE', rolePath())).status).toBe(204);
    expect((await as('GET', rolePath())).code).toBe('RoleAssignmentNotFound');
    expect(await canRead()).toBe(false);
    expect(simulator.snapshot()).toBe(before);
  });

  const other = { ...assigned, principalId: principals.atRoot };
  test.each<[string, string, object, number, string]>([
    [
      'the same under another name',
      rolePath(ids.onlineGroup, guid('2')),
      assigned,
      409,
      'RoleAssignmentExists',
    ],
    [
      'another principal under the name',
      rolePath(),
      other,
      400,
      'RoleAssignmentUpdateNotPermitted',
    ],
    [
      'the name at another scope',
      rolePath(ids.network),
      assigned,
      400,
      'RoleAssignmentUpdateNotPermitted',
    ],
    [
      'a name that is no GUID',
      rolePath(ids.network, 'ours'),
      assigned,
      400,
      'InvalidRoleAssignmentId',
    ],
    [
      'a scope that is not there',
      rolePath(`${ids.network}x`, guid('3')),
      assigned,
      404,
      'ResourceNotFound',
    ],
    [
      'a group that is not there',
      rolePath(`${ids.onlineGroup}x`, guid('3')),
      assigned,
      404,
      'ResourceGroupNotFound',
    ],
    [
      'a role that is not there',
      rolePath(ids.network, guid('3')),
      { ...assigned, roleDefinitionId: `/x/${guid('9')}` },
      404,
      'RoleDefinitionDoesNotExist',
    ],
    [
      'nobody',
      rolePath(ids.network, guid('3')),
      { ...assigned, principalId: '' },
      400,
      'BadRequestFormat',
    ],
  ])('is refused for %s', async (_, path, properties, status, code) => {
    const { simulator, as } = await started();
    await as('PUT', rolePath(), assigned);
    const before = simulator.snapshot();
    expect(await as('PUT', path, properties)).toMatchObject({ status, code });
    expect(simulator.snapshot()).toBe(before);
  });

  test.each([
    ['absent', assigned, 400],
    ['replicating', { ...assigned, principalType: undefined }, 400],
    ['replicating', assigned, 201],
  ] as const)('of a principal that is %s', async (state, properties, status) => {
    const { as } = await started({ directory: { [principals.stranger.toUpperCase()]: state } });
    const answered = await as('PUT', rolePath(), properties);
    expect(answered).toMatchObject({ status, code: status === 201 ? '' : 'PrincipalNotFound' });
  });
});

describe('a lock', () => {
  const lock = (scope: string, level: string): Row => ({
    id: `${scope}/providers/Microsoft.Authorization/locks/keep`,
    name: 'keep',
    type: 'Microsoft.Authorization/locks',
    properties: { level },
  });
  const subscription = `/subscriptions/${subscriptions.online}`;

  test.each([
    [ids.nsg, 'CanNotDelete', 201, 409],
    [ids.onlineGroup, 'CanNotDelete', 201, 409],
    [subscription, 'CanNotDelete', 201, 409],
    [ids.nsg, 'ReadOnly', 409, 409],
    [ids.onlineGroup, 'ReadOnly', 409, 409],
    [subscription, 'ReadOnly', 409, 409],
    [ids.corpNsg, 'ReadOnly', 201, 200],
    [`${ids.onlineGroup}2`, 'ReadOnly', 201, 200],
  ])('on %s of level %s', async (scope, level, put, removed) => {
    const { as } = await started({ rows: [...unlockedEstate, lock(scope, level)] });
    expect((await as('PUT', rulePath(), rule)).status).toBe(put);
    const answer = await as('DELETE', rulePath());
    expect(answer.status).toBe(removed);
    expect(answer.message.includes(`are locked: '${scope}'`)).toBe(removed === 409);
  });

  test('keeps role assignments too', async () => {
    const { as } = await started({
      rows: [...unlockedEstate, lock(ids.onlineGroup, 'CanNotDelete')],
    });
    expect((await as('PUT', rolePath(), assigned)).status).toBe(201);
    expect(await as('DELETE', rolePath())).toMatchObject({ status: 409, code: 'ScopeLocked' });
  });
});

describe('a write that takes time', () => {
  let now = Date.parse('2026-11-24T02:00:00Z');
  const slow = { operations: { lastsMs: 30_000, retryAfter: 7 }, now: () => new Date(now) };
  const state = (answer: { properties: unknown }) =>
    (answer.properties as Record<string, string> | undefined)?.['provisioningState'];

  test('says where to follow it, and lets nobody else write the group meanwhile', async () => {
    const { simulator, as } = await started(slow);
    const put = await as('PUT', rulePath(), rule);
    const follow = put.headers.get('azure-asyncoperation') ?? '';
    expect([put.status, state(put), put.headers.get('retry-after')]).toEqual([
      201,
      'Updating',
      '7',
    ]);
    expect(await as('PUT', rulePath('more'), { ...rule, priority: 201 })).toMatchObject({
      status: 409,
      code: 'AnotherOperationInProgress',
    });
    expect((await as('DELETE', rulePath())).status).toBe(409);
    expect((await as('GET', follow)).json).toMatchObject({ status: 'InProgress' });
    now += 30_000;
    expect((await as('GET', follow)).json).toMatchObject({ status: 'Succeeded' });
    expect(state(await as('GET', rulePath()))).toBe('Succeeded');
    const removed = await as('DELETE', rulePath());
    expect([removed.status, state(await as('GET', rulePath()))]).toEqual([202, 'Deleting']);
    now += 30_000;
    expect((await as('GET', rulePath())).status).toBe(404);
    expect(simulator.writes(simulator.remediator.objectId)).toHaveLength(4);
  });

  test('is told by Location, or by the state alone', async () => {
    const { as } = await started({ ...slow, operations: { lastsMs: 1000, toldBy: 'location' } });
    await as('PUT', rulePath(), rule);
    now += 1000;
    const removed = await as('DELETE', rulePath());
    const follow = removed.headers.get('location') ?? '';
    expect((await as('GET', follow)).status).toBe(202);
    now += 1000;
    expect((await as('GET', follow)).status).toBe(204);
    const { as: also } = await started({ ...slow, operations: { lastsMs: 1000, toldBy: 'state' } });
    const put = await also('PUT', rulePath(), rule);
    expect([put.headers.get('location'), put.headers.get('azure-asyncoperation')]).toEqual([
      undefined,
      undefined,
    ]);
    expect(state(put)).toBe('Updating');
  });

  test('may fail in the end, and leaves a rule that failed', async () => {
    const does = { kind: 'failsLater', code: 'InternalServerError' } as const;
    const { as } = await started({ faults: [{ path: '/securityRules/', method: 'PUT', does }] });
    const put = await as('PUT', rulePath(), rule);
    const follow = put.headers.get('azure-asyncoperation') ?? '';
    expect((await as('GET', follow)).json).toMatchObject({
      status: 'Failed',
      error: { code: does.code },
    });
    expect(state(await as('GET', rulePath()))).toBe('Failed');
  });
});

describe('an answer that goes wrong', () => {
  test.each<[string, Misfortune, boolean]>([
    ['a reset', { kind: 'reset' }, true],
    ['a reset before', { kind: 'reset', undone: true }, false],
    ['a 500', { kind: 'status', status: 500 }, false],
    ['a 500 after', { kind: 'status', status: 500, done: true }, true],
  ])('%s', async (_, does, isDone) => {
    const { as, simulator } = await started({
      faults: [{ path: '/securityRules/', method: 'PUT', nth: [1], does }],
    });
    await as('PUT', rulePath(), rule).catch(() => undefined);
    expect((await as('GET', rulePath())).status).toBe(isDone ? 200 : 404);
    expect(simulator.writes()).toMatchObject([{ caller: simulator.remediator.objectId }]);
  });

  test('a reset whose request is still done, later', async () => {
    let now = Date.parse('2026-11-24T02:00:00Z');
    const does = { kind: 'reset', lateMs: 5000 } as const;
    const { as } = await started({
      now: () => new Date(now),
      faults: [{ path: '/securityRules/', method: 'PUT', does }],
    });
    await expect(as('PUT', rulePath(), rule)).rejects.toThrow(/socket hang up|ECONNRESET/);
    expect((await as('GET', rulePath())).status).toBe(404);
    now += 5000;
    expect((await as('GET', rulePath())).status).toBe(200);
  });

  test('only of one caller', async () => {
    const { simulator, as } = await started();
    const does = { kind: 'status', status: 429, retryAfter: 1 } as const;
    simulator.trouble({ faults: [{ path: '.', caller: simulator.remediator.objectId, does }] });
    expect((await as('GET', rulePath())).status).toBe(429);
    expect((await send(simulator, `${ids.nsg}?api-version=2024-05-01`)).status).toBe(200);
    simulator.trouble({});
    expect((await as('GET', rulePath())).status).toBe(404);
  });
});

describe('an adversary', () => {
  const on = { path: '/securityRules/ours$', method: 'PUT', nth: [1] } as const;
  const against = (adversary: Pick<Adversary, 'moment' | 'does' | 'afterMs'>) =>
    started({ adversaries: [{ ...on, ...adversary }] });

  test('takes the priority before us', async () => {
    const { as, simulator } = await against({
      moment: 'before',
      does: { kind: 'twin', name: 'theirs' },
    });
    expect((await as('PUT', rulePath(), rule)).code).toBe('SecurityRuleConflict');
    expect(simulator.interfered).toMatchObject([{ method: 'PUT', status: 201 }]);
    expect((await as('GET', rulePath('theirs'))).status).toBe(200);
    expect(simulator.writes(simulator.rival.objectId)).toEqual([]);
  });

  test('gives the role before us', async () => {
    const { as } = await started({
      adversaries: [
        { path: '/roleAssignments/', moment: 'before', does: { kind: 'twin', name: guid('7') } },
      ],
    });
    expect((await as('PUT', rolePath(), assigned)).code).toBe('RoleAssignmentExists');
  });

  test('edits what we wrote', async () => {
    const { as } = await against({
      moment: 'after',
      does: { kind: 'edit', properties: { access: 'Deny' } },
    });
    expect((await as('PUT', rulePath(), rule)).status).toBe(201);
    expect((await as('GET', rulePath())).properties).toMatchObject({ ...rule, access: 'Deny' });
  });

  test('writes something else while we read', async () => {
    const properties = { ...rule, priority: 100 };
    const { as } = await started({
      adversaries: [
        {
          path: '/networkSecurityGroups/nsg-a$',
          method: 'GET',
          moment: 'after',
          does: {
            kind: 'request',
            method: 'PUT',
            path: rulePath('theirs').split('?')[0] ?? '',
            properties,
          },
        },
      ],
    });
    expect((await as('GET', `${ids.nsg}?api-version=2024-05-01`)).status).toBe(200);
    expect((await as('GET', rulePath('theirs'))).status).toBe(200);
  });

  test('removes it a moment later', async () => {
    const { as, simulator } = await against({
      moment: 'after',
      afterMs: 20,
      does: { kind: 'remove' },
    });
    expect((await as('PUT', rulePath(), rule)).status).toBe(201);
    await expect.poll(() => simulator.interfered.length).toBe(1);
    expect((await as('GET', rulePath())).status).toBe(404);
  });

  test('comes over the wire, by the operator alone', async () => {
    const { as, simulator } = await started();
    const control = async (
      method: 'GET' | 'PUT',
      what: string,
      body?: unknown,
      who = simulator.operator.objectId,
    ) => {
      const token = simulator.tokenOf(who);
      const { status, bodyAsText } = await send(simulator, `/simulator/${what}`, {
        method,
        token,
        ...(body === undefined ? {} : { body }),
      });
      return { status, json: JSON.parse(bodyAsText === '' ? '""' : (bodyAsText ?? '""')) };
    };
    const trouble = { adversaries: [{ ...on, moment: 'after', does: { kind: 'remove' } }] };
    expect((await control('PUT', 'trouble', trouble, simulator.remediator.objectId)).status).toBe(
      403,
    );
    expect((await control('PUT', 'trouble', trouble)).status).toBe(200);
    await as('PUT', rulePath(), rule);
    expect((await as('GET', rulePath())).status).toBe(404);
    expect((await control('GET', 'interfered')).json).toMatchObject([
      { method: 'DELETE', status: 200 },
    ]);
    expect((await control('GET', 'writes')).json).toMatchObject([
      { method: 'PUT', caller: simulator.remediator.objectId, status: 201 },
    ]);
    const { bodyAsText } = await send(simulator, '/simulator/snapshot', {
      token: simulator.tokenOf(simulator.operator.objectId),
    });
    expect(bodyAsText).toBe(simulator.snapshot());
  });
});
