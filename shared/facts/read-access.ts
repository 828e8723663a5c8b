import type { z } from 'zod';
import type {
  AccessFacts,
  DenyAssignment,
  ReachingAssignments,
  RoleAssignment,
  RoleDefinition,
} from '../access/access-facts.ts';
import type { ResourceType } from '../inventory/resource-types.ts';
import {
  type ResourceId,
  isWithin,
  nameOf,
  resourceId,
  subscriptionIdOf,
} from '../model/resource-id.ts';
import { type Missing, known, unknown } from '../model/verdict.ts';
import { missingOf, type RowReader } from './row-reader.ts';
import { assignedToRow } from './rows/assigned-to.ts';
import { denyAssignmentRow } from './rows/deny-assignment.ts';
import { groupRow } from './rows/group.ts';
import { type RoleAssignmentRow, roleAssignmentRow } from './rows/role-assignment.ts';
import { roleDefinitionRow } from './rows/role-definition.ts';
import { servicePrincipalRow } from './rows/service-principal.ts';
import { subscriptionRow } from './rows/subscription.ts';

const assignmentsType = 'microsoft.authorization/roleassignments';
const groupsType = 'microsoft.graph/groups';
const servicePrincipalsType = 'microsoft.graph/serviceprincipals';
const denialsType = 'microsoft.authorization/denyassignments';

/** A row that was not understood; its id says where it could bear on. */
interface Misread {
  readonly at: ResourceId;
  readonly missing: readonly Missing[];
}

/** Assignments by the subscription of their scope, undefined above all subscriptions. */
interface Assignments<T> {
  readonly bySubscription: ReadonlyMap<string | undefined, readonly T[]>;
  readonly misread: readonly Misread[];
}

/** The access facts that bear on a set of subscriptions; the same set gets the same object. */
export type AccessOf = (subscriptions: Iterable<string>) => AccessFacts;

