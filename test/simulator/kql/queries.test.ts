/** Queries and their answers, operator by operator. */
import { describe, expect, it } from 'vitest';

import { diagnosticsOf } from '../../../simulator/kql/query-diagnostics.ts';
import { runQuery } from '../../../simulator/kql/run-query.ts';
import { ask, now, resourcesOnly, rowsOf, sampleTables } from './sample-tables.ts';

type Case = readonly [query: string, rows: readonly Readonly<Record<string, unknown>>[]];

/** The names of the resources for which a condition holds. */
function namesWhere(condition: string): unknown[] {
  return rowsOf(ask(`resources | where ${condition} | project name`)).map(({ name }) => name);
}

/** The value of an expression on the first resource. */
function valueOf(expression: string): unknown {
  return rowsOf(ask(`resources | where name == 'one' | project x = ${expression}`))[0]?.['x'];
}

describe('where', () => {
  it.each([
    ["type == 'microsoft.network/publicipaddresses'", ['ip']],
    ["type == 'Microsoft.Network/publicIPAddresses'", []],
    ["type =~ 'Microsoft.Network/publicIPAddresses'", ['ip']],
    ["name !~ 'TWO'", ['one', 'ip']],
    ["name != 'one'", ['Two', 'ip']],
    ["name in ('one', 'two')", ['one']],
    ["name in~ ('ONE', 'two')", ['one', 'Two']],
    ["name !in ('one', 'two')", ['Two', 'ip']],
    ["name !in~ ('ONE', 'two')", ['ip']],
    ["name in (dynamic(['ip', 'one']))", ['one', 'ip']],
    ['tolong(properties.count) in (3, 4)', ['one']],
    ['properties.count in (3, 7)', ['one', 'Two']],
    ["type has 'network'", ['one', 'Two', 'ip']],
    ["type has 'networksecurity'", []],
    ["type hasprefix 'networksecurity'", ['one', 'Two']],
    ["type !has 'publicipaddresses'", ['one', 'Two']],
    ["tostring(tags['k8s-azure-service']) has 'azureml-FE'", ['one']],
    ["tostring(tags['k8s-azure-service']) has_cs 'azureml-FE'", []],
    ["id contains 'rg-A'", ['one', 'Two']],
    ["id contains_cs 'rg-A'", []],
    ["id startswith '/SUBSCRIPTIONS/s2'", ['ip']],
    ["id !endswith '/two'", ['one', 'ip']],
    ["name has_any ('x', 'IP')", ['ip']],
    ["name matches regex '^[A-Z]'", ['Two']],
    ["name matches regex '(?i)^t'", ['Two']],
    ['isempty(kind)', ['one', 'Two']],
    ["isnotempty(['kind']) and location == 'eastus'", ['ip']],
    ['isnull(properties.count)', ['ip']],
    ['isnotnull(tags)', ['one']],
    ["not(name == 'one' or name == 'ip')", ['Two']],
    ['properties.count > 3', ['Two']],
    ['tolong(properties.count) between (3 .. 6)', ['one']],
    ['properties.enabled == false', ['Two']],
    ['todatetime(properties.created) > ago(1h)', ['one']],
    ['todatetime(properties.created) < datetime(2026-11-21) + 1d', ['Two']],
    ["properties.ipAddress == '20.1.2.3'", ['ip']],
    ['array_length(zones) == 2', ['ip']],
  ])('%s: %j', (condition, names) => {
    expect(namesWhere(condition)).toEqual(names);
  });

  it.each([
    // Two nulls compare to null, a null and a value to false.
    ['tolong(properties.count) == 3', ['one']],
    ['tolong(properties.count) != 3', ['Two', 'ip']],
    ['tolong(properties.count) == long(null)', []],
    ['tolong(properties.count) != long(null)', ['one', 'Two']],
    ['tolong(properties.count) in (3, long(null))', ['one']],
    ['tolong(properties.count) !in (3, long(null))', ['Two', 'ip']],
    ['tolong(properties.count) < 5', ['one']],
    ['not(tolong(properties.count) < 5)', ['Two']],
    ["tolong(properties.count) < 5 or name == 'ip'", ['one', 'ip']],
    ["not(tolong(properties.count) < 5 and name == 'one')", ['Two', 'ip']],
    // A string is never null: what is missing is empty.
    ["properties.ipAddress == ''", ['one', 'Two']],
    ["properties.ipAddress != '20.1.2.3'", ['one', 'Two']],
    ["properties.absent.further[3].still == ''", ['one', 'Two', 'ip']],
    // Members are found in their own case only.
    ['isnotnull(properties.Count)', []],
    ['isnotnull(tags.Env)', []],
  ])('nulls: %s: %j', (condition, names) => {
    expect(namesWhere(condition)).toEqual(names);
  });

  it('reads a dynamic truth beside a string as text, as a recorded answer does', () => {
    const query = `resources
      | extend operation = case(
          tolower(properties.operationCategory) startswith 'backup' and properties.isUserTriggered == 'true', strcat('OnDemand', properties.operationCategory),
          tolower(properties.operationCategory) startswith 'backup' and properties.isUserTriggered == 'false', strcat('Scheduled', properties.operationCategory),
          type =~ 'microsoft.dataprotection/backupVaults/backupJobs', properties.operationCategory,
          'Invalid')
      | project operation`;
    const type = 'microsoft.dataprotection/backupvaults/backupjobs';
    const tables = resourcesOnly([
      { type, properties: { operationCategory: 'Backup', isUserTriggered: false } },
      { type, properties: { operationCategory: 'Restore', isUserTriggered: true } },
      { type: 'other', properties: {} },
    ]);
    expect(rowsOf(runQuery(query, tables, now)).map(({ operation }) => operation)).toEqual([
      'ScheduledBackup',
      'Restore',
      'Invalid',
    ]);
  });
});

