/** What leads into a workspace and its resources, from rows as Azure writes them. */
import { describe, expect, it } from 'vitest';
import type { Workspace } from '../../shared/facts/inference-cluster.ts';
import type { LinkedResource } from '../../shared/facts/linked-resources.ts';
import { resourceId } from '../../shared/model/resource-id.ts';
import { type Known, foundIn } from '../../shared/model/verdict.ts';
import type { Gap, Row } from '../../shared/ports.ts';
import {
  type Body,
  estateWith,
  factsOf,
  gap,
  ids,
  missingIn,
  network,
  row,
  valueOf,
  workspace,
} from './build.ts';

const group = ids.workspace.slice(0, ids.workspace.indexOf('/providers/'));

function connection(id: string, status: string, more: Body = {}): Body {
  return {
    properties: {
      provisioningState: 'Succeeded',
      privateEndpoint: { id, ...more },
      privateLinkServiceConnectionState: { status, description: '', actionRequired: 'None' },
    },
  };
}

function endpoint(target: string, groupIds: readonly string[], list = 'privateLink'): Row {
  const member = `${list}ServiceConnections`;
  return row('Microsoft.Network/privateEndpoints', ids.privateEndpoint, {
    properties: {
      subnet: { id: ids.pods },
      networkInterfaces: [],
      customDnsConfigs: [{ fqdn: 'x', ipAddresses: ['10.1.4.9'] }],
      [member]: [{ properties: { privateLinkServiceId: target, groupIds } }],
    },
  });
}

function storage(properties: Body): Row {
  return row('Microsoft.Storage/storageAccounts', ids.storage, { properties });
}

function workspaceOf(...rows: readonly (Row | Gap)[]): Workspace {
  const [found] = valueOf(factsOf(estateWith(...rows)).workspaces);
  if (found === undefined) throw new RangeError('No workspace');
  return found;
}

function groupsOf(resource: Known<LinkedResource>): readonly string[] {
  return foundIn(valueOf(resource).privateEndpoints).flatMap(({ groups }) => groups);
}

describe('private endpoints', () => {
  const connected = storage({
    privateEndpointConnections: [connection(ids.privateEndpoint, 'Approved')],
  });

  it.each(['privateLink', 'manualPrivateLink'])('lead where their %s connections say', (list) => {
    expect(groupsOf(workspaceOf(connected, endpoint(ids.storage, ['Blob'], list)).storage)).toEqual(
      ['blob'],
    );
  });

  it('lead nowhere by a connection to something else', () => {
    expect(groupsOf(workspaceOf(connected, endpoint(ids.vault, ['vault'])).storage)).toEqual([]);
  });

  it.each(['Pending', 'Rejected', 'Disconnected'])('do not count while %s', (status) => {
    const waiting = storage({
      privateEndpointConnections: [connection(ids.privateEndpoint, status)],
    });
    const found = valueOf(workspaceOf(waiting, endpoint(ids.storage, ['blob'])).storage);
    expect(found).toMatchObject({
      approvedEndpoints: [],
      otherEndpoints: [{ status: status.toLowerCase() }],
      privateEndpoints: { known: true, value: [] },
    });
  });

  it('are approved even where their own row cannot be read', () => {
    const found = valueOf(workspaceOf(connected).storage);
    expect(found.approvedEndpoints).toEqual([resourceId(ids.privateEndpoint)]);
    expect(found.privateEndpoints.known).toBe(false);
  });

  it('without a name are unknown', () => {
    const nameless = storage({ privateEndpointConnections: [connection('', 'Approved')] });
    expect(missingIn(valueOf(workspaceOf(nameless).storage).privateEndpoints)[0]).toMatch(
      /does not name it/,
    );
  });

  it("of a workspace are placed by the connection's own subnet", () => {
    const owner = workspace({
      privateEndpointConnections: [
        connection('/subscriptions/elsewhere/x/privateEndpoints/pe', 'Approved', {
          subnetArmId: ids.pods,
        }),
      ],
    });
    const [found] = valueOf(factsOf(estateWith(owner)).workspaces);
    expect(found && foundIn(valueOf(found.entrance).privateEndpoints)).toMatchObject([
      { subnetId: ids.pods.toLowerCase(), groups: ['amlworkspace'] },
    ]);
  });
});

