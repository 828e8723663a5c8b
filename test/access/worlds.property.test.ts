/**
 * Whole worlds, in which everything is true or false, against what is said of them by someone who did
 * not see all: whatever was hidden, a verdict that is given is true, and so is the blame.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type {
  AccessFacts,
  ConditionalPermission,
  DenyAssignment,
  RoleAssignment,
  RoleDefinition,
} from '../../shared/access/access-facts.ts';
import { deployerOnNetwork, networkContributor } from '../../shared/access/aks-permissions.ts';
import { builtInRoles } from '../../shared/access/built-in-roles.ts';
import { holds } from '../../shared/access/effective-permissions.ts';
import type {
  Cut,
  GivingGrant,
  PermissionAnswer,
  Withheld,
} from '../../shared/access/permission-answer.ts';
import { resourceId } from '../../shared/model/resource-id.ts';
import type { ResourceId } from '../../shared/model/resource-id.ts';
import { known, unknown } from '../../shared/model/verdict.ts';
import { contributor, managementGroup, networkContributorRole, reader } from './build.ts';

const deep = import.meta.env.MODE === 'deep' ? 10 : 1;

const me = 'aaaaaaaa-0000-4000-8000-000000000001';
const you = 'aaaaaaaa-0000-4000-8000-000000000002';
const groups = [1, 2, 3].map((n) => `bbbbbbbb-0000-4000-8000-00000000000${n}`);
const everybody = [me, you, ...groups];
const anyone = '00000000-0000-0000-0000-000000000000';

const subscription = resourceId('/subscriptions/sub-1');
const group = resourceId(`${subscription}/resourceGroups/net-1`);
const network = resourceId(`${group}/providers/Microsoft.Network/virtualNetworks/vnet`);
const subnet = resourceId(`${network}/subnets/nodes`);
const platform = managementGroup('platform');
/** Scopes above the subnet, beside it, and some that only look alike. */
const scopes = [
  resourceId('/'),
  managementGroup('root'),
  platform,
  managementGroup('platform-2'),
  subscription,
  resourceId('/subscriptions/sub-10'),
  group,
  resourceId(`${subscription}/resourceGroups/net-10`),
  network,
  resourceId(`${network}-2`),
  subnet,
  resourceId(`${subnet}2`),
];
const chain = [platform, managementGroup('root')];

/** Published operations, and actions that only a pattern of odd shape gives or leaves out. */
const universe = [
  'Microsoft.Network/virtualNetworks/read',
  'Microsoft.Network/virtualNetworks/write',
  'Microsoft.Network/virtualNetworks/join/action',
  'Microsoft.Network/virtualNetworks/subnets/read',
  'Microsoft.Network/virtualNetworks/subnets/join/action',
  'Microsoft.Network/virtualNetworks/subnets/joinViaServiceEndpoint/action',
  'Microsoft.Network/routeTables/read',
  'Microsoft.Network/routeTables/routes/delete',
  'Microsoft.NetworkX/things/read',
  'Microsoft.Authorization/roleAssignments/write',
];
const patterns = [
  '*',
  '*/read',
  'Microsoft.Network/*',
  'Microsoft.Network/*/read',
  'microsoft.network/*/Join/*',
  'Microsoft.Network*',
  'Microsoft.Network/virtualNetworks/*/action',
  'Microsoft.Network/*/subnets/*',
  'Microsoft.*/*/write',
  '*/*/delete',
  ...universe,
];

/** Conditions by their text, told what A and B are. */
const conditions: Readonly<Record<string, (action: string, a: boolean, b: boolean) => boolean>> = {
  "@Resource[t:a] StringEquals 'a'": (_, a) => a,
  "!(ActionMatches{'Microsoft.Network/*/action'}) OR (@Resource[t:a] StringEquals 'a')": (
    action,
    a,
  ) => !matches('Microsoft.Network/*/action', action) || a,
  "(!(ActionMatches{'*/write'}) AND NOT ActionMatches{'*/delete'})": (action) =>
    !matches('*/write', action) && !matches('*/delete', action),
  "((ActionMatches{'*/READ'}) || (ActionMatches{'microsoft.network/*/join/*'} && Exists @Request[t:b]))":
    (action, _, b) =>
      matches('*/read', action) || (matches('Microsoft.Network/*/join/*', action) && b),
  "!(@Resource[t:a] StringEquals 'a' AND SubOperationMatches{'X'})": (_, a, b) => !(a && b),
};