describe('a value', () => {
  it.each([
    ["tostring(properties.nested['dotted.name'])", 'x'],
    ["tostring(properties.nested.['dotted.name'])", 'x'],
    ['properties.nested.deep.er', 'y'],
    ['properties.rules[1].name', 'r2'],
    ['properties.rules[-1].priority', 200],
    ["tostring(tags['env'])", 'Prod'],
    ['tostring(properties.nested)', '{"dotted.name":"x","deep":{"er":"y"}}'],
    ['tostring(properties.absent)', ''],
    ['tostring(properties.enabled)', 'true'],
    ["toint('12')", 12],
    ["tolong('x')", null],
    ['toint(properties.ratio)', 2],
    ["tobool('TRUE')", true],
    ["todatetime('2026-11-25T13:00:00+02:00')", '2026-11-25T11:00:00Z'],
    ["todatetime('no date')", null],
    ['tostring(todatetime(properties.created))', '2026-11-25T11:30:00.1234567Z'],
    ['now()', '2026-11-25T12:00:00Z'],
    ['now() - ago(90m)', '01:30:00'],
    ['tostring(ago(1d))', '2026-11-24T12:00:00.0000000Z'],
    ["strcat(name, '-', properties.count, properties.absent)", 'one-3'],
    ["split('a/b//c', '/')", ['a', 'b', '', 'c']],
    ["split('a/b//c', '/')[1]", 'b'],
    ["substring('123456', 2, 2)", '34'],
    ["substring('123456', -2, 2)", '56'],
    ["replace_string('a.b.c', '.', '$&')", 'a$&b$&c'],
    ["trim('-+', '--a-b--')", 'a-b'],
    ["trim_start('/', '//a/')", 'a/'],
    ["extract('Groups/([^/]+)/', 1, id)", 'RG-a'],
    ["extract('nothing', 0, id)", ''],
    ['array_length(properties.rules)', 2],
    ['array_length(properties.nested)', null],
    ['bag_keys(tags)', ['env', 'k8s-azure-service']],
    ['parse_json(tostring(properties.text)).inner[0]', 1],
    ["todynamic('not json')", 'not json'],
    ["pack_array(1, 'a', datetime(2026-01-02))", [1, 'a', '2026-01-02T00:00:00.0000000Z']],
    ["bag_pack('a', 1, 'b', name)", { a: 1, b: 'one' }],
    ["coalesce(tostring(properties.absent), tostring(tags.env), 'x')", 'Prod'],
    ["iff(properties.count > 2, 'many', 'few')", 'many'],
    ['iif(isnull(properties.absent), properties.count, properties.ratio)', 3],
    ["case(name == 'x', 1, name == 'one', 2, 3)", 2],
    ['7 / 2', 3],
    ['7 / 2.0', 3.5],
    ['7 % 4 - 1 * 5', -2],
    ['properties.count + 1', 4],
    ['properties.absent + 1', null],
    ["toupper(strcat_array(split('a b', ' '), '+'))", 'A+B'],
    ['strlen(name) + indexof(name, "e")', 5],
    [`dynamic({"a":[1,null,true],"b":{}})`, { a: [1, null, true], b: {} }],
    [`@'c:\\x'`, 'c:\\x'],
    [`'it\\'s'`, "it's"],
  ])('%s is %j', (expression, expected) => {
    expect(valueOf(expression)).toEqual(expected);
  });
});

