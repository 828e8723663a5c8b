import { foundIn } from '../../shared/model/verdict.ts';
import { misreadServiceTags } from '../../shared/facts/read-service-tags.ts';
import { describe, expect, it } from 'vitest';
import { computesIn } from '../../shared/facts/computes.ts';
import { readFacts } from '../../shared/facts/read-facts.ts';
import { snapshotOf } from '../../shared/inventory/inventory-snapshot.ts';
import { resourceId } from '../../shared/model/resource-id.ts';
import type { Gap, Row } from '../../shared/ports.ts';
import {
  cluster,
  compute,
  estate,
  estateWith,
  estateWithout,
  factsOf,
  gap,
  ids,
  missingIn,
  row,
  subscription,
  valueOf,
  workspace,
} from './build.ts';

const principals = 'microsoft.graph/serviceprincipals';
const assignments = 'microsoft.authorization/roleassignments';
const role = '4d97b98b-1d4f-4787-a291-c67834d212e7';
const app = 'cccc0000-0000-0000-0000-00000000000c';

function identityOf(identity: unknown, clientId: unknown, ...rows: readonly (Row | Gap)[]) {
  const own = cluster({ servicePrincipalProfile: { clientId } }, { identity });
  return factsOf(estateWith(own, ...rows)).identity;
}

function assignment(scope: string, rest: Readonly<Record<string, unknown>> = {}) {
  const below = scope === '/' ? '' : scope;
  const id = `${below}/providers/Microsoft.Authorization/roleAssignments/a-${scope.length}`;
  return row(assignments, id, {
    properties: {
      principalId: 'AAAA0000-0000-0000-0000-000000000001',
      roleDefinitionId: `/subscriptions/x/providers/Microsoft.Authorization/roleDefinitions/${role}`,
      scope,
      condition: '',
      ...rest,
    },
  });
}

describe('the computes of a snapshot', () => {
  it('are read once, however many of its clusters ask', () => {
    const snapshot = snapshotOf(estate());
    const { all } = computesIn(snapshot);
    expect(all).toHaveLength(1);
    expect(computesIn(snapshot).all).toBe(all);
    expect(computesIn(snapshotOf([])).all).toEqual([]);
  });
});

describe('a cluster', () => {
  it('is named, placed and tagged as its row says', () => {
    const facts = factsOf(
      estateWith(
        cluster({ networkProfile: { outboundType: 'none' } }, { tags: { Owner: 'ml', n: 1 } }),
      ),
    );
    expect(facts).toMatchObject({
      id: ids.cluster.toLowerCase(),
      name: 'Scoring',
      location: 'westeurope',
      subscriptionId: subscription,
      resourceGroup: 'aks',
      nodeResourceGroup: 'mc_aks',
      provisioningState: 'Succeeded',
      powerState: 'Running',
      outboundType: 'none',
      tags: { Owner: 'ml' },
    });
    expect(facts).not.toHaveProperty('unreadable');
    expect(factsOf(estateWith())).not.toHaveProperty('outboundType');
  });

  it('lies in a subscription whose name is known where its row says it, the groups above it or not', () => {
    const named = (name: unknown) =>
      row('microsoft.resources/subscriptions', `/subscriptions/${subscription}`, {
        name,
        properties: { managementGroupAncestorsChain: [] },
      });
    expect(factsOf(estateWith(named('Scoring, production'))).subscriptionName).toBe(
      'Scoring, production',
    );
    expect(factsOf(estateWith(named(null)))).not.toHaveProperty('subscriptionName');
    expect(factsOf(estateWith())).not.toHaveProperty('subscriptionName');
  });

  it.each([
    [null, 'public'],
    [{ authorizedIPRanges: [] }, 'public'],
    [{ authorizedIPRanges: ['20.0.0.1/32'] }, 'authorizedRanges'],
    [{ enablePrivateCluster: true }, 'privateLink'],
    [{ enablePrivateCluster: true, enableVnetIntegration: true }, 'vnetIntegration'],
    [{ enableVnetIntegration: true, subnetId: ids.pods }, 'public'],
  ])('with the API server profile %j has a server that is %s', (apiServerAccessProfile, access) => {
    expect(factsOf(estateWith(cluster({ apiServerAccessProfile }))).apiServer).toBe(access);
  });

  it.each([
    [
      'of a listing, without properties',
      row('Microsoft.ContainerService/managedClusters', ids.cluster),
    ],
    ['with a member of another kind', cluster({ agentPoolProfiles: 'none' })],
  ])('is all unknown with a row %s', (_, bad) => {
    const facts = factsOf(estateWith(bad));
    expect(facts.unreadable).toHaveLength(1);
    expect(facts.subnets.known || facts.scoringEndpoints.known || facts.identity.known).toBe(false);
  });

  it('says which field and value was not understood', () => {
    const facts = factsOf(estateWith(cluster({ agentPoolProfiles: [{ vnetSubnetID: 7 }] })));
    expect(facts.unreadable).toEqual([
      {
        what: 'properties.agentPoolProfiles.0.vnetSubnetID of microsoft.containerservice/managedclusters',
        scope: ids.cluster.toLowerCase(),
        gap: true,
        why: 'properties.agentPoolProfiles.0.vnetSubnetID 7 is no text',
      },
    ]);
  });
});

