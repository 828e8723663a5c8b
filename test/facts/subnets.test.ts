import { describe, expect, it } from 'vitest';
import type { ClusterSubnet } from '../../shared/facts/inference-cluster.ts';
import { foundIn, known } from '../../shared/model/verdict.ts';
import type { InventorySnapshot } from '../../shared/inventory/inventory-snapshot.ts';
import { noServiceTags } from '../../shared/network/service-tags.ts';
import { virtualNetworkBounds } from '../../shared/network/virtual-network.ts';
import {
  addressSet,
  intersectAddresses,
  isEmptyAddresses,
  subtractAddresses,
} from '../../shared/packets/address.ts';
import type { Row } from '../../shared/ports.ts';
import {
  type Body,
  cluster,
  estateWith,
  estateWithout,
  factsOf,
  gap,
  ids,
  missingIn,
  network,
  row,
  scaleSet,
  securityGroup,
  valueOf,
} from './build.ts';

const vmss = 'microsoft.compute/virtualmachinescalesets';
const nics = 'microsoft.network/networkinterfaces';
const managedNetwork = `${ids.node}/virtualNetworks/aks-vnet`;
const managedPools = cluster({ agentPoolProfiles: [{ name: 'np', vnetSubnetID: null }] });

function subnetsOf(snapshot: InventorySnapshot): readonly ClusterSubnet[] {
  return valueOf(factsOf(snapshot).subnets);
}

function nodesOf(snapshot: InventorySnapshot): ClusterSubnet {
  const found = subnetsOf(snapshot).find(({ id }) => id === ids.nodes.toLowerCase());
  if (found === undefined) throw new RangeError('No node subnet');
  return found;
}

function nic(properties: Readonly<Record<string, unknown>>) {
  return row(nics, `${ids.node}/networkInterfaces/nic`, { properties });
}

function aksNetwork(...names: readonly string[]) {
  return row('microsoft.network/virtualnetworks', managedNetwork, {
    properties: {
      addressSpace: { addressPrefixes: ['10.224.0.0/12'] },
      subnets: names.map((name) => ({
        id: `${managedNetwork}/subnets/${name}`,
        properties: {
          addressPrefix: '10.224.0.0/16',
          delegations: name.startsWith('api')
            ? [{ properties: { serviceName: 'Microsoft.ContainerService/managedClusters' } }]
            : [],
        },
      })),
    },
  });
}

