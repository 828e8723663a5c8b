import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  intersectLists,
  intersectPatterns,
  intersectPermissions,
} from '../../shared/access/pattern-intersection.ts';
import { permission } from './build.ts';

const deep = import.meta.env.MODE === 'deep' ? 10 : 1;

describe('patterns that match what both match', () => {
  it.each([
    ['Microsoft.Network/*', '*', ['microsoft.network/*']],
    ['*/read', 'Microsoft.Network/*', ['microsoft.network/read', 'microsoft.network/*/read']],
    ['a/b/read', 'A/*/READ', ['a/b/read']],
    ['a/*', 'b/*', []],
    ['*a*', '*b*', ['*a*b*', '*b*a*']],
    ['**a**', '**b**', ['*a*b*', '*b*a*']],
    ['abcd*', '*x*', ['abcd*x*']],
    ['', '*', ['']],
  ])('%s and %s: %j', (left, right, both) => {
    expect(intersectPatterns(left, right)).toEqual(both);
    expect(intersectPatterns(right, left)?.toSorted()).toEqual(both.toSorted());
  });

  it.each([
    ['*a*', 'a*a'],
    ['*a*b*c*', '*A*b*c*a*b*c*'],
    ['*a*b*c*d*e*f*', '*a*b*c*d*e*f*/read'],
  ])('%s includes %s: that alone', (wide, narrow) => {
    const alone = [narrow.toLowerCase()];
    expect([intersectPatterns(wide, narrow), intersectPatterns(narrow, wide)]).toEqual([
      alone,
      alone,
    ]);
  });

  it('are 64 at the most', () => {
    expect(intersectPatterns('*c*a*c*c*', '*d*c*b*b*')).toHaveLength(64);
    expect(intersectPatterns('*a*b*c*d*', '*e*f*g*h*')).toBeUndefined();
    const many = (count: number) => Array.from({ length: count }, (_, at) => `n/${at}/read`);
    expect(intersectLists(many(64), ['*'])).toEqual(many(64));
    expect(intersectLists(many(65), ['*'])).toBeUndefined();
  });

  it('gives up where they meet in too many ways', () => {
    expect(intersectPatterns('*a*b*c*d*e*f*', '*g*h*i*j*k*l*')).toBeUndefined();
    const tangles = [permission(['*a*b*c*d*e*f*'])];
    expect(intersectPermissions(tangles, [permission(['*g*h*i*j*k*l*'])])).toBeUndefined();
  });
});

function texts(letters: readonly string[], length: number): string[] {
  const all = [''];
  for (let from = 0, n = 1; n <= length; n += 1) {
    const longest = all.slice(from);
    from = all.length;
    all.push(...longest.flatMap((text) => letters.map((letter) => text + letter)));
  }
  return all;
}

const universe = texts(['a', 'b', 'c'], 6);

/** The definition, by a regular expression. */
function matches(pattern: string, text: string): boolean {
  return new RegExp(`^${pattern.replaceAll('*', '.*')}$`, 'i').test(text);
}

describe('laws of intersection', () => {
  const pattern = fc.stringMatching(/^[abB*]{0,5}$/);
  const block = fc.record({
    actions: fc.array(pattern, { maxLength: 2 }),
    notActions: fc.array(pattern, { maxLength: 1 }),
  });

  it('matches a text exactly where both patterns do', () => {
    fc.assert(
      fc.property(pattern, pattern, (left, right) => {
        const both = intersectPatterns(left, right);
        const wrong = universe.filter(
          (text) =>
            (both ?? []).some((one) => matches(one, text)) !==
            (matches(left, text) && matches(right, text)),
        );
        expect([both === undefined, wrong]).toEqual([false, []]);
      }),
      { numRuns: 100 * deep },
    );
  });

  it('grants a text exactly where both permissions do', () => {
    const grants = (
      blocks: readonly { actions: readonly string[]; notActions: readonly string[] }[],
    ) =>
      universe.filter((text) =>
        blocks.some(
          ({ actions, notActions }) =>
            actions.some((one) => matches(one, text)) &&
            !notActions.some((one) => matches(one, text)),
        ),
      );
    fc.assert(
      fc.property(fc.array(block, { maxLength: 2 }), fc.array(block, { maxLength: 2 }), (a, b) => {
        const inB = new Set(grants(b));
        expect(grants(intersectPermissions(a, b) ?? [])).toEqual(
          grants(a).filter((text) => inB.has(text)),
        );
      }),
      { numRuns: 60 * deep },
    );
  });
});
