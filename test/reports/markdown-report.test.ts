import { describe, expect, test } from 'vitest';
import { startAudit } from '../../shared/compose.ts';
import { withBaseline } from '../../shared/reports/baseline.ts';
import { defaultSettings } from '../../shared/settings/settings.ts';
import { audit, badNight, shard, verdict } from './made-up-scan.ts';
import { printed } from './printed.ts';

describe('Markdown', () => {
  test('says first how it stands, then the worst failures, and folds the rest', async () => {
    const { text } = await printed('markdown', badNight());
    const [open = '', ...folded] = text.split('<details>');
    expect(open.split('\n')[0]).toBe('## Portcullis: ✗ 2 of 4 clusters not compliant');
    expect(open).toContain('1 CRITICAL · 1 HIGH · 1 MEDIUM');
    expect(open).toContain('**Incomplete**: 1 thing could not be read');
    const rows = open.split('\n').filter((line) => line.startsWith('| '));
    expect(rows[2]).toMatch(
      /^\| critical \| fraud-prod-weu \| \[restricted-outbound-allows-registry\]\(https:/,
    );
    expect(rows).toHaveLength(2 + 3);
    expect(folded.map((one) => /<summary>(.*)<\/summary>/.exec(one)?.[1])).toEqual([
      'Failures by check (3)',
      'Proofs (3)',
      'Unknown for want of (1)',
      'Clusters (4)',
      'Not read (1)',
      'Assumed (1)',
      'Remarks on the settings (1)',
    ]);
  });

  test.each([
    ['nothing', audit([]), 'no inference cluster was found'],
    [
      'a good night',
      audit([shard({ a: [verdict('c', 'a', 'pass', 'high')] })]),
      '✓ 1 cluster compliant',
    ],
    [
      'a night nobody could judge',
      audit([shard({ a: [verdict('c', 'a', 'unknown', 'high')] })]),
      '? 1 of 1 cluster cannot be judged',
    ],
  ])('of %s says so', async (_, running, says) => {
    expect((await printed('markdown', running)).text.split('\n')[0]).toBe(`## Portcullis: ${says}`);
  });

  test('keeps what only informs out of the table of failures', async () => {
    const own = [verdict('internal-load-balancer', 'a', 'fail', 'info')];
    const { text } = await printed('markdown', audit([shard({ a: own })]));
    expect(text).not.toContain('### Failures');
    expect(text).toContain('Failures by check (1)');
  });

  test('tells what changed since the baseline', async () => {
    const fresh = verdict('private-cluster', 'a', 'fail', 'high');
    const gone = verdict('private-cluster', 'b', 'fail', 'high');
    const running = withBaseline(audit([shard({ a: [fresh] })]), {
      scanId: 's',
      finishedAt: '2026-11-20T00:00:00.000Z',
      failures: new Map([[gone.fingerprint, gone]]),
    });
    const { text } = await printed('markdown', running);
    expect(text).toContain('**Since 2026-11-20: 1 new, 1 not seen**');
    expect(text).toContain('| high **new** | a |');
    expect(text).toContain('- not seen: private-cluster on /subscriptions/');
  });

  test('fits a comment however much there is to tell, and says what it left out', async () => {
    const long = 'very '.repeat(2000);
    const shards = Array.from({ length: 300 }, (_, n) => {
      const own = Array.from({ length: 10 }, (__, check) =>
        verdict(`check-${check}`, `c${n}`, check % 2 === 0 ? 'fail' : 'unknown', 'high', {
          summary: long,
          missing: [{ what: `${n} ${long}`, scope: '/s', why: long }],
        }),
      );
      return shard({ [`c${n}`]: own });
    });
    const gaps = Array.from({ length: 5000 }, (_, n) => ({
      scope: '/',
      what: `${n} ${long}`,
      why: long,
    }));
    const { text } = await printed('markdown', audit(shards, { gaps }));
    expect(text.length).toBeLessThan(65_536);
    expect(text.length).toBeGreaterThan(40_000);
    expect(text).toContain('### Failures (20 of 1,500)');
    expect(text).toContain('… and 1,480 more: all in --format json');
    expect(text.match(/<details>/g)?.length).toBe(text.match(/<\/details>/g)?.length);
  });

  test('of the demo fits a comment too', async () => {
    const demo = await startAudit({
      source: { kind: 'demo' },
      settings: defaultSettings(),
      strict: false,
      now: () => new Date('2026-11-23T03:12:00Z'),
    });
    expect((await printed('markdown', demo)).text.length).toBeLessThan(65_536);
  });
});