describe('the subnets of a cluster', () => {
  it('come from the agent pools, with everything that bears on them', () => {
    const subnet = nodesOf(estateWith());
    expect(subnet).toMatchObject({ usedBy: ['nodes'], managedByAks: false });
    expect(valueOf(subnet.exists)).toBe(true);
    expect(valueOf(subnet.delegatedTo)).toEqual([]);
    expect(valueOf(subnet.prefixes)).toEqual(['10.1.0.0/24']);
    expect(valueOf(subnet.securityGroup)?.name).toBe('nodes-nsg');
    expect(valueOf(subnet.nodeSecurityGroups).map((group) => group?.name)).toEqual([
      'aks-agentpool-nsg',
    ]);
    expect(valueOf(subnet.routeTable)).toBeNull();
    expect(valueOf(subnet.adminRules)).toEqual([]);
    expect(valueOf(subnet.virtualNetwork)).toMatchObject({
      name: 'Spoke',
      addressPrefixes: ['10.1.0.0/16'],
      hasGateway: false,
      peerings: [],
      subnets: known([
        { name: 'nodes', prefixes: ['10.1.0.0/24'] },
        { name: 'pods', prefixes: ['10.1.4.0/22'] },
      ]),
    });
  });

  it('are in a network of which not every subnet has a range that is known', () => {
    const subnets = [
      { id: ids.nodes, properties: { addressPrefix: '10.1.0.0/24' } },
      { name: 'Bare' },
    ];
    const listed = valueOf(nodesOf(estateWith(network({ subnets }))).virtualNetwork).subnets;
    expect(foundIn(listed)).toEqual([{ name: 'nodes', prefixes: ['10.1.0.0/24'] }]);
    expect(listed.known ? [] : listed.missing.map(({ what }) => what)).toEqual([
      'address prefixes of subnet Bare',
    ]);
  });

  it('say to which services they are delegated', () => {
    const delegations = [
      { name: 'aci', properties: { serviceName: 'Microsoft.ContainerInstance/containerGroups' } },
    ];
    const subnet = nodesOf(estateWith(network({}, { delegations })));
    expect(valueOf(subnet.delegatedTo)).toEqual(['microsoft.containerinstance/containergroups']);
  });

  it('do not exist where their network lists them not, which is more than not to know', () => {
    const gone = nodesOf(estateWith(network({ subnets: [] })));
    expect(valueOf(gone.exists)).toBe(false);
    expect(gone.delegatedTo.known).toBe(false);
    expect(nodesOf(estateWithout([ids.network])).exists.known).toBe(false);
    const bare = nodesOf(estateWith(network({ subnets: [{ id: ids.nodes }] })));
    expect(valueOf(bare.exists)).toBe(true);
    expect(missingIn(bare.delegatedTo)[0]).toContain('without properties');
  });

  it('include pods with a subnet of their own, behind the interfaces of the nodes', () => {
    const pools = [{ vnetSubnetID: ids.nodes, podSubnetID: ids.pods }];
    const [nodes, pods] = subnetsOf(estateWith(cluster({ agentPoolProfiles: pools })));
    expect(nodes?.usedBy).toEqual(['nodes']);
    expect(pods?.usedBy).toEqual(['pods']);
    expect(pods && valueOf(pods.prefixes)).toEqual(['10.1.4.0/22']);
    expect(pods && valueOf(pods.nodeSecurityGroups)).toHaveLength(1);
  });

  it("tell pods from nodes where an interface has an address in the pods' subnet", () => {
    const pools = [{ vnetSubnetID: ids.nodes, podSubnetID: ids.pods }];
    const ipConfigurations = [{ properties: { subnet: { id: ids.pods } } }];
    const snapshot = estateWith(cluster({ agentPoolProfiles: pools }), nic({ ipConfigurations }));
    expect(subnetsOf(snapshot).map(({ usedBy }) => usedBy)).toEqual([['nodes'], ['pods']]);
  });

  it('include the subnet of the API server, which has no interface of the customer', () => {
    const snapshot = estateWith(cluster({ apiServerAccessProfile: { subnetId: ids.pods } }));
    const api = subnetsOf(snapshot).find(({ usedBy }) => usedBy.includes('apiServer'));
    expect(api?.id).toBe(ids.pods.toLowerCase());
    expect(api && valueOf(api.nodeSecurityGroups)).toEqual([null]);
  });

  it('include those of a hosted system pool', () => {
    const hosted = { systemNodeSubnetID: ids.pods };
    expect(subnetsOf(estateWith(cluster({ hostedSystemProfile: hosted })))).toHaveLength(2);
  });

  it('include those of interfaces in the node resource group that no pool names', () => {
    const ipConfigurations = [{ properties: { subnet: { id: ids.pods } } }];
    expect(subnetsOf(estateWith(nic({ ipConfigurations }))).map(({ usedBy }) => usedBy)).toEqual([
      ['nodes'],
      ['nodes'],
    ]);
  });

  it('do not include that of a private endpoint beside the nodes', () => {
    const ipConfigurations = [{ properties: { subnet: { id: ids.pods } } }];
    const privateEndpoint = { id: ids.privateEndpoint };
    expect(subnetsOf(estateWith(nic({ ipConfigurations, privateEndpoint })))).toHaveLength(1);
  });

  it('come from scale sets where AKS manages the network', () => {
    expect(subnetsOf(estateWith(managedPools)).map(({ id }) => id)).toEqual([
      ids.nodes.toLowerCase(),
    ]);
  });

  it('are the only one of the only managed network where no interface was read', () => {
    const [subnet, ...others] = subnetsOf(
      estateWithout([ids.scaleSet], managedPools, aksNetwork('nodes', 'api'), gap(vmss, '/')),
    );
    expect(others).toEqual([]);
    expect(subnet).toMatchObject({ managedByAks: true, usedBy: ['nodes'] });
    expect(subnet && missingIn(subnet.nodeSecurityGroups)).toEqual([
      `rows of ${vmss}: not authorised`,
    ]);
  });

  it('are unknown where the managed network has several', () => {
    const snapshot = estateWithout([ids.scaleSet], managedPools, aksNetwork('one', 'two'));
    expect(missingIn(factsOf(snapshot).subnets)).toEqual([
      'subnets of the cluster: it holds 2 such subnets, and nothing says which is used',
    ]);
  });

  it('are unknown where the managed network was not read', () => {
    const snapshot = estateWithout(
      [ids.scaleSet],
      managedPools,
      aksNetwork('nodes'),
      gap('microsoft.network/virtualnetworks', ids.groupOfNodes),
    );
    expect(factsOf(snapshot).subnets.known).toBe(false);
  });

  it('find the API server subnet in the managed network by its delegation', () => {
    const integrated = { enableVnetIntegration: true, enablePrivateCluster: true };
    const snapshot = estateWithout(
      [ids.scaleSet],
      cluster({ agentPoolProfiles: [], apiServerAccessProfile: integrated }),
      aksNetwork('nodes', 'api'),
    );
    expect(subnetsOf(snapshot).map(({ usedBy }) => usedBy)).toEqual([['apiServer'], ['nodes']]);
  });

  it('are unknown with node auto-provisioning and unread interfaces', () => {
    const automatic = cluster({ nodeProvisioningProfile: { mode: 'Auto' } });
    expect(factsOf(estateWith(automatic, gap(nics, '/'))).subnets.known).toBe(false);
    expect(factsOf(estateWith(automatic, gap(vmss, '/'))).subnets.known).toBe(false);
    expect(factsOf(estateWith(automatic)).subnets.known).toBe(true);
    expect(factsOf(estateWith(gap(nics, '/'))).subnets.known).toBe(true);
  });
});

