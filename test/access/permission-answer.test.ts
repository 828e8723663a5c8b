import { describe, expect, it } from 'vitest';

import type { AccessFacts } from '../../shared/access/access-facts.ts';
import { networkContributor, subnetMinimum } from '../../shared/access/aks-permissions.ts';
import { effectiveActions } from '../../shared/access/effective-actions.ts';
import { answerOf, holds } from '../../shared/access/effective-permissions.ts';
import { permits } from '../../shared/access/permitted.ts';
import { unknown } from '../../shared/model/verdict.ts';
import {
  access,
  assigned,
  contributor,
  custom,
  denied,
  group,
  guild,
  identity,
  managementGroup,
  networkContributorRole,
  other,
  owner,
  permission,
  reader,
  role,
  staff,
  subnet,
  subscription,
  team,
} from './build.ts';

const join = 'Microsoft.Network/virtualNetworks/subnets/join/action';
const ask = (facts: AccessFacts, actions: readonly string[] = networkContributor, at = group) =>
  holds(actions, identity, at, facts);

describe('a grant says', () => {
  it('which block and pattern of the role gives the action', () => {
    const facts = access({
      assignments: [assigned(custom)],
      roles: [
        role(
          custom,
          permission(['Microsoft.Compute/*', 'Microsoft.Network/*/read']),
          permission(['*'], ['*/join/action']),
          permission(['*/write', 'microsoft.network/*/JOIN/action', join]),
        ),
      ],
    });
    expect(ask(facts, [join]).via.map(({ gives }) => gives)).toEqual([
      [
        { block: 2, pattern: 'microsoft.network/*/JOIN/action' },
        { block: 2, pattern: join },
      ],
    ]);
    expect(ask(facts, ['Microsoft.Network/virtualNetworks/read']).via[0]?.gives).toEqual([
      { block: 0, pattern: 'Microsoft.Network/*/read' },
      { block: 1, pattern: '*' },
    ]);
  });

  it('only patterns that its condition lets through', () => {
    const condition = "!(ActionMatches{'*/write'}) OR @Resource[a:b] StringEquals 'c'";
    const facts = access({
      assignments: [assigned(custom, group, { condition })],
      roles: [role(custom, permission(['Microsoft.Network/*/write', 'Microsoft.Network/*/read']))],
    });
    expect(ask(facts).via[0]?.gives).toEqual([{ block: 0, pattern: 'Microsoft.Network/*/read' }]);
  });

  it('only patterns that its own condition lets through, where one role is given under several', () => {
    const only = (verb: string) => ({ condition: `ActionMatches{'*/${verb}'}` });
    const patterns = ['Microsoft.Network/*/read', 'Microsoft.Network/*/write'];
    const facts = access({
      assignments: [
        assigned(custom, subnet, only('read')),
        assigned(custom, group),
        assigned(custom, subscription, only('write')),
      ],
      roles: [role(custom, permission(patterns))],
    });
    const { via } = ask(facts, networkContributor, subnet);
    expect(via.map(({ gives }) => gives.map(({ pattern }) => pattern))).toEqual([
      patterns.slice(0, 1),
      patterns,
      patterns.slice(1),
    ]);
  });

  it('only blocks whose own condition lets it through', () => {
    const facts = access({
      assignments: [assigned(custom)],
      roles: [
        role(
          custom,
          { ...permission(['*']), condition: "!(ActionMatches{'Microsoft.Network/*'})" },
          { ...permission(['*']), condition: "@Resource[a:b] StringEquals 'c'" },
          permission([join]),
        ),
      ],
    });
    expect(ask(facts, [join]).via[0]?.gives).toEqual([{ block: 2, pattern: join }]);
  });

  it('the way through nested groups, from the one that holds the principal', () => {
    const facts = access({
      assignments: [
        assigned(owner, group, { principalId: staff, principalType: 'Group' }),
        assigned(reader, group, { principalId: guild, principalType: 'Group' }),
      ],
      members: { [staff]: [team], [team]: [guild, staff], [guild]: [identity] },
    });
    expect(ask(facts).via.map(({ roleName, groups }) => [roleName, groups])).toEqual([
      ['Owner', [guild, team, staff]],
      ['Reader', [guild]],
    ]);
    expect(ask(access({ assignments: [assigned(owner)] })).via[0]?.groups).toEqual([]);
  });
});

