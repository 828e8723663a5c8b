import type { AccessFacts } from '../access/access-facts.ts';
import type { AddressPlan } from './address-plan.ts';
import type { ComputeType } from '../model/check.ts';
import type { ResourceId } from '../model/resource-id.ts';
import type { Known, Listing, Missing } from '../model/verdict.ts';
import type { AdminRule, NetworkSecurityGroup } from '../network/security-rule.ts';
import type { RouteTable } from '../network/route-table.ts';
import type { ServiceTags } from '../network/service-tags.ts';
import type { VirtualNetwork } from '../network/virtual-network.ts';

/** How we know that a cluster serves Azure ML; `scope` when settings ask for every cluster. */
export interface KnownBy {
  readonly kind: 'mlCompute' | 'extension' | 'publicIp' | 'onlineEndpoint' | 'tag' | 'scope';
  readonly id: ResourceId;
}

/**
 * Who reaches the API server. `privateLink` and `vnetIntegration` are both private; a *public* API
 * server with VNet integration is `public` or `authorizedRanges`, and its subnet is among `subnets`.
 */
export type ApiServerAccess = 'public' | 'authorizedRanges' | 'privateLink' | 'vnetIntegration';

/** The joined graph of one cluster: everything the checks may look at, and nothing they must look up. */
export interface InferenceCluster {
  readonly id: ResourceId;
  /**
   * Set where the cluster's own row could not be read: then nothing below proves anything, the members
   * that cannot be unknown (`apiServer`, `tags`, …) included, and every verdict is unknown.
   */
  readonly unreadable?: readonly Missing[];
  /** As the customer spells it. */
  readonly name: string;
  readonly location: string;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  /** Lower-cased name of the resource group that AKS manages; undefined where the row does not say. */
  readonly nodeResourceGroup?: string;
  readonly provisioningState?: string;
  readonly powerState?: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly knownBy: readonly KnownBy[];
  readonly computeTypes: Known<readonly ComputeType[]>;
  readonly apiServer: ApiServerAccess;
  /** As AKS writes it (`loadBalancer`, `userDefinedRouting`, `none`, `block`, …); undefined means `loadBalancer`. */
  readonly outboundType?: string;
  /** Whether AKS made the network itself: no pool and no profile names a subnet of the customer's. */
  readonly networkMadeByAks: boolean;
  readonly addresses: AddressPlan;
  /** Every subnet that nodes, pods or the API server use, each once. */
  readonly subnets: Listing<ClusterSubnet>;
  /** Merged by address; an empty list is the proven fact that there is none. */
  readonly scoringEndpoints: Listing<ScoringEndpoint>;
  readonly identity: Known<ControlPlaneIdentity>;
  /** Empty only where computes were read and none points here. */
  readonly workspaces: Listing<Workspace>;
  /** Roles and assignments that bear on the cluster's virtual networks. */
  readonly access: AccessFacts;
  /** The service tag list, where the inventory holds one. */
  readonly serviceTags: ServiceTags;
}

export interface ClusterSubnet {
  readonly id: ResourceId;
  readonly usedBy: readonly ('nodes' | 'pods' | 'apiServer')[];
  /** Whether AKS made the virtual network, in the node resource group. */
  readonly managedByAks: boolean;
  /** Whether its virtual network lists it; false is the proven fact that it does not exist. */
  readonly exists: Known<boolean>;
  /** Lower-cased names of the services it is delegated to (`microsoft.containerinstance/containergroups`). */
  readonly delegatedTo: Known<readonly string[]>;
  /** CIDR prefixes of the subnet, both families, as written. */
  readonly prefixes: Known<readonly string[]>;
  readonly virtualNetwork: Known<VirtualNetwork>;
  /** The network security group of the subnet; null is the proven fact that there is none, which allows all. */
  readonly securityGroup: Known<NetworkSecurityGroup | null>;
  /** The distinct network security groups on the node's network interfaces in this subnet; null for interfaces with none. */
  readonly nodeSecurityGroups: Listing<NetworkSecurityGroup | null>;
  readonly routeTable: Known<RouteTable | null>;
  /** Effective security admin rules of the virtual network, in no particular order. */
  readonly adminRules: Known<readonly AdminRule[]>;
}

export interface ScoringEndpoint {
  /** Canonical text of one address. */
  readonly address: string;
  readonly visibility: 'public' | 'private';
  /** The resource that shows it, and in words how. */
  readonly at: ResourceId;
  readonly source: string;
  /** Whether it serves plain HTTP: undefined where nothing says. */
  readonly plainHttp?: boolean;
  readonly frontend: Known<Frontend>;
}

/** What a load balancer does with packets to one frontend address. */
export interface Frontend {
  readonly loadBalancerId: ResourceId;
  readonly rules: readonly LoadBalancerRule[];
  /** Ids of the subnets of the rules' backend pools; unknown, with none found, where pools name nobody. */
  readonly backendSubnetIds: Listing<ResourceId>;
  /** Lower-cased (`standard`, `basic`, …); undefined where the row does not say. */
  readonly sku?: string;
}

export interface LoadBalancerRule {
  readonly name: string;
  readonly protocol: 'Tcp' | 'Udp' | 'All';
  readonly frontendPort: number;
  readonly backendPort: number;
  /** With floating IP (AKS's default) the packet keeps the frontend address as its destination. */
  readonly floatingIp: boolean;
  /** The port at which the rule's health probe asks the nodes; undefined where the rule has no probe. */
  readonly probePort?: Known<number>;
}

export interface ControlPlaneIdentity {
  readonly kind: 'servicePrincipal' | 'systemAssigned' | 'userAssigned';
  /** Microsoft Entra object id, lower-cased. */
  readonly principalId: string;
}

export interface Workspace {
  readonly id: ResourceId;
  readonly location: string;
  /** The hub of a project workspace. */
  readonly hubId?: ResourceId;
  /** The workspace's container registry; null where it has none yet. */
  readonly registry: Known<Registry | null>;
}

export interface Registry {
  readonly id: ResourceId;
  readonly location: string;
  /** Approved private endpoints of the registry, wherever they are. */
  readonly privateEndpoints: Listing<PrivateEndpoint>;
}

export interface PrivateEndpoint {
  readonly id: ResourceId;
  readonly subnetId: ResourceId;
  /** Addresses of its network interface, where they could be read. */
  readonly addresses: Known<readonly string[]>;
}
