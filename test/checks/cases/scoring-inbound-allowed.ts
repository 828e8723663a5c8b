import { known } from '../../../shared/model/verdict.ts';
import { noServiceTags } from '../../../shared/network/service-tags.ts';
import {
  type CheckCase,
  adminRule,
  callers,
  cluster,
  defaultRoute,
  endpoint,
  knownFrontend,
  nsg,
  routes,
  rule,
  scoringAddress,
  subnet,
  unread,
  virtualNetwork,
  withSubnet,
} from '../build.ts';

const bank = '203.0.113.0/24';
const allow = rule('allow-bank', 200, 'Inbound', 'Allow', {
  from: bank,
  to: scoringAddress,
  port: '443',
});
const allowWeb = rule('allow-web', 300, 'Inbound', 'Allow', {
  from: 'Internet',
  to: scoringAddress,
  port: '443',
});
const withNsg = (...rules: Parameters<typeof nsg>[1][]) =>
  withSubnet({ securityGroup: known(nsg('subnet-nsg', ...rules)) });
const directly = {
  rules: [
    {
      name: 'https',
      protocol: 'Tcp' as const,
      frontendPort: 443,
      backendPort: 30443,
      floatingIp: false,
    },
  ],
};
const { sku: _, ...frontendWithoutSku } = knownFrontend(endpoint());
const withoutSku = endpoint({ frontend: known(frontendWithoutSku) });
const internal = { address: '10.1.0.200', visibility: 'private' as const };