describe('a missing action says', () => {
  it('the notAction that leaves it out, of the role that comes nearest', () => {
    const facts = access({
      assignments: [assigned(custom, subscription), assigned(custom), assigned(contributor)],
      roles: [role(custom, permission(['*/read']), permission(['*'], ['*/write', '*/JOIN/*']))],
    });
    const { withheldBy, verdict } = ask(facts, [join, 'Microsoft.Authorization/locks/write']);
    expect(verdict).toBe('notGranted');
    expect(
      withheldBy.map(({ grant, block, pattern, notAction }) => [
        grant.roleName,
        grant.inheritedFrom,
        block,
        pattern,
        notAction,
      ]),
    ).toEqual([
      [`Role ${custom}`, 'here', 1, '*', '*/write'],
      ['Contributor', 'here', 0, '*', 'Microsoft.Authorization/*/Write'],
      [`Role ${custom}`, 'subscription', 1, '*', '*/write'],
    ]);
  });

  it('each block that leaves it out, in their order, and a management group last', () => {
    const facts = access({
      assignments: [assigned(custom, managementGroup('platform')), assigned(other)],
      roles: [
        role(custom, permission(['*'], ['*/join/*'])),
        role(other, permission(['*'], ['*/action']), permission(['*/action'], ['*/join/action'])),
      ],
    });
    expect(
      ask(facts, [join]).withheldBy.map(({ grant, notAction }) => [grant.roleName, notAction]),
    ).toEqual([
      [`Role ${other}`, '*/action'],
      [`Role ${other}`, '*/join/action'],
      [`Role ${custom}`, '*/join/*'],
    ]);
  });

  it('nothing of a role that does not match it, or that leaves nothing of it out', () => {
    const facts = access({
      assignments: [assigned(custom), assigned(owner)],
      roles: [role(custom, permission(['Microsoft.Compute/*'], ['*/join/action']))],
      denyAssignments: [denied([join])],
    });
    expect(ask(facts, [join]).withheldBy).toEqual([]);
  });

  it('nothing of a role that may not even reach the principal', () => {
    const facts = access({
      assignments: [assigned(custom, group, { principalId: staff, principalType: 'Group' })],
      roles: [role(custom, permission(['*'], ['*/join/action']))],
    });
    expect(ask(facts, [join]).withheldBy).toEqual([]);
  });

  it('nothing of a role at a management group that may not be above the scope', () => {
    const facts = access({
      assignments: [assigned(custom, managementGroup('platform'))],
      roles: [role(custom, permission(['*'], ['*/join/action']))],
      managementGroups: new Map(),
    });
    const { verdict, withheldBy } = ask(facts, [join]);
    expect([verdict, withheldBy]).toEqual(['notGranted', []]);
  });

  it('the block and pattern of the deny assignment that takes it', () => {
    const facts = access({
      assignments: [assigned(owner)],
      denyAssignments: [
        denied([], group, {
          permissions: [
            permission(['*/action'], ['Microsoft.Network/*']),
            permission(['*/write', 'Microsoft.Network/*/join/action']),
          ],
        }),
      ],
    });
    const { cutBy, deniedBy, notGiven } = ask(facts, [join]);
    expect([cutBy?.block, cutBy?.pattern]).toEqual([1, 'Microsoft.Network/*/join/action']);
    expect(deniedBy).toEqual([cutBy]);
    expect(notGiven).toEqual([]);
  });

  it('the deny assignment that takes it for certain, of several', () => {
    const names = ['perhaps', 'something else', 'it'];
    const [perhaps, somethingElse, it] = names.map((name) => ({ name }));
    const facts = access({
      assignments: [
        assigned(owner),
        assigned(reader, group, { principalId: staff, principalType: 'Group' }),
      ],
      denyAssignments: [
        denied([join], group, { ...perhaps, principalIds: [staff] }),
        denied(['Microsoft.Compute/*'], group, somethingElse),
        denied([join], group, it),
      ],
    });
    const { cutBy, deniedBy } = ask(facts, [join]);
    expect([cutBy, ...deniedBy].map((cut) => [cut?.deny.name, cut?.block, cut?.pattern])).toEqual([
      ['it', 0, join],
      ['it', 0, join],
    ]);
  });

  it('no block of the deny assignment whose own condition excludes it', () => {
    const given = access({
      assignments: [assigned(owner)],
      denyAssignments: [
        denied([], group, {
          permissions: [
            { ...permission(['*']), condition: "ActionMatches{'Microsoft.Compute/*'}" },
            permission(['*/action'], [join]),
            permission(['Microsoft.Network/*']),
          ],
        }),
      ],
    });
    const answer = ask(given, [join]);
    expect(answer.verdict).toBe('notGranted');
    const { cutBy, deniedBy } = answer;
    for (const cut of [cutBy, ...deniedBy]) {
      expect(cut).toMatchObject({ block: 2, pattern: 'Microsoft.Network/*' });
    }
    expect(deniedBy).toHaveLength(1);
  });

  it('what a grant mends apart from what none does', () => {
    const denyAssignments = [denied(['*/join/action'])];
    const nothing = ask(access({ denyAssignments }), subnetMinimum);
    expect(nothing.notGiven).toEqual(subnetMinimum);
    expect(nothing.deniedBy.map(({ deny }) => deny.name)).toEqual(['stack']);
    const reads = ask(access({ denyAssignments, assignments: [assigned(reader)] }), subnetMinimum);
    expect(reads.notGiven).toEqual([join]);
    expect(ask(access({ assignments: [assigned(reader)] }), subnetMinimum).deniedBy).toEqual([]);
  });

  it('which of the patterns are not wholly given', () => {
    const asked = ['Microsoft.Network/*/read', 'Microsoft.Network/*/write', 'Microsoft.Compute/*'];
    const facts = access({
      assignments: [assigned(custom)],
      roles: [
        role(
          custom,
          permission(['*/read', 'Microsoft.Compute/*', 'Microsoft.Network/loadBalancers/write']),
        ),
      ],
    });
    expect(ask(facts, asked).notGiven).toEqual(['Microsoft.Network/*/write']);
  });

  it('nothing of what a grant would mend while assignments are unread', () => {
    const coverage = () => unknown({ what: 'role assignments', scope: '/', why: 'not read' });
    const { verdict, lacking, notGiven } = ask(access({ coverage }));
    expect([verdict, lacking?.action, notGiven]).toEqual(['unknown', subnetMinimum[0], []]);
  });
});

