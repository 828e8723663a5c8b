/** What a live scan says when Azure refuses, throttles or does not answer. */
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { liveTypes } from '../../../shared/compose-live.ts';
import { readActions } from '../../../shared/inventory/read-actions.ts';
import { estateReader } from '../../../simulator/identity/callers.ts';
import { auditSource } from '../../pipeline/audit-rows.ts';
import {
  auditPartWith,
  auditWith,
  expectNothingInvented,
  rows,
  settings,
  subscriptions,
  truth,
  unknownShare,
} from './demo-tenant.ts';
import { simulatedAzure } from './simulated-azure.ts';

const [first = ''] = subscriptions;
const denialsType = 'microsoft.authorization/denyassignments';

/** Keeps the reader from an action in a subscription, whatever its roles say. */
function keptOut(subscription: string, action: string): object {
  const scope = `/subscriptions/${subscription}`;
  const name = '99999999-9999-4999-8999-999999999999';
  return {
    id: `${scope}/providers/Microsoft.Authorization/denyAssignments/${name}`,
    name,
    type: 'Microsoft.Authorization/denyAssignments',
    properties: {
      denyAssignmentName: 'keep auditors out',
      scope,
      doNotApplyToChildScopes: false,
      principals: [{ id: estateReader.objectId, type: 'ServicePrincipal' }],
      excludePrincipals: [],
      permissions: [{ actions: [action], notActions: [], dataActions: [], notDataActions: [] }],
    },
  };
}

