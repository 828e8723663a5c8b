/**
 * Estates of one to three clusters behind a few security groups that they share, with any rules in
 * them: as small as a proof can go wrong in, in rows as Azure gives them.
 */
import fc from 'fast-check';

export type Body = Readonly<Record<string, unknown>>;

const subscription = '11111111-1111-1111-1111-111111111111';
const root = `/subscriptions/${subscription}`;
const netGroup = `${root}/resourceGroups/net`;
const net = `${netGroup}/providers/Microsoft.Network`;
const deployer = 'dddd0000-0000-0000-0000-00000000000d';

/** Roles as they are published, by GUID. */
export const roles = {
  networkContributor: '4d97b98b-1d4f-4787-a291-c67834d212e7',
  owner: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635',
  contributor: 'b24988ac-6180-42a0-ab88-20f7382dd24c',
  reader: 'acdd72a7-3385-48ef-bd42-f606fba81ae7',
} as const;

/** The service tags of this world, whether its list was read or not. */
export const serviceTagPrefixes: Readonly<Record<string, readonly string[]>> = {
  AzureActiveDirectory: ['20.190.128.0/18'],
  AzureCloud: ['20.0.0.0/8', '52.178.0.0/17'],
  'AzureCloud.westeurope': ['52.178.0.0/17'],
  AzureContainerRegistry: ['52.178.8.0/24', '20.33.0.0/24'],
  'AzureContainerRegistry.westeurope': ['52.178.8.0/24'],
  'AzureFrontDoor.Backend': ['20.14.7.0/25'],
  'AzureFrontDoor.FirstParty': ['20.15.0.0/24'],
  AzureMachineLearning: ['20.16.0.0/24', '52.178.9.0/24'],
  AzureMonitor: ['20.17.0.0/24'],
  AzureResourceManager: ['20.18.0.0/24'],
  MicrosoftContainerRegistry: ['20.19.0.0/24'],
  Storage: ['20.60.0.0/16', '52.178.10.0/24'],
  'Storage.westeurope': ['52.178.10.0/24'],
};

/** One cluster as the tests speak of it: what its rows say. */
export interface SmallCluster {
  readonly id: string;
  readonly name: string;
  /** The index of its network: clusters may share one. */
  readonly network: number;
  readonly subnets: readonly SmallSubnet[];
  readonly podCidr: string | undefined;
  readonly endpoint: { readonly ip: string; readonly isFloating: boolean };
  readonly principalId: string;
  readonly callers: readonly string[] | 'none';
  readonly isRestricted: boolean;
}

export interface SmallSubnet {
  readonly id: string;
  readonly prefix: string;
  /** Undefined where the subnet has none. */
  readonly groupId: string | undefined;
}

export interface SmallEstate {
  readonly rows: readonly Body[];
  readonly settings: object;
  readonly clusters: readonly SmallCluster[];
  /** Networks by their index: everything that is in the tag VirtualNetwork there. */
  readonly spaces: readonly (readonly string[])[];
  readonly deployer: string;
}

/** What callers call, what the nodes listen on where the address is translated, and what is probed. */
export const ports = { endpoint: 443, node: 31_443, probe: 31_000 } as const;

export interface RuleDraft {
  readonly direction: 'Inbound' | 'Outbound';
  readonly priority: number;
  readonly access: 'Allow' | 'Deny';
  readonly protocol: string;
  readonly sources: readonly string[];
  readonly destinations: readonly string[];
  readonly ports: readonly string[];
}

interface ClusterDraft {
  readonly network: number;
  readonly groups: readonly (number | undefined)[];
  readonly hasPodCidr: boolean;
  readonly isFloating: boolean;
  readonly callers: readonly string[] | 'none';
  readonly isRestricted: boolean;
}

interface GrantDraft {
  /** The index of a cluster, or the deployer. */
  readonly who: number | 'deployer';
  readonly role: string;
  readonly scope: 'group' | 'network' | 'subscription';
}

export interface EstateDraft {
  readonly clusters: readonly ClusterDraft[];
  readonly rules: readonly (readonly RuleDraft[])[];
  readonly grants: readonly GrantDraft[];
  readonly isPeered: boolean;
  readonly hasTagList: boolean;
  readonly hasDeployer: boolean;
}

const groups = 3;

