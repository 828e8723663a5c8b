import { describe, expect, it } from 'vitest';
import { networksOf, overlap, overlappedSubnets } from '../../shared/checks/address-overlap.ts';
import { known } from '../../shared/model/verdict.ts';
import { cluster, subnet, unread, virtualNetwork } from './build.ts';

describe('two prefixes', () => {
  it.each([
    ['10.0.0.0/8', '10.1.0.0/16', true],
    ['10.0.0.0/24', '10.0.1.0/24', false],
    ['0.0.0.0/0', '255.255.255.255/32', true],
    ['0.0.0.0/0', '::/0', false],
    ['fd00::/8', 'fd00:1::/64', true],
    ['none', '10.0.0.0/8', false],
    ['none', 'neither', false],
  ])('%s and %s overlap: %s', (one, other, expected) => {
    expect(overlap(one, other)).toBe(expected);
    expect(overlap(other, one)).toBe(expected);
  });
});

describe('the networks of a cluster', () => {
  const network = unread('virtual network');
  const subnets = unread('subnets');

  it('are those of its subnets, each once, as far as they are known', () => {
    const two = cluster({ subnets: known([subnet(), subnet({ name: 'gpu' })]) });
    expect(networksOf(two)).toEqual(known([virtualNetwork()]));
    const found = [subnet(), subnet({ name: 'gpu', virtualNetwork: network })];
    expect(networksOf(cluster({ subnets: { ...subnets, found } }))).toEqual({
      known: false,
      found: [virtualNetwork()],
      missing: [...subnets.missing, ...network.missing],
    });
  });

  it('have subnets that a range overlaps', () => {
    const { id } = virtualNetwork();
    const says = 'subnet nodes (10.1.0.0/24) of virtual network spoke overlaps the range';
    expect(overlappedSubnets('10.1.0.128/25', 'the range', virtualNetwork())).toEqual([
      { at: id, says },
    ]);
    expect(overlappedSubnets('10.1.1.0/24', 'the range', virtualNetwork())).toEqual([]);
  });
});
