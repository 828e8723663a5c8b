import type { Permission } from './access-facts.ts';
import { type Condition, parseCondition } from './condition.ts';
import { intersectLists } from './pattern-intersection.ts';

/** What a condition lets through, as far as the action decides it. */
export interface ConditionReach {
  /** The actions that it cannot exclude. */
  readonly certain: readonly Permission[];
  /** The actions that it excludes under some circumstances only, and those of `certain`. */
  readonly perhaps: readonly Permission[];
  /** What decides the rest; undefined where the condition decides every action. */
  readonly doubt?: 'notUnderstood' | 'circumstances';
}

type Truth = 'true' | 'false' | 'either';

/** More regions than this are not worth keeping apart. */
const mostRegions = 128;

const everything: readonly Permission[] = [{ actions: ['*'], notActions: [] }];
const notUnderstood: ConditionReach = { certain: [], perhaps: everything, doubt: 'notUnderstood' };

/**
 * What the condition's text lets through. Everything but the action (attributes of the request, the
 * resource, the principal, the environment) may be true or false, so `certain` holds whatever it is:
 * `(!(ActionMatches{'x'})) OR (<expression>)` cannot exclude an action that is not x.
 * Source: learn.microsoft.com/azure/role-based-access-control/conditions-format#how-a-condition-is-evaluated
 */
export function conditionReach(text: string): ConditionReach {
  const condition = parseCondition(text);
  if (condition === undefined) return notUnderstood;
  const regions = regionsOf(condition);
  if (regions === undefined) return notUnderstood;
  const certain = regions.filter(({ truth }) => truth === 'true').map(({ actions }) => actions);
  const open = regions.filter(({ truth }) => truth === 'either').map(({ actions }) => actions);
  const excludes = regions.some(({ truth }) => truth === 'false');
  return {
    certain: open.length === 0 && !excludes ? everything : certain,
    perhaps: excludes ? [...certain, ...open] : everything,
    ...(open.length === 0 ? {} : { doubt: 'circumstances' }),
  };
}

/** What the condition says where the truth of its patterns is known; anything else may be true or false. */
function truthOf(condition: Condition, matches: (pattern: string) => Truth): Truth {
  switch (condition.kind) {
    case 'action':
      return matches(condition.pattern);
    case 'attribute':
      return 'either';
    case 'not': {
      const truth = truthOf(condition.of, matches);
      return truth === 'either' ? truth : truth === 'true' ? 'false' : 'true';
    }
    case 'and':
    case 'or': {
      const decisive = condition.kind === 'and' ? 'false' : 'true';
      const truths = condition.of.map((one) => truthOf(one, matches));
      if (truths.includes(decisive)) return decisive;
      return truths.includes('either') ? 'either' : decisive === 'true' ? 'false' : 'true';
    }
    default:
      return condition satisfies never;
  }
}

/** Actions for which the condition says the same. */
interface Region {
  readonly truth: Truth;
  readonly actions: Permission;
}

/** All actions, divided by the patterns they match; undefined where there are too many parts. */
function regionsOf(condition: Condition): readonly Region[] | undefined {
  const patterns = [...new Set(patternsOf(condition).map((pattern) => pattern.toLowerCase()))];
  const regions: Region[] = [];
  function divide(at: number, actions: Permission, matched: ReadonlySet<string>): boolean {
    const undecided = new Set(patterns.slice(at));
    const truth = truthOf(condition, (pattern) => {
      const lower = pattern.toLowerCase();
      if (undecided.has(lower)) return 'either';
      return matched.has(lower) ? 'true' : 'false';
    });
    const pattern = patterns[at];
    if (truth !== 'either' || pattern === undefined) {
      regions.push({ truth, actions });
      return regions.length <= mostRegions;
    }
    const inside = intersectLists(actions.actions, [pattern]);
    if (inside === undefined) return false;
    const without = { ...actions, notActions: [...actions.notActions, pattern] };
    const within = { ...actions, actions: inside };
    return (
      divide(at + 1, without, matched) &&
      (inside.length === 0 || divide(at + 1, within, new Set([...matched, pattern])))
    );
  }
  return divide(0, { actions: ['*'], notActions: [] }, new Set()) ? regions : undefined;
}

function patternsOf(condition: Condition): readonly string[] {
  switch (condition.kind) {
    case 'action':
      return [condition.pattern];
    case 'attribute':
      return [];
    case 'not':
      return patternsOf(condition.of);
    case 'and':
    case 'or':
      return condition.of.flatMap(patternsOf);
    default:
      return condition satisfies never;
  }
}
