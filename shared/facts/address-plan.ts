import type { ResourceId } from '../model/resource-id.ts';
import { type Known, type Listing, known, listing, unknown } from '../model/verdict.ts';
import type { Computes } from './computes.ts';
import { missingOf } from './row-reader.ts';
import { united } from './rows/lenient.ts';
import type { ManagedClusterRow } from './rows/managed-cluster.ts';

/** The addresses that Kubernetes gives out by itself, as written: they may be no addresses at all. */
export interface AddressPlan {
  /** CIDR prefixes of services. */
  readonly serviceCidrs: Known<readonly string[]>;
  readonly dnsServiceIp: Known<string>;
  readonly pods: Known<PodAddresses>;
  /** Where somebody set one; AKS itself has ignored it since 2023. */
  readonly dockerBridges: Listing<DockerBridge>;
}

/**
 * Where pods have their addresses from: subnets of the virtual network; a range of their own that the
 * network carries as it is (overlay) or through routes to the nodes (kubenet); or a network plugin
 * of the customer's, of which Azure knows nothing.
 */
export interface PodAddresses {
  readonly from: 'subnets' | 'overlay' | 'kubenet' | 'ownPlugin';
  /** CIDR prefixes of the range; none unless `overlay` or `kubenet`. */
  readonly cidrs: readonly string[];
}

export interface DockerBridge {
  /** The address of the bridge with the length of its network: `172.17.0.1/16`. */
  readonly cidr: string;
  /** The cluster or the Azure ML compute that says so. */
  readonly at: ResourceId;
}

/**
 * Sources: learn.microsoft.com/azure/aks/concepts-network-cni-overview;
 * learn.microsoft.com/azure/machine-learning/v1/how-to-secure-inferencing-vnet (docker bridge).
 */
export function readAddressPlan(
  id: ResourceId,
  { properties: { networkProfile } }: ManagedClusterRow,
  computes: Computes,
): AddressPlan {
  const serviceCidrs = united(networkProfile?.serviceCidr, networkProfile?.serviceCidrs);
  const dnsServiceIp = networkProfile?.dnsServiceIP;
  const own = networkProfile?.dockerBridgeCidr;
  return {
    serviceCidrs:
      serviceCidrs.length > 0 ? known(serviceCidrs) : absent(id, 'service CIDR', 'serviceCidr'),
    dnsServiceIp:
      dnsServiceIp === undefined
        ? absent(id, 'DNS service IP', 'dnsServiceIP')
        : known(dnsServiceIp),
    pods: podAddresses(id, networkProfile),
    dockerBridges: listing(
      [
        ...(own === undefined ? [] : [{ cidr: own, at: id }]),
        ...computes.seenOf(id).flatMap((compute): readonly DockerBridge[] => {
          const { aksNetworkingConfiguration } = compute.row.properties.properties ?? {};
          const cidr = aksNetworkingConfiguration?.dockerBridgeCidr;
          return cidr === undefined ? [] : [{ cidr, at: compute.id }];
        }),
      ],
      missingOf(computes.of(id)),
    ),
  };
}

/** The plan of a cluster whose row could not be read. */
export function unreadAddressPlan(nothing: Known<never>): AddressPlan {
  return { serviceCidrs: nothing, dnsServiceIp: nothing, pods: nothing, dockerBridges: nothing };
}

function podAddresses(
  id: ResourceId,
  profile: ManagedClusterRow['properties']['networkProfile'],
): Known<PodAddresses> {
  const from = podSource(profile?.networkPlugin, profile?.networkPluginMode);
  if (from === undefined) {
    const why = `properties.networkProfile.networkPlugin is ${profile?.networkPlugin ?? 'absent'}`;
    return unknown({ what: 'where pods have their addresses from', scope: id, why, gap: true });
  }
  if (from === 'subnets' || from === 'ownPlugin') return known({ from, cidrs: [] });
  const cidrs = united(profile?.podCidr, profile?.podCidrs);
  return cidrs.length > 0 ? known({ from, cidrs }) : absent(id, 'pod CIDR', 'podCidr');
}

function podSource(
  plugin: string | undefined,
  mode: string | undefined,
): PodAddresses['from'] | undefined {
  switch (plugin ?? '') {
    case 'azure':
      return mode === 'overlay' ? 'overlay' : 'subnets';
    case 'kubenet':
      return 'kubenet';
    case 'none':
      return 'ownPlugin';
    default:
      return undefined;
  }
}

function absent(scope: ResourceId, what: string, member: string): Known<never> {
  const why = `properties.networkProfile.${member} is absent`;
  return unknown({ what: `${what} of the cluster`, scope, why, gap: true });
}
