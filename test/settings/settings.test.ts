import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { problemText } from '../../shared/settings/settings-problems.ts';
import {
  defaultSettings,
  parseSettings,
  settingsJsonSchema,
} from '../../shared/settings/settings.ts';

const clusterScope = '/subscriptions/s/resourceGroups/g';

/** A file that uses every member. */
const whole = {
  $schema: './docs/settings.schema.json',
  scope: { managementGroups: ['mg'], subscriptions: ['s'], clusters: 'all' },
  callers: {
    default: ['203.0.113.0/24', '2001:db8::/32', '10.0.0.1-10.0.0.9', 'AzureFrontDoor.Backend'],
    clusters: { [clusterScope]: 'none', 'fraud-prod': ['198.51.100.7', '2001:db8::1-2001:db8::2'] },
  },
  outbound: { default: 'restricted', clusters: { dev: 'keepDefaults' } },
  requirePrivateCluster: true,
  requireInternalLoadBalancer: { clusters: { dev: true } },
  egress: { trustedAppliances: ['10.0.0.4'] },
  onPremises: ['10.128.0.0/9'],
  deployers: [{ principalId: '6a1f4c1e-0c1b-4c53-9d52-000000000001', label: 'pipeline' }],
  mode: 'remediate',
  checks: { 'private-cluster': { enabled: true, severity: 'high', mode: 'plan' } },
  exemptions: [
    {
      check: '*',
      scope: clusterScope,
      reason: 'moving',
      approvedBy: 'Ada',
      ticket: 'T-1',
      expiresOn: '2027-01-31',
    },
  ],
  policyExemptions: { '/providers/policy': ['private-cluster'] },
  trustTags: false,
  guard: {
    approval: 'always',
    maxChangesPerRun: 1,
    maxChangesPerHour: 2,
    maxFailureRatio: 0.5,
    cooldownMinutes: 5,
    maxReverts: 1,
    ownedByTags: ['iac'],
    priorityBand: { from: 200, to: 300 },
    windows: [{ days: ['sat'], from: '23:00', to: '05:00', timeZone: 'Europe/Berlin' }],
  },
  alerts: {
    minimumSeverity: 'low',
    sinks: [
      { kind: 'applicationInsights' },
      { kind: 'eventGrid', endpoint: 'https://t.example/api/events' },
      { kind: 'webhook', url: 'http://127.0.0.1:9/hook', name: 'pager', minimumSeverity: 'high' },
      { kind: 'webhook', url: 'https://hook.example', scopes: ['/subscriptions/s'] },
      { kind: 'teams', urlFrom: 'PORTCULLIS_ALERT_TEAMS_URL' },
    ],
  },
};

function problems(json: unknown, checkIds?: readonly string[]): string[] {
  const parsed = parseSettings(json, checkIds);
  return parsed.ok ? [] : parsed.problems.map(problemText);
}

test('a file that uses everything is understood', () => {
  expect(problems(whole, ['private-cluster'])).toEqual([]);
});

test('an empty file is the defaults', () => {
  const parsed = parseSettings({});
  expect(parsed).toEqual({ ok: true, settings: defaultSettings() });
  expect(defaultSettings()).toMatchObject({
    scope: { clusters: 'inference' },
    callers: [],
    outbound: 'keepDefaults',
    requirePrivateCluster: false,
    requireInternalLoadBalancer: false,
    mode: 'alert',
    trustTags: false,
    guard: {
      approval: 'whereAsked',
      maxChangesPerRun: 10,
      maxChangesPerHour: 20,
      maxFailureRatio: 0.1,
      cooldownMinutes: 60,
      maxReverts: 3,
      ownedByTags: ['managed-by', 'managedBy', 'terraform', 'iac'],
      priorityBand: { from: 3000, to: 3999 },
      windows: [],
    },
    alerts: { minimumSeverity: 'medium', sinks: [] },
  });
});

