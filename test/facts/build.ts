import { type InventorySnapshot, snapshotOf } from '../../shared/inventory/inventory-snapshot.ts';
import { resourceTypeNamed } from '../../shared/inventory/row-type.ts';
import { type ResourceId, resourceId } from '../../shared/model/resource-id.ts';
import type { Known } from '../../shared/model/verdict.ts';
import type { Gap, Row } from '../../shared/ports.ts';
import type { InferenceCluster } from '../../shared/facts/inference-cluster.ts';
import { readFacts } from '../../shared/facts/read-facts.ts';

export type Body = Readonly<Record<string, unknown>>;

export const subscription = '11111111-1111-1111-1111-111111111111';
const root = `/subscriptions/${subscription}`;
const net = `${root}/resourceGroups/net/providers/Microsoft.Network`;
const nodeNet = `${root}/resourceGroups/MC_aks/providers/Microsoft.Network`;

export const ids = {
  cluster: `${root}/resourcegroups/aks/providers/Microsoft.ContainerService/managedClusters/scoring`,
  network: `${net}/virtualNetworks/spoke`,
  nodes: `${net}/virtualNetworks/spoke/subnets/nodes`,
  pods: `${net}/virtualNetworks/spoke/subnets/pods`,
  nsg: `${net}/networkSecurityGroups/nodes-nsg`,
  nodeNsg: `${nodeNet}/networkSecurityGroups/aks-agentpool-nsg`,
  routes: `${net}/routeTables/egress`,
  balancer: `${nodeNet}/loadBalancers/kubernetes`,
  frontend: `${nodeNet}/loadBalancers/kubernetes/frontendIPConfigurations/a1`,
  pool: `${nodeNet}/loadBalancers/kubernetes/backendAddressPools/kubernetes`,
  publicIp: `${nodeNet}/publicIPAddresses/kubernetes-a1`,
  scaleSet: `${root}/resourceGroups/MC_aks/providers/Microsoft.Compute/virtualMachineScaleSets/aks-np-vmss`,
  workspace: `${root}/resourceGroups/ml/providers/Microsoft.MachineLearningServices/workspaces/ws`,
  compute: `${root}/resourceGroups/ml/providers/Microsoft.MachineLearningServices/workspaces/ws/computes/k8s`,
  endpoint: `${root}/resourceGroups/ml/providers/Microsoft.MachineLearningServices/workspaces/ws/onlineEndpoints/ep`,
  extension: `${root}/resourcegroups/aks/providers/Microsoft.ContainerService/managedClusters/scoring/providers/Microsoft.KubernetesConfiguration/extensions/aml`,
  storage: `${root}/resourceGroups/ml/providers/Microsoft.Storage/storageAccounts/st`,
  vault: `${root}/resourceGroups/ml/providers/Microsoft.KeyVault/vaults/kv`,
  registry: `${root}/resourceGroups/ml/providers/Microsoft.ContainerRegistry/registries/acr`,
  privateEndpoint: `${net}/privateEndpoints/acr-pe`,
  groupOfNodes: `${root}/resourcegroups/mc_aks`,
  groupOfNetwork: `${root}/resourcegroups/net`,
  node: nodeNet,
} as const;

/** A row of the type that stands before the name in its id, or of a given one. */
export function row(type: string, id: string, rest: Body = {}): Row {
  const known = resourceTypeNamed(type);
  if (known === undefined) throw new RangeError(`No such type: ${type}`);
  return { kind: 'row', id: resourceId(id), type: known, body: { id, type, ...rest } };
}

export function gap(type: string, scope: string): Gap {
  const known = resourceTypeNamed(type);
  if (known === undefined) throw new RangeError(`No such type: ${type}`);
  return { kind: 'gap', type: known, scope, what: `rows of ${type}`, why: 'not authorised' };
}

export function cluster(properties: Body = {}, rest: Body = {}): Row {
  return row('Microsoft.ContainerService/ManagedClusters', ids.cluster, {
    name: 'Scoring',
    location: 'West Europe',
    identity: { type: 'SystemAssigned', principalId: 'AAAA0000-0000-0000-0000-000000000001' },
    ...rest,
    properties: {
      provisioningState: 'Succeeded',
      powerState: { code: 'Running' },
      nodeResourceGroup: 'MC_aks',
      enableRBAC: true,
      agentPoolProfiles: [{ name: 'np', vnetSubnetID: ids.nodes }],
      networkProfile: {
        networkPlugin: 'azure',
        serviceCidr: '10.0.0.0/16',
        serviceCidrs: ['10.0.0.0/16'],
        dnsServiceIP: '10.0.0.10',
      },
      ...properties,
    },
  });
}

export function network(properties: Body = {}, subnet: Body = {}): Row {
  return row('microsoft.network/virtualnetworks', ids.network, {
    name: 'Spoke',
    properties: {
      addressSpace: { addressPrefixes: ['10.1.0.0/16'] },
      subnets: [
        {
          id: ids.nodes,
          name: 'nodes',
          properties: {
            addressPrefix: '10.1.0.0/24',
            networkSecurityGroup: { id: ids.nsg },
            ...subnet,
          },
        },
        { id: ids.pods, name: 'pods', properties: { addressPrefixes: ['10.1.4.0/22'] } },
      ],
      ...properties,
    },
  });
}

