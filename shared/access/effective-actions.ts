import { isWithin } from '../model/resource-id.ts';
import type { ResourceId } from '../model/resource-id.ts';
import { type Known, type Missing, known } from '../model/verdict.ts';
import type {
  AccessFacts,
  ConditionalPermission,
  DenyAssignment,
  Permission,
  RoleAssignment,
  RoleDefinition,
} from './access-facts.ts';
import { type AccessIndex, type BearingOnScope, accessIndexOf } from './access-index.ts';
import { builtInRoles } from './built-in-roles.ts';
import { objectIdKey } from './group-index.ts';
import type { Grant } from './permission-answer.ts';
import { inheritedFrom, isManagementGroup, scopeDoubts } from './scope-reach.ts';

/** Something that applies at a scope: what it gives or takes for certain, and what at most. */
export interface Bearing {
  readonly certain: readonly Permission[];
  readonly perhaps: readonly Permission[];
  /** What each block of the role or deny assignment contributes to `certain`, in their order. */
  readonly certainByBlock: readonly (readonly Permission[])[];
  /** What keeps all of it from being certain; `certain` is empty where there is any. */
  readonly doubts: readonly Missing[];
  /** What a condition leaves in doubt: the actions of `perhaps` that are not in `unconditionally`. */
  readonly condition?: Conditioned;
}

interface Conditioned {
  readonly missing: Missing;
  /** What it would give or take for certain but for `doubts`. */
  readonly unconditionally: readonly Permission[];
}

/** A role assignment that gives a principal something, or may. */
export interface BearingGrant extends Bearing {
  readonly grant: Grant;
  /** Undefined where it was not read and is none of Microsoft's. */
  readonly role?: RoleDefinition;
}

/** A deny assignment that takes something from a principal, or may. */
export interface BearingDenial extends Bearing {
  readonly deny: DenyAssignment;
}

/** What bears on a principal at a scope. */
interface BearingOnPrincipal {
  /**
   * Assignments to the principal itself and to groups that hold it for certain: the very same list
   * for scopes where all that bears on it is the same.
   */
  readonly grants: readonly BearingGrant[];
  /** Assignments to groups that may hold it: where nobody read the groups, most of a tenant's. */
  grantsToOthers(): readonly BearingGrant[];
  readonly denials: readonly BearingDenial[];
}

/**
 * All that bears on what a principal may do at a scope: given less denied. Whatever is in doubt is
 * between `certain` and `perhaps`.
 */
export interface EffectiveActions extends BearingOnPrincipal {
  readonly scope: ResourceId;
  /** Whether no other role assignment can bear on it. */
  readonly grantsRead: Known<true>;
  /** Whether no other deny assignment can. */
  readonly denialsRead: Known<true>;
}

/** Whoever asks, as deny assignments name them. */
export const everyone = objectIdKey('00000000-0000-0000-0000-000000000000');

/**
 * What the principal may do at the scope: role assignments there and above, its own and those of
 * groups it is in, and the deny assignments beside them. Deny assignments below the scope are not
 * looked at.
 * Sources: learn.microsoft.com/azure/role-based-access-control/overview#how-azure-rbac-determines-if-a-user-has-access-to-a-resource,
 * …/deny-assignments
 */
export function effectiveActions(
  principalId: string,
  scope: ResourceId,
  facts: AccessFacts,
): EffectiveActions {
  const index = accessIndexOf(facts);
  const principal = objectIdKey(principalId);
  const lists = index.reachingOf(principal).filter((list) => isWithin(scope, list.scope));
  const isListed = lists.some((list) => list.withBelow || list.scope === scope);
  return {
    scope,
    ...bearingOn(principal, scope, facts, index),
    grantsRead: isListed ? known(true) : facts.coverage(scope),
    denialsRead: facts.denyCoverage?.(scope) ?? known(true),
  };
}

/** Who is asked about, with the groups that certainly hold it. */
interface Principal {
  readonly id: string;
  readonly groups: ReturnType<AccessIndex['groupsOf']>;
}

interface Asked extends Principal {
  readonly byPlace: Map<string, BearingOnPrincipal>;
}

