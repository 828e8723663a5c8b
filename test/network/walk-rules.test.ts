/** What rules in doubt may do to a packet, against every way they may match it. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LiveRule } from '../../shared/network/question-space.ts';
import type { AnyRule } from '../../shared/network/rule-table.ts';
import {
  type Certainty,
  unwalkedGroup,
  walkAdminRules,
  walkSecurityRules,
} from '../../shared/network/walk-rules.ts';
import { masks } from '../../shared/packets/class-sets.ts';
import { combine } from '../../shared/packets/combine.ts';
import {
  type Diagram,
  type Node,
  type Span,
  diagram,
  endOf,
  spanNode,
  yes,
} from '../../shared/packets/diagram.ts';
import { TooComplexError, defaultBudget, freeWork, refill } from '../../shared/packets/work.ts';
import { cases } from '../packets/worlds.ts';

/** Twelve packets: two fields, of four and of three classes. */
const fields = [masks(4, 15), masks(3, 7)];
const packets = [0, 1, 2, 3].flatMap((one) => [0, 1, 2].map((other) => [one, other] as const));
type Point = (typeof packets)[number];

const span: fc.Arbitrary<Span> = fc.tuple(
  fc.integer({ min: 1, max: 15 }),
  fc.integer({ min: 1, max: 7 }),
);

const isIn = (one: Span | undefined, point: Point): boolean =>
  one !== undefined && point.every((at, field) => (((one[field] ?? 0) >>> at) & 1) === 1);

/** A rule that certainly matches a part of what it may match: all of it, some or nothing. */
function ruleOf(accesses: readonly AnyRule['access'][], doubts: readonly string[]) {
  return fc
    .record({
      access: fc.constantFrom(...accesses),
      most: span,
      part: span,
      doubt: fc.constantFrom(...doubts),
    })
    .map(({ access, most, part, doubt }): LiveRule => {
      const common = most.map((set, field) => set & (part[field] ?? 0));
      const isSame = common.every((set, field) => set === most[field]);
      const some = common.includes(0) ? undefined : isSame ? most : common;
      return {
        rule: {
          name: access,
          priority: 100,
          direction: 'Inbound',
          access,
          protocol: '*',
          sources: [],
          sourcePorts: [],
          destinations: [],
          destinationPorts: [],
        },
        most,
        least: doubt === 'none' ? most : doubt === 'all' ? undefined : some,
      };
    });
}

const rulesOf = (accesses: readonly AnyRule['access'][], doubts = ['none', 'some', 'all']) =>
  fc.array(ruleOf(accesses, doubts), { maxLength: 5 });

/** What may become of a packet: the access of the rule that it meets first, or that it meets none. */
function outcomes(rules: readonly LiveRule[], point: Point): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { rule, least, most } of rules) {
    if (isIn(least, point)) return found.add(rule.access);
    if (isIn(most, point)) found.add(rule.access);
  }
  return found.add('none');
}

function has(d: Diagram, node: Node, point: Point): boolean {
  return endOf(d, node, point) === yes;
}

/** The packets that may arrive, and those of them that certainly do. */
const arrivals = fc.record({ possible: span, certain: span, isSure: fc.boolean() });

function arriving(d: Diagram, told: { possible: Span; certain: Span; isSure: boolean }): Certainty {
  const possible = spanNode(d, told.possible);
  const certain = combine(d, 'intersect', possible, spanNode(d, told.certain));
  return { possible, certain: told.isSure ? possible : certain };
}

const groupAccesses = ['Allow', 'Deny'] as const;
const adminAccesses = ['Allow', 'AlwaysAllow', 'Deny'] as const;

describe('a security group', () => {
  test('allows for certain what it allows however its rules match, and perhaps what it allows somehow', () => {
    fc.assert(
      fc.property(rulesOf(groupAccesses), arrivals, fc.boolean(), (rules, told, isWhole) => {
        const d = diagram(fields, freeWork());
        const arrives = arriving(d, told);
        const { allowed, finished } = walkSecurityRules(d, rules, arrives, isWhole);
        expect(finished).toBe(isWhole);
        for (const point of packets) {
          const may = outcomes(rules, point);
          const comes = has(d, arrives.possible, point);
          const isSure = may.has('Allow') && may.size === 1;
          expect(has(d, allowed.certain, point)).toBe(comes && isSure);
          // Of what meets none of the first rules nothing is known.
          const isPossible = may.has('Allow') || (!isWhole && may.has('none'));
          expect(has(d, allowed.possible, point)).toBe(comes && isPossible);
        }
      }),
      { numRuns: cases(200) },
    );
  });

  test('has a share for each rule that may be the first that a packet meets', () => {
    fc.assert(
      fc.property(rulesOf(groupAccesses), arrivals, (rules, told) => {
        const d = diagram(fields, freeWork());
        const arrives = arriving(d, told);
        const { shares } = walkSecurityRules(d, rules, arrives, true);
        const expected = rules.flatMap(({ rule, least, most }, at) => {
          const before = rules.slice(0, at);
          const possible = packets.filter(
            (point) =>
              has(d, arrives.possible, point) &&
              isIn(most, point) &&
              !before.some((one) => isIn(one.least, point)),
          );
          const certain = packets.filter(
            (point) =>
              has(d, arrives.certain, point) &&
              isIn(least, point) &&
              !before.some((one) => isIn(one.most, point)),
          );
          return possible.length === 0 ? [] : [{ rule, possible, certain }];
        });
        const found = shares.map(({ rule, possible, certain }) => ({
          rule,
          possible: packets.filter((point) => has(d, possible(), point)),
          certain: packets.filter((point) => has(d, certain(), point)),
        }));
        expect(found).toEqual(expected);
      }),
      { numRuns: cases(200) },
    );
  });
});

