import { describe, expect, it } from 'vitest';
import { fail, unknownPart } from '../../shared/checks/judgement.ts';
import { type Need, judgeReach, orByEndpoint } from '../../shared/checks/outbound-reach.ts';
import type { ClusterSubnet } from '../../shared/facts/inference-cluster.ts';
import type { PrivateEndpoint } from '../../shared/facts/linked-resources.ts';
import { resourceId } from '../../shared/model/resource-id.ts';
import { type Listing, foundIn, known } from '../../shared/model/verdict.ts';
import {
  cluster,
  defaultRoute,
  networkResource,
  nsg,
  privateEndpoint,
  routes,
  rule,
  settings,
  subnet,
  unread,
} from './build.ts';

const registry = { kind: 'serviceTag', name: 'AzureContainerRegistry.WestEurope' } as const;
const at = networkResource('networkSecurityGroups', 'n');
const target = 'AzureContainerRegistry.WestEurope TCP 443';
const need: Need = {
  label: 'the registry',
  protocol: 'Tcp',
  ports: [443],
  severity: 'high',
  uncertain: [],
};
const withRules = (...rules: Parameters<typeof nsg>[1][]) => ({
  securityGroup: known(nsg('n', ...rules)),
});
const denyOut = (text: Parameters<typeof rule>[4] = {}, priority = 200) =>
  rule('deny', priority, 'Outbound', 'Deny', text);

function contextOf(...subnets: readonly ClusterSubnet[]) {
  const given = cluster({ subnets: known(subnets) });
  return { cluster: given, settings, all: foundIn(given.subnets) };
}

describe('whether nodes reach something outside', () => {
  const reached = (from: ClusterSubnet, changes: Partial<Need> = {}) =>
    judgeReach({ ...need, ...changes }, registry, from, contextOf(from));

  it('is said by the rule that lets them', () => {
    expect(reached(subnet(withRules()))).toMatchObject({
      kind: 'pass',
      summary: `The rules admit the nodes to the registry (${target}).`,
      evidence: [{ at, rule: 'AllowInternetOutBound' }],
    });
  });

  it('is said by the rule that denies all of it', () => {
    expect(reached(subnet(withRules(denyOut())))).toMatchObject({
      kind: 'fail',
      severity: 'high',
      summary: `The nodes cannot reach the registry (${target}): rule deny of n denies it. Allow it before that rule.`,
      evidence: [
        { rule: 'deny', says: `rule deny (priority 200) of n denies 10.1.0.0/24 → ${target}` },
      ],
    });
  });

  it('is said by the rule that denies some of it, and what else there is to say', () => {
    const half = subnet(withRules(denyOut({ to: '51.0.1.0/25' })));
    expect(reached(half, { remark: 'Layers come from Storage.' })).toMatchObject({
      kind: 'fail',
      summary: `The nodes cannot reach some of the registry (${target}): rule deny of n denies it. Allow it before that rule. Layers come from Storage.`,
    });
  });

  it('is blamed on no single rule where either of two takes it', () => {
    const either = subnet(withRules(denyOut({ group: 'quarantine' }, 100), denyOut()));
    const unclear = {
      ...denyOut({}, 100),
      sources: [{ kind: 'unclear', text: '10.1.0' } as const],
    };
    expect(reached(either)).toMatchObject({ kind: 'fail' });
    expect(reached(subnet(withRules(unclear, denyOut())))).toMatchObject({
      kind: 'fail',
      summary: `The nodes cannot reach the registry (${target}): no rule allows it. Allow it before that rule.`,
      evidence: [],
    });
  });

  it('is not known where it is not known what must be reached', () => {
    const uncertain = unread('registry of the workspace').missing;
    expect(reached(subnet(withRules(denyOut())), { uncertain })).toEqual(unknownPart(uncertain));
  });

  it('is asked of the routes only where the rules admit it', () => {
    const dropped = routes(defaultRoute('None'));
    expect(reached(subnet({ ...withRules(), ...dropped }))).toMatchObject({
      kind: 'fail',
      summary: expect.stringMatching(/^The nodes cannot reach .*: route default drops/),
    });
    const both = subnet({ ...withRules(denyOut()), ...dropped });
    expect(reached(both)).toEqual(reached(subnet(withRules(denyOut()))));
    expect(reached(subnet({ securityGroup: unread('group'), ...dropped })).kind).toBe('unknown');
  });

  it('is not known where the subnet names no range', () => {
    expect(reached(subnet({ prefixes: known([]) }))).toMatchObject({
      kind: 'unknown',
      missing: [{ what: 'the address range of subnet nodes' }],
    });
  });
});

describe('what is not reached directly', () => {
  const direct = fail('high', 'Denied.', []);
  const elsewhere = networkResource('virtualNetworks', 'hub');
  const far = (name: string, address: string) =>
    privateEndpoint({
      id: networkResource('privateEndpoints', name),
      subnetId: resourceId(`${elsewhere}/subnets/endpoints`),
      addresses: known([address]),
    });
  const reached = (
    from: ClusterSubnet,
    endpoints: Listing<PrivateEndpoint>,
    ...others: readonly ClusterSubnet[]
  ) => orByEndpoint(direct, endpoints, need, from, contextOf(from, ...others));
  const denies = withRules(denyOut({ to: '10.9.1.0/24' }));
  const unreadNetwork = { virtualNetwork: unread('virtual network spoke') };

  it('is not reached without a private endpoint, whatever network it is', () => {
    expect(reached(subnet(), known([]))).toBe(direct);
    expect(reached(subnet(unreadNetwork), known([]))).toBe(direct);
  });

  it('is perhaps reached by an endpoint in what may be a peer, unless the rules deny each', () => {
    const from = subnet({ ...denies, ...unreadNetwork });
    const denied = [far('a', '10.9.1.4'), far('b', '10.9.1.5')];
    expect(reached(from, known(denied))).toBe(direct);
    const one = reached(from, known([far('a', '10.9.1.4'), far('c', '10.9.2.4')]));
    expect(one).toEqual(unknownPart(unreadNetwork.virtualNetwork.missing));
  });

  it('is reached at the addresses of an endpoint, whatever is denied beside them', () => {
    const beside = subnet({ name: 'endpoints', prefixes: known(['10.1.9.0/24']) });
    const from = subnet(withRules(denyOut({ to: '10.1.9.128/25' })));
    const addressed = privateEndpoint({ addresses: known(['10.1.9.4']) });
    expect(reached(from, known([addressed]), beside).kind).toBe('pass');
    const unaddressed = privateEndpoint({ addresses: unread('network interface') });
    expect(reached(from, known([unaddressed]), beside).kind).toBe('fail');
  });
});
