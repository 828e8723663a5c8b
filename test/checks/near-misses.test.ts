import { describe, expect, it } from 'vitest';
import { nearMisses } from '../../shared/checks/near-misses.ts';
import type { SecurityRule } from '../../shared/network/security-rule.ts';
import { adminRule, endpoint, knownFrontend, nsg, rule, subnet } from './build.ts';

const yesterday = '20.50.1.3';
const old = rule('old', 200, 'Inbound', 'Allow', { to: yesterday, port: '443' });

/** The names of the rules that nearly let callers in. */
function missesOf(
  rules: readonly SecurityRule[],
  floatingIp = true,
  one = endpoint(),
): readonly string[] {
  const [balancing] = knownFrontend(one).rules;
  if (balancing === undefined) throw new TypeError('the frontend has no rule');
  const place = {
    endpoint: one,
    rule: { ...balancing, floatingIp },
    subnet: subnet(),
  };
  const { id: at, name, rules: all } = nsg('nsg', ...rules);
  const admin = {
    kind: 'admin',
    at,
    name: 'admin',
    rules: [adminRule('a', 'Inbound', 'Allow')],
  } as const;
  const list = { kind: 'securityGroup', at, name, rules: all } as const;
  return nearMisses({ ...place, chain: [admin, list] }).map(({ rule: near }) => near.name);
}

describe('a near miss', () => {
  it.each<[string, Partial<SecurityRule>]>([
    ['names another address', {}],
    ['is for any protocol', { protocol: '*' }],
    ['is for any port', { destinationPorts: [] }],
    [
      'is for ports around the port',
      {
        destinationPorts: [
          { from: 1, to: 442 },
          { from: 443, to: 443 },
        ],
      },
    ],
    [
      'names several other addresses',
      rule('old', 200, 'Inbound', 'Allow', { to: [yesterday, '10.0.0.0/8', '2001:db8::/64'] }),
    ],
  ])('%s', (_, changes) => {
    expect(missesOf([{ ...old, protocol: 'Tcp', ...changes }])).toEqual(['old']);
  });

  it.each<[string, Partial<SecurityRule>]>([
    ['denies', { access: 'Deny' }],
    ['is for what goes out', { direction: 'Outbound' }],
    ['is for UDP', { protocol: 'Udp' }],
    ['is for ports below', { destinationPorts: [{ from: 1, to: 442 }] }],
    ['is for ports above', { destinationPorts: [{ from: 444, to: 500 }] }],
    ['names every address', { destinations: [{ kind: 'any' }] }],
    ['names none', { destinations: [] }],
    [
      'names a tag beside the address',
      rule('tag', 200, 'Inbound', 'Allow', { to: [yesterday, 'VirtualNetwork'] }),
    ],
    [
      'names the address too',
      rule('both', 200, 'Inbound', 'Allow', { to: [yesterday, '20.50.1.0/24'] }),
    ],
  ])('is none that %s', (_, changes) => {
    expect(missesOf([{ ...old, protocol: 'Tcp', ...changes }])).toEqual([]);
  });

  it('is one in either address family', () => {
    const six = endpoint({ address: '2603:1020:206::5' });
    const to = (...addresses: readonly string[]) =>
      missesOf([rule('six', 200, 'Inbound', 'Allow', { to: addresses })], true, six);
    expect(to('2603:1020:206::4')).toEqual(['six']);
    expect(to(yesterday)).toEqual(['six']);
    expect(to(yesterday, '2603:1020:206::/48')).toEqual([]);
  });

  it('is none where the load balancer writes the address of the node', () => {
    expect(missesOf([old], false)).toEqual([]);
  });
});