function matches(pattern: string, action: string): boolean {
  const source = pattern
    .split('*')
    .map((piece) => piece.replaceAll('.', String.raw`\.`))
    .join('.*');
  return new RegExp(`^${source}$`, 'i').test(action);
}

/** Everything there is, true or false. */
interface World {
  readonly assignments: readonly RoleAssignment[];
  readonly denials: readonly DenyAssignment[];
  readonly roles: readonly RoleDefinition[];
  readonly members: Readonly<Record<string, readonly string[]>>;
  readonly attributes: readonly [a: boolean, b: boolean];
}

const oneIn = (n: number) => fc.integer({ min: 1, max: n }).map((one) => one === 1);
const maybeCondition = fc.oneof(
  { weight: 4, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.constantFrom(...Object.keys(conditions)) },
);

const blocks: fc.Arbitrary<ConditionalPermission[]> = fc.array(
  fc
    .record({
      actions: fc.array(fc.constantFrom(...patterns), { maxLength: 3 }),
      notActions: fc.array(fc.constantFrom(...patterns.slice(1)), { maxLength: 2 }),
      condition: maybeCondition,
    })
    .map(({ condition, ...rest }) => ({
      ...rest,
      ...(condition === undefined ? {} : { condition }),
    })),
  { minLength: 1, maxLength: 2 },
);

const customRoles = ['c1', 'c2'];

const assignment: fc.Arbitrary<Omit<RoleAssignment, 'id'>> = fc
  .record({
    principalId: fc.constantFrom(me, ...everybody),
    roleDefinitionGuid: fc.constantFrom(
      ...customRoles,
      ...customRoles,
      networkContributorRole,
      reader,
      contributor,
    ),
    scope: fc.constantFrom(...scopes),
    condition: maybeCondition,
  })
  .map(({ condition, ...rest }) => ({
    ...rest,
    ...(condition === undefined ? {} : { condition }),
  }));

const denial: fc.Arbitrary<DenyAssignment> = fc
  .record({
    scope: fc.constantFrom(...scopes),
    appliesToChildScopes: oneIn(4).map((not) => !not),
    principalIds: fc.array(fc.constantFrom(anyone, ...everybody), { minLength: 1, maxLength: 2 }),
    excludedPrincipalIds: fc.array(fc.constantFrom(...everybody), { maxLength: 1 }),
    permissions: blocks,
    condition: maybeCondition,
  })
  .map(({ condition, ...rest }) => ({
    id: resourceId(`${rest.scope}/deny`),
    name: 'stack',
    ...rest,
    // Old API versions write object ids without dashes.
    principalIds: rest.principalIds.map((id) => id.replaceAll('-', '')),
    ...(condition === undefined ? {} : { condition }),
  }));

const world: fc.Arbitrary<World> = fc
  .record({
    assignments: fc.array(assignment, { maxLength: 5 }),
    denials: fc.array(denial, { maxLength: 2 }),
    roles: fc.tuple(blocks, blocks),
    members: fc.tuple(
      ...groups.map(() => fc.uniqueArray(fc.constantFrom(...everybody), { maxLength: 3 })),
    ),
    attributes: fc.tuple(fc.boolean(), fc.boolean()),
  })
  .map(({ assignments, roles, members, ...rest }) => ({
    ...rest,
    assignments: assignments.map((one, at) => ({
      ...one,
      id: resourceId(`${one.scope}/assignments/${at}`),
    })),
    roles: roles.map((permissions, at) => ({
      guid: customRoles[at] ?? '',
      roleName: `Role ${at}`,
      permissions,
    })),
    members: Object.fromEntries(groups.map((id, at) => [id, members[at] ?? []])),
  }));

