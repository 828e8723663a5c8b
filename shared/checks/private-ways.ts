import type { InferenceCluster, Workspace } from '../facts/inference-cluster.ts';
import type { LinkedResource, PrivateEndpoint } from '../facts/linked-resources.ts';
import { type ResourceId, nameOf } from '../model/resource-id.ts';
import { type Known, type Listing, foundIn, listing } from '../model/verdict.ts';
import type { OutboundDependency } from './outbound-dependencies.ts';

/** Private endpoints of which one must be reached where the service itself is not. */
export interface PrivateWay {
  /** What they lead to; the workspace or the cluster where that could not be read. */
  readonly at: ResourceId;
  readonly text: string;
  readonly endpoints: Listing<PrivateEndpoint>;
}

/**
 * The private ways that together do as well as a service tag: one for each workspace of the cluster,
 * to itself, to its storage account or to its key vault. None where no private endpoint helps.
 * Azure Storage also holds the layers of images, which come by the registry's private endpoint, or
 * from its own data endpoint where it has one.
 * Sources: learn.microsoft.com/azure/machine-learning/how-to-secure-kubernetes-inferencing-environment,
 * learn.microsoft.com/azure/container-registry/container-registry-dedicated-data-endpoints
 */
export function privateWays(
  { privateLink }: OutboundDependency,
  { id, workspaces }: InferenceCluster,
): readonly PrivateWay[] {
  if (privateLink === undefined) return [];
  const unread: readonly PrivateWay[] = workspaces.known
    ? []
    : [{ at: id, text: 'the workspace', endpoints: { known: false, missing: workspaces.missing } }];
  const found = foundIn(workspaces).flatMap((workspace) => [
    wayInto(workspace, resourceOf(workspace, privateLink), privateLink),
    ...(privateLink === 'blob' ? layersOf(workspace) : []),
  ]);
  return [...found, ...unread];
}

type Group = NonNullable<OutboundDependency['privateLink']>;

function resourceOf({ entrance, storage, vault }: Workspace, group: Group): Known<LinkedResource> {
  switch (group) {
    case 'amlworkspace':
      return entrance;
    case 'blob':
    case 'file':
      return storage;
    case 'vault':
      return vault;
    default:
      return group satisfies never;
  }
}

function layersOf(workspace: Workspace): readonly PrivateWay[] {
  const { registry } = workspace;
  if (!registry.known) return [wayInto(workspace, registry, 'registry')];
  return registry.value === null || registry.value.hasDataEndpoint
    ? []
    : [wayInto(workspace, { known: true, value: registry.value }, 'registry')];
}

function wayInto(
  { id }: Workspace,
  resource: Known<LinkedResource>,
  group: Group | 'registry',
): PrivateWay {
  if (!resource.known) {
    const text = `${group} of workspace ${nameOf(id)}`;
    return { at: id, text, endpoints: { known: false, missing: resource.missing } };
  }
  const { id: at, privateEndpoints } = resource.value;
  const leading = foundIn(privateEndpoints).filter(({ groups }) => groups.includes(group));
  return {
    at,
    text: `${group} of ${nameOf(at)}`,
    endpoints: listing(leading, privateEndpoints.known ? [] : privateEndpoints.missing),
  };
}
