import { describe, expect, it } from 'vitest';

import type { AccessFacts } from '../../shared/access/access-facts.ts';
import {
  routeTableMinimum,
  subnetMinimum,
  networkContributor,
} from '../../shared/access/aks-permissions.ts';
import { effectiveActions } from '../../shared/access/effective-actions.ts';
import { answerOf, holds } from '../../shared/access/effective-permissions.ts';
import type { PermissionAnswer } from '../../shared/access/permission-answer.ts';
import { resourceId } from '../../shared/model/resource-id.ts';
import type { ResourceId } from '../../shared/model/resource-id.ts';
import { known, unknown } from '../../shared/model/verdict.ts';
import {
  access,
  assigned,
  assignedUntyped,
  contributor,
  custom,
  denied,
  group,
  guild,
  identity,
  managementGroup,
  network,
  networkContributorRole,
  other,
  owner,
  permission,
  reader,
  role,
  somebody,
  staff,
  subnet,
  subscription,
  team,
} from './build.ts';

const root = resourceId('/');
const toGroup = (principalId: string) => ({ principalId, principalType: 'Group' });

interface Case {
  readonly name: string;
  readonly given: AccessFacts;
  readonly expect: PermissionAnswer['verdict'];
  readonly wanted?: readonly string[];
  readonly at?: ResourceId;
  readonly lacking?: string | undefined;
  readonly missing?: readonly RegExp[];
}

/** Runs each case; `missing` lists what each Missing must say, no more and no fewer. */
function decide(cases: readonly Case[]): void {
  it.each(cases)('$expect: $name', (one) => {
    const answer = holds(one.wanted ?? networkContributor, identity, one.at ?? group, one.given);
    expect(answer.verdict).toBe(one.expect);
    expect(answer.lacking?.action).toBe(one.lacking ?? answer.lacking?.action);
    expect(answer.lacking === undefined).toBe(lackNothing(one));
    const { notGiven, deniedBy, withheldBy } = answer;
    expect(one.expect === 'notGranted' ? [] : [...notGiven, ...deniedBy]).toEqual([]);
    expect(one.expect === 'granted' ? withheldBy : []).toEqual([]);
    expect(answer.missing.map(({ what }) => what)).toEqual(
      (one.missing ?? []).map((says) => expect.stringMatching(says)),
    );
  });
}

/** Nothing is lacking where all is granted, though deny assignments may be unread. */
function lackNothing({ expect: verdict, given }: Case): boolean {
  return verdict === 'granted' || (verdict === 'unknown' && given.denyCoverage !== undefined);
}