describe('what is wrong is named with its field, its value and what to write', () => {
  const source = 'must be an address, a CIDR prefix, a range a-b or the name of a service tag';
  test.each<[string, unknown, string]>([
    ['a misspelt key', { callrs: [] }, 'callrs [] is an unknown key; did you mean "callers"?'],
    [
      'a key in the wrong place',
      { maxChangesPerRun: 3 },
      'maxChangesPerRun 3 is an unknown key; did you mean "guard.maxChangesPerRun"?',
    ],
    [
      'a misspelt key inside an alternative',
      { callers: { clsters: {} } },
      'callers.clsters {} is an unknown key; did you mean "callers.clusters"?',
    ],
    [
      'a misspelt key below a free name',
      { checks: { 'private-cluster': { enabld: true } } },
      'checks.private-cluster.enabld true is an unknown key; did you mean "checks.private-cluster.enabled"?',
    ],
    [
      'a misspelt key in a list',
      { exemptions: [{ check: '*', scope: clusterScope, reason: 'x', expireOn: '2027-01-31' }] },
      'exemptions[0].expireOn "2027-01-31" is an unknown key; did you mean "exemptions[0].expiresOn"?',
    ],
    [
      'a foreign key',
      { egress: { x: 1 } },
      'egress.x 1 is an unknown key; known here: trustedAppliances',
    ],
    [
      'a word that is not allowed',
      { mode: 'remediat' },
      'mode "remediat" must be one of "audit", "alert", "plan", "remediate"; did you mean "remediate"?',
    ],
    [
      'a prefix that is too long',
      { callers: ['10.0.0.0/33'] },
      `callers[0] "10.0.0.0/33" ${source}`,
    ],
    ['an octal address', { callers: ['010.0.0.1'] }, `callers[0] "010.0.0.1" ${source}`],
    [
      'a range backwards',
      { callers: ['10.0.0.9-10.0.0.1'] },
      `callers[0] "10.0.0.9-10.0.0.1" ${source}`,
    ],
    [
      'a range of two families',
      { callers: ['10.0.0.9-::1'] },
      `callers[0] "10.0.0.9-::1" ${source}`,
    ],
    ['a range backwards in IPv6', { callers: ['2001:db8::2-2001:db8::1'] }, `callers[0]`],
    ['a star', { callers: ['*'] }, 'callers[0] "*" is no address'],
    ['none in a list', { callers: ['none'] }, 'callers[0] "none" stands for "nobody outside"'],
    ['a lone text', { callers: '10.0.0.0/8' }, 'callers "10.0.0.0/8" must be a list'],
    [
      'a text in the default',
      { callers: { default: 'nobody' } },
      'callers.default "nobody" must be a list',
    ],
    [
      'a source below a cluster',
      { callers: { clusters: { x: ['!'] } } },
      `callers.clusters.x[0] "!" ${source}`,
    ],
    [
      'a key that is half an id',
      { callers: { clusters: { 'g/cluster': [] } } },
      'callers.clusters "g/cluster" must be the name of a cluster, or an id',
    ],
    [
      'true in quotes',
      { trustTags: 'true' },
      'trustTags "true" must be true or false; write true without quotes',
    ],
    [
      'a text where true is meant',
      { requirePrivateCluster: 'yes' },
      'requirePrivateCluster "yes" must be true or false',
    ],
    ['a number in quotes', { guard: { maxReverts: '3' } }, 'guard.maxReverts "3" must be a'],
    [
      'a number too large',
      { guard: { maxFailureRatio: 2 } },
      'guard.maxFailureRatio 2 must be at most 1',
    ],
    ['a number too small', { guard: { maxReverts: 0 } }, 'guard.maxReverts 0 must be at least 1'],
    [
      'a band backwards',
      { guard: { priorityBand: { from: 400, to: 300 } } },
      'guard.priorityBand {"from":400,"to":300} `from` must not be greater than `to`',
    ],
    [
      'a time zone that is none',
      { guard: { windows: [{ days: ['sat'], from: '01:00', to: '02:00', timeZone: 'Mars/X' }] } },
      'guard.windows[0].timeZone "Mars/X" must be a time zone',
    ],
    [
      'a day that does not exist',
      { exemptions: [{ check: '*', scope: '/', reason: 'x', expiresOn: '2026-02-30' }] },
      'exemptions[0].expiresOn "2026-02-30" must be a real date written YYYY-MM-DD',
    ],
    [
      'an exemption without a reason',
      { exemptions: [{ check: '*', scope: '/' }] },
      'exemptions[0].reason is missing; it must be text in quotes',
    ],
    [
      'an exemption by name',
      { exemptions: [{ check: '*', scope: 'fraud', reason: 'x' }] },
      'exemptions[0].scope "fraud" must be the id of a cluster',
    ],
    [
      'an exemption of a management group',
      {
        exemptions: [
          { check: '*', scope: '/providers/Microsoft.Management/managementGroups/m', reason: 'x' },
        ],
      },
      'is a management group',
    ],
    [
      'no GUID',
      { deployers: [{ principalId: 'me' }] },
      'deployers[0].principalId "me" must be the object id',
    ],
    [
      'a prefix for an appliance',
      { egress: { trustedAppliances: ['10.0.0.0/8'] } },
      'egress.trustedAppliances[0] "10.0.0.0/8" must be the address',
    ],
    [
      'a sink that is none',
      { alerts: { sinks: [{ kind: 'pigeon' }] } },
      'alerts.sinks[0].kind "pigeon" must have a "kind"',
    ],
    [
      'a sink without TLS',
      { alerts: { sinks: [{ kind: 'webhook', url: 'http://x' }] } },
      'must be a web address with https://',
    ],
    [
      'a secret in the file',
      { alerts: { sinks: [{ kind: 'teams', urlFrom: 'https://x/secret' }] } },
      'must be the name of an app setting that begins with PORTCULLIS_ALERT_',
    ],
    [
      'a secret of the app that is none for alerts',
      { alerts: { sinks: [{ kind: 'eventGrid', endpoint: 'https://x', keyFrom: 'AZURE_KEY' }] } },
      'must be the name of an app setting that begins with PORTCULLIS_ALERT_',
    ],
    [
      'an address with a password in it',
      { alerts: { sinks: [{ kind: 'webhook', url: 'https://user:word@x' }] } },
      'without a user name or password',
    ],
    [
      'two sinks of one name',
      {
        alerts: { sinks: [{ kind: 'applicationInsights' }, { kind: 'applicationInsights' }] },
      },
      'would be a second sink of the name "applicationInsights"',
    ],
    [
      'a sink for a management group',
      {
        alerts: {
          sinks: [
            {
              kind: 'applicationInsights',
              scopes: ['/providers/Microsoft.Management/managementGroups/m'],
            },
          ],
        },
      },
      'is a management group',
    ],
    ['a list for a file', [], '[] must be an object in { }'],
    ['nothing for a file', null, 'null must be an object in { }'],
    [
      'a prototype',
      JSON.parse('{"__proto__":{"mode":"plan"}}'),
      '__proto__ {"mode":"plan"} is an unknown key',
    ],
  ])('%s', (_, json, says) => {
    const found = problems(json);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(says);
  });

  test('all at once', () => {
    expect(problems({ callrs: [], mode: 1, outbound: 'x', guard: { maxReverts: 0 } })).toHaveLength(
      4,
    );
  });
});

