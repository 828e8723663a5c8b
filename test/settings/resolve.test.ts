import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { resourceId } from '../../shared/model/resource-id.ts';
import { checkNames, exemptionFor, settingsFor } from '../../shared/settings/resolve.ts';
import { problemText } from '../../shared/settings/settings-problems.ts';
import { parseSettings } from '../../shared/settings/settings.ts';

const subscription = '/subscriptions/S1';
const group = `${subscription}/resourceGroups/net`;

function cluster(name: string, scope = group) {
  return {
    id: resourceId(`${scope}/providers/Microsoft.ContainerService/managedClusters/${name}`),
    name,
  };
}

function settings(json: unknown) {
  const parsed = parseSettings(json);
  if (!parsed.ok) throw new Error(parsed.problems.map(problemText).join('\n'));
  return parsed.settings;
}

const fraud = cluster('Fraud');

describe('the longest match wins', () => {
  const byName = { Fraud: ['10.0.0.3'] };
  const bySubscription = { [subscription]: ['10.0.0.1'] };
  const byGroup = { [group.toUpperCase()]: ['10.0.0.2'] };
  const byId = { [fraud.id]: ['10.0.0.4'] };
  test.each<[string, Record<string, string[]>, string]>([
    ['nothing fits', { other: ['10.0.0.9'] }, '10.0.0.0'],
    ['a subscription', bySubscription, '10.0.0.1'],
    ['a resource group before a subscription', { ...byGroup, ...bySubscription }, '10.0.0.2'],
    ['a name before a resource group', { ...byName, ...byGroup, ...bySubscription }, '10.0.0.3'],
    ['an id before a name', { ...byName, ...byId, ...byGroup }, '10.0.0.4'],
    ['a name in other letters', { fRAUD: ['10.0.0.5'] }, '10.0.0.5'],
    ['a group whose name only begins alike', { [group.slice(0, -1)]: ['10.0.0.9'] }, '10.0.0.0'],
    ['everything', { '/': ['10.0.0.6'] }, '10.0.0.6'],
  ])('%s', (_, clusters, address) => {
    const callers = { default: ['10.0.0.0'], clusters };
    const reversed = Object.fromEntries(Object.entries(clusters).reverse());
    for (const order of [callers, { ...callers, clusters: reversed }]) {
      expect(settingsFor(fraud, settings({ callers: order })).callers).toEqual({
        kind: 'listed',
        sources: [address],
      });
    }
  });

  test('for every setting that knows exceptions', () => {
    const split = (standard: unknown, exception: unknown) => ({
      default: standard,
      clusters: { fraud: exception },
    });
    const resolved = settings({
      callers: split([], 'none'),
      outbound: split('keepDefaults', 'restricted'),
      requirePrivateCluster: split(false, true),
      requireInternalLoadBalancer: split(true, false),
    });
    expect(settingsFor(fraud, resolved)).toMatchObject({
      callers: { kind: 'none' },
      outbound: 'restricted',
      requirePrivateCluster: true,
      requireInternalLoadBalancer: false,
    });
    expect(settingsFor(cluster('other'), resolved)).toMatchObject({
      callers: { kind: 'notConfigured' },
      outbound: 'keepDefaults',
      requirePrivateCluster: false,
      requireInternalLoadBalancer: true,
    });
  });
});

test('what is the same for all clusters is passed on', () => {
  const resolved = settingsFor(
    fraud,
    settings({
      egress: { trustedAppliances: ['10.0.0.4'] },
      onPremises: ['10.128.0.0/9'],
      checks: { a: { enabled: false }, b: { severity: 'low' } },
    }),
  );
  expect(resolved).toMatchObject({
    trustedAppliances: ['10.0.0.4'],
    onPremises: ['10.128.0.0/9'],
    checks: { a: { enabled: false }, b: { enabled: true, severity: 'low' } },
  });
});