const prefixes = fc.constantFrom(
  '203.0.113.0/24',
  '203.0.113.0/25',
  '203.0.113.77',
  '198.51.100.0/24',
  '198.51.100.200/29',
  '0.0.0.0/1',
  '10.0.0.0/8',
  '10.0.0.0/16',
  '10.0.0.0/24',
  '10.0.1.0/24',
  '10.0.2.128/25',
  '10.1.0.0/24',
  '20.0.0.10',
  '20.0.0.8/30',
  '52.178.8.0/24',
  '168.63.129.16',
  '10.244.0.0/16',
);
const tags = fc.constantFrom(
  '*',
  'Internet',
  'VirtualNetwork',
  'AzureLoadBalancer',
  'AzureCloud',
  'AzureMachineLearning',
  'Storage.westeurope',
  'AzureContainerRegistry',
  'AzureFrontDoor.Backend',
);
/** Azure takes one tag, or prefixes. */
const places = fc.oneof(
  tags.map((tag): readonly string[] => [tag]),
  fc.uniqueArray(prefixes, { minLength: 1, maxLength: 2 }),
);
const ranges = fc.oneof(
  fc.constant<readonly string[]>(['*']),
  fc.uniqueArray(
    fc.constantFrom('443', '80', '0-1023', '31000', '31443', '30000-32767', '442-444', '8787'),
    { minLength: 1, maxLength: 2 },
  ),
);

const rule: fc.Arbitrary<RuleDraft> = fc.record({
  direction: fc.constantFrom('Inbound', 'Outbound'),
  priority: fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 100, max: 106 }) },
    { weight: 1, arbitrary: fc.integer({ min: 3000, max: 3002 }) },
    { weight: 1, arbitrary: fc.constant(4096) },
  ),
  access: fc.constantFrom('Allow', 'Deny', 'Deny'),
  protocol: fc.constantFrom('*', 'Tcp', 'tcp', 'Udp', 'Icmp'),
  sources: places,
  destinations: places,
  ports: ranges,
});

/** Somebody opens the endpoint to more than its callers. */
const opening: fc.Arbitrary<RuleDraft> = fc.record({
  direction: fc.constant('Inbound'),
  priority: fc.integer({ min: 102, max: 108 }),
  access: fc.constant('Allow'),
  protocol: fc.constantFrom('*', 'Tcp'),
  sources: fc.constantFrom(
    ['*'],
    ['Internet'],
    ['203.0.113.0/24', '198.51.100.0/24'],
    ['0.0.0.0/1'],
  ),
  destinations: fc.constant(['*']),
  ports: fc.constantFrom(['*'], ['443', '31443']),
});

/** Somebody closes the way out, as whoever restricts outbound does. */
const closing: fc.Arbitrary<RuleDraft> = fc.record({
  direction: fc.constant('Outbound'),
  priority: fc.constantFrom(107, 108, 4096),
  access: fc.constant('Deny'),
  protocol: fc.constantFrom('*', 'Tcp'),
  sources: fc.constantFrom(['*'], ['VirtualNetwork']),
  destinations: fc.constantFrom(['*'], ['Internet']),
  ports: fc.constant(['*']),
});

const anyRule = fc.oneof(
  { weight: 8, arbitrary: rule },
  { weight: 2, arbitrary: opening },
  { weight: 1, arbitrary: closing },
);

const ruleLists = fc.uniqueArray(anyRule, {
  maxLength: 5,
  selector: ({ direction, priority }) => `${direction} ${priority}`,
});

const callers = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom<(readonly string[])[]>(
      ['203.0.113.0/24'],
      ['203.0.113.0/25', '198.51.100.0/24'],
      ['203.0.113.77', '10.0.0.0/24'],
      ['AzureFrontDoor.Backend'],
      ['Internet'],
      ['0.0.0.0/0'],
      [],
    ),
  },
  { weight: 1, arbitrary: fc.constant<'none'>('none') },
);

const clusterDraft: fc.Arbitrary<ClusterDraft> = fc.record({
  network: fc.integer({ min: 0, max: 1 }),
  groups: fc.array(
    fc.option(fc.integer({ min: 0, max: groups - 1 }), { nil: undefined, freq: 8 }),
    {
      minLength: 1,
      maxLength: 2,
    },
  ),
  hasPodCidr: fc.boolean(),
  isFloating: fc.boolean(),
  callers,
  isRestricted: fc.boolean(),
});