describe('the identity of the control plane', () => {
  const user = { clientId: 'x', principalId: 'BBBB0000-0000-0000-0000-00000000000B' };

  it.each([
    [{ type: 'SystemAssigned', principalId: 'AAAA' }, 'msi', 'systemAssigned', 'aaaa'],
    [
      { type: 'UserAssigned', userAssignedIdentities: { '/x': user } },
      'msi',
      'userAssigned',
      user.principalId.toLowerCase(),
    ],
    [
      {
        type: 'systemAssigned, userAssigned',
        principalId: 'AAAA',
        userAssignedIdentities: { '/x': user },
      },
      'msi',
      'systemAssigned',
      'aaaa',
    ],
    [
      { type: 'SystemAssigned', principalId: 'AAAA' },
      '00000000-0000-0000-0000-000000000001',
      'systemAssigned',
      'aaaa',
    ],
  ])('%j with the client id %s is %s', (identity, clientId, kind, principalId) => {
    expect(identityOf(identity, clientId)).toEqual({ known: true, value: { kind, principalId } });
  });

  it.each([null, { type: 'None' }])(
    'beside %j is the service principal that Graph knows',
    (identity) => {
      const graph = row(principals, 'dddd0000-0000-0000-0000-00000000000d', {
        appId: app.toUpperCase(),
      });
      expect(valueOf(identityOf(identity, app, graph))).toEqual({
        kind: 'servicePrincipal',
        principalId: 'dddd0000-0000-0000-0000-00000000000d',
      });
      expect(missingIn(identityOf(identity, app, gap(principals, '/')))).toEqual([
        `object id of the service principal ${app}: no service principal with this application id was read from Microsoft Graph`,
        `rows of ${principals}: not authorised`,
      ]);
    },
  );

  it.each([
    [null, 'msi'],
    [null, null],
    [{ type: 'SystemAssigned', principalId: null }, 'msi'],
    [{ type: 'UserAssigned', userAssignedIdentities: { '/x': {}, '/y': null } }, 'msi'],
    [
      {
        type: 'UserAssigned',
        userAssignedIdentities: { '/x': user, '/y': { principalId: 'other' } },
      },
      'msi',
    ],
  ])('%j with the client id %s is unknown', (identity, clientId) => {
    expect(identityOf(identity, clientId).known).toBe(false);
  });
});

