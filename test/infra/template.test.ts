/** The templates that are deployed: that they are right as far as Azure's types tell, and that they agree with the code. */
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { readActions } from '../../shared/inventory/read-actions.ts';
import { environmentVariables, parseEnvironment } from '../../shared/settings/environment.ts';
import { watchedEvents } from '../../shared/pipeline/watched-operations.ts';
import { publishedTypes, typesArePresent } from './azure-types.ts';
import { bicepParser } from './bicep-syntax.ts';
import type { BicepFile, Declaration, Expression } from './bicep-syntax.ts';
import { plainText, problemsOf, propertyOf } from './check-bicep.ts';

const root = join(import.meta.dirname, '../..');
const paths = readdirSync(join(root, 'infra'), { recursive: true, encoding: 'utf8' })
  .map((path) => posix.join('infra', path.replaceAll('\\', '/')))
  .filter((path) => path.endsWith('.bicep'))
  .toSorted();

const hookNames = readdirSync(join(root, 'infra/hooks')).toSorted();

function textOf(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

let parse: (path: string, text: string) => BicepFile;
const files = new Map<string, BicepFile>();
beforeAll(async () => {
  parse = await bicepParser();
  for (const path of paths) files.set(path, parse(path, textOf(path)));
});

type Resource = Declaration & { readonly kind: 'resource' };

/** Those of one file, or of all. */
function resources(path?: string): Resource[] {
  const read = path === undefined ? [...files.values()] : [files.get(path) ?? never()];
  return read.flatMap(({ declarations }) =>
    declarations.filter((each) => each.kind === 'resource'),
  );
}

/** The object of a resource, without its loop and its condition. */
function bodyOf(value: Expression): Expression & { readonly kind: 'object' } {
  if (value.kind === 'object') return value;
  if (value.kind === 'for' || value.kind === 'if') return bodyOf(value.body);
  throw new TypeError(`${value.at} is no object`);
}

function at(value: Expression | undefined, ...path: readonly string[]): Expression | undefined {
  const [first, ...rest] = path;
  if (first === undefined || value?.kind !== 'object') return value;
  return at(propertyOf(value, first), ...rest);
}

function resource(type: string, name?: string): Resource {
  const found = resources().find(
    (each) =>
      each.type.toLowerCase().startsWith(`${type.toLowerCase()}@`) &&
      !each.existing &&
      (name === undefined ||
        plainText(propertyOf(bodyOf(each.value), 'name') ?? each.value) === name),
  );
  if (found === undefined) throw new Error(`there is no ${type} ${name ?? ''}`);
  return found;
}

describe.skipIf(!typesArePresent)('types (skipped where PORTCULLIS_TYPES has none)', () => {
  /** What Azure publishes no usable type of; written from its reference pages, and checked by nobody here. */
  const unpublished = [
    'Microsoft.Insights/diagnosticSettings@2021-05-01-preview',
    'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01',
  ];

  test.each(['infra/main.bicep', 'infra/management-group.bicep'])('%s fits', (path) => {
    const resourceType = publishedTypes();
    const world = { file: (each: string) => parse(each, textOf(each)), text: textOf, resourceType };
    const known = unpublished.map((type) => `Azure publishes no type ${type}`);
    const problems = problemsOf(path, world);
    expect(problems.filter((each) => !known.some((end) => each.endsWith(end)))).toEqual([]);
  });

  test('every other type is published', () => {
    const missing = resources().filter(({ type }) => publishedTypes()(type) === undefined);
    expect([...new Set(missing.map(({ type }) => type))].toSorted()).toEqual(unpublished);
  });
});

test('every module that is named is there, and every one is used', () => {
  const used = [...files].flatMap(([path, { declarations }]) =>
    declarations.flatMap((each) =>
      each.kind === 'module' ? [posix.join(posix.dirname(path), each.path)] : [],
    ),
  );
  const modules = paths.filter((path) => path.includes('/modules/'));
  expect(used.filter((path) => !paths.includes(path))).toEqual([]);
  expect(modules.filter((path) => !used.includes(path))).toEqual([]);
});

describe('app settings', () => {
  /** Read by the host, or by what is not in this version yet. */
  const ofOthers = [
    'APPLICATIONINSIGHTS_AUTHENTICATION_STRING',
    'AzureWebJobsStorage__credential',
    'PORTCULLIS_REMEDIATOR_CLIENT_ID',
  ];
  /** Other ways to the storage account, with a key or in a single cloud; for laptops; set by Azure itself. */
  const notForTemplates = [
    'AzureWebJobsStorage',
    'AzureWebJobsStorage__accountName',
    'PORTCULLIS_REMEDIATOR_CLIENT_SECRET',
    'AZURE_TENANT_ID',
    'WEBSITE_AUTH_ENABLED',
    'WEBSITE_HOSTNAME',
  ];

  test('are those that the code reads, no more and no fewer', () => {
    const body = bodyOf(resource('Microsoft.Web/sites/config', 'appsettings').value);
    const properties = at(body, 'properties');
    const set =
      properties?.kind === 'object' ? properties.properties.map(({ name = '' }) => name) : [];
    const read = environmentVariables.map(({ name }) => name);
    const ours = set.filter((name) => !ofOthers.includes(name) || read.includes(name));
    expect(ours.toSorted()).toEqual(
      read.filter((name) => !notForTemplates.includes(name)).toSorted(),
    );
    expect(set.filter((name) => notForTemplates.includes(name))).toEqual([]);
    expect(set.filter((name) => ofOthers.includes(name)).toSorted()).toEqual(ofOthers);
  });

  test('may be what the code takes', () => {
    const main = files.get('infra/main.bicep');
    const allowed = (parameter: string) => {
      const found = main?.declarations.find(
        ({ kind, name }) => kind === 'parameter' && name === parameter,
      );
      const [words] = found?.decorators.find(({ name }) => name === 'allowed')?.given ?? [];
      return words?.kind === 'array' ? words.items.map(plainText) : [];
    };
    const examples = (name: string) =>
      environmentVariables.find((each) => each.name === name)?.examples;
    expect(allowed('maxMode')).toEqual(examples('PORTCULLIS_MAX_MODE'));
    expect(allowed('cloud')).toEqual(examples('PORTCULLIS_CLOUD'));
  });
});

test('the app settings of a first deployment are what the code takes', () => {
  const defaults = new Map(
    (files.get('infra/main.bicep') ?? never()).declarations.flatMap((each) =>
      each.kind === 'parameter' && each.fallback !== undefined
        ? [[each.name, plainText(each.fallback)]]
        : [],
    ),
  );
  const settings = at(
    bodyOf(resource('Microsoft.Web/sites/config', 'appsettings').value),
    'properties',
  );
  const given = (settings?.kind === 'object' ? settings.properties : []).map(
    ({ name = '', value }) => {
      const example = environmentVariables.find((each) => each.name === name)?.examples[0];
      const fallback = value.kind === 'name' ? defaults.get(value.name) : undefined;
      return [name, plainText(value) ?? fallback ?? example];
    },
  );
  const environment = parseEnvironment(Object.fromEntries(given));
  expect(environment).toMatchObject({
    storage: { kind: 'identity', queueEndpoint: 'https://mystorage.queue.core.windows.net' },
    cloud: 'public',
    maxMode: 'alert',
    scanSchedule: '0 0 2 * * *',
    checkDelayMs: 30_000,
  });
  // Nobody has put any there yet, and a scan that cannot read them fails.
  expect(environment.settings).toBeUndefined();
});

test('the app is the remediator only where it may write', () => {
  const app = textOf('infra/modules/app.bicep');
  expect(app).toContain("PORTCULLIS_REMEDIATOR_CLIENT_ID: mayWrite ? remediatorClientId : ''\n");
  expect(app).toContain(
    "union({ '${readerId}': {} }, mayWrite ? { '${remediatorId}': {} } : {})\n",
  );
  const main = textOf('infra/main.bicep');
  expect(main).toContain("param mayWrite bool = (maxMode == 'remediate')\n");
  expect(main).toContain('mayRemediate: mayWrite\n');
});

describe('permissions', () => {
  const actionsOf = (role: string): readonly string[] => {
    const { Actions }: { Actions: readonly string[] } = JSON.parse(
      textOf(`infra/roles/${role}.json`),
    );
    return Actions;
  };

  test('have no wildcard but the one that reading admin rules needs', () => {
    const roles = ['reader', 'security-rules', 'role-assignments'];
    const wild = roles.flatMap(actionsOf).filter((action) => action.includes('*'));
    expect(wild).toEqual(['Microsoft.Network/*/read']);
  });

  test('let the reader read only, and hand out no keys', () => {
    const reader = actionsOf('reader');
    expect(reader.filter((action) => !action.endsWith('/read'))).toEqual([]);
    const needed = Object.values(readActions).flatMap((action) => action ?? []);
    const lacking = needed.filter(
      (action) => !action.startsWith('Microsoft.Network/') && !reader.includes(action),
    );
    expect(lacking).toEqual([]);
  });

  test('let the remediator write one rule or one assignment, and nothing larger', () => {
    const rule =
      /^Microsoft\.Network\/networkSecurityGroups\/(read|securityRules\/(read|write|delete))$/;
    expect(actionsOf('security-rules').filter((action) => !rule.test(action))).toEqual([]);
    const assignment = /^Microsoft\.Authorization\/roleAssignments\/(read|write|delete)$/;
    expect(actionsOf('role-assignments').filter((action) => !assignment.test(action))).toEqual([]);
  });

  test.each(['infra/modules/permissions.bicep', 'infra/management-group.bicep'])(
    'are in the roles of %s, and nothing else is',
    (path) => {
      const given = resources(path)
        .filter(({ type }) => /roleDefinitions@/.test(type))
        .map(({ value }) => {
          const permissions = at(bodyOf(value), 'properties', 'permissions');
          const [only] = permissions?.kind === 'array' ? permissions.items : [];
          const from = at(only, 'actions');
          return from?.kind === 'name' ? from.name : 'nothing';
        });
      expect(given).toEqual(['readerActions', 'ruleActions', 'assignmentActions']);
      const folder = path.includes('/modules/') ? '../' : '';
      for (const [name, file] of [
        ['readerActions', 'reader'],
        ['ruleActions', 'security-rules'],
        ['assignmentActions', 'role-assignments'],
      ]) {
        const loaded = `var ${name} = loadJsonContent('${folder}roles/${file}.json').Actions\n`;
        expect(textOf(path)).toContain(loaded);
      }
    },
  );

  test('are assigned under names that follow from what they give, to whom and where', () => {
    const assignments = resources().filter(({ type }) => /roleAssignments@/.test(type));
    expect(assignments.length).toBeGreaterThan(5);
    for (const { value } of assignments) {
      const body = bodyOf(value);
      expect(propertyOf(body, 'name')).toMatchObject({ kind: 'call', name: 'guid' });
      const name = propertyOf(body, 'name');
      expect(name?.kind === 'call' ? name.given.length : 0).toBe(3);
      expect(plainText(at(body, 'properties', 'principalType') ?? body)).toBe('ServicePrincipal');
    }
  });

  test('let the remediator give and take one role, and never to itself', () => {
    const conditions = resources()
      .filter(({ type }) => /roleAssignments@/.test(type))
      .map(({ value }) => at(bodyOf(value), 'properties', 'condition'))
      .filter((condition) => condition !== undefined);
    const both = ['(', { name: 'delegation' }, ') AND (', { name: 'notToItself' }, ')'];
    expect(conditions).toMatchObject([{ parts: both }, { parts: both }]);
    const text = textOf('infra/roles/role-assignments.condition.txt');
    expect(new Set(text.match(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g))).toEqual(
      new Set(['4d97b98b-1d4f-4787-a291-c67834d212e7']),
    );
    const itself = textOf('infra/not-to-itself.condition.txt');
    expect(itself).toMatch(/PrincipalId\] ForAnyOfAllValues:GuidNotEquals \{<remediator>\}/);
    expect(itself.split('(')).toHaveLength(itself.split(')').length);
  });

  test.each(['infra/modules/permissions.bicep', 'infra/management-group.bicep'])(
    'to write are given by %s only where remediation is on',
    (path) => {
      const granted = resources(path).filter(({ name }) => !name.startsWith('read'));
      expect(granted).toHaveLength(4);
      for (const { value } of granted) {
        const condition = { kind: 'name', name: 'mayRemediate' };
        expect(value).toMatchObject({ kind: 'if', condition });
      }
    },
  );
});