describe('roles', () => {
  decide([
    {
      name: 'nothing assigned',
      given: access(),
      expect: 'notGranted',
      lacking: subnetMinimum[0],
    },
    {
      name: 'Network Contributor',
      given: access({ assignments: [assigned(networkContributorRole)] }),
      expect: 'granted',
    },
    { name: 'Owner', given: access({ assignments: [assigned(owner)] }), expect: 'granted' },
    {
      name: "Contributor, whose notActions are not the network's",
      given: access({ assignments: [assigned(contributor)] }),
      expect: 'granted',
    },
    {
      name: 'Contributor, asked for role assignments',
      given: access({ assignments: [assigned(contributor)] }),
      wanted: ['Microsoft.Authorization/roleAssignments/write'],
      expect: 'notGranted',
      lacking: 'Microsoft.Authorization/roleAssignments/write',
    },
    {
      name: 'Reader',
      given: access({ assignments: [assigned(reader)] }),
      expect: 'notGranted',
      lacking: subnetMinimum[1],
    },
    {
      name: 'everything but joining networks',
      given: access({
        assignments: [assigned(custom)],
        roles: [
          role(custom, permission(['*'], ['Microsoft.Network/virtualNetworks/*/join/action'])),
        ],
      }),
      expect: 'notGranted',
      lacking: 'Microsoft.Network/virtualNetworks/subnets/join/action',
    },
    {
      name: 'everything but joining networks, and another role that joins them',
      given: access({
        assignments: [assigned(custom), assigned(other)],
        roles: [
          role(custom, permission(['*'], ['Microsoft.Network/virtualNetworks/*/join/action'])),
          role(other, permission(['microsoft.network/VIRTUALNETWORKS/*'])),
        ],
      }),
      expect: 'granted',
    },
    {
      name: 'three blocks of one role that together cover',
      given: access({
        assignments: [assigned(custom)],
        roles: [
          role(
            custom,
            permission(['Microsoft.Network/*/read', 'Microsoft.Network/*/action']),
            permission(['Microsoft.Network/*'], ['*/read', '*/action', '*/delete']),
            permission(['*/delete'], ['Microsoft.Compute/*']),
          ),
        ],
      }),
      expect: 'granted',
    },
    {
      name: 'two of these three blocks',
      given: access({
        assignments: [assigned(custom)],
        roles: [
          role(
            custom,
            permission(['Microsoft.Network/*/read', 'Microsoft.Network/*/action']),
            permission(['Microsoft.Network/*'], ['*/read', '*/action', '*/delete']),
          ),
        ],
      }),
      expect: 'notGranted',
      lacking: 'Microsoft.Network/loadBalancers/delete',
    },
    {
      name: 'the four verbs of the provider, each by itself',
      given: access({
        assignments: [assigned(custom)],
        roles: [
          role(
            custom,
            permission(
              ['read', 'write', 'delete', 'action'].map((verb) => `Microsoft.Network/*/${verb}`),
            ),
          ),
        ],
      }),
      expect: 'granted',
    },
    {
      name: 'a provider whose name only begins alike',
      given: access({
        assignments: [assigned(custom)],
        roles: [role(custom, permission(['Microsoft.NetworkFunction/*']))],
      }),
      expect: 'notGranted',
    },
    {
      name: 'a pattern that is not well-formed and that nobody grants',
      given: access({ assignments: [assigned(networkContributorRole)] }),
      wanted: ['Microsoft.Nowhere/*/oddity'],
      expect: 'notGranted',
    },
    {
      name: 'a role without permission blocks',
      given: access({ assignments: [assigned(custom)], roles: [role(custom)] }),
      expect: 'notGranted',
    },
    {
      name: 'a built-in role whose row says less than we know',
      given: access({
        assignments: [assigned(owner)],
        roles: [role(owner, permission(['*/read']))],
      }),
      expect: 'notGranted',
    },
    {
      name: 'a role nobody read',
      given: access({ assignments: [assigned(custom)] }),
      expect: 'unknown',
      missing: [/definition of the role 99999999/],
    },
    {
      name: 'a role nobody read beside one that grants',
      given: access({ assignments: [assigned(custom), assigned(networkContributorRole)] }),
      expect: 'granted',
    },
    {
      name: "AKS's minimum on a subnet",
      given: access({
        assignments: [assigned(custom, subnet)],
        roles: [role(custom, permission(subnetMinimum))],
      }),
      wanted: subnetMinimum,
      at: subnet,
      expect: 'granted',
    },
    {
      name: "AKS's minimum is not the route table's",
      given: access({
        assignments: [assigned(custom)],
        roles: [role(custom, permission(subnetMinimum))],
      }),
      wanted: routeTableMinimum,
      expect: 'notGranted',
      lacking: 'Microsoft.Network/routeTables/read',
    },
    {
      name: 'another principal',
      given: access({ assignments: [assigned(owner, group, { principalId: somebody })] }),
      expect: 'notGranted',
    },
  ]);
});

