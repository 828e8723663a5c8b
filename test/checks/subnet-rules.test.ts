import { describe, expect, it } from 'vitest';
import {
  admitters,
  blockers,
  chainsOf,
  ruleEvidence,
  whyUndecided,
  withoutGroupSources,
  witnessOf,
} from '../../shared/checks/subnet-rules.ts';
import { type RuleList, decide } from '../../shared/network/decide.ts';
import { known } from '../../shared/model/verdict.ts';
import { parseAddressMatch } from '../../shared/network/parse-match.ts';
import { addressSet } from '../../shared/packets/address.ts';
import { noPackets } from '../../shared/packets/packet-set.ts';
import { adminRule, cluster, networkResource, nsg, rule, subnet, unread } from './build.ts';

const group = networkResource('applicationSecurityGroups', 'db');
const { id: at, name, rules: defaults } = nsg('n');
const listOf = (...rules: Parameters<typeof nsg>[1][]) =>
  ({ kind: 'securityGroup', at, name, rules: [...rules, ...defaults] }) as const;
const admin = (...rules: ReturnType<typeof adminRule>[]) =>
  ({ kind: 'admin', at, name: 'admin', rules }) as const;
const unreadList: RuleList = {
  kind: 'unread',
  of: 'securityGroup',
  name: 'other',
  missing: [{ what: 'group other', scope: '/', why: 'not read' }],
};

describe('the lists that packets of a subnet pass', () => {
  const filtered = subnet({
    adminRules: known([adminRule('corp', 'Inbound', 'Deny')]),
    securityGroup: known(nsg('subnet-nsg')),
    nodeSecurityGroups: known([nsg('node-nsg'), null, nsg('node-nsg')]),
  });
  const names = (...args: Parameters<typeof chainsOf>) =>
    chainsOf(...args).map((chain) => chain.map((list) => list.name));

  it('are those of the subnet before those of the nodes on the way in, after them on the way out', () => {
    expect(names(filtered, [filtered], 'Inbound')).toEqual([
      ['security admin rules', 'subnet-nsg', 'node-nsg'],
      ['security admin rules', 'subnet-nsg'],
    ]);
    expect(names(filtered, [filtered], 'Outbound')).toEqual([
      ['security admin rules', 'node-nsg', 'subnet-nsg'],
      ['security admin rules', 'subnet-nsg'],
    ]);
  });

  it('are those of the nodes for pods in a subnet of their own', () => {
    const pods = subnet({ name: 'pods', usedBy: ['pods'], securityGroup: unread('group') });
    expect(names(pods, [filtered, pods], 'Outbound')).toEqual([
      ['node-nsg', 'network security group of subnet pods'],
      ['network security group of subnet pods'],
    ]);
  });
});

describe('a list for a host that is in no group', () => {
  const mixed = {
    ...rule('mixed', 110, 'Inbound', 'Deny'),
    sources: [
      { kind: 'applicationSecurityGroup', id: group } as const,
      parseAddressMatch('10.0.0.4'),
    ],
  };

  it('has not the rules that are for members alone', () => {
    const alone = rule('alone', 100, 'Inbound', 'Deny', { group: 'db' });
    expect(withoutGroupSources(listOf(alone, mixed))).toEqual(listOf(mixed));
    const denied = adminRule('alone', 'Inbound', 'Deny', { group: 'db' });
    const other = adminRule('other', 'Inbound', 'Allow');
    expect(withoutGroupSources(admin(denied, other))).toEqual(admin(other));
  });

  it.each<RuleList>([unreadList, listOf(mixed), admin(adminRule('other', 'Inbound', 'Allow'))])(
    'is the very same where all concern it: %#',
    (list) => {
      expect(withoutGroupSources(list)).toBe(list);
    },
  );
});

