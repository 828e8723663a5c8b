import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type {
  AccessFacts,
  DenyAssignment,
  ConditionalPermission,
  RoleAssignment,
} from '../../shared/access/access-facts.ts';
import { holds } from '../../shared/access/effective-permissions.ts';
import { resourceId } from '../../shared/model/resource-id.ts';
import type { ResourceId } from '../../shared/model/resource-id.ts';
import { known, unknown } from '../../shared/model/verdict.ts';
import { group, managementGroup, network, scopes, subnet, subscription } from './build.ts';

const deep = import.meta.env.MODE === 'deep' ? 10 : 1;

const actions = ['N/v/read', 'N/v/write', 'N/v/s/join/action', 'N/r/read', 'C/x/delete'] as const;
const patterns = ['*', 'N/*', '*/Read', 'n/V/*', 'N/v/*/action', '*/write', 'N/r/read', 'C/*'];
const groups = ['g1', 'g2', 'g3'];
const everybody = ['me', 'you', ...groups];

/** Conditions by their text, and what each does to an action. */
const conditions: Readonly<Record<string, (action: string) => Answer>> = {
  x: () => 'perhaps',
  "@Resource[a:b] StringEquals 'c'": () => 'perhaps',
  "!(ActionMatches{'N/v/*'}) OR @Resource[a:b] StringEquals 'c'": (action) =>
    /^n\/v\//i.test(action) ? 'perhaps' : 'yes',
  "!(ActionMatches{'*/write'})": (action) => (action.endsWith('/write') ? 'no' : 'yes'),
  "ActionMatches{'N/*'} AND (ActionMatches{'*/read'} OR Exists @Request[a:b])": (action) => {
    if (!/^n\//i.test(action)) return 'no';
    return action.endsWith('/read') ? 'yes' : 'perhaps';
  },
};
const condition = fc.constantFrom(...Object.keys(conditions));

/** The same condition, with its attributes true or false. */
function settled(text: string, isTrue: boolean): string {
  const known = isTrue ? "ActionMatches{'*'}" : "!(ActionMatches{'*'})";
  return text === 'x'
    ? known
    : text.replace("@Resource[a:b] StringEquals 'c'", known).replace('Exists @Request[a:b]', known);
}

const rarely = fc.integer({ min: 0, max: 5 }).map((n) => n === 0);

const permissions: fc.Arbitrary<ConditionalPermission[]> = fc.array(
  fc
    .record({
      actions: fc.array(fc.constantFrom(...patterns), { maxLength: 2 }),
      notActions: fc.oneof(
        { weight: 2, arbitrary: fc.constant([]) },
        fc.array(fc.constantFrom(...patterns), { maxLength: 1 }),
      ),
      conditional: rarely,
      condition,
    })
    .map(({ conditional, condition: text, ...block }) =>
      conditional ? { ...block, condition: text } : block,
    ),
  { minLength: 1, maxLength: 2 },
);

const assignment: fc.Arbitrary<RoleAssignment> = fc
  .record({
    principalId: fc.constantFrom('me', 'me', ...everybody),
    untyped: rarely,
    role: fc.constantFrom('r1', 'r1', 'r2', 'r3', 'r4'),
    scope: fc.constantFrom(...scopes),
    conditional: rarely,
    condition,
    id: fc.integer({ min: 0, max: 1e9 }),
  })
  .map(({ principalId, untyped, role, scope, conditional, condition: text, id }) => ({
    id: resourceId(`${scope}/assignment/${id}`),
    principalId,
    ...(untyped ? {} : { principalType: groups.includes(principalId) ? 'Group' : 'User' }),
    roleDefinitionGuid: role,
    scope,
    ...(conditional ? { condition: text } : {}),
  }));

const deny: fc.Arbitrary<DenyAssignment> = fc
  .record({
    scope: fc.constantFrom(...scopes),
    appliesToChildScopes: rarely.map((not) => !not),
    principalIds: fc.array(fc.constantFrom('00000000-0000-0000-0000-000000000000', ...everybody), {
      maxLength: 2,
    }),
    excludedPrincipalIds: fc.array(fc.constantFrom(...everybody), { maxLength: 1 }),
    permissions,
    conditional: rarely,
    condition,
  })
  .map(({ conditional, condition: text, ...rest }) => ({
    id: resourceId(`${rest.scope}/deny`),
    name: 'deny',
    ...rest,
    ...(conditional ? { condition: text } : {}),
  }));

const facts: fc.Arbitrary<AccessFacts> = fc
  .record({
    assignments: fc.array(assignment, { maxLength: 6 }),
    // r4 is always unread.
    roles: fc.tuple(permissions, permissions, permissions),
    denyAssignments: fc.array(deny, { maxLength: 2 }),
    groups: fc.dictionary(
      fc.constantFrom(...groups),
      fc.uniqueArray(fc.constantFrom(...everybody), { maxLength: 3 }),
    ),
    chainKnown: fc.boolean(),
    covered: fc.boolean(),
  })
  .map(({ assignments, roles, denyAssignments, groups: members, chainKnown, covered }) => ({
    assignments,
    denyAssignments,
    definitions: new Map(
      roles.map((blocks, index) => [
        `r${index + 1}`,
        { guid: `r${index + 1}`, roleName: `Role ${index + 1}`, permissions: blocks },
      ]),
    ),
    groups: new Map(Object.entries(members).map(([id, of]) => [id, new Set(of)])),
    managementGroups: chainKnown
      ? new Map([['sub-1', [managementGroup('platform')]]])
      : new Map<string, ResourceId[]>(),
    coverage: () => (covered ? known(true) : unknown({ what: 'w', scope: 's', why: 'y' })),
  }));

const target = fc.constantFrom(group, network, subnet, subscription);
const wanted = fc.uniqueArray(fc.constantFrom(...actions), { minLength: 1 });

/** An answer that is yes or no for certain, or only perhaps. */
type Answer = 'yes' | 'perhaps' | 'no';

function all(...answers: readonly Answer[]): Answer {
  if (answers.includes('no')) return 'no';
  return answers.includes('perhaps') ? 'perhaps' : 'yes';
}

function any(...answers: readonly Answer[]): Answer {
  if (answers.includes('yes')) return 'yes';
  return answers.includes('perhaps') ? 'perhaps' : 'no';
}

/** The engine's rules once more, action by action. */
function naively(
  asked: readonly string[],
  scope: ResourceId,
  given: AccessFacts,
): 'granted' | 'notGranted' | 'unknown' {
  const segments = (id: string) => id.split('/').filter((segment) => segment !== '');
  function applies(at: ResourceId): Answer {
    if (at.includes('managementgroups')) {
      const chain = given.managementGroups.get('sub-1');
      if (chain === undefined) return 'perhaps';
      return chain.includes(at) ? 'yes' : 'no';
    }
    const here = segments(scope);
    return segments(at).every((segment, index) => segment === here[index]) ? 'yes' : 'no';
  }
  function typesOf(id: string): readonly (string | undefined)[] {
    return given.assignments
      .filter(({ principalId, principalType }) => principalId === id && principalType !== undefined)
      .map(({ principalType }) => principalType);
  }
  function isMe(id: string): Answer {
    if (id === 'me' || id.startsWith('0000')) return 'yes';
    const inside = new Set([id]);
    // A set also visits what is added while it is walked.
    for (const one of inside) for (const member of given.groups.get(one) ?? []) inside.add(member);
    if (inside.size > 1 && inside.has('me')) return 'yes';
    const unread = [...inside].filter((one) => !given.groups.has(one));
    if (unread.some((one) => typesOf(one).includes('Group'))) return 'perhaps';
    return unread.includes(id) && typesOf(id).length === 0 ? 'perhaps' : 'no';
  }
  function matches(pattern: string, action: string): boolean {
    const source = pattern.replaceAll('*', '.*');
    return new RegExp(`^${source}$`, 'i').test(action);
  }
  function permits(blocks: readonly ConditionalPermission[], action: string): Answer {
    return any(
      ...blocks.map((one) => {
        const isListed =
          one.actions.filter((pattern) => matches(pattern, action)).length > 0 &&
          one.notActions.filter((pattern) => matches(pattern, action)).length === 0;
        return all(isListed ? 'yes' : 'no', allowed(one, action));
      }),
    );
  }
  const allowed = (one: { readonly condition?: string }, action: string): Answer =>
    one.condition === undefined ? 'yes' : (conditions[one.condition]?.(action) ?? 'perhaps');
  const grantOf = (action: string) =>
    any(
      ...given.assignments.map((one) => {
        const role = given.definitions.get(one.roleDefinitionGuid);
        return all(
          applies(one.scope),
          isMe(one.principalId),
          role === undefined ? 'perhaps' : permits(role.permissions, action),
          allowed(one, action),
        );
      }),
    );
  const denialOf = (action: string) =>
    any(
      ...given.denyAssignments.map((one) => {
        const excluded = any(...one.excludedPrincipalIds.map(isMe));
        return all(
          one.appliesToChildScopes || one.scope === scope ? applies(one.scope) : 'no',
          any(...one.principalIds.map(isMe)),
          excluded === 'yes' ? 'no' : excluded === 'no' ? 'yes' : 'perhaps',
          permits(one.permissions, action),
          allowed(one, action),
        );
      }),
    );
  const verdicts = asked.map((action) => {
    const denial = denialOf(action);
    return all(grantOf(action), denial === 'yes' ? 'no' : denial === 'no' ? 'yes' : 'perhaps');
  });
  const verdict = all(...verdicts);
  if (verdict === 'yes') return 'granted';
  return verdict === 'no' && given.coverage(scope).known ? 'notGranted' : 'unknown';
}

/** The same facts with every doubt resolved in some way. */
interface Resolution {
  readonly members: readonly (readonly string[])[];
  readonly chain: boolean;
  readonly keep: readonly boolean[];
  readonly unreadRole: ConditionalPermission[];
}

const resolution: fc.Arbitrary<Resolution> = fc.record({
  members: fc.array(fc.array(fc.constantFrom(...everybody), { maxLength: 2 }), {
    minLength: 3,
    maxLength: 3,
  }),
  chain: fc.boolean(),
  keep: fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
  unreadRole: permissions,
});

function resolved(given: AccessFacts, by: Resolution): AccessFacts {
  const holdsTrue = (_: unknown, index: number) => by.keep[index] ?? true;
  const settle = <T extends { readonly condition?: string }>(list: readonly T[]): T[] =>
    list.map((one, index) =>
      one.condition === undefined
        ? one
        : { ...one, condition: settled(one.condition, holdsTrue(one, index)) },
    );
  // A member of a read group is a group only where something says so.
  const isNoGroup = (id: string) =>
    [...given.groups.values()].some((members) => members.has(id)) &&
    !given.assignments.some((one) => one.principalId === id && one.principalType === 'Group');
  const typed = (one: RoleAssignment): RoleAssignment => ({
    ...one,
    principalType: groups.includes(one.principalId) ? 'Group' : 'User',
  });
  return {
    ...given,
    assignments: [
      ...settle(given.assignments).map(typed),
      // Says of everybody what they are, and grants nothing.
      ...everybody.map((principalId) =>
        typed({
          id: resourceId('/nothing'),
          principalId,
          roleDefinitionGuid: 'r0',
          scope: resourceId('/'),
        }),
      ),
    ],
    denyAssignments: settle(given.denyAssignments).map((one) => ({
      ...one,
      permissions: settle(one.permissions),
    })),
    definitions: new Map([
      ...[...given.definitions].map(
        ([id, one]) => [id, { ...one, permissions: settle(one.permissions) }] as const,
      ),
      ['r0', { guid: 'r0', roleName: 'Nothing', permissions: [] }],
      ['r4', { guid: 'r4', roleName: 'Role 4', permissions: settle(by.unreadRole) }],
    ]),
    groups: new Map(
      groups.map((id, index) => [
        id,
        given.groups.get(id) ?? new Set(isNoGroup(id) ? [] : by.members[index]),
      ]),
    ),
    managementGroups:
      given.managementGroups.size > 0
        ? given.managementGroups
        : new Map([
            ['sub-1', by.chain ? [managementGroup('platform'), managementGroup('elsewhere')] : []],
          ]),
    coverage: () => known(true),
  };
}

describe('laws of effective permissions', () => {
  it('agrees with the rules applied action by action', () => {
    fc.assert(
      fc.property(wanted, target, facts, (asked, scope, given) => {
        expect(holds(asked, 'me', scope, given).verdict).toBe(naively(asked, scope, given));
      }),
      { numRuns: 1500 * deep },
    );
  });

  it('a pattern is granted only if every action it matches is, and lacks an action that is not', () => {
    fc.assert(
      fc.property(fc.constantFrom(...patterns), target, facts, (pattern, scope, given) => {
        const answer = holds([pattern], 'me', scope, given);
        const asked = answer.lacking === undefined ? matchedBy(pattern) : [answer.lacking.action];
        const verdict = asked.length === 0 ? answer.verdict : naively(asked, scope, given);
        expect(verdict).toBe(answer.verdict);
      }),
      { numRuns: 1500 * deep },
    );
  });

  it('a verdict stands whatever the doubts turn out to be', () => {
    fc.assert(
      fc.property(wanted, target, facts, resolution, (asked, scope, given, by) => {
        const before = holds(asked, 'me', scope, given);
        const after = holds(asked, 'me', scope, resolved(given, by));
        expect(after.verdict).not.toBe('unknown');
        expect([after.verdict, 'unknown']).toContain(before.verdict);
        expect(before.missing.length > 0).toBe(before.verdict === 'unknown');
      }),
      { numRuns: 1000 * deep },
    );
  });

  it('another assignment never turns granted into not granted', () => {
    fc.assert(
      fc.property(wanted, target, facts, assignment, (asked, scope, given, more) => {
        const before = holds(asked, 'me', scope, given).verdict;
        const after = holds(asked, 'me', scope, {
          ...given,
          assignments: [...given.assignments, more],
        }).verdict;
        expect([before, after]).not.toEqual(['granted', 'notGranted']);
      }),
      { numRuns: 1000 * deep },
    );
  });

  it('what is granted is granted by the certain grants it names alone', () => {
    fc.assert(
      fc.property(wanted, target, facts, (asked, scope, given) => {
        const { verdict, via } = holds(asked, 'me', scope, given);
        fc.pre(verdict === 'granted');
        const named = new Set(via.map(({ assignment: one }) => one));
        const stripped: AccessFacts = {
          ...given,
          definitions: new Map([
            ...given.definitions,
            ['r0', { guid: 'r0', roleName: 'Nothing', permissions: [] }],
          ]),
          assignments: given.assignments.map((one) =>
            named.has(one) ? one : { ...one, roleDefinitionGuid: 'r0' },
          ),
        };
        expect(holds(asked, 'me', scope, stripped).verdict).toBe('granted');
      }),
      { numRuns: 300 * deep },
    );
  });
});

function matchedBy(pattern: string): readonly string[] {
  return actions.filter((action) =>
    new RegExp(`^${pattern.replaceAll('*', '.*')}$`, 'i').test(action),
  );
}
