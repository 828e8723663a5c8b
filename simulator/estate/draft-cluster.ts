import type {
  Attachment,
  ClusterDraft,
  EstateConditions,
  SubnetDraft,
  SubscriptionDraft,
} from './cluster-draft.ts';
import { newLayout } from './layout-draft.ts';
import { newPosture } from './posture-draft.ts';
import type { Random } from './random.ts';
import type { Region } from './regions.ts';
import type { NsgDraft } from './security-rules.ts';

/** The choices about a cluster that its scenarios depend on. */
export interface ClusterShape {
  readonly index: number;
  readonly name: string;
  readonly team: string;
  readonly region: Region;
  readonly subscription: SubscriptionDraft;
  readonly networkSubscription: SubscriptionDraft;
  readonly network: 'own' | 'managed';
  readonly plugin: ClusterDraft['plugin'];
  readonly attachment: Attachment;
  readonly visibility: 'public' | 'private';
  readonly floatingIp: boolean;
  readonly plainHttp: boolean;
  readonly nodeSubnets: 1 | 2;
  readonly subnetNsgs: 'each' | 'shared' | 'none';
  readonly identity: ClusterDraft['identity']['kind'];
  readonly dualStack: boolean;
  readonly peered: boolean;
}

/** A cluster in its surroundings that nothing is wrong with and nothing is allowed for yet. */
export function draftCluster(
  shape: ClusterShape,
  conditions: EstateConditions,
  random: Random,
): ClusterDraft {
  const { index, name, region, subscription } = shape;
  const managed = shape.network === 'managed';
  const groupId = `/subscriptions/${subscription.id}/resourceGroups/rg-${name}`;
  const nodeGroupName = conditions.compact
    ? `rg-${name}-nodes`
    : `MC_rg-${name}_${name}_${region.location}`;
  const nodeGroupId = `/subscriptions/${subscription.id}/resourceGroups/${nodeGroupName}`;
  const networkSubscription = managed ? subscription : shape.networkSubscription;
  const similarGroupId = `/subscriptions/${networkSubscription.id}/resourceGroups/rg-${name}-net-1`;
  const networkGroupId = managed ? nodeGroupId : `${similarGroupId}0`;
  const networkId = `${networkGroupId}/providers/Microsoft.Network/virtualNetworks/${managed ? `aks-vnet-${10000000 + index}` : `vnet-${name}`}`;
  const block = 16 * (Math.floor(index / 96) % 16);
  const octets = `10.${4 + (index % 96)}`;
  const network6 = `fd00:${(index % 65536).toString(16)}:0`;
  const nodeNsg = newNsg(
    nodeGroupId,
    `aks-agentpool-${20000000 + index}-nsg`,
    region,
    subscription,
  );

  const subnets: SubnetDraft[] = [];
  const nsgs = new Map<string, NsgDraft>();
  const addSubnet = (role: SubnetDraft['role'], label: string, prefix: string): void => {
    const carriesNsg = (role === 'node' || role === 'pod') && shape.subnetNsgs !== 'none';
    const key = shape.subnetNsgs === 'each' ? label : role;
    const nsg = !carriesNsg
      ? undefined
      : managed
        ? nodeNsg
        : (nsgs.get(key) ??
          newNsg(networkGroupId, `nsg-${name}-${key}`, region, networkSubscription));
    const id = `${networkId}/subnets/${label}`;
    if (nsg !== undefined) {
      nsgs.set(key, nsg);
      nsg.subnetIds.push(id);
    }
    subnets.push({
      id,
      name: label,
      prefix,
      role,
      ...(shape.dualStack && role === 'node'
        ? { prefix6: `${network6}:${subnets.length + 1}::/64` }
        : {}),
      ...(nsg === undefined ? {} : { nsg }),
    });
  };
  addSubnet('node', managed ? 'aks-subnet' : 'snet-nodes-a', `${octets}.${block}.0/24`);
  if (shape.nodeSubnets === 2) addSubnet('node', 'snet-nodes-b', `${octets}.${block + 1}.0/24`);
  if (shape.plugin === 'podSubnet') addSubnet('pod', 'snet-pods', `${octets}.${block + 4}.0/22`);
  if (!managed) {
    addSubnet('callers', 'snet-apps', `${octets}.${block + 8}.0/24`);
    addSubnet('endpoints', 'snet-endpoints', `${octets}.${block + 9}.0/26`);
  }

  const publicIp = (offset: number): string => {
    const place = index * 3 + offset;
    return `${region.publicNetwork}.${Math.floor(place / 250) % 128}.${1 + (place % 250)}`;
  };
  const privateIp = (host: number): string => `${octets}.${block}.${host}`;
  const principalId = random.guid();
  const hubName = `vnet-hub-${name}`;
  return {
    index,
    conditions,
    random,
    name,
    team: shape.team,
    region,
    subscription,
    networkSubscription,
    id: `${groupId}/providers/Microsoft.ContainerService/managedClusters/${name}`,
    groupId,
    nodeGroupId,
    networkGroupId,
    similarGroupId,
    network: shape.network,
    plugin: shape.plugin,
    networkId,
    addressSpace: `${octets}.${block}.0/20`,
    ...(shape.dualStack ? { addressSpace6: `${network6}::/48` } : {}),
    subnets,
    nodeNsg,
    peers:
      managed || !shape.peered
        ? []
        : [
            {
              id: `${similarGroupId}/providers/Microsoft.Network/virtualNetworks/${hubName}`,
              name: hubName,
              addressSpace: `10.${104 + (index % 96)}.${block}.0/20`,
              state: 'Connected',
            },
          ],
    routes: shape.plugin === 'kubenet' && !managed ? podRoutes(octets, block) : [],
    outboundType: 'loadBalancer',
    attachment: shape.attachment,
    extensionServiceType: 'LoadBalancer',
    endpoint: {
      visibility: shape.visibility,
      ip: shape.visibility === 'public' ? publicIp(0) : privateIp(240),
      formerIp: shape.visibility === 'public' ? publicIp(1) : privateIp(239),
      port: shape.plainHttp ? 80 : 443,
      nodePort: random.int(30000, 32767),
      floatingIp: shape.floatingIp,
    },
    serviceNamesCallers: false,
    serviceRuleAbsent: false,
    callers: [],
    restricted: false,
    trustedAppliances: [],
    identity: { kind: shape.identity, principalId, clientId: random.guid() },
    kubeletObjectId: random.guid(),
    principalListed: true,
    assignments: [],
    customRoles: [],
    denyAssignments: [],
    groups: [],
    registryRegion: region,
    privateEndpoints: [],
    layout: newLayout(),
    posture: newPosture(),
    hidden: new Set(),
  };
}

/** A network security group without rules of anybody's. */
export function newNsg(
  groupId: string,
  name: string,
  region: Region,
  subscription: SubscriptionDraft,
): NsgDraft {
  return {
    id: `${groupId}/providers/Microsoft.Network/networkSecurityGroups/${name}`,
    name,
    location: region.location,
    subscriptionId: subscription.id,
    resourceGroup: groupId.slice(groupId.lastIndexOf('/') + 1),
    deciders: [],
    fixed: [],
    noise: [],
    afterthoughts: [],
    subnetIds: [],
  };
}

/** kubenet sends each node's pods to that node. */
function podRoutes(octets: string, block: number): ClusterDraft['routes'] {
  return [0, 1].map((node) => ({
    name: `aks-node-${node}`,
    prefix: `10.244.${node}.0/24`,
    nextHopType: 'VirtualAppliance' as const,
    nextHop: `${octets}.${block}.${4 + node}`,
  }));
}