const cases: readonly CheckCase[] = [
  {
    name: 'no network security group at all: a Standard load balancer is closed',
    given: cluster(),
    settings: callers(bank),
    expect: 'fail',
    severity: 'high',
    says: /closed to the Internet until a network security group opens it/,
  },
  {
    name: 'no network security group at all before a Basic load balancer',
    given: cluster({ scoringEndpoints: known([endpoint({}, { sku: 'basic' })]) }),
    settings: callers(bank),
    expect: 'pass',
    says: /no network security group/,
  },
  {
    name: 'no network security group at all before an internal endpoint',
    given: cluster({ scoringEndpoints: known([endpoint(internal)]) }),
    expect: 'pass',
  },
  {
    name: 'no network security group at all, and the load balancer does not say its SKU',
    given: cluster({ scoringEndpoints: known([withoutSku]) }),
    settings: callers(bank),
    expect: 'unknown',
    says: /SKU of load balancer kubernetes/,
  },
  {
    name: 'no network security group at all, behind an admin rule that always allows',
    given: withSubnet({
      adminRules: known([adminRule('corp', 'Inbound', 'AlwaysAllow', { port: '443' })]),
    }),
    settings: callers(bank),
    expect: 'unknown',
  },
  {
    name: 'the callers are allowed to the address of the endpoint',
    given: withNsg(allow),
    settings: callers(bank),
    expect: 'pass',
    rule: 'allow-bank',
  },
  {
    name: 'nothing allows the callers in',
    given: withNsg(),
    settings: callers(bank),
    expect: 'fail',
    severity: 'high',
    rule: 'DenyAllInBound',
    says: /203\.0\.113/,
  },
  {
    name: 'a deny stands before the allow',
    given: withNsg(allow, rule('block', 100, 'Inbound', 'Deny', { port: '443' })),
    settings: callers(bank),
    expect: 'fail',
    rule: 'block',
  },
  {
    name: 'half of the callers are denied first',
    given: withNsg(allow, rule('block-half', 100, 'Inbound', 'Deny', { from: '203.0.113.128/25' })),
    settings: callers(bank),
    expect: 'fail',
    rule: 'block-half',
    says: /some of 203\.0\.113\.0\/24/,
  },
  {
    name: 'two rules let in one half each',
    given: withNsg(
      rule('low', 100, 'Inbound', 'Allow', { from: '203.0.113.0/25', port: '443' }),
      rule('high', 110, 'Inbound', 'Allow', { from: '203.0.113.128/25', port: '443' }),
    ),
    settings: callers(bank),
    expect: 'pass',
    rule: 'high',
  },
  {
    name: 'the allow names the address of yesterday',
    given: withNsg(
      rule('allow-old', 200, 'Inbound', 'Allow', { from: bank, to: '20.50.1.3', port: '443' }),
    ),
    settings: callers(bank),
    expect: 'fail',
    rule: 'allow-old',
    says: /near miss: rule allow-old allows 20\.50\.1\.3; the scoring endpoint is now 20\.50\.1\.4/,
  },
  {
    name: 'the allow names the nodes, which floating IP hides',
    given: withNsg(
      rule('allow-nodes', 200, 'Inbound', 'Allow', { from: bank, to: '10.1.0.0/24', port: '443' }),
    ),
    settings: callers(bank),
    expect: 'fail',
    says: /DenyAllInBound/,
  },
  {
    name: 'the allow is for UDP',
    given: withNsg({ ...allow, protocol: 'Udp' }),
    settings: callers(bank),
    expect: 'fail',
  },
  {
    name: 'the allow is for port 80 only',
    given: withNsg(rule('http', 200, 'Inbound', 'Allow', { from: bank, port: '80' })),
    settings: callers(bank),
    expect: 'fail',
  },
  {
    name: 'plain HTTP is served, and only 443 is allowed',
    given: withSubnet(
      { securityGroup: known(nsg('subnet-nsg', allow)) },
      {
        scoringEndpoints: known([
          endpoint(
            { plainHttp: true },
            {
              rules: [443, 80].map((port) => ({
                name: `p${port}`,
                protocol: 'Tcp' as const,
                frontendPort: port,
                backendPort: port,
                floatingIp: true,
              })),
            },
          ),
        ]),
      },
    ),
    settings: callers(bank),
    expect: 'fail',
    says: /:80/,
  },
  {
    name: 'TLS is served, and port 80 of the frontend is closed',
    given: withSubnet(
      { securityGroup: known(nsg('subnet-nsg', allow)) },
      {
        scoringEndpoints: known([
          endpoint(
            { plainHttp: false },
            {
              rules: [443, 80].map((port) => ({
                name: `p${port}`,
                protocol: 'Tcp' as const,
                frontendPort: port,
                backendPort: port,
                floatingIp: true,
              })),
            },
          ),
        ]),
      },
    ),
    settings: callers(bank),
    expect: 'pass',
  },
  {
    name: 'the subnet allows and the nodes deny',
    given: withSubnet({
      securityGroup: known(nsg('subnet-nsg', allow)),
      nodeSecurityGroups: known([nsg('node-nsg')]),
    }),
    settings: callers(bank),
    expect: 'fail',
    says: /node-nsg/,
  },
  {
    name: 'one of two node pools denies',
    given: withSubnet({
      securityGroup: known(nsg('subnet-nsg', allow)),
      nodeSecurityGroups: known([null, nsg('gpu-nsg')]),
    }),
    settings: callers(bank),
    expect: 'fail',
    says: /gpu-nsg/,
  },
  {
    name: 'one of two node subnets denies',
    given: cluster({
      subnets: known([
        subnet({ securityGroup: known(nsg('a', allow)) }),
        subnet({ name: 'gpu', securityGroup: known(nsg('b')) }),
      ]),
      scoringEndpoints: known([
        endpoint({}, { backendSubnetIds: known([subnet().id, subnet({ name: 'gpu' }).id]) }),
      ]),
    }),
    settings: callers(bank),
    expect: 'fail',
    says: /of b/,
  },
  {
    name: 'the backend pool names nobody, and the node subnets differ',
    given: cluster({
      subnets: known([
        subnet({ securityGroup: known(nsg('a', allow)) }),
        subnet({ name: 'gpu', securityGroup: known(nsg('b')) }),
      ]),
      scoringEndpoints: known([endpoint({}, { backendSubnetIds: unread('pool') })]),
    }),
    settings: callers(bank),
    expect: 'unknown',
    says: /nodes behind/,
  },
  {
    name: 'the backend pool names nobody, and every node subnet denies',
    given: cluster({
      subnets: known([
        subnet({ securityGroup: known(nsg('a')) }),
        subnet({ name: 'gpu', securityGroup: known(nsg('b')) }),
      ]),
      scoringEndpoints: known([endpoint({}, { backendSubnetIds: unread('pool') })]),
    }),
    settings: callers(bank),
    expect: 'fail',
  },
  {
    name: 'without floating IP the whole node subnet is allowed on the backend port',
    given: withSubnet(
      {
        securityGroup: known(
          nsg(
            'n',
            rule('allow-nodes', 200, 'Inbound', 'Allow', {
              from: bank,
              to: '10.1.0.0/24',
              port: '30443',
            }),
          ),
        ),
      },
      { scoringEndpoints: known([endpoint({}, directly)]) },
    ),
    settings: callers(bank),
    expect: 'pass',
  },
  {
    name: 'without floating IP only one node is allowed',
    given: withSubnet(
      {
        securityGroup: known(
          nsg(
            'n',
            rule('allow-node', 200, 'Inbound', 'Allow', {
              from: bank,
              to: '10.1.0.4',
              port: '30443',
            }),
          ),
        ),
      },
      { scoringEndpoints: known([endpoint({}, directly)]) },
    ),
    settings: callers(bank),
    expect: 'fail',
  },
  {
    name: 'an admin rule denies what the network security group allows',
    given: withSubnet({
      securityGroup: known(nsg('n', allow)),
      adminRules: known([adminRule('corp-deny', 'Inbound', 'Deny', { port: '443' })]),
    }),
    settings: callers(bank),
    expect: 'fail',
    rule: 'corp-deny',
  },
  {
    name: 'an admin rule always allows what the network security group denies',
    given: withSubnet({
      securityGroup: known(nsg('n')),
      adminRules: known([adminRule('corp-allow', 'Inbound', 'AlwaysAllow', { port: '443' })]),
    }),
    settings: callers(bank),
    expect: 'pass',
    rule: 'corp-allow',
  },
  {
    name: 'a private prefix does not call a public endpoint: as if no callers were configured',
    given: withNsg(allowWeb),
    settings: callers('10.9.0.0/16'),
    expect: 'pass',
    says: /no callers are configured/,
  },
  {
    name: 'no callers configured, some of the Internet gets in',
    given: withNsg(allowWeb),
    expect: 'pass',
    rule: 'allow-web',
  },
  {
    name: 'no callers configured, nobody outside gets in',
    given: withNsg(),
    expect: 'fail',
    severity: 'medium',
    says: /Nobody outside can call/,
  },
  {
    name: 'only the load balancer’s own probe gets in',
    given: withNsg(rule('probe', 100, 'Inbound', 'Allow', { from: 'AzureLoadBalancer' })),
    expect: 'fail',
    severity: 'medium',
  },
  {
    name: 'a caller that is a service tag, by its name alone',
    given: {
      ...withNsg(
        rule('front-door', 100, 'Inbound', 'Allow', {
          from: 'AzureFrontDoor.Backend',
          port: '443',
        }),
      ),
      serviceTags: noServiceTags,
    },
    settings: callers('AzureFrontDoor.Backend'),
    expect: 'pass',
  },
  {
    name: 'a caller that the service tag list does not name: misspelt, perhaps',
    given: withNsg(rule('all', 100, 'Inbound', 'Allow', { port: '443' })),
    settings: callers('AzureFrontDor.Backend'),
    expect: 'unknown',
    says: /check how it is spelt/,
  },
  {
    name: 'everyone is configured as a caller, and the Internet is admitted',
    given: withNsg(allowWeb),
    settings: callers('0.0.0.0/0'),
    expect: 'pass',
  },
  {
    name: 'callers that include addresses nobody can call from',
    given: withNsg(rule('web', 100, 'Inbound', 'Allow', { from: 'Internet', port: '443' })),
    settings: callers('192.0.0.0/16', '198.16.0.0/14'),
    expect: 'pass',
  },
  {
    name: 'a load balancing rule for every port',
    given: withSubnet(
      { securityGroup: known(nsg('n')) },
      {
        scoringEndpoints: known([
          endpoint(
            {},
            {
              rules: [
                { name: 'ha', protocol: 'All', frontendPort: 0, backendPort: 0, floatingIp: true },
              ],
            },
          ),
        ]),
      },
    ),
    settings: callers(bank),
    expect: 'fail',
    says: /:443/,
  },
  {
    name: 'packets also go to a subnet that is not among the cluster’s',
    given: withSubnet(
      { securityGroup: known(nsg('n', allow)) },
      {
        scoringEndpoints: known([
          endpoint({}, { backendSubnetIds: known([subnet().id, subnet({ name: 'other' }).id]) }),
        ]),
      },
    ),
    settings: callers(bank),
    expect: 'unknown',
    says: /rules of subnet other/,
  },
  {
    name: 'one node group denies, and another could not be read',
    given: withSubnet({
      nodeSecurityGroups: { ...unread('scale set gpu'), found: [nsg('node-nsg')] },
    }),
    settings: callers(bank),
    expect: 'fail',
    says: /scale set gpu/,
  },
  {
    name: 'routes count every public address to the virtual network, and nobody said who calls',
    given: withSubnet({
      securityGroup: known(nsg('n', allowWeb)),
      ...routes(
        { ...defaultRoute('VirtualAppliance', '10.0.0.4'), addressPrefix: '0.0.0.0/1' },
        { ...defaultRoute('VirtualAppliance', '10.0.0.4'), addressPrefix: '128.0.0.0/1' },
      ),
    }),
    expect: 'unknown',
    says: /name the callers/,
  },
  {
    name: 'an internal endpoint, called from its own network by the default rule',
    given: withSubnet(
      { securityGroup: known(nsg('n')) },
      { scoringEndpoints: known([endpoint(internal)]) },
    ),
    expect: 'pass',
    rule: 'AllowVnetInBound',
  },
  {
    name: 'an internal endpoint that the own network cannot call',
    given: withSubnet(
      { securityGroup: known(nsg('n', rule('block', 100, 'Inbound', 'Deny'))) },
      { scoringEndpoints: known([endpoint(internal)]) },
    ),
    expect: 'fail',
    severity: 'high',
    rule: 'block',
  },
  {
    name: 'an internal endpoint, called from a peered network',
    given: withSubnet(
      {
        securityGroup: known(nsg('n')),
        virtualNetwork: known(
          virtualNetwork({
            peerings: [
              {
                name: 'hub',
                state: 'Connected',
                remoteNetworkId: subnet().id,
                remotePrefixes: ['10.9.0.0/16'],
                useRemoteGateways: false,
              },
            ],
          }),
        ),
      },
      { scoringEndpoints: known([endpoint(internal)]) },
    ),
    settings: callers('10.9.4.0/24'),
    expect: 'pass',
  },
  {
    name: 'an internal endpoint, called from a network whose peering is broken',
    given: withSubnet(
      {
        securityGroup: known(nsg('n')),
        virtualNetwork: known(
          virtualNetwork({
            peerings: [
              {
                name: 'hub',
                state: 'Disconnected',
                remoteNetworkId: subnet().id,
                remotePrefixes: ['10.9.0.0/16'],
                useRemoteGateways: false,
              },
            ],
          }),
        ),
      },
      { scoringEndpoints: known([endpoint(internal)]) },
    ),
    settings: callers('10.9.4.0/24'),
    expect: 'fail',
  },
  {
    name: 'replies of an admitted call leave through an appliance',
    given: withSubnet({
      securityGroup: known(nsg('n', allow)),
      ...routes(defaultRoute('VirtualAppliance', '10.0.0.4')),
    }),
    settings: callers(bank),
    expect: 'pass',
    says: /replies leave through the appliance at 10\.0\.0\.4/,
  },
  {
    name: 'a second endpoint that is not admitted decides',
    given: withSubnet(
      { securityGroup: known(nsg('n', allow)) },
      { scoringEndpoints: known([endpoint(), endpoint({ address: '20.50.1.9' })]) },
    ),
    settings: callers(bank),
    expect: 'fail',
    says: /20\.50\.1\.9/,
  },
  {
    name: 'the callers come from an application security group’s rule alone',
    given: withNsg(
      rule('by-group', 100, 'Inbound', 'Deny', { group: 'web' }),
      rule('all', 200, 'Inbound', 'Allow'),
    ),
    settings: callers('10.1.7.0/24'),
    expect: 'pass',
  },
  {
    name: 'an application security group may deny callers of an internal endpoint',
    given: withSubnet(
      {
        securityGroup: known(nsg('n', rule('by-group', 100, 'Inbound', 'Deny', { group: 'web' }))),
      },
      { scoringEndpoints: known([endpoint(internal)]) },
    ),
    settings: callers('10.1.7.0/24'),
    expect: 'unknown',
    says: /members of application security group web/,
  },
  {
    name: 'a service tag without its list may deny the callers',
    given: withSubnet(
      {
        securityGroup: known(
          nsg('n', rule('by-tag', 100, 'Inbound', 'Deny', { from: 'AzureCloud' }), allow),
        ),
      },
      { serviceTags: noServiceTags },
    ),
    settings: callers(bank),
    expect: 'unknown',
    says: /service tag AzureCloud/,
  },
  {
    name: 'the network security group could not be read',
    given: withSubnet({ securityGroup: unread('network security group x') }),
    settings: callers(bank),
    expect: 'unknown',
    says: /network security group x/,
  },
  {
    name: 'the nodes deny, whatever the unread group of the subnet says',
    given: withSubnet({
      securityGroup: unread('nsg'),
      nodeSecurityGroups: known([nsg('node-nsg')]),
    }),
    settings: callers(bank),
    expect: 'fail',
  },
  {
    name: 'the interfaces of the nodes could not be read',
    given: withSubnet({ nodeSecurityGroups: unread('network interfaces') }),
    settings: callers(bank),
    expect: 'unknown',
    says: /network interfaces/,
  },
  {
    name: 'the admin rules could not be read',
    given: withSubnet({
      securityGroup: known(nsg('n', allow)),
      adminRules: unread('security admin rules'),
    }),
    settings: callers(bank),
    expect: 'unknown',
    says: /security admin rules/,
  },
  {
    name: 'the virtual network could not be read',
    given: withSubnet({
      securityGroup: known(nsg('n', allowWeb)),
      virtualNetwork: unread('virtual network spoke'),
    }),
    settings: callers(bank),
    expect: 'unknown',
    says: /virtual network spoke/,
  },
  {
    name: 'the load balancer could not be read',
    given: cluster({ scoringEndpoints: known([endpoint({ frontend: unread('load balancer') })]) }),
    settings: callers(bank),
    expect: 'unknown',
    says: /load balancer/,
  },
  {
    name: 'the frontend has no rule for 443 or 80',
    given: cluster({ scoringEndpoints: known([endpoint({}, { rules: [] })]) }),
    settings: callers(bank),
    expect: 'unknown',
    says: /load balancing rule/,
  },
  {
    name: 'the address of the endpoint is not known',
    given: cluster({ scoringEndpoints: unread('address of the scoring endpoint') }),
    expect: 'unknown',
    says: /address of the scoring endpoint/,
  },
  {
    name: 'the subnets are not known',
    given: cluster({ subnets: unread('subnets') }),
    expect: 'unknown',
    says: /subnets/,
  },
  {
    name: 'no endpoint: nothing is served',
    given: cluster({ scoringEndpoints: known([]) }),
    expect: 'notApplicable',
  },
  {
    name: 'a public endpoint that the settings say nobody calls',
    given: withNsg(),
    settings: { callers: { kind: 'none' } },
    expect: 'notApplicable',
  },
  {
    name: 'an internal endpoint that is called only from inside',
    given: withSubnet(
      { securityGroup: known(nsg('n')) },
      { scoringEndpoints: known([endpoint(internal)]) },
    ),
    settings: { callers: { kind: 'none' } },
    expect: 'pass',
  },
  {
    name: 'one endpoint is denied, and not all could be read',
    given: withSubnet(
      { securityGroup: known(nsg('n')) },
      { scoringEndpoints: { ...unread('some public IP addresses'), found: [endpoint()] } },
    ),
    settings: callers(bank),
    expect: 'fail',
    says: /some public IP addresses/,
  },
  {
    name: 'one endpoint is admitted, and not all could be read',
    given: withSubnet(
      { securityGroup: known(nsg('n', allow)) },
      { scoringEndpoints: { ...unread('some public IP addresses'), found: [endpoint()] } },
    ),
    settings: callers(bank),
    expect: 'unknown',
    says: /some public IP addresses/,
  },
  {
    name: 'the subnet has no address of the endpoint’s family',
    given: withSubnet(
      { securityGroup: known(nsg('n')), prefixes: known(['fd00:1::/64']) },
      { scoringEndpoints: known([endpoint({}, directly)]) },
    ),
    settings: callers(bank),
    expect: 'unknown',
    says: /an address range of subnet nodes for packets to 20\.50\.1\.4/,
  },
  {
    name: 'no callers configured, and the subnet has no address of the endpoint’s family',
    given: withSubnet(
      { securityGroup: known(nsg('n')), prefixes: known(['fd00:1::/64']) },
      { scoringEndpoints: known([endpoint({}, directly)]) },
    ),
    expect: 'unknown',
    says: /an address range of subnet nodes for packets to 20\.50\.1\.4/,
  },
  {
    name: 'the address range of the subnet was not read, and packets go to it',
    given: withSubnet(
      { securityGroup: known(nsg('n')), prefixes: unread('the range of the subnet') },
      { scoringEndpoints: known([endpoint({}, directly)]) },
    ),
    settings: callers(bank),
    expect: 'unknown',
    says: /the range of the subnet/,
  },
  {
    name: 'nothing is missing beside a caller that is kept out for certain',
    given: withNsg(rule('block', 100, 'Inbound', 'Deny')),
    settings: callers(bank),
    expect: 'fail',
    rule: 'block',
    says: /keep 203\.0\.113\.0\/24 out of .*: rule block of subnet-nsg denies it\. .*,\[\]\]$/,
  },
  {
    name: 'nothing is missing beside callers of whom a part is kept out for certain',
    given: withNsg(allow, rule('block-half', 100, 'Inbound', 'Deny', { from: '203.0.113.128/25' })),
    settings: callers(bank),
    expect: 'fail',
    says: /keep some of 203\.0\.113\.0\/24 out of .*,\[\]\]$/,
  },
  {
    name: 'replies of an admitted call leave through an appliance, and others do not',
    given: withSubnet({
      securityGroup: known(nsg('n', allow)),
      ...routes(
        {
          ...defaultRoute('VirtualAppliance', '10.0.0.5'),
          name: 'lab',
          addressPrefix: '10.7.0.0/16',
        },
        defaultRoute('Internet'),
      ),
    }),
    settings: callers(bank),
    expect: 'pass',
    says: /^(?!.*replies leave)/,
  },
  {
    name: 'replies to callers inside take no default route',
    given: withSubnet(
      {
        securityGroup: known(nsg('n')),
        ...routes(defaultRoute('VirtualAppliance', '10.0.0.5')),
      },
      { scoringEndpoints: known([endpoint(internal)]) },
    ),
    expect: 'pass',
    says: /^(?!.*replies leave)/,
  },
  {
    name: 'one of two callers is a tag without addresses of the endpoint’s family',
    given: withSubnet(
      {
        securityGroup: known(
          nsg('n', rule('office', 200, 'Inbound', 'Allow', { from: '2a01:111::/32', port: '443' })),
        ),
      },
      { scoringEndpoints: known([endpoint({ address: '2603:1020:206::5' })]) },
    ),
    settings: callers('AzureContainerRegistry.WestEurope', '2a01:111::/32'),
    expect: 'pass',
    says: /^\["The rules admit 2a01:111::\/32 to/,
  },
  {
    name: 'the only caller is a tag without addresses of the endpoint’s family: as if nobody were named',
    given: withSubnet(
      {
        securityGroup: known(
          nsg('n', rule('web', 200, 'Inbound', 'Allow', { from: 'Internet', port: '443' })),
        ),
      },
      { scoringEndpoints: known([endpoint({ address: '2603:1020:206::5' })]) },
    ),
    settings: callers('AzureContainerRegistry.WestEurope'),
    expect: 'pass',
    says: /no callers are configured/,
  },
  {
    name: 'half of the callers are denied, and the other half may be of an allowed tag that nobody resolves',
    given: withSubnet(
      {
        securityGroup: known(
          nsg(
            'n',
            rule('block-half', 100, 'Inbound', 'Deny', { from: '203.0.113.0/25' }),
            rule('fd', 200, 'Inbound', 'Allow', { from: 'AzureFrontDoor.Backend' }),
          ),
        ),
      },
      { serviceTags: noServiceTags },
    ),
    settings: callers(bank),
    expect: 'fail',
    rule: 'block-half',
    says: /"what":"the addresses of service tag AzureFrontDoor\.Backend"/,
  },
  {
    name: 'nobody said who calls, and who is allowed is not clear',
    given: withSubnet({
      securityGroup: known(
        nsg('n', {
          ...allowWeb,
          sources: [{ kind: 'unclear', text: '203.0.113' }],
        }),
      ),
    }),
    expect: 'unknown',
    says: /the addresses of .*203\.0\.113/,
  },
  {
    name: 'no network security group, and the security admin rules were not read',
    given: withSubnet({ adminRules: unread('security admin rules') }),
    settings: callers(bank),
    expect: 'unknown',
    says: /no network security group opens it/,
  },
];

export default cases;
