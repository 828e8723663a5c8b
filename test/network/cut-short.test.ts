/** Small questions and comparisons, cut short at every point they pass: what is said stays exact. */
import { describe, expect, test } from 'vitest';
import { resourceId } from '../../shared/model/resource-id.ts';
import { type Surroundings, hostAddress } from '../../shared/network/address-bounds.ts';
import { type Question, type RuleList, decide } from '../../shared/network/decide.ts';
import { type RuleDiff, diffRules } from '../../shared/network/diff-rules.ts';
import { diffLists } from '../../shared/network/diff.ts';
import type { Budgeted } from '../../shared/network/lint-budget.ts';
import type { LintFinding } from '../../shared/network/lint-finding.ts';
import { lintRules } from '../../shared/network/lint-rules.ts';
import { parseAddressMatch } from '../../shared/network/parse-match.ts';
import type { AdminRule, SecurityRule } from '../../shared/network/security-rule.ts';
import { noServiceTags } from '../../shared/network/service-tags.ts';
import { addressSet, uniteAddresses } from '../../shared/packets/address.ts';
import { allPorts, packets, regionOf } from '../../shared/packets/packet-set.ts';
import { type Budget, defaultBudget, fixedWork } from '../../shared/packets/work.ts';

const space = uniteAddresses(addressSet(['10.0.0.0/16', 'fd00::/64']), hostAddress);
const around: Surroundings = {
  serviceTags: noServiceTags,
  virtualNetwork: { atLeast: space, atMost: uniteAddresses(space, addressSet(['172.16.0.0/12'])) },
};

function rule<A extends AdminRule['access']>(
  access: A,
  priority: number,
  from: readonly string[],
  to: readonly string[] = ['*'],
  port?: number,
) {
  return {
    name: `r${priority}`,
    priority,
    direction: 'Outbound' as const,
    access,
    protocol: 'Tcp' as const,
    sources: from.map(parseAddressMatch),
    sourcePorts: [],
    destinations: to.map(parseAddressMatch),
    destinationPorts: port === undefined ? [] : [{ from: port, to: port }],
  };
}

const group: readonly SecurityRule[] = [
  rule('Deny', 100, ['10.0.1.0/24'], ['Storage'], 443),
  rule('Allow', 110, ['10.0.0.0/23', 'fd00::/96'], ['20.1.0.0/16', '2603::/32'], 443),
  rule('Deny', 120, ['VirtualNetwork'], ['20.0.0.0/12', 'Storage.WestEurope']),
  rule('Allow', 130, ['*'], ['Internet'], 80),
];
const other: readonly SecurityRule[] = [
  rule('Allow', 100, ['10.0.0.0/17'], ['20.1.2.0/24', 'AzureMonitor'], 443),
  rule('Deny', 110, ['10.0.64.0/18', 'fd00::/65'], ['*'], 80),
  rule('Allow', 120, ['*']),
];
/** Without a name that stays open. */
const plain: readonly SecurityRule[] = [
  rule('Allow', 100, ['10.0.0.0/23'], ['VirtualNetwork'], 443),
  rule('Deny', 110, ['10.0.0.0/16'], ['20.0.0.0/12']),
];
const admin: readonly AdminRule[] = [
  rule('Allow', 1, ['10.0.3.0/24'], ['Storage'], 443),
  rule('AlwaysAllow', 2, ['10.0.0.0/25'], ['20.1.0.0/24']),
  rule('Deny', 3, ['10.0.0.0/22', 'fd00::/100'], ['20.1.0.0/20', 'AzureMonitor'], 443),
];

function listOf(name: string, rules: readonly SecurityRule[]): RuleList {
  return { kind: 'securityGroup', at: resourceId(`/${name}`), name, rules };
}

function adminList(rules: readonly AdminRule[]): RuleList {
  return { kind: 'admin', at: resourceId('/admin'), name: 'admin', rules };
}

const everything: Question = {
  direction: 'Outbound',
  protocols: [],
  source: { kind: 'any' },
  sourcePorts: [],
  destination: { kind: 'any' },
  destinationPorts: [],
};

