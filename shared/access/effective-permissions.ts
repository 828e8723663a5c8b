import type { ResourceId } from '../model/resource-id.ts';
import type { Missing } from '../model/verdict.ts';
import type { AccessFacts, ConditionalPermission, Permission } from './access-facts.ts';
import { matchesAction, patternsOverlap } from './action-pattern.ts';
import { findAction, uncoveredAction } from './action-search.ts';
import type { ActionSearch, ActionSearchOptions } from './action-search.ts';
import { searchOf } from './asked-actions.ts';
import {
  type Bearing,
  type BearingDenial,
  type BearingGrant,
  type EffectiveActions,
  effectiveActions,
} from './effective-actions.ts';
import { isKnownOperation } from './operations.ts';
import type {
  Cut,
  GivingGrant,
  Lacking,
  PatternAt,
  PermissionAnswer,
  Withheld,
} from './permission-answer.ts';
import { permits } from './permitted.ts';
import { nearness } from './scope-reach.ts';

/**
 * Whether the principal effectively holds every action that the patterns match, at the scope. A
 * pattern that ends in `*` asks for well-formed actions only,
 * `{provider}/{type}/{read|write|delete|action}`.
 * Source: learn.microsoft.com/azure/role-based-access-control/role-definitions#actions-format
 */
export function holds(
  actions: readonly string[],
  principalId: string,
  scope: ResourceId,
  facts: AccessFacts,
): PermissionAnswer {
  const effective = effectiveActions(principalId, scope, facts);
  const { grants, grantsRead, denialsRead } = effective;
  // What was not read is another thing at every scope.
  if (!grantsRead.known || !denialsRead.known) return answerOf(actions, effective);
  const kept = answers.get(grants) ?? new Map<readonly string[], PermissionAnswer>();
  answers.set(grants, kept);
  const before = kept.get(actions);
  if (before !== undefined) return before;
  const answer = answerOf(actions, effective);
  if (answer.missing.every((one) => one.scope !== scope)) kept.set(actions, answer);
  return answer;
}

/** Answers by the list of grants, which is the same for scopes where the same bears on the principal. */
const answers = new WeakMap<EffectiveActions['grants'], Map<readonly string[], PermissionAnswer>>();

/** Steps to spend on what only explains an answer. */
const glance = 50_000;

