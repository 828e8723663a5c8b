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
    ['priority', '', 'priority is absent'],
    ['priority', 1.5, 'priority 1.5 is no number'],
    ['priority', [100], 'priority [100] is no number'],
    ['protocol', 7, 'protocol 7 is no text'],
    ['access', ['Allow'], 'access ["Allow"] is no text'],
    [
      'sourceAddressPrefix',
      { at: '10.0.0.0/8' },
      'sourceAddressPrefix {"at":"10.0.0.0/8"} is no text',
    ],
    ['destinationPortRanges', ['80', true], 'destinationPortRanges true is no text'],
    ['sourcePortRange', '', 'sourcePortRange is absent'],
    ['sourceApplicationSecurityGroups', [{}], 'sourceApplicationSecurityGroups {} has no id'],
    ['sourceApplicationSecurityGroups', [{ id: 7 }], 'sourceApplicationSecurityGroups {"id":7}'],
    ['sourceApplicationSecurityGroups', ['/asg/one'], 'sourceApplicationSecurityGroups "/asg/one"'],
    ['sourceApplicationSecurityGroups', [[]], 'sourceApplicationSecurityGroups [] has no id'],
  ])('with the %s %j is refused, naming it', (field, value, message) => {
    expect(() => rule({ [field]: value })).toThrow(RangeError);
    expect(() => rule({ [field]: value })).toThrow(`security rule "web": `);
    expect(() => rule({ [field]: value })).toThrow(message);
  });
});

describe('a security rule as some exporters write it', () => {
  it('may have its priority and ports as texts or numbers', () => {
    expect(rule({ priority: '100' }).priority).toBe(100);
    expect(rule({ destinationPortRange: 443 }).destinationPorts).toEqual([{ from: 443, to: 443 }]);
  });

  it.each([
    ['0-443', { from: 0, to: 443 }],
    ['443-65535', { from: 443, to: 65_535 }],
  ])('restricts ports with %s, which is not all of them', (destinationPortRange, range) => {
    expect(rule({ destinationPortRange }).destinationPorts).toEqual([range]);
  });

  it('without a name is called by its id or its priority', () => {
    expect(parseSecurityRule({ id: '/nsg/one/rules/Web', properties }).name).toBe('web');
    expect(parseSecurityRule({ name: '', id: '', properties }).name).toBe('rule at priority 100');
    expect(parseSecurityRule({ name: 7, properties }).name).toBe('rule at priority 100');
  });

  it('is refused where it is no object, or its properties are none', () => {
    for (const json of [null, 7, 'web', [properties]]) {
      expect(() => parseSecurityRule(json)).toThrow(/^security rule: .* is no object$/);
    }
    for (const wrong of [7, [], 'web']) {
      expect(() => parseSecurityRule({ name: 'web', properties: wrong })).toThrow(
        `security rule: properties ${JSON.stringify(wrong)} is no object`,
      );
    }
  });

  it('with several faults is refused for the first', () => {
    expect(() => rule({ sourceAddressPrefix: null, destinationPortRange: null })).toThrow(
      'sourceAddressPrefix is absent',
    );
  });

  it('that the program fails to read is not refused', () => {
    const fault = new TypeError('a fault');
    const failing = {
      priority: 100,
      get direction() {
        throw fault;
      },
    };
    let told: unknown;
    try {
      parseSecurityRule({ name: 'web', properties: failing });
    } catch (error) {
      told = error;
    }
    expect(told).toBe(fault);
  });

  it('is shown as far as it fits a line, with the first error behind the last', () => {
    const long = 'x'.repeat(500);
    expect(() => parseSecurityRule(long)).toThrow(`"${long.slice(0, 119)} is no object`);
    let told: unknown;
    try {
      rule({ protocol: 'sctp' });
    } catch (error) {
      told = error;
    }
    expect(told).toHaveProperty('cause.cause.message', expect.stringContaining("'sctp'"));
  });
});

