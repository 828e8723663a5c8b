import { known } from '../../../shared/model/verdict.ts';
import { noServiceTags } from '../../../shared/network/service-tags.ts';
import { noAddresses } from '../../../shared/packets/address.ts';
import {
  type CheckCase,
  adminRule,
  cluster,
  defaultRoute,
  nsg,
  routes,
  rule,
  subnet,
  unread,
  virtualNetwork,
  withSubnet,
} from '../build.ts';

const out = (...rules: Parameters<typeof nsg>[1][]) =>
  withSubnet({ securityGroup: known(nsg('subnet-nsg', ...rules)) });
const deny = (name: string, text: Parameters<typeof rule>[4] = {}, priority = 200) =>
  rule(name, priority, 'Outbound', 'Deny', text);

/** A deny that nobody can tell the reach of. */
const unclear = (name: string, text: Parameters<typeof rule>[4], priority: number) => ({
  ...deny(name, text, priority),
  sources: [{ kind: 'unclear' as const, text: '10.1.0' }],
});

const cases: readonly CheckCase[] = [
  { name: 'no network security group at all', given: cluster(), expect: 'pass' },
  { name: 'only the default rules', given: out(), expect: 'pass' },
  {
    name: 'a rule that allows more',
    given: out(rule('ntp', 200, 'Outbound', 'Allow', { port: '123' })),
    expect: 'pass',
  },
  { name: 'an inbound deny', given: out(rule('in', 200, 'Inbound', 'Deny')), expect: 'pass' },
  {
    name: 'everything is denied',
    given: out(deny('deny-all')),
    expect: 'fail',
    severity: 'high',
    rule: 'deny-all',
    says: /AllowVnetOutBound|AllowInternetOutBound/,
  },
  {
    name: 'the Internet is denied',
    given: out(deny('no-internet', { to: 'Internet' })),
    expect: 'fail',
    severity: 'high',
    rule: 'no-internet',
    says: /AllowInternetOutBound/,
  },
  {
    name: 'the virtual network is denied',
    given: out(deny('no-vnet', { to: 'VirtualNetwork' })),
    expect: 'fail',
    severity: 'high',
    rule: 'no-vnet',
    says: /AllowVnetOutBound/,
  },
  {
    name: 'the registry of the region is denied',
    given: out(deny('no-acr', { to: 'AzureContainerRegistry', port: '443' })),
    expect: 'fail',
    severity: 'high',
    says: /what the cluster needs: AzureContainerRegistry/,
  },
  {
    name: 'one port that nothing needs is denied',
    given: out(deny('no-mail', { to: 'Internet', port: '25' })),
    expect: 'fail',
    severity: 'low',
    rule: 'no-mail',
    says: /port 25/,
  },
  {
    name: 'one public range that nothing needs is denied',
    given: out(deny('no-rivals', { to: '198.51.100.0/24' })),
    expect: 'fail',
    severity: 'low',
    says: /198\.51\.100\.0\/24/,
  },
  {
    name: 'without the tag list, a denied public range may be needed',
    says: /may be among it/,
    given: withSubnet(
      { securityGroup: known(nsg('n', deny('no-rivals', { to: '198.51.100.0/24' }))) },
      { serviceTags: noServiceTags },
    ),
    expect: 'fail',
    severity: 'high',
  },
  {
    name: 'a deny behind an allow that covers it takes nothing',
    given: out(rule('all', 100, 'Outbound', 'Allow'), deny('deny-all')),
    expect: 'pass',
  },
  {
    name: 'a deny behind an allow that covers half of it',
    given: out(rule('half', 100, 'Outbound', 'Allow', { from: '10.1.0.0/25' }), deny('deny-all')),
    expect: 'fail',
    severity: 'high',
  },
  {
    name: 'a deny for another subnet’s packets',
    given: out(deny('others', { from: '10.1.7.0/24' })),
    expect: 'pass',
  },
  {
    name: 'a deny of addresses that neither default rule allows',
    given: out(deny('special', { to: '192.168.0.0/16' })),
    expect: 'pass',
  },
  {
    name: 'a deny of the platform’s addresses, which rules do not reach',
    given: out(deny('dns', { to: '168.63.129.16' })),
    expect: 'pass',
  },
  {
    name: 'a deny of the platform’s DNS by its tag, which does reach it',
    severity: 'high',
    given: out(deny('dns', { to: 'AzurePlatformDNS' })),
    expect: 'fail',
    rule: 'dns',
  },
  {
    name: 'the nodes’ own group denies',
    given: withSubnet({ nodeSecurityGroups: known([nsg('node-nsg', deny('deny-all'))]) }),
    expect: 'fail',
    says: /node-nsg/,
  },
  {
    name: 'one of two node subnets denies',
    given: cluster({
      subnets: known([
        subnet(),
        subnet({
          name: 'gpu',
          prefixes: known(['10.1.2.0/24']),
          securityGroup: known(nsg('gpu-nsg', deny('deny-all'))),
        }),
      ]),
    }),
    expect: 'fail',
    says: /gpu-nsg/,
  },
  {
    name: 'the subnet of the pods denies',
    given: cluster({
      subnets: known([
        subnet(),
        subnet({
          name: 'pods',
          usedBy: ['pods'],
          prefixes: known(['10.1.4.0/22']),
          securityGroup: known(nsg('pod-nsg', deny('deny-all'))),
        }),
      ]),
    }),
    expect: 'fail',
    says: /pod-nsg/,
  },
  {
    name: 'the subnet of the API server is not the cluster’s own',
    given: cluster({
      subnets: known([
        subnet(),
        subnet({
          name: 'api',
          usedBy: ['apiServer'],
          securityGroup: known(nsg('api-nsg', deny('deny-all'))),
        }),
      ]),
    }),
    expect: 'pass',
  },
  {
    name: 'an admin rule denies',
    given: withSubnet({
      adminRules: known([adminRule('corp', 'Outbound', 'Deny', { to: 'Internet', port: '25' })]),
    }),
    expect: 'fail',
    severity: 'low',
    rule: 'corp',
  },
  {
    name: 'an admin rule always allows what the group denies',
    given: withSubnet({
      adminRules: known([adminRule('corp', 'Outbound', 'AlwaysAllow')]),
      securityGroup: known(nsg('n', deny('deny-all'))),
    }),
    expect: 'pass',
  },
  {
    name: 'an admin rule that only passes on does not save it',
    given: withSubnet({
      adminRules: known([adminRule('corp', 'Outbound', 'Allow')]),
      securityGroup: known(nsg('n', deny('deny-all'))),
    }),
    expect: 'fail',
  },
  {
    name: 'a deny of IPv6 in a dual-stack subnet',
    given: withSubnet({
      prefixes: known(['10.1.0.0/24', 'fd00:1::/64']),
      virtualNetwork: known(virtualNetwork({ addressPrefixes: ['10.1.0.0/16', 'fd00:1::/48'] })),
      securityGroup: known(nsg('n', deny('six', { to: '2000::/3' }))),
    }),
    expect: 'fail',
    says: /six/,
  },
  {
    name: 'a service tag without its list is still something',
    given: withSubnet(
      { securityGroup: known(nsg('n', deny('tag', { to: 'Storage' }))) },
      { serviceTags: noServiceTags },
    ),
    expect: 'fail',
    severity: 'high',
  },
  {
    name: 'routes are not looked at',
    given: withSubnet({ ...routes(defaultRoute('VirtualAppliance', '10.0.0.4')) }),
    expect: 'pass',
  },
  {
    name: 'an application security group may take something',
    given: out(deny('group', { group: 'db' })),
    expect: 'unknown',
    says: /members of application security group db/,
  },
  {
    name: 'an application security group whose members are known to be elsewhere takes nothing here',
    given: withSubnet({
      securityGroup: known(nsg('subnet-nsg', deny('group', { group: 'db' }))),
      groupMembers: { of: () => ({ atLeast: noAddresses, atMost: noAddresses }) },
    }),
    expect: 'pass',
  },
  {
    name: 'the group of the subnet could not be read',
    given: withSubnet({ securityGroup: unread('network security group x') }),
    expect: 'unknown',
    says: /network security group x/,
  },
  {
    name: 'the subnet denies, whatever the unread group of the nodes says',
    given: withSubnet({
      securityGroup: known(nsg('n', deny('deny-all'))),
      nodeSecurityGroups: unread('interfaces'),
    }),
    expect: 'fail',
    says: /interfaces/,
  },
  {
    name: 'the address range of the subnet is not known',
    given: withSubnet({ prefixes: unread('subnet') }),
    expect: 'unknown',
    says: /subnet/,
  },
  {
    name: 'the subnets are not known',
    given: cluster({ subnets: unread('subnets') }),
    expect: 'unknown',
    says: /subnets/,
  },
  {
    name: 'the settings restrict outbound on purpose',
    given: out(deny('deny-all')),
    settings: { outbound: 'restricted' },
    expect: 'notApplicable',
  },
  {
    name: 'one subnet is denied, and not all are known',
    given: cluster({
      subnets: {
        ...unread('interfaces of provisioned nodes'),
        found: [subnet({ securityGroup: known(nsg('n', deny('deny-all'))) })],
      },
    }),
    expect: 'fail',
    says: /interfaces of provisioned nodes/,
  },
  {
    name: 'one subnet keeps the rules, and not all are known',
    given: cluster({
      subnets: { ...unread('interfaces of provisioned nodes'), found: [subnet()] },
    }),
    expect: 'unknown',
    says: /interfaces of provisioned nodes/,
  },
  {
    name: 'no node pool names a subnet',
    given: cluster({ subnets: known([]) }),
    expect: 'unknown',
    says: /the subnets of the nodes/,
  },
  {
    name: 'the subnet names no address range',
    given: withSubnet({ prefixes: known([]) }),
    expect: 'unknown',
    says: /the address range of subnet nodes/,
  },
  {
    name: 'only the metadata service is denied, by its tag, beside rules for other things',
    given: out(
      deny('no-metadata', { to: 'AzurePlatformIMDS' }),
      rule('ntp', 300, 'Outbound', 'Allow', { port: '123' }),
    ),
    expect: 'fail',
    severity: 'high',
    rule: 'no-metadata',
    says: /^\["Rule no-metadata of subnet-nsg takes .* away from AllowVnetOutBound\. That includes Azure's own DNS or metadata, which every node needs\."/,
  },
  {
    name: 'the metadata service is denied by its tag in one of two groups',
    given: withSubnet({
      securityGroup: known(nsg('subnet-nsg', deny('no-metadata', { to: 'AzurePlatformIMDS' }))),
      nodeSecurityGroups: known([nsg('node-nsg')]),
    }),
    expect: 'fail',
    severity: 'high',
    rule: 'no-metadata',
    says: /Azure's own DNS or metadata/,
  },
  {
    name: 'an admin rule denies the metadata service by its tag, among others',
    given: withSubnet({
      adminRules: known([
        adminRule('corp', 'Outbound', 'Deny', { to: ['198.51.100.0/24', 'AzurePlatformIMDS'] }),
      ]),
    }),
    expect: 'fail',
    severity: 'high',
    rule: 'corp',
    says: /Azure's own DNS or metadata/,
  },
  {
    name: 'the metadata service is denied by its tag behind an allow of its tag',
    given: out(
      rule('metadata', 100, 'Outbound', 'Allow', { to: 'AzurePlatformIMDS' }),
      deny('no-metadata', { to: 'AzurePlatformIMDS' }),
    ),
    expect: 'pass',
  },
  {
    name: 'two rules take one port each that nothing needs',
    given: out(
      deny('no-mail', { to: 'Internet', port: '25' }),
      deny('no-telnet', { to: 'Internet', port: '23' }, 210),
    ),
    expect: 'fail',
    severity: 'low',
    says: /^\["Rule no-mail of subnet-nsg and Rule no-telnet of subnet-nsg take .*port 25.* and 1 more away from AllowInternetOutBound\. Nothing that the cluster is known to need is among it\."/,
  },
  {
    name: 'a port that is needed for TCP is denied for UDP alone',
    given: out(deny('no-quic', { to: 'Internet', port: '443', protocol: 'Udp' })),
    expect: 'fail',
    severity: 'low',
    says: /^\["Rule no-quic of subnet-nsg takes .* Nothing that the cluster is known to need/,
  },
  {
    name: 'one of the two ports of signing in is denied',
    given: out(deny('no-sign-in', { to: 'AzureActiveDirectory', port: '80' })),
    expect: 'fail',
    severity: 'high',
    says: /what the cluster needs: AzureActiveDirectory \(Tcp 80, 443\)\./,
  },
  {
    name: 'without the tag list, a denied public range may be needed: what by name',
    given: withSubnet(
      { securityGroup: known(nsg('n', deny('no-rivals', { to: '198.51.100.0/24' }))) },
      { serviceTags: noServiceTags },
    ),
    expect: 'fail',
    severity: 'high',
    says: /may be among it \(AzureContainerRegistry\.westeurope \(Tcp 443\), /,
  },
  {
    name: 'the metadata service is denied by its tag, and the platform’s DNS perhaps',
    given: out(
      unclear('no-dns', { to: 'AzurePlatformDNS' }, 100),
      deny('no-metadata', { to: 'AzurePlatformIMDS' }),
    ),
    expect: 'fail',
    severity: 'high',
    rule: 'no-metadata',
    says: /That includes Azure's own DNS or metadata/,
  },
  {
    name: 'half of the registry is perhaps denied, and the rest for certain',
    given: out(
      unclear('perhaps', { to: '51.0.1.0/25', port: '443' }, 100),
      deny('no-acr', { to: 'AzureContainerRegistry', port: '443' }),
    ),
    expect: 'fail',
    severity: 'high',
    rule: 'no-acr',
    says: /That includes what the cluster needs: AzureContainerRegistry\.westeurope \(Tcp 443\)\./,
  },
];

export default cases;
