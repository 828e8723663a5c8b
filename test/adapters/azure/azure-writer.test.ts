/** What came of a write, for everything that Azure, the wire and other people can do to it. */
import { documentedBuckets } from '../../../simulator/quotas/token-buckets.ts';
import { describe, expect, it } from 'vitest';
import { delegationCommand } from '../../../shared/access/role-commands.ts';
import { azureWriter } from '../../../shared/adapters/azure/azure-writer.ts';
import { resourceId } from '../../../shared/model/resource-id.ts';
import type { Adversary } from '../../../simulator/adversaries.ts';
import type { Misfortune } from '../../../simulator/http/faults.ts';
import type { SimulatorOptions } from '../../../simulator/start-simulator.ts';
import type { Row } from '../../../simulator/tenant/tenant.ts';
import { ids, principals, roles, unlockedEstate } from '../../simulator/small-estate.ts';
import { plannedRole, plannedRule, writtenAzure } from './written-azure.ts';

const rule = plannedRule(1);
const role = plannedRole();

function lock(level: string): Row {
  return {
    id: `${ids.onlineGroup}/providers/Microsoft.Authorization/locks/keep`,
    name: 'keep',
    type: 'Microsoft.Authorization/locks',
    properties: { level },
  };
}

/** The first write meets this. */
function meets(does: Misfortune, method = 'PUT'): Partial<SimulatorOptions> {
  const path = '/(securityRules|roleAssignments)/';
  return { faults: [{ path, method, nth: [1], does }] };
}

function status(code: number, error?: string, more: object = {}): Partial<SimulatorOptions> {
  const named = error === undefined ? {} : { code: error };
  return meets({ kind: 'status', status: code, ...named, ...more });
}

function somebody(adversary: Pick<Adversary, 'moment' | 'does'>): Partial<SimulatorOptions> {
  const path = '/(securityRules|roleAssignments)/';
  return { adversaries: [{ path, method: 'PUT', nth: [1], ...adversary }] };
}

const granted = (...actions: readonly string[]): Partial<SimulatorOptions> => ({
  remediator: { grants: [{ scope: '/', actions }] },
});
const denial: Row = {
  id: `${ids.nsg}/providers/Microsoft.Authorization/denyAssignments/d`,
  name: 'd',
  type: 'Microsoft.Authorization/denyAssignments',
  properties: {
    denyAssignmentName: 'hands off',
    scope: ids.nsg,
    permissions: [{ actions: ['*/write'], notActions: [] }],
    principals: [{ id: '00000000-0000-0000-0000-000000000000' }],
    excludePrincipals: [],
  },
};
/** The condition in the command, as a shell reads it. */
function toldCondition(): string {
  const nobody = { principalId: principals.stranger, principalType: 'ServicePrincipal' } as const;
  const scope = resourceId(ids.onlineGroup);
  const command = delegationCommand(nobody, roles.custom, roles.networkContributor, scope) ?? '';
  const [, quoted = ''] = /--condition '((?:[^']|'\\'')+)'$/.exec(command) ?? [];
  return quoted.replaceAll(String.raw`'\''`, "'");
}

const twin = '99999999-0000-8000-a000-000000000000';
const slow = { lastsMs: 30_000 };

