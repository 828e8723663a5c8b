import type { ClusterDraft } from './cluster-draft.ts';
import { nodeSubnets } from './cluster-draft.ts';
import type { EstateRow } from './network-rows.ts';
import { resource } from './network-rows.ts';

const tenantId = '72f1e5a0-6b1c-4d0e-9f55-3d8c8a1e0b11';

/** The cluster itself with its node pools, load balancer and public addresses. */
export function clusterRows(draft: ClusterDraft): EstateRow[] {
  return [
    managedCluster(draft),
    ...nodeSubnets(draft).map((_, pool) => scaleSet(draft, pool)),
    ...frontDoorOfTheCluster(draft),
  ];
}

/** Whether the endpoint's public address carries the tag of Azure ML's front end. */
function tagsPublicIp(draft: ClusterDraft): boolean {
  const { attachment, index } = draft;
  return attachment === 'extension' || attachment === 'publicIp' || index % 3 !== 0;
}

function managedCluster(draft: ClusterDraft): EstateRow {
  const { random, identity, layout, region, subscription, plugin } = draft;
  const { apiServer, kubernetes, computes } = draft.posture;
  const dualStack = draft.addressSpace6 !== undefined;
  const fqdn = `${draft.name}-${random.hex(8)}.hcp.${region.location}.azmk8s.io`;
  const row = resource(
    draft.id.replace('/resourceGroups/', '/resourcegroups/'),
    'Microsoft.ContainerService/ManagedClusters',
    region.location,
    {
      tags: {
        team: draft.team,
        ...(draft.attachment === 'tag' ? { 'portcullis:inference': 'true' } : {}),
      },
      sku: { name: 'Base', tier: random.pick(['Standard', 'Free', 'Premium']) },
      ...identityMember(draft),
      properties: {
        provisioningState: 'Succeeded',
        powerState: { code: 'Running' },
        kubernetesVersion: '1.33',
        currentKubernetesVersion: '1.33.4',
        dnsPrefix: draft.name,
        ...(apiServer.hasPublicName ? { fqdn } : {}),
        ...(apiServer.hasPrivateName
          ? { privateFQDN: fqdn.replace('.hcp.', '.privatelink.') }
          : {}),
        agentPoolProfiles: nodeSubnets(draft).map((subnet, pool) =>
          agentPool(draft, pool, subnet.id),
        ),
        servicePrincipalProfile: {
          clientId: identity.kind === 'servicePrincipal' ? identity.clientId : 'msi',
        },
        ...(identity.kind === 'servicePrincipal'
          ? {}
          : {
              identityProfile: {
                kubeletidentity: {
                  resourceId: `${draft.nodeGroupId}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${draft.name}-agentpool`,
                  clientId: random.guid(),
                  objectId: draft.kubeletObjectId,
                },
              },
            }),
        nodeResourceGroup: draft.nodeGroupId.slice(draft.nodeGroupId.lastIndexOf('/') + 1),
        ...(kubernetes.rbac === undefined ? {} : { enableRBAC: kubernetes.rbac }),
        ...(kubernetes.azureRbac ? { aadProfile: { managed: true, enableAzureRBAC: true } } : {}),
        disableLocalAccounts: computes.localAccountsDisabled,
        networkProfile: {
          networkPlugin: plugin === 'kubenet' ? 'kubenet' : 'azure',
          ...(plugin === 'overlay' ? { networkPluginMode: 'overlay' } : {}),
          ...random.pick([{}, { networkPolicy: 'calico' }, { networkPolicy: 'none' }]),
          ...(plugin === 'kubenet' || plugin === 'overlay'
            ? { podCidr: layout.podCidr, podCidrs: [layout.podCidr] }
            : {}),
          ...(layout.serviceCidr === undefined
            ? {}
            : {
                serviceCidr: layout.serviceCidr,
                serviceCidrs: [layout.serviceCidr, ...(dualStack ? ['fd12:3456:789a::/108'] : [])],
              }),
          ...(layout.dnsServiceIp === undefined ? {} : { dnsServiceIP: layout.dnsServiceIp }),
          outboundType: draft.outboundType,
          loadBalancerSku: random.pick(['standard', 'Standard']),
          ipFamilies: dualStack ? ['IPv4', 'IPv6'] : ['IPv4'],
        },
        ...apiServerAccessProfile(draft),
      },
    },
  );
  return { ...row, subscriptionId: subscription.id };
}

