import type { AccessFacts } from '../access/access-facts.ts';
import type { AddressPlan } from './address-plan.ts';
import type { ControlPlane } from './control-plane.ts';
import type { LinkedResource } from './linked-resources.ts';
import type { ComputeType } from '../model/check.ts';
import type { ResourceId } from '../model/resource-id.ts';
import type { Known, Listing, Missing } from '../model/verdict.ts';
import type { GroupMembers } from '../network/group-members.ts';
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
  /** As its owners call it; undefined where it was not read. */
  readonly subscriptionName?: string;
  readonly resourceGroup: string;
  /** Lower-cased name of the resource group that AKS manages; undefined where the row does not say. */
  readonly nodeResourceGroup?: string;
  readonly provisioningState?: string;
  readonly powerState?: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly knownBy: readonly KnownBy[];
  readonly computeTypes: Known<readonly ComputeType[]>;
  /** Every Azure ML compute that points here, wherever its workspace is. */
  readonly computes: Listing<AttachedCompute>;
  readonly apiServer: ApiServerAccess;
  readonly controlPlane: ControlPlane;
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
  /** Services that the subnet has an endpoint of, lower-cased: `microsoft.storage`, … */
  readonly serviceEndpoints: Known<readonly string[]>;
  /** The network security group of the subnet; null is the proven fact that there is none, which allows all. */
  readonly securityGroup: Known<NetworkSecurityGroup | null>;
  /** The distinct network security groups on the node's network interfaces in this subnet; null for interfaces with none. */
  readonly nodeSecurityGroups: Listing<NetworkSecurityGroup | null>;
  readonly routeTable: Known<RouteTable | null>;
  /** Effective security admin rules of the virtual network, in no particular order. */
  readonly adminRules: Known<readonly AdminRule[]>;
  /** The members of application security groups that rules here may name; undefined where nothing is known. */
  readonly groupMembers?: GroupMembers;
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

/** An Azure ML compute on the cluster. */
export interface AttachedCompute {
  readonly id: ResourceId;
  readonly workspaceId: ResourceId;
  readonly type: ComputeType;
}

export interface Workspace {
  readonly id: ResourceId;
  readonly location: string;
  /** The hub of a project workspace. */
  readonly hubId?: ResourceId;
  /** The networks of the workspace itself; a project's are its hub's. */
  readonly entrance: Known<LinkedResource>;
  readonly storage: Known<LinkedResource>;
  readonly vault: Known<LinkedResource>;
  /** The workspace's container registry; null where it has none yet. */
  readonly registry: Known<Registry | null>;
  /** Container groups in the workspace's resource group, whoever made them. */
  readonly containerGroups: Listing<ContainerGroup>;
}

/** A group of Azure Container Instances. */
export interface ContainerGroup {
  readonly id: ResourceId;
  /** Subnets, or network profiles, that it lies in; empty: it is on the Internet. */
  readonly networkIds: readonly ResourceId[];
  /** Lower-cased, such as `acr.azurecr.io/fraud:7`. */
  readonly images: readonly string[];
}

export interface Registry extends LinkedResource {
  readonly location: string;
  /** The host that images are pulled from, lower-cased; undefined where the row does not say. */
  readonly loginServer?: string;
  /** Whether layers of images come from an endpoint of the registry's own, and not from Azure Storage's. */
  readonly hasDataEndpoint: boolean;
}