/** What is not told of a world. */
interface Veil {
  readonly chain: boolean;
  readonly groups: readonly boolean[];
  readonly roles: readonly boolean[];
  readonly assignments: readonly boolean[];
  readonly denials: readonly boolean[];
  readonly types: readonly boolean[];
  readonly list: 'none' | 'here' | 'subscription';
}

const flags = (n: number) => fc.array(oneIn(4), { minLength: n, maxLength: n });
const veil: fc.Arbitrary<Veil> = fc.record({
  chain: oneIn(4),
  groups: flags(3),
  roles: flags(2),
  assignments: fc.oneof(fc.constant(flags(0)), fc.constant(flags(5))).chain((one) => one),
  denials: fc.oneof(fc.constant(flags(0)), fc.constant(flags(2))).chain((one) => one),
  types: flags(5),
  list: fc.constantFrom('none', 'none', 'here', 'subscription'),
});
const nothingHidden: Veil = {
  chain: false,
  groups: [],
  roles: [],
  assignments: [],
  denials: [],
  types: [],
  list: 'none',
};

const typeOf = (id: string) => (groups.includes(id) ? 'Group' : 'ServicePrincipal');

function factsOf(given: World, hidden: Veil, scope: ResourceId): AccessFacts {
  const hiddenGroups = new Set(groups.filter((_, at) => hidden.groups[at] === true));
  const withType = (one: RoleAssignment): RoleAssignment =>
    hidden.types[everybody.indexOf(one.principalId)] === true
      ? one
      : { ...one, principalType: typeOf(one.principalId) };
  const shown = given.assignments.filter((_, at) => hidden.assignments[at] !== true).map(withType);
  const shownDenials = given.denials.filter((_, at) => hidden.denials[at] !== true);
  const listScope = hidden.list === 'here' ? scope : subscription;
  const missing = unknown({ what: 'w', scope: 's', why: 'y' });
  return {
    assignments: shown,
    denyAssignments: shownDenials,
    definitions: new Map(
      given.roles.filter((_, at) => hidden.roles[at] !== true).map((one) => [one.guid, one]),
    ),
    groups: new Map(
      groups.flatMap((id) =>
        hiddenGroups.has(id) ? [] : [[id.toUpperCase(), new Set(given.members[id])] as const],
      ),
    ),
    // Whoever reads groups says what their members are.
    principalTypes: new Map(
      everybody
        .filter((id, at) => hiddenGroups.has(id) || hidden.types[at] !== true)
        .map((id) => [id, typeOf(id)]),
    ),
    managementGroups: hidden.chain ? new Map() : new Map([['sub-1', chain]]),
    ...(hidden.list === 'none'
      ? {}
      : {
          reaching: new Map([
            [
              me.toUpperCase(),
              [
                {
                  scope: listScope,
                  withBelow: true,
                  assignments: given.assignments
                    .filter((one) => isMe(one.principalId, given))
                    .filter((one) => lies(listScope, one.scope) || lies(one.scope, listScope))
                    .map(withType),
                },
              ],
            ],
          ]),
        }),
    coverage: () => (shown.length === given.assignments.length ? known(true) : missing),
    denyCoverage: () => (shownDenials.length === given.denials.length ? known(true) : missing),
  };
}

/** Whether a scope is another one or below it. */
function lies(scope: ResourceId, above: ResourceId): boolean {
  if (above.includes('managementgroups')) {
    return scope.includes('managementgroups')
      ? scope === above
      : chain.includes(above) && scope.split('/')[2] === 'sub-1';
  }
  const path = scope.split('/').filter(Boolean);
  return above
    .split('/')
    .filter(Boolean)
    .every((part, at) => part === path[at]);
}

