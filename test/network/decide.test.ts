/** What a decision tells beside its answer, and what becomes of it where something runs out. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { resourceId } from '../../shared/model/resource-id.ts';
import { type Surroundings, hostAddress } from '../../shared/network/address-bounds.ts';
import { type Question, type RuleList, decide } from '../../shared/network/decide.ts';
import { parseAddressMatch } from '../../shared/network/parse-match.ts';
import { parseNetworkSecurityGroup } from '../../shared/network/parse-security-rule.ts';
import type { SecurityRule } from '../../shared/network/security-rule.ts';
import { noServiceTags, serviceTags } from '../../shared/network/service-tags.ts';
import {
  type AddressSet,
  addressSet,
  noAddresses,
  realAddresses,
  uniteAddresses,
} from '../../shared/packets/address.ts';
import { allPorts, packets } from '../../shared/packets/packet-set.ts';
import { defaultBudget } from '../../shared/packets/work.ts';
import { cases } from '../packets/worlds.ts';
import { editedLists, listedSurroundings, ruleLists } from './small-network.ts';
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

const missing = [{ what: 'the rules', scope: '/nsg', why: 'not read' }];

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
  const about = question('10.0.0.4', '10.0.1.1');
  expect(decide(about, [list], around).answer).toBe(expected);
  // A list that was not read adds no name.
  const unread: RuleList = { kind: 'unread', of: 'securityGroup', name: 'lost', missing };
  expect(decide(about, [list, unread], around).answer).toBe(expected);
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

const everything: Question = {
  ...question('0.0.0.0/0', '0.0.0.0/0'),
  direction: 'Outbound',
  protocols: [],
};

function listOf(name: string, rules: readonly SecurityRule[]): RuleList {
  return { kind: 'securityGroup', at: resourceId(`/${name}`), name, rules };
}

/** Admin rules, two groups behind them. */
const chains = fc.tuple(ruleLists, editedLists).map(([admin, [first, second]]) => [
  {
    kind: 'admin' as const,
    at: resourceId('/admin'),
    name: 'admin',
    rules: admin.map((rule, index) => ({
      ...rule,
      access: rule.access === 'Allow' && index % 2 === 0 ? ('AlwaysAllow' as const) : rule.access,
    })),
  },
  listOf('nsg0', first),
  listOf('nsg1', second),
]);

/** A group that does the same with every packet. */
function uniform(access: 'Allow' | 'Deny'): RuleList {
  const any = [{ kind: 'any' as const }];
  return listOf('lost', [
    {
      name: access,
      priority: 100,
      direction: 'Outbound',
      access,
      protocol: '*',
      sources: any,
      sourcePorts: [],
      destinations: any,
      destinationPorts: [],
    },
  ]);
}

test('a group that was not read leaves what it changes nothing of', () => {
  const unread: RuleList = { kind: 'unread', of: 'securityGroup', name: 'lost', missing };
  fc.assert(
    fc.property(chains, fc.nat(2), (chain, at) => {
      const ask = (list: RuleList) =>
        decide(everything, chain.toSpliced(at, 1, list), listedSurroundings);
      const { allowed, denied } = ask(unread);
      expect(allowed.equals(ask(uniform('Deny')).allowed)).toBe(true);
      expect(denied.equals(ask(uniform('Allow')).denied)).toBe(true);
    }),
    { numRuns: cases(60) },
  );
});

test('behind admin rules that were not read nothing is certain', () => {
  const unread: RuleList = { kind: 'unread', of: 'admin', name: 'lost', missing };
  fc.assert(
    fc.property(chains, (chain) => {
      const decision = decide(everything, chain.with(0, unread), listedSurroundings);
      expect(decision.answer).toBe('unknown');
      expect(decision.undecided.equals(decision.asked.atMost)).toBe(true);
    }),
    { numRuns: cases(20) },
  );
});

