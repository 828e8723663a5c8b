import { describe, expect, it } from 'vitest';
import { canAddress } from '../../shared/checks/callers.ts';
import { pass } from '../../shared/checks/judgement.ts';
import {
  judgeTargets,
  servedPorts,
  targetPlaces,
  targetSubnets,
} from '../../shared/checks/scoring-targets.ts';
import type { LoadBalancerRule } from '../../shared/facts/inference-cluster.ts';
import { noAddresses } from '../../shared/packets/address.ts';
import { known } from '../../shared/model/verdict.ts';
import { endpoint, knownFrontend, subnet, unread } from './build.ts';

const balancing = (
  protocol: LoadBalancerRule['protocol'],
  frontendPort: number,
  backendPort = frontendPort,
): LoadBalancerRule => ({
  name: `${protocol}-${frontendPort}`,
  protocol,
  frontendPort,
  backendPort,
  floatingIp: true,
});

describe('the ports that a frontend serves', () => {
  const ports = (rules: readonly LoadBalancerRule[], plainHttp?: boolean) =>
    servedPorts(
      endpoint(plainHttp === undefined ? {} : { plainHttp }),
      knownFrontend(endpoint({}, { rules })),
    ).map(({ frontendPort, backendPort }) => [frontendPort, backendPort]);

  it.each<[string, readonly LoadBalancerRule[], readonly (readonly number[])[]]>([
    ['TLS', [balancing('Tcp', 443, 30443), balancing('Tcp', 80)], [[443, 30443]]],
    ['plain HTTP, where there is no TLS', [balancing('Tcp', 80, 30080)], [[80, 30080]]],
    ['none for UDP', [balancing('Udp', 443), balancing('Udp', 80)], []],
    ['none for other ports', [balancing('Tcp', 8443)], []],
    ['every port of a rule for all', [balancing('All', 0)], [[443, 443]]],
    ['none of a rule for all protocols at one port', [balancing('All', 443)], []],
    ['none of a rule for TCP at port 0', [balancing('Tcp', 0)], []],
  ])('are %s', (_, rules, expected) => {
    expect(ports(rules)).toEqual(expected);
  });

  it('are both where plain HTTP is allowed', () => {
    expect(ports([balancing('All', 0)], true)).toEqual([
      [443, 443],
      [80, 80],
    ]);
    expect(ports([balancing('Tcp', 443), balancing('Tcp', 80)], true)).toHaveLength(2);
  });
});

describe('the subnets behind a frontend', () => {
  const [nodes, gpu, pods] = [
    subnet(),
    subnet({ name: 'gpu' }),
    subnet({ name: 'pods', usedBy: ['pods'] }),
  ];
  const behind = (...names: readonly string[]) =>
    targetSubnets(
      knownFrontend(
        endpoint({}, { backendSubnetIds: known(names.map((name) => subnet({ name }).id)) }),
      ),
      known([nodes, gpu, pods]),
    );

  it('are those that its pool names', () => {
    expect(behind('gpu')).toEqual({ subnets: [gpu], missing: [], anyNode: false });
    expect(behind('nodes', 'gpu')).toEqual({ subnets: [nodes, gpu], missing: [], anyNode: false });
  });

  it('are some of the node subnets where it names nobody', () => {
    expect(behind()).toEqual({ subnets: [nodes, gpu], missing: [], anyNode: true });
  });

  it('are not all known where it names one that is none of the cluster', () => {
    const { subnets, missing } = behind('gpu', 'foreign');
    expect(subnets).toEqual([gpu]);
    expect(missing.map(({ what }) => what)).toEqual(['the rules of subnet foreign']);
  });
});

describe('an endpoint', () => {
  const both = [subnet(), subnet({ name: 'gpu' })];
  const whole = known(both);
  const part = { ...unread('subnets of the cluster'), found: [subnet()] };
  const good = pass('Good.');
  const judged = (to: ReturnType<typeof endpoint>, subnets: typeof whole | typeof part) =>
    judgeTargets(to, subnets, () => good);
  const foreign = endpoint({}, { backendSubnetIds: known([subnet({ name: 'foreign' }).id]) });

  it('is judged in each subnet behind it, even where not all subnets were read', () => {
    expect(judged(endpoint(), whole)).toEqual(good);
    expect(judged(endpoint(), part)).toEqual(good);
  });

  it('has no target that is known where the subnets were not read', () => {
    const none = unread('subnets of the cluster');
    expect(judged(endpoint(), { ...none, found: [] })).toMatchObject({
      kind: 'unknown',
      missing: none.missing,
    });
    expect(judged(foreign, part)).toMatchObject({ kind: 'unknown', missing: part.missing });
  });

  it('has no target that is known where its pool names no subnet of the cluster', () => {
    const missing = [
      {
        what: 'the subnets behind 20.50.1.4',
        scope: endpoint().at,
        why: 'its backend pool names no node of the cluster',
      },
    ];
    expect(judged(foreign, whole)).toMatchObject({ kind: 'unknown', missing });
    expect(judged(endpoint({}, { backendSubnetIds: known([]) }), known([]))).toMatchObject({
      kind: 'unknown',
      missing,
    });
  });

  it('has a place for each rule in each subnet, and none where its frontend was not read', () => {
    const ids = both.map(({ id }) => id);
    const served = endpoint({}, { backendSubnetIds: known(ids) });
    expect(targetPlaces(served, whole).map((place) => place.subnet.id)).toEqual(ids);
    expect(targetPlaces(endpoint({ frontend: unread('load balancer') }), whole)).toEqual([]);
  });
});

describe('a caller', () => {
  const outside = endpoint();
  const inside = endpoint({ address: '10.1.0.200', visibility: 'private' });
  const v6 = endpoint({ address: '2001:db8::1' });

  it.each([
    ['203.0.113.0/24', outside, true],
    ['203.0.113.0/24', v6, false],
    ['2001:db8:1::/48', v6, true],
    ['2001:db8:1::/48', outside, false],
    ['VirtualNetwork', outside, false],
    ['virtualnetwork', inside, true],
    ['AzureCloud.westeurope', outside, true],
    ['AzureCloud.westeurope', inside, false],
    ['*', inside, true],
  ] as const)('that is %s can address %o: %s', (text, to, expected) => {
    expect(canAddress(text, to, noAddresses)).toBe(expected);
  });
});
