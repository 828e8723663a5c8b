/** What Kubernetes gives out by itself, from rows as Azure writes them. */
import { describe, expect, it } from 'vitest';
import type { AddressPlan } from '../../shared/facts/address-plan.ts';
import { foundIn } from '../../shared/model/verdict.ts';
import type { Gap, Row } from '../../shared/ports.ts';
import {
  type Body,
  cluster,
  compute,
  estateWith,
  factsOf,
  gap,
  ids,
  missingIn,
  subscription,
  valueOf,
} from './build.ts';

/** As the management API has written it since 2023. */
const profile = {
  networkPlugin: 'azure',
  networkPluginMode: 'overlay',
  podCidr: '10.244.0.0/16',
  podCidrs: ['10.244.0.0/16'],
  serviceCidr: '10.0.0.0/16',
  serviceCidrs: ['10.0.0.0/16'],
  dnsServiceIP: '10.0.0.10',
  outboundType: 'loadBalancer',
};

function planOf(networkProfile: Body | null, ...rows: readonly (Row | Gap)[]): AddressPlan {
  return factsOf(estateWith(cluster({ networkProfile }), ...rows)).addresses;
}

function legacy(aksNetworkingConfiguration: Body | null): Row {
  return compute({ computeType: 'AKS', properties: { aksNetworkingConfiguration } });
}

describe('the address plan of a cluster', () => {
  it('has what the network profile says', () => {
    const plan = planOf(profile);
    expect(valueOf(plan.serviceCidrs)).toEqual(['10.0.0.0/16']);
    expect(valueOf(plan.dnsServiceIp)).toBe('10.0.0.10');
    expect(valueOf(plan.pods)).toEqual({ from: 'overlay', cidrs: ['10.244.0.0/16'] });
  });

  it('unites the singular and the plural, both families', () => {
    const serviceCidrs = ['10.0.0.0/16', 'fd12:3456:789a::/108'];
    const podCidrs = ['10.244.0.0/16', 'fd00:10::/64'];
    const plan = planOf({ ...profile, serviceCidrs, podCidrs });
    expect(valueOf(plan.serviceCidrs)).toEqual(serviceCidrs);
    expect(valueOf(plan.pods).cidrs).toEqual(podCidrs);
  });

  it.each([
    ['azure', undefined, 'subnets'],
    ['Azure', 'Overlay', 'overlay'],
    ['kubenet', undefined, 'kubenet'],
    ['none', undefined, 'ownPlugin'],
  ] as const)('knows where pods have their addresses from: %s %s', (plugin, mode, from) => {
    const { pods } = planOf({ ...profile, networkPlugin: plugin, networkPluginMode: mode });
    const carried = from === 'overlay' || from === 'kubenet';
    expect(valueOf(pods)).toEqual({ from, cidrs: carried ? ['10.244.0.0/16'] : [] });
  });

  it.each([null, {}, { ...profile, networkPlugin: 'future', podCidr: 7 }])(
    'is not guessed from a profile of %j',
    (networkProfile) => {
      const facts = factsOf(estateWith(cluster({ networkProfile })));
      const { serviceCidrs, dnsServiceIp, pods } = facts.addresses;
      const unread = [
        pods,
        ...(facts.unreadable === undefined ? [] : [serviceCidrs, dnsServiceIp]),
      ];
      for (const value of unread) expect(missingIn(value)).not.toEqual([]);
    },
  );

  it('needs the range of pods that have one', () => {
    const { pods } = planOf({ ...profile, podCidr: '', podCidrs: null });
    expect(missingIn(pods)).toEqual([
      'pod CIDR of the cluster: properties.networkProfile.podCidr is absent',
    ]);
  });

  it('keeps what is no CIDR as it is written, for a check to say so', () => {
    expect(
      valueOf(planOf({ ...profile, serviceCidrs: null, serviceCidr: 'x' }).serviceCidrs),
    ).toEqual(['x']);
  });

  it('has the docker bridge of the v1 compute and of old rows of the cluster', () => {
    const plan = planOf(
      { ...profile, dockerBridgeCidr: '172.17.0.1/16' },
      legacy({ dockerBridgeCidr: '172.18.0.1/16', serviceCidr: '10.0.0.0/16' }),
    );
    expect(valueOf(plan.dockerBridges)).toEqual([
      { cidr: '172.17.0.1/16', at: ids.cluster.toLowerCase() },
      { cidr: '172.18.0.1/16', at: ids.compute.toLowerCase() },
    ]);
    expect(valueOf(planOf(profile, legacy(null)).dockerBridges)).toEqual([]);
  });

  it('does not know of bridges where computes were not read, but of those that it saw', () => {
    const missed = gap(
      'microsoft.machinelearningservices/workspaces/computes',
      `/subscriptions/${subscription}`,
    );
    const { dockerBridges } = planOf(
      profile,
      legacy({ dockerBridgeCidr: '172.18.0.1/16' }),
      missed,
    );
    expect(dockerBridges.known).toBe(false);
    expect(foundIn(dockerBridges)).toHaveLength(1);
  });
});
