import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findClusters } from '../../shared/facts/find-clusters.ts';
import type { InferenceCluster } from '../../shared/facts/inference-cluster.ts';
import { readFacts } from '../../shared/facts/read-facts.ts';
import { snapshotOf } from '../../shared/inventory/inventory-snapshot.ts';
import { resourceId } from '../../shared/model/resource-id.ts';
import type { Known } from '../../shared/model/verdict.ts';
import type { Row } from '../../shared/ports.ts';
import {
  cluster,
  estate,
  extension,
  factsOf,
  gap,
  ids,
  network,
  onlineEndpoint,
  row,
  subscription,
  workspace,
} from './build.ts';

const numRuns = import.meta.env.MODE === 'deep' ? 3_000 : 300;

/** An estate in which every kind of row stands once at least. */
function fullEstate(): Row[] {
  const scope = `/subscriptions/${subscription}`;
  const authorization = `${scope}/providers/Microsoft.Authorization`;
  const rule = {
    name: 'r',
    properties: { protocol: 'Any', access: 'Deny', priority: 1, direction: 'Inbound' },
  };
  return [
    ...estate(),
    cluster({
      agentPoolProfiles: [
        { type: 'VirtualMachines', vnetSubnetID: ids.nodes, podSubnetID: ids.pods },
      ],
      servicePrincipalProfile: { clientId: 'msi' },
      apiServerAccessProfile: { enablePrivateCluster: false, authorizedIPRanges: ['20.0.0.0/24'] },
    }),
    network(
      {
        virtualNetworkPeerings: [
          {
            name: 'hub',
            properties: {
              peeringState: 'Connected',
              remoteVirtualNetwork: { id: `${ids.network}-hub` },
              remoteAddressSpace: { addressPrefixes: ['10.2.0.0/16'] },
            },
          },
        ],
      },
      { routeTable: { id: ids.routes } },
    ),
    row('microsoft.network/routetables', ids.routes, {
      properties: {
        routes: [{ name: 'r', properties: { addressPrefix: '0.0.0.0/0', nextHopType: 'None' } }],
      },
    }),
    row('microsoft.network/networkinterfaces', `${ids.node}/networkInterfaces/n`, {
      properties: { ipConfigurations: [{ name: 'i', properties: { subnet: { id: ids.nodes } } }] },
    }),
    row('microsoft.network/effectivesecurityadminrules', `${ids.network}/providers/x/rules/r`, {
      value: [rule],
    }),
    onlineEndpoint('https://20.1.2.3/score'),
    extension({ allowInsecureConnections: 'false' }),
    workspace({ containerRegistry: ids.registry }),
    row('microsoft.containerregistry/registries', ids.registry, {
      location: 'westeurope',
      properties: {
        privateEndpointConnections: [
          {
            properties: {
              privateEndpoint: { id: ids.privateEndpoint },
              privateLinkServiceConnectionState: { status: 'Approved' },
            },
          },
        ],
      },
    }),
    row('microsoft.network/privateendpoints', ids.privateEndpoint, {
      properties: { subnet: { id: ids.pods }, customDnsConfigs: [{ ipAddresses: ['10.1.4.9'] }] },
    }),
    row('microsoft.authorization/roleassignments', `${authorization}/roleAssignments/a`, {
      properties: { principalId: 'p', roleDefinitionId: '/x/r', scope },
    }),
    row('microsoft.authorization/roledefinitions', `${authorization}/roleDefinitions/r`, {
      properties: { roleName: 'r', permissions: [{ actions: ['*'] }] },
    }),
    row('microsoft.authorization/denyassignments', `${authorization}/denyAssignments/d`, {
      properties: { scope, principals: [{ id: 'p' }], permissions: [{ actions: ['*'] }] },
    }),
    row('microsoft.graph/groups', 'g', { members: ['p'] }),
    row('microsoft.graph/serviceprincipals', 's', { appId: 'a' }),
    row('microsoft.resources/subscriptions', scope, {
      properties: { managementGroupAncestorsChain: [{ name: 'm' }] },
    }),
    row('microsoft.network/servicetags', `${scope}/providers/x/y/z`, {
      values: [{ name: 'AzureMonitor', properties: { addressPrefixes: ['20.0.0.0/24'] } }],
    }),
  ];
}

