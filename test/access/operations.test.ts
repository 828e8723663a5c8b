import { describe, expect, it } from 'vitest';

import { isKnownOperation, operations } from '../../shared/access/operations.ts';

describe('published operations', () => {
  it('are well-formed, each once, and known in any casing', () => {
    expect(
      operations.filter((one) => !/^Microsoft\.\w+(\/\w+)+\/(read|write|delete|action)$/.test(one)),
    ).toEqual([]);
    expect(new Set(operations).size).toBe(operations.length);
    expect(isKnownOperation('MICROSOFT.NETWORK/VIRTUALNETWORKS/SUBNETS/JOIN/ACTION')).toBe(true);
    expect(isKnownOperation('Microsoft.Network/*')).toBe(false);
  });

  it.each([
    ['Microsoft.Network', 'virtualNetworks/subnets/read'],
    ['Microsoft.Authorization', 'roleAssignments/read'],
    ['Microsoft.ContainerService', 'managedClusters/read'],
    ['Microsoft.Compute', 'virtualMachineScaleSets/read'],
    ['Microsoft.ManagedIdentity', 'userAssignedIdentities/read'],
    ['Microsoft.Resources', 'subscriptions/resourceGroups/read'],
    ['Microsoft.MachineLearningServices', 'workspaces/read'],
    ['Microsoft.Storage', 'storageAccounts/read'],
    ['Microsoft.KeyVault', 'vaults/read'],
    ['Microsoft.ContainerRegistry', 'registries/read'],
  ])('of %s begin with %s', (provider, first) => {
    expect(operations.find((one) => one.startsWith(`${provider}/`))).toBe(`${provider}/${first}`);
  });
});