const grantDraft: fc.Arbitrary<GrantDraft> = fc.record({
  who: fc.constantFrom<(number | 'deployer')[]>(0, 1, 2, 'deployer'),
  role: fc.constantFrom(...Object.values(roles)),
  scope: fc.constantFrom('group', 'network', 'subscription'),
});

/** Any such estate, before it is written. */
export const smallEstates: fc.Arbitrary<EstateDraft> = fc.record({
  clusters: fc.array(clusterDraft, { minLength: 1, maxLength: 3 }),
  rules: fc.array(ruleLists, { minLength: groups, maxLength: groups }),
  grants: fc.array(grantDraft, { maxLength: 3 }),
  isPeered: fc.boolean(),
  hasTagList: fc.boolean(),
  hasDeployer: fc.boolean(),
});

function row(type: string, id: string, rest: Body = {}): Body {
  return { id, type, name: id.split('/').at(-1), ...rest };
}

const networkId = (index: number): string => `${net}/virtualNetworks/spoke-${index}`;
const groupId = (index: number): string => `${net}/networkSecurityGroups/shared-${index}`;
const nodeGroupName = (index: number): string => `MC_aks_${index}`;
const principalOf = (index: number): string => `aaaa0000-0000-0000-0000-00000000000${index}`;

function clusterOf(draft: ClusterDraft, index: number): SmallCluster {
  return {
    id: `${root}/resourceGroups/aks/providers/Microsoft.ContainerService/managedClusters/scoring-${index}`,
    name: `scoring-${index}`,
    network: draft.network,
    subnets: draft.groups.map((group, pool) => ({
      id: `${networkId(draft.network)}/subnets/nodes-${index}-${pool}`,
      prefix: `10.${draft.network}.${index * 2 + pool}.0/24`,
      groupId: group === undefined ? undefined : groupId(group),
    })),
    podCidr: draft.hasPodCidr ? '10.244.0.0/16' : undefined,
    endpoint: { ip: `20.0.0.${10 + index}`, isFloating: draft.isFloating },
    principalId: principalOf(index),
    callers: draft.callers,
    isRestricted: draft.isRestricted,
  };
}

/** An estate as its rows and settings say it. */
export function smallEstateOf(draft: EstateDraft): SmallEstate {
  const clusters = draft.clusters.map(clusterOf);
  const own = [0, 1].map((index) => `10.${index}.0.0/16`);
  const spaces = own.map((space) => (draft.isPeered ? own : [space]));
  return {
    rows: [
      row('microsoft.resources/subscriptions', root, {
        properties: { state: 'Enabled', managementGroupAncestorsChain: [] },
      }),
      ...draft.rules.map((rules, index) => securityGroup(groupId(index), rules, clusters)),
      ...own.map((space, index) => virtualNetwork(index, space, clusters, draft.isPeered)),
      ...clusters.flatMap(clusterRows),
      ...draft.grants.flatMap((grant, index) => grantRow(grant, index, clusters)),
      ...(draft.hasTagList ? [tagList()] : []),
    ],
    settings: {
      callers: {
        default: [],
        clusters: Object.fromEntries(clusters.map((one) => [one.name, one.callers])),
      },
      outbound: {
        default: 'keepDefaults',
        clusters: Object.fromEntries(
          clusters.map(({ name, isRestricted }) => [
            name,
            isRestricted ? 'restricted' : 'keepDefaults',
          ]),
        ),
      },
      deployers: draft.hasDeployer ? [{ principalId: deployer, label: 'pipeline' }] : [],
      guard: { priorityBand: { from: 3000, to: 3004 } },
    },
    clusters,
    spaces: spaces.map((space) => [...space, '168.63.129.16']),
    deployer,
  };
}

function securityGroup(
  id: string,
  rules: readonly RuleDraft[],
  clusters: readonly SmallCluster[],
): Body {
  const subnets = clusters.flatMap((cluster) => cluster.subnets);
  return row('Microsoft.Network/networkSecurityGroups', id, {
    properties: {
      securityRules: rules.map((one) => securityRule(one)),
      subnets: subnets.filter((one) => one.groupId === id).map((one) => ({ id: one.id })),
    },
  });
}

