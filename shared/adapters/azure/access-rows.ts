import { z } from 'zod';
import { type DenyAssignmentRow, denyAssignmentRow } from '../../facts/rows/deny-assignment.ts';
import { managedClusterRow } from '../../facts/rows/managed-cluster.ts';
import { parseRow } from '../../facts/rows/parse-row.ts';
import { roleAssignmentRow } from '../../facts/rows/role-assignment.ts';
import {
  type ResourceId,
  resourceGroupIdOf,
  resourceId,
  subscriptionIdOf,
} from '../../model/resource-id.ts';
import type { Row } from '../../ports.ts';
import type { Json } from './azure-clients.ts';
import { AzureError } from './azure-error.ts';
import { batches } from './batches.ts';
import { concurrently } from './concurrently.ts';
import { odataString } from './kql.ts';
import { type Reading, whyOf } from './reading.ts';
import type { ResourceReads } from './resource-reads.ts';

const denialsType = 'microsoft.authorization/denyassignments';
const principalsType = 'microsoft.graph/serviceprincipals';
const groupsType = 'microsoft.graph/groups';
const reachingType = 'portcullis/assignedto';
const atOnce = 8;
/** So many values Microsoft Graph takes in one `in`. */
const idsPerFilter = 15;

/**
 * Who may do what in the clusters' networks: the service principals behind application ids, the role
 * assignments of the clusters' identities, of others asked for and of groups that bear on the
 * networks, the members of those groups and of the groups that deny assignments name, and the roles
 * assigned.
 */
export async function readAccessRows(
  reading: Reading,
  clusters: readonly Row[],
  others: readonly string[],
  networkGroups: ReadonlySet<ResourceId>,
  denials: readonly DenyAssignmentRow[],
  reads: ResourceReads,
): Promise<void> {
  const identities = clusters.map(identityOf);
  const applications = [...new Set(identities.flatMap(({ appId }) => appId ?? []))].toSorted();
  const principals = new Set([
    ...identities.flatMap(({ principalIds }) => principalIds),
    ...others.map((id) => id.toLowerCase()),
  ]);
  for (const id of await readServicePrincipals(reading, applications)) principals.add(id);

  const assignments = await reads.assignments(reading, principals, networkGroups);
  const granted = assignments.flatMap((row) => {
    const parsed = parseRow(roleAssignmentRow, row);
    return parsed.known ? [parsed.value.properties] : [];
  });
  await readGroups(
    reading,
    [
      // A deployer may be a group itself; the clusters' identities never are.
      ...granted
        .filter(({ principalId, principalType }) =>
          principalType?.toLowerCase() === 'group' ? true : !principals.has(principalId),
        )
        .map(({ principalId }) => principalId),
      ...denials.flatMap(({ properties }) =>
        [...properties.principals, ...properties.excludePrincipals]
          .filter(({ type }) => type?.toLowerCase() === 'group')
          .map(({ id }) => id),
      ),
    ],
    () => readReaching(reading, principals, networkGroups),
  );
  await reads.roles(
    reading,
    granted.map(({ roleDefinitionId }) => resourceId(roleDefinitionId)),
  );
}

/** Whom AKS acts as: object ids as far as the cluster says them, else an application id. */
function identityOf(row: Row): {
  readonly principalIds: readonly string[];
  readonly appId?: string;
} {
  const parsed = parseRow(managedClusterRow, row);
  if (!parsed.known) return { principalIds: [] };
  const { identity, properties } = parsed.value;
  const principalIds = [
    identity?.principalId,
    ...Object.values(identity?.userAssignedIdentities ?? {}).map((one) => one?.principalId),
  ].filter((id) => id !== undefined);
  const clientId = properties.servicePrincipalProfile?.clientId;
  return principalIds.length > 0 || clientId === undefined || clientId === 'msi'
    ? { principalIds }
    : { principalIds, appId: clientId };
}

/** The object ids that Microsoft Graph knows the applications by; it has none for one that is deleted. */
async function readServicePrincipals(
  reading: Reading,
  appIds: readonly string[],
): Promise<readonly string[]> {
  if (!reading.wants(principalsType)) return [];
  const found: string[] = [];
  // One that is no GUID would make Graph refuse a whole list, and no application has it.
  const ids = appIds.filter((appId) => z.guid().safeParse(appId).success);
  const failures = new Map<string, ReturnType<typeof whyOf>>();
  const bodies = concurrently(batches(ids, idsPerFilter), atOnce, async (some) => {
    const principals: Json[] = [];
    const filter = encodeURIComponent(`appId in (${some.map(odataString).join(',')})`);
    const path = `/servicePrincipals?$filter=${filter}&$select=id,appId`;
    try {
      for await (const one of reading.clients.listGraph(path)) principals.push(one);
    } catch (error) {
      if (!(error instanceof AzureError)) throw error;
      failures.set(error.message, whyOf(error));
    }
    return principals;
  });
  for await (const { id, appId } of bodies) {
    const row = reading.take({ id, appId }, principalsType);
    if (row !== undefined) found.push(row.id);
  }
  for (const why of failures.values()) {
    reading.miss({
      type: principalsType,
      scope: '/',
      what: 'service principals of clusters',
      ...why,
    });
  }
  return found;
}

