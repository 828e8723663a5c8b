import { describe, expect, it } from 'vitest';
import { hopText, judgeWayOut, leavesByItself } from '../../shared/checks/way-out.ts';
import type { ClusterSubnet } from '../../shared/facts/inference-cluster.ts';
import { known } from '../../shared/model/verdict.ts';
import type { Route } from '../../shared/network/route-table.ts';
import type { Peering, VirtualNetwork } from '../../shared/network/virtual-network.ts';
import {
  cluster,
  defaultRoute,
  networkResource,
  routes,
  settings,
  subnet,
  unread,
  virtualNetwork,
} from './build.ts';

const at = networkResource('routeTables', 'egress');
const appliance = defaultRoute('VirtualAppliance', '10.0.0.4');

/** What is said of a route that leads to the registry. */
function said(
  route: Route | null,
  {
    certain = true,
    trusts = [],
    outboundType,
    from = subnet(),
  }: {
    readonly certain?: boolean;
    readonly trusts?: readonly string[];
    readonly outboundType?: string;
    readonly from?: ClusterSubnet;
  } = {},
) {
  return judgeWayOut(
    { route, certain, at, target: 'the registry', subnet: from, severity: 'medium' },
    cluster(outboundType === undefined ? {} : { outboundType }),
    { ...settings, trustedAppliances: trusts },
  );
}

describe('AKS provides the way out', () => {
  it.each<[string | undefined, boolean]>([
    [undefined, true],
    ['loadBalancer', true],
    ['managedNATGateway', true],
    ['userAssignedNATGateway', true],
    ['userDefinedRouting', false],
    ['none', false],
    ['block', false],
  ])('with outbound type %s: %s', (outboundType, expected) => {
    expect(leavesByItself(outboundType)).toBe(expected);
  });

  it.each([null, defaultRoute('Internet')])('or is not known to: %#', (route) => {
    expect(said(route, { outboundType: 'userDefinedRouting' })).toMatchObject({
      kind: 'unknown',
      missing: [
        {
          what: 'the way out to the registry',
          scope: at,
          why: 'outbound type userDefinedRouting provides none, and no route leads to an appliance',
        },
      ],
    });
  });
});

describe('a route', () => {
  it('to a trusted appliance is assumed to lead out', () => {
    expect(said(appliance, { trusts: ['10.0.0.9', '10.0.0.4'] })).toEqual({
      kind: 'pass',
      summary: 'The appliance at 10.0.0.4 is trusted to let the registry through.',
      evidence: [
        {
          at,
          rule: 'default',
          says: 'route default leads 0.0.0.0/0 to the appliance at 10.0.0.4, which the settings trust (assumed, not proven)',
        },
      ],
      missing: [],
    });
  });

  it.each([
    ['10.0.0.4', ' 10.0.0.4 '],
    ['FD00:0::4', 'fd00::4'],
    ['appliance', 'appliance'],
  ])('to %s is trusted where the settings say "%s"', (address, trusted) => {
    const route = defaultRoute('VirtualAppliance', address);
    expect(said(route, { trusts: [trusted] }).kind).toBe('pass');
  });

  it.each<[string, Route, string]>([
    ['to another appliance than the trusted one', appliance, 'rules of the appliance at 10.0.0.4'],
    [
      'to an appliance without an address',
      defaultRoute('VirtualAppliance'),
      'rules of the appliance at an address that is not set',
    ],
    [
      'to a gateway, although it names a trusted address',
      defaultRoute('VirtualNetworkGateway', '10.0.0.9'),
      'what lies behind the virtual network gateway',
    ],
  ])('%s may lead anywhere', (_, route, what) => {
    expect(said(route, { trusts: ['10.0.0.9'] })).toEqual({
      kind: 'unknown',
      summary: `It cannot be told without ${what}.`,
      evidence: [
        { at, rule: 'default', says: `route default leads 0.0.0.0/0 to ${hopText(route)}` },
      ],
      missing: [
        {
          what,
          scope: at,
          why: 'route default sends the registry there; if it lets that through, name it in egress.trustedAppliances',
        },
      ],
    });
  });

  it('that certainly carries packets drops them with next hop None', () => {
    const says = 'route default leads 0.0.0.0/0 to nowhere (next hop None)';
    expect(said(defaultRoute('None'))).toMatchObject({
      kind: 'fail',
      severity: 'medium',
      evidence: [{ at, rule: 'default', says }],
      missing: [],
    });
    expect(said(defaultRoute('None'), { certain: false })).toMatchObject({
      kind: 'unknown',
      evidence: [],
      missing: [{ what: `whether ${says}`, scope: at, why: 'its service tag is not resolved' }],
    });
  });

  it.each<[Route['nextHopType'], string]>([
    ['VirtualAppliance', 'the appliance at 10.0.0.4'],
    ['VirtualNetworkGateway', 'the virtual network gateway'],
    ['None', 'nowhere (next hop None)'],
    ['VnetLocal', 'the virtual network itself'],
    ['Internet', 'the Internet'],
  ])('to %s leads to %s', (nextHopType, text) => {
    expect(hopText(defaultRoute(nextHopType, '10.0.0.4'))).toBe(text);
  });
});

describe('a gateway', () => {
  const peering = (useRemoteGateways: boolean): Peering => ({
    name: 'hub',
    state: 'Connected',
    remoteNetworkId: networkResource('virtualNetworks', 'hub'),
    remotePrefixes: ['10.9.0.0/16'],
    useRemoteGateways,
  });
  const toOffice: Route = {
    ...defaultRoute('VirtualNetworkGateway'),
    name: 'office',
    addressPrefix: '10.9.0.0/16',
  };
  const learning: Partial<VirtualNetwork> = { hasGateway: true };
  const inNetwork = (
    network: Partial<VirtualNetwork>,
    changes: Partial<ClusterSubnet> = {},
  ): ClusterSubnet => subnet({ virtualNetwork: known(virtualNetwork(network)), ...changes });
  const ignoring = {
    routeTable: known({ id: at, routes: [toOffice], ignoresGatewayRoutes: true }),
  };

  it.each<[string, ClusterSubnet]>([
    ['of the network', inNetwork(learning)],
    ['of one peer of two', inNetwork({ peerings: [peering(false), peering(true)] })],
    ['beside a route table that says nothing of it', inNetwork(learning, routes(toOffice))],
  ])('%s may advertise a default route', (_, from) => {
    expect(said(null, { from })).toMatchObject({
      kind: 'pass',
      evidence: [
        {
          at: virtualNetwork().id,
          says: 'the gateway of spoke is taken to advertise no default route (assumed, not proven)',
        },
      ],
    });
  });

  it.each<[string, ClusterSubnet, Route | null]>([
    ['there is none', inNetwork({}), null],
    ['the peers have their own', inNetwork({ peerings: [peering(false)] }), null],
    ['the network was not read', subnet({ virtualNetwork: unread('network') }), null],
    ['the routes were not read', inNetwork(learning, { routeTable: unread('routes') }), null],
    ['the route table ignores what it advertises', inNetwork(learning, ignoring), null],
    [
      'a default route stands in the table, beside others',
      inNetwork(learning, routes(toOffice, defaultRoute('Internet'))),
      null,
    ],
    ['a route leads to the Internet', inNetwork(learning), defaultRoute('Internet')],
  ])('changes nothing where %s', (_, from, route) => {
    expect(said(route, { from })).toMatchObject({ kind: 'pass', evidence: [] });
  });
});
