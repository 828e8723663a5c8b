import type { ClusterDraft } from './cluster-draft.ts';
import { nodeSubnets, within } from './cluster-draft.ts';
import type { EstateRow } from './network-rows.ts';
import { resource } from './network-rows.ts';
import type { EndpointPlace } from './posture-draft.ts';
import { type PlannedEndpoint, plannedEndpoints } from './private-link-plan.ts';
import { storageId } from './workspace-resources.ts';

/** Private endpoints of the workspace, its storage and its vault, and a network that is not peered. */
export function privateLinkRows(draft: ClusterDraft): EstateRow[] {
  const planned = plannedEndpoints(draft);
  return [
    ...planned.filter(({ place }) => place !== 'unread').map((one) => privateEndpoint(draft, one)),
    ...(planned.some(({ place }) => place === 'elsewhere') ? [unrelatedNetwork(draft)] : []),
  ];
}

/** `privateEndpointConnections` of the resource; services leave the member out, or not, where it is empty. */
export function connectionsOf(draft: ClusterDraft, targetId: string): EstateRow {
  const planned = plannedEndpoints(draft).filter((one) => one.targetId === targetId);
  if (planned.length === 0) {
    return draft.random.pick([{}, {}, { privateEndpointConnections: [] }]);
  }
  return {
    privateEndpointConnections: planned.map(({ id, group, place }) => ({
      id: `${targetId}/privateEndpointConnections/${group}.${draft.index}`,
      properties: {
        provisioningState: 'Succeeded',
        privateEndpoint: { id },
        privateLinkServiceConnectionState: {
          status: statusOf(place),
          description: place === 'pending' ? 'Please approve' : 'Auto-Approved',
          [targetId === storageId(draft) ? 'actionRequired' : 'actionsRequired']: 'None',
        },
      },
    })),
  };
}

/** The network settings of a storage account, a vault or a registry, each as its service writes them. */
export function firewallOf(draft: ClusterDraft, of: 'storage' | 'vault' | 'registry'): EstateRow {
  const { publicAccess, serviceEndpoint } = draft.posture.links[of];
  const [first, ...others] = nodeSubnets(draft);
  const subnets =
    serviceEndpoint === 'none' || serviceEndpoint === 'entriesOnly' || first === undefined
      ? []
      : [first, ...(serviceEndpoint === 'firstSubnetOnly' ? [] : others)];
  if (publicAccess === 'open' && subnets.length === 0) {
    return draft.random.pick([{}, { publicNetworkAccess: 'Enabled' }]);
  }
  const allow = of === 'vault' ? {} : { action: 'Allow' };
  return {
    ...(publicAccess === 'disabled' ? { publicNetworkAccess: 'Disabled' } : {}),
    [of === 'registry' ? 'networkRuleSet' : 'networkAcls']: {
      ...(of === 'registry' ? {} : { bypass: 'AzureServices' }),
      defaultAction: publicAccess === 'open' ? 'Allow' : 'Deny',
      ipRules: publicAccess === 'addresses' ? [{ value: '203.0.113.7', ...allow }] : [],
      virtualNetworkRules: subnets.map(({ id }) => ({ id, ...allow })),
    },
  };
}

function statusOf(place: EndpointPlace): 'Approved' | 'Pending' {
  return place === 'pending' ? 'Pending' : 'Approved';
}

function unrelatedNetworkId(draft: ClusterDraft): string {
  return `${draft.groupId}/providers/Microsoft.Network/virtualNetworks/vnet-partner-${draft.name}`;
}

function subnetIdOf(draft: ClusterDraft, place: EndpointPlace): string {
  if (place === 'elsewhere') return `${unrelatedNetworkId(draft)}/subnets/snet-shared`;
  const [hub = ''] = draft.peers.map((peer) => `${peer.id}/subnets/snet-shared`);
  if (place === 'peer') return hub;
  const own = draft.subnets.find(({ role }) => role === 'endpoints') ?? draft.subnets[0];
  return own?.id ?? '';
}

function addressOf(draft: ClusterDraft, { place, host }: PlannedEndpoint): string {
  if (place === 'elsewhere') return `10.251.0.${host}`;
  const [space = ''] = draft.peers.map(({ addressSpace }) => addressSpace);
  return place === 'peer' ? space.replace('.0/20', `.${host}`) : within(draft, 9, host);
}

function privateEndpoint(draft: ClusterDraft, planned: PlannedEndpoint): EstateRow {
  const { id, group, place, targetId } = planned;
  const name = id.slice(id.lastIndexOf('/') + 1);
  const manual = place === 'pending' || draft.random.chance(0.2);
  const connection = {
    name,
    id: `${id}/privateLinkServiceConnections/${name}`,
    properties: {
      provisioningState: 'Succeeded',
      privateLinkServiceId: targetId,
      groupIds: [group],
      privateLinkServiceConnectionState: { status: statusOf(place), actionsRequired: 'None' },
    },
  };
  const host = targetId.slice(targetId.lastIndexOf('/') + 1);
  return resource(id, 'Microsoft.Network/privateEndpoints', draft.region.location, {
    properties: {
      provisioningState: 'Succeeded',
      privateLinkServiceConnections: manual ? [] : [connection],
      manualPrivateLinkServiceConnections: manual ? [connection] : [],
      subnet: { id: subnetIdOf(draft, place) },
      networkInterfaces: [],
      customDnsConfigs: [
        { fqdn: `${host}.${group}.example.net`, ipAddresses: [addressOf(draft, planned)] },
      ],
    },
  });
}

function unrelatedNetwork(draft: ClusterDraft): EstateRow {
  const id = unrelatedNetworkId(draft);
  return resource(id, 'Microsoft.Network/virtualNetworks', draft.region.location, {
    properties: {
      provisioningState: 'Succeeded',
      addressSpace: { addressPrefixes: ['10.251.0.0/24'] },
      subnets: [
        {
          name: 'snet-shared',
          id: `${id}/subnets/snet-shared`,
          properties: { provisioningState: 'Succeeded', addressPrefix: '10.251.0.0/25' },
        },
      ],
      virtualNetworkPeerings: [],
    },
  });
}
