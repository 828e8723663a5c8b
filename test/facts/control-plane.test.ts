/** The API server of a cluster, from rows as Azure writes them. */
import { describe, expect, it } from 'vitest';
import { resourceId } from '../../shared/model/resource-id.ts';
import { type Body, cluster, estateWith, factsOf, gap, ids, row } from './build.ts';

const fqdn = 'scoring-1.hcp.westeurope.azmk8s.io';
const privateFQDN = 'scoring-1.privatelink.westeurope.azmk8s.io';
const profile = (more: Body = {}) => ({
  apiServerAccessProfile: { enablePrivateCluster: true, privateDNSZone: 'system', ...more },
});
const named = (enablePrivateClusterPublicFQDN: unknown, names: Body) => ({
  ...profile({ enablePrivateClusterPublicFQDN }),
  ...names,
});

describe('the public name of a private cluster', () => {
  it.each([
    ['is there where the choice is recorded', named(true, { fqdn, privateFQDN }), fqdn],
    ['is there where nobody chose', named(null, { fqdn, privateFQDN }), fqdn],
    ['is the only one without a private zone', named(true, { fqdn }), fqdn],
    ['was switched off', named(false, { privateFQDN }), null],
    ['never was, before there was a choice', named(undefined, { privateFQDN }), null],
    ['was switched off, and no name was written', named('False', {}), null],
    ['cannot be told without any name', named(undefined, {}), undefined],
    ['cannot be told where it should be and is not', named(true, { privateFQDN }), undefined],
    ['is blank, as if it were absent', named(false, { fqdn: '', privateFQDN }), null],
  ])('%s', (_, properties, expected) => {
    const { publicFqdn } = factsOf(estateWith(cluster(properties))).controlPlane;
    expect(publicFqdn.known ? publicFqdn.value : undefined).toBe(expected);
    expect(publicFqdn.known || publicFqdn.missing.every(({ gap: isGap }) => isGap)).toBe(true);
  });
});

describe('Kubernetes RBAC', () => {
  it.each([
    [{ enableRBAC: true }, true, false],
    [{ enableRBAC: false, aadProfile: null }, false, false],
    [{ enableRBAC: true, aadProfile: { managed: true, enableAzureRBAC: true } }, true, true],
    [{ enableRBAC: null }, undefined, false],
    [{ enableRBAC: '' }, undefined, false],
  ])('%j', (properties, rbac, azure) => {
    const { kubernetesRbac, azureRbac } = factsOf(estateWith(cluster(properties))).controlPlane;
    expect([kubernetesRbac.known ? kubernetesRbac.value : undefined, azureRbac]).toEqual([
      rbac,
      azure,
    ]);
  });
});

it.each([
  [{}, { type: 'SystemAssigned', principalId: 'x' }, 'systemAssigned'],
  [{}, { type: 'UserAssigned', userAssignedIdentities: { '/id': {} } }, 'userAssigned'],
  [{ servicePrincipalProfile: { clientId: 'msi' } }, { type: 'UserAssigned' }, 'userAssigned'],
  [{ servicePrincipalProfile: { clientId: 'A1' } }, { type: 'None' }, 'servicePrincipal'],
  [{ servicePrincipalProfile: { clientId: 'A1' } }, null, 'servicePrincipal'],
  [{ servicePrincipalProfile: { clientId: 'msi' } }, null, undefined],
  [{}, null, undefined],
])('the kind of identity of %j with %j is %s', (properties, identity, expected) => {
  const { identityKind } = factsOf(estateWith(cluster(properties, { identity }))).controlPlane;
  expect(identityKind.known ? identityKind.value : undefined).toBe(expected);
});

describe('Trusted Access', () => {
  const id = `${ids.cluster}/trustedAccessRoleBindings/ml`;
  const type = 'Microsoft.ContainerService/managedClusters/trustedAccessRoleBindings';
  const binding = row(type, id, {
    properties: {
      provisioningState: 'Succeeded',
      sourceResourceId: ids.workspace,
      roles: ['Microsoft.MachineLearningServices/workspaces/mlworkload'],
    },
  });
  const barred = cluster({ disableLocalAccounts: true });

  it('is read where local accounts are disabled', () => {
    expect(factsOf(estateWith(barred, binding)).controlPlane).toMatchObject({
      localAccounts: 'disabled',
      trustedAccess: {
        known: true,
        value: [
          {
            id: resourceId(id),
            sourceId: resourceId(ids.workspace),
            roles: ['microsoft.machinelearningservices/workspaces/mlworkload'],
          },
        ],
      },
    });
  });

  it('is read where ranges are authorized', () => {
    const ranged = cluster({ apiServerAccessProfile: { authorizedIPRanges: ['203.0.113.0/24'] } });
    const { authorizedRanges, trustedAccess } = factsOf(estateWith(ranged, binding)).controlPlane;
    expect(authorizedRanges).toEqual(['203.0.113.0/24']);
    expect(trustedAccess.known).toBe(true);
  });

  it('is no proof of absence where it was not read', () => {
    const { trustedAccess } = factsOf(estateWith(barred, gap(type, ids.cluster))).controlPlane;
    expect(trustedAccess.known).toBe(false);
  });

  it('is not looked at where nothing bars the API server', () => {
    expect(factsOf(estateWith(cluster(), binding)).controlPlane.trustedAccess.known).toBe(false);
  });
});
