/**
 * Grants that tools which look for the role's name judge wrongly, as rows as Azure sends them, with
 * the answer that its documented semantics give.
 */
import { describe, expect, it } from 'vitest';
import { networkContributorGranted } from '../../shared/checks/network-contributor-granted.ts';
import type { Gap, Row } from '../../shared/ports.ts';
import {
  type Body,
  estateWith,
  factsOf,
  gap,
  ids,
  network,
  row,
  subscription,
} from '../facts/build.ts';
import { settings } from './build.ts';

const identity = 'AAAA0000-0000-0000-0000-000000000001';
const staff = 'bbbb0000-0000-0000-0000-000000000002';
const team = 'cccc0000-0000-0000-0000-000000000003';
const custom = '99990000-0000-0000-0000-000000000009';
const networkContributor = '4d97b98b-1d4f-4787-a291-c67834d212e7';
const contributor = 'b24988ac-6180-42a0-ab88-20f7382dd24c';
const owner = '8e3af657-a8ff-443c-a75c-2fe8c4bcb635';
const join = 'Microsoft.Network/virtualNetworks/subnets/join/action';
const authorization = '/providers/Microsoft.Authorization';
const corp = '/providers/Microsoft.Management/managementGroups/Corp';
const everyone = [{ id: '00000000000000000000000000000000', type: 'SystemDefined' }];

function assigned(role: string, scope: string, rest: Body = {}): Row {
  const id = `${scope === '/' ? '' : scope}${authorization}/roleAssignments/${role}`;
  return row('Microsoft.Authorization/roleAssignments', id, {
    properties: {
      principalId: identity,
      principalType: 'ServicePrincipal',
      roleDefinitionId: `/subscriptions/${subscription}${authorization}/roleDefinitions/${role}`,
      scope,
      condition: null,
      ...rest,
    },
  });
}

function defined(...permissions: readonly Body[]): Row {
  return row(
    'Microsoft.Authorization/roleDefinitions',
    `/subscriptions/${subscription}${authorization}/roleDefinitions/${custom}`,
    { properties: { roleName: 'Net Ops', type: 'CustomRole', permissions } },
  );
}

function denied(rest: Body): Row {
  return row(
    'Microsoft.Authorization/denyAssignments',
    `${ids.groupOfNetwork}${authorization}/denyAssignments/d`,
    {
      properties: {
        denyAssignmentName: 'Deny of a stack',
        scope: ids.groupOfNetwork,
        doNotApplyToChildScopes: 'False',
        principals: everyone,
        excludePrincipals: [],
        permissions: [{ actions: [join], notActions: [] }],
        ...rest,
      },
    },
  );
}

function group(id: string, ...members: readonly string[]): Row {
  return row('microsoft.graph/groups', id, { members });
}

const below = row('microsoft.resources/subscriptions', `/subscriptions/${subscription}`, {
  properties: { managementGroupAncestorsChain: [{ name: 'CORP' }, { name: 'root' }] },
});
const toStaff = { principalId: staff, principalType: 'Group' };

type Expected = 'pass' | 'fail high' | 'fail low' | 'unknown';

type Vector = readonly [
  name: string,
  expected: Expected,
  says: RegExp,
  rows: readonly (Row | Gap)[],
];

