import type {
  AccessFacts,
  DenyAssignment,
  RoleAssignment,
  RoleDefinition,
} from '../access/access-facts.ts';
import {
  type ResourceId,
  isWithin,
  nameOf,
  resourceId,
  subscriptionIdOf,
} from '../model/resource-id.ts';
import { type Missing, known, unknown } from '../model/verdict.ts';
import { missingOf, type RowReader } from './row-reader.ts';
import { denyAssignmentRow } from './rows/deny-assignment.ts';
import { groupRow } from './rows/group.ts';
import { roleAssignmentRow } from './rows/role-assignment.ts';
import { roleDefinitionRow } from './rows/role-definition.ts';
import { subscriptionRow } from './rows/subscription.ts';

const assignmentsType = 'microsoft.authorization/roleassignments';
const denyAssignmentsType = 'microsoft.authorization/denyassignments';

/** The access facts that bear on a set of subscriptions; the same set gets the same object. */
export type AccessOf = (subscriptions: Iterable<string>) => AccessFacts;

/** Who may do what: every role and deny assignment, by the subscriptions it bears on. */
export function readAccess(reader: RowReader): AccessOf {
  const { assignments, misread } = roleAssignments(reader);
  const denials = denyAssignments(reader);
  const definitions = roleDefinitions(reader);
  const groups = new Map(
    reader
      .all(groupRow, 'microsoft.graph/groups')
      .found.map(({ value }) => [value.id, new Set(value.members)]),
  );
  const managementGroups = new Map(
    reader
      .all(subscriptionRow, 'microsoft.resources/subscriptions')
      .found.flatMap(({ row, value }) => {
        const subscription = subscriptionIdOf(row.id);
        return subscription === undefined
          ? []
          : [[subscription, value.properties.managementGroupAncestorsChain] as const];
      }),
  );
  function coverage(scope: ResourceId): ReturnType<AccessFacts['coverage']> {
    const missing = [
      ...missingOf(reader.snapshot.wasReadWithin(assignmentsType, scope)),
      ...misread.filter(({ at }) => mayBearOn(at, scope)).flatMap((row) => row.missing),
    ];
    return missing.length > 0 ? unknown(...missing) : known(true);
  }
  function denyCoverage(scope: ResourceId): ReturnType<AccessFacts['coverage']> {
    return reader.snapshot.wasReadWithin(denyAssignmentsType, scope);
  }
  const made = new Map<string, AccessFacts>();
  return (subscriptions) => {
    const wanted = new Set(subscriptions);
    const key = [...wanted].toSorted().join(',');
    const before = made.get(key);
    if (before !== undefined) return before;
    const facts: AccessFacts = {
      assignments: bearingOn(assignments, wanted),
      definitions,
      denyAssignments: bearingOn(denials, wanted),
      groups,
      managementGroups,
      coverage,
      denyCoverage,
    };
    made.set(key, facts);
    return facts;
  };
}

/** Those of these subscriptions, and those above all subscriptions. */
function bearingOn<T>(
  bySubscription: ReadonlyMap<string | undefined, readonly T[]>,
  subscriptions: ReadonlySet<string>,
): readonly T[] {
  return [undefined, ...subscriptions].flatMap(
    (subscription) => bySubscription.get(subscription) ?? [],
  );
}

function roleAssignments(reader: RowReader): {
  readonly assignments: ReadonlyMap<string | undefined, readonly RoleAssignment[]>;
  readonly misread: readonly { readonly at: ResourceId; readonly missing: readonly Missing[] }[];
} {
  const read: RoleAssignment[] = [];
  const misread: { at: ResourceId; missing: readonly Missing[] }[] = [];
  for (const row of reader.snapshot.rowsOf(assignmentsType)) {
    const parsed = reader.read(roleAssignmentRow, row);
    if (!parsed.known) {
      misread.push({ at: row.id, missing: parsed.missing });
      continue;
    }
    const { principalId, principalType, roleDefinitionId, scope, condition } =
      parsed.value.properties;
    read.push({
      id: row.id,
      principalId,
      roleDefinitionGuid: nameOf(roleDefinitionId),
      scope,
      ...(principalType === undefined ? {} : { principalType }),
      ...(condition === undefined ? {} : { condition }),
    });
  }
  return { assignments: Map.groupBy(read, ({ scope }) => subscriptionIdOf(scope)), misread };
}

/** An assignment's id begins with its scope; one above all subscriptions may bear on everything. */
function mayBearOn(assignment: ResourceId, scope: ResourceId): boolean {
  const end = assignment.indexOf('/providers/microsoft.authorization/');
  const subscription = subscriptionIdOf(assignment);
  return (
    subscription === undefined ||
    end < 0 ||
    isWithin(scope, resourceId(assignment.slice(0, end))) ||
    isWithin(assignment, scope)
  );
}

function roleDefinitions(reader: RowReader): ReadonlyMap<string, RoleDefinition> {
  return new Map(
    reader
      .all(roleDefinitionRow, 'microsoft.authorization/roledefinitions')
      .found.map(({ row, value }) => {
        const guid = nameOf(row.id);
        const { roleName, permissions } = value.properties;
        return [guid, { guid, roleName: roleName ?? guid, permissions }];
      }),
  );
}

function denyAssignments(
  reader: RowReader,
): ReadonlyMap<string | undefined, readonly DenyAssignment[]> {
  const read = reader
    .all(denyAssignmentRow, denyAssignmentsType)
    .found.map(({ row, value }): DenyAssignment => {
      const { properties } = value;
      return {
        id: row.id,
        name: properties.denyAssignmentName ?? value.name ?? nameOf(row.id),
        scope: properties.scope,
        appliesToChildScopes: properties.doNotApplyToChildScopes !== true,
        principalIds: properties.principals,
        excludedPrincipalIds: properties.excludePrincipals,
        permissions: properties.permissions,
        ...(properties.condition === undefined ? {} : { condition: properties.condition }),
      };
    });
  return Map.groupBy(read, ({ scope }) => subscriptionIdOf(scope));
}