describe('a security rule of which something cannot be read', () => {
  const kept = (changes: Readonly<Record<string, unknown>>) =>
    parseSecurityRule({ name: 'web', properties: { ...properties, ...changes } }, 'kept');

  it('is read like any other where there is nothing to keep', () => {
    expect(kept({})).toEqual(rule({}));
  });

  it('keeps what nobody understands', () => {
    expect(kept({ sourceAddressPrefixes: ['789'] }).sources).toEqual([
      { kind: 'serviceTag', name: 'INTERNET' },
      { kind: 'unclear', text: '789' },
    ]);
    expect(kept({ destinationAddressPrefix: null }).destinations).toEqual([
      { kind: 'unclear', text: 'no destination' },
    ]);
    expect(kept({ sourceAddressPrefix: null }).sources).toEqual([
      { kind: 'unclear', text: 'no source' },
    ]);
  });

  it.each(['sourcePortRange', 'destinationPortRange'])(
    'without %s may match anything from its source, or nothing',
    (key) => {
      expect(kept({ [key]: null })).toMatchObject({
        sources: [{ kind: 'unclear', text: 'no port range' }],
        [`${key}s`.replace('Ranges', 's')]: [],
      });
      expect(() => rule({ [key]: null })).toThrow(`${key} is absent`);
    },
  );

  it('is still refused where its addresses are no text at all', () => {
    expect(() => kept({ sourceAddressPrefix: 7 })).not.toThrow();
    expect(() => kept({ sourceAddressPrefix: {} })).toThrow('sourceAddressPrefix {} is no text');
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

  it.each<[string, unknown, string]>([
    ['sources', [{}], 'sources {} has no addressPrefix'],
    ['sources', ['10.0.0.0/8'], 'sources "10.0.0.0/8" has no addressPrefix'],
    ['destinations', [{ addressPrefix: '10.0.0.0/33' }], "destinations: '10.0.0.0/33'"],
    ['sourcePortRanges', ['80-22'], "sourcePortRanges: '80-22'"],
    ['destinationPortRanges', ['80-22'], "destinationPortRanges: '80-22'"],
    ['access', 'Maybe', '"Maybe" is none of Allow, AlwaysAllow, Deny'],
    ['direction', 'Both', '"Both" is none of Inbound, Outbound'],
  ])('with the %s %j is refused, naming it', (key, value, message) => {
    const wrong = { ...admin, properties: { ...admin.properties, [key]: value } };
    expect(() => parseAdminRule(wrong)).toThrow('security admin rule "deny-ssh": ');
    expect(() => parseAdminRule(wrong)).toThrow(message);
  });

  it('may say its prefix without a type, and its name only for display', () => {
    const one = { ...admin.properties, sources: [{ addressPrefix: '10.0.0.0/8' }] };
    expect(parseAdminRule({ properties: { ...one, displayName: 'Shown' } })).toMatchObject({
      name: 'Shown',
      sources: [{ kind: 'prefix', text: '10.0.0.0/8' }],
    });
    expect(parseAdminRule({ properties: one }).name).toBe('without a name');
    const { sources: _, ...noSources } = admin.properties;
    expect(parseAdminRule({ properties: noSources }).sources).toEqual([{ kind: 'any' }]);
  });

  it('comes in a response, a list or not at all', () => {
    expect(parseAdminRules({ value: [], nextLink: '', skipToken: '' })).toEqual([]);
    for (const more of [{ nextLink: 'x' }, { skipToken: 'x' }]) {
      expect(() => parseAdminRules({ value: [], ...more })).toThrow('one page of several');
    }
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

  it('is called by its id where it has no name, and is its own id where it has none', () => {
    const members = { securityRules: [] };
    expect(parseNetworkSecurityGroup({ id: '/nsg/Web', properties: members }).name).toBe('web');
    expect(parseNetworkSecurityGroup({ name: 'Web', properties: members }).id).toBe('web');
    expect(parseNetworkSecurityGroup({ properties: members })).toMatchObject({
      id: 'network security group',
      name: 'network security group',
    });
  });

  it('without any members is refused', () => {
    expect(() => parseNetworkSecurityGroup({ name: 'web', properties: {} })).toThrow(
      'network security group "web": securityRules is absent',
    );
    expect(() => parseNetworkSecurityGroup({ name: 'w', properties: 7 })).toThrow(
      'properties 7 is no object',
    );
    expect(() => parseNetworkSecurityGroup({ name: 'web' })).toThrow('properties are absent');
    expect(() => parseNetworkSecurityGroup([])).toThrow(RangeError);
    expect(() =>
      parseNetworkSecurityGroup({ name: 'w', properties: { securityRules: {} } }),
    ).toThrow('no list');
  });
});
