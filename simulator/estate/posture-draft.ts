/** Everything about a cluster beside packets and the grants of its identity, as scenarios plant it. */
export interface PostureDraft {
  requirePrivateCluster: boolean;
  requireInternalLoadBalancer: boolean;
  readonly apiServer: ApiServerDraft;
  readonly kubernetes: KubernetesDraft;
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
  };
}
