import type { ClusterSubnet } from '../facts/inference-cluster.ts';
import type { LinkedResource, PrivateEndpoint } from '../facts/linked-resources.ts';
import { type ResourceId, parentOf } from '../model/resource-id.ts';
import { type Missing, foundIn } from '../model/verdict.ts';

/** The best private way from the nodes into one part of a resource. */
export type Path = { readonly group: string } & (
  | { readonly kind: 'own' | 'peer'; readonly endpointId: ResourceId }
  | { readonly kind: 'serviceEndpoint'; readonly subnetIds: readonly ResourceId[] }
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown'; readonly missing: readonly Missing[] }
);

/**
 * How nodes reach a part of a resource: by an approved private endpoint in their own network, by
 * service endpoints on all of their subnets that the resource admits, or by a private endpoint in a
 * connected peer. `none` only where everything that could be a way was read.
 * Sources: learn.microsoft.com/azure/private-link/private-endpoint-overview,
 * …/azure/virtual-network/virtual-network-service-endpoints-overview
 */
export function pathInto(
  resource: LinkedResource,
  group: string,
  service: string | undefined,
  nodes: readonly ClusterSubnet[],
): Path {
  const endpoints = foundIn(resource.privateEndpoints).filter(({ groups }) =>
    groups.includes(group),
  );
  const own = endpoints.find((endpoint) => isInNetworkOf(endpoint, nodes));
  if (own !== undefined) return { kind: 'own', group, endpointId: own.id };
  const byService = serviceEndpointPath(resource, group, service, nodes);
  if (byService?.kind === 'serviceEndpoint') return byService;
  const peer = endpoints.find((endpoint) => isInPeerOf(endpoint, nodes));
  if (peer !== undefined) return { kind: 'peer', group, endpointId: peer.id };
  const networks = nodes.flatMap(({ virtualNetwork }) =>
    endpoints.length === 0 || virtualNetwork.known ? [] : virtualNetwork.missing,
  );
  const missing = [
    ...(byService?.kind === 'unknown' ? byService.missing : []),
    ...(resource.privateEndpoints.known ? [] : resource.privateEndpoints.missing),
    ...networks,
  ];
  return missing.length > 0 ? { kind: 'unknown', group, missing } : { kind: 'none', group };
}

/** Whether a subnet has an endpoint of the service; storage has one for all regions beside its own. */
export function hasServiceEndpoint(services: readonly string[], service: string): boolean {
  return services.includes(service) || services.includes(`${service}.global`);
}

/** Undefined where service endpoints are certainly no way. */
function serviceEndpointPath(
  { admittedSubnets, unseenRules }: LinkedResource,
  group: string,
  service: string | undefined,
  nodes: readonly ClusterSubnet[],
): Path | undefined {
  const admitted = nodes.every(({ id }) => admittedSubnets.includes(id));
  if (service === undefined || !(admitted || unseenRules.length > 0)) return undefined;
  const missing: Missing[] = admitted ? [] : [...unseenRules];
  for (const { serviceEndpoints } of nodes) {
    if (!serviceEndpoints.known) missing.push(...serviceEndpoints.missing);
    else if (!hasServiceEndpoint(serviceEndpoints.value, service)) return undefined;
  }
  return missing.length > 0
    ? { kind: 'unknown', group, missing }
    : { kind: 'serviceEndpoint', group, subnetIds: nodes.map(({ id }) => id) };
}

function isInNetworkOf({ subnetId }: PrivateEndpoint, nodes: readonly ClusterSubnet[]): boolean {
  return nodes.some(({ id }) => parentOf(id) === parentOf(subnetId));
}

function isInPeerOf({ subnetId }: PrivateEndpoint, nodes: readonly ClusterSubnet[]): boolean {
  const network = parentOf(subnetId);
  return nodes.some(
    ({ virtualNetwork }) =>
      virtualNetwork.known &&
      virtualNetwork.value.peerings.some(
        ({ state, remoteNetworkId }) => state === 'Connected' && remoteNetworkId === network,
      ),
  );
}
