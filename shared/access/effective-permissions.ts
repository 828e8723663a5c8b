import { isWithin, resourceGroupOf, resourceId, subscriptionIdOf } from '../model/resource-id.ts';
import type { ResourceId } from '../model/resource-id.ts';
import type { Missing } from '../model/verdict.ts';
import type {
  AccessFacts,
  DenyAssignment,
  Permission,
  RoleAssignment,
  RoleDefinition,
} from './access-facts.ts';
import { accessIndexOf, objectIdKey } from './access-index.ts';
import type { AccessIndex } from './access-index.ts';
import { findAction, uncoveredAction } from './action-search.ts';
import type { ActionSearch, ActionSearchOptions } from './action-search.ts';
import { routeTableMinimum, subnetMinimum } from './aks-permissions.ts';
import { builtInRoles } from './built-in-roles.ts';
import { permits } from './permitted.ts';

/** Where, seen from the scope asked about, an assignment sits; `resource` is a parent resource, such as a subnet's network. */
export type InheritedFrom =
  | 'here'
  | 'resource'
  | 'resourceGroup'
  | 'subscription'
  | 'managementGroup'
  | 'root';

/** A role assignment that applies for certain. */
export interface Grant {
  readonly assignment: RoleAssignment;
  /** The role's GUID where its definition has no name. */
  readonly roleName: string;
  /** The object id of the group that the role is assigned to, where it is not the principal itself. */
  readonly through?: string;
  readonly scope: ResourceId;
  readonly inheritedFrom: InheritedFrom;
}

/** Whether a principal may do something, and what shows it. */
export interface PermissionAnswer {
  readonly verdict: 'granted' | 'notGranted' | 'unknown';
  /** Certain grants that give at least some of what was asked, nearest first. */
  readonly via: readonly Grant[];
  /** One action that is not granted (for certain); absent where all are granted for certain. */
  readonly lacking?: string;
  /** The deny assignment that takes `lacking` away from a role that would grant it. */
  readonly cutBy?: DenyAssignment;
  /** What kept us from knowing; empty unless the verdict is `unknown`. */
  readonly missing: readonly Missing[];
}

/** Something that applies, for certain if nothing is in doubt. */
interface Doubted {
  readonly permissions: readonly Permission[];
  readonly doubts: readonly Missing[];
}

interface PossibleGrant extends Doubted {
  readonly grant: Grant;
}

interface PossibleCut extends Doubted {
  readonly deny: DenyAssignment;
}

const everyone = objectIdKey('00000000-0000-0000-0000-000000000000');

/** Every control-plane action is a provider, a type and one of four verbs. */
const wellFormed = ['*/*/read', '*/*/write', '*/*/delete', '*/*/action'];

/**
 * Whether the principal effectively holds every action that the patterns match, at the scope: by role
 * assignments there and above, its own and those of groups it is in, less deny assignments. A deny
 * assignment below the scope is not looked at. A pattern that ends in `*` asks for well-formed actions
 * only, `{provider}/{type}/{read|write|delete|action}`.
 * Sources: learn.microsoft.com/azure/role-based-access-control/overview#how-azure-rbac-determines-if-a-user-has-access-to-a-resource,
 * …/deny-assignments, …/role-definitions#actions-format
 */
