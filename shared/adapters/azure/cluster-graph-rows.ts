import { leavesOf, referencesOf, subnetsNamedIn } from '../../facts/references.ts';
import type { ResourceType } from '../../inventory/resource-types.ts';
import { type ResourceId, nameOf, resourceGroupIdOf } from '../../model/resource-id.ts';
import type { Row } from '../../ports.ts';
import { groupMembersQuery } from './queries.ts';
import type { Reading } from './reading.ts';
import { type ResourceReads, typeOf } from './resource-reads.ts';

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
  reads: ResourceReads,
): Promise<ReadonlySet<ResourceId>> {
  const subnets = new Set<ResourceId>();
  const followed = new Set<ResourceId>();
  const named = new Set<ResourceId>();
  let frontier: readonly Row[] = [
    ...roots.rows,
    ...(await readNodeGroups(reading, roots.nodeGroups, reads)),
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
    await readByIds(reading, named, new Set([...references, ...leaves]), reads);
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
  reads: ResourceReads,
): Promise<readonly Row[]> {
  const types = nodeGroupTypes.filter((type) => reading.wants(type));
  return reads.inGroups(reading, types, groups, (group) => ({
    scope: group,
    what: `the resources of the node resource group ${nameOf(group)}`,
  }));
}

/** The container groups beside the workspaces: models on Azure Container Instances. */
export async function readContainerGroups(
  reading: Reading,
  workspaces: readonly Row[],
  reads: ResourceReads,
): Promise<void> {
  const type = 'microsoft.containerinstance/containergroups';
  if (!reading.wants(type)) return;
  const groups = new Set(workspaces.flatMap(({ id }) => resourceGroupIdOf(id) ?? []));
  await reads.inGroups(reading, [type], [...groups].toSorted(), (scope) => ({
    type,
    scope,
    what: `container groups of resource group ${nameOf(scope)}`,
  }));
}

async function readByIds(
  reading: Reading,
  named: Set<ResourceId>,
  ids: ReadonlySet<ResourceId>,
  reads: ResourceReads,
): Promise<void> {
  const wanted = [...ids]
    .filter((id) => !named.has(id) && !reading.rows.has(id) && isWanted(reading, id))
    .toSorted();
  for (const id of ids) named.add(id);
  await reads.byIds(reading, wanted);
}

function isWanted(reading: Reading, id: ResourceId): boolean {
  const type = typeOf(id);
  return type !== undefined && reading.wants(type);
}
