/** The functions as the worker sees them: what they are bound to, and what they answer. */
import { beforeAll, describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { catalogue } from '../../shared/checks/catalogue.ts';
import { registeredBy } from './worker.ts';
import type { RegisteredFunction } from './worker.ts';

describe('api', () => {
  const functions = new Map<string, RegisteredFunction>();

  beforeAll(async () => {
    for (const each of await registeredBy(() => import('../../functions/api.ts'))) {
      functions.set(each.name, each);
    }
  });

  function named(name: string): RegisteredFunction {
    const found = functions.get(name);
    if (found === undefined) throw new Error(`${name} is not registered`);
    return found;
  }

  it('lets anyone ask for the health, and nothing else', () => {
    expect([...functions.keys()].toSorted()).toEqual(['api', 'health']);
    expect(named('health').trigger).toMatchObject({
      type: 'httpTrigger',
      authLevel: 'anonymous',
      methods: ['GET'],
      route: 'health',
    });
    expect(named('api').trigger).toMatchObject({
      type: 'httpTrigger',
      authLevel: 'function',
      methods: ['GET'],
      route: '{*path}',
    });
  });

  it('answers health with the version and the number of checks', async () => {
    expect((await named('health').get({})).jsonBody).toEqual({
      status: 'ok',
      version: manifest.version,
      checks: catalogue.length,
    });
    expect(catalogue.length).toBeGreaterThan(0);
  });

  it('lists the catalogue', async () => {
    const { status, jsonBody } = await named('api').get({ path: 'checks' });
    expect(status).toBeUndefined();
    expect(jsonBody.map(({ id }: { id: string }) => id)).toEqual(catalogue.map(({ id }) => id));
    for (const check of jsonBody) {
      expect(Object.keys(check)).toEqual([
        'id',
        'title',
        'severity',
        'appliesTo',
        'remediation',
        'source',
      ]);
    }
  });

  it('names what there is where nothing was asked for', async () => {
    expect((await named('api').get({})).jsonBody).toEqual({
      error: 'No "" here.',
      paths: ['checks'],
    });
  });

  it.each(['', 'nothing', 'constructor', 'checks/x'])('has nothing at "%s"', async (path) => {
    const { status, jsonBody } = await named('api').get({ path });
    expect(status).toBe(404);
    expect(jsonBody).toEqual({ error: `No "${path}" here.`, paths: ['checks'] });
  });
});
