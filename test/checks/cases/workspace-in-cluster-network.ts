import type {
  ClusterSubnet,
  InferenceCluster,
  Workspace,
} from '../../../shared/facts/inference-cluster.ts';
import type { LinkedResource, PrivateEndpoint } from '../../../shared/facts/linked-resources.ts';
import { type ResourceId, resourceId } from '../../../shared/model/resource-id.ts';
import { known } from '../../../shared/model/verdict.ts';
import type { Peering } from '../../../shared/network/virtual-network.ts';
import {
  type CheckCase,
  cluster,
  compute,
  linked,
  networkGroup,
  networkResource,
  privateEndpoint,
  registry,
  subnet,
  unread,
  virtualNetwork,
  workspace,
} from '../build.ts';

const hubNetwork = resourceId(
  '/subscriptions/9999/resourceGroups/hub/providers/Microsoft.Network/virtualNetworks/hub',
);
const inHub = resourceId(`${hubNetwork}/subnets/endpoints`);

function endpoints(...groups: readonly string[]): Pick<LinkedResource, 'privateEndpoints'> {
  return endpointsIn(undefined, ...groups);
}

function endpointsIn(subnetId: ResourceId | undefined, ...groups: readonly string[]) {
  const made = groups.map((group): PrivateEndpoint =>
    privateEndpoint({
      id: networkResource('privateEndpoints', `pe-${group}`),
      groups: [group],
      ...(subnetId === undefined ? {} : { subnetId }),
    }),
  );
  return { privateEndpoints: known(made) };
}

const entrance = (changes: Partial<LinkedResource>) =>
  known(linked('Microsoft.MachineLearningServices/workspaces', 'fraud-ws', changes));
const storage = (changes: Partial<LinkedResource>) =>
  known(linked('Microsoft.Storage/storageAccounts', 'fraudst', changes));
const vault = (changes: Partial<LinkedResource>) =>
  known(linked('Microsoft.KeyVault/vaults', 'fraudkv', changes));

/** Everything by private endpoints in the cluster's network. */
const complete: Partial<Workspace> = {
  entrance: entrance(endpoints('amlworkspace')),
  storage: storage(endpoints('blob', 'file')),
  vault: vault(endpoints('vault')),
  registry: known(registry(endpoints('registry'))),
};
const attached = (changes: Partial<Workspace>, more: Partial<InferenceCluster> = {}) =>
  cluster({ workspaces: known([workspace({ ...complete, ...changes })]), ...more });

/** Everything by private endpoints in another network. */
const inPeer: Partial<Workspace> = {
  entrance: entrance(endpointsIn(inHub, 'amlworkspace')),
  storage: storage(endpointsIn(inHub, 'blob', 'file')),
  vault: vault(endpointsIn(inHub, 'vault')),
  registry: known(registry(endpointsIn(inHub, 'registry'))),
};
const peer = (name: string, state: Peering['state'], remoteNetworkId: ResourceId): Peering => ({
  name,
  state,
  remoteNetworkId,
  remotePrefixes: ['10.9.0.0/16'],
  useRemoteGateways: false,
});
const peered = (...peerings: readonly Peering[]) =>
  subnet({ virtualNetwork: known(virtualNetwork({ peerings })) });
const peering = (state: Peering['state']): Partial<InferenceCluster> => ({
  subnets: known([peered(peer('to-hub', state, hubNetwork))]),
});
const elsewhere = networkResource('virtualNetworks', 'elsewhere');
const v1 = { computes: known([compute({ type: 'AKS' })]) };

const a = (services: readonly string[]) => subnet({ serviceEndpoints: known(services) });
const b = (services: readonly string[]) =>
  subnet({ name: 'nodes-b', serviceEndpoints: known(services) });
const admitted = (...subnets: readonly ClusterSubnet[]) => subnets.map(({ id }) => id);
const keyVault = ['microsoft.keyvault'];
const nodes = (...subnets: readonly ClusterSubnet[]): Partial<InferenceCluster> => ({
  subnets: known(subnets),
});

