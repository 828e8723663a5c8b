import { known } from '../../../shared/model/verdict.ts';
import {
  type CheckCase,
  addresses,
  cluster,
  unread,
  virtualNetwork,
  withSubnet,
  workspace,
} from '../build.ts';

const at = workspace().id;
const bridges = (...cidrs: readonly string[]) => ({
  addresses: addresses({ dockerBridges: known(cidrs.map((cidr) => ({ cidr, at }))) }),
});
const network = (...prefixes: readonly string[]) => ({
  virtualNetwork: known(
    virtualNetwork({
      subnets: known(prefixes.map((prefix, n) => ({ name: `s${n}`, prefixes: [prefix] }))),
    }),
  ),
});

const cases: readonly CheckCase[] = [
  { name: 'nobody set one', given: cluster(), expect: 'notApplicable' },
  {
    name: 'the usual one, which is used nowhere else',
    given: cluster(bridges('172.17.0.1/16')),
    expect: 'pass',
    says: /172\.17\.0\.0\/16/,
  },
  {
    name: 'a subnet has a part of its network, though not the address itself',
    given: withSubnet(network('10.1.0.0/24', '172.17.200.0/24'), bridges('172.17.0.1/16')),
    expect: 'fail',
    severity: 'medium',
    says: /subnet s1 \(172\.17\.200\.0\/24\) .*overlaps the network 172\.17\.0\.0\/16/,
  },
  {
    name: 'a subnet ends where its network begins',
    given: withSubnet(network('172.16.255.0/24'), bridges('172.17.0.1/16')),
    expect: 'pass',
  },
  {
    name: 'the service CIDR has a part of its network, though not the address itself',
    given: cluster({
      addresses: addresses({
        serviceCidrs: known(['172.17.128.0/24']),
        dockerBridges: known([{ cidr: '172.17.0.1/16', at }]),
      }),
    }),
    expect: 'fail',
    severity: 'medium',
    says: /service CIDR 172\.17\.128\.0\/24/,
  },
  {
    name: 'the second of two has a part of a subnet',
    given: cluster(bridges('172.17.0.1/16', '10.1.0.1/24')),
    expect: 'fail',
  },
  {
    name: 'text that is no address with a length',
    given: cluster(bridges('172.17.0.1')),
    expect: 'fail',
    says: /no address with the length/,
  },
  {
    name: 'the virtual network was not read',
    given: withSubnet({ virtualNetwork: unread('virtual network') }, bridges('172.17.0.1/16')),
    expect: 'unknown',
    says: /virtual network/,
  },
  {
    name: 'one subnet of the network is not known',
    given: withSubnet(
      { virtualNetwork: known(virtualNetwork({ subnets: { ...unread('subnet'), found: [] } })) },
      bridges('172.17.0.1/16'),
    ),
    expect: 'unknown',
  },
  {
    name: 'the service CIDR is not known',
    given: cluster({
      addresses: addresses({
        serviceCidrs: unread('service CIDR'),
        dockerBridges: known([{ cidr: '172.17.0.1/16', at }]),
      }),
    }),
    expect: 'unknown',
  },
  {
    name: 'the computes were not read',
    given: cluster({ addresses: addresses({ dockerBridges: unread('computes') }) }),
    expect: 'unknown',
    says: /computes/,
  },
  {
    name: 'the computes were not all read, and one of them collides',
    given: cluster({
      addresses: addresses({
        dockerBridges: { ...unread('computes'), found: [{ cidr: '10.1.0.1/24', at }] },
      }),
    }),
    expect: 'fail',
    says: /computes/,
  },
  {
    name: 'a bridge of the second family, which is used nowhere else',
    given: cluster(bridges('fd00:17::1/64')),
    expect: 'pass',
    says: /the network fd00:17::\/64 of the Docker bridge fd00:17::1\/64/,
  },
];

export default cases;