describe('an operator', () => {
  const cases: readonly Case[] = [
    ['resources | count', [{ Count: 3 }]],
    ['Resources | take 1 | project name', [{ name: 'one' }]],
    ["where name == 'ip' | project name", [{ name: 'ip' }]],
    ['project name | limit 1', [{ name: 'one' }]],
    [
      'resources | project name, properties.count, tags.env | take 1',
      [{ name: 'one', properties_count: 3, tags_env: 'Prod' }],
    ],
    [
      "resources | project-away i*, properties, s*, t*, zones, location, ['kind'], managedBy, plan, extendedLocation | take 1",
      [{ name: 'one', resourceGroup: 'rg-a' }],
    ],
    [
      'resources | project a = name, b = location | project-rename c = a | take 1',
      [{ c: 'one', b: 'westeurope' }],
    ],
    [
      'resources | project name | extend name = toupper(name), n = strlen(name), tostring(1) | take 1',
      [{ name: 'ONE', n: 3, Column1: '1' }],
    ],
    [
      'resources | project name | order by name asc',
      [{ name: 'Two' }, { name: 'ip' }, { name: 'one' }],
    ],
    [
      'resources | project name | sort by tolower(name)',
      [{ name: 'Two' }, { name: 'one' }, { name: 'ip' }],
    ],
    [
      'resources | extend n = tolong(properties.count) | order by n asc | project n',
      [{ n: null }, { n: 3 }, { n: 7 }],
    ],
    [
      'resources | extend n = tolong(properties.count) | order by n | project n',
      [{ n: 7 }, { n: 3 }, { n: null }],
    ],
    [
      'resources | extend n = tolong(properties.count) | order by n asc nulls last, name | project n',
      [{ n: 3 }, { n: 7 }, { n: null }],
    ],
    [
      'resources | order by location asc, name asc | project name',
      [{ name: 'Two' }, { name: 'ip' }, { name: 'one' }],
    ],
    ['resources | top 2 by name asc | project name', [{ name: 'Two' }, { name: 'ip' }]],
    ['resources | distinct location', [{ location: 'westeurope' }, { location: 'eastus' }]],
    [
      'resources | project location, g = resourceGroup | distinct *',
      [
        { location: 'westeurope', g: 'rg-a' },
        { location: 'eastus', g: 'rg-a' },
        { location: 'eastus', g: 'rg-b' },
      ],
    ],
    [
      "resources | summarize count(), countif(name == 'Two'), dcount(type) by location | order by location asc",
      [
        { location: 'eastus', count_: 2, countif_: 1, dcount_type: 2 },
        { location: 'westeurope', count_: 1, countif_: 0, dcount_type: 1 },
      ],
    ],
    [
      'resources | summarize low = min(tolong(properties.count)), high = max(name), s = sum(tolong(properties.count)), a = avg(tolong(properties.count))',
      [{ low: 3, high: 'one', s: 10, a: 5 }],
    ],
    [
      'resources | summarize make_list(tolong(properties.count)), make_set(location), make_list(name, 1), make_list(todatetime(properties.created))',
      [
        {
          list_properties_count: [3, 7],
          set_location: ['westeurope', 'eastus'],
          list_name: ['one'],
          list_properties_created: ['2026-11-25T11:30:00.1234567Z', '2026-11-20T00:00:00.0000000Z'],
        },
      ],
    ],
    [
      'resources | summarize by location, resourceGroup',
      [
        { location: 'westeurope', resourceGroup: 'rg-a' },
        { location: 'eastus', resourceGroup: 'rg-a' },
        { location: 'eastus', resourceGroup: 'rg-b' },
      ],
    ],
    [
      'resources | summarize take_any(name), n = any(location) by tostring(properties.enabled)',
      [
        { properties_enabled: 'true', name: 'one', n: 'westeurope' },
        { properties_enabled: 'false', name: 'Two', n: 'eastus' },
        { properties_enabled: '', name: 'ip', n: 'eastus' },
      ],
    ],
    [
      'resources | project name, location, n = tolong(properties.count) | summarize arg_max(n, *) by location',
      [
        { location: 'westeurope', n: 3, name: 'one' },
        { location: 'eastus', n: 7, name: 'Two' },
      ],
    ],
    [
      "resources | where name == 'ip' | summarize arg_min(tolong(properties.count), name), count() by type | project name, count_",
      [{ name: 'ip', count_: 1 }],
    ],
    [
      "resources | where name == 'x' | summarize count(), max(name), make_set(name)",
      [{ count_: 0, max_name: '', set_name: [] }],
    ],
    ["resources | where name == 'x' | summarize count() by name", []],
    [
      'resources | mv-expand rule = properties.rules | project name, r = tostring(rule.name)',
      [
        { name: 'one', r: 'r1' },
        { name: 'one', r: 'r2' },
        { name: 'ip', r: '' },
      ],
    ],
    [
      'resources | mv-expand with_itemindex=i zones to typeof(string) | where isnotempty(zones) | project i, zones',
      [
        { i: 0, zones: '1' },
        { i: 1, zones: '3' },
      ],
    ],
    [
      'resources | project name, properties | mv-expand properties.rules limit 1 | project properties_rules',
      [{ properties_rules: { name: 'r1', priority: 100 } }, { properties_rules: null }],
    ],
    [
      "resources | where name == 'one' | mv-expand t = tags, r = pack_array(1) | project t, r",
      [
        { t: { env: 'Prod' }, r: 1 },
        { t: { 'k8s-azure-service': 'azureml/azureml-fe' }, r: null },
      ],
    ],
    [
      "resources | where name == 'one' | mv-expand kind=array tags | project key = tostring(tags[0])",
      [{ key: 'env' }, { key: 'k8s-azure-service' }],
    ],
    [
      'resources | project name, subscriptionId | join kind=inner (resourcecontainers | project sub = name, subscriptionId) on subscriptionId',
      [
        { name: 'one', subscriptionId: 's1', sub: 'First', subscriptionId1: 's1' },
        { name: 'Two', subscriptionId: 's1', sub: 'First', subscriptionId1: 's1' },
      ],
    ],
    [
      'resources | project name, subscriptionId | join (resourcecontainers | project sub = name, subscriptionId) on subscriptionId | project name, sub',
      [{ name: 'one', sub: 'First' }],
    ],
    [
      'resources | project name, subscriptionId | join kind=leftouter (resourcecontainers | project sub = name, s = subscriptionId) on $left.subscriptionId == $right.s | project name, sub',
      [
        { name: 'one', sub: 'First' },
        { name: 'Two', sub: 'First' },
        { name: 'ip', sub: '' },
      ],
    ],
    [
      'resources | project name, subscriptionId | join kind=fullouter (resourcecontainers | project sub = name, s = subscriptionId) on $left.subscriptionId == $right.s | project name, sub',
      [
        { name: 'one', sub: 'First' },
        { name: 'Two', sub: 'First' },
        { name: 'ip', sub: '' },
        { name: '', sub: 'Third' },
      ],
    ],
    [
      "resources | where name == 'ip' | project name, kind | union (resourcecontainers | project name, properties, n = 1)",
      [
        { name: 'ip', kind: 'standard', properties: null, n: null },
        { name: 'First', kind: '', properties: null, n: 1 },
        { name: 'Third', kind: '', properties: null, n: 1 },
      ],
    ],
    [
      "resources | where name == 'ip' | project name, x = 'a' | union (resourcecontainers | where name == 'First' | project name, x = 1)",
      [
        { name: 'ip', x_string: 'a', x_long: null },
        { name: 'First', x_string: '', x_long: 1 },
      ],
    ],
  ];

  it.each(cases)('%s', (query, rows) => {
    expect(rowsOf(ask(query))).toEqual(rows);
  });

  it('cuts an expansion at 128 without a word, and at the limit that the query names', () => {
    const rules = Array.from({ length: 1000 }, (_, index) => index);
    const tables = resourcesOnly([{ properties: { rules } }, { properties: { rules: [1] } }]);
    const count = (query: string): unknown => rowsOf(runQuery(query, tables, now))[0]?.['Count'];
    expect(count('resources | mv-expand properties.rules | count')).toBe(129);
    expect(count('resources | mv-expand properties.rules limit 400 | count')).toBe(401);
  });
});

