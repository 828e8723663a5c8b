import type { Family } from '../packets/address.ts';
import { combine } from '../packets/combine.ts';
import { type Diagram, type Node, abandon, no, yes } from '../packets/diagram.ts';
import type { Space } from '../packets/space.ts';
import { type Budget, TooComplexError, type Work, refill, workOn } from '../packets/work.ts';
import { lazily } from './lazily.ts';
import {
  type AskedPackets,
  type LiveRule,
  type QuestionSpace,
  isAsked,
  questionSpace,
  settlingRules,
  undividedSpace,
} from './question-space.ts';
import type { RuleContext } from './rule-context.ts';
import type { AnyRule, RuleTable } from './rule-table.ts';
import {
  type AdminWalk,
  type Certainty,
  type GroupWalk,
  type Share,
  unwalkedAdmin,
  unwalkedGroup,
  walkAdminRules,
  walkSecurityRules,
} from './walk-rules.ts';

/** One list of a chain: its rules as read in each world (`addressWorlds`), by network, then by view. */
export type ChainLink =
  | {
      readonly kind: 'admin' | 'securityGroup';
      readonly tables: readonly (readonly RuleTable[])[];
    }
  | { readonly kind: 'unread'; readonly of: 'admin' | 'securityGroup' };

/** What becomes of the packets of one family. */
export interface FamilyDecision {
  readonly space: Space;
  /** What is asked and certainly exists; all of the space is asked. */
  readonly existing: Node;
  readonly allowed: Node;
  readonly denied: Node;
  /** By link: what each rule decides. */
  readonly shares: readonly ReadonlyMap<AnyRule, Share>[];
  /** Links whose rules were not all looked at, for the budget ran out. */
  readonly unfinished: ReadonlySet<number>;
}

/**
 * Decides one family of a question over a chain: in every world the meaning of `VirtualNetwork`
 * leaves, what holds only if it holds in each. Undefined where the family has no packet that is asked.
 */
export function decideFamily(
  asked: AskedPackets,
  family: Family,
  context: RuleContext,
  links: readonly ChainLink[],
  budget: Budget,
): FamilyDecision | undefined {
  if (!isAsked(asked, family)) return undefined;
  const work = workOn(budget);
  const settled = settledFamily(asked, family, context, links, work);
  if (settled !== undefined) return settled;
  const { question, mostRules } = openSpace(asked, family, context, links, work);
  const walker: Walker = { question, mostRules, walks: links.map(() => []), unfinished: new Set() };
  const worlds = Math.max(
    1,
    ...links.map((link) => (link.kind === 'unread' ? 1 : link.tables.length)),
  );
  const { diagram: d } = question.space;
  let outcome: Outcome = { allowed: yes, denied: yes };
  try {
    for (let world = 0; world < worlds; world += 1) {
      const next = decideInWorld(walker, links, world);
      outcome = {
        allowed: combine(d, 'intersect', outcome.allowed, next.allowed),
        denied: combine(d, 'intersect', outcome.denied, next.denied),
      };
    }
  } catch (error) {
    if (!(error instanceof TooComplexError)) throw error;
    // What the lists decide together could not be worked out: nothing is said.
    abandon(d);
    outcome = { allowed: no, denied: no };
    for (const index of links.keys()) walker.unfinished.add(index);
  }
  refill(work);
  return {
    space: question.space,
    existing: question.existing,
    ...outcome,
    shares: walker.walks.map((walks) => sharesAcrossWalks(d, walks)),
    unfinished: walker.unfinished,
  };
}

/**
 * The decision where one rule of each list settles it (`settlingRules`), and all worlds come to the same;
 * undefined elsewhere.
 */
function settledFamily(
  asked: AskedPackets,
  family: Family,
  context: RuleContext,
  links: readonly ChainLink[],
  work: Work,
): FamilyDecision | undefined {
  const chain = links.filter((link) => link.kind !== 'unread');
  if (chain.length < links.length) return undefined;
  // It looks at no more than what has to be looked at in any case, so that it needs no limit.
  const unlimited: Work = { ...work, limit: Infinity };
  const tables = chain.flatMap((link) => link.tables.flat());
  const settling = settlingRules(asked, family, context, tables, unlimited);
  work.spent = unlimited.spent;
  if (settling === undefined) return undefined;
  const worlds = Math.max(1, ...chain.map((link) => link.tables.length));
  const walks: (readonly Share[])[][] = links.map(() => []);
  let allowed = false;
  for (let world = 0; world < worlds; world += 1) {
    const inWorld = settledInWorld(chain, world, settling, walks);
    if (inWorld === undefined || (world > 0 && inWorld !== allowed)) return undefined;
    allowed = inWorld;
  }
  refill(work);
  const space = undividedSpace(asked, family, work);
  return {
    space,
    existing: yes,
    allowed: allowed ? yes : no,
    denied: allowed ? no : yes,
    shares: walks.map((each) => sharesAcrossWalks(space.diagram, each)),
    unfinished: nothing,
  };
}