describe('a rule is written', () => {
  it.each<[string, Partial<SimulatorOptions>, string, RegExp, boolean]>([
    ['and is new', {}, 'made', /^$/, true],
    ['and takes time', { operations: { ...slow, retryAfter: 7 } }, 'made', /^$/, true],
    ['as Location tells', { operations: { ...slow, toldBy: 'location' } }, 'made', /^$/, true],
    ['as its state tells', { operations: { ...slow, toldBy: 'state' } }, 'made', /^$/, true],
    [
      'and takes forever',
      { operations: { lastsMs: 3_600_000 } },
      'lost',
      /not over after 300 s/,
      true,
    ],
    [
      'and fails later',
      meets({ kind: 'failsLater', code: 'Later' }),
      'lost',
      /Failed, Later/,
      true,
    ],
    [
      'and its operation is lost',
      {
        operations: slow,
        faults: [{ path: '/operations/', does: { kind: 'status', status: 404 } }],
      },
      'lost',
      /cannot be followed: 404/,
      true,
    ],
    [
      'and one look at its operation fails',
      {
        operations: slow,
        faults: [{ path: '/operations/', nth: [1], does: { kind: 'status', status: 503 } }],
      },
      'made',
      /^$/,
      true,
    ],
    [
      'without permission',
      granted('*/read'),
      'refused',
      /403 AuthorizationFailed: .*Give the remediator/s,
      false,
    ],
    [
      'against a deny assignment',
      { rows: [...unlockedEstate, denial] },
      'refused',
      /DenyAssignmentAuthorizationFailed.*no role gives it back/s,
      false,
    ],
    [
      'against a lock',
      { rows: [...unlockedEstate, lock('ReadOnly')] },
      'refused',
      /409 ScopeLocked.*Remove the lock/s,
      false,
    ],
    [
      'where a lock forbids removing',
      { rows: [...unlockedEstate, lock('CanNotDelete')] },
      'made',
      /^$/,
      true,
    ],
    ['against a policy', status(403, 'RequestDisallowedByPolicy'), 'refused', /exemption/, false],
    ['against a link', status(403, 'LinkedAuthorizationFailed'), 'refused', /refers to/, false],
    [
      'where somebody took the priority',
      somebody({ moment: 'before', does: { kind: 'twin', name: 'theirs' } }),
      'refused',
      /SecurityRuleConflict.*taken the priority; make a new plan/s,
      false,
    ],
    [
      'where there is no group',
      { rows: unlockedEstate.filter(({ id }) => id !== ids.nsg) },
      'refused',
      /404 ResourceNotFound/,
      false,
    ],
    [
      'while others write',
      status(409, 'AnotherOperationInProgress'),
      'busy',
      /AnotherOperation/,
      false,
    ],
    ['while others write, as 400', status(400, 'AnotherOperationInProgress'), 'busy', /400/, false],
    [
      'while others write, as 429',
      status(429, 'RetryableErrorDueToAnotherOperation'),
      'busy',
      /429/,
      false,
    ],
    ['in a conflict nobody knows', status(409, 'Conflict'), 'busy', /409 Conflict/, false],
    ['too often', status(429, undefined, { retryAfter: 12 }), 'busy', /TooManyRequests/, false],
    ['far too often', status(429, undefined, { retryAfter: 9000 }), 'busy', /429/, false],
    ['too often, without a word', status(429), 'busy', /429/, false],
    ['before its time', status(412, 'PreconditionFailed'), 'busy', /412/, false],
    ['and it fails', status(500), 'lost', /^500 InternalServerError/, false],
    ['and it fails once done', status(500, undefined, { done: true }), 'lost', /^500/, true],
    ['and nobody serves', status(503, undefined, { retryAfter: 1 }), 'lost', /^503/, false],
    ['and a gateway gives up', status(504, undefined, { done: true }), 'lost', /^504/, true],
    ['and is asked elsewhere', status(307), 'lost', /^307/, false],
    [
      'and nobody says what was there',
      status(202, undefined, { body: '', done: true }),
      'lost',
      /does not say/,
      true,
    ],
    ['and the connection breaks', meets({ kind: 'reset' }), 'lost', /no answer/, true],
    [
      'and the connection breaks before',
      meets({ kind: 'reset', undone: true }),
      'lost',
      /no answer/,
      false,
    ],
    ['and no answer comes', meets({ kind: 'hang' }), 'lost', /nothing came within 0.4 s/, true],
    ['and the answer breaks off', meets({ kind: 'truncated', part: 0.5 }), 'lost', /./, true],
    ['and the answer is no JSON', meets({ kind: 'malformed' }), 'made', /^$/, true],
    ['and the answer is slow', meets({ kind: 'slow', pieces: 4, pauseMs: 5 }), 'made', /^$/, true],
    [
      'with a token past its time',
      meets({ kind: 'expiredToken' }),
      'refused',
      /ExpiredAuthenticationToken/,
      false,
    ],
  ])('%s', async (_, options, kind, says, isThere) => {
    const { writer, simulator, holds } = await writtenAzure(options);
    const answer = await writer.send(rule.write);
    expect([answer.kind, 'says' in answer ? answer.says : '']).toEqual([
      kind,
      expect.stringMatching(says),
    ]);
    expect(holds(rule.write)).toBe(isThere);
    // Whatever happens, one request is one request.
    expect(simulator.writes(simulator.remediator.objectId)).toHaveLength(1);
  });

  it('and says so when it was there before, whoever wrote it', async () => {
    const { writer } = await writtenAzure();
    expect(await writer.send(rule.write)).toEqual({ kind: 'made' });
    expect(await writer.send(rule.write)).toEqual({ kind: 'alreadyThere' });
  });

  it('and is read as it is now', async () => {
    const { writer } = await writtenAzure();
    expect(await writer.read(rule.write)).toBeUndefined();
    await writer.send(rule.write);
    const found = await writer.read(rule.write);
    expect(found).toMatchObject(rule.write.body?.['properties'] ?? {});
    expect(found).toMatchObject({ provisioningState: 'Succeeded' });
  });

  it('with the ETag of the plan, byte for byte as approved', async () => {
    const { writer, simulator, holds } = await writtenAzure();
    expect((await writer.send({ ...rule.write, ifMatch: 'W/"0"' })).kind).toBe('busy');
    expect(holds(rule.write)).toBe(false);
    expect((await writer.send({ ...rule.write, ifMatch: 'W/"1"' })).kind).toBe('made');
    expect(simulator.writes().at(-1)).toMatchObject({
      query: 'api-version=2024-05-01',
      body: JSON.stringify(rule.write.body),
    });
  });

  it('and is waited for as long as Azure says, or two seconds', async () => {
    const told = await writtenAzure({ operations: { lastsMs: 20_000, retryAfter: 7 } });
    await told.writer.send(rule.write);
    expect(told.waits).toEqual([7000, 7000, 7000]);
    const untold = await writtenAzure({ operations: { lastsMs: 3000 } });
    await untold.writer.send(rule.write);
    expect(untold.waits).toEqual([2000, 2000]);
  });

  it.each([
    ['stays away for as long as it is asked to', 12, [12_000]],
    ['does not stay away for hours', 9000, []],
  ] as const)('and %s', async (_, retryAfter, waits) => {
    const azure = await writtenAzure(status(429, undefined, { retryAfter }));
    await azure.writer.send(rule.write);
    expect(azure.waits).toEqual(waits);
  });
});