/** Who may do what: every role and deny assignment, by the subscriptions it bears on. */
export function readAccess(reader: RowReader): AccessOf {
  const assignments = roleAssignments(reader);
  const denials = denyAssignments(reader);
  const definitions = roleDefinitions(reader);
  const principalTypes = readPrincipalTypes(reader);
  const groups = readGroups(reader, principalTypes);
  const reaching = reachingLists(reader);
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
  function covers(type: ResourceType, misread: readonly Misread[]): AccessFacts['coverage'] {
    return (scope) => {
      const missing = [
        ...missingOf(reader.snapshot.wasReadWithin(type, scope)),
        ...misread.filter(({ at }) => mayBearOn(at, scope)).flatMap((row) => row.missing),
      ];
      return missing.length > 0 ? unknown(...missing) : known(true);
    };
  }
  const made = new Map<string, AccessFacts>();
  return (subscriptions) => {
    const wanted = new Set(subscriptions);
    const key = [...wanted].toSorted().join(',');
    const before = made.get(key);
    if (before !== undefined) return before;
    const facts: AccessFacts = {
      assignments: bearingOn(assignments.bySubscription, wanted),
      definitions,
      denyAssignments: bearingOn(denials.bySubscription, wanted),
      ...groups,
      reaching,
      principalTypes,
      managementGroups,
      coverage: covers(assignmentsType, assignments.misread),
      denyCoverage: covers(denialsType, denials.misread),
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

function readAssignments<Row, T extends { readonly scope: ResourceId }>(
  reader: RowReader,
  schema: z.ZodType<Row>,
  type: ResourceType,
  make: (id: ResourceId, row: Row) => T,
): Assignments<T> {
  const read: T[] = [];
  const misread: Misread[] = [];
  // Sentences name what is missing in this order; an index and a live list send them in others.
  for (const row of reader.snapshot.rowsOf(type).toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    const parsed = reader.read(schema, row);
    if (parsed.known) read.push(make(row.id, parsed.value));
    else misread.push({ at: row.id, missing: parsed.missing });
  }
  return { bySubscription: Map.groupBy(read, ({ scope }) => subscriptionIdOf(scope)), misread };
}

function roleAssignments(reader: RowReader): Assignments<RoleAssignment> {
  return readAssignments(reader, roleAssignmentRow, assignmentsType, roleAssignment);
}

function roleAssignment(id: ResourceId, { properties }: RoleAssignmentRow): RoleAssignment {
  const { principalId, principalType, roleDefinitionId, scope, condition } = properties;
  return {
    id,
    principalId,
    roleDefinitionGuid: nameOf(roleDefinitionId),
    scope,
    ...(principalType === undefined ? {} : { principalType }),
    ...(condition === undefined ? {} : { condition }),
  };
}

/** By principal, what Azure said reaches it; a list that is not understood says nothing. */
function reachingLists(reader: RowReader): ReadonlyMap<string, readonly ReachingAssignments[]> {
  const lists = reader
    .all(assignedToRow, 'portcullis/assignedto')
    .found.map(({ value: { principalId, scope, assignments } }) => ({
      principalId,
      scope,
      withBelow: true,
      assignments: assignments.map((one) => roleAssignment(one.id, one)),
    }));
  return Map.groupBy(lists, ({ principalId }) => principalId);
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

function denyAssignments(reader: RowReader): Assignments<DenyAssignment> {
  return readAssignments(reader, denyAssignmentRow, denialsType, (id, { name, properties }) => ({
    id,
    name: properties.denyAssignmentName ?? name ?? nameOf(id),
    scope: properties.scope,
    appliesToChildScopes: properties.doNotApplyToChildScopes !== true,
    principalIds: properties.principals.map((principal) => principal.id),
    excludedPrincipalIds: properties.excludePrincipals.map((principal) => principal.id),
    permissions: properties.permissions,
    ...(properties.condition === undefined ? {} : { condition: properties.condition }),
  }));
}

/** Kinds of principals, as the directory and deny assignments say them. */
function readPrincipalTypes(reader: RowReader): ReadonlyMap<string, string> {
  const fromDirectory = reader
    .all(servicePrincipalRow, servicePrincipalsType)
    .found.map(({ value }) => [value.id, 'ServicePrincipal'] as const);
  const fromDenials = reader
    .all(denyAssignmentRow, denialsType)
    .found.flatMap(({ value: { properties } }) => [
      ...properties.principals,
      ...properties.excludePrincipals,
    ])
    .flatMap(({ id, type }) => (type === undefined ? [] : [[id, type] as const]));
  return new Map([...fromDenials, ...fromDirectory]);
}

/**
 * The groups whose members are known, and those of every group nested in them, unless the list holds
 * those already. A member that nothing says the kind of is no group only where all groups were read.
 */
function readGroups(
  reader: RowReader,
  principalTypes: ReadonlyMap<string, string>,
): Pick<AccessFacts, 'groups' | 'incompleteGroups'> {
  const allRead = reader.snapshot.wasReadWithin(groupsType, resourceId('/')).known;
  const mayBeGroup = ({ id, isGroup }: { readonly id: string; readonly isGroup?: boolean }) =>
    isGroup ?? (!allRead && (principalTypes.get(id) ?? 'group').toLowerCase() === 'group');
  const rows = reader.all(groupRow, groupsType).found.map(({ value }) => value);
  const groups = new Map(
    rows.map(({ id, members }) => [id, new Set(members.map((member) => member.id))]),
  );
  const known = new Set(groups.keys());
  const direct = rows.filter(({ transitive }) => transitive !== true);
  const doubtful = new Set(
    [
      ...reader.snapshot.rowsOf(groupsType).map((row) => nameOf(row.id)),
      ...direct.flatMap(({ members }) => members.flatMap((one) => (mayBeGroup(one) ? one.id : []))),
    ].filter((id) => !known.has(id)),
  );
  // What is doubtful of a nested group is doubtful of every group around it.
  for (let before = -1; before < doubtful.size;) {
    before = doubtful.size;
    for (const { id, members } of direct) {
      if (members.some((member) => doubtful.has(member.id))) doubtful.add(id);
    }
  }
  return { groups, incompleteGroups: doubtful };
}
