import type { InferenceCluster } from '../facts/inference-cluster.ts';
import type { Protocol } from '../network/security-rule.ts';

/** A service, beside the registry, that nodes of an inference cluster talk to. */
export interface OutboundDependency {
  readonly serviceTag: string;
  readonly protocol: Protocol;
  readonly ports: readonly number[];
  /** Needed by features that a cluster may do without. */
  readonly isOptional: boolean;
  /** The part of a resource of the workspace whose private endpoint does as well. */
  readonly privateLink?: 'amlworkspace' | 'blob' | 'file' | 'vault';
}

/**
 * What the firewall article names for Azure ML and its Kubernetes computes, in the cluster's region.
 * Ports of Azure ML that its private endpoint does not serve stand by themselves.
 * Source: learn.microsoft.com/azure/machine-learning/how-to-access-azureml-behind-firewall.
 */
export function outboundDependencies({
  location,
}: InferenceCluster): readonly OutboundDependency[] {
  const region = regionName(location);
  const needed = (
    serviceTag: string,
    protocol: Protocol,
    ports: readonly number[],
    privateLink?: OutboundDependency['privateLink'],
  ): OutboundDependency => ({
    serviceTag,
    protocol,
    ports,
    isOptional: false,
    ...(privateLink === undefined ? {} : { privateLink }),
  });
  const optional = (...args: Parameters<typeof needed>): OutboundDependency => ({
    ...needed(...args),
    isOptional: true,
  });
  return [
    needed('AzureActiveDirectory', 'Tcp', [80, 443]),
    needed('AzureMachineLearning', 'Tcp', [443], 'amlworkspace'),
    needed('AzureMachineLearning', 'Tcp', [8787, 18881]),
    needed('AzureMachineLearning', 'Udp', [5831]),
    needed('AzureResourceManager', 'Tcp', [443]),
    needed(`Storage.${region}`, 'Tcp', [443], 'blob'),
    needed('MicrosoftContainerRegistry', 'Tcp', [443]),
    needed('AzureFrontDoor.FirstParty', 'Tcp', [443]),
    needed('AzureMonitor', 'Tcp', [443]),
    optional('AzureFrontDoor.Frontend', 'Tcp', [443]),
    optional(`BatchNodeManagement.${region}`, 'Tcp', [443]),
    optional(`Storage.${region}`, 'Tcp', [445], 'file'),
    optional(`AzureKeyVault.${region}`, 'Tcp', [443], 'vault'),
  ];
}

/** A location as resources spell it (`westeurope`, `West Europe`), as service tags do without case. */
export function regionName(location: string): string {
  return location.replaceAll(' ', '').toLowerCase();
}
