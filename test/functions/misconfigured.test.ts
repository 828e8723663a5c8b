/** What an app says whose settings are wrong: everything in its log, nothing to strangers. */
import { beforeAll, expect, test } from 'vitest';
import { type RegisteredFunction, registeredBy } from './worker.ts';

let functions: readonly RegisteredFunction[];

beforeAll(async () => {
  process.env['PORTCULLIS_MAX_MODE'] = 'hunter2';
  functions = await registeredBy(() => import('../../functions/main.ts'));
});

function named(name: string): RegisteredFunction {
  const found = functions.find((each) => each.name === name);
  if (found === undefined) throw new Error(`${name} is not registered`);
  return found;
}

const wrong = /PORTCULLIS_MAX_MODE must be one of .*\n.*AzureWebJobsStorage is not set/s;

test('health is degraded, and does not say why', async () => {
  const { status, jsonBody } = await named('health').get({});
  expect(status).toBe(503);
  expect(jsonBody).toMatchObject({
    status: 'degraded',
    storage: 'unreachable',
    lastReportAt: null,
  });
  expect(JSON.stringify(jsonBody)).not.toMatch(/PORTCULLIS|AzureWebJobs|hunter2/);
  expect(named('health').logged.join('\n')).toMatch(wrong);
});

test('a scan fails, with its cause in the log and to the host', async () => {
  await expect(named('scheduled-scan').call({ isPastDue: false })).rejects.toThrow(wrong);
  expect(named('scheduled-scan').logged.join('\n')).toMatch(/error scan failed/);
  expect(named('scheduled-scan').logged.join('\n')).toMatch(wrong);
});

test('the report fails likewise', async () => {
  await expect(named('api').get({ path: 'reports/latest' })).rejects.toThrow(wrong);
  expect(named('api').logged.join('\n')).toMatch(/error GET reports\/latest failed/);
  expect(named('api').logged.join('\n')).toMatch(wrong);
});
