import type { AddressPlan } from '../../../shared/facts/address-plan.ts';
import { known } from '../../../shared/model/verdict.ts';
import { type CheckCase, addresses, cluster, unread } from '../build.ts';

const plan = (ip: string, ...cidrs: readonly string[]) =>
  cluster({ addresses: addresses({ serviceCidrs: known(cidrs), dnsServiceIp: known(ip) }) });
const without = (changes: Partial<AddressPlan>) => cluster({ addresses: addresses(changes) });

const cases: readonly CheckCase[] = [
  {
    name: 'the tenth address of the service CIDR',
    given: cluster(),
    expect: 'pass',
    says: /10\.0\.0\.10 lies in the service CIDR 10\.0\.0\.0\/16/,
  },
  { name: 'the last address', given: plan('10.0.255.255', '10.0.0.0/16'), expect: 'pass' },
  { name: 'the second host', given: plan('10.0.0.2', '10.0.0.0/16'), expect: 'pass' },
  {
    name: 'the first host, which is the service kubernetes',
    given: plan('10.0.0.1', '10.0.0.0/16'),
    expect: 'fail',
    severity: 'high',
    says: /first host/,
  },
  {
    name: 'the network address',
    given: plan('10.0.0.0', '10.0.0.0/16'),
    expect: 'fail',
    says: /network address/,
  },
  {
    name: 'an address ending in 1 that is not the first host',
    given: plan('10.0.1.1', '10.0.0.0/16'),
    expect: 'pass',
  },
  {
    name: 'one address past the end',
    given: plan('10.1.0.0', '10.0.0.0/16'),
    expect: 'fail',
    severity: 'high',
    says: /does not lie in the service CIDR 10\.0\.0\.0\/16/,
  },
  {
    name: 'an address of the second family',
    given: plan('fd12:3456:789a::a', '10.0.0.0/16', 'fd12:3456:789a::/108'),
    expect: 'pass',
  },
  {
    name: 'the first host of the second family',
    given: plan('fd12:3456:789a::1', '10.0.0.0/16', 'fd12:3456:789a::/108'),
    expect: 'fail',
  },
  {
    name: 'a service CIDR written with host bits',
    given: plan('10.0.0.1', '10.0.0.9/16'),
    expect: 'fail',
    says: /first host/,
  },
  { name: 'text that is no address', given: plan('kube-dns', '10.0.0.0/16'), expect: 'fail' },
  { name: 'a service CIDR that is none', given: plan('10.0.0.10', 'services'), expect: 'fail' },
  {
    name: 'the DNS service IP is not known',
    given: without({ dnsServiceIp: unread('DNS service IP') }),
    expect: 'unknown',
    says: /DNS service IP/,
  },
  {
    name: 'the service CIDR is not known',
    given: without({ serviceCidrs: unread('service CIDR') }),
    expect: 'unknown',
    says: /service CIDR/,
  },
  {
    name: 'the address before the first of the range',
    given: plan('9.255.255.255', '10.0.0.0/16'),
    expect: 'fail',
    severity: 'high',
    says: /does not lie in the service CIDR/,
  },
];

export default cases;
