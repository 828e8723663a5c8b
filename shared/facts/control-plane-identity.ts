import type { ResourceId } from '../model/resource-id.ts';
import { type Known, known, unknown } from '../model/verdict.ts';
import type { ClusterToRead } from './cluster-subnets.ts';
import type { ControlPlaneIdentity } from './inference-cluster.ts';
import { missingOf, type RowReader } from './row-reader.ts';
import type { ManagedClusterRow } from './rows/managed-cluster.ts';
import { servicePrincipalRow } from './rows/service-principal.ts';

const principalsType = 'microsoft.graph/serviceprincipals';

/**
 * Whom AKS acts as in the cluster's networks. A managed identity stands in `identity` and
 * `servicePrincipalProfile.clientId` then says `msi`; a user-assigned one has its object id in
 * `userAssignedIdentities`; a service principal is known by its application id and found in Microsoft
 * Graph. Source: learn.microsoft.com/azure/aks/use-managed-identity.
 */
export function readControlPlaneIdentity(
  reader: RowReader,
  { id, row }: ClusterToRead,
): Known<ControlPlaneIdentity> {
  const { identity } = row;
  const type = identity?.type ?? 'none';
  function miss(what: string, why: string): Known<never> {
    return unknown({ what, scope: id, why, gap: true });
  }
  // The identity decides before the client id: recorders replace `msi` by a GUID.
  if (identity !== undefined && type !== 'none') {
    if (type.includes('systemassigned') && identity.principalId !== undefined) {
      return known({ kind: 'systemAssigned', principalId: identity.principalId });
    }
    const assigned = Object.values(identity.userAssignedIdentities ?? {}).flatMap(
      (one) => one?.principalId ?? [],
    );
    const [principalId, ...others] = new Set(assigned);
    if (type.includes('userassigned') && principalId !== undefined && others.length === 0) {
      return known({ kind: 'userAssigned', principalId });
    }
    const what = 'object id of the managed identity';
    return others.length > 0
      ? unknown({ what, scope: id, why: 'the cluster names several user-assigned identities' })
      : miss(what, `identity.type is ${type} and no principalId goes with it`);
  }
  const kind = identityKind(id, row);
  if (!kind.known) return kind;
  const clientId = row.properties.servicePrincipalProfile?.clientId;
  const principals = reader.all(servicePrincipalRow, principalsType);
  const found = principals.found.find(({ value }) => value.appId === clientId);
  if (found !== undefined) {
    return known({ kind: 'servicePrincipal', principalId: found.value.id });
  }
  return unknown(
    {
      what: `object id of the service principal ${clientId}`,
      scope: id,
      gap: true,
      why: 'no service principal with this application id was read from Microsoft Graph',
    },
    ...missingOf(reader.snapshot.wasReadWithin(principalsType, id)),
    ...principals.missing,
  );
}

/** Whom the control plane acts as, by kind: the identity decides before the client id. */
export function identityKind(
  scope: ResourceId,
  { identity, properties }: ManagedClusterRow,
): Known<ControlPlaneIdentity['kind']> {
  const type = identity?.type ?? 'none';
  if (type.includes('systemassigned')) return known('systemAssigned');
  if (type.includes('userassigned')) return known('userAssigned');
  const clientId = properties.servicePrincipalProfile?.clientId;
  return clientId === undefined || clientId === 'msi'
    ? unknown({
        what: 'identity of the control plane',
        scope,
        why: 'the cluster names no identity',
        gap: true,
      })
    : known('servicePrincipal');
}
