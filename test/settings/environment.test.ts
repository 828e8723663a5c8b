import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  environmentVariables,
  parseEnvironment,
  storageAccessIn,
} from '../../shared/settings/environment.ts';
import { UsageError } from '../../shared/settings/usage-error.ts';

const least = { AzureWebJobsStorage: 'UseDevelopmentStorage=true', SCAN_SCHEDULE: '0 0 2 * * *' };
const guid = '6f9619ff-8b86-4d01-b42d-00cf4fc964ff';

function problemsOf(env: Record<string, string | undefined>): readonly string[] {
  try {
    parseEnvironment(env);
  } catch (error) {
    if (error instanceof UsageError) return error.problems;
    throw error;
  }
  return [];
}

describe('the environment', () => {
  test('needs a storage account and a schedule; the rest has a default', () => {
    expect(parseEnvironment(least)).toEqual({
      storage: { kind: 'connectionString', connectionString: 'UseDevelopmentStorage=true' },
      scanSchedule: '0 0 2 * * *',
      cloud: 'public',
      maxMode: 'alert',
      checkDelayMs: 30_000,
      authenticatesCallers: false,
      alertPlaces: { portal: 'https://portal.azure.com' },
    });
    expect(problemsOf({})).toEqual([
      'SCAN_SCHEDULE is not set; set it, for example to "0 0 2 * * *"',
      expect.stringMatching(/^AzureWebJobsStorage is not set; set it to .*__accountName/),
    ]);
  });

  test('says all of it', () => {
    expect(
      parseEnvironment({
        ...least,
        PORTCULLIS_CLOUD: '/etc/cloud.json',
        PORTCULLIS_SETTINGS: 'blob:config/team/portcullis.settings.json',
        PORTCULLIS_MAX_MODE: 'audit',
        PORTCULLIS_READER_CLIENT_ID: guid,
        APPLICATIONINSIGHTS_CONNECTION_STRING: 'InstrumentationKey=x',
        APPLICATIONINSIGHTS_AUTHENTICATION_STRING: `ClientId=${guid};Authorization=AAD`,
        PATH: '/bin',
      }),
    ).toMatchObject({
      cloud: '/etc/cloud.json',
      settings: { kind: 'blob', container: 'config', name: 'team/portcullis.settings.json' },
      maxMode: 'audit',
      readerClientId: guid,
      telemetryConnection: 'InstrumentationKey=x',
      telemetrySender: { clientId: guid },
    });
  });

  test('an empty variable is one that is not set', () => {
    const empty = Object.fromEntries(environmentVariables.map(({ name }) => [name, ' ']));
    expect(parseEnvironment({ ...empty, ...least })).toEqual(parseEnvironment(least));
  });

  test.each([
    [{ AzureWebJobsStorage__accountName: 'mystorage' }, 'https://mystorage.blob.core.windows.net'],
    [
      {
        AzureWebJobsStorage__accountName: 'mystorage',
        AzureWebJobsStorage__blobServiceUri: 'https://mystorage.blob.core.usgovcloudapi.net',
      },
      'https://mystorage.blob.core.usgovcloudapi.net',
    ],
  ])('storage by identity: %o', (named, blobEndpoint) => {
    const env = { SCAN_SCHEDULE: least.SCAN_SCHEDULE, ...named };
    const endpoints = {
      blobEndpoint,
      queueEndpoint: blobEndpoint.replace('blob', 'queue'),
      tableEndpoint: blobEndpoint.replace('blob', 'table'),
    };
    expect(parseEnvironment(env).storage).toEqual({ kind: 'identity', ...endpoints });
    const clientId = { AzureWebJobsStorage__clientId: guid };
    expect(parseEnvironment({ ...env, ...clientId }).storage).toEqual({
      kind: 'identity',
      ...endpoints,
      clientId: guid,
    });
  });

  test('storage by addresses of its own', () => {
    const addresses = {
      AzureWebJobsStorage__blobServiceUri: 'http://127.0.0.1:10000/a',
      AzureWebJobsStorage__queueServiceUri: 'http://127.0.0.1:10001/a',
      AzureWebJobsStorage__tableServiceUri: 'http://127.0.0.1:10002/a',
    };
    const env = { SCAN_SCHEDULE: least.SCAN_SCHEDULE, ...addresses };
    expect(parseEnvironment(env).storage).toEqual({
      kind: 'identity',
      blobEndpoint: 'http://127.0.0.1:10000/a',
      queueEndpoint: 'http://127.0.0.1:10001/a',
      tableEndpoint: 'http://127.0.0.1:10002/a',
    });
  });

  test.each([
    ['SCAN_SCHEDULE', '*/5 * * * *', 'must have six fields'],
    ['SCAN_SCHEDULE', '01:00:00', 'must have six fields'],
    ['PORTCULLIS_CLOUD', 'pulbic', 'must be one of public, usgov, china'],
    ['PORTCULLIS_MAX_MODE', 'repair', 'must be one of audit, alert, plan, remediate'],
    ['PORTCULLIS_CHECK_DELAY', '1m', 'must be a number of seconds from 0 to 999'],
    ['PORTCULLIS_SETTINGS', 'blob:settings.json', 'must name container and blob'],
    ['PORTCULLIS_READER_CLIENT_ID', 'reader', 'must be the client id'],
    ['AzureWebJobsStorage__clientId', 'me', 'must be the client id'],
    ['AzureWebJobsStorage__accountName', 'My-Storage', 'must be the name of a storage account'],
    ['AzureWebJobsStorage__blobServiceUri', 'mystorage', 'must be an address such as'],
  ])('%s=%s is refused by name, without its value', (name, value, says) => {
    const problems = problemsOf({ ...least, [name]: value });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(`${name} `);
    expect(problems[0]).toContain(says);
    expect(problems[0]).not.toContain(` ${value} `);
  });

  test('a mistyped name is found, another name of ours is let be', () => {
    expect(problemsOf({ ...least, PORTCULLIS_SETINGS: 'x' })).toEqual([
      'PORTCULLIS_SETINGS is not read; did you mean PORTCULLIS_SETTINGS?',
    ]);
    expect(problemsOf({ ...least, PORTCULLIS_REMEDIATOR_CLIENT_ID: guid })).toEqual([]);
  });
});