const cases: readonly CheckCase[] = [
  {
    name: 'private endpoints for everything in the network of the cluster',
    given: attached({}),
    expect: 'pass',
  },
  {
    name: 'no registry yet',
    given: attached({ registry: known(null) }),
    expect: 'pass',
    says: /no container registry yet/,
  },
  {
    name: 'nothing has a private path, and everything is open',
    given: cluster(),
    expect: 'fail',
    severity: 'medium',
    says: /over the Internet/,
  },
  {
    name: 'the workspace has no private endpoint and its public access is off',
    given: attached({ entrance: entrance({ publicAccess: 'off' }) }),
    expect: 'fail',
    severity: 'high',
    says: /cannot reach it/,
  },
  {
    name: 'storage has a private endpoint for blobs and none for files',
    given: attached({ storage: storage(endpoints('blob')) }),
    expect: 'fail',
    severity: 'medium',
    says: /\(file\)/,
  },
  {
    name: 'the private endpoint of the vault waits for approval',
    given: attached({
      vault: vault({
        otherEndpoints: [
          { id: networkResource('privateEndpoints', 'pe-vault'), status: 'pending' },
        ],
      }),
    }),
    expect: 'fail',
    severity: 'medium',
    says: /pe-vault is pending/,
  },
  {
    name: 'the private endpoint of the vault leads to something else of it',
    given: attached({ vault: vault(endpoints('managedhsm')) }),
    expect: 'fail',
    severity: 'medium',
  },
  {
    name: 'a service endpoint on every node subnet, and a rule for each',
    given: attached(
      { vault: vault({ publicAccess: 'off', admittedSubnets: admitted(a([]), b([])) }) },
      nodes(a(keyVault), b(keyVault)),
    ),
    expect: 'pass',
    says: /service endpoint/,
  },
  {
    name: 'the service endpoint of storage for all regions',
    given: attached(
      { storage: storage({ admittedSubnets: admitted(a([])) }) },
      nodes(a(['microsoft.storage.global'])),
    ),
    expect: 'pass',
  },
  {
    name: 'a service endpoint on one of two node subnets',
    given: attached(
      { vault: vault({ publicAccess: 'selected', admittedSubnets: admitted(a([]), b([])) }) },
      nodes(a(keyVault), b([])),
    ),
    expect: 'fail',
    severity: 'medium',
    says: /no service endpoint/,
  },
  {
    name: 'service endpoints on both node subnets, and a rule for one',
    given: attached(
      { vault: vault({ publicAccess: 'off', admittedSubnets: admitted(a([])) }) },
      nodes(a(keyVault), b(keyVault)),
    ),
    expect: 'fail',
    severity: 'high',
    says: /no rule admits subnet nodes-b/,
  },
  {
    name: 'a service endpoint of another service',
    given: attached(
      { vault: vault({ admittedSubnets: admitted(a([])) }) },
      nodes(a(['microsoft.storage'])),
    ),
    expect: 'fail',
    severity: 'medium',
  },
  {
    name: 'the row of the registry does not list its rules, and every node subnet has a service endpoint',
    given: attached(
      {
        registry: known(
          registry({
            publicAccess: 'off',
            unseenRules: unread('subnets that the network rules admit').missing,
          }),
        ),
      },
      nodes(a(['microsoft.containerregistry'])),
    ),
    expect: 'unknown',
    says: /network rules/,
  },
  {
    name: 'the row of the registry does not list its rules, and no node subnet has a service endpoint',
    given: attached(
      {
        registry: known(
          registry({
            publicAccess: 'off',
            unseenRules: unread('subnets that the network rules admit').missing,
          }),
        ),
      },
      nodes(a([])),
    ),
    expect: 'fail',
    severity: 'high',
  },
  {
    name: 'a workspace takes no service endpoint, whatever its row says',
    given: attached(
      { entrance: entrance({ admittedSubnets: admitted(a([])) }) },
      nodes(a(['microsoft.machinelearningservices'])),
    ),
    expect: 'fail',
    severity: 'medium',
  },
  {
    name: 'v2: private endpoints in a connected peer',
    given: attached(inPeer, peering('Connected')),
    expect: 'pass',
    says: /connected peer/,
  },
  {
    name: 'v1: private endpoints in a connected peer only',
    given: attached(inPeer, { ...peering('Connected'), ...v1 }),
    expect: 'fail',
    severity: 'low',
    says: /peered network/,
  },
  {
    name: 'v2: the peering is disconnected',
    given: attached(inPeer, peering('Disconnected')),
    expect: 'fail',
    severity: 'medium',
  },
  {
    name: 'v2: the peering keeps the traffic of the remote network out',
    given: attached(inPeer, peering('Closed')),
    expect: 'fail',
    severity: 'medium',
  },
  {
    name: 'private endpoints in a network whose peerings nobody read',
    given: attached(inPeer, nodes(subnet({ virtualNetwork: unread('virtual network spoke') }))),
    expect: 'unknown',
    says: /virtual network spoke/,
  },
  {
    name: 'a private endpoint in a subscription that we may not read',
    given: attached({ vault: vault({ privateEndpoints: unread('private endpoint pe-vault') }) }),
    expect: 'unknown',
    says: /pe-vault/,
  },
  {
    name: 'one private endpoint is unreadable, and another is in the network',
    given: attached({
      vault: vault({
        privateEndpoints: {
          ...unread('private endpoint pe-other'),
          found: [privateEndpoint({ groups: ['vault'] })],
        },
      }),
    }),
    expect: 'pass',
  },
  {
    name: 'the storage account was not read',
    given: attached({ storage: unread('storage account fraudst') }),
    expect: 'unknown',
    says: /fraudst/,
  },
  {
    name: 'the registry was not read',
    given: attached({ registry: unread('container registry') }),
    expect: 'unknown',
  },
  {
    name: 'a project is reached through its hub',
    given: attached({
      hubId: resourceId(
        '/subscriptions/1/resourceGroups/ml/providers/Microsoft.MachineLearningServices/workspaces/hub',
      ),
      entrance: entrance({ publicAccess: 'off' }),
    }),
    expect: 'fail',
    severity: 'high',
    says: /hub fraud-ws of fraud-ws/,
  },
  {
    name: 'one cluster, two workspaces, and the second is closed',
    given: cluster({
      workspaces: known([
        workspace(complete),
        workspace({
          ...complete,
          id: resourceId(`${networkGroup}/workspaces/second`),
          entrance: known(linked('x/workspaces', 'second', { publicAccess: 'off' })),
        }),
      ]),
    }),
    expect: 'fail',
    severity: 'high',
    says: /workspace second/,
  },
  {
    name: 'the subnets of the nodes are not known',
    given: attached({}, { subnets: unread('subnets of the cluster') }),
    expect: 'unknown',
  },
  {
    name: 'whether the subnets have service endpoints is not known',
    given: attached(
      { vault: vault({ admittedSubnets: admitted(a([])) }) },
      nodes(subnet({ serviceEndpoints: unread('subnet nodes') })),
    ),
    expect: 'unknown',
  },
  {
    name: 'no workspace attaches the cluster',
    given: cluster({ workspaces: known([]) }),
    expect: 'notApplicable',
  },
  {
    name: 'private endpoints in the network are named, each with its place',
    given: attached({}),
    expect: 'pass',
    says: /private endpoint pe-vault \(vault\) is in the cluster's network/,
  },
  {
    name: 'a workspace is told by its own name alone, and needs a private endpoint',
    given: attached({ entrance: entrance({}) }),
    expect: 'fail',
    says: /network to workspace fraud-ws \(amlworkspace\): it has no private endpoint \(public access is open\)\. The nodes reach it over the Internet\. Add an approved private endpoint\."/,
  },
  {
    name: 'other resources take a service endpoint as well',
    given: attached({ vault: vault({}) }),
    expect: 'fail',
    says: /Add an approved private endpoint, or a service endpoint on every node subnet and a rule\."/,
  },
  {
    name: 'a service endpoint is missing on one of two node subnets, and only that one is named',
    given: attached(
      { vault: vault({ admittedSubnets: admitted(a([]), b([])) }) },
      nodes(a(keyVault), b([])),
    ),
    expect: 'fail',
    says: /\(vault\): subnet nodes-b has no service endpoint microsoft\.keyvault, although a rule admits it\. The nodes/,
  },
  {
    name: 'subnets of pods need no service endpoint',
    given: attached(
      { vault: vault({ admittedSubnets: admitted(a([])) }) },
      nodes(a(keyVault), subnet({ name: 'pods', usedBy: ['pods'] })),
    ),
    expect: 'pass',
  },
  {
    name: 'storage has no private endpoint for blobs, and that for files is in a network whose peerings nobody read',
    given: attached(
      { storage: storage(endpointsIn(inHub, 'file')) },
      nodes(subnet({ virtualNetwork: unread('virtual network spoke') })),
    ),
    expect: 'fail',
    severity: 'medium',
    says: /\(blob\).*"what":"virtual network spoke"/,
  },
  {
    name: 'everything has private endpoints, and not all subnets of the cluster were read',
    given: attached({}, { subnets: { ...unread('subnet gpu'), found: [subnet()] } }),
    expect: 'unknown',
    says: /subnet gpu/,
  },
  {
    name: 'v1: private endpoints for everything in the network of the cluster',
    given: attached({}, v1),
    expect: 'pass',
  },
  {
    name: 'v1: private endpoints of storage in a connected peer only, and not all subnets were read',
    given: attached(
      { storage: storage(endpointsIn(inHub, 'blob', 'file')) },
      {
        ...v1,
        subnets: {
          ...unread('subnet gpu'),
          found: [peered(peer('to-hub', 'Connected', hubNetwork))],
        },
      },
    ),
    expect: 'fail',
    severity: 'low',
    says: /storage account fraudst of fraud-ws \(blob and file\) is in a peered network.*subnet gpu/,
  },
  {
    name: 'one workspace attaches by v1 and by v2: private endpoints in a connected peer only',
    given: attached(inPeer, {
      ...peering('Connected'),
      computes: known([compute(), compute({ type: 'AKS' })]),
    }),
    expect: 'fail',
    severity: 'low',
  },
  {
    name: 'v2: private endpoints in a connected peer, and another workspace attaches by v1',
    given: attached(inPeer, {
      ...peering('Connected'),
      computes: known([
        compute(),
        compute({ type: 'AKS', workspaceId: resourceId(`${workspace().id}-b`) }),
      ]),
    }),
    expect: 'pass',
  },
  {
    name: 'v2: one of two peers is connected, and private endpoints are in that one',
    given: attached(
      inPeer,
      nodes(
        peered(peer('to-lab', 'Disconnected', elsewhere), peer('to-hub', 'Connected', hubNetwork)),
      ),
    ),
    expect: 'pass',
  },
  {
    name: 'v2: private endpoints in a network that is no peer, beside a connected one',
    given: attached(inPeer, nodes(peered(peer('to-lab', 'Connected', elsewhere)))),
    expect: 'fail',
    severity: 'medium',
    says: /lies in network hub/,
  },
  {
    name: 'no private endpoint at all, so that the network, which was not read, does not matter',
    given: cluster(nodes(subnet({ virtualNetwork: unread('virtual network spoke') }))),
    expect: 'fail',
    severity: 'medium',
  },
  {
    name: 'a workspace takes no service endpoint, so that those of the subnet, not read, do not matter',
    given: attached(
      { entrance: entrance({ admittedSubnets: admitted(a([])) }) },
      nodes(subnet({ serviceEndpoints: unread('subnet nodes') })),
    ),
    expect: 'fail',
    severity: 'medium',
  },
  {
    name: 'no workspace attaches the cluster, and its subnets were not read',
    given: cluster({ workspaces: known([]), subnets: unread('subnets of the cluster') }),
    expect: 'notApplicable',
  },
];
export default cases;
