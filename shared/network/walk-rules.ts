import { combine } from '../packets/combine.ts';
import {
  type Diagram,
  type Node,
  type Span,
  abandon,
  aside,
  ended,
  no,
  open,
  paint,
  spanNode,
  yes,
} from '../packets/diagram.ts';
import { TooComplexError, extend } from '../packets/work.ts';
import { lazily } from './lazily.ts';
import type { LiveRule } from './question-space.ts';
import type { AnyRule } from './rule-table.ts';

/** Packets that are in a set whatever is unresolved, and that may be. */
export interface Certainty {
  readonly certain: Node;
  readonly possible: Node;
}

/** What a rule decides, worked out when asked for: the diagrams before it are kept. */
export interface Share {
  readonly rule: AnyRule;
  readonly certain: () => Node;
  readonly possible: () => Node;
}

export interface Walk {
  readonly shares: readonly Share[];
  /** False where the budget ran out before the last rule: what is open then may become anything. */
  readonly finished: boolean;
}

/** A walk over the rules of a security group. */
export interface GroupWalk extends Walk {
  readonly allowed: Certainty;
}

/** A walk over security admin rules. */
export interface AdminWalk extends Walk {
  readonly alwaysAllowed: Certainty;
  /** What is not dropped: delivered or passed on for certain, or perhaps passed on. */
  readonly surviving: Certainty;
}

/**
 * Four views of the same packets, painted rule by rule under what is decided. `late`: every rule
 * matches at its least, so that it is the last a packet may stay open. `early`: at its most. The
 * pessimist lets allows match at their least and denies at their most, the optimist the reverse. As
 * long as no rule is in doubt they are one diagram, painted once.
 */
interface Views {
  readonly late: Node;
  readonly early: Node;
  readonly pessimist: Node;
  readonly optimist: Node;
}

/**
 * First match wins; what no rule matches is denied, as after Azure's own last rule. `isWhole`
 * is false where `rules` are only the first of a list.
 */
export function walkSecurityRules(
  d: Diagram,
  rules: readonly LiveRule[],
  arriving: Certainty,
  isWhole: boolean,
): GroupWalk {
  const start = undecided(d, arriving.possible);
  const early = arriving.certain === arriving.possible ? start : undecided(d, arriving.certain);
  const first: Views = { late: start, early, pessimist: start, optimist: start };
  const { views, shares, isOver } = walk(d, rules, first, ({ access }) =>
    access === 'Allow' ? yes : no,
  );
  const finished = isOver && isWhole;
  const rest = finished ? no : yes;
  return {
    shares,
    finished,
    allowed: {
      certain: ended(d, views.pessimist, [no, yes, no, no]),
      possible: ended(d, views.optimist, [no, yes, rest, no]),
    },
  };
}

/**
 * `Deny` drops, `AlwaysAllow` delivers, `Allow` and no match pass on to the security groups.
 */
export function walkAdminRules(
  d: Diagram,
  rules: readonly LiveRule[],
  isWhole: boolean,
): AdminWalk {
  const first: Views = { late: open, early: open, pessimist: open, optimist: open };
  const ends = { Allow: aside, AlwaysAllow: yes, Deny: no } as const;
  const { views, shares, isOver } = walk(d, rules, first, ({ access }) => ends[access]);
  const finished = isOver && isWhole;
  if (rules.some(({ least, most }) => least !== most)) {
    const outcomes = finished ? withinBudget(d, () => outcomesInDoubt(d, rules)) : undefined;
    return outcomes === undefined
      ? { shares, ...unwalkedAdmin }
      : { shares, finished: true, ...outcomes };
  }
  const unmatched = finished ? yes : no;
  const alwaysAllowed = ended(d, views.late, [no, yes, no, no]);
  return {
    shares,
    finished,
    alwaysAllowed: {
      certain: alwaysAllowed,
      possible: finished ? alwaysAllowed : ended(d, views.late, [no, yes, yes, no]),
    },
    surviving: {
      certain: ended(d, views.late, [no, yes, unmatched, yes]),
      possible: ended(d, views.late, [no, no, yes, yes]),
    },
  };
}

/** What a list of admin rules may do of which nothing is known. */
export const unwalkedAdmin: Omit<AdminWalk, 'shares'> = {
  finished: false,
  alwaysAllowed: { certain: no, possible: yes },
  surviving: { certain: no, possible: yes },
};

/** What a security group may do of which nothing is known. */
export const unwalkedGroup: Omit<GroupWalk, 'shares'> = {
  finished: false,
  allowed: { certain: no, possible: yes },
};

/** The result, or undefined where the budget runs out: then what is left is worked out beyond it. */
function withinBudget<T>(d: Diagram, make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof TooComplexError)) throw error;
    abandon(d);
    extend(d.work);
    return undefined;
  }
}

