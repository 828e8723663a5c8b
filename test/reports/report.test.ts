import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { unreadAddressPlan } from '../../shared/facts/address-plan.ts';
import { unreadControlPlane } from '../../shared/facts/control-plane.ts';
import type { InferenceCluster } from '../../shared/facts/inference-cluster.ts';
import { resourceId } from '../../shared/model/resource-id.ts';
import { noServiceTags } from '../../shared/network/service-tags.ts';
import { type Judgement, type Severity, known, unknown } from '../../shared/model/verdict.ts';
import {
  clusterReport,
  countSummary,
  postureOf,
  verdictReport,
} from '../../shared/reports/assemble-report.ts';
import { type ReportOutcome, jsonReport, memorySpool } from '../../shared/reports/json-report.ts';
import { type VerdictReport, parseReport, reportJsonSchema } from '../../shared/reports/report.ts';
import type { Audit } from '../../shared/reports/scan.ts';
import { parseSettings } from '../../shared/settings/settings.ts';
import { audit, badNight, clusterId, shard, verdict } from './made-up-scan.ts';

async function printed(running: Audit): Promise<{ text: string; outcome: ReportOutcome }> {
  const pieces = jsonReport(running, { clusters: memorySpool(), verdicts: memorySpool() });
  let text = '';
  for (;;) {
    const next = await pieces.next();
    if (next.done === true) return { text, outcome: next.value };
    text += next.value;
  }
}

function settings(json: unknown) {
  const parsed = parseSettings(json);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.settings;
}

const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(reportJsonSchema());

describe('the JSON report', () => {
  test('has the members of the contract in its order, and is indented by two', async () => {
    const { text } = await printed(badNight());
    const json: unknown = JSON.parse(text);
    expect(Object.keys(json ?? {})).toEqual([
      'schemaVersion',
      'scanId',
      'startedAt',
      'finishedAt',
      'source',
      'complete',
      'clusters',
      'verdicts',
      'gaps',
      'assumptions',
      'estate',
      'outOfScope',
      'warnings',
      'summary',
      'cost',
    ]);
    expect(text).toBe(`${JSON.stringify(json, null, 2)}\n`);
  });

  test('fits its own schemas', async () => {
    const json: unknown = JSON.parse((await printed(badNight())).text);
    expect(validate(json)).toBe(true);
    expect(parseReport(json)).toEqual(json);
  });

  test('of an empty estate is whole too', async () => {
    const { text } = await printed(audit([]));
    const report = parseReport(JSON.parse(text));
    expect(report).toMatchObject({ clusters: [], verdicts: [], complete: true });
    expect(text).toBe(`${JSON.stringify(report, null, 2)}\n`);
  });

  test('carries everything once, in the order of the shards, and counts it', async () => {
    const { text, outcome } = await printed(badNight());
    const report = parseReport(JSON.parse(text));
    expect(report.clusters.map(({ name }) => name.slice(0, 12))).toEqual([
      'fraud-prod-w',
      'pricing-prod',
      'search-dev',
      'search-prod',
    ]);
    expect(report.verdicts).toHaveLength(9);
    expect(report.complete).toBe(false);
    expect(outcome.summary).toEqual(report.summary);
    expect(report.summary).toEqual({
      clusters: 4,
      compliant: 1,
      nonCompliant: 2,
      unknown: 1,
      bySeverity: { critical: 1, high: 1, medium: 1, low: 0, info: 0 },
      byCheck: {
        'network-contributor-granted': {
          pass: 2,
          fail: 1,
          unknown: 1,
          notApplicable: 0,
          exempt: 1,
        },
        'restricted-outbound-allows-registry': {
          pass: 0,
          fail: 1,
          unknown: 0,
          notApplicable: 0,
          exempt: 0,
        },
        'scoring-inbound-allowed': { pass: 1, fail: 2, unknown: 1, notApplicable: 0, exempt: 0 },
      },
    });
  });

  test('the schema refuses what breaks the contract, and lets members be added', async () => {
    const json = JSON.parse((await printed(badNight())).text) as Record<string, unknown>;
    expect(validate({ ...json, added: 1 })).toBe(true);
    expect(validate({ ...json, schemaVersion: 2 })).toBe(false);
    expect(validate({ ...json, complete: undefined })).toBe(false);
    expect(validate({ ...json, verdicts: [{}] })).toBe(false);
  });
});

describe('posture', () => {
  const exempt = {
    reason: 'x',
    approvedBy: null,
    ticket: null,
    expiresOn: null,
    source: 'settings',
  } as const;
  const of = (kind: VerdictReport['kind'], severity: Severity, changes = {}) =>
    verdict('c', 'x', kind, severity, changes);
  test.each<[string, VerdictReport[], string]>([
    ['nothing', [], 'compliant'],
    ['a pass', [of('pass', 'high')], 'compliant'],
    ['not applicable', [of('notApplicable', 'high')], 'compliant'],
    ['an unknown', [of('pass', 'high'), of('unknown', 'low')], 'unknown'],
    ['a fail beside an unknown', [of('unknown', 'high'), of('fail', 'low')], 'nonCompliant'],
    ['a fail that is info', [of('fail', 'info')], 'compliant'],
    ['an unknown that is info', [of('unknown', 'info')], 'compliant'],
    ['an exempt fail', [of('fail', 'high', { exempt })], 'compliant'],
    [
      'an exempt fail beside an unknown',
      [of('fail', 'high', { exempt }), of('unknown', 'low')],
      'unknown',
    ],
    ['an exempt unknown', [of('unknown', 'high', { exempt })], 'compliant'],
  ])('%s', (_, verdicts, posture) => {
    expect(postureOf(verdicts)).toBe(posture);
  });
});