describe('workspaces and computes', () => {
  const computes = 'microsoft.machinelearningservices/workspaces/computes';

  it('are those whose computes point here', () => {
    const facts = factsOf(estateWith());
    expect(valueOf(facts.computeTypes)).toEqual(['Kubernetes']);
    expect(valueOf(facts.workspaces)).toMatchObject([
      {
        id: ids.workspace.toLowerCase(),
        location: 'westeurope',
        registry: { known: true, value: null },
      },
    ]);
  });

  it.each([
    ['computes were not read', [gap(computes, `/subscriptions/${subscription}`)]],
    [
      'a compute does not say where it runs',
      [row(computes, `${ids.compute}2`, { properties: { computeType: 'AKS', resourceId: null } })],
    ],
    [
      'a compute is not understood',
      [row(computes, `${ids.compute}2`, { properties: { computeType: null } })],
    ],
  ])('are unknown where %s', (_, rows) => {
    const facts = factsOf(estateWith(...rows));
    expect(facts.workspaces.known || facts.computeTypes.known).toBe(false);
  });

  it('are not unknown for the computes of another subscription, or of another kind', () => {
    const other = ids.compute.replace(subscription, 'other');
    const rows = [
      row(computes, other, { properties: { computeType: 'AKS', resourceId: null } }),
      row(computes, `${ids.compute}2`, {
        properties: { computeType: 'AmlCompute', resourceId: null },
      }),
    ];
    expect(valueOf(factsOf(estateWith(...rows)).workspaces)).toHaveLength(1);
  });

  it('are unknown where the workspace itself was not read', () => {
    expect(missingIn(factsOf(estateWithout([ids.workspace])).workspaces)[0]).toMatch(
      /^workspace [\w-]+: it is referred to/,
    );
  });

  it('have a registry with its approved private endpoints', () => {
    const registry = row('microsoft.containerregistry/registries', ids.registry, {
      location: 'North Europe',
      properties: {
        privateEndpointConnections: ['Approved', 'Pending'].map((status) => ({
          properties: {
            privateEndpoint: {
              id: status === 'Approved' ? ids.privateEndpoint : `${ids.privateEndpoint}2`,
            },
            privateLinkServiceConnectionState: { status },
          },
        })),
      },
    });
    const endpoint = row('microsoft.network/privateendpoints', ids.privateEndpoint, {
      properties: {
        subnet: { id: ids.pods },
        networkInterfaces: [],
        customDnsConfigs: [{ ipAddresses: ['10.1.4.9'] }],
      },
    });
    const owner = workspace({ containerRegistry: ids.registry });
    const [found] = valueOf(factsOf(estateWith(owner, registry, endpoint)).workspaces);
    const read = found && valueOf(found.registry);
    expect(read?.location).toBe('northeurope');
    expect(read && valueOf(read.privateEndpoints)).toEqual([
      {
        id: ids.privateEndpoint.toLowerCase(),
        subnetId: ids.pods.toLowerCase(),
        groups: [],
        addresses: { known: true, value: ['10.1.4.9'] },
      },
    ]);
    const [unread] = valueOf(factsOf(estateWith(owner, registry)).workspaces);
    expect(unread && valueOf(unread.registry)?.privateEndpoints.known).toBe(false);
    const [without] = valueOf(factsOf(estateWith(owner)).workspaces);
    expect(without?.registry.known).toBe(false);
  });

  it.each(['hubResourceId', 'hubWorkspaceId'])('have the registry of the hub by %s', (member) => {
    const hub = `${ids.workspace}-hub`;
    const project = workspace({ [member]: hub });
    const hubRow = (containerRegistry: unknown) =>
      row('microsoft.machinelearningservices/workspaces', hub, {
        location: 'westeurope',
        properties: { containerRegistry },
      });
    const registry = row('microsoft.containerregistry/registries', ids.registry, {
      location: 'North Europe',
      properties: {},
    });
    function registryOf(...rows: readonly Row[]) {
      const [found] = valueOf(factsOf(estateWith(...rows)).workspaces);
      if (found === undefined) throw new RangeError('No workspace');
      expect(found.hubId).toBe(hub.toLowerCase());
      return found.registry;
    }
    expect(valueOf(registryOf(project, hubRow(ids.registry), registry))?.id).toBe(
      ids.registry.toLowerCase(),
    );
    expect(valueOf(registryOf(project, hubRow(null)))).toBeNull();
    expect(registryOf(project).known).toBe(false);
    expect(registryOf(project, hubRow(ids.registry)).known).toBe(false);
  });

  it('keep what was read of them beside what was not', () => {
    const second = row(computes, `${ids.workspace}2/computes/k8s`, {
      properties: { computeType: 'Kubernetes', resourceId: ids.cluster },
    });
    const { workspaces } = factsOf(estateWith(second));
    expect(workspaces.known).toBe(false);
    expect(foundIn(workspaces).map(({ id }) => id)).toEqual([ids.workspace.toLowerCase()]);
    const unreadElsewhere = factsOf(estateWith(gap(computes, `/subscriptions/${subscription}`)));
    expect(unreadElsewhere.workspaces.known).toBe(false);
    expect(foundIn(unreadElsewhere.workspaces)).toHaveLength(1);

    const connection = (id: string) => ({
      properties: {
        privateEndpoint: { id },
        privateLinkServiceConnectionState: { status: 'Approved' },
      },
    });
    const registry = row('microsoft.containerregistry/registries', ids.registry, {
      location: 'westeurope',
      properties: {
        privateEndpointConnections: [ids.privateEndpoint, `${ids.privateEndpoint}2`].map(
          connection,
        ),
      },
    });
    const endpoint = row('microsoft.network/privateendpoints', ids.privateEndpoint, {
      properties: { subnet: { id: ids.pods }, customDnsConfigs: [] },
    });
    const owner = workspace({ containerRegistry: ids.registry });
    const [found] = valueOf(factsOf(estateWith(owner, registry, endpoint)).workspaces);
    const endpoints = found && valueOf(found.registry)?.privateEndpoints;
    expect(endpoints?.known).toBe(false);
    expect(endpoints && foundIn(endpoints)).toHaveLength(1);
  });

  it('count both kinds of compute', () => {
    const v1 = row(computes, `${ids.compute}1`, {
      properties: { computeType: 'aks', resourceId: ids.cluster },
    });
    expect(valueOf(factsOf(estateWith(v1)).computeTypes)).toEqual(['AKS', 'Kubernetes']);
    expect(
      valueOf(factsOf(estateWithout([ids.compute], compute({ computeType: 'AKS' }))).computeTypes),
    ).toEqual(['AKS']);
  });
});