/** Paints rule after rule, until nothing is open or the budget runs out. */
function walk(
  d: Diagram,
  rules: readonly LiveRule[],
  first: Views,
  endOf: (rule: AnyRule) => Node,
): { readonly views: Views; readonly shares: readonly Share[]; readonly isOver: boolean } {
  const shares: Share[] = [];
  let views = first;
  const isOver = withinBudget(d, () => {
    for (const live of rules) {
      if (d.hasOpen[views.late] !== true) break;
      const next = afterRule(d, views, live, endOf(live.rule));
      // A rule that takes nothing leaves no trace: what is open in any view is open late.
      if (next === views) continue;
      shares.push(shareOf(d, live, views));
      views = next;
    }
    return true;
  });
  return { views, shares, isOver: isOver ?? false };
}

function afterRule(d: Diagram, before: Views, { rule, least, most }: LiveRule, end: Node): Views {
  const late = painted(d, before.late, least, end);
  const takes = least === most ? late : painted(d, before.late, most, end);
  if (takes === before.late) return before;
  const { early, pessimist, optimist } = before;
  const areOne = [early, pessimist, optimist].every((view) => view === before.late);
  if (areOne && least === most) return { late, early: late, pessimist: late, optimist: late };
  const [low, high] = rule.access === 'Deny' ? [most, least] : [least, most];
  return {
    late,
    early: early === before.late ? takes : painted(d, early, most, end),
    pessimist: painted(d, pessimist, low, end),
    optimist: painted(d, optimist, high, end),
  };
}

function painted(d: Diagram, node: Node, span: Span | undefined, end: Node): Node {
  return span === undefined ? node : paint(d, node, span, end);
}

function shareOf(d: Diagram, { rule, least, most }: LiveRule, before: Views): Share {
  const within = (view: Node, span: Span | undefined): Node =>
    span === undefined
      ? no
      : combine(d, 'intersect', ended(d, view, [no, no, yes, no]), spanNode(d, span));
  const possible = lazily(() => within(before.late, most));
  const isCertain = least === most && before.early === before.late;
  return {
    rule,
    possible,
    certain: isCertain ? possible : lazily(() => within(before.early, least)),
  };
}

function undecided(d: Diagram, packets: Node): Node {
  return ended(d, packets, [aside, open, no, no]);
}

/** What becomes of packets where it is in doubt which rules they match. */
function outcomesInDoubt(
  d: Diagram,
  rules: readonly LiveRule[],
): Pick<AdminWalk, 'alwaysAllowed' | 'surviving'> {
  const worst = adminOutcome(d, rules, 'worst');
  const best = adminOutcome(d, rules, 'best');
  return {
    alwaysAllowed: { certain: worst.alwaysAllowed, possible: best.alwaysAllowed },
    surviving: {
      certain: combine(d, 'union', worst.alwaysAllowed, worst.passedOn),
      possible: best.passedOn,
    },
  };
}

/**
 * The worst (or best) that can become of each packet, in the order denied < passed on < always
 * allowed. An `Allow` that only perhaps matches may shield a packet from a later rule in either
 * direction; such packets are `shaky`: whatever a later rule would do, they may also just pass on.
 */
function adminOutcome(
  d: Diagram,
  rules: readonly LiveRule[],
  view: 'worst' | 'best',
): { readonly alwaysAllowed: Node; readonly passedOn: Node } {
  const join = (a: Node, b: Node): Node => combine(d, 'union', a, b);
  const meet = (a: Node, b: Node): Node => combine(d, 'intersect', a, b);
  const leave = (a: Node, b: Node): Node => combine(d, 'subtract', a, b);
  let clean = yes;
  let shaky = no;
  let alwaysAllowed = no;
  let passedOn = no;
  for (const { rule, least, most } of rules) {
    const atMost = spanNode(d, most);
    const atLeast = least === undefined ? no : spanNode(d, least);
    if (rule.access === 'Allow') {
      passedOn = join(passedOn, meet(join(clean, shaky), atLeast));
      shaky = leave(join(shaky, meet(clean, atMost)), atLeast);
      clean = leave(clean, atMost);
      continue;
    }
    const favours = (rule.access === 'AlwaysAllow') === (view === 'best');
    const hit = favours ? atMost : atLeast;
    if (rule.access === 'AlwaysAllow') {
      const delivered = view === 'best' ? join(clean, shaky) : clean;
      alwaysAllowed = join(alwaysAllowed, meet(delivered, hit));
      passedOn = join(passedOn, meet(leave(shaky, delivered), hit));
    } else if (view === 'best') {
      passedOn = join(passedOn, meet(shaky, hit));
    }
    clean = leave(clean, hit);
    shaky = leave(shaky, hit);
  }
  return { alwaysAllowed, passedOn: join(passedOn, join(clean, shaky)) };
}