describe('events', () => {
  test('are those that the code watches', () => {
    expect(JSON.parse(textOf('infra/event-filter.json'))).toEqual(watchedEvents);
    const values = watchedEvents.advancedFilters.flatMap((filter) => filter.values);
    expect(values.length).toBeLessThanOrEqual(25);
  });

  test('go to the function that takes them, once it is there', () => {
    const main = textOf('infra/main.bicep');
    expect(main).toMatch(/: if \(connectEvents\) \{\s+name: 'events-/);
    expect(main).toMatch(/param connectEvents bool = false/);
    expect(main).toContain("/functions/resource-changed'");
    expect(readFileSync(join(root, 'functions/resource-changed.ts'), 'utf8')).toContain(
      "app.eventGrid('resource-changed'",
    );
  });
});

test('parameters for azd are parameters of the template', () => {
  const given: { parameters: Record<string, unknown> } = JSON.parse(
    textOf('infra/main.parameters.json'),
  );
  const parameters = (files.get('infra/main.bicep')?.declarations ?? []).filter(
    ({ kind }) => kind === 'parameter',
  );
  const names = parameters.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(Object.keys(given.parameters)));
  const required = parameters.filter(
    (each) => each.kind === 'parameter' && each.fallback === undefined,
  );
  expect(Object.keys(given.parameters)).toEqual(
    expect.arrayContaining(required.map(({ name }) => name)),
  );
});

test('azd runs hooks that are there, and takes what npm run package writes', () => {
  const project = textOf('azure.yaml');
  const lines = [...project.matchAll(/run: (.*)/g)].map(([, line = '']) => line);
  const hooks = lines.flatMap((line) => line.match(/infra\/\S+/g) ?? []);
  expect(hooks.toSorted()).toEqual(hookNames.map((name) => `infra/hooks/${name}`));
  for (const hook of hooks) expect(statSync(join(root, hook)).mode & 0o111).not.toBe(0);
  expect(project).toContain('dist: dist/package\n');
  expect(textOf('scripts/package.ts')).toContain("join(dist, 'package', path)");
});

test('the hooks use what the template puts out', () => {
  const main = files.get('infra/main.bicep')?.declarations ?? [];
  const outputs = main.filter(({ kind }) => kind === 'output').map(({ name }) => name);
  const set = /azd env set (\w+)/g;
  const scripts = hookNames.map((name) => textOf(`infra/hooks/${name}`));
  const known = [
    ...outputs,
    ...scripts.flatMap((text) => [...text.matchAll(set)].map(([, name]) => name)),
  ];
  const used = scripts.flatMap((text) =>
    [...text.matchAll(/\$\{?([A-Z_]+)/g)].map(([, name]) => name),
  );
  expect(used.length).toBeGreaterThan(4);
  expect(used.filter((name) => !known.includes(name))).toEqual([]);
});

describe('nothing is open that need not be', () => {
  test('storage has no keys, no anonymous blobs and no old TLS', () => {
    const properties = at(
      bodyOf(resource('Microsoft.Storage/storageAccounts').value),
      'properties',
    );
    const isFalse = { kind: 'boolean', value: false };
    expect(at(properties, 'allowSharedKeyAccess')).toMatchObject(isFalse);
    expect(at(properties, 'allowBlobPublicAccess')).toMatchObject(isFalse);
    expect(plainText(at(properties, 'minimumTlsVersion') ?? never())).toBe('TLS1_2');
  });

  test('storage has no public door where it is to be private, and the app a way to it', () => {
    const store = textOf('infra/modules/store.bicep');
    expect(store).toContain("publicNetworkAccess: private ? 'Disabled' : 'Enabled'\n");
    expect(store).toContain("defaultAction: private ? 'Deny' : 'Allow', bypass: 'AzureServices'");
    const main = textOf('infra/main.bicep');
    expect(main).toContain('private: privateStorage\n');
    expect(main).toContain("module network 'modules/network.bicep' = if (privateStorage) {");
    expect(main).toContain("subnetId: privateStorage ? network.outputs.appSubnetId : ''\n");
    const network = textOf('infra/modules/network.bicep');
    // Every address of the account that the app is told has a private endpoint.
    const told = textOf('infra/modules/app.bicep').match(/(?<=\$\{storageAccountName\}\.)\w+/g);
    const [, doors = ''] = /^var doors = \[(.*)\]$/m.exec(network) ?? [];
    expect([...new Set(told)].toSorted()).toEqual((doors.match(/\w+/g) ?? []).toSorted());
    expect(network).toContain("serviceName: 'Microsoft.App/environments'");
  });

  test('telemetry takes no keys', () => {
    const isTrue = { kind: 'boolean', value: true };
    const insights = bodyOf(resource('Microsoft.Insights/components').value);
    expect(at(insights, 'properties', 'DisableLocalAuth')).toMatchObject(isTrue);
    const workspace = bodyOf(resource('Microsoft.OperationalInsights/workspaces').value);
    expect(at(workspace, 'properties', 'features', 'disableLocalAuth')).toMatchObject(isTrue);
  });

  test('the app takes https only, and no passwords', () => {
    const app = bodyOf(resource('Microsoft.Web/sites').value);
    expect(at(app, 'properties', 'httpsOnly')).toMatchObject({ value: true });
    const policies = resource('Microsoft.Web/sites/basicPublishingCredentialsPolicies');
    expect(at(bodyOf(policies.value), 'properties', 'allow')).toMatchObject({ value: false });
  });
});

test('no template asks for a key, holds a secret or puts one out', () => {
  for (const path of paths) {
    const text = textOf(path);
    expect(`${path}: ${text}`).not.toMatch(
      /\blist(Keys|Secrets|AccountSas|ServiceSas)?\s*\(|\.list\w+\(/,
    );
    expect(`${path}: ${text}`).not.toMatch(/AccountKey=|SharedAccessKey|sig=|BEGIN .*PRIVATE KEY/);
    expect(`${path}: ${text}`).not.toMatch(/^param \w*(password|secret|key)\b/im);
  }
  const outputs = [...files.values()].flatMap(({ declarations }) =>
    declarations.filter(({ kind }) => kind === 'output').map(({ name }) => name),
  );
  expect(outputs.filter((name) => /key|secret|password|token/i.test(name))).toEqual([]);
});

function never(): never {
  throw new Error('is not set');
}
