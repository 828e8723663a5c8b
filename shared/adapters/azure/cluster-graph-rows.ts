import { leavesOf, referencesOf, subnetsNamedIn } from '../../facts/references.ts';
import type { ResourceType } from '../../inventory/resource-types.ts';
import { resourceTypeNamed, typeInId } from '../../inventory/row-type.ts';
import { type ResourceId, nameOf, resourceGroupIdOf } from '../../model/resource-id.ts';
import type { Row } from '../../ports.ts';
import { batches } from './batches.ts';
import { byIdQuery, groupMembersQuery, inGroupsQuery } from './queries.ts';
import type { Hidden, Reading } from './reading.ts';

/** What a cluster has in the resource group that AKS manages for it. */
const nodeGroupTypes: readonly ResourceType[] = [
  'microsoft.compute/virtualmachinescalesets',
  'microsoft.network/loadbalancers',
  'microsoft.network/networkinterfaces',
  'microsoft.network/networksecuritygroups',
  'microsoft.network/publicipaddresses',
  'microsoft.network/virtualnetworks',
];
const groupsType = 'microsoft.network/applicationsecuritygroups';
/** What can be in an application security group. */
const memberTypes: readonly ResourceType[] = [
  'microsoft.compute/virtualmachinescalesets',
  'microsoft.network/networkinterfaces',
  'microsoft.network/privateendpoints',
];

/** From where the reading sets out. */
export interface GraphRoots {
  /** Clusters, and the workspaces and computes that attach them. */
  readonly rows: readonly Row[];
  readonly nodeGroups: readonly ResourceId[];
}

/**
 * Reads what lies in the clusters' node resource groups, and from there whatever rows refer to, round
 * by round until nothing new is named. Ids of all types go together into one query, so that a
 * thousand clusters take a handful. Returns every id that some row names, read or not.
 */
export async function readClusterGraph(
  reading: Reading,
  roots: GraphRoots,
): Promise<ReadonlySet<ResourceId>> {
  const subnets = new Set<ResourceId>();
  const followed = new Set<ResourceId>();
  const named = new Set<ResourceId>();
  let frontier: readonly Row[] = [
    ...roots.rows,
    ...(await readNodeGroups(reading, roots.nodeGroups)),
  ];
  while (frontier.length > 0) {
    for (const row of frontier) {
      followed.add(row.id);
      if (row.type !== 'microsoft.network/virtualnetworks') {
        for (const subnet of subnetsNamedIn(row)) subnets.add(subnet);
      }
    }
    const references = new Set(frontier.flatMap((row) => referencesOf(row, subnets)));
    const leaves = new Set(frontier.flatMap((row) => leavesOf(row)));
    await readByIds(reading, named, new Set([...references, ...leaves]));
    frontier = [...references].flatMap((id) => {
      const row = followed.has(id) ? undefined : reading.rows.get(id);
      return row ?? [];
    });
  }
  if ([...named].some((id) => typeOf(id) === groupsType)) {
    const what = 'members of application security groups';
    await reading.query(
      { query: groupMembersQuery(memberTypes) },
      memberTypes.map((type) => ({ type, scope: '/', what })),
    );
  }
  return named;
}

async function readNodeGroups(
  reading: Reading,
  groups: readonly ResourceId[],
): Promise<readonly Row[]> {
  const types = nodeGroupTypes.filter((type) => reading.wants(type));
  return readGroups(reading, types, groups, (group) => ({
    scope: group,
    what: `the resources of the node resource group ${nameOf(group)}`,
  }));
}

/** The container groups beside the workspaces: models on Azure Container Instances. */
export async function readContainerGroups(
  reading: Reading,
  workspaces: readonly Row[],
): Promise<void> {
  const type = 'microsoft.containerinstance/containergroups';
  if (!reading.wants(type)) return;
  const groups = new Set(workspaces.flatMap(({ id }) => resourceGroupIdOf(id) ?? []));
  await readGroups(reading, [type], [...groups].toSorted(), (scope) => ({
    type,
    scope,
    what: `container groups of resource group ${nameOf(scope)}`,
  }));
}

/** What lies in these resource groups, of these types. */
async function readGroups(
  reading: Reading,
  types: readonly ResourceType[],
  groups: readonly ResourceId[],
  hides: (group: ResourceId) => Hidden,
): Promise<readonly Row[]> {
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
}

async function readByIds(
  reading: Reading,
  named: Set<ResourceId>,
  ids: ReadonlySet<ResourceId>,
): Promise<void> {
  const wanted = [...ids]
    .filter((id) => !named.has(id) && !reading.rows.has(id) && isWanted(reading, id))
    .toSorted();
  for (const id of ids) named.add(id);
  for (const batch of batches(wanted)) {
    const hidden = batch.map((scope) => ({ ...typedBy(scope), scope, what: nameOf(scope) }));
    await reading.query({ query: byIdQuery(batch) }, hidden);
  }
}

function isWanted(reading: Reading, id: ResourceId): boolean {
  const type = typeOf(id);
  return type !== undefined && reading.wants(type);
}

function typedBy(id: ResourceId): { readonly type?: ResourceType } {
  const type = typeOf(id);
  return type === undefined ? {} : { type };
}

function typeOf(id: ResourceId): ResourceType | undefined {
  return resourceTypeNamed(typeInId(id) ?? '');
}
