/** Everything about a cluster beside packets and the grants of its identity, as scenarios plant it. */
export interface PostureDraft {
  requirePrivateCluster: boolean;
  requireInternalLoadBalancer: boolean;
  readonly apiServer: ApiServerDraft;
  readonly kubernetes: KubernetesDraft;
  readonly links: LinksDraft;
  readonly computes: ComputesDraft;
  readonly containerGroups: ContainerGroupDraft[];
  readonly grant: GrantDraft;
}

/** What there is to know of the grant of the cluster's identity besides the assignments. */
export interface GrantDraft {
  /** It lets the identity assign roles, or change the whole subscription. */
  isWide: boolean;
  /** Its truth rests on nobody holding anything more. */
  restsOnAbsence: boolean;
  /** It is made to a group that may hold anybody. */
  isToUnreadGroup: boolean;
}

/** A group of Azure Container Instances near the workspace. */
export interface ContainerGroupDraft {
  readonly inNetwork: boolean;
  /** It runs an image of the workspace's registry. */
  readonly ofRegistry: boolean;
  /** It lies in the workspace's resource group. */
  readonly beside: boolean;
}

export interface ApiServerDraft {
  isPrivate: boolean;
  /** `properties.fqdn` is written. */
  hasPublicName: boolean;
  /** `properties.privateFQDN` is written. */
  hasPrivateName: boolean;
  /** As `enablePrivateClusterPublicFQDN` stands in the row; undefined: not at all. */
  publicNameFlag: boolean | undefined;
  privateDnsZone: 'system' | 'none';
}

export interface KubernetesDraft {
  /** `null` and undefined: as rows are written that do not say. */
  rbac: boolean | null | undefined;
  azureRbac: boolean;
}

/** How computes attach the cluster, and what bars Azure ML from it. */
export interface ComputesDraft {
  /** A second compute beside the one that attaches it: of another workspace, or a v1 one of the same. */
  second: 'none' | 'ofAnotherWorkspace' | 'ofAnotherSubscription' | 'legacy';
  localAccountsDisabled: boolean;
  authorizedRanges: readonly string[];
  /** Every workspace that attaches the cluster is let in by Trusted Access. */
  isTrusted: boolean;
}

/**
 * Where a private endpoint of a resource is: in the cluster's network, in its hub's, in one that is
 * not peered, or somewhere the reader may not look; `pending` ones lie in the cluster's network.
 */
export type EndpointPlace = 'none' | 'own' | 'peer' | 'elsewhere' | 'unread' | 'pending';

/** Which halves of a service endpoint there are: the subnets' entries, the resource's rules. */
export type ServiceEndpointHalves =
  | 'none'
  | 'both'
  | 'entriesOnly'
  | 'rulesOnly'
  | 'firstSubnetOnly';

/** How a resource of the workspace is reached. */
export interface LinkDraft {
  /** By part of the resource (`blob`, `vault`, …). */
  readonly endpoints: Record<string, EndpointPlace>;
  serviceEndpoint: ServiceEndpointHalves;
  /** The Internet; the firewall's addresses; what the firewall's rules admit; private endpoints. */
  publicAccess: 'open' | 'addresses' | 'rules' | 'disabled';
}

export interface LinksDraft {
  inAnotherRegion: boolean;
  /** The workspace is a project, and its hub holds what it has. */
  isProject: boolean;
  /** The project's row names the resources that its hub holds for it. */
  projectNamesResources: boolean;
  readonly workspace: LinkDraft;
  readonly storage: LinkDraft;
  readonly vault: LinkDraft;
  /** The registry serves layers of images itself, and not from Azure Storage. */
  registryServesLayers: boolean;
  /** Its private endpoints are the outbound scenario's. */
  readonly registry: LinkDraft;
}

/** A cluster with a public API server of which nothing is required. */
export function newPosture(): PostureDraft {
  return {
    requirePrivateCluster: false,
    requireInternalLoadBalancer: false,
    apiServer: {
      isPrivate: false,
      hasPublicName: true,
      hasPrivateName: false,
      publicNameFlag: undefined,
      privateDnsZone: 'system',
    },
    kubernetes: { rbac: true, azureRbac: false },
    links: {
      inAnotherRegion: false,
      isProject: false,
      projectNamesResources: false,
      registryServesLayers: false,
      workspace: unlinked('amlworkspace'),
      storage: unlinked('blob', 'file'),
      vault: unlinked('vault'),
      registry: unlinked(),
    },
    computes: {
      second: 'none',
      localAccountsDisabled: false,
      authorizedRanges: [],
      isTrusted: false,
    },
    containerGroups: [],
    grant: { isWide: false, restsOnAbsence: false, isToUnreadGroup: false },
  };
}

function unlinked(...groups: readonly string[]): LinkDraft {
  return {
    endpoints: Object.fromEntries(groups.map((group) => [group, 'none'])),
    serviceEndpoint: 'none',
    publicAccess: 'open',
  };
}
