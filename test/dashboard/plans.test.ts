import { describe, expect, it } from 'vitest';
import { boxText } from '../../dashboard/plans/packet-box.ts';
import { plannedRule } from '../../dashboard/plans/planned-rule.ts';
import { pastedRule } from '../../dashboard/views/what-if/rule-text.ts';

const group =
  '/subscriptions/s/resourcegroups/rg/providers/microsoft.network/networksecuritygroups/nsg-a';

describe('plans on the dashboard', () => {
  it('reads the rule of a write, singular and plural members alike', () => {
    const rule = plannedRule({
      method: 'PUT',
      url: `${group}/securityRules/portcullis-x?api-version=2024-05-01`,
      ifMatch: null,
      body: {
        properties: {
          priority: 247,
          direction: 'Inbound',
          access: 'Allow',
          protocol: 'Tcp',
          sourceAddressPrefixes: ['203.0.113.0/24', '198.51.100.0/24'],
          sourcePortRange: '*',
          destinationAddressPrefix: '20.4.0.19',
          destinationPortRange: '443',
        },
      },
    });
    expect(rule).toEqual({
      act: 'add',
      group: 'nsg-a',
      name: 'portcullis-x',
      priority: 247,
      direction: 'Inbound',
      access: 'Allow',
      protocol: 'Tcp',
      sources: ['203.0.113.0/24', '198.51.100.0/24'],
      sourcePorts: ['*'],
      destinations: ['20.4.0.19'],
      destinationPorts: ['443'],
    });
  });

  it('takes a write of something else for no rule', () => {
    const url = '/subscriptions/s/providers/microsoft.authorization/roleassignments/x';
    expect(plannedRule({ method: 'PUT', url, ifMatch: null })).toBeUndefined();
    expect(
      plannedRule({ method: 'DELETE', url: `${group}/securityrules/old`, ifMatch: null }),
    ).toMatchObject({ act: 'remove', name: 'old', priority: null });
  });

  it('says packets in a line, and leaves out ports where any will do', () => {
    const box = {
      protocols: ['Tcp'],
      sources: ['203.0.113.0/24'],
      sourcePorts: ['0-65535'],
      destinations: ['20.4.0.19'],
      destinationPorts: ['443'],
    };
    expect(boxText(box)).toBe('TCP 203.0.113.0/24 → 20.4.0.19 port 443');
    expect(boxText({ ...box, sources: [], destinationPorts: [] })).toBe('TCP any → 20.4.0.19');
  });
});

describe('a pasted rule', () => {
  it.each([
    ['', /Paste a security rule/],
    ['{', /no JSON/],
    ['[{},{}]', /one rule/],
    ['"x"', /object/],
    ['[null]', /object/],
  ])('is refused with a reason: %s', (text, problem) => {
    expect(pastedRule(text)).toEqual({ problem: expect.stringMatching(problem) });
  });

  it('is taken out of a list of one', () => {
    expect(pastedRule('[{"name":"a"}]')).toEqual({ rule: { name: 'a' } });
  });
});
