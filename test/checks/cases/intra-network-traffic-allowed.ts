import type { PodAddresses } from '../../../shared/facts/address-plan.ts';
import { known } from '../../../shared/model/verdict.ts';
import { addressSet } from '../../../shared/packets/address.ts';
import {
  type CheckCase,
  addresses,
  adminRule,
  cluster,
  nsg,
  rule,
  subnet,
  unread,
  withSubnet,
} from '../build.ts';

type Rules = readonly Parameters<typeof nsg>[1][];
const nodes = '10.1.0.0/24';
const podRange = '10.244.0.0/16';
const withNsg = (...rules: Rules) =>
  withSubnet({ securityGroup: known(nsg('subnet-nsg', ...rules)) });
const denyIn = (text: Parameters<typeof rule>[4] = {}, priority = 200) =>
  rule('deny-in', priority, 'Inbound', 'Deny', text);
const denyOut = (text: Parameters<typeof rule>[4] = {}, priority = 200) =>
  rule('deny-out', priority, 'Outbound', 'Deny', text);
const carried = (from: PodAddresses['from'], ...rules: Rules) =>
  withSubnet(
    { securityGroup: known(nsg('subnet-nsg', ...rules)) },
    { addresses: addresses({ pods: known({ from, cidrs: [podRange] }) }) },
  );
/** Overlay pods, and a Deny of an application security group whose members are known. */
const withGroup = (members: string) => {
  const all = addressSet([members]);
  return withSubnet(
    {
      securityGroup: known(nsg('subnet-nsg', denyIn({ group: 'databases' }))),
      groupMembers: { of: () => ({ atLeast: all, atMost: all }) },
    },
    { addresses: addresses({ pods: known({ from: 'overlay', cidrs: [podRange] }) }) },
  );
};
const withPods = (...rules: Rules) =>
  cluster({
    subnets: known([
      subnet(),
      subnet({
        name: 'pods',
        usedBy: ['pods'],
        prefixes: known(['10.1.4.0/22']),
        securityGroup: known(nsg('pod-nsg', ...rules)),
      }),
    ]),
  });
const withApiServer = (...rules: Rules) =>
  cluster({
    subnets: known([
      // What the nodes' own group denies is not on the way to the API server.
      subnet({
        nodeSecurityGroups: known([nsg('node-nsg', denyIn({ from: 'AzureLoadBalancer' }))]),
      }),
      subnet({
        name: 'api',
        usedBy: ['apiServer'],
        prefixes: known(['10.1.12.0/28']),
        securityGroup: known(nsg('api-nsg', ...rules)),
      }),
    ]),
  });

