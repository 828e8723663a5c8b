import type { PodAddresses } from '../../../shared/facts/address-plan.ts';
import { known } from '../../../shared/model/verdict.ts';
import type { Peering, VirtualNetwork } from '../../../shared/network/virtual-network.ts';
import {
  type CheckCase,
  addresses,
  cluster,
  networkResource,
  unread,
  virtualNetwork,
  withSubnet,
} from '../build.ts';

const services = (...cidrs: readonly string[]) => ({
  addresses: addresses({ serviceCidrs: known(cidrs) }),
});
const pods = (from: PodAddresses['from'], ...cidrs: readonly string[]) => ({
  addresses: addresses({ pods: known({ from, cidrs }) }),
});
const inNetwork = (changes: Partial<VirtualNetwork>, more: Parameters<typeof withSubnet>[1] = {}) =>
  withSubnet({ virtualNetwork: known(virtualNetwork(changes)) }, more);
const hub = (changes: Partial<Peering> = {}) => ({
  peerings: [
    {
      name: 'to-hub',
      state: 'Connected' as const,
      remoteNetworkId: networkResource('virtualNetworks', 'hub'),
      remotePrefixes: ['10.9.0.0/16'],
      useRemoteGateways: false,
      ...changes,
    },
  ],
});

const cases: readonly CheckCase[] = [
  {
    name: 'a range that is used nowhere',
    given: inNetwork(hub()),
    expect: 'pass',
    says: /overlaps no subnet, no peered network/,
  },
  {
    name: 'the range holds the subnet of the nodes',
    given: cluster(services('10.1.0.0/16')),
    expect: 'fail',
    severity: 'high',
    says: /^\["Subnet nodes \(10\.1\.0\.0\/24\) of virtual network spoke overlaps the service CIDR/,
  },
  {
    name: 'the range overlaps a subnet that the cluster does not use',
    given: inNetwork(
      { subnets: known([{ name: 'data', prefixes: ['10.1.0.0/24', '10.1.7.0/24'] }]) },
      services('10.1.7.128/25'),
    ),
    expect: 'fail',
    severity: 'high',
    says: /subnet data \(10\.1\.7\.0\/24\)/,
  },
  {
    name: 'the range lies in the address space, where no subnet is yet',
    given: cluster(services('10.1.200.0/24')),
    expect: 'pass',
    says: /near miss/,
  },
  {
    name: 'the range ends where the subnet begins',
    given: cluster(services('10.0.255.0/24')),
    expect: 'pass',
  },
  {
    name: 'the range overlaps a peered network',
    given: inNetwork(hub(), services('10.9.128.0/17')),
    expect: 'fail',
    severity: 'medium',
    says: /peering to-hub/,
  },
  {
    name: 'the range overlaps a network whose peering is disconnected',
    given: inNetwork(hub({ state: 'Disconnected' }), services('10.9.128.0/17')),
    expect: 'pass',
  },
  {
    name: 'the range overlaps what a peered network has got since',
    given: inNetwork(hub({ perhapsPrefixes: ['10.10.0.0/16'] }), services('10.10.0.0/20')),
    expect: 'unknown',
    says: /has not taken it over yet/,
  },
  {
    name: 'nobody knows the address space of a peered network',
    given: inNetwork(hub({ remotePrefixes: [] })),
    expect: 'unknown',
    says: /network hub \(peering to-hub\) brings.*neither the peering nor the network itself was read with an address space/,
  },
  {
    name: 'the range overlaps one that AKS keeps for itself',
    given: cluster(services('172.30.64.0/20')),
    expect: 'fail',
    severity: 'high',
    says: /172\.30\.0\.0\/16, which AKS keeps/,
  },
  {
    name: 'the range holds two that AKS keeps for itself, though it names neither',
    given: cluster(services('172.24.0.0/13')),
    expect: 'fail',
    says: /172\.31\.0\.0\/16/,
  },
  {
    name: 'the virtual network has a range that AKS keeps for itself',
    given: inNetwork({ addressPrefixes: ['10.1.0.0/16', '172.31.4.0/24'] }),
    expect: 'fail',
    severity: 'high',
    says: /range 172\.31\.4\.0\/24 of virtual network spoke/,
  },
  {
    name: 'the range is a /12',
    given: cluster(services('172.16.0.0/12')),
    expect: 'fail',
    severity: 'high',
    says: /smaller than a \/12/,
  },
  { name: 'the range is a /13', given: cluster(services('100.64.0.0/13')), expect: 'pass' },
  {
    name: 'text that is no CIDR prefix',
    given: cluster(services('10.0.0.0')),
    expect: 'fail',
    severity: 'high',
    says: /no CIDR prefix/,
  },
  {
    name: 'the second of two families overlaps a subnet',
    given: inNetwork(
      { subnets: known([{ name: 'nodes', prefixes: ['10.1.0.0/24', 'fd00:1::/64'] }]) },
      services('10.0.0.0/16', 'fd00:1::/108'),
    ),
    expect: 'fail',
    says: /fd00:1::\/108/,
  },
  {
    name: 'overlay pods have a range that is used nowhere',
    given: cluster(pods('overlay', '10.244.0.0/16')),
    expect: 'pass',
  },
  {
    name: 'overlay pods have the range of a subnet',
    given: cluster(pods('overlay', '10.1.0.0/20')),
    expect: 'fail',
    severity: 'high',
    says: /overlaps the pod CIDR 10\.1\.0\.0\/20/,
  },
  {
    name: 'overlay pods have the range of a peered network',
    given: inNetwork(hub(), pods('overlay', '10.9.0.0/16')),
    expect: 'fail',
    severity: 'medium',
  },
  {
    name: 'a pod range may be as large as it likes',
    given: cluster(pods('kubenet', '100.64.0.0/10')),
    expect: 'pass',
  },
  {
    name: 'the service CIDR is not known',
    given: cluster({ addresses: addresses({ serviceCidrs: unread('range of the services') }) }),
    expect: 'unknown',
    says: /range of the services/,
  },
  {
    name: 'where pods have their addresses from is not known',
    given: cluster({ addresses: addresses({ pods: unread('where pods are') }) }),
    expect: 'unknown',
    says: /where pods are/,
  },
  {
    name: 'the virtual network was not read',
    given: withSubnet({ virtualNetwork: unread('virtual network') }),
    expect: 'unknown',
    says: /virtual network/,
  },
  {
    name: 'one subnet of the network is not known',
    given: inNetwork({ subnets: { ...unread('prefixes of subnet x'), found: [] } }),
    expect: 'unknown',
    says: /subnet x/,
  },
  {
    name: 'the network was not read, and still the range is one that AKS keeps',
    given: withSubnet({ virtualNetwork: unread('virtual network') }, services('169.254.0.0/16')),
    expect: 'fail',
    says: /virtual network/,
  },
  {
    name: 'the range overlaps nothing that a peered network has got since',
    given: inNetwork(hub({ perhapsPrefixes: ['10.10.0.0/16'] })),
    expect: 'pass',
  },
  {
    name: 'the range lies in the second of two address spaces, where no subnet is yet',
    given: inNetwork(
      { addressPrefixes: ['10.1.0.0/16', '10.2.0.0/16'] },
      services('10.2.200.0/24'),
    ),
    expect: 'pass',
    says: /near miss/,
  },
  {
    name: 'the limit of a /12 is one for IPv4',
    given: cluster(services('10.0.0.0/16', 'fd00::/12')),
    expect: 'pass',
  },
  {
    name: 'a cluster that names neither a range nor a subnet',
    given: cluster({ subnets: known([]), ...services() }),
    expect: 'unknown',
    says: /names neither a range nor a network/,
  },
  {
    name: 'a cluster in a virtual network that names no range',
    given: cluster(services()),
    expect: 'unknown',
    says: /the cluster names no range of services or pods/,
  },
];

export default cases;
