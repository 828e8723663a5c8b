/** The checker of Bicep says what a compiler would. */
import { posix } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { publishedTypes, typesArePresent } from './azure-types.ts';
import { bicepParser } from './bicep-syntax.ts';
import type { BicepFile } from './bicep-syntax.ts';
import { problemsOf } from './check-bicep.ts';

const storage = `
@description('Where.')
param location string
resource account 'Microsoft.Storage/storageAccounts@2026-04-01' = {
  name: 'portcullis'
  location: location
  kind: 'StorageV2'
  sku: { name: 'Standard_LRS' }
  properties: {
    allowSharedKeyAccess: false
    minimumTlsVersion: 'TLS1_2'
  }
}
output id string = account.id
`;

/** Changed once, so that each case says what it changes. */
function changed(from: string, to: string): string {
  expect(storage.split(from)).toHaveLength(2);
  return storage.replace(from, to);
}

let parse: (path: string, text: string) => BicepFile;
beforeAll(async () => {
  parse = await bicepParser();
});

function problems(main: string, others: Readonly<Record<string, string>> = {}): string[] {
  const files: Readonly<Record<string, string>> = { 'main.bicep': main, ...others };
  const text = (path: string) => {
    const found = files[posix.normalize(path)];
    if (found === undefined) throw new Error('is not there');
    return found;
  };
  const resourceType = publishedTypes();
  const world = { file: (path: string) => parse(path, text(path)), text, resourceType };
  return problemsOf('main.bicep', world);
}

describe.skipIf(!typesArePresent)('Bicep (skipped where PORTCULLIS_TYPES has no types)', () => {
  test('has nothing to say of what is right', () => {
    expect(problems(storage)).toEqual([]);
  });

  test.each([
    [
      'a misspelt property',
      'allowSharedKeyAccess',
      'allowSharedKeyAcces',
      /:10: .* mean allowSharedKeyAccess\?/,
    ],
    ['a wrong word', "'TLS1_2'", "'TLS1_4'", /:11: "TLS1_4" is not one of "TLS1_0"/],
    [
      'a wrong word in an open list',
      "'Standard_LRS'",
      "'Standard_LSR'",
      /:8: "Standard_LSR" is not one of/,
    ],
    ['a missing required field', "  kind: 'StorageV2'\n", '', /kind is missing/],
    ['a missing name', "  name: 'portcullis'\n", '', /has no name/],
    ['a name that Azure refuses', "'portcullis'", "'p'", /"p" must have 3 to 24 characters/],
    ['a type of value', 'Access: false', "Access: 'no'", /is "no", must be boolean/],
    [
      'an object in place of a text',
      'location: location',
      'location: { of: location }',
      /is an object, must be string/,
    ],
    ['a read-only property', '  kind:', "  id: 'x'\n  kind:", /id is read-only/],
    ['a property set twice', '  kind:', "  location: 'x'\n  kind:", /location is set twice/],
    ['an unknown type', 'storageAccounts@', 'storageAcounts@', /Azure publishes no type/],
    ['an unknown version', '@2026-04-01', '@2026-04-02', /Azure publishes no type/],
    [
      'a name that is not declared',
      'location: location',
      'location: place',
      /place is not declared/,
    ],
    [
      'a parameter that is not used',
      'location: location',
      "location: 'x'",
      /location is never used/,
    ],
    ['an output of nothing', 'account.id', 'account.idd', /has no idd; did you mean id\?/],
    [
      'a property of nothing',
      'account.id',
      'account.properties.primaryEndpoints.blub',
      /has no blub/,
    ],
    ['a function of nothing', 'account.id', 'toLowr(account.id)', /no function toLowr/],
    ['a decorator of nothing', '@description', '@desciption', /no @desciption/],
    [
      'a parameter without a description',
      "@description('Where.')\n",
      '',
      /location has no @description/,
    ],
    [
      'a loop that hides a name',
      'output id string = account.id',
      'output id array = [for location in [1]: account.id]',
      /location hides what is declared/,
    ],
    [
      'the wrong scope',
      "@description('W",
      "targetScope = 'subscription'\n@description('W",
      /not deployed to a subscription/,
    ],
  ])('finds %s', (_, from, to, says) => {
    expect(problems(changed(from, to)).join('\n')).toMatch(says);
  });

  test.each([
    [
      'no comma',
      "sku: { name: 'Standard_LRS' }",
      "sku: { name: 'a' tier: 'b' }",
      /comma is missing/,
    ],
    ['no brace', 'properties: {', 'properties:', /not understood/],
    ['what it does not know', 'account.id', 'account!.id', /not understood/],
  ])('refuses a file with %s', (_, from, to, says) => {
    expect(() => problems(changed(from, to))).toThrow(says);
  });

  test('finds a name that is known only later, through variables too', () => {
    const late = `
resource who 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'who'
  location: resourceGroup().location
}
var principal = who.properties.principalId
resource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(principal)
  properties: { principalId: principal, roleDefinitionId: 'x' }
}`;
    expect(problems(late)).toEqual([
      'main.bicep:6: the name must be known before anything is deployed',
    ]);
    expect(problems(late.replace('guid(principal)', 'guid(who.id)'))).toEqual([]);
  });

  test('follows a choice to both ends, and a member to the last of them', () => {
    const choice = (otherwise: string) =>
      changed("'TLS1_2'", `location == 'x' ? 'TLS1_2' : ${otherwise}`);
    expect(problems(choice("'TLS1_3'"))).toEqual([]);
    expect(problems(choice("'TLS2'"))).toEqual([expect.stringContaining('"TLS2" is not one of')]);
    expect(problems(choice('resourceGroup().location'))).toEqual([]);
  });

  test('finds what does not fit between a file and its modules', () => {
    const module = (params: string, more = '') => `
targetScope = 'subscription'
resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: 'rg'
  location: 'westeurope'
}
module store 'store.bicep' = {
  ${more}
  params: { ${params} }
}
output id string = store.outputs.id
`;
    const others = { 'store.bicep': storage };
    expect(problems(module('location: group.location', 'scope: group'), others)).toEqual([]);
    const scoped = (params: string) => problems(module(params, 'scope: group'), others);
    expect(scoped('')).toEqual([expect.stringContaining('location is missing')]);
    expect(scoped("location: 'x', place: 'x'")).toEqual([expect.stringContaining('has no place')]);
    expect(scoped('location: 1')).toEqual([expect.stringContaining('must be string')]);
    expect(problems(module("location: 'x'"), others)).toEqual([
      expect.stringContaining('is for a resourceGroup, and is deployed to a subscription'),
    ]);
    expect(
      problems(
        module("location: 'x'", 'scope: group').replace('outputs.id', 'outputs.name'),
        others,
      ),
    ).toEqual([expect.stringContaining('has no name')]);
  });
});
