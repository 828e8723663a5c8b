import { describe, expect, it } from 'vitest';
import {
  admitters,
  blockers,
  ruleEvidence,
  whyUndecided,
  withoutGroupSources,
  witnessOf,
} from '../../shared/checks/subnet-rules.ts';
import { type RuleList, decide } from '../../shared/network/decide.ts';
import { parseAddressMatch } from '../../shared/network/parse-match.ts';
import { addressSet } from '../../shared/packets/address.ts';
import { noPackets } from '../../shared/packets/packet-set.ts';
import { adminRule, cluster, networkResource, nsg, rule } from './build.ts';

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
