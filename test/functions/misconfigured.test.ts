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

const problems = [
  /PORTCULLIS_MAX_MODE must be one of audit, alert, plan, remediate/,
  /AzureWebJobsStorage is not set; set it to/,
];
const wrong = new RegExp(problems.map(({ source }) => source).join('.*'), 's');

function everythingLogged(): string {
  return functions.flatMap(({ logged }) => logged).join('\n');
}

test('health says that the configuration is wrong, and not what is wrong with it', async () => {
  const { status, jsonBody } = await named('health').get({});
  expect(status).toBe(503);
  expect(jsonBody).toMatchObject({
    status: 'degraded',
    configuration: 'wrong',
    storage: 'unknown',
    report: 'unknown',
    lastReportAt: null,
  });
  expect(JSON.stringify(jsonBody)).not.toMatch(/PORTCULLIS|AzureWebJobs|hunter2/);
});

test('the report is refused with a sentence', async () => {
  const { status, jsonBody } = await named('api').get({ path: 'reports/latest' });
  expect(status).toBe(500);
  expect(jsonBody).toEqual({ error: 'The configuration is wrong; see the log.' });
});

test('the log says what is wrong and what to write, once, however often it is asked', async () => {
  for (let times = 0; times < 2; times += 1) {
    await named('health').get({});
    await named('api').get({ path: 'reports/latest' });
  }
  const log = everythingLogged();
  expect(log).toMatch(wrong);
  for (const problem of problems) expect(log.split(problem)).toHaveLength(2);
  expect(log).not.toMatch(/hunter2|storage does not answer/);
});

test('the catalogue is given all the same', async () => {
  expect((await named('api').get({ path: 'checks' })).status).toBeUndefined();
});

test('a scan fails, with its cause in the log and to the host', async () => {
  await expect(named('scheduled-scan').call({ isPastDue: false })).rejects.toThrow(wrong);
  expect(named('scheduled-scan').logged.join('\n')).toMatch(/error scan failed/);
  expect(named('scheduled-scan').logged.join('\n')).toMatch(wrong);
  expect(everythingLogged()).not.toContain('hunter2');
});
