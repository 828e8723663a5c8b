import type { ResourceId } from '../model/resource-id.ts';
import { type Known, type Listing, known, unknown } from '../model/verdict.ts';
import { identityKind } from './control-plane-identity.ts';
import type { ApiServerAccess, ControlPlaneIdentity } from './inference-cluster.ts';
import type { RowReader } from './row-reader.ts';
import type { ManagedClusterRow } from './rows/managed-cluster.ts';
import { type TrustedAccessBinding, readTrustedAccess } from './trusted-access.ts';

/** How the cluster's Kubernetes API is reached, and who may do what in it. */
export interface ControlPlane {
  /** The name of the API server in public DNS; null is the proven fact that it has none. */
  readonly publicFqdn: Known<string | null>;
  /** Addresses and prefixes that may reach a public API server, as written; empty: all may. */
  readonly authorizedRanges: readonly string[];
  readonly kubernetesRbac: Known<boolean>;
  /** Whether Azure RBAC decides who may do what in Kubernetes. */
  readonly azureRbac: boolean;
  readonly localAccounts: 'enabled' | 'disabled';
  /** Whom the control plane acts as, known by kind even where its object id is not. */
  readonly identityKind: Known<ControlPlaneIdentity['kind']>;
  /** Which Azure services reach the API server past its gates, by Trusted Access. */
  readonly trustedAccess: Listing<TrustedAccessBinding>;
}

/** Who reaches the API server. */
export function apiServerAccess({ properties }: ManagedClusterRow): ApiServerAccess {
  const profile = properties.apiServerAccessProfile;
  if (profile?.enablePrivateCluster === true) {
    return profile.enableVnetIntegration === true ? 'vnetIntegration' : 'privateLink';
  }
  return (profile?.authorizedIPRanges ?? []).length > 0 ? 'authorizedRanges' : 'public';
}

export function readControlPlane(
  reader: RowReader,
  id: ResourceId,
  row: ManagedClusterRow,
): ControlPlane {
  const { apiServerAccessProfile, enableRBAC, aadProfile, disableLocalAccounts } = row.properties;
  return {
    publicFqdn: publicFqdn(id, row),
    authorizedRanges: apiServerAccessProfile?.authorizedIPRanges ?? [],
    kubernetesRbac:
      enableRBAC === undefined
        ? unknown({
            what: 'whether Kubernetes RBAC is on',
            scope: id,
            why: 'properties.enableRBAC is absent',
            gap: true,
          })
        : known(enableRBAC),
    azureRbac: aadProfile?.enableAzureRBAC === true,
    localAccounts: disableLocalAccounts === true ? 'disabled' : 'enabled',
    identityKind: identityKind(id, row),
    trustedAccess: readTrustedAccess(reader, id, row),
  };
}

/**
 * A private cluster has a public name unless that was switched off; `enablePrivateClusterPublicFQDN`
 * is absent in answers from before there was a choice, so that the name itself decides. A row with
 * neither name was read too early, or not whole.
 * Source: learn.microsoft.com/azure/aks/private-clusters#disable-a-public-fqdn
 */
function publicFqdn(id: ResourceId, { properties }: ManagedClusterRow): Known<string | null> {
  const { fqdn, privateFQDN, apiServerAccessProfile } = properties;
  if (fqdn !== undefined) return known(fqdn);
  const asked = apiServerAccessProfile?.enablePrivateClusterPublicFQDN;
  if (asked === false || (asked === undefined && privateFQDN !== undefined)) return known(null);
  return unknown({
    what: 'public name of the API server',
    scope: id,
    why:
      asked === true
        ? 'properties.fqdn is absent although enablePrivateClusterPublicFQDN is true'
        : 'properties.fqdn and privateFQDN are absent',
    gap: true,
  });
}

/** What is known of the control plane of a cluster whose row could not be read: nothing. */
export function unreadControlPlane(nothing: Known<never>): ControlPlane {
  return {
    publicFqdn: nothing,
    authorizedRanges: [],
    kubernetesRbac: nothing,
    azureRbac: false,
    localAccounts: 'enabled',
    identityKind: nothing,
    trustedAccess: nothing,
  };
}