const nothing: ReadonlySet<number> = new Set();

/** Whether all that is asked is allowed in a world; undefined where its views differ. Adds to `walks`. */
function settledInWorld(
  chain: readonly ListLink[],
  world: number,
  settling: ReadonlyMap<RuleTable, AnyRule | null>,
  walks: readonly (readonly Share[])[][],
): boolean | undefined {
  /** What the list does with everything, `unmatched` where no rule matches. */
  const accessOf = (index: number, unmatched: Access): Access | undefined => {
    const rules = (chain[index]?.tables[world] ?? []).map((table) => settling.get(table) ?? null);
    walks[index]?.push(...rules.map((rule) => (rule === null ? [] : [wholeShare(rule)])));
    const [first = unmatched, ...others] = rules.map((rule) => rule?.access ?? unmatched);
    return others.every((other) => other === first) ? first : undefined;
  };
  let byAdmin: Access | undefined = 'Allow';
  for (const [index, { kind }] of chain.entries()) {
    if (kind === 'admin') byAdmin = accessOf(index, 'Allow');
  }
  if (byAdmin !== 'Allow') return byAdmin === undefined ? undefined : byAdmin === 'AlwaysAllow';
  let byGroups = true;
  for (const [index, { kind }] of chain.entries()) {
    if (kind === 'admin') continue;
    const access = accessOf(index, 'Deny');
    if (access === undefined) return undefined;
    byGroups &&= access === 'Allow';
  }
  return byGroups;
}

type Access = AnyRule['access'];
type ListLink = Exclude<ChainLink, { readonly kind: 'unread' }>;

function wholeShare(rule: AnyRule): Share {
  return { rule, certain: everything, possible: everything };
}

const everything = (): Node => yes;

/**
 * The space of a question. Where even cutting it into classes costs too much, only the first rules
 * of each list are looked at, ever fewer, until it does not.
 */
function openSpace(
  asked: AskedPackets,
  family: Family,
  context: RuleContext,
  links: readonly ChainLink[],
  work: Work,
): { readonly question: QuestionSpace; readonly mostRules: number } {
  const tables = links.flatMap((link) => (link.kind === 'unread' ? [] : link.tables.flat()));
  let mostRules = Infinity;
  let spentBefore = 0;
  for (;;) {
    try {
      const question = questionSpace(asked, family, context, tables, work, mostRules);
      return { question, mostRules };
    } catch (error) {
      if (!(error instanceof TooComplexError) || mostRules === 0) throw error;
      const longest = Math.max(0, ...tables.map(({ rules }) => rules.length));
      mostRules = mostRules === Infinity ? longest >>> 2 : mostRules >>> 2;
      // Each try may cost a fourth of what was too little, so that all of them stay bounded.
      work.limit = mostRules === 0 ? Infinity : work.spent + (work.limit - spentBefore) / 4;
      spentBefore = work.spent;
    }
  }
}

interface Walker {
  readonly question: QuestionSpace;
  readonly mostRules: number;
  /** By link, the shares of every walk over it. */
  readonly walks: (readonly Share[])[][];
  readonly unfinished: Set<number>;
}

interface Outcome {
  readonly allowed: Node;
  readonly denied: Node;
}

const all: Certainty = { certain: yes, possible: yes };
const none: Certainty = { certain: no, possible: no };

