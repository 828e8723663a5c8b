import { known } from '../../../shared/model/verdict.ts';
import { noServiceTags, serviceTags } from '../../../shared/network/service-tags.ts';
import {
  type CheckCase,
  addresses,
  adminRule,
  callers,
  cluster,
  endpoint,
  knownFrontend,
  nsg,
  rule,
  scoringAddress,
  subnet,
  unread,
  virtualNetwork,
  withSubnet,
} from '../build.ts';

const bank = '203.0.113.0/24';
const allow = (name: string, from: string | readonly string[], priority = 200) =>
  rule(name, priority, 'Inbound', 'Allow', { from, to: scoringAddress, port: '443' });
const withNsg = (...rules: Parameters<typeof nsg>[1][]) =>
  withSubnet({ securityGroup: known(nsg('subnet-nsg', ...rules)) });
const internal = endpoint({ address: '10.1.0.200', visibility: 'private' });
const inside = (...rules: Parameters<typeof nsg>[1][]) =>
  withSubnet(
    { securityGroup: known(nsg('subnet-nsg', ...rules)) },
    { scoringEndpoints: known([internal]) },
  );
const notNodes = ['10.1.1.0/24', '10.1.2.0/23', '10.1.4.0/22', '10.1.8.0/21', '10.1.16.0/20'];
const farther = ['10.1.32.0/19', '10.1.64.0/18', '10.1.128.0/17'];

/** Without floating IP: packets arrive at the addresses of the nodes. */
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

