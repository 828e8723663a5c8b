import type { ResourceId } from '../model/resource-id.ts';
import { type Listing, listing, unknown } from '../model/verdict.ts';
import { missingOf, type RowReader } from './row-reader.ts';
import type { ManagedClusterRow } from './rows/managed-cluster.ts';
import { trustedAccessBindingRow } from './rows/trusted-access-binding.ts';

const bindingsType = 'microsoft.containerservice/managedclusters/trustedaccessrolebindings';

/** Lets a resource's service into the cluster in these roles, whatever bars its API server. */
export interface TrustedAccessBinding {
  readonly id: ResourceId;
  readonly sourceId: ResourceId;
  /** Lower-cased, such as `microsoft.machinelearningservices/workspaces/mlworkload`. */
  readonly roles: readonly string[];
}

/**
 * Whether anything bars a service from the API server that a Trusted Access binding opens: disabled
 * local accounts or authorized ranges. Only then are the bindings read, one call a cluster.
 * Source: learn.microsoft.com/azure/aks/trusted-access-feature
 */
export function needsTrustedAccess({ properties }: ManagedClusterRow): boolean {
  const ranges = properties.apiServerAccessProfile?.authorizedIPRanges ?? [];
  return properties.disableLocalAccounts === true || ranges.length > 0;
}

export function readTrustedAccess(
  reader: RowReader,
  cluster: ResourceId,
  row: ManagedClusterRow,
): Listing<TrustedAccessBinding> {
  if (!needsTrustedAccess(row)) {
    return unknown({
      what: 'Trusted Access role bindings',
      scope: cluster,
      why: 'nothing bars the API server, so they are not looked at',
    });
  }
  const { found, missing } = reader.all(trustedAccessBindingRow, bindingsType, cluster);
  return listing(
    found.map(({ row: { id }, value: { properties } }) => ({ id, ...properties })),
    [...missingOf(reader.snapshot.wasReadWithin(bindingsType, cluster)), ...missing],
  );
}
