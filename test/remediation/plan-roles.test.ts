import { describe, expect, it } from 'vitest';
import { catalogue } from '../../shared/checks/catalogue.ts';
import { deployersCanJoinNetwork } from '../../shared/checks/deployers-can-join-network.ts';
import { networkContributorGranted } from '../../shared/checks/network-contributor-granted.ts';
import type { InferenceCluster } from '../../shared/facts/inference-cluster.ts';
import { resourceId } from '../../shared/model/resource-id.ts';
import type { FailingCheck } from '../../shared/remediation/failing-check.ts';
import type { Planned } from '../../shared/remediation/plan.ts';
import { planContributor, planDeployers } from '../../shared/remediation/plan-roles.ts';
import type { ClusterSettings } from '../../shared/settings/cluster-settings.ts';
import contributorCases from '../checks/cases/network-contributor-granted.ts';
import deployerCases from '../checks/cases/deployers-can-join-network.ts';
import {
  access,
  cluster,
  networkGroup,
  principal,
  settings,
  subnet,
  unread,
} from '../checks/build.ts';

const terms = {
  band: { from: 3000, to: 3999 },
  expiresAt: '2026-11-27T02:00:00.000Z',
  reserved: [],
};

function failing(
  check: FailingCheck['check'],
  given: InferenceCluster,
  changes: Partial<ClusterSettings> = {},
): FailingCheck {
  return {
    check,
    cluster: given,
    settings: { ...settings, ...changes },
    fingerprint: 'f'.repeat(32),
    others: [],
    checks: catalogue,
  };
}

function contributorPlan(given: InferenceCluster): Planned {
  return planContributor(failing(networkContributorGranted, given), terms);
}

const nothingHeld = cluster({ access: access() });

describe('a plan for the control plane', () => {
  it('assigns Network Contributor on the resource group of the network', () => {
    const planned = contributorPlan(nothingHeld);
    if (planned.kind !== 'plan') throw new TypeError(planned.unplanned.because);
    const { plan } = planned;
    expect(plan.changes).toEqual([
      {
        method: 'PUT',
        url: expect.stringMatching(
          /^\/subscriptions\/1{8}-.*\/resourcegroups\/network-rg\/providers\/microsoft.authorization\/roleassignments\/[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}\?api-version=2022-04-01$/,
        ),
        body: {
          properties: {
            roleDefinitionId:
              '/subscriptions/11111111-1111-4111-8111-111111111111/providers/Microsoft.Authorization/roleDefinitions/4d97b98b-1d4f-4787-a291-c67834d212e7',
            principalId: principal,
            principalType: 'ServicePrincipal',
            description: 'Portcullis: network-contributor-granted of fraud',
          },
        },
        ifMatch: null,
      },
    ]);
    expect(plan.diff).toEqual({
      newlyAllowed: [],
      newlyDenied: [],
      newlyGranted: [{ principalId: principal, role: 'Network Contributor', scope: networkGroup }],
    });
    expect(plan.undo.map(({ method, url }) => `${method} ${url}`)).toEqual([
      `DELETE ${plan.changes[0]?.url}`,
    ]);
    expect(plan.approval).toBe(false);
    expect(plan.snippets.az).toMatch(/^az role assignment create/);
  });

  it('makes the check pass in every case it is made for, and never widens a grant that works', () => {
    const failures = contributorCases.filter(({ expect: kind }) => kind === 'fail');
    const planned = failures.map((one) => ({ one, planned: contributorPlan(one.given) }));
    const plans = planned.filter(({ planned: { kind } }) => kind === 'plan');
    expect(plans.length).toBeGreaterThan(3);
    expect(plans.filter(({ one }) => one.severity === 'low')).toEqual([]);
    for (const { planned: made } of plans) {
      expect(made.kind === 'plan' && made.plan.proof).toEqual({
        checkPasses: true,
        withinRequest: true,
        nothingDenied: true,
        othersKept: true,
      });
    }
    const refused = planned.flatMap(({ planned: { kind, ...rest } }) =>
      kind === 'unplanned' && 'unplanned' in rest ? [rest.unplanned.because] : [],
    );
    expect(refused.some((because) => /never widened/.test(because))).toBe(true);
    expect(
      refused.some((because) => /Deny assignment .* no role gives it back/.test(because)),
    ).toBe(true);
  });

  it('is not made where it is not known who the control plane is', () => {
    const planned = contributorPlan({ ...nothingHeld, identity: unread('the identity') });
    expect(planned).toMatchObject({
      unplanned: { because: expect.stringMatching(/not known who/) },
    });
  });

  it('is not made while the cluster is stopped', () => {
    const planned = contributorPlan({ ...nothingHeld, powerState: 'Stopped' });
    expect(planned).toMatchObject({ unplanned: { because: expect.stringMatching(/Stopped/) } });
  });
});

