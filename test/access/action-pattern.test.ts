import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  matchesAction,
  patternAutomaton,
  patternsOverlap,
  plainlyIncludes,
} from '../../shared/access/action-pattern.ts';
import { findAction, uncoveredAction } from '../../shared/access/action-search.ts';
import type { Permission } from '../../shared/access/access-facts.ts';
import { permits } from '../../shared/access/permitted.ts';

const deep = import.meta.env.MODE === 'deep' ? 10 : 1;

describe('a pattern matches', () => {
  it.each([
    ['Microsoft.Network/*', 'microsoft.network/virtualNetworks/subnets/join/action', true],
    ['*/read', 'Microsoft.Network/virtualNetworks/Read', true],
    ['*/read', '/read', true],
    ['Microsoft.Authorization/*/Write', 'Microsoft.Authorization/roleAssignments/write', true],
    ['Microsoft.Authorization/*/Write', 'Microsoft.Authorization/write', false],
    ['Microsoft.Network/*', 'Microsoft.Network', false],
    ['Microsoft.Network/*', 'Microsoft.NetworkFunction/x/read', false],
    ['*', '', true],
    ['', '', true],
    ['', 'a', false],
    ['a', '', false],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'a-c-b', false],
    ['*ab', 'aab', true],
    ['Microsoft.Network/virtualNetworks', 'Microsoft-Network/virtualNetworks', false],
  ])('%s on %s: %s', (pattern, action, expected) => {
    expect(matchesAction(pattern, action)).toBe(expected);
  });
});

/** Every text over the letters, up to the length. */
function texts(letters: readonly string[], length: number): string[] {
  const all = [''];
  let longest = [''];
  for (let n = 1; n <= length; n += 1) {
    longest = longest.flatMap((text) => letters.map((letter) => text + letter));
    all.push(...longest);
  }
  return all;
}

