/**
 * Time per question of effective permissions in a tenant of 1,000 clusters: by the index, and by a
 * scan of every assignment, both in one run and with the same answers.
 */
import type { AccessFacts, RoleAssignment, RoleDefinition } from '../shared/access/access-facts.ts';
import { accessIndexOf } from '../shared/access/access-index.ts';
import { networkContributor, subnetMinimum } from '../shared/access/aks-permissions.ts';
import { holds } from '../shared/access/effective-permissions.ts';
import { objectIdKey } from '../shared/access/group-index.ts';
import { type ResourceId, isWithin, resourceId } from '../shared/model/resource-id.ts';
import { known } from '../shared/model/verdict.ts';
import { type Random, createRandom } from '../simulator/estate/random.ts';

const clusters = 1000;
const subscriptions = 50;
const customRoles = 200;
const owner = '8e3af657-a8ff-443c-a75c-2fe8c4bcb635';
const contributor = 'b24988ac-6180-42a0-ab88-20f7382dd24c';
const reader = 'acdd72a7-3385-48ef-bd42-f606fba81ae7';
const network = '4d97b98b-1d4f-4787-a291-c67834d212e7';
const corp = resourceId('/providers/Microsoft.Management/managementGroups/corp');
const delegation =
  "(!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR (@Request[Microsoft.Authorization/roleAssignments:PrincipalType] StringEqualsIgnoreCase 'Group')";

function guid(kind: number, index: number): string {
  const digits = (value: number, length: number) => value.toString(16).padStart(length, '0');
  return `${digits(kind, 8)}-0000-4000-8000-${digits(index, 12)}`;
}

function groupScope(index: number): ResourceId {
  return resourceId(`/subscriptions/${guid(1, index % subscriptions)}/resourceGroups/rg-${index}`);
}

function customRole(index: number, random: Random): RoleDefinition {
  const types = ['virtualNetworks', 'virtualNetworks/subnets', 'loadBalancers', 'routeTables'];
  const verbs = ['read', 'write', 'delete', '*', 'join/action'];
  const actions = Array.from(
    { length: random.int(3, 40) },
    () => `Microsoft.Network/${random.pick(types)}/${random.pick(verbs)}`,
  );
  return {
    guid: guid(9, index),
    roleName: `Custom ${index}`,
    permissions: [{ actions, notActions: random.chance(0.2) ? ['*/delete'] : [] }],
  };
}

/** A tenth of the assignments are the clusters' own; the rest are other people's, a third of them groups'. */
function tenantOf(size: number, areGroupsRead: boolean): AccessFacts {
  const random = createRandom(11, size);
  const roles = Array.from({ length: customRoles }, (_, index) => customRole(index, random));
  const assignments = Array.from({ length: size }, (_, index): RoleAssignment => {
    const isOwn = index % 10 === 0;
    const cluster = (index / 10) % clusters;
    const isGroup = !isOwn && random.chance(0.33);
    const scope = isOwn
      ? groupScope(cluster)
      : random.chance(0.02)
        ? corp
        : random.chance(0.2)
          ? resourceId(`/subscriptions/${guid(1, random.int(0, subscriptions - 1))}`)
          : groupScope(random.int(0, size));
    const role = isOwn
      ? random.pick([network, network, reader, guid(9, random.int(0, customRoles - 1))])
      : random.pick([reader, reader, contributor, owner, guid(9, random.int(0, customRoles - 1))]);
    return {
      id: resourceId(
        `${scope}/providers/Microsoft.Authorization/roleAssignments/${guid(5, index)}`,
      ),
      principalId: isOwn
        ? guid(2, cluster)
        : isGroup
          ? guid(3, random.int(0, size / 40))
          : guid(4, random.int(0, size / 5)),
      principalType: isGroup ? 'Group' : 'ServicePrincipal',
      roleDefinitionGuid: role,
      scope,
      ...(random.chance(0.05) ? { condition: delegation } : {}),
    };
  });
  const groups = Array.from({ length: size / 40 + 1 }, (_, index) => {
    const members = Array.from({ length: random.int(0, 30) }, () =>
      random.chance(0.1) ? guid(2, random.int(0, clusters)) : guid(4, random.int(0, size / 5)),
    );
    return [guid(3, index), new Set(members)] as const;
  });
  return {
    assignments,
    definitions: new Map(roles.map((role) => [role.guid, role])),
    denyAssignments: [],
    groups: new Map(areGroupsRead ? groups : []),
    managementGroups: new Map(
      Array.from({ length: subscriptions }, (_, index) => [guid(1, index), [corp]]),
    ),
    coverage: () => known(true),
  };
}

