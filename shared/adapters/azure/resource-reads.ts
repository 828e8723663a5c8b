import type { ResourceType } from '../../inventory/resource-types.ts';
import { resourceTypeNamed, typeInId } from '../../inventory/row-type.ts';
import { type ResourceId, nameOf, resourceGroupIdOf } from '../../model/resource-id.ts';
import type { Row } from '../../ports.ts';
import { apiVersions } from './api-versions.ts';
import type { Json } from './azure-clients.ts';
import { AzureError } from './azure-error.ts';
import { batches } from './batches.ts';
import { concurrently } from './concurrently.ts';
import {
  assignmentsOfQuery,
  byIdQuery,
  groupAssignmentsQuery,
  inGroupsQuery,
  policyExemptionsQuery,
  roleDefinitionsQuery,
} from './queries.ts';
import type { Hidden, Reading } from './reading.ts';

const assignmentsType = 'microsoft.authorization/roleassignments';
const definitionsType = 'microsoft.authorization/roledefinitions';
const exemptionsType = 'microsoft.authorization/policyexemptions';
const atOnce = 8;

/** How resources are read of which the ids, the resource groups or the principals are known. */
export interface ResourceReads {
  byIds(reading: Reading, ids: readonly ResourceId[]): Promise<void>;
  inGroups(
    reading: Reading,
    types: readonly ResourceType[],
    groups: readonly ResourceId[],
    hides: (group: ResourceId) => Hidden,
  ): Promise<readonly Row[]>;
  /** Role assignments of these principals, and those of groups that bear on these resource groups. */
  assignments(
    reading: Reading,
    principals: ReadonlySet<string>,
    groups: ReadonlySet<ResourceId>,
  ): Promise<readonly Row[]>;
  /** Role definitions by the ids that assignments name. */
  roles(reading: Reading, ids: readonly ResourceId[]): Promise<void>;
  /** Exemptions of Azure Policy: those that bear on a subscription, or all. */
  exemptions(reading: Reading, subscription: string): Promise<void>;
}

/** By Resource Graph: many at once, as its index was minutes or hours ago. */
export const indexedReads: ResourceReads = {
  async byIds(reading, ids) {
    for (const batch of batches(ids)) {
      const hidden = batch.map((scope) => ({ ...typedBy(scope), scope, what: nameOf(scope) }));
      await reading.query({ query: byIdQuery(batch) }, hidden);
    }
  },
  async inGroups(reading, types, groups, hides) {
    const found: Row[] = [];
    for (const batch of batches(groups)) {
      const names = new Set(batch.map(nameOf));
      const wanted = new Set<string>(batch);
      const rows = await reading.query(
        { query: inGroupsQuery(types, names) },
        batch.map(hides),
        // Other subscriptions may have groups of the same name.
        (id) => wanted.has(resourceGroupIdOf(id) ?? ''),
      );
      found.push(...rows);
    }
    return found;
  },
  async assignments(reading, principals, groups) {
    const hidden = [{ type: assignmentsType, scope: '/', what: 'role assignments' } as const];
    const found: Row[] = [];
    for (const batch of batches([...principals].toSorted())) {
      found.push(...(await reading.query({ query: assignmentsOfQuery(batch) }, hidden)));
    }
    for (const batch of batches([...groups].toSorted())) {
      found.push(...(await reading.query({ query: groupAssignmentsQuery(batch) }, hidden)));
    }
    return found;
  },
  async roles(reading, ids) {
    for (const batch of batches([...new Set(ids.map(nameOf))].toSorted())) {
      await reading.query({ query: roleDefinitionsQuery(batch) }, [
        { type: definitionsType, scope: '/', what: 'role definitions' },
      ]);
    }
  },
  async exemptions(reading) {
    await reading.query({ query: policyExemptionsQuery() }, [
      { type: exemptionsType, scope: '/', what: `rows of ${exemptionsType}` },
    ]);
  },
};

