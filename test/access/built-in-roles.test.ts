import { describe, expect, it } from 'vitest';

import { builtInRoles } from '../../shared/access/built-in-roles.ts';
import { permits } from '../../shared/access/permitted.ts';

describe('built-in roles', () => {
  it.each([...builtInRoles])('%s is filed under its own GUID', (guid, definition) => {
    expect(definition.guid).toBe(guid);
    expect(guid).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });

  it('leave nothing out but for Contributor', () => {
    const leaving = [...builtInRoles.values()].filter(({ permissions }) =>
      permissions.some(({ notActions }) => notActions.length > 0),
    );
    expect(leaving.map(({ roleName }) => roleName)).toEqual(['Contributor']);
  });

  it('let roles be handed out only by Owner and User Access Administrator', () => {
    const handing = [...builtInRoles.values()].filter(({ permissions }) =>
      permits(permissions, 'Microsoft.Authorization/roleAssignments/write'),
    );
    expect(handing.map(({ roleName }) => roleName)).toEqual(['Owner', 'User Access Administrator']);
  });
});