/** More than the checks of one cluster ask about; an identity of many clusters has them one after another. */
const mostPlaces = 16;

const lastAsked = new WeakMap<AccessFacts, Asked>();

/** Kept for the principal that was asked about last: the checks of a cluster ask about one in many places. */
function bearingOn(
  id: string,
  scope: ResourceId,
  facts: AccessFacts,
  index: AccessIndex,
): BearingOnPrincipal {
  const before = lastAsked.get(facts);
  const asked = before?.id === id ? before : { id, groups: index.groupsOf(id), byPlace: new Map() };
  lastAsked.set(facts, asked);
  const there = index.bearingOn(scope);
  // A list of Azure's speaks of the scope that it was asked for.
  const place = index.reachingOf(id).length > 0 ? scope : there.place;
  const kept = asked.byPlace.get(place);
  if (kept !== undefined) return kept;
  const found = findBearing(asked, scope, there, facts, index);
  if (asked.byPlace.size === mostPlaces) asked.byPlace.clear();
  asked.byPlace.set(place, found);
  return found;
}

function findBearing(
  principal: Principal,
  scope: ResourceId,
  there: BearingOnScope,
  facts: AccessFacts,
  index: AccessIndex,
): BearingOnPrincipal {
  const own = [principal.id, ...principal.groups.keys()].flatMap((id) => there.assignmentsOf(id));
  const bear = grantMaker(scope, principal, facts, index);
  return {
    grants: own.flatMap((assignment) => bear(assignment, true)),
    // Not kept: there may be thousands.
    grantsToOthers() {
      const settled = new Set(own);
      return there
        .openAssignments()
        .filter((assignment) => !settled.has(assignment))
        .flatMap((assignment) => bear(assignment, false));
    },
    denials: denialsAt(scope, principal, there, facts, index),
  };
}

/** Makes an assignment's grant at the scope; none where it gives nothing there. `isOwn`: it is the principal's for certain. */
function grantMaker(
  scope: ResourceId,
  principal: Principal,
  facts: AccessFacts,
  index: AccessIndex,
): (assignment: RoleAssignment, isOwn: boolean) => readonly BearingGrant[] {
  const reaches = reachingLists(scope, principal.id, index);
  return (assignment, isOwn) => {
    const source = `the role assignment ${assignment.id}`;
    const reach = reaches(assignment);
    const doubtsOfScope =
      reach === 'yes' && isManagementGroup(assignment.scope)
        ? []
        : scopeDoubts(assignment.scope, scope, facts, source);
    if (doubtsOfScope === undefined || reach === 'no') return [];
    const assignee = objectIdKey(assignment.principalId);
    const role =
      facts.definitions.get(assignment.roleDefinitionGuid) ??
      builtInRoles.get(assignment.roleDefinitionGuid);
    const roleName = role?.roleName ?? assignment.roleDefinitionGuid;
    const grant: Grant = {
      assignment,
      roleName,
      ...(assignee === principal.id ? {} : { through: assignment.principalId }),
      groups: principal.groups.get(assignee) ?? [],
      scope: assignment.scope,
      inheritedFrom: inheritedFrom(assignment.scope, scope),
    };
    const doubts = [
      ...doubtsOfScope,
      ...(isOwn ? [] : membershipDoubts(assignee, index, source)),
      ...(role === undefined ? [unreadDefinition(assignment)] : []),
    ];
    const words = { source, blocksOf: `the role ${roleName} of ${source}` };
    // An unread definition could grant anything.
    const given = bearing(role?.permissions ?? anything, assignment, words, doubts, index);
    return [{ grant, ...(role === undefined ? {} : { role }), ...given }];
  };
}

const anything: readonly Permission[] = [{ actions: ['*'], notActions: [] }];