/** What a scan of everything finds to bear on the question; the rest is the same engine. */
function scanned(facts: AccessFacts, principal: string, scope: ResourceId): AccessFacts {
  const mine = new Set([objectIdKey(principal)]);
  // A set also visits what is added while it is walked.
  for (const one of mine) {
    for (const [group, members] of facts.groups) {
      if ([...members].some((member) => objectIdKey(member) === one)) mine.add(objectIdKey(group));
    }
  }
  const assignments = facts.assignments.filter(
    ({ principalId, principalType, scope: assigned }) =>
      (isWithin(scope, assigned) || assigned === corp) &&
      (mine.has(objectIdKey(principalId)) ||
        (principalType === 'Group' && !facts.groups.has(principalId))),
  );
  const groups = new Map([...facts.groups].filter(([group]) => mine.has(objectIdKey(group))));
  return { ...facts, assignments, groups };
}

function line(cells: readonly string[]): string {
  return cells.map((cell, at) => (at === 0 ? cell.padEnd(26) : cell.padStart(13))).join(' ');
}

function microseconds(value: number): string {
  return `${(value * 1000).toFixed(0)} µs`;
}

/** The answers to all questions, and the milliseconds that each took. */
function asked(
  questions: readonly (readonly [principal: string, scope: ResourceId])[],
  factsFor: (principal: string, scope: ResourceId) => AccessFacts,
): readonly { readonly verdict: string; readonly time: number }[] {
  return questions.flatMap(([principal, scope]) =>
    [networkContributor, subnetMinimum].map((actions) => {
      const start = performance.now();
      const { verdict } = holds(actions, principal, scope, factsFor(principal, scope));
      return { verdict, time: performance.now() - start };
    }),
  );
}

function quantile(answers: readonly { readonly time: number }[], part: number): number {
  const times = answers.map(({ time }) => time).toSorted((a, b) => a - b);
  return times[Math.floor((times.length - 1) * part)] ?? Number.NaN;
}

const heads = ['index once', 'median', '99 %', 'by scanning', 'ratio'];
console.log(`${line(['assignments, groups', ...heads])}  answers`);
for (const size of [1000, 40_000]) {
  for (const areGroupsRead of [true, false]) {
    const facts = tenantOf(size, areGroupsRead);
    const start = performance.now();
    accessIndexOf(facts);
    const indexing = performance.now() - start;
    const questions = Array.from(
      { length: clusters },
      (_, index) => [guid(2, index), groupScope(index)] as const,
    );
    const sample = questions.filter((_, index) => index % 20 === 0);
    const byScan = asked(sample, (principal, scope) => scanned(facts, principal, scope));
    const again = asked(sample, () => facts);
    if (again.some(({ verdict }, index) => verdict !== byScan[index]?.verdict)) {
      throw new Error('the scan answers otherwise');
    }
    const answers = asked(questions, () => facts);
    const median = quantile(answers, 0.5);
    const scanning = quantile(byScan, 0.5);
    const counts = Map.groupBy(answers, ({ verdict }) => verdict);
    const cells = [
      `${size}, ${areGroupsRead ? 'read' : 'unread'}`,
      `${indexing.toFixed(0)} ms`,
      microseconds(median),
      microseconds(quantile(answers, 0.99)),
      microseconds(scanning),
      `${(scanning / median).toFixed(0)} ×`,
    ];
    const told = [...counts].map(([verdict, all]) => `${all.length} ${verdict}`).join(', ');
    console.log(`${line(cells)}  ${told}`);
  }
}
