import type { ClusterDraft, SubnetDraft } from './cluster-draft.ts';
import { everyNsg, nodeSubnets, subnetNsgs } from './cluster-draft.ts';
import { registryId } from './outbound-scenarios.ts';
import { serviceEndpointsOf, usesEndpointSubnet } from './private-link-plan.ts';
import { nsgRow } from './security-rules.ts';

export type EstateRow = Record<string, unknown>;

/** The network, its security groups, routes, peers and private endpoints of one cluster. */
export function networkRows(draft: ClusterDraft): EstateRow[] {
  const { random, conditions } = draft;
  return [
    virtualNetwork(draft),
    ...draft.peers.map((peer) => peerNetwork(draft, peer)),
    ...[...everyNsg(draft), ...subnetNsgs(draft, 'apiServer')].map((nsg) =>
      nsgRow(nsg, random, conditions.compact),
    ),
    ...(draft.routes.length > 0 ? [routeTable(draft)] : []),
    ...draft.privateEndpoints.flatMap((_, index) => privateEndpoint(draft, index)),
  ];
}

/** The members that every tracked resource carries. */
export function resource(id: string, type: string, location: string, more: EstateRow): EstateRow {
  const [, , subscriptionId = '', , resourceGroup = ''] = id.split('/');
  return {
    id,
    name: id.slice(id.lastIndexOf('/') + 1),
    type,
    location,
    subscriptionId,
    resourceGroup: resourceGroup.toLowerCase(),
    ...more,
  };
}

function routeTableId(draft: ClusterDraft): string {
  return `${draft.networkGroupId}/providers/Microsoft.Network/routeTables/rt-${draft.name}`;
}

function virtualNetwork(draft: ClusterDraft): EstateRow {
  const { addressSpace, addressSpace6, random } = draft;
  const prefixes = addressSpace6 === undefined ? [addressSpace] : [addressSpace, addressSpace6];
  return resource(draft.networkId, 'Microsoft.Network/virtualNetworks', draft.region.location, {
    etag: `W/"${random.guid()}"`,
    properties: {
      provisioningState: 'Succeeded',
      addressSpace: { addressPrefixes: prefixes },
      ...(random.chance(0.4) ? { dhcpOptions: { dnsServers: [] } } : {}),
      subnets: draft.subnets
        .filter((subnet) => !draft.conditions.compact || isUsed(draft, subnet))
        .map((subnet) => subnetOf(draft, subnet)),
      virtualNetworkPeerings: draft.peers.map((peer) => ({
        name: `to-${peer.name}`,
        id: `${draft.networkId}/virtualNetworkPeerings/to-${peer.name}`,
        properties: {
          provisioningState: 'Succeeded',
          peeringState: peer.state,
          peeringSyncLevel: peer.state === 'Connected' ? 'FullyInSync' : 'LocalNotInSync',
          remoteVirtualNetwork: { id: peer.id },
          remoteAddressSpace: { addressPrefixes: [peer.addressSpace] },
          remoteVirtualNetworkAddressSpace: { addressPrefixes: [peer.addressSpace] },
          allowVirtualNetworkAccess: true,
          allowForwardedTraffic: random.chance(0.5),
          allowGatewayTransit: false,
          useRemoteGateways: false,
        },
      })),
      enableDdosProtection: false,
    },
  });
}

/** Subnets beside the cluster's matter only to those who call from them or reach something in them. */
function isUsed(draft: ClusterDraft, { role, prefix }: SubnetDraft): boolean {
  if (role === 'callers') return draft.callers !== 'none' && draft.callers.includes(prefix);
  return role !== 'endpoints' || draft.privateEndpoints.length > 0 || usesEndpointSubnet(draft);
}

function subnetOf(draft: ClusterDraft, subnet: SubnetDraft): EstateRow {
  const { random } = draft;
  const routed = subnet.role === 'node' && draft.routes.length > 0;
  const pool = nodeSubnets(draft).indexOf(subnet);
  const serviceEndpoints = pool < 0 ? [] : serviceEndpointsOf(draft, pool);
  return {
    name: subnet.name,
    id: subnet.id,
    properties: {
      provisioningState: 'Succeeded',
      ...(subnet.prefix6 === undefined
        ? random.pick([
            { addressPrefix: subnet.prefix },
            { addressPrefix: subnet.prefix },
            { addressPrefixes: [subnet.prefix] },
          ])
        : { addressPrefixes: [subnet.prefix, subnet.prefix6] }),
      ...(subnet.nsg === undefined ? {} : { networkSecurityGroup: { id: subnet.nsg.id } }),
      ...(routed ? { routeTable: { id: routeTableId(draft) } } : {}),
      ...(serviceEndpoints.length > 0
        ? { serviceEndpoints }
        : random.pick([{}, { serviceEndpoints: [] }])),
      ...delegationsOf(draft, subnet),
      ...random.pick([{}, { privateEndpointNetworkPolicies: 'Disabled' }]),
      privateLinkServiceNetworkPolicies: 'Enabled',
    },
  };
}