describe('what the reader may not read', () => {
  const others = subscriptions
    .filter((subscription) => subscription !== first)
    .map((subscription) => ({ scope: `/subscriptions/${subscription}`, actions: ['*/read'] }));

  it('is a gap in a subscription where no role allows to read a resource', async () => {
    const nothing = {
      scope: `/subscriptions/${first}`,
      actions: [
        'Microsoft.Resources/subscriptions/read',
        'Microsoft.Authorization/permissions/read',
      ],
    };
    const audited = await auditWith({ reader: { grants: [...others, nothing] } });
    expectNothingInvented(audited);
    expect(audited.tail.gaps).toContainEqual({
      scope: `/subscriptions/${first}`,
      what: `the resources of subscription ${first}`,
      why: 'no role of the reader there allows to read anything',
    });
    expect(audited.clusters.length).toBeGreaterThan(10);
  });

  it('does not exist for the scan where the subscription is not visible, unless it was asked for', async () => {
    const azure = await simulatedAzure(rows, { reader: { grants: others } });
    const audited = await auditSource(azure.source, settings);
    expectNothingInvented(audited);
    expect(audited.clusters.every(({ subscriptionId }) => subscriptionId !== first)).toBe(true);
    const asked = await auditSource(azure.source, settings, { subscriptions: [first] });
    expect(asked.tail.gaps).toContainEqual({
      scope: `/subscriptions/${first}`,
      what: `the resources of subscription ${first}`,
      why: 'whoever is signed in does not see it',
    });
  });

  const decided = liveTypes.flatMap((type) => {
    const action = readActions[type];
    return action === undefined || type === 'microsoft.resources/subscriptions'
      ? []
      : [{ type, action }];
  });

  it.each(decided)('makes rows of $type a gap in every subscription', async ({ type, action }) => {
    const audited = await auditPartWith({
      reader: { grants: [{ scope: '/', actions: ['*/read'], notActions: [action] }] },
    });
    expectNothingInvented(audited);
    const said = audited.tail.gaps.filter(({ what }) =>
      type === 'microsoft.network/servicetags'
        ? what === 'the service tag list'
        : what === `rows of ${type}`,
    );
    const everywhere = subscriptions.map((subscription) => `/subscriptions/${subscription}`);
    const scopes = said.map(({ scope }) => scope);
    expect(scopes).toEqual(
      expect.arrayContaining(type === 'microsoft.network/servicetags' ? ['/'] : everywhere),
    );
  });

  it.each(decided.filter(({ type }) => type !== 'microsoft.network/servicetags'))(
    'makes rows of $type a gap where a deny assignment keeps the reader out',
    async ({ type, action }) => {
      const scope = `/subscriptions/${first}`;
      const audited = await auditPartWith({}, [keptOut(first, action)]);
      expectNothingInvented(audited);
      expect(type === denialsType || audited.tail.gaps.some(({ scope: at }) => at === scope)).toBe(
        true,
      );
    },
  );

  it('may be anything in a subscription whose deny assignments are not listed', async () => {
    const [subscription = ''] = truth
      .filter(({ clusterId }) => clusterId.endsWith('/model-on-container-instances'))
      .map(({ clusterId }) => clusterId.split('/')[2] ?? '');
    const denied = keptOut(subscription, 'Microsoft.ContainerInstance/containerGroups/read');
    const audited = await auditWith(
      {
        faults: [
          {
            path: `^/subscriptions/${subscription}/providers/microsoft.authorization/denyAssignments$`,
            does: { kind: 'status', status: 403 },
          },
        ],
      },
      {},
      [denied],
    );
    expectNothingInvented(audited);
    expect(audited.tail.gaps).toContainEqual({
      scope: `/subscriptions/${subscription}`,
      what: `the resources of subscription ${subscription}`,
      why: expect.stringContaining('what deny assignments keep from the reader there'),
    });
    const elsewhere = [...audited.verdicts].filter(([key]) => !key.includes(subscription));
    expect(unknownShare({ ...audited, verdicts: new Map(elsewhere) })).toBeLessThan(0.2);
  });

  it('is a gap where Microsoft Graph refuses; what groups give, Resource Manager knows too', async () => {
    const audited = await auditWith({ graphDenied: true });
    // Graph has lost these groups; Resource Manager says for certain that nothing reaches the identities.
    const { lost = [], others = [] } = Object.groupBy(audited.verdicts, ([key]) =>
      /\/(?:group-members-not-read|group-may-assign-roles|pipeline-group-not-read) /.test(key)
        ? 'lost'
        : 'others',
    );
    expect(lost.map(([, { kind }]) => kind)).toContain('fail');
    expectNothingInvented({ ...audited, verdicts: new Map(others) });
    const gaps = audited.tail.gaps.map(({ what }) => what);
    expect(gaps).toContain('service principals of clusters');
    expect(gaps).not.toContain('members of groups');
    const through = [...audited.verdicts].find(([key]) =>
      key.endsWith('/granted-through-group network-contributor-granted'),
    );
    expect(through?.[1].kind).toBe('pass');
    expect(unknownShare(audited)).toBeLessThan(0.3);
  });

  it('is a gap where neither says who is in a group', async () => {
    const audited = await auditWith({
      graphDenied: true,
      faults: [
        {
          path: `/providers/microsoft.authorization/roleAssignments$`,
          does: { kind: 'status', status: 403 },
        },
      ],
    });
    expectNothingInvented(audited);
    expect(audited.tail.gaps.map(({ what }) => what)).toContain('members of groups');
    const through = [...audited.verdicts].find(([key]) =>
      key.endsWith('/granted-through-group network-contributor-granted'),
    );
    expect(through?.[1].kind).toBe('unknown');
  });

  it('is a gap of everything where Azure does not say what may be read', async () => {
    const audited = await auditWith({
      faults: [
        {
          path: `^(/subscriptions/${first}|/providers/microsoft.management/.*)/providers/microsoft.authorization/permissions$`,
          does: { kind: 'status', status: 403 },
        },
      ],
    });
    expectNothingInvented(audited);
    expect(audited.tail.gaps.map(({ what }) => what)).toContain(
      `the resources of subscription ${first}`,
    );
  });
});

