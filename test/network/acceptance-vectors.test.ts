/** Questions that other tools answer wrongly, with the answer Azure's documented semantics give. */
import { describe, expect, it } from 'vitest';
import { resourceId } from '../../shared/model/resource-id.ts';
import { known } from '../../shared/model/verdict.ts';
import { decide } from '../../shared/network/decide.ts';
import { type ExplainAnswer, type ExplainQuery, explain } from '../../shared/network/explain.ts';
import { parseNetworkSecurityGroup } from '../../shared/network/parse-security-rule.ts';
import { type Route, routesTo } from '../../shared/network/route-table.ts';
import { noServiceTags } from '../../shared/network/service-tags.ts';
import { type VirtualNetwork, virtualNetworkBounds } from '../../shared/network/virtual-network.ts';
import { type WrittenRule, writtenGroup } from './written-group.ts';

function group(name: string, direction: 'Inbound' | 'Outbound', ...rules: readonly WrittenRule[]) {
  return writtenGroup(name, ...rules.map((rule) => ({ direction, ...rule })));
}

function ask(
  direction: 'inbound' | 'outbound',
  nsg: unknown,
  query: { source?: string; destination?: string; port: string },
  more: Partial<ExplainQuery> = {},
): ExplainAnswer {
  return explain({
    nsg,
    vnet: ['10.0.0.0/8'],
    query: { direction, protocol: 'tcp', source: 'any', destination: 'any', ...query },
    ...more,
  });
}

