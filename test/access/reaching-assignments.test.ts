import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { AccessFacts, RoleAssignment } from '../../shared/access/access-facts.ts';
import { networkContributor } from '../../shared/access/aks-permissions.ts';
import { holds } from '../../shared/access/effective-permissions.ts';
import { type ResourceId, isWithin, resourceId } from '../../shared/model/resource-id.ts';
import { known, unknown } from '../../shared/model/verdict.ts';
import {
  access,
  assigned,
  denied,
  group,
  identity,
  managementGroup,
  network,
  networkContributorRole,
  owner,
  permission,
  reader,
  role,
  scopes,
  somebody,
  staff,
  subnet,
  subscription,
} from './build.ts';

const deep = import.meta.env.MODE === 'deep' ? 10 : 1;

const toStaff = { principalId: staff, principalType: 'Group' };
const nothingRead = () => unknown({ what: 'role assignments', scope: '/', why: 'not read' });

/** Facts in which nothing was read but what Azure listed for the identity. */
function listed(
  assignments: readonly RoleAssignment[],
  scope: ResourceId = group,
  more: Partial<AccessFacts> & { readonly withBelow?: boolean } = {},
): AccessFacts {
  const { withBelow = false, ...facts } = more;
  return {
    ...access({ coverage: nothingRead, managementGroups: new Map() }),
    reaching: new Map([[identity, [{ scope, withBelow, assignments }]]]),
    ...facts,
  };
}

describe('what Azure lists for a principal', () => {
  const ask = (facts: AccessFacts, at: ResourceId = group) =>
    holds(networkContributor, identity, at, facts);

  it.each([
    ['a grant to the principal', listed([assigned(owner)]), group, 'granted'],
    ['a grant to a group nobody read', listed([assigned(owner, group, toStaff)]), group, 'granted'],
    [
      'a grant at a management group, whose chain nobody read',
      listed([assigned(owner, managementGroup('platform'), toStaff)]),
      group,
      'granted',
    ],
    ['the same, below where it was asked', listed([assigned(owner)], group), subnet, 'granted'],
    ['an empty list', listed([]), group, 'notGranted'],
    ['an empty list, below where it was asked', listed([]), subnet, 'unknown'],
    [
      'an empty list with all below, asked below',
      listed([], group, { withBelow: true }),
      subnet,
      'notGranted',
    ],
    ['an empty list of another scope', listed([], network), group, 'unknown'],
    [
      'an empty list of another scope with all below',
      listed([], resourceId(`${group}0`), { withBelow: true }),
      group,
      'unknown',
    ],
    [
      'a list of another scope says nothing of what is assigned above both',
      listed([], resourceId(`${group}0`), {
        withBelow: true,
        assignments: [assigned(owner, subscription)],
      }),
      group,
      'granted',
    ],
    [
      'a list that leaves out a group nobody read',
      listed([], group, { assignments: [assigned(owner, group, toStaff)] }),
      group,
      'notGranted',
    ],
    [
      'a list that leaves out a group at a management group, whose chain nobody read',
      listed([], group, { assignments: [assigned(owner, managementGroup('platform'), toStaff)] }),
      group,
      'notGranted',
    ],
    [
      'a list of the group says nothing of what is assigned below',
      listed([], group, { assignments: [assigned(owner, subnet, toStaff)] }),
      subnet,
      'unknown',
    ],
    [
      'a list of the group says nothing of what is assigned below to the principal itself',
      listed([], group, { assignments: [assigned(owner, subnet)] }),
      subnet,
      'granted',
    ],
    [
      'a list with all below leaves it out',
      listed([], group, { withBelow: true, assignments: [assigned(owner, subnet, toStaff)] }),
      subnet,
      'notGranted',
    ],
    [
      'a grant below where it is asked',
      listed([assigned(owner, subnet)], group, { withBelow: true }),
      group,
      'notGranted',
    ],
    [
      'a condition still counts',
      listed([assigned(owner, group, { condition: 'x' })]),
      group,
      'unknown',
    ],
    [
      'a denial to a group that the list shows the principal in',
      listed([assigned(owner, group, toStaff)], group, {
        denyAssignments: [denied(['*'], group, { principalIds: [staff] })],
      }),
      group,
      'notGranted',
    ],
  ] as const)('%s', (_, facts, at, verdict) => {
    expect(ask(facts, at).verdict).toBe(verdict);
  });

  it('is of that principal alone', () => {
    expect(holds(networkContributor, somebody, group, listed([assigned(owner)])).verdict).toBe(
      'unknown',
    );
  });

  it('is of that scope alone, although the same is assigned above its neighbour', () => {
    const facts = listed([], subnet, {
      assignments: [assigned(owner, group, toStaff)],
      coverage: () => known(true),
    });
    expect(ask(facts, subnet).verdict).toBe('notGranted');
    expect(ask(facts, resourceId(`${network}/subnets/others`)).verdict).toBe('unknown');
  });

  it('names a grant to the principal once', () => {
    const assignments = [assigned(owner)];
    expect(ask(listed(assignments, group, { assignments })).via).toHaveLength(1);
  });

  it('names the group it came through', () => {
    const [grant] = ask(listed([assigned(networkContributorRole, group, toStaff)])).via;
    expect([grant?.through, grant?.groups]).toEqual([staff, [staff]]);
  });
});

describe('laws of lists', () => {
  const groups = ['g1', 'g2', 'g3'];
  const assignment = fc
    .record({
      principalId: fc.constantFrom('me', 'you', ...groups),
      role: fc.constantFrom(reader, owner, networkContributorRole, 'joiner'),
      scope: fc.constantFrom(...scopes),
    })
    .map(({ principalId, role: guid, scope }) =>
      assigned(guid, scope, {
        principalId,
        principalType: groups.includes(principalId) ? 'Group' : 'User',
      }),
    );

  it('a list is as good as reading every group, chain and assignment', () => {
    fc.assert(
      fc.property(
        fc.array(assignment, { maxLength: 8 }),
        fc.dictionary(
          fc.constantFrom(...groups),
          fc.array(fc.constantFrom('me', 'you', ...groups)),
        ),
        fc.constantFrom(group, network, subnet),
        fc.boolean(),
        fc.boolean(),
        (assignments, members, scope, withBelow, alsoRows) => {
          const roles = [role('joiner', permission(['*/action']))];
          const everything = access({
            assignments,
            roles,
            members: { g1: [], g2: [], g3: [], ...members },
          });
          const mine = new Set(['me']);
          // A set also visits what is added while it is walked.
          for (const one of mine) {
            for (const [id, of] of everything.groups) if (of.has(one)) mine.add(id);
          }
          const list = assignments.filter(
            (one) =>
              mine.has(one.principalId) &&
              (isWithin(scope, one.scope) ||
                one.scope === managementGroup('platform') ||
                (withBelow && isWithin(one.scope, scope))),
          );
          const facts = access({
            roles,
            assignments: alsoRows ? assignments : [],
            managementGroups: new Map(),
            coverage: nothingRead,
            reaching: new Map([['me', [{ scope, withBelow, assignments: list }]]]),
          });
          const places = withBelow ? [scope, subnet] : [scope];
          for (const asked of [networkContributor, ['Microsoft.Network/virtualNetworks/read']]) {
            const verdicts = (given: AccessFacts) =>
              places.map((at) => holds(asked, 'me', at, given).verdict);
            expect(verdicts(facts)).toEqual(verdicts(everything));
          }
        },
      ),
      { numRuns: 500 * deep },
    );
  });
});