const vectors: readonly Vector[] = [
  [
    'the role by its name, on the group',
    'pass',
    /Network Contributor.*gives Microsoft\.Network\/\*/,
    [assigned(networkContributor, ids.groupOfNetwork)],
  ],
  [
    'no role of that name, but Contributor of the subscription',
    'pass',
    /role Contributor, which gives \*/,
    [assigned(contributor, `/SUBSCRIPTIONS/${subscription}`)],
  ],
  [
    'a grant at a management group above',
    'pass',
    /role Owner.*managementgroups\/corp/,
    [below, assigned(owner, corp)],
  ],
  [
    'a grant at a management group elsewhere',
    'fail high',
    /lacks/,
    [below, assigned(owner, `${corp}orate`)],
  ],
  ['a grant at the root', 'pass', /is assigned to .* at \//, [assigned(owner, '/')]],
  [
    'a grant on a group whose name begins alike',
    'fail high',
    /lacks/,
    [assigned(owner, `${ids.groupOfNetwork}-2`)],
  ],
  [
    'a grant on the network alone',
    'fail low',
    /holds less than/,
    [assigned(networkContributor, ids.network)],
  ],
  [
    'a grant on the subnet alone',
    'fail low',
    /az role assignment create .*--scope '\S+\/resourcegroups\/net'/,
    [assigned(networkContributor, ids.nodes)],
  ],
  [
    'a grant on another subnet',
    'fail high',
    /lacks .*subnets\/read on nodes/,
    [assigned(networkContributor, ids.pods)],
  ],
  [
    'the role through a group in a group',
    'pass',
    /group bbbb0000-.*member through group cccc0000-/,
    [
      assigned(networkContributor, ids.groupOfNetwork, toStaff),
      group(staff, team),
      group(team, identity),
    ],
  ],
  [
    'the role through a group that nobody read',
    'unknown',
    /members of the group bbbb0000-/,
    [assigned(networkContributor, ids.groupOfNetwork, toStaff), gap('microsoft.graph/groups', '/')],
  ],
  [
    'a custom role in which three blocks make the whole',
    'pass',
    /Net Ops/,
    [
      assigned(custom, ids.groupOfNetwork),
      defined(
        { actions: ['Microsoft.Network/*/read', 'microsoft.network/*/WRITE'] },
        { notActions: null, actions: ['*/delete'] },
        { actions: ['Microsoft.Network/*/action'], notActions: [] },
      ),
    ],
  ],
  [
    'a custom role that has all but joining',
    'fail high',
    /leaves it out with the notAction .*JOIN/,
    [
      assigned(custom, ids.groupOfNetwork),
      defined({ actions: ['*'], notActions: ['*/JOIN/action'] }),
    ],
  ],
  [
    'the minimum of AKS and no more',
    'fail low',
    /Net Ops, which gives .*subnets\/read and .*join\/action/,
    [
      assigned(custom, ids.groupOfNetwork),
      defined({ actions: ['Microsoft.Network/virtualNetworks/subnets/read', join] }),
    ],
  ],
  [
    'a role whose block has a condition',
    'unknown',
    /condition on the role Net Ops/,
    [
      assigned(custom, ids.groupOfNetwork),
      defined({
        actions: ['*'],
        notActions: [],
        conditionVersion: '2.0',
        condition:
          "@Principal[ApplicationId] ForAllOfAnyValues:StringEqualsIgnoreCase {'5b306cba-9c71-49db-96c3-d17ca2379c4d'}",
      }),
    ],
  ],
  [
    'a condition that delegates role assignments',
    'pass',
    /role Owner/,
    [
      assigned(owner, ids.groupOfNetwork, {
        condition:
          "((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR (@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAllValues:GuidNotEquals {8e3af657-a8ff-443c-a75c-2fe8c4bcb635}))",
        conditionVersion: '2.0',
      }),
    ],
  ],
  [
    'a condition on networks',
    'unknown',
    /condition on the role assignment/,
    [
      assigned(owner, ids.groupOfNetwork, {
        condition: "@Resource[Microsoft.Network/virtualNetworks:name] StringEquals 'x'",
      }),
    ],
  ],
  [
    'a deny assignment to everyone',
    'fail high',
    /Deny of a stack/,
    [assigned(owner, '/'), denied({})],
  ],
  [
    'a deny assignment that excepts the identity, without dashes',
    'pass',
    /Owner/,
    [
      assigned(owner, '/'),
      denied({
        excludePrincipals: [{ id: identity.replaceAll('-', ''), type: 'ServicePrincipal' }],
      }),
    ],
  ],
  [
    'a deny assignment that excepts a group of it',
    'pass',
    /Owner/,
    [
      assigned(owner, '/'),
      denied({ excludePrincipals: [{ id: staff, type: 'Group' }] }),
      group(staff, identity),
    ],
  ],
  [
    'a deny assignment for the resource group alone',
    'fail low',
    /Deny of a stack/,
    [assigned(owner, '/'), denied({ doNotApplyToChildScopes: true })],
  ],
  [
    'deny assignments that nobody may read',
    'unknown',
    /deny/,
    [assigned(owner, '/'), gap('microsoft.authorization/denyassignments', '/')],
  ],
  [
    'nothing found, and management groups not read',
    'unknown',
    /management|role assignments/,
    [
      gap(
        'microsoft.authorization/roleassignments',
        '/providers/microsoft.management/managementgroups',
      ),
    ],
  ],
  [
    'nothing found, and all was read',
    'fail high',
    /Assign Network Contributor on resource group net/,
    [],
  ],
];

describe('who may join the network', () => {
  it.each(vectors)('%s: %s', (_, expected, says, rows) => {
    const facts = factsOf(estateWith(network(), ...rows));
    const { kind, severity, ...rest } = networkContributorGranted.evaluate(facts, settings);
    expect(kind === 'fail' ? `fail ${severity}` : kind).toBe(expected);
    expect(JSON.stringify(rest)).toMatch(says);
  });
});
