import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import { startAudit } from '../../shared/compose.ts';
import { severities, verdictKinds } from '../../shared/model/verdict.ts';
import { baselineStates } from '../../shared/reports/report.ts';
import type { Audit } from '../../shared/reports/scan.ts';
import { defaultSettings } from '../../shared/settings/settings.ts';
import { audit, badNight, shard, verdict } from './made-up-scan.ts';
import { printed } from './printed.ts';
import { type Element, elementsNamed, xmlTree } from './xml-tree.ts';

const schema = readFileSync(
  join(import.meta.dirname, '../fixtures/schemas/jenkins-junit.xsd'),
  'utf8',
);

async function problemsOf(xml: string): Promise<readonly string[]> {
  const { errors } = await validateXML({
    xml: { fileName: 'junit.xml', contents: xml },
    schema: { fileName: 'jenkins-junit.xsd', contents: schema },
  });
  return errors.map(({ message }) => message);
}

async function treeOf(running: Audit): Promise<Element> {
  return xmlTree((await printed('junit', running)).text);
}

const exempt = {
  reason: 'moving',
  approvedBy: null,
  ticket: null,
  expiresOn: '2027-01-31',
  source: 'settings',
} as const;

describe('JUnit', () => {
  test('fits the published schema: a bad night, an empty one, and the demo', async () => {
    const demo = await startAudit({
      source: { kind: 'demo' },
      settings: defaultSettings(),
      strict: false,
      now: () => new Date('2026-11-23T03:12:00Z'),
    });
    for (const running of [badNight(), audit([]), demo]) {
      expect(await problemsOf((await printed('junit', running)).text)).toEqual([]);
    }
    expect(await problemsOf('<testsuites><testsuite name="x"/></testsuites>')).not.toEqual([]);
  });

  test('has a suite for each cluster and a test for each check', async () => {
    const root = await treeOf(badNight());
    const suites = elementsNamed(root, 'testsuite');
    expect(suites.map(({ attributes }) => attributes['name'])).toEqual([
      'Portcullis',
      'fraud-prod-weu',
      'pricing-prod-a-very-long-cluster-name-of-a-large-team-neu',
      'search-dev',
      'search-prod',
    ]);
    expect(suites[1]?.children[0]?.attributes).toEqual({
      name: 'scoring-inbound-allowed on fraud-prod-weu',
      classname: '6a1f4c1e-0c1b-4c53-9d52-000000000001.rg-fraud-prod-weu.fraud-prod-weu',
    });
    const names = elementsNamed(root, 'testcase').map(
      ({ attributes: { classname = '', name = '' } }) => `${classname} ${name}`,
    );
    expect(new Set(names).size).toBe(names.length);
  });

  test.each<
    [string, Parameters<typeof verdict>[2], Parameters<typeof verdict>[3], object, string, RegExp]
  >([
    ['a pass', 'pass', 'high', {}, '', /^$/],
    [
      'a failure',
      'fail',
      'low',
      {},
      'failure',
      /^The rules deny .*\n- .*deny-all-inbound.*203\.0\.113\.9:49152/s,
    ],
    [
      'an unknown verdict',
      'unknown',
      'low',
      {},
      'error',
      /^Nobody could read .*\n\? not read: address/s,
    ],
    [
      'what does not apply',
      'notApplicable',
      'high',
      {},
      'skipped',
      /^does not apply: As it should be\./,
    ],
    [
      'a failure for information',
      'fail',
      'info',
      {},
      'skipped',
      /^fail, for information: The rules/,
    ],
    ['an unknown for information', 'unknown', 'info', {}, 'skipped', /^unknown, for information/],
    [
      'an exempt failure',
      'fail',
      'high',
      { exempt },
      'skipped',
      /^fail, exempt until 2027-01-31 \(moving\): /,
    ],
    [
      'a failure of the baseline',
      'fail',
      'high',
      { baselineState: 'unchanged' },
      'skipped',
      /^fail, high, as in the baseline: /,
    ],
    ['a new failure', 'fail', 'high', { baselineState: 'new' }, 'failure', /^The rules/],
  ])('%s', async (_, kind, severity, changes, element, says) => {
    const own = [verdict('c', 'a', kind, severity, changes)];
    const [, test] = elementsNamed(await treeOf(audit([shard({ a: own })])), 'testcase');
    const [child] = test?.children ?? [];
    expect(child?.name ?? '').toBe(element);
    expect(child?.text ?? '').toMatch(says);
  });

  test('what could not be read is an error of its own, so that no run hides it', async () => {
    const [reading] = elementsNamed(await treeOf(badNight()), 'testcase');
    expect(reading?.attributes['name']).toBe('everything could be read');
    expect(reading?.children[0]).toMatchObject({
      name: 'error',
      text: expect.stringContaining('role assignments of management groups'),
    });
    const gaps = Array.from({ length: 250 }, (_, n) => ({
      scope: '/',
      what: `thing ${n}`,
      why: 'x',
    }));
    const [many] = elementsNamed(await treeOf(audit([], { gaps })), 'error');
    expect(many?.attributes['message']).toBe('250 things could not be read');
    expect(many?.text).toContain('… and 150 more things');
  });

  test('counts what is in it, in every suite and in the whole', async () => {
    const one = fc.record({
      kind: fc.constantFrom(...verdictKinds),
      severity: fc.constantFrom(...severities),
      changes: fc.constantFrom(
        {},
        { exempt },
        ...baselineStates.map((baselineState) => ({ baselineState })),
      ),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(one, { maxLength: 6 }), { maxLength: 4 }), async (all) => {
        const shards = all.map((own, n) =>
          shard({
            [`c${n}`]: own.map(({ kind, severity, changes }, check) =>
              verdict(`check-${check}`, `c${n}`, kind, severity, changes),
            ),
          }),
        );
        const root = await treeOf(audit(shards));
        for (const part of [root, ...elementsNamed(root, 'testsuite')]) {
          const count = (name: string) => String(elementsNamed(part, name).length);
          expect(part.attributes).toMatchObject({
            tests: count('testcase'),
            failures: count('failure'),
            errors: count('error'),
            ...(part === root ? {} : { skipped: count('skipped') }),
          });
        }
      }),
    );
  });
});
