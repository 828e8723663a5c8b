import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAccess } from '../../simulator/permissions/access.ts';
import { hasAction } from '../../simulator/permissions/action-matching.ts';
import { type Row, createTenant } from '../../simulator/tenant/tenant.ts';

const scope = '/subscriptions/s/resourceGroups/g';
const network = `${scope}/providers/Microsoft.Network/virtualNetworks/v`;
const read = 'Microsoft.Network/virtualNetworks/read';

const group: Row = { id: 'friends', type: 'microsoft.graph/groups', members: ['Somebody'] };

function deny(more: Readonly<Record<string, unknown>>): Row {
  return {
    id: `${scope}/providers/Microsoft.Authorization/denyAssignments/d`,
    name: 'd',
    type: 'Microsoft.Authorization/denyAssignments',
    properties: {
      denyAssignmentName: 'no',
      scope,
      permissions: [{ actions: ['*'], notActions: [] }],
      principals: [{ id: 'somebody' }],
      ...more,
    },
  };
}

/** What the reader of everything may do when these rows are in the estate. */
function decided(rows: readonly Row[], at = network): string {
  const tenant = createTenant([group, ...rows]);
  const access = createAccess(tenant, { somebody: [{ scope: '/', actions: ['*/read'] }] });
  const decision = access.decide('somebody', read, at);
  return typeof decision === 'string' ? decision : `denied by ${decision.name}`;
}

const everyone = { id: '00000000-0000-0000-0000-000000000000', type: 'SystemDefined' };

describe('a deny assignment', () => {
  it.each([
    ['to somebody', deny({}), 'denied by no'],
    ['to another', deny({ principals: [{ id: 'else' }] }), 'allowed'],
    ['to a group of theirs', deny({ principals: [{ id: 'Friends' }] }), 'denied by no'],
    ['to everyone', deny({ principals: [everyone] }), 'denied by no'],
    [
      'to everyone but them',
      deny({ principals: [everyone], excludePrincipals: [{ id: 'SOMEBODY' }] }),
      'allowed',
    ],
    [
      'to everyone but their group',
      deny({ principals: [everyone], excludePrincipals: [{ id: 'friends' }] }),
      'allowed',
    ],
    [
      'that leaves reading',
      deny({ permissions: [{ actions: ['*'], notActions: ['*/read'] }] }),
      'allowed',
    ],
    ['elsewhere', deny({ scope: `${scope}2` }), 'allowed'],
    ['that is not for what lies below', deny({ doNotApplyToChildScopes: true }), 'allowed'],
  ])('%s', (_, row, expected) => {
    expect(decided([row])).toBe(expected);
  });

  it('that is not for what lies below holds where it is', () => {
    expect(decided([deny({ doNotApplyToChildScopes: true })], scope)).toBe('denied by no');
  });
});

describe('an action', () => {
  it('is matched by a pattern as a wildcard matcher by hand does', () => {
    const letters = fc.array(fc.constantFrom('a', 'B', '/', '.', '*'), { maxLength: 8 });
    fc.assert(
      fc.property(letters, letters, (patternParts, actionParts) => {
        const pattern = patternParts.join('');
        const action = actionParts.join('').replaceAll('*', 'x');
        const block = { actions: [pattern], notActions: [], dataActions: [], notDataActions: [] };
        const matched = matchesByHand(pattern.toLowerCase(), action.toLowerCase());
        expect(hasAction(block, action)).toBe(matched);
        expect(hasAction({ ...block, actions: ['*'], notActions: [pattern] }, action)).toBe(
          !matched,
        );
      }),
    );
  });
});

/** Tries every length of what the first star stands for. */
function matchesByHand(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern;
  if (pattern === '') return text === '';
  if (first !== '*') return text.startsWith(first) && matchesByHand(rest.join(''), text.slice(1));
  return Array.from({ length: text.length + 1 }, (_, length) => text.slice(length)).some((left) =>
    matchesByHand(rest.join(''), left),
  );
}