const cases: readonly CheckCase[] = [
  { name: 'no network security group at all', given: cluster(), expect: 'pass' },
  { name: 'only the default rules', given: withNsg(), expect: 'pass' },
  {
    name: 'everything from the virtual network is denied',
    given: withNsg(denyIn({ from: 'VirtualNetwork', to: 'VirtualNetwork' })),
    expect: 'fail',
    severity: 'high',
    rule: 'deny-in',
    says: /nodes in nodes \(10\.1\.0\.0\/24\) to nodes in nodes/,
  },
  {
    name: 'everything is denied last, and nothing was allowed before',
    given: withNsg(denyIn({}, 4096)),
    expect: 'fail',
    severity: 'high',
  },
  {
    name: 'everything is denied last, after the node subnet was allowed to itself',
    given: withNsg(
      rule('own', 100, 'Inbound', 'Allow', { from: nodes, to: nodes }),
      denyIn({}, 4096),
    ),
    expect: 'pass',
  },
  {
    name: 'everything is denied last, after TCP alone was allowed',
    given: withNsg(
      rule('own', 100, 'Inbound', 'Allow', { from: nodes, to: nodes, protocol: 'Tcp' }),
      denyIn({}, 4096),
    ),
    expect: 'fail',
    severity: 'high',
    says: /Udp/,
  },
  {
    name: 'everything outbound is denied',
    given: withNsg(denyOut()),
    expect: 'fail',
    severity: 'high',
    rule: 'deny-out',
  },
  {
    name: 'only the Internet is denied, both ways',
    given: withNsg(denyIn({ from: 'Internet' }), denyOut({ to: 'Internet' })),
    expect: 'pass',
  },
  {
    name: 'only another subnet is denied',
    given: withNsg(denyIn({ from: '10.1.9.0/24' }), denyOut({ to: '10.1.9.0/24' })),
    expect: 'pass',
  },
  {
    name: 'the port of the kubelet is denied',
    given: withNsg(denyIn({ port: '10250' })),
    expect: 'fail',
    severity: 'high',
    says: /port 10250/,
  },
  {
    name: 'a port that nothing is known to use is denied',
    given: withNsg(denyIn({ port: '3389' })),
    expect: 'fail',
    severity: 'low',
    says: /AKS supports no such rule/,
  },
  {
    name: 'half of the nodes are denied',
    given: withNsg(denyIn({ from: '10.1.0.128/25' })),
    expect: 'fail',
    severity: 'high',
    says: /10\.1\.0\.12[89]/,
  },
  {
    name: 'the group of the nodes denies',
    given: withSubnet({ nodeSecurityGroups: known([nsg('node-nsg', denyIn({ from: nodes }))]) }),
    expect: 'fail',
    says: /node-nsg/,
  },
  {
    name: 'an admin rule denies',
    given: withSubnet({ adminRules: known([adminRule('corp', 'Inbound', 'Deny')]) }),
    expect: 'fail',
    rule: 'corp',
  },
  {
    name: 'an admin rule always allows what the group denies',
    given: withSubnet({
      adminRules: known([
        adminRule('in', 'Inbound', 'AlwaysAllow'),
        adminRule('out', 'Outbound', 'AlwaysAllow'),
      ]),
      securityGroup: known(nsg('subnet-nsg', denyIn())),
    }),
    expect: 'pass',
  },
  {
    name: 'one node subnet denies the other',
    given: cluster({
      subnets: known([
        subnet({ securityGroup: known(nsg('a', denyIn({ from: '10.1.1.0/24' }))) }),
        subnet({ name: 'gpu', prefixes: known(['10.1.1.0/24']) }),
      ]),
    }),
    expect: 'fail',
    says: /nodes in gpu \(10\.1\.1\.0\/24\) to nodes in nodes/,
  },
  { name: 'pods in a subnet of their own', given: withPods(), expect: 'pass' },
  {
    name: 'pods in a subnet of their own are denied to nodes',
    given: withPods(denyIn({ from: nodes })),
    expect: 'fail',
    severity: 'high',
    says: /nodes in nodes .* to pods in pods/,
  },
  {
    name: 'overlay pods and only default rules',
    given: carried('overlay'),
    expect: 'pass',
  },
  {
    name: 'an application security group is denied that holds neither node nor overlay pod',
    given: withGroup('10.1.9.0/24'),
    expect: 'pass',
  },
  {
    name: 'an application security group is denied that holds some of the overlay pods',
    given: withGroup('10.244.7.0/24'),
    expect: 'fail',
    severity: 'high',
    rule: 'deny-in',
  },
  {
    name: 'the range of overlay pods is denied',
    given: carried('overlay', denyIn({ from: podRange })),
    expect: 'fail',
    severity: 'high',
    says: /pods \(10\.244\.0\.0\/16\) to pods/,
  },
  {
    name: 'everything is denied last, after nodes and the range of overlay pods were allowed',
    given: carried(
      'overlay',
      rule('own', 100, 'Inbound', 'Allow', { from: [nodes, podRange], to: [nodes, podRange] }),
      denyIn({}, 4096),
    ),
    expect: 'pass',
  },
  {
    name: 'everything is denied last, after nodes but not overlay pods were allowed',
    given: carried(
      'overlay',
      rule('own', 100, 'Inbound', 'Allow', { from: nodes, to: nodes }),
      denyIn({}, 4096),
    ),
    expect: 'fail',
    severity: 'high',
  },
  {
    name: 'everything is denied last, after VirtualNetwork was allowed, which may hold overlay pods',
    given: carried(
      'overlay',
      rule('vnet', 100, 'Inbound', 'Allow', { from: 'VirtualNetwork', to: 'VirtualNetwork' }),
      denyIn({}, 4096),
    ),
    expect: 'unknown',
    says: /VirtualNetwork/,
  },
  {
    name: 'everything is denied last, after VirtualNetwork was allowed, which holds kubenet pods',
    given: carried(
      'kubenet',
      rule('vnet', 100, 'Inbound', 'Allow', { from: 'VirtualNetwork', to: 'VirtualNetwork' }),
      denyIn({}, 4096),
    ),
    expect: 'pass',
  },
  {
    name: 'a range that is denied is nothing to pods with addresses of the subnet',
    given: withNsg(denyIn({ from: podRange })),
    expect: 'pass',
  },
  { name: 'an API server in the network', given: withApiServer(), expect: 'pass' },
  {
    name: 'an API server in the network, and nodes may not call its port 4443',
    given: withApiServer(denyIn({ port: '4443' })),
    expect: 'fail',
    severity: 'high',
    says: /the API server in api/,
  },
  {
    name: 'an API server in the network, and the load balancer may not probe it',
    given: withApiServer(denyIn({ port: '9988' })),
    expect: 'fail',
    severity: 'high',
    says: /probes of the API server/,
  },
  {
    name: 'an API server in the network, and a port it does not have is denied',
    given: withApiServer(denyIn({ port: '22' })),
    expect: 'pass',
  },
  {
    name: 'a deny names a group whose members are not known',
    given: withNsg(denyIn({ group: 'quarantine' })),
    expect: 'unknown',
    says: /quarantine/,
  },
  {
    name: 'a group may be denied or not, and everything is denied after that',
    given: withNsg(denyIn({ group: 'quarantine' }, 100), rule('deny-rest', 200, 'Inbound', 'Deny')),
    expect: 'fail',
    severity: 'high',
    rule: 'deny-rest',
  },
  {
    name: 'the group of the subnet was not read',
    given: withSubnet({ securityGroup: unread('group') }),
    expect: 'unknown',
    says: /group/,
  },
  {
    name: 'the group of the subnet was not read, and that of the nodes denies',
    given: withSubnet({
      securityGroup: unread('group'),
      nodeSecurityGroups: known([nsg('node-nsg', denyIn())]),
    }),
    expect: 'fail',
    says: /group/,
  },
  {
    name: 'the subnet lies outside the address space of its network, as far as that was read',
    given: withSubnet({
      prefixes: known(['192.168.7.0/24']),
      securityGroup: known(nsg('subnet-nsg')),
    }),
    expect: 'unknown',
    says: /VirtualNetwork/,
  },
  {
    name: 'where pods are is not known',
    given: cluster({ addresses: addresses({ pods: unread('where pods are') }) }),
    expect: 'unknown',
    says: /where pods are/,
  },
  {
    name: 'the address range of the subnet is not known',
    given: withSubnet({ prefixes: unread('subnet') }),
    expect: 'unknown',
  },
  {
    name: 'the subnets are not known',
    given: cluster({ subnets: unread('subnets') }),
    expect: 'unknown',
  },
  {
    name: 'one rule is named with what it takes and from whom',
    given: withNsg(denyIn({ from: 'VirtualNetwork' })),
    expect: 'fail',
    says: /^\["Rule deny-in of subnet-nsg takes away everything from nodes in nodes \(10\.1\.0\.0\/24\) to nodes in nodes/,
  },
  {
    name: 'two rules that take a port each',
    given: withNsg(denyIn({ port: '53', protocol: 'Tcp' }), {
      ...denyIn({ port: '10250', protocol: 'Tcp' }, 210),
      name: 'deny-kubelet',
    }),
    expect: 'fail',
    severity: 'high',
    says: /^\["Rule deny-in of subnet-nsg and Rule deny-kubelet of subnet-nsg take away Tcp port 53 and 1 more from/,
  },
  {
    name: 'what passes is said for both directions',
    given: withNsg(),
    expect: 'pass',
    says: /nothing is taken of nodes in nodes \(10\.1\.0\.0\/24\) to nodes in nodes \(10\.1\.0\.0\/24\), outbound.*\(10\.1\.0\.0\/24\), inbound/,
  },
  {
    name: 'no node pool names a subnet',
    given: cluster({ subnets: known([]) }),
    expect: 'unknown',
    says: /the subnets of the nodes/,
  },
  {
    name: 'the ranges of one of two subnets were not read',
    given: cluster({
      subnets: known([
        subnet(),
        subnet({ name: 'gpu', prefixes: unread('the range of the subnet') }),
      ]),
    }),
    expect: 'unknown',
    says: /the range of the subnet/,
  },
  {
    name: 'a packet that is taken goes the way of the rule, in',
    given: withNsg(denyIn()),
    expect: 'fail',
    says: /"rule":"deny-in"[^}]*"witness":\{"direction":"inbound"/,
  },
  {
    name: 'a packet that is taken goes the way of the rule, out',
    given: withNsg(denyOut()),
    expect: 'fail',
    says: /"rule":"deny-out"[^}]*"witness":\{"direction":"outbound"/,
  },
  {
    name: 'a group may be denied the kubelet, and everything is denied after that: the certain rule is named',
    given: withNsg(
      denyIn({ group: 'quarantine', port: '10250' }, 100),
      rule('deny-rest', 200, 'Inbound', 'Deny'),
    ),
    expect: 'fail',
    severity: 'high',
    says: /^\["Rule deny-rest of subnet-nsg takes away/,
  },
  {
    name: 'pods of an overlay, and neither the range nor the group of their nodes was read',
    given: withSubnet(
      { prefixes: unread('the range of the subnet'), securityGroup: unread('the group') },
      { addresses: addresses({ pods: known({ from: 'overlay', cidrs: [podRange] }) }) },
    ),
    expect: 'unknown',
    says: /"what":"the group"/,
  },
  {
    name: 'a port of services of type NodePort is denied',
    given: withNsg(denyIn({ port: '31000' })),
    expect: 'fail',
    severity: 'high',
    says: /The cluster needs it/,
  },
];

export default cases;