/** Every budget up to what the whole takes, the small ones each. */
function budgetsUpTo(work: number): readonly Budget[] {
  const budgets: Budget[] = [];
  for (let at = 0; at <= work; at += Math.max(1, at >>> 3)) {
    budgets.push({ ...defaultBudget, work: at });
  }
  for (let nodes = 40; nodes < 130; nodes += 30) budgets.push({ ...defaultBudget, nodes });
  return budgets;
}

describe('a question cut short at any point', () => {
  test.each<[string, readonly RuleList[]]>([
    ['of a group', [listOf('group', group)]],
    ['of two groups', [listOf('group', group), listOf('other', other)]],
    ['behind admin rules', [adminList(admin), listOf('group', group)]],
    [
      'behind admin rules without doubt',
      [
        adminList(admin.slice(1).map((one) => ({ ...one, destinations: [{ kind: 'any' }] }))),
        listOf('other', other),
      ],
    ],
  ])('%s', (_, chain) => {
    const whole = decide(everything, chain, around);
    expect(whole.isComplete).toBe(true);
    const seen = new Set<string>();
    for (const budget of budgetsUpTo(whole.work)) {
      const cut = decide(everything, chain, around, budget);
      seen.add(`${cut.isComplete}`);
      expect(cut.allowed.isSubsetOf(whole.allowed)).toBe(true);
      expect(cut.denied.isSubsetOf(whole.denied)).toBe(true);
      const isWhole = cut.allowed.equals(whole.allowed) && cut.denied.equals(whole.denied);
      expect(isWhole || !cut.isComplete).toBe(true);
      expect(cut.missing.length > 0).toBe(!cut.isComplete);
      const both = !cut.allowed.isEmpty() && !cut.denied.isEmpty();
      expect(both || cut.answer !== 'partial').toBe(true);
      for (const [at, { shares }] of cut.hops.entries()) {
        for (const share of shares) {
          const same = whole.hops[at]?.shares.find((one) => one.rule === share.rule);
          expect(same && share.certain.isSubsetOf(same.possible)).toBe(true);
        }
      }
    }
    expect([...seen].toSorted()).toEqual(['false', 'true']);
  });
});

describe('a comparison cut short at any point', () => {
  test.each<[string, readonly SecurityRule[], readonly SecurityRule[]]>([
    ['of two groups', group, other],
    ['of a group with one rule turned', group, [...group.slice(0, 2), ...group.slice(3)]],
  ])('%s', (_, before, after) => {
    const whole = diffRules(before, after, 'Outbound', around);
    expect(whole.isComplete).toBe(true);
    const changes = ({ newlyAllowed, newlyDenied }: typeof whole) => [newlyAllowed, newlyDenied];
    const seen = new Set<string>();
    for (const budget of budgetsUpTo(100_000)) {
      const cut = diffRules(before, after, 'Outbound', around, budget);
      seen.add(`${cut.isComplete}`);
      for (const [at, { certain, perhaps }] of changes(cut).entries()) {
        const all = changes(whole)[at] ?? whole.newlyAllowed;
        expect(certain.isSubsetOf(all.certain)).toBe(true);
        expect(perhaps.isSubsetOf(all.certain.union(all.perhaps))).toBe(true);
        expect(cut.isComplete ? certain.equals(all.certain) : true).toBe(true);
        expect(cut.isComplete ? perhaps.equals(all.perhaps) : true).toBe(true);
      }
      expect(whole.isDifferent || !cut.isDifferent).toBe(true);
      const doubted = new Set(whole.inDoubt);
      expect(cut.inDoubt.every((one) => doubted.has(one))).toBe(true);
      expect(cut.changed).toEqual(whole.changed);
    }
    expect([...seen].toSorted()).toEqual(['false', 'true']);
  });
});

const settled: Surroundings = {
  serviceTags: noServiceTags,
  virtualNetwork: { atLeast: space, atMost: space },
};

/** A comparison for amounts of work up to what the whole takes. */
function comparedForAny(
  before: readonly SecurityRule[],
  after: readonly SecurityRule[],
): readonly RuleDiff[] {
  const cuts: RuleDiff[] = [];
  for (let work = 0; cuts.at(-1)?.isComplete !== true; work += 3) {
    cuts.push(diffRules(before, after, 'Outbound', settled, { ...defaultBudget, work }));
  }
  return cuts;
}