describe('many writes', () => {
  it('wait for the quota of whoever changes something, and none is refused', async () => {
    const writes = { ...documentedBuckets.writes, size: 3 };
    const { writer, simulator, waits } = await writtenAzure({
      quotas: { resourceGraph: false, resourceManager: { ...documentedBuckets, writes } },
      attemptMs: 10_000,
    });
    for (let times = 0; times < 8; times += 1) {
      expect(['made', 'alreadyThere']).toContain((await writer.send(rule.write)).kind);
    }
    expect(simulator.writes().map(({ status: answer }) => answer)).not.toContain(429);
    expect(simulator.writes()).toHaveLength(8);
    // Five tokens came back meanwhile, ten a second.
    expect(waits.reduce((sum, each) => sum + each, 0)).toBeGreaterThanOrEqual(500);
    expect(waits.reduce((sum, each) => sum + each, 0)).toBeLessThan(1500);
  });
});

describe('a rule is removed', () => {
  it.each<[string, Partial<SimulatorOptions>, string, RegExp, boolean]>([
    ['that is there', {}, 'made', /^$/, false],
    ['over time', { operations: slow }, 'made', /^$/, false],
    [
      'over time, as Location tells',
      { operations: { ...slow, toldBy: 'location' } },
      'made',
      /^$/,
      false,
    ],
    [
      'and it fails later',
      meets({ kind: 'failsLater', code: 'Later' }, 'DELETE'),
      'lost',
      /Later/,
      true,
    ],
    [
      'against a lock',
      { rows: [...unlockedEstate, lock('CanNotDelete')] },
      'refused',
      /cannot perform delete operation/,
      true,
    ],
    ['without permission', granted('*/read', '*/write'), 'refused', /AuthorizationFailed/, true],
    ['and the connection breaks', meets({ kind: 'reset' }, 'DELETE'), 'lost', /no answer/, false],
  ])('%s', async (_, options, kind, says, isThere) => {
    const { writer, holds } = await writtenAzure(options);
    await writer.send(rule.write);
    const answer = await writer.send(rule.removal);
    expect([answer.kind, 'says' in answer ? answer.says : '']).toEqual([
      kind,
      expect.stringMatching(says),
    ]);
    expect(holds(rule.write)).toBe(isThere);
  });

  it.each([
    ['the rule', {}],
    ['the group', { rows: unlockedEstate.filter(({ id }) => id !== ids.nsg) }],
    [
      'the resource group',
      { rows: unlockedEstate.filter(({ id }) => !String(id).includes('rg-Net')) },
    ],
  ])('where %s is gone already', async (_, options) => {
    const { writer } = await writtenAzure(options);
    expect(await writer.send(rule.removal)).toEqual({ kind: 'alreadyThere' });
    expect(await writer.read(rule.removal)).toBeUndefined();
  });

  it('never because its subscription cannot be seen', async () => {
    const { writer } = await writtenAzure({ rows: [] });
    expect((await writer.send(rule.removal)).kind).toBe('refused');
    await expect(writer.read(rule.removal)).rejects.toThrow(/404 SubscriptionNotFound/);
  });
});