describe('rules that decide', () => {
  const unclear = { kind: 'unclear', text: '10.1.0' } as const;
  const question = (source: string) => ({
    direction: 'Inbound' as const,
    protocols: ['Tcp' as const],
    source: parseAddressMatch(source),
    sourcePorts: [],
    destination: parseAddressMatch('20.50.1.4'),
    destinationPorts: [{ from: 443, to: 443 }],
  });
  const asked = (list: RuleList, source = '203.0.113.0/24') =>
    decide(question(source), [list], { serviceTags: cluster().serviceTags });
  const names = (found: ReturnType<typeof blockers>) => found.map((one) => one.rule.name);
  const half = rule('half', 100, 'Inbound', 'Deny', { from: '203.0.113.0/25' });
  const web = rule('web', 200, 'Inbound', 'Allow', { from: '203.0.113.0/24', port: '443' });
  const decision = asked(listOf(half, web));

  it('keep packets out, or let them in, if they have any of them', () => {
    const all = decision.allowed.union(decision.denied);
    expect(names(blockers(decision, all))).toEqual(['half']);
    expect(names(admitters(decision, all))).toEqual(['web']);
    expect(names(blockers(decision, decision.allowed))).toEqual([]);
    expect(names(admitters(decision, decision.denied))).toEqual([]);
  });

  it('are evidence with a packet of theirs, where their list was read', () => {
    const witness = witnessOf(decision.denied, decision, 'inbound');
    expect(witness.witness).toMatchObject({ direction: 'inbound', destination: '20.50.1.4' });
    expect(witnessOf(noPackets, decision, 'inbound')).toEqual({});
    const found = blockers(decision, decision.denied);
    const says = (one: { readonly name: string }, list: string) => `${one.name} of ${list}`;
    expect(ruleEvidence(found, says, witness)).toEqual([
      { at, rule: 'half', says: 'half of n', ...witness },
    ]);
    const ofUnread = found.map((one) => ({ ...one, list: unreadList }));
    expect(ruleEvidence(ofUnread, says)).toEqual([]);
  });

  it('leave open what they name and nobody resolves', () => {
    const why = (...rules: Parameters<typeof listOf>) =>
      whyUndecided(asked(listOf(...rules), '10.1.0.0/24'));
    expect(why({ ...rule('odd', 100, 'Inbound', 'Deny'), sources: [unclear] })).toContainEqual({
      what: 'the addresses of "10.1.0"',
      scope: at,
      why: 'rule odd has it, and what Azure makes of it is not known',
      gap: true,
    });
    expect(why(rule('db', 100, 'Inbound', 'Deny', { group: 'db' }))).toContainEqual({
      what: 'the members of application security group db',
      scope: group,
      why: 'rule db names it, and its members are not resolved',
    });
    expect(whyUndecided(decision).map(({ what }) => what)).toEqual([
      'the exact extent of the VirtualNetwork and Internet service tags here',
    ]);
  });

  it('leave nothing open where they decide the same whoever is in what they name', () => {
    const anyPort = { ...question('10.1.0.0/24'), destinationPorts: [] };
    const everyone = {
      ...rule('ssh', 100, 'Inbound', 'Deny', { group: 'db', port: '22' }),
      sources: [
        { kind: 'applicationSecurityGroup', id: group } as const,
        parseAddressMatch('10.1.0.0/24'),
      ],
    };
    const odd = { ...rule('odd', 200, 'Inbound', 'Deny'), sources: [unclear] };
    const open = decide(anyPort, [listOf(everyone, odd)], { serviceTags: cluster().serviceTags });
    expect(whyUndecided(open).map(({ what }) => what)).toEqual(['the addresses of "10.1.0"']);
  });

  it('leave nothing open by a group whose members are known', () => {
    const members = addressSet(['10.1.0.0/25']);
    const some = decide(
      question('10.1.0.0/24'),
      [
        listOf({
          ...rule('db', 100, 'Inbound', 'Deny'),
          sources: [{ kind: 'applicationSecurityGroup', id: group }, unclear],
        }),
      ],
      {
        serviceTags: cluster().serviceTags,
        groupMembers: { of: () => ({ atLeast: members, atMost: members }) },
      },
    );
    expect(whyUndecided(some).map(({ what }) => what)).toEqual(['the addresses of "10.1.0"']);
  });
});
