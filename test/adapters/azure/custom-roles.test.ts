/** The roles made from the code: what it does and no more, and a condition that lets nothing else be given. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AccessFacts } from '../../../shared/access/access-facts.ts';
import { parseCondition } from '../../../shared/access/condition.ts';
import { holds } from '../../../shared/access/effective-permissions.ts';
import { permits } from '../../../shared/access/permitted.ts';
import {
  type OwnRole,
  ownRoles,
  readerActions,
} from '../../../shared/adapters/azure/custom-roles.ts';
import { readActions } from '../../../shared/inventory/read-actions.ts';
import { resourceId } from '../../../shared/model/resource-id.ts';
import { known } from '../../../shared/model/verdict.ts';
import { generateEstate } from '../../../simulator/estate/generate-estate.ts';
import { planRows } from '../../pipeline/audit-rows.ts';

const { reader, 'security-rules': rules, 'role-assignments': assignments } = ownRoles;
const roles = Object.entries<OwnRole>(ownRoles);

function grants({ role }: OwnRole, action: string): boolean {
  return permits([{ actions: role.Actions, notActions: role.NotActions }], action);
}

describe('every role', () => {
  it.each(roles)('%s spells its actions out, once each and in order', (_, { role }) => {
    const patterns = role.Actions.filter((action) => action.includes('*'));
    // The operation that reads effective security admin rules is in no published list.
    expect(patterns).toEqual(role === reader.role ? ['Microsoft.Network/*/read'] : []);
    expect(role.Actions).toEqual([...new Set(role.Actions)].toSorted());
    expect([...role.NotActions, ...role.DataActions, ...role.NotDataActions]).toEqual([]);
  });
});

describe('the reader', () => {
  const declared = [
    ...readerActions,
    ...Object.values(readActions).flatMap((action) => action ?? []),
  ];
  it('holds every operation that reading takes, and each of its actions is one', () => {
    expect(declared.filter((action) => !grants(reader, action))).toEqual([]);
    const idle = reader.role.Actions.filter(
      (own) => !declared.some((action) => permits([{ actions: [own], notActions: [] }], action)),
    );
    expect(idle).toEqual([]);
  });

  it('changes nothing, and sees no key and no credential', () => {
    expect(reader.role.Actions.filter((action) => !action.endsWith('/read'))).toEqual([]);
  });
});

describe('the remediator', () => {
  it('holds what plans declare, and nothing that none does', async () => {
    const { rows, settings } = generateEstate(1, 12);
    const planned = await planRows(rows, settings);
    const declared = (kind: string): readonly string[] => {
      const own = planned.flatMap((one) =>
        one.kind === 'plan' && one.plan.kind === kind ? one.plan.permissions : [],
      );
      return [...new Set(own)].toSorted();
    };
    expect(rules.role.Actions).toEqual(declared('securityRules'));
    expect(assignments.role.Actions).toEqual(declared('roleAssignments'));
  });
});

const networkContributor = '4d97b98b-1d4f-4787-a291-c67834d212e7';
const owner = '8e3af657-a8ff-443c-a75c-2fe8c4bcb635';
const requests = fc.record({
  action: fc.constantFrom('write', 'delete', 'read', 'other'),
  role: fc.constantFrom(networkContributor, owner, '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9'),
  principalType: fc.constantFrom('ServicePrincipal', 'User', 'Group', 'ForeignGroup', 'Device'),
});
type Request = typeof requests extends fc.Arbitrary<infer T> ? T : never;

/**
 * Whether a request passes a condition, as the documentation tells each function to work: a reading of
 * the text that shares nothing with ours.
 */