describe('a plan for deployers', () => {
  it('always asks for approval, and makes the check pass in every case it is made for', () => {
    const plans = deployerCases
      .filter(({ expect: kind }) => kind === 'fail')
      .map(({ given, settings: own }) =>
        planDeployers(failing(deployersCanJoinNetwork, given, own), terms),
      )
      .flatMap((planned) => (planned.kind === 'plan' ? [planned.plan] : []));
    expect(plans.length).toBeGreaterThan(1);
    for (const { approval, proof, diff } of plans) {
      expect(approval).toBe(true);
      expect(Object.values(proof)).toEqual([true, true, true, true]);
      expect(diff.newlyGranted.length).toBeGreaterThan(0);
    }
  });

  it('rests on what the deployer holds over the network and below it, and on nothing else', () => {
    const deployer = '33333333-3333-4333-8333-333333333333';
    const own = { deployers: [{ principalId: deployer }] };
    const basis = (...scopes: readonly string[]) => {
      const assignments = scopes.map((scope) => ({
        id: resourceId(`${scope}/providers/microsoft.authorization/roleassignments/a`),
        principalId: deployer,
        roleDefinitionGuid: 'acdd72a7-3385-48ef-bd42-f606fba81ae7',
        scope: resourceId(scope),
      }));
      const given = cluster({ access: access({ assignments }) });
      const planned = planDeployers(failing(deployersCanJoinNetwork, given, own), terms);
      if (planned.kind !== 'plan') throw new TypeError(planned.unplanned.because);
      return planned.plan.basis;
    };
    const group = networkGroup;
    const subscription = group.slice(0, group.indexOf('/resourcegroups/'));
    const elsewhere = `${group}-of-somebody-else`;
    expect(basis(elsewhere, '/subscriptions/99999999-9999-4999-8999-999999999999')).toEqual(
      basis(),
    );
    expect(basis(group, subscription)).toEqual(basis(subscription, elsewhere, group));
    for (const scope of [group, subscription, '/', subnet().id]) {
      expect(basis(scope)).not.toEqual(basis());
    }
  });

  it('names the kind of principal as far as what it holds there tells', () => {
    const deployer = '33333333-3333-4333-8333-333333333333';
    const own = { deployers: [{ principalId: deployer }] };
    const typeWith = (scope: string, principalType: string) => {
      const held = {
        id: resourceId(`${scope}/providers/microsoft.authorization/roleassignments/a`),
        principalId: deployer,
        principalType,
        roleDefinitionGuid: 'acdd72a7-3385-48ef-bd42-f606fba81ae7',
        scope: resourceId(scope),
      };
      const given = cluster({ access: access({ assignments: [held] }) });
      const planned = planDeployers(failing(deployersCanJoinNetwork, given, own), terms);
      if (planned.kind !== 'plan') throw new TypeError(planned.unplanned.because);
      return planned.plan.changes.map(({ body }) => body?.['properties']);
    };
    const [named] = typeWith(networkGroup, 'ServicePrincipal');
    expect(named).toMatchObject({ principalId: deployer, principalType: 'ServicePrincipal' });
    for (const [scope, type] of [
      [`${networkGroup}-of-somebody-else`, 'ServicePrincipal'],
      [networkGroup, 'Unheard'],
    ] as const) {
      expect(typeWith(scope, type)[0]).not.toHaveProperty('principalType');
    }
  });

  it('speaks of each subnet once', () => {
    const twice = cluster({
      access: access(),
      subnets: { known: true, value: [subnet(), subnet({ name: 'more' })] },
    });
    const own = { deployers: [{ principalId: '33333333-3333-4333-8333-333333333333' }] };
    const planned = planDeployers(failing(deployersCanJoinNetwork, twice, own), terms);
    expect(planned.kind === 'plan' && planned.plan.changes).toHaveLength(1);
  });
});