describe('what bears on a subnet', () => {
  it('is proven absent in a subnet that was read', () => {
    expect(
      valueOf(nodesOf(estateWith(network({}, { networkSecurityGroup: null }))).securityGroup),
    ).toBeNull();
  });

  it.each([
    [ids.nsg, 'securityGroup', 'network security group'],
    [ids.nodeNsg, 'nodeSecurityGroups', 'network security group'],
    [ids.network, 'virtualNetwork', 'virtual network'],
    [ids.network, 'prefixes', 'virtual network'],
    [ids.network, 'securityGroup', 'virtual network'],
    [ids.network, 'routeTable', 'virtual network'],
  ] as const)('is unknown where %s is referred to and absent: %s', (id, member, what) => {
    expect(missingIn(nodesOf(estateWithout([id]))[member])).toEqual([
      `${what} ${id.slice(id.lastIndexOf('/') + 1).toLowerCase()}: it is referred to, and it is not among the rows that were read`,
    ]);
  });

  it.each([[null], [[]], [undefined]])(
    'is unknown where the network has the address prefixes %j',
    (addressPrefixes) => {
      const facts = nodesOf(estateWith(network({ addressSpace: { addressPrefixes } })));
      expect(missingIn(facts.virtualNetwork)[0]).toMatch(/^address space of virtual network/);
    },
  );

  it('is unknown where the network does not list the subnet', () => {
    expect(missingIn(nodesOf(estateWith(network({ subnets: [] }))).securityGroup)).toEqual([
      'subnet: its virtual network was read and does not list it',
    ]);
  });

  it('is unknown where a rule is not understood, and the rule, field and value are named', () => {
    const rule = {
      name: 'r',
      properties: { priority: 100, direction: 'Inbound', access: 'Perhaps', protocol: 'Tcp' },
    };
    expect(missingIn(nodesOf(estateWith(securityGroup(ids.nsg, [rule]))).securityGroup)[0]).toMatch(
      /security rule "r": access: "Perhaps" is none of Allow, Deny/,
    );
  });

  it.each([
    ['an address that is none', { sourceAddressPrefix: '789' }, '789'],
    ['no address at all', {}, 'no source'],
    ['no ports', { sourceAddressPrefix: '*', destinationPortRange: '' }, 'no port range'],
  ])('keeps a rule with %s as one that may match anything', (_, changes, text) => {
    const properties = {
      priority: 100,
      direction: 'Inbound',
      access: 'Allow',
      protocol: 'Tcp',
      sourcePortRange: '*',
      destinationAddressPrefix: '*',
      destinationPortRange: '443',
      ...changes,
    };
    const estate = estateWith(securityGroup(ids.nsg, [{ name: 'r', properties }]));
    const rules = valueOf(nodesOf(estate).securityGroup)?.rules ?? [];
    expect(rules.find(({ name }) => name === 'r')?.sources).toEqual([{ kind: 'unclear', text }]);
  });

  it('is unknown where a security group has no properties: a listing proves no default rules', () => {
    const bare = row('microsoft.network/networksecuritygroups', ids.nsg);
    expect(nodesOf(estateWith(bare)).securityGroup.known).toBe(false);
  });

  it('is null on interfaces without a security group', () => {
    expect(valueOf(nodesOf(estateWith(scaleSet(null))).nodeSecurityGroups)).toEqual([null]);
  });

  it('is unknown on interfaces that nobody read', () => {
    expect(missingIn(nodesOf(estateWithout([ids.scaleSet])).nodeSecurityGroups)).toEqual([
      'network interfaces of the nodes: no scale set or network interface in this subnet was read',
    ]);
    expect(nodesOf(estateWith(gap(vmss, ids.groupOfNodes))).nodeSecurityGroups.known).toBe(false);
    expect(nodesOf(estateWith(gap(nics, '/'))).nodeSecurityGroups.known).toBe(true);
    const single = cluster({
      agentPoolProfiles: [{ vnetSubnetID: ids.nodes, type: 'VirtualMachines' }],
    });
    expect(nodesOf(estateWith(single, gap(nics, '/'))).nodeSecurityGroups.known).toBe(false);
  });

  it('is the route table with its routes', () => {
    const routes = row('microsoft.network/routetables', ids.routes, {
      properties: {
        routes: [
          {
            name: 'all',
            properties: {
              addressPrefix: '0.0.0.0/0',
              nextHopType: 'virtualappliance',
              nextHopIpAddress: '10.9.0.4',
            },
          },
          {
            name: 'none',
            properties: { addressPrefix: '10.9.0.0/16', nextHopType: 'None', nextHopIpAddress: '' },
          },
        ],
      },
    });
    const snapshot = estateWith(network({}, { routeTable: { id: ids.routes } }), routes);
    expect(valueOf(nodesOf(snapshot).routeTable)?.routes).toEqual([
      {
        name: 'all',
        addressPrefix: '0.0.0.0/0',
        nextHopType: 'VirtualAppliance',
        nextHopIpAddress: '10.9.0.4',
      },
      { name: 'none', addressPrefix: '10.9.0.0/16', nextHopType: 'None' },
    ]);
  });

  it('is the network with its gateway and its peers, their own address space included', () => {
    const hub = `${ids.groupOfNetwork}/providers/Microsoft.Network/virtualNetworks/hub`;
    const peering = {
      name: 'to-hub',
      properties: {
        peeringState: 'connected',
        remoteVirtualNetwork: { id: hub },
        remoteAddressSpace: { addressPrefixes: ['10.2.0.0/16'] },
        remoteVirtualNetworkAddressSpace: { addressPrefixes: ['10.2.0.0/16', '10.3.0.0/16'] },
        useRemoteGateways: true,
      },
    };
    const snapshot = estateWith(
      network({
        virtualNetworkPeerings: [peering],
        subnets: [
          { name: 'gatewaysubnet' },
          { id: ids.nodes, properties: { addressPrefix: '10.1.0.0/24' } },
        ],
      }),
      row('microsoft.network/virtualnetworks', hub, {
        properties: { addressSpace: { addressPrefixes: ['10.4.0.0/16'] }, subnets: [] },
      }),
    );
    expect(valueOf(nodesOf(snapshot).virtualNetwork)).toMatchObject({
      hasGateway: true,
      peerings: [
        {
          name: 'to-hub',
          state: 'Connected',
          remoteNetworkId: hub.toLowerCase(),
          remotePrefixes: ['10.2.0.0/16'],
          perhapsPrefixes: ['10.3.0.0/16', '10.4.0.0/16'],
          useRemoteGateways: true,
        },
      ],
    });
  });
});

