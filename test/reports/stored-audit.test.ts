import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonReport, memorySpool } from '../../shared/reports/json-report.ts';
import { type Report, parseReport } from '../../shared/reports/report.ts';
import { storedAudit } from '../../shared/reports/stored-audit.ts';
import type { Audit } from '../../shared/reports/scan.ts';
import { tableReport } from '../../shared/reports/table-report.ts';
import { audit, badNight, shard, verdict } from './made-up-scan.ts';

async function printed(pieces: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
}

async function reportOf(running: Audit): Promise<Report> {
  const spools = { clusters: memorySpool(), verdicts: memorySpool() };
  return parseReport(JSON.parse(await printed(jsonReport(running, spools))));
}

test('a stored report prints the same table as the audit it came from', async () => {
  const stored = storedAudit(await reportOf(badNight()));
  expect(await printed(tableReport(stored))).toBe(await printed(tableReport(badNight())));
});

test('and gives the same report again, however many clusters it has', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 250 }), async (clusters) => {
      const night = audit(
        Array.from({ length: clusters }, (_, index) => {
          const name = `aks-${index}`;
          const kind = index % 3 === 0 ? 'fail' : 'pass';
          return shard({ [name]: [verdict('scoring-inbound-allowed', name, kind, 'high')] });
        }),
        { warnings: ['a remark'], gaps: [{ scope: '/', what: 'x', why: 'y' }] },
      );
      const report = await reportOf(night);
      expect(await reportOf(storedAudit(report))).toEqual(report);
      const sizes: number[] = [];
      for await (const each of storedAudit(report).shards) sizes.push(each.clusters.length);
      expect(Math.max(0, ...sizes)).toBeLessThanOrEqual(100);
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(clusters);
    }),
    { numRuns: 20 },
  );
});
