import { describe, expect, test } from 'vitest';
import { resourceId } from '../../shared/model/resource-id.ts';
import { checkNames, settingsFor } from '../../shared/settings/resolve.ts';
import { parseSettings } from '../../shared/settings/settings.ts';
import { taggedCallers } from '../../shared/settings/tagged-callers.ts';

function settings(json: unknown) {
  const parsed = parseSettings(json);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.settings;
}

const cluster = (callersTag?: string) => ({
  id: resourceId('/subscriptions/s/resourceGroups/g/providers/x/managedClusters/fraud'),
  name: 'fraud',
  ...(callersTag === undefined ? {} : { callersTag }),
});
const listed = (...sources: readonly string[]) => ({ kind: 'listed', sources, from: 'tag' });

test.each([
  ['203.0.113.0/24', listed('203.0.113.0/24')],
  [
    ' 203.0.113.0/24, 198.51.100.7 ;AzureFrontDoor.Backend',
    listed('203.0.113.0/24', '198.51.100.7', 'AzureFrontDoor.Backend'),
  ],
  ['2001:db8::/48', listed('2001:db8::/48')],
  ['10.0.0.1-10.0.0.9', listed('10.0.0.1-10.0.0.9')],
  ['None', { kind: 'none' }],
])('the tag %j says who calls', (tag, callers) => {
  expect(taggedCallers(tag)).toEqual({ ok: true, callers });
});

test.each([
  ['', /empty/],
  [' , ', /empty/],
  ['*', /no address/],
  ['203.0.113.0/24 300.1.1.1', /300\.1\.1\.1/],
  ['203.0.113.0/24,none', /none/],
])('the tag %j says nothing', (tag, problem) => {
  const tagged = taggedCallers(tag);
  expect(tagged.ok ? '' : tagged.problem).toMatch(problem);
});

describe('the tag of a cluster', () => {
  const trusted = { trustTags: true };
  const configured = { callers: { default: [], clusters: { fraud: ['192.0.2.1'] } } };
  test.each([
    ['is not read unless it is trusted', {}, '203.0.113.7', { kind: 'notConfigured' }],
    ['is read where it is trusted', trusted, '203.0.113.7', listed('203.0.113.7')],
    [
      'does not go before the settings',
      { ...trusted, ...configured },
      '203.0.113.7',
      { kind: 'listed', sources: ['192.0.2.1'] },
    ],
    [
      'does not go before "none" in the settings',
      { ...trusted, callers: 'none' },
      '203.0.113.7',
      { kind: 'none' },
    ],
    ['says nothing where it is wrong', trusted, '*', { kind: 'notConfigured' }],
    ['need not be there', trusted, undefined, { kind: 'notConfigured' }],
  ])('%s', (_, json, tag, callers) => {
    expect(settingsFor(cluster(tag), settings(json)).callers).toEqual(callers);
  });

  test('that is wrong is a warning, where it is trusted', () => {
    const warningsOf = (json: unknown) => checkNames(settings(json), [cluster('*')]).warnings;
    expect(warningsOf(trusted)).toEqual([expect.stringMatching(/portcullis:callers of .*fraud/)]);
    expect(warningsOf({})).toEqual([]);
  });
});
