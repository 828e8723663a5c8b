import type { Permission } from './access-facts.ts';
import { patternAutomaton, patternsOverlap, plainlyIncludes } from './action-pattern.ts';
import type { PatternAutomaton, PatternState } from './action-pattern.ts';
import { permits } from './permitted.ts';

/** An action that was looked for, the proof that there is none, or the admission that the search was given up. */
export type ActionSearch =
  | { readonly kind: 'found'; readonly action: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'tooComplex' };

export interface ActionSearchOptions {
  /** Real actions to name, as written here and in this order, where one of them fits. */
  readonly hints?: readonly string[];
  /** Only actions that these permissions grant count; every string where absent. */
  readonly among?: readonly Permission[];
  /** Steps of single patterns after which the search is given up. */
  readonly budget?: number;
}

/** Roles of a few hundred patterns take some ten thousand steps. */
const defaultBudget = 2_000_000;

/**
 * An action that the wanted patterns match and that is not granted, or is granted and denied: a hint
 * that fits, else a shortest one (lower-cased). `none` proves that the granted permissions, less the
 * denied ones, cover everything wanted. Wanted patterns without `*` serve as hints too.
 */
export function uncoveredAction(
  wanted: readonly string[],
  granted: readonly Permission[],
  denied: readonly Permission[] = [],
  options: ActionSearchOptions = {},
): ActionSearch {
  const region = [block(wanted)];
  if (denied.length === 0 && plainlyHeld(wanted, [granted])) return { kind: 'none' };
  for (const hint of candidates([region], options)) {
    // Most hints are granted and not denied, and then need not be looked at further.
    const isOpen = !permits(granted, hint) || permits(denied, hint);
    if (isOpen && permits(region, hint) && isAmong(hint, options)) {
      return { kind: 'found', action: hint };
    }
  }
  const missing = findAction([region], [granted], options);
  const cut = findAction([region, denied], [], options);
  if (missing.kind === 'found' && cut.kind === 'found') {
    return cut.action.length < missing.action.length ? cut : missing;
  }
  if (missing.kind === 'found') return missing;
  if (cut.kind === 'found') return cut;
  return missing.kind === 'tooComplex' ? missing : cut;
}

/**
 * An action that every one of the permission lists `inside` grants and none of those `outside` does: a
 * hint that fits, else a shortest one (lower-cased). Exact: all patterns are walked together, breadth
 * first, as sets of positions.
 */
export function findAction(
  inside: readonly (readonly Permission[])[],
  outside: readonly (readonly Permission[])[],
  options: ActionSearchOptions = {},
): ActionSearch {
  const asked = (inside[0] ?? [block(['*'])]).flatMap(({ actions }) => actions);
  if (plainlyHeld(asked, outside)) return { kind: 'none' };
  for (const hint of candidates(inside, options)) {
    if (
      inside.every((permissions) => permits(permissions, hint)) &&
      !outside.some((permissions) => permits(permissions, hint)) &&
      isAmong(hint, options)
    ) {
      return { kind: 'found', action: hint };
    }
  }
  const all = options.among === undefined ? inside : [...inside, options.among];
  const within = all.map((permissions) => narrowed(permissions, asked));
  if (within.some((permissions) => permissions.length === 0)) return { kind: 'none' };
  const beyond = outside.map((permissions) => narrowed(permissions, asked));
  const product = productOf(within, beyond);
  return walk(product, options.budget ?? defaultBudget);
}

function block(actions: readonly string[]): Permission {
  return { actions, notActions: [] };
}

function isAmong(action: string, options: ActionSearchOptions): boolean {
  return options.among === undefined || permits(options.among, action);
}

/** The hints, and the actions that the first list spells out, as it spells them. */
function candidates(
  inside: readonly (readonly Permission[])[],
  options: ActionSearchOptions,
): readonly string[] {
  const spelt = (inside[0] ?? []).flatMap(({ actions }) => actions);
  return [...(options.hints ?? []), ...spelt.filter((action) => !action.includes('*'))];
}

/** Whether some of these patterns plainly hold all that is asked: most roles do, or hold none of it. */
function plainlyHeld(asked: readonly string[], lists: readonly (readonly Permission[])[]): boolean {
  return asked.every((pattern) =>
    lists.some((permissions) =>
      permissions.some(
        ({ actions, notActions }) =>
          notActions.length === 0 && actions.some((wide) => plainlyIncludes(wide, pattern)),
      ),
    ),
  );
}

/** The permissions without the patterns that cannot matter to an action of the region. */
function narrowed(
  permissions: readonly Permission[],
  region: readonly string[],
): readonly Permission[] {
  const key = region.join('\n');
  return permissions
    .map((one) => narrowedBlock(one, region, key))
    .filter(({ actions }) => actions.length > 0);
}

const narrowings = new WeakMap<Permission, Map<string, Permission>>();

/** Made once for a block and a region: a tenant's roles are asked for the same actions again and again. */
function narrowedBlock(one: Permission, region: readonly string[], key: string): Permission {
  const before = narrowings.get(one) ?? new Map<string, Permission>();
  narrowings.set(one, before);
  const made = before.get(key);
  if (made !== undefined) return made;
  const touching = (patterns: readonly string[]) =>
    widest(patterns.filter((pattern) => region.some((other) => patternsOverlap(pattern, other))));
  const narrow = { actions: touching(one.actions), notActions: touching(one.notActions) };
  before.set(key, narrow);
  return narrow;
}