/**
 * The members of these principals, if they are groups; nested ones expanded by Microsoft Graph. Where
 * Graph refuses, `otherwise` may know what reaches the identities; if it does, nothing is missing.
 */
async function readGroups(
  reading: Reading,
  principalIds: readonly string[],
  otherwise: () => Promise<boolean>,
): Promise<void> {
  if (!reading.wants(groupsType)) return;
  const ids = [...new Set(principalIds)].toSorted();
  const failures = new Set<string>();
  const bodies = concurrently(ids, atOnce, async (id): Promise<readonly Json[]> => {
    try {
      return [{ id, members: await membersOf(reading, id), transitive: true }];
    } catch (error) {
      if (!(error instanceof AzureError)) throw error;
      // What is no group, or is deleted, has no members; without a row its members stay unknown.
      if (error.code !== 'notFound') failures.add(error.message);
      return [];
    }
  });
  for await (const body of bodies) reading.take(body, groupsType);
  if (failures.size > 0 && (await otherwise())) return;
  for (const why of failures) {
    reading.miss({ type: groupsType, scope: '/', what: 'members of groups', why });
  }
}

/**
 * What Resource Manager says reaches each identity in these subscriptions, through groups of any
 * depth: it knows the groups without Microsoft Graph. One call for each identity and subscription, so
 * only where Graph does not answer. Whether it said so for all of them.
 */
async function readReaching(
  reading: Reading,
  principals: ReadonlySet<string>,
  networkGroups: ReadonlySet<ResourceId>,
): Promise<boolean> {
  if (!reading.wants(reachingType)) return false;
  const subscriptions = new Set([...networkGroups].flatMap((id) => subscriptionIdOf(id) ?? []));
  const asked = [...principals]
    .toSorted()
    .flatMap((principalId) =>
      [...subscriptions].toSorted().map((subscription) => ({ principalId, subscription })),
    );
  let complete = true;
  const bodies = concurrently(asked, atOnce, async ({ principalId, subscription }) => {
    const scope = `/subscriptions/${subscription}`;
    try {
      const assignments: Json[] = [];
      const list = reading.clients.listArm(
        `${scope}/providers/Microsoft.Authorization/roleAssignments`,
        '2022-04-01',
        `assignedTo(${odataString(principalId)})`,
      );
      for await (const one of list) assignments.push(one);
      return [
        {
          id: `${scope}/providers/${reachingType}/${principalId}`,
          principalId,
          scope,
          assignments,
        },
      ];
    } catch (error) {
      if (!(error instanceof AzureError)) throw error;
      complete = false;
      return [];
    }
  });
  for await (const body of bodies) reading.take(body, reachingType);
  return complete;
}

/** Whoever is in a group, the groups nested in it and their members included. */
async function membersOf(reading: Reading, group: string): Promise<readonly Json[]> {
  const members: Json[] = [];
  const path = `/groups/${encodeURIComponent(group)}/transitiveMembers?$select=id&$top=999`;
  for await (const member of reading.clients.listGraph(path)) members.push(member);
  return members;
}

/** What denies anything in some subscriptions. */
export interface Denials {
  readonly found: readonly DenyAssignmentRow[];
  /** Why it is not all, by the GUID of the subscription. */
  readonly unread: ReadonlyMap<string, string>;
}

/** The deny assignments at, above and below these subscriptions. */
export async function readDenyAssignments(
  reading: Reading,
  subscriptions: readonly string[],
): Promise<Denials> {
  const found = new Map<ResourceId, DenyAssignmentRow>();
  const unread = new Map<string, string>();
  if (!reading.wants(denialsType)) return { found: [], unread };
  const lists = concurrently(subscriptions, atOnce, async (subscription) => {
    const bodies: Json[] = [];
    const scope = `/subscriptions/${subscription}`;
    try {
      for await (const one of reading.clients.denyAssignments(subscription)) bodies.push(one);
    } catch (error) {
      if (!(error instanceof AzureError)) throw error;
      const why = error.message;
      reading.miss({ type: denialsType, scope, what: 'deny assignments', ...whyOf(error) });
      unread.set(subscription, why);
    }
    return bodies.map((body) => ({ subscription, body }));
  });
  for await (const { subscription, body } of lists) {
    const row = reading.take(body, denialsType);
    const parsed = row === undefined ? undefined : parseRow(denyAssignmentRow, row);
    if (row !== undefined && parsed?.known === true) found.set(row.id, parsed.value);
    else unread.set(subscription, 'one of them is not understood');
  }
  return { found: [...found.values()], unread };
}

/** The resource groups of the virtual networks and route tables among these ids. */
export function networkGroupsOf(ids: Iterable<ResourceId>): ReadonlySet<ResourceId> {
  return new Set(
    [...ids]
      .filter((id) => /\/providers\/microsoft\.network\/(virtualnetworks|routetables)\//.test(id))
      .flatMap((id) => resourceGroupIdOf(id) ?? []),
  );
}