/** Left out where nothing was asked for. */
function apiServerAccessProfile({ posture, subnets }: ClusterDraft): EstateRow {
  const { apiServer, computes } = posture;
  const own = subnets.find(({ role }) => role === 'apiServer');
  const profile = {
    ...(apiServer.isPrivate
      ? {
          enablePrivateCluster: true,
          privateDNSZone: apiServer.privateDnsZone,
          ...(apiServer.publicNameFlag === undefined
            ? {}
            : { enablePrivateClusterPublicFQDN: apiServer.publicNameFlag }),
        }
      : {}),
    ...(computes.authorizedRanges.length > 0
      ? { authorizedIPRanges: computes.authorizedRanges }
      : {}),
    ...(own === undefined ? {} : { enableVnetIntegration: true, subnetId: own.id }),
  };
  return Object.keys(profile).length === 0 ? {} : { apiServerAccessProfile: profile };
}

function identityMember(draft: ClusterDraft): EstateRow {
  const { kind, principalId, clientId } = draft.identity;
  if (kind === 'servicePrincipal') return draft.random.pick([{}, { identity: { type: 'None' } }]);
  if (kind === 'system') return { identity: { type: 'SystemAssigned', principalId, tenantId } };
  const id = `${draft.groupId}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-${draft.name}`;
  const key = draft.random.pick([
    id,
    id.replace('/resourceGroups/', '/resourcegroups/'),
    id.toLowerCase(),
  ]);
  return {
    identity: {
      type: 'UserAssigned',
      userAssignedIdentities: { [key]: { clientId, principalId } },
    },
  };
}

function poolName(pool: number): string {
  return pool === 0 ? 'system' : 'scoring';
}

function agentPool(draft: ClusterDraft, pool: number, subnetId: string): EstateRow {
  const pods = draft.subnets.find(({ role }) => role === 'pod');
  return {
    name: poolName(pool),
    count: 2 + pool,
    vmSize: pool === 0 ? 'Standard_D4ds_v5' : 'Standard_NC8as_T4_v3',
    osType: 'Linux',
    osSKU: 'AzureLinux',
    type: 'VirtualMachineScaleSets',
    mode: pool === 0 ? 'System' : 'User',
    provisioningState: 'Succeeded',
    powerState: { code: 'Running' },
    ...(draft.network === 'managed' ? {} : { vnetSubnetID: subnetId }),
    ...(pods === undefined ? {} : { podSubnetID: pods.id }),
  };
}

function scaleSetId(draft: ClusterDraft, pool: number): string {
  const name = `aks-${poolName(pool)}-${20000000 + draft.index}-vmss`;
  return `${draft.nodeGroupId}/providers/Microsoft.Compute/virtualMachineScaleSets/${name}`;
}

function loadBalancerId(draft: ClusterDraft): string {
  const internal = draft.endpoint.visibility === 'private' ? '-internal' : '';
  return `${draft.nodeGroupId}/providers/Microsoft.Network/loadBalancers/kubernetes${internal}`;
}