/** The patterns less those that another one plainly includes. */
function widest(patterns: readonly string[]): readonly string[] {
  const distinct = [...new Set(patterns.map((pattern) => pattern.toLowerCase()))];
  return distinct.filter(
    (pattern, index) =>
      !distinct.some(
        (other, at) =>
          at !== index &&
          plainlyIncludes(other, pattern) &&
          (at < index || !plainlyIncludes(pattern, other)),
      ),
  );
}

/** Permission lists over numbered patterns. */
interface Product {
  readonly automata: readonly PatternAutomaton[];
  readonly inside: readonly (readonly NumberedBlock[])[];
  readonly outside: readonly (readonly NumberedBlock[])[];
}

interface NumberedBlock {
  readonly actions: readonly number[];
  readonly notActions: readonly number[];
}

function productOf(
  inside: readonly (readonly Permission[])[],
  outside: readonly (readonly Permission[])[],
): Product {
  const numbers = new Map<string, number>();
  const automata: PatternAutomaton[] = [];
  let states = 0;
  function numberOf(pattern: string): number {
    const seen = numbers.get(pattern);
    if (seen !== undefined) return seen;
    const number = automata.length;
    numbers.set(pattern, number);
    automata.push(patternAutomaton(pattern, () => (states += 1)));
    return number;
  }
  function numbered(lists: readonly (readonly Permission[])[]): NumberedBlock[][] {
    return lists.map((permissions) =>
      permissions.map(({ actions, notActions }) => ({
        actions: actions.map(numberOf),
        notActions: notActions.map(numberOf),
      })),
    );
  }
  return { inside: numbered(inside), outside: numbered(outside), automata };
}

/** One text as the automata see it: where those that are not dead stand, and how the text was spelt. */
interface Node {
  readonly alive: readonly (readonly [pattern: number, state: PatternState])[];
  readonly parent: Node | undefined;
  readonly character: string;
}

function walk(product: Product, budget: number): ActionSearch {
  const start: Node = {
    alive: living(product.automata.map(({ start: state }, pattern) => [pattern, state] as const)),
    parent: undefined,
    character: '',
  };
  const seen = new Set([keyOf(start)]);
  const queue: Node[] = [start];
  let steps = 0;
  for (let head = 0; head < queue.length; head += 1) {
    const node = queue[head];
    if (node === undefined) break;
    const standing = judge(product, node);
    if (standing === 'found') return { kind: 'found', action: spelling(node) };
    if (standing === 'hopeless') continue;
    for (const character of charactersFrom(node)) {
      steps += node.alive.length;
      if (steps > budget) return { kind: 'tooComplex' };
      const alive = living(
        node.alive.map(([pattern, state]) => {
          const to = product.automata[pattern]?.step(state, character) ?? state;
          return [pattern, to] as const;
        }),
      );
      const next: Node = { alive, parent: node, character };
      const key = keyOf(next);
      if (seen.has(key)) continue;
      seen.add(key);
      queue.push(next);
    }
  }
  return { kind: 'none' };
}

function living(states: Node['alive']): Node['alive'] {
  return states.filter(([, state]) => !state.dead);
}

/** States are numbered across all automata, and the dead ones left out are the same for all. */
function keyOf(node: Node): string {
  return node.alive.map(([, state]) => state.id).join(',');
}

function judge(product: Product, node: Node): 'found' | 'open' | 'hopeless' {
  const states = new Map(node.alive);
  const now = (pattern: number) => states.get(pattern)?.accepts === true;
  const forGood = (pattern: number) => states.get(pattern)?.acceptsAll === true;
  const possible = (pattern: number) => states.has(pattern);
  const canGrant = ({ actions, notActions }: NumberedBlock) =>
    actions.some(possible) && !notActions.some(forGood);
  const grantsForGood = ({ actions, notActions }: NumberedBlock) =>
    actions.some(forGood) && !notActions.some(possible);
  const grantsNow = ({ actions, notActions }: NumberedBlock) =>
    actions.some(now) && !notActions.some(now);
  if (product.inside.some((blocks) => !blocks.some(canGrant))) return 'hopeless';
  if (product.outside.some((blocks) => blocks.some(grantsForGood))) return 'hopeless';
  return product.inside.every((blocks) => blocks.some(grantsNow)) &&
    !product.outside.some((blocks) => blocks.some(grantsNow))
    ? 'found'
    : 'open';
}

const fillers = 'abcdefghijklmnopqrstuvwxyz';

/** Each character that some pattern tells apart here, and one that stands for all the others. */
function charactersFrom(node: Node): readonly string[] {
  const telling = new Set(node.alive.flatMap(([, state]) => state.telling));
  return [...[...telling].sort(), fillerBeside(telling)];
}

function fillerBeside(telling: ReadonlySet<string>): string {
  for (const letter of fillers) if (!telling.has(letter)) return letter;
  // No letter is free: an ideograph, which has no case.
  let code = 0x4e00;
  while (telling.has(String.fromCharCode(code))) code += 1;
  return String.fromCharCode(code);
}

function spelling(node: Node): string {
  let text = '';
  for (let at: Node | undefined = node; at !== undefined; at = at.parent)
    text = at.character + text;
  return text;
}
