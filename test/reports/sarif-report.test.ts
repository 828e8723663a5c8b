import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { catalogue } from '../../shared/checks/catalogue.ts';
import { startAudit } from '../../shared/compose.ts';
import { withBaseline } from '../../shared/reports/baseline.ts';
import { defaultSettings } from '../../shared/settings/settings.ts';
import { audit, badNight, clusterId, shard, verdict } from './made-up-scan.ts';
import { printed } from './printed.ts';

const validate = publishedSchema();

function publishedSchema() {
  const path = join(import.meta.dirname, '../fixtures/schemas/sarif-2.1.0.json');
  // The validator knows no draft 04 by name; the schema uses nothing that changed since.
  const { $schema: _, id: __, ...schema } = JSON.parse(readFileSync(path, 'utf8'));
  return new Ajv({
    strict: false,
    validateFormats: false,
    unicodeRegExp: false,
  }).compile(schema);
}

const exempt = {
  reason: 'moving',
  approvedBy: 'Ada',
  ticket: null,
  expiresOn: '2027-01-31',
  source: 'settings',
} as const;

async function runOf(running: Parameters<typeof printed>[1]) {
  const json = JSON.parse((await printed('sarif', running)).text);
  expect({ fits: validate(json), errors: validate.errors }).toEqual({ fits: true, errors: null });
  return json.runs[0];
}

describe('SARIF', () => {
  test('fits the published schema: a bad night, an empty one, and the demo', async () => {
    const demo = await startAudit({
      source: { kind: 'demo' },
      settings: defaultSettings(),
      strict: false,
      now: () => new Date('2026-11-23T03:12:00Z'),
    });
    for (const running of [badNight(), audit([]), demo]) {
      const run = await runOf(running);
      for (const { ruleId, ruleIndex } of run.results) {
        expect(run.tool.driver.rules[ruleIndex].id).toBe(ruleId);
      }
    }
    expect(validate({ version: '2.1.0', runs: [{ results: [] }] })).toBe(false);
  });

  test('has a rule for every check, which says what it is and how severe', async () => {
    const { rules } = (await runOf(audit([]))).tool.driver;
    expect(rules.map(({ id }: { id: string }) => id)).toEqual(catalogue.map(({ id }) => id));
    const index = catalogue.findIndex(({ id }) => id === 'scoring-inbound-allowed');
    expect(rules[index]).toMatchObject({
      helpUri: catalogue[index]?.source,
      shortDescription: { text: catalogue[index]?.title },
      defaultConfiguration: { level: 'error' },
      properties: { 'security-severity': '8.0', tags: expect.arrayContaining(['security']) },
    });
  });

  test('has a result for what failed and what is unknown, and none for the rest', async () => {
    const { results } = await runOf(badNight());
    expect(results.map(({ ruleId }: { ruleId: string }) => ruleId)).toEqual([
      'scoring-inbound-allowed',
      'restricted-outbound-allows-registry/critical',
      'scoring-inbound-allowed/medium',
      'network-contributor-granted/unknown',
      'network-contributor-granted',
      'scoring-inbound-allowed/unknown',
    ]);
    const id = clusterId('fraud-prod-weu');
    expect(results[0]).toMatchObject({
      kind: 'fail',
      level: 'error',
      message: { text: expect.stringMatching(/^The rules deny .*\n- .*203\.0\.113\.9:49152/s) },
      locations: [
        {
          physicalLocation: { artifactLocation: { uri: id.slice(1) }, region: { startLine: 1 } },
          logicalLocations: [{ fullyQualifiedName: id, kind: 'resource' }],
        },
      ],
      partialFingerprints: {
        'portcullis/v1': expect.stringMatching(/^[\da-f]{32}$/),
        primaryLocationLineHash: expect.stringMatching(/^[\da-f]{32}:1$/),
      },
    });
    expect(results[0]).not.toHaveProperty('baselineState');
    expect(results[3]).toMatchObject({ kind: 'review', level: 'none' });
    expect(results[4].suppressions).toMatchObject([
      { kind: 'external', status: 'accepted', justification: 'moving' },
    ]);
  });

  test('a failure that only informs is sorted as a note, whatever its check is', async () => {
    const own = [verdict('internal-load-balancer', 'a', 'fail', 'info')];
    const { results, tool } = await runOf(audit([shard({ a: own })]));
    expect(results[0]).toMatchObject({ ruleId: 'internal-load-balancer/info', level: 'note' });
    const rule = tool.driver.rules[results[0].ruleIndex];
    expect(rule.defaultConfiguration.level).toBe('note');
    expect(rule.properties).not.toHaveProperty('security-severity');
  });

  test('tells what could not be read as notifications', async () => {
    const [invocation] = (await runOf(badNight())).invocations;
    expect(invocation).toMatchObject({
      executionSuccessful: true,
      startTimeUtc: '2026-11-23T03:12:00.000Z',
      endTimeUtc: '2026-11-23T03:12:01.400Z',
      toolExecutionNotifications: [
        {
          level: 'warning',
          message: { text: expect.stringContaining('role assignments of management groups') },
        },
      ],
    });
  });

  test('says of failures whether the baseline has them', async () => {
    const known = verdict('scoring-inbound-allowed', 'a', 'fail', 'high');
    const fresh = verdict('private-cluster', 'a', 'fail', 'high');
    const hidden = verdict('ml-compute-supported', 'a', 'fail', 'high', { exempt });
    const running = withBaseline(audit([shard({ a: [known, fresh, hidden] })]), {
      scanId: 's',
      finishedAt: '2026-11-20T00:00:00.000Z',
      failures: new Map([known, hidden].map((one) => [one.fingerprint, { ...one, exempt: null }])),
    });
    const { results, properties } = await runOf(running);
    expect(results.map(({ baselineState }: { baselineState?: string }) => baselineState)).toEqual([
      'unchanged',
      'new',
      undefined,
    ]);
    expect(properties.baseline).toMatchObject({ new: 1, unchanged: 1, exempted: 1 });
  });
});