test('of any keys, in any order, the one that names most of the cluster holds', () => {
  const keys = [
    '/',
    subscription,
    '/subscriptions/S',
    group,
    `${group}/providers/Microsoft.ContainerService`,
    fraud.id,
    'fraud',
    'frau',
    `${subscription}/resourceGroups/ne`,
  ];
  const spelt = fc
    .tuple(fc.constantFrom(...keys), fc.boolean(), fc.boolean())
    .map(([key, upper, slash]) => {
      const cased = upper ? key.toUpperCase() : key;
      return slash && key.length > 1 && key.startsWith('/') ? `${cased}/` : cased;
    });
  /** How much of the cluster a key names, by the definition. */
  function weight(key: string): number {
    const lower = key.toLowerCase();
    if (lower === 'fraud') return fraud.id.length;
    const bare = lower.length > 1 && lower.endsWith('/') ? lower.slice(0, -1) : lower;
    if (bare === fraud.id) return fraud.id.length + 1;
    return bare === '/' || fraud.id.startsWith(`${bare}/`) ? bare.length : 0;
  }
  fc.assert(
    fc.property(fc.uniqueArray(spelt, { maxLength: 8 }), (written) => {
      const clusters = Object.fromEntries(written.map((key, at) => [key, [`10.0.0.${at}`]]));
      const resolved = settingsFor(fraud, settings({ callers: { clusters } }));
      const heaviest = Math.max(0, ...written.map(weight));
      const at = written.findIndex((key) => weight(key) === heaviest);
      expect(resolved.callers).toEqual(
        heaviest === 0 ? { kind: 'notConfigured' } : { kind: 'listed', sources: [`10.0.0.${at}`] },
      );
    }),
  );
});

test('one value for all holds for any cluster', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z0-9-]{1,20}$/), (name) => {
      const resolved = settingsFor(
        cluster(name),
        settings({ callers: 'none', outbound: 'restricted' }),
      );
      expect(resolved.callers).toEqual({ kind: 'none' });
      expect(resolved.outbound).toBe('restricted');
    }),
  );
});

describe('names are held against the clusters there are', () => {
  const elsewhere = cluster('fraud', '/subscriptions/S2/resourceGroups/net');

  test('a name that several clusters bear is a problem that lists their ids', () => {
    const { problems } = checkNames(settings({ outbound: { clusters: { fraud: 'restricted' } } }), [
      fraud,
      elsewhere,
    ]);
    expect(problems.map(problemText)).toEqual([
      `outbound.clusters "fraud" is the name of 2 clusters; write the id of the one you mean: ${fraud.id}, ${elsewhere.id}`,
    ]);
  });

  test('a scope may hold several clusters', () => {
    const names = checkNames(settings({ outbound: { clusters: { '/': 'restricted' } } }), [
      fraud,
      elsewhere,
    ]);
    expect(names).toEqual({ problems: [], warnings: [] });
  });

  test('two keys for the same cluster are a problem', () => {
    const clusters = { fraud: true, FRAUD: false };
    const { problems } = checkNames(settings({ requirePrivateCluster: { clusters } }), [fraud]);
    expect(problems.map(problemText)).toEqual([
      'requirePrivateCluster.clusters "FRAUD" means the same as "fraud"; keep one of them',
    ]);
  });

  test('a key that fits none is a warning that names the nearest', () => {
    const json = {
      callers: { clusters: { fruad: [], [`${subscription}x`]: [] } },
      exemptions: [{ check: '*', scope: '/subscriptions/s9', reason: 'x' }],
    };
    const { problems, warnings } = checkNames(settings(json), [fraud]);
    expect(problems).toEqual([]);
    expect(warnings).toEqual([
      'callers.clusters names "fruad", which fits no cluster; did you mean Fraud?',
      'callers.clusters names "/subscriptions/S1x", which fits no cluster',
      'exemptions[0].scope "/subscriptions/s9" fits no cluster',
    ]);
  });
});

/** What would take minutes if each were held against each; a busy machine takes seconds. */
const soon = 30_000;
const many = Array.from({ length: 20_000 }, (_, index) =>
  cluster(`aks-${index}`, `/subscriptions/s${index % 50}/resourceGroups/rg-${index}`),
);

