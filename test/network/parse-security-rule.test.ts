import { describe, expect, it } from 'vitest';
import { defaultRules } from '../../shared/network/default-rules.ts';
import {
  parseAdminRule,
  parseAdminRules,
  parseNetworkSecurityGroup,
  parseSecurityRule,
} from '../../shared/network/parse-security-rule.ts';

const properties = {
  protocol: 'TCP',
  sourcePortRange: '*',
  destinationPortRange: '443',
  sourceAddressPrefix: 'INTERNET',
  destinationAddressPrefix: '20.1.2.3',
  access: 'allow',
  priority: 100,
  direction: 'inbound',
};

function rule(changes: Readonly<Record<string, unknown>>) {
  return parseSecurityRule({ name: 'web', properties: { ...properties, ...changes } });
}

describe('a security rule', () => {
  const parsed = {
    name: 'web',
    priority: 100,
    direction: 'Inbound',
    access: 'Allow',
    protocol: 'Tcp',
    sources: [{ kind: 'serviceTag', name: 'INTERNET' }],
    sourcePorts: [],
    destinations: [{ kind: 'prefix', text: '20.1.2.3' }],
    destinationPorts: [{ from: 443, to: 443 }],
  };

  it('is read nested as Resource Manager writes it, and flat as the command line prints it', () => {
    expect(rule({})).toEqual(parsed);
    expect(parseSecurityRule({ name: 'web', ...properties })).toEqual(parsed);
  });

  it('unites singular and plural members, and blanks are absent', () => {
    expect(
      rule({
        sourceAddressPrefix: '',
        sourceAddressPrefixes: ['10.0.0.0/8', ''],
        destinationAddressPrefixes: ['10.1.0.0/16', null],
        destinationPortRange: null,
        destinationPortRanges: ['80', '8000-8080'],
      }),
    ).toMatchObject({
      sources: [{ kind: 'prefix', text: '10.0.0.0/8' }],
      destinations: [
        { kind: 'prefix', text: '20.1.2.3' },
        { kind: 'prefix', text: '10.1.0.0/16' },
      ],
      destinationPorts: [
        { from: 80, to: 80 },
        { from: 8000, to: 8080 },
      ],
    });
  });

  it('may name application security groups only', () => {
    expect(
      rule({ sourceAddressPrefix: null, sourceApplicationSecurityGroups: [{ id: '/ASG/One' }] })
        .sources,
    ).toEqual([{ kind: 'applicationSecurityGroup', id: '/asg/one' }]);
  });

  it.each([['*'], ['0-65535'], ['Any']])('restricts no ports with %s', (destinationPortRange) => {
    expect(rule({ destinationPortRange }).destinationPorts).toEqual([]);
    expect(rule({ destinationPortRange, destinationPortRanges: ['22'] }).destinationPorts).toEqual(
      [],
    );
  });

  it.each([
    ['sourceAddressPrefix', '10.0.0.0/33', "'10.0.0.0/33'"],
    ['sourceAddressPrefix', '', 'sourceAddressPrefix is absent'],
    ['destinationAddressPrefix', 7, 'destinationAddressPrefix: '],
    ['destinationPortRange', '80-22', "'80-22'"],
    ['destinationPortRange', null, 'destinationPortRange is absent'],
    ['protocol', 'sctp', "'sctp'"],
    ['access', 'Maybe', '"Maybe" is none of Allow, Deny'],
    ['direction', null, 'direction is absent'],
    ['priority', 'high', 'priority "high" is no number'],
    ['priority', null, 'priority is absent'],
    ['sourceApplicationSecurityGroups', [{}], 'sourceApplicationSecurityGroups {} has no id'],
  ])('with the %s %j is refused, naming it', (field, value, message) => {
    expect(() => rule({ [field]: value })).toThrow(RangeError);
    expect(() => rule({ [field]: value })).toThrow(`security rule "web": `);
    expect(() => rule({ [field]: value })).toThrow(message);
  });
});

describe('a security admin rule', () => {
  const admin = {
    id: '/x/rules/deny-ssh',
    properties: {
      protocol: 'Any',
      access: 'alwaysAllow',
      priority: 1,
      direction: 'Inbound',
      sources: [
        { addressPrefix: 'Internet', addressPrefixType: 'ServiceTag' },
        { addressPrefix: '/networkGroups/All', addressPrefixType: 'NetworkGroup' },
      ],
      destinations: [],
      sourcePortRanges: ['0-65535'],
      destinationPortRanges: ['22'],
    },
  };

  it('is read with its sides, network groups as addresses nobody can tell', () => {
    expect(parseAdminRule(admin)).toEqual({
      name: 'deny-ssh',
      priority: 1,
      direction: 'Inbound',
      access: 'AlwaysAllow',
      protocol: '*',
      sources: [
        { kind: 'serviceTag', name: 'Internet' },
        { kind: 'unclear', text: 'network group all' },
      ],
      sourcePorts: [],
      destinations: [{ kind: 'any' }],
      destinationPorts: [{ from: 22, to: 22 }],
    });
  });

  it('comes in a response, a list or not at all', () => {
    expect(parseAdminRules({ value: [admin] })).toHaveLength(1);
    expect(parseAdminRules([admin])).toHaveLength(1);
    expect(parseAdminRules(null)).toEqual([]);
    expect(() => parseAdminRules(7)).toThrow(RangeError);
  });
});

describe('a network security group', () => {
  it("without default rules gets Azure's six", () => {
    const group = parseNetworkSecurityGroup({
      id: '/Groups/Web',
      properties: { securityRules: [{ name: 'web', properties }], defaultSecurityRules: [] },
    });
    expect(group).toMatchObject({ id: '/groups/web', name: 'web' });
    expect(group.rules.map(({ name }) => name)).toEqual([
      'web',
      ...defaultRules.map(({ name }) => name),
    ]);
    expect(group.defaultRuleNames.has('AllowVnetInBound')).toBe(true);
  });

  it('has the six default rules of the documentation', () => {
    const side = (matches: (typeof defaultRules)[number]['sources']) =>
      matches.map((match) => (match.kind === 'serviceTag' ? match.name : match.kind)).join();
    expect(
      defaultRules.map((one) =>
        [one.direction, one.priority, side(one.sources), side(one.destinations), one.access].join(
          ' ',
        ),
      ),
    ).toEqual([
      'Inbound 65000 VirtualNetwork VirtualNetwork Allow',
      'Inbound 65001 AzureLoadBalancer any Allow',
      'Inbound 65500 any any Deny',
      'Outbound 65000 VirtualNetwork VirtualNetwork Allow',
      'Outbound 65001 any Internet Allow',
      'Outbound 65500 any any Deny',
    ]);
    expect(
      defaultRules.every(
        (one) => one.protocol === '*' && one.sourcePorts.length + one.destinationPorts.length === 0,
      ),
    ).toBe(true);
  });

  it('with default rules keeps its own', () => {
    const group = parseNetworkSecurityGroup({
      name: 'web',
      properties: {
        securityRules: [],
        defaultSecurityRules: [
          { name: 'DenyAll', properties: { ...properties, priority: 65_500 } },
        ],
      },
    });
    expect([...group.defaultRuleNames]).toEqual(['DenyAll']);
    expect(group.rules).toHaveLength(1);
  });

  it('without any members is refused', () => {
    expect(() => parseNetworkSecurityGroup({ name: 'web' })).toThrow('properties are absent');
    expect(() => parseNetworkSecurityGroup([])).toThrow(RangeError);
    expect(() =>
      parseNetworkSecurityGroup({ name: 'w', properties: { securityRules: {} } }),
    ).toThrow('no list');
  });
});
