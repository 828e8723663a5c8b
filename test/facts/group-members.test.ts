/** Who is in an application security group, as the rows of interfaces, scale sets and endpoints say. */
import { describe, expect, it } from 'vitest';
import { readGroupMembers } from '../../shared/facts/group-members.ts';
import { rowReader } from '../../shared/facts/row-reader.ts';
import { snapshotOf } from '../../shared/inventory/inventory-snapshot.ts';
import { resourceId } from '../../shared/model/resource-id.ts';
import { cidrsOf } from '../../shared/packets/address.ts';
import type { Gap, Row } from '../../shared/ports.ts';
import { type Body, factsOf, estateWith, gap, ids, network, row, subscription } from './build.ts';

const types = {
  interfaces: 'microsoft.network/networkinterfaces',
  scaleSets: 'microsoft.compute/virtualmachinescalesets',
  endpoints: 'microsoft.network/privateendpoints',
} as const;
const group = `${ids.node}/applicationSecurityGroups/Web`;
const other = `${ids.node}/applicationSecurityGroups/other`;

const groups = [group, other].map((id) =>
  row('microsoft.network/applicationsecuritygroups', id, { properties: {} }),
);

function configuration(
  address: string | null,
  groups: readonly string[] = [group],
  more: Body = {},
) {
  return {
    name: 'ipconfig',
    properties: {
      subnet: { id: ids.nodes },
      ...(address === null ? {} : { privateIPAddress: address }),
      applicationSecurityGroups: groups.map((id) => ({ id })),
      ...more,
    },
  };
}

function nic(name: string, ...ipConfigurations: readonly Body[]): Row {
  return row(types.interfaces, `${ids.node}/networkInterfaces/${name}`, {
    properties: { ipConfigurations },
  });
}

function scaleSet(...ipConfigurations: readonly Body[]): Row {
  return row(types.scaleSets, ids.scaleSet, {
    properties: {
      virtualMachineProfile: {
        networkProfile: {
          networkInterfaceConfigurations: [{ name: 'nic', properties: { ipConfigurations } }],
        },
      },
    },
  });
}

function endpoint(...interfaces: readonly string[]): Row {
  return row(types.endpoints, ids.privateEndpoint, {
    properties: {
      subnet: { id: ids.pods },
      applicationSecurityGroups: [{ id: group }],
      networkInterfaces: interfaces.map((id) => ({ id })),
    },
  });
}

function members(rows: readonly (Row | Gap)[], of: string = group) {
  const reader = rowReader(snapshotOf([network(), ...groups, ...rows]));
  const found = readGroupMembers(reader)(resourceId(ids.network), resourceId(ids.cluster));
  const { atLeast, atMost } = found.of(resourceId(of));
  return {
    atLeast: cidrsOf(4, atLeast.v4),
    atMost: atMost === undefined ? 'not known' : cidrsOf(4, atMost.v4),
  };
}

describe('the members of a group', () => {
  it('are the addresses of the interfaces that are in it', () => {
    const rows = [
      nic('a', configuration('10.1.0.4'), configuration('10.1.0.5', [other])),
      nic('b', configuration('10.1.0.6', [group.toUpperCase(), other])),
      nic('c', configuration('10.1.0.7', [])),
    ];
    const exact = ['10.1.0.4/32', '10.1.0.6/32'];
    expect(members(rows)).toEqual({ atLeast: exact, atMost: exact });
  });

  it('are none where everything was read and nobody is in it', () => {
    expect(members([nic('a', configuration('10.1.0.4', [other]))])).toEqual({
      atLeast: [],
      atMost: [],
    });
  });

  it('are of both families', () => {
    const rows = [nic('a', configuration('10.1.0.4'), configuration('fd00::4'))];
    const reader = rowReader(snapshotOf([network(), ...groups, ...rows]));
    const { atLeast } = readGroupMembers(reader)(
      resourceId(ids.network),
      resourceId(ids.cluster),
    ).of(resourceId(group));
    expect(cidrsOf(6, atLeast.v6)).toEqual(['fd00::4/128']);
  });

  it('of a scale set are somewhere in its subnet', () => {
    expect(members([scaleSet(configuration(null)), nic('a', configuration('10.1.4.9'))])).toEqual({
      atLeast: ['10.1.4.9/32'],
      atMost: ['10.1.0.0/24', '10.1.4.9/32'],
    });
  });

  it('without an address in the row are somewhere in their subnet', () => {
    expect(members([nic('a', configuration(null)), nic('b', configuration(''))])).toEqual({
      atLeast: [],
      atMost: ['10.1.0.0/24'],
    });
  });

  it('of a private endpoint have the addresses of its interface', () => {
    const id = `${ids.node}/networkInterfaces/pe`;
    expect(members([endpoint(id), nic('pe', configuration('10.1.4.8', []))])).toEqual({
      atLeast: ['10.1.4.8/32'],
      atMost: ['10.1.4.8/32'],
    });
    expect(members([endpoint(id)])).toEqual({ atLeast: [], atMost: ['10.1.4.0/22'] });
    expect(members([endpoint()])).toEqual({ atLeast: [], atMost: ['10.1.4.0/22'] });
  });

  const one = nic('a', configuration('10.1.0.4'));
  it.each<[string, readonly (Row | Gap)[]]>([
    ['interfaces', [one, gap(types.interfaces, `/subscriptions/${subscription}`)]],
    ['scale sets', [one, gap(types.scaleSets, `/subscriptions/${subscription}`)]],
    ['private endpoints of one resource group', [one, gap(types.endpoints, ids.groupOfNodes)]],
    ['the subnet of a scale set', [one, scaleSet(configuration(null, [group], { subnet: null }))]],
    [
      'the network of a scale set',
      [
        one,
        scaleSet(
          configuration(null, [group], {
            subnet: { id: `${ids.node}/virtualNetworks/n/subnets/s` },
          }),
        ),
      ],
    ],
    ['one interface, as its row is not understood', [one, nic('b', { properties: 'torn' })]],
  ])('may be more where what is not known is %s', (_, rows) => {
    expect(members(rows)).toEqual({ atLeast: ['10.1.0.4/32'], atMost: 'not known' });
  });

  it('of a group that was not read may be anybody', () => {
    expect(members([one], `${group}-2`)).toEqual({ atLeast: [], atMost: 'not known' });
  });

  it('of another subscription’s group may be more, where that was not read', () => {
    const elsewhere = '22222222-2222-2222-2222-222222222222';
    const far = group.replace(subscription, elsewhere);
    const rows = [
      one,
      row('microsoft.network/applicationsecuritygroups', far, { properties: {} }),
      gap(types.interfaces, `/subscriptions/${elsewhere}`),
    ];
    expect(members(rows, far)).toEqual({
      atLeast: [],
      atMost: 'not known',
    });
  });
});

it('are facts of every subnet', () => {
  const facts = factsOf(estateWith(nic('a', configuration('10.1.0.4'))));
  const subnets = facts.subnets.known ? facts.subnets.value : [];
  expect(subnets.length).toBeGreaterThan(0);
  for (const { groupMembers } of subnets) {
    expect(groupMembers?.of(resourceId(group)).atLeast.v4).toHaveLength(2);
  }
});