describe('scopes', () => {
  const at = (scope: ResourceId) =>
    access({ assignments: [assigned(networkContributorRole, scope)] });
  decide([
    {
      name: 'a subnet-level grant is none on the resource group',
      given: at(subnet),
      expect: 'notGranted',
    },
    {
      name: 'a network-level grant is none on the resource group',
      given: at(network),
      expect: 'notGranted',
    },
    {
      name: 'a network-level grant holds on its subnets',
      given: at(network),
      at: subnet,
      expect: 'granted',
    },
    {
      name: 'a resource group named alike',
      given: at(resourceId('/subscriptions/sub-1/resourceGroups/net-10')),
      expect: 'notGranted',
    },
    {
      name: 'a resource group whose name begins alike, asked the other way',
      given: at(group),
      at: resourceId(`${group}0`),
      expect: 'notGranted',
    },
    {
      name: 'lower-case resourcegroups',
      given: at(resourceId('/subscriptions/SUB-1/resourcegroups/NET-1')),
      expect: 'granted',
    },
    { name: 'the subscription', given: at(subscription), expect: 'granted' },
    {
      name: 'another subscription',
      given: at(resourceId('/subscriptions/sub-10')),
      expect: 'notGranted',
    },
    { name: 'the root', given: at(root), expect: 'granted' },
    { name: 'a management group above', given: at(managementGroup('Platform')), expect: 'granted' },
    {
      name: 'a management group elsewhere',
      given: at(managementGroup('plat')),
      expect: 'notGranted',
    },
    {
      name: 'a management group, and the chain is not known',
      given: { ...at(managementGroup('platform')), managementGroups: new Map() },
      expect: 'unknown',
      missing: [/management groups above the subscription/],
    },
    {
      name: 'a management group that would add nothing, and the chain is not known',
      given: access({
        assignments: [assigned(reader, managementGroup('platform'))],
        managementGroups: new Map(),
      }),
      expect: 'notGranted',
    },
    {
      name: 'a management group does not apply to the root',
      given: at(managementGroup('platform')),
      at: root,
      expect: 'notGranted',
    },
    {
      name: 'a management group applies to itself',
      given: at(managementGroup('platform')),
      at: managementGroup('platform'),
      expect: 'granted',
    },
    {
      name: 'another management group may be above this one',
      given: at(managementGroup('root-group')),
      at: managementGroup('platform'),
      expect: 'unknown',
      missing: [/management groups above this one/],
    },
    {
      name: 'nothing found, and not everything read',
      given: access({
        coverage: () =>
          unknown({ what: 'role assignments above the subscription', scope: '/', why: 'not read' }),
      }),
      expect: 'unknown',
      missing: [/above the subscription/],
    },
    {
      name: 'a grant needs no coverage',
      given: access({
        assignments: [assigned(owner)],
        coverage: () => unknown({ what: 'role assignments', scope: '/', why: 'not read' }),
      }),
      expect: 'granted',
    },
  ]);
});