function isMe(id: string, { members }: World, seen: readonly string[] = []): boolean {
  if (id === me) return true;
  if (seen.includes(id)) return false;
  return (members[id] ?? []).some((one) => isMe(one, { members } as World, [...seen, id]));
}

const spelt = (id: string) =>
  [anyone, ...everybody].find((one) => one.replaceAll('-', '') === id) ?? id;

function holdsTrue(condition: string | undefined, action: string, { attributes }: World): boolean {
  return condition === undefined || (conditions[condition]?.(action, ...attributes) ?? false);
}

function lets(block: ConditionalPermission, action: string, given: World): boolean {
  return (
    block.actions.some((one) => matches(one, action)) &&
    !block.notActions.some((one) => matches(one, action)) &&
    holdsTrue(block.condition, action, given)
  );
}

function applies(one: RoleAssignment, scope: ResourceId, given: World): boolean {
  return isMe(one.principalId, given) && lies(scope, one.scope);
}

function blocksOf(one: RoleAssignment, given: World): readonly ConditionalPermission[] {
  const role =
    given.roles.find(({ guid }) => guid === one.roleDefinitionGuid) ??
    builtInRoles.get(one.roleDefinitionGuid);
  return role?.permissions ?? [];
}

function isGiven(action: string, scope: ResourceId, given: World): boolean {
  return given.assignments.some(
    (one) =>
      applies(one, scope, given) &&
      holdsTrue(one.condition, action, given) &&
      blocksOf(one, given).some((block) => lets(block, action, given)),
  );
}

function denies(one: DenyAssignment, scope: ResourceId, given: World): boolean {
  const names = (id: string) => spelt(id) === anyone || isMe(spelt(id), given);
  return (
    (one.appliesToChildScopes ? lies(scope, one.scope) : scope === one.scope) &&
    one.principalIds.some(names) &&
    !one.excludedPrincipalIds.some(names)
  );
}

function isCut(action: string, scope: ResourceId, given: World): boolean {
  return given.denials.some(
    (one) =>
      denies(one, scope, given) &&
      holdsTrue(one.condition, action, given) &&
      one.permissions.some((block) => lets(block, action, given)),
  );
}

function isHeld(action: string, scope: ResourceId, given: World): boolean {
  return isGiven(action, scope, given) && !isCut(action, scope, given);
}

const target = fc.constantFrom(subscription, group, network, subnet);
const asked: fc.Arbitrary<readonly string[]> = fc.oneof(
  fc.uniqueArray(fc.constantFrom(...universe), { minLength: 1, maxLength: 3 }),
  fc.constantFrom(networkContributor, deployerOnNetwork, ['Microsoft.Network/*/subnets/*']),
);

/** What the answer says that is not so in the world. */
function untruths(
  answer: PermissionAnswer,
  actions: readonly string[],
  scope: ResourceId,
  given: World,
): readonly string[] {
  const held = universe
    .filter((action) => actions.some((one) => matches(one, action)))
    .every((action) => isHeld(action, scope, given));
  return [
    ...(answer.verdict === 'granted' && !held ? ['granted'] : []),
    ...answer.via.flatMap((one) => (isWay(one, actions, scope, given) ? [] : ['via'])),
    ...(answer.verdict === 'notGranted' ? untruthsOfLack(answer, actions, scope, given) : []),
  ];
}

/** Whether the grant applies, and each of its patterns gives some of what is asked. */
function isWay(
  { assignment: one, gives }: GivingGrant,
  actions: readonly string[],
  scope: ResourceId,
  given: World,
): boolean {
  const isSpelt = actions.every((action) => !action.includes('*'));
  return (
    applies(one, scope, given) &&
    gives.every(({ block: at, pattern }) => {
      const block = blocksOf(one, given)[at];
      if (block?.actions.includes(pattern) !== true) return false;
      const narrow = { ...block, actions: [pattern] };
      // What a pattern asks for may be given in actions that are not among those looked at here.
      return (
        !isSpelt ||
        actions.some(
          (action) => lets(narrow, action, given) && holdsTrue(one.condition, action, given),
        )
      );
    })
  );
}

