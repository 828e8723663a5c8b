/**
 * Whether an Azure action pattern matches an action: compared without regard to case, `*` matching
 * any string, empty and slashes included.
 * Source: learn.microsoft.com/azure/role-based-access-control/role-definitions#actions-format
 */
export function matchesAction(pattern: string, action: string): boolean {
  return matchesLowered(pattern.toLowerCase(), action.toLowerCase());
}

/**
 * Whether every action that `narrow` matches is matched by `wide`, as far as one look tells: false
 * may also mean that nobody knows. A `*` of `narrow` must fall to a `*` of `wide`, so whatever it
 * stands for is covered too.
 */
export function plainlyIncludes(wide: string, narrow: string): boolean {
  return matchesLowered(wide.toLowerCase(), narrow.toLowerCase());
}

/** {@link matchesAction} for a pattern and an action that are lower-cased already. */
export function matchesLowered(pattern: string, text: string): boolean {
  let at = 0;
  let position = 0;
  let lastStar = -1;
  let resumeAt = 0;
  while (position < text.length) {
    if (pattern[at] === '*') {
      lastStar = at;
      resumeAt = position;
      at += 1;
    } else if (pattern[at] === text[position]) {
      at += 1;
      position += 1;
    } else if (lastStar >= 0) {
      // Leftmost matches of the pieces between stars suffice, so only the last star is retried.
      resumeAt += 1;
      position = resumeAt;
      at = lastStar + 1;
    } else {
      return false;
    }
  }
  while (pattern[at] === '*') at += 1;
  return at === pattern.length;
}

/** Whether some action is matched by both patterns. */
export function patternsOverlap(left: string, right: string): boolean {
  const a = left.toLowerCase();
  const b = right.toLowerCase();
  // Most patterns part before their first star.
  for (let at = 0; a[at] !== '*' && b[at] !== '*'; at += 1) {
    if (a[at] !== b[at]) return false;
    if (a[at] === undefined) return true;
  }
  // reachable[j]: a[0..i] and b[0..j] can have spelt the same text.
  let reachable: boolean[] = [true];
  for (let j = 1; j <= b.length; j += 1)
    reachable[j] = reachable[j - 1] === true && b[j - 1] === '*';
  for (let i = 1; i <= a.length; i += 1) {
    const row: boolean[] = [reachable[0] === true && a[i - 1] === '*'];
    for (let j = 1; j <= b.length; j += 1) {
      const above = reachable[j] === true;
      const before = row[j - 1] === true;
      const diagonal = reachable[j - 1] === true;
      row[j] =
        a[i - 1] === '*' || b[j - 1] === '*' ? above || before : diagonal && a[i - 1] === b[j - 1];
    }
    reachable = row;
  }
  return reachable[b.length] === true;
}

/** A pattern after some text: what is still possible. States of one automaton are equal by identity. */
export interface PatternState {
  /** Unique among all automata made with the same counter. */
  readonly id: number;
  /** Whether the text so far matches. */
  readonly accepts: boolean;
  /** Whether the text so far matches whatever follows it. */
  readonly acceptsAll: boolean;
  /** Whether nothing that follows can match any more. */
  readonly dead: boolean;
  /** The characters that lead elsewhere than every other character does. */
  readonly telling: readonly string[];
}

/** A pattern as a deterministic automaton, built as far as it is walked. */
export interface PatternAutomaton {
  readonly start: PatternState;
  step(state: PatternState, character: string): PatternState;
}

interface MutableState extends PatternState {
  readonly positions: readonly number[];
  readonly next: Map<string, MutableState>;
}

/** The automaton of a pattern; `nextId` gives each of its states a number. */
export function patternAutomaton(pattern: string, nextId: () => number): PatternAutomaton {
  const glob = pattern.toLowerCase().replaceAll(/\*{2,}/g, '*');
  const states = new Map<string, MutableState>();
  const byId = new Map<number, MutableState>();

  function stateAt(reached: readonly number[]): MutableState {
    const positions = closed(reached);
    const key = positions.join(',');
    const seen = states.get(key);
    if (seen !== undefined) return seen;
    const state: MutableState = {
      id: nextId(),
      positions,
      next: new Map(),
      accepts: positions.includes(glob.length),
      acceptsAll: glob.endsWith('*') && positions.includes(glob.length),
      dead: positions.length === 0,
      telling: [...new Set(positions.map((at) => glob[at]))].filter(
        (character): character is string => character !== undefined && character !== '*',
      ),
    };
    states.set(key, state);
    byId.set(state.id, state);
    return state;
  }

  /** Positions, in their order, with the empty reading of stars, without those that the furthest star outdoes. */
  function closed(reached: readonly number[]): readonly number[] {
    const all = new Set<number>();
    for (const at of reached) {
      all.add(at);
      if (glob[at] === '*') all.add(at + 1);
    }
    // Whatever still matches from before a star also matches from the star on.
    const furthestStar = Math.max(-1, ...[...all].filter((at) => glob[at] === '*'));
    return [...all].filter((at) => at >= furthestStar);
  }

  function step(state: PatternState, character: string): PatternState {
    const from = byId.get(state.id);
    if (from === undefined) throw new RangeError('The state belongs to another automaton.');
    const key = from.telling.includes(character) ? character : '';
    const known = from.next.get(key);
    if (known !== undefined) return known;
    const reached: number[] = [];
    for (const at of from.positions) {
      if (glob[at] === '*') reached.push(at);
      else if (glob[at] === key) reached.push(at + 1);
    }
    const to = stateAt(reached);
    from.next.set(key, to);
    return to;
  }

  return { start: stateAt([0]), step };
}