test('a budget that runs out leaves what was decided, and says which list it was', () => {
  const budgets = fc.oneof(
    fc.integer({ min: 0, max: 12 }).map((power) => ({ ...defaultBudget, work: 2 ** power })),
    fc.integer({ min: 0, max: 8 }).map((power) => ({ ...defaultBudget, nodes: 2 ** power })),
  );
  let cut = 0;
  let runs = 0;
  fc.assert(
    fc.property(chains, budgets, (chain, budget) => {
      const whole = decide(everything, chain, listedSurroundings);
      const part = decide(everything, chain, listedSurroundings, budget);
      expect(whole.isComplete).toBe(true);
      expect(whole.missing).toEqual([]);
      expect(part.allowed.isSubsetOf(whole.allowed)).toBe(true);
      expect(part.denied.isSubsetOf(whole.denied)).toBe(true);
      expect(part.allowed.union(part.denied).union(part.undecided).equals(whole.asked.atMost)).toBe(
        true,
      );
      expect(part.isComplete).toBe(part.missing.length === 0);
      for (const { what, scope } of part.missing) {
        expect(['/admin', '/nsg0', '/nsg1']).toContain(scope);
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

test('of a long list that is too complex, the first rules still decide', () => {
  const rules = Array.from({ length: 400 }, (_, index): WrittenRule => ({
    at: 101 + index,
    does: index % 2 === 0 ? 'Deny' : 'Allow',
    from: `10.0.${index % 200}.0/25`,
    to: `10.0.0.${index % 97}`,
    port: `${index}-${index + 50}`,
  }));
  const first: WrittenRule = { at: 100, does: 'Deny', from: '10.0.1.0/24' };
  const [list, short] = [groupOf('nsg', [first, ...rules]), groupOf('nsg', [first])];
  const wide = question('10.0.0.0/16', '10.0.0.0/16');
  const whole = decide(wide, [list], around);
  const certain = decide(question('10.0.1.0/24', '10.0.0.0/16'), [short], around).denied;
  let cut = 0;
  for (let work = 1; work < whole.work; work *= 2) {
    const part = decide(wide, [list], around, { ...defaultBudget, work });
    expect(part.allowed.isSubsetOf(whole.allowed)).toBe(true);
    expect(part.denied.isSubsetOf(whole.denied)).toBe(true);
    // Each try may cost a fourth of what was too little.
    expect(part.isComplete || part.work < 4 * work + 10_000).toBe(true);
    if (!part.isComplete && certain.isSubsetOf(part.denied)) cut += 1;
    expect(part.missing.map(({ scope }) => scope)).toEqual(part.isComplete ? [] : ['/nsg']);
  }
  expect(cut).toBeGreaterThan(2);
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

test.each([
  ['::/0', '::/0', 6],
  ['0.0.0.0/0', '0.0.0.0/0', 4],
] as const)(
  'rules of one family share in the packets of that family alone: %s',
  (from, to, family) => {
    const rules: readonly WrittenRule[] = [
      { name: 'four', at: 100, does: 'Deny', from: '20.0.0.0/8' },
      { name: 'six', at: 110, does: 'Deny', from: '2603:1000::/24' },
      { name: 'both', at: 120, does: 'Allow' },
    ];
    const named = (source: string, destination: string) => {
      const [hop] = decide(question(source, destination), [groupOf('nsg', rules)], around).hops;
      return hop?.shares.map(({ rule, certain, possible }) => {
        expect(certain.equals(possible)).toBe(true);
        const families = new Set(certain.boxes().map((box) => box.family));
        return [rule.name, ...[...families].toSorted((a, b) => a - b)];
      });
    };
    expect(named(from, to)).toEqual([
      [family === 4 ? 'four' : 'six', family],
      ['both', family],
    ]);
    expect(named('any', 'any')).toEqual([
      ['four', 4],
      ['six', 6],
      ['both', 4, 6],
    ]);
  },
);

test('what a rule certainly decides is what certainly comes to it past admin rules', () => {
  const any = [{ kind: 'any' as const }];
  const admin = (...tags: readonly string[]): RuleList => ({
    kind: 'admin',
    at: resourceId('/admin'),
    name: 'admin',
    rules: tags.map((name, index) => ({
      name,
      priority: 1 + index,
      direction: 'Outbound',
      access: 'Deny',
      protocol: 'Tcp',
      sources: any,
      sourcePorts: [],
      destinations: [{ kind: 'serviceTag', name }],
      destinationPorts: [],
    })),
  });
  const group = groupOf('nsg', [{ at: 100, does: 'Allow', direction: 'Outbound' }]);
  const ask = (list: RuleList) => {
    const asked = { ...question('10.0.0.4', '20.1.0.0/16'), direction: 'Outbound' as const };
    const { hops, asked: all } = decide(asked, [list, group], around);
    const [share] = hops[1]?.shares ?? [];
    return [
      share?.certain.equals(all.atMost),
      share?.certain.isEmpty(),
      share?.possible.equals(all.atMost),
    ];
  };
  expect(ask(admin())).toEqual([true, false, true]);
  expect(ask(admin('Storage'))).toEqual([false, true, true]);
});

test('behind admin rules that were not read, every packet may come to a group and none certainly does', () => {
  const open = groupOf('open', [{ at: 100, does: 'Allow' }]);
  const admin: RuleList = { kind: 'unread', of: 'admin', name: 'lost', missing };
  const { hops, asked } = decide(question('10.0.0.4', '10.0.1.1'), [admin, open], around);
  const [share, ...others] = hops[1]?.shares ?? [];
  expect(share?.possible.equals(asked.atMost)).toBe(true);
  expect(share?.certain.isEmpty()).toBe(true);
  expect(others).toEqual([]);
});

test('a question of both families is partly denied where one of them is', () => {
  const shut = groupOf('shut', [
    { name: 'Shut', at: 100, does: 'Deny', from: '0.0.0.0/0' },
    { name: 'Open', at: 200, does: 'Allow' },
  ]);
  const { answer, hops } = decide(question('*', '*'), [shut], {
    ...around,
    serviceTags: serviceTags([]),
  });
  expect(answer).toBe('partial');
  const [first, second] = hops[0]?.shares ?? [];
  const packetsOf = (sources: AddressSet) =>
    packets({
      protocols: ['Tcp'],
      sources,
      sourcePorts: allPorts,
      destinations: realAddresses,
      destinationPorts: allPorts,
    });
  for (const bound of ['certain', 'possible'] as const) {
    expect(first?.[bound].equals(packetsOf({ ...noAddresses, v4: realAddresses.v4 }))).toBe(true);
    expect(second?.[bound].equals(packetsOf({ ...noAddresses, v6: realAddresses.v6 }))).toBe(true);
  }
});
