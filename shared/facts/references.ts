import type { ResourceType } from '../inventory/resource-types.ts';
import { type ResourceId, resourceId } from '../model/resource-id.ts';
import type { Row } from '../ports.ts';
import { isObject } from './rows/lenient.ts';

const networksType = 'microsoft.network/virtualnetworks';

/**
 * Which types an audit follows from a row to the next: the edges of one cluster's graph. A peered
 * network, a private endpoint's network or a hub's other subnets are read, not followed on, or one
 * cluster would lead through its peerings to the whole tenant.
 */
const followed: Partial<Readonly<Record<ResourceType, readonly ResourceType[]>>> = {
  'microsoft.containerservice/managedclusters': ['microsoft.network/virtualnetworks'],
  'microsoft.compute/virtualmachinescalesets': [
    'microsoft.network/applicationsecuritygroups',
    'microsoft.network/networksecuritygroups',
    'microsoft.network/virtualnetworks',
  ],
  'microsoft.network/networkinterfaces': [
    'microsoft.network/applicationsecuritygroups',
    'microsoft.network/networksecuritygroups',
    'microsoft.network/virtualnetworks',
  ],
  'microsoft.network/loadbalancers': ['microsoft.network/publicipaddresses'],
  'microsoft.network/networksecuritygroups': ['microsoft.network/applicationsecuritygroups'],
  'microsoft.network/virtualnetworks': [
    'microsoft.network/networksecuritygroups',
    'microsoft.network/routetables',
  ],
  'microsoft.machinelearningservices/workspaces': [
    'microsoft.containerregistry/registries',
    'microsoft.keyvault/vaults',
    'microsoft.machinelearningservices/workspaces',
    'microsoft.network/privateendpoints',
    'microsoft.storage/storageaccounts',
  ],
  'microsoft.machinelearningservices/workspaces/computes': ['microsoft.network/virtualnetworks'],
  'microsoft.containerregistry/registries': ['microsoft.network/privateendpoints'],
  'microsoft.keyvault/vaults': ['microsoft.network/privateendpoints'],
  'microsoft.storage/storageaccounts': ['microsoft.network/privateendpoints'],
};

/** The resources that an audit needs beside a row because the row names them; `subnets` are those in use. */
export function referencesOf(row: Row, subnets: ReadonlySet<ResourceId>): readonly ResourceId[] {
  const types = followed[row.type] ?? [];
  const body = row.type === networksType ? subnetsInUse(row, subnets) : row.body;
  const ids = idsIn(body, types);
  ids.delete(row.id);
  return [...ids];
}

/** The types to which a row of a type may lead, over others; none where nothing is followed from it. */
export function typesBehind(type: ResourceType): ReadonlySet<ResourceType> {
  const reached = new Set<ResourceType>(followed[type]);
  // What is added meanwhile is followed too.
  for (const next of reached) for (const one of followed[next] ?? []) reached.add(one);
  return reached;
}

/** What is read beside a row and not followed on: peered networks, what private endpoints are made of. */
export function leavesOf(row: Row): readonly ResourceId[] {
  if (row.type === networksType) {
    const ids = idsIn(propertiesOf(row)['virtualNetworkPeerings'], [networksType]);
    ids.delete(row.id);
    return [...ids];
  }
  return row.type === 'microsoft.network/privateendpoints'
    ? [...idsIn(row.body, ['microsoft.network/networkinterfaces', networksType])]
    : [];
}

/** The subnets that a row names anywhere. */
export function subnetsNamedIn(row: Row): ReadonlySet<ResourceId> {
  const found = new Set<ResourceId>();
  for (const text of textsIn(row.body)) {
    const id = lowerId(text);
    const subnet = id === undefined ? null : /^.*\/virtualnetworks\/[^/]+\/subnets\/[^/]+/.exec(id);
    if (subnet !== null) found.add(resourceId(subnet[0]));
  }
  return found;
}

/** The virtual network's subnets among these; all of them where none is, as AKS's own networks hold only its own. */
function subnetsInUse(row: Row, used: ReadonlySet<ResourceId>): unknown {
  const subnets = propertiesOf(row)['subnets'];
  if (!Array.isArray(subnets)) return undefined;
  const inUse = subnets.filter((subnet: unknown) => {
    const id = isObject(subnet) ? subnet['id'] : undefined;
    return typeof id === 'string' && used.has(resourceId(id));
  });
  return inUse.length > 0 ? inUse : subnets;
}

function propertiesOf({ body }: Row): Readonly<Record<string, unknown>> {
  const { properties } = body;
  return isObject(properties) ? properties : {};
}

function idsIn(value: unknown, types: readonly ResourceType[]): Set<ResourceId> {
  const found = new Set<ResourceId>();
  for (const text of textsIn(value)) {
    const id = lowerId(text);
    if (id === undefined) continue;
    for (const type of types) {
      const resource = resourceAtOrAbove(id, type);
      if (resource !== undefined) found.add(resource);
    }
  }
  return found;
}

/** A subnet's network, a frontend's load balancer: the resource of a top-level type that an id lies in. */
function resourceAtOrAbove(id: string, type: ResourceType): ResourceId | undefined {
  const marker = `/providers/${type}/`;
  const at = id.indexOf(marker);
  if (at < 0) return undefined;
  const end = id.indexOf('/', at + marker.length);
  return resourceId(end < 0 ? id : id.slice(0, end));
}

function lowerId(text: string): string | undefined {
  return /^\/subscriptions\//i.test(text) ? resourceId(text) : undefined;
}

/** Every text in a value, added to `found`: generators within generators take several times as long. */
function textsIn(value: unknown, found: string[] = []): readonly string[] {
  if (typeof value === 'string') found.push(value);
  else if (Array.isArray(value)) for (const item of value) textsIn(item, found);
  else if (isObject(value)) {
    for (const [key, member] of Object.entries(value)) {
      // User-assigned identities are members named by their ids.
      found.push(key);
      textsIn(member, found);
    }
  }
  return found;
}