describe('a comparison for any amount of work', () => {
  test('says what the first rules change, exactly', () => {
    const before = [
      rule('Allow', 95, ['10.0.0.64/26'], ['20.1.0.0/20']),
      rule('Deny', 100, ['10.0.1.0/24'], ['20.1.0.0/16'], 443),
      rule('Deny', 120, ['10.0.0.0/22'], ['20.0.0.0/12'], 80),
    ];
    const after = [
      rule('Allow', 90, ['10.0.0.0/25'], ['20.1.2.0/24']),
      rule('Allow', 110, ['10.0.0.0/16'], ['20.1.0.0/17'], 443),
      rule('Allow', 130, ['10.0.2.0/24'], ['20.0.0.0/8'], 80),
    ];
    for (const [one, other] of [
      [before, after],
      [after, before],
    ] as const) {
      const whole = diffRules(one, other, 'Outbound', settled);
      let told = 0;
      for (const cut of comparedForAny(one, other)) {
        const sets = [
          [cut.newlyAllowed, whole.newlyAllowed],
          [cut.newlyDenied, whole.newlyDenied],
        ] as const;
        for (const [part, all] of sets) {
          expect(part.certain.isSubsetOf(all.certain)).toBe(true);
          expect(part.perhaps.isEmpty()).toBe(true);
          expect(!cut.isComplete || part.certain.equals(all.certain)).toBe(true);
          if (!cut.isComplete && !part.certain.isEmpty()) told += 1;
        }
      }
      expect(told).toBeGreaterThan(0);
    }
  });

  const closed = [
    rule('Deny', 100, ['10.0.5.0/24'], ['Sql'], 9),
    rule('Deny', 105, ['10.0.5.0/24'], ['Storage'], 10),
  ];
  const plainOne = rule('Allow', 110, ['10.0.1.0/24'], ['20.0.0.0/8'], 443);
  const doubted = [
    rule('Allow', 120, ['10.0.5.0/24'], ['20.0.0.0/8'], 9),
    rule('Allow', 130, ['10.0.5.0/24'], ['20.0.0.0/8'], 10),
  ];

  test('is certain of packets of which it has seen every world', () => {
    const cuts = comparedForAny(closed, [...closed, plainOne, ...doubted.slice(1)]);
    const certain = cuts.map(({ newlyAllowed }) => newlyAllowed.certain);
    expect(certain.at(-1)?.isEmpty()).toBe(false);
    const early = cuts.findIndex(({ newlyAllowed }) => !newlyAllowed.certain.isEmpty());
    expect(early).toBeLessThan(cuts.length - 1);
  });

  test('tells on which rules it depends what is perhaps so, as far as it came', () => {
    const cuts = comparedForAny(closed, [...closed, ...doubted]);
    const counts = new Set(cuts.map(({ inDoubt }) => inDoubt.length));
    expect([...counts]).toEqual([0, 1, 2]);
  });
});

test('a prefix that perhaps holds addresses of a tag changes those with numbers for certain', () => {
  const closed = rule('Deny', 100, ['10.0.5.0/24'], ['Sql'], 9);
  const opened = rule('Allow', 110, ['10.0.1.0/24'], ['20.0.0.0/8'], 443);
  const { newlyAllowed } = diffRules([closed], [closed, opened], 'Outbound', settled);
  const expected = packets({
    protocols: ['Tcp'],
    sources: addressSet(['10.0.1.0/24']),
    sourcePorts: allPorts,
    destinations: addressSet(['20.0.0.0/8']),
    destinationPorts: [443, 444],
  });
  expect(newlyAllowed.certain.equals(expected)).toBe(true);
  expect(newlyAllowed.perhaps.isEmpty()).toBe(true);
});

test('only names that a changed rule can meet are told apart', () => {
  const names = Array.from({ length: 30 }, (_, at) => `Tag${at}`);
  const others = names.map((name, at) => rule('Deny', 100 + at, [name], [name], 9));
  const closed = rule('Deny', 200, ['*'], ['Sql'], 443);
  const opened = rule('Allow', 300, ['*'], ['Sql'], 443);
  const before = [...others, closed];
  const { newlyAllowed, isComplete } = diffRules(before, [...before, opened], 'Outbound', settled);
  expect(isComplete).toBe(true);
  expect(newlyAllowed.certain.isEmpty() && newlyAllowed.perhaps.isEmpty()).toBe(true);
});