test('a security group of which nothing is known lets nothing through for certain, and perhaps all', () => {
  const d = diagram(fields, freeWork());
  const known = walkSecurityRules(d, [], { certain: yes, possible: yes }, false);
  expect({ shares: [], ...unwalkedGroup }).toEqual(known);
});

/** The best that may become of a packet at the admin rules. */
function bestOf(may: ReadonlySet<string>): string {
  return may.has('AlwaysAllow')
    ? 'AlwaysAllow'
    : may.has('Allow') || may.has('none')
      ? 'passed on'
      : 'Deny';
}

describe('security admin rules', () => {
  test('deliver, drop or pass on as they match, whatever is in doubt', () => {
    fc.assert(
      fc.property(rulesOf(adminAccesses), (rules) => {
        const d = diagram(fields, freeWork());
        const { finished, alwaysAllowed, surviving } = walkAdminRules(d, rules, true);
        expect(finished).toBe(true);
        for (const point of packets) {
          const may = outcomes(rules, point);
          expect(has(d, alwaysAllowed.certain, point)).toBe(
            may.has('AlwaysAllow') && may.size === 1,
          );
          expect(has(d, alwaysAllowed.possible, point)).toBe(may.has('AlwaysAllow'));
          expect(has(d, surviving.certain, point)).toBe(!may.has('Deny'));
          expect(has(d, surviving.possible, point)).toBe(bestOf(may) === 'passed on');
        }
      }),
      { numRuns: cases(300) },
    );
  });

  test('of which only the first are known may do anything with what meets none of those', () => {
    fc.assert(
      fc.property(rulesOf(adminAccesses, ['none']), (rules) => {
        const d = diagram(fields, freeWork());
        const { finished, alwaysAllowed, surviving } = walkAdminRules(d, rules, false);
        expect(finished).toBe(false);
        for (const point of packets) {
          const [met] = outcomes(rules, point);
          const isLeft = met === 'none';
          expect(has(d, alwaysAllowed.certain, point)).toBe(met === 'AlwaysAllow');
          expect(has(d, alwaysAllowed.possible, point)).toBe(met === 'AlwaysAllow' || isLeft);
          expect(has(d, surviving.certain, point)).toBe(met === 'AlwaysAllow' || met === 'Allow');
          expect(has(d, surviving.possible, point)).toBe(met === 'Allow' || isLeft);
        }
      }),
      { numRuns: cases(100) },
    );
  });

  test('may do anything where some are in doubt and only the first are known', () => {
    fc.assert(
      fc.property(rulesOf(adminAccesses, ['all']), (rules) => {
        fc.pre(rules.length > 0);
        const d = diagram(fields, freeWork());
        const { finished, alwaysAllowed, surviving } = walkAdminRules(d, rules, false);
        expect(finished).toBe(false);
        for (const point of packets) {
          for (const set of [alwaysAllowed, surviving]) {
            expect(has(d, set.certain, point)).toBe(false);
            expect(has(d, set.possible, point)).toBe(true);
          }
        }
      }),
      { numRuns: cases(30) },
    );
  });
});

const everything: Certainty = { certain: yes, possible: yes };

/** What is made of all packets for so much work; undefined where not even that can be put together. */
function walkFor(work: number, rules: readonly LiveRule[], isAdmin: boolean) {
  const d = diagram(fields, { spent: 0, limit: work, nodes: defaultBudget.nodes });
  try {
    const walked = isAdmin
      ? walkAdminRules(d, rules, true)
      : walkSecurityRules(d, rules, everything, true);
    refill(d.work);
    return { d, walked };
  } catch (error) {
    if (!(error instanceof TooComplexError)) throw error;
    return undefined;
  }
}

test('where the budget runs out, what is said is true, and more may be so', () => {
  const seen = new Set<string>();
  const lists = fc.boolean().chain((isAdmin) =>
    fc.tuple(
      fc.constant(isAdmin),
      fc.array(ruleOf(isAdmin ? adminAccesses : groupAccesses, ['none', 'some', 'all']), {
        minLength: 4,
        maxLength: 6,
      }),
    ),
  );
  fc.assert(
    fc.property(lists, fc.oneof(fc.nat(40), fc.constant(1000)), ([isAdmin, rules], work) => {
      const made = walkFor(work, rules, isAdmin);
      // Where nothing is said all rules were walked, and a little more work tells what they make.
      const more = made ?? walkFor(work + 40, rules, isAdmin);
      expect(made !== undefined || more?.walked.finished === true).toBe(true);
      if (made === undefined) return;
      const { d, walked } = made;
      seen.add(`${isAdmin ? 'admin' : 'group'} ${walked.finished ? 'whole' : 'cut short'}`);
      const [{ certain, possible }, delivers] =
        'allowed' in walked ? [walked.allowed, 'Allow'] : [walked.alwaysAllowed, 'AlwaysAllow'];
      for (const point of packets) {
        const may = outcomes(rules, point);
        expect(has(d, certain, point) && (may.size > 1 || !may.has(delivers))).toBe(false);
        expect(may.has(delivers) && !has(d, possible, point)).toBe(false);
        if (!('surviving' in walked)) continue;
        const { surviving } = walked;
        expect(has(d, surviving.certain, point) && may.has('Deny')).toBe(false);
        expect(bestOf(may) === 'passed on' && !has(d, surviving.possible, point)).toBe(false);
      }
      for (const { rule, certain: its } of walked.shares) {
        for (const point of packets.filter((one) => has(d, its(), one))) {
          expect([...outcomes(rules, point)]).toEqual([rule.access]);
        }
      }
    }),
    { numRuns: cases(300) },
  );
  expect([...seen].toSorted()).toEqual([
    'admin cut short',
    'admin whole',
    'group cut short',
    'group whole',
  ]);
});