export function securityGroup(id: string = ids.nsg, rules: readonly unknown[] = []): Row {
  return row('microsoft.network/networksecuritygroups', id, {
    properties: { securityRules: rules },
  });
}

export function scaleSet(networkSecurityGroup: Body | null = { id: ids.nodeNsg }): Row {
  return row('microsoft.compute/virtualmachinescalesets', ids.scaleSet, {
    properties: {
      virtualMachineProfile: {
        networkProfile: {
          networkInterfaceConfigurations: [
            {
              name: 'nic',
              properties: {
                networkSecurityGroup,
                ipConfigurations: [
                  {
                    name: 'ipconfig1',
                    properties: {
                      subnet: { id: ids.nodes },
                      loadBalancerBackendAddressPools: [{ id: ids.pool }],
                    },
                  },
                ],
              },
            },
          ],
        },
      },
    },
  });
}

export function publicIp(properties: Body = {}, tags: Body | null = null): Row {
  return row('microsoft.network/publicipaddresses', ids.publicIp, {
    tags: tags ?? { 'k8s-azure-service': 'azureml/azureml-fe' },
    properties: { ipAddress: '20.1.2.3', ...properties },
  });
}

export function balancer(rule: Body = {}, pool: Body = {}, frontend: Body | null = null): Row {
  return row('microsoft.network/loadbalancers', ids.balancer, {
    properties: {
      frontendIPConfigurations: [
        { id: ids.frontend, properties: frontend ?? { publicIPAddress: { id: ids.publicIp } } },
      ],
      backendAddressPools: [{ id: ids.pool, properties: pool }],
      probes: [{ id: `${ids.balancer}/probes/p`, properties: { port: 31_000 } }],
      loadBalancingRules: [
        {
          name: 'a1-TCP-443',
          properties: {
            frontendIPConfiguration: { id: ids.frontend },
            backendAddressPool: { id: ids.pool },
            probe: { id: `${ids.balancer}/probes/p` },
            protocol: 'tcp',
            frontendPort: 443,
            backendPort: 443,
            enableFloatingIP: true,
            ...rule,
          },
        },
      ],
    },
  });
}

export function workspace(properties: Body = {}): Row {
  return row('microsoft.machinelearningservices/workspaces', ids.workspace, {
    location: 'westeurope',
    properties: {
      containerRegistry: null,
      storageAccount: ids.storage,
      keyVault: ids.vault,
      ...properties,
    },
  });
}

export function compute(properties: Body = {}): Row {
  return row('microsoft.machinelearningservices/workspaces/computes', ids.compute, {
    properties: { computeType: 'Kubernetes', resourceId: ids.cluster, ...properties },
  });
}

export function onlineEndpoint(scoringUri: unknown, computeId: unknown = ids.compute): Row {
  return row('microsoft.machinelearningservices/workspaces/onlineendpoints', ids.endpoint, {
    properties: { scoringUri, compute: computeId },
  });
}

export function extension(settings: Body): Row {
  return row('microsoft.kubernetesconfiguration/extensions', ids.extension, {
    properties: {
      ExtensionType: 'Microsoft.AzureML.Kubernetes',
      ConfigurationSettings: settings,
    },
  });
}

/** A whole estate: a v2 cluster in a customer's network with a public scoring endpoint. */
export function estate(): Row[] {
  return [
    cluster(),
    network(),
    securityGroup(),
    securityGroup(ids.nodeNsg),
    scaleSet(),
    publicIp(),
    balancer(),
    workspace(),
    row('Microsoft.Storage/storageAccounts', ids.storage, { properties: {} }),
    row('Microsoft.KeyVault/vaults', ids.vault, { properties: {} }),
    compute(),
  ];
}

/** The estate with these rows in place of those with the same id, or beside them. */
export function estateWith(...rows: readonly (Row | Gap)[]): InventorySnapshot {
  return snapshotOf([...estate(), ...rows]);
}

/** The estate without the rows of these ids, and with others. */
export function estateWithout(
  without: readonly string[],
  ...rows: readonly (Row | Gap)[]
): InventorySnapshot {
  const gone = new Set<ResourceId>(without.map(resourceId));
  return snapshotOf([...estate().filter((one) => !gone.has(one.id)), ...rows]);
}

export function factsOf(snapshot: InventorySnapshot): InferenceCluster {
  const [facts] = readFacts(snapshot, [resourceId(ids.cluster)]);
  if (facts === undefined) throw new RangeError('No facts');
  return facts;
}

export function valueOf<T>(known: Known<T>): T {
  if (!known.known) throw new RangeError(`Unknown: ${JSON.stringify(known.missing)}`);
  return known.value;
}

/** What is missing, as `what: why` texts; nothing where the value is known. */
export function missingIn(known: Known<unknown>): string[] {
  return known.known ? [] : known.missing.map(({ what, why }) => `${what}: ${why}`);
}
