/** What the `VirtualNetwork` tag covers in one subnet, by what surrounds the subnet. */
import { expect, test } from 'vitest';
import { resourceId } from '../../shared/model/resource-id.ts';
import { known, unknown } from '../../shared/model/verdict.ts';
import type { Route } from '../../shared/network/route-table.ts';
import { noServiceTags, serviceTags } from '../../shared/network/service-tags.ts';
import {
  type Peering,
  type VirtualNetwork,
  isDefaultRoute,
  virtualNetworkBounds,
} from '../../shared/network/virtual-network.ts';
import { addressSet, equalAddresses, realAddresses } from '../../shared/packets/address.ts';

const host = '168.63.129.16';
const own = '10.0.0.0/16';
const onPremises = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'];

function network(changes: Partial<VirtualNetwork> = {}): VirtualNetwork {
  return {
    id: resourceId('/vnet'),
    name: 'vnet',
    addressPrefixes: [own],
    subnets: known([]),
    peerings: [],
    hasGateway: false,
    ...changes,
  };
}

function peering(changes: Partial<Peering> = {}): Peering {
  return {
    name: 'peer',
    state: 'Connected',
    remoteNetworkId: resourceId('/peer'),
    remotePrefixes: ['10.9.0.0/16'],
    useRemoteGateways: false,
    ...changes,
  };
}

const peered = (changes: Partial<Peering> = {}) => network({ peerings: [peering(changes)] });

function routed(addressPrefix: string, nextHopType: Route['nextHopType']) {
  return known({
    id: resourceId('/routes'),
    routes: [{ name: 'route', addressPrefix, nextHopType }],
  });
}

const noTable = known(null);
const list = serviceTags([{ name: 'Storage', addressPrefixes: ['20.1.0.0/16'] }]);
const everything = 'everything';

/** The prefixes beside the host and the network's own, for certain and at the most. */
const cases: readonly {
  readonly is: string;
  readonly network?: VirtualNetwork;
  readonly table?: Parameters<typeof virtualNetworkBounds>[1];
  readonly onPremises?: readonly string[];
  readonly atLeast?: readonly string[];
  readonly wider?: readonly string[] | typeof everything;
}[] = [
  { is: 'a network by itself' },
  { is: 'a connected peer', network: peered(), atLeast: ['10.9.0.0/16'] },
  ...(['Disconnected', 'Initiated', 'Closed'] as const).map((state) => ({
    is: `a peer that is ${state}`,
    network: peered({ state }),
  })),
  {
    is: 'a peer out of date',
    network: peered({ perhapsPrefixes: ['10.8.0.0/16'] }),
    atLeast: ['10.9.0.0/16'],
    wider: ['10.8.0.0/16'],
  },
  {
    is: 'a peer that only perhaps brings anything',
    network: peered({ remotePrefixes: [], perhapsPrefixes: ['10.8.0.0/16'] }),
    wider: ['10.8.0.0/16'],
  },
  {
    is: 'a peer that brings nobody knows what',
    network: peered({ remotePrefixes: [] }),
    wider: everything,
  },
  {
    is: 'a disconnected peer that would bring nobody knows what',
    network: peered({ state: 'Disconnected', remotePrefixes: [] }),
  },
  {
    is: 'two peers, of which one brings nobody knows what',
    network: network({ peerings: [peering(), peering({ remotePrefixes: [] })] }),
    atLeast: ['10.9.0.0/16'],
    wider: everything,
  },
  { is: 'a gateway', network: network({ hasGateway: true }), wider: onPremises },
  {
    is: 'a gateway to what is said to lie behind it',
    network: network({ hasGateway: true }),
    onPremises: ['172.20.0.0/16'],
    wider: ['172.20.0.0/16'],
  },
  { is: 'no gateway, whatever would lie behind one', onPremises: ['172.20.0.0/16'] },
  {
    is: "a connected peer's gateway",
    network: peered({ useRemoteGateways: true }),
    atLeast: ['10.9.0.0/16'],
    wider: onPremises,
  },
  {
    is: "a closed peer's gateway",
    network: peered({ useRemoteGateways: true, state: 'Closed' }),
    wider: onPremises,
  },
  {
    is: "a disconnected peer's gateway",
    network: peered({ useRemoteGateways: true, state: 'Disconnected' }),
  },
  {
    is: 'a route table that was not read',
    table: unknown({ what: 'routes', scope: '/routes', why: 'not read' }),
    wider: everything,
  },
  ...(['VirtualAppliance', 'VirtualNetworkGateway', 'VnetLocal'] as const).map((hop) => ({
    is: `a route to ${hop}`,
    table: routed('172.20.0.0/16', hop),
    atLeast: ['172.20.0.0/16'],
  })),
  ...(['Internet', 'None'] as const).map((hop) => ({
    is: `a route to ${hop}`,
    table: routed('172.20.0.0/16', hop),
    wider: ['172.20.0.0/16'],
  })),
  ...(['VirtualAppliance', 'VirtualNetworkGateway'] as const).map((hop) => ({
    is: `a default route to ${hop}`,
    table: routed('0.0.0.0/0', hop),
    wider: ['0.0.0.0/0'],
  })),
  ...(['Internet', 'None', 'VnetLocal'] as const).map((hop) => ({
    is: `a default route to ${hop}`,
    table: routed('0.0.0.0/0', hop),
  })),
  {
    is: 'a route of a listed service tag',
    table: routed('Storage', 'VirtualAppliance'),
    wider: ['20.1.0.0/16'],
  },
  {
    is: 'a route of a service tag that no list has',
    table: routed('Sql', 'Internet'),
    wider: everything,
  },
];