/** The definition of matching, written as one. */
function naivelyMatches(pattern: string, text: string): boolean {
  const escaped = pattern.replaceAll(
    /[^*]/g,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
  return new RegExp(`^${escaped.replaceAll('*', '.*')}$`, 'isu').test(text);
}

const universe = texts(['a', 'b'], 6);
const pattern = fc.stringMatching(/^[aAb*]{0,4}$/);
const block: fc.Arbitrary<Permission> = fc.record({
  actions: fc.array(pattern, { maxLength: 3 }),
  notActions: fc.array(pattern, { maxLength: 2 }),
});
const blocks = fc.array(block, { maxLength: 3 });

function naivelyPermits(permissions: readonly Permission[], text: string): boolean {
  return permissions.some(
    ({ actions, notActions }) =>
      actions.some((one) => naivelyMatches(one, text)) &&
      notActions.every((one) => !naivelyMatches(one, text)),
  );
}

describe('laws of patterns', () => {
  it('matching is what the definition says', () => {
    fc.assert(
      fc.property(pattern, fc.constantFrom(...universe), (one, text) => {
        expect(matchesAction(one, text)).toBe(naivelyMatches(one, text));
      }),
      { numRuns: 2000 * deep },
    );
  });

  it('patterns overlap where some text matches both', () => {
    fc.assert(
      fc.property(pattern, pattern, (left, right) => {
        // Two patterns with at most four letters between them share a text of at most eight.
        const shared = texts(['a', 'b'], 8).some(
          (text) => naivelyMatches(left, text) && naivelyMatches(right, text),
        );
        expect(patternsOverlap(left, right)).toBe(shared);
      }),
      { numRuns: 60 * deep },
    );
  });

  it('what is plainly included is included', () => {
    fc.assert(
      fc.property(pattern, pattern, (wide, narrow) => {
        fc.pre(plainlyIncludes(wide, narrow));
        const inside = universe.filter((text) => naivelyMatches(narrow, text));
        expect(inside.filter((text) => !naivelyMatches(wide, text))).toEqual([]);
      }),
      { numRuns: 200 * deep },
    );
  });
});

describe('one pattern plainly includes another', () => {
  it.each([
    ['Microsoft.Network/*', 'microsoft.network/VirtualNetworks/*', true],
    ['microsoft.network/*', 'Microsoft.Network/virtualNetworks/read', true],
    ['*', '', true],
    ['Microsoft.Network/virtualNetworks/*', 'Microsoft.Network/*', false],
  ])('%s, in whatever casing, %s: %s', (wide, narrow, expected) => {
    expect(plainlyIncludes(wide, narrow)).toBe(expected);
  });
});

describe('the automaton of a pattern', () => {
  const short = texts(['a', 'b'], 3);
  const made = (one: string, more: readonly string[] = []) => {
    let states = 0;
    const nextId = () => (states += 1);
    return [one, ...more].map((each) => patternAutomaton(each, nextId));
  };
  const after = (automaton: ReturnType<typeof patternAutomaton>, text: string) =>
    Array.from(text).reduce((state, letter) => automaton.step(state, letter), automaton.start);
  /** Endings are longer than any pattern here: what holds of these holds of all there are. */
  const endings = (one: string, text: string) =>
    universe.map((ending) => naivelyMatches(one, text + ending));

  it('knows of every text whether it matches, and whether what follows can change that', () => {
    fc.assert(
      fc.property(pattern, fc.constantFrom(...short), (one, text) => {
        const [automaton] = made(one);
        if (automaton === undefined) return;
        const { accepts, acceptsAll, dead } = after(automaton, text);
        const outcomes = endings(one, text);
        expect([accepts, acceptsAll, dead]).toEqual([
          naivelyMatches(one, text),
          outcomes.every(Boolean),
          !outcomes.some(Boolean),
        ]);
      }),
      { numRuns: 50 * deep },
    );
  });

  it('stands at one state after texts that the same endings complete', () => {
    fc.assert(
      fc.property(pattern, fc.constantFrom(...short), fc.constantFrom(...short), (one, x, y) => {
        const [automaton] = made(one);
        if (automaton === undefined) return;
        const alike = endings(one, x).join() === endings(one, y).join();
        expect(after(automaton, x) === after(automaton, y)).toBe(alike);
      }),
      { numRuns: 50 * deep },
    );
  });

  it.each([
    ['ab*cd*ef', '', ['a']],
    ['ab*cd*ef', 'ab', ['c']],
    ['ab*cd*ef', 'abc', ['c', 'd']],
    ['ab*cd*ef', 'abcd', ['e']],
    ['ab*cd*ef', 'abcdcde', ['e', 'f']],
    ['ab**', 'ab', []],
  ])('%s after "%s" heeds %j alone', (one, text, telling) => {
    const [automaton] = made(one);
    expect(automaton && after(automaton, text).telling.toSorted()).toEqual(telling);
  });

  it('takes no state of another one', () => {
    const [automaton, stranger] = made('a*', ['b*']);
    expect(() => stranger && automaton?.step(stranger.start, 'a')).toThrow(RangeError);
  });
});

describe('laws of the search', () => {
  it('agrees with trying every short text, and finds a shortest one', () => {
    fc.assert(
      fc.property(blocks, blocks, blocks, (region, granted, denied) => {
        const uncovered = (text: string) =>
          naivelyPermits(region, text) &&
          !naivelyPermits(granted, text) &&
          !naivelyPermits(denied, text);
        const found = findAction([region], [granted, denied]);
        const tried = [...universe, ...universe.map((text) => `${text}c`)]
          .filter(uncovered)
          .sort((x, y) => x.length - y.length)[0];
        expect(found.kind).not.toBe('tooComplex');
        const action = found.kind === 'found' ? found.action : undefined;
        const speltOut = region.some(({ actions }) => actions.some((one) => one === action));
        expect(action === undefined ? tried === undefined : uncovered(action)).toBe(true);
        expect(speltOut || tried === undefined || (action ?? '').length <= tried.length).toBe(true);
      }),
      { numRuns: 400 * deep },
    );
  });

  it('uncoveredAction is covered exactly where every text is granted and not denied', () => {
    const wantedPatterns = fc.array(pattern, { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(wantedPatterns, blocks, blocks, (wanted, granted, denied) => {
        const uncovered = (text: string) =>
          wanted.some((one) => naivelyMatches(one, text)) &&
          (!naivelyPermits(granted, text) || naivelyPermits(denied, text));
        const answer = uncoveredAction(wanted, granted, denied);
        const right =
          answer.kind === 'found'
            ? uncovered(answer.action)
            : answer.kind === 'none' && !universe.some(uncovered);
        expect(right).toBe(true);
      }),
      { numRuns: 400 * deep },
    );
  });

  it('the order of permission blocks and of patterns changes no verdict', () => {
    fc.assert(
      fc.property(fc.array(pattern, { maxLength: 3 }), blocks, (wanted, granted) => {
        const turned = granted
          .map(({ actions, notActions }) => ({
            actions: actions.toReversed(),
            notActions: notActions.toReversed(),
          }))
          .toReversed();
        expect(uncoveredAction(wanted, turned).kind).toBe(uncoveredAction(wanted, granted).kind);
      }),
      { numRuns: 300 * deep },
    );
  });

  it('granting more never uncovers, denying more never covers', () => {
    fc.assert(
      fc.property(
        fc.array(pattern, { maxLength: 3 }),
        blocks,
        blocks,
        block,
        (wanted, granted, denied, more) => {
          const before = uncoveredAction(wanted, granted, denied).kind;
          const after =
            before === 'none'
              ? uncoveredAction(wanted, [...granted, more], denied).kind
              : uncoveredAction(wanted, granted, [...denied, more]).kind;
          expect(after).toBe(before);
        },
      ),
      { numRuns: 300 * deep },
    );
  });
});

function permission(actions: readonly string[], notActions: readonly string[] = []): Permission {
  return { actions, notActions };
}

describe('uncoveredAction', () => {
  it('two halves cover what neither covers', () => {
    const wanted = ['M/*'];
    const most = permission(['M/*'], ['M/x/*']);
    const rest = permission(['m/X/*']);
    expect(uncoveredAction(wanted, [most, rest])).toEqual({ kind: 'none' });
    expect(uncoveredAction(wanted, [most])).toEqual({ kind: 'found', action: 'm/x/' });
    expect(uncoveredAction(wanted, [rest])).toEqual({ kind: 'found', action: 'm/' });
  });

  it('notActions of one block take nothing from another', () => {
    expect(uncoveredAction(['*'], [permission(['*'], ['*']), permission(['*'])])).toEqual({
      kind: 'none',
    });
  });

  it('a denied action is uncovered, unless the denial excepts it', () => {
    const granted = [permission(['*'])];
    expect(uncoveredAction(['M/*/read'], granted, [permission(['*/read'])]).kind).toBe('found');
    expect(uncoveredAction(['M/*/read'], granted, [permission(['*'], ['*/Read'])]).kind).toBe(
      'none',
    );
  });

  it('names a real action where one of the hints fits, as it is written', () => {
    const hints = ['Other/x/read', 'M/Networks/read', 'M/Networks/write'];
    expect(uncoveredAction(['M/*'], [permission(['*/read'])], [], { hints })).toEqual({
      kind: 'found',
      action: 'M/Networks/write',
    });
  });

  it('names a wanted action as it is written', () => {
    expect(uncoveredAction(['M/Networks/Read'], [])).toEqual({
      kind: 'found',
      action: 'M/Networks/Read',
    });
  });

  it('among limits what counts, for hints too', () => {
    const granted = [permission(['M/*/read', 'M/*/write'])];
    const among = [permission(['*/*/read', '*/*/write'])];
    expect(uncoveredAction(['M/*'], granted, [], { among, hints: ['M/x/delete'] }).kind).toBe(
      'none',
    );
    expect(uncoveredAction(['M/*'], granted).kind).toBe('found');
    expect(uncoveredAction(['M/*'], [permission(['M/*/read'])], [], { among })).toEqual({
      kind: 'found',
      action: 'm//write',
    });
  });

  it('tells characters apart that no pattern mentions', () => {
    const letters = Array.from('abcdefghijklmnopqrstuvwxyz', (letter) => `${letter}*`);
    expect(uncoveredAction(['*'], [permission(['', ...letters])]).kind).toBe('found');
  });

  it.each([
    ['a denied one', ['abcd'], ['abx']],
    ['a missing one', ['abx'], ['abcd']],
  ])('names the shorter of what is missing and what is denied: %s', (_, missing, cut) => {
    const granted = [{ actions: ['ab*'], notActions: missing }];
    const denied = [{ actions: cut, notActions: [] }];
    expect(uncoveredAction(['ab*'], granted, denied)).toEqual({ kind: 'found', action: 'abx' });
  });

  it('gives up rather than guess', () => {
    const granted = [permission(['M/*/read', 'M/*/write', 'M/*/a*b*c*d'])];
    expect(
      uncoveredAction(['M/*/x/*'], granted, [permission(['M/*/*q*/*z'])], { budget: 10 }),
    ).toEqual({
      kind: 'tooComplex',
    });
  });

  it('a proof that nothing is denied does not stand for one that all is granted', () => {
    const granted = [permission(['M/*'], ['M/*q*']), permission(['M/*q*'])];
    expect(uncoveredAction(['M/*'], granted).kind).toBe('none');
    expect(uncoveredAction(['M/*'], granted, [], { budget: 8 }).kind).toBe('tooComplex');
    expect(uncoveredAction(['M/*'], granted, [permission(['*'])], { budget: 8 }).kind).toBe(
      'found',
    );
  });

  it('a witness beats giving up', () => {
    const tangle = [permission(['*x*y*z'], ['*z*y*'])];
    expect(uncoveredAction(['*'], [permission(['*'])], tangle, { budget: 1000 }).kind).toBe(
      'found',
    );
    expect(uncoveredAction(['a*'], [], tangle, { budget: 3 }).kind).toBe('found');
  });

  it('compares a role of hundreds of patterns within its budget', () => {
    const many = Array.from(
      { length: 300 },
      (_, n) => `Microsoft.Network/type${n * 7919}/sub${n}/read`,
    );
    const suffixes = [
      '*/read',
      '*/write',
      'Microsoft.Network/*/action',
      'Microsoft.Network/*/delete',
    ];
    const among = [permission(['*/*/read', '*/*/write', '*/*/delete', '*/*/action'])];
    expect(uncoveredAction(['Microsoft.Network/*'], [permission(many)], [], { among }).kind).toBe(
      'found',
    );
    expect(
      uncoveredAction(['Microsoft.Network/*'], [permission([...many, ...suffixes])], [], { among }),
    ).toEqual({
      kind: 'none',
    });
    const holes = permission(['*'], many);
    expect(uncoveredAction(['Microsoft.Network/*'], [holes], [], { among }).kind).toBe('found');
    expect(
      uncoveredAction(['Microsoft.Network/*'], [holes, permission(many)], [], { among }).kind,
    ).toBe('none');
  });
});

describe('permits', () => {
  it('a block without actions permits nothing', () => {
    expect(permits([permission([])], 'a/b/read')).toBe(false);
  });
});