/** The like, where the effective actions are at hand; `limits` are those of each search for an answer. */
export function answerOf(
  actions: readonly string[],
  effective: EffectiveActions,
  limits: Pick<ActionSearchOptions, 'budget'> = {},
): PermissionAnswer {
  const { denials, grantsRead, denialsRead } = effective;
  const options = { ...searchOf(actions), ...limits };
  const wanted: readonly Permission[] = [{ actions, notActions: [] }];
  /** Whether some wanted action is in all of `inside` and none of `outside`; a search given up may hide one. */
  function someAction(
    inside: readonly (readonly Permission[])[],
    outside: readonly (readonly Permission[])[] = [],
  ): boolean {
    const search = findAction([wanted, ...inside], outside, { ...options, budget: glance });
    return search.kind !== 'none';
  }

  const given = certainOf(effective.grants);
  const cut = certainOf(denials);
  const perhapsCut = perhapsOf(denials);
  const own = effective.grants.toSorted(byNearness);
  const via = own.flatMap((one) => givingGrant(one, actions, someAction));

  const atWorst = uncoveredAction(actions, given, perhapsCut, options);
  if (atWorst.kind === 'none') {
    const missing = denialsRead.known ? [] : denialsRead.missing;
    const verdict = denialsRead.known ? 'granted' : 'unknown';
    return { ...nothingLacking, verdict, via, missing };
  }

  const grants = [...effective.grants, ...effective.grantsToOthers()];
  const perhapsGiven = perhapsOf(grants);
  // Where nothing is in doubt the best case is the worst, and the search would be the same.
  const isCertain = isSameList(given, perhapsGiven) && isSameList(cut, perhapsCut);
  const atBest = isCertain ? atWorst : uncoveredAction(actions, perhapsGiven, cut, options);
  if (atBest.kind === 'found') {
    const { action } = atBest;
    const isGiven = permits(perhapsGiven, action);
    const cutBy = isGiven ? cutOf(action, denials) : undefined;
    const lacking = {
      via,
      lacking: lackingOf(action, actions),
      withheldBy: own.flatMap((one) => withheldIn(one, action)),
      ...(cutBy === undefined ? {} : { cutBy }),
    };
    if (!grantsRead.known) {
      return { ...nothingLacking, ...lacking, verdict: 'unknown', missing: grantsRead.missing };
    }
    const notGiven = actions.filter(
      (one) =>
        (!isGiven && matchesAction(one, action)) ||
        uncoveredAction([one], perhapsGiven, [], options).kind === 'found',
    );
    return {
      ...lacking,
      verdict: 'notGranted',
      // The list itself where all of it is missing: how to search for it is kept by the list.
      notGiven: notGiven.length === actions.length ? actions : notGiven,
      deniedBy: denials.flatMap((one) => denied(one, actions, someAction)),
      missing: [],
    };
  }

  // Nothing wanted is cut for certain here, so a doubt matters where it bears on a wanted action.
  const missing = [
    ...doubtsThat(grants, (perhaps, beyond) => someAction([perhaps], [given, ...beyond])),
    ...doubtsThat(denials, (perhaps, beyond) => someAction([perhaps, perhapsGiven], beyond)),
    ...([atWorst, atBest].some(isTooComplex) ? [tooComplex(effective.scope)] : []),
  ];
  return {
    ...nothingLacking,
    verdict: 'unknown',
    via,
    ...(atWorst.kind === 'found' ? { lacking: lackingOf(atWorst.action, actions) } : {}),
    missing: distinct(missing),
  };
}

const nothingLacking = { notGiven: [], deniedBy: [], withheldBy: [] };

function isTooComplex(search: ActionSearch): boolean {
  return search.kind === 'tooComplex';
}

/** Each block once: many assignments give one role. */
function certainOf(parts: readonly Bearing[]): readonly Permission[] {
  return [...new Set(parts.flatMap(({ certain }) => certain))];
}

function perhapsOf(parts: readonly Bearing[]): readonly Permission[] {
  return [...new Set(parts.flatMap(({ perhaps }) => perhaps))];
}

function isSameList<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((one, index) => one === b[index]);
}

type SomeAction = (inside: readonly (readonly Permission[])[]) => boolean;

/** The grant with the patterns that give some of what is asked; nothing where it gives none of it. */
function givingGrant(
  { grant, role, ...given }: BearingGrant,
  asked: readonly string[],
  someAction: SomeAction,
): readonly GivingGrant[] {
  const gives = patternsAt(role?.permissions ?? [], given, asked, someAction);
  return gives.length === 0 ? [] : [{ ...grant, gives }];
}

const patternsMade = new WeakMap<
  readonly string[],
  WeakMap<readonly ConditionalPermission[], readonly PatternAt[]>
>();

/**
 * The patterns of the blocks that match something asked for among what their block does for certain.
 * Made once for an unconditional role: in a tenant it is given many times, and asked for the same.
 */
function patternsAt(
  blocks: readonly ConditionalPermission[],
  { certain, certainByBlock }: Bearing,
  asked: readonly string[],
  someAction: SomeAction,
): readonly PatternAt[] {
  if (certain.length === 0) return [];
  if (certain !== blocks) return findPatterns(blocks, certainByBlock, asked, someAction);
  const made =
    patternsMade.get(asked) ??
    new WeakMap<readonly ConditionalPermission[], readonly PatternAt[]>();
  patternsMade.set(asked, made);
  const patterns = made.get(blocks) ?? findPatterns(blocks, certainByBlock, asked, someAction);
  made.set(blocks, patterns);
  return patterns;
}