test.each(cases)('$is', ({ network: around = network(), table = noTable, ...more }) => {
  const tags = more.is.includes('listed') ? list : noServiceTags;
  const bounds = virtualNetworkBounds(around, table, tags, more.onPremises ?? []);
  const least = [host, own, ...(more.atLeast ?? [])];
  expect(equalAddresses(bounds.atLeast, addressSet(least))).toBe(true);
  const most =
    more.wider === everything ? realAddresses : addressSet([...least, ...(more.wider ?? [])]);
  expect(equalAddresses(bounds.atMost, most)).toBe(true);
});

test('what is around one network is worked out once, and anew where something is otherwise', () => {
  const around = network({ hasGateway: true });
  const table = routed('Storage', 'VirtualAppliance');
  const behind = ['172.20.0.0/16'];
  const questions = [
    [table, noServiceTags, behind],
    [table, list, behind],
    [noTable, list, behind],
    [noTable, list, []],
  ] as const;
  const ask = () =>
    questions.map(([routes, tags, beyond]) => virtualNetworkBounds(around, routes, tags, beyond));
  const first = ask();
  expect(new Set(first).size).toBe(questions.length);
  for (const [index, again] of ask().entries()) expect(again).toBe(first[index]);
  expect(first.map(({ atMost }) => equalAddresses(atMost, realAddresses))).toEqual([
    true,
    false,
    false,
    false,
  ]);
});

test('of many questions about one network only the last sixteen are kept', () => {
  const around = network();
  const tables = Array.from({ length: 17 }, (_, at) => routed(`172.20.${at}.0/24`, 'VnetLocal'));
  const ask = (nth: number) =>
    virtualNetworkBounds(around, tables[nth] ?? noTable, noServiceTags, onPremises);
  const first = tables.map((_, nth) => ask(nth));
  expect(ask(16)).toBe(first[16]);
  expect(ask(1)).toBe(first[1]);
  expect(ask(0)).not.toBe(first[0]);
  expect(ask(0)).toEqual(first[0]);
});

test('a default route is of either family, however it is written', () => {
  expect(
    ['0.0.0.0/0', ' ::/0 ', '10.0.0.0/8', '0.0.0.0/00', 'Internet'].map(isDefaultRoute),
  ).toEqual([true, true, false, false, false]);
});