function delegationsOf({ layout, random }: ClusterDraft, { id }: SubnetDraft): EstateRow {
  const serviceName = layout.delegations.get(id);
  if (serviceName === undefined) return random.pick([{}, { delegations: [] }]);
  const name = 'delegation';
  return {
    delegations: [
      {
        name,
        id: `${id}/delegations/${name}`,
        type: 'Microsoft.Network/virtualNetworks/subnets/delegations',
        properties: { provisioningState: 'Succeeded', serviceName, actions: [] },
      },
    ],
  };
}

function peerNetwork(draft: ClusterDraft, peer: ClusterDraft['peers'][number]): EstateRow {
  return resource(peer.id, 'Microsoft.Network/virtualNetworks', draft.region.location, {
    properties: {
      provisioningState: 'Succeeded',
      addressSpace: { addressPrefixes: [peer.addressSpace] },
      subnets: [
        {
          name: 'snet-shared',
          id: `${peer.id}/subnets/snet-shared`,
          properties: {
            provisioningState: 'Succeeded',
            addressPrefix: peer.addressSpace.replace('/20', '/24'),
            privateEndpointNetworkPolicies: 'Disabled',
          },
        },
      ],
      virtualNetworkPeerings: [
        {
          name: `to-${draft.name}`,
          id: `${peer.id}/virtualNetworkPeerings/to-${draft.name}`,
          properties: {
            provisioningState: 'Succeeded',
            peeringState: peer.state,
            remoteVirtualNetwork: { id: draft.networkId },
            remoteAddressSpace: { addressPrefixes: [draft.addressSpace] },
            allowVirtualNetworkAccess: true,
            allowForwardedTraffic: true,
            allowGatewayTransit: false,
            useRemoteGateways: false,
          },
        },
      ],
    },
  });
}

function routeTable(draft: ClusterDraft): EstateRow {
  const id = routeTableId(draft);
  return resource(id, 'Microsoft.Network/routeTables', draft.region.location, {
    properties: {
      provisioningState: 'Succeeded',
      disableBgpRoutePropagation: false,
      routes: draft.random.shuffled(draft.routes).map((route) => ({
        name: route.name,
        id: `${id}/routes/${route.name}`,
        properties: {
          provisioningState: 'Succeeded',
          addressPrefix: route.prefix,
          nextHopType: route.nextHopType,
          ...(route.nextHop === undefined
            ? draft.random.pick([{}, { nextHopIpAddress: '' }])
            : { nextHopIpAddress: route.nextHop }),
        },
      })),
      subnets: nodeSubnets(draft).map((subnet) => ({ id: subnet.id })),
    },
  });
}

function privateEndpoint(draft: ClusterDraft, index: number): EstateRow[] {
  const endpoint = draft.privateEndpoints[index];
  if (endpoint === undefined) return [];
  const { random, region } = draft;
  const own = draft.subnets.find(({ role }) => role === 'endpoints')?.id ?? '';
  const [hub = ''] = draft.peers.map((peer) => `${peer.id}/subnets/snet-shared`);
  const subnet = { id: endpoint.place === 'own' ? own : hub };
  const groupId = endpoint.place === 'own' ? draft.networkGroupId : draft.similarGroupId;
  const id = `${groupId}/providers/Microsoft.Network/privateEndpoints/pe-${draft.name}-registry`;
  const nicId = `${groupId}/providers/Microsoft.Network/networkInterfaces/pe-${draft.name}-registry.nic`;
  const host = registryId(draft).slice(registryId(draft).lastIndexOf('/') + 1);
  const names = [`${host}.${region.location}.data.azurecr.io`, `${host}.azurecr.io`];
  const connection = {
    name: `pe-${draft.name}-registry`,
    id: `${id}/privateLinkServiceConnections/pe-${draft.name}-registry`,
    properties: {
      provisioningState: 'Succeeded',
      privateLinkServiceId: registryId(draft),
      groupIds: ['registry'],
      privateLinkServiceConnectionState: {
        status: endpoint.state,
        description: endpoint.state === 'Approved' ? 'Auto-approved' : 'Please approve',
        actionsRequired: 'None',
      },
    },
  };
  const manual = endpoint.state === 'Pending' || random.chance(0.2);
  return [
    resource(id, 'Microsoft.Network/privateEndpoints', region.location, {
      properties: {
        provisioningState: 'Succeeded',
        privateLinkServiceConnections: manual ? [] : [connection],
        manualPrivateLinkServiceConnections: manual ? [connection] : [],
        customNetworkInterfaceName: '',
        subnet,
        networkInterfaces: [{ id: nicId }],
        ipConfigurations: [],
        customDnsConfigs: names.map((fqdn, at) => ({
          fqdn,
          ipAddresses: [endpoint.ips[at === 0 ? 0 : 1]],
        })),
      },
    }),
    resource(nicId, 'Microsoft.Network/networkInterfaces', region.location, {
      properties: {
        provisioningState: 'Succeeded',
        ipConfigurations: endpoint.ips.map((privateIPAddress, at) => ({
          name: `ipconfig-${at}`,
          id: `${nicId}/ipConfigurations/ipconfig-${at}`,
          properties: {
            provisioningState: 'Succeeded',
            privateIPAddress,
            privateIPAllocationMethod: 'Dynamic',
            privateIPAddressVersion: 'IPv4',
            primary: at === 0,
            subnet,
          },
        })),
        privateEndpoint: { id },
        enableIPForwarding: false,
      },
    }),
  ];
}
