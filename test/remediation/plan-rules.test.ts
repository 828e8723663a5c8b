import { describe, expect, it } from 'vitest';
import { catalogue } from '../../shared/checks/catalogue.ts';
import { scoringInboundAllowed } from '../../shared/checks/scoring-inbound-allowed.ts';
import type { InferenceCluster } from '../../shared/facts/inference-cluster.ts';
import { resourceId } from '../../shared/model/resource-id.ts';
import { known } from '../../shared/model/verdict.ts';
import { noServiceTags } from '../../shared/network/service-tags.ts';
import type { SecurityRule } from '../../shared/network/security-rule.ts';
import type { JudgedCluster } from '../../shared/remediation/failing-check.ts';
import { type Planned, planHash } from '../../shared/remediation/plan.ts';
import { planRules } from '../../shared/remediation/plan-rules.ts';
import { callerWishes } from '../../shared/remediation/wishes.ts';
import type { ClusterSettings } from '../../shared/settings/cluster-settings.ts';
import scoringCases from '../checks/cases/scoring-inbound-allowed.ts';
import {
  adminRule,
  callers,
  cluster,
  endpoint,
  knownFrontend,
  nsg,
  rule,
  scoringAddress,
  settings,
  subnet,
  unread,
  withSubnet,
} from '../checks/build.ts';

const bank = '203.0.113.0/24';
const denyAll = rule('deny-all', 4000, 'Inbound', 'Deny');

function planFor(
  given: InferenceCluster,
  changes: Partial<ClusterSettings> = callers(bank),
  others: readonly JudgedCluster[] = [],
): Planned {
  const own = { ...settings, ...changes };
  const wished = callerWishes(given, own);
  if (wished.kind === 'never') throw new TypeError(wished.because);
  return planRules(
    {
      check: scoringInboundAllowed,
      cluster: given,
      settings: own,
      fingerprint: 'f'.repeat(32),
      others,
      checks: catalogue,
    },
    wished.wishes,
    { band: { from: 3000, to: 3999 }, expiresAt: '2026-11-27T02:00:00.000Z', reserved: [] },
  );
}

function planOf(planned: Planned) {
  if (planned.kind !== 'plan') throw new TypeError(planned.unplanned.because);
  return planned.plan;
}

function refusalOf(planned: Planned): string {
  return planned.kind === 'unplanned' ? planned.unplanned.because : 'a plan was made';
}

function guarded(...rules: readonly SecurityRule[]): InferenceCluster {
  return withSubnet({ securityGroup: known(nsg('subnet-nsg', ...rules)) });
}

describe('a plan for callers', () => {
  it.each([
    ['203.0.113.7/24', '203.0.113.0/24'],
    ['203.0.113.7', '203.0.113.7'],
  ])('writes the caller %s as Azure takes it: %s', (caller, written) => {
    const plan = planOf(planFor(guarded(denyAll), callers(caller)));
    expect(plan.changes[0]?.body?.['properties']).toMatchObject({ sourceAddressPrefix: written });
  });

  it('allows exactly the callers, the endpoint and the port, before the rule that denies them', () => {
    const plan = planOf(planFor(guarded(denyAll)));
    const [change] = plan.changes;
    expect(plan.changes).toHaveLength(1);
    expect(change?.url).toMatch(
      /\/networksecuritygroups\/subnet-nsg\/securityRules\/portcullis-scoring-inbound-allowed-[0-9a-f]{8}\?api-version=/,
    );
    expect(change?.body).toEqual({
      properties: {
        description: 'Portcullis: scoring-inbound-allowed of fraud',
        protocol: 'Tcp',
        sourceAddressPrefix: bank,
        sourcePortRange: '*',
        destinationAddressPrefix: scoringAddress,
        destinationPortRange: '443',
        access: 'Allow',
        priority: 3000,
        direction: 'Inbound',
      },
    });
    expect(plan.diff.newlyAllowed).toEqual([
      {
        protocols: ['Tcp'],
        sources: [bank],
        sourcePorts: ['0-65535'],
        destinations: [`${scoringAddress}/32`],
        destinationPorts: ['443'],
      },
    ]);
    expect(plan.diff.newlyDenied).toEqual([]);
    expect(plan.undo).toEqual([{ method: 'DELETE', url: change?.url, ifMatch: null }]);
    // Somebody wrote the rule that it comes before.
    expect(plan.approval).toBe(true);
    expect(plan.summary).toMatch(/It comes before what deny-all denies\.$/);
  });

  it('needs no approval where only a default rule denies', () => {
    const plan = planOf(planFor(guarded()));
    expect(plan.approval).toBe(false);
    expect(plan.summary).not.toMatch(/comes before/);
  });

  it('puts several callers and ports into one rule', () => {
    const http = {
      plainHttp: true,
      frontend: known({
        ...knownFrontend(endpoint()),
        rules: [443, 80].map((port) => ({
          name: `p${port}`,
          protocol: 'Tcp' as const,
          frontendPort: port,
          backendPort: port,
          floatingIp: true,
        })),
      }),
    };
    const given = { ...guarded(denyAll), scoringEndpoints: known([endpoint(http)]) };
    const plan = planOf(planFor(given, callers(bank, '198.51.100.0/24')));
    expect(plan.changes.map(({ body }) => body?.['properties'])).toMatchObject([
      { sourceAddressPrefixes: ['198.51.100.0/24', bank], destinationPortRanges: ['80', '443'] },
    ]);
  });

  it('takes the nearest free gap where the band comes too late', () => {
    const early = rule('deny-early', 110, 'Inbound', 'Deny');
    const taken = rule('allow-dns', 109, 'Inbound', 'Allow', { port: '53' });
    const plan = planOf(planFor(guarded(early, taken)));
    expect(plan.changes[0]?.body).toMatchObject({ properties: { priority: 108 } });
  });

  it('names a service tag as the settings name it', () => {
    const plan = planOf(
      planFor(
        { ...guarded(denyAll), serviceTags: noServiceTags },
        callers('AzureFrontDoor.Backend'),
      ),
    );
    expect(plan.changes[0]?.body).toMatchObject({
      properties: { sourceAddressPrefix: 'AzureFrontDoor.Backend' },
    });
  });

  it('is the same plan every time, and another one where anything of it is edited', () => {
    const plan = planOf(planFor(guarded(denyAll)));
    expect(planOf(planFor(guarded(denyAll)))).toEqual(plan);
    expect(planHash(plan)).toBe(plan.hash);
    const [change] = plan.changes;
    if (change === undefined) throw new TypeError('no change');
    const wider = { ...plan, changes: [{ ...change, body: { properties: {} } }] };
    expect(planHash(wider)).not.toBe(plan.hash);
    expect(planHash({ ...plan, expiresAt: '2027-11-27T02:00:00.000Z' })).not.toBe(plan.hash);
  });

  it('passes the check wherever a plan is made for a case of the check', () => {
    const planned = scoringCases
      .filter(
        ({ expect: kind, settings: own }) => kind === 'fail' && own?.callers?.kind === 'listed',
      )
      .map((one) => planFor(one.given, one.settings));
    const plans = planned.flatMap((one) => (one.kind === 'plan' ? [one.plan] : []));
    expect(plans.length).toBeGreaterThan(5);
    for (const { proof, diff } of plans) {
      expect(proof).toEqual({
        checkPasses: true,
        withinRequest: true,
        nothingDenied: true,
        othersKept: true,
      });
      expect(diff.newlyAllowed.length).toBeGreaterThan(0);
    }
  });
});

