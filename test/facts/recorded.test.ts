import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { findClusters } from '../../shared/facts/find-clusters.ts';
import { readFacts } from '../../shared/facts/read-facts.ts';
import { computeRow } from '../../shared/facts/rows/compute.ts';
import { denyAssignmentRow } from '../../shared/facts/rows/deny-assignment.ts';
import { guardedResourceRow } from '../../shared/facts/rows/guarded-resource.ts';
import { loadBalancerRow } from '../../shared/facts/rows/load-balancer.ts';
import { managedClusterRow } from '../../shared/facts/rows/managed-cluster.ts';
import { networkInterfaceRow } from '../../shared/facts/rows/network-interface.ts';
import { networkSecurityGroupRow } from '../../shared/facts/rows/network-security-group.ts';
import { onlineEndpointRow } from '../../shared/facts/rows/online-endpoint.ts';
import { privateEndpointRow } from '../../shared/facts/rows/private-endpoint.ts';
import { publicIpRow } from '../../shared/facts/rows/public-ip.ts';
import { registryRow } from '../../shared/facts/rows/registry.ts';
import { roleAssignmentRow } from '../../shared/facts/rows/role-assignment.ts';
import { roleDefinitionRow } from '../../shared/facts/rows/role-definition.ts';
import { routeTableRow } from '../../shared/facts/rows/route-table.ts';
import { scaleSetRow } from '../../shared/facts/rows/scale-set.ts';
import { virtualNetworkRow } from '../../shared/facts/rows/virtual-network.ts';
import { workspaceRow } from '../../shared/facts/rows/workspace.ts';
import { snapshotOf } from '../../shared/inventory/inventory-snapshot.ts';
import { resourceTypeNamed } from '../../shared/inventory/row-type.ts';
import { resourceId } from '../../shared/model/resource-id.ts';
import type { Row } from '../../shared/ports.ts';

const folder =
  process.env['PORTCULLIS_FIXTURES'] ?? join(import.meta.dirname, '../../../shared/fixtures');
const here = existsSync(join(folder, 'pool'));
const reason = here ? '' : ` (skipped: no recordings at PORTCULLIS_FIXTURES)`;

type Json = Record<string, unknown>;

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The resources of a kind: a body, or the members of a list. */
function resources(kind: string): { readonly file: string; readonly body: Json }[] {
  const path = join(folder, 'pool', kind);
  return readdirSync(path).flatMap((file) => {
    const envelope: unknown = JSON.parse(readFileSync(join(path, file), 'utf8'));
    const body = isObject(envelope) ? envelope['body'] : undefined;
    const value = isObject(body) && Array.isArray(body['value']) ? body['value'] : body;
    return (Array.isArray(value) ? value : [value])
      .filter(isObject)
      .map((one) => ({ file, body: one }));
  });
}

/** Rows of generic listings, which have no properties, and rows of other kinds in the same listing. */
function isResource({ body }: { readonly body: Json }, type: string): boolean {
  const written = body['type'];
  return (
    isObject(body['properties']) &&
    (typeof written !== 'string' || written.toLowerCase() === type.toLowerCase())
  );
}