describe('a tenant of twenty thousand clusters', () => {
  test(
    'has as many names of clusters checked at once',
    () => {
      const keys = many.flatMap(({ id, name }, index) => (index % 2 === 0 ? [name] : [id]));
      const clusters = Object.fromEntries(
        [...keys, 'aks-x', '/subscriptions/s99'].map((key) => [key, true]),
      );
      const scopes = many.map(({ id }) => ({ check: '*', scope: id, reason: 'x' }));
      const json = { requirePrivateCluster: { clusters }, exemptions: scopes };
      const { problems, warnings } = checkNames(settings(json), many);
      expect(problems).toEqual([]);
      expect(warnings).toHaveLength(2);
    },
    soon,
  );

  test(
    'has hints for the first of the names that fit none',
    () => {
      const some = many.slice(0, 500);
      const clusters = Object.fromEntries(some.map(({ name }) => [`${name}-x`, true]));
      const { warnings } = checkNames(settings({ requirePrivateCluster: { clusters } }), some);
      expect(warnings).toHaveLength(500);
      expect(warnings.filter((says) => says.includes('did you mean'))).toHaveLength(20);
    },
    soon,
  );

  test(
    'has an exemption of its own for every one of them',
    () => {
      const exemptions: object[] = many.map(({ id }, index) => {
        return { check: 'a', scope: id, reason: `own ${index}` };
      });
      exemptions.splice(20, 0, { check: 'a', scope: '/subscriptions/s7', reason: 'all of s7' });
      const own = settings({ exemptions });
      const reasons = many.map(({ id }) => exemptionFor('a', id, own, '2026-11-23')?.reason);
      // The first in the file holds.
      const told = [0, 7, 56, 57, 107].map((index) => reasons[index]);
      expect(told).toEqual(['own 0', 'own 7', 'own 56', 'all of s7', 'all of s7']);
      expect(exemptionFor('b', many[0]?.id ?? fraud.id, own, '2026-11-23')).toBeNull();
    },
    soon,
  );
});

describe('an exemption', () => {
  const entry = { check: 'a', scope: group, reason: 'moving', expiresOn: '2026-11-23' };
  const exempts = (changes: object, checkId: string, id = fraud.id, today = '2026-11-23') =>
    exemptionFor(checkId, id, settings({ exemptions: [{ ...entry, ...changes }] }), today);

  test('shows what the report shows', () => {
    expect(exempts({ approvedBy: 'Ada', ticket: 'T-1' }, 'a')).toEqual({
      reason: 'moving',
      approvedBy: 'Ada',
      ticket: 'T-1',
      expiresOn: '2026-11-23',
      source: 'settings',
    });
    expect(exempts({}, 'a')).toMatchObject({ approvedBy: null, ticket: null });
  });

  test.each<[string, object, string, string, boolean]>([
    ['holds on its last day', {}, 'a', '2026-11-23', true],
    ['does not hold a day later', {}, 'a', '2026-11-24', false],
    ['holds before', {}, 'a', '2025-12-31', true],
    ['without a last day holds for good', { expiresOn: undefined }, 'a', '2999-01-01', true],
    ['covers its own check only', {}, 'b', '2026-11-23', false],
    ['covers every check by a star', { check: '*' }, 'b', '2026-11-23', true],
    ['covers a scope in any letters', { scope: group.toLowerCase() }, 'a', '2026-11-23', true],
    ['covers whole path segments', { scope: group.slice(0, -1) }, 'a', '2026-11-23', false],
    ['covers the cluster itself', { scope: fraud.id }, 'a', '2026-11-23', true],
    [
      'covers no cluster whose name is longer',
      { scope: fraud.id.slice(0, -1) },
      'a',
      '2026-11-23',
      false,
    ],
  ])('%s', (_, changes, checkId, today, holds) => {
    expect(exempts(changes, checkId, fraud.id, today) !== null).toBe(holds);
  });
});
