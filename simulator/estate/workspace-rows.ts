import type { ClusterDraft } from './cluster-draft.ts';
import { scoringName } from './cluster-rows.ts';
import type { EstateRow } from './network-rows.ts';
import { resource } from './network-rows.ts';
import { registryId } from './outbound-scenarios.ts';

/** The Azure ML side of a cluster: workspace, its resources, compute, endpoint, extension. */
export function workspaceRows(draft: ClusterDraft): EstateRow[] {
  const { attachment } = draft;
  if (attachment === 'tag' || attachment === 'publicIp' || attachment === 'nothing') return [];
  if (attachment === 'extension') return [extension(draft)];
  const rows = [workspace(draft), registry(draft), storage(draft), vault(draft)];
  if (attachment === 'v1') return [...rows, legacyCompute(draft)];
  const { visibility } = draft.endpoint;
  return [
    ...rows,
    kubernetesCompute(draft),
    extension(draft),
    ...(visibility === 'none' ? [] : [onlineEndpoint(draft)]),
  ];
}

function workspaceId(draft: ClusterDraft): string {
  return `${draft.groupId}/providers/Microsoft.MachineLearningServices/workspaces/mlw-${draft.name}`;
}

function computeId(draft: ClusterDraft): string {
  return `${workspaceId(draft)}/computes/inference`;
}

function storageId(draft: ClusterDraft): string {
  return `${draft.groupId}/providers/Microsoft.Storage/storageAccounts/${shortName('st', draft)}`;
}

function vaultId(draft: ClusterDraft): string {
  return `${draft.groupId}/providers/Microsoft.KeyVault/vaults/${shortName('kv', draft)}`;
}

function shortName(prefix: string, draft: ClusterDraft): string {
  return `${prefix}${draft.index}${draft.name.replaceAll('-', '')}`.slice(0, 24);
}

function workspace(draft: ClusterDraft): EstateRow {
  return resource(
    workspaceId(draft),
    'Microsoft.MachineLearningServices/workspaces',
    draft.region.location,
    {
      kind: 'Default',
      sku: { name: 'Basic', tier: 'Basic' },
      identity: {
        type: draft.random.pick(['SystemAssigned', 'SystemAssigned,UserAssigned']),
        principalId: draft.random.guid(),
      },
      properties: {
        provisioningState: 'Succeeded',
        friendlyName: `mlw-${draft.name}`,
        storageAccount: storageId(draft),
        keyVault: vaultId(draft),
        containerRegistry: registryId(draft),
        hbiWorkspace: false,
        ...draft.random.pick([{}, { publicNetworkAccess: 'Enabled' }]),
        workspaceId: draft.random.guid(),
      },
    },
  );
}

function registry(draft: ClusterDraft): EstateRow {
  const id = registryId(draft);
  const name = id.slice(id.lastIndexOf('/') + 1);
  return resource(id, 'Microsoft.ContainerRegistry/registries', draft.registryRegion.location, {
    sku: { name: 'Premium', tier: 'Premium' },
    properties: {
      provisioningState: 'Succeeded',
      loginServer: `${name}.azurecr.io`,
      adminUserEnabled: false,
      ...draft.random.pick([{}, { publicNetworkAccess: 'Enabled' }]),
      privateEndpointConnections: draft.privateEndpoints.map(({ place, state }) => ({
        id: `${id}/privateEndpointConnections/pe-${draft.name}-registry.${draft.index}`,
        name: `pe-${draft.name}-registry.${draft.index}`,
        type: 'Microsoft.ContainerRegistry/registries/privateEndpointConnections',
        properties: {
          provisioningState: 'Succeeded',
          privateEndpoint: {
            id: `${place === 'own' ? draft.networkGroupId : draft.similarGroupId}/providers/Microsoft.Network/privateEndpoints/pe-${draft.name}-registry`,
          },
          privateLinkServiceConnectionState: {
            status: state,
            description: '',
            actionsRequired: 'None',
          },
        },
      })),
    },
  });
}

function storage(draft: ClusterDraft): EstateRow {
  return resource(storageId(draft), 'Microsoft.Storage/storageAccounts', draft.region.location, {
    sku: { name: 'Standard_LRS', tier: 'Standard' },
    kind: 'StorageV2',
    properties: {
      provisioningState: 'Succeeded',
      accessTier: 'Hot',
      ...draft.random.pick([
        {},
        {
          networkAcls: {
            bypass: 'Logging, Metrics, AzureServices',
            defaultAction: 'Allow',
            ipRules: [],
            virtualNetworkRules: [],
          },
        },
      ]),
    },
  });
}

function vault(draft: ClusterDraft): EstateRow {
  return resource(vaultId(draft), 'Microsoft.KeyVault/vaults', draft.region.location, {
    properties: {
      provisioningState: 'Succeeded',
      tenantId: '72f1e5a0-6b1c-4d0e-9f55-3d8c8a1e0b11',
      sku: { family: 'A', name: 'standard' },
      enableRbacAuthorization: true,
      vaultUri: `https://${shortName('kv', draft)}.vault.azure.net/`,
    },
  });
}

