import { describe, expect, it } from 'vitest';
import { callerAsks, cannotCall, familyOf, unlistedTag } from '../../shared/checks/callers.ts';
import { known } from '../../shared/model/verdict.ts';
import { hostAddress } from '../../shared/network/address-bounds.ts';
import { noServiceTags } from '../../shared/network/service-tags.ts';
import {
  addressSet,
  equalAddresses,
  realAddresses,
  subtractAddresses,
  uniteAddresses,
} from '../../shared/packets/address.ts';
import type { Callers } from '../../shared/settings/cluster-settings.ts';
import { cluster, endpoint, subnet, unread, virtualNetwork } from './build.ts';

const outside = endpoint();
const inside = endpoint({ address: '10.1.0.200', visibility: 'private' });
const { serviceTags } = cluster();
const listed = (...sources: readonly string[]): Callers => ({ kind: 'listed', sources });
const internet = { kind: 'serviceTag', name: 'Internet' };

describe('who has to reach an endpoint', () => {
  it.each([
    ['0.0.0.0/0', '20.50.1.4', internet],
    ['::/0', '2001:db8::1', internet],
    ['0.0.0.0/1', '20.50.1.4', { kind: 'prefix', text: '0.0.0.0/1' }],
    ['128.0.0.0/1', '20.50.1.4', { kind: 'prefix', text: '128.0.0.0/1' }],
    ['::/1', '2001:db8::1', { kind: 'prefix', text: '::/1' }],
    ['2000::/3', '2001:db8::1', { kind: 'prefix', text: '2000::/3' }],
    ['internet', '20.50.1.4', { kind: 'serviceTag', name: 'internet' }],
    ['AzureCloud', '20.50.1.4', { kind: 'serviceTag', name: 'AzureCloud' }],
  ])('is all of the caller %s, at %s', (label, address, source) => {
    const { asks } = callerAsks(listed(label), endpoint({ address }), subnet(), serviceTags);
    expect(asks).toMatchObject([{ kind: 'all', label, source }]);
  });

  it('is each caller that can address it, beside tags that the list does not name', () => {
    const callers = listed('203.0.113.0/24', '10.0.0.0/8', 'AzureCloudy', 'Internetx', 'xInternet');
    const { asks, missing } = callerAsks(callers, outside, subnet(), serviceTags);
    expect(asks).toMatchObject([{ kind: 'all', label: '203.0.113.0/24' }]);
    expect(missing).toEqual(['AzureCloudy', 'Internetx', 'xInternet'].map(unlistedTag));
  });

  it('is a tag of any name without a list', () => {
    const { asks } = callerAsks(listed('AzureCloudy'), outside, subnet(), noServiceTags);
    expect(asks).toMatchObject([{ source: { kind: 'serviceTag', name: 'AzureCloudy' } }]);
  });

  it('is nobody else where the only caller is a tag that the list does not name', () => {
    expect(callerAsks(listed('AzureCloudy'), outside, subnet(), serviceTags)).toEqual({
      asks: [],
      missing: [
        {
          what: 'the addresses of the caller AzureCloudy',
          scope: '/',
          why: 'the service tag list does not name it; check how it is spelt in the settings',
        },
      ],
    });
  });

  it.each<Callers>([{ kind: 'notConfigured' }, listed('10.0.0.0/8'), listed('VirtualNetwork')])(
    'is some of the Internet where no caller can address it: %j',
    (callers) => {
      expect(callerAsks(callers, outside, subnet(), serviceTags)).toEqual({
        asks: [{ kind: 'some', source: internet, except: hostAddress }],
        missing: [],
      });
    },
  );

  it.each<Callers>([{ kind: 'notConfigured' }, listed('203.0.113.0/24'), listed('Internet')])(
    'is some of the own network for a private one: %j',
    (callers) => {
      const { asks, missing } = callerAsks(callers, inside, subnet(), serviceTags);
      const [ask] = asks;
      expect(asks).toMatchObject([{ kind: 'some', source: { kind: 'any' } }]);
      const others = subtractAddresses(realAddresses, addressSet(['10.1.0.0/16']));
      expect(
        ask !== undefined && equalAddresses(ask.except, uniteAddresses(others, hostAddress)),
      ).toBe(true);
      expect(missing).toEqual([]);
    },
  );

  it('is not known for a private one in a network that was not read', () => {
    const network = unread('virtual network');
    const from = subnet({ virtualNetwork: network });
    expect(callerAsks({ kind: 'notConfigured' }, inside, from, serviceTags)).toEqual({
      asks: [],
      missing: network.missing,
    });
  });
});

describe('addresses that cannot call', () => {
  const own = subnet({
    virtualNetwork: known(virtualNetwork({ addressPrefixes: ['51.9.0.0/16'] })),
  });
  const without = (set: ReturnType<typeof addressSet>, prefix: string): boolean =>
    equalAddresses(subtractAddresses(addressSet([prefix]), set), addressSet([prefix]));
  const within = (set: ReturnType<typeof addressSet>, prefix: string): boolean =>
    equalAddresses(uniteAddresses(set, addressSet([prefix])), set);

  it.each([
    ['168.63.129.16/32', true, true],
    ['10.0.0.0/8', true, false],
    ['51.9.0.0/16', true, false],
    ['224.0.0.0/4', true, true],
    ['20.0.0.0/8', false, true],
  ])('%s: a public endpoint %s, a private one %s', (prefix, ofPublic, ofPrivate) => {
    const sets = [cannotCall(outside, own), cannotCall(inside, own)];
    expect(sets.map((set) => within(set, prefix))).toEqual([ofPublic, ofPrivate]);
    expect(sets.map((set) => without(set, prefix))).toEqual([!ofPublic, !ofPrivate]);
  });

  it('are those inside, as far as they are known', () => {
    const set = cannotCall(outside, subnet({ virtualNetwork: unread('virtual network') }));
    expect(within(set, '10.0.0.0/8')).toBe(true);
    expect(without(set, '51.9.0.0/16')).toBe(true);
  });

  it('belong to the family of their text, a name to IPv4', () => {
    expect(['10.0.0.0/8', 'fd00::/8', 'nodes'].map(familyOf)).toEqual([4, 6, 4]);
  });
});