describe('an answer that does not come', () => {
  const computes = 'workspaces/[^/]+/computes$';
  const workspace = rows
    .map((row) => String(Reflect.get(row, 'id')).toLowerCase())
    .find((id) => /\/workspaces\/[^/]+$/.test(id));

  it.each([
    ['is no JSON', { kind: 'malformed' }],
    ['is 403', { kind: 'status', status: 403 }],
    ['is 404', { kind: 'status', status: 404 }],
  ] as const)('of one workspace, because it %s, is one gap', async (_, does) => {
    const audited = await auditWith({
      faults: [{ path: computes, nth: [1, 2, 3, 4, 5, 6], does }],
    });
    expectNothingInvented(audited);
    const gaps = audited.tail.gaps.filter(({ what }) => what.startsWith('computes of workspace'));
    expect(gaps.length).toBeGreaterThan(0);
    expect(gaps.length).toBeLessThanOrEqual(6);
    expect(unknownShare(audited)).toBeLessThan(0.8);
  });

  it.each([
    ['hangs', { kind: 'hang' }, 'within 0.4 s'],
    ['breaks off', { kind: 'truncated', part: 0.5 }, 'broke off'],
  ] as const)('of one workspace that %s whenever asked is one gap', async (_, does, says) => {
    const audited = await auditWith({ faults: [{ path: `${workspace}/computes$`, does }] });
    expectNothingInvented(audited);
    const [gap, ...more] = audited.tail.gaps.filter(({ what }) => what.startsWith('computes of'));
    expect(gap).toMatchObject({ scope: workspace, why: expect.stringContaining(says) });
    expect(more).toEqual([]);
    expect(unknownShare(audited)).toBeLessThan(0.6);
  });

  it.each([
    ['429 with a word on when', { kind: 'status', status: 429, retryAfter: 1 }],
    ['a connection reset', { kind: 'reset' }],
    ['an attempt that hangs', { kind: 'hang' }],
    ['an answer that breaks off', { kind: 'truncated', part: 0.5 }],
  ] as const)('the first time, for %s, is asked for again', async (_, does) => {
    const audited = await auditWith({ faults: [{ path: computes, nth: [1], does }] });
    expect(audited.tail.gaps.filter(({ what }) => what.startsWith('computes'))).toEqual([]);
    const verdicts = [...audited.verdicts.values()];
    expect(verdicts.length).toBe(truth.length);
    expect(audited.tail.cost.armReads).toBeGreaterThan(subscriptions.length);
  });

  it('from Resource Graph hides the types it was asked for, and the rest stands', async () => {
    const audited = await auditWith({
      faults: [{ path: 'resourcegraph/resources$', nth: [3], does: { kind: 'malformed' } }],
    });
    expectNothingInvented(audited);
    expect(audited.tail.gaps.length).toBeGreaterThan(3);
    expect(audited.clusters.length).toBeGreaterThan(30);
  });

  it('at all is an error that says where', async () => {
    await expect(
      auditWith({
        faults: [{ path: 'resourcegraph/resources$', does: { kind: 'status', status: 403 } }],
      }),
    ).rejects.toThrow(/nothing can be read from https:\/\/localhost:\d+: 403/);
  });
});

describe('throttling', () => {
  it('waits for the quota of Resource Graph instead of being refused', async () => {
    const audited = await auditWith({
      quotas: { resourceGraph: { queries: 4, windowSeconds: 1 }, resourceManager: false },
    });
    expect(audited.tail.cost.throttled).toBe(0);
    expect(audited.verdicts.size).toBe(truth.length);
  });

  it('counts every attempt, and those that were refused', async () => {
    const audited = await auditWith({
      faults: [
        {
          path: 'serviceTags$',
          nth: [1, 2],
          does: { kind: 'status', status: 429, retryAfter: 1 },
        },
      ],
    });
    expect(audited.tail.cost.throttled).toBe(2);
    expect(audited.tail.gaps.filter(({ what }) => what === 'the service tag list')).toEqual([]);
  });

  it('that would take an hour is a gap', async () => {
    const audited = await auditWith({
      faults: [{ path: 'serviceTags$', does: { kind: 'status', status: 429, retryAfter: 3600 } }],
    });
    expectNothingInvented(audited);
    const [gap] = audited.tail.gaps.filter(({ what }) => what === 'the service tag list');
    expect(gap?.why).toContain('60 minutes');
  });
});

describe('signing in', () => {
  it('that is refused ends the scan with the reason', async () => {
    const { source } = await simulatedAzure(rows);
    vi.stubEnv('AZURE_CLIENT_SECRET', 'not-the-secret');
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    await expect(auditSource(source, settings)).rejects.toThrow(/cannot sign in to Azure/);
  });

  it('with nothing to sign in with says so', async () => {
    const { source } = await simulatedAzure(rows);
    for (const name of ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID', 'AZURE_CLIENT_SECRET']) {
      vi.stubEnv(name, '');
    }
    await expect(auditSource(source, settings)).rejects.toThrow(/cannot sign in to Azure/);
  });
});