describe('a role is assigned', () => {
  const typed = plannedRole(principals.stranger, 'ServicePrincipal');
  const absent = { directory: { [principals.stranger]: 'absent' } } as const;
  const replicating = { directory: { [principals.stranger]: 'replicating' } } as const;

  it.each<[string, Partial<SimulatorOptions>, typeof role, string, RegExp, boolean]>([
    ['and is new', {}, role, 'made', /^$/, true],
    [
      'that somebody gave under another name',
      somebody({ moment: 'before', does: { kind: 'twin', name: twin } }),
      role,
      'alreadyThere',
      /^$/,
      false,
    ],
    ['to somebody who is gone', absent, typed, 'refused', /gone from the directory/, false],
    ['to somebody new', replicating, typed, 'made', /^$/, true],
    ['to somebody of whom it is not known', replicating, role, 'busy', /PrincipalNotFound/, false],
    ['without permission', granted('*/read'), role, 'refused', /AuthorizationFailed/, false],
    [
      'past the limit',
      status(400, 'RoleAssignmentLimitExceeded'),
      role,
      'refused',
      /no longer needed/,
      false,
    ],
    ['and the answer is lost', meets({ kind: 'reset' }), role, 'lost', /no answer/, true],
  ])('%s', async (_, options, { write }, kind, says, isThere) => {
    const { writer, simulator, holds } = await writtenAzure(options);
    const answer = await writer.send(write);
    expect([answer.kind, 'says' in answer ? answer.says : '']).toEqual([
      kind,
      expect.stringMatching(says),
    ]);
    expect(holds(write)).toBe(isThere);
    expect(simulator.writes(simulator.remediator.objectId)).toHaveLength(1);
  });

  it('under the condition that doctor tells people to give the remediator', async () => {
    const condition = toldCondition();
    const { writer } = await writtenAzure({
      remediator: {
        grants: [{ scope: '/', actions: ['Microsoft.Authorization/roleAssignments/*'], condition }],
      },
    });
    expect(await writer.send(typed.write)).toEqual({ kind: 'made' });
    expect(await writer.send(typed.removal)).toEqual({ kind: 'made' });
    const reading = `/providers/Microsoft.Authorization/roleDefinitions/${roles.reader}`;
    const { properties } = { properties: {}, ...typed.write.body };
    const other = {
      ...typed.write,
      body: { properties: { ...properties, roleDefinitionId: reading } },
    };
    expect(await writer.send(other)).toMatchObject({ kind: 'refused' });
  });

  it('is never made another one', async () => {
    const { writer } = await writtenAzure();
    await writer.send(role.write);
    const other = { ...plannedRole(principals.atRoot).write, url: role.write.url };
    expect(await writer.send(other)).toMatchObject({
      kind: 'refused',
      says: expect.stringMatching(/RoleAssignmentUpdateNotPermitted/),
    });
  });

  it('and read, and taken away, and everything is as it was', async () => {
    const { writer, simulator } = await writtenAzure();
    const before = simulator.snapshot();
    await writer.send(role.write);
    expect(await writer.read(role.write)).toMatchObject(role.write.body?.['properties'] ?? {});
    expect(await writer.send(role.write)).toEqual({ kind: 'alreadyThere' });
    expect(await writer.send(role.removal)).toEqual({ kind: 'made' });
    expect(await writer.send(role.removal)).toEqual({ kind: 'alreadyThere' });
    expect(await writer.read(role.write)).toBeUndefined();
    expect(simulator.snapshot()).toBe(before);
  });
});

describe('nothing is sent', () => {
  it('of a request that is none of ours', async () => {
    const { writer, simulator } = await writtenAzure();
    const elsewhere = { ...rule.write, url: rule.write.url.replace('portcullis-', 'k8s-') };
    await expect(writer.send(elsewhere)).rejects.toThrow(/is not written/);
    await expect(writer.read(elsewhere)).rejects.toThrow(/is not written/);
    expect(simulator.requests).toEqual([]);
  });

  it('where nobody is signed in', async () => {
    const { simulator } = await writtenAzure();
    const failure = Object.assign(new Error('no identity here'), {
      name: 'CredentialUnavailableError',
    });
    const writer = azureWriter({
      cloud: { name: 'simulated', ...simulator.cloud },
      credential: { getToken: () => Promise.reject(failure) },
      userAgent: 'portcullis/0.0.0',
    });
    expect(await writer.send(rule.write)).toEqual({
      kind: 'refused',
      says: 'cannot sign in to Azure: no identity here',
    });
    expect(simulator.requests).toEqual([]);
  });

  it('to another host that an operation is followed at', async () => {
    const elsewhere = await writtenAzure();
    const link = `${elsewhere.simulator.https}/steal`;
    const { writer, simulator } = await writtenAzure({ operations: { lastsMs: 1000, at: link } });
    expect(await writer.send(rule.write)).toMatchObject({
      kind: 'lost',
      says: expect.stringMatching(/another host/),
    });
    expect(elsewhere.simulator.requests).toEqual([]);
    expect(simulator.writes()).toHaveLength(1);
  });
});