function securityRule(draft: RuleDraft): Body {
  const { direction, priority, access, protocol, sources, destinations } = draft;
  return {
    name: `theirs-${direction}-${priority}`,
    properties: {
      direction,
      priority,
      access,
      protocol,
      sourcePortRange: '*',
      ...oneOrMany('sourceAddressPrefix', 'sourceAddressPrefixes', sources),
      ...oneOrMany('destinationAddressPrefix', 'destinationAddressPrefixes', destinations),
      ...oneOrMany('destinationPortRange', 'destinationPortRanges', draft.ports),
    },
  };
}

function oneOrMany(one: string, many: string, texts: readonly string[]): Body {
  return texts.length === 1 ? { [one]: texts[0] } : { [many]: texts };
}

function virtualNetwork(
  index: number,
  space: string,
  clusters: readonly SmallCluster[],
  isPeered: boolean,
): Body {
  const remote = 1 - index;
  const remoteAddressSpace = { addressPrefixes: [`10.${remote}.0.0/16`] };
  return row('Microsoft.Network/virtualNetworks', networkId(index), {
    properties: {
      addressSpace: { addressPrefixes: [space] },
      subnets: clusters
        .filter(({ network }) => network === index)
        .flatMap(({ subnets }) => subnets)
        .map(({ id, prefix, groupId: group }) => ({
          id,
          name: id.split('/').at(-1),
          properties: {
            addressPrefix: prefix,
            ...(group === undefined ? {} : { networkSecurityGroup: { id: group } }),
          },
        })),
      virtualNetworkPeerings: isPeered
        ? [
            {
              name: 'other',
              id: `${networkId(index)}/virtualNetworkPeerings/other`,
              properties: {
                peeringState: 'Connected',
                peeringSyncLevel: 'FullyInSync',
                remoteVirtualNetwork: { id: networkId(remote) },
                remoteAddressSpace,
                remoteVirtualNetworkAddressSpace: remoteAddressSpace,
                allowVirtualNetworkAccess: true,
              },
            },
          ]
        : [],
    },
  });
}

