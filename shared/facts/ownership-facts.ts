import type { InventorySnapshot } from '../inventory/inventory-snapshot.ts';
import type { ResourceType } from '../inventory/resource-types.ts';
import {
  type ResourceId,
  isWithin,
  nameOf,
  resourceGroupIdOf,
  resourceId,
} from '../model/resource-id.ts';
import {
  type Known,
  type Listing,
  type Missing,
  known,
  listing,
  unknown,
} from '../model/verdict.ts';
import type { Row } from '../ports.ts';
import { nodeGroupOf } from './find-clusters.ts';
import { type RowReader, missingOf, notRead, rowReader } from './row-reader.ts';
import { deploymentStackRow } from './rows/deployment-stack.ts';
import { managedClusterRow } from './rows/managed-cluster.ts';
import { managementLockRow } from './rows/management-lock.ts';
import { markedResourceRow } from './rows/marked-resource.ts';

const clustersType = 'microsoft.containerservice/managedclusters';
const groupsType = 'microsoft.resources/subscriptions/resourcegroups';
const locksType = 'microsoft.authorization/locks';
const stacksType = 'microsoft.resources/deploymentstacks';

/** What tells whose a resource is, beside the resources themselves: only a plan asks for it. */
export const ownershipTypes: readonly ResourceType[] = [locksType, stacksType, groupsType];

/** A lock on a resource or on something above it: whatever its level, it bars a change or its undoing. */
interface Lock {
  readonly name: string;
  /** `CanNotDelete`, `ReadOnly`, or as Azure writes it. */
  readonly level: string;
  readonly scope: ResourceId;
}

/** A deployment stack that has a resource for its own, or keeps others from changing it. */
interface HoldingStack {
  readonly id: ResourceId;
  /** What it lists: the resource, something in it, or something above it that it denies changes below. */
  readonly holds: ResourceId;
}

/** What a resource says of who manages it. */
interface Marks {
  readonly at: ResourceId;
  /** As Azure writes it. */
  readonly managedBy?: string;
  readonly tagKeys: readonly string[];
}

/** All that bears on whether a resource is the customer's own to change. */
export interface OwnershipFacts {
  readonly id: ResourceId;
  /** An AKS cluster whose node resource group it lies in. */
  readonly managedByAks: Listing<ResourceId>;
  readonly locks: Listing<Lock>;
  readonly stacks: Listing<HoldingStack>;
  /** Of the resource and of its resource group. */
  readonly marks: Listing<Marks>;
}

/**
 * Reads, resource by resource, what tells whose it is. What was not asked for when the snapshot was
 * taken is unknown, as is what was asked for and not read.
 * Sources: learn.microsoft.com/azure/azure-resource-manager/management/lock-resources,
 * learn.microsoft.com/azure/azure-resource-manager/bicep/deployment-stacks
 */
export function readOwnership(snapshot: InventorySnapshot): (id: ResourceId) => OwnershipFacts {
  const reader = rowReader(snapshot);
  const nodeGroups = nodeGroupsIn(reader);
  const locks = reader.all(managementLockRow, locksType);
  const stacks = reader.all(deploymentStackRow, stacksType);
  const unread = (type: ResourceType, id: ResourceId): readonly Missing[] =>
    snapshot.asked?.has(type) === true
      ? missingOf(snapshot.wasReadWithin(type, id))
      : [{ what: wordsFor(type), scope: id, why: 'they were not asked for' }];
  return (id) => ({
    id,
    managedByAks: listing(
      nodeGroups.get(resourceGroupIdOf(id) ?? id) ?? [],
      missingOf(snapshot.wasReadWithin(clustersType, id)),
    ),
    locks: listing(
      locks.found.flatMap(({ row, value }) => {
        const scope = lockedScope(row.id);
        const level = value.properties?.level ?? 'of no level';
        return isWithin(id, scope) || isIn(scope, id)
          ? [{ name: value.name ?? nameOf(row.id), level, scope }]
          : [];
      }),
      [...locks.missing, ...unread(locksType, id)],
    ),
    stacks: listing(
      stacks.found.flatMap(({ row, value }) => {
        const { resources, denySettings } = value.properties;
        const denies = denySettings?.mode?.startsWith('deny') === true;
        const isHeld = (held: ResourceId): boolean =>
          held === id ||
          isIn(held, id) ||
          (isWithin(id, held) && denies && denySettings.applyToChildScopes === true);
        const holds = resources.find(isHeld);
        return holds === undefined ? [] : [{ id: row.id, holds }];
      }),
      [...stacks.missing, ...unread(stacksType, id)],
    ),
    marks: marksOf(reader, id, unread),
  });
}

/** Whether something is a part of a resource. What lies in a resource group is not a part of it. */
function isIn(id: ResourceId, whole: ResourceId): boolean {
  return resourceGroupIdOf(whole) !== whole && isWithin(id, whole);
}

function marksOf(
  reader: RowReader,
  id: ResourceId,
  unread: (type: ResourceType, id: ResourceId) => readonly Missing[],
): Listing<Marks> {
  const group = resourceGroupIdOf(id);
  const own = group === id ? [] : [marksIn(reader, id, reader.snapshot.get(id))];
  const found: Marks[] = [];
  const missing: Missing[] = [];
  const ofGroup = group === undefined ? [] : [groupMarks(reader, group, unread(groupsType, group))];
  for (const one of [...own, ...ofGroup]) {
    if (!one.known) missing.push(...one.missing);
    else if (one.value !== undefined) found.push(one.value);
  }
  return listing(found, missing);
}

/** A resource group without a row says nothing; where others have one, its own should have come too. */
function groupMarks(
  reader: RowReader,
  group: ResourceId,
  unread: readonly Missing[],
): Known<Marks | undefined> {
  const { snapshot } = reader;
  const row = snapshot.get(group);
  if (row !== undefined) return marksIn(reader, group, row);
  if (unread.length > 0) return unknown(...unread);
  const subscription = resourceId(group.split('/').slice(0, 3).join('/'));
  return snapshot.rowsWithin(groupsType, subscription).length === 0
    ? known(undefined)
    : unknown(notRead('resource group', group));
}

function marksIn(reader: RowReader, at: ResourceId, row: Row | undefined): Known<Marks> {
  if (row === undefined) return unknown(notRead('resource', at));
  const read = reader.read(markedResourceRow, row);
  if (!read.known) return read;
  const { managedBy, tags } = read.value;
  return known({ at, tagKeys: tags, ...(managedBy === undefined ? {} : { managedBy }) });
}

function nodeGroupsIn(reader: RowReader): ReadonlyMap<ResourceId, readonly ResourceId[]> {
  const groups = new Map<ResourceId, ResourceId[]>();
  for (const { row, value } of reader.all(managedClusterRow, clustersType).found) {
    const group = nodeGroupOf(row.id, value.properties.nodeResourceGroup);
    if (group !== undefined) groups.set(group, [...(groups.get(group) ?? []), row.id]);
  }
  return groups;
}

/** Where a lock holds: it lies under what it locks. */
function lockedScope(id: ResourceId): ResourceId {
  const at = id.lastIndexOf('/providers/microsoft.authorization/locks/');
  return at < 0 ? resourceId('/') : resourceId(id.slice(0, at) || '/');
}

function wordsFor(type: ResourceType): string {
  if (type === locksType) return 'locks';
  return type === stacksType ? 'deployment stacks' : 'what manages resource groups';
}
