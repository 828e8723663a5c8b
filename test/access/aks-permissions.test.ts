import { expect, it } from 'vitest';

import { deployerOnNetwork, deployerOnSubnet } from '../../shared/access/aks-permissions.ts';
import { holds } from '../../shared/access/effective-permissions.ts';
import { access, assigned, identity, network, reader, subnet } from './build.ts';

it('a deployer who may only read lacks the joins, of the network and of the subnet', () => {
  const facts = access({ assignments: [assigned(reader)] });
  expect(holds(deployerOnNetwork, identity, network, facts).notGiven).toEqual([
    'Microsoft.Network/virtualNetworks/join/action',
  ]);
  expect(holds(deployerOnSubnet, identity, subnet, facts).notGiven).toEqual([
    'Microsoft.Network/virtualNetworks/subnets/join/action',
  ]);
});

it('a deployer who may not read lacks that too', () => {
  expect(holds(deployerOnNetwork, identity, network, access()).notGiven).toEqual(deployerOnNetwork);
});
