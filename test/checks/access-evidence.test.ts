import { describe, expect, it } from 'vitest';
import type { DenyAssignment } from '../../shared/access/access-facts.ts';
import type { Cut, GivingGrant, PermissionAnswer } from '../../shared/access/permission-answer.ts';
import {
  type Need,
  grantEvidence,
  lackEvidence,
  lackingText,
  mendEvidence,
  mendTexts,
} from '../../shared/checks/access-evidence.ts';
import { resourceId } from '../../shared/model/resource-id.ts';
import {
  assignment,
  networkContributorRole,
  networkGroup,
  ownerRole,
  principal,
  subscription,
} from './build.ts';

const scope = networkGroup;
const join = 'Microsoft.Network/virtualNetworks/subnets/join/action';
const read = 'Microsoft.Network/virtualNetworks/subnets/read';
const assignee = { principalId: principal, principalType: 'ServicePrincipal' } as const;

function grant(changes: Partial<GivingGrant> = {}): GivingGrant {
  return {
    assignment: assignment(scope, networkContributorRole),
    roleName: 'Network Contributor',
    groups: [],
    scope,
    inheritedFrom: 'here',
    gives: [{ block: 0, pattern: 'Microsoft.Network/*' }],
    ...changes,
  };
}

function need(changes: Partial<PermissionAnswer> = {}): Need {
  const answer: PermissionAnswer = {
    verdict: 'notGranted',
    via: [],
    notGiven: [],
    deniedBy: [],
    withheldBy: [],
    missing: [],
    ...changes,
  };
  return { scope, answer };
}

function cut(name: string): Cut {
  const deny: DenyAssignment = {
    id: resourceId(`${scope}/providers/Microsoft.Authorization/denyAssignments/${name}`),
    name,
    scope,
    appliesToChildScopes: true,
    principalIds: [],
    excludedPrincipalIds: [],
    permissions: [],
  };
  return { block: 0, pattern: '*', deny };
}

describe('what grants', () => {
  it('is said once for each assignment, with all that it gives', () => {
    const owner = grant({ assignment: assignment(scope, ownerRole), roleName: 'Owner' });
    const more = grant({ gives: [{ block: 0, pattern: '*/read' }] });
    expect(grantEvidence([need({ via: [grant(), owner] }), need({ via: [more] })], 'it')).toEqual([
      {
        at: scope,
        rule: `${principal}-${networkContributorRole}`,
        says: `role Network Contributor, which gives Microsoft.Network/* and */read, is assigned to it at ${scope}`,
      },
      {
        at: scope,
        rule: `${principal}-${ownerRole}`,
        says: `role Owner, which gives Microsoft.Network/*, is assigned to it at ${scope}`,
      },
    ]);
  });

  it.each<[readonly string[], string]>([
    [['ops'], 'group ops, of which it is a member at'],
    [['team', 'ops'], 'group ops, of which it is a member through group team at'],
    [
      ['team', 'unit', 'ops'],
      'group ops, of which it is a member through group team, group unit at',
    ],
  ])('names the groups on the way: %j', (groups, text) => {
    const [evidence] = grantEvidence([need({ via: [grant({ through: 'ops', groups })] })], 'it');
    expect(evidence?.says).toContain(`is assigned to ${text}`);
  });
});

describe('what lacks', () => {
  const lacking = { action: join, asked: join, isOperation: true };

  it('is an action that no role gives, or that one leaves out', () => {
    const says = `no role assignment here or above gives it ${join}`;
    expect(lackEvidence(need({ lacking }), 'it')).toEqual({ at: scope, says });
    const withheldBy = [{ grant: grant(), notAction: '*/join/action', block: 0, pattern: '*' }];
    expect(lackEvidence(need({ lacking, withheldBy }), 'it')).toEqual({
      at: scope,
      says: `${says}; role Network Contributor, assigned at ${scope}, leaves it out with the notAction */join/action`,
    });
  });

  it('is an action that a deny assignment takes away', () => {
    expect(lackEvidence(need({ lacking, cutBy: cut('stack') }), 'it')).toEqual({
      at: scope,
      rule: 'stack',
      says: `deny assignment stack at ${scope} takes ${join} away from it with *`,
    });
  });

  it('is named as it was asked for', () => {
    expect(lackingText(undefined)).toBe('an action');
    expect(lackingText(lacking)).toBe(join);
    expect(lackingText({ action: 'a/b', asked: 'a/*', isOperation: false })).toBe(
      'all of a/* (an action like a/b, say)',
    );
  });
});

describe('what mends a lack', () => {
  it('is nothing where nothing lacks', () => {
    expect(mendEvidence([], scope, assignee)).toEqual([]);
  });

  it('is a role of Microsoft’s with its command, or one of one’s own', () => {
    const [evidence, ...others] = mendEvidence([join, read], scope, assignee);
    expect(others).toEqual([]);
    expect(evidence?.at).toBe(scope);
    expect(evidence?.says).toMatch(
      /^the least that would give it here: role Network Contributor, or a custom role of .* and nothing else; az role assignment create --assignee-object-id /,
    );
  });

  it('has no command for an id that is none', () => {
    const [evidence] = mendEvidence([join], scope, { ...assignee, principalId: 'me' });
    expect(evidence?.says).toMatch(/and nothing else$/);
  });

  it('is a role of one’s own alone where only a privileged one holds the action', () => {
    const [evidence] = mendEvidence(
      ['Microsoft.Authorization/roleAssignments/write'],
      resourceId(subscription),
      assignee,
    );
    expect(evidence?.says).toBe(
      'the least that would give it here: a custom role of Microsoft.Authorization/roleAssignments/write and nothing else',
    );
  });

  it('is a role of Microsoft’s alone where none of one’s own can be assigned, or nothing', () => {
    const tenant = resourceId('/');
    expect(mendEvidence([join], tenant, assignee)[0]?.says).toMatch(
      /^the least that would give it here: role Network Contributor(?:;|$)/,
    );
    expect(
      mendEvidence(['Microsoft.Authorization/roleAssignments/write'], tenant, assignee),
    ).toEqual([]);
  });

  it('is a grant for what no role gives, and the end of each deny assignment', () => {
    const given = need({ deniedBy: [cut('stack'), cut('stack')] });
    const text = (name: string) =>
      `No role gives back what deny assignment ${name} takes away: it has to go, or to except the identity.`;
    expect(mendTexts([given], 'Grant it.', 'identity')).toEqual([text('stack')]);
    expect(
      mendTexts(
        [given, need({ notGiven: [join], deniedBy: [cut('other')] })],
        'Grant it.',
        'identity',
      ),
    ).toEqual(['Grant it.', text('stack'), text('other')]);
    expect(mendTexts([need()], 'Grant it.', 'identity')).toEqual([]);
  });
});
