/** What an audit follows from one row to the next. */
import { describe, expect, it } from 'vitest';
import { leavesOf, referencesOf, subnetsNamedIn } from '../../shared/facts/references.ts';
import type { ResourceType } from '../../shared/inventory/resource-types.ts';
import { resourceId } from '../../shared/model/resource-id.ts';
import type { Row } from '../../shared/ports.ts';

const group = '/subscriptions/S/resourceGroups/RG/providers';
const network = `${group}/Microsoft.Network`;

function row(type: ResourceType, name: string, body: object): Row {
  const id = resourceId(`${group}/${type}/${name}`);
  return { kind: 'row', id, type, body: { id, type, ...body } };
}

function vnet(subnets: readonly object[], peerings: readonly object[] = []): Row {
  return row('microsoft.network/virtualnetworks', 'net', {
    properties: { subnets, virtualNetworkPeerings: peerings },
  });
}

function subnet(name: string, securityGroup: string): object {
  return {
    id: `${network}/virtualNetworks/net/subnets/${name}`,
    properties: {
      networkSecurityGroup: { id: `${network}/networkSecurityGroups/${securityGroup}` },
      routeTable: { id: `${network}/routeTables/rt-${name}` },
      privateEndpoints: [{ id: `${network}/privateEndpoints/pe` }],
    },
  };
}

const lower = (...ids: readonly string[]) => ids.map((id) => resourceId(id));

describe('what a row refers to', () => {
  it('is the network of a subnet, whatever the casing', () => {
    const cluster = row('microsoft.containerservice/managedclusters', 'aks', {
      properties: {
        agentPoolProfiles: [
          { vnetSubnetID: `${network}/virtualNetworks/net/subnets/a` },
          { vnetSubnetID: `${network.toUpperCase()}/VIRTUALNETWORKS/NET/SUBNETS/B` },
        ],
        loadBalancer: { id: `${network}/loadBalancers/other` },
      },
    });
    expect(referencesOf(cluster, new Set())).toEqual(lower(`${network}/virtualNetworks/net`));
    expect([...subnetsNamedIn(cluster)].toSorted()).toEqual(
      lower(`${network}/virtualNetworks/net/subnets/a`, `${network}/virtualNetworks/net/subnets/b`),
    );
  });

  it('are the groups and tables of the subnets in use alone', () => {
    const net = vnet([subnet('a', 'nsg-a'), subnet('b', 'nsg-b')]);
    const used = new Set(lower(`${network}/virtualNetworks/net/subnets/b`));
    expect(referencesOf(net, used).toSorted()).toEqual(
      lower(`${network}/networkSecurityGroups/nsg-b`, `${network}/routeTables/rt-b`),
    );
  });

  it('are those of all subnets where none is known to be in use', () => {
    const net = vnet([subnet('a', 'nsg-a'), subnet('b', 'nsg-b')]);
    expect(referencesOf(net, new Set())).toHaveLength(4);
  });

  it('are a workspace’s registry, storage, vault, hub and private endpoints', () => {
    const workspace = row('microsoft.machinelearningservices/workspaces', 'ws', {
      properties: {
        containerRegistry: `${group}/Microsoft.ContainerRegistry/registries/cr`,
        storageAccount: `${group}/Microsoft.Storage/storageAccounts/st`,
        keyVault: `${group}/Microsoft.KeyVault/vaults/kv`,
        hubResourceId: `${group}/Microsoft.MachineLearningServices/workspaces/hub`,
        applicationInsights: `${group}/Microsoft.Insights/components/ai`,
        privateEndpointConnections: [
          { properties: { privateEndpoint: { id: `${network}/privateEndpoints/pe` } } },
        ],
      },
    });
    const names = referencesOf(workspace, new Set()).map((id) => id.slice(id.lastIndexOf('/') + 1));
    expect(new Set(names)).toEqual(new Set(['cr', 'hub', 'kv', 'pe', 'st']));
  });

  it('is nothing of its own, nor of a type that leads nowhere', () => {
    const group1 = row('microsoft.network/networksecuritygroups', 'nsg', {
      properties: { subnets: [{ id: `${network}/virtualNetworks/net/subnets/a` }] },
    });
    expect(referencesOf(group1, new Set())).toEqual([]);
    const endpoint = row('microsoft.network/privateendpoints', 'pe', {
      properties: { subnet: { id: `${network}/virtualNetworks/net/subnets/a` } },
    });
    expect(referencesOf(endpoint, new Set())).toEqual([]);
  });
});

describe('what is read beside a row and not followed on', () => {
  it('are the networks it is peered with', () => {
    const remote = `${network}/virtualNetworks/hub`;
    const net = vnet([], [{ properties: { remoteVirtualNetwork: { id: remote } } }]);
    expect(leavesOf(net)).toEqual(lower(remote));
    expect(referencesOf(net, new Set())).toEqual([]);
  });

  it('are a private endpoint’s interfaces and its network', () => {
    const endpoint = row('microsoft.network/privateendpoints', 'pe', {
      properties: {
        subnet: { id: `${network}/virtualNetworks/net/subnets/a` },
        networkInterfaces: [{ id: `${network}/networkInterfaces/nic` }],
      },
    });
    expect(leavesOf(endpoint).toSorted()).toEqual(
      lower(`${network}/networkInterfaces/nic`, `${network}/virtualNetworks/net`),
    );
  });
});
