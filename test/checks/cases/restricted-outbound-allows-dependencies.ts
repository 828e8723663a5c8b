import { known } from '../../../shared/model/verdict.ts';
import type { InferenceCluster, Workspace } from '../../../shared/facts/inference-cluster.ts';
import { resourceId } from '../../../shared/model/resource-id.ts';
import { noServiceTags } from '../../../shared/network/service-tags.ts';
import type { Peering } from '../../../shared/network/virtual-network.ts';
import {
  type CheckCase,
  cluster,
  defaultRoute,
  linked,
  networkResource,
  nsg,
  privateEndpoint,
  registry,
  routes,
  rule,
  subnet,
  unread,
  virtualNetwork,
  withSubnet,
  workspace,
} from '../build.ts';

type Rule = Parameters<typeof nsg>[1];
const allow = (to: string, port: string, priority: number, protocol: 'Tcp' | 'Udp' = 'Tcp'): Rule =>
  rule(`allow-${priority}`, priority, 'Outbound', 'Allow', { to, port, protocol });
const denyInternet = rule('deny-internet', 4000, 'Outbound', 'Deny', { to: 'Internet' });
const needed: readonly Rule[] = [
  allow('AzureActiveDirectory', '80', 101),
  allow('AzureActiveDirectory', '443', 102),
  allow('AzureMachineLearning', '443', 103),
  allow('AzureMachineLearning', '8787', 104),
  allow('AzureMachineLearning', '18881', 105),
  allow('AzureMachineLearning', '5831', 106, 'Udp'),
  allow('AzureResourceManager', '443', 107),
  allow('Storage.WestEurope', '443', 108),
  allow('MicrosoftContainerRegistry', '443', 109),
  allow('AzureFrontDoor.FirstParty', '443', 110),
  allow('AzureMonitor', '443', 111),
];
const optional: readonly Rule[] = [
  allow('AzureFrontDoor.Frontend', '443', 201),
  allow('BatchNodeManagement.WestEurope', '443', 202),
  allow('Storage.WestEurope', '445', 203),
  allow('AzureKeyVault.WestEurope', '443', 204),
  allow('Internet', '123', 205, 'Udp'),
];
const without = (rules: readonly Rule[], ...priorities: readonly number[]) =>
  rules.filter(({ priority }) => !priorities.includes(priority));
const noWorkspace = { workspaces: known([]) };
const restrictedTo = (
  rules: readonly Rule[],
  more: Parameters<typeof withSubnet>[1] = noWorkspace,
) => withSubnet({ securityGroup: known(nsg('subnet-nsg', ...rules, denyInternet)) }, more);

/** Everything is allowed but what private endpoints lead to: Azure ML itself, storage and the vault. */
function linkedOnly({
  network = 'spoke',
  state,
  rules = [],
  blob = ['blob'],
  file = ['file'],
  workspace: changes = {},
  beside,
}: {
  readonly network?: 'spoke' | 'hub' | 'elsewhere';
  readonly state?: Peering['state'];
  readonly rules?: readonly Rule[];
  readonly blob?: readonly string[];
  readonly file?: readonly string[];
  readonly workspace?: Partial<Workspace>;
  readonly beside?: Workspace;
} = {}): InferenceCluster {
  const networkAt = networkResource('virtualNetworks', network);
  const at = network === 'spoke' ? '10.1.9' : '10.2.9';
  const link = (type: string, name: string, ...parts: readonly (readonly string[])[]) =>
    linked(type, name, {
      privateEndpoints: known(
        parts.map((groups, host) =>
          privateEndpoint({
            id: networkResource('privateEndpoints', `pe-${name}-${host}`),
            subnetId: resourceId(`${networkAt}/subnets/endpoints`),
            groups,
            addresses: known([`${at}.${name.length * 4 + host}`]),
          }),
        ),
      ),
    });
  const own = workspace({
    entrance: known(
      link('Microsoft.MachineLearningServices/workspaces', 'fraud-ws', ['amlworkspace']),
    ),
    storage: known(link('Microsoft.Storage/storageAccounts', 'fraudst', blob, file)),
    vault: known(link('Microsoft.KeyVault/vaults', 'fraudkv', ['vault'])),
    registry: known({
      ...registry(),
      ...link('Microsoft.ContainerRegistry/registries', 'fraudacr', ['registry']),
    }),
    ...changes,
  });
  const peerings: readonly Peering[] =
    state === undefined
      ? []
      : [
          {
            name: 'to-hub',
            state,
            remoteNetworkId: networkResource('virtualNetworks', 'hub'),
            remotePrefixes: ['10.2.0.0/16'],
            useRemoteGateways: false,
          },
        ];
  return withSubnet(
    {
      virtualNetwork: known(virtualNetwork({ peerings })),
      securityGroup: known(
        nsg(
          'subnet-nsg',
          ...rules,
          ...without(needed, 103, 108),
          ...without(optional, 203, 204),
          denyInternet,
        ),
      ),
    },
    { workspaces: known(beside === undefined ? [own] : [beside, own]) },
  );
}

