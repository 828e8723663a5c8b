import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { findAction } from '../../shared/access/action-search.ts';
import {
  networkContributor,
  routeTableMinimum,
  subnetMinimum,
} from '../../shared/access/aks-permissions.ts';
import { holds } from '../../shared/access/effective-permissions.ts';
import { type CustomRole, leastGrant, offeredRoles } from '../../shared/access/least-grant.ts';
import { assignmentCommand, definitionCommand } from '../../shared/access/role-commands.ts';
import { resourceId } from '../../shared/model/resource-id.ts';
import {
  access,
  assigned,
  custom,
  group,
  identity,
  managementGroup,
  networkContributorRole,
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

/** The words that a shell makes of a command. */
function wordsOf(command: string): readonly string[] {
  const script = `az() { for word in "$@"; do printf '%s\\0' "$word"; done; }; ${command}`;
  return execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1);
}

describe('commands', () => {
  const assignee = { principalId: identity, principalType: 'ServicePrincipal' } as const;
  const joins: CustomRole = {
    Name: 'Joins subnets',
    IsCustom: true,
    Description: 'It\'s for one network: $(date) `date` \\ "x"',
    Actions: subnetMinimum,
    NotActions: [],
    DataActions: [],
    NotDataActions: [],
    AssignableScopes: [group],
  };

  it('assign a role', () => {
    expect(assignmentCommand(assignee, networkContributorRole, group)).toBe(
      `az role assignment create --assignee-object-id ${identity} --assignee-principal-type ServicePrincipal --role '${networkContributorRole}' --scope '${group}'`,
    );
  });

  it.each([
    resourceId('/subscriptions/s/resourceGroups/a.b_(c)-d'),
    resourceId('/subscriptions/s/resourceGroups/größe'),
    resourceId('/'),
  ])('give %s to the shell as one word', (scope) => {
    const command = assignmentCommand(assignee, 'Joins subnets', scope) ?? '';
    expect(wordsOf(command)).toEqual([
      'role',
      'assignment',
      'create',
      '--assignee-object-id',
      identity,
      '--assignee-principal-type',
      'ServicePrincipal',
      '--role',
      'Joins subnets',
      '--scope',
      scope,
    ]);
  });

  it('give a role to the shell as the JSON it is', () => {
    const words = wordsOf(definitionCommand(joins) ?? '');
    expect(words.slice(0, 4)).toEqual(['role', 'definition', 'create', '--role-definition']);
    expect(JSON.parse(words[4] ?? '')).toEqual(joins);
    expect(words).toHaveLength(5);
  });

  it('there are none with ids that Azure does not give out', () => {
    const hostile = ["x'; rm -rf /", '$(date)', 'a b', 'a\nb', '`x`', 'a"b'];
    for (const text of hostile) {
      const scope = resourceId(`/subscriptions/${text}`);
      expect(assignmentCommand(assignee, 'Reader', scope)).toBeUndefined();
      expect(definitionCommand({ ...joins, AssignableScopes: [scope] })).toBeUndefined();
    }
    for (const text of [...hostile, '', '-x']) {
      const somebody = { ...assignee, principalId: text };
      expect(assignmentCommand(somebody, 'Reader', group)).toBeUndefined();
      expect(definitionCommand({ ...joins, Actions: [text] })).toBeUndefined();
    }
    for (const text of hostile) {
      // Hidden before, behind and beside what Azure gives out.
      for (const principalId of [`${text} ${identity}`, `${identity} ${text}`]) {
        expect(assignmentCommand({ ...assignee, principalId }, 'Reader', group)).toBeUndefined();
      }
      const [join = ''] = joins.Actions;
      for (const action of [`${text} ${join}`, `${join} ${text}`]) {
        expect(definitionCommand({ ...joins, Actions: [action] })).toBeUndefined();
      }
      const scope = resourceId(`/subscriptions/${text}`);
      expect(definitionCommand({ ...joins, Actions: [join, text] })).toBeUndefined();
      expect(definitionCommand({ ...joins, AssignableScopes: [group, scope] })).toBeUndefined();
    }
    expect(assignmentCommand(assignee, '-Reader', group)).toBeUndefined();
    expect(assignmentCommand(assignee, 'Reader', resourceId('subscriptions/s'))).toBeUndefined();
    expect(definitionCommand({ ...joins, Name: '' })).toBeUndefined();
  });

  it('whatever the description holds, it stays one word', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'binary' }), { minLength: 20, maxLength: 30 }),
        (texts) => {
          const roles = texts.map((text) => ({ ...joins, Description: text }));
          // A NUL cannot stand in a command at all, and JSON does not write one.
          const words = wordsOf(roles.map((one) => definitionCommand(one)).join('\n'));
          expect(words).toHaveLength(5 * roles.length);
          expect(words.filter((_, at) => at % 5 === 4).map((one) => JSON.parse(one))).toEqual(
            roles,
          );
        },
      ),
      { numRuns: 3 },
    );
  });
});
