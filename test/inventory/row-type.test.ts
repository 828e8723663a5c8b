import { expect, test } from 'vitest';
import { resourceTypes } from '../../shared/inventory/resource-types.ts';
import { resourceTypeNamed, typeInId } from '../../shared/inventory/row-type.ts';

const group = '/subscriptions/s/resourceGroups/g';

test.each([
  ['/subscriptions/s', 'microsoft.resources/subscriptions'],
  [group, 'microsoft.resources/subscriptions/resourcegroups'],
  [`${group}/providers/Microsoft.Network/virtualNetworks/v/`, 'microsoft.network/virtualnetworks'],
  [
    `${group}/providers/Microsoft.MachineLearningServices/workspaces/w/computes/c`,
    'microsoft.machinelearningservices/workspaces/computes',
  ],
  [
    `${group}/providers/Microsoft.ContainerService/managedClusters/c/providers/Microsoft.KubernetesConfiguration/extensions/e`,
    'microsoft.kubernetesconfiguration/extensions',
  ],
  [
    '/providers/Microsoft.Authorization/roleAssignments/r',
    'microsoft.authorization/roleassignments',
  ],
  [`${group}/providers/Microsoft.Network`, undefined],
  [`${group}/providers/Microsoft.Network/virtualNetworks`, undefined],
  ['/tenants/t', undefined],
  ['7f1579a6-c648-43a1-ac1e-0c3020dd9b8e', undefined],
  ['/', undefined],
  ['', undefined],
])('the id %s spells the type %s', (id, type) => {
  expect(typeInId(id)).toBe(type);
});

test('types are known in any spelling, and resource groups under both their types', () => {
  for (const type of resourceTypes) expect(resourceTypeNamed(` ${type.toUpperCase()} `)).toBe(type);
  const groups = 'microsoft.resources/subscriptions/resourcegroups';
  expect(resourceTypeNamed('Microsoft.Resources/resourceGroups')).toBe(groups);
  for (const other of ['', '__proto__', 'constructor', 'microsoft.compute/disks']) {
    expect(resourceTypeNamed(other)).toBeUndefined();
  }
});
