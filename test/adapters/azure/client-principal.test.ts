/** Who calls: what the platform says, and only where it is the platform that says it. */
import { describe, expect, it } from 'vitest';
import { keyHolder, principalOf } from '../../../shared/adapters/azure/client-principal.ts';

function header(claims: readonly (readonly [string, string])[], more: object = {}): string {
  const told = { auth_typ: 'aad', claims: claims.map(([typ, val]) => ({ typ, val })), ...more };
  return Buffer.from(JSON.stringify(told)).toString('base64');
}

const ada = ['preferred_username', 'ada@example.com'] as const;
const everyRole = ['Reader', 'Operator', 'Approver'];

describe('whoever is signed in', () => {
  it('is nobody where the platform authenticates nobody, whatever a header claims', () => {
    const forged = header([ada, ['roles', 'Approver']]);
    expect(principalOf({ header: forged, authenticatesCallers: false })).toBeUndefined();
  });

  it.each<[string, string | null, object | undefined]>([
    [
      'an approver, who also operates and reads',
      header([ada, ['roles', 'Approver']]),
      { name: 'ada@example.com', provider: 'aad', roles: everyRole },
    ],
    [
      'an operator, who does not approve',
      header([ada, ['roles', 'Operator']]),
      { roles: ['Reader', 'Operator'] },
    ],
    ['a reader', header([ada, ['roles', 'Reader']]), { roles: ['Reader'] }],
    ['somebody without a role', header([ada]), { roles: [] }],
    ['somebody with a role of another app', header([ada, ['roles', 'Owner']]), { roles: [] }],
    [
      'somebody whose roles have a type of their own',
      header([ada, ['urn:role', 'Approver']], { role_typ: 'urn:role' }),
      { roles: everyRole },
    ],
    ['an application, by its object id', header([['oid', 'o-1']]), { name: 'o-1' }],
    ['somebody on this machine', header([ada], { auth_typ: 'local' }), { provider: 'local' }],
    ['nobody, without a name', header([['roles', 'Approver']]), undefined],
    ['nobody, without a header', null, undefined],
    ['nobody, for a header that is none', '{}', undefined],
  ])('is %s', (_name, told, expected) => {
    expect([principalOf({ header: told, authenticatesCallers: true })]).toMatchObject([expected]);
  });
});

describe('whoever holds a key', () => {
  it('may do everything where nobody is authenticated, and is named by no header', () => {
    const forged = header([ada, ['roles', 'Approver']]);
    for (const told of [forged, null]) {
      expect(keyHolder({ header: told, authenticatesCallers: false })).toEqual({
        name: 'key holder',
        provider: 'key',
        roles: everyRole,
        hasKey: true,
      });
    }
  });

  it.each([
    ['reads, without a header', null, { name: 'key holder', provider: 'key', roles: ['Reader'] }],
    ['reads, without a role', header([ada]), { name: 'ada@example.com', roles: ['Reader'] }],
    [
      'has the roles that they have',
      header([ada, ['roles', 'Operator']]),
      { name: 'ada@example.com', roles: ['Reader', 'Operator'] },
    ],
  ])('where people are authenticated, %s', (_name, told, expected) => {
    expect(keyHolder({ header: told, authenticatesCallers: true })).toMatchObject(expected);
  });
});
