/** What a question may cost: the count is the same every time, and what it cuts short stays exact. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { defaultOutboundKept } from '../../shared/checks/default-outbound-kept.ts';
import { resourceId } from '../../shared/model/resource-id.ts';
import { known } from '../../shared/model/verdict.ts';
import type { Surroundings } from '../../shared/network/address-bounds.ts';
import { type Question, type RuleList, decide } from '../../shared/network/decide.ts';
import { explain } from '../../shared/network/explain.ts';
import { lintRules } from '../../shared/network/lint-rules.ts';
import type { AddressMatch, SecurityRule } from '../../shared/network/security-rule.ts';
import { noServiceTags } from '../../shared/network/service-tags.ts';
import { addressSet } from '../../shared/packets/address.ts';
import { defaultBudget } from '../../shared/packets/work.ts';
import { createRandom } from '../../simulator/estate/random.ts';
import { nsg, settings, withSubnet } from '../checks/build.ts';
import { cases } from '../packets/worlds.ts';

/** Rules that each hold a random half of a grid on three sides: what they make together has no short form. */
function halves(count: number, cells: number, access: (index: number) => SecurityRule['access']) {
  const random = createRandom(count, cells);
  const half = (): number[] =>
    Array.from({ length: cells }, (_, i) => i).filter(() => random.chance(0.5));
  return Array.from({ length: count }, (_, index): SecurityRule => ({
    name: `half-${index}`,
    priority: 100 + index,
    direction: 'Outbound',
    access: access(index),
    protocol: 'Tcp',
    sources: half().map((i) => range(0x0a01_0000, 65_536 / cells, i)),
    sourcePorts: [],
    destinations: half().map((i) => range(0x1400_0000, 2 ** 24 / cells, i)),
    destinationPorts: half().map((i) => {
      const step = 65_536 / cells;
      return { from: i * step, to: (i + 1) * step - 1 };
    }),
  }));
}

/** The i-th block of `size` addresses from `first` on. */
function range(first: number, size: number, i: number): AddressMatch {
  const text = (at: number) => [24, 16, 8, 0].map((shift) => (at >>> shift) & 255).join('.');
  return { kind: 'prefix', text: `${text(first + i * size)}-${text(first + (i + 1) * size - 1)}` };
}

const alternately = (index: number) => (index % 2 === 0 ? 'Allow' : 'Deny');

function chainOf(rules: readonly SecurityRule[], name = 'nsg'): readonly RuleList[] {
  return [{ kind: 'securityGroup', at: resourceId(`/${name}`), name, rules }];
}

const space = addressSet(['10.1.0.0/16', '168.63.129.16']);
const around: Surroundings = {
  serviceTags: noServiceTags,
  virtualNetwork: { atLeast: space, atMost: space },
};

const everything: Question = {
  direction: 'Outbound',
  protocols: [],
  source: { kind: 'prefix', text: '10.1.0.0/16' },
  sourcePorts: [],
  destination: { kind: 'prefix', text: '20.0.0.0/8' },
  destinationPorts: [],
};

describe('the budget of a question', () => {
  it('counts the same for the same question, whatever was asked before', () => {
    const rules = halves(4, 16, alternately);
    const first = decide(everything, chainOf(rules), around);
    expect(decide(everything, chainOf(rules), around).work).toBe(first.work);
    expect(decide(everything, chainOf([...rules]), { ...around }).work).toBe(first.work);
    const copy = halves(4, 16, alternately);
    expect(decide(everything, chainOf(copy), around).work).toBe(first.work);
  });

  it('is hardly touched by questions as people ask them', () => {
    const rules = halves(8, 256, alternately);
    const narrow: Question = {
      ...everything,
      source: { kind: 'prefix', text: '10.1.0.7' },
      destination: { kind: 'prefix', text: '20.0.7.1' },
      protocols: ['Tcp'],
      destinationPorts: [{ from: 443, to: 443 }],
    };
    const { work, isComplete } = decide(narrow, chainOf(rules), around);
    expect(isComplete).toBe(true);
    expect(work).toBeLessThan(500);
  });

  it('cut short at any point leaves what is exact: a part of each set, and the first rules', () => {
    const rules = halves(6, 8, alternately);
    const whole = decide(everything, chainOf(rules), around);
    expect(whole.isComplete).toBe(true);
    const seen = new Set<string>();
    fc.assert(
      fc.property(fc.integer({ min: 0, max: whole.work + 100 }), (work) => {
        const cut = decide(everything, chainOf(rules), around, { ...defaultBudget, work });
        expect(cut.allowed.isSubsetOf(whole.allowed)).toBe(true);
        expect(cut.denied.isSubsetOf(whole.denied)).toBe(true);
        const parts = cut.allowed.union(cut.denied).union(cut.undecided);
        expect(parts.equals(cut.asked.atMost)).toBe(true);
        const [before = [], after = []] = [whole, cut].map(({ hops }) => hops[0]?.shares);
        for (const [i, share] of after.entries()) {
          expect(share.rule).toBe(before[i]?.rule);
          expect(share.certain.equals(before[i]?.certain ?? share.possible)).toBe(true);
        }
        const isWhole = cut.allowed.equals(whole.allowed) && cut.denied.equals(whole.denied);
        expect(isWhole || !cut.isComplete).toBe(true);
        expect(cut.isComplete ? [whole.answer] : ['unknown', 'partial']).toContain(cut.answer);
        const missing = cut.missing.map(({ what }) => what).join();
        expect(missing.includes('too complex')).toBe(!cut.isComplete);
        seen.add(`${cut.isComplete} ${cut.answer}`);
      }),
      { numRuns: cases(150) },
    );
    expect([...seen].toSorted()).toEqual(['false partial', 'false unknown', 'true partial']);
  });

  it('that runs out in one group says nothing of the next', () => {
    const rules = halves(6, 8, alternately);
    const denyAll: SecurityRule = {
      ...rules[0],
      name: 'deny',
      priority: 4000,
      direction: 'Outbound',
      access: 'Deny',
      protocol: '*',
      sources: [{ kind: 'any' }],
      destinations: [{ kind: 'any' }],
      sourcePorts: [],
      destinationPorts: [],
    };
    const chain = [...chainOf(rules, 'first'), ...chainOf([denyAll], 'second')];
    const { work } = decide(everything, chainOf(rules, 'first'), around);
    const cut = decide(everything, chain, around, { ...defaultBudget, work: work >>> 1 });
    expect(cut.isComplete).toBe(false);
    expect(cut.allowed.isEmpty()).toBe(true);
    expect(cut.missing).toHaveLength(2);
    expect(decide(everything, chain, around).answer).toBe('denied');
  });

  it('holds on the most hostile rules, and the nodes are bounded too', () => {
    const rules = halves(24, 4096, alternately);
    const { isComplete, work, allowed, denied } = decide(everything, chainOf(rules), around);
    expect(isComplete).toBe(false);
    expect(work).toBeLessThan(2 * defaultBudget.work);
    expect(allowed.isEmpty() && denied.isEmpty()).toBe(false);
    const few = decide(everything, chainOf(rules), around, { ...defaultBudget, nodes: 500 });
    expect(few.isComplete).toBe(false);
  });
});