describe('groups', () => {
  const viaStaff = [assigned(networkContributorRole, group, toGroup(staff))];
  decide([
    {
      name: 'a member',
      given: access({ assignments: viaStaff, members: { [staff]: [identity] } }),
      expect: 'granted',
    },
    {
      name: 'no member',
      given: access({ assignments: viaStaff, members: { [staff]: [somebody] } }),
      expect: 'notGranted',
    },
    {
      name: 'an empty group',
      given: access({ assignments: viaStaff, members: { [staff]: [] } }),
      expect: 'notGranted',
    },
    {
      name: 'a member of a member of a member',
      given: access({
        assignments: viaStaff,
        members: { [staff]: [team], [team]: [guild], [guild]: [identity] },
      }),
      expect: 'granted',
    },
    {
      name: 'groups in a circle, without the principal',
      given: access({
        assignments: viaStaff,
        members: { [staff]: [team], [team]: [guild], [guild]: [staff] },
      }),
      expect: 'notGranted',
    },
    {
      name: 'groups in a circle, with the principal',
      given: access({
        assignments: viaStaff,
        members: { [staff]: [team], [team]: [staff, identity] },
      }),
      expect: 'granted',
    },
    {
      name: 'a group nobody read',
      given: access({ assignments: viaStaff }),
      expect: 'unknown',
      missing: [/members of the group bbbbbbbb-/],
    },
    {
      name: 'a foreign group',
      given: access({
        assignments: [
          assigned(owner, group, { principalId: staff, principalType: 'foreignGroup' }),
        ],
      }),
      expect: 'unknown',
      missing: [/members of the group bbbbbbbb-/],
    },
    {
      name: 'a group nobody read, with a role that would add nothing',
      given: access({ assignments: [assigned(reader, group, toGroup(staff))] }),
      expect: 'notGranted',
    },
    {
      name: 'a group that holds a group nobody read',
      given: access({
        assignments: [...viaStaff, assigned(reader, root, toGroup(team))],
        members: { [staff]: [guild], [guild]: [team, somebody] },
      }),
      expect: 'unknown',
      missing: [/members of the group cccccccc-/],
    },
    {
      name: 'a group that holds a user and a group nobody read',
      given: access({
        assignments: viaStaff,
        members: { [staff]: [somebody, team] },
        principalTypes: new Map([
          [somebody, 'User'],
          [team, 'Group'],
        ]),
      }),
      expect: 'unknown',
      // As a portal takes it, though nothing but the group above spells it.
      missing: [/members of the group cccccccc-0000-4000-8000-000000000003$/],
    },
    {
      name: 'a group that holds two groups nobody read, of which the first is named',
      given: access({
        assignments: viaStaff,
        members: { [staff]: [guild, team] },
        principalTypes: new Map([
          [team, 'Group'],
          [guild, 'Group'],
        ]),
      }),
      expect: 'unknown',
      missing: [/members of the group cccccccc-0000-/],
    },
    {
      name: 'a group nobody read, whose assignment leaves out the dashes',
      given: access({
        assignments: [assigned(owner, group, toGroup(staff.replaceAll('-', '')))],
      }),
      expect: 'unknown',
      missing: [/members of the group bbbbbbbb-0000-4000-8000-000000000002/],
    },
    {
      name: 'a group nobody read, spelt as its first assignment spells it',
      given: access({
        assignments: [
          assigned(reader, root, toGroup(staff.toUpperCase())),
          assigned(owner, group, toGroup(staff)),
        ],
        members: { [staff]: [] },
        incompleteGroups: new Set([staff]),
      }),
      expect: 'unknown',
      missing: [/members of the group BBBBBBBB-/],
    },
    {
      name: 'a group nobody read, beside another whose role would add nothing',
      given: access({
        assignments: [...viaStaff, assigned(custom, group, toGroup(team))],
        roles: [role(custom, permission(['Microsoft.Compute/*']))],
      }),
      expect: 'unknown',
      missing: [/members of the group bbbbbbbb-/],
    },
    {
      name: 'somebody of unsaid kind',
      given: access({ assignments: [assignedUntyped(owner, group, somebody)] }),
      expect: 'unknown',
      missing: [/whether eeeeeeee-.* is a group/],
    },
    {
      name: 'somebody of unsaid kind, whom another assignment calls a user',
      given: access({
        assignments: [
          assignedUntyped(owner, group, somebody),
          assigned(reader, root, { principalId: somebody, principalType: 'User' }),
        ],
      }),
      expect: 'notGranted',
    },
    {
      name: 'somebody of unsaid kind, whom the directory calls a service principal',
      given: access({
        assignments: [assignedUntyped(owner, group, somebody)],
        principalTypes: new Map([[somebody.toUpperCase(), 'servicePrincipal']]),
      }),
      expect: 'notGranted',
    },
    {
      name: 'a group by the directory, which nobody read',
      given: access({
        assignments: [assignedUntyped(owner, group, staff)],
        principalTypes: new Map([[staff, 'Group']]),
      }),
      expect: 'unknown',
      missing: [/^the members of the group bbbbbbbb-/],
    },
    {
      name: 'a group that was read in part',
      given: access({
        assignments: viaStaff,
        members: { [staff]: [somebody] },
        incompleteGroups: new Set([staff]),
      }),
      expect: 'unknown',
      missing: [/members of the group bbbbbbbb-/],
    },
    {
      name: 'a group that was read in part, of which the principal was read',
      given: access({
        assignments: viaStaff,
        members: { [staff]: [identity] },
        incompleteGroups: new Set([staff]),
      }),
      expect: 'granted',
    },
    {
      name: 'a group of unsaid kind, whose members are known',
      given: access({
        assignments: [assignedUntyped(owner, group, staff)],
        members: { [staff]: [somebody] },
      }),
      expect: 'notGranted',
    },
    {
      name: 'the principal itself, of unsaid kind',
      given: access({ assignments: [assignedUntyped(owner, group, identity)] }),
      expect: 'granted',
    },
  ]);
});

