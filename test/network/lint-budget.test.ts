/** What a lint and a comparison may cost, and what they say where that is not enough. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { type RuleDiff, diffRules } from '../../shared/network/diff-rules.ts';
import { diffGroups } from '../../shared/network/diff.ts';
import { budgets } from '../../shared/network/lint-budget.ts';
import { lintRules } from '../../shared/network/lint-rules.ts';
import type { AddressMatch, SecurityRule } from '../../shared/network/security-rule.ts';
import { TooComplexError, defaultBudget } from '../../shared/packets/work.ts';
import { createRandom } from '../../simulator/estate/random.ts';
import { cases } from '../packets/worlds.ts';
import { editedLists, listedSurroundings, unlistedSurroundings } from './small-network.ts';

function range(first: number, last: number): AddressMatch {
  const text = (at: number) => [24, 16, 8, 0].map((shift) => (at >>> shift) & 255).join('.');
  return { kind: 'prefix', text: `${text(first)}-${text(last)}` };
}

/** Rules that each hold a random half of a grid on three sides: together they cut it into dust. */
function dust(count: number): readonly SecurityRule[] {
  const random = createRandom(3, count);
  const cells = 256;
  const half = (): number[] =>
    Array.from({ length: cells }, (_, i) => i).filter(() => random.chance(0.5));
  const block = (base: number, size: number) => (i: number) =>
    range(base + i * size, base + (i + 1) * size - 1);
  return Array.from({ length: count }, (_, index): SecurityRule => ({
    name: `dust-${index}`,
    priority: 1000 + index,
    direction: 'Outbound',
    access: index % 2 === 0 ? 'Allow' : 'Deny',
    protocol: 'Tcp',
    sources: half().map(block(0x0a01_0000, 256)),
    sourcePorts: [],
    destinations: half().map(block(0x1400_0000, 65_536)),
    destinationPorts: half().map((i) => ({ from: i * 256, to: i * 256 + 255 })),
  }));
}

const plain = (name: string, priority: number, destination: AddressMatch): SecurityRule => ({
  name,
  priority,
  direction: 'Outbound',
  access: 'Allow',
  protocol: 'Tcp',
  sources: [{ kind: 'any' }],
  sourcePorts: [],
  destinations: [destination],
  destinationPorts: [{ from: 443, to: 443 }],
});

describe('a lint of rules that nobody can tell apart', () => {
  const wide = plain('wide', 100, { kind: 'prefix', text: '51.0.0.0/8' });
  const narrow = plain('narrow', 200, { kind: 'prefix', text: '51.4.0.0/16' });
  const rules = [wide, narrow, ...dust(14)];
  const found = lintRules(rules, listedSurroundings);

  test('says of a rule that is too complex that it is, and of others what is the matter', () => {
    const unknown = found.filter(({ kind }) => kind === 'unknown');
    expect(unknown.length).toBeGreaterThan(0);
    expect(unknown.every(({ rule }) => rule.name.startsWith('dust-'))).toBe(true);
    expect(unknown[0]?.says).toContain('Too complex');
    expect(found).toContainEqual(expect.objectContaining({ rule: narrow, kind: 'shadowed' }));
  });

  test('says the same every time', () => {
    expect(lintRules([...rules], { ...listedSurroundings })).toEqual(found);
  });
});

test('rules may cost the more each, the less the rules before them have cost', () => {
  const budgeted = budgets();
  let left = 150_000_000;
  for (const cost of [0, 1_000_000, 30_000_000, 80_000_000, 20_000_000, 20_000_000, 1, 1]) {
    const limit = Math.max(100_000, Math.min(1_000_000, Math.floor(left / 100)));
    const run = () =>
      budgeted((work) => {
        expect(work.limit).toBe(limit);
        work.spent = cost;
        throw new TooComplexError('too complex');
      });
    expect(run).toThrow(TooComplexError);
    left = Math.max(0, left - cost);
  }
  expect(left).toBe(0);
  expect(budgeted((work) => work.isFixed)).toBe(true);
});

const changes = (diff: RuleDiff) => [diff.newlyAllowed, diff.newlyDenied] as const;

describe('a comparison cut short', () => {
  test('is certain of nothing that the whole one is not', () => {
    let cut = 0;
    let runs = 0;
    fc.assert(
      fc.property(editedLists, fc.boolean(), fc.nat(3000), ([before, after], withList, work) => {
        const around = withList ? listedSurroundings : unlistedSurroundings;
        const whole = diffRules(before, after, 'Outbound', around);
        const part = diffRules(before, after, 'Outbound', around, { ...defaultBudget, work });
        expect(whole.isComplete).toBe(true);
        runs += 1;
        if (!part.isComplete) cut += 1;
        for (const [index, { certain, perhaps }] of changes(part).entries()) {
          const all = changes(whole)[index] ?? whole.newlyAllowed;
          expect(certain.isSubsetOf(all.certain)).toBe(true);
          expect(perhaps.isSubsetOf(all.certain.union(all.perhaps))).toBe(true);
          expect(!part.isComplete || certain.equals(all.certain)).toBe(true);
        }
        expect(whole.isDifferent || !part.isDifferent).toBe(true);
      }),
      { numRuns: cases(150) },
    );
    expect(cut).toBeGreaterThan((20 / 150) * runs);
  });

  test('does not say that hostile lists are the same, and says why', () => {
    const written = (rules: readonly SecurityRule[]) => ({
      name: 'nsg',
      properties: {
        securityRules: rules.map(({ name, priority, direction, access, protocol, ...sides }) => ({
          name,
          properties: {
            priority,
            direction,
            access,
            protocol,
            sourceAddressPrefixes: sides.sources.map(textOf),
            sourcePortRange: '*',
            destinationAddressPrefixes: sides.destinations.map(textOf),
            destinationPortRanges: sides.destinationPorts.map(({ from, to }) => `${from}-${to}`),
          },
        })),
      },
    });
    const rules = dust(20);
    const turned = rules.map((rule) => ({
      ...rule,
      access: rule.access === 'Allow' ? ('Deny' as const) : ('Allow' as const),
    }));
    const { answer } = diffGroups({ before: written(rules), after: written(turned) });
    expect(answer.equivalent).toBe(false);
    expect(answer.verdict).not.toBe('equivalent');
    expect(answer.reason).toContain('too complex');
  });
});

function textOf(match: AddressMatch): string {
  return match.kind === 'prefix' ? match.text : '*';
}