/** The value with one member or element, picked by the numbers, taken away or replaced. */
function mutate(value: unknown, picks: readonly number[], replacement: unknown): unknown {
  const [pick, ...rest] = picks;
  if (pick === undefined || typeof value !== 'object' || value === null) {
    return replacement;
  }
  const keys = Object.keys(value);
  const key = keys[pick % Math.max(keys.length, 1)];
  if (key === undefined) return replacement;
  const member: unknown = Reflect.get(value, key);
  const changed = mutate(member, rest, replacement);
  if (Array.isArray(value)) {
    return value.flatMap((one: unknown, at) =>
      String(at) !== key ? [one] : changed === gone ? [] : [changed],
    );
  }
  const entries = Object.entries(value).filter(([name]) => name !== key);
  return Object.fromEntries(changed === gone ? entries : [...entries, [key, changed]]);
}

const gone = Symbol('gone');

const replacement = fc.oneof(
  fc.constant(gone),
  fc.constantFrom<unknown>(
    null,
    '',
    [],
    {},
    0,
    -1,
    1.5,
    true,
    'x',
    [null],
    [[]],
    [{}],
    { id: 7 },
    '10.0.0.0/33',
  ),
  fc.anything(),
);

/** Every value that facts know, by a name; what is unknown is left out. */
function knownValues(facts: InferenceCluster): Map<string, unknown> {
  const values = new Map<string, unknown>();
  function add(name: string, value: Known<unknown>): void {
    if (value.known) values.set(name, value.value);
  }
  add('identity', facts.identity);
  add('computeTypes', facts.computeTypes);
  if (facts.workspaces.known) {
    values.set(
      'workspaces',
      facts.workspaces.value.map(({ id }) => id),
    );
    for (const workspaceFacts of facts.workspaces.value) {
      const { registry } = workspaceFacts;
      if (registry.known) {
        values.set('registry', [registry.value?.id, registry.value?.location]);
        if (registry.value !== null) add('private endpoints', registry.value.privateEndpoints);
      }
    }
  }
  if (facts.scoringEndpoints.known) {
    values.set(
      'endpoints',
      facts.scoringEndpoints.value.map(({ address, visibility }) => [address, visibility]),
    );
  }
  if (facts.subnets.known) {
    values.set(
      'subnets',
      facts.subnets.value.map(({ id, usedBy }) => [id, usedBy]),
    );
    for (const subnet of facts.subnets.value) {
      for (const member of [
        'prefixes',
        'securityGroup',
        'nodeSecurityGroups',
        'routeTable',
        'adminRules',
      ] as const) {
        add(`${member} of ${subnet.id}`, subnet[member]);
      }
    }
  }
  values.set('coverage', facts.access.coverage(resourceId(ids.groupOfNetwork)).known);
  return values;
}

describe('rows of any shape', () => {
  it('never make facts throw, and never hide a cluster', () => {
    const rows = fullEstate();
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.nat(),
            fc.array(fc.nat({ max: 20 }), { minLength: 1, maxLength: 9 }),
            replacement,
          ),
          {
            minLength: 1,
            maxLength: 4,
          },
        ),
        (mutations) => {
          const mutated = [...rows];
          for (const [pick, picks, value] of mutations) {
            const at = pick % mutated.length;
            const before = mutated[at];
            if (before === undefined) continue;
            const body = mutate(before.body, picks, value);
            if (typeof body === 'object' && body !== null) {
              mutated[at] = { ...before, body: Object.fromEntries(Object.entries(body)) };
            }
          }
          const snapshot = snapshotOf(mutated);
          expect(findClusters(snapshot, 'all').clusters).toHaveLength(1);
          expect(readFacts(snapshot, [resourceId(ids.cluster)])).toHaveLength(1);
        },
      ),
      { numRuns },
    );
  });
});

describe('what is not read', () => {
  it('makes values unknown, never other values', () => {
    const rows = fullEstate();
    const full = snapshotOf(rows);
    const all = knownValues(factsOf(full));
    expect(all.get('endpoints')).toEqual([['20.1.2.3', 'public']]);
    const others = [...new Set(rows.map(({ type }) => type))].filter(
      (type) => !type.endsWith('/managedclusters'),
    );
    fc.assert(
      fc.property(fc.subarray(others, { minLength: 1 }), (unread) => {
        const rest = rows.filter(({ type }) => !unread.includes(type));
        const gaps = unread.map((type) => gap(type, '/'));
        const less = knownValues(factsOf(snapshotOf([...rest, ...gaps])));
        for (const [name, value] of less) {
          if (name === 'coverage' && value === false) continue;
          expect({ [name]: value }).toEqual({ [name]: all.get(name) });
        }
      }),
      { numRuns },
    );
  });
});