describe('settings laid over a judgement', () => {
  const id = clusterId('x');
  const judge = (judgement: Partial<Judgement>, json: unknown = {}) =>
    verdictReport(
      { id: 'c', severity: 'medium', remediation: 'none' },
      { id },
      { kind: 'fail', summary: 's', evidence: [], missing: [], ...judgement },
      settings(json),
      '2026-11-23',
    );
  const setTo = (severity: Severity) => ({ checks: { c: { severity } } });

  test.each<[string, Partial<Judgement>, unknown, Severity]>([
    ["the check's own severity", {}, {}, 'medium'],
    ['a milder part', { severity: 'low' }, {}, 'low'],
    ['a worse part', { severity: 'high' }, {}, 'high'],
    ['settings instead of the own', {}, setTo('critical'), 'critical'],
    ['a milder part stays milder', { severity: 'low' }, setTo('critical'), 'low'],
    ['milder settings cap a worse part', { severity: 'high' }, setTo('info'), 'info'],
    ['milder settings leave a milder part', { severity: 'info' }, setTo('low'), 'info'],
    ['on a pass too', { kind: 'pass' }, setTo('low'), 'low'],
  ])('%s', (_, judgement, json, severity) => {
    expect(judge(judgement, json).severity).toBe(severity);
  });

  test('exempts what fails or is unknown, never a pass', () => {
    const json = { exemptions: [{ check: 'c', scope: '/', reason: 'moving' }] };
    expect(judge({}, json).exempt?.reason).toBe('moving');
    expect(judge({ kind: 'unknown' }, json).exempt?.reason).toBe('moving');
    expect(judge({ kind: 'pass' }, json).exempt).toBeNull();
    expect(judge({ kind: 'notApplicable' }, json).exempt).toBeNull();
    expect(judge({}).exempt).toBeNull();
  });

  test('keeps what is missing beside a fail, and says null where nothing is', () => {
    const missing = [{ what: 'a', scope: '/', why: 'b' }];
    expect(judge({ missing }).missing).toEqual(missing);
    expect(judge({}).missing).toBeNull();
    expect(judge({})).toMatchObject({
      clusterId: id,
      subjectId: id,
      remediation: { available: false },
    });
  });
});

test('an exempt failure is counted as a failure of its check, not by severity', () => {
  const exempt = {
    reason: 'x',
    approvedBy: null,
    ticket: null,
    expiresOn: null,
    source: 'settings',
  } as const;
  const count = countSummary();
  count.add(shard({ x: [verdict('c', 'x', 'fail', 'high', { exempt })] }));
  expect(count.summary()).toMatchObject({
    compliant: 1,
    bySeverity: { high: 0 },
    byCheck: { c: { fail: 1, exempt: 1 } },
  });
});

test('lists that could not be read are empty and said to be unread', () => {
  const missing = unknown({ what: 'computes', scope: '/', why: 'denied' });
  const facts: InferenceCluster = {
    id: clusterId('x'),
    name: 'X',
    location: 'westeurope',
    subscriptionId: 's',
    resourceGroup: 'g',
    tags: {},
    networkMadeByAks: false,
    addresses: unreadAddressPlan(missing),
    knownBy: [],
    computeTypes: missing,
    computes: missing,
    apiServer: 'public',
    controlPlane: unreadControlPlane(missing),
    subnets: known([]),
    scoringEndpoints: known([
      {
        address: '20.1.2.3',
        visibility: 'public',
        at: resourceId('/ip'),
        source: 'tag',
        frontend: known({
          loadBalancerId: resourceId('/lb'),
          rules: [443, 80, 443].map((port) => ({
            name: 'r',
            protocol: 'Tcp',
            frontendPort: port,
            backendPort: 1,
            floatingIp: true,
          })),
          backendSubnetIds: missing,
        }),
      },
    ]),
    identity: missing,
    workspaces: missing,
    access: {} as InferenceCluster['access'],
    serviceTags: noServiceTags,
  };
  expect(clusterReport(facts, [])).toMatchObject({
    workspaces: [],
    subnets: [],
    unread: ['workspaces'],
    scoringEndpoints: [{ ip: '20.1.2.3', visibility: 'public', ports: [80, 443], source: 'tag' }],
    posture: 'compliant',
  });
  expect(clusterReport({ ...facts, workspaces: known([]) }, [])).not.toHaveProperty('unread');
});
