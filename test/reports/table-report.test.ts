import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { ansiPaint } from '../../shared/reports/paint.ts';
import type { Audit } from '../../shared/reports/scan.ts';
import { type TableOptions, tableReport } from '../../shared/reports/table-report.ts';
import { audit, badNight, shard, verdict } from './made-up-scan.ts';

async function printed(running: Audit, options: TableOptions = {}): Promise<string> {
  let text = '';
  for await (const piece of tableReport(running, options)) text += piece;
  return text;
}

function longest(text: string): number {
  return Math.max(...text.split('\n').map((line) => line.length));
}

function fleet(size: number): Audit {
  const name = (index: number) => `cluster-${String(index).padStart(5, '0')}`;
  const verdicts = Array.from({ length: size }, (_, index) => [
    verdict('scoring-inbound-allowed', name(index), 'fail', index === 50 ? 'critical' : 'low'),
    verdict('network-contributor-granted', name(index), 'unknown', 'high', {
      missing: [{ what: `thing ${index}`, scope: '/s', why: 'denied' }],
    }),
  ]);
  return audit(verdicts.map((own, index) => shard({ [name(index)]: own })));
}

describe('the table', () => {
  test.each([60, 80, 100, 119, 120, 160])('no line is longer than %i columns', async (width) => {
    expect(longest(await printed(badNight(), { width }))).toBeLessThanOrEqual(width);
    expect(longest(await printed(fleet(60), { width }))).toBeLessThanOrEqual(width);
  });

  test('is 80 columns wide unless told, and never wider than 160', async () => {
    expect(longest(await printed(badNight()))).toBe(80);
    expect(longest(await printed(badNight(), { width: 500 }))).toBe(160);
  });

  test('says at once how it stands, and once more at the end', async () => {
    const lines = (await printed(badNight())).trimEnd().split('\n');
    const standing = '✗ 2 not compliant   ? 1 unknown   ✓ 1 compliant';
    expect(lines[2]?.trim()).toBe(standing);
    expect(lines[3]).toContain('1 CRITICAL');
    expect(lines.at(-1)?.trim()).toBe(standing);
  });

  test('tells failures by severity, with cluster, check, sentence, packet and rule', async () => {
    const text = await printed(badNight());
    const order = [
      'CRITICAL  fraud-prod-weu',
      'HIGH      fraud-prod-weu',
      'MEDIUM    pricing-prod',
    ];
    const at = order.map((title) => text.indexOf(` ${title}`));
    expect(at.every((position) => position > 0)).toBe(true);
    expect(at).toEqual([...at].sort((a, b) => a - b));
    expect(text).toContain('fraud-prod-weu  restricted-outbound-allows-registry');
    expect(text).toContain('203.0.113.9:49152 → 20.1.2.3:443 Tcp, inbound');
    expect(text).toContain('deny-all-inbound in nsg-fraud-prod-weu: denies the callers');
    expect(text).toContain('beside it, not read: rules of the appliance at 10.0.0.4');
  });

  test('does not tell an exempt failure, but counts it', async () => {
    const text = await printed(badNight());
    expect(text).not.toContain('HIGH      search-dev');
    expect(text).toContain('1 exempt');
  });

  test('groups what is unknown by what is missing', async () => {
    const text = await printed(badNight());
    expect(text).toContain('? address of the scoring endpoint, on 2 clusters');
    expect(text).toContain('needed by network-contributor-granted, scoring-inbound-allowed');
  });

  test('lists clusters from the worst to the best, with gaps, assumptions and remarks', async () => {
    const text = await printed(badNight());
    const table = text.slice(text.indexOf('CLUSTERS'), text.indexOf('NOT READ'));
    const marks = [...table.matchAll(/^ ([✗?✓]) /gm)].map(([, mark]) => mark);
    expect(marks).toEqual(['✗', '✗', '?', '✓']);
    expect(text).toContain('NOT READ  1');
    expect(text).toContain('No security admin rules apply: none were exported.');
    expect(text).toContain('did you mean');
    expect(text).toContain('2 unknown · 1 exempt · incomplete: 1 thing could not be read');
  });

  test('a long list ends with a count and the way to the rest; the worst is never cut', async () => {
    const text = await printed(fleet(300));
    expect(text).toContain('CRITICAL  cluster-00050');
    expect(text).toContain('… and 280 more failures: all in --format json');
    expect(text).toContain('… and 280 more clusters');
    expect(text.match(/^ LOW /gm)).toHaveLength(19);
    expect(text.split('\n').length).toBeLessThan(250);
  });

  test('of an estate without clusters says so', async () => {
    const text = await printed(audit([]));
    expect(text).toContain('No inference cluster was found, and everything could be read.');
    const gaps = [{ scope: '/', what: 'clusters', why: 'denied' }];
    expect(await printed(audit([], { gaps }))).toContain('but not everything could be read');
  });

  test('does not say that everything could be read beside an unknown verdict', async () => {
    const own = [verdict('scoring-inbound-allowed', 'a', 'unknown', 'high')];
    const text = await printed(audit([shard({ a: own })]));
    expect(text).not.toContain('everything could be read');
  });

  test('of a good night is short', async () => {
    const good = shard({ a: [verdict('scoring-inbound-allowed', 'a', 'pass', 'high')] });
    const text = await printed(audit([good]));
    expect(text).not.toMatch(/FAILED|UNKNOWN|NOT READ|ASSUMED/);
    expect(text.split('\n').length).toBeLessThan(15);
    expect(text).toContain('everything could be read');
  });

  test('colours change no width and no word, and without a painter there are none', async () => {
    const plain = await printed(badNight());
    const painted = await printed(badNight(), { paint: ansiPaint });
    expect(painted).not.toBe(plain);
    expect(stripVTControlCharacters(painted)).toBe(plain);
    expect(stripVTControlCharacters(plain)).toBe(plain);
  });

  test('a name with control characters stays a name', async () => {
    const evil = 'x\u001B[2Jy';
    const own = [verdict('c', evil, 'fail', 'high', { summary: 'a\u001B]0;b\u0007' })];
    const text = await printed(audit([shard({ [evil]: own })]));
    expect(stripVTControlCharacters(text)).toBe(text);
  });
});

test('a proof that names its rule is not named twice, and the same proof is told once', async () => {
  const at = '/nsg/nsg-1';
  const evidence = [
    { at, rule: 'deny-all', says: 'rule deny-all takes it' },
    { at, rule: 'deny-all', says: 'rule deny-all takes it' },
    { at, rule: 'other', says: 'takes the rest' },
  ];
  const own = [verdict('scoring-inbound-allowed', 'a', 'fail', 'high', { evidence })];
  const text = await printed(audit([shard({ a: own })]));
  expect(text.match(/.*takes it.*/g)).toEqual(['     rule deny-all takes it']);
  expect(text).toContain('     other in nsg-1: takes the rest\n');
});

test('more than three proofs end with a count', async () => {
  const evidence = [1, 2, 3, 4, 5].map((n) => ({ at: '/x', rule: `rule-${n}`, says: 'denies' }));
  const own = [verdict('scoring-inbound-allowed', 'a', 'fail', 'high', { evidence })];
  const text = await printed(audit([shard({ a: own })]));
  expect(text.match(/rule-\d/g)).toEqual(['rule-1', 'rule-2', 'rule-3']);
  expect(text).toContain('… and 2 more proofs');
});