function passes(condition: string, { action, role, principalType }: Request): boolean {
  const type = 'Microsoft.Authorization/roleAssignments';
  const asked = `${type}/${action}`.toLowerCase();
  // A write names the role and principal in the request, a delete finds the role on the resource.
  const values = new Map([
    [`@Request[${type}:RoleDefinitionId]`, action === 'write' ? role : undefined],
    [`@Request[${type}:PrincipalType]`, action === 'write' ? principalType : undefined],
    [`@Resource[${type}:RoleDefinitionId]`, action === 'delete' ? role : undefined],
  ]);
  const truths = condition
    .replaceAll(/ActionMatches\{'([^']*)'\}/g, (_, pattern: string) =>
      asked === pattern.toLowerCase() ? 'T' : 'F',
    )
    .replaceAll(
      /(@\w+\[[^\]]+\]) ForAnyOfAnyValues:(?:GuidEquals|StringEqualsIgnoreCase) \{([^}]*)\}/g,
      (_, attribute: string, list: string) => {
        const own = values.get(attribute)?.toLowerCase();
        const named = list.split(',').map((one) => one.trim().replaceAll("'", '').toLowerCase());
        return own !== undefined && named.includes(own) ? 'T' : 'F';
      },
    );
  return reduced(truths.replaceAll(/\s+/g, ''));
}

/** What is left of T and F once parentheses, NOT, AND and OR are worked out. */
function reduced(formula: string): boolean {
  const next = formula
    .replaceAll('!T', 'F')
    .replaceAll('!F', 'T')
    .replaceAll(/\(([TF])\)/g, '$1')
    .replaceAll(
      /(?<=[(]|^)([TF])(AND|OR)([TF])(?=[)]|$|AND|OR)/g,
      (_, a: string, by: string, b: string) =>
        (by === 'AND' ? a === 'T' && b === 'T' : a === 'T' || b === 'T') ? 'T' : 'F',
    );
  if (next === 'T' || next === 'F') return next === 'T';
  if (next === formula) throw new TypeError(`${formula} cannot be worked out`);
  return reduced(next);
}

describe('the condition of role assignments', () => {
  const { condition } = assignments;

  it('lets Network Contributor be given to service principals and taken away, and nothing else', () => {
    fc.assert(
      fc.property(requests, (request) => {
        const { action, role, principalType } = request;
        const mayWrite = role === networkContributor && principalType === 'ServicePrincipal';
        const wanted =
          action === 'write' ? mayWrite : action === 'delete' ? role === networkContributor : true;
        expect(passes(condition, request)).toBe(wanted);
      }),
      { numRuns: 300 },
    );
  });

  it('is one that permissions are worked out with: what it leaves open is in doubt, the rest is not', () => {
    expect(parseCondition(condition)).toBeDefined();
    const principalId = '22222222-2222-4222-8222-222222222222';
    const scope = resourceId(
      '/subscriptions/11111111-1111-4111-8111-111111111111/resourcegroups/rg',
    );
    const guid = '33333333-3333-4333-8333-333333333333';
    const facts: AccessFacts = {
      assignments: [
        {
          id: resourceId(`${scope}/a`),
          principalId,
          principalType: 'ServicePrincipal',
          roleDefinitionGuid: guid,
          scope,
          condition,
        },
      ],
      definitions: new Map([
        [
          guid,
          {
            guid,
            roleName: assignments.role.Name,
            permissions: [{ actions: assignments.role.Actions, notActions: [] }],
          },
        ],
      ]),
      denyAssignments: [],
      groups: new Map(),
      managementGroups: new Map(),
      coverage: () => known(true),
    };
    const verdict = (action: string) => holds([action], principalId, scope, facts).verdict;
    expect(verdict('Microsoft.Authorization/roleAssignments/read')).toBe('granted');
    expect(verdict('Microsoft.Authorization/roleAssignments/write')).toBe('unknown');
    expect(verdict('Microsoft.Authorization/roleAssignments/delete')).toBe('unknown');
    for (const action of [
      'Microsoft.Authorization/roleDefinitions/write',
      'Microsoft.Authorization/locks/delete',
      'Microsoft.Network/networkSecurityGroups/securityRules/write',
      '*',
    ]) {
      expect(verdict(action)).toBe('notGranted');
    }
  });
});
