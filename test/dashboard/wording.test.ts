import { describe, expect, it } from 'vitest';
import { causeText, sinceText } from '../../dashboard/wording/findings.ts';
import { distance, lengthText, momentText } from '../../dashboard/wording/moments.ts';
import { counted, shareText } from '../../dashboard/wording/numbers.ts';
import { packetText } from '../../dashboard/wording/packets.ts';
import { resourceGroupOf, scopeText } from '../../dashboard/wording/resource-ids.ts';

const now = Date.parse('2026-11-26T12:00:00Z');
const minute = 60_000;

describe('words of the dashboard', () => {
  it.each([
    [-1000, 'just now'],
    [1000, 'in a moment'],
    [-59 * minute, '59 min ago'],
    [-60 * minute, '1 h ago'],
    [-47 * 60 * minute, '47 h ago'],
    [-48 * 60 * minute, '2 days ago'],
    [3 * 60 * minute, 'in 3 h'],
  ])('says how far %i ms are', (offset, text) => {
    expect(distance(now + offset, now)).toBe(text);
  });

  it.each([
    [2140, '2.1 s'],
    [59_600, '1 min 0 s'],
    [119_700, '2 min 0 s'],
    [200_000, '3 min 20 s'],
    [7_260_000, '2 h 1 min'],
  ])('says how long %i ms are', (length, text) => {
    expect(lengthText(length)).toBe(text);
  });

  it('says moments in UTC, and gives back what is none', () => {
    expect(momentText('2026-11-26T06:59:26.123Z')).toBe('26 Nov 2026, 06:59 UTC');
    expect(momentText('yesterday')).toBe('yesterday');
  });

  it.each([
    [1, '100 %'],
    [0.9999, '99 %'],
    [0.29, '29 %'],
    [0.0001, 'under 1 %'],
    [0, '0 %'],
  ])('says %d as a share that claims no more than there is', (share, text) => {
    expect(shareText(share)).toBe(text);
  });

  it('counts', () => {
    expect(counted(1, 'fix', 'fixes')).toBe('1 fix');
    expect(counted(1234, 'cluster')).toBe('1,234 clusters');
  });

  it('puts addresses of IPv6 in brackets before a port, and leaves ports out where there are none', () => {
    const packet = { direction: 'inbound', protocol: 'Tcp', source: '2001:db8::1' } as const;
    const tcp = { ...packet, sourcePort: 49152, destination: '20.4.0.19', destinationPort: 443 };
    expect(packetText(tcp)).toBe('[2001:db8::1]:49152 → 20.4.0.19:443 TCP, inbound');
    const icmp = { ...tcp, protocol: 'Icmp', sourcePort: null, destinationPort: null };
    expect(packetText(icmp)).toBe('2001:db8::1 → 20.4.0.19 ICMP, inbound');
  });

  it('names scopes', () => {
    const subnet =
      '/subscriptions/s/resourceGroups/rg-net/providers/microsoft.network/virtualnetworks/vnet/subnets/snet';
    expect(scopeText(subnet)).toBe('subnet snet');
    expect(scopeText('/subscriptions/s/resourcegroups/rg-net')).toBe('resource group rg-net');
    expect(scopeText('elsewhere')).toBe('elsewhere');
    expect(resourceGroupOf(subnet)).toBe('rg-net');
  });

  it('says since when something is wrong, and after whose change', () => {
    const finding = { since: '2026-11-23T12:00:00Z', reopened: 2, state: 'open' } as const;
    expect(sinceText(finding, now)).toBe(
      'Began 3 days ago (23 Nov 2026, 12:00 UTC), came back 2 times',
    );
    expect(
      causeText({
        resourceId:
          '/subscriptions/s/resourcegroups/r/providers/microsoft.network/networksecuritygroups/nsg',
        operation: 'Microsoft.Network/networkSecurityGroups/securityRules/write',
        at: '2026-11-23T11:58:00Z',
        actor: 'anna@contoso.com',
      }),
    ).toBe(
      'After a change by anna@contoso.com, 23 Nov 2026, 11:58 UTC: securityRules/write on network security group nsg',
    );
  });
});
