import type { LoadBalancerRule } from '../../../shared/facts/inference-cluster.ts';
import { known } from '../../../shared/model/verdict.ts';
import {
  type CheckCase,
  adminRule,
  cluster,
  endpoint,
  nsg,
  rule,
  scoringAddress,
  subnet,
  unread,
  virtualNetwork,
} from '../build.ts';

const probed = (changes: Partial<LoadBalancerRule> = {}): LoadBalancerRule => ({
  name: 'https',
  protocol: 'Tcp',
  frontendPort: 443,
  backendPort: 443,
  floatingIp: true,
  probePort: known(31_000),
  ...changes,
});
const behind = (
  changes: Parameters<typeof subnet>[0] = {},
  rules: readonly LoadBalancerRule[] = [probed()],
) =>
  cluster({
    subnets: known([subnet(changes)]),
    scoringEndpoints: known([endpoint({}, { rules })]),
  });
const withNsg = (...rules: Parameters<typeof nsg>[1][]) =>
  behind({ securityGroup: known(nsg('subnet-nsg', ...rules)) });
const deny = (text: Parameters<typeof rule>[4] = {}, priority = 200) =>
  rule('deny-in', priority, 'Inbound', 'Deny', text);

const cases: readonly CheckCase[] = [
  {
    name: 'no network security group at all',
    given: behind(),
    expect: 'pass',
    says: /no network security group/,
  },
  {
    name: 'only the default rules',
    given: withNsg(),
    expect: 'pass',
    rule: 'AllowVnetInBound',
    says: /"destinationPort":31000/,
  },
  {
    name: 'everything is denied at 4096, which comes before the default rule',
    given: withNsg(deny({}, 4096)),
    expect: 'fail',
    severity: 'high',
    rule: 'deny-in',
    says: /^\["The rules keep probes of the load balancer from the nodes behind.*168\.63\.129\.16/,
  },
  {
    name: 'everything else is denied after AzureLoadBalancer is allowed',
    given: withNsg(
      rule('probes', 100, 'Inbound', 'Allow', { from: 'AzureLoadBalancer' }),
      deny({}, 4096),
    ),
    expect: 'pass',
    rule: 'probes',
  },
  {
    name: 'everything else is denied after VirtualNetwork is allowed, which contains 168.63.129.16',
    given: withNsg(
      rule('inside', 100, 'Inbound', 'Allow', { from: 'VirtualNetwork' }),
      deny({}, 4096),
    ),
    expect: 'pass',
    rule: 'inside',
  },
  {
    name: 'the whole Internet is denied, which 168.63.129.16 is not of',
    given: withNsg(deny({ from: 'Internet' })),
    expect: 'pass',
  },
  {
    name: 'AzureLoadBalancer is allowed to the endpoint, where probes never go',
    given: withNsg(
      rule('probes', 100, 'Inbound', 'Allow', { from: 'AzureLoadBalancer', to: scoringAddress }),
      deny({}, 4096),
    ),
    expect: 'fail',
    rule: 'deny-in',
  },
  {
    name: 'AzureLoadBalancer is allowed to 443 only, and the probe asks elsewhere',
    given: withNsg(
      rule('probes', 100, 'Inbound', 'Allow', { from: 'AzureLoadBalancer', port: '443' }),
      deny({}, 4096),
    ),
    expect: 'fail',
  },
  {
    name: 'AzureLoadBalancer is allowed to half of the node subnet',
    given: withNsg(
      rule('probes', 100, 'Inbound', 'Allow', { from: 'AzureLoadBalancer', to: '10.1.0.0/25' }),
      deny({}, 4096),
    ),
    expect: 'fail',
    says: /some of the nodes/,
  },
  {
    name: 'only other ports are denied',
    given: withNsg(deny({ port: '30000-30999' })),
    expect: 'pass',
  },
  {
    name: 'only UDP is denied',
    given: withNsg(deny({ protocol: 'Udp' })),
    expect: 'pass',
  },
  {
    name: 'the subnet admits probes and the nodes do not',
    given: behind({
      securityGroup: known(nsg('subnet-nsg')),
      nodeSecurityGroups: known([nsg('node-nsg', deny())]),
    }),
    expect: 'fail',
    says: /node-nsg/,
  },
  {
    name: 'an admin rule denies them',
    given: behind({ adminRules: known([adminRule('corp', 'Inbound', 'Deny')]) }),
    expect: 'fail',
    rule: 'corp',
  },
  {
    name: 'an admin rule always allows them, whatever the group denies',
    given: behind({
      adminRules: known([
        adminRule('corp', 'Inbound', 'AlwaysAllow', { from: 'AzureLoadBalancer' }),
      ]),
      securityGroup: known(nsg('subnet-nsg', deny())),
    }),
    expect: 'pass',
    rule: 'corp',
  },
  {
    name: 'probes of an IPv6 endpoint come from fe80::1234:5678:9abc',
    given: cluster({
      subnets: known([
        subnet({
          prefixes: known(['10.1.0.0/24', 'fd00:1::/64']),
          virtualNetwork: known(
            virtualNetwork({ addressPrefixes: ['10.1.0.0/16', 'fd00:1::/48'] }),
          ),
          securityGroup: known(nsg('subnet-nsg', deny({ from: 'fe80::1234:5678:9abc' }))),
        }),
      ]),
      scoringEndpoints: known([endpoint({ address: '2603:1020:206::5' }, { rules: [probed()] })]),
    }),
    expect: 'fail',
    says: /fd00:1::/,
  },
  {
    name: 'the callers are none, and still the load balancer probes',
    given: withNsg(deny()),
    settings: { callers: { kind: 'none' } },
    expect: 'fail',
  },
  {
    name: 'one of two node subnets denies them',
    given: cluster({
      subnets: known([subnet(), subnet({ name: 'gpu', securityGroup: known(nsg('b', deny())) })]),
      scoringEndpoints: known([
        endpoint(
          {},
          {
            rules: [probed()],
            backendSubnetIds: known([subnet().id, subnet({ name: 'gpu' }).id]),
          },
        ),
      ]),
    }),
    expect: 'fail',
    says: /subnet gpu/,
  },
  {
    name: 'a deny names a group of nodes whose members are not known',
    given: withNsg({
      ...deny({ from: 'AzureLoadBalancer' }),
      destinations: rule('deny-out', 200, 'Outbound', 'Deny', { group: 'quarantine' }).destinations,
    }),
    expect: 'unknown',
    says: /quarantine/,
  },
  {
    name: 'a deny is for traffic from a group of interfaces, which the load balancer is none of',
    given: withNsg(deny({ group: 'quarantine' })),
    expect: 'pass',
  },
  {
    name: 'the group of the subnet was not read',
    given: behind({ securityGroup: unread('group') }),
    expect: 'unknown',
    says: /group/,
  },
  {
    name: 'the group of the subnet was not read, and that of the nodes denies',
    given: behind({
      securityGroup: unread('group'),
      nodeSecurityGroups: known([nsg('node-nsg', deny())]),
    }),
    expect: 'fail',
  },
  {
    name: 'the address range of the subnet is not known',
    given: behind({ prefixes: unread('subnet') }),
    expect: 'unknown',
  },
  {
    name: 'the port of the probe is not known',
    given: behind({}, [probed({ probePort: unread('port of the health probe') })]),
    expect: 'unknown',
    says: /port of the health probe/,
  },
  {
    name: 'the load balancer was not read',
    given: cluster({ scoringEndpoints: known([endpoint({ frontend: unread('load balancer') })]) }),
    expect: 'unknown',
    says: /load balancer/,
  },
  {
    name: 'the rule has no probe',
    given: cluster(),
    expect: 'notApplicable',
    says: /"says":"load balancing rule https has no health probe"/,
  },
  {
    name: 'there is no scoring endpoint',
    given: cluster({ scoringEndpoints: known([]) }),
    expect: 'notApplicable',
  },
  {
    name: 'the subnet has no address of the endpoint’s family',
    given: behind({ prefixes: known(['fd00:1::/64']) }),
    expect: 'unknown',
    says: /an address range of subnet nodes in the family of 20\.50\.1\.4/,
  },
];

export default cases;