/** Whether Azure's own lists say that an assignment reaches the principal at the scope. */
function reachingLists(
  scope: ResourceId,
  principal: string,
  index: AccessIndex,
): (assignment: RoleAssignment) => 'yes' | 'no' | 'unsaid' {
  const lists = index
    .reachingOf(principal)
    .filter((list) => isWithin(scope, list.scope))
    .map((list) => ({ ...list, ids: new Set(list.assignments.map(({ id }) => id)) }));
  return ({ id, scope: assigned }) => {
    for (const list of lists) {
      if (list.ids.has(id)) return 'yes';
      const isAbove = isManagementGroup(assigned) || isWithin(list.scope, assigned);
      if (isAbove || list.withBelow) return 'no';
    }
    return 'unsaid';
  };
}

function denialsAt(
  scope: ResourceId,
  principal: Principal,
  there: BearingOnScope,
  facts: AccessFacts,
  index: AccessIndex,
): readonly BearingDenial[] {
  const settled = new Set([principal.id, everyone, ...principal.groups.keys()]);
  const denials: BearingDenial[] = [];
  for (const deny of there.denyAssignments()) {
    if (!deny.appliesToChildScopes && deny.scope !== scope) continue;
    const source = `the deny assignment "${deny.name}"`;
    const doubtsOfScope = scopeDoubts(deny.scope, scope, facts, source);
    const denied = inclusion(deny.principalIds.map(objectIdKey), settled, index, source);
    const excluded = inclusion(deny.excludedPrincipalIds.map(objectIdKey), settled, index, source);
    if (doubtsOfScope === undefined || denied.kind === 'no' || excluded.kind === 'yes') continue;
    const doubts = [...doubtsOfScope, ...denied.doubts, ...excluded.doubts];
    denials.push({
      deny,
      ...bearing(deny.permissions, deny, { source, blocksOf: source }, doubts, index),
    });
  }
  return denials;
}

/** Whether one of the ids is, or as a group holds, the principal whose own ids are settled. */
function inclusion(
  ids: readonly string[],
  settled: ReadonlySet<string>,
  index: AccessIndex,
  source: string,
): { readonly kind: 'yes' | 'no' | 'perhaps'; readonly doubts: readonly Missing[] } {
  if (ids.some((id) => settled.has(id))) return { kind: 'yes', doubts: [] };
  const doubts = ids.flatMap((id) => membershipDoubts(id, index, source));
  return { kind: doubts.length > 0 ? 'perhaps' : 'no', doubts };
}

/** What blocks give or take under conditions, as far as nothing else is in doubt. */
function bearing(
  blocks: readonly ConditionalPermission[],
  { id, condition: text }: Pick<RoleAssignment, 'id' | 'condition'>,
  words: { readonly source: string; readonly blocksOf: string },
  doubts: readonly Missing[],
  index: AccessIndex,
): Bearing {
  const { certain, perhaps, certainByBlock, condition } = index.conditioned(blocks, text);
  const bare =
    doubts.length > 0
      ? { certain: [], perhaps, certainByBlock: [], doubts }
      : { certain, perhaps, certainByBlock, doubts };
  if (condition === undefined) return bare;
  const missing = {
    what: `what the condition on ${condition.of === 'block' ? words.blocksOf : words.source} leaves of it`,
    scope: id,
    why:
      condition.doubt === 'circumstances'
        ? 'it asks for more than the action: attributes of the request, the resource, the principal or the environment'
        : 'the condition is not understood',
  };
  return { ...bare, condition: { missing, unconditionally: certain } };
}

function membershipDoubts(id: string, index: AccessIndex, source: string): readonly Missing[] {
  const open = index.openness(id);
  if (open === undefined) return [];
  return open.kind === 'unreadGroup'
    ? [
        {
          what: `the members of the group ${open.id}`,
          scope: open.id,
          why: `${source} names it`,
          gap: true,
        },
      ]
    : [
        {
          what: `whether ${open.id} is a group, and its members`,
          scope: open.id,
          why: `${source} names it and does not say what it is`,
          gap: true,
        },
      ];
}

function unreadDefinition({ id, roleDefinitionGuid }: RoleAssignment): Missing {
  return {
    what: `the definition of the role ${roleDefinitionGuid}`,
    scope: `/providers/microsoft.authorization/roledefinitions/${roleDefinitionGuid}`,
    why: `the role assignment ${id} refers to it`,
    gap: true,
  };
}