function scaleSet(draft: ClusterDraft, pool: number): EstateRow {
  const subnet = nodeSubnets(draft)[pool];
  const poolId = `${loadBalancerId(draft)}/backendAddressPools/kubernetes`;
  const { visibility } = draft.endpoint;
  const balanced = visibility === 'public' || visibility === 'private';
  return resource(
    scaleSetId(draft, pool),
    'Microsoft.Compute/virtualMachineScaleSets',
    draft.region.location,
    {
      tags: { 'aks-managed-poolName': poolName(pool) },
      sku: { name: 'Standard_D4ds_v5', tier: 'Standard', capacity: 2 + pool },
      properties: {
        provisioningState: 'Succeeded',
        singlePlacementGroup: false,
        virtualMachineProfile: {
          networkProfile: {
            networkInterfaceConfigurations: [
              {
                name: `aks-${poolName(pool)}`,
                properties: {
                  primary: true,
                  enableIPForwarding: draft.plugin === 'kubenet',
                  networkSecurityGroup: { id: draft.nodeNsg.id },
                  ipConfigurations: [
                    {
                      name: 'ipconfig1',
                      properties: {
                        primary: true,
                        privateIPAddressVersion: 'IPv4',
                        ...(subnet === undefined ? {} : { subnet: { id: subnet.id } }),
                        ...(balanced ? { loadBalancerBackendAddressPools: [{ id: poolId }] } : {}),
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
  );
}

/** The load balancer of the scoring endpoint, and its public address if it has one. */
function frontDoorOfTheCluster(draft: ClusterDraft): EstateRow[] {
  const { endpoint, region, random } = draft;
  if (endpoint.visibility === 'none' || endpoint.visibility === 'unaddressed') return [];
  const id = loadBalancerId(draft);
  const uid = `a${random.hex(draft.conditions.compact ? 7 : 31)}`;
  const frontend = { id: `${id}/frontendIPConfigurations/${uid}` };
  const pool = { id: `${id}/backendAddressPools/kubernetes` };
  const ruleName = `${uid}-TCP-${endpoint.port}`;
  const probe = { id: `${id}/probes/${ruleName}` };
  const publicIpId = `${draft.nodeGroupId}/providers/Microsoft.Network/publicIPAddresses/kubernetes-${uid}`;
  const subnet = nodeSubnets(draft)[0];
  const loadBalancer = resource(id, 'Microsoft.Network/loadBalancers', region.location, {
    sku: { name: 'Standard', tier: 'Regional' },
    properties: {
      provisioningState: 'Succeeded',
      frontendIPConfigurations: [
        {
          name: uid,
          id: frontend.id,
          properties: {
            provisioningState: 'Succeeded',
            ...(endpoint.visibility === 'public'
              ? { privateIPAllocationMethod: 'Dynamic', publicIPAddress: { id: publicIpId } }
              : {
                  privateIPAddress: endpoint.ip,
                  privateIPAllocationMethod: 'Dynamic',
                  privateIPAddressVersion: 'IPv4',
                  ...(subnet === undefined ? {} : { subnet: { id: subnet.id } }),
                }),
            loadBalancingRules: [{ id: `${id}/loadBalancingRules/${ruleName}` }],
          },
        },
      ],
      backendAddressPools: [
        {
          name: 'kubernetes',
          id: pool.id,
          properties: {
            provisioningState: 'Succeeded',
            backendIPConfigurations: nodeSubnets(draft).map((_, at) => ({
              id: `${scaleSetId(draft, at)}/virtualMachines/0/networkInterfaces/aks-${poolName(at)}/ipConfigurations/ipconfig1`,
            })),
            loadBalancingRules: [{ id: `${id}/loadBalancingRules/${ruleName}` }],
          },
        },
      ],
      loadBalancingRules: [
        {
          name: ruleName,
          id: `${id}/loadBalancingRules/${ruleName}`,
          properties: {
            provisioningState: 'Succeeded',
            frontendIPConfiguration: frontend,
            backendAddressPool: pool,
            probe,
            protocol: 'Tcp',
            frontendPort: endpoint.port,
            backendPort: endpoint.floatingIp ? endpoint.port : endpoint.nodePort,
            enableFloatingIP: endpoint.floatingIp,
            idleTimeoutInMinutes: 4,
            loadDistribution: 'Default',
            enableTcpReset: true,
            disableOutboundSnat: true,
          },
        },
      ],
      probes: [
        {
          name: ruleName,
          id: probe.id,
          properties: {
            provisioningState: 'Succeeded',
            protocol: 'Tcp',
            port: endpoint.nodePort,
            intervalInSeconds: 5,
            numberOfProbes: 2,
          },
        },
      ],
    },
  });
  return endpoint.visibility === 'public'
    ? [loadBalancer, publicAddress(draft, publicIpId, frontend.id)]
    : [loadBalancer];
}

function publicAddress(draft: ClusterDraft, id: string, frontendId: string): EstateRow {
  const service = draft.attachment === 'v1' ? 'default/azureml-fe' : 'azureml/azureml-fe';
  const { random } = draft;
  const tags = tagsPublicIp(draft)
    ? random.pick([
        { 'k8s-azure-service': service, 'k8s-azure-cluster-name': 'kubernetes' },
        {
          'k8s-azure-service': `monitoring/grafana,${service}`,
          'k8s-azure-cluster-name': 'kubernetes',
        },
        { service, 'kubernetes-cluster-name': 'kubernetes' },
      ])
    : { 'k8s-azure-cluster-name': 'kubernetes' };
  return resource(id, 'Microsoft.Network/publicIPAddresses', draft.region.location, {
    sku: { name: 'Standard', tier: 'Regional' },
    tags,
    properties: {
      provisioningState: 'Succeeded',
      ipAddress: draft.endpoint.ip,
      publicIPAllocationMethod: 'Static',
      ...random.pick([{}, { publicIPAddressVersion: 'IPv4' }]),
      idleTimeoutInMinutes: 4,
      ipConfiguration: { id: frontendId },
      dnsSettings: { domainNameLabel: draft.name, fqdn: scoringName(draft) },
    },
  });
}

/** The DNS name of the endpoint's public address. */
export function scoringName(draft: ClusterDraft): string {
  return `${draft.name}.${draft.region.location}.cloudapp.azure.com`;
}