export function holds(
  actions: readonly string[],
  principalId: string,
  scope: ResourceId,
  facts: AccessFacts,
): PermissionAnswer {
  const index = accessIndexOf(facts);
  const principal = objectIdKey(principalId);
  const options: ActionSearchOptions = {
    hints: [...subnetMinimum, ...routeTableMinimum],
    among: [...wellFormed, ...actions.filter((pattern) => !pattern.endsWith('*'))],
  };
  const wanted: readonly Permission[] = [{ actions, notActions: [] }];
  function someAction(
    inside: readonly (readonly Permission[])[],
    outside: readonly (readonly Permission[])[] = [],
  ): boolean {
    // A search that was given up may hide one.
    return findAction([wanted, ...inside], outside, options).kind !== 'none';
  }

  const grants = possibleGrants(principal, scope, facts, index);
  const cuts = possibleCuts(principal, scope, facts, index);
  const given = permissionsOf(grants.filter(isCertain));
  const perhapsGiven = permissionsOf(grants);
  const cut = permissionsOf(cuts.filter(isCertain));
  const perhapsCut = permissionsOf(cuts);
  const via = grants
    .filter((possible) => isCertain(possible) && someAction([possible.permissions]))
    .map(({ grant }) => grant)
    .sort(byNearness);

  const atWorst = uncoveredAction(actions, given, perhapsCut, options);
  if (atWorst.kind === 'none') {
    const denies = facts.denyCoverage?.(scope);
    return denies === undefined || denies.known
      ? { verdict: 'granted', via, missing: [] }
      : { verdict: 'unknown', via, missing: denies.missing };
  }

  const atBest = uncoveredAction(actions, perhapsGiven, cut, options);
  if (atBest.kind === 'found') {
    const coverage = facts.coverage(scope);
    const cutBy = cuts.find(
      (possible) =>
        isCertain(possible) &&
        permits(possible.permissions, atBest.action) &&
        permits(perhapsGiven, atBest.action),
    )?.deny;
    return {
      verdict: coverage.known ? 'notGranted' : 'unknown',
      via,
      lacking: atBest.action,
      ...(cutBy === undefined ? {} : { cutBy }),
      missing: coverage.known ? [] : coverage.missing,
    };
  }

  // Nothing wanted is cut for certain here, so a doubt matters where it bears on a wanted action.
  const relevantGrants = grants.filter(
    (possible) => !isCertain(possible) && someAction([possible.permissions], [given]),
  );
  const relevantCuts = cuts.filter(
    (possible) => !isCertain(possible) && someAction([possible.permissions, perhapsGiven]),
  );
  return {
    verdict: 'unknown',
    via,
    ...(atWorst.kind === 'found' ? { lacking: atWorst.action } : {}),
    missing: distinct([
      ...relevantGrants.flatMap(({ doubts }) => doubts),
      ...relevantCuts.flatMap(({ doubts }) => doubts),
      ...([atWorst, atBest].some(isTooComplex) ? [tooComplex(scope)] : []),
    ]),
  };
}

function isCertain({ doubts }: Doubted): boolean {
  return doubts.length === 0;
}

function isTooComplex(search: ActionSearch): boolean {
  return search.kind === 'tooComplex';
}

function permissionsOf(parts: readonly Doubted[]): readonly Permission[] {
  return parts.flatMap(({ permissions }) => permissions);
}

/** The assignments that give the principal something at the scope, or may. */
function possibleGrants(
  principal: string,
  scope: ResourceId,
  facts: AccessFacts,
  index: AccessIndex,
): readonly PossibleGrant[] {
  const groups = index.groupsOf(principal);
  const own = index.assignmentsOf(principal);
  const throughGroups = [...groups].flatMap((group) => index.assignmentsOf(group));
  const settled = new Set([...own, ...throughGroups]);
  const open = index.openAssignments.filter((assignment) => !settled.has(assignment));
  const found: PossibleGrant[] = [];
  for (const assignment of [...settled, ...open]) {
    const source = `the role assignment ${assignment.id}`;
    const doubtsOfScope = scopeDoubts(assignment.scope, scope, facts, source);
    if (doubtsOfScope === undefined) continue;
    const definition = definitionOf(assignment, facts);
    const assignee = objectIdKey(assignment.principalId);
    found.push({
      grant: {
        assignment,
        roleName: definition?.roleName ?? assignment.roleDefinitionGuid,
        ...(assignee === principal ? {} : { through: assignment.principalId }),
        scope: assignment.scope,
        inheritedFrom: inheritedFrom(assignment.scope, scope),
      },
      // An unread definition could grant anything.
      permissions: definition?.permissions ?? [{ actions: ['*'], notActions: [] }],
      doubts: [
        ...doubtsOfScope,
        ...(settled.has(assignment) ? [] : membershipDoubts(assignee, index, source)),
        ...(definition === undefined ? [unreadDefinition(assignment)] : []),
        ...(assignment.condition === undefined
          ? []
          : [unevaluatedCondition(assignment.id, source)]),
      ],
    });
  }
  return found;
}