describe('access', () => {
  const managementGroup = '/providers/Microsoft.Management/managementGroups/Prod';

  it('holds the assignments of the subscription and above, with their roles, groups and chain', () => {
    const { access } = factsOf(
      estateWith(
        assignment(ids.groupOfNetwork),
        assignment(managementGroup, { principalType: 'Group', condition: 'x' }),
        assignment('/'),
        assignment('/subscriptions/other'),
        row(
          'microsoft.authorization/roledefinitions',
          `/providers/Microsoft.Authorization/roleDefinitions/${role.toUpperCase()}`,
          {
            properties: {
              roleName: 'Network Contributor',
              permissions: [{ actions: ['Microsoft.Network/*'], notActions: null }],
            },
          },
        ),
        row(
          'microsoft.authorization/denyassignments',
          `/subscriptions/${subscription}/providers/Microsoft.Authorization/denyAssignments/d`,
          {
            properties: {
              denyAssignmentName: 'd',
              scope: `/subscriptions/${subscription}`,
              doNotApplyToChildScopes: false,
              principals: [{ id: 'f8d526a054eb4941ae69ebf4a334d0f0' }],
              permissions: [{ actions: ['*'] }],
            },
          },
        ),
        row('microsoft.graph/groups', 'eeee0000-0000-0000-0000-00000000000e', {
          members: ['AAAA', { id: 'BBBB' }],
        }),
        row('microsoft.resources/subscriptions', `/subscriptions/${subscription}`, {
          properties: { managementGroupAncestorsChain: [{ name: 'Prod' }, { name: 'Root' }] },
        }),
      ),
    );
    // By their ids, in whatever order they were read.
    expect(access.assignments.map(({ scope }) => scope)).toEqual([
      '/',
      managementGroup.toLowerCase(),
      ids.groupOfNetwork,
    ]);
    expect(access.assignments[1]).toMatchObject({
      principalType: 'Group',
      condition: 'x',
      roleDefinitionGuid: role,
    });
    expect(access.assignments[2]).not.toHaveProperty('condition');
    expect(access.definitions.get(role)).toEqual({
      guid: role,
      roleName: 'Network Contributor',
      permissions: [{ actions: ['Microsoft.Network/*'], notActions: [] }],
    });
    expect(access.denyAssignments).toMatchObject([
      {
        appliesToChildScopes: true,
        principalIds: ['f8d526a0-54eb-4941-ae69-ebf4a334d0f0'],
        excludedPrincipalIds: [],
      },
    ]);
    expect(access.groups.get('eeee0000-0000-0000-0000-00000000000e')).toEqual(
      new Set(['aaaa', 'bbbb']),
    );
    expect(access.managementGroups.get(subscription)).toEqual([
      managementGroup.toLowerCase(),
      '/providers/microsoft.management/managementgroups/root',
    ]);
  });

  it('is covered only where every assignment that could bear on the scope was read', () => {
    const scope = resourceId(ids.groupOfNetwork);
    const bad = assignment(ids.groupOfNetwork, { principalId: null });
    const above = assignment('/', { principalId: null });
    const beside = assignment(ids.groupOfNodes, { principalId: null });
    expect(factsOf(estateWith()).access.coverage(scope).known).toBe(true);
    expect(factsOf(estateWith(beside)).access.coverage(scope).known).toBe(true);
    for (const one of [
      bad,
      above,
      gap(assignments, '/providers/microsoft.management/managementgroups'),
      gap(assignments, `/subscriptions/${subscription}`),
    ]) {
      expect(factsOf(estateWith(one)).access.coverage(scope).known).toBe(false);
    }
  });

  it('has deny coverage only where deny assignments were read and understood', () => {
    const type = 'microsoft.authorization/denyassignments';
    const scope = resourceId(ids.groupOfNetwork);
    const bad = row(
      type,
      `${ids.groupOfNetwork}/providers/Microsoft.Authorization/denyAssignments/d`,
    );
    expect(factsOf(estateWith()).access.denyCoverage?.(scope).known).toBe(true);
    expect(factsOf(estateWith(bad)).access.denyCoverage?.(scope).known).toBe(false);
    expect(factsOf(estateWith(gap(type, '/'))).access.denyCoverage?.(scope).known).toBe(false);
  });

  it('knows a group only with every group nested in it', () => {
    const groups = 'microsoft.graph/groups';
    const nested = { '@odata.type': '#microsoft.graph.group', id: 'inner' };
    function known(...rows: readonly Row[]): string[] {
      const { access } = factsOf(estateWith(...rows));
      return [...access.groups.keys()].filter((id) => access.incompleteGroups?.has(id) !== true);
    }
    const outer = row(groups, 'outer', { members: ['inner', 'user'] });
    const other = row(groups, 'other', { members: ['user'] });
    expect(known(outer, row(groups, 'inner', { members: [] }), other)).toHaveLength(3);
    expect(known(outer, row(groups, 'inner', { members: null }), other)).toEqual(['other']);
    expect(known(row(groups, 'outer', { members: [nested] }), other)).toEqual(['other']);
    expect(
      known(
        row(groups, 'outermost', { members: ['outer'] }),
        row(groups, 'outer', { members: [nested] }),
      ),
    ).toEqual([]);
  });

  it('knows a group whose list holds the members of nested groups too', () => {
    const groups = 'microsoft.graph/groups';
    const nested = { '@odata.type': '#microsoft.graph.group', id: 'inner' };
    const all = row(groups, 'outer', { members: [nested, { id: 'user' }], transitive: true });
    const misread = row(groups, 'inner', { members: null });
    for (const rows of [[all], [all, misread], [all, gap(groups, '/')]]) {
      const { access } = factsOf(estateWith(...rows));
      expect(access.groups.get('outer')).toEqual(new Set(['inner', 'user']));
      expect(access.incompleteGroups?.has('outer')).toBe(false);
    }
    const around = row(groups, 'outermost', { members: ['inner'] });
    const { access } = factsOf(estateWith(all, misread, around));
    expect(access.incompleteGroups).toEqual(new Set(['inner', 'outermost']));
  });

  it('takes a member for no group only where something says so, or all groups were read', () => {
    const groups = 'microsoft.graph/groups';
    const outer = (member: unknown) => row(groups, 'outer', { members: [member] });
    const user = { '@odata.type': '#microsoft.graph.user', id: 'member' };
    const principal = row('microsoft.graph/serviceprincipals', 'member', { appId: 'app' });
    function isKnown(...rows: readonly (Row | ReturnType<typeof gap>)[]): boolean {
      return factsOf(estateWith(...rows)).access.incompleteGroups?.has('outer') === false;
    }
    const unread = gap(groups, '/');
    expect(isKnown(outer('member'))).toBe(true);
    expect(isKnown(outer('member'), unread)).toBe(false);
    expect(isKnown(outer({ id: 'member' }), unread)).toBe(false);
    expect(isKnown(outer(user), unread)).toBe(true);
    expect(isKnown(outer('member'), principal, unread)).toBe(true);
    expect(isKnown(outer('member'), row(groups, 'member', { members: [] }), unread)).toBe(true);
  });

  it('knows no group of which there is another page', () => {
    const page = (next: unknown) =>
      row('microsoft.graph/groups', 'g', { members: ['a'], 'members@odata.nextLink': next });
    expect(factsOf(estateWith(page('https://graph/next'))).access.groups.size).toBe(0);
    expect(factsOf(estateWith(page(null))).access.groups.size).toBe(1);
  });

  it.each([[[]], [null], [undefined]])('takes an ancestry of %j for unread', (chain) => {
    const properties = { managementGroupAncestorsChain: chain };
    const id = `/subscriptions/${subscription}`;
    const { access } = factsOf(
      estateWith(row('microsoft.resources/subscriptions', id, { properties })),
    );
    expect(access.managementGroups.has(subscription)).toBe(false);
  });

  it('is one object for the clusters of one subscription', () => {
    const second = row(
      'Microsoft.ContainerService/managedClusters',
      `${ids.cluster}2`,
      cluster().body,
    );
    const [a, b] = readFacts(
      snapshotOf([...estate(), second]),
      [ids.cluster, `${ids.cluster}2`].map(resourceId),
    );
    expect(a?.access).toBe(b?.access);
    expect(a && b && valueOf(a.subnets)[0]?.securityGroup).toBe(
      b && valueOf(b.subnets)[0]?.securityGroup,
    );
  });
});