/** A cluster attached through the retired compute type; the service names its own front end. */
function legacyCompute(draft: ClusterDraft): EstateRow {
  const { endpoint, random } = draft;
  const internal = endpoint.visibility === 'private';
  const serviceType = random.pick(['systemServiceType', 'serviceType']);
  const subnet = draft.subnets.find(({ role }) => role === 'node');
  return resource(
    computeId(draft),
    'Microsoft.MachineLearningServices/workspaces/computes',
    draft.region.location,
    {
      tags: null,
      properties: {
        computeType: 'AKS',
        provisioningState: 'Succeeded',
        isAttachedCompute: true,
        resourceId: draft.id,
        description: null,
        properties: {
          clusterFqdn: null,
          agentCount: 2,
          agentVmSize: 'Standard_D4ds_v5',
          clusterPurpose: 'FastProd',
          systemServices: [
            { [serviceType]: 'ScoringFrontEnd', publicIpAddress: endpoint.ip, version: '2.1' },
          ],
          sslConfiguration: { status: endpoint.port === 443 ? 'Enabled' : 'Disabled' },
          ...(draft.layout.dockerBridge === undefined || subnet === undefined
            ? {}
            : {
                aksNetworkingConfiguration: {
                  subnetId: subnet.id,
                  ...serviceAddresses(draft),
                  dockerBridgeCidr: draft.layout.dockerBridge,
                },
              }),
          loadBalancerType: internal ? 'InternalLoadBalancer' : 'PublicIp',
          ...(internal && subnet !== undefined ? { loadBalancerSubnet: subnet.name } : {}),
        },
      },
    },
  );
}

/** What the network profile says of services, as far as the estate says it at all. */
export function serviceAddresses({ layout }: ClusterDraft): EstateRow {
  return {
    ...(layout.serviceCidr === undefined ? {} : { serviceCidr: layout.serviceCidr }),
    ...(layout.dnsServiceIp === undefined ? {} : { dnsServiceIP: layout.dnsServiceIp }),
  };
}

function kubernetesCompute(draft: ClusterDraft): EstateRow {
  return resource(
    computeId(draft),
    'Microsoft.MachineLearningServices/workspaces/computes',
    draft.region.location,
    {
      tags: null,
      identity: { type: 'SystemAssigned', principalId: draft.random.guid() },
      properties: {
        computeType: 'Kubernetes',
        provisioningState: 'Succeeded',
        isAttachedCompute: true,
        resourceId: draft.id,
        description: null,
        properties: {
          namespace: 'scoring',
          defaultInstanceType: 'defaultinstancetype',
          extensionInstanceReleaseTrain: 'stable',
        },
      },
    },
  );
}

function onlineEndpoint(draft: ClusterDraft): EstateRow {
  const { endpoint, random } = draft;
  const host =
    endpoint.visibility === 'unaddressed'
      ? `score-${draft.index}.corp.example`
      : endpoint.visibility === 'public' && random.chance(0.3)
        ? scoringName(draft)
        : endpoint.ip;
  const scheme = endpoint.port === 443 ? 'https' : 'http';
  const root = `${scheme}://${host}${random.pick(['', `:${endpoint.port}`])}/api/v1/endpoint/${draft.team}`;
  return resource(
    `${workspaceId(draft)}/onlineEndpoints/${draft.team}`,
    'Microsoft.MachineLearningServices/workspaces/onlineEndpoints',
    draft.region.location,
    {
      kind: 'K8S',
      identity: { type: 'SystemAssigned', principalId: random.guid() },
      properties: {
        authMode: 'Key',
        compute: computeId(draft),
        provisioningState: 'Succeeded',
        scoringUri: `${root}/score`,
        swaggerUri: `${root}/swagger.json`,
        traffic: { blue: 100 },
      },
    },
  );
}

function extension(draft: ClusterDraft): EstateRow {
  const { endpoint, random } = draft;
  const settings = {
    enableTraining: 'False',
    enableInference: random.pick(['True', 'true']),
    inferenceRouterServiceType: random.pick([
      draft.extensionServiceType,
      draft.extensionServiceType.toLowerCase(),
    ]),
    allowInsecureConnections: endpoint.port === 80 ? 'True' : 'False',
    ...(endpoint.visibility === 'private' ? { internalLoadBalancerProvider: 'azure' } : {}),
  };
  const id = `${draft.id}/providers/Microsoft.KubernetesConfiguration/extensions/azureml`;
  // Resource Graph writes these members in Pascal case, Resource Manager in camel case.
  const properties = random.chance(0.6)
    ? {
        ExtensionType: 'Microsoft.AzureML.Kubernetes',
        ReleaseTrain: 'stable',
        ProvisioningState: 'Succeeded',
        ConfigurationSettings: settings,
      }
    : {
        extensionType: 'microsoft.azureml.kubernetes',
        releaseTrain: 'stable',
        provisioningState: 'Succeeded',
        configurationSettings: settings,
      };
  const [, , subscriptionId = '', , resourceGroup = ''] = id.split('/');
  return {
    id,
    name: 'azureml',
    type: 'Microsoft.KubernetesConfiguration/extensions',
    subscriptionId,
    resourceGroup: resourceGroup.toLowerCase(),
    properties,
  };
}