const cases: readonly CheckCase[] = [
  {
    name: 'only the callers are allowed',
    given: withNsg(allow('bank', bank)),
    settings: callers(bank),
    expect: 'pass',
    rule: 'DenyAllInBound',
  },
  {
    name: 'nobody is allowed at all',
    given: withNsg(),
    settings: callers(bank),
    expect: 'pass',
  },
  {
    name: 'the whole Internet is allowed',
    given: withNsg(allow('web', 'Internet')),
    settings: callers(bank),
    expect: 'fail',
    severity: 'medium',
    rule: 'web',
  },
  {
    name: 'the prefix of the rule is one bit too short',
    given: withNsg(allow('campus', '203.0.112.0/23')),
    settings: callers(bank),
    expect: 'fail',
    severity: 'medium',
    rule: 'campus',
    says: /more than the callers to the scoring endpoint 20\.50\.1\.4:443: 203\.0\.112\.0\/24/,
  },
  {
    name: 'the Internet is allowed by the subnet and the callers alone by the nodes',
    given: withSubnet({
      securityGroup: known(nsg('subnet-nsg', allow('web', 'Internet'))),
      nodeSecurityGroups: known([nsg('node-nsg', allow('bank', bank))]),
    }),
    settings: callers(bank),
    expect: 'pass',
  },
  {
    name: 'a deny of the rest comes before the wide allow',
    given: withNsg(
      allow('bank', bank, 100),
      rule('deny-web', 150, 'Inbound', 'Deny', { port: '443' }),
      allow('web', 'Internet'),
    ),
    settings: callers(bank),
    expect: 'pass',
  },
  {
    name: 'a deny of the rest comes after the wide allow',
    given: withNsg(
      allow('web', 'Internet'),
      rule('deny-web', 250, 'Inbound', 'Deny', { from: 'Internet', port: '443' }),
    ),
    settings: callers(bank),
    expect: 'fail',
    rule: 'web',
  },
  {
    name: 'an admin rule always allows everybody, whatever the groups say',
    given: withSubnet({
      securityGroup: known(nsg('subnet-nsg')),
      adminRules: known([adminRule('corp', 'Inbound', 'AlwaysAllow', { port: '443' })]),
    }),
    settings: callers(bank),
    expect: 'fail',
    rule: 'corp',
  },
  {
    name: 'the Internet is allowed to a port that is not served',
    given: withNsg(rule('other', 200, 'Inbound', 'Allow', { from: 'Internet', port: '8443' })),
    settings: callers(bank),
    expect: 'pass',
  },
  {
    name: 'the Internet is allowed by UDP only',
    given: withNsg({ ...allow('quic', 'Internet'), protocol: 'Udp' }),
    settings: callers(bank),
    expect: 'pass',
  },
  {
    name: 'the Internet is allowed to the address of yesterday',
    given: withNsg(rule('old', 200, 'Inbound', 'Allow', { from: 'Internet', to: '20.50.1.3' })),
    settings: callers(bank),
    expect: 'pass',
  },
  {
    name: 'the Internet is the caller',
    given: withNsg(allow('web', '*')),
    settings: callers('Internet'),
    expect: 'pass',
    says: /all who can address it/,
  },
  {
    name: 'a tag is the caller, and its prefixes are allowed',
    given: withNsg(allow('registry', '51.0.1.0/24')),
    settings: callers('AzureContainerRegistry.WestEurope'),
    expect: 'pass',
  },
  {
    name: 'the tag of one region calls, and all regions are allowed',
    given: withNsg(allow('registries', 'AzureContainerRegistry')),
    settings: callers('AzureContainerRegistry.WestEurope'),
    expect: 'fail',
    says: /52\.0\.1\.0\/24/,
  },
  {
    name: 'a tag that nobody resolves is the caller, and exactly that is allowed',
    given: withSubnet(
      { securityGroup: known(nsg('subnet-nsg', allow('fd', 'AzureFrontDoor.Backend'))) },
      { serviceTags: noServiceTags },
    ),
    settings: callers('azurefrontdoor.backend'),
    expect: 'pass',
  },
  {
    name: 'a tag that nobody resolves is the caller, and prefixes are allowed',
    given: withSubnet(
      { securityGroup: known(nsg('subnet-nsg', allow('prefix', '147.243.0.0/16'))) },
      { serviceTags: noServiceTags },
    ),
    settings: callers('AzureFrontDoor.Backend'),
    expect: 'unknown',
    says: /AzureFrontDoor\.Backend/,
  },
  {
    name: 'a tag that nobody resolves is allowed, and may be the callers alone',
    given: withSubnet(
      { securityGroup: known(nsg('subnet-nsg', allow('fd', 'AzureFrontDoor.Backend'))) },
      { serviceTags: noServiceTags },
    ),
    settings: callers(bank),
    expect: 'unknown',
    says: /AzureFrontDoor\.Backend/,
  },
  {
    name: 'the caller is no tag of the list, and somebody is let in',
    given: withNsg(allow('bank', bank)),
    settings: callers('AzureFrontDoor.Backendd'),
    expect: 'unknown',
    says: /how it is spelt/,
  },
  {
    name: 'nobody calls from outside, and the Internet is allowed',
    given: withNsg(allow('web', 'Internet')),
    settings: { callers: { kind: 'none' } },
    expect: 'fail',
    severity: 'medium',
  },
  {
    name: 'nobody calls from outside, and nobody is allowed',
    given: withNsg(),
    settings: { callers: { kind: 'none' } },
    expect: 'pass',
  },
  {
    name: 'nobody calls from outside, and the endpoint is inside',
    given: inside(),
    settings: { callers: { kind: 'none' } },
    expect: 'notApplicable',
  },
  {
    name: 'an internal endpoint is open to its whole network, as by default',
    given: inside(),
    settings: callers('10.9.0.0/16'),
    expect: 'fail',
    severity: 'low',
    rule: 'AllowVnetInBound',
  },
  {
    name: 'an internal endpoint, and all of its network but the nodes is denied',
    given: inside(
      rule('hub', 100, 'Inbound', 'Allow', { from: '10.9.0.0/16' }),
      rule('deny-rest', 200, 'Inbound', 'Deny', { from: [...notNodes, ...farther] }),
    ),
    settings: callers('10.9.0.0/16'),
    expect: 'pass',
  },
  {
    name: 'overlay pods are no excess, though they are in no subnet',
    given: withSubnet(
      {
        securityGroup: known(
          nsg(
            'subnet-nsg',
            rule('pods', 100, 'Inbound', 'Allow', { from: '10.244.0.0/16' }),
            rule('deny-rest', 200, 'Inbound', 'Deny', { from: [...notNodes, ...farther] }),
          ),
        ),
      },
      {
        scoringEndpoints: known([internal]),
        addresses: addresses({ pods: known({ from: 'overlay', cidrs: ['10.244.0.0/16'] }) }),
      },
    ),
    settings: callers('10.9.0.0/16'),
    expect: 'pass',
  },
  {
    name: 'an internal endpoint, and where pods are is not known',
    given: withSubnet(
      { securityGroup: known(nsg('subnet-nsg')) },
      {
        scoringEndpoints: known([internal]),
        addresses: addresses({ pods: unread('where pods are') }),
      },
    ),
    settings: callers('10.9.0.0/16'),
    expect: 'unknown',
    says: /where pods are/,
  },
  {
    name: 'probes are no excess',
    given: withNsg(allow('bank', [bank, '168.63.129.16'])),
    settings: callers(bank),
    expect: 'pass',
  },
  {
    name: 'no network security group before a Standard load balancer lets nobody in',
    given: cluster(),
    settings: callers(bank),
    expect: 'pass',
    says: /lets nobody in/,
  },
  {
    name: 'no network security group before a Basic load balancer lets everybody in',
    given: cluster({ scoringEndpoints: known([endpoint({}, { sku: 'basic' })]) }),
    settings: callers(bank),
    expect: 'fail',
    says: /everybody/,
  },
  {
    name: 'the group of the subnet was not read',
    given: withSubnet({ securityGroup: unread('group') }),
    settings: callers(bank),
    expect: 'unknown',
    says: /group/,
  },
  {
    name: 'the group of the subnet was not read, and that of the nodes admits nobody',
    given: withSubnet({
      securityGroup: unread('group'),
      nodeSecurityGroups: known([nsg('node-nsg')]),
    }),
    settings: callers(bank),
    expect: 'pass',
  },
  {
    name: 'one of two node subnets is too wide',
    given: cluster({
      subnets: known([
        subnet({ securityGroup: known(nsg('a')) }),
        subnet({ name: 'gpu', securityGroup: known(nsg('b', allow('web', 'Internet'))) }),
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
    name: 'no callers are configured',
    given: withNsg(allow('web', 'Internet')),
    expect: 'notApplicable',
  },
  {
    name: 'only private callers are configured, and the endpoint is public',
    given: withNsg(allow('web', 'Internet')),
    settings: callers('10.9.0.0/16'),
    expect: 'notApplicable',
  },
  {
    name: 'there is no scoring endpoint',
    given: cluster({ scoringEndpoints: known([]) }),
    settings: callers(bank),
    expect: 'notApplicable',
  },
  {
    name: 'the scoring endpoints are not known',
    given: cluster({ scoringEndpoints: unread('address of the scoring endpoint') }),
    settings: callers(bank),
    expect: 'unknown',
  },
  {
    name: 'one of two callers can address the endpoint, and that one alone is allowed',
    given: withNsg(allow('bank', bank)),
    settings: callers('10.9.0.0/16', bank),
    expect: 'pass',
    rule: 'DenyAllInBound',
  },
  {
    name: 'the rule that somebody wrote is named, and whom it lets in',
    given: withNsg(allow('campus', '203.0.112.0/23')),
    settings: callers(bank),
    expect: 'fail',
    says: /^\["The rules admit more than the callers to .*: 203\.0\.112\.0\/24, by rule campus of subnet-nsg \(from 203\.0\.112\.0\/23\)\. Narrow/,
  },
  {
    name: 'the default rule is named where no other lets anybody in',
    given: inside(),
    settings: callers('10.1.1.0/24'),
    expect: 'fail',
    severity: 'low',
    says: /, by rule AllowVnetInBound of subnet-nsg \(from VirtualNetwork\)\. Narrow/,
  },
  {
    name: 'no group stands before a Basic load balancer, so no rule is to blame',
    given: cluster({ scoringEndpoints: known([endpoint({}, { sku: 'basic' })]) }),
    settings: callers(bank),
    expect: 'fail',
    says: /^\["The rules admit more than the callers to the scoring endpoint 20\.50\.1\.4:443: everybody\. Narrow/,
  },
  {
    name: 'three other ranges are let in: all are named',
    given: withNsg(allow('others', ['20.1.0.0/16', '20.5.0.0/16', '20.9.0.0/16'])),
    settings: callers(bank),
    expect: 'fail',
    says: /: 20\.1\.0\.0\/16, 20\.5\.0\.0\/16 and 20\.9\.0\.0\/16, by rule others/,
  },
  {
    name: 'four other ranges are let in: one address stands for them',
    given: withNsg(allow('others', ['20.1.0.0/16', '20.5.0.0/16', '20.9.0.0/16', '20.13.0.0/16'])),
    settings: callers(bank),
    expect: 'fail',
    says: /: others too, 20\.1\.0\.\d+ for one, by rule others/,
  },
  {
    name: 'the subnet has no address of the endpoint’s family',
    given: withSubnet(
      { securityGroup: known(nsg('n')), prefixes: known(['fd00:1::/64']) },
      {
        scoringEndpoints: known([endpoint({}, directly)]),
      },
    ),
    settings: callers(bank),
    expect: 'unknown',
    says: /an address range of subnet nodes in the family of 20\.50\.1\.4/,
  },
  {
    name: 'the load balancer does not say its SKU, and no group stands before it',
    given: cluster({ scoringEndpoints: known([withoutSku]) }),
    settings: callers(bank),
    expect: 'unknown',
    says: /SKU of load balancer kubernetes/,
  },
  {
    name: 'a tag that nobody resolves is the caller, and is allowed beside a prefix',
    given: {
      ...withNsg(allow('mixed', ['AzureCloud', '203.0.113.0/24'])),
      serviceTags: noServiceTags,
    },
    settings: callers('AzureCloud'),
    expect: 'unknown',
    says: /AzureCloud/,
  },
  {
    name: 'packets go to the nodes themselves, and the range of their subnet is not known',
    given: withSubnet(
      { securityGroup: known(nsg('n')), prefixes: unread('range of subnet nodes') },
      { scoringEndpoints: known([endpoint({}, directly)]) },
    ),
    settings: callers(bank),
    expect: 'unknown',
    says: /range of subnet nodes/,
  },
  {
    name: 'a tag that nobody resolves is the caller, and the group of the subnet was not read',
    given: withSubnet({ securityGroup: unread('group') }, { serviceTags: noServiceTags }),
    settings: callers('AzureFrontDoor.Backend'),
    expect: 'unknown',
    says: /"what":"group"/,
  },
  {
    name: 'the list knows only a region of the caller’s tag, and a deny of that region comes first',
    given: withSubnet(
      {
        securityGroup: known(
          nsg(
            'subnet-nsg',
            rule('deny-region', 100, 'Inbound', 'Deny', { from: 'AzureFrontDoor.WestEurope' }),
            allow('prefix', '51.0.12.0/24'),
          ),
        ),
      },
      {
        serviceTags: serviceTags([
          { name: 'AzureFrontDoor.WestEurope', addressPrefixes: ['51.0.12.0/24'] },
        ]),
      },
    ),
    settings: callers('AzureFrontDoor'),
    expect: 'pass',
  },
  {
    name: 'two tags that nobody resolves are the callers, and one of them is allowed',
    given: withSubnet(
      { securityGroup: known(nsg('subnet-nsg', allow('fd', 'AzureFrontDoor.Backend'))) },
      { serviceTags: noServiceTags },
    ),
    settings: callers('AzureFrontDoor.Backend', 'AzureTrafficManager'),
    expect: 'pass',
  },
  {
    name: 'everybody is a caller',
    given: withNsg(allow('all', '*')),
    settings: callers('*'),
    expect: 'pass',
    says: /all who can address it/,
  },
  {
    name: 'a custom rule lets somebody in beside the default rule, and is named alone',
    given: inside(rule('lab', 200, 'Inbound', 'Allow', { from: '10.7.0.0/16' })),
    settings: callers('10.9.0.0/16'),
    expect: 'fail',
    severity: 'low',
    says: /, by rule lab of subnet-nsg \(from 10\.7\.0\.0\/16\)\. Narrow/,
  },
  {
    name: 'the network is the caller, and its range is allowed',
    given: inside(
      rule('own', 100, 'Inbound', 'Allow', { from: '10.1.0.0/16' }),
      rule('deny-rest', 200, 'Inbound', 'Deny'),
    ),
    settings: callers('VirtualNetwork'),
    expect: 'pass',
    rule: 'deny-rest',
  },
  {
    name: 'the network is the caller, and what is allowed may lie behind its gateway',
    given: withSubnet(
      {
        virtualNetwork: known(virtualNetwork({ hasGateway: true })),
        securityGroup: known(
          nsg(
            'subnet-nsg',
            rule('office', 100, 'Inbound', 'Allow', { from: '10.50.0.0/16' }),
            rule('deny-rest', 200, 'Inbound', 'Deny'),
          ),
        ),
      },
      { scoringEndpoints: known([internal]) },
    ),
    settings: callers('VirtualNetwork'),
    expect: 'unknown',
    says: /the exact extent of the VirtualNetwork and Internet service tags here/,
  },
  {
    name: 'text among the ranges of pods that is no prefix is passed over',
    given: withSubnet(
      { securityGroup: known(nsg('subnet-nsg', allow('bank', bank))) },
      {
        addresses: addresses({
          pods: known({ from: 'overlay', cidrs: ['10.244.0.0/16', 'no prefix'] }),
        }),
      },
    ),
    settings: callers(bank),
    expect: 'pass',
  },
];

export default cases;