describe('conditions', () => {
  const condition = "@Resource[Microsoft.Network/x:y] StringEquals 'z'";
  decide([
    {
      name: 'the only grant has a condition',
      given: access({ assignments: [assigned(owner, group, { condition })] }),
      expect: 'unknown',
      missing: [/condition on the role assignment/],
    },
    {
      name: 'another grant has none',
      given: access({
        assignments: [assigned(owner, group, { condition }), assigned(networkContributorRole)],
      }),
      expect: 'granted',
    },
    {
      name: 'the principal itself, of unsaid kind: the condition alone is in doubt',
      given: access({ assignments: [{ ...assignedUntyped(owner, group, identity), condition }] }),
      expect: 'unknown',
      missing: [/condition on the role assignment/],
    },
    {
      name: 'an unread group, under a condition that leaves what is asked: the group alone is in doubt',
      given: access({
        assignments: [
          assigned(owner, group, {
            condition: `!(ActionMatches{'*/write'}) OR ${condition}`,
            ...toGroup(staff),
          }),
        ],
      }),
      wanted: subnetMinimum,
      expect: 'unknown',
      missing: [/members of the group/],
    },
    {
      name: 'a condition, an unread group, an unread role and an unknown chain are each named',
      given: access({
        assignments: [
          assigned(custom, managementGroup('platform'), { condition, ...toGroup(staff) }),
        ],
        managementGroups: new Map(),
      }),
      expect: 'unknown',
      missing: [/management groups/, /members of the group/, /definition of the role/, /condition/],
    },
  ]);
});