/** The cluster, what AKS keeps for it, and what attaches it to a workspace. */
function clusterRows(cluster: SmallCluster, index: number): readonly Body[] {
  const nodeNet = `${root}/resourceGroups/${nodeGroupName(index)}/providers/Microsoft.Network`;
  const nodeGroupId = `${nodeNet}/networkSecurityGroups/aks-agentpool-nsg`;
  const balancerId = `${nodeNet}/loadBalancers/kubernetes`;
  const publicIpId = `${nodeNet}/publicIPAddresses/kubernetes-a1`;
  const ml = `${root}/resourceGroups/ml-${index}/providers`;
  const workspaceId = `${ml}/Microsoft.MachineLearningServices/workspaces/ws-${index}`;
  const { endpoint, subnets, podCidr } = cluster;
  const linked = {
    storageAccount: `${ml}/Microsoft.Storage/storageAccounts/st${index}`,
    keyVault: `${ml}/Microsoft.KeyVault/vaults/kv${index}`,
    containerRegistry: `${ml}/Microsoft.ContainerRegistry/registries/acr${index}`,
  };
  const location = 'westeurope';
  const properties = { provisioningState: 'Succeeded' };
  return [
    row('Microsoft.ContainerService/managedClusters', cluster.id, {
      location,
      identity: { type: 'SystemAssigned', principalId: cluster.principalId },
      properties: {
        provisioningState: 'Succeeded',
        powerState: { code: 'Running' },
        nodeResourceGroup: nodeGroupName(index),
        enableRBAC: true,
        agentPoolProfiles: subnets.map(({ id }, pool) => ({ name: `np${pool}`, vnetSubnetID: id })),
        networkProfile: {
          networkPlugin: 'azure',
          ...(podCidr === undefined ? {} : { networkPluginMode: 'overlay', podCidr }),
          serviceCidr: '172.20.0.0/16',
          dnsServiceIP: '172.20.0.10',
          outboundType: 'loadBalancer',
        },
      },
    }),
    row('Microsoft.Network/networkSecurityGroups', nodeGroupId, {
      properties: {
        securityRules: [
          securityRule({
            direction: 'Inbound',
            priority: 500,
            access: 'Allow',
            protocol: 'Tcp',
            sources: ['Internet'],
            destinations: endpoint.isFloating ? [endpoint.ip] : subnets.map(({ prefix }) => prefix),
            ports: [String(endpoint.isFloating ? ports.endpoint : ports.node)],
          }),
        ],
      },
    }),
    ...subnets.map(({ id }, pool) =>
      row(
        'Microsoft.Compute/virtualMachineScaleSets',
        `${root}/resourceGroups/${nodeGroupName(index)}/providers/Microsoft.Compute/virtualMachineScaleSets/aks-np${pool}-vmss`,
        {
          tags: { 'aks-managed-poolName': `np${pool}` },
          properties: {
            virtualMachineProfile: {
              networkProfile: {
                networkInterfaceConfigurations: [
                  {
                    name: 'nic',
                    properties: {
                      networkSecurityGroup: { id: nodeGroupId },
                      ipConfigurations: [
                        {
                          name: 'ipconfig1',
                          properties: {
                            subnet: { id },
                            loadBalancerBackendAddressPools: [
                              { id: `${balancerId}/backendAddressPools/kubernetes` },
                            ],
                          },
                        },
                      ],
                    },
                  },
                ],
              },
            },
          },
        },
      ),
    ),
    row('Microsoft.Network/publicIPAddresses', publicIpId, {
      tags: { 'k8s-azure-service': 'azureml/azureml-fe' },
      properties: { ipAddress: endpoint.ip },
    }),
    row('Microsoft.Network/loadBalancers', balancerId, {
      properties: {
        frontendIPConfigurations: [
          {
            id: `${balancerId}/frontendIPConfigurations/a1`,
            properties: { publicIPAddress: { id: publicIpId } },
          },
        ],
        backendAddressPools: [
          { id: `${balancerId}/backendAddressPools/kubernetes`, properties: {} },
        ],
        probes: [
          { id: `${balancerId}/probes/p`, properties: { protocol: 'Tcp', port: ports.probe } },
        ],
        loadBalancingRules: [
          {
            name: 'a1-TCP-443',
            properties: {
              frontendIPConfiguration: { id: `${balancerId}/frontendIPConfigurations/a1` },
              backendAddressPool: { id: `${balancerId}/backendAddressPools/kubernetes` },
              probe: { id: `${balancerId}/probes/p` },
              protocol: 'Tcp',
              frontendPort: ports.endpoint,
              backendPort: endpoint.isFloating ? ports.endpoint : ports.node,
              enableFloatingIP: endpoint.isFloating,
            },
          },
        ],
      },
    }),
    row('Microsoft.MachineLearningServices/workspaces', workspaceId, {
      location,
      properties: { ...properties, ...linked },
    }),
    row('Microsoft.Storage/storageAccounts', linked.storageAccount, { location, properties }),
    row('Microsoft.KeyVault/vaults', linked.keyVault, { location, properties }),
    row('Microsoft.ContainerRegistry/registries', linked.containerRegistry, {
      location,
      properties,
    }),
    row(
      'Microsoft.MachineLearningServices/workspaces/computes',
      `${workspaceId}/computes/inference`,
      { properties: { computeType: 'Kubernetes', resourceId: cluster.id } },
    ),
  ];
}

function grantRow(
  { who, role, scope }: GrantDraft,
  index: number,
  clusters: readonly SmallCluster[],
): readonly Body[] {
  const principalId = who === 'deployer' ? deployer : clusters[who]?.principalId;
  if (principalId === undefined) return [];
  const at = { group: netGroup, network: networkId(0), subscription: root }[scope];
  const id = `${at}/providers/Microsoft.Authorization/roleAssignments/0000000${index}-0000-0000-0000-000000000000`;
  return [
    row('Microsoft.Authorization/roleAssignments', id, {
      properties: {
        principalId,
        principalType: 'ServicePrincipal',
        roleDefinitionId: `${root}/providers/Microsoft.Authorization/roleDefinitions/${role}`,
        scope: at,
      },
    }),
  ];
}

function tagList(): Body {
  return row(
    'Microsoft.Network/serviceTags',
    `${root}/providers/Microsoft.Network/serviceTags/Public`,
    {
      name: 'Public',
      changeNumber: '1',
      cloud: 'Public',
      values: Object.entries(serviceTagPrefixes).map(([name, addressPrefixes]) => ({
        name,
        id: name,
        properties: {
          changeNumber: '1',
          region: name.split('.')[1] ?? '',
          systemService: name.split('.')[0],
          addressPrefixes,
        },
      })),
    },
  );
}
