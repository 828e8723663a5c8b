import { resourceId } from '../../../shared/model/resource-id.ts';
import { known } from '../../../shared/model/verdict.ts';
import { type CheckCase, cluster, subnet, unread, withSubnet } from '../build.ts';

const delegated = { delegatedTo: known(['microsoft.containerinstance/containergroups']) };

const cases: readonly CheckCase[] = [
  {
    name: 'the node subnet exists and is not delegated',
    given: cluster(),
    expect: 'pass',
    says: /subnet nodes of virtual network spoke/,
  },
  {
    name: 'AKS made the network, for no pool names a subnet',
    given: cluster({ networkMadeByAks: true, subnets: unread('subnets') }),
    expect: 'fail',
    severity: 'low',
    says: /no node pool names a subnet/,
  },
  {
    name: 'one pool is in a network of AKS, though another names a subnet',
    given: cluster({ subnets: known([subnet(), subnet({ name: 'aks', managedByAks: true })]) }),
    expect: 'fail',
    severity: 'low',
    says: /subnet aks/,
  },
  {
    name: 'the network does not list the subnet any more',
    given: withSubnet({
      exists: known(false),
      delegatedTo: unread('subnet'),
      prefixes: unread('subnet'),
    }),
    expect: 'fail',
    severity: 'high',
    says: /lists no subnet nodes/,
  },
  {
    name: 'the node subnet is delegated to container instances',
    given: withSubnet(delegated),
    expect: 'fail',
    severity: 'high',
    says: /delegated to microsoft\.containerinstance\/containergroups/,
  },
  {
    name: 'only the second node subnet is delegated',
    given: cluster({ subnets: known([subnet(), subnet({ name: 'gpu', ...delegated })]) }),
    expect: 'fail',
    severity: 'high',
    says: /subnet gpu/,
  },
  {
    name: 'the subnets of pods and of the API server are delegated, as they must be',
    given: cluster({
      subnets: known([
        subnet(),
        subnet({ name: 'pods', usedBy: ['pods'], ...delegated }),
        subnet({ name: 'api', usedBy: ['apiServer'], ...delegated }),
      ]),
    }),
    expect: 'pass',
  },
  {
    name: 'the virtual network was not read',
    given: withSubnet({
      exists: unread('virtual network spoke'),
      delegatedTo: unread('virtual network spoke'),
    }),
    expect: 'unknown',
    says: /virtual network spoke/,
  },
  {
    name: 'the subnet is listed without its members',
    given: withSubnet({ delegatedTo: unread('subnet') }),
    expect: 'unknown',
  },
  {
    name: 'nodes are provisioned automatically, and not all their interfaces were read',
    given: cluster({
      subnets: { ...unread('interfaces of provisioned nodes'), found: [subnet()] },
    }),
    expect: 'unknown',
    says: /interfaces of provisioned nodes/,
  },
  {
    name: 'a delegated subnet fails whatever was not read beside it',
    given: cluster({
      subnets: { ...unread('interfaces of provisioned nodes'), found: [subnet(delegated)] },
    }),
    expect: 'fail',
    says: /interfaces of provisioned nodes/,
  },
  {
    name: 'no subnet of nodes is known at all',
    given: cluster({ id: resourceId('/subscriptions/s/c'), subnets: known([]) }),
    expect: 'unknown',
  },
];

export default cases;