describe('deny assignments', () => {
  const granted = { assignments: [assigned(owner)] };
  const cutting = (...deny: Parameters<typeof denied>) =>
    access({ ...granted, denyAssignments: [denied(...deny)] });
  const join = 'Microsoft.Network/virtualNetworks/subnets/join/action';
  decide([
    {
      name: 'everyone is denied one action',
      given: cutting([join]),
      expect: 'notGranted',
      lacking: join,
    },
    {
      name: 'everyone is denied something else',
      given: cutting(['Microsoft.Compute/*']),
      expect: 'granted',
    },
    {
      name: 'the denial excepts the network',
      given: cutting([], group, { permissions: [permission(['*'], ['Microsoft.Network/*'])] }),
      expect: 'granted',
    },
    {
      name: 'denied above',
      given: cutting(['*/join/action'], subscription),
      expect: 'notGranted',
      lacking: join,
    },
    {
      name: 'denied above, for that scope alone',
      given: cutting(['*'], subscription, { appliesToChildScopes: false }),
      expect: 'granted',
    },
    {
      name: 'denied here, for this scope alone',
      given: cutting(['*'], group, { appliesToChildScopes: false }),
      expect: 'notGranted',
    },
    {
      name: 'denied in a resource group named alike',
      given: cutting(['*'], resourceId(`${group}0`)),
      expect: 'granted',
    },
    {
      name: 'denied to somebody known not to be a group',
      given: access({
        ...granted,
        assignments: [
          ...granted.assignments,
          assigned(reader, root, { principalId: somebody, principalType: 'User' }),
        ],
        denyAssignments: [denied(['*'], group, { principalIds: [somebody] })],
      }),
      expect: 'granted',
    },
    {
      name: 'denied to somebody who may be a group',
      given: cutting(['*'], group, { principalIds: [somebody] }),
      expect: 'unknown',
      missing: [/whether eeeeeeee-0000-4000-8000-000000000005 is a group/],
    },
    {
      name: 'denied to the principal, spelt without dashes',
      given: cutting(['*'], group, { principalIds: [identity.replaceAll('-', '').toUpperCase()] }),
      expect: 'notGranted',
    },
    {
      name: 'denied to a group that holds the principal',
      given: access({
        ...granted,
        members: { [staff]: [identity] },
        denyAssignments: [denied(['*'], group, { principalIds: [staff] })],
      }),
      expect: 'notGranted',
    },
    {
      name: 'the principal is excluded',
      given: cutting(['*'], group, { excludedPrincipalIds: [identity] }),
      expect: 'granted',
    },
    {
      name: 'a group that holds the principal is excluded',
      given: access({
        ...granted,
        members: { [staff]: [identity] },
        denyAssignments: [denied(['*'], group, { excludedPrincipalIds: [staff] })],
      }),
      expect: 'granted',
    },
    {
      name: 'a group that does not hold the principal is excluded',
      given: access({
        ...granted,
        members: { [staff]: [somebody] },
        denyAssignments: [denied(['*'], group, { excludedPrincipalIds: [staff] })],
      }),
      expect: 'notGranted',
    },
    {
      name: 'a group nobody read is excluded',
      given: access({
        assignments: [...granted.assignments, assigned(reader, root, toGroup(staff))],
        denyAssignments: [denied(['*'], group, { excludedPrincipalIds: [staff] })],
      }),
      expect: 'unknown',
      missing: [/members of the group bbbbbbbb-/],
    },
    {
      name: 'denied on a condition',
      given: cutting(['*'], group, { condition: 'x' }),
      expect: 'unknown',
      missing: [/condition on the deny assignment "stack"/],
    },
    {
      name: 'something else denied on a condition',
      given: cutting(['Microsoft.Compute/*'], group, { condition: 'x' }),
      expect: 'granted',
    },
    {
      name: 'denied at a management group, and the chain is not known',
      given: { ...cutting(['*'], managementGroup('platform')), managementGroups: new Map() },
      expect: 'unknown',
      missing: [/management groups above the subscription/],
    },
    {
      name: 'denied perhaps, but not granted anyway',
      given: access({ denyAssignments: [denied(['*'], group, { condition: 'x' })] }),
      expect: 'notGranted',
    },
    {
      name: 'granted perhaps, but denied for certain',
      given: access({
        assignments: [assigned(owner, group, toGroup(staff))],
        denyAssignments: [denied([join])],
      }),
      expect: 'notGranted',
      lacking: join,
    },
    {
      name: 'deny assignments were not read',
      given: access({
        ...granted,
        denyCoverage: () =>
          unknown({ what: 'deny assignments', scope: subscription, why: 'forbidden' }),
      }),
      expect: 'unknown',
      missing: [/deny assignments/],
    },
    {
      name: 'deny assignments were read',
      given: access({ ...granted, denyCoverage: () => known(true) }),
      expect: 'granted',
    },
  ]);

  it('names the deny assignment that cuts, and only where it cuts something granted', () => {
    const cut = holds(networkContributor, identity, group, cutting([join]));
    expect(cut.cutBy?.deny.name).toBe('stack');
    expect(cut.via).toHaveLength(1);
    const idle = holds(
      networkContributor,
      identity,
      group,
      access({ denyAssignments: [denied(['*'])] }),
    );
    expect(idle.cutBy).toBeUndefined();
  });
});