describe('the firewall of a resource', () => {
  const rule = { id: ids.nodes, action: 'Allow', state: 'Succeeded' };
  const denies = { defaultAction: 'Deny', ipRules: [], virtualNetworkRules: [rule] };

  it.each([
    ['admits everybody where nothing is said', {}, 'open', []],
    [
      'admits everybody by default',
      { networkAcls: { ...denies, defaultAction: 'Allow' } },
      'open',
      [ids.nodes],
    ],
    ['admits subnets only', { networkAcls: denies }, 'off', [ids.nodes]],
    [
      'admits addresses too',
      { networkAcls: { ...denies, ipRules: [{ value: '25.1.2.3', action: 'Allow' }] } },
      'selected',
      [ids.nodes],
    ],
    [
      'admits no subnet where public network access is disabled',
      { publicNetworkAccess: 'Disabled', networkAcls: denies },
      'off',
      [],
    ],
    ['is absent', { networkAcls: null, publicNetworkAccess: 'enabled' }, 'open', []],
    [
      'has blank members in examples',
      { networkAcls: { ...denies, ipRules: [{ value: '' }], virtualNetworkRules: [{ id: '' }] } },
      'off',
      [],
    ],
  ])('%s', (_, properties, publicAccess, subnets) => {
    expect(valueOf(workspaceOf(storage(properties)).storage)).toMatchObject({
      publicAccess,
      admittedSubnets: subnets.map((id) => id.toLowerCase()),
    });
  });

  it('of a registry names subnets by another member too', () => {
    const owner = workspace({ containerRegistry: ids.registry });
    const registry = row('Microsoft.ContainerRegistry/registries', ids.registry, {
      location: 'westeurope',
      properties: {
        loginServer: 'Acr.azurecr.io',
        networkRuleSet: {
          defaultAction: 'Deny',
          virtualNetworkRules: [{ virtualNetworkResourceId: ids.nodes }],
        },
      },
    });
    const [found] = valueOf(factsOf(estateWith(owner, registry)).workspaces);
    expect(found && valueOf(found.registry)).toMatchObject({
      loginServer: 'acr.azurecr.io',
      publicAccess: 'off',
      admittedSubnets: [ids.nodes.toLowerCase()],
    });
  });
});

it.each([
  [true, true],
  ['true', true],
  [false, false],
  [null, false],
  [undefined, false],
])('a registry of dataEndpointEnabled %j serves layers itself: %j', (dataEndpointEnabled, own) => {
  const owner = workspace({ containerRegistry: ids.registry });
  const registry = row('Microsoft.ContainerRegistry/registries', ids.registry, {
    location: 'westeurope',
    properties: { dataEndpointEnabled },
  });
  const [found] = valueOf(factsOf(estateWith(owner, registry)).workspaces);
  expect(found && valueOf(found.registry)?.hasDataEndpoint).toBe(own);
});

it.each([
  [{ defaultAction: 'Deny', ipRules: [] }, 1],
  [{ defaultAction: 'Deny', ipRules: [], virtualNetworkRules: [] }, 0],
  [null, 0],
])(
  'the subnets that a registry of the rules %j admits are unseen: %i',
  (networkRuleSet, unseen) => {
    const owner = workspace({ containerRegistry: ids.registry });
    const registry = row('Microsoft.ContainerRegistry/registries', ids.registry, {
      location: 'westeurope',
      properties: { networkRuleSet },
    });
    const [found] = valueOf(factsOf(estateWith(owner, registry)).workspaces);
    expect(found && valueOf(found.registry)?.unseenRules).toHaveLength(unseen);
  },
);