describe('rules that are too complex', () => {
  const hard = halves(24, 4096, () => 'Allow');

  it('are unknown to nsg explain, with the reason and what is certain', () => {
    const answer = explain({
      nsg: written(halves(24, 4096, alternately)),
      vnet: ['10.1.0.0/16'],
      query: {
        direction: 'outbound',
        protocol: 'any',
        source: '10.1.0.0/16',
        destination: '20.0.0.0/8',
        port: 'any',
      },
    });
    expect(answer.reason).toMatch(/^too complex/);
    expect(answer.decidedBy[0]).toMatchObject({ rule: 'half-0' });
    expect(answer.witness.allowed).not.toBeNull();
  });

  it('make a check unknown, never a pass', () => {
    const denied: SecurityRule = {
      name: 'deny-one',
      priority: 4000,
      direction: 'Outbound',
      access: 'Deny',
      protocol: 'Tcp',
      sources: [{ kind: 'any' }],
      sourcePorts: [],
      destinations: [{ kind: 'prefix', text: '20.0.3.4' }],
      destinationPorts: [],
    };
    const cluster = withSubnet({
      prefixes: known(['10.1.0.0/16']),
      securityGroup: known(nsg('hard', ...hard, denied)),
    });
    const verdict = defaultOutboundKept.evaluate(cluster, settings);
    expect(verdict.kind).toBe('unknown');
    expect(verdict.missing.map(({ what }) => what).join()).toContain('too complex');
  });
});

it('more rules than anybody writes are looked at, each of them', () => {
  const address = (at: number) => `20.0.${at >>> 8}.${at & 255}`;
  const to = (name: string, priority: number, first: number, last: number): SecurityRule => ({
    name,
    priority,
    direction: 'Outbound',
    access: 'Allow',
    protocol: 'Tcp',
    sources: [{ kind: 'any' }],
    sourcePorts: [],
    destinations: [{ kind: 'prefix', text: `${address(first)}-${address(last)}` }],
    destinationPorts: [{ from: 443, to: 443 }],
  });
  const rules = Array.from({ length: 1000 }, (_, at) => to(`r${at}`, 100 + at, at, at + 4));
  // Of five neighbours one is enough, and the first, which alone has the first address.
  const redundant = lintRules(rules, around);
  expect(redundant.every(({ kind }) => kind === 'redundant')).toBe(true);
  expect(redundant).toHaveLength(1000 - 201);
  const findings = lintRules([...rules, to('again', 2000, 0, 768)], around);
  expect(findings.map(({ rule, kind }) => `${rule.name} ${kind}`)).toContain('again shadowed');
});

/** The rules as Azure writes them. */
function written(rules: readonly SecurityRule[]) {
  const texts = (sides: SecurityRule['sources']) =>
    sides.map((side) => (side.kind === 'prefix' ? side.text : '*'));
  return {
    id: '/nsg',
    name: 'nsg',
    properties: {
      securityRules: rules.map(({ name, sources, destinations, destinationPorts, ...rule }) => ({
        name,
        properties: {
          ...rule,
          sourceAddressPrefixes: texts(sources),
          sourcePortRange: '*',
          destinationAddressPrefixes: texts(destinations),
          destinationPortRanges: destinationPorts.map(({ from, to }) => `${from}-${to}`),
        },
      })),
    },
  };
}