test('what was compared can be worked with, however much was worked out since', () => {
  const before = [rule('Allow', 100, ['10.0.0.0/25'], ['20.1.2.0/24'])];
  const after = [rule('Allow', 100, ['10.0.1.0/24'], ['20.1.0.0/16'], 443)];
  const { newlyAllowed, newlyDenied } = diffRules(before, after, 'Outbound', settled);
  expect(newlyDenied.certain.isEmpty()).toBe(false);
  const work = regionOf(newlyAllowed.certain, 4)?.space.work;
  if (work === undefined) throw new Error('some packets of IPv4 change');
  work.limit = 0;
  const both = newlyAllowed.certain.union(newlyDenied.certain);
  expect(newlyAllowed.certain.isSubsetOf(both)).toBe(true);
});

test('groups are not said to be the same where only one direction is compared to its end', () => {
  const { answer } = diffLists(group, other, around, { ...defaultBudget, work: 0 });
  expect(answer).toMatchObject({ equivalent: false, verdict: 'unknown' });
  expect(answer.reason).toContain('too complex');
});

describe('a lint cut short', () => {
  const budgeted =
    (work: number): (() => Budgeted) =>
    () =>
    (ask) =>
      ask(fixedWork({ ...defaultBudget, work }));
  const names = (found: readonly LintFinding[], kind: LintFinding['kind']) =>
    found.filter((one) => one.kind === kind).map(({ rule: { name } }) => name);

  const ports = Array.from({ length: 200 }, (_, at) => ({ from: at * 7, to: at * 7 + 2 }));

  test('says nothing of a rule that a packet shows to be needed', () => {
    const rules: readonly SecurityRule[] = [
      rule('Allow', 100, ['*'], ['20.0.0.1']),
      { ...rule('Deny', 200, ['*']), destinationPorts: ports },
    ];
    expect(names(lintRules(rules, around, budgeted(500)), 'unknown')).toEqual(['r200']);
  });

  test('takes no rule of which nothing is known for a needless one', () => {
    const rules: readonly SecurityRule[] = [
      rule('Allow', 100, ['*'], ['20.0.0.1'], 443),
      { ...rule('Deny', 200, ['*'], ['Sql']), destinationPorts: ports },
      { ...rule('Deny', 210, ['10.0.0.0/9', '20.0.0.0/9']), destinationPorts: ports },
      rule('Allow', 300, ['*'], ['20.0.0.0/8']),
    ];
    const whole = lintRules(rules, around);
    expect(whole.map(({ kind }) => kind)).toEqual([]);
    const cut = lintRules(rules, around, budgeted(1000));
    expect(names(cut, 'unknown')).toContain('r200');
    expect(names(cut, 'redundant')).toEqual([]);
  });
});

/** The same rules, of which one fails when it is asked for the n-th time what it does. */
function failing(rules: readonly SecurityRule[], at: { left: number }): readonly SecurityRule[] {
  return rules.map((one) => ({
    ...one,
    get access() {
      at.left -= 1;
      if (at.left === 0) throw new RangeError('a fault');
      return one.access;
    },
  }));
}

test.each<[string, (of: (rules: readonly SecurityRule[]) => readonly SecurityRule[]) => unknown]>([
  [
    'decide',
    (of) => {
      const { allowed, hops } = decide(everything, [listOf('plain', of(plain))], around);
      return [allowed.isEmpty(), ...hops.map(({ shares }) => shares.length)];
    },
  ],
  ['diff', (of) => diffRules(of(plain), of(other), 'Outbound', around)],
  [
    'diff of lists without doubt',
    (of) => diffRules(of(plain), plain.slice(1), 'Outbound', settled),
  ],
  ['lint', (of) => lintRules(of(group), around)],
])('a fault of the program is never taken for rules that are too complex: %s', (_, run) => {
  const failureAt = (n: number): unknown => {
    const at = { left: n };
    let failure: unknown;
    try {
      run((rules) => failing(rules, at));
    } catch (error) {
      failure = error;
    }
    return at.left > 0 ? 'not reached' : failure;
  };
  let faults = 0;
  for (let n = 1; ; n += 1 + (n >>> 2)) {
    const failure = failureAt(n);
    if (failure === 'not reached') break;
    expect(failure).toEqual(new RangeError('a fault'));
    faults += 1;
  }
  expect(faults).toBeGreaterThan(0);
});
