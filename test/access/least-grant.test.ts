import { describe, expect, it } from 'vitest';

import { findAction } from '../../shared/access/action-search.ts';
import {
  networkContributor,
  routeTableMinimum,
  subnetMinimum,
} from '../../shared/access/aks-permissions.ts';
import { holds } from '../../shared/access/effective-permissions.ts';
import { leastGrant, offeredRoles } from '../../shared/access/least-grant.ts';
import { resourceId } from '../../shared/model/resource-id.ts';
import {
  access,
  assigned,
  custom,
  group,
  identity,
  managementGroup,
  role,
  subnet,
  subscription,
} from './build.ts';

const deployers = [
  'Microsoft.Network/*/read',
  'Microsoft.Network/virtualNetworks/join/action',
  'Microsoft.Network/virtualNetworks/subnets/join/action',
];

describe('the narrowest of the roles that are offered', () => {
  it.each([
    [subnetMinimum, 'Network Contributor'],
    [routeTableMinimum, 'Network Contributor'],
    [networkContributor, 'Network Contributor'],
    [deployers, 'Network Contributor'],
    [['Microsoft.Network/virtualNetworks/subnets/read'], 'Reader'],
    [['Microsoft.Network/*/read'], 'Reader'],
    [['Microsoft.Network/virtualNetworks/join/action'], 'Private DNS Zone Contributor'],
    [['Microsoft.Network/privateDnsZones/*'], 'Private DNS Zone Contributor'],
    [
      ['Microsoft.ManagedIdentity/userAssignedIdentities/x/assign/action'],
      'Managed Identity Operator',
    ],
    [['Microsoft.Authorization/roleAssignments/write'], undefined],
    [['*'], undefined],
    [['Microsoft.Network/*', 'Microsoft.Compute/disks/write'], undefined],
  ])('%j: %s', (actions, name) => {
    expect(leastGrant(actions, group).builtIn?.role.roleName).toBe(name);
  });

  it('comes first: none lies within an earlier one', () => {
    const [first, ...others] = offeredRoles;
    expect([first, ...others]).toHaveLength(4);
    for (const [index, later] of offeredRoles.entries()) {
      for (const earlier of offeredRoles.slice(0, index)) {
        expect(findAction([later.permissions], [earlier.permissions]).kind).toBe('found');
      }
    }
  });

  it('is said with what it gives beyond', () => {
    expect(leastGrant(networkContributor, group).builtIn?.beyond).toEqual([
      'Microsoft.Authorization/*/read',
      'Microsoft.Insights/alertRules/*',
      'Microsoft.ResourceHealth/availabilityStatuses/read',
      'Microsoft.Resources/deployments/*',
      'Microsoft.Resources/subscriptions/resourceGroups/read',
      'Microsoft.Support/*',
    ]);
    expect(leastGrant(subnetMinimum, group).builtIn?.beyond).toContain('Microsoft.Network/*');
    expect(leastGrant(['*/read'], group).builtIn?.beyond).toEqual([]);
  });

  it('gives nothing beyond where all that is left of a pattern is no action', () => {
    const verbs = ['read', 'write', 'delete', 'action'];
    const { builtIn } = leastGrant(
      verbs.map((verb) => `Microsoft.Network/*/${verb}`),
      group,
    );
    expect(builtIn?.role.roleName).toBe('Network Contributor');
    expect(builtIn?.beyond).not.toContain('Microsoft.Network/*');
  });
});

describe('the custom role', () => {
  it.each([
    [subnet, group],
    [group, group],
    [subscription, subscription],
    [managementGroup('platform'), managementGroup('platform')],
    [resourceId('/'), undefined],
    [resourceId('/providers/Microsoft.Capacity'), undefined],
  ])('for %s may be assigned at %s', (scope, assignable) => {
    const { custom } = leastGrant(subnetMinimum, scope, 'Joins subnets');
    expect(custom?.AssignableScopes).toEqual(assignable === undefined ? undefined : [assignable]);
  });

  it('has these actions and no others', () => {
    const { custom } = leastGrant(subnetMinimum, subnet, 'Joins subnets');
    expect(custom).toMatchObject({
      Name: 'Joins subnets',
      IsCustom: true,
      Actions: subnetMinimum,
      NotActions: [],
      DataActions: [],
      NotDataActions: [],
    });
  });

  it('has a name of its own where none is given', () => {
    expect(leastGrant(['a/b/read'], group).custom?.Name).toBe(`Portcullis: 1 action on ${group}`);
    expect(leastGrant(subnetMinimum, group).custom?.Name).toContain('2 actions');
  });

  it('mends what is missing, as the built-in role does', () => {
    for (const actions of [subnetMinimum, routeTableMinimum, networkContributor, deployers]) {
      const least = leastGrant(actions, subnet);
      const roles = [role(custom, { actions: least.custom?.Actions ?? [], notActions: [] })];
      for (const guid of [custom, least.builtIn?.role.guid ?? '']) {
        const mended = access({ roles, assignments: [assigned(guid, subnet)] });
        expect(holds(actions, identity, subnet, mended).verdict).toBe('granted');
      }
    }
  });
});