describe('acceptance vectors', () => {
  it('V1: without custom rules, outbound TCP 443 to the Internet is allowed', () => {
    const answer = ask('outbound', group('nsg', 'Outbound'), {
      source: '10.0.0.0/24',
      destination: 'Internet',
      port: '443',
    });
    expect(answer.verdict).toBe('allowed');
    expect(answer.decidedBy).toEqual([
      { nsg: 'nsg', rule: 'AllowInternetOutBound', access: 'Allow', priority: 65001 },
    ]);
  });

  it('V1: so it is when the address space is not known', () => {
    const nsg = group('nsg', 'Outbound');
    const query = { source: '10.0.0.0/24', destination: 'Internet', port: '443' };
    expect(ask('outbound', nsg, query, { vnet: null }).verdict).toBe('allowed');
  });

  it('V2: a /24 denied before everyone is allowed leaves the rest open', () => {
    const nsg = group(
      'nsg',
      'Inbound',
      { at: 100, does: 'Deny', from: '203.0.113.0/24', port: '443' },
      { at: 200, does: 'Allow', port: '443' },
    );
    const answer = ask('inbound', nsg, { source: 'Internet', port: '443' });
    expect(answer.verdict).toBe('partial');
    expect(answer.denied).toEqual([expect.objectContaining({ sources: ['203.0.113.0/24'] })]);
    expect(ask('inbound', nsg, { source: '203.0.112.0/24', port: '443' }).verdict).toBe('allowed');
    expect(ask('inbound', nsg, { source: '203.0.113.7', port: '443' }).verdict).toBe('denied');
  });

  it('V3: what is open to Internet is open to a public address and to some of everyone', () => {
    const nsg = group('nsg', 'Inbound', { at: 100, does: 'Allow', from: 'Internet', port: '443' });
    expect(ask('inbound', nsg, { source: '198.51.100.7', port: '443' }).verdict).toBe('allowed');
    expect(ask('inbound', nsg, { source: 'Internet', port: '443' }).verdict).toBe('allowed');
    expect(ask('inbound', nsg, { port: '443' }).verdict).toBe('partial');
  });

  it('V4: an address inside an allowed prefix may call the scoring address', () => {
    const nsg = group('nsg', 'Inbound', {
      at: 100,
      does: 'Allow',
      from: '10.0.0.0/8',
      port: '443',
    });
    const query = { source: '10.1.2.3', destination: '20.1.2.3', port: '443' };
    expect(ask('inbound', nsg, query).verdict).toBe('allowed');
    expect(ask('inbound', nsg, { ...query, source: '11.1.2.3' }).verdict).toBe('denied');
  });

  it('V5: a regional tag is reached where its global tag is allowed', () => {
    const nsg = group(
      'nsg',
      'Outbound',
      { at: 100, does: 'Allow', to: 'AzureContainerRegistry', port: '443' },
      { at: 4096, does: 'Deny' },
    );
    const query = { destination: 'AzureContainerRegistry.EastUS', port: '443' };
    expect(ask('outbound', nsg, query).verdict).toBe('allowed');
    const answer = ask('outbound', nsg, { ...query, port: '80' });
    expect(answer.verdict).toBe('denied');
    expect(answer.denied).toEqual([
      expect.objectContaining({ destinations: ['AzureContainerRegistry.EastUS'] }),
      expect.objectContaining({ destinations: ['AzureContainerRegistry.EastUS'] }),
    ]);
  });

  it('V6: an allow behind a deny of everything does nothing', () => {
    const nsg = group(
      'nsg',
      'Outbound',
      { at: 100, does: 'Deny' },
      { at: 200, does: 'Allow', to: 'AzureContainerRegistry.EastUS', port: '443' },
    );
    const answer = ask('outbound', nsg, {
      destination: 'AzureContainerRegistry.EastUS',
      port: '443',
    });
    expect(answer.verdict).toBe('denied');
    expect(answer.decidedBy).toEqual([expect.objectContaining({ rule: 'Deny-100' })]);
  });

  it('V7: a rule for an application security group opens nothing to strangers', () => {
    const asg =
      '/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/applicationSecurityGroups/a';
    const nsg = group('nsg', 'Inbound', { at: 100, does: 'Allow', asg, port: '443' });
    expect(ask('inbound', nsg, { source: '203.0.113.9', port: '443' }).verdict).toBe('denied');
    expect(
      ask('inbound', nsg, { source: '10.9.9.9', destination: '20.1.2.3', port: '443' }).verdict,
    ).toBe('unknown');
  });

  it('V8: every port includes 22', () => {
    const nsg = group('nsg', 'Inbound', { at: 100, does: 'Allow' });
    expect(ask('inbound', nsg, { port: '22' }).verdict).toBe('allowed');
  });

  it('V9: one of several port ranges is enough', () => {
    const nsg = group('nsg', 'Inbound', { at: 100, does: 'Allow', port: ['22', '3389'] });
    expect(ask('inbound', nsg, { port: '22' }).verdict).toBe('allowed');
    expect(ask('inbound', nsg, { source: '1.2.3.4', port: '23' }).verdict).toBe('denied');
  });

  it('V10: denied first is denied', () => {
    const nsg = group(
      'nsg',
      'Inbound',
      { at: 200, does: 'Allow', port: '22' },
      { at: 100, does: 'Deny', port: '22' },
    );
    expect(ask('inbound', nsg, { port: '22' }).verdict).toBe('denied');
  });

  it('V11: two halves are the world', () => {
    const from = ['0.0.0.0/1', '128.0.0.0/1'];
    const nsg = group('nsg', 'Inbound', { at: 100, does: 'Allow', from, port: '22' });
    const v4 = ask('inbound', nsg, { source: '0.0.0.0/0', destination: '20.1.2.3', port: '22' });
    expect(v4.verdict).toBe('allowed');
    expect(ask('inbound', nsg, { destination: '20.1.2.3', port: '22' }).verdict).toBe('allowed');
  });

  it('V12: admin rules come first: AlwaysAllow passes over a deny, Deny over an allow', () => {
    const admin = (access: string) => [
      {
        name: `admin-${access}`,
        kind: 'Custom',
        properties: {
          direction: 'Inbound',
          access,
          priority: 1,
          protocol: 'Tcp',
          sources: [{ addressPrefix: '*', addressPrefixType: 'IPPrefix' }],
          destinations: [{ addressPrefix: '*', addressPrefixType: 'IPPrefix' }],
          sourcePortRanges: ['0-65535'],
          destinationPortRanges: ['22'],
        },
      },
    ];
    const open = group('nsg', 'Inbound', { at: 100, does: 'Allow' });
    const shut = group('nsg', 'Inbound', { at: 100, does: 'Deny' });
    const verdict = (nsg: unknown, access: string): string =>
      ask('inbound', nsg, { port: '22' }, { adminRules: admin(access) }).verdict;
    expect(verdict(open, 'Deny')).toBe('denied');
    expect(verdict(shut, 'AlwaysAllow')).toBe('allowed');
    expect(verdict(shut, 'Allow')).toBe('denied');
    expect(verdict(open, 'Allow')).toBe('allowed');
  });

  it('V13: subnet and node must both allow', () => {
    const subnet = group('subnet-nsg', 'Inbound', { at: 100, does: 'Allow', port: '443' });
    const nicNsg = group('node-nsg', 'Inbound', { at: 100, does: 'Deny', port: '443' });
    const answer = ask('inbound', subnet, { port: '443' }, { nicNsg });
    expect(answer.verdict).toBe('denied');
    expect(answer.decidedBy.map(({ nsg, rule }) => `${nsg}/${rule}`)).toEqual([
      'subnet-nsg/Allow-100',
      'node-nsg/Deny-100',
    ]);
  });

  it('V14: with floating IP it is the frontend address that a rule must name', () => {
    const toNode = group('nsg', 'Inbound', {
      at: 100,
      does: 'Allow',
      to: '10.0.1.0/24',
      port: '443',
    });
    const toFrontend = group('nsg', 'Inbound', {
      at: 100,
      does: 'Allow',
      to: '20.1.2.3',
      port: '443',
    });
    const query = { source: '203.0.113.9', destination: '20.1.2.3', port: '443' };
    expect(ask('inbound', toNode, query).verdict).toBe('denied');
    expect(ask('inbound', toFrontend, query).verdict).toBe('allowed');
  });

  it('V15: a deny within the virtual network breaks the cluster’s own traffic, and is named', () => {
    for (const direction of ['inbound', 'outbound'] as const) {
      const nsg = group('nsg', direction === 'inbound' ? 'Inbound' : 'Outbound', {
        name: 'NoLateral',
        at: 4000,
        does: 'Deny',
        from: 'VirtualNetwork',
        to: 'VirtualNetwork',
        protocol: '*',
      });
      const among = { source: '10.0.0.0/24', destination: '10.0.0.0/24', port: 'any' };
      const answer = ask(direction, nsg, among);
      expect(answer.verdict).toBe('denied');
      expect(answer.decidedBy).toEqual([
        { nsg: 'nsg', rule: 'NoLateral', access: 'Deny', priority: 4000 },
      ]);
      // The tag says it by itself: no address space is needed.
      const tag = { source: 'VirtualNetwork', destination: 'VirtualNetwork', port: '10250' };
      expect(ask(direction, nsg, tag, { vnet: null }).verdict).toBe('denied');
    }
  });

  it('V15: it takes the load balancer’s probes too, unless they are allowed before', () => {
    const nsg = group('nsg', 'Inbound', {
      at: 4000,
      does: 'Deny',
      from: 'VirtualNetwork',
      to: 'VirtualNetwork',
      protocol: '*',
    });
    const query = { source: 'AzureLoadBalancer', destination: '10.0.0.0/24', port: '443' };
    // Azure's host address, from which probes come, is in VirtualNetwork: the deny takes them too.
    expect(ask('inbound', nsg, query).verdict).toBe('denied');
    const spared = group(
      'nsg',
      'Inbound',
      { at: 3999, does: 'Allow', from: 'AzureLoadBalancer', protocol: '*' },
      {
        at: 4000,
        does: 'Deny',
        from: 'VirtualNetwork',
        to: 'VirtualNetwork',
        protocol: '*',
      },
    );
    expect(ask('inbound', spared, query).verdict).toBe('allowed');
  });

  it('V16: behind a default route to a firewall the rules still allow; what then happens is the route’s', () => {
    const route: Route = {
      name: 'to-firewall',
      addressPrefix: '0.0.0.0/0',
      nextHopType: 'VirtualAppliance',
      nextHopIpAddress: '10.1.0.4',
    };
    const network: VirtualNetwork = {
      id: resourceId('/vnet'),
      name: 'vnet',
      addressPrefixes: ['10.0.0.0/16'],
      subnets: known([]),
      peerings: [],
      hasGateway: false,
    };
    const table = { id: resourceId('/routes'), routes: [route] };
    const virtualNetwork = virtualNetworkBounds(network, known(table), noServiceTags, []);
    const { rules } = parseNetworkSecurityGroup(group('nsg', 'Outbound'));
    const { answer, hops } = decide(
      {
        direction: 'Outbound',
        protocols: ['Tcp'],
        source: { kind: 'prefix', text: '10.0.0.0/24' },
        sourcePorts: [],
        destination: { kind: 'serviceTag', name: 'Internet' },
        destinationPorts: [{ from: 443, to: 443 }],
      },
      [{ kind: 'securityGroup', at: resourceId('/nsg'), name: 'nsg', rules }],
      { serviceTags: noServiceTags, virtualNetwork },
    );
    expect(answer).toBe('allowed');
    // Whatever of it the route folds into VirtualNetwork, what is asked about is the Internet.
    expect(hops.flatMap(({ shares }) => shares.map(({ rule }) => rule.name))).toEqual([
      'AllowInternetOutBound',
    ]);
    const inside = {
      serviceTags: noServiceTags,
      virtualNetwork: { ...virtualNetwork, atMost: virtualNetwork.atLeast },
    };
    expect(
      routesTo({ kind: 'serviceTag', name: 'Internet' }, [route], inside, new Set([4])),
    ).toEqual([{ route, certain: true }]);
  });

  it('refuses what would silently be another question', () => {
    const nsg = group('nsg', 'Inbound');
    const query = { source: '203.0.113.9', destination: '20.1.2.3', port: '443' };
    const bad =
      (more: object): (() => unknown) =>
      () =>
        ask('inbound', nsg, query, more);
    expect(bad({ adminRules: {} })).toThrow(/adminRules: .*no response with a value/);
    expect(bad({ adminRules: { value: [], nextLink: 'https://x' } })).toThrow(
      /one page of several/,
    );
    expect(bad({ adminRules: nsg })).toThrow(/adminRules/);
    expect(bad({ vnets: ['10.0.0.0/8'] })).toThrow(/vnets is no key/);
    expect(() => ask('inbound', nsg, { ...query, source: '2001:db8::1' })).toThrow(
      /different address families/,
    );
    const portless = { direction: 'inbound', protocol: 'tcp', source: 'any', destination: 'any' };
    expect(() => explain({ nsg, query: portless })).toThrow(/port: absent/);
    expect(explain({ nsg, query: { ...portless, protocol: 'icmp' } }).verdict).toBe('unknown');
  });
});
