import { expect, test } from 'vitest';
import { permits } from '../../shared/access/permitted.ts';
import { readActions, readableTypes } from '../../shared/inventory/read-actions.ts';
import { type ResourceType, resourceTypes } from '../../shared/inventory/resource-types.ts';

/** Types that are read from elsewhere than where their name says, or whose operation is named otherwise. */
const exceptions: Readonly<Partial<Record<ResourceType, string | undefined>>> = {
  'microsoft.graph/groups': undefined,
  'microsoft.graph/serviceprincipals': undefined,
  'portcullis/assignedto': undefined,
  'microsoft.network/servicetags': 'microsoft.network/locations/servicetags/read',
};

test.each(resourceTypes)('%s is read with its own read operation', (type) => {
  const expected = type in exceptions ? exceptions[type] : `${type}/read`;
  expect(readActions[type]?.toLowerCase()).toBe(expected);
});

const ofAzure = resourceTypes.filter(
  (type) => !type.startsWith('microsoft.graph/') && !type.startsWith('portcullis/'),
);
const block = (actions: readonly string[], notActions: readonly string[] = []) => ({
  actions,
  notActions,
});

test.each([
  ['the role Reader', [block(['*/read'])], ofAzure],
  ['nothing', [], []],
  ['a block without actions', [block([])], []],
  [
    'one provider',
    [block(['Microsoft.Network/*'])],
    ofAzure.filter((type) => type.startsWith('microsoft.network/')),
  ],
  [
    'a type and not the types below it',
    [block(['Microsoft.ContainerService/managedClusters/read'])],
    ['microsoft.containerservice/managedclusters'],
  ],
  [
    'listing admin rules with an action of its own',
    [
      block([
        'Microsoft.Network/virtualNetworks/listNetworkManagerEffectiveSecurityAdminRules/action',
      ]),
    ],
    [],
  ],
  [
    'all but what the role leaves out',
    [block(['*/read'], ['Microsoft.Authorization/*'])],
    ofAzure.filter((type) => !type.startsWith('microsoft.authorization/')),
  ],
  [
    'all, as another role has what this one leaves out',
    [block(['*/read'], ['Microsoft.Authorization/*']), block(['Microsoft.Authorization/*/read'])],
    ofAzure,
  ],
])('with %s', (_, permissions, types) => {
  expect(readableTypes((action) => permits(permissions, action))).toEqual(types);
});