describe('the variables', () => {
  const root = join(import.meta.dirname, '../..');

  test('each has a description and, unless it has a default, an example that is good', () => {
    for (const { name, says, examples } of environmentVariables) {
      expect(says).toMatch(/\.$/);
      expect(examples.length).toBeGreaterThan(0);
      for (const example of examples) expect(problemsOf({ ...least, [name]: example })).toEqual([]);
    }
  });

  test('are all on their page, and nothing else is', () => {
    const page = readFileSync(join(root, 'docs/environment.md'), 'utf8');
    const listed = [...page.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name);
    expect(listed).toEqual(environmentVariables.map(({ name }) => name));
  });

  test('are the only ones that the functions name', () => {
    const known = environmentVariables.map(({ name }) => name);
    const sources = ['functions', 'shared'].flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts'))
        .map((file) => readFileSync(join(root, folder, file), 'utf8')),
    );
    const named = sources.flatMap((text) => [
      ...text.matchAll(/%([A-Z_]+)%|\b(PORTCULLIS_[A-Z_]+)|\benv(?:\.|\[')(\w+)/g),
    ]);
    expect(named.length).toBeGreaterThan(3);
    // The secrets of sinks have names of the operator's own, with this in front.
    const names = [...known, 'PORTCULLIS_ALERT_'];
    for (const match of named) expect(names).toContain(match[1] ?? match[2] ?? match[3]);
  });

  test('a storage account that a person names is reached by an identity over https only', () => {
    expect(storageAccessIn('https://mine.blob.core.windows.net')).toEqual({
      kind: 'identity',
      blobEndpoint: 'https://mine.blob.core.windows.net',
      queueEndpoint: 'https://mine.queue.core.windows.net',
      tableEndpoint: 'https://mine.table.core.windows.net',
    });
    const local = 'http://127.0.0.1:10000/devstoreaccount1';
    expect(() => storageAccessIn(local)).toThrow(/must be an address with https/);
    const connectionString = `AccountName=devstoreaccount1;BlobEndpoint=${local};`;
    expect(storageAccessIn(`${local}/`, connectionString)).toEqual({
      kind: 'connectionString',
      connectionString,
    });
    expect(() => storageAccessIn('mystorage')).toThrow(/must be an address such as/);
  });
});