function findPatterns(
  blocks: readonly ConditionalPermission[],
  certainByBlock: Bearing['certainByBlock'],
  asked: readonly string[],
  someAction: SomeAction,
): readonly PatternAt[] {
  return blocks.flatMap(({ actions, notActions }, block) =>
    actions
      .filter((pattern) => asked.some((one) => patternsOverlap(one, pattern)))
      .filter((pattern) =>
        someAction([certainByBlock[block] ?? [], [{ actions: [pattern], notActions }]]),
      )
      .map((pattern) => ({ block, pattern })),
  );
}

/** The deny assignment, where it takes some of what is asked for certain, with a pattern that does. */
function denied(
  { deny, ...taken }: BearingDenial,
  asked: readonly string[],
  someAction: SomeAction,
): readonly Cut[] {
  const [first] = patternsAt(deny.permissions, taken, asked, someAction);
  return first === undefined ? [] : [{ deny, ...first }];
}

function cutOf(action: string, denials: readonly BearingDenial[]): Cut | undefined {
  for (const { deny, certainByBlock } of denials) {
    const block = certainByBlock.findIndex((certain) => permits(certain, action));
    const pattern = deny.permissions[block]?.actions.find((one) => matchesAction(one, action));
    if (pattern !== undefined) return { deny, block, pattern };
  }
  return undefined;
}

/** Where the role of a certain grant matches the action and takes it out again. */
function withheldIn({ grant, role, doubts }: BearingGrant, action: string): readonly Withheld[] {
  if (role === undefined || doubts.length > 0) return [];
  return role.permissions.flatMap(({ actions, notActions }, block) => {
    const pattern = actions.find((one) => matchesAction(one, action));
    const notAction = notActions.find((one) => matchesAction(one, action));
    return pattern === undefined || notAction === undefined
      ? []
      : [{ grant, block, pattern, notAction }];
  });
}

function lackingOf(action: string, actions: readonly string[]): Lacking {
  const asked = actions.find((pattern) => matchesAction(pattern, action)) ?? action;
  // An action that was spelt out is meant to be one.
  return { action, asked, isOperation: !asked.includes('*') || isKnownOperation(action) };
}

/** The doubts that keep something wanted from being certain. */
function doubtsThat(
  parts: readonly Bearing[],
  bears: (perhaps: readonly Permission[], beyond: readonly (readonly Permission[])[]) => boolean,
): readonly Missing[] {
  // Roles and conditions are shared by many assignments, and so are their blocks.
  const asked = new Map<readonly Permission[], boolean>();
  function once(blocks: readonly Permission[], ask: () => boolean): boolean {
    const answer = asked.get(blocks) ?? ask();
    asked.set(blocks, answer);
    return answer;
  }
  return parts.flatMap(({ perhaps, doubts, condition }) => {
    if (doubts.length === 0 && condition === undefined) return [];
    if (!once(perhaps, () => bears(perhaps, []))) return [];
    if (condition === undefined) return doubts;
    const { unconditionally, missing } = condition;
    return once(unconditionally, () => bears(perhaps, [unconditionally]))
      ? [...doubts, missing]
      : doubts;
  });
}

function byNearness({ grant: a }: BearingGrant, { grant: b }: BearingGrant): number {
  return (
    nearness.indexOf(a.inheritedFrom) - nearness.indexOf(b.inheritedFrom) ||
    (a.assignment.id < b.assignment.id ? -1 : 1)
  );
}

function tooComplex(scope: ResourceId): Missing {
  return {
    what: 'whether the roles cover the actions',
    scope,
    why: 'their patterns are too complex to compare',
  };
}

function distinct(missing: readonly Missing[]): readonly Missing[] {
  return [...new Map(missing.map((one) => [`${one.what}\n${one.scope}`, one])).values()];
}