const kinds: readonly (readonly [kind: string, type: string, schema: z.ZodType])[] = [
  ['nsg', 'Microsoft.Network/networkSecurityGroups', networkSecurityGroupRow],
  ['list_nsg', 'Microsoft.Network/networkSecurityGroups', networkSecurityGroupRow],
  ['vnet', 'Microsoft.Network/virtualNetworks', virtualNetworkRow],
  ['list_vnet', 'Microsoft.Network/virtualNetworks', virtualNetworkRow],
  ['load_balancer', 'Microsoft.Network/loadBalancers', loadBalancerRow],
  ['list_load_balancer', 'Microsoft.Network/loadBalancers', loadBalancerRow],
  ['public_ip', 'Microsoft.Network/publicIPAddresses', publicIpRow],
  ['route_table', 'Microsoft.Network/routeTables', routeTableRow],
  ['nic', 'Microsoft.Network/networkInterfaces', networkInterfaceRow],
  ['vmss', 'Microsoft.Compute/virtualMachineScaleSets', scaleSetRow],
  ['private_endpoint', 'Microsoft.Network/privateEndpoints', privateEndpointRow],
  ['role_assignment', 'Microsoft.Authorization/roleAssignments', roleAssignmentRow],
  ['list_role_assignment', 'Microsoft.Authorization/roleAssignments', roleAssignmentRow],
  ['role_definition', 'Microsoft.Authorization/roleDefinitions', roleDefinitionRow],
  ['list_role_definition', 'Microsoft.Authorization/roleDefinitions', roleDefinitionRow],
  ['deny_assignment', 'Microsoft.Authorization/denyAssignments', denyAssignmentRow],
  ['list_deny_assignment', 'Microsoft.Authorization/denyAssignments', denyAssignmentRow],
  ['aks', 'Microsoft.ContainerService/managedClusters', managedClusterRow],
  ['aml_workspace', 'Microsoft.MachineLearningServices/workspaces', workspaceRow],
  ['aml_compute', 'Microsoft.MachineLearningServices/workspaces/computes', computeRow],
  [
    'aml_endpoint',
    'Microsoft.MachineLearningServices/workspaces/onlineEndpoints',
    onlineEndpointRow,
  ],
  ['acr', 'Microsoft.ContainerRegistry/registries', registryRow],
  ['list_acr', 'Microsoft.ContainerRegistry/registries', registryRow],
  ['storage_account', 'Microsoft.Storage/storageAccounts', guardedResourceRow],
  ['list_storage_account', 'Microsoft.Storage/storageAccounts', guardedResourceRow],
  ['key_vault', 'Microsoft.KeyVault/vaults', guardedResourceRow],
  ['list_key_vault', 'Microsoft.KeyVault/vaults', guardedResourceRow],
];

/** A listing of another shape, and an example that leaves out what every compute has. */
const incomplete = /GdprExport|listAmlComputeByWorkspace/;

describe.skipIf(!here)(`recorded resources${reason}`, () => {
  it.each(kinds)('of the kind %s are understood', (kind, type, schema) => {
    const found = resources(kind).filter(
      (one) => isResource(one, type) && !incomplete.test(one.file),
    );
    expect(found.length).toBeGreaterThan(0);
    const misses = found.flatMap(({ file, body }) => {
      const parsed = schema.safeParse(body);
      return parsed.success
        ? []
        : [
            `${file}: ${parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('; ')}`,
          ];
    });
    expect(misses).toEqual([]);
  });

  it('subnets are understood within a virtual network', () => {
    const subnets = resources('subnet').filter(({ body }) => isObject(body['properties']));
    expect(subnets.length).toBeGreaterThan(0);
    const network = virtualNetworkRow.parse({
      properties: { addressSpace: {}, subnets: subnets.map(({ body }) => body) },
    });
    expect(
      network.properties.subnets.filter((subnet) => subnet.properties?.prefixes.length === 0),
    ).toEqual([]);
  });

  it('make facts of every recorded cluster', () => {
    const read: unknown = JSON.parse(readFileSync(join(folder, 'estate/recorded.json'), 'utf8'));
    const rows = (Array.isArray(read) ? read : []).filter(isObject).flatMap((body): Row[] => {
      const type = resourceTypeNamed(String(body['type']));
      return type === undefined
        ? []
        : [{ kind: 'row', id: resourceId(String(body['id'])), type, body }];
    });
    const snapshot = snapshotOf(rows);
    const found = findClusters(snapshot, 'all').clusters;
    const facts = readFacts(
      snapshot,
      found.map(({ id }) => id),
    );
    expect(facts).toHaveLength(rows.filter(({ type }) => type.endsWith('/managedclusters')).length);
    expect(facts.filter(({ unreadable }) => unreadable !== undefined)).toEqual([]);
    expect(facts.filter(({ identity }) => identity.known).length).toBeGreaterThan(200);
  });
});