describe('the action that stands for what is missing', () => {
  const gives = (...actions: readonly string[]) =>
    access({ assignments: [assigned(custom)], roles: [role(custom, permission(actions))] });

  it.each([
    [networkContributor, gives(), subnetMinimum[0], true],
    [networkContributor, gives('*/read'), join, true],
    [
      networkContributor,
      gives('*/read', '*/action', '*/write'),
      'Microsoft.Network/loadBalancers/delete',
      true,
    ],
    [
      ['Microsoft.Compute/*'],
      gives('*/read', '*/delete', '*/write'),
      'Microsoft.Compute/virtualMachines/start/action',
      true,
    ],
    [
      ['Microsoft.Nowhere/*'],
      gives('*/read', '*/action', '*/write'),
      'microsoft.nowhere/a/delete',
      false,
    ],
    [['Microsoft.Nowhere/*/oddity'], gives(), 'microsoft.nowhere//oddity', false],
    [
      ['Microsoft.Nowhere/things/turn/action'],
      gives(),
      'Microsoft.Nowhere/things/turn/action',
      true,
    ],
  ])('of %j is a published operation where one fits', (actions, facts, action, isOperation) => {
    const { lacking } = ask(facts, actions);
    expect(lacking).toEqual({ action, asked: actions[0], isOperation });
  });

  it('names the pattern asked for that it is an instance of', () => {
    const asked = ['Microsoft.Compute/*', 'Microsoft.Network/*'];
    expect(ask(gives('Microsoft.Compute/*'), asked).lacking?.asked).toBe('Microsoft.Network/*');
  });
});

describe('effective actions', () => {
  it('are worked out once and asked many times', () => {
    const facts = access({
      assignments: [assigned(networkContributorRole, managementGroup('platform'))],
      denyAssignments: [denied(['*/delete'])],
    });
    const effective = effectiveActions(identity, subnet, facts);
    expect(effective.grants.map(({ grant }) => grant.inheritedFrom)).toEqual(['managementGroup']);
    for (const actions of [subnetMinimum, networkContributor, ['*']]) {
      expect(answerOf(actions, effective)).toEqual(holds(actions, identity, subnet, facts));
    }
  });

  it('are unknown where a role and its condition meet in too many ways', () => {
    const facts = access({
      assignments: [assigned(custom, group, { condition: "ActionMatches{'*g*h*i*j*k*l*'}" })],
      roles: [role(custom, permission(['*a*b*c*d*e*f*']))],
    });
    const { verdict, missing } = ask(facts, ['a/b/c/d/e/f/g/h/i/j/k/l/read']);
    expect([verdict, ...missing.map(({ why }) => why)]).toEqual([
      'unknown',
      'the condition is not understood',
    ]);
  });

  it.each(['Unknown', 'DirectoryObjectOrGroup', 'Everyone', ''])(
    'of somebody of type "%s", who may be a group, are unknown',
    (principalType) => {
      const facts = access({
        assignments: [assigned(owner, group, { principalId: other, principalType })],
      });
      expect(ask(facts).verdict).toBe('unknown');
    },
  );
});

describe('permits', () => {
  it('grants under a condition only what the condition cannot exclude', () => {
    const condition = "!(ActionMatches{'*/write'}) OR @Request[a:b] StringEquals 'c'";
    const blocks = [{ ...permission(['a/*']), condition }];
    expect(permits(blocks, 'a/b/read')).toBe(true);
    expect(permits(blocks, 'a/b/write')).toBe(false);
    expect(permits([...blocks, permission(['*/write'])], 'a/b/write')).toBe(true);
  });
});