const cases: readonly CheckCase[] = [
  { name: 'outbound is not restricted', given: cluster(), expect: 'notApplicable' },
  {
    name: 'the virtual network alone is denied, which takes nothing of the Internet',
    given: withSubnet({
      securityGroup: known(nsg('n', rule('v', 200, 'Outbound', 'Deny', { to: 'VirtualNetwork' }))),
    }),
    expect: 'notApplicable',
  },
  {
    name: 'the settings say restricted, and nothing is denied',
    given: cluster(),
    settings: { outbound: 'restricted' },
    expect: 'pass',
    says: /cannot name what AKS itself needs/,
  },
  {
    name: 'everything is allowed that is needed, and the rest denied',
    given: restrictedTo([...needed, ...optional]),
    expect: 'pass',
    says: /konnectivity agent/,
  },
  {
    name: 'the Internet is denied and nothing allowed',
    given: restrictedTo([]),
    expect: 'fail',
    severity: 'medium',
    rule: 'deny-internet',
    says: /AzureActiveDirectory \(TCP 80, 443\)/,
  },
  {
    name: 'only signing in by port 80 is missing',
    given: restrictedTo([...without(needed, 101), ...optional]),
    expect: 'fail',
    severity: 'medium',
    says: /cannot reach AzureActiveDirectory \(TCP 80, 443\)/,
  },
  {
    name: 'only the UDP port of Azure ML is missing',
    given: restrictedTo([...without(needed, 106), ...optional]),
    expect: 'fail',
    severity: 'medium',
    says: /AzureMachineLearning \(UDP 5831\)/,
  },
  {
    name: 'only what some features need is missing',
    given: restrictedTo(needed),
    expect: 'fail',
    severity: 'low',
    says: /only some features need/,
  },
  {
    name: 'only time servers are missing',
    given: restrictedTo([...needed, ...without(optional, 205)]),
    expect: 'fail',
    severity: 'low',
    says: /time servers \(UDP 123\)/,
  },
  {
    name: 'a few time servers are left',
    given: restrictedTo([
      ...needed,
      ...without(optional, 205),
      allow('203.0.113.7', '123', 205, 'Udp'),
    ]),
    expect: 'pass',
  },
  {
    name: 'storage is allowed by a prefix that holds it',
    given: restrictedTo([...without(needed, 108), allow('51.0.4.0/23', '443', 108), ...optional]),
    expect: 'pass',
  },
  {
    name: 'half of the storage of the region is allowed',
    given: restrictedTo([...without(needed, 108), allow('51.0.5.0/25', '443', 108), ...optional]),
    expect: 'fail',
    severity: 'medium',
    says: /Storage\.westeurope/,
  },
  {
    name: 'storage is denied, and that of the workspace has no private endpoint',
    given: restrictedTo([...without(needed, 108), ...optional], {}),
    expect: 'fail',
    severity: 'medium',
    says: /no approved private endpoint leads from the nodes to blob of fraudst/,
  },
  {
    name: 'the private endpoints of the workspace, its storage and its vault are all it takes',
    given: linkedOnly(),
    expect: 'pass',
  },
  {
    name: 'the private endpoints are in a connected peer',
    given: linkedOnly({ network: 'hub', state: 'Connected' }),
    expect: 'pass',
  },
  {
    name: 'the private endpoints are in a peer that is not connected',
    given: linkedOnly({ network: 'hub', state: 'Disconnected' }),
    expect: 'fail',
    severity: 'medium',
  },
  {
    name: 'the private endpoints are in a network that nothing leads to',
    given: linkedOnly({ network: 'elsewhere' }),
    expect: 'fail',
    severity: 'medium',
  },
  {
    name: 'a rule denies the private endpoints too',
    given: linkedOnly({
      rules: [rule('deny-endpoints', 100, 'Outbound', 'Deny', { to: '10.1.9.0/24', port: '443' })],
    }),
    expect: 'fail',
    severity: 'medium',
  },
  {
    name: 'the private endpoint of the storage account serves files only',
    given: linkedOnly({ blob: ['file'] }),
    expect: 'fail',
    severity: 'medium',
    says: /Storage\.westeurope \(TCP 443\)/,
  },
  {
    name: 'the private endpoint of the storage account serves blobs only',
    given: linkedOnly({ file: ['blob'] }),
    expect: 'fail',
    severity: 'low',
    says: /Storage\.westeurope \(TCP 445\)/,
  },
  {
    name: 'the storage account was not read',
    given: linkedOnly({ workspace: { storage: unread('storage account') } }),
    expect: 'unknown',
    says: /storage account/,
  },
  {
    name: 'an approved private endpoint of the key vault was not read',
    given: linkedOnly({
      workspace: {
        vault: known(
          linked('Microsoft.KeyVault/vaults', 'fraudkv', {
            privateEndpoints: unread('private endpoint pe-vault'),
          }),
        ),
      },
    }),
    expect: 'unknown',
    says: /pe-vault/,
  },
  {
    name: 'of two workspaces one has no private endpoint',
    given: linkedOnly({ beside: workspace() }),
    expect: 'fail',
    severity: 'medium',
    says: /AzureMachineLearning \(TCP 443\)/,
  },
  {
    name: 'models come by private endpoints, layers of images from storage that is denied',
    given: linkedOnly({ workspace: { registry: known(registry()) } }),
    expect: 'fail',
    severity: 'medium',
    says: /registry of fraudacr/,
  },
  {
    name: 'layers of images come from the data endpoint of the registry itself',
    given: linkedOnly({ workspace: { registry: known(registry({ hasDataEndpoint: true })) } }),
    expect: 'pass',
  },
  {
    name: 'the workspace has no registry yet',
    given: linkedOnly({ workspace: { registry: known(null) } }),
    expect: 'pass',
  },
  {
    name: 'the registry was not read',
    given: linkedOnly({ workspace: { registry: unread('container registry') } }),
    expect: 'unknown',
    says: /container registry/,
  },
  {
    name: 'storage is denied, and the workspaces were not read',
    given: restrictedTo([...without(needed, 108), ...optional], {
      workspaces: unread('workspaces'),
    }),
    expect: 'unknown',
  },
  {
    name: 'a private endpoint helps nobody to sign in',
    given: restrictedTo([...without(needed, 102), ...optional], {}),
    expect: 'fail',
    severity: 'medium',
  },
  {
    name: 'an allow comes after the deny',
    given: restrictedTo([
      ...without(needed, 107),
      rule('late', 4050, 'Outbound', 'Allow', { to: 'AzureResourceManager', port: '443' }),
      ...optional,
    ]),
    expect: 'fail',
    severity: 'medium',
  },
  {
    name: 'only pods in a subnet of their own are restricted',
    given: cluster({
      ...noWorkspace,
      subnets: known([
        subnet(),
        subnet({
          name: 'pods',
          usedBy: ['pods'],
          prefixes: known(['10.1.4.0/22']),
          securityGroup: known(nsg('pod-nsg', denyInternet)),
        }),
      ]),
    }),
    expect: 'fail',
    severity: 'medium',
    says: /pod-nsg/,
  },
  {
    name: 'a route drops everything',
    given: withSubnet(routes(defaultRoute('None'))),
    expect: 'fail',
    severity: 'medium',
    rule: 'default',
  },
  {
    name: 'a route leads to an appliance that nobody vouches for',
    given: withSubnet(routes(defaultRoute('VirtualAppliance', '10.9.0.4'))),
    expect: 'unknown',
    says: /rules of the appliance at 10\.9\.0\.4/,
  },
  {
    name: 'a route leads to an appliance that the settings trust',
    given: withSubnet(routes(defaultRoute('VirtualAppliance', '10.9.0.4'))),
    settings: { trustedAppliances: ['10.9.0.4'] },
    expect: 'pass',
    says: /assumed, not proven/,
  },
  {
    name: 'no service tag list, and each tag is allowed by its name',
    given: restrictedTo([...needed, ...optional], { ...noWorkspace, serviceTags: noServiceTags }),
    expect: 'pass',
  },
  {
    name: 'no service tag list, and some prefix is denied',
    given: withSubnet(
      {
        securityGroup: known(
          nsg('n', rule('block', 200, 'Outbound', 'Deny', { to: '51.0.0.0/16', port: '443' })),
        ),
      },
      { serviceTags: noServiceTags },
    ),
    expect: 'unknown',
    says: /service tag/,
  },
  {
    name: 'the group of the subnet was not read',
    given: withSubnet({ securityGroup: unread('group') }),
    expect: 'unknown',
    says: /group/,
  },
  {
    name: 'the subnets are not known, and the settings say restricted',
    given: cluster({ subnets: unread('subnets') }),
    settings: { outbound: 'restricted' },
    expect: 'unknown',
    says: /subnets/,
  },
  {
    name: 'no node pool names a subnet, and the settings say restricted',
    given: cluster({ subnets: known([]) }),
    settings: { outbound: 'restricted' },
    expect: 'unknown',
    says: /the subnets of the nodes/,
  },
  {
    name: 'the address range of the subnet is not known, and the settings say restricted',
    given: withSubnet({ prefixes: unread('the range of the subnet') }),
    settings: { outbound: 'restricted' },
    expect: 'unknown',
    says: /the range of the subnet/,
  },
  {
    name: 'the Internet is denied, and not all subnets are known',
    given: cluster({
      ...noWorkspace,
      subnets: {
        ...unread('interfaces of provisioned nodes'),
        found: [subnet({ securityGroup: known(nsg('n', denyInternet)) })],
      },
    }),
    expect: 'fail',
    severity: 'medium',
    says: /interfaces of provisioned nodes/,
  },
  {
    name: 'everything is allowed, and not all subnets are known',
    given: cluster({
      subnets: { ...unread('interfaces of provisioned nodes'), found: [subnet()] },
    }),
    settings: { outbound: 'restricted' },
    expect: 'unknown',
    says: /^\["It cannot be told without interfaces of provisioned nodes\."/,
  },
  {
    name: 'what is needed is named, what is optional is not',
    given: restrictedTo(without(needed, 107)),
    expect: 'fail',
    severity: 'medium',
    says: /^\["The nodes cannot reach AzureResourceManager \(TCP 443\)\. Allow that before/,
  },
  {
    name: 'a cluster with authorized ranges may need the tunnel',
    given: { ...restrictedTo([...needed, ...optional]), apiServer: 'authorizedRanges' },
    expect: 'pass',
    says: /TCP 9000 and UDP 1194 to AzureCloud\.westeurope is denied/,
  },
  {
    name: 'one port of the tunnel is denied in one of two subnets',
    given: cluster({
      ...noWorkspace,
      subnets: known([
        subnet(),
        subnet({
          name: 'gpu',
          prefixes: known(['10.1.2.0/24']),
          securityGroup: known(
            nsg('n', rule('no-tunnel', 200, 'Outbound', 'Deny', { port: '9000', to: 'Internet' })),
          ),
        }),
      ]),
    }),
    expect: 'pass',
    says: /"TCP 9000 to AzureCloud\.westeurope is denied/,
  },
  {
    name: 'the tunnel goes unmentioned for an API server by private link',
    given: { ...restrictedTo([...needed, ...optional]), apiServer: 'privateLink' },
    expect: 'pass',
    says: /^(?!.*konnectivity)/,
  },
  {
    name: 'the tunnel goes unmentioned for an API server in the network',
    given: cluster({
      ...noWorkspace,
      subnets: known([
        subnet({ securityGroup: known(nsg('n', ...needed, ...optional, denyInternet)) }),
        subnet({ name: 'api', usedBy: ['apiServer'], prefixes: known(['10.1.8.0/28']) }),
      ]),
    }),
    expect: 'pass',
    says: /^(?!.*konnectivity)/,
  },
  {
    name: 'the tunnel goes unmentioned where nothing denies it',
    given: restrictedTo([
      ...needed,
      ...optional,
      rule('tunnel', 300, 'Outbound', 'Allow', { to: 'AzureCloud.westeurope' }),
    ]),
    expect: 'pass',
    says: /^(?!.*konnectivity)/,
  },
  {
    name: 'everything is denied, and the group of the nodes was not read',
    given: withSubnet(
      {
        securityGroup: known(nsg('subnet-nsg', rule('deny-all', 200, 'Outbound', 'Deny'))),
        nodeSecurityGroups: unread('interfaces'),
      },
      noWorkspace,
    ),
    expect: 'fail',
    severity: 'medium',
    says: /"what":"interfaces"/,
  },
  {
    name: 'a route leads to an appliance that nobody vouches for, and another leads one tag past it',
    given: withSubnet(
      routes(
        { name: 'monitor', addressPrefix: 'AzureMonitor', nextHopType: 'Internet' },
        defaultRoute('VirtualAppliance', '10.0.0.4'),
      ),
      noWorkspace,
    ),
    settings: { outbound: 'restricted' },
    expect: 'unknown',
    says: /^(?!.*AzureMonitor TCP 443).*"says":"route default leads 0\.0\.0\.0\/0 to the appliance at 10\.0\.0\.4"/,
  },
  {
    name: 'Azure ML is reached directly, whatever private endpoint there is',
    given: cluster({
      workspaces: known([
        workspace({
          entrance: known(
            linked('Microsoft.MachineLearningServices/workspaces', 'fraud-ws', {
              privateEndpoints: known([privateEndpoint({ groups: ['amlworkspace'] })]),
            }),
          ),
        }),
      ]),
    }),
    settings: { outbound: 'restricted' },
    expect: 'pass',
    says: /stands in the way to AzureMachineLearning TCP 443"/,
  },
  {
    name: 'the group of the subnet was not read, and nothing has a private endpoint',
    given: withSubnet({ securityGroup: unread('group') }),
    settings: { outbound: 'restricted' },
    expect: 'unknown',
    says: /^(?!.*no approved private endpoint).*"what":"group"/,
  },
  {
    name: 'one port of the tunnel is denied by the group of some nodes',
    given: withSubnet(
      {
        nodeSecurityGroups: known([
          nsg('a'),
          nsg('b', rule('no-tunnel', 200, 'Outbound', 'Deny', { port: '9000' })),
        ]),
      },
      noWorkspace,
    ),
    expect: 'pass',
    says: /TCP 9000 to AzureCloud\.westeurope is denied/,
  },
];

export default cases;