/** In one meaning of `VirtualNetwork`: admin rules first, then every group must allow. */
function decideInWorld(walker: Walker, links: readonly ChainLink[], world: number): Outcome {
  const { diagram: d } = walker.question.space;
  let reaching = all;
  let alwaysAllowed = none;
  for (const [index, link] of links.entries()) {
    if (link.kind === 'admin') {
      const walks = viewsOf(walker, index, link.tables[world] ?? [], adminWalk);
      alwaysAllowed = acrossViews(d, walks, (walk) => walk.alwaysAllowed);
      const surviving = acrossViews(d, walks, (walk) => walk.surviving);
      reaching = {
        certain: combine(d, 'subtract', surviving.certain, alwaysAllowed.certain),
        possible: surviving.possible,
      };
    } else if (link.kind === 'unread' && link.of === 'admin') {
      alwaysAllowed = { certain: no, possible: yes };
      reaching = { certain: no, possible: yes };
    }
  }
  const arriving: Certainty = {
    certain: combine(d, 'subtract', reaching.certain, alwaysAllowed.possible),
    possible: combine(d, 'union', reaching.certain, reaching.possible),
  };
  let allowedByGroups = reaching;
  for (const [index, link] of links.entries()) {
    if (link.kind === 'securityGroup') {
      const walks = viewsOf(walker, index, link.tables[world] ?? [], groupWalk(arriving));
      const allowed = acrossViews(d, walks, (walk) => walk.allowed);
      allowedByGroups = {
        certain: combine(d, 'intersect', allowedByGroups.certain, allowed.certain),
        possible: combine(d, 'intersect', allowedByGroups.possible, allowed.possible),
      };
    } else if (link.kind === 'unread') {
      // Of admin rules too: where those were not read, nothing is certain as it is.
      allowedByGroups = { certain: no, possible: allowedByGroups.possible };
    }
  }
  const possible = combine(d, 'union', alwaysAllowed.possible, allowedByGroups.possible);
  return {
    allowed: combine(d, 'union', alwaysAllowed.certain, allowedByGroups.certain),
    denied: combine(d, 'subtract', yes, possible),
  };
}

interface Walking<W> {
  readonly walk: (d: Diagram, rules: readonly LiveRule[], isWhole: boolean) => W;
  readonly unwalked: W;
}

const adminWalk: Walking<AdminWalk> = {
  walk: walkAdminRules,
  unwalked: { shares: [], ...unwalkedAdmin },
};

function groupWalk(arriving: Certainty): Walking<GroupWalk> {
  return {
    walk: (d, rules, isWhole) => walkSecurityRules(d, rules, arriving, isWhole),
    unwalked: { shares: [], ...unwalkedGroup },
  };
}

/** Walks a list in every view. Once the budget has run out, no list is walked any more. */
function viewsOf<W extends AdminWalk | GroupWalk>(
  { question, mostRules, walks, unfinished }: Walker,
  index: number,
  tables: readonly RuleTable[],
  { walk, unwalked }: Walking<W>,
): readonly W[] {
  return tables.map((table) => {
    const live = question.live.get(table) ?? [];
    const isWhole = table.rules.length <= mostRules;
    const walked = unfinished.size > 0 ? unwalked : walk(question.space.diagram, live, isWhole);
    if (!walked.finished) unfinished.add(index);
    walks[index]?.push(walked.shares);
    return walked;
  });
}

/** Certain where it is in every view, possible where it is in some. */
function acrossViews<W>(d: Diagram, walks: readonly W[], part: (walk: W) => Certainty): Certainty {
  return walks.map(part).reduce((sum, each) => ({
    certain: combine(d, 'intersect', sum.certain, each.certain),
    possible: combine(d, 'union', sum.possible, each.possible),
  }));
}

/** The share of each rule across walks: a rule that takes nothing in one of them is not certain. */
function sharesAcrossWalks(
  d: Diagram,
  walks: readonly (readonly Share[])[],
): ReadonlyMap<AnyRule, Share> {
  const [only] = walks;
  if (only !== undefined && walks.length === 1) {
    return new Map(only.map((share) => [share.rule, share]));
  }
  const found = new Map<AnyRule, Share[]>();
  for (const share of walks.flat()) {
    const same = found.get(share.rule);
    if (same === undefined) found.set(share.rule, [share]);
    else same.push(share);
  }
  return new Map(
    [...found].map(([rule, shares]) => [
      rule,
      {
        rule,
        certain: lazily(() =>
          shares.length < walks.length
            ? no
            : shares.reduce((sum, each) => combine(d, 'intersect', sum, each.certain()), yes),
        ),
        possible: lazily(() =>
          shares.reduce((sum, each) => combine(d, 'union', sum, each.possible()), no),
        ),
      },
    ]),
  );
}