describe('what is missing', () => {
  const condition = 'x';
  const compute = role(custom, permission(['Microsoft.Compute/*']));
  decide([
    {
      name: 'names no grant that would add nothing wanted',
      given: access({
        assignments: [
          assigned(owner, group, toGroup(staff)),
          assigned(custom, group, { condition }),
        ],
        roles: [compute],
      }),
      expect: 'unknown',
      missing: [/members of the group/],
    },
    {
      name: 'names no grant that would add nothing to what is certain',
      given: access({
        assignments: [
          assigned(owner, group, toGroup(staff)),
          assigned(reader),
          assigned(reader, group, { condition }),
        ],
      }),
      expect: 'unknown',
      missing: [/members of the group/],
    },
    {
      name: 'names no denial that would cut nothing wanted',
      given: access({
        assignments: [assigned(owner, group, toGroup(staff))],
        denyAssignments: [denied(['Microsoft.Compute/*'], group, { condition })],
      }),
      expect: 'unknown',
      missing: [/members of the group/],
    },
    {
      name: 'names a group once, though two assignments and a denial name it',
      given: access({
        assignments: [
          assigned(owner, group, toGroup(staff)),
          assigned(networkContributorRole, group, toGroup(staff)),
        ],
        denyAssignments: [denied(['*'], group, { principalIds: [staff] })],
      }),
      expect: 'unknown',
      missing: [/members of the group/],
    },
    {
      name: 'takes for a group what one of two assignments calls one',
      given: access({
        assignments: [
          assigned(owner, group, toGroup(staff)),
          assigned(reader, root, { principalId: staff, principalType: 'User' }),
        ],
      }),
      expect: 'unknown',
      missing: [/members of the group/],
    },
  ]);

  it('is a gap where something was not read', () => {
    const given = access({
      assignments: [
        assigned(owner, group, toGroup(staff)),
        assignedUntyped(owner, group, somebody),
        assigned(custom),
        assigned(owner, managementGroup('platform')),
      ],
      managementGroups: new Map(),
    });
    const { missing } = holds(networkContributor, identity, group, given);
    expect(missing.map(({ what, gap }) => [what.split(' ').slice(0, 3).join(' '), gap])).toEqual([
      ['the management groups', true],
      ['the definition of', true],
      ['the members of', true],
      [`whether ${somebody} is`, true],
    ]);
  });

  it('says whose condition is in doubt, and why', () => {
    const attribute = "@Resource[a:b] StringEquals 'c'";
    const whyOf = (given: AccessFacts) =>
      holds(networkContributor, identity, group, given).missing.map(({ what, why }) => [what, why]);
    const roles = [role(custom, { ...permission(['*']), condition: attribute })];
    expect(whyOf(access({ assignments: [assigned(custom)], roles }))).toEqual([
      [
        expect.stringMatching(/^what the condition on the role Role /),
        expect.stringMatching(/attributes/),
      ],
    ]);
    expect(whyOf(access({ assignments: [assigned(owner, group, { condition: 'x' })] }))).toEqual([
      [
        expect.stringMatching(/^what the condition on the role assignment /),
        'the condition is not understood',
      ],
    ]);
  });

  it('says whose condition it is where that of a block decides by the action alone', () => {
    const given = access({
      assignments: [assigned(custom, group, { condition: "@Resource[a:b] StringEquals 'c'" })],
      roles: [role(custom, { ...permission(['*']), condition: "!(ActionMatches{'*/delete'})" })],
    });
    const { missing } = holds(subnetMinimum, identity, group, given);
    expect(missing.map(({ what, why }) => [what, why])).toEqual([
      [
        expect.stringMatching(/^what the condition on the role assignment /),
        expect.stringMatching(/attributes/),
      ],
    ]);
  });

  it('says so where a block and its own condition meet in too many ways', () => {
    const condition = "ActionMatches{'*g*h*i*j*k*l*'}";
    const given = access({
      assignments: [assigned(custom)],
      roles: [role(custom, { ...permission(['*a*b*c*d*e*f*']), condition })],
    });
    const { missing } = holds(['a/b/c/d/e/f/g/h/i/j/k/l/read'], identity, group, given);
    expect(missing.map(({ what, why }) => [what, why])).toEqual([
      [
        expect.stringMatching(/^what the condition on the role Role /),
        'the condition is not understood',
      ],
    ]);
  });

  describe('says so where the patterns are too complex', () => {
    const tooComplex = ['whether the roles cover the actions'];
    const members = expect.stringMatching(/members of the group/);

    it('for all the time there is', () => {
      const tangles = Array.from(
        { length: 24 },
        (_, n) => `*${'abcdefghijklmnopqrstuvwx'[n]}*${n}*/read`,
      );
      const given = access({
        assignments: [assigned(custom)],
        roles: [role(custom, permission(['Microsoft.Network/*'], tangles), permission(tangles))],
      });
      const { verdict, missing } = holds(networkContributor, identity, group, given);
      expect(verdict).toBe('unknown');
      expect(missing.map(({ why }) => why)).toEqual(['their patterns are too complex to compare']);
    });

    const roles = [
      role(custom, permission(['Microsoft.Network/*'], ['*/x/*']), permission(['*/x/*'])),
    ];
    it.each([
      ['of what is given for certain', [assigned(custom)], tooComplex, undefined],
      [
        'of what may be given',
        [assigned(custom, group, toGroup(staff))],
        [members, ...tooComplex],
        subnetMinimum[0],
      ],
      [
        'of what is given for certain, beside what may be given',
        [assigned(custom), assigned(owner, group, toGroup(staff))],
        tooComplex,
        undefined,
      ],
    ])('for a short time: those %s', (_, assignments, whats, action) => {
      const effective = effectiveActions(identity, group, access({ assignments, roles }));
      expect(answerOf(networkContributor, effective).missing.map(({ what }) => what)).toEqual(
        whats.slice(0, -1),
      );
      const answer = answerOf(networkContributor, effective, { budget: 20 });
      expect([answer.verdict, answer.lacking?.action]).toEqual(['unknown', action]);
      expect(answer.missing.map(({ what }) => what)).toEqual(whats);
    });
  });
});

