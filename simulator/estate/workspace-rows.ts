import type { ClusterDraft } from './cluster-draft.ts';
import { containerGroupRows } from './container-instance-scenarios.ts';
import { scoringName } from './cluster-rows.ts';
import type { EstateRow } from './network-rows.ts';
import { resource } from './network-rows.ts';
import { registryId } from './outbound-scenarios.ts';
import { connectionsOf, firewallOf, privateLinkRows } from './private-link-rows.ts';
import { anotherRegion } from './regions.ts';
import {
  hubId,
  secondWorkspaceId,
  storageId,
  vaultId,
  workspaceId,
} from './workspace-resources.ts';

/** The Azure ML side of a cluster: workspace, its resources, compute, endpoint, extension. */
export function workspaceRows(draft: ClusterDraft): EstateRow[] {
  const { attachment } = draft;
  if (attachment === 'tag' || attachment === 'publicIp' || attachment === 'nothing') return [];
  if (attachment === 'extension') return [extension(draft)];
  const rows = [
    ...workspaces(draft),
    registry(draft),
    storage(draft),
    vault(draft),
    ...privateLinkRows(draft),
    ...containerGroupRows(draft),
  ];
  rows.push(...secondCompute(draft), ...trustedAccessBindings(draft));
  if (attachment === 'v1') return [...rows, legacyCompute(draft, computeId(draft))];
  const { visibility } = draft.endpoint;
  return [
    ...rows,
    kubernetesCompute(draft, computeId(draft)),
    extension(draft),
    ...(visibility === 'none' ? [] : [onlineEndpoint(draft)]),
  ];
}

function computeId(draft: ClusterDraft): string {
  return `${workspaceId(draft)}/computes/inference`;
}

/** The workspace, and its hub where it is a project. */
function workspaces(draft: ClusterDraft): EstateRow[] {
  const { links } = draft.posture;
  const location = (links.inAnotherRegion ? anotherRegion(draft.region) : draft.region).location;
  const named = {
    storageAccount: storageId(draft),
    keyVault: vaultId(draft),
    containerRegistry: registryId(draft),
  };
  const own = (id: string): EstateRow => ({
    ...named,
    ...publicAccessOf(draft),
    ...connectionsOf(draft, id),
  });
  const second = secondWorkspaceId(draft);
  const ids = [workspaceId(draft), ...(second === undefined ? [] : [second])];
  return links.isProject
    ? [
        workspace(draft, hubId(draft), 'Hub', location, own(hubId(draft))),
        ...ids.map((id) =>
          workspace(draft, id, 'Project', location, {
            hubResourceId: hubId(draft),
            ...(links.projectNamesResources ? named : {}),
          }),
        ),
      ]
    : ids.map((id) => workspace(draft, id, 'Default', location, own(id)));
}

function publicAccessOf({ posture, random }: ClusterDraft): EstateRow {
  return posture.links.workspace.publicAccess === 'disabled'
    ? { publicNetworkAccess: 'Disabled' }
    : random.pick([{}, { publicNetworkAccess: 'Enabled' }]);
}

function workspace(
  draft: ClusterDraft,
  id: string,
  kind: string,
  location: string,
  more: EstateRow,
): EstateRow {
  return resource(id, 'Microsoft.MachineLearningServices/workspaces', location, {
    kind,
    sku: { name: 'Basic', tier: 'Basic' },
    identity: {
      type: draft.random.pick(['SystemAssigned', 'SystemAssigned,UserAssigned']),
      principalId: draft.random.guid(),
    },
    properties: {
      provisioningState: 'Succeeded',
      friendlyName: id.slice(id.lastIndexOf('/') + 1),
      hbiWorkspace: false,
      workspaceId: draft.random.guid(),
      ...more,
    },
  });
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
      dataEndpointEnabled: draft.posture.links.registryServesLayers,
      ...firewallOf(draft, 'registry'),
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
      ...firewallOf(draft, 'storage'),
      ...connectionsOf(draft, storageId(draft)),
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
      vaultUri: `https://${vaultId(draft).slice(vaultId(draft).lastIndexOf('/') + 1)}.vault.azure.net/`,
      ...firewallOf(draft, 'vault'),
      ...connectionsOf(draft, vaultId(draft)),
    },
  });
}

/** A second compute on the cluster, of another workspace or of the retired type. */
function secondCompute(draft: ClusterDraft): EstateRow[] {
  const { second } = draft.posture.computes;
  if (second === 'legacy') {
    return [legacyCompute(draft, `${workspaceId(draft)}/computes/inference-v1`)];
  }
  const workspaceOfSecond = secondWorkspaceId(draft);
  if (workspaceOfSecond === undefined) return [];
  const id = `${workspaceOfSecond}/computes/inference`;
  return [draft.attachment === 'v1' ? legacyCompute(draft, id) : kubernetesCompute(draft, id)];
}

/** Lets each workspace that attaches the cluster past what bars its API server. */
function trustedAccessBindings(draft: ClusterDraft): EstateRow[] {
  const second = secondWorkspaceId(draft);
  const workspaceIds = [workspaceId(draft), ...(second === undefined ? [] : [second])];
  const type = 'Microsoft.ContainerService/managedClusters/trustedAccessRoleBindings';
  return (draft.posture.computes.isTrusted ? workspaceIds : []).map((sourceResourceId, at) => ({
    id: `${draft.id}/trustedAccessRoleBindings/aml-${at}`,
    name: `aml-${at}`,
    type,
    properties: {
      provisioningState: 'Succeeded',
      sourceResourceId,
      roles: ['Microsoft.MachineLearningServices/workspaces/mlworkload'],
    },
  }));
}

/** A cluster attached through the retired compute type; the service names its own front end. */
function legacyCompute(draft: ClusterDraft, id: string): EstateRow {
  const { endpoint, random } = draft;
  const internal = endpoint.visibility === 'private';
  const serviceType = random.pick(['systemServiceType', 'serviceType']);
  const subnet = draft.subnets.find(({ role }) => role === 'node');
  return resource(
    id,
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
          // Azure ML knows its front end only once the service has reached the cluster.
          systemServices:
            id === computeId(draft)
              ? [{ [serviceType]: 'ScoringFrontEnd', publicIpAddress: endpoint.ip, version: '2.1' }]
              : [],
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
function serviceAddresses({ layout }: ClusterDraft): EstateRow {
  return {
    ...(layout.serviceCidr === undefined ? {} : { serviceCidr: layout.serviceCidr }),
    ...(layout.dnsServiceIp === undefined ? {} : { dnsServiceIP: layout.dnsServiceIp }),
  };
}

function kubernetesCompute(draft: ClusterDraft, id: string): EstateRow {
  return resource(
    id,
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
