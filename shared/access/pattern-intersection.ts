import type { Permission } from './access-facts.ts';
import { patternsOverlap, plainlyIncludes } from './action-pattern.ts';

/** More patterns than this are not worth listing. */
const mostPatterns = 64;

/**
 * Patterns that together match exactly what both patterns match, lower-cased; undefined where there
 * are too many. Two patterns meet in finitely many ways: each `*` of one stands for a piece of the other.
 */
export function intersectPatterns(left: string, right: string): readonly string[] | undefined {
  const a = left.toLowerCase();
  const b = right.toLowerCase();
  if (plainlyIncludes(a, b)) return [b];
  if (plainlyIncludes(b, a)) return [a];
  if (!patternsOverlap(a, b)) return [];
  return meetingsOf(a, b);
}

function meetingsOf(a: string, b: string): readonly string[] | undefined {
  const made = new Map<number, ReadonlySet<string> | undefined>();

  /** The meetings of what is left of both, or undefined where there are too many. */
  function rest(i: number, j: number): ReadonlySet<string> | undefined {
    const key = i * (b.length + 1) + j;
    if (made.has(key)) return made.get(key);
    const all = new Set<string>();
    if (i === a.length && j === b.length) all.add('');
    for (const [piece, nextI, nextJ] of steps(a, b, i, j)) {
      const after = rest(nextI, nextJ);
      if (after === undefined) return remember(key, undefined);
      for (const text of after)
        all.add(text.startsWith('*') && piece === '*' ? text : piece + text);
    }
    return remember(key, all.size > mostPatterns ? undefined : all);
  }
  function remember(
    key: number,
    value: ReadonlySet<string> | undefined,
  ): ReadonlySet<string> | undefined {
    made.set(key, value);
    return value;
  }

  const all = rest(0, 0);
  return all === undefined ? undefined : [...all];
}

/** Ways to begin what both match from here: the piece, and where each pattern then stands. */
function* steps(
  a: string,
  b: string,
  i: number,
  j: number,
): Generator<readonly [piece: string, i: number, j: number]> {
  const left = a[i];
  const right = b[j];
  if (left === '*' && right === '*') {
    // One star ends first; from there on the other is a star still.
    yield ['*', i + 1, j];
    yield ['*', i, j + 1];
  } else if (left === '*') {
    yield ['', i + 1, j];
    if (right !== undefined) yield [right, i, j + 1];
  } else if (right === '*') {
    yield ['', i, j + 1];
    if (left !== undefined) yield [left, i + 1, j];
  } else if (left !== undefined && left === right) {
    yield [left, i + 1, j + 1];
  }
}

/**
 * Permissions that grant exactly what both grant; undefined where that takes too many patterns.
 * Conditions of the blocks are none of its business: it takes blocks without.
 */
export function intersectPermissions(
  left: readonly Permission[],
  right: readonly Permission[],
): readonly Permission[] | undefined {
  const both: Permission[] = [];
  for (const one of left) {
    for (const other of right) {
      const actions = intersectLists(one.actions, other.actions);
      if (actions === undefined) return undefined;
      if (actions.length === 0) continue;
      both.push({ actions, notActions: [...one.notActions, ...other.notActions] });
    }
  }
  return both;
}

/** Patterns for what some pattern of one list and some pattern of the other match. */
export function intersectLists(
  left: readonly string[],
  right: readonly string[],
): readonly string[] | undefined {
  const all = new Set<string>();
  for (const one of left) {
    for (const other of right) {
      const both = intersectPatterns(one, other);
      if (both === undefined) return undefined;
      for (const pattern of both) all.add(pattern);
      if (all.size > mostPatterns) return undefined;
    }
  }
  return [...all];
}