it('names columns and their types as Resource Graph does, nulls and empty strings included', () => {
  const answer = ask(
    "resources | where name == 'ip' | project name, managedBy, sku, n = 1, r = 1.5, b = true, t = now()",
  );
  expect(answer).toEqual({
    kind: 'answer',
    columns: [
      { name: 'name', type: 'string' },
      { name: 'managedBy', type: 'string' },
      { name: 'sku', type: 'object' },
      { name: 'n', type: 'integer' },
      { name: 'r', type: 'number' },
      { name: 'b', type: 'boolean' },
      { name: 't', type: 'datetime' },
    ],
    rows: [
      { name: 'ip', managedBy: '', sku: null, n: 1, r: 1.5, b: true, t: '2026-11-25T12:00:00Z' },
    ],
  });
});

it('answers every column of the schema where nothing is projected', () => {
  const answer = ask('resources | take 1');
  expect(answer.kind === 'answer' && answer.columns.map(({ name }) => name)).toEqual([
    'id',
    'name',
    'type',
    'tenantId',
    'kind',
    'location',
    'resourceGroup',
    'subscriptionId',
    'managedBy',
    'sku',
    'plan',
    'properties',
    'tags',
    'identity',
    'zones',
    'extendedLocation',
  ]);
});

describe('a query of an auditor', () => {
  it.each([
    `resources
| where type == 'microsoft.containerservice/managedclusters'
| project id, name, location, resourceGroup, subscriptionId, tags, sku, identity,
    nodeResourceGroup = tostring(properties.nodeResourceGroup),
    spClientId = tostring(properties.servicePrincipalProfile.clientId),
    networkProfile = properties.networkProfile, apiServerAccessProfile = properties.apiServerAccessProfile,
    fqdn = tostring(properties.fqdn), privateFQDN = tostring(properties.privateFQDN),
    identityProfile = properties.identityProfile, agentPools = properties.agentPoolProfiles
| order by id asc`,
    `resources
| where type == 'microsoft.network/networksecuritygroups'
| project id, name, location, resourceGroup, subscriptionId,
    securityRules = properties.securityRules, defaultSecurityRules = properties.defaultSecurityRules,
    subnets = properties.subnets, networkInterfaces = properties.networkInterfaces
| order by id asc`,
    `resources
| where type == 'microsoft.network/publicipaddresses'
| extend svc = tostring(tags['k8s-azure-service']), legacySvc = tostring(tags['service'])
| where svc has 'azureml-fe' or legacySvc has 'azureml-fe'
| project id, resourceGroup, subscriptionId, ip = tostring(properties.ipAddress), svc, legacySvc,
    cluster = tostring(tags['k8s-azure-cluster-name']), ipConfigId = tolower(tostring(properties.ipConfiguration.id))
| order by id asc`,
    `kubernetesconfigurationresources
| where type == 'microsoft.kubernetesconfiguration/extensions'
| where tostring(properties.ExtensionType) =~ 'microsoft.azureml.kubernetes' or tostring(properties.extensionType) =~ 'microsoft.azureml.kubernetes'
| project id, properties
| order by id asc`,
    `authorizationresources
| where type == 'microsoft.authorization/roleassignments'
| project id, principalId = tostring(properties.principalId), principalType = tostring(properties.principalType),
    roleDefinitionId = tolower(tostring(properties.roleDefinitionId)), scope = tolower(tostring(properties.scope)), condition = tostring(properties.condition)
| order by id asc`,
    `resourcechanges
| extend t = todatetime(properties.changeAttributes.timestamp), target = tolower(tostring(properties.targetResourceId)), changeType = tostring(properties.changeType)
| where t > ago(1h) and tostring(properties.targetResourceType) =~ 'microsoft.network/networksecuritygroups'
| project id, t, target, changeType, by = tostring(properties.changeAttributes.changedBy), op = tostring(properties.changeAttributes.operation), changes = properties.changes
| order by t desc`,
    // From recorded requests of the Azure CLI.
    `Resources | where type =~ 'Microsoft.HybridCompute/machines' | where isempty(kind) or kind =~ 'SCVMM'
| extend p=parse_json(properties) | extend u = tolower(tostring(p['vmUuid'])) | where isnotempty(u)
| extend vmUuidRev = strcat( substring(u, 6, 2), substring(u, 4, 2), substring(u, 2, 2), substring(u, 0, 2), '-', substring(u, 19))
| extend vmUuid=pack_array(u, vmUuidRev) | mv-expand vmUuid | extend vmUuid=tostring(vmUuid)
| project machineId=id, name, resourceGroup, vmUuid, kind
| join kind=inner ( ExtensibilityResources | where kind =~ 'VirtualMachine' | extend p=parse_json(properties)
  | extend biosId = tolower(tostring(p['biosGuid'])) | project inventoryId=id, biosId ) on $left.vmUuid == $right.biosId
| project-away vmUuid`,
    `resources
    | where type == 'microsoft.machinelearningservices/virtualclusters'
    | order by tolower(name) asc
    | project id, subscriptionId, resourceGroup, name, location, tags, type`,
    `RecoveryServicesResources | where type =~ 'microsoft.dataprotection/backupvaults/backupinstances'
| extend vaultName = split(split(id, '/Microsoft.DataProtection/backupVaults/')[1],'/')[0]
| extend datasourceId = properties.dataSourceInfo.resourceID
| where properties.dataSourceInfo.datasourceType in~ ('Microsoft.Compute/disks') | where datasourceId in~ ('/x')
| where vaultName in~ ('v')`,
    `Resources |where type =~'Microsoft.devcenter/projects'
    | extend devCenterArr = split(properties.devCenterId, '/')
    | extend devCenterName = devCenterArr[array_length(devCenterArr) -1]
    | where devCenterName =~ 'amlim-dev-center-euap'
    | take 1 | extend devCenterUri = properties.devCenterUri | project name,devCenterUri`,
  ])('is sound and runs: %s', (query) => {
    expect(diagnosticsOf(query)).toEqual([]);
    expect(runQuery(query, sampleTables, now).kind).toBe('answer');
  });

  it('is answered as recorded', () => {
    const tables = resourcesOnly([
      {
        name: 'amlim-project',
        type: 'microsoft.devcenter/projects',
        properties: {
          devCenterId: '/x/devcenters/Amlim-dev-center-euap',
          devCenterUri: 'https://dev/',
        },
      },
      { name: 'other', type: 'microsoft.devcenter/projects', properties: { devCenterId: '/x/y' } },
    ]);
    const query = `Resources |where type =~'Microsoft.devcenter/projects'
    | extend devCenterArr = split(properties.devCenterId, '/')
    | extend devCenterName = devCenterArr[array_length(devCenterArr) -1]
    | where devCenterName =~ 'amlim-dev-center-euap'
    | take 1
    | extend devCenterUri = properties.devCenterUri
    | project name,devCenterUri`;
    expect(rowsOf(runQuery(query, tables, now))).toEqual([
      { name: 'amlim-project', devCenterUri: 'https://dev/' },
    ]);
  });
});