function untruthsOfLack(
  { lacking, cutBy, deniedBy, withheldBy }: PermissionAnswer,
  actions: readonly string[],
  scope: ResourceId,
  given: World,
): readonly string[] {
  const { action, asked: pattern } = lacking ?? { action: '', asked: '' };
  const isLacking =
    actions.includes(pattern) && matches(pattern, action) && !isHeld(action, scope, given);
  const isBlamed =
    cutBy === undefined
      ? !isGiven(action, scope, given)
      : takes(cutBy, scope, given) &&
        holdsTrue(cutBy.deny.condition, action, given) &&
        lets(blockOf(cutBy), action, given);
  const isNear = ({ grant, block: at, pattern: near, notAction }: Withheld): boolean => {
    const block = blocksOf(grant.assignment, given)[at];
    return (
      applies(grant.assignment, scope, given) &&
      block?.actions.includes(near) === true &&
      block.notActions.includes(notAction) &&
      matches(near, action) &&
      matches(notAction, action)
    );
  };
  return [
    ...(isLacking ? [] : ['lacking']),
    ...(isBlamed ? [] : ['cutBy']),
    ...(deniedBy.every((one) => takes(one, scope, given)) ? [] : ['deniedBy']),
    ...(withheldBy.every(isNear) ? [] : ['withheldBy']),
  ];
}

/** The block of a deny assignment with the one pattern that is blamed. */
function blockOf({ deny, block, pattern }: Cut): ConditionalPermission {
  return { notActions: [], ...deny.permissions[block], actions: [pattern] };
}

function takes({ deny, block, pattern }: Cut, scope: ResourceId, given: World): boolean {
  return denies(deny, scope, given) && deny.permissions[block]?.actions.includes(pattern) === true;
}

describe('laws of what was not seen', () => {
  it('a verdict and its blame are true in the world, whatever of it was hidden', () => {
    fc.assert(
      fc.property(asked, target, world, veil, (actions, scope, given, hidden) => {
        const answer = holds(actions, me, scope, factsOf(given, hidden, scope));
        expect(untruths(answer, actions, scope, given)).toEqual([]);
      }),
      { numRuns: 2000 * deep },
    );
  });

  it('is known where nothing was hidden and no attribute decides', () => {
    fc.assert(
      fc.property(asked, target, world, (actions, scope, given) => {
        const plain = JSON.stringify([given.assignments, given.denials, given.roles]);
        fc.pre(!plain.includes('@') && !plain.includes('SubOperation'));
        const answer = holds(actions, me, scope, factsOf(given, nothingHidden, scope));
        expect(answer.verdict).not.toBe('unknown');
        expect(untruths(answer, actions, scope, given)).toEqual([]);
      }),
      { numRuns: 1000 * deep },
    );
  });

  it('is the same whatever was asked before', () => {
    const places = [
      ...scopes,
      ...['nodes-b', 'nodes-c'].map((name) => resourceId(`${network}/subnets/${name}`)),
      resourceId(`${group}/providers/Microsoft.Network/routeTables/rt`),
      resourceId('/subscriptions/sub-2/resourceGroups/net-1'),
    ];
    const question = fc.record({
      actions: fc.constantFrom(networkContributor, deployerOnNetwork),
      who: fc.constantFrom(me, me, you),
      scope: fc.constantFrom(...places),
    });
    const questions = fc.array(question, { minLength: 20, maxLength: 30 });
    fc.assert(
      fc.property(questions, world, veil, (all, given, hidden) => {
        const told = factsOf(given, hidden, subnet);
        const facts: AccessFacts = {
          ...told,
          coverage: (at) =>
            at === subnet ? unknown({ what: 'w', scope: at, why: 'y' }) : known(true),
        };
        for (const { actions, who, scope } of all) {
          expect(holds(actions, who, scope, facts)).toEqual(
            holds(actions, who, scope, { ...facts }),
          );
        }
      }),
      { numRuns: 100 * deep },
    );
  });
});
