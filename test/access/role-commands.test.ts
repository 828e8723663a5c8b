import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { subnetMinimum } from '../../shared/access/aks-permissions.ts';
import { conditionReach } from '../../shared/access/condition-reach.ts';
import type { CustomRole } from '../../shared/access/least-grant.ts';
import { permits } from '../../shared/access/permitted.ts';
import {
  assignmentCommand,
  definitionCommand,
  delegationCommand,
  delegationCondition,
} from '../../shared/access/role-commands.ts';
import { resourceId } from '../../shared/model/resource-id.ts';
import { group, identity, networkContributorRole } from './build.ts';

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
    // As long as the part of a GUID that it stands for.
    for (const text of ['$(date) ', 'x; rm -r']) {
      const principalId = identity.replace(/^.{8}/, () => text);
      expect(assignmentCommand({ ...assignee, principalId }, 'Reader', group)).toBeUndefined();
    }
    for (const text of ['-Reader', 'Reader $(date)', 'Reader; x', "Reader'", 'R'.repeat(512)]) {
      expect(assignmentCommand(assignee, text, group)).toBeUndefined();
    }
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

describe('the hand-over of one role', () => {
  const assignee = { principalId: identity, principalType: 'User' } as const;
  const assignments = 'Microsoft.Authorization/roleAssignments';
  const delegated = delegationCondition(networkContributorRole, 'ServicePrincipal');

  it('is an assignment under the condition', () => {
    expect(delegationCommand(assignee, 'Hands out', networkContributorRole, group)).toBe(
      `${assignmentCommand(assignee, 'Hands out', group)} --condition-version 2.0 --condition '${delegated.replaceAll("'", String.raw`'\''`)}'`,
    );
  });

  it('names the role where it is given and where it is taken away, and to whom it is given', () => {
    const role = `[${assignments}:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {${networkContributorRole}}`;
    const kind = `[${assignments}:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {'ServicePrincipal'}`;
    expect(delegated).toBe(
      `((!(ActionMatches{'${assignments}/write'})) OR (@Request${role} AND @Request${kind})) AND ((!(ActionMatches{'${assignments}/delete'})) OR (@Resource${role}))`,
    );
  });

  it('leaves every other action as it is', () => {
    const { certain } = conditionReach(delegated);
    for (const verb of ['write', 'delete']) {
      expect(permits(certain, `${assignments}/${verb}`)).toBe(false);
    }
    for (const action of [`${assignments}/read`, 'Microsoft.Authorization/locks/write']) {
      expect(permits(certain, action)).toBe(true);
    }
  });

  it('there is none with ids that Azure does not give out', () => {
    expect(delegationCommand(assignee, 'Hands out', 'Reader', group)).toBeUndefined();
    const nobody = { ...assignee, principalId: 'x' };
    expect(delegationCommand(nobody, 'Hands out', networkContributorRole, group)).toBeUndefined();
  });
});