test('checks that do not exist are named with the nearest, wherever they stand', () => {
  const json = {
    checks: { 'private-clster': {} },
    exemptions: [
      { check: '*', scope: '/', reason: 'x' },
      { check: 'constructor', scope: '/', reason: 'x' },
    ],
    policyExemptions: { p: ['internal-load-balancr'] },
  };
  expect(problems(json, ['private-cluster', 'internal-load-balancer'])).toEqual([
    'checks.private-clster "private-clster" is no check; did you mean "private-cluster"?',
    'exemptions[1].check "constructor" is no check; `portcullis checks` lists them',
    'policyExemptions["p"][0] "internal-load-balancr" is no check; did you mean "internal-load-balancer"?',
  ]);
  expect(problems(json)).toEqual([]);
});

test('no input makes the parser throw', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(...Object.keys(whole)), (value, key) => {
      for (const json of [value, { [key]: value }, { ...whole, [key]: value }]) {
        const parsed = parseSettings(json);
        expect(parsed.ok || parsed.problems.length > 0).toBe(true);
      }
    }),
  );
});

test('the JSON Schema is draft 2020-12, describes every field and judges alike', () => {
  const schema = settingsJsonSchema();
  expect(schema['$schema']).toBe('https://json-schema.org/draft/2020-12/schema');
  const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(schema);
  expect(validate(whole)).toBe(true);
  expect(validate({})).toBe(true);
  expect(validate({ callrs: [] })).toBe(false);
  expect(validate({ guard: { maxChangesPerRunn: 1 } })).toBe(false);
  expect(validate({ mode: 'x' })).toBe(false);
  const undescribed = Object.entries(schema['properties'] ?? {}).filter(
    ([, field]: [string, { description?: string }]) => field.description === undefined,
  );
  expect(undescribed).toEqual([]);
});