it('the security groups of nodes that were read stay beside those that were not', () => {
  const second = row(vmss, `${ids.scaleSet}2`, {
    properties: {
      virtualMachineProfile: {
        networkProfile: {
          networkInterfaceConfigurations: [
            {
              properties: {
                networkSecurityGroup: { id: `${ids.nodeNsg}2` },
                ipConfigurations: [{ properties: { subnet: { id: ids.nodes } } }],
              },
            },
          ],
        },
      },
    },
  });
  for (const unread of [second, gap(vmss, ids.groupOfNodes)]) {
    const { nodeSecurityGroups } = nodesOf(estateWith(unread));
    expect(nodeSecurityGroups.known).toBe(false);
    expect(foundIn(nodeSecurityGroups).map((group) => group?.name)).toEqual(['aks-agentpool-nsg']);
  }
});

describe('a peering', () => {
  const hub = `${ids.groupOfNetwork}/providers/Microsoft.Network/virtualNetworks/hub`;
  const known = {
    peeringState: 'Connected',
    remoteVirtualNetwork: { id: hub },
    remoteAddressSpace: { addressPrefixes: ['10.2.0.0/16'] },
  };

  /** The first peering of the nodes' network, and whether addresses belong to the VirtualNetwork tag. */
  function read(properties: Body, ...rows: readonly Row[]) {
    const virtualNetworkPeerings = [{ name: 'hub', properties: { ...known, ...properties } }];
    const subnet = nodesOf(estateWith(network({ virtualNetworkPeerings }), ...rows));
    const value = valueOf(subnet.virtualNetwork);
    const bounds = virtualNetworkBounds(value, subnet.routeTable, noServiceTags, []);
    return {
      state: value.peerings[0]?.state,
      holds: (prefix: string) =>
        isEmptyAddresses(subtractAddresses(addressSet([prefix]), bounds.atLeast))
          ? 'certainly'
          : isEmptyAddresses(intersectAddresses(bounds.atMost, addressSet([prefix])))
            ? 'never'
            : 'perhaps',
    };
  }

  it.each([
    [true, 'Connected', 'certainly'],
    [undefined, 'Connected', 'certainly'],
    [false, 'Closed', 'never'],
    ['false', 'Closed', 'never'],
  ])('with allowVirtualNetworkAccess %j is %s', (allowVirtualNetworkAccess, state, holds) => {
    const peering = read({ allowVirtualNetworkAccess });
    expect(peering.state).toBe(state);
    expect(peering.holds('10.2.0.0/16')).toBe(holds);
  });

  it('that keeps traffic out may still bring what is behind the remote gateway', () => {
    const closed = { allowVirtualNetworkAccess: false, useRemoteGateways: true };
    expect(read(closed).holds('172.16.0.0/12')).toBe('perhaps');
  });

  it('brings perhaps what it has not taken over', () => {
    const remote = row('microsoft.network/virtualnetworks', hub, {
      properties: {
        addressSpace: { addressPrefixes: ['10.2.0.0/16', '10.5.0.0/16'] },
        subnets: [],
      },
    });
    const { holds } = read(
      { remoteVirtualNetworkAddressSpace: { addressPrefixes: ['10.4.0.0/16'] } },
      remote,
    );
    expect(['10.2.0.0/16', '10.4.0.0/16', '10.5.0.0/16', '10.6.0.0/16'].map(holds)).toEqual([
      'certainly',
      'perhaps',
      'perhaps',
      'never',
    ]);
  });

  it('of subnets brings for certain only those, where the remote network lists them', () => {
    const ofSubnets = { peerCompleteVnets: false, remoteSubnetNames: ['App'] };
    const remote = row('microsoft.network/virtualnetworks', hub, {
      properties: {
        addressSpace: { addressPrefixes: ['10.2.0.0/16'] },
        subnets: [
          { name: 'app', properties: { addressPrefix: '10.2.1.0/24' } },
          { name: 'other', properties: { addressPrefix: '10.2.2.0/24' } },
        ],
      },
    });
    expect(['10.2.1.0/24', '10.2.2.0/24'].map(read(ofSubnets, remote).holds)).toEqual([
      'certainly',
      'perhaps',
    ]);
    expect(read(ofSubnets).holds('10.2.1.0/24')).toBe('perhaps');
  });
});