describe('the public access of a workspace', () => {
  const approved = [connection(ids.privateEndpoint, 'Approved')];
  it.each([
    [{ publicNetworkAccess: 'Disabled' }, 'off'],
    [{ publicNetworkAccess: 'Enabled', allowPublicAccessWhenBehindVnet: false }, 'open'],
    [{ allowPublicAccessWhenBehindVnet: false }, 'open'],
    [{ allowPublicAccessWhenBehindVnet: false, privateEndpointConnections: approved }, 'off'],
    [{ allowPublicAccessWhenBehindVnet: true, privateEndpointConnections: approved }, 'open'],
  ])('%j', (properties, expected) => {
    const [found] = valueOf(factsOf(estateWith(workspace(properties))).workspaces);
    expect(found && valueOf(found.entrance).publicAccess).toBe(expected);
  });
});

describe('a project', () => {
  const hubId = `${ids.workspace}-hub`;
  const project = workspace({ hubResourceId: hubId, storageAccount: null, keyVault: null });
  const hub = row('Microsoft.MachineLearningServices/workspaces', hubId, {
    location: 'westeurope',
    properties: {
      storageAccount: ids.storage,
      publicNetworkAccess: 'Disabled',
      privateEndpointConnections: [],
    },
  });

  it('is reached as its hub is, and has its storage', () => {
    const [found] = valueOf(factsOf(estateWith(project, hub, storage({}))).workspaces);
    expect(found && valueOf(found.entrance)).toMatchObject({
      id: hubId.toLowerCase(),
      publicAccess: 'off',
    });
    expect(found && valueOf(found.storage).id).toBe(ids.storage.toLowerCase());
    expect(found?.vault.known).toBe(false);
  });

  it('is reached nobody knows how without its hub', () => {
    const [found] = valueOf(factsOf(estateWith(project)).workspaces);
    expect([found?.entrance.known, found?.storage.known]).toEqual([false, false]);
  });
});

it('a subnet has the service endpoints that its network lists', () => {
  const services = [
    { service: 'Microsoft.Storage', locations: ['westeurope'], provisioningState: 'Succeeded' },
    { service: 'Microsoft.KeyVault', locations: ['*'] },
  ];
  const [nodes] = valueOf(factsOf(estateWith(network({}, { serviceEndpoints: services }))).subnets);
  expect(nodes && valueOf(nodes.serviceEndpoints)).toEqual([
    'microsoft.storage',
    'microsoft.keyvault',
  ]);
});

describe('container groups', () => {
  const aci = (id: string, properties: Body) =>
    row('Microsoft.ContainerInstance/containerGroups', id, { properties });
  const id = `${group}/providers/Microsoft.ContainerInstance/containerGroups/model`;
  const containers = [{ name: 'a', properties: { image: 'Acr.azurecr.io/azureml/x' } }];

  it("are those in the workspace's own resource group", () => {
    const found = workspaceOf(
      aci(id, { containers, subnetIds: [{ id: ids.pods }] }),
      aci(id.replace('/ml/', '/ml2/'), { containers }),
    );
    expect(valueOf(found.containerGroups)).toEqual([
      {
        id: id.toLowerCase(),
        networkIds: [ids.pods.toLowerCase()],
        images: ['acr.azurecr.io/azureml/x'],
      },
    ]);
  });

  it('lie in a network by a profile, as older versions wrote it, or in none', () => {
    const profile = `${group}/providers/Microsoft.Network/networkProfiles/aci`;
    const of = (properties: Body) =>
      valueOf(workspaceOf(aci(id, { containers, ...properties })).containerGroups)[0]?.networkIds;
    expect(of({ networkProfile: { id: profile } })).toEqual([profile.toLowerCase()]);
    expect(of({ subnetIds: null })).toEqual([]);
  });

  it('that were not read are unknown', () => {
    const unseen = gap('microsoft.containerinstance/containergroups', group);
    expect(workspaceOf(unseen).containerGroups.known).toBe(false);
  });
});
