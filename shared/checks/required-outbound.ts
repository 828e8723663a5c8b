import type { InferenceCluster } from '../facts/inference-cluster.ts';
import { foundIn } from '../model/verdict.ts';
import { outboundDependencies, regionName } from './outbound-dependencies.ts';
import type { AddressMatch, PortRange, Protocol } from '../network/security-rule.ts';
import type { ServiceTags } from '../network/service-tags.ts';
import { distinct } from './judgement.ts';

/** Something outside that an inference cluster must reach where outbound is restricted. */
export interface RequiredOutbound {
  readonly serviceTag: string;
  readonly protocol: Protocol;
  readonly ports: readonly PortRange[];
}

/** The service tag of Azure Container Registry in one region. */
export function registryTag(location: string): string {
  return `AzureContainerRegistry.${regionName(location)}`;
}

/** Locations of the registries the cluster pulls from, as far as they are known. */
function registryLocations(cluster: InferenceCluster): readonly string[] {
  const workspaces = foundIn(cluster.workspaces);
  if (workspaces.length === 0) return [cluster.location];
  return distinct(
    workspaces.map(({ registry, location }) =>
      registry.known ? (registry.value?.location ?? location) : location,
    ),
  );
}

/**
 * What the guidance's restricted-outbound list and the firewall article name for every cluster.
 * Source: learn.microsoft.com/azure/machine-learning/how-to-access-azureml-behind-firewall.
 */
export function requiredOutbound(cluster: InferenceCluster): readonly RequiredOutbound[] {
  const registries = registryLocations(cluster).map((location) => ({
    serviceTag: registryTag(location),
    protocol: 'Tcp' as const,
    ports: [443],
  }));
  return [
    ...registries,
    ...outboundDependencies(cluster).filter(({ isOptional }) => !isOptional),
  ].map(({ serviceTag, protocol, ports }) => ({
    serviceTag,
    protocol,
    ports: ports.map((port) => ({ from: port, to: port })),
  }));
}

/**
 * The tag to ask about: the regional one where the list names it, else the global one that holds
 * it, else the regional one by name alone.
 */
export function askableTag(tag: string, serviceTags: ServiceTags): AddressMatch {
  const [base = tag] = tag.split('.');
  const isListed = serviceTags.addresses(tag) !== undefined;
  const name = !isListed && serviceTags.addresses(base) !== undefined ? base : tag;
  return { kind: 'serviceTag', name };
}
