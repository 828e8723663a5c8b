import { describe, expect, it } from 'vitest';
import { outbound } from '../../shared/checks/outbound-restriction.ts';
import { packetText } from '../../shared/checks/packet-text.ts';
import { blameText, matchText, matchesText, ruleText } from '../../shared/checks/rule-text.ts';
import { parseAddressMatch } from '../../shared/network/parse-match.ts';
import { decide } from '../../shared/network/decide.ts';
import type { AddressMatch } from '../../shared/network/security-rule.ts';
import { cluster, networkResource, nsg, rule } from './build.ts';

describe('a rule in words', () => {
  const { id: at, name, rules } = nsg('nsg');
  const list = { kind: 'securityGroup', at, name, rules } as const;
  const [a, b] = ['a', 'b'].map((one) => rule(one, 100, 'Inbound', 'Deny'));

  it('has its name and priority', () => {
    expect(rules.map(ruleText)[0]).toMatch(/^rule \w+ \(priority 65000\)$/);
  });

  it('is to blame alone or with others, once each', () => {
    const blamed = [a, b, a].flatMap((one) => (one === undefined ? [] : [{ list, rule: one }]));
    expect(blameText([])).toBe('no rule allows it');
    expect(blameText(blamed.slice(0, 1))).toBe('rule a of nsg denies it');
    expect(blameText(blamed)).toBe('rule a of nsg and rule b of nsg deny it');
  });

  it.each<[AddressMatch, string]>([
    [{ kind: 'serviceTag', name: 'Storage' }, 'Storage'],
    [{ kind: 'prefix', text: '10.0.0.0/8' }, '10.0.0.0/8'],
    [{ kind: 'any' }, 'everything'],
    [
      {
        kind: 'applicationSecurityGroup',
        id: networkResource('applicationSecurityGroups', 'db'),
      },
      'db',
    ],
    [{ kind: 'unclear', text: '10.0.0' }, '10.0.0'],
  ])('names what it matches: %j', (match, text) => {
    expect(matchText(match)).toBe(text);
    expect(matchesText([match, { kind: 'any' }])).toBe(
      text === 'everything' ? text : `${text} and everything`,
    );
  });
});

describe('packets in words', () => {
  const { serviceTags } = cluster();
  /** What a rule takes of all that goes from a subnet to an address range. */
  function taken(text: Parameters<typeof rule>[4], to = '198.51.100.0/24'): string {
    const { id: at, name, rules } = nsg('n', rule('deny', 100, 'Outbound', 'Deny', text));
    const question = outbound('10.1.0.0/24', parseAddressMatch(to));
    const decision = decide(question, [{ kind: 'securityGroup', at, name, rules }], {
      serviceTags,
    });
    return packetText(decision.denied, decision);
  }

  it.each<[string, Parameters<typeof rule>[4]]>([
    ['everything', {}],
    ['every protocol to 198.51.100.0/25', { to: '198.51.100.0/25' }],
    ['Udp port 123', { protocol: 'Udp', port: '123' }],
    ['Tcp', { protocol: 'Tcp' }],
    ['Tcp port 25 to 198.51.100.7/32', { protocol: 'Tcp', port: '25', to: '198.51.100.7' }],
  ])('are %s', (text, match) => {
    expect(taken(match)).toBe(text);
  });
});