/** The deny assignments that take something from the principal at the scope, or may. */
function possibleCuts(
  principal: string,
  scope: ResourceId,
  facts: AccessFacts,
  index: AccessIndex,
): readonly PossibleCut[] {
  const settled = new Set([principal, everyone, ...index.groupsOf(principal)]);
  const found: PossibleCut[] = [];
  for (const deny of facts.denyAssignments) {
    if (!deny.appliesToChildScopes && deny.scope !== scope) continue;
    const source = `the deny assignment "${deny.name}"`;
    const doubtsOfScope = scopeDoubts(deny.scope, scope, facts, source);
    const denied = inclusion(deny.principalIds.map(objectIdKey), settled, index, source);
    const excluded = inclusion(deny.excludedPrincipalIds.map(objectIdKey), settled, index, source);
    if (doubtsOfScope === undefined || denied.kind === 'no' || excluded.kind === 'yes') continue;
    found.push({
      deny,
      permissions: deny.permissions,
      doubts: [
        ...doubtsOfScope,
        ...denied.doubts,
        ...excluded.doubts,
        ...(deny.condition === undefined ? [] : [unevaluatedCondition(deny.id, source)]),
      ],
    });
  }
  return found;
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

/**
 * What is in doubt about something assigned at one scope applying at another: nothing where it does,
 * undefined where it does not.
 * Source: learn.microsoft.com/azure/role-based-access-control/scope-overview
 */
function scopeDoubts(
  assigned: ResourceId,
  scope: ResourceId,
  facts: AccessFacts,
  source: string,
): readonly Missing[] | undefined {
  if (isWithin(scope, assigned)) return [];
  if (!isManagementGroup(assigned)) return undefined;
  const subscription = subscriptionIdOf(scope);
  if (subscription === undefined) {
    return isManagementGroup(scope)
      ? [{ what: 'the management groups above this one', scope, why: `${source} may apply here` }]
      : undefined;
  }
  const above = facts.managementGroups.get(subscription);
  if (above !== undefined) return above.includes(assigned) ? [] : undefined;
  return [
    {
      what: 'the management groups above the subscription',
      scope: resourceId(`/subscriptions/${subscription}`),
      why: `${source} applies only if ${assigned} is one of them`,
      gap: true,
    },
  ];
}

function isManagementGroup(id: ResourceId): boolean {
  return id.startsWith('/providers/microsoft.management/managementgroups/');
}

function inheritedFrom(assigned: ResourceId, scope: ResourceId): InheritedFrom {
  if (assigned === scope) return 'here';
  if (assigned === '/') return 'root';
  if (isManagementGroup(assigned)) return 'managementGroup';
  if (resourceGroupOf(assigned) === undefined) return 'subscription';
  return assigned.includes('/providers/') ? 'resource' : 'resourceGroup';
}

const nearness: readonly InheritedFrom[] = [
  'here',
  'resource',
  'resourceGroup',
  'subscription',
  'managementGroup',
  'root',
];

function byNearness(a: Grant, b: Grant): number {
  return (
    nearness.indexOf(a.inheritedFrom) - nearness.indexOf(b.inheritedFrom) ||
    (a.assignment.id < b.assignment.id ? -1 : Number(a.assignment.id > b.assignment.id))
  );
}

function definitionOf(
  { roleDefinitionGuid }: RoleAssignment,
  facts: AccessFacts,
): RoleDefinition | undefined {
  return facts.definitions.get(roleDefinitionGuid) ?? builtInRoles.get(roleDefinitionGuid);
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

function unevaluatedCondition(id: ResourceId, source: string): Missing {
  return {
    what: `what the condition on ${source} leaves of it`,
    scope: id,
    why: 'conditions are not evaluated',
  };
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