describe('the way a permission came', () => {
  it('names every certain grant that gives some of it, nearest first', () => {
    const facts = access({
      assignments: [
        assigned(owner, root),
        assigned(networkContributorRole, managementGroup('platform')),
        assigned(reader, subscription, toGroup(staff)),
        assigned(custom, network),
        assigned(networkContributorRole, group),
        assigned(networkContributorRole, subnet),
        assigned(networkContributorRole, group, toGroup(team)),
        assigned(other, group),
      ],
      roles: [
        role(custom, permission(['Microsoft.Network/*/action'])),
        role(other, permission(['Microsoft.Compute/*'])),
      ],
      members: { [staff]: [identity] },
    });
    const { via, verdict } = holds(networkContributor, identity, subnet, facts);
    expect(verdict).toBe('granted');
    expect(
      via.map(({ roleName, inheritedFrom, through }) => [roleName, inheritedFrom, through]),
    ).toEqual([
      ['Network Contributor', 'here', undefined],
      [`Role ${custom}`, 'resource', undefined],
      ['Network Contributor', 'resourceGroup', undefined],
      ['Reader', 'subscription', staff],
      ['Network Contributor', 'managementGroup', undefined],
      ['Owner', 'root', undefined],
    ]);
  });

  it('says where the same roles came from in the order of their ids', () => {
    const guids = ['c', 'a', 'd', 'b'].map((letter) => custom.replaceAll('9', letter));
    const facts = access({
      assignments: guids.map((guid) => assigned(guid)),
      roles: guids.map((guid) => role(guid, permission(['Microsoft.Network/*']))),
    });
    const { via } = holds(networkContributor, identity, group, facts);
    expect(via.map(({ assignment }) => assignment.roleDefinitionGuid)).toEqual(guids.toSorted());
  });

  it('leaves out what gives nothing that is an action', () => {
    const facts = access({
      assignments: [assigned(custom), assigned(networkContributorRole)],
      roles: [role(custom, permission(['Microsoft.Network/*/oddity']))],
    });
    const { via } = holds(networkContributor, identity, group, facts);
    expect(via.map(({ roleName }) => roleName)).toEqual(['Network Contributor']);
  });

  it('of a group in a circle is its own grant, once, and through nobody', () => {
    const facts = access({
      assignments: [assigned(owner, group, toGroup(staff))],
      members: { [staff]: [team], [team]: [staff] },
    });
    const { via } = holds(networkContributor, staff, group, facts);
    expect(via.map(({ through, groups }) => [through, groups])).toEqual([[undefined, []]]);
  });

  it('compares the object id asked about without regard to case', () => {
    const facts = access({ assignments: [assigned(owner)] });
    expect(holds(networkContributor, identity.toUpperCase(), group, facts).verdict).toBe('granted');
  });
});
