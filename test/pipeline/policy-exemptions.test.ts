/** Exemptions of Azure Policy and of the settings, in whole audits. */
import { describe, expect, it } from 'vitest';
import { estate, ids, subscription } from '../facts/build.ts';
import { auditRows } from './audit-rows.ts';

const root = `/subscriptions/${subscription}`;
const check = 'private-cluster';
const assignment = `${root}/providers/Microsoft.Authorization/policyAssignments/private-aks`;
const managementGroup = '/providers/Microsoft.Management/managementGroups/Bank';

function exemption(scope: string, properties: object = {}): object {
  return {
    id: `${scope}/providers/Microsoft.Authorization/policyExemptions/ex`,
    name: 'ex',
    type: 'Microsoft.Authorization/policyExemptions',
    properties: {
      policyAssignmentId: assignment,
      policyDefinitionReferenceIds: [],
      exemptionCategory: 'Waiver',
      displayName: 'Public API until the move',
      expiresOn: '2026-12-31T00:00:00Z',
      metadata: {
        approvedBy: 'IA',
        ticketRef: 'SEC-7',
        portcullis: { checks: [check] },
      },
      ...properties,
    },
  };
}

const subscriptionRow = {
  id: root,
  type: 'microsoft.resources/subscriptions',
  properties: {
    managementGroupAncestorsChain: [{ name: 'Bank' }, { name: 'root' }],
  },
};

async function audited(rows: readonly object[], settings: object = {}) {
  const bodies = [...estate().map(({ body }) => body), subscriptionRow, ...rows];
  const { verdicts, tail } = await auditRows(bodies, settings);
  const cluster = ids.cluster.toLowerCase();
  return {
    exempt: verdicts.get(`${cluster} ${check}`)?.exempt,
    others: [...verdicts.values()].filter((one) => one.exempt !== null && one.checkId !== check),
    warnings: tail.warnings ?? [],
  };
}

describe('an exemption of Azure Policy', () => {
  it('exempts from the check that its metadata names', async () => {
    const { exempt, others, warnings } = await audited([exemption(root)]);
    expect(exempt).toEqual({
      reason: 'Public API until the move',
      approvedBy: 'IA',
      ticket: 'SEC-7',
      expiresOn: '2026-12-30',
      source: 'policy',
    });
    expect([others, warnings]).toEqual([[], []]);
  });

  it.each([
    ['a resource group', `${root}/resourceGroups/AKS`],
    ['the cluster', ids.cluster],
    ['a management group above', managementGroup],
  ])('covers what lies below %s', async (_, scope) => {
    expect((await audited([exemption(scope)])).exempt).toMatchObject({ source: 'policy' });
  });

  it.each([
    ['a resource group whose name only begins the same', `${root}/resourceGroups/AK`],
    ['another subscription', '/subscriptions/22222222-2222-2222-2222-222222222222'],
    ['a management group elsewhere', `${managementGroup}-2`],
  ])('does not cover %s', async (_, scope) => {
    expect((await audited([exemption(scope)])).exempt).toBeNull();
  });

  it.each([
    ['its last moment', '2026-11-23T00:00:01Z', true],
    ['the midnight it ended', '2026-11-23T00:00:00Z', false],
    ['a year ago', '2025-11-23T12:00:00.1234567Z', false],
    ['never', null, true],
    ['at a time nobody understands', 'soon', false],
  ])('holds until %s', async (_, expiresOn, holds) => {
    const { exempt } = await audited([exemption(root, { expiresOn })]);
    expect(exempt !== null).toBe(holds);
  });

  it('of some resources only is not used, and counted', async () => {
    const resourceSelectors = [{ name: 'a', selectors: [{ kind: 'resourceLocation', in: ['x'] }] }];
    const { exempt, warnings } = await audited([exemption(root, { resourceSelectors })]);
    expect(exempt).toBeNull();
    expect(warnings).toEqual([expect.stringMatching(/^1 Azure Policy exemption exempts/)]);
  });

  it.each([
    ['its assignment', assignment.toUpperCase(), {}],
    [
      'a definition of its initiative',
      'PrivateCluster',
      { policyDefinitionReferenceIds: ['privateCluster'] },
    ],
    [
      'its definition, where the row says it',
      '/providers/Microsoft.Authorization/policyDefinitions/p',
      { policyDefinitionId: '/providers/microsoft.authorization/policydefinitions/P' },
    ],
  ])('exempts where the settings map %s', async (_, policy, more) => {
    const row = exemption(root, { metadata: null, ...more });
    const mapped = { policyExemptions: { [policy]: [check] } };
    expect((await audited([row], mapped)).exempt).toMatchObject({ source: 'policy', ticket: null });
  });

  it.each([
    ['without metadata', { metadata: null }],
    ['with metadata of another shape', { metadata: { portcullis: { checks: check } } }],
    ['with metadata that is a text', { metadata: 'x' }],
  ])('%s and unmapped is counted', async (_, properties) => {
    const { exempt, warnings } = await audited([exemption(root, properties)], {
      policyExemptions: { '/providers/Microsoft.Authorization/policyDefinitions/q': [check] },
    });
    expect(exempt).toBeNull();
    expect(warnings).toEqual([expect.stringMatching(/^1 Azure Policy exemption exempts/)]);
  });

  it('that names no check of ours is a warning', async () => {
    const metadata = { portcullis: { checks: ['private-clusters'] } };
    const { warnings } = await audited([exemption(root, { metadata })]);
    expect(warnings).toEqual([
      expect.stringMatching(/names private-clusters, which is no check/),
      expect.stringMatching(/^1 Azure Policy exemption/),
    ]);
  });

  it('goes behind one of the settings', async () => {
    const own = { check, scope: root, reason: 'ours' };
    const { exempt } = await audited([exemption(root)], { exemptions: [own] });
    expect(exempt).toMatchObject({ reason: 'ours', source: 'settings' });
  });
});

it('exemptions that end within two weeks are warnings, whoever made them', async () => {
  const own = { check, scope: root, reason: 'ours', expiresOn: '2026-11-30' };
  const { warnings } = await audited([exemption(root, { expiresOn: '2026-11-25T12:00:00Z' })], {
    exemptions: [own, { ...own, expiresOn: '2026-12-24' }],
  });
  expect(warnings).toEqual([
    expect.stringMatching(/^the policy exemption .* ends in 2 days: 2026-11-25/),
    expect.stringMatching(/^exemptions\[0\] \(private-cluster on .*\) ends in 7 days/),
  ]);
});

it('a trusted tag of the cluster says who calls', async () => {
  const rows = estate().map(({ body }) =>
    body['id'] === ids.cluster ? { ...body, tags: { 'Portcullis:Callers': 'none' } } : body,
  );
  const { verdicts } = await auditRows(rows, { trustTags: true });
  expect(verdicts.get(`${ids.cluster.toLowerCase()} scoring-inbound-allowed`)?.summary).toMatch(
    /nobody calls/,
  );
});