describe('no plan for callers', () => {
  it.each<[string, InferenceCluster, Partial<ClusterSettings>, RegExp]>([
    [
      'where an admin rule denies them',
      withSubnet({
        adminRules: known([adminRule('corp-deny', 'Inbound', 'Deny')]),
        securityGroup: known(nsg('subnet-nsg', denyAll)),
      }),
      callers(bank),
      /admin rule corp-deny .* denies it/,
    ],
    [
      'where a list in the way was not read',
      withSubnet({
        securityGroup: known(nsg('subnet-nsg', denyAll)),
        nodeSecurityGroups: unread('the network interfaces'),
      }),
      callers(bank),
      /could not all be read/,
    ],
    [
      'where every priority before is taken',
      guarded(
        ...[100, 101, 102].map((at) => rule(`r${at}`, at, 'Inbound', 'Allow', { port: '53' })),
        rule('deny-early', 103, 'Inbound', 'Deny'),
      ),
      callers(bank),
      /every priority .* taken/,
    ],
    [
      'where there is no group at all',
      cluster(),
      callers(bank),
      /No rule in a network security group/,
    ],
    [
      'while the cluster is stopped',
      { ...guarded(denyAll), powerState: 'Stopped' },
      callers(bank),
      /Stopped; nothing is changed/,
    ],
    [
      'in a group that AKS manages',
      withSubnet({
        securityGroup: known({
          ...nsg('aks-agentpool', denyAll),
          id: resourceId(
            '/subscriptions/s/resourceGroups/mc/providers/Microsoft.Network/networkSecurityGroups/aks-agentpool',
          ),
        }),
      }),
      callers(bank),
      /aks-agentpool is managed by AKS/,
    ],
  ])('%s', (_name, given, own, because) => {
    expect(refusalOf(planFor(given, own))).toMatch(because);
  });

  it('where another cluster behind the same group would stop passing', () => {
    // The neighbour names fewer callers: what the plan lets in is excess there.
    const neighbour = {
      ...guarded(denyAll),
      id: resourceId('/subscriptions/s/resourceGroups/g/providers/p/managedClusters/neighbour'),
    };
    const planned = planFor(guarded(denyAll), callers(bank), [
      { cluster: neighbour, settings: { ...settings, ...callers('198.51.100.7/32') } },
    ]);
    expect(refusalOf(planned)).toMatch(/Another check that passes today/);
    expect(planned.kind === 'unplanned' && planned.unplanned.snippets?.az).toMatch(
      /^az network nsg rule create/,
    );
  });

  it('for all of the Internet, unless the settings say so in these words', () => {
    const wide = planFor(guarded(denyAll), callers('0.0.0.0/0'));
    expect(planOf(wide).changes[0]?.body).toMatchObject({
      properties: { sourceAddressPrefix: 'Internet' },
    });
    expect(refusalOf(planFor(guarded(denyAll), callers('AzureCloud')))).toBe('a plan was made');
  });

  it.each([
    [{ kind: 'notConfigured' }, /name no callers/],
    [{ kind: 'none' }, /name no callers/],
    [{ kind: 'listed', sources: [bank], from: 'tag' }, /named by a tag/],
  ] as const)('for callers %j', (own, because) => {
    const wished = callerWishes(guarded(denyAll), { ...settings, callers: own });
    expect(wished.kind === 'never' && wished.because).toMatch(because);
  });

  it('that trusts a subnet list which was not read to its end', () => {
    const given = { ...cluster(), subnets: { ...unread('a node pool'), found: [subnet()] } };
    expect(refusalOf(planFor(given))).not.toBe('a plan was made');
  });
});
