/** Which deny assignments take an action from whoever asks, for certain. */
import { describe, expect, it } from 'vitest';
import type { DenyAssignment } from '../../shared/access/access-facts.ts';
import { deniedToEverybody } from '../../shared/access/denied-to-everybody.ts';
import { resourceId } from '../../shared/model/resource-id.ts';
import {
  access,
  denied,
  group,
  identity,
  managementGroup,
  network,
  staff,
  subscription,
} from './build.ts';

const write = 'Microsoft.Network/networkSecurityGroups/securityRules/write';
const read = 'Microsoft.Network/networkSecurityGroups/securityRules/read';
const at = resourceId(
  `${group}/providers/Microsoft.Network/networkSecurityGroups/nsg/securityRules/portcullis-a`,
);
const asks = (...denyAssignments: readonly DenyAssignment[]) =>
  deniedToEverybody(
    [read, write],
    at,
    access({ denyAssignments, principalTypes: new Map([[identity, 'ServicePrincipal']]) }),
  );

describe('an action is denied to everybody', () => {
  it.each([
    ['in the resource group', denied([write], group)],
    ['above all of it', denied(['*/write'], resourceId('/'))],
    ['by a management group above', denied(['*'], managementGroup('platform'))],
    ['where something else is left', denied(['Microsoft.Network/*/write'], subscription)],
    ['in other words', denied([write.toUpperCase()], group)],
  ])('%s', (_, deny) => {
    expect(asks(deny)?.deny).toBe(deny);
  });

  it('by the deny assignment that says so, whatever stands beside it', () => {
    const deny = denied([write]);
    const found = asks(
      denied([read], network),
      denied(['*'], group, { principalIds: [staff] }),
      deny,
    );
    expect(found).toEqual({ deny, action: write });
  });

  it.each([
    ['one who is named', denied([write], group, { principalIds: [identity] })],
    [
      'all but one, who may be the one',
      denied([write], group, { excludedPrincipalIds: [identity] }),
    ],
    ['what is not asked', denied(['Microsoft.Network/virtualNetworks/write'])],
    [
      'what its own notActions leave',
      { ...denied([write]), permissions: [{ actions: ['*'], notActions: ['*/write', '*/read'] }] },
    ],
    ['somewhere else', denied([write], resourceId(`${group}0`))],
    ['the group and nothing below it', denied([write], group, { appliesToChildScopes: false })],
    [
      'under a condition that nobody reads',
      denied([write], group, { condition: '@Resource[a] == 1' }),
    ],
    ['a management group that is not above', denied(['*'], managementGroup('elsewhere'))],
  ])('not by one that denies %s', (_, deny) => {
    expect(asks(deny)).toBeUndefined();
  });
});
