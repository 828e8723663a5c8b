/** Requests of plans that somebody may have edited: what goes to Azure, and what never does. */
import { describe, expect, it } from 'vitest';
import { acceptedKind } from '../../../shared/adapters/azure/accepted-write.ts';
import type { ArmWrite } from '../../../shared/remediation/arm-write.ts';

const group = '/subscriptions/11111111-0000-4000-8000-000000000001/resourcegroups/rg-Büro_(test).1';
const nsg = `${group}/providers/microsoft.network/networksecuritygroups/nsg-a`;
const rule = `${nsg}/securityRules/portcullis-scoring-inbound-allowed-1a2b3c4d`;
const ruleUrl = `${rule}?api-version=2024-05-01`;
const assigned = `providers/microsoft.authorization/roleassignments/12345678-9abc-8def-a012-3456789abcde`;
const version = 'api-version=2022-04-01';

function put(url: string, more: Partial<ArmWrite> = {}): ArmWrite {
  return { method: 'PUT', url, body: { properties: {} }, ifMatch: null, ...more };
}

describe('a request is taken', () => {
  it.each([
    ['securityRule', ruleUrl],
    ['securityRule', ruleUrl.toUpperCase().replace('?API-VERSION', '?api-version')],
    ['roleAssignment', `${group}/${assigned}?${version}`],
    [
      'roleAssignment',
      `${group}/providers/microsoft.network/virtualnetworks/v/${assigned}?${version}`,
    ],
  ])('to write a %s at %s', (kind, url) => {
    expect(acceptedKind(put(url))).toBe(kind);
    expect(acceptedKind({ method: 'DELETE', url, ifMatch: 'W/"1"' })).toBe(kind);
  });
});

describe('a request is not taken', () => {
  it.each([
    ['a whole security group', `${nsg}?api-version=2024-05-01`],
    ['the list of its rules', `${nsg}/securityRules?api-version=2024-05-01`],
    ["somebody else's rule", `${nsg}/securityRules/allow-callers?api-version=2024-05-01`],
    ['a rule of AKS', `${nsg}/securityRules/k8s-azure-lb_allow?api-version=2024-05-01`],
    ['a default rule', ruleUrl.replace('securityRules', 'defaultSecurityRules')],
    ['another resource', ruleUrl.replace('networksecuritygroups', 'routetables')],
    ['another provider', ruleUrl.replace('microsoft.network', 'microsoft.compute')],
    ['another host', `https://elsewhere.example${ruleUrl}`],
    ['a host without a scheme', `//elsewhere.example${ruleUrl}`],
    ['a host behind an @', `@elsewhere.example${ruleUrl}`],
    ['a port', `:8443${ruleUrl}`],
    ['no slash', ruleUrl.slice(1)],
    ['a way up', ruleUrl.replace('/nsg-a/', '/nsg-a/../nsg-b/')],
    ['a part that is dots', ruleUrl.replace('nsg-a', '..')],
    ['an escaped slash', ruleUrl.replace('nsg-a', 'nsg-a%2fsecurityRules%2fx')],
    ['an escaped dot', ruleUrl.replace('nsg-a', '%2e%2e')],
    ['a backslash', ruleUrl.replace('nsg-a', String.raw`nsg-a\..\nsg-b`)],
    ['a doubled slash', ruleUrl.replace('/securityRules', '//securityRules')],
    ['a line break', `${ruleUrl}\n`],
    ['a space', ruleUrl.replace('nsg-a', 'nsg a')],
    ['a tab, which URLs drop', ruleUrl.replace('nsg-a', '.\t.')],
    ['a fragment', `${ruleUrl}#`],
    ['no API version', rule],
    ['another API version', `${rule}?api-version=2019-01-01`],
    ['an API version and more', `${ruleUrl}&force=true`],
    ['the API version twice', `${ruleUrl}&api-version=2024-05-01`],
    ['more before the API version', `${rule}?x=1&api-version=2024-05-01`],
    ['the version of the other kind', `${rule}?${version}`],
    ['no GUID of a subscription', ruleUrl.replace('11111111-0000', 'one')],
    [
      'a role for a subscription',
      `${group.split('/').slice(0, 3).join('/')}/${assigned}?${version}`,
    ],
    [
      'a role for a management group',
      `/providers/microsoft.management/managementgroups/m/${assigned}?${version}`,
    ],
    ['a role for everything', `/${assigned}?${version}`],
    ['a role definition', `${group}/${assigned.replace('assignments', 'definitions')}?${version}`],
    ['a lock', `${group}/${assigned.replace('roleassignments', 'locks')}?${version}`],
    [
      'an assignment of another making',
      `${group}/${assigned.replace('-8def-', '-4def-')}?${version}`,
    ],
    ['an assignment without a GUID', `${group}/${assigned.slice(0, -1)}?${version}`],
  ])('for %s', (_, url) => {
    expect(() => acceptedKind(put(url))).toThrow(/is not written: only .* make a new plan/s);
  });

  it.each<[string, ArmWrite, RegExp]>([
    ['a PUT without a body', { method: 'PUT', url: ruleUrl, ifMatch: null }, /has no body/],
    [
      'a PUT that says more than properties',
      put(ruleUrl, { body: { properties: {}, location: 'x' } }),
      /properties alone/,
    ],
    ['a DELETE with a body', put(ruleUrl, { method: 'DELETE' }), /takes none/],
    ['an ETag with a header in it', put(ruleUrl, { ifMatch: '"1"\r\nx: y' }), /no ETag/],
  ])('%s', (_, request, why) => {
    expect(() => acceptedKind(request)).toThrow(why);
  });
});
