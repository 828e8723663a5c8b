/** What the packet engine refuses to answer, because its input leaves the order of rules open. */
import { describe, expect, it } from 'vitest';
import { resourceId } from '../../shared/model/resource-id.ts';
import { adminRulesGiven, field, groupGiven } from '../../shared/network/given-input.ts';
import { lintGroup } from '../../shared/network/lint.ts';
import { networkManagersIn } from '../../shared/network/network-managers.ts';

function adminRule(manager: string, name: string, access: string, priority: number) {
  const properties = {
    access,
    priority,
    direction: 'Inbound',
    protocol: 'Any',
    sources: [{ addressPrefix: '*', addressPrefixType: 'IPPrefix' }],
    destinations: [{ addressPrefix: '*', addressPrefixType: 'IPPrefix' }],
  };
  const id = `/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/networkManagers/${manager}/securityAdminConfigurations/c/ruleCollections/r/rules/${name}`;
  return { id, kind: 'Custom', properties };
}

function securityRule(name: string, access: string, direction = 'Inbound') {
  const everything = {
    protocol: '*',
    sourceAddressPrefix: '*',
    sourcePortRange: '*',
    destinationAddressPrefix: '*',
    destinationPortRange: '*',
  };
  return { name, properties: { ...everything, access, direction, priority: 100 } };
}

describe('security admin rules', () => {
  it('of two network managers are refused, for their scopes decide', () => {
    const rules = [adminRule('m1', 'a', 'AlwaysAllow', 5), adminRule('m2', 'b', 'Deny', 6)];
    expect(() => adminRulesGiven(rules)).toThrow(
      /adminRules: .*m1 and .*m2; .*give the rules of one/,
    );
  });

  it('that tie and do the opposite are refused', () => {
    const rules = [adminRule('m1', 'a', 'AlwaysAllow', 5), adminRule('m1', 'b', 'Deny', 5)];
    expect(() => adminRulesGiven(rules)).toThrow(/rules a and b are both inbound with priority 5/);
  });

  it('that tie and do the same are not', () => {
    const rules = [adminRule('m1', 'a', 'Deny', 5), adminRule('m1', 'b', 'Deny', 5)];
    expect(adminRulesGiven(rules)).toHaveLength(2);
  });
});

describe('a network security group', () => {
  it('whose rules tie is refused, as Azure does', () => {
    const group = {
      name: 'n',
      properties: { securityRules: [securityRule('a', 'Allow'), securityRule('b', 'Deny')] },
    };
    expect(() => groupGiven(group, 'nsg')).toThrow(
      /nsg: rules a and b are both inbound with priority 100; Azure refuses/,
    );
  });

  it('may use a priority once for each direction', () => {
    const securityRules = [securityRule('a', 'Allow'), securityRule('b', 'Deny', 'Outbound')];
    expect(
      groupGiven({ name: 'n', properties: { securityRules } }, 'nsg').rules.length,
    ).toBeGreaterThan(1);
  });
});

it('lint takes any number of rules', () => {
  const securityRules = Array.from({ length: 401 }, (_, at) => {
    const { name, properties } = securityRule(`r${at}`, 'Allow');
    return { name, properties: { ...properties, priority: 100 + at } };
  });
  const nsg = { name: 'n', properties: { securityRules } };
  // All of them are alike, so that the first decides for all.
  expect(lintGroup({ nsg }).rows.filter(({ kind }) => kind === 'shadowed')).toHaveLength(400);
});

it('network managers are told apart by their ids, wherever those are written', () => {
  const at = (name: string) =>
    `/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/networkManagers/${name}`;
  const value = [
    { id: `${at('one')}/securityAdminConfigurations/a` },
    { of: { id: at('ONE') }, beside: 'networkManagers/none' },
    [at('two')],
  ];
  expect(networkManagersIn(value)).toEqual([at('one'), at('two')].map(resourceId));
  expect(networkManagersIn({ id: '/subscriptions/s' })).toEqual([]);
});

it('a field that is refused names itself before what is wrong, and a fault of the program does not', () => {
  const failing = (error: Error) => () => {
    throw error;
  };
  const wrong = new RangeError('wrong');
  expect(() => field('port', failing(wrong))).toThrow(
    new RangeError('port: wrong', { cause: wrong }),
  );
  const fault = new TypeError('a fault');
  expect(() => field('port', failing(fault))).toThrow(fault);
});
