/** What a decision tells beside its answer, and what becomes of it where something runs out. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { resourceId } from '../../shared/model/resource-id.ts';
import { type Surroundings, hostAddress } from '../../shared/network/address-bounds.ts';
import { type Question, type RuleList, decide } from '../../shared/network/decide.ts';
import { parseAddressMatch } from '../../shared/network/parse-match.ts';
import { parseNetworkSecurityGroup } from '../../shared/network/parse-security-rule.ts';
import { noServiceTags } from '../../shared/network/service-tags.ts';
import { addressSet, noAddresses, uniteAddresses } from '../../shared/packets/address.ts';
import { defaultBudget } from '../../shared/packets/work.ts';
import { cases } from '../packets/worlds.ts';
import { editedLists, listedSurroundings } from './small-network.ts';
import { type WrittenRule, writtenGroup } from './written-group.ts';

const space = uniteAddresses(addressSet(['10.0.0.0/16']), hostAddress);
const around: Surroundings = {
  serviceTags: noServiceTags,
  virtualNetwork: { atLeast: space, atMost: space },
};

function groupOf(name: string, rules: readonly WrittenRule[]): RuleList {
  const group = parseNetworkSecurityGroup(writtenGroup(name, ...rules));
  return { kind: 'securityGroup', at: resourceId(`/${name}`), name, rules: group.rules };
}

function question(source: string, destination: string): Question {
  return {
    direction: 'Inbound',
    protocols: ['Tcp'],
    source: parseAddressMatch(source),
    sourcePorts: [],
    destination: parseAddressMatch(destination),
    destinationPorts: [],
  };
}

const asg = (name: string): string =>
  `/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/applicationSecurityGroups/${name}`;

test.each([
  ['sixteen open names are told apart', 16, 'denied'],
  ['of more, each rule is in doubt by itself', 17, 'unknown'],
])('%s', (_, count, expected) => {
  const names = Array.from({ length: count }, (__, index) => asg(`a${index}`));
  const [first = ''] = names;
  const rules = names.map((name, at): WrittenRule => ({ at: 100 + at, does: 'Deny', asg: name }));
  const list = groupOf('nsg', [
    ...rules,
    { at: 200, does: 'Allow', asg: first },
    { at: 4000, does: 'Deny', protocol: '*' },
  ]);
  expect(decide(question('10.0.0.4', '10.0.1.1'), [list], around).answer).toBe(expected);
});

test('whether the members of a group are known is told of each group', () => {
  const [read, torn] = [resourceId(asg('read')), resourceId(asg('torn'))];
  const members = addressSet(['10.0.0.4']);
  const { knowsMembers } = decide(question('10.0.0.4', '10.0.1.1'), [groupOf('nsg', [])], {
    ...around,
    groupMembers: {
      of: (group) =>
        group === read
          ? { atLeast: members, atMost: members }
          : { atLeast: noAddresses, atMost: group === torn ? members : undefined },
    },
  });
  expect([read, torn, resourceId(asg('unread'))].map(knowsMembers)).toEqual([true, false, false]);
});

const missing = [{ what: 'the rules', scope: '/nsg', why: 'not read' }];

test('a list that was not read has no shares, and what is missing is what it lacks', () => {
  const open = groupOf('open', [{ at: 100, does: 'Allow' }]);
  const shut = groupOf('shut', [{ at: 100, does: 'Deny' }]);
  const group: RuleList = { kind: 'unread', of: 'securityGroup', name: 'lost', missing };
  const admin: RuleList = { kind: 'unread', of: 'admin', name: 'lost', missing };
  const answers = [
    [open, group],
    [shut, group],
    [group, shut],
    [admin, open],
    [admin, shut],
  ].map((chain) => {
    const decision = decide(question('10.0.0.4', '10.0.1.1'), chain, around);
    const at = chain.findIndex((list) => list.kind === 'unread');
    expect(decision.hops[at]).toEqual({ list: chain[at], shares: [] });
    expect(decision.missing).toEqual(missing);
    expect(decision.isComplete).toBe(true);
    return decision.answer;
  });
  expect(answers).toEqual(['unknown', 'denied', 'denied', 'unknown', 'unknown']);
});

test('a budget that runs out leaves what was decided, and says which list it was', () => {
  const everything: Question = {
    ...question('0.0.0.0/0', '0.0.0.0/0'),
    direction: 'Outbound',
    protocols: [],
  };
  let cut = 0;
  let runs = 0;
  fc.assert(
    fc.property(editedLists, fc.integer({ min: 0, max: 1500 }), (lists, work) => {
      const chain = lists.map((rules, index): RuleList => ({
        kind: 'securityGroup',
        at: resourceId(`/nsg${index}`),
        name: `nsg${index}`,
        rules,
      }));
      const whole = decide(everything, chain, listedSurroundings);
      const part = decide(everything, chain, listedSurroundings, { ...defaultBudget, work });
      expect(whole.isComplete).toBe(true);
      expect(whole.missing).toEqual([]);
      expect(part.allowed.isSubsetOf(whole.allowed)).toBe(true);
      expect(part.denied.isSubsetOf(whole.denied)).toBe(true);
      expect(part.isComplete).toBe(part.missing.length === 0);
      for (const { what, scope } of part.missing) {
        expect(['/nsg0', '/nsg1']).toContain(scope);
        expect(what).toBe(`all that ${scope.slice(1)} decides (too complex)`);
      }
      if (!part.isComplete) cut += 1;
      runs += 1;
    }),
    { numRuns: cases(100) },
  );
  expect(cut).toBeGreaterThan(runs / 8);
  expect(cut).toBeLessThan(runs);
});

test('work is that of both families', () => {
  const list = groupOf('nsg', [{ at: 100, does: 'Allow', from: '10.0.0.0/24', port: '443' }]);
  const work = (source: string, destination: string): number =>
    decide(question(source, destination), [list], around).work;
  const [v4, v6] = [work('0.0.0.0/0', '0.0.0.0/0'), work('::/0', '::/0')];
  expect(v4).toBeGreaterThan(0);
  expect(v6).toBeGreaterThan(0);
  expect(work('any', 'any')).toBeGreaterThan(Math.max(v4, v6));
});
