/** A small budget of texts that are wrong; `npm run fuzz` has a large one. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { routes } from '../../shared/api/routes.ts';
import { parseSettings } from '../../shared/settings/settings.ts';
import { changeIn } from '../../shared/pipeline/resource-event.ts';
import { proposedChanges } from '../../shared/pipeline/proposed-changes.ts';
import { parseSecurityRule } from '../../shared/network/parse-security-rule.ts';
import { checkMessage, messageIn } from '../../shared/pipeline/messages.ts';
import { planFileSchema } from '../../shared/remediation/plan-schema.ts';
import { UsageError } from '../../shared/settings/usage-error.ts';
import { createRandom } from '../../simulator/estate/random.ts';
import { fuzzOnce, openTargets } from './fuzz.ts';
import { mutated } from './mutate.ts';

const isDeep = import.meta.env.MODE === 'deep';
/** Texts for each target, by seeds from 1 on. */
const texts = isDeep ? 400 : 20;
const { targets, answered, close } = await openTargets();
afterAll(close);

describe('texts with a byte, a value or a name wrong', () => {
  it.each(targets)('are answered or refused in words: $name', async (target) => {
    for (let seed = 1; seed <= texts; seed += 1) {
      expect(await fuzzOnce(target, seed)).toBeUndefined();
    }
  });

  it('are noticed where something crashes, or adds to every object', async () => {
    const crashing = { name: 'x', samples: ['{}'], take: () => Promise.reject(new TypeError('x')) };
    expect((await fuzzOnce(crashing, 1))?.says).toContain('TypeError');
    const polluting = {
      name: 'y',
      samples: ['{}'],
      take: async () => {
        Reflect.set(Object.prototype, 'polluted', true);
        return undefined;
      },
    };
    expect((await fuzzOnce(polluting, 1))?.says).toContain('polluted');
    expect('polluted' in {}).toBe(false);
  });

  it('are noticed where the answer never comes, or late because nobody else could work', async () => {
    const silent = { name: 'x', samples: ['{}'], take: () => new Promise<undefined>(() => {}) };
    expect((await fuzzOnce(silent, 1, 50))?.says).toContain('it hangs');
    const busy = {
      name: 'y',
      samples: ['{}'],
      take: async () => {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60);
        return undefined;
      },
    };
    expect((await fuzzOnce(busy, 1, 50))?.says).toMatch(/it hangs: \d+ ms/);
    expect(await fuzzOnce({ ...busy, take: async () => undefined }, 1, 5000)).toBeUndefined();
  });

  it('end the process that works on one of them for ever, and the text is named', async () => {
    const watch = new URL('./hang-watch.ts', import.meta.url).href;
    const script = `
      import { hangWatch } from '${watch}';
      const watch = hangWatch();
      watch.begin('well', 60_000);
      watch.end();
      watch.begin('rows with seed 7: it hangs', 300);
      for (;;);
    `;
    const argv = ['--input-type=module', '-e', script];
    const running = promisify(execFile)(process.execPath, argv, { timeout: 60_000 });
    await expect(running).rejects.toMatchObject({
      signal: 'SIGKILL',
      stderr: expect.stringContaining('rows with seed 7: it hangs'),
    });
  });

  it('rest on requests that are answered as they are', async () => {
    // Last of all what can be done once.
    const requests = targets.filter(({ name }) => name.startsWith('asked: '));
    const refused: string[] = [];
    for (const { name, samples } of requests) {
      for (const sample of samples) {
        const told = await answered(Buffer.from(sample));
        const isRefused = told === undefined || ![200, 304, 409].includes(told.status);
        if (isRefused) refused.push(`${name}: ${told?.status}: ${told?.text}`);
      }
    }
    expect(refused).toEqual([]);
    expect(requests).toHaveLength(Object.keys(routes).length);
  });

  it('are refused in words where they are nested as deeply as a message may be', () => {
    const deep = JSON.parse(`{"x":${'['.repeat(20_000)}${']'.repeat(20_000)}}`) as { x: unknown };
    expect(() => messageIn(checkMessage, deep)).toThrow('the message is of no form');
    const before = { changeType: 'Modify', resourceId: '/subscriptions/s/x', before: deep.x };
    expect(() => proposedChanges({ changes: [before] })).toThrow(/changes\[0\].before .*nested/);
    const rule = { name: 'a', properties: { priority: deep.x } };
    expect(() => parseSecurityRule(rule)).toThrow(/priority/);
  });

  it('are the same for the same seed, and seldom what they were made of', () => {
    const sample = '{"a":[1,2,{"b":"c"}]}';
    const made = (seed: number) => mutated(sample, createRandom(seed)).toString('latin1');
    const all = Array.from({ length: 100 }, (_, seed) => made(seed));
    expect(Array.from({ length: 100 }, (_, seed) => made(seed))).toEqual(all);
    expect(all.filter((one) => one === sample).length).toBeLessThan(20);
  });
});

describe('any JSON at all', () => {
  const takers: Readonly<Record<string, (json: unknown) => unknown>> = {
    settings: (json) => parseSettings(json),
    event: (json) => changeIn(json, new Date(0)),
    proposal: (json) => proposedChanges(json),
    message: (json) => checkMessage.safeParse(json),
    'plan file': (json) => planFileSchema.safeParse(json),
  };

  it.each(Object.entries(takers))('is taken or refused in words: %s', (_, take) => {
    const before = Object.getOwnPropertyNames(Object.prototype).join();
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (json) => {
        try {
          take(json);
        } catch (error) {
          if (!(error instanceof UsageError || error instanceof RangeError)) throw error;
        }
        expect(Object.getOwnPropertyNames(Object.prototype).join()).toBe(before);
      }),
      { numRuns: isDeep ? 5000 : 200 },
    );
  });
});
