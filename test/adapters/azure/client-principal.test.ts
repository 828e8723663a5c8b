/** Who approves: what the platform says, and only where it is the platform that says it. */
import { describe, expect, it } from 'vitest';
import { principalOf } from '../../../shared/adapters/azure/client-principal.ts';

function header(claims: readonly (readonly [string, string])[], more: object = {}): string {
  const told = { auth_typ: 'aad', claims: claims.map(([typ, val]) => ({ typ, val })), ...more };
  return Buffer.from(JSON.stringify(told)).toString('base64');
}

const ada = ['preferred_username', 'ada@example.com'] as const;

describe('the caller', () => {
  it('is whoever holds the key where nobody is authenticated, whatever a header claims', () => {
    const forged = header([ada, ['roles', 'Approver']]);
    expect(principalOf(forged, false)?.name).toBe('key holder');
    expect(principalOf(null, false)).toMatchObject({ mayApprove: true, mayOperate: true });
  });

  it.each<[string, string | null, object | undefined]>([
    [
      'an approver, who also operates',
      header([ada, ['roles', 'Approver']]),
      { name: 'ada@example.com', mayApprove: true, mayOperate: true },
    ],
    [
      'an operator, who does not approve',
      header([ada, ['roles', 'Operator']]),
      { mayApprove: false, mayOperate: true },
    ],
    ['somebody without a role', header([ada]), { mayApprove: false, mayOperate: false }],
    [
      'somebody whose roles have a type of their own',
      header([ada, ['urn:role', 'Approver']], { role_typ: 'urn:role' }),
      { mayApprove: true },
    ],
    ['an application, by its object id', header([['oid', 'o-1']]), { name: 'o-1' }],
    ['nobody, without a name', header([['roles', 'Approver']]), undefined],
    ['nobody, without a header', null, undefined],
    ['nobody, for a header that is none', '{}', undefined],
  ])('is %s', (_name, told, expected) => {
    expect([principalOf(told, true)]).toMatchObject([expected]);
  });
});