describe('security admin rules', () => {
  const type = 'microsoft.network/effectivesecurityadminrules';
  const rule = {
    name: 'deny-ssh',
    properties: {
      protocol: 'Any',
      access: 'Deny',
      priority: 10,
      direction: 'Inbound',
      sources: [{ addressPrefix: 'Internet', addressPrefixType: 'ServiceTag' }],
      destinationPortRanges: ['22'],
    },
  };
  const below = `${ids.network}/providers/Microsoft.Network/effectiveSecurityAdminRules/default`;
  const apart = `${ids.groupOfNetwork}/providers/Microsoft.Network/effectiveSecurityAdminRules/x`;

  it.each([
    ['a list below the network', row(type, below, { properties: { rules: [rule] } })],
    ['the whole response', row(type, below, { value: [rule] })],
    ['one rule per row', row(type, below, rule)],
    [
      'a row that names the network',
      row(type, apart, { properties: { virtualNetwork: { id: ids.network }, value: [rule] } }),
    ],
  ])('are read from %s', (_, body) => {
    expect(valueOf(nodesOf(estateWith(body)).adminRules)).toMatchObject([
      { name: 'deny-ssh', protocol: '*', access: 'Deny', destinationPorts: [{ from: 22, to: 22 }] },
    ]);
  });

  it('are unknown where they come from several network managers, whose order nobody says', () => {
    const of = (manager: string, name: string) => {
      const made = `${ids.groupOfNetwork}/providers/Microsoft.Network/networkManagers/${manager}`;
      return row(type, `${below}-${name}`, {
        value: [
          { ...rule, id: `${made}/securityAdminConfigurations/c/ruleCollections/r/rules/${name}` },
        ],
      });
    };
    expect(valueOf(nodesOf(estateWith(of('a', '1'), of('A', '2'))).adminRules)).toHaveLength(2);
    expect(missingIn(nodesOf(estateWith(of('a', '1'), of('b', '2'))).adminRules)).toEqual([
      expect.stringContaining('the order of several network managers'),
    ]);
  });

  it('that name no network may be those of any, wherever their manager is', () => {
    const elsewhere = '/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/m';
    const manager = `${elsewhere}/providers/Microsoft.Network/networkManagers/nm`;
    const lost = row(type, `${manager}/rules/r`, rule);
    expect(nodesOf(estateWith(lost)).adminRules.known).toBe(false);
  });

  it('are unknown where they were not read, or not understood', () => {
    expect(nodesOf(estateWith(gap(type, '/'))).adminRules.known).toBe(false);
    expect(nodesOf(estateWith(row(type, apart, rule))).adminRules.known).toBe(false);
    expect(nodesOf(estateWith(row(type, below, { value: [{}] }))).adminRules.known).toBe(false);
    const other = `${ids.network}2/providers/Microsoft.Network/effectiveSecurityAdminRules/default`;
    expect(nodesOf(estateWith(row(type, other, { value: [{}] }))).adminRules.known).toBe(true);
  });
});