describe('the service tag list', () => {
  const values = [{ name: 'AzureMonitor', properties: { addressPrefixes: ['20.0.0.0/24'] } }];
  const id = `/subscriptions/${subscription}/providers/Microsoft.Network/serviceTags/public`;

  it.each([{ values }, { properties: { values } }])('is read from %j', (body) => {
    const { serviceTags } = factsOf(estateWith(row('microsoft.network/servicetags', id, body)));
    expect(serviceTags.listed).toBe(true);
    expect(serviceTags.addresses('azuremonitor')).toBeDefined();
    expect(serviceTags.addresses('Other')).toBeUndefined();
  });

  it.each([[['20.0.0.0/24', 'junk']], [undefined], [null]])(
    'leaves a tag with the prefixes %j unresolved, and says so',
    (addressPrefixes) => {
      const odd = { name: 'AzureCloud', properties: { addressPrefixes } };
      const snapshot = estateWith(
        row('microsoft.network/servicetags', id, { values: [...values, odd] }),
      );
      const { serviceTags } = factsOf(snapshot);
      expect(serviceTags.addresses('AzureMonitor')).toBeDefined();
      expect(serviceTags.addresses('AzureCloud')).toBeUndefined();
      expect(misreadServiceTags(snapshot)).toMatchObject([
        { what: 'the addresses of the service tag AzureCloud', gap: true },
      ]);
    },
  );

  it('is none where it is absent or not as published', () => {
    expect(factsOf(estateWith()).serviceTags.listed).toBe(false);
    const bad = row('microsoft.network/servicetags', id, { values: [{ name: 7 }] });
    expect(factsOf(estateWith(bad)).serviceTags.listed).toBe(false);
    expect(misreadServiceTags(estateWith(bad))).toMatchObject([{ what: 'the service tag list' }]);
    expect(misreadServiceTags(estateWith())).toEqual([]);
  });
});