/** By Resource Manager: one by one, as they are now. */
export const liveReads: ResourceReads = {
  async byIds(reading, ids) {
    const bodies = concurrently(ids, atOnce, async (id) => {
      const type = typeOf(id);
      const version = type === undefined ? undefined : apiVersions[type];
      if (type === undefined || version === undefined) return [];
      const hidden = { type, scope: id, what: nameOf(id) };
      return getOne(reading, id, version, hidden);
    });
    for (const body of await byId(bodies)) reading.take(body);
  },
  async inGroups(reading, types, groups, hides) {
    const lists = groups.flatMap((group) => types.map((type) => ({ group, type })));
    const bodies = concurrently(lists, atOnce, async ({ group, type }) => {
      const version = apiVersions[type];
      if (version === undefined) throw new RangeError(`${type} has no version to be listed by`);
      const path = `${group}/providers/${type}`;
      return listOf(reading, path, version, { ...hides(group), type });
    });
    const found: Row[] = [];
    for (const body of await byId(bodies)) {
      const row = reading.take(body);
      if (row !== undefined) found.push(row);
    }
    return found;
  },
  async assignments(reading, principals, groups) {
    const lists = concurrently([...groups].toSorted(), atOnce, (group) =>
      listOf(reading, `${group}/providers/Microsoft.Authorization/roleAssignments`, '2022-04-01', {
        type: assignmentsType,
        scope: group,
        what: 'role assignments',
      }),
    );
    const found = new Map<ResourceId, Row>();
    for (const body of await byId(lists)) {
      if (!concerns(body['properties'], principals)) continue;
      const row = reading.take(body, assignmentsType);
      if (row !== undefined) found.set(row.id, row);
    }
    return [...found.values()];
  },
  async roles(reading, ids) {
    const bodies = concurrently([...new Set(ids)], atOnce, (id) =>
      getOne(reading, id, '2022-04-01', { type: definitionsType, scope: '/', what: nameOf(id) }),
    );
    for (const body of await byId(bodies)) reading.take(body, definitionsType);
  },
  async exemptions(reading, subscription) {
    const scope = `/subscriptions/${subscription}`;
    const path = `${scope}/providers/Microsoft.Authorization/policyExemptions`;
    const hidden = { type: exemptionsType, scope, what: `rows of ${exemptionsType}` } as const;
    for (const body of await listOf(reading, path, '2022-07-01-preview', hidden)) {
      reading.take(body, exemptionsType);
    }
  },
};

/** People and applications of whom nobody asked bear on no verdict; groups may hold one of whom somebody did. */
function concerns(properties: unknown, principals: ReadonlySet<string>): boolean {
  if (typeof properties !== 'object' || properties === null) return false;
  const { principalId = '', principalType = '' } = {
    principalId: undefined,
    principalType: undefined,
    ...properties,
  };
  return (
    principals.has(String(principalId).toLowerCase()) ||
    !['user', 'serviceprincipal'].includes(String(principalType).toLowerCase())
  );
}

/** In the order of their ids, as Resource Graph gives rows: sentences name things in the order read. */
async function byId(bodies: AsyncIterable<Json>): Promise<readonly Json[]> {
  const found: { readonly id: string; readonly body: Json }[] = [];
  for await (const body of bodies) found.push({ id: String(body['id']).toLowerCase(), body });
  return found.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map(({ body }) => body);
}

/** What is not there is no gap by itself: whoever names it says what is missing. */
async function getOne(reading: Reading, id: ResourceId, version: string, hidden: Hidden) {
  const body = await reading.attempt(
    () => reading.clients.getArm(id, version).catch(unlessAbsent),
    [hidden],
  );
  return body === undefined ? [] : [body];
}

async function listOf(reading: Reading, path: string, version: string, hidden: Hidden) {
  const found = await reading.attempt(async () => {
    const bodies: Json[] = [];
    for await (const body of reading.clients.listArm(path, version)) bodies.push(body);
    return bodies;
  }, [hidden]);
  return found ?? [];
}

function unlessAbsent(error: unknown): undefined {
  if (error instanceof AzureError && error.code === 'notFound') return undefined;
  throw error;
}

/** The type that an id names, for a gap. */
function typedBy(id: ResourceId): { readonly type?: ResourceType } {
  const type = typeOf(id);
  return type === undefined ? {} : { type };
}

/** The type that an id spells, where an audit reads it. */
export function typeOf(id: ResourceId): ResourceType | undefined {
  return resourceTypeNamed(typeInId(id) ?? '');
}
